"""What cannot be sent is 422 before anything is queued: it names the field,
and the limit where there is one (docs/protocol.md §6.2)."""

import pytest

from office import Workspace
from post import TEMPLATE, TEXT, fields, is_problem
from rig import new_phone

LINK = {"link": "https://example.org/a"}


def text(n):
    # two bytes each: characters are counted, not bytes
    return {"type": "text", "text": {"body": "ü" * n}}


def image(**more):
    return {"type": "image", "media": LINK, **more}


def buttons(n=1, **more):
    return {"type": "buttons", "body": "?", "buttons": [
        {"id": f"id{i}", "title": f"title {i}"} for i in range(n)], **more}


def button(**of):
    return buttons(buttons=[{"id": "i", "title": "t", **of}])


def list_(sections=1, rows=1, title="s", row=None, **more):
    return {"type": "list", "body": "?", "button": "b", "sections": [
        {**({"title": title} if title else {}), "rows": [
            {"id": f"{s}-{r}", "title": "t", **(row or {})}
            for r in range(rows)]} for s in range(sections)], **more}


FIT = [
    text(4096), image(caption="ü" * 1024), buttons(3),
    buttons(body="ü" * 1024, header="ü" * 60, footer="ü" * 60),
    button(id="i" * 256, title="ü" * 20), list_(10), list_(1, 10, None),
    list_(button="ü" * 20, title="ü" * 24),
    list_(row={"title": "ü" * 24, "description": "ü" * 72}),
]

# body, the field, what its message says
TOO_MUCH = [
    (text(4097), "text.body", "4096"),
    (text(0), "text.body", ""),
    ({"type": "text"}, "text", ""),
    ({"type": "text", "text": "hello"}, "text", ""),
    ({"type": "text", "text": {"body": 5}}, "text.body", ""),
    ({"type": "text", "text": {"body": "x", "bold": True}}, "text.bold", ""),
    ({}, "type", "text"),
    ({"type": "fax"}, "type", "text"),
    (image(caption="ü" * 1025), "caption", "1024"),
    (image(media={}), "media", ""),
    (image(media={**LINK, "id": "7"}), "media", "one of"),
    (image(media={"link": "file:///etc/passwd"}), "media.link", "https"),
    (image(media={"id": "x"}), "media.id", ""),
    (image(media={"upload": 77777777}), "media.upload", "upload"),
    ({"type": "audio", "media": LINK, "caption": "x"}, "caption", "audio"),
    ({"type": "sticker", "media": LINK, "caption": "x"}, "caption",
     "sticker"),
    (image(filename="a.jpg"), "filename", "image"),
    (buttons(4), "buttons", "3"),
    (buttons(0), "buttons", ""),
    (button(title="ü" * 21), "buttons[0].title", "20"),
    (button(id="i" * 257), "buttons[0].id", "256"),
    (buttons(buttons=[{"id": "a", "title": "A"}, {"id": "a", "title": "B"}]),
     "buttons[1].id", "twice"),
    (buttons(body="ü" * 1025), "body", "1024"),
    (buttons(header="ü" * 61), "header", "60"),
    (buttons(footer="ü" * 61), "footer", "60"),
    (list_(11), "sections", "10"),
    (list_(2, 6), "sections", "10"),
    (list_(1, 11), "sections[0].rows", "10"),
    (list_(2, 1, None), "sections[0].title", ""),
    (list_(title="ü" * 25), "sections[0].title", "24"),
    (list_(row={"title": "ü" * 25}), "sections[0].rows[0].title", "24"),
    (list_(row={"id": "i" * 201}), "sections[0].rows[0].id", "200"),
    (list_(row={"description": "ü" * 73}),
     "sections[0].rows[0].description", "72"),
    (list_(button="ü" * 21), "button", "20"),
    ({"type": "template"}, "template", ""),
    ({"type": "template", "template": {"name": "x"}}, "template.language",
     ""),
    ({"type": "reaction", "reaction": {"emoji": "👍"}},
     "reaction.message_id", ""),
    ({"type": "location", "location": {"latitude": 91, "longitude": 0}},
     "location.latitude", "90"),
    ({"type": "contacts", "contacts": []}, "contacts", ""),
    ({**TEXT, "reply_to": "x"}, "reply_to", ""),
    ({**TEXT, "to": "+16505551234"}, "to", "not known"),
    ({**TEXT, "biz_opaque_callback_data": "x"}, "biz_opaque_callback_data",
     "not known"),
]


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Limits")


@pytest.fixture(scope="module")
def path(shop):
    return f"/conversations/{shop.talk()['id']}/messages"


def queued(shop):
    """How much this workspace has sent: of others the node takes rows away."""
    return shop.node.db(
        "SELECT (SELECT count(*) FROM outbox WHERE workspace_id = ?),"
        " (SELECT count(*) FROM messages WHERE workspace_id = ?)",
        shop.id, shop.id)


@pytest.mark.parametrize("body", FIT, ids=range(len(FIT)))
def test_as_much_as_there_may_be(shop, path, body):
    answer = shop.api("POST", path, body)
    assert answer.status == 202, answer


@pytest.mark.parametrize("body, field, says", TOO_MUCH, ids=[
    f"{f}-{i}" for i, (_, f, _) in enumerate(TOO_MUCH)])
def test_too_much_names_field_and_limit(shop, path, body, field, says):
    before = queued(shop)
    wrong = fields(shop.api("POST", path, body))
    assert field in wrong
    assert says in wrong[field]
    assert queued(shop) == before


def test_everything_that_is_wrong_is_told_at_once(shop, path):
    assert {"body", "footer", "buttons[0].title"} <= set(fields(shop.api(
        "POST", path, {"type": "buttons", "footer": "x" * 61,
                       "buttons": [{"id": "i", "title": "x" * 21}]})))


@pytest.mark.parametrize("more, field", [
    ({}, "to"),
    ({"to": "650 555 1234"}, "to"),
    ({"to": "+1"}, "to"),
    ({"to": 16505551234}, "to"),
    ({"to": None}, "to"),
    ({"user_id": "two words"}, "user_id"),
    ({"user_id": "x" * 201}, "user_id"),
    ({"to": "+16505551234", "user_id": "US.1"}, "user_id"),
    ({"to": "+16505551234", "phone_number_id": "12"}, "phone_number_id"),
    ({"to": "+16505551234", "phone_number_id": 12}, "phone_number_id"),
])
def test_whom_it_goes_to(shop, more, field):
    assert field in fields(shop.api("POST", "/messages",
                                    {**TEMPLATE, **more}))


def test_no_body_and_no_json(shop, path):
    for where in (path, "/messages"):
        is_problem(shop.api("POST", where), 400, "not-json")
        is_problem(shop.api("POST", where, "{"), 400, "not-json")
        is_problem(shop.api("POST", where, "x", headers={
            "Content-Type": "text/plain"}), 415, "unsupported-media-type")
    is_problem(shop.api("POST", "/messages/1/retry", {"x": 1}), 422,
               "bad-field")
    assert shop.api("POST", "/messages", {
        **TEMPLATE, "to": "+" + new_phone()}).status == 202
