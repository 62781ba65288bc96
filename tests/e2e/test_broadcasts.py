"""Broadcasts: one template to many customers, each once."""

import fcntl
import os
import termios
import time

import pytest

from post import send
from rig import new_phone, wait_for
from test_templates import Desk as TemplateDesk, say, template

HELLO = template("hello", "Hi {{1}}!")
OFFER = template("offer", "Only today: {{1}}", category="MARKETING")


class Desk(TemplateDesk):
    def create(self, to=(), name="hello", text="{{contact.name|friend}}",
               **more):
        answer = self.api("POST", "/broadcasts", {
            "name": "Autumn", "template": say(name, text)["template"],
            "to": list(to), "per_minute": 4800, **more})
        assert answer.status == 201, answer
        return answer.json

    def start(self, b):
        answer = self.api("POST", f"/broadcasts/{b['id']}/start")
        assert answer.status == 200, answer
        return answer.json

    def show(self, b):
        return self.get(f"/broadcasts/{b['id']}")

    def wait(self, b, state="done", **counts):
        def there():
            now = self.show(b)
            return now["state"] == state and \
                counts.items() <= now["counts"].items() and now
        return wait_for(there)

    def recipients(self, b, **query):
        return {r["phone"]: r for r in self.get(
            f"/broadcasts/{b['id']}/recipients", limit=100, **query)["data"]}


@pytest.fixture
def desk(d360_node):
    desk = Desk(d360_node)
    desk.talk()                     # now the number is known
    d360_node.provider.templates = [HELLO, OFFER]
    desk.sync(2)
    return desk


def phones(n):
    return ["+" + new_phone() for _ in range(n)]


def to_whom(d360):
    return sorted(m.to for m in d360.sent)


def test_each_gets_it_once_by_name(desk):
    d360 = desk.node.provider
    d360.auto = ["sent", "delivered"]
    to = phones(3)
    ann = desk.api("POST", "/contacts", {"phone": to[0], "name": "Ann"}).json
    known = desk.talk()             # calls itself something
    b = desk.create([to[1], to[2], to[1], known["phone"]],
                    contact_ids=[ann["id"]])
    assert (b["state"], b["counts"]["waiting"]) == ("draft", 4)
    more = desk.api("POST", f"/broadcasts/{b['id']}/recipients",
                    {"to": [to[2]], "contact_ids": [ann["id"]]})
    assert (more.status, more.json["counts"]["waiting"]) == (200, 4)
    assert d360.sent == []
    assert desk.start(b)["started_at"]
    done = desk.wait(b, delivered=4)
    assert done["ended_at"] and done["counts"]["waiting"] == 0
    texts = {m.to: m.body["template"]["components"][0]["parameters"][0]["text"]
             for m in d360.sent}
    assert texts == {to[0]: "Ann", to[1]: "friend", to[2]: "friend",
                     known["phone"]: known["profile_name"]}
    assert len(d360.sent) == 4
    # It stands in their conversations, as who started it.
    there = desk.recipients(b)
    m = desk.get(f"/messages/{there[to[0]]['message_id']}")
    assert (m["content"]["text"], m["direction"]) == ("Hi Ann!", "outbound")
    assert m["conversation_id"] == there[to[0]]["conversation_id"]
    assert desk.recipients(b, state="read") == {}
    d360.status(d360.sent[0].wamid, "read")
    desk.wait(b, read=1, delivered=3)
    assert desk.api("POST", f"/broadcasts/{b['id']}/start").status == 409


def test_a_tag_is_counted_when_it_starts(desk):
    d360, to = desk.node.provider, phones(4)
    for i, phone in enumerate(to):
        desk.api("POST", "/contacts", {
            "phone": phone, "name": f"N{i}", "tags": ["vip"]})
    b = desk.create([to[0]], tag="vip")
    late = desk.api("POST", "/contacts", {
        "phone": "+" + new_phone(), "name": "Late", "tags": ["vip"]}).json
    assert (b["tag"], b["counts"]["waiting"]) == ("vip", 1)
    desk.start(b)
    desk.wait(b)
    assert to_whom(d360) == sorted(to + [late["phone"]])
    assert desk.api("POST", f"/broadcasts/{b['id']}/recipients",
                    {"to": phones(1)}).status == 409


