"""Words lead to messages, to the place where they stand, and to people."""

import concurrent.futures
import time

import pytest

from office import Workspace, many
from post import is_problem
from rig import (contact, envelope, message, new_phone, new_wamid, value,
                 wait_for)
from test_actions import MESSAGE_KEYS

PERSON_KEYS = {"conversation_id", "contact_id", "name", "profile_name",
               "phone", "user_id", "phone_number_id", "last_message_at"}


@pytest.fixture
def shop(node):
    return Workspace(node, "Shop")


def search(shop, q, **more):
    page = shop.get("/search", q=q, **more)
    assert set(page) == {"messages", "people", "complete", "next_cursor"}
    return page


def whole(shop, q, **more):
    """… once the words of all that is on the node are known: what an earlier
    test wanted done by a job may be written only now."""
    return wait_for(lambda: (p := search(shop, q, **more))["complete"] and p)


def texts(shop, q):
    page = whole(shop, q)
    assert page["next_cursor"] is None
    return [m["text"] for m in page["messages"]]


def test_a_result_is_a_message_and_where_it_stands(shop):
    phone, ts = new_phone(), int(time.time()) - 900
    shop.deliver([message(phone, "text", ts=ts + i,
                          text={"body": f"line {i}"}) for i in range(9)])
    shop.talk("another parcel", ts=ts)
    c = shop.talk("Where is my parcel?", phone=phone, ts=ts + 400)
    shop.deliver([message(phone, "text", ts=ts + 800 + i,
                          text={"body": f"line {i}"}) for i in range(9)])
    page = whole(shop, "parcel my")
    m, = page["messages"]
    assert set(m) == MESSAGE_KEYS | {"text", "places"}
    assert m["conversation_id"] == c["id"] and m["type"] == "text"
    assert m["content"] == {"body": "Where is my parcel?"}
    assert m["text"] == "Where is my parcel?"
    assert page["people"] == []
    around = shop.get(f"/conversations/{c['id']}/messages", around=m["id"],
                      limit=5)["data"]
    assert around[2] == {k: m[k] for k in MESSAGE_KEYS}
    assert texts(shop, "parcel") == ["Where is my parcel?", "another parcel"]
    assert texts(shop, "parcels") == []


@pytest.mark.parametrize("body, q, marked", [
    ("\U0001f642\U0001f642 Is ORDER 7 here? Order eight", "order",
     ["ORDER", "Order"]),
    ("an der Straße, Straßenbahn", "strasse", ["Straße", "Straße"]),
    ("\U0001f4e6 我想退貨請問怎麼辦理", "退貨 怎麼", ["退貨", "怎麼"]),
    ("مَرْحَبًا بكم", "مرحبا", ["مَرْحَبًا"]),
    ("no INV-2026-0042!", "2026-0042", ["2026-0042"]),
    ("cafe\u0301 au lait", "CAFÉ", ["cafe\u0301"]),
])
def test_places_are_in_code_points(shop, body, q, marked):
    shop.talk(body)
    m, = search(shop, q)["messages"]
    assert m["text"] == body
    assert [body[p["start"]:p["start"] + p["length"]]
            for p in m["places"]] == marked


def test_pages_are_newest_first_and_have_each_once(shop):
    many(shop, 12, int(time.time()) - 500, "lamp number")
    seen, ids, cursor = [], [], {}
    while True:
        page = search(shop, "LAMP", limit=5, **cursor)
        seen += [m["text"] for m in page["messages"]]
        ids += [m["id"] for m in page["messages"]]
        assert len(page["messages"]) <= 5
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
        shop.talk("a lamp that came meanwhile")
    assert seen == [f"lamp number {i}" for i in reversed(range(12))]
    assert ids == sorted(ids, reverse=True)


def test_a_cursor_belongs_to_its_words(shop):
    other = Workspace(shop.node, "Other")
    many(shop, 3, int(time.time()) - 500, "lamp")
    cursor = search(shop, "lamp", limit=1)["next_cursor"]
    for of, path, query in ((shop, "/search", {"q": "lam"}),
                            (shop, "/conversations", {"q": "lamp"}),
                            (other, "/search", {"q": "lamp"})):
        p = is_problem(of.api("GET", path, cursor=cursor, **query),
                       400, "bad-parameter")
        assert p["errors"][0]["field"] == "cursor"
    assert search(shop, "lamp", limit=2, cursor=cursor)["messages"]


