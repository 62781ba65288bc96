"""Kinds of messages in forms that nobody's report has shown yet: what the list
and the conversation make of them."""

import time

import pytest

from office import Workspace
from post import TEXT, fields
from rig import contact, envelope, message, new_phone, new_wamid, value


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Kinds")


def at(seconds):
    return int(time.time()) + seconds


def talk(shop, phone):
    return next(c for c in shop.get("/conversations", status="all",
                                    limit=100)["data"]
                if c["phone"] == "+" + phone)


def messages(shop, c):
    return list(reversed(
        shop.get(f"/conversations/{c['id']}/messages")["data"]))


def test_names_go_with_ids_in_whatever_order_they_stand(shop):
    ann, hidden = new_phone(), "US.77" + new_phone()
    bob = new_phone()
    shop.node.deliver(envelope(value(
        [message(ann, "text", text={"body": "I am Ann"}),
         {**message("", "text", text={"body": "I am Ines"}),
          "from_user_id": hidden},
         message(bob, "text", text={"body": "no name"})],
        contacts=[{"profile": {"name": "Ines", "username": "@ines"},
                   "user_id": hidden},
                  None, {"profile": {}}, contact(ann, "Ann")],
        number=shop.number)))
    shop.node.drained()
    rows = {c["last_message_preview"]: c for c in shop.get(
        "/conversations", limit=100)["data"]}
    assert rows["I am Ann"]["profile_name"] == "Ann"
    assert rows["I am Ines"]["profile_name"] == "Ines"
    assert rows["I am Ines"]["user_id"] == hidden
    assert rows["no name"]["profile_name"] is None


@pytest.mark.parametrize("response, line", [
    ('["Tea", "Milk"]', "Tea"), ('"Just so"', "Just so"), ("7", "7"),
    ("not JSON at all", "not JSON"), ('{"screen_0_name":"Eva"}', "Eva"),
    ('{"a":{"b":[{"c":"deep"}]}}', "deep")])
def test_a_form_says_its_answers_in_whatever_form(shop, response, line):
    phone = new_phone()
    shop.deliver([message(phone, "interactive", interactive={
        "type": "nfm_reply", "nfm_reply": {
            "name": "flow", "body": "Enviado", "response_json": response}})],
        [contact(phone)])
    c = talk(shop, phone)
    assert line in c["last_message_preview"]
    assert not c["last_message_preview"].startswith("Enviado")


@pytest.mark.parametrize("items, total", [
    ([("2", "10,50", "EUR")], False), ([("1", 5, "EUR"), ("1", 5, "BRL")],
                                       False),
    ([("2", "10.50", "EUR"), (1, 1, "EUR")], "22"),
    ([("0", "3", "EUR")], "0"), ([(None, None, None)], False)])
def test_an_order_has_a_total_where_all_is_of_one_currency(shop, items, total):
    phone = new_phone()
    shop.deliver([message(phone, "order", order={
        "catalog_id": "C", "product_items": [
            {"product_retailer_id": "P", "quantity": q, "item_price": p,
             "currency": k} for q, p, k in items]})], [contact(phone)])
    line = talk(shop, phone)["last_message_preview"]
    assert line.startswith("Order")
    assert (total in line) if total else ("EUR" not in line), line


def test_a_call_that_ends_before_it_begins_is_one_message(shop):
    phone, id_ = new_phone(), "wacid." + new_wamid()

    def call(**what):
        shop.node.deliver(envelope(value(
            number=shop.number, contacts=[contact(phone, "Cal")],
            calls=[{"id": id_, "from": phone, "to": "15550783881",
                    "direction": "USER_INITIATED", **what}]), field="calls"))
        shop.node.drained()
    call(event="terminate", status="FAILED", timestamp=str(at(-5)))
    call(event="connect", timestamp=str(at(-9)), session={"sdp": "v=0"})
    call(event="terminate", status="FAILED", timestamp=str(at(-5)))
    c = talk(shop, phone)
    (m,) = messages(shop, c)
    assert m["type"] == "call" and m["content"]["state"] == "missed"
    assert c["unread_count"] == 1 and c["window"]["open"]
    assert "session" not in m["content"]


def test_two_of_a_group_react_to_one_message_and_one_takes_it_back(shop):
    group, first = "GK" + new_phone(), new_wamid()
    ann, bob = new_phone(), new_phone()

    def of_group(who, type_, ts, **content):
        m = {**message(who, type_, ts=ts, **content), "group_id": group}
        shop.node.deliver(envelope(value([m], contacts=[contact(who, "P" + who)],
                                         number=shop.number)))
    said = {**message(ann, "text", first, at(-60), text={"body": "Friday?"}),
            "group_id": group}
    for who, ts, emoji in ((bob, -20, ""), (ann, -40, "👍"), (bob, -30, "🎉")):
        of_group(who, "reaction", at(ts), reaction={
            "message_id": first, **({"emoji": emoji} if emoji else {})})
    shop.node.deliver(envelope(value([said], contacts=[contact(ann, "Ann")],
                                     number=shop.number)))
    shop.node.drained()
    c = next(c for c in shop.get("/conversations", limit=100)["data"]
             if c["group_id"] == group)
    m = next(m for m in messages(shop, c) if m["wamid"] == first)
    assert [r["emoji"] for r in m["reactions"]] == ["👍"]
    assert "Removed" not in c["last_message_preview"]


