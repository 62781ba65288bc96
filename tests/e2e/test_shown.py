"""What the list and a conversation say of what came, for a person to decide
by: of what kind it is, who wrote it, and what became of it."""

import json
import time

import pytest

from office import Workspace
from post import TEXT
from rig import (contact, envelope, message, new_phone, new_wamid, value,
                 wait_for)
from sse import Stream


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Shown")


def talk(shop, *messages, phone=None, name="Vera"):
    """A customer sends MESSAGES, each (type, content): the conversation."""
    phone = phone or new_phone()
    now = int(time.time()) - 60
    shop.deliver([message(phone, type_, ts=now + i, **content)
                  for i, (type_, content) in enumerate(messages)],
                 [contact(phone, name)])
    found = [c for c in shop.get("/conversations", status="all",
                                 limit=100)["data"]
             if c["phone"] == "+" + phone]
    assert len(found) == 1
    return found[0]


def lines(shop, c):
    """The lines of its messages in a list, oldest first."""
    return [row[0] for row in shop.node.db(
        "SELECT CASE preview WHEN '' THEN text ELSE preview END FROM messages"
        " WHERE conversation_id = ? ORDER BY sent_at, id", c["id"])]


# ------------------------------------------------------ the row of the list


def test_a_row_says_kind_and_author_of_the_last_message(shop):
    c = talk(shop, ("image", {"image": {
        "id": "7171", "mime_type": "image/jpeg", "caption": "this one?"}}))
    last = c["last_message"]
    assert c["last_message_preview"] == "Photo: this one?"
    assert last == {
        "id": shop.get(f"/conversations/{c['id']}/messages")["data"][0]["id"],
        "type": "image", "direction": "inbound", "source": "customer",
        "status": "received", "sent_by": None}
    sent = shop.api("POST", f"/conversations/{c['id']}/messages",
                    {"type": "text", "text": {"body": "this one?"}}).json
    assert sent["source"] == "member"
    row, = [r for r in shop.get("/conversations")["data"]
            if r["id"] == c["id"]]
    assert row == shop.get(f"/conversations/{c['id']}")
    assert row["last_message"] == {
        "id": sent["id"], "type": "text", "direction": "outbound",
        "source": "member", "status": "queued",
        "sent_by": {"id": shop.user_id, "name": "Zoe"}}


def test_a_row_follows_the_status_of_its_last_message(d360_node, d360):
    node, phone = d360_node, new_phone()
    node.deliver(envelope(value([message(phone, "text",
                                         text={"body": "hello"})])))
    c = node.wait_conversation(phone)
    node.post(f"/conversations/{c['id']}/messages", TEXT)
    sent, = d360.wait_sent()
    d360.status(sent.wamid, "delivered")
    wait_for(lambda: node.conversation(phone)["last_message"]["status"]
             == "delivered")


def test_a_row_whose_last_message_is_gone_has_none(shop):
    c = talk(shop, ("text", {"text": {"body": "soon gone"}}))
    shop.node.write("UPDATE conversations SET last_message_id = 0"
                    " WHERE id = ?", c["id"])
    assert shop.get(f"/conversations/{c['id']}")["last_message"] is None
    assert [r["last_message"] for r in shop.get("/conversations")["data"]
            if r["id"] == c["id"]] == [None]


# ------------------------------------------------------ what it answers


def quoting(shop, phone, wamid, body):
    """That customer answers WAMID: the message."""
    shop.deliver([message(phone, "text", text={"body": body}, context={
        "from": "15550783881", "id": wamid})], [contact(phone)])
    c, = [c for c in shop.get("/conversations", status="all",
                              limit=100)["data"] if c["phone"] == "+" + phone]
    return shop.get(f"/conversations/{c['id']}/messages")["data"][0]


def everywhere(shop, m):
    """What M answers, by each way to it: they say the same."""
    listed, = [x for x in shop.get(
        f"/conversations/{m['conversation_id']}/messages")["data"]
        if x["id"] == m["id"]]
    assert listed["context"] == shop.get(f"/messages/{m['id']}")["context"]
    return listed["context"]


