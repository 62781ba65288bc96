"""One message's, one conversation's, one number's trouble is its own, and
whoever waits is told why."""

import time

import pytest

from post import is_problem, send
from rig import NUMBER, wait_for
from sse import Stream
from test_send import Desk

PAYMENT = {"status": 400, "code": 131042,
           "message": "Business eligibility payment issue"}


@pytest.fixture
def desk(d360_node):
    return Desk(d360_node)


def shown(desk, m):
    return desk.api("GET", f"/messages/{m['id']}").json


def number_id(desk):
    (row,) = desk.node.db("SELECT id FROM numbers")
    return row[0]


def test_who_wrote_sees_why_it_does_not_go(desk):
    a, b = desk.talk(2)
    last = desk.api("GET", "/changes", limit=1).json["last_seq"]
    stream = Stream(desk.node, last=last)
    desk.d360.fail(seconds=600, **PAYMENT)
    first, second = desk.say(a, "one"), desk.say(a, "two")
    wait_for(lambda: (shown(desk, first)["waiting"] or {}).get(
        "reason") == "paused")
    w = shown(desk, first)["waiting"]
    assert "131042 Business eligibility" in w["detail"] and w["until"]
    # another customer's message is tried before all must wait
    other = desk.say(b, "three")
    wait_for(lambda: (shown(desk, other)["waiting"] or {}).get(
        "reason") == "paused")
    page = desk.api("GET", f"/conversations/{a['id']}/messages").json["data"]
    assert [m["waiting"]["reason"] for m in page if m["status"] == "queued"
            ] == ["paused", "paused"]
    number = desk.api("GET", f"/numbers/{number_id(desk)}").json
    assert number["waiting"] == shown(desk, other)["waiting"]
    assert desk.api("GET", "/numbers").json["data"] == [number]
    assert "131042" in desk.node.cli("outbox", "list")
    seen = stream.until(lambda e: e.type == "number.updated" and
                        e.json["object"]["waiting"])[-1].json
    assert seen["object"]["waiting"]["reason"] == "paused"
    assert seen["conversation_id"] is None and seen["id"] == number["id"]
    stream.close()
    # a new key ends it at once, also when it is another process that finds it
    desk.node.kill("waspool-process")
    desk.d360.clear()
    desk.node.write_key(NUMBER, desk.d360.add_number(NUMBER, "a-new-key"))
    for m in (first, second, other):
        assert desk.wait(m, "sent")["waiting"] is None
    assert desk.api("GET", f"/numbers/{number_id(desk)}").json[
        "waiting"] is None


def test_a_message_that_is_always_refused_delays_nobody(desk):
    (bad, *others) = desk.talk(4)
    desk.d360.fail(status=403, code=10, seconds=600, to=bad["phone"],
                   message="Application does not have permission")
    m = desk.say(bad, "never")
    wait_for(lambda: desk.node.db("SELECT 1 FROM number_pauses"))
    for c in others:
        began = time.monotonic()
        desk.wait(desk.say(c, "soon"), "sent")
        assert time.monotonic() - began < 30     # a pause takes 60
    error = desk.wait(m, "failed")["error"]
    assert error["code"] == 10 and "permission" in str(error)


def test_a_queue_has_an_end(desk):
    a, b = desk.talk(2)
    desk.node.write(
        "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
        " message_id, kind, state, due_at, created_at)"
        " WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
        " WHERE i < 1000) SELECT c.workspace_id, c.number_id, c.id,"
        " 900000 + i, 'message', 'queued', 9999999999,"
        " CAST(? AS BIGINT) FROM n, conversations c WHERE c.id = ?",
        int(time.time()), a["id"])
    body = {"type": "text", "text": {"body": "one more"}}
    full = desk.api("POST", f"/conversations/{a['id']}/messages", body)
    assert is_problem(full, 429, "queue-full")
    assert full.headers["Retry-After"] and "1000 messages" in full.json[
        "detail"]
    assert desk.wait(send(desk, b, body), "sent")
    # of a number as the processor has counted, which is rarely
    def is_full():
        desk.node.write("INSERT INTO number_queues VALUES (?, 100000)"
                        " ON CONFLICT(number_id) DO UPDATE SET open = 100000",
                        number_id(desk))
        answer = desk.api("POST", f"/conversations/{b['id']}/messages", body)
        return answer if answer.status == 429 else None     # or just then
    full = wait_for(is_full)
    assert is_problem(full, 429, "queue-full")
    assert "100000 messages" in full.json["detail"]
