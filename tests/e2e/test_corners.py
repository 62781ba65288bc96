"""Where two kinds of things meet: what nobody's report has shown yet."""

import json
import time

import pytest

from d360 import D360
from office import Workspace
from post import TEXT, is_problem, send
from rig import (NUMBER, Node, contact, envelope, message, new_phone,
                 new_wamid, text_message, value, wait_for)


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Corners")


@pytest.fixture(scope="module")
def desk():
    """A node that talks to the provider, of all tests here."""
    with D360() as d360:
        n = Node(d360.env)
        try:
            n.up()
            yield Desk(d360.attach(n))
        finally:
            n.remove()


class Desk:
    def __init__(self, node):
        self.node, self.api, self.d360 = node, node.api, node.provider

    def get(self, path, **query):
        answer = self.node.get(path, **query)
        assert answer.status == 200, answer
        return answer.json

    def talk(self, body="?"):
        phone = new_phone()
        self.node.deliver(text_message(phone, body, number=NUMBER))
        return self.node.wait_conversation(phone)

    def becomes(self, m, status):
        def there():
            now = self.get(f"/messages/{m['id']}")
            return now["status"] == status and now
        return wait_for(there)


def at(seconds):
    return int(time.time()) + seconds


def rows(shop, **query):
    return shop.get("/conversations", limit=100, status="all", **query)["data"]


def talk(shop, **what):
    (c,) = [c for c in rows(shop) if what.items() <= c.items()]
    return c


def messages(shop, c):
    return list(reversed(
        shop.get(f"/conversations/{c['id']}/messages")["data"]))


def user(shop, user_id, type_, name="Ines", **content):
    """Somebody who shows a user id only writes."""
    m = message("", type_, ts=at(-30), **content)
    del m["from"]
    shop.deliver([{**m, "from_user_id": user_id}],
                 [{"profile": {"name": name}, "user_id": user_id}])


def card(phone):
    return {"origin": "contact_request", "contacts": [
        {"name": {"formatted_name": "Joana"}, "phones": [
            {"phone": "+" + phone, "wa_id": phone}]}]}


def test_a_card_from_somebody_else_is_not_the_phone_of_who_was_asked(shop):
    asked, other = "US.1" + new_phone(), "US.2" + new_phone()
    phone = new_phone()
    user(shop, asked, "text", text={"body": "hello"})
    c = talk(shop, user_id=asked)
    assert shop.api("POST", f"/conversations/{c['id']}/messages", {
        "type": "request_contact_info", "body": "Your number?"}).status == 202
    # A colleague's card by one who is known by a phone: it changes nobody.
    bob = new_phone()
    shop.deliver([{**message(bob, "contacts", ts=at(-20)), **card(phone)}],
                 [contact(bob, "Bob")])
    assert talk(shop, user_id=asked)["phone"] is None
    assert talk(shop, phone="+" + bob)["user_id"] is None
    assert not [x for x in rows(shop) if x["phone"] == "+" + phone]
    # By another who is known by a user id: never that of who was asked.
    user(shop, other, "contacts", "Eve", **card(phone))
    assert talk(shop, user_id=asked)["phone"] is None
    # Who was asked gives the same: two say that it is theirs.
    user(shop, asked, "contacts", **card(phone))
    first, second = talk(shop, user_id=asked), talk(shop, user_id=other)
    assert first["id"] != second["id"]
    assert (first["phone"], second["phone"]).count("+" + phone) <= 1


def test_the_answers_of_a_form_in_a_group_are_the_writers(shop):
    group, ann, word = "GF" + new_phone(), new_phone(), "wort" + new_wamid()[-6:]
    shop.deliver([{**message(ann, "interactive", ts=at(-5), interactive={
        "type": "nfm_reply", "nfm_reply": {
            "name": "flow", "body": "Sent", "response_json": json.dumps(
                {"flow_token": "t", "dish": word})}}), "group_id": group}],
        [contact(ann, "Ann")])
    c = talk(shop, group_id=group)
    assert c["last_message_preview"] == "Form: " + word
    (m,) = messages(shop, c)
    assert m["content"]["nfm_reply"]["response"]["dish"] == word
    assert m["context"]["name"] == "Ann" and m["context"]["from"] == ann
    shop.node.searchable()
    found = shop.get("/conversations", q=word)["data"]
    assert [x["id"] for x in found] == [c["id"]]
    assert not [x for x in rows(shop) if x["phone"] == "+" + ann]


