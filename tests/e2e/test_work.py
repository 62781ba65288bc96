"""Conversations as work: their states, who waits for an answer, and lists of
both."""

import time

import pytest

from office import Workspace, many
from rig import new_phone, text_message, wait_for


@pytest.fixture(scope="module")
def desk(node):
    return Workspace(node, "Work")


def after(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ",
                         time.gmtime(time.time() + seconds))


def set_state(desk, c, state, **more):
    a = desk.api("PUT", f"/conversations/{c['id']}/state",
                 {"state": state, **more})
    assert a.status == 200, a
    return a.json


def test_a_conversation_is_open_set_aside_or_closed(desk):
    c = desk.talk("anybody there?")
    assert (c["state"], c["snoozed_until"]) == ("open", None)
    for state, status in (("pending", "archived"), ("closed", "archived"),
                          ("open", "active"), ("closed", "archived"),
                          ("pending", "archived")):
        for _ in range(2):
            now = set_state(desk, c, state)
            assert (now["state"], now["status"]) == (state, status)
    until = after(3600)
    now = set_state(desk, c, "snoozed", until=until)
    assert (now["state"], now["snoozed_until"]) == ("snoozed", until)
    assert desk.api("POST", f"/conversations/{c['id']}/unarchive"
                    ).json["state"] == "open"
    assert desk.api("POST", f"/conversations/{c['id']}/archive"
                    ).json["state"] == "closed"


def test_a_message_of_the_customer_opens_it_again(desk):
    c = desk.talk("one")
    for state, more in (("closed", {}), ("pending", {}),
                        ("snoozed", {"until": after(3600)})):
        set_state(desk, c, state, **more)
        now = desk.talk("and this?", phone=c["phone"][1:])
        assert (now["state"], now["snoozed_until"]) == ("open", None)


def test_all_that_were_snoozed_until_one_time_come_back(make_node):
    """Monday, nine o'clock: more than one transaction takes."""
    n = make_node()
    n.deliver(text_message(new_phone(), "hello"))
    n.drained()
    n.give_up("waspool-process")
    n.write("INSERT INTO conversations(workspace_id, number_id, phone, status,"
            " last_message_at, created_at, updated_at) WITH RECURSIVE i(n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 350)"
            " SELECT 1, 1, '+99' || n, 'archived', n, 1, 1 FROM i")
    n.write("INSERT INTO set_aside(conversation_id, workspace_id, state, at)"
            " SELECT id, 1, 'snoozed', 1 FROM conversations"
            " WHERE status = 'archived'")
    assert n.run("waspool-process", "--once").returncode == 0
    assert n.db("SELECT count(*) FROM set_aside") == [(0,)]
    assert n.db("SELECT count(*) FROM conversations WHERE status = 'active'"
                " AND is_read = 0 AND phone LIKE '+99%'") == [(350,)]


def test_what_is_snoozed_comes_back_by_itself(desk):
    c = desk.talk("later")
    desk.api("POST", f"/conversations/{c['id']}/read")
    set_state(desk, c, "snoozed", until=after(3600))
    desk.node.write("UPDATE set_aside SET at = ? WHERE conversation_id = ?",
                    int(time.time()) + 1, c["id"])
    path = f"/conversations/{c['id']}"
    wait_for(lambda: desk.get(path)["state"] == "open")
    assert not desk.get(path)["is_read"]


@pytest.mark.parametrize("body", [
    {}, {"state": "sleeping"}, {"state": None}, {"state": 7},
    {"state": "snoozed"}, {"state": "snoozed", "until": "tomorrow"},
    {"state": "snoozed", "until": "2020-01-01T00:00:00Z"},
    {"state": "snoozed", "until": "2999-01-01T00:00:00Z"},
    {"state": "snoozed", "until": 1800000000},
    {"state": "snoozed", "until": "2027-02-30T00:00:00Z"},
    {"state": "closed", "until": "2027-01-01T00:00:00Z"},
    {"state": "snoozed", "until": None},
])
def test_what_is_no_state_is_refused(desk, body):
    c = desk.talk("hello")
    a = desk.api("PUT", f"/conversations/{c['id']}/state", body)
    assert a.status == 422, a
    assert desk.get(f"/conversations/{c['id']}")["state"] == "open"


