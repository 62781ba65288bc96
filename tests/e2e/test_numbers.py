"""How our numbers are: asked of the provider, shown, told of."""

import json
import time

import pytest

from rig import NUMBER, envelope, new_phone, text_message, wait_for
from sse import Stream

WORDS = {"quality_rating": "GREEN", "messaging_limit": "TIER_1K",
         "verified_name": "Jaspers Market", "name_status": "APPROVED",
         "status": "CONNECTED", "throughput": "STANDARD",
         "can_send": "AVAILABLE"}


@pytest.fixture
def known(d360, d360_node):
    """A node of the test's own that knows its number."""
    d360_node.cli("number", "add", NUMBER)
    return d360_node


def number(node):
    row, = node.get("/numbers").json["data"]
    return row


def due(node):
    """It is asked now: a new one only after a minute."""
    node.write("UPDATE numbers SET created_at = created_at - 100,"
               " health_due_at = 0")


def health(node, **wanted):
    def ready():
        h = number(node)["health"]
        return h if h and all(h[k] == v for k, v in wanted.items()) else None
    try:
        return wait_for(ready)
    except AssertionError:
        raise AssertionError(node.get("/numbers").json, node.log("waspool-process")[-800:]) from None


def asked(d360):
    return [r for r in d360.requests if r.where == "health"]


@pytest.mark.parametrize("cloud", [False, True])
def test_the_provider_says_how_a_number_is(d360, make_node, cloud):
    node = make_node(**(d360.cloud_env if cloud else d360.env))
    if cloud:
        d360.use_cloud(node)
    else:
        d360.attach(node).cli("number", "add", NUMBER)
    assert number(node)["health"] is None and asked(d360) == []
    due(node)
    h = health(node)
    assert {k: h[k] for k in WORDS} == WORDS
    assert (h["problems"], h["error"]) == ([], None)
    assert h["read_at"] is not None
    shown = number(node)
    assert shown == node.get(f"/numbers/{shown['id']}").json
    row, = node.cli("--json", "number", "list")
    assert (row["quality"], row["messaging_limit"], row["name_status"],
            row["can_send"], row["not_asked"]) == \
        ("GREEN", "TIER_1K", "APPROVED", "AVAILABLE", None)
    # once a day
    (at,), = node.db("SELECT health_due_at FROM numbers")
    assert 86000 < at - time.time() < 87000
    assert len(asked(d360)) == 1


def test_what_it_does_not_know_is_not_asked_again(d360, known):
    del d360.health["messaging_limit_tier"]
    due(known)
    h = health(known)
    assert h["messaging_limit"] is None and h["can_send"] == "AVAILABLE"
    assert [r.status for r in asked(d360)] == [400, 200]


def test_a_blocked_number_says_what_helps(d360, known):
    problem = {"error_code": 141006, "error_description": "No payment method",
               "possible_solution": "Add one in the Business Manager"}
    d360.health["health_status"] = {"can_send_message": "BLOCKED", "entities": [
        {"entity_type": "WABA", "id": "1", "can_send_message": "BLOCKED",
         "errors": [problem] * 12},
        {"entity_type": "APP", "id": "2", "errors": [problem]}]}
    due(known)
    h = health(known, can_send="BLOCKED")
    assert h["problems"] == [{
        "of": "WABA", "code": 141006, "text": "No payment method",
        "solution": "Add one in the Business Manager"}] * 10


def test_a_wrong_key_is_seen_before_anything_is_sent(d360, known):
    node = known
    due(node)
    health(node)
    before = node.get("/changes", limit=1).json["last_seq"]
    node.write_key(NUMBER, "not-the-key-of-the-number")
    due(node)
    h = health(node, error={"reason": "wrong_key",
                            "detail": h_detail(d360)})
    # what was known stays
    assert {k: h[k] for k in WORDS} == WORDS
    told = node.get("/changes", after=before).json["data"]
    assert [c["type"] for c in told] == ["number.updated"]
    assert told[0]["id"] == number(node)["id"]
    # again the same is no change
    due(node)
    wait_for(lambda: len(asked(d360)) > 2)
    time.sleep(0.2)
    assert len(node.get("/changes", after=before).json["data"]) == 1


def h_detail(d360):
    return "190 Invalid API key"


def test_an_event_of_the_number_has_it_asked_soon(d360, known):
    node = known
    node.deliver(text_message(new_phone(), "hello"))   # it says whose it is
    node.drained()
    due(node)
    health(node)
    d360.health["quality_rating"] = "RED"
    n = len(asked(d360))
    with Stream(node) as stream:
        node.deliver(envelope({
            "display_phone_number": "15550783881", "event": "FLAGGED",
            "current_limit": "TIER_1K"}, field="phone_number_quality_update"))
        node.drained()
        (at,), = node.db("SELECT health_due_at FROM numbers")
        assert at - time.time() < 10 or len(asked(d360)) > n    # by now
        due(node)
        e = stream.until(lambda e: e.type == "number.updated")[-1]
    assert e.json["object"]["health"]["quality_rating"] == "RED"


def test_an_event_while_it_is_asked_is_not_lost(d360, known):
    node = known
    node.deliver(text_message(new_phone(), "hello"))
    node.drained()
    hold = d360.hold(when="before", where="health")
    due(node)
    hold.wait()
    node.deliver(envelope({"event": "DISABLED_UPDATE"}, field="account_update"))
    node.drained()
    hold.release()
    health(node)
    (at,), = node.db("SELECT health_due_at FROM numbers")
    assert at - time.time() < 10 or len(asked(d360)) > 1


def test_no_answer_is_no_news(d360, known):
    node = known
    d360.fail(9, 500, where="health")
    due(node)
    h = health(node)
    assert h["error"]["reason"] == "no_answer" and h["read_at"] is None
    assert {h[k] for k in WORDS} == {None} and h["problems"] == []
    d360.clear()
    due(node)
    assert health(node, error=None)["quality_rating"] == "GREEN"


ODD = [b"", b"[]", b"7", b'{"health_status": 7, "quality_rating": []}',
       json.dumps({"quality_rating": "x" * 5000, "throughput": "HIGH",
                   "health_status": {"entities": [7, {"errors": [[], 1]}]}}
                  ).encode()]


def test_an_odd_answer_is_no_word(d360, known):
    for body in ODD:
        n = len(asked(d360))
        d360._do_health = lambda r, body=body: (body, "application/json")
        due(known)
        wait_for(lambda: len(asked(d360)) > n and known.db(
            "SELECT 1 FROM numbers WHERE health_due_at > 0"))
        h = health(known)
        assert {h[k] for k in WORDS} == {None}


def test_a_number_shows_when_it_last_had_a_message(node):
    from office import Workspace
    shop = Workspace(node, "Numbers")
    row, = shop.get("/numbers")["data"]
    assert row["last_message_at"] is None and row["health"] is None
    c = shop.talk()
    assert shop.get("/numbers")["data"][0]["last_message_at"] == \
        c["last_message_at"]
    shop.api("POST", f"/conversations/{c['id']}/archive")
    assert shop.get("/numbers")["data"][0]["last_message_at"] == \
        c["last_message_at"]