def test_stop_and_resume_of_one_second_are_a_stop(shop):
    phone, second = new_phone(), at(-30)
    shop.deliver([message(phone, "text", ts=at(-60), text={"body": "hi"})],
                 [contact(phone)])
    for words in (("stop", "resume"), ("resume",), ("signup", "later")):
        shop.node.deliver(envelope(value(
            number=shop.number, contacts=[contact(phone)], user_preferences=[
                {"wa_id": phone, "category": "marketing_messages",
                 "value": w, "timestamp": second} for w in words]),
            field="user_preferences"))
    shop.node.drained()
    assert talk(shop, phone)["marketing"]["state"] == "stopped"


def test_a_number_is_in_the_book_as_it_was_or_as_it_is(shop):
    """The Gambia's two forms, by CSV and by hand; a landline of Abidjan."""
    old, new = "2207" + new_phone()[-6:], "22521 2" + new_phone()[-5:]
    book = {f"+22087{old[3:]}": old,
            "+225 27 21 2" + new[-5:]: new.replace(" ", "")}
    for i, (typed, account) in enumerate(book.items()):
        answer = shop.api("POST", "/contacts", {"phone": typed,
                                                "name": f"Book {i}"})
        assert answer.status == 201, answer
        shop.deliver([message(account, "text", text={"body": "hello"})],
                     [contact(account, "Somebody")])
        assert talk(shop, account)["contact"]["name"] == f"Book {i}"


def test_cards_of_many_phones_and_of_none(shop):
    phone = new_phone()
    shop.deliver([message(phone, "contacts", contacts=cards) for cards in (
        [{"name": {"formatted_name": "Eva"}, "phones": [
            {"phone": "+1 (650) 555-0100", "wa_id": "16505550100"},
            {"phone": "030 / 123", "type": "HOME"}, None, {}]}],
        [{"org": {"company": "Tea Ltd"}}], [{"phones": [{"phone": "110"}]}],
        [{}], [])], [contact(phone)])
    lines = [m["content"] for m in messages(shop, talk(shop, phone))]
    assert len(lines) == 5
    row = talk(shop, phone)["last_message_preview"]
    assert row and "type" not in row


@pytest.mark.parametrize("type_, content, line", [
    ("unsupported", {"unsupported": {"type": "tomorrow_thing"}}, "phone"),
    ("unsupported", {"unsupported": {"type": 7}, "errors": [{"code": 131051}]},
     "phone"),
    ("location", {"location": {"name": "Port"}}, "Port"),
    ("location", {"location": {}}, "ocation"),
    ("sticker", {"sticker": {}}, "ticker"),
    ("button", {"button": {"payload": "YES"}}, "YES"),
    ("system", {"system": {"type": "new_kind", "body": "Something is new"}},
     "Something is new"),
    ("video", {"video": {"id": 5, "caption": 7}}, "Video: 7")])
def test_a_line_says_what_there_is_to_say(shop, type_, content, line):
    phone = new_phone()
    shop.deliver([message(phone, "text", ts=at(-9), text={"body": "first"}),
                  message(phone, type_, ts=at(-5), **content)],
                 [contact(phone)])
    got = messages(shop, talk(shop, phone))[-1]
    shown = shop.node.db("SELECT CASE preview WHEN '' THEN text ELSE preview "
                         "END FROM messages WHERE id = ?", got["id"])[0][0]
    assert line in shown and "Message of type" not in shown, shown


def test_a_caption_is_edited_and_the_picture_deleted_before_it_comes(shop):
    phone, id_ = new_phone(), new_wamid()
    edit = message(phone, "edit", ts=at(-20), edit={
        "original_message_id": id_, "message": {
            "type": "image", "image": {"id": "9", "caption": "better",
                                       "mime_type": "image/png"}}})
    gone = message(phone, "revoke", ts=at(-10),
                   revoke={"original_message_id": id_})
    first = message(phone, "image", id_, at(-30), image={
        "id": "9", "mime_type": "image/png", "caption": "worse"})
    for m in (gone, edit, first):
        shop.deliver([m], [contact(phone)])
    (m,) = [m for m in messages(shop, talk(shop, phone))
            if m["wamid"] == id_]
    assert m["revoked_at"] and m["edited_at"]
    assert "worse" not in str(talk(shop, phone)["last_message_preview"])


def test_a_group_link_stands_in_a_template(shop):
    phone = new_phone()
    shop.deliver([message(phone, "text", text={"body": "hi"})],
                 [contact(phone)])
    c = talk(shop, phone)

    def send(parameter):
        return shop.api("POST", f"/conversations/{c['id']}/messages", {
            "type": "template", "template": {
                "name": "join_us", "language": {"code": "en"}, "components": [
                    {"type": "body", "parameters": [parameter]}]}})
    assert send({"type": "group_id", "group_id": "Y2FwaV9n"}).status == 202
    assert fields(send({"type": "group_id"}))
    assert fields(send({"type": "group_id", "group_id": ""}))
    assert shop.api("POST", f"/conversations/{c['id']}/messages",
                    TEXT).status == 202