def test_a_quote_has_our_id_also_of_what_comes_later(shop):
    phone, later = new_phone(), new_wamid()
    m = quoting(shop, phone, later, "as I said")
    assert m["context"] == {"from": "15550783881", "wamid": later,
                            "message_id": None, "conversation_id": None}
    # a neighbour has a message of that wamid
    other = Workspace(shop.node)
    other.deliver([message(phone, "text", later, text={"body": "theirs"})])
    assert everywhere(shop, m)["message_id"] is None
    shop.deliver([message(phone, "text", later, ts=int(time.time()) - 900,
                          text={"body": "what I said"})])
    first = shop.get(f"/conversations/{m['conversation_id']}/messages"
                     )["data"][1]
    assert (first["wamid"], first["context"]) == (later, None)
    ours = {"message_id": first["id"],
            "conversation_id": m["conversation_id"]}
    assert everywhere(shop, m) == {
        "from": "15550783881", "wamid": later, **ours}
    # edited and taken back it is still what was answered
    for kind in ("edit", "revoke"):
        shop.deliver([message(phone, kind, **{kind: {
            "original_message_id": later, **({"message": {
                "type": "text", "text": {"body": "what I meant"}}}
                if kind == "edit" else {})}})])
        assert everywhere(shop, m)["message_id"] == first["id"]
    assert shop.get(f"/messages/{first['id']}")["revoked_at"] is not None


def test_the_stream_says_what_is_answered(shop):
    c = shop.talk("Which color?")
    asked, = shop.get(f"/conversations/{c['id']}/messages")["data"]
    with Stream(shop.node, shop.token) as stream:
        m = quoting(shop, c["phone"][1:], asked["wamid"], "red")
        e, = stream.until(lambda e: e.type == "message.created")[-1:]
    assert e.json["object"]["context"] == everywhere(shop, m)
    assert m["context"]["message_id"] == asked["id"]


def test_a_group_is_answered_in_private(shop):
    group, phone, wamid = "G" + new_wamid(), new_phone(), new_wamid()
    shop.deliver([message(phone, "text", wamid, text={"body": "to all"},
                          group_id=group)], [contact(phone, "Ann")])
    c, = [c for c in shop.get("/conversations", limit=100)["data"]
          if c["group_id"] == group]
    m = quoting(shop, phone, wamid, "to you alone")
    assert m["context"]["conversation_id"] == c["id"] != m["conversation_id"]
    # what is written in a group and answers nothing names nothing
    said, = shop.get(f"/conversations/{c['id']}/messages")["data"]
    assert said["context"] == {"from": phone, "name": "Ann"}


# ------------------------------------------------------ who wrote it


def test_one_sees_who_wrote_a_message(shop):
    c = talk(shop, ("text", {"text": {"body": "anybody there?"}}))
    now = int(time.time()) - 50

    def echo(at, body, **more):
        return {"from": "15550783881", "to": c["phone"][1:],
                "id": new_wamid(), "timestamp": str(now + at),
                "type": "text", "text": {"body": body}, **more}

    shop.node.deliver(envelope(value(number=shop.number, message_echoes=[
        echo(1, "by hand"),
        echo(2, "by hand too", message_creation_type="user_initiated"),
        echo(3, "of a new kind", message_creation_type="x"),
        echo(4, "we are closed", message_creation_type="created_by_1p_bot")]),
        field="smb_message_echoes"))
    shop.node.drained()
    shop.api("POST", f"/conversations/{c['id']}/messages", TEXT)
    shop.node.cli("send", "text", "--no-wait", "--workspace", shop.id, "--to",
                  c["phone"], "from the server")
    messages = shop.get(f"/conversations/{c['id']}/messages")["data"]
    assert {m["content"]["body"]: m["source"] for m in messages} == {
        "anybody there?": "customer", "by hand": "phone_app",
        "by hand too": "phone_app", "of a new kind": "phone_app",
        "we are closed": "automatic", "It does.": "member",
        "from the server": "command_line"}
    assert shop.get(f"/conversations/{c['id']}")["last_message"]["source"] \
        == "command_line"
    assert shop.node.cli("--json", "message", "show",
                         messages[0]["id"])["source"] == "command_line"


# ------------------------------------------------------ the lines


def unsupported(kind):
    return ("unsupported", {"unsupported": {"type": kind}, "errors": [
        {"code": 131051, "title": "Message type unknown"}]})


