"""The filters of the list of conversations, alone and together, and search."""

import itertools
import time

import pytest

from office import Workspace
from rig import contact, message, new_phone

DAY = 86400


class Desk(Workspace):
    """Sixteen conversations that differ in all that can be filtered."""

    def __init__(self, node):
        super().__init__(node, "Desk")
        self.second = self.number + "2"
        node.cli("number", "add", self.second, "--workspace", self.id)
        now = int(time.time())
        self.all = []
        for i in range(16):
            number, self.number = self.number, (
                self.second if i & 8 else self.number)
            c = self.talk(f"message {i}", name=f"Customer {i}",
                          ts=now - 100 - i * 10 - (DAY if i & 1 else 0))
            self.number = number
            path = f"/conversations/{c['id']}"
            if i & 2:
                self.api("POST", path + "/read")
            if i & 4:
                self.api("POST", path + "/archive")
            if i % 3 == 0:
                self.api("POST", "/contacts", {
                    "phone": c["phone"], "name": f"Contact {i}",
                    "tags": ["vip"] + (["late"] if i % 2 else [])})
            if i % 5 == 0:
                self.api("PUT", path + "/assignee", {"user_id": self.user_id})
            self.all.append(self.get(path))
        self.all.sort(key=lambda c: c["last_message_at"], reverse=True)


@pytest.fixture(scope="module")
def desk(node):
    return Desk(node)


def is_tagged(*names):
    return lambda c: c["contact"] and set(names) <= set(c["contact"]["tags"])


def choices(desk):
    """Each filter's values, and what a conversation has to be for them."""
    zoe = desk.user_id
    return [
        [({}, lambda c: c["status"] == "active"),
         ({"status": "active"}, lambda c: c["status"] == "active"),
         ({"status": "archived"}, lambda c: c["status"] == "archived"),
         ({"status": "all"}, lambda c: True)],
        [({}, lambda c: True),
         ({"unread": "true"}, lambda c: not c["is_read"]),
         ({"unread": "false"}, lambda c: c["is_read"])],
        [({}, lambda c: True),
         ({"assigned_to": "me"}, lambda c: c["assigned_to"]),
         ({"assigned_to": zoe}, lambda c: c["assigned_to"]),
         ({"assigned_to": zoe + 999}, lambda c: False),
         ({"assigned_to": "none"}, lambda c: not c["assigned_to"])],
        [({}, lambda c: True),
         ({"tag": "vip"}, is_tagged("vip")),
         ({"tag": ["late", "vip"]}, is_tagged("late", "vip")),
         ({"tag": ["vip", "vip"]}, is_tagged("vip")),
         ({"tag": ["vip", "unknown"]}, lambda c: False)],
        [({}, lambda c: True),
         ({"contact": "linked"}, lambda c: c["contact"]),
         ({"contact": "unlinked"}, lambda c: not c["contact"])],
        [({}, lambda c: True),
         ({"window": "open"}, lambda c: c["window"]["open"]),
         ({"window": "closed"}, lambda c: not c["window"]["open"])],
        [({}, lambda c: True),
         ({"number": desk.second},
          lambda c: c["phone_number_id"] == desk.second),
         ({"number": "12345"}, lambda c: False)],
        [({}, lambda c: True),
         ({"q": "customer"}, lambda c: True),
         ({"q": "message 1"},
          lambda c: c["last_message_preview"] == "message 1")],
    ]


def check(desk, parts):
    query, tests = {}, []
    for part, test in parts:
        query.update(part)
        tests.append(test)
    if "status" not in query:
        tests.append(lambda c: c["status"] == "active")
    want = [c["id"] for c in desk.all if all(t(c) for t in tests)]
    assert desk.ids(limit=100, **query) == want, query


def test_each_filter_alone(desk):
    status, *others = choices(desk)
    for choice in status:
        check(desk, [choice])
    for group in others:
        for choice in group:
            check(desk, [choice])
            check(desk, [status[-1], choice])


def test_each_two_together(desk):
    for a, b in itertools.combinations(choices(desk), 2):
        for pair in itertools.product(a, b):
            check(desk, pair)