def test_a_missed_call_is_in_the_conversation_that_two_became(shop):
    old, new = "US.5" + new_phone(), "US.6" + new_phone()
    phone, id_ = new_phone(), "wacid." + new_wamid()
    user(shop, old, "text", text={"body": "before"})
    user(shop, new, "text", text={"body": "after"})

    def ring(who):
        shop.node.deliver(envelope(value(
            number=shop.number, contacts=[{"user_id": who}], calls=[
                {"id": id_, "from_user_id": who, "to": "15550783881",
                 "direction": "USER_INITIATED", "event": "terminate",
                 "status": "FAILED", "timestamp": str(at(-5))}]),
            field="calls"))
    ring(old)
    shop.node.drained()
    before = talk(shop, user_id=old)["unread_count"]
    shop.node.deliver(envelope(value(user_id_update=[
        {"wa_id": phone, "timestamp": str(at(-60)),
         "user_id": {"previous": old, "current": new}}], number=shop.number),
        field="user_id_update"))
    ring(new)                               # the same call, told again
    shop.node.drained()
    c = talk(shop, user_id=new)
    assert not [x for x in rows(shop) if x["user_id"] == old]
    calls = [m for m in messages(shop, c) if m["type"] == "call"]
    assert [m["content"]["state"] for m in calls] == ["missed"]
    assert before == 2 and c["unread_count"] == 3
    assert c["last_message"]["type"] == "call" and c["window"]["open"]


def test_a_caption_is_edited_and_what_one_reacted_to_stays(shop):
    phone, id_ = new_phone(), new_wamid()

    def picture(caption):
        return {"type": "image", "image": {
            "id": "77", "mime_type": "image/jpeg", "caption": caption}}
    first = message(phone, "image", id_, at(-60), image=picture("worse")["image"])
    edit = message(phone, "edit", ts=at(-20), edit={
        "original_message_id": id_, "message": picture("better")})
    heart = message(phone, "reaction", ts=at(-40), reaction={
        "message_id": id_, "emoji": "❤️"})
    shop.deliver([first], [contact(phone)])
    c = talk(shop, phone="+" + phone)
    # The reaction is of the first words, and comes after the newer ones.
    shop.deliver([edit], [contact(phone)])
    shop.deliver([heart], [contact(phone)])
    m = next(m for m in messages(shop, c) if m["wamid"] == id_)
    assert m["content"]["caption"] == "better" and m["edited_at"]
    assert [e["content"]["caption"] for e in m["edits"]] == ["worse"]
    assert [r["emoji"] for r in m["reactions"]] == ["❤️"]
    assert m["type"] == "image" and m["content"]["id"] == "77"
    # … and taken back: the picture is the last word again.
    shop.deliver([message(phone, "reaction", ts=at(-10), reaction={
        "message_id": id_})], [contact(phone)])
    m = next(m for m in messages(shop, c) if m["wamid"] == id_)
    assert m["reactions"] == [] and m["content"]["caption"] == "better"
    assert talk(shop, phone="+" + phone)["last_message_preview"] == \
        "Photo: better"
    shop.node.searchable()
    found = shop.get("/conversations", q="better")["data"]
    assert c["id"] in [x["id"] for x in found]


def test_a_long_note_with_an_order_is_whole_and_found(shop):
    phone, last = new_phone(), "ende" + new_wamid()[-6:]
    note = ("Bitte ä🎂 " * 200)[:1000 - len(last)] + last
    assert len(note) == 1000
    shop.deliver([message(phone, "order", order={
        "catalog_id": "C", "text": note, "product_items": [
            {"product_retailer_id": "P", "quantity": 2, "item_price": 3.5,
             "currency": "EUR"}]})], [contact(phone)])
    c = talk(shop, phone="+" + phone)
    assert c["last_message_preview"].startswith("Order (1 item, 7 EUR): Bitte")
    assert len(c["last_message_preview"]) <= 100
    assert messages(shop, c)[0]["content"]["text"] == note
    shop.node.searchable()
    assert [x["id"] for x in shop.get("/conversations", q=last)["data"]] == \
        [c["id"]]