def test_what_is_not_handed_on_is_named(shop):
    kinds = ["poll_creation", "pin", "edit", "group_invite", "keep_in_chat",
             "view_once", "product", "album", "event", "revoke", "star_map"]
    c = talk(shop, *[unsupported(k) for k in kinds],
             ("text", {"text": {"body": "Did you see it?"}}))
    said = lines(shop, c)
    assert len(set(said)) == len(said) == 12
    assert all("open it on the phone" in s for s in said[:-1])
    assert [said[i] for i in (0, 7, 8)] == [
        f"{what} (open it on the phone)" for what in ("Poll", "Album", "Event")]
    # an edit, a pin, a kept and a deleted message are nothing to answer to
    assert c["unread_count"] == 8


def test_a_pin_alone_asks_for_nobody(shop):
    c = talk(shop, unsupported("pin"))
    assert (c["unread_count"], c["is_read"]) == (0, True)
    assert c["window"]["open"] is False


def test_answers_of_a_form_are_read_and_found(shop):
    answers = {"flow_token": "t-9", "screen_0_Mood_0": "1_Rather happy",
               "wishes": ["oat milk", "a terrace"], "agreed": True}
    c = talk(shop, ("interactive", {"interactive": {
        "type": "nfm_reply", "nfm_reply": {
            "name": "flow", "body": "Enviado",
            "response_json": json.dumps(answers)}}}))
    assert c["last_message_preview"] == \
        "Form: Rather happy, oat milk, a terrace"
    m, = shop.get(f"/conversations/{c['id']}/messages")["data"]
    assert m["content"]["nfm_reply"]["response"] == answers
    assert json.loads(m["content"]["nfm_reply"]["response_json"]) == answers
    shop.node.searchable()
    assert shop.ids(q="terrace") == [c["id"]]
    assert shop.ids(q="t-9") == []


def test_an_order_shows_note_and_total(shop):
    c = talk(shop, ("order", {"order": {
        "catalog_id": "55", "text": "Ring at the bakery", "product_items": [
            {"product_retailer_id": "rye-4", "quantity": "4",
             "item_price": "2.45", "currency": "EUR"},
            {"product_retailer_id": "bun-9", "quantity": 1,
             "item_price": 3, "currency": "EUR"}]}}))
    assert c["last_message_preview"] == \
        "Order (2 items, 12.80 EUR): Ring at the bakery"
    shop.node.searchable()
    assert shop.ids(q="bakery") == shop.ids(q="rye-4") == [c["id"]]


# ------------------------------------------------------ calls


def call(shop, phone, *events, business=False, name="Uta"):
    """EVENTS of one call, each a delivery: its id."""
    wacid = new_wamid().replace("wamid.", "wacid.")
    here, there = ("from", "to") if not business else ("to", "from")
    for e in events:
        if "event" in e:
            e = {here: phone, there: "15550783881", "direction":
                 "BUSINESS_INITIATED" if business else "USER_INITIATED", **e}
            more = {"calls": [{"id": wacid, **e}]}
        else:
            more = {"statuses": [{"id": wacid, "type": "call",
                                  "recipient_id": phone, **e}]}
        answer = shop.node.deliver(envelope(value(
            number=shop.number, contacts=[contact(phone, name)], **more),
            field="calls"))
        assert answer.status == 200
    shop.node.drained()
    return wacid


def at(seconds):
    return str(int(time.time()) + seconds)


def the_call(shop, phone):
    """The conversation, and the one message of it."""
    c, = [c for c in shop.get("/conversations", status="all",
                              limit=100)["data"] if c["phone"] == "+" + phone]
    m, = [m for m in shop.get(f"/conversations/{c['id']}/messages")["data"]
          if m["type"] == "call"]
    return c, m


