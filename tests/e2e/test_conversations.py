"""A webhook becomes a conversation: what a person sees of it over HTTP."""

import concurrent.futures
import copy
import json
import time

import pytest

from rig import (SANITIZED, contact, envelope, is_woken, message, new_phone,
                 new_wamid, private_kb, processes_in, status_update,
                 text_message, value, wait_for)


def test_a_message_becomes_a_conversation(node):
    phone, ts = new_phone(), int(time.time()) - 60
    assert node.deliver(text_message(
        phone, "Does it come in another color?", ts=ts)).status == 200
    c = node.wait_conversation(phone)
    assert c["phone"] == "+" + phone
    assert c["profile_name"] == "Sheena Nelson"
    assert c["phone_number_id"] == node.phone_number_id
    assert c["last_message_preview"] == "Does it come in another color?"
    assert (c["unread_count"], c["is_read"]) == (1, False)
    assert c["window"]["open"] is True
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(ts))
    assert c["last_message_at"] == c["last_customer_message_at"] == at
    assert c["window"]["expires_at"] == time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(ts + 86400))
    m, = node.messages(c["id"])
    assert m["direction"] == "inbound" and m["type"] == "text"
    assert m["content"] == {"body": "Does it come in another color?"}
    assert m["status"] == "received" and m["sent_at"] == at


def test_the_same_body_many_times_is_one_message(node):
    phone = new_phone()
    body = text_message(phone, "once")
    with concurrent.futures.ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(lambda _: node.deliver(body).status,
                                range(10)))
    assert answers == [200] * 10
    node.drained()
    c = node.wait_conversation(phone)
    assert c["unread_count"] == 1
    assert len(node.messages(c["id"])) == 1


def test_the_same_message_in_another_batch_is_one_message(node):
    a, b, ts = new_phone(), new_phone(), int(time.time())
    m = message(a, "text", ts=ts, text={"body": "hi"})
    node.deliver(envelope(value([m])))
    node.deliver(envelope(value([message(b, "text", text={"body": "x"}), m])))
    assert node.wait_conversation(b)
    assert node.wait_conversation(a)["unread_count"] == 1


def test_everything_in_a_body_is_applied(node):
    a, b, ours = new_phone(), new_phone(), new_wamid()
    echo = {"from": "15550783881", "to": a, "id": ours,
            "timestamp": str(int(time.time()) - 5), "type": "text",
            "text": {"body": "from the phone"}}
    node.deliver(envelope(value(message_echoes=[echo]),
                          field="smb_message_echoes"))
    node.wait_conversation(a)
    node.deliver(envelope(value(
        [message(a, "text", text={"body": "one"}),
         message(b, "text", text={"body": "two"}),
         message(a, "text", text={"body": "three"})],
        statuses=[{"id": ours, "status": "read", "recipient_id": a,
                   "timestamp": str(int(time.time()))}],
        contacts=[contact(b, "Bea"), contact(a, "Ann")],
        errors=[{"code": 131000, "title": "Something went wrong " + ours}])))
    ca = node.wait_conversation(a, unread_count=2)
    cb = node.wait_conversation(b, unread_count=1)
    assert (ca["profile_name"], cb["profile_name"]) == ("Ann", "Bea")
    assert ca["last_message_preview"] == "three"
    mine = [m for m in node.messages(ca["id"]) if m["wamid"] == ours][0]
    assert (mine["direction"], mine["status"]) == ("outbound", "read")
    assert node.db("SELECT count(*) FROM workspace_events WHERE raw LIKE ?",
                   f"%{ours}%") == [(1,)]


def test_an_archived_conversation_comes_back(node):
    phone = new_phone()
    node.deliver(text_message(phone, "first"))
    c = node.wait_conversation(phone)
    path = f"/conversations/{c['id']}"
    assert node.post(path + "/read").json["unread_count"] == 0
    archived = node.post(path + "/archive").json
    assert (archived["status"], archived["is_read"]) == ("archived", True)
    node.deliver(text_message(phone, "second"))
    c = node.wait_conversation(phone, status="active", unread_count=1)
    assert c["is_read"] is False
    # A status or an echo does not bring it back.
    node.post(path + "/archive")
    node.deliver(status_update(new_wamid(), "read", phone))
    node.drained()
    assert node.get(path).json["status"] == "archived"


