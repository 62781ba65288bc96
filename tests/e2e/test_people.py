"""A number goes from one customer to the next: whom an answer reaches."""

import time

import pytest

from post import TEXT
from rig import (envelope, message, new_phone, new_wamid, value, wait_for)


def writes(node, phone, user, text, ago, **more):
    node.deliver(envelope(value([message(
        phone, "text", None, int(time.time()) - ago, text={"body": text},
        **({"from_user_id": user} if user else {}), **more)])))


def changes(node, old, user, new, new_user, ago):
    system = {"type": "user_changed_number", "wa_id": new, "body": "changed"}
    if new_user:
        system["user_id"] = new_user
    node.deliver(envelope(value([message(
        old, "system", None, int(time.time()) - ago, system=system,
        **({"from_user_id": user} if user else {}))])))


def with_text(node, text):
    return wait_for(lambda: node.get("/conversations",
                                     q=text).json["data"])[0]


def ids(n):
    return [f"DE.{new_wamid()[-8:]}{i}" for i in range(n)]


def test_an_answer_goes_to_who_is_on_the_screen(node):
    (c1, c2, d1), (c, c_new, d, d_new) = [new_phone() for _ in range(3)], \
        ids(4)
    mark = new_wamid()[-6:]
    writes(node, c1, c, f"question of C {mark}", 500)
    changes(node, c1, c, c2, c_new, 400)
    writes(node, d1, d, f"question of D {mark}", 300)
    changes(node, d1, d, c1, d_new, 200)
    writes(node, c2, c_new, f"C again {mark}", 100)
    writes(node, c1, d_new, f"D again {mark}", 99)
    node.drained()
    of_c = with_text(node, f"question of C {mark}")
    of_d = with_text(node, f"question of D {mark}")
    assert of_c["id"] != of_d["id"]
    assert with_text(node, f"C again {mark}")["id"] == of_c["id"]
    assert with_text(node, f"D again {mark}")["id"] == of_d["id"]
    assert (of_c["phone"], of_d["phone"]) == ("+" + c2, "+" + c1)


def test_a_recycled_number_begins_a_conversation_of_its_own(node):
    phone, (old, new) = new_phone(), ids(2)
    mark = new_wamid()[-6:]
    writes(node, phone, old, f"the first one {mark}", 500)
    writes(node, phone, new, f"the next one {mark}", 100)
    node.drained()
    first = with_text(node, f"the first one {mark}")
    second = with_text(node, f"the next one {mark}")
    assert first["id"] != second["id"]
    assert (first["phone"], second["phone"]) == (None, "+" + phone)
    for c in (first, second):
        line = [m for m in node.messages(c["id"]) if m["type"] == "system"]
        assert [m["content"]["type"] for m in line] == ["account_shown"]
    assert node.db("SELECT count(*) FROM workspace_events WHERE field ="
                   " 'customer_unclear' AND raw LIKE ?", f"%{phone}%")[0][0]
    # The announcement comes late.
    node.deliver(envelope(value(user_id_update=[
        {"wa_id": phone, "timestamp": str(int(time.time()) - 300),
         "user_id": {"previous": old, "current": new}}]),
        field="user_id_update"))
    node.drained()
    assert with_text(node, f"the first one {mark}")["id"] == \
        with_text(node, f"the next one {mark}")["id"] == first["id"]


def test_who_gave_up_the_only_number_cannot_be_reached(node):
    old, new = new_phone(), new_phone()
    mark, (next_one, other) = new_wamid()[-6:], ids(2)
    writes(node, old, None, f"before {mark}", 500)
    c = with_text(node, f"before {mark}")
    writes(node, old, next_one, f"after {mark}", 50)
    node.drained()
    assert with_text(node, f"after {mark}")["id"] == c["id"]    # the next id
    writes(node, old, other, f"somebody else {mark}", 10)
    node.drained()
    # By user id then.
    assert node.get(f"/conversations/{c['id']}").json["phone"] is None
    a = node.post(f"/conversations/{c['id']}/messages", TEXT)
    assert a.status == 202, a
    # And one of whom nothing but the number was known.
    writes(node, new, None, f"nameless {mark}", 500)
    c = with_text(node, f"nameless {mark}")
    changes(node, old, other, new, other + "n", 5)
    node.drained()
    assert with_text(node, f"somebody else {mark}")["phone"] == "+" + new
    a = node.post(f"/conversations/{c['id']}/messages", TEXT)
    assert a.status == 409, a
    assert a.json["type"].endswith("/unreachable")


RENUMBERED = [("22996", "2290196"), ("22505", "2250505"), ("24106", "24166"),
              ("84164", "8434"), ("23779", "237679"), ("59398", "593998")]