@pytest.mark.parametrize("late", [False, True])
def test_a_missed_call_asks_to_be_called_back(shop, late):
    phone = new_phone()
    shop.talk("long ago", phone=phone, ts=int(time.time()) - 300000)
    shop.api("POST", f"/conversations/{shop.ids()[0]}/read")
    before = [c for c in shop.get("/conversations")["data"]
              if c["phone"] == "+" + phone][0]
    shop.api("POST", f"/conversations/{before['id']}/read")
    events = [{"event": "connect", "timestamp": at(-60),
               "session": {"sdp_type": "offer", "sdp": "v=0 192.0.2.7"}},
              {"event": "terminate", "timestamp": at(-30),
               "status": "FAILED"}]
    wacid = call(shop, phone, *(events[::-1] if late else events))
    c, m = the_call(shop, phone)
    assert c["last_message_preview"] == "Missed call"
    assert (c["unread_count"], c["is_read"]) == (1, False)
    assert c["window"]["open"] is True
    assert c["last_message"]["type"] == "call"
    assert c["last_message"]["call_state"] == m["content"]["state"]
    assert [r["last_message"]["call_state"] for r in
            shop.get("/conversations")["data"] if r["id"] == c["id"]] \
        == ["missed"]
    assert (m["wamid"], m["direction"], m["source"], m["content"]["state"]) \
        == (wacid, "inbound", "customer", "missed")
    assert "session" not in m["content"] and "192.0.2.7" not in str(m)
    # there is nothing at the provider to answer to, or to mark as read
    answer = shop.api("POST", f"/conversations/{c['id']}/messages",
                      {**TEXT, "reply_to": m["id"]})
    assert answer.status == 422 and "reply_to" in str(answer.json)
    shop.api("POST", f"/conversations/{c['id']}/read")
    assert shop.node.db("SELECT count(*) FROM outbox WHERE message_id = ?",
                        m["id"]) == [(0,)]


def test_a_call_that_rings_is_not_missed_yet(shop):
    phone = new_phone()
    call(shop, phone, {"event": "connect", "timestamp": at(-2)})
    c, m = the_call(shop, phone)
    assert (c["last_message_preview"], c["unread_count"]) \
        == ("Incoming call", 0)
    assert m["content"]["state"] == "ringing" and c["window"]["open"]
    assert c["last_message"]["call_state"] == "ringing"


def test_an_answered_call_says_how_long_it_was(shop):
    phone = new_phone()
    call(shop, phone, {"event": "connect", "timestamp": at(-400)},
         {"event": "terminate", "timestamp": at(-275), "duration": 125,
          "status": "COMPLETED"})
    c, m = the_call(shop, phone)
    assert (c["last_message_preview"], c["unread_count"]) == ("Call (2:05)", 0)
    assert (m["content"]["state"], m["content"]["duration"]) \
        == ("answered", 125)


def test_calls_of_the_business_are_outbound(shop):
    phone = new_phone()
    call(shop, phone, {"status": "RINGING", "timestamp": at(-60)},
         {"event": "connect", "timestamp": at(-61)},
         {"event": "terminate", "timestamp": at(-40), "status": "COMPLETED"},
         {"status": "REJECTED", "timestamp": at(-41)}, business=True)
    c, m = the_call(shop, phone)
    assert (c["last_message_preview"], c["unread_count"],
            c["window"]["open"]) == ("Call declined", 0, False)
    assert (m["direction"], m["source"]) == ("outbound", "api")
    # one that is taken opens the window, as a message would
    phone = new_phone()
    call(shop, phone, {"status": "RINGING", "timestamp": at(-60)},
         {"status": "ACCEPTED", "timestamp": at(-50)}, business=True)
    c, m = the_call(shop, phone)
    assert m["content"]["state"] == "accepted" and c["window"]["open"]


def test_a_call_of_nobody_is_kept_as_an_event(shop):
    before = len(shop.node.cli("--json", "events", "list", "--workspace",
                               shop.id))
    shop.node.deliver(envelope(value(number=shop.number, calls=[
        {"id": "wacid.x", "event": "connect", "timestamp": at(0)}]),
        field="calls"))
    shop.node.drained()
    assert len(shop.node.cli("--json", "events", "list", "--workspace",
                             shop.id)) == before + 1


# ------------------------------------------------------ groups


def group_event(shop, field, **element):
    shop.node.deliver(envelope(value(number=shop.number, groups=[
        {"timestamp": at(-300), "request_id": "r", **element}]), field=field))
    shop.node.drained()


def the_group(shop, group_id):
    c, = [c for c in shop.get("/conversations", status="all",
                              limit=100)["data"] if c["group_id"] == group_id]
    return c, shop.get(f"/conversations/{c['id']}/messages")["data"][::-1]


