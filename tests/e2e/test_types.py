"""Every delivery of tests/data, through nginx, as it then shows over HTTP.

tests/unit/test_delivery looks at the events; here is what a client sees of
the messages, each on a node of its own, since several share ids.
"""

import json

import pytest

from contract import SPEC, check
from rig import DATA, Node

EXPECT = json.loads((DATA / "deliveries" / "expect.json").read_text())


@pytest.fixture(scope="module")
def node_with_all():
    """A node that has seen every delivery once, and the bad ones."""
    n = Node()
    try:
        n.up()
        for name in sorted(EXPECT):
            a = n.deliver((DATA / "deliveries" / name).read_bytes())
            assert a.status == 200, name
        for path in sorted((DATA / "bad").iterdir()):
            a = n.deliver(path.read_bytes())
            assert a.status == (200 if path.stat().st_size else 400), path
        n.drained()
        yield n
    finally:
        n.remove()


def shared_ids():
    """Message ids of several files: there the first to come wins."""
    seen, shared = set(), set()
    for events in EXPECT.values():
        ids = {e.get("wamid") for e in events} - {None}
        shared |= ids & seen
        seen |= ids
    targets = {e["target"] for events in EXPECT.values() for e in events
               if e["kind"] in ("edit", "revoke") and "target" in e}
    return shared | targets


SHARED = shared_ids()
MESSAGES = [(name, e) for name, events in sorted(EXPECT.items())
            for e in events
            if e["kind"] == "message" and e.get("wamid")
            and e["wamid"] not in SHARED
            and len([x for x in events
                     if x.get("wamid") == e["wamid"]]) == 1]


def api_message(node, wamid):
    row = node.db("SELECT id, conversation_id FROM messages WHERE wamid = ?",
                  wamid)
    assert len(row) == 1, wamid
    page = node.messages(row[0][1])
    found = [m for m in page if m["id"] == row[0][0]]
    if found:
        return found[0]
    # Further back than the first page: ask for the one that follows it.
    before = None
    while True:
        query = {"limit": 100, **({"before": before} if before else {})}
        a = node.get(f"/conversations/{row[0][1]}/messages", **query).json
        found = [m for m in a["data"] if m["id"] == row[0][0]]
        if found:
            return found[0]
        before = a["next_before"]
        assert before is not None, wamid


@pytest.mark.parametrize("name, e", MESSAGES,
                         ids=[f"{n}-{e['wamid']}" for n, e in MESSAGES])
def test_message(node_with_all, name, e):
    m = api_message(node_with_all, e["wamid"])
    assert m["type"] == e["type"]
    assert m["direction"] == ("inbound" if e["inbound"] else "outbound")
    content = dict(m["content"])
    state = content.pop("media_state", None)
    expected = e["content"]
    if isinstance(expected, dict):
        assert content == expected
    if e.get("media"):
        assert state == "pending"
    for key in ("context", "referral"):
        if isinstance(e.get(key), dict):
            for k, v in e[key].items():
                assert m[key][k] == v
    if isinstance(e.get("error"), dict) and e["inbound"]:
        assert m["error"]["code"] == e["error"]["code"]


def test_every_message_is_as_the_contract_says(node_with_all):
    message = SPEC["components"]["schemas"]["Message"]
    seen = set()
    for (id_,) in node_with_all.db("SELECT id FROM messages"):
        m = node_with_all.get(f"/messages/{id_}").json
        check(message, m, f"message {id_}")
        seen.add(m["type"])
    assert {"text", "unknown", "unsupported", "call", "contacts", "order",
            "media_placeholder"} <= seen, seen


def test_bad_bodies_are_dead_with_a_reason(node_with_all):
    n = node_with_all
    bad = [p for p in (DATA / "bad").iterdir() if p.stat().st_size]
    held = n.db("SELECT state, reason FROM held")
    assert len(held) == len(bad)
    assert {h[0] for h in held} == {"dead"}
    assert all(h[1] for h in held)


def test_everything_else_is_a_workspace_event(node_with_all):
    n = node_with_all
    fields = {r[0] for r in n.db("SELECT DISTINCT field "
                                 "FROM workspace_events")}
    for field in ("message_template_status_update", "account_update",
                  "errors", "user_preferences"):
        assert field in fields


def test_once_more_changes_nothing(node_with_all):
    n = node_with_all
    tables = ["messages", "conversations", "identities", "reactions",
              "message_statuses", "message_patches", "workspace_events",
              "media"]

    def counts():
        return [n.db(f"SELECT count(*) FROM {t}")[0][0] for t in tables] + \
            n.db("SELECT total, unread, archived FROM counters") + \
            n.db("SELECT sum(unread_count) FROM conversations")

    before = counts()
    for name in sorted(EXPECT, reverse=True):
        assert n.deliver((DATA / "deliveries" / name).read_bytes()
                         ).status == 200
    n.drained()
    assert counts() == before
    assert n.get("/conversations", status="all").status == 200
