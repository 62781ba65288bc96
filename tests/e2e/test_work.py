"""Conversations as work: their states, who waits for an answer, and lists of
both."""

import time

import pytest

from office import Workspace, many
from rig import wait_for


@pytest.fixture(scope="module")
def desk(node):
    return Workspace(node, "Work")


def after(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() + seconds))


def set_state(desk, c, state, **more):
    a = desk.api("PUT", f"/conversations/{c['id']}/state",
                 {"state": state, **more})
    assert a.status == 200, a
    return a.json


def test_a_conversation_is_open_set_aside_or_closed(desk):
    c = desk.talk("anybody there?")
    assert (c["state"], c["snoozed_until"]) == ("open", None)
    for state, status in (("pending", "archived"), ("closed", "archived"),
                          ("open", "active"), ("closed", "archived"),
                          ("pending", "archived")):
        for _ in range(2):
            now = set_state(desk, c, state)
            assert (now["state"], now["status"]) == (state, status)
    until = after(3600)
    now = set_state(desk, c, "snoozed", until=until)
    assert (now["state"], now["snoozed_until"]) == ("snoozed", until)
    assert desk.api("POST", f"/conversations/{c['id']}/unarchive"
                    ).json["state"] == "open"
    assert desk.api("POST", f"/conversations/{c['id']}/archive"
                    ).json["state"] == "closed"


def test_a_message_of_the_customer_opens_it_again(desk):
    c = desk.talk("one")
    for state, more in (("closed", {}), ("pending", {}),
                        ("snoozed", {"until": after(3600)})):
        set_state(desk, c, state, **more)
        now = desk.talk("and this?", phone=c["phone"][1:])
        assert (now["state"], now["snoozed_until"]) == ("open", None)


def test_what_is_snoozed_comes_back_by_itself(desk):
    c = desk.talk("later")
    desk.api("POST", f"/conversations/{c['id']}/read")
    set_state(desk, c, "snoozed", until=after(2))
    path = f"/conversations/{c['id']}"
    wait_for(lambda: desk.get(path)["state"] == "open", 30)
    assert not desk.get(path)["is_read"]


@pytest.mark.parametrize("body", [
    {}, {"state": "sleeping"}, {"state": None}, {"state": 7},
    {"state": "snoozed"}, {"state": "snoozed", "until": "tomorrow"},
    {"state": "snoozed", "until": "2020-01-01T00:00:00Z"},
    {"state": "snoozed", "until": "2999-01-01T00:00:00Z"},
    {"state": "snoozed", "until": 1800000000},
    {"state": "snoozed", "until": "2027-02-30T00:00:00Z"},
    {"state": "closed", "until": "2027-01-01T00:00:00Z"},
    {"state": "snoozed", "until": None},
])
def test_what_is_no_state_is_refused(desk, body):
    c = desk.talk("hello")
    a = desk.api("PUT", f"/conversations/{c['id']}/state", body)
    assert a.status == 422, a
    assert desk.get(f"/conversations/{c['id']}")["state"] == "open"


def test_who_waits_longest_is_first(desk):
    other = Workspace(desk.node, "Queue")
    now = int(time.time())
    many(other, 5, now - 5000)
    first = other.ids(unanswered="true")
    assert first == other.ids()[::-1]
    # who asks again keeps the place, who is answered leaves
    again = other.get(f"/conversations/{first[1]}")
    other.talk("hello?", phone=again["phone"][1:])
    assert other.ids(unanswered="true") == first
    sent = other.api("POST", f"/conversations/{first[0]}/messages",
                     {"type": "text", "text": {"body": "Yes"}})
    assert sent.status == 202, sent
    assert other.ids(unanswered="true") == first[1:]
    other.api("POST", f"/conversations/{first[2]}/archive")
    assert other.ids(unanswered="true") == [first[1], *first[3:]]
    # in pages, and with another filter
    page = other.get("/conversations", unanswered="true", limit=2)
    rest = other.get("/conversations", unanswered="true", limit=2,
                     cursor=page["next_cursor"])
    assert [c["id"] for c in page["data"] + rest["data"]] \
        == [first[1], *first[3:]]
    assert rest["next_cursor"] is None
    other.api("PUT", f"/conversations/{first[3]}/assignee",
              {"user_id": other.user_id})
    assert other.ids(unanswered="true", assigned_to="me") == [first[3]]
    stats = other.get("/conversations/stats")
    assert (stats["unanswered"], stats["pending"], stats["snoozed"]) \
        == (3, 0, 0)


def test_lists_by_state(desk):
    other = Workspace(desk.node, "States")
    many(other, 8, int(time.time()) - 5000)
    a, b, c, d, e, f, g, h = (other.get(f"/conversations/{i}")
                              for i in other.ids())
    set_state(other, a, "pending")
    set_state(other, b, "snoozed", until=after(7200))
    set_state(other, c, "snoozed", until=after(3600))
    set_state(other, d, "closed")
    set_state(other, e, "pending")
    assert other.ids(state="open") == [f["id"], g["id"], h["id"]]
    assert other.ids(state="open") == other.ids()
    assert other.ids(state="snoozed") == [c["id"], b["id"]]
    assert sorted(other.ids(state="pending")) == sorted([a["id"], e["id"]])
    assert other.ids(state="closed") == [d["id"]]
    assert other.ids(status="archived") == [x["id"] for x in (a, b, c, d, e)]
    assert other.ids(state="closed", unread="true") == [d["id"]]
    assert other.ids(state="pending", q="Customer") \
        == [a["id"], e["id"]] or other.ids(state="pending", q="Customer") == []
    page = other.get("/conversations", state="snoozed", limit=1)
    assert [x["id"] for x in other.get(
        "/conversations", state="snoozed", limit=1,
        cursor=page["next_cursor"])["data"]] == [b["id"]]
    stats = other.get("/conversations/stats")
    assert (stats["pending"], stats["snoozed"], stats["archived"]) == (2, 2, 5)
    for bad in ({"state": "no"}, {"state": "open", "status": "all"},
                {"unanswered": "false"}):
        assert other.api("GET", "/conversations", **bad).status == 400
