"""Customers who want no marketing."""

import json
import time

import pytest

from office import Workspace
from post import is_problem, send
from rig import envelope, new_phone, unix, value, wait_for
from test_templates import Desk, say, template

OFFER = template("offer", "Only today: {{1}}", category="MARKETING")
ORDER = template("order", "Order {{1}} waits.")


@pytest.fixture
def desk(d360_node):
    desk = Desk(d360_node)
    desk.talk()                     # now the number is known
    d360_node.provider.templates = [OFFER, ORDER]
    desk.sync(2)
    return desk


def marketing(desk, c, **expected):
    """What the conversation says, once it says that."""
    def look():
        shown = desk.get(f"/conversations/{c['id']}")["marketing"]
        return shown and expected.items() <= shown.items() and shown
    return wait_for(look)


def refused(desk, c, method="POST", path=None, body=say("offer", "pens")):
    path = path or f"/conversations/{c['id']}/messages"
    return is_problem(desk.api(method, path, body), 409, "marketing-stopped")


def state(desk, m):
    return desk.get(f"/messages/{m['id']}")["status"]


def test_who_wants_none_gets_none(desk):
    d360, c = desk.node.provider, desk.talk()
    path = f"/conversations/{c['id']}"
    assert desk.get(path)["marketing"] is None
    d360.wants_marketing(c["phone"], "stop", 1780000000)
    assert marketing(desk, c, state="stopped") == {
        "state": "stopped", "since": "2026-05-28T20:26:40Z",
        "source": "user_preferences"}
    row, = [r for r in desk.get("/conversations", limit=100)["data"]
            if r["id"] == c["id"]]
    assert row["marketing"]["state"] == "stopped"
    # A line says so, and asks for nobody's attention.
    line = [m for m in desk.node.messages(c["id"]) if m["type"] == "system"]
    assert [(m["content"]["body"], m["content"]["marketing"],
             m["direction"]) for m in line] == [
        ("Wants no marketing messages", "stopped", "inbound")]
    assert desk.get(path)["unread_count"] == 1

    problem = refused(desk, c)
    assert "2026-05-28T20:26:40Z" in problem["detail"]
    assert "offer" in problem["detail"]
    refused(desk, c, path="/messages",
            body={"to": c["phone"], **say("offer", "pens")})
    assert desk.node.messages(c["id"])[0]["type"] != "template"
    # Other templates are taken, and words.
    sent = [send(desk, c, say("order", "7")),
            send(desk, c, {"type": "text", "text": {"body": "Hello"}})]
    assert len(d360.wait_sent(2)) == 2
    for m in sent:
        wait_for(lambda: state(desk, m) == "sent")

    d360.wants_marketing(c["phone"], "resume", 1780000060)
    assert marketing(desk, c, state="allowed")["since"] == \
        "2026-05-28T20:27:40Z"
    # What was said before comes late.
    d360.wants_marketing(c["phone"], "stop", 1780000030)
    desk.node.drained()
    assert marketing(desk, c)["state"] == "allowed"
    d360.stopped.clear()
    m = send(desk, c, say("offer", "pens"))
    wait_for(lambda: state(desk, m) == "sent")