def test_a_group_has_its_name_and_its_people_theirs(shop):
    group = f"1203634{new_phone()}"
    group_event(shop, "group_lifecycle_update", group_id=group,
                type="group_create", subject="Garden club")
    for i, (phone, name) in enumerate(((new_phone(), "Olga"),
                                       (new_phone(), "Pia"))):
        shop.deliver([message(phone, "text", ts=int(time.time()) - 50 + i,
                              text={"body": f"from {name}"},
                              group_id=group)], [contact(phone, name)])
    c, said = the_group(shop, group)
    assert (c["profile_name"], c["phone"]) == ("Garden club", None)
    assert [(m["content"]["body"], m.get("sender_name")) for m in said] == [
        ("from Olga", "Olga"), ("from Pia", "Pia")]
    assert c["last_message"]["sender"] == said[1]["sender"]
    assert c["last_message"]["sender_name"] == "Pia"
    assert c["unread_count"] == 2
    shop.node.searchable()
    assert shop.ids(q="garden club") == [c["id"]]
    # it is renamed, and an older name that comes late does not come back
    group_event(shop, "group_settings_update", group_id=group,
                type="group_settings_update", timestamp=at(-20),
                group_subject={"text": "Gardeners"})
    group_event(shop, "group_settings_update", group_id=group,
                type="group_settings_update", timestamp=at(-100),
                group_subject={"text": "Late name"})
    group_event(shop, "group_settings_update", group_id=group,
                type="group_settings_update", timestamp=at(-10),
                group_subject={"text": "Refused",
                               "update_successful": False})
    assert the_group(shop, group)[0]["profile_name"] == "Gardeners"


def test_a_group_lists_who_is_in_it(shop):
    group, a, b, c = f"1203634{new_phone()}", *(new_phone() for _ in "abc")
    group_event(shop, "group_participants_update", group_id=group,
                type="group_participants_remove", timestamp=at(-50),
                initiated_by="business",
                removed_participants=[{"input": "+" + a}],
                failed_participants=[{"input": b}],
                errors=[{"code": 131009}])
    group_event(shop, "group_participants_update", group_id=group,
                type="group_participants_add", timestamp=at(-90),
                added_participants=[
                    {"wa_id": a, "user_id": f"US.{a}", "username": "@ann"},
                    {"wa_id": b, "user_id": f"US.{b}"},
                    {"input": "x" * 256}, {"wa_id": ""}, None, 5])
    shop.deliver([message(c, "text", ts=int(time.time()) - 40, group_id=group,
                          text={"body": "I bring cake"})], [contact(c, "Cy")])
    group_event(shop, "group_participants_update", group_id=group,
                type="group_join_request_created", timestamp=at(-10),
                wa_id=new_phone())
    conversation, said = the_group(shop, group)
    path = f"/conversations/{conversation['id']}/participants"
    shown = {p["phone"]: p for p in shop.get(path)["data"]}
    assert {phone: (p["name"], p["is_in"]) for phone, p in shown.items()} == {
        "+" + a: ("@ann", False), "+" + b: (None, True), "+" + c: ("Cy", True)}
    assert shown["+" + b]["user_id"] == f"US.{b}"
    assert said[-1]["content"]["body"].endswith("asks to join")
    # Page by page, from the command line, and nobody else's.
    first = shop.get(path, limit=2)
    rest = shop.get(path, limit=2, cursor=first["next_cursor"])
    assert first["data"] + rest["data"] == list(shown.values())
    assert [p["is"] for p in shop.node.cli(
        "--json", "conversation", "participants", str(conversation["id"]),
        "--workspace", str(shop.id))] == ["out", "in", "in"]
    assert Workspace(shop.node, "Other").api("GET", path).status == 404
    shop.node.cli("contact", "erase", "+" + b, "--workspace", str(shop.id))
    assert "+" + b not in [p["phone"] for p in shop.get(path)["data"]]
    assert b not in json.dumps(shop.get(path))