def test_an_older_message_that_comes_late_changes_no_stats(node):
    phone, now = new_phone(), int(time.time())
    node.deliver(text_message(phone, "newer", ts=now - 10))
    first = node.wait_conversation(phone)
    node.deliver(text_message(phone, "older", ts=now - 3600))
    c = node.wait_conversation(phone, unread_count=2)
    for field in ("last_message_at", "last_message_preview",
                  "last_customer_message_at", "window"):
        assert c[field] == first[field]
    assert [m["content"]["body"] for m in node.messages(c["id"])] == \
        ["newer", "older"]


def test_window_closes_after_a_day(node):
    phone = new_phone()
    node.deliver(text_message(phone, "old", ts=int(time.time()) - 90000))
    c = node.wait_conversation(phone)
    assert c["window"]["open"] is False


def test_history_is_neither_unread_nor_a_window(node):
    phone, ts = new_phone(), int(time.time()) - 7200
    ours, theirs = new_wamid(), new_wamid()
    node.deliver(envelope(value(history=[
        {"metadata": {"phase": 0, "chunk_order": 1, "progress": 55},
         "threads": [{"id": phone, "messages": [
             {"from": "15550783881", "id": ours, "timestamp": str(ts),
              "type": "text", "text": {"body": "we wrote"},
              "history_context": {"status": "READ"}},
             {"from": phone, "id": theirs, "timestamp": str(ts + 60),
              "type": "text", "text": {"body": "they wrote"},
              "history_context": {"status": "READ"}}]}]}]),
        field="history"))
    c = node.wait_conversation(phone)
    assert (c["unread_count"], c["is_read"]) == (0, True)
    assert c["window"] == {"open": False, "expires_at": None}
    assert [(m["direction"], m["status"]) for m in node.messages(c["id"])] == \
        [("inbound", "received"), ("outbound", "read")]


# ------------------------------------------------------------------ statuses

def echo_of(node, phone, wamid=None):
    wamid = wamid or new_wamid()
    node.deliver(envelope(value(message_echoes=[
        {"from": "15550783881", "to": phone, "id": wamid,
         "timestamp": str(int(time.time()) - 30), "type": "text",
         "text": {"body": "ours"}}]), field="smb_message_echoes"))
    return wamid


def status_of(node, phone, wamid):
    c = node.wait_conversation(phone)
    return [m for m in node.messages(c["id"]) if m["wamid"] == wamid][0]


@pytest.mark.parametrize("order, end", [
    (["sent", "delivered", "read"], "read"),
    (["read", "delivered", "sent"], "read"),
    (["delivered", "delivered", "sent"], "delivered"),
    (["read", "failed"], "read"),
    (["failed", "sent"], "failed"),
    (["failed", "delivered"], "delivered"),
    (["READ"], "read"),
    (["played", "read"], "played"),
    (["teleported", "delivered"], "delivered"),
])
def test_a_status_only_moves_forward(node, order, end):
    phone = new_phone()
    wamid = echo_of(node, phone)
    for status in order:
        node.deliver(status_update(wamid, status, phone))
    node.drained()
    assert status_of(node, phone, wamid)["status"] == end


def test_a_status_may_come_before_its_message(node):
    phone, wamid = new_phone(), new_wamid()
    node.deliver(status_update(wamid, "failed", phone, errors=[
        {"code": 131049, "title": "Not delivered", "error_data": {
            "details": "to keep the ecosystem healthy"}}]))
    node.drained()
    echo_of(node, phone, wamid)
    m = status_of(node, phone, wamid)
    assert m["status"] == "failed"
    assert m["error"] == {"code": 131049, "title": "Not delivered",
                          "detail": "to keep the ecosystem healthy"}


