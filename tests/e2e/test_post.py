"""Messages that members send: what is answered, shown and queued.  What the
provider gets of it is another file's matter: these numbers have no key, so
that what is queued stays queued."""

import time

import pytest

from office import Workspace
from post import DAY, TEMPLATE, TEXT, is_problem, newest, outbox, send
from rig import new_phone


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Shop")


# ------------------------------------------------------------- what one gets


def test_a_text_is_queued_and_shown(shop):
    c = shop.talk("Does it come in another color?")
    began = time.monotonic()
    answer = shop.api("POST", f"/conversations/{c['id']}/messages", TEXT)
    took = time.monotonic() - began
    assert answer.status == 202, answer
    m = answer.json
    print(f"queued in {took * 1000:.1f} ms")
    assert took < 20
    assert answer.headers["Location"] == f"/api/v1/messages/{m['id']}"
    assert m["status"] == "queued" and m["wamid"] is None
    assert m["direction"] == "outbound" and m["type"] == "text"
    assert m["content"] == {"body": "It does."}
    assert m["conversation_id"] == c["id"]
    assert m["sent_by"] == {"id": shop.user_id, "name": "Zoe"}
    assert m["context"] is None and m["error"] is None
    # why it waits is another matter a moment later, and a list does not say
    # what became of each
    assert {**newest(shop, c), "waiting": None, "statuses": [],
            "pricing": None} == {**m, "waiting": None}
    after = shop.get(f"/conversations/{c['id']}")
    assert after["last_message_preview"] == "It does."
    assert after["unread_count"] == 1 and after["is_read"] is False
    assert after["last_customer_message_at"] == c["last_customer_message_at"]
    assert outbox(shop, m["id"]) == (None, "queued")
    shop.node.searchable()
    assert c["id"] in shop.ids(q="It does.")


BODIES = [
    (TEXT, "text", "It does."),
    ({"type": "text", "text": {"body": "see https://example.org",
                               "preview_url": True}}, "text",
     "see https://example.org"),
    ({"type": "image", "media": {"link": "https://example.org/a.jpg"},
      "caption": "The blue one"}, "image", "Photo: The blue one"),
    ({"type": "video", "media": {"id": "1479537139650973"}}, "video", None),
    ({"type": "audio", "media": {"link": "https://example.org/a.ogg"},
      "voice": True}, "audio", None),
    ({"type": "document", "media": {"link": "https://example.org/i.pdf"},
      "filename": "invoice.pdf"}, "document", "Document: invoice.pdf"),
    ({"type": "sticker", "media": {"id": "7"}}, "sticker", None),
    ({"type": "location", "location": {
        "latitude": 37.48, "longitude": -122.14, "name": "Philz Coffee"}},
     "location", "Location: Philz Coffee"),
    ({"type": "contacts", "contacts": [{
        "name": {"formatted_name": "Barbara J. Johnson"},
        "phones": [{"phone": "+16505559999"}]}]},
     "contacts", "Contact: Barbara J. Johnson"),
    (TEMPLATE, "template", "Template: hello_world"),
    ({"type": "template", "template": {
        "name": "order_update", "language": {"code": "en_US"},
        "components": [{"type": "body", "parameters": [
            {"type": "text", "text": "Ann"}]}]}},
     "template", "Template: order_update: Ann"),
    ({"type": "buttons", "body": "Which one?", "header": "Colors",
      "footer": "Reply now", "buttons": [
          {"id": "b", "title": "Blue"}, {"id": "r", "title": "Red"}]},
     "interactive", "Which one?"),
    ({"type": "list", "body": "Which size?", "button": "Sizes", "sections": [
        {"rows": [{"id": "s", "title": "Small", "description": "36–38"}]}]},
     "interactive", "Which size?"),
    ({"type": "cta_url", "body": "The bill", "button": "Look",
      "url": "https://example.org/b/7"}, "interactive", "The bill"),
    ({"type": "location_request", "body": "Where do we deliver?"},
     "interactive", "Where do we deliver?"),
    ({"type": "request_contact_info", "body": "Your number?"},
     "interactive", "Your number?"),
    ({"type": "call_permission_request"}, "interactive",
     "Call permission request"),
    ({"type": "flow", "body": "A table?", "flow": {
        "id": "8812", "cta": "Book", "token": "t-8"}},
     "interactive", "A table?"),
    ({"type": "product", "product": {
        "catalog_id": "7", "product_retailer_id": "tea"}},
     "interactive", "Product"),
    ({"type": "product_list", "header": "Tea", "body": "New in May",
      "product_list": {"catalog_id": "7", "sections": [
          {"product_items": [{"product_retailer_id": "tea"}]}]}},
     "interactive", "New in May"),
    ({"type": "catalog_message", "body": "All we have"}, "interactive",
     "All we have"),
    ({"type": "carousel", "body": "Two colors", "cards": [
        {"header": {"type": "image", "media": {"link": link}},
         "button": "See", "url": link}
        for link in ("https://example.org/1", "https://example.org/2")]},
     "interactive", "Two colors"),
    ({"type": "order_details", "body": "Your order", "order_details": {
        "reference_id": "o-9", "currency": "BRL"}},
     "interactive", "Your order"),
    ({"type": "order_status", "body": "On its way", "order_status": {
        "reference_id": "o-9", "order": {"status": "shipped"}}},
     "interactive", "On its way"),
    ({"type": "buttons", "body": "This one?", "header": {
        "type": "video", "media": {"link": "https://example.org/v.mp4"}},
      "buttons": [{"id": "y", "title": "Yes"}]},
     "interactive", "This one?"),
]