def test_a_group_says_who_joined_and_left(shop):
    group, a, b = f"1203634{new_phone()}", new_phone(), new_phone()
    for _ in range(2):  # a delivery that comes twice
        group_event(shop, "group_participants_update", group_id=group,
                    type="group_participants_add", timestamp="1790000000",
                    added_participants=[{"input": int(a), "wa_id": int(a)},
                                        {"input": b, "wa_id": b}])
        group_event(shop, "group_participants_update", group_id=group,
                    type="group_participants_remove", timestamp="1790000100",
                    removed_participants=[{"wa_id": a}])
    c, said = the_group(shop, group)
    assert [(m["type"], m["sender"], m["content"]["body"]) for m in said] == [
        ("system", a, f"+{a} joined"), ("system", b, f"+{b} joined"),
        ("system", a, f"+{a} left")]
    assert (c["unread_count"], c["window"]["open"]) == (0, False)
    # what failed is told by the workspace event alone
    group_event(shop, "group_participants_update", group_id=group,
                type="group_participants_add",
                errors=[{"code": 131215}], added_participants=[{"wa_id": b}])
    assert len(the_group(shop, group)[1]) == 3


# ------------------------------------------------------ what was before


def test_an_edited_message_says_what_it_was(shop):
    phone, now = new_phone(), int(time.time()) - 100
    wamids = [new_wamid(), new_wamid()]

    def edit(wamid, ts, **inner):
        return message(phone, "edit", None, ts, edit={
            "original_message_id": wamid, "message": inner})

    shop.deliver([edit(wamids[0], now + 20, type="text",
                       text={"body": "for six"})])
    shop.deliver([
        message(phone, "text", wamids[0], now, text={"body": "for four"}),
        message(phone, "text", wamids[1], now + 1, text={"body": "as it is"})])
    shop.deliver([edit(wamids[0], now + 10, type="text",
                       text={"body": "for five"})])
    c, = [c for c in shop.get("/conversations")["data"]
          if c["phone"] == "+" + phone]
    plain, edited = shop.get(f"/conversations/{c['id']}/messages")["data"]
    assert edited["content"] == {"body": "for six"}
    assert [(e["type"], e["content"]) for e in edited["edits"]] == [
        ("text", {"body": "for four"}), ("text", {"body": "for five"})]
    assert edited["edits"][0]["at"] == edited["sent_at"] \
        < edited["edits"][1]["at"] < edited["edited_at"]
    assert "edits" not in plain and "statuses" not in plain
    assert shop.get(f"/messages/{edited['id']}") == edited
    # nobody else's member sees them
    other = Workspace(shop.node, "Other")
    assert other.api("GET", f"/messages/{edited['id']}").status == 404


def test_a_message_says_when_it_arrived_and_what_it_costs(d360_node, d360):
    node, phone = d360_node, new_phone()
    node.deliver(envelope(value([message(phone, "text",
                                         text={"body": "hello"})])))
    c = node.wait_conversation(phone)
    m = node.post(f"/conversations/{c['id']}/messages", TEXT).json
    assert (m["statuses"], m["pricing"]) == ([], None)
    sent, = d360.wait_sent()
    now = int(time.time())
    price = {"billable": True, "pricing_model": "PMP", "type": "regular",
             "category": "service"}
    for i, (word, more) in enumerate((("read", {}), ("sent", {
            "pricing": price}), ("delivered", {"pricing": price}),
            ("failed", {"errors": [{"code": 131026, "title": "late"}]}))):
        node.deliver(envelope(value(statuses=[{
            "id": sent.wamid, "status": word, "recipient_id": phone,
            "timestamp": str(now + 9 - i), **more}])))
    node.drained()
    m = node.get(f"/messages/{m['id']}").json
    assert m["status"] == "read" and m["pricing"] == price
    assert [s["status"] for s in m["statuses"]] == [
        "failed", "delivered", "sent", "read"]
    assert m["statuses"][0]["error"]["code"] == 131026
    assert "statuses" not in node.messages(c["id"])[0]


# ------------------------------------------------------ news of the account


def account_event(shop, field, waba="102290129340398", **said):
    shop.node.deliver({"object": "whatsapp_business_account", "entry": [
        {"id": waba, "time": int(time.time()) - 5, "changes": [
            {"field": field, "value": {
                "metadata": {"phone_number_id": shop.number}, **said}}]}]})
    shop.node.drained()


