"""Many conversations at once: how many stand where, and what is done with
them."""

import time

import pytest

from office import Workspace, many

FIRST = ["open", "mine", "unassigned", "unread", "unanswered", "pending",
         "snoozed", "closed"]


@pytest.fixture
def desk(node):
    desk = Workspace(node, "Bulk")
    desk.boss_id, desk.boss = desk.member(
        f"boss-{desk.id}@example.com", "Boss", "admin")
    many(desk, 8, int(time.time()) - 5000)
    desk.all = desk.ids()
    return desk


def counts(desk, **more):
    found = desk.api("GET", "/conversations/counts", **more).json
    assert not any(found[key]["more"] for key in FIRST)
    return [found[key]["count"] for key in FIRST], found


def bulk(desk, ids, **what):
    a = desk.api("POST", "/conversations/bulk", {"ids": ids, **what})
    assert a.status == 200, a
    assert [r["id"] for r in a.json["results"]] == ids
    return [r["result"] for r in a.json["results"]]


def made(desk, kind, name):
    return desk.api("POST", f"/{kind}s", {"name": name}, token=desk.boss).json


def test_each_list_of_a_sidebar_has_its_count(desk):
    assert counts(desk)[0] == [8, 0, 8, 8, 8, 0, 0, 0]
    a, b, c, d, e, f, *_ = desk.all
    team, label = made(desk, "team", "Support"), made(desk, "label", "VIP")
    empty = made(desk, "label", "Nobody's")
    bulk(desk, [a, b, c], team_id=team["id"], user_id=desk.user_id)
    bulk(desk, [c, d, e], add_labels=[label["id"]], read=True)
    bulk(desk, [e], state="closed")
    bulk(desk, [f], state="pending")
    bulk(desk, [desk.all[6]], state="snoozed", until=time.strftime(
        "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600)))
    n, found = counts(desk)
    assert n == [5, 3, 2, 3, 7, 1, 1, 1]
    assert found["teams"] == [
        {"id": team["id"], "name": "Support", "count": 3, "more": False}]
    assert found["labels"] == [
        {"id": empty["id"], "name": "Nobody's", "color": None, "count": 0,
         "more": False},
        {"id": label["id"], "name": "VIP", "color": None, "count": 2,
         "more": False}]
    assert counts(desk, token=desk.boss)[0][1] == 0
    # they are those of the lists
    for key, query in (("mine", {"assigned_to": "me"}),
                       ("unassigned", {"assigned_to": "none"}),
                       ("unread", {"unread": "true"}), ("open", {}),
                       ("unanswered", {"unanswered": "true", "status": "all"}),
                       ("closed", {"state": "closed"})):
        assert found[key]["count"] == len(desk.ids(**query)), key


def test_a_count_ends_at_a_thousand(make_node):
    n = make_node()
    n.write("INSERT INTO marks(workspace_id, kind, name, created_at)"
            " VALUES (1, 'label', 'Many', 1)")
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " status, last_message_at, created_at, updated_at) WITH RECURSIVE"
            " i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 3001)"
            " SELECT 1, 1, '+99' || n, CASE n % 3 WHEN 0 THEN 'archived'"
            " ELSE 'active' END, n, 1, 1 FROM i")
    n.write("INSERT INTO conversation_marks SELECT 1, id, 1, 'label', status"
            " FROM conversations WHERE id % 2 = 1")
    found = n.get("/conversations/counts").json
    assert found["open"] == {"count": 1000, "more": True}
    assert found["closed"] == {"count": 1000, "more": False}
    assert found["labels"][0]["count"] == 1000
    assert found["labels"][0]["more"]


def test_many_are_changed_at_once(desk):
    team, label = made(desk, "team", "T"), made(desk, "label", "L")
    ids = [*desk.all[:5], 77777777]
    first = desk.get("/changes")["last_seq"]
    what = {"state": "closed", "team_id": team["id"],
            "user_id": desk.boss_id, "add_labels": [label["id"]],
            "read": True}
    assert bulk(desk, ids, **what) == ["changed"] * 5 + ["not_found"]
    changed = {x["id"] for x in desk.get("/changes", after=first)["data"]
               if x["type"] == "conversation.updated"}
    assert changed == set(ids[:5])
    for i in ids[:5]:
        c = desk.get(f"/conversations/{i}")
        assert (c["state"], c["team"]["name"], c["assigned_to"]["id"],
                [x["name"] for x in c["labels"]], c["is_read"]) == (
            "closed", "T", desk.boss_id, ["L"], True)
        kinds = [a["kind"] for a in
                 desk.get(f"/conversations/{i}/activities")["data"]]
        assert sorted(kinds) == ["assigned", "label_added", "state", "team"]
    # again: nothing changes
    first = desk.get("/changes")["last_seq"]
    assert bulk(desk, ids, **what) == ["unchanged"] * 5 + ["not_found"]
    assert desk.get("/changes")["last_seq"] == first
    assert bulk(desk, ids[:1], team_id=None, user_id=None, read=False,
                remove_labels=[label["id"]], state="open") == ["changed"]
    c = desk.get(f"/conversations/{ids[0]}")
    assert (c["state"], c["team"], c["assigned_to"], c["labels"],
            c["is_read"]) == ("open", None, None, [], False)
    assert desk.get(f"/conversations/{desk.all[6]}")["state"] == "open"
    # an id that stands twice is one
    a = desk.api("POST", "/conversations/bulk",
                 {"ids": [ids[0]] * 3, "state": "closed"})
    assert a.json["results"] == [{"id": ids[0], "result": "changed"}]


def test_what_is_wrong_changes_nothing(desk):
    label = made(desk, "label", "Right")
    team = made(desk, "team", "Team")
    ids = desk.all[:2]
    first = desk.get("/changes")["last_seq"]
    for bad in ({}, {"ids": ids}, {"state": "closed"},
                {"ids": [], "state": "closed"},
                {"ids": ["1"], "state": "closed"},
                {"ids": [0], "state": "closed"},
                {"ids": [1.5], "state": "closed"},
                {"ids": 1, "state": "closed"},
                {"ids": list(range(1, 502)), "state": "closed"},
                {"ids": ids, "state": "gone"},
                {"ids": ids, "state": "snoozed"},
                {"ids": ids, "until": "2030-01-01T00:00:00Z"},
                {"ids": ids, "user_id": 77777777},
                {"ids": ids, "team_id": label["id"]},
                {"ids": ids, "add_labels": [label["id"], 77777777]},
                {"ids": ids, "add_labels": [team["id"]]},
                {"ids": ids, "remove_labels": []},
                {"ids": ids, "read": "yes"}, {"ids": ids, "read": None},
                {"ids": ids, "state": "closed", "all": True}):
        a = desk.api("POST", "/conversations/bulk", bad)
        assert a.status == 422, bad
    assert desk.get("/changes")["last_seq"] == first


def by_filter(desk, query, **what):
    a = desk.api("POST", "/conversations/bulk", what, **query)
    assert a.status == 200, a
    return ([r["id"] for r in a.json["results"]],
            {r["result"] for r in a.json["results"]}, a.json["next_cursor"])


def test_those_that_filters_ask_for_are_changed(desk):
    label = made(desk, "label", "Old")
    bulk(desk, desk.all[:5], add_labels=[label["id"]], user_id=desk.boss_id)
    query = {"label": label["id"], "assigned_to": desk.boss_id}
    wanted = desk.ids(**query)
    assert sorted(wanted) == sorted(desk.all[:5])
    # in the order of the list; those that leave it are not in the way
    ids, results, cursor = by_filter(
        desk, {**query, "limit": 2}, state="closed")
    assert (ids, results) == (wanted[:2], {"changed"})
    assert desk.ids(**query) == wanted[2:]
    ids, results, cursor = by_filter(
        desk, {**query, "limit": 2, "cursor": cursor}, state="closed")
    assert (ids, results) == (wanted[2:4], {"changed"})
    ids, results, cursor = by_filter(
        desk, {**query, "limit": 2, "cursor": cursor}, state="closed")
    assert (ids, results, cursor) == (wanted[4:], {"changed"}, None)
    # those that stay in it are passed, too, and again nothing changes
    query = {"status": "all", "limit": 5}
    seen = []
    for want in ({"changed"}, {"unchanged", "changed"}):
        cursor = None
        while True:
            ids, results, cursor = by_filter(
                desk, {**query, **({"cursor": cursor} if cursor else {})},
                read=True)
            seen += ids
            assert results <= want
            if cursor is None:
                break
        assert sorted(seen) == sorted(desk.all)
        seen, want = [], {"unchanged"}
    # each list of the sidebar; what nobody has is nothing
    assert by_filter(desk, {"unread": "me"}, read=True)[2] is None
    for query in ({"unanswered": "true"}, {"team": "mine"},
                  {"tag": "nobody's"}, {"number": "0"}):
        ids, _, cursor = by_filter(desk, query, user_id=desk.user_id)
        assert cursor is None
        assert all(desk.get(f"/conversations/{i}")["assigned_to"]["id"]
                   == desk.user_id for i in ids)


def test_a_filter_that_is_wrong_changes_nothing(desk):
    first = desk.get("/changes")["last_seq"]
    ids = desk.all[:2]
    for query, body, status in (
            ({}, {"state": "closed"}, 422),
            ({"limit": 10}, {"state": "closed"}, 422),
            ({"label": ""}, {"state": "closed"}, 422),
            ({"state": "open"}, {"state": "closed", "ids": ids}, 422),
            ({"limit": 1}, {"state": "closed", "ids": ids}, 422),
            ({"cursor": "x"}, {"state": "closed", "ids": ids}, 422),
            ({"state": "open"}, {}, 422),
            ({"state": "open"}, {"state": "shut"}, 422),
            ({"state": "open"}, {"add_labels": [77777777]}, 422),
            ({"state": "ajar"}, {"state": "closed"}, 400),
            ({"q": "hello"}, {"state": "closed"}, 400),
            ({"include": "mine"}, {"state": "closed"}, 400),
            ({"state": "open", "limit": 501}, {"state": "closed"}, 400),
            ({"state": "open", "limit": 0}, {"state": "closed"}, 400),
            ({"state": "open", "cursor": "x"}, {"state": "closed"}, 400)):
        a = desk.api("POST", "/conversations/bulk", body, **query)
        assert a.status == status, (query, body, a)
    _, _, cursor = by_filter(desk, {"state": "open", "limit": 1}, read=False)
    assert cursor
    # a cursor belongs to its filters
    assert desk.api("POST", "/conversations/bulk", {"state": "closed"},
                    status="all", cursor=cursor).status == 400
    # and a neighbour's are not there
    other = Workspace(desk.node, "Other")
    assert by_filter(other, {"status": "all"}, state="closed")[0] == []
    assert desk.get("/changes")["last_seq"] == first
    assert {c["state"] for c in desk.get("/conversations")["data"]} == {"open"}


def test_five_hundred_are_done_in_steps(make_node):
    """More rows than one transaction may write."""
    n = make_node()
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at, is_read) WITH RECURSIVE"
            " i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 500)"
            " SELECT 1, 1, '+99' || n, n, 1, 1, 0 FROM i")
    n.write("INSERT INTO marks(workspace_id, kind, name, created_at) WITH"
            " RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i"
            " WHERE n < 10) SELECT 1, 'label', n, 1 FROM i")
    ids = list(range(1, 501))
    a = n.api("POST", "/conversations/bulk", {
        "ids": ids, "state": "closed", "add_labels": list(range(1, 11)),
        "read": True})
    assert a.status == 200, a
    assert [r["result"] for r in a.json["results"]] == ["changed"] * 500
    assert n.db("SELECT count(*) FROM conversation_marks"
                " WHERE status = 'archived'") == [(5000,)]
    assert n.db("SELECT count(*) FROM activities") == [(5500,)]
    log = (n.dir / "log/actions.log").read_text()
    assert "others waited" not in log, log
    # by a filter, more than fit at once
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at, is_read) WITH RECURSIVE"
            " i(n) AS (SELECT 501 UNION ALL SELECT n + 1 FROM i WHERE n < 700)"
            " SELECT 1, 1, '+99' || n, n, 1, 1, 1 FROM i")
    left, cursor = [500, 200], {}
    while left:
        a = n.api("POST", "/conversations/bulk", {"state": "pending"},
                  status="all", **cursor)
        assert len(a.json["results"]) == left.pop(0)
        cursor = {"cursor": a.json["next_cursor"]}
    assert cursor == {"cursor": None}
    assert n.db("SELECT count(*) FROM set_aside") == [(700,)]


def test_too_many_labels_change_nothing_of_that_conversation(desk):
    node = desk.node
    node.write("INSERT INTO marks(workspace_id, kind, name, created_at) WITH"
               " RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i"
               f" WHERE n < 51) SELECT {desk.id}, 'label', n, 1 FROM i")
    marks = [i for i, in node.db("SELECT id FROM marks WHERE workspace_id ="
                                 f" {desk.id} ORDER BY id")]
    full, other = desk.all[:2]
    for at in range(0, 50, 10):
        bulk(desk, [full], add_labels=marks[at:at + 10])
    assert bulk(desk, [full, other], add_labels=marks[49:51],
                state="closed") == ["too_many_labels", "changed"]
    assert desk.get(f"/conversations/{full}")["state"] == "open"
    assert bulk(desk, [full], add_labels=[marks[50]],
                remove_labels=[marks[0]]) == ["changed"]