def test_a_label_is_counted_when_it_starts(desk):
    """Its customers, each once, also of closed conversations; none who wants
    no marketing."""
    d360 = desk.node.provider
    vip = desk.api("POST", "/labels", {"name": "Vip"}).json

    def labelled(c):
        answer = desk.api("PUT", f"/conversations/{c['id']}/labels/{vip['id']}")
        assert answer.status == 200, answer
        return c["phone"]

    opened, closed, stopped, late = (desk.talk() for _ in range(4))
    desk.talk()                             # has none
    for c in opened, closed, stopped:
        labelled(c)
    desk.api("POST", f"/conversations/{closed['id']}/archive")
    d360.wants_marketing(stopped["phone"], "stop")
    desk.node.drained()
    b = desk.create([opened["phone"]], "offer", label="vip")
    assert (b["label"], b["tag"], b["counts"]["waiting"]) == ("Vip", None, 1)
    labelled(late)
    desk.start(b)
    desk.wait(b, skipped=1)
    assert to_whom(d360) == sorted(
        c["phone"] for c in (opened, closed, late))
    assert desk.recipients(b)[stopped["phone"]]["reason"] == \
        "marketing_stopped"
    # A tag and a label: who has one of them.
    d360.clear()
    desk.api("POST", "/contacts", {"phone": (other := "+" + new_phone()),
                                   "name": "A", "tags": ["new"]})
    both = desk.node.cli("--json", "broadcast", "create", "B", "hello", "x",
                         "--language", "en", "--tag", "new", "--label", "VIP")
    assert (both["tag"], both["label"]) == ("new", "Vip")
    desk.start(both)
    desk.wait(both)
    assert {r for r in desk.recipients(both)} == \
        {c["phone"] for c in (opened, closed, stopped, late)} | {other}


def test_who_must_not_get_it_is_skipped(desk):
    d360 = desk.node.provider
    stopped, blocked, nameless, last = (
        desk.talk()["phone"] for _ in range(4))
    d360.wants_marketing(stopped, "stop")
    desk.node.drained()
    c = desk.node.wait_conversation(blocked[1:])
    assert desk.api("POST", f"/conversations/{c['id']}/block").status == 202
    desk.node.write("UPDATE conversations SET profile_name = NULL"
                    " WHERE phone = ?", nameless)
    b = desk.create([stopped, blocked, nameless, last], "offer",
                    "{{contact.name}}")
    desk.start(b)
    desk.wait(b, skipped=3)
    assert {p: (r["state"], r["reason"]) for p, r in
            desk.recipients(b, state="skipped").items()} == {
        stopped: ("skipped", "marketing_stopped"),
        blocked: ("skipped", "blocked"),
        nameless: ("skipped", "parameters")}
    assert to_whom(d360) == [last]


def test_it_pauses_when_the_template_does(desk):
    d360, to = desk.node.provider, phones(60)
    b = desk.create(to, per_minute=600)
    for phone in to[3:]:
        d360.fail(1000, 400, 132015, to=phone)
    desk.start(b)
    d360.wait_sent(3)
    paused = desk.wait(b, "paused")
    assert "132015" in paused["reason"]
    wait_for(lambda: desk.show(b)["counts"]["queued"] == 0)
    counts = desk.show(b)["counts"]
    assert counts["waiting"] > 0 and 0 < counts["failed"] <= 21
    failed = desk.recipients(b, state="failed")
    assert {r["error_code"] for r in failed.values()} == {132015}
    # by hand it goes on, and nobody gets it twice
    d360.clear()
    desk.start(b)
    done = desk.wait(b)
    assert done["reason"] is None
    sent = to_whom(d360)
    assert len(sent) == len(set(sent)) == 60 - len(failed)
    # the list says so before anybody is asked
    again = desk.create(phones(2))
    d360.templates = [{**HELLO, "status": "PAUSED"}, OFFER]
    desk.api("POST", "/templates/sync")
    wait_for(lambda: "PAUSED" in {
        t["status"] for t in desk.get("/templates")["data"]})
    desk.start(again)
    assert "PAUSED" in desk.wait(again, "paused")["reason"]
    assert desk.show(again)["counts"]["waiting"] == 2


def test_too_fast_loses_nobody(desk):
    d360, to = desk.node.provider, phones(30)
    b = desk.create(to)
    d360.fail(3, 429, 130429)
    desk.start(b)
    desk.wait(b, sent=30)
    assert to_whom(d360) == sorted(to)


def test_a_processor_that_is_killed_sends_nothing_twice(desk):
    d360, to = desk.node.provider, phones(40)
    b = desk.create(to)
    desk.start(b)
    # Those that were lost may fill all places; after a minute others go on.
    for n in (5, 15, 25):
        wait_for(lambda: 40 - desk.show(b)["counts"]["waiting"] >= n)
        desk.node.kill("waspool-process")
    wait_for(lambda: desk.show(b)["counts"]["waiting"] == 0)
    # What was under way at a kill is sent or not known: never again.
    def settled():
        counts = desk.show(b)["counts"]
        return counts["sent"] + counts["queued"] == 40 and counts
    wait_for(settled)
    d360.wait_sent(40 - desk.show(b)["counts"]["queued"])
    sent = to_whom(d360)
    assert len(sent) == len(set(sent)) and set(sent) <= set(to)
    # those without an answer are perhaps sent
    assert len(sent) + desk.show(b)["counts"]["queued"] >= 40