def test_members_see_what_the_provider_says_of_the_account(node):
    shop = Workspace(node, "News")
    seq = shop.get("/changes")["last_seq"]
    said = {"event": "PAUSED", "message_template_id": 990000000000123,
            "message_template_name": "autumn", "reason": "LOW_QUALITY"}
    for _ in range(2):
        account_event(shop, "message_template_status_update", **said)
    account_event(shop, "template_category_update",
                  message_template_name="pickup", new_category="MARKETING")
    first, second = shop.get("/workspace-events", limit=2)["data"]
    assert [e["field"] for e in (first, second)] == [
        "template_category_update", "message_template_status_update"]
    assert second["value"]["message_template_id"] == 990000000000123
    assert second["phone_number_id"] == shop.number
    assert shop.get(f"/workspace-events/{second['id']}") == second
    # by the name that the command line has, too
    assert shop.get("/events") == shop.get("/workspace-events")
    page = shop.get("/workspace-events", limit=1)
    assert page["data"] == [first]
    assert shop.get("/workspace-events", limit=1,
                    cursor=page["next_cursor"])["data"] == [second]
    told = [c for c in shop.get("/changes", after=seq)["data"]]
    assert [(c["type"], c["id"]) for c in told] == [
        ("workspace_event.created", second["id"]),
        ("workspace_event.created", first["id"])]
    other = Workspace(shop.node, "Nosy")
    assert other.get("/workspace-events")["data"] == []
    assert other.api("GET", f"/workspace-events/{first['id']}").status == 404


def test_the_stream_tells_what_the_provider_says(shop):
    with Stream(shop.node, shop.token) as stream:
        account_event(shop, "account_update", event="ACCOUNT_RESTRICTION")
        event = stream.until(
            lambda e: e.type == "workspace_event.created")[-1].json
    assert event["object"]["value"]["event"] == "ACCOUNT_RESTRICTION"
    assert event["conversation_id"] is None


# ------------------------------------------------------ reactions


def react(shop, phone, target, emoji, ts=None, wamid=None):
    shop.deliver([message(phone, "reaction", wamid, ts, reaction={
        "message_id": target, **({"emoji": emoji} if emoji else {})})])


def test_a_reaction_asks_for_attention_and_can_be_taken_back(shop):
    c = talk(shop, ("text", {"text": {"body": "Is Friday good?"}}))
    phone, now = c["phone"][1:], int(time.time())
    target = shop.get(f"/conversations/{c['id']}/messages")["data"][0]["wamid"]
    shop.api("POST", f"/conversations/{c['id']}/read")

    def row():
        r = shop.get(f"/conversations/{c['id']}")
        return r["last_message_preview"], r["unread_count"], r["is_read"]

    late = new_wamid()
    react(shop, phone, target, "👍", now - 20)
    assert row() == ("Reacted 👍", 1, False)
    react(shop, phone, target, "❤", now - 10)
    assert row() == ("Reacted ❤", 1, False)  # one reaction, not two
    react(shop, phone, target, None, now - 5)
    assert row() == ("Is Friday good?", 0, True)
    # what comes late of it, and twice, brings nothing back
    for _ in range(2):
        react(shop, phone, target, "😢", now - 15, wamid=late)
    assert row() == ("Is Friday good?", 0, True)
    assert [r for m in shop.get(f"/conversations/{c['id']}/messages")["data"]
            for r in m["reactions"]] == []
    assert all(lines(shop, c))              # none is blank


def test_a_workspace_may_want_its_reactions_quiet(node):
    quiet = Workspace(node, "Quiet")
    node.cli("workspace", "set", quiet.id, "--reactions", "quiet")
    assert [w["reactions"] for w in node.cli("--json", "workspace", "list")
            if w["id"] == quiet.id] == ["quiet"]
    c = talk(quiet, ("text", {"text": {"body": "Is Monday good?"}}))
    target, = quiet.get(f"/conversations/{c['id']}/messages")["data"]
    quiet.api("POST", f"/conversations/{c['id']}/read")
    react(quiet, c["phone"][1:], target["wamid"], "👍")
    c = quiet.get(f"/conversations/{c['id']}")
    assert (c["last_message_preview"], c["unread_count"]) == ("Reacted 👍", 0)
    said = node.cli("workspace", "set", quiet.id, check=False)
    assert said.returncode == 64 and "--reactions" in said.stderr