# ------------------------------------------------- edits, deletions, reactions

@pytest.mark.parametrize("late", [False, True])
def test_edit_and_revoke_in_any_order(node, late):
    phone, ts = new_phone(), int(time.time()) - 100
    wamid = new_wamid()
    first = envelope(value([message(phone, "text", wamid, ts,
                                    text={"body": "helo"})]))
    edit = envelope(value([message(phone, "edit", None, ts + 5, edit={
        "original_message_id": wamid,
        "message": {"type": "text", "text": {"body": "hello"}}})]))
    revoke = envelope(value([message(phone, "revoke", None, ts + 9, revoke={
        "original_message_id": wamid})]))
    bodies = [edit, first] if late else [first, edit]
    for body in bodies:
        node.deliver(body)
    node.drained()
    c = node.wait_conversation(phone, last_message_preview="hello")
    m, = node.messages(c["id"])
    assert m["content"] == {"body": "hello"} and m["edited_at"]
    assert m["revoked_at"] is None
    node.deliver(revoke)
    wait_for(lambda: node.messages(c["id"])[0]["revoked_at"])
    assert node.conversation(phone)["unread_count"] == 1


def test_reactions_last_writer_wins_and_can_be_taken_back(node):
    phone, ts, wamid = new_phone(), int(time.time()) - 100, new_wamid()
    node.deliver(envelope(value([message(phone, "text", wamid, ts,
                                         text={"body": "look"})])))

    def react(at, **reaction):
        node.deliver(envelope(value([message(
            phone, "reaction", None, ts + at,
            reaction={"message_id": wamid, **reaction})])))
        node.drained()

    def shown():
        c = node.wait_conversation(phone)
        m = [m for m in node.messages(c["id"]) if m["wamid"] == wamid][0]
        return [(r["emoji"], r["from"]) for r in m["reactions"]]

    react(20, emoji="👍")
    assert shown() == [("👍", "customer")]
    react(10, emoji="😢")
    assert shown() == [("👍", "customer")]
    assert node.conversation(phone)["last_message_preview"] == "Reacted 👍"
    react(30)
    assert shown() == []


# ------------------------------------------------------------------ customers

def test_a_customer_known_only_by_user_id(node):
    user_id = "US." + new_wamid().rsplit("test")[1] + "x"
    m = message("", "text", text={"body": "no phone"}, from_user_id=user_id)
    node.deliver(envelope(value([m], contacts=[
        {"profile": {"name": "Noa", "username": "@noa"},
         "user_id": user_id}])))
    c = wait_for(lambda: [c for c in node.get(
        "/conversations").json["data"] if c["user_id"] == user_id])[0]
    assert (c["phone"], c["profile_name"]) == (None, "Noa")
    # The phone is shown later: the same conversation.
    phone = new_phone()
    node.deliver(envelope(value([message(
        phone, "text", text={"body": "now with"}, from_user_id=user_id)])))
    later = node.wait_conversation(phone, unread_count=2)
    assert later["id"] == c["id"]
    # And the phone alone leads there, too.
    node.deliver(text_message(phone, "phone only"))
    assert node.wait_conversation(phone, unread_count=3)["id"] == c["id"]


def test_two_that_turn_out_to_be_one(node):
    phone, user_id = new_phone(), "US.merge" + new_wamid()[-6:]
    node.deliver(text_message(phone, "by phone"))
    first = node.wait_conversation(phone)
    node.deliver(envelope(value([message(
        "", "text", text={"body": "by user id"}, from_user_id=user_id)])))
    wait_for(lambda: node.db("SELECT 1 FROM identities WHERE value = ?",
                             user_id))
    node.deliver(envelope(value([message(
        phone, "text", text={"body": "both"}, from_user_id=user_id)])))
    c = node.wait_conversation(phone, unread_count=3)
    assert c["id"] == first["id"]
    assert len(node.messages(c["id"])) == 3