@pytest.mark.parametrize("body, kind, preview", BODIES,
                         ids=[f"{b['type']}-{i}" for i, (b, _, _)
                              in enumerate(BODIES)])
def test_every_kind_is_queued(shop, body, kind, preview):
    c = shop.talk()
    m = send(shop, c, body)
    assert m["type"] == kind and m["status"] == "queued"
    shown = shop.get(f"/conversations/{c['id']}")["last_message_preview"]
    assert shown == preview if preview else shown
    assert m["content"] and outbox(shop, m["id"]) == (None, "queued")


def test_a_reply_and_a_reaction_name_the_message(shop):
    c = shop.talk("Which color?")
    asked = newest(shop, c)
    m = send(shop, c, {**TEXT, "reply_to": asked["id"]})
    assert m["context"] == {"wamid": asked["wamid"], "message_id": asked["id"],
                            "conversation_id": c["id"]}
    for emoji in ("👍", ""):
        m = send(shop, c, {"type": "reaction", "reaction": {
            "message_id": asked["id"], "emoji": emoji}})
        assert m["type"] == "reaction"
        assert m["content"] == {"message_id": asked["wamid"], "emoji": emoji}
        (now,) = [x for x in shop.get(
            f"/conversations/{c['id']}/messages")["data"]
            if x["id"] == asked["id"]]
        assert [r["emoji"] for r in now["reactions"]] == \
            ([emoji] if emoji else [])


def test_an_archived_conversation_stays_so(shop):
    c = shop.talk()
    shop.api("POST", f"/conversations/{c['id']}/archive")
    send(shop, c, TEXT)
    assert shop.get(f"/conversations/{c['id']}")["status"] == "archived"


# ------------------------------------------------------------------- window


def test_outside_the_window_goes_a_template_only(shop):
    closed = int(time.time()) - 10
    c = shop.talk(ts=closed - DAY)
    assert c["window"]["open"] is False
    path = f"/conversations/{c['id']}/messages"
    problem = is_problem(shop.api("POST", path, TEXT), 409, "window-closed")
    assert c["window"]["expires_at"] in problem["detail"]
    assert "template" in problem["detail"]
    assert len(shop.get(path)["data"]) == 1
    assert send(shop, c, TEMPLATE)["status"] == "queued"


# ----------------------------------------------------------- read receipts


def receipts(shop, c):
    return shop.node.db("SELECT message_id FROM outbox"
                        " WHERE kind = 'read' AND conversation_id = ?",
                        c["id"])


def test_reading_tells_the_newest_message_once(shop):
    c = shop.talk("one")
    last = newest(shop, shop.talk("two", phone=c["phone"][1:]))
    send(shop, c, TEXT)
    for _ in range(2):
        shop.api("POST", f"/conversations/{c['id']}/read")
        assert receipts(shop, c) == [(last["id"],)]
        shop.api("POST", f"/conversations/{c['id']}/unread")


def test_what_is_old_or_read_is_not_told(shop):
    c = shop.talk(ts=int(time.time()) - 31 * DAY)
    shop.api("POST", f"/conversations/{c['id']}/read")
    assert receipts(shop, c) == []
    m = shop.api("POST", "/messages", {**TEMPLATE, "to": "+" + new_phone()})
    c = {"id": m.json["conversation_id"]}
    shop.api("POST", f"/conversations/{c['id']}/read")
    assert receipts(shop, c) == []


def test_receipts_can_be_switched_off(make_node):
    node = make_node(WASPOOL_SEND_READ_RECEIPTS="no")
    shop = Workspace(node, "Quiet")
    c = shop.talk()
    answer = shop.api("POST", f"/conversations/{c['id']}/read")
    assert answer.json["is_read"] is True
    assert receipts(shop, c) == []