def test_all_together(desk):
    groups = choices(desk)
    for i in range(60):
        check(desk, [g[(i * 7 + k * 3 + i // 5) % len(g)]
                     for k, g in enumerate(groups)])


@pytest.mark.parametrize("query", [
    {"status": "all"}, {}, {"unread": "true", "status": "all"},
    {"assigned_to": "none", "status": "all"},
    {"tag": "vip", "status": "all"}, {"q": "customer", "status": "all"},
    {"contact": "unlinked"}, {"window": "closed", "status": "all"}])
def test_pages_of_filtered_lists(desk, query):
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = desk.get("/conversations", limit=2, **query, **more)
        seen += [c["id"] for c in page["data"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert seen == desk.ids(limit=100, **query)


# ------------------------------------------------------------------- search


@pytest.fixture(scope="module")
def archive(node):
    office = Workspace(node, "Archive")
    phone, ts = "447911123456", int(time.time()) - 500
    office.phone = phone
    office.deliver([
        message(phone, "text", ts=ts, text={
            "body": "Ich möchte crème brûlée, bitte! don't \"stop\" C++"}),
        message(phone, "document", ts=ts + 1, document={
            "id": "5", "filename": "invoice-2024.pdf",
            "mime_type": "application/pdf"}),
        message(phone, "location", ts=ts + 2, location={
            "latitude": 1, "longitude": 2, "name": "Philz Coffee"}),
        message(phone, "text", ts=ts + 3, text={"body": "東京タワー ok"})],
        [contact(phone, "Jörg Øster-Nilsen")])
    office.id_ = office.ids()[0]
    # Of a phone in which nothing below is found by chance.
    office.other = office.talk("nothing of interest", phone="493055500550",
                               name="Somebody")["id"]
    office.api("POST", "/contacts", {
        "phone": "+" + phone, "name": "Señor Müller",
        "email": "mueller@example.org"})
    return office


@pytest.mark.parametrize("q", [
    "mochte", "MÖCHTE", "creme brul", "brulee creme", "crèm", "bitt",
    "don't", "\"stop\"", "jorg", "Jörg", "nils jor", "senor", "Muller",
    "mueller@example", "invoice", "philz cof", "東京", "東京タワー",
    "447911", "+44 7911 123-456", "(7911)", "1234", "456", "7911.123",
    "bitte!?", "c++",
])
def test_found(archive, q):
    assert archive.ids(q=q) == [archive.id_]


@pytest.mark.parametrize("q", [
    "mochtes", "öchte", "creme nilsen", "44791112345678", "999", "***",
    "\"", "'", "(", "AND", "NOT zebra", "text:bitte", "bitte NEAR x",
    "bitte OR zebra", "^zebra", "-", "…", "%", "_", "\\", ";", "{}", "👍",
    "zebra*", "bitte -creme zzz",
])
def test_not_found(archive, q):
    assert archive.ids(q=q) == []


def test_an_empty_search_is_none(archive):
    assert archive.ids(q="") == archive.ids()


def test_edited_names_are_found_by_the_new_one(archive):
    made = archive.get("/contacts", q="senor")["data"][0]["id"]
    archive.api("PATCH", f"/contacts/{made}", {"name": "Renamed"})
    assert archive.ids(q="senor") == []
    archive.node.searchable()
    assert archive.ids(q="senor") == []
    assert archive.ids(q="renamed") == [archive.id_]
    archive.api("PATCH", f"/contacts/{made}", {"name": "Señor Müller"})
    archive.node.searchable()


def test_short_words_in_messages_are_whole(archive):
    assert archive.ids(q="ok") == [archive.id_]
    assert archive.ids(q="in") == []


def test_a_word_of_very_many_messages_stays_fast(node):
    office = Workspace(node, "Crowd")
    ts = int(time.time()) - 90000
    phones = [new_phone() for _ in range(20)]
    for k in range(3):
        office.deliver([message(phones[i % 20], "text", ts=ts + i,
                                text={"body": f"common word {k} {i}"})
                        for i in range(900)])

    def once():
        began = time.monotonic()
        assert len(office.ids(q="common")) == 20
        return time.monotonic() - began
    assert min(once() for _ in range(5)) < 2
