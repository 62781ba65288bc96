"""What is each member's own: nobody else sees it, nor does their stream."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from office import Workspace
from post import TEXT
from rig import wait_for
from sse import Stream


@pytest.fixture(scope="module")
def desk(node):
    return Workspace(node, "Own")


@pytest.fixture(scope="module")
def bob(desk):
    return desk.member(f"bob{desk.id}@example.com", "Bob")[1]


@pytest.fixture
def quiet(node):
    """One in which nobody sends: a message that waits for its number's key is
    told in the stream, too.  And a colleague there."""
    quiet = Workspace(node, "Quiet")
    return quiet, quiet.member(f"bob{quiet.id}@example.com", "Bob")[1]


def draft(desk, c, text, version=0, **more):
    return desk.api("PUT", f"/conversations/{c['id']}/draft",
                    {"text": text, "version": version}, **more)


def last(desk, **more):
    return desk.get("/changes", limit=1, **more)["last_seq"]


# ----------------------------------------------------------------- drafts

def test_a_draft_is_kept_until_it_is_sent(desk):
    c = desk.talk("Does it come in blue?")
    path = f"/conversations/{c['id']}"
    assert desk.api("GET", path + "/draft").status == 404
    text = "It does.\nIn <b>three</b> blues."
    first = draft(desk, c, text)
    assert first.status == 200
    assert {k: first.json[k] for k in ("conversation_id", "text", "reply_to")} \
        == {"conversation_id": c["id"], "text": text, "reply_to": None}
    assert first.json["updated_at"]
    assert desk.get(path + "/draft") == first.json
    assert first.json in desk.get("/drafts")["data"]
    asked = desk.get(path + "/messages")["data"][0]["id"]
    answer = desk.api("PUT", path + "/draft", {
        "text": "Four.", "reply_to": asked, "version": first.json["version"]})
    assert (answer.status, answer.json["reply_to"]) == (200, asked)
    # the other tab began from the first
    late = draft(desk, c, "Two.", first.json["version"])
    assert (late.status, late.json["type"].split("/")[-1]) == (409, "draft-changed")
    assert str(answer.json["version"]) in late.json["detail"]
    # and sends what it has: the newer draft stays
    sent = desk.api("POST", path + "/messages",
                    {**TEXT, "draft_version": first.json["version"]})
    assert sent.status == 202
    assert desk.get(path + "/draft") == answer.json
    again = {"headers": {"Idempotency-Key": "once"}}
    body = {**TEXT, "draft_version": answer.json["version"]}
    sent = desk.api("POST", path + "/messages", body, **again)
    assert sent.status == 202
    assert desk.api("GET", path + "/draft").status == 404
    late = draft(desk, c, "Two.", answer.json["version"])
    assert (late.status, "sent" in late.json["detail"]) == (409, True)
    # sent twice with one key, it takes no newer draft along
    anew = draft(desk, c, "Anything else?")
    assert desk.api("POST", path + "/messages", body, **again).body == sent.body
    assert desk.get(path + "/draft") == anew.json
    assert desk.api("DELETE", path + "/draft", version=1).status == 409
    assert desk.api("DELETE", path + "/draft").status == 204
    assert desk.api("DELETE", path + "/draft").status == 204


def test_what_is_not_sent_keeps_its_draft(desk):
    c = desk.talk("Hello?", ts=1769000000)      # long ago
    path = f"/conversations/{c['id']}"
    kept = draft(desk, c, "Good morning").json
    for body in ({**TEXT, "draft_version": kept["version"]},
                 {**TEXT, "draft_version": 0}, {**TEXT, "draft_version": "1"}):
        assert desk.api("POST", path + "/messages", body).status in (409, 422)
    assert desk.get(path + "/draft") == kept


def test_a_bad_draft_is_refused(desk):
    c = desk.talk()
    path = f"/conversations/{c['id']}/draft"
    for bad in ({}, {"text": "x"}, {"version": 0}, {"text": "", "version": 0},
                {"text": "x" * 4097, "version": 0}, {"text": 1, "version": 0},
                {"text": "x", "version": -1}, {"text": "x", "version": "0"},
                {"text": "x", "version": 0, "reply_to": "1"},
                {"text": "x", "version": 0, "more": 1}):
        assert desk.api("PUT", path, bad).status == 422, bad
    assert desk.api("GET", path).status == 404
    assert draft(desk, c, "😀" * 4096).status == 200
    assert desk.api("DELETE", path, version="x").status == 400


def test_drafts_come_in_pages(desk):
    token = desk.member(f"eve{desk.id}@example.com", "Eve")[1]
    ids = sorted(desk.talk()["id"] for _ in range(3))
    for i in ids:
        assert draft(desk, {"id": i}, f"to {i}", token=token).status == 200
    page = desk.get("/drafts", limit=2, token=token)
    rest = desk.get("/drafts", limit=2, token=token, cursor=page["next_cursor"])
    assert [d["conversation_id"] for d in page["data"] + rest["data"]] == ids
    assert rest["next_cursor"] is None


def test_no_colleague_sees_a_draft(quiet, node):
    desk, bob = quiet
    c = desk.talk()
    path = f"/conversations/{c['id']}/draft"
    after = last(desk)
    with Stream(node, desk.token) as mine, Stream(node, bob) as his:
        made = draft(desk, c, "for me alone")
        assert made.status == 200
        e = mine.next()
        assert (e.type, e.json["id"], e.json["conversation_id"],
                e.json["object"]) == ("draft.updated", c["id"], c["id"],
                                      made.json)
        assert desk.api("GET", path, token=bob).status == 404
        assert desk.get("/drafts", token=bob)["data"] == []
        assert draft(desk, c, "his", token=bob).status == 200
        assert his.next().json["object"]["text"] == "his"
        assert desk.get(path) == made.json
        desk.api("DELETE", path)
        assert mine.next().json["object"] is None
        desk.api("POST", f"/conversations/{c['id']}/read")
        assert mine.next().type == his.next().type == "conversation.updated"
    # whoever comes later, and who asks for pages
    seen = {token: [(x["type"], x["seq"]) for x in desk.get(
        "/changes", after=after, token=token)["data"]]
        for token in (desk.token, bob)}
    assert [t for t, _ in seen[desk.token]] == \
        ["draft.updated", "draft.updated", "conversation.updated"]
    assert [t for t, _ in seen[bob]] == ["draft.updated", "conversation.updated"]
    with Stream(node, bob, last=after) as his:
        assert his.next().json["object"]["text"] == "his"
        assert his.next().type == "conversation.updated"


def test_a_page_ends_where_only_others_drafts_follow(quiet):
    """Who asks while there is more, and who waits, comes to an end."""
    desk, bob = quiet
    c = desk.talk()
    place = last(desk, token=bob)
    for n in range(5):
        made = draft(desk, c, f"{n}", made.json["version"] if n else 0)
        assert made.status == 200
    page = desk.get("/changes", after=place, token=bob)
    assert page == {"data": [], "last_seq": place}
    page = desk.get("/changes", after=place, wait=1, token=bob)
    assert page == {"data": [], "last_seq": place}
    assert len(desk.get("/changes", after=place, limit=3)["data"]) == 3
    desk.api("POST", f"/conversations/{c['id']}/read")
    page = desk.get("/changes", after=place, limit=1, token=bob)
    assert [x["type"] for x in page["data"]] == ["conversation.updated"]
    assert page["last_seq"] == page["data"][0]["seq"] == place + 6


def test_a_draft_is_exported_and_erased_with_the_person(desk, tmp_path):
    c = desk.talk("forget me")
    assert draft(desk, c, "about zebra43").status == 200
    desk.node.cli("contact", "export", c["phone"], "--workspace", desk.id,
                  "--output", tmp_path / "out")
    assert any("zebra43" in p.read_text(errors="replace")
               for p in (tmp_path / "out").rglob("*.json"))
    owner = desk.member(f"own{c['id']}@example.com", "Olga", "owner")[1]
    assert desk.api("DELETE", f"/conversations/{c['id']}", erase="true",
                    token=owner).status == 202
    wait_for(lambda: not desk.node.db(
        f"SELECT 1 FROM drafts WHERE conversation_id = {c['id']}"))


# ------------------------------------------------------------------- seen

def seen(desk, c, message=None, **more):
    answer = desk.api("PUT", f"/conversations/{c['id']}/seen",
                      {"message_id": message}, **more)
    assert answer.status == 200, answer
    return answer.json


def mine(desk, c, **more):
    return desk.get(f"/conversations/{c['id']}", include="mine", **more)["mine"]


def next_seen(stream):
    return stream.until(lambda e: e.type == "seen.updated")[-1].json


def test_what_i_have_seen_is_read_for_me_alone(desk, bob, node):
    c = desk.talk("one")
    desk.talk("two", phone=c["phone"][1:])
    path = f"/conversations/{c['id']}"
    newest, first = [m["id"] for m in desk.get(path + "/messages")["data"]]
    assert mine(desk, c)["unread_count"] == 2
    with Stream(node, desk.token) as s, Stream(node, bob) as other:
        assert seen(desk, c, first) == {
            "conversation_id": c["id"], "message_id": first, "unread_count": 1}
        e = next_seen(s)
        assert (e["id"], e["object"]["unread_count"]) == (c["id"], 1)
        assert seen(desk, c)["message_id"] == newest
        assert next_seen(s)["object"]["unread_count"] == 0
        seen(desk, c, first)        # a tab that is behind: nothing
        desk.api("POST", path + "/read")
        desk.api("POST", path + "/unread")
        for stream in (s, other):   # and nothing of mine before
            assert [e for e in stream.until(
                lambda e: e.type == "conversation.updated")
                if e.type == "seen.updated"] == []
    assert not desk.get(path)["is_read"]
    assert "mine" not in desk.get(path)
    assert mine(desk, c) == {"seen_message_id": newest, "unread_count": 0,
                             "draft_version": None}
    assert mine(desk, c, token=bob)["unread_count"] == 2
    assert desk.api("DELETE", path + "/seen").json["unread_count"] == 1
    kept = draft(desk, c, "and then").json["version"]
    assert mine(desk, c)["draft_version"] == kept
    for bad in ({"message_id": 0}, {"message_id": "1"}, {"message_id": 10**9},
                {"seen": 1}):
        assert desk.api("PUT", path + "/seen", bad).status == 422, bad


def test_lists_of_what_is_unread_for_me(desk):
    _, token = desk.member(f"new{desk.id}@example.com", "New")
    assert desk.ids(unread="me", token=token) == []     # what was there is seen
    assert desk.get("/conversations/seen", token=token) == \
        {"unread": 0, "more": False}
    a, b, c = (desk.talk(f"list {i}") for i in range(3))
    ids = [x["id"] for x in (c, b, a)]
    assert sorted(desk.ids(unread="me", token=token)) == sorted(ids)
    desk.api("POST", f"/conversations/{b['id']}/read")      # by somebody else
    seen(desk, a, token=token)
    left = desk.get("/conversations", unread="me", include="mine", token=token)
    assert sorted(x["id"] for x in left["data"]) == sorted(ids[:2])
    assert [x["mine"]["unread_count"] for x in left["data"]] == [1, 1]
    found, page = [], {"next_cursor": ""}
    while page["next_cursor"] is not None:
        page = desk.get("/conversations", unread="me", limit=1, token=token,
                        cursor=page["next_cursor"])
        found += [x["id"] for x in page["data"]]
    assert found == [x["id"] for x in left["data"]]
    assert desk.get("/conversations/seen", token=token)["unread"] == 2
    assert desk.ids(unread="me", assigned_to="me", token=token) == []
    assert desk.api("PUT", "/conversations/seen", token=token).json == \
        {"unread": 0, "more": False}
    assert desk.ids(unread="me", token=token) == []
    for bad in ({"unread": "you"}, {"unread": "me", "q": "hello"},
                {"include": "yours"}):
        assert desk.api("GET", "/conversations", **bad).status == 400, bad


def test_what_i_ask_for_is_not_kept_for_others(desk, bob):
    """Rows of lists are kept for a while, without what is one member's."""
    c = desk.talk("kept")
    seen(desk, c)
    for _ in range(3):
        for token, n in ((desk.token, 0), (bob, 1)):
            rows = desk.get("/conversations", include="mine", token=token)
            (row,) = (x for x in rows["data"] if x["id"] == c["id"])
            assert row.pop("mine")["unread_count"] == n
            (plain,) = (x for x in desk.get("/conversations", token=token)["data"]
                        if x["id"] == c["id"])
            assert plain == row