def test_lost_answers_keep_no_place(desk):
    """A killed processor learns no answer: others wait a minute for it, not
    until its messages are given up."""
    d360, to = desk.node.provider, phones(25)
    b = desk.create(to)
    d360.hold(20)
    desk.start(b)
    sending = "SELECT COUNT(*) FROM outbox WHERE state = 'sending'"
    wait_for(lambda: desk.node.db(sending) == [(20,)])
    assert desk.show(b)["counts"]["waiting"] == 5
    desk.node.kill("waspool-process")
    desk.node.write("UPDATE outbox SET sending_at = sending_at - 60"
                    " WHERE state = 'sending'")
    wait_for(lambda: desk.show(b)["counts"]["waiting"] == 0)
    d360.wait_sent(25)
    assert to_whom(d360) == sorted(to)
    d360.clear()


def test_pause_and_stop(desk):
    # So many that it does not end before it is told to, on any machine.
    d360, to = desk.node.provider, phones(900)
    b = desk.create(to, per_minute=300)
    path = f"/broadcasts/{b['id']}"
    assert desk.api("POST", path + "/pause").status == 409
    desk.start(b)
    d360.wait_sent(2)
    paused = desk.api("POST", path + "/pause").json
    assert (paused["state"], paused["reason"]) == ("paused", None)
    wait_for(lambda: desk.show(b)["counts"]["queued"] == 0)
    n = len(d360.sent)
    assert 900 - desk.show(b)["counts"]["waiting"] == n < 900
    assert desk.start(b)["state"] == "running"
    d360.wait_sent(n + 1)
    stopped = desk.api("POST", path + "/stop").json
    assert stopped["state"] == "stopped" and stopped["ended_at"]
    assert desk.api("POST", path + "/stop").status == 200
    for verb in ("start", "pause"):
        assert desk.api("POST", f"{path}/{verb}").status == 409
    wait_for(lambda: desk.show(b)["counts"]["queued"] == 0)
    assert desk.show(b)["counts"]["waiting"] == 900 - len(d360.sent)


def test_a_person_does_not_wait_for_it(desk):
    d360, c = desk.node.provider, desk.talk()
    b = desk.create(phones(1000))
    for _ in range(3):      # for a minute
        assert desk.api("POST", f"/broadcasts/{b['id']}/recipients",
                        {"to": phones(1000)}).status == 200
    d360.delay(0.02, seconds=600)
    desk.start(b)
    d360.wait_sent(5)
    send(desk, c, {"type": "text", "text": {"body": "at once"}})
    before = len(d360.sent)
    wait_for(lambda: "text" in [m.type for m in d360.sent])
    at = [m.type for m in d360.sent].index("text")
    assert at - before <= 45        # 20 of it at once, and what came meanwhile
    assert desk.show(b)["counts"]["waiting"] > 0
    desk.api("POST", f"/broadcasts/{b['id']}/stop")


def test_it_answers_nobody_and_opens_nothing(desk):
    waits, closed = desk.talk(), desk.talk()
    since = desk.get(f"/conversations/{waits['id']}")["unanswered_since"]
    assert since
    desk.api("POST", f"/conversations/{closed['id']}/archive")
    for _ in range(2):
        b = desk.create([waits["phone"], closed["phone"]])
        desk.start(b)
        desk.wait(b)
    assert desk.get(f"/conversations/{waits['id']}")["unanswered_since"] == \
        since
    now = desk.get(f"/conversations/{closed['id']}")
    assert (now["state"], now["unanswered_since"]) == ("closed", None)
    assert waits["id"] in [r["id"] for r in desk.get(
        "/conversations", unanswered="true")["data"]]
    # nor in a report, which comes a moment later
    today = wait_for(lambda: (t := desk.get("/reports/days")["total"])
                     ["automatic"] == 4 and t)
    assert (today["sent"], today["first_answers"]) == (0, 0)
    # an answer is one
    send(desk, waits, {"type": "text", "text": {"body": "yes"}})
    assert desk.get(f"/conversations/{waits['id']}")["unanswered_since"] \
        is None


def test_the_stream_tells_of_it_once_a_second(desk):
    first = desk.get("/changes")["last_seq"]
    b = desk.create(phones(60))
    began = time.monotonic()
    desk.start(b)
    desk.wait(b)
    told = [c["type"] for c in changes(desk, first)]
    # Made, started, done; and while it goes on.
    assert 3 <= told.count("broadcast.updated") \
        <= 5 + time.monotonic() - began


def changes(desk, after):
    while True:
        page = desk.get("/changes", after=after, limit=100)["data"]
        if not page:
            return
        yield from page
        after = page[-1]["seq"]


