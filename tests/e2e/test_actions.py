"""Conversations over HTTP: what a member does with them, and the rules that
hold for every request."""

import hashlib
import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from office import Workspace, many
from rig import contact, message, new_phone, new_wamid

KEYS = {"id", "phone", "user_id", "phone_number_id", "profile_name", "status",
        "is_read", "unread_count", "last_customer_message_at",
        "last_message_at", "last_message_preview", "window", "contact",
        "assigned_to", "team", "labels", "block", "created_at", "updated_at",
        "last_message", "group_id", "username", "marketing",
        "phone_book_name", "state", "snoozed_until",
        "unanswered_since"}
MESSAGE_KEYS = {"id", "conversation_id", "wamid", "direction", "source", "type",
                "content", "status", "context", "referral", "media_url",
                "error", "reactions", "sent_by", "sent_at", "edited_at",
                "revoked_at", "created_at", "waiting"}


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Shop")


def is_problem(answer, status, name):
    assert answer.status == status, answer
    assert answer.headers["Content-Type"] == "application/problem+json"
    p = answer.json
    assert p["type"] == "https://waspool.dev/problems/" + name
    assert p["status"] == status and p["title"]
    return p


def twice(shop, method, path, body=None):
    """It answers the same when asked again."""
    first = shop.api(method, path, body)
    assert first.status == 200, first
    time.sleep(1.1)
    assert shop.api(method, path, body).json == first.json
    return first.json


# ------------------------------------------------------------ conversations


def test_conversation_has_the_fields_of_the_contract(shop):
    c = shop.talk("Does it come in another color?")
    assert set(c) == KEYS
    assert c == shop.get(f"/conversations/{c['id']}")
    assert c["window"]["open"] is True
    assert c["phone_number_id"] == shop.number
    assert c["contact"] is None and c["assigned_to"] is None


def test_read_and_unread(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}"
    c = twice(shop, "POST", path + "/read")
    assert (c["unread_count"], c["is_read"]) == (0, True)
    c = twice(shop, "POST", path + "/unread")
    assert (c["unread_count"], c["is_read"]) == (1, False)


def test_archive_and_unarchive(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}"
    assert twice(shop, "POST", path + "/archive")["status"] == "archived"
    assert c["id"] not in shop.ids()
    assert c["id"] in shop.ids(status="archived")
    assert c["id"] in shop.ids(status="all")
    assert twice(shop, "POST", path + "/unarchive")["status"] == "active"
    assert c["id"] in shop.ids()


def test_a_message_brings_an_archived_conversation_back(shop):
    c = shop.talk()
    shop.api("POST", f"/conversations/{c['id']}/archive")
    c = shop.talk("again", phone=c["phone"][1:])
    assert (c["status"], c["is_read"]) == ("active", False)


def test_link_and_unlink(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}/contact"
    made = shop.api("POST", "/contacts", {"phone": "+" + new_phone(),
                                          "name": "Ann's aunt"}).json
    linked = twice(shop, "PUT", path, {"contact_id": made["id"]})
    assert linked["contact"] == {
        "id": made["id"], "name": "Ann's aunt", "phone": made["phone"],
        "tags": []}
    assert twice(shop, "DELETE", path)["contact"] is None


def test_what_a_person_unlinked_stays_unlinked(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}/contact"
    shop.api("DELETE", path)
    made = shop.api("POST", "/contacts",
                    {"phone": c["phone"], "name": "Later"}).json
    assert shop.get(f"/conversations/{c['id']}")["contact"] is None
    shop.talk("again", phone=c["phone"][1:])
    assert shop.get(f"/conversations/{c['id']}")["contact"] is None
    again = shop.api("PUT", path, {"contact_id": made["id"]}).json
    assert again["contact"]["id"] == made["id"]


def test_assign(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}/assignee"
    assigned = twice(shop, "PUT", path, {"user_id": shop.user_id})
    assert assigned["assigned_to"] == {"id": shop.user_id, "name": "Zoe"}
    assert twice(shop, "PUT", path, {"user_id": None})["assigned_to"] is None