def test_a_card_without_a_phone_is_named_and_sent(shop):
    phone = new_phone()
    shop.deliver([message(phone, "contacts", contacts=[
        {"name": {"formatted_name": "Eva"}, "emails": [
            {"email": "eva@example.com"}]}])], [contact(phone)])
    c = talk(shop, phone="+" + phone)
    assert c["last_message_preview"] == "Contact: Eva"
    (m,) = messages(shop, c)
    answer = shop.api("POST", f"/conversations/{c['id']}/messages", {
        "type": "contacts", "contacts": m["content"]["contacts"]})
    assert answer.status == 202, answer
    assert answer.json["content"]["contacts"] == m["content"]["contacts"]
    # It says nothing of who sent it, as it says nothing of whom it names.
    assert talk(shop, phone="+" + phone)["phone"] == "+" + phone


def test_a_username_belongs_to_who_showed_it_last(shop):
    name = "u" + new_wamid()[-8:].lower().replace("=", "")
    a, b = new_phone(), new_phone()

    def shows(phone, username, ts):
        profile = {"name": "P" + phone}
        if username:
            profile["username"] = username
        shop.deliver([message(phone, "text", ts=ts, text={"body": "hi"})],
                     [{"profile": profile, "wa_id": phone}])

    def found():
        shop.node.searchable()
        return [x["phone"] for x in shop.get(
            "/conversations", q="@" + name)["data"]]
    shows(a, "@" + name, at(-60))
    assert found() == ["+" + a]
    shows(b, name, at(-30))
    assert "+" + b in found()
    # The first shows another, and has that only.
    shows(a, name + "x", at(-10))
    assert talk(shop, phone="+" + a)["username"] == name + "x"
    assert [p for p in found() if p == "+" + b]
    assert talk(shop, phone="+" + b)["username"] == name


def test_two_accounts_are_one_contact_when_a_person_says_so(shop):
    phone, hidden = new_phone(), "US.9" + new_phone()
    shop.deliver([message(phone, "text", text={"body": "by phone"})],
                 [contact(phone)])
    user(shop, hidden, "text", text={"body": "by user id"})
    one = shop.api("POST", "/contacts", {"name": "One", "phone": "+" + phone})
    two = shop.api("POST", "/contacts", {"name": "Two", "user_id": hidden})
    assert (one.status, two.status) == (201, 201)
    path = f"/contacts/{one.json['id']}"
    assert shop.api("POST", path + "/merge", {
        "contact_id": two.json["id"]}).status == 200
    both = shop.get(path + "/conversations")["data"]
    assert {c["phone"] or c["user_id"] for c in both} == {"+" + phone, hidden}
    # What comes later goes to each, and both are the contact's.
    user(shop, hidden, "text", text={"body": "again"})
    assert {c["id"] for c in shop.get(path + "/conversations")["data"]} == \
        {c["id"] for c in both}
    for c in both:
        assert shop.api("POST", f"/conversations/{c['id']}/messages",
                        TEXT).status == 202
    # The contact goes, and both stay.
    assert shop.api("DELETE", path).status in (200, 204)
    assert [talk(shop, **k)["contact"] for k in (
        {"phone": "+" + phone}, {"user_id": hidden})] == [None, None]


def test_a_number_moves_with_what_its_customers_want(node):
    first, second = Workspace(node, "From"), Workspace(node, "To")
    c = first.talk()
    node.deliver(envelope(value(number=first.number, user_preferences=[
        {"wa_id": c["phone"][1:], "timestamp": str(at(-5)), "value": "stop",
         "category": "marketing_messages"}]), field="user_preferences"))
    group = "GM" + new_phone()
    first.deliver([{**message(c["phone"][1:], "text", text={"body": "all"}),
                    "group_id": group}], [contact(c["phone"][1:], "Ann")])
    (own,) = first.get("/groups", group_id=group)["data"]
    node.cli("number", "move", first.number, "--workspace", second.id)
    wait_for(lambda: not rows(first))
    moved = {x["group_id"] or x["phone"]: x for x in rows(second)}
    assert set(moved) == {group, c["phone"]}
    assert moved[c["phone"]]["id"] == c["id"]
    assert moved[c["phone"]]["marketing"]["state"] == "stopped"
    (there,) = second.get("/groups", group_id=group)["data"]
    assert there["id"] == own["id"]
    people = second.get(
        f"/conversations/{moved[group]['id']}/participants")["data"]
    assert [p["phone"] for p in people] == [c["phone"]]
    assert first.api("GET", f"/groups/{own['id']}").status == 404
    assert first.get("/groups", group_id=group)["data"] == []
    # What comes next comes there, once.
    node.deliver(text_message(c["phone"][1:], "again", number=first.number))
    node.drained()
    assert [x["id"] for x in rows(second) if x["phone"]] == [c["id"]]
    assert rows(first) == []