def test_a_changed_number_keeps_the_conversation(node):
    old, new = new_phone(), new_phone()
    node.deliver(text_message(old, "before", ts=int(time.time()) - 60))
    first = node.wait_conversation(old)
    node.deliver(envelope(value([message(
        old, "system", ts=int(time.time()) - 30,
        system={"body": f"User changed from {old} to {new}", "wa_id": new,
                "type": "user_changed_number"})])))
    c = node.wait_conversation(new)
    assert c["id"] == first["id"] and c["unread_count"] == 1
    node.deliver(text_message(new, "after"))
    c = node.wait_conversation(new, unread_count=2)
    assert c["id"] == first["id"]


def test_a_group_is_one_conversation(node):
    group, a, b = "G" + new_wamid(), new_phone(), new_phone()
    node.deliver(envelope(value([
        message(a, "text", text={"body": "from a " + group}, group_id=group),
        message(b, "text", text={"body": "from b"}, group_id=group)],
        contacts=[contact(a, "Ann"), contact(b, "Bea")])))
    c = wait_for(lambda: node.get(
        "/conversations", q="from a " + group).json["data"])[0]
    assert c["unread_count"] == 2 and c["phone"] is None
    assert {m["context"]["from"] for m in node.messages(c["id"])} == {a, b}


# ----------------------------------------------------------- odd and foreign

def test_an_unknown_type_is_kept_whole(node):
    phone = new_phone()
    m = message(phone, "hologram", hologram={"depth": 3})
    node.deliver(envelope(value([m])))
    c = node.wait_conversation(phone)
    got, = node.messages(c["id"])
    assert (got["type"], got["content"]["type"]) == ("unknown", "hologram")
    assert '"depth":3' in str(got["content"]).replace(" ", "").replace(
        "'", '"')
    assert c["last_message_preview"]


def test_one_bad_element_takes_none_of_its_siblings(node):
    phone = new_phone()
    node.deliver(envelope(value(
        [None, 7, "x", [], {}, {"id": 5}, {"from": phone},
         message(phone, "text", text={"body": "good"}),
         {"from": phone, "id": new_wamid(), "timestamp": {}, "type": 3,
          "text": "not an object"}],
        statuses=[None, {"id": None}, "s"], contacts=["c", None])))
    c = node.wait_conversation(phone)
    assert "good" in [m["content"].get("body")
                      for m in node.messages(c["id"])]


def test_numbers_as_strings_and_strings_as_numbers(node):
    phone, wamid = new_phone(), new_wamid()
    body = text_message(phone, "typed", wamid)
    m = body["entry"][0]["changes"][0]["value"]
    m["messages"][0]["from"] = int(phone)
    m["messages"][0]["timestamp"] = int(time.time())
    m["metadata"]["phone_number_id"] = int(node.phone_number_id)
    m["contacts"][0]["wa_id"] = int(phone)
    node.deliver(body)
    assert node.wait_conversation(phone)["profile_name"] == "Sheena Nelson"


def test_the_flat_form_and_the_partner_envelope(node):
    a, b = new_phone(), new_phone()
    node.deliver({"contacts": [contact(a, "Flat")],
                  "messages": [message(a, "text", "gBEG" + new_wamid(),
                                       text={"body": "v1"})]})
    assert node.wait_conversation(a)["profile_name"] == "Flat"
    v = value(history=[{"metadata": {"phase": 0}, "threads": [
        {"id": b, "messages": [message(b, "text", text={"body": "past"})]}]}])
    node.deliver({"id": "e1", "event": "history",
                  "data": {"id": "102290129340398", **v}})
    assert node.wait_conversation(b)["unread_count"] == 0