@pytest.mark.parametrize("before, since", RENUMBERED)
def test_a_renumbered_customer_is_one(node, before, since):
    rest = new_phone()[-7:] if before == "84164" else new_phone()[-6:]
    before, since = before + rest, since + rest
    mark = new_wamid()[-6:]
    made = node.post("/contacts", {"name": f"Awa {mark}", "phone": "+" + since})
    assert made.status == 201
    writes(node, before, None, f"bonjour {mark}", 500)
    c = with_text(node, f"bonjour {mark}")
    assert c["contact"]["id"] == made.json["id"]
    assert c["phone"] == "+" + before       # as the provider has it
    # The owner changes the number in the app: nobody else.
    changes(node, before, None, since, None, 300)
    writes(node, since, None, f"encore {mark}", 200)
    node.drained()
    assert with_text(node, f"encore {mark}")["id"] == c["id"]
    assert [m["type"] for m in node.messages(c["id"])
            if m["content"].get("type", "").startswith("account_")] == []
    answer = node.post("/messages", {"to": "+" + before, **TEXT})
    assert answer.status == 202 and answer.json["conversation_id"] == c["id"]


# ------------------------------------------------ a phone given on request

def hidden(node, user, wamid=None, **more):
    node.deliver(envelope(value([{
        "from_user_id": user, "id": wamid or new_wamid(),
        "timestamp": str(int(time.time()) - 60), **more}])))
    node.drained()


def card(*phones, **more):
    return {"type": "contacts", "origin": "contact_request", "contacts": [
        {"name": {"formatted_name": "Own"}, "phones": list(phones)}], **more}


def of_user(node, user):
    return wait_for(lambda: [
        c for c in node.get("/conversations", limit=100).json["data"]
        if c["user_id"] == user])[0]


def test_a_phone_given_on_request_is_the_customers(node):
    user, phone = ids(1)[0], new_phone()
    made = node.post("/contacts", {"name": "In the book", "phone": "+" + phone})
    hidden(node, user, type="text", text={"body": "hidden"})
    assert of_user(node, user)["phone"] is None
    wamid = new_wamid()
    for _ in range(2):                              # twice is as once
        hidden(node, user, wamid, **card({"phone": "+" + phone,
                                          "wa_id": phone, "type": "CELL"}))
    c = of_user(node, user)
    assert (c["phone"], c["unread_count"]) == ("+" + phone, 2)
    assert c["contact"]["id"] == made.json["id"]
    assert wait_for(lambda: [x["id"] for x in node.get(
        "/conversations", q=phone).json["data"]]) == [c["id"]]
    # What comes from that account alone is theirs, and goes there.
    writes(node, phone, None, "by phone", 5)
    node.drained()
    assert [m["type"] for m in node.messages(c["id"])] == [
        "text", "contacts", "text"]
    answer = node.post("/messages", {"to": "+" + phone, **TEXT})
    assert answer.json["conversation_id"] == c["id"]


def test_a_phone_that_another_conversation_has_is_not_taken(node):
    user, phone, mark = ids(1)[0], new_phone(), new_wamid()[-6:]
    writes(node, phone, ids(1)[0], f"mine {mark}", 500)
    other = with_text(node, f"mine {mark}")
    for _ in range(2):
        hidden(node, user, **card({"phone": "+" + phone}))
    c = of_user(node, user)
    assert c["phone"] is None and c["id"] != other["id"]
    lines = [m["content"] for m in node.messages(c["id"])
             if m["type"] == "system"]
    assert [(line["type"], line["phone"]) for line in lines] == [
        ("account_kept", "+" + phone)]
    assert node.get(f"/conversations/{other['id']}").json["phone"] == \
        "+" + phone
    # A member decides: one contact for both.
    made = node.post("/contacts", {"name": "One", "user_id": user,
                                   "phone": "+" + phone})
    assert made.status == 201
    for one in (c, other):
        contact = node.get(f"/conversations/{one['id']}").json["contact"]
        assert contact["id"] == made.json["id"]


def test_one_whom_we_wrote_to_is_another_conversation(node):
    user, phone = ids(1)[0], new_phone()
    template = {"type": "template", "template": {"name": "t", "language": "en"}}
    sent = node.post("/messages", {"to": "+" + phone, **template})
    assert sent.status == 202, sent
    hidden(node, user, **card({"phone": "+" + phone}))
    c = of_user(node, user)
    assert c["phone"] is None and c["id"] != sent.json["conversation_id"]


@pytest.mark.parametrize("change", [
    {"origin": "other"}, {"origin": None},
    {"contacts": [{"phones": [{"phone": "+4930{}"}]},
                  {"phones": [{"phone": "+4930{}"}]}]},
    {"contacts": [{"phones": [{"phone": "+49309{}"}, {"phone": "+4930{}"}]}]},
    {"contacts": [{"phones": [{"phone": "030 9{}"}]}]},
    {"contacts": [{"name": {"formatted_name": "x"}}]}, {"contacts": []}])
def test_any_other_card_says_nothing_of_who_sent_it(node, change):
    user, rest = ids(1)[0], new_phone()[-7:]

    def fill(x):
        return ({k: fill(v) for k, v in x.items()} if isinstance(x, dict)
                else [fill(v) for v in x] if isinstance(x, list)
                else x.replace("{}", rest) if isinstance(x, str) else x)
    hidden(node, user, **card({"phone": "+4930" + rest}, **fill(change)))
    assert of_user(node, user)["phone"] is None