# ------------------------------------------------------ with the provider


CARD = {"header": {"type": "image", "media": {
    "link": "https://example.org/a.jpg"}}, "body": "Tea", "button": "Look",
    "url": "https://example.org/tea"}


def test_a_carousel_of_which_a_card_fails_is_failed_whole(desk):
    c = desk.talk()
    body = {"type": "carousel", "body": "Sale", "cards": [CARD, CARD]}
    desk.d360.fail(1, 400, 131053, "Media upload error", to=c["phone"],
                   details="cards[1]: the image could not be fetched")
    m = send(desk, c, body)
    after = send(desk, c, TEXT)
    failed = desk.becomes(m, "failed")
    assert failed["error"]["code"] == 131053
    assert "cards[1]" in failed["error"]["detail"]
    desk.becomes(after, "sent")             # it held up nobody
    assert not desk.d360.uploads
    assert desk.api("POST", f"/messages/{m['id']}/retry").status == 202
    desk.becomes(m, "sent")


def test_a_document_by_an_id_that_ran_out_is_refused_in_metas_words(desk):
    c = desk.talk()
    body = {"type": "template", "template": {
        "name": "bill", "language": "en", "components": [{
            "type": "header", "parameters": [{"type": "document", "document": {
                "id": "1479537139650973", "filename": "May.pdf"}}]}]}}
    desk.d360.fail(1, 400, 100, "Invalid parameter", to=c["phone"],
                   details="The media id 1479537139650973 does not exist")
    m = send(desk, c, body)
    failed = desk.becomes(m, "failed")
    assert failed["error"]["code"] == 100
    assert "does not exist" in failed["error"]["detail"]
    # … or as a status, when it was taken first: no second request.
    m = send(desk, c, body)
    desk.becomes(m, "sent")
    sent = desk.d360.sent[-1]
    desk.d360.status(sent.wamid, "failed", code=131053)
    assert desk.becomes(m, "failed")["error"]["code"] == 131053
    assert desk.d360.sent[-1] is sent


def test_who_takes_a_stop_back_gets_marketing_again(desk):
    c = desk.talk()
    path = f"/conversations/{c['id']}"

    def state(expected):
        wait_for(lambda: (desk.get(path)["marketing"] or {}).get("state")
                 == expected)
    desk.d360.fail(1, 400, 131050, to=c["phone"])
    m = send(desk, c, TEXT)
    assert desk.becomes(m, "failed")["error"]["code"] == 131050
    state("stopped")
    desk.d360.wants_marketing(c["phone"], "resume", at(2))
    state("allowed")
    # A stop that was said before that comes late, and changes nothing.
    desk.d360.wants_marketing(c["phone"], "stop", at(-600))
    desk.node.drained()
    assert desk.get(path)["marketing"]["state"] == "allowed"


@pytest.mark.sqlite("a database of PostgreSQL is restored there")
def test_enough_marketing_is_enough_in_a_restored_copy_too(desk, tmp_path):
    n, c = desk.node, desk.talk()
    desk.d360.fail(1, 400, 131049, to=c["phone"])
    m = send(desk, c, TEXT)
    desk.becomes(m, "failed")
    before = is_problem(desk.api("POST", f"/messages/{m['id']}/retry"), 409,
                        "conflict")
    n.cli("backup", tmp_path / "b")
    n.down()
    n.cli("restore", tmp_path / "b")
    n.up()
    assert desk.get(f"/messages/{m['id']}")["error"]["code"] == 131049
    after = is_problem(desk.api("POST", f"/messages/{m['id']}/retry"), 409,
                       "conflict")
    assert after["detail"] == before["detail"]      # until the same second
