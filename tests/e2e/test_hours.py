"""Settings of a workspace, and what it answers while it is closed."""

import time

import pytest

from office import Workspace
from rig import NUMBER, new_phone, text_message, wait_for
from test_restore import restored

CLOSED = {"weekdays": [], "dates": []}      # at all times
ALWAYS = {"weekdays": [{"day": d, "from": "00:00", "to": "24:00"} for d in (
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday")]}
TEXT = "We are closed, and answer in the morning."


@pytest.fixture
def shop(node):
    shop = Workspace(node, "Hours")
    shop.owner_id, shop.token = shop.member(
        f"hours-{shop.id}@example.com", "Zoe", role="owner")
    return shop


def change(shop, status=200, **settings):
    answer = shop.api("PATCH", "/workspace", settings)
    assert answer.status == status, answer
    return answer.json


def test_what_was_never_set_has_defaults(shop):
    now = shop.get("/workspace")
    assert {k: now[k] for k in ("time_zone", "opening_hours",
                                "automatic_answer", "open", "opens_at",
                                "closes_at", "reactions_unread")} == {
        "time_zone": "UTC", "opening_hours": None, "automatic_answer": None,
        "open": None, "opens_at": None, "closes_at": None,
        "reactions_unread": True}


def test_settings_are_changed_one_by_one_and_noted(shop):
    seq = shop.get("/changes")["last_seq"]
    change(shop, time_zone="America/Sao_Paulo", reactions_unread=False)
    now = change(shop, opening_hours=ALWAYS)
    assert now == shop.get("/workspace")
    assert (now["time_zone"], now["reactions_unread"], now["open"],
            now["closes_at"]) == ("America/Sao_Paulo", False, True, None)
    now = change(shop, opening_hours=CLOSED, automatic_answer=TEXT)
    assert (now["open"], now["opens_at"]) == (False, None)
    change(shop, opening_hours=CLOSED)      # as it is: nothing is noted
    members = ("workspace_members", "workspace_tokens")     # made before
    events = [e for e in shop.get("/workspace-events")["data"]
              if e["field"] not in members]
    assert [e["field"] for e in events] == ["workspace_settings"] * 3
    assert [e["value"]["changed"] for e in reversed(events)] == [
        {"time_zone": "America/Sao_Paulo", "reactions_unread": False},
        {"opening_hours": ALWAYS},
        {"opening_hours": CLOSED, "automatic_answer": TEXT}]
    assert {e["value"]["user_id"] for e in events} == {shop.owner_id}
    assert [c["type"] for c in shop.get("/changes", after=seq)["data"]] == \
        ["workspace_event.created"] * 3
    now = change(shop, opening_hours=None, automatic_answer=None,
                 time_zone=None)
    assert (now["time_zone"], now["opening_hours"], now["automatic_answer"],
            now["open"]) == ("UTC", None, None, None)


@pytest.mark.parametrize("field,value,why", [
    ("time_zone", "Mars/Olympus", "no time zone"),
    ("time_zone", "../../etc/passwd", "no time zone"),
    ("time_zone", 7, "string"),
    ("opening_hours", "always", "is not an object"),
    ("opening_hours", {"weekdays": [{"day": "monday", "from": "9", "to": "10"}]},
     "weekdays[0].from is no time"),
    ("opening_hours", {"weekdays": [{"day": "monday", "from": "09:00",
                                     "to": "10:00"}] * 57}, "more than 56"),
    ("automatic_answer", "x" * 4097, "4096"),
    ("automatic_answer", "  ", ""),
    ("automatic_answer", ["x"], "string"),
    ("reactions_unread", 1, "true or false"),
], ids=lambda v: str(v)[:20])
def test_what_cannot_be_set_says_why(shop, field, value, why):
    before = shop.get("/workspace")
    error, = change(shop, 422, **{field: value, "second_factor": True}
                    )["errors"]
    assert error["field"] == field and why in error["message"]
    assert shop.get("/workspace") == before


def test_nothing_and_an_unknown_setting_are_refused(shop):
    change(shop, 422)
    assert shop.api("PATCH", "/workspace", {"color": "red"}).status == 422


def test_only_an_owner_changes_them(shop):
    for role in ("admin", "agent"):
        _, token = shop.member(f"{role}-{shop.id}@example.com", role, role=role)
        assert shop.api("PATCH", "/workspace", {"time_zone": "UTC"},
                        token=token).status == 403
        assert shop.api("GET", "/workspace", token=token).status == 200


def test_the_command_line_sets_and_shows_them(shop):
    cli = shop.node.cli
    cli("workspace", "set", shop.id, "--time-zone", "Asia/Kathmandu",
        "--opening-hours", '{"weekdays": []}', "--automatic-answer", TEXT)
    shown = cli("--json", "workspace", "show", shop.id)
    assert (shown["time_zone"], shown["opening_hours"], shown["open"],
            shown["automatic_answer"]) == (
        "Asia/Kathmandu", {"weekdays": []}, False, TEXT)
    event = shop.get("/workspace-events")["data"][0]
    assert event["value"]["user_id"] is None
    assert event["value"]["changed"]["time_zone"] == "Asia/Kathmandu"
    cli("workspace", "set", shop.id, "--opening-hours", "none",
        "--automatic-answer", "none")
    assert shop.get("/workspace")["opening_hours"] is None
    for wrong in (["--time-zone", "Nowhere"], ["--opening-hours", "{"],
                  ["--opening-hours", '{"x":1}'], ["--automatic-answer", ""],
                  []):
        assert cli("workspace", "set", shop.id, *wrong, check=False
                   ).returncode == 64


# ------------------------------------------------------ the answer


def answers(node, phone):
    return [m for m in node.messages(node.conversation(phone)["id"])
            if m["direction"] == "outbound"]


def write(node, phone, body="hello", **more):
    assert node.deliver(text_message(phone, body, number=NUMBER, **more)
                        ).status == 200
    return node.wait_conversation(phone)


def test_who_writes_while_it_is_closed_is_answered_once(d360_node, d360):
    node, phone = d360_node, new_phone()
    assert node.patch("/workspace", {"opening_hours": CLOSED,
                                     "automatic_answer": TEXT}).status == 200
    wait_for(lambda: node.db("SELECT 1 FROM followed"
                             " WHERE name = 'automatic_answer'"))
    c = write(node, phone)
    sent, = d360.wait_sent()
    assert sent.body["text"]["body"] == TEXT
    message, = answers(node, phone)
    assert (message["source"], message["sent_by"]) == ("automatic", None)
    assert node.conversation(phone)["unanswered_since"] == \
        c["unanswered_since"] is not None
    # What is old, as after an outage, is not answered; nor is who was.
    write(node, new_phone(), ts=int(time.time()) - 700)
    node.kill("waspool-process")
    write(node, phone, "anybody?")
    other = new_phone()
    write(node, other)
    wait_for(lambda: len(answers(node, other)) == 1)
    d360.wait_sent(2)
    assert len(answers(node, phone)) == 1
    # The same row of the list: a person has to answer it.
    assert c["id"] in [x["id"] for x in node.get(
        "/conversations", unanswered="true").json["data"]]


@pytest.mark.sqlite("a database of PostgreSQL is restored there")
def test_who_was_answered_before_a_restore_is_not_answered_again(
        d360_node, d360, tmp_path):
    node, phone = d360_node, new_phone()
    assert node.patch("/workspace", {"opening_hours": CLOSED,
                                     "automatic_answer": TEXT}).status == 200
    wait_for(lambda: node.db("SELECT 1 FROM followed"
                             " WHERE name = 'automatic_answer'"))
    node.give_up("waspool-process")
    node.cli("backup", tmp_path / "b")
    node.deliver(text_message(phone, "hi"))
    assert node.run("waspool-process", "--once").returncode == 0
    d360.wait_sent()
    restored(node, tmp_path / "b")
    assert node.run("waspool-process", "--once").returncode == 0
    assert [m["direction"] for m in
            node.messages(node.conversation(phone)["id"])] == ["inbound"]
    assert len(d360.sent) == 1