def test_lists_by_what_they_want(node):
    there = Workspace(node, "Wants")
    for text in ("one", "two", "three", "four"):
        there.talk(text)
    ids = there.ids()
    # As the processor leaves it: tests above and below see to that.
    node.write(
        "UPDATE conversations SET marketing = CASE id WHEN ? THEN 'allowed'"
        " ELSE 'stopped' END WHERE id IN (?, ?, ?)",
        ids[0], *ids[:3])
    assert there.ids(marketing="stopped") == ids[1:3]
    assert there.ids(marketing="allowed") == ids[:1]
    assert there.ids(marketing="stopped", unanswered="true") == ids[2:0:-1]
    assert there.ids(marketing="stopped", unread="true") == ids[1:3]
    assert there.ids(marketing="stopped", unread="me") == ids[1:3]
    assert there.ids(marketing="stopped", unread="false") == []
    assert there.ids(marketing="stopped", number=there.number) == ids[1:3]
    assert there.ids(marketing="stopped", team="mine") == []
    there.api("POST", f"/conversations/{ids[1]}/archive")
    assert there.ids(marketing="stopped") == ids[2:3]
    assert there.ids(marketing="stopped", state="closed") == ids[1:2]
    assert there.ids(marketing="stopped", status="all") == ids[1:3]
    page = there.get("/conversations", marketing="stopped", status="all",
                     limit=1)
    assert [c["id"] for c in page["data"]] == ids[1:2]
    page = there.get("/conversations", marketing="stopped", status="all",
                     limit=1, cursor=page["next_cursor"])
    assert [c["id"] for c in page["data"]] == ids[2:3]
    assert page["next_cursor"] is None
    assert Workspace(node, "Neighbour").ids(marketing="stopped") == []
    for bad in ("stop", "null", "none", ["stopped", "allowed"]):
        assert there.api("GET", "/conversations", marketing=bad).status == 400


def test_a_refused_one_says_so_too(desk):
    d360, c = desk.node.provider, desk.talk()
    d360.stopped.add(c["phone"].lstrip("+"))
    m = send(desk, c, say("offer", "pens"))
    shown = marketing(desk, c, state="stopped", source="refused")
    assert abs(time.time() - unix(shown["since"])) < 600
    assert desk.get(f"/messages/{m['id']}")["error"]["code"] == 131050
    refused(desk, c)
    refused(desk, c, path=f"/messages/{m['id']}/retry", body=None)
    (row,) = [r["id"] for r in desk.node.cli("--json", "outbox", "list")
              if r["message_id"] == m["id"]]
    said = desk.node.cli("outbox", "retry", row, check=False)
    assert said.returncode == 65 and "no marketing" in said.stderr
    # … and as a status, after the provider has taken it.
    other = desk.talk()
    m = send(desk, other, say("offer", "pens"))
    (got,) = d360.wait_sent(1)
    d360.status(got.wamid, "failed", code=131050)
    marketing(desk, other, state="stopped", source="refused")
    refused(desk, other, path=f"/messages/{m['id']}/retry", body=None)
    # Whoever wants it again gets it.
    d360.wants_marketing(other["phone"], "resume", int(time.time()) + 5)
    marketing(desk, other, state="allowed")
    assert desk.api("POST", f"/messages/{m['id']}/retry").status == 202


def test_what_is_queued_does_not_go_any_more(desk):
    d360, c = desk.node.provider, desk.talk()
    first = d360.hold(when="before")
    kept = send(desk, c, {"type": "text", "text": {"body": "Hello"}})
    offer, order = [send(desk, c, say(name, "7")) for name in
                    ("offer", "order")]
    d360.wants_marketing(c["phone"], "stop")
    marketing(desk, c, state="stopped")
    first.release()
    wait_for(lambda: state(desk, offer) == "failed")
    wait_for(lambda: state(desk, order) == "sent")
    assert state(desk, kept) == "sent"
    error = desk.get(f"/messages/{offer['id']}")["error"]
    assert error["code"] == 0 and "no marketing" in error["detail"]
    assert [m.type for m in d360.sent] == ["text", "template"]
    assert marketing(desk, c)["source"] == "user_preferences"


def test_a_template_of_no_known_category_is_taken(desk):
    d360, c = desk.node.provider, desk.talk()
    d360.wants_marketing(c["phone"], "stop")
    marketing(desk, c, state="stopped")
    desk.node.write("DELETE FROM templates")
    m = send(desk, c, say("offer", "pens"))
    # The provider knows.
    wait_for(lambda: state(desk, m) == "failed")


def test_clients_hear_of_it(desk):
    c = desk.talk()
    after = desk.get("/changes", after=0)["last_seq"]
    desk.node.provider.wants_marketing(c["phone"], "stop")
    marketing(desk, c, state="stopped")
    news = desk.get("/changes", after=after)["data"]
    assert ("conversation.updated", c["id"]) in [
        (n["type"], n["id"]) for n in news]