def test_who_waits_longest_is_first(desk):
    other = Workspace(desk.node, "Queue")
    now = int(time.time())
    many(other, 5, now - 5000)
    first = other.ids(unanswered="true")
    assert first == other.ids()[::-1]
    # who asks again keeps the place, who is answered leaves
    again = other.get(f"/conversations/{first[1]}")
    other.talk("hello?", phone=again["phone"][1:])
    assert other.ids(unanswered="true") == first
    sent = other.api("POST", f"/conversations/{first[0]}/messages",
                     {"type": "text", "text": {"body": "Yes"}})
    assert sent.status == 202, sent
    assert other.ids(unanswered="true") == first[1:]
    other.api("POST", f"/conversations/{first[2]}/archive")
    assert other.ids(unanswered="true") == [first[1], *first[3:]]
    # in pages, and with another filter
    page = other.get("/conversations", unanswered="true", limit=2)
    rest = other.get("/conversations", unanswered="true", limit=2,
                     cursor=page["next_cursor"])
    assert [c["id"] for c in page["data"] + rest["data"]] \
        == [first[1], *first[3:]]
    assert rest["next_cursor"] is None
    other.api("PUT", f"/conversations/{first[3]}/assignee",
              {"user_id": other.user_id})
    assert other.ids(unanswered="true", assigned_to="me") == [first[3]]
    stats = other.get("/conversations/stats")
    assert (stats["unanswered"], stats["pending"], stats["snoozed"]) \
        == (3, 0, 0)


def test_lists_by_state(desk):
    other = Workspace(desk.node, "States")
    many(other, 8, int(time.time()) - 5000)
    a, b, c, d, e, f, g, h = (other.get(f"/conversations/{i}")
                              for i in other.ids())
    set_state(other, a, "pending")
    set_state(other, b, "snoozed", until=after(7200))
    set_state(other, c, "snoozed", until=after(3600))
    set_state(other, d, "closed")
    set_state(other, e, "pending")
    assert other.ids(state="open") == [f["id"], g["id"], h["id"]]
    assert other.ids(state="open") == other.ids()
    assert other.ids(state="snoozed") == [c["id"], b["id"]]
    assert sorted(other.ids(state="pending")) == sorted([a["id"], e["id"]])
    assert other.ids(state="closed") == [d["id"]]
    assert other.ids(status="archived") == [x["id"] for x in (a, b, c, d, e)]
    assert other.ids(state="closed", unread="true") == [d["id"]]
    assert other.ids(state="pending", q="Customer") \
        == [a["id"], e["id"]] or other.ids(state="pending", q="Customer") == []
    page = other.get("/conversations", state="snoozed", limit=1)
    assert [x["id"] for x in other.get(
        "/conversations", state="snoozed", limit=1,
        cursor=page["next_cursor"])["data"]] == [b["id"]]
    stats = other.get("/conversations/stats")
    assert (stats["pending"], stats["snoozed"], stats["archived"]) == (2, 2, 5)
    for bad in ({"state": "no"}, {"state": "open", "status": "all"},
                {"unanswered": "false"}):
        assert other.api("GET", "/conversations", **bad).status == 400