# --------------------------------------------------------------- presence

def be(desk, c, state="answering", **more):
    return desk.api("PUT", "/presence",
                    {"conversation_id": c["id"], "state": state}, **more)


def next_presence(stream):
    return stream.until(lambda e: e.type == "presence.updated")[-1]


def test_colleagues_hear_who_answers(quiet, node):
    desk, bob = quiet
    c = desk.talk()
    place = last(desk)
    with Stream(node, bob) as his, Stream(node, desk.token) as mine:
        said = be(desk, c)
        assert said.status == 200
        assert said.json == {
            "conversation_id": c["id"], "state": "answering", "expires_in": 10,
            "by": {"id": desk.user_id, "name": "Zoe"}}
        for stream in (his, mine):
            e = next_presence(stream)
            assert e.json == {"type": "presence.updated", **said.json}
            assert e.id == str(place) or e.id == ""   # none of its own
        assert said.json["by"] in [
            p["by"] for p in desk.get("/presence", token=bob)["data"]]
        assert be(desk, c, "viewing").json["state"] == "viewing"
        assert next_presence(his).json["state"] == "viewing"
        gone = be(desk, c, "away").json
        assert (gone["state"], gone["expires_in"]) == ("away", 0)
        assert next_presence(his).json["state"] == "away"
        assert desk.get("/presence")["data"] == []
        # it is no change: a message comes between, and nothing is written
        desk.talk("and then", phone=c["phone"][1:])
        assert "presence.updated" not in [
            x["type"] for x in desk.get("/changes", after=place)["data"]]