def test_one_customer_by_two_names_gets_it_once(desk):
    d360, c = desk.node.provider, desk.talk()
    user = f"US.{new_phone()}"
    phone = c["phone"]
    desk.node.write("INSERT INTO identities(workspace_id, number_id, kind,"
                    " value, conversation_id, created_at) SELECT workspace_id,"
                    " number_id, 'user_id', ?, id, 1 FROM conversations"
                    " WHERE id = ?", user, c["id"])
    made = desk.api("POST", "/contacts", {"name": "Two", "user_id": user}).json
    b = desk.create([phone], contact_ids=[made["id"]])
    assert b["counts"]["waiting"] == 2
    desk.start(b)
    desk.wait(b, skipped=1)
    assert len(d360.sent) == 1


def test_who_is_erased_is_no_recipient(desk):
    to = [desk.talk()["phone"], *phones(1)]
    b = desk.create(to)
    desk.start(b)
    desk.wait(b, sent=2)
    desk.node.cli("contact", "erase", to[0])
    wait_for(lambda: to[0] not in desk.recipients(b))
    assert desk.show(b)["counts"]["sent"] == 1
    # also who is known by nothing else
    draft = desk.create([nobody := "+" + new_phone()])
    desk.node.cli("contact", "erase", nobody)
    wait_for(lambda: desk.show(draft)["counts"]["waiting"] == 0)


def test_the_command_line_does_the_same(desk, tmp_path):
    d360, to = desk.node.provider, phones(3)

    def cli(*args):
        return desk.node.cli("--json", "broadcast", *args)

    made = cli("create", "Autumn", "hello", "{{contact.name|you}}",
               "--language", "en", "--per-minute", "4800")
    assert (made["state"], made["waiting"]) == ("draft", 0)
    file = tmp_path / "phones.csv"
    file.write_text("phone,name\n" + "".join(f'"{p}",x\n' for p in to + to))
    assert cli("add", made["id"], file)["waiting"] == 3
    assert cli("start", made["id"])["state"] == "counting"
    wait_for(lambda: cli("show", made["id"])["state"] == "done")
    assert {r["who"] for r in cli("recipients", made["id"], "--state",
                                  "sent")} == set(to)
    assert to_whom(d360) == sorted(to)
    assert [r["id"] for r in cli("list")] == [made["id"]]


def test_a_file_that_a_spreadsheet_saved_has_its_first_phone(desk, tmp_path):
    to, b = phones(2), desk.create()
    file = tmp_path / "phones.csv"
    file.write_text("".join(f"{p};x\r\n" for p in to), "utf-8-sig")
    desk.node.cli("broadcast", "add", b["id"], file)
    assert set(desk.recipients(b)) == set(to)


def test_who_is_slow_to_name_recipients_holds_nobody_up(desk, tmp_path):
    """And adds nobody to what was started meanwhile."""
    b, fifo = desk.create(), tmp_path / "phones"
    os.mkfifo(fifo)
    add = desk.node.popen("waspool", "broadcast", "add", b["id"], fifo)
    with open(fifo, "w") as file:
        print(*phones(1), file=file, flush=True)
        wait_for(lambda: not any(
            fcntl.ioctl(file, termios.FIONREAD, b"....")))
        desk.start(b)
    assert add.wait(60) == 65
    assert desk.recipients(b) == {}


WRONG = [
    ({"name": ""}, "name"), ({"name": None}, "name"),
    ({"template": None}, "template"),
    ({"template": say("hello", "{{contact.age}}")["template"]}, "template"),
    ({"template": say("hello")["template"]}, "template.components"),
    ({"template": say("nothing", "x")["template"]}, "template.name"),
    ({"tag": "no such"}, "tag"),
    ({"label": "no such"}, "label"), ({"label": 1}, "label"), ({"to": ["12"]}, "to"),
    ({"to": "+16505551234"}, "to"), ({"to": ["+16505551234"] * 1001}, "to"),
    ({"contact_ids": [77777777]}, "contact_ids"),
    ({"contact_ids": ["1"]}, "contact_ids"),
    ({"per_minute": 0}, "per_minute"), ({"per_minute": 4801}, "per_minute"),
    ({"start_at": "2020-01-01T00:00:00Z"}, "start_at"),
    ({"start_at": "soon"}, "start_at"),
    ({"phone_number_id": "1"}, "phone_number_id")]


def test_what_is_wrong_is_said(desk):
    for change, field in WRONG:
        answer = desk.api("POST", "/broadcasts", {
            "name": "x", "template": say("hello", "y")["template"], **change})
        assert answer.status == 422, (change, answer)
        assert [e["field"] for e in answer.json["errors"]] == [field], change
    assert desk.get("/broadcasts")["data"] == []