def test_it_says_who_did_what(desk):
    c = desk.talk("who will it be?")
    path = f"/conversations/{c['id']}"
    bob, token = desk.member(f"bob{c['id']}@example.com", "Bob")
    desk.api("PUT", path + "/assignee", {"user_id": bob})
    desk.api("PUT", path + "/assignee", {"user_id": bob})   # changes nothing
    until = after(3600)
    desk.api("PUT", path + "/state", {"state": "snoozed", "until": until},
             token=token)
    desk.api("POST", path + "/archive", token=token)
    desk.api("POST", path + "/archive", token=token)
    desk.api("PUT", path + "/assignee", {"user_id": None})
    made = desk.api("POST", "/contacts", {"phone": c["phone"], "name": "Eve"})
    desk.api("DELETE", path + "/contact")
    desk.api("PUT", path + "/contact", {"contact_id": made.json["id"]})
    found = desk.get(path + "/activities")
    assert [(a["kind"], a["by"]["name"], a["state"], a["until"],
             a["assigned_to"] and a["assigned_to"]["name"], a["contact_id"])
            for a in reversed(found["data"])] == [
        ("assigned", "Zoe", None, None, "Bob", None),
        ("state", "Bob", "snoozed", until, None, None),
        ("state", "Bob", "closed", None, None, None),
        ("assigned", "Zoe", None, None, None, None),
        ("contact", "Zoe", None, None, None, None),
        ("contact", "Zoe", None, None, None, made.json["id"])]
    page = desk.get(path + "/activities", limit=4)
    rest = desk.get(path + "/activities", limit=4, cursor=page["next_cursor"])
    assert page["data"] + rest["data"] == found["data"]
    assert rest["next_cursor"] is None
    # none of these is a note
    a = f"/activities/{found['data'][0]['id']}"
    assert desk.get(a) == found["data"][0]
    assert desk.api("DELETE", a).status == 404
    assert desk.api("PATCH", a, {"text": "No"}).status == 404


def test_a_note_is_for_colleagues_alone(desk):
    c = desk.talk("a question")
    path = f"/conversations/{c['id']}"
    first = desk.get("/changes")["last_seq"]
    text = "Wants the <blue> one.\nCall at five."
    note = desk.api("POST", path + "/notes", {"text": text})
    assert note.status == 201
    assert note.headers["Location"] == f"/api/v1/activities/{note.json['id']}"
    assert (note.json["kind"], note.json["text"], note.json["by"]["name"],
            note.json["edited_at"]) == ("note", text, "Zoe", None)
    assert desk.get(path + "/activities")["data"] == [note.json]
    # nothing goes out, and who waits still waits
    assert len(desk.get(path + "/messages")["data"]) == 1
    assert desk.get(path)["unanswered_since"]
    assert [(x["type"], x["id"], x["conversation_id"]) for x in
            desk.get("/changes", after=first)["data"]] == [
        ("activity.created", note.json["id"], c["id"])]
    mine = f"/activities/{note.json['id']}"
    changed = desk.api("PATCH", mine, {"text": "The red one"})
    assert (changed.status, changed.json["text"]) == (200, "The red one")
    assert changed.json["edited_at"]
    for bad in ({"text": ""}, {"text": " \n"}, {"text": None}, {"text": 1},
                {}, {"text": "x" * 4097}, {"text": "x", "kind": "state"}):
        assert desk.api("POST", path + "/notes", bad).status == 422, bad
        assert desk.api("PATCH", mine, bad).status == 422, bad
    # a colleague reads it, an admin takes it away
    n = c["id"]
    _, agent = desk.member(f"agent{n}@example.com", "Al")
    _, admin = desk.member(f"admin{n}@example.com", "Ada", "admin")
    assert desk.get(mine, token=agent) == changed.json
    assert desk.api("PATCH", mine, {"text": "No"}, token=admin).status == 403
    assert desk.api("DELETE", mine, token=agent).status == 403
    assert desk.api("DELETE", mine, token=admin).status == 204
    assert desk.api("GET", mine).status == 404
    assert desk.api("DELETE", mine).status == 404


def test_notes_go_with_the_person_and_out_with_the_export(desk, tmp_path):
    c = desk.talk("forget me")
    path = f"/conversations/{c['id']}"
    note = desk.api("POST", path + "/notes", {"text": "remember zebra42"}).json
    desk.node.cli("contact", "export", c["phone"], "--workspace", desk.id,
                  "--output", tmp_path / "out")
    assert any("zebra42" in p.read_text(errors="replace")
               for p in (tmp_path / "out").rglob("*.json"))
    _, owner = desk.member(f"own{c['id']}@example.com", "Olga", "owner")
    assert desk.api("DELETE", path, erase="true", token=owner).status == 202
    wait_for(lambda: desk.api("GET", f"/activities/{note['id']}").status
             == 404)