def test_the_command_line_shows_it(desk):
    d360, c, cli = desk.node.provider, desk.talk(), desk.node.cli
    other = desk.talk()
    d360.wants_marketing(c["phone"], "stop", 1780000000)
    marketing(desk, c, state="stopped")
    shown = cli("--json", "conversation", "show", c["id"])
    assert (shown["phone"], shown["marketing"], shown["marketing_since"],
            shown["marketing_source"]) == (
        c["phone"], "stopped", "2026-05-28T20:26:40Z", "user_preferences")
    stopped = cli("--json", "conversation", "list", "--marketing", "stopped")
    assert [r["id"] for r in stopped] == [c["id"]]
    assert {c["id"], other["id"]} <= {
        r["id"] for r in cli("--json", "conversation", "list")}
    wrong = cli("conversation", "list", "--marketing", "maybe", check=False)
    assert wrong.returncode == 64
    gone = cli("conversation", "show", 777777, check=False)
    assert gone.returncode == 65 and "777777" in gone.stderr
    said = cli("send", "template", "offer", "pens", "--language", "en",
               "--to", c["phone"], check=False)
    assert said.returncode == 65 and "no marketing" in said.stderr


def test_another_category_or_word_changes_nothing(node):
    shop = Workspace(node, "Choices")
    c = shop.talk()
    phone = c["phone"].lstrip("+")
    for said in ({"category": "other", "value": "stop"},
                 {"category": "marketing_messages", "value": "tomorrow"},
                 {"category": "marketing_messages", "value": None},
                 {"category": "marketing_messages", "value": ["stop"]},
                 {"value": "stop"}):
        node.deliver(envelope(value(number=shop.number, user_preferences=[
            {"wa_id": phone, "timestamp": "1780000000", **said}]),
            field="user_preferences"))
    node.deliver(envelope(value(number=shop.number, user_preferences=[
        {"category": "marketing_messages", "value": "stop"}]),
        field="user_preferences"))
    node.drained()
    assert shop.get(f"/conversations/{c['id']}")["marketing"] is None


def test_who_never_wrote_can_say_so(node):
    shop = Workspace(node, "Strangers")
    phone = new_phone()
    node.deliver(envelope(value(number=shop.number, user_preferences=[
        {"wa_id": phone, "timestamp": "1780000000", "value": "stop",
         "category": "marketing_messages"}]), field="user_preferences"))
    node.drained()
    (c,) = shop.get("/conversations")["data"]
    assert (c["phone"], c["marketing"]["state"], c["unread_count"],
            c["is_read"]) == ("+" + phone, "stopped", 0, True)
    again = shop.talk(phone=phone)
    assert (again["id"], again["unread_count"]) == (c["id"], 1)


def test_an_export_has_it_and_nothing_is_left_of_who_is_erased(desk, tmp_path):
    d360, c, cli = desk.node.provider, desk.talk(), desk.node.cli
    d360.wants_marketing(c["phone"], "stop", 1780000000)
    d360.wants_marketing(c["phone"], "resume", 1780000060)
    marketing(desk, c, state="allowed")
    cli("contact", "export", c["phone"], "--output", tmp_path / "person")
    all_ = json.loads((tmp_path / "person" / "export.json").read_text())
    assert all_["conversations"][0]["marketing"] == [
        {"state": "stopped", "at": "2026-05-28T20:26:40Z"},
        {"state": "allowed", "at": "2026-05-28T20:27:40Z"}]
    assert cli("--json", "contact", "erase", c["phone"])["state"] == "done"
    assert desk.node.db("SELECT count(*) FROM marketing_choices") == [(0,)]
    # The provider delivers it once more.
    d360.wants_marketing(c["phone"], "stop", 1780000000)
    desk.node.drained()
    assert desk.node.conversation(c["phone"]) is None