def test_people_come_with_the_first_page(shop):
    c = shop.talk("hello", name="Noa Berg")
    shop.talk("Berg is a mountain", name="Sam")
    linked = shop.talk("hi", name="nobody")
    for phone, name in ((linked["phone"], "Ida Bergman"),
                        ("+" + new_phone(), "Ole Berg")):
        assert shop.api("POST", "/contacts", {
            "phone": phone, "name": name}).status == 201
    shop.node.searchable()
    page = search(shop, "berg", limit=1)
    assert [m["text"] for m in page["messages"]] == ["Berg is a mountain"]
    for p in page["people"]:
        assert set(p) == PERSON_KEYS
    assert [(p["name"], p["profile_name"], p["conversation_id"])
            for p in page["people"]] == [
        ("Ida Bergman", "nobody", linked["id"]), ("Noa Berg", "Noa Berg",
                                                  c["id"]),
        ("Ole Berg", None, None)]
    assert page["people"][1]["contact_id"] is None
    assert page["people"][2]["contact_id"] is not None
    assert page["people"][1]["phone_number_id"] == shop.number
    (one,) = search(shop, c["phone"])["people"]
    assert one["conversation_id"] == c["id"]
    many(shop, 25, int(time.time()) - 500, "chair")
    page = search(shop, "customer")
    assert len(page["people"]) == 20 and page["messages"] == []
    page = search(shop, "chair", limit=1)
    page = search(shop, "chair", limit=1, cursor=page["next_cursor"])
    assert len(page["messages"]) == 1 and page["people"] == []


@pytest.mark.parametrize("q", [None, "", "   ", "?!", "('-) *\"", "x" * 201])
def test_without_a_word_there_is_nothing_to_look_for(shop, q):
    query = {} if q is None else {"q": q}
    p = is_problem(shop.api("GET", "/search", **query), 400, "bad-parameter")
    assert [e["field"] for e in p["errors"]] == ["q"]


def test_what_a_person_types_is_no_syntax(shop):
    shop.talk("NOT near")
    shop.talk('quotes " and * stars')
    assert texts(shop, "NOT") == ["NOT near"]
    assert texts(shop, "near*") == texts(shop, '"near') == ["NOT near"]
    assert texts(shop, "stars OR near") == []
    assert texts(shop, "text:near") == []


def test_an_edited_message_is_found_by_its_new_words(shop):
    phone, wamid, ts = new_phone(), new_wamid(), int(time.time()) - 60
    first = message(phone, "text", wamid, ts, text={"body": "old address"})
    shop.deliver([first])
    assert texts(shop, "address") == ["old address"]
    shop.deliver([message(phone, "edit", None, ts + 5, edit={
        "original_message_id": wamid,
        "message": {"type": "text", "text": {"body": "new street"}}})])
    assert texts(shop, "address") == []
    assert texts(shop, "street") == ["new street"]
    shop.deliver([message(phone, "revoke", None, ts + 9,
                          revoke={"original_message_id": wamid})])
    assert texts(shop, "street") == texts(shop, "deleted") == []


def test_rows_of_another_client_are_as_any(shop):
    """A shell, a script: what follows from a row, the triggers do, and the
    processor finds its words."""
    c = shop.talk("hello")
    shop.node.write(
        "INSERT INTO messages(workspace_id, conversation_id, number_id, wamid,"
        " direction, source, type, content, preview, text, status,"
        " counts_unread, opens_window, sent_at, created_at)"
        " SELECT workspace_id, id, number_id, ?, 'inbound', 'live', 'text',"
        " '{\"body\":\"marmalade\"}', 'marmalade', 'marmalade', 'received',"
        " 1, 1, last_message_at + 5, 1 FROM conversations WHERE id = ?",
        new_wamid(), c["id"])
    now = shop.get(f"/conversations/{c['id']}")
    assert now["last_message_preview"] == "marmalade"
    assert now["unread_count"] == c["unread_count"] + 1
    shop.node.searchable()
    assert texts(shop, "marmalade") == ["marmalade"]
    shop.node.write("UPDATE messages SET text = 'honey' WHERE text = ?",
                    "marmalade")
    shop.node.searchable()
    assert texts(shop, "marmalade") == [] and len(texts(shop, "honey")) == 1
    shop.node.write("DELETE FROM messages WHERE text = ?", "honey")
    shop.node.searchable()
    assert texts(shop, "honey") == []