def test_who_has_no_stream_any_more_is_gone(quiet, node):
    desk, bob = quiet
    c = desk.talk()
    with Stream(node, bob) as his:
        with Stream(node, desk.token) as one, Stream(node, desk.token):
            assert be(desk, c).status == 200
            assert next_presence(his).json["state"] == "answering"
            assert next_presence(one).json["state"] == "answering"
        e = next_presence(his)
        assert (e.json["state"], e.json["by"]["name"]) == ("away", "Zoe")
    assert desk.get("/presence")["data"] == []


def test_nobody_elsewhere_hears_it(desk, node):
    other = Workspace(node, "Deaf")
    c, theirs = desk.talk(), other.talk()
    with Stream(node, other.token) as stream:
        assert be(desk, c).status == 200
        assert be(desk, theirs).status == be(
            desk, {"id": 10**9}).status == 422
        assert other.get("/presence")["data"] == []
        assert be(other, theirs).status == 200
        assert next_presence(stream).json["conversation_id"] == theirs["id"]
    be(desk, c, "away")


def test_bad_presence_is_refused(desk):
    c = desk.talk()
    for bad in ({}, {"conversation_id": c["id"]}, {"state": "viewing"},
                {"conversation_id": c["id"], "state": "asleep"},
                {"conversation_id": "1", "state": "viewing"},
                {"conversation_id": c["id"], "state": "away", "more": 1}):
        assert desk.api("PUT", "/presence", bad).status == 422, bad
    assert desk.api("PUT", "/presence", "{").status == 400
    assert desk.api("PUT", "/presence", {"x": "y" * 2000}).status == 413
    assert desk.api("GET", "/presence", limit=1).status == 400
    assert desk.api("POST", "/presence", {}).headers["Allow"] == \
        "GET, HEAD, PUT"
    assert desk.api("PUT", "/presence", {}, token="wp_wrong").status == 401


def test_who_says_it_too_often_is_told(desk):
    _, token = desk.member(f"loud{desk.id}@example.com", "Lou")
    c = desk.talk()
    assert be(desk, c, token=token).status == 200
    with ThreadPoolExecutor(8) as pool:
        refused = wait_for(lambda: [a for a in pool.map(
            lambda _: be(desk, c, token=token), range(60))
            if a.status == 429])
    assert refused[0].headers["Retry-After"] == "1"
    assert refused[0].json["type"].endswith("/too-many-requests")