def test_who_leaves_is_assigned_to_nothing_and_keeps_a_name(node):
    desk = Workspace(node, "Leaving")
    boss, boss_token = desk.member(f"boss{desk.id}@example.com", "Boss",
                                   "admin")
    people = {name: desk.member(f"{name}{desk.id}@example.com", name.title())
              for name in ("ann", "bob", "eve")}
    c = desk.talk()
    path = f"/conversations/{c['id']}"
    for name, (user, token) in people.items():
        assert desk.api("PUT", path + "/assignee", {"user_id": user},
                        token=boss_token).status == 200
        assert desk.api("POST", path + "/notes", {"text": name},
                        token=token).status == 201
        first = desk.get("/changes")["last_seq"]
        # by an admin, by the operator, and from everywhere
        if name == "ann":
            assert desk.api("DELETE", f"/members/{user}",
                            token=boss_token).status == 204
        elif name == "bob":
            node.cli("member", "remove", desk.id, f"bob{desk.id}@example.com")
        else:
            node.cli("user", "remove", f"eve{desk.id}@example.com", "--yes")
        assert desk.get(path)["assigned_to"] is None
        newest = desk.get(path + "/activities", limit=1)["data"][0]
        assert (newest["kind"], newest["assigned_to"]) == ("left", None)
        assert ("activity.created", newest["id"], c["id"]) in [
            (x["type"], x["id"], x["conversation_id"])
            for x in desk.get("/changes", after=first)["data"]]
    # what a user was called who is there no more, nobody knows
    ann, bob, eve = (people[name][0] for name in ("ann", "bob", "eve"))
    names = {ann: "Ann", bob: "Bob", eve: None, boss: "Boss"}

    def done():
        return [(a["kind"], a["by"], a["assigned_to"]) for a in
                desk.get(path + "/activities")["data"][::-1]]

    def person(user):
        return {"id": user, "name": names[user]}
    assert done() == [
        row for user in (ann, bob, eve) for row in (
            ("assigned", person(boss), person(user)),
            ("note", person(user), None), ("left", person(user), None))]
    # who comes back is called as they are now; a neighbour hears no name
    node.cli("member", "add", desk.id, f"bob{desk.id}@example.com")
    assert done()[4:6] == [("note", person(bob), None),
                           ("left", person(bob), None)]
    assert node.db("SELECT user_id, name FROM former_members"
                   " WHERE workspace_id = ?", desk.id) == [(ann, "Ann")]
    # what is refused leaves no trace of somebody who stays
    assert desk.api("DELETE", f"/members/{bob}").status == 403
    assert len(node.db("SELECT 1 FROM former_members WHERE workspace_id = ?",
                       desk.id)) == 1


def test_of_many_a_job_says_who_left(make_node):
    n = make_node()
    n.cli("user", "add", "zoe@example.com", "Zoe")
    n.cli("member", "add", 1, "zoe@example.com", "--role", "agent")
    (user,), = n.db("SELECT id FROM users WHERE name = 'Zoe'")
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at, assigned_to) WITH"
            " RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i"
            " WHERE n < 400) SELECT 1, 1, '+99' || n, n, 1, 1, ? FROM i", user)
    assert n.api("DELETE", f"/members/{user}").status == 204
    wait_for(lambda: n.db("SELECT count(*) FROM conversations"
                          " WHERE assigned_to IS NOT NULL") == [(0,)])
    assert n.db("SELECT count(*), count(DISTINCT conversation_id),"
                " min(user_id), max(user_id) FROM activities"
                " WHERE kind = 'left'") == [(400, 400, user, user)]
    a = n.get("/conversations/1/activities").json["data"]
    assert [(x["kind"], x["by"]["name"]) for x in a] == [("left", "Zoe")]