def test_a_caption_and_the_name_of_a_file_are_searched(shop):
    phone = new_phone()
    shop.deliver([message(phone, "document", document={
        "id": "1", "mime_type": "application/pdf",
        "filename": "invoice-77.pdf", "caption": "see page two"})])
    assert texts(shop, "invoice page") == ["see page two invoice-77.pdf"]


def test_a_merged_conversation_is_the_one_that_stays(shop):
    phone, user_id = new_phone(), "US.found" + new_wamid()[-6:]
    c = shop.talk("by phone", phone=phone)
    shop.deliver([message("", "text", text={"body": "a teapot"},
                          from_user_id=user_id)])
    shop.deliver([message(phone, "text", text={"body": "both"},
                          from_user_id=user_id)])
    m, = search(shop, "teapot")["messages"]
    assert m["conversation_id"] == c["id"]


def test_another_workspace_finds_its_own(shop):
    other = Workspace(shop.node, "Neighbour")
    shop.talk("a secret lighthouse", name="Lighthouse")
    shop.api("POST", "/contacts", {"phone": "+" + new_phone(),
                                   "name": "Lighthouse Inn"})
    assert whole(other, "lighthouse") == {
        "messages": [], "people": [], "complete": True, "next_cursor": None}
    other.talk("my lighthouse")
    assert texts(other, "lighthouse") == ["my lighthouse"]
    assert texts(shop, "lighthouse") == ["a secret lighthouse"]


def test_lists_say_whether_they_are_complete(shop):
    shop.talk("hello", name="Noa")
    for path in ("/conversations", "/contacts"):
        for query in ({}, {"q": "noa"}, {"q": "nobody"}):
            page = wait_for(lambda: (p := shop.get(path, **query))["complete"]
                            and p)
            assert set(page) == {"data", "complete", "next_cursor"}
            assert page["complete"] is True


def test_what_was_done_a_moment_ago_is_in_the_next_search(node, shop):
    """What a page shows is kept until anybody commits; by every thread."""
    c = shop.talk("Where is my kettle?")

    def rows(**more):
        return [shop.get("/conversations", q="kettle", **more)["data"]
                for _ in range(6)]
    before = shop.get(f"/conversations/{c['id']}")
    assert rows() == [[before]] * 6
    for verb in ("read", "archive", "unarchive"):
        after = shop.api("POST", f"/conversations/{c['id']}/{verb}").json
        assert after != before
        assert rows(status="all") == [[after]] * 6
        assert rows() == [[] if verb == "archive" else [after]] * 6
        assert [shop.get(f"/conversations/{c['id']}")
                for _ in range(6)] == [after] * 6
        before = after
    other = Workspace(node, "Other")
    assert {other.api("GET", f"/conversations/{c['id']}").status
            for _ in range(6)} == {404}