def test_not_json_is_dead_and_holds_nobody_up(node):
    phone = new_phone()
    body = f"<html>not json, of {phone}</html>".encode()
    node.deliver(body)
    node.deliver(text_message(phone, "behind it"))
    node.wait_conversation(phone)
    (id_,), = node.spool("SELECT id FROM deliveries WHERE body = ?", body)
    held, = node.db("SELECT state, reason FROM held WHERE delivery_id = ?", id_)
    assert held[0] == "dead" and held[1]


def test_a_call_is_a_message_and_its_phone_is_in_no_log(node):
    phone, id_ = new_phone(), "wacid." + new_wamid()
    node.deliver(envelope(value(
        calls=[{"id": id_, "from": phone, "event": "connect"}],
        statuses=[{"id": id_, "type": "call", "status": "RINGING"}]),
        field="calls"))
    node.drained()
    assert node.conversation(phone)["last_message"]["type"] == "call"
    assert phone not in node.log("waspool-process")


def test_the_processor_is_woken_and_need_not_look(node):
    """Its own look comes once a second, so that one of four would be so quick;
    ./dev bench has the figures."""
    def once():
        phone = new_phone()
        time.sleep(0.15)
        node.deliver(text_message(phone, "quick"))
        began = time.monotonic()
        wait_for(lambda: node.conversation(phone), step=0.002)
        return time.monotonic() - began

    def usual():
        node.deliver("{}")
        node.conversation(new_phone())
    assert is_woken(once, usual)


def test_an_unregistered_number_waits_until_it_is_added(make_node):
    n = make_node()
    n.down()
    conf = n.dir / "waspool.conf"
    conf.write_text("\n".join(
        line for line in conf.read_text().splitlines()
        if not line.startswith("WHATSAPP_DEFAULT_WORKSPACE_ID")) + "\n")
    n.up()
    phone = new_phone()
    body = text_message(phone, "early", number="999000111")
    again = copy.deepcopy(body)
    n.deliver(body)
    n.deliver(again)
    n.drained()
    assert n.db("SELECT state FROM held") == [("deferred",), ("deferred",)]
    assert "999000111" in n.db("SELECT reason FROM held")[0][0]
    n.cli("number", "add", "999000111", "--workspace", n.workspace_id)
    assert n.wait_conversation(phone)["unread_count"] == 1
    wait_for(lambda: n.db("SELECT count(*) FROM held")[0][0] == 0)


def test_a_number_moves_with_its_conversations(make_node):
    """The default workspace had taken a tenant's customers for good."""
    n = make_node()
    phone = new_phone()
    n.deliver(text_message(phone, "for the tenant", number="777000777"))
    c = n.wait_conversation(phone)
    other = new_phone()
    n.deliver(text_message(other, "ours"))
    n.wait_conversation(other)
    n.cli("workspace", "add", "Tenant")
    n.cli("user", "add", "t@example.com", "T")
    n.cli("member", "add", "2", "t@example.com", "--role", "owner")
    token = n.cli("token", "create", "2", "t@example.com", "--json")["token"]
    moved = n.cli("number", "move", "777000777", "--workspace", "2", "--json")
    assert (moved["workspace_id"], moved["conversations"]) == (2, 1)
    assert n.conversation(phone) is None and n.conversation(other)
    assert n.get(f"/conversations/{c['id']}/messages").status == 404
    n.deliver(text_message(phone, "again", number="777000777"))
    got = wait_for(lambda: (lambda m: m if len(m) == 2 else None)(n.request(
        "GET", f"/api/v1/conversations/{c['id']}/messages",
        headers={"Authorization": f"Bearer {token}"}).json["data"]))
    assert [m["content"]["body"] for m in got] == ["again", "for the tenant"]


