"""Tables of docs/protocol.md, each row against the running program: a row that
is changed there, or that the program does not keep, fails."""

import re

import pytest

from d360 import D360
from post import send
from rig import (NUMBER, ROOT, Node, contact, envelope, message, new_phone,
                 text_message, value, wait_for)

DOC = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def desk():
    """A node that talks to the provider, of all tests here."""
    with D360() as d360:
        n = Node(d360.env)
        try:
            n.up()
            yield d360.attach(n)
        finally:
            n.remove()


class Shop:
    def __init__(self, node):
        self.node, self.api = node, node.api


def talk(n):
    phone = new_phone()
    n.deliver(text_message(phone, "?", number=NUMBER))
    return n.wait_conversation(phone)


@pytest.fixture(scope="module")
def c(desk):
    return talk(desk)


def test_each_kind_that_is_not_handed_on_has_words(desk):
    row = re.search(r"Meta's list of `type`: ([a-z_, ]+);", DOC).group(1)
    kinds = row.split(", ")
    assert {"edit", "poll_creation", "reaction"} < set(kinds)
    people = {kind: new_phone() for kind in kinds}
    desk.deliver(envelope(value(
        [message(phone, "unsupported", unsupported={"type": kind},
                 errors=[{"code": 131051}]) for kind, phone in people.items()],
        contacts=[contact(phone) for phone in people.values()])))
    desk.drained()
    rows = {x["phone"]: x for x in desk.get(
        "/conversations", status="all", limit=100).json["data"]}
    for kind, phone in people.items():
        line = rows["+" + phone]["last_message_preview"]
        assert line.endswith("(open it on the phone)") and "_" not in line
        if kind != "errors":                    # which is no kind
            assert "nsupported" not in line, (kind, line)
        assert rows["+" + phone]["unread_count"] == (kind not in (
            "edit", "keep_in_chat", "pin", "reaction"))


def x(n):
    return "x" * n


def buttons(**more):
    return {"type": "buttons", "body": "b", "buttons": [
        {"id": "a", "title": "A"}], **more}


def a_list(n=1, sections=1, button="s", **row):
    return {"type": "list", "body": "b", "button": button, "sections": [
        {"title": f"S{s}", "rows": [
            {"id": f"{s}-{i}", "title": f"T{s}-{i}", **row}
            for i in range(n)]} for s in range(sections)]}


def products(n=1, sections=1):
    return {"type": "product_list", "header": "h", "body": "b",
            "product_list": {"catalog_id": "C", "sections": [
                {"title": f"S{s}", "product_items": [
                    {"product_retailer_id": f"{s}-{i}"} for i in range(n)]}
                for s in range(sections)]}}


def carousel(cards=2, body="Tea", button="Look"):
    return {"type": "carousel", "body": "Sale", "cards": [{
        "header": {"type": "image", "media": {
            "link": "https://example.org/a.jpg"}}, "body": body,
        "button": button, "url": "https://example.org/tea"}] * cards}


LIMITS = [
    ("| text | 4096 |", 4096,
     lambda n: {"type": "text", "text": {"body": x(n)}}),
    ("| caption | 1024;", 1024, lambda n: {
        "type": "image", "caption": x(n),
        "media": {"link": "https://example.org/a.jpg"}}),
    ("| interactive body, header, footer | 1024, 60, 60 |", 1024,
     lambda n: buttons(body=x(n))),
    ("footer | 1024, 60, 60 |", 60, lambda n: buttons(header=x(n))),
    ("footer | 1024, 60, 60 |", 60, lambda n: buttons(footer=x(n))),
    ("| reply buttons | 3; title 20, id 256, all", 3, lambda n: buttons(
        buttons=[{"id": str(i), "title": f"T{i}"} for i in range(n)])),
    ("| reply buttons | 3; title 20, id 256, all", 20,
     lambda n: buttons(buttons=[{"id": "a", "title": x(n)}])),
    ("| reply buttons | 3; title 20, id 256, all", 256,
     lambda n: buttons(buttons=[{"id": x(n), "title": "A"}])),
    ("| list | 10 rows in all, 10 sections;", 10, a_list),
    ("| list | 10 rows in all, 10 sections;", 10, lambda n: a_list(1, n)),
    ("titles 24, description 72, row id 200, button 20 |", 24,
     lambda n: a_list(title=x(n))),
    ("titles 24, description 72, row id 200, button 20 |", 72,
     lambda n: a_list(description=x(n))),
    ("titles 24, description 72, row id 200, button 20 |", 200,
     lambda n: a_list(id=x(n))),
    ("titles 24, description 72, row id 200, button 20 |", 20,
     lambda n: a_list(button=x(n))),
    ("| `cta_url` | button 20 |", 20, lambda n: {
        "type": "cta_url", "body": "b", "button": x(n),
        "url": "https://example.org"}),
    ("| `flow` | button 30;", 30, lambda n: {
        "type": "flow", "body": "b", "flow": {"id": "1", "cta": x(n)}}),
    ("30 products in all, 10 sections,", 30, products),
    ("30 products in all, 10 sections,", 10, lambda n: products(1, n)),
    ("| `carousel` | 2 to 10 cards,", 10, carousel),
    ("text 160 with 2 line breaks, button 20;", 160,
     lambda n: carousel(body=x(n))),
    ("text 160 with 2 line breaks, button 20;", 2,
     lambda n: carousel(body="a" + "\na" * n)),
    ("text 160 with 2 line breaks, button 20;", 20,
     lambda n: carousel(button=x(n))),
    ("| `order_details`, `order_status` | `reference_id` 35,", 35, lambda n: {
        "type": "order_status", "body": "b", "order_status": {
            "reference_id": x(n), "order": {"status": "shipped"}}})]


@pytest.mark.parametrize("row, most, make", LIMITS)
def test_so_much_is_taken_and_no_more(desk, c, row, most, make):
    assert row in DOC
    path = f"/conversations/{c['id']}/messages"
    assert [desk.post(path, make(n)).status for n in (most, most + 1)] == \
        [202, 422]


def codes(what):
    """The single codes of the rows of §6.4 that end in WHAT."""
    rows = re.findall(r"\n\| ([^|\n]+) \| [^|\n]+ \| ([^|\n]+) \|",
                      DOC[DOC.index("### 6.4"):DOC.index("### 6.5")])
    return [int(code) for found, do in rows if do.startswith(what)
            for code in re.findall(r"(?<![–\d])\d+(?![–\d])", found)]


def becomes(n, m, status):
    return wait_for(lambda: (lambda now: now["status"] == status and now)(
        n.get(f"/messages/{m['id']}").json))


def test_codes_that_fail_a_message_do(desk):
    failed = codes("failed")
    assert {33, 100, 131026, 131049, 131050} < set(failed)
    for code in failed:
        k = talk(desk)
        desk.provider.fail(1, 400, code, to=k["phone"])
        m = send(Shop(desk), k, {"type": "text", "text": {"body": "a"}})
        assert becomes(desk, m, "failed")["error"]["code"] == code


def test_codes_that_pass_are_asked_again(desk):
    again = codes("again later")
    assert {1, 131000, 131016, 131057} < set(again)
    for code in again:
        k = talk(desk)
        desk.provider.fail(1, 400, code, to=k["phone"])
        m = send(Shop(desk), k, {"type": "text", "text": {"body": "a"}})
        becomes(desk, m, "sent")