def test_pages_of_long_messages_have_a_bound_in_bytes(shop):
    phone = new_phone()
    for i in range(4):
        shop.deliver([message(phone, "text", text={
            "body": f"long {i} " + "x " * 180000})])
    seen, cursor = [], {}
    while True:
        page = search(shop, "long", **cursor)
        assert 0 < len(page["messages"]) < 3
        seen += [m["text"][:6] for m in page["messages"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ["long 3", "long 2", "long 1", "long 0"]


def test_the_command_line_finds_the_same(shop):
    many(shop, 3, int(time.time()) - 500, "lamp")
    shop.talk("\x1b[31ma red\nlamp", name="Lamp")
    cli = shop.node.cli
    rows = cli("search", "a", "lamp", "--workspace", shop.id, "--json")
    assert [r["text"] for r in rows] == texts(shop, "a lamp")
    rows = cli("search", "LAMP", "--workspace", shop.id, "--json")
    found = search(shop, "lamp")["messages"]
    assert [(r["id"], r["conversation_id"]) for r in rows] == [
        (m["id"], m["conversation_id"]) for m in found]
    assert len(cli("search", "lamp", "--workspace", shop.id, "--limit", 2,
                   "--json")) == 2
    shown = cli("search", "red", "--workspace", shop.id)
    assert "\x1b" not in shown and "a red lamp" in shown
    assert cli("search", "nothing", "--workspace", shop.id, "--json") == []


def test_a_members_searches_take_turns(make_node):
    """With three threads one search is all that runs, and none waits; what a
    member asks besides, and another workspace, is answered all the same."""
    node = make_node(WASPOOL_ACTION_THREADS=3)
    shop, other = Workspace(node, "Busy"), Workspace(node, "Calm")
    many(shop, 30, int(time.time()) - 500, "lamp")
    other.talk("lamp")

    def ask(i):
        path = ("/search", "/conversations", "/contacts")[i % 3]
        return shop.api("GET", path, q="lamp")

    with concurrent.futures.ThreadPoolExecutor(9) as pool:
        searches = pool.map(ask, range(90))
        lists = pool.map(lambda i: (shop, other)[i % 2].api(
            "GET", "/conversations"), range(30))
        answers = list(searches)
        assert {a.status for a in lists} == {200}
    refused = [a for a in answers if a.status != 200]
    assert len(refused) < 90
    for a in refused:
        is_problem(a, 429, "too-many-searches")
        assert a.headers["Retry-After"] == "1"
    # Each gave its turn back, also where there was nothing to look for.
    for q in ("?!", "lamp", "?!", "lamp"):
        assert shop.api("GET", "/search", q=q).status == (
            400 if q == "?!" else 200)


def damage(node):
    """Where an index of FTS5 says of what it consists."""
    node.write("UPDATE message_words_data SET block = x'00000001ff'"
               " WHERE id = 10")


@pytest.mark.sqlite("an index of FTS5 is damaged")
def test_an_index_that_is_damaged_is_made_anew(node, shop):
    """Nobody waits for it, nobody is thrown out, and no word is lost."""
    for i in range(3):
        shop.talk(f"the first parcel {i}")
    node.searchable()
    programs = node.pids("actions")
    damage(node)
    page = search(shop, "parcel")
    assert page["messages"] == [] and page["complete"] is False
    assert shop.get("/conversations", q="parcel")["complete"] is False
    assert "type: waspool reindex" in node.log("actions")
    shop.talk("the next parcel")
    node.searchable()
    assert len(texts(shop, "parcel")) == 4
    assert node.pids("actions") == programs
    assert "was damaged: all of them are emptied" in node.log(
        "waspool-process")


@pytest.mark.sqlite("an index of FTS5 is damaged")
def test_programs_start_beside_an_index_that_is_damaged(node, shop):
    """FTS5 does not open it, and so no statement that names it."""
    shop.talk("a blue parcel")
    node.searchable()
    damage(node)
    for program in ("waspool-process", "actions"):
        node.kill(program)

    def is_whole():
        answer = shop.api("GET", "/search", q="blue")
        return answer.status == 200 and answer.json["complete"]
    wait_for(is_whole)
    assert texts(shop, "blue") == ["a blue parcel"]


def test_reindex_makes_them_anew(node, shop):
    shop.talk("a green parcel")
    node.searchable()
    if not node.owner:
        damage(node)
    assert "emptied" in node.cli("--json", "reindex")
    node.searchable()
    assert texts(shop, "green") == ["a green parcel"]


def test_other_rules_for_words_make_them_anew(node, shop):
    """As a backup from before has them, or an upgrade."""
    shop.talk("a yellow parcel")
    node.searchable()
    node.write("UPDATE search_indexed SET words_version = 0")
    node.kill("waspool-process")
    wait_for(lambda: not node.db("SELECT 1 FROM search_indexed"
                                 " WHERE words_version = 0"))
    node.searchable()
    assert texts(shop, "yellow") == ["a yellow parcel"]