def test_an_id_never_comes_to_mean_somebody_else(node):
    """A client may still hold the id of a conversation that was merged."""
    phone, user_id = new_phone(), "US.gone" + new_wamid()[-6:]
    node.deliver(text_message(phone, "by phone"))
    node.wait_conversation(phone)
    node.deliver(envelope(value([message(
        "", "text", text={"body": "by user id"}, from_user_id=user_id)])))
    gone = wait_for(lambda: node.db(
        "SELECT conversation_id FROM identities WHERE value = ?",
        user_id))[0][0]
    node.deliver(envelope(value([message(
        phone, "text", text={"body": "both"}, from_user_id=user_id)])))
    node.wait_conversation(phone, unread_count=3)
    assert node.get(f"/conversations/{gone}").status == 404
    stranger = new_phone()
    node.deliver(text_message(stranger, "who are you"))
    assert node.wait_conversation(stranger)["id"] > gone
    assert node.get(f"/conversations/{gone}").status == 404


@pytest.mark.parametrize("first, second", [
    ("5511987{:06d}", "551187{:06d}"), ("551187{:06d}", "5511987{:06d}"),
    ("521551{:07d}", "52551{:07d}"), ("52551{:07d}", "521551{:07d}")])
def test_two_spellings_of_one_account_are_one_conversation(
        node, first, second):
    tail = int(new_wamid()[-6:])
    a, b = first.format(tail), second.format(tail)
    node.deliver(text_message(a, "one", ts=int(time.time()) - 9))
    c = node.wait_conversation(a)
    node.deliver(envelope(value(message_echoes=[
        {"from": "15550783881", "to": b, "id": new_wamid(),
         "timestamp": str(int(time.time())), "type": "text",
         "text": {"body": "from the phone"}}]), field="smb_message_echoes"))
    wait_for(lambda: len(node.messages(c["id"])) == 2)


def test_a_refusal_for_the_closed_window_closes_it(node):
    """131047: the provider knows better than our clock."""
    phone, now = new_phone(), int(time.time())
    node.deliver(text_message(phone, "hi", ts=now - 100))
    c = node.wait_conversation(phone)
    assert c["window"]["open"] is True
    wamid = echo_of(node, phone)
    node.deliver(status_update(wamid, "failed", phone, errors=[
        {"code": 131047, "title": "Re-engagement message"}]))
    c = wait_for(lambda: (lambda c: c if not c["window"]["open"] else None)(
        node.conversation(phone)))
    assert c["last_customer_message_at"] is not None
    a = node.post(f"/conversations/{c['id']}/messages",
                  {"type": "text", "text": {"body": "again"}})
    assert a.status == 409 and a.json["type"].endswith("/window-closed")
    open_ = [x["id"] for x in node.get(
        "/conversations", window="open", limit=100).json["data"]]
    assert c["id"] not in open_
    node.deliver(text_message(phone, "I am back", ts=now))
    wait_for(lambda: node.conversation(phone)["window"]["open"])


def test_pages_of_long_messages_take_little_memory(make_node):
    """8 at once, of 3 MiB each, took 1,267 MB: a page has a bound in bytes."""
    node, phone = make_node(), new_phone()
    node.deliver(text_message(phone, "short"))
    c = node.wait_conversation(phone)
    body = "x" * (3 << 20)
    for n in range(10):
        node.write(
            "INSERT INTO messages(workspace_id, conversation_id, number_id,"
            " wamid, direction, source, type, content, preview, status,"
            " sent_at, created_at) SELECT workspace_id, id, number_id, ?,"
            " 'inbound', 'live', 'text', ?, 'x', 'received', ?, 1"
            " FROM conversations WHERE id = ?", f"wamid.long{phone}.{n}",
            json.dumps({"body": body}), 1000 + n, c["id"])

    def walk(_):
        seen, before = [], None
        while True:
            page = node.get(f"/conversations/{c['id']}/messages", limit=100,
                            **({"before": before} if before else {})).json
            assert page["data"]
            seen += [m["id"] for m in page["data"]]
            before = page["next_before"]
            if before is None:
                return seen
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        walks = list(pool.map(walk, range(8)))
    for seen in walks:
        assert len(seen) == len(set(seen)) == 11
    pid, = (pid for pid, name in processes_in(node.dir) if name == "actions")
    assert SANITIZED or private_kb(pid, "Anonymous") < 64 * 1024