@pytest.mark.parametrize("path, body, field", [
    ("contact", {"contact_id": 999999}, "contact_id"),
    ("contact", {"contact_id": "7"}, "contact_id"),
    ("contact", {"contact_id": None}, "contact_id"),
    ("contact", {}, "contact_id"),
    ("contact", {"contact_id": 1.5}, "contact_id"),
    ("contact", {"contact_id": 1, "extra": 2}, "extra"),
    ("assignee", {"user_id": 999999}, "user_id"),
    ("assignee", {"user_id": "me"}, "user_id"),
    ("assignee", {}, "user_id"),
    ("assignee", {"user": 1}, "user"),
])
def test_a_bad_field_is_named(shop, path, body, field):
    c = shop.talk()
    p = is_problem(shop.api("PUT", f"/conversations/{c['id']}/{path}", body),
                   422, "bad-field")
    assert field in [e["field"] for e in p["errors"]]
    assert all(e["message"] for e in p["errors"])


def test_stats(node):
    office = Workspace(node, "Counted")
    zero = {"total": 0, "unread": 0, "archived": 0, "window_closed": 0,
            "unanswered": 0, "pending": 0, "snoozed": 0}
    assert office.get("/conversations/stats") == zero
    a = office.talk()
    office.talk(ts=int(time.time()) - 2 * 86400)
    office.api("POST", f"/conversations/{a['id']}/archive")
    office.api("POST", f"/conversations/{a['id']}/read")
    assert office.get("/conversations/stats") == {
        "total": 2, "unread": 1, "archived": 1, "window_closed": 1,
        "unanswered": 1, "pending": 0, "snoozed": 0}


# ----------------------------------------------------------------- messages


def test_messages_have_the_fields_of_the_contract(shop):
    c = shop.talk("hi")
    page = shop.get(f"/conversations/{c['id']}/messages")
    assert set(page) == {"data", "next_before", "next_after"}
    m, = page["data"]
    assert set(m) == MESSAGE_KEYS
    assert m["conversation_id"] == c["id"]
    assert m["content"] == {"body": "hi"}
    assert m["reactions"] == [] and m["media_url"] is None


def pages(shop, path, step, **query):
    """The bodies of all pages, from the one that QUERY asks for on."""
    seen = []
    while True:
        page = shop.get(path, limit=7, **query)
        bodies = [m["content"]["body"] for m in page["data"]]
        seen = seen + bodies if step == "before" else bodies + seen
        if page["next_" + step] is None:
            return seen
        assert len(page["data"]) == 7
        query = {step: page["next_" + step]}


def test_messages_come_newest_first_in_pages(shop):
    phone, ts = new_phone(), int(time.time()) - 1000
    # Some of them in one second: then in the order in which they came.
    shop.deliver([message(phone, "text", ts=ts + i // 3,
                          text={"body": str(i)}) for i in range(25)],
                 [contact(phone)])
    c = shop.talk("last", phone=phone)
    path = f"/conversations/{c['id']}/messages"
    all_ = ["last"] + [str(i) for i in reversed(range(25))]
    assert pages(shop, path, "before") == all_
    ids = [m["id"] for m in shop.get(path)["data"]]
    assert pages(shop, path, "after", after=ids[-1]) == all_[:-1]
    # From the middle in both directions, each once.
    for limit in (1, 2, 7):
        page = shop.get(path, around=ids[12], limit=limit)
        got = [m["id"] for m in page["data"]]
        assert ids[12 - limit // 2:][:limit] == got
        assert page["next_before"] == got[-1]
        assert page["next_after"] == got[0]
        assert [m["content"]["body"] for m in page["data"]] + \
            pages(shop, path, "before", before=got[-1]) == \
            all_[12 - limit // 2:]
        assert pages(shop, path, "after", after=got[0]) == \
            all_[:12 - limit // 2]
    newest = shop.get(path, limit=7)
    assert newest["next_after"] is None
    assert shop.get(path, after=ids[0]) == {
        "data": [], "next_before": None, "next_after": None}
    # What comes meanwhile is what comes after.
    shop.talk("news", phone=phone)
    assert pages(shop, path, "after", after=ids[0]) == ["news"]


@pytest.mark.parametrize("side", ["before", "after", "around"])
def test_a_page_begins_at_a_message_of_the_conversation(shop, side):
    a, b = shop.talk(), shop.talk()
    path = f"/conversations/{a['id']}/messages"
    other = shop.get(f"/conversations/{b['id']}/messages")["data"][0]["id"]
    for begin in (other, 999999999, "x", "-1"):
        p = is_problem(shop.api("GET", path, **{side: begin}),
                       400, "bad-parameter")
        assert p["errors"][0]["field"] == side
    one = shop.get(path)["data"][0]["id"]
    for more in {"before", "after", "around"} - {side}:
        p = is_problem(shop.api("GET", path, **{side: one, more: one}),
                       400, "bad-parameter")
        assert side in p["detail"] and more in p["detail"]


def test_media_that_is_not_stored_says_so(shop):
    phone = new_phone()
    shop.deliver([message(phone, "image", image={
        "id": "123", "mime_type": "image/jpeg", "caption": "Taj"})])
    c = shop.ids(q=phone)[0]
    m, = shop.get(f"/conversations/{c}/messages")["data"]
    assert m["media_url"] is None
    assert m["content"]["caption"] == "Taj"
    assert m["content"]["media_state"] in ("pending", "failed", "missing")


def test_reactions_stand_at_their_message(shop):
    phone, wamid, ts = new_phone(), new_wamid(), int(time.time()) - 9
    shop.deliver([message(phone, "text", wamid, ts, text={"body": "x"}),
                  message(phone, "reaction", ts=ts + 1, reaction={
                      "message_id": wamid, "emoji": "👍"})])
    c = shop.ids(q=phone)[0]

    def reactions():
        return [m["reactions"] for m in
                shop.get(f"/conversations/{c}/messages")["data"]
                if m["wamid"] == wamid][0]
    one, = reactions()
    assert one["emoji"] == "👍" and one["from"] == "customer" and one["at"]
    shop.deliver([message(phone, "reaction", ts=ts + 2, reaction={
        "message_id": wamid, "emoji": ""})])
    assert reactions() == []


# ---------------------------------------------------------------- every one


def test_no_store_and_a_request_id_in_answer_and_log(node, shop):
    for path in ("/me", "/nothing", "/conversations?bad=1"):
        answer = shop.api("GET", path)
        assert answer.headers["Cache-Control"] == "no-store"
        request = answer.headers["X-Request-Id"]
        assert request and request in node.log("actions")


@pytest.mark.parametrize("head", [
    {}, {"Authorization": "Bearer"}, {"Authorization": "Bearer "},
    {"Authorization": "Bearer wp_wrong"}, {"Authorization": "Basic eDp5"},
    {"Authorization": "Bearer " + "x" * 4000},
])
def test_no_or_a_wrong_token(node, head):
    for path in ("/api/v1/me", "/api/v1/nothing"):
        answer = node.request("GET", path, headers=head)
        is_problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_revoked_token_lets_nobody_in(node, shop):
    email = f"{new_phone()}@example.com"
    _, token = shop.member(email, "Gone")
    assert shop.api("GET", "/me", token=token).status == 200
    rows = node.cli("--json", "token", "list")
    mine = [t["id"] for t in rows if t["user"] == email]
    node.cli("token", "revoke", mine[0])
    is_problem(shop.api("GET", "/me", token=token), 401, "unauthorized")


def test_an_expired_token_lets_nobody_in(node, shop):
    email = f"{new_phone()}@example.com"
    _, token = shop.member(email, "Late")
    assert shop.api("GET", "/me", token=token).status == 200
    hash_ = hashlib.sha256(token.encode()).digest()
    node.write("UPDATE api_tokens SET expires_at = ? WHERE hash = ?",
               int(time.time()) + 60, hash_)
    assert shop.api("GET", "/me", token=token).status == 200
    node.write("UPDATE api_tokens SET expires_at = ? WHERE hash = ?",
               int(time.time()) - 1, hash_)
    is_problem(shop.api("GET", "/me", token=token), 401, "unauthorized")
    is_problem(shop.api("GET", "/changes", token=token), 401, "unauthorized")


def test_a_removed_member_is_out(node, shop):
    email = f"{new_phone()}@example.com"
    _, token = shop.member(email, "Gone")
    node.cli("member", "remove", shop.id, email)
    is_problem(shop.api("GET", "/me", token=token), 401, "unauthorized")


@pytest.mark.parametrize("method, path, allow", [
    ("DELETE", "/conversations", {"GET", "HEAD"}),
    ("HEAD", "/conversations/1/read", {"POST"}),
    ("GET", "/conversations/1/read", {"POST"}),
    ("POST", "/conversations/1", {"GET", "HEAD", "DELETE"}),
    ("POST", "/conversations/1/contact", {"PUT", "DELETE"}),
    ("PUT", "/contacts/1", {"GET", "HEAD", "PATCH", "DELETE"}),
    ("BREW", "/me", {"GET", "HEAD"}),
])
def test_a_method_that_is_not_there(shop, method, path, allow):
    answer = shop.api(method, path)
    assert answer.status == 405
    assert set(answer.headers["Allow"].split(", ")) == allow
    if method != "HEAD":
        is_problem(answer, 405, "method-not-allowed")


@pytest.mark.parametrize("path", [
    "/me", "/conversations", "/conversations/1", "/changes", "/nothing",
    "/healthz", "/metrics", "/realtime"])
def test_head_is_get_without_its_body(shop, path):
    head = shop.api("HEAD", path)
    if path == "/realtime":
        assert head.status == 200
        assert head.headers["Content-Type"] == "text/event-stream"
        return
    answer = shop.api("GET", path)
    while path == "/healthz":       # what others do may be said in between
        before, head = answer, shop.api("HEAD", path)
        answer = shop.api("GET", path)
        if answer.body == before.body:
            break
    assert (head.status, head.body) == (answer.status, b"")
    assert head.headers["Content-Type"] == answer.headers["Content-Type"]
    if path != "/metrics":
        assert head.headers["Content-Length"] == str(len(answer.body))
    assert shop.api("HEAD", path, token="wp_x").status == \
        shop.api("GET", path, token="wp_x").status


@pytest.mark.parametrize("path", [
    "/", "/nothing", "/conversations/", "/conversations/x",
    "/conversations/0", "/conversations/-1", "/conversations/01",
    "/conversations/1.0", "/conversations/%31/x", "/conversations/99999999",
    "/conversations/99999999999999999999", "/conversations//messages",
    "/conversations/99999999/messages", "/contacts/x", "/contacts/99999999",
    "/me/x", "/../v1/nothing",
])
def test_not_found(shop, path):
    is_problem(shop.api("GET", path), 404, "not-found")


@pytest.mark.parametrize("query", [
    "x=1", "limit=0", "limit=101", "limit=x", "limit=1e1", "status=open",
    "unread=yes", "assigned_to=you", "assigned_to=0", "assigned_to=-1",
    "contact=maybe", "window=ajar", "cursor=x", "cursor=%00", "q=%ff", "q=%",
    "q=" + "x" * 201, "limit=5&limit=6", "limit=5&limit=5",
    "status=active&staus=all",
    "&".join(f"tag=t{i}" for i in range(11)),
])
def test_a_bad_parameter(shop, query):
    is_problem(shop.api("GET", "/conversations?" + query), 400,
               "bad-parameter")


def test_a_tag_of_contacts_stands_once(shop):
    is_problem(shop.api("GET", "/contacts?tag=a&tag=b"), 400, "bad-parameter")


def test_a_body_that_is_not_json(shop):
    for body in ("{", "nothing", "", "[]", "7", '{"a":1}{}', b'{"\xff":1}',
                 '{"phone":"+1650"' + "[" * 100, "null"):
        is_problem(shop.api("POST", "/contacts", body), 400, "not-json")


def test_another_content_type(shop):
    body = json.dumps({"phone": "+" + new_phone(), "name": "x"})
    for type_ in ("text/plain", "application/x-www-form-urlencoded",
                  "application/jsonp"):
        is_problem(shop.api("POST", "/contacts", body,
                            headers={"Content-Type": type_}), 415,
                   "unsupported-media-type")
    assert shop.api("POST", "/contacts", body, headers={
        "Content-Type": "Application/JSON; charset=utf-8"}).status == 201


def test_a_body_over_a_mebibyte(shop):
    for size in (1024 * 1024 + 1, 7 * 1024 * 1024, 9 * 1024 * 1024):
        body = '{"name":"' + "x" * size + '"}'
        is_problem(shop.api("POST", "/contacts", body), 413, "too-large")


def test_pages_neither_repeat_nor_hide(node):
    office = Workspace(node, "Busy")
    ts = int(time.time()) - 5000
    many(office, 23, ts)
    want = office.ids(limit=100)
    assert len(want) == 23
    seen, cursor = [], None
    while True:
        more = {"cursor": cursor} if cursor else {}
        page = office.get("/conversations", limit=5, **more)
        seen += [c["id"] for c in page["data"]]
        office.talk("meanwhile")
        cursor = page["next_cursor"]
        if cursor is None:
            break
        assert len(page["data"]) == 5
    assert seen == want


def test_a_cursor_is_bound_to_its_list(node, shop):
    many(shop, 3, int(time.time()) - 60)
    cursor = shop.get("/conversations", limit=1)["next_cursor"]
    last = "B" if cursor[-1] == "A" else "A"
    for query in ({"cursor": cursor[:-1] + last}, {"cursor": cursor[1:]},
                  {"cursor": cursor + "AAAA"},
                  {"cursor": cursor, "status": "all"},
                  {"cursor": cursor, "q": "hello"}):
        is_problem(shop.api("GET", "/conversations", **query), 400,
                   "bad-parameter")
    is_problem(node.get("/conversations", cursor=cursor), 400,
               "bad-parameter")
    is_problem(shop.api("GET", "/contacts", cursor=cursor), 400,
               "bad-parameter")
    assert shop.get("/conversations", cursor=cursor, limit=2)["data"]


def test_a_locked_database_is_503_and_then_well_again(node, shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}/read"
    with node.writers_held():
        answer = shop.api("POST", path)
        is_problem(answer, 503, "busy")
        assert int(answer.headers["Retry-After"]) > 0
        assert shop.api("GET", "/conversations").status == 200
    assert shop.api("POST", path).status == 200


def test_who_waits_to_write_keeps_nobody_from_reading(node, shop):
    path = f"/conversations/{shop.talk()['id']}/read"
    with ThreadPoolExecutor(6) as members:
        with node.writers_held():
            waiting = [members.submit(shop.api, "POST", path) for _ in range(6)]
            time.sleep(0.5)
            assert shop.api("GET", "/conversations").status == 200
            assert not any(w.done() for w in waiting)
        assert [w.result().status for w in waiting] == [200] * 6


def test_me_and_members(shop):
    me = shop.get("/me")
    assert set(me) == {"user", "role", "workspace"}
    assert me["user"]["id"] == shop.user_id and me["role"] == "agent"
    (name,), = shop.node.db("SELECT name FROM workspaces WHERE id = ?", shop.id)
    assert name.startswith("Shop ")
    assert me["workspace"] == {"id": shop.id, "name": name}
    everyone = shop.get("/members")
    assert everyone["next_cursor"] is None
    zoe = [m for m in everyone["data"] if m["id"] == shop.user_id]
    assert zoe == [{**me["user"], "role": "agent"}]
