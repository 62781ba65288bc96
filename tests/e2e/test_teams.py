"""Teams and labels: what members put on conversations, and lists by them."""

import itertools
import time

import pytest

from office import Workspace, many
from rig import new_phone, text_message, wait_for

_serial = itertools.count(1)


@pytest.fixture(scope="module")
def desk(node):
    desk = Workspace(node, "Teams")
    desk.boss_id, desk.boss = desk.member(
        f"boss-{desk.id}@example.com", "Boss", "admin")
    return desk


def made(desk, kind, **fields):
    """A new team or label: its object."""
    fields.setdefault("name", f"{kind} {next(_serial)}")
    a = desk.api("POST", f"/{kind}s", fields, token=desk.boss)
    assert a.status == 201, a
    assert a.headers["Location"] == f"/api/v1/{kind}s/{a.json['id']}"
    return a.json


def label(desk, c, mark, method="PUT"):
    a = desk.api(method, f"/conversations/{c['id']}/labels/{mark['id']}")
    assert a.status == 200, a
    return a.json


def assign(desk, c, **to):
    a = desk.api("PUT", f"/conversations/{c['id']}/assignee", to)
    assert a.status == 200, a
    return a.json


def test_an_admin_makes_teams_and_puts_members_into_them(desk):
    team = made(desk, "team", name="Support")
    path = f"/teams/{team['id']}"
    assert team["members"] == []
    bob, token = desk.member(f"bob-{desk.id}@example.com", "Bob")
    for _ in range(2):
        a = desk.api("PUT", f"{path}/members/{bob}", token=desk.boss)
        assert (a.status, a.json["members"]) == (
            200, [{"id": bob, "name": "Bob"}])
    assert desk.get(path, token=token) == a.json
    assert a.json in desk.get("/teams")["data"]
    again = desk.api("POST", "/teams", {"name": "SUPPORT"}, token=desk.boss)
    assert (again.status, again.json["team_id"]) == (409, team["id"])
    renamed = desk.api("PATCH", path, {"name": " First  level "},
                       token=desk.boss)
    assert renamed.json == {**a.json, "name": "First level"}
    assert desk.api("PATCH", path, {"name": "FIRST level"},
                    token=desk.boss).status == 200
    for _ in range(2):
        a = desk.api("DELETE", f"{path}/members/{bob}", token=desk.boss)
        assert (a.status, a.json["members"]) == (200, [])
    for where in ("/teams/77777777/members/%d" % bob,
                  f"{path}/members/77777777", f"{path}/members/0"):
        assert desk.api("PUT", where, token=desk.boss).status == 404
    assert desk.api("DELETE", path, token=desk.boss).status == 204
    assert desk.api("DELETE", path, token=desk.boss).status == 404


@pytest.mark.parametrize("kind", ["team", "label"])
def test_what_is_no_name_is_refused(desk, kind):
    mark = made(desk, kind)
    for bad in ({}, {"name": ""}, {"name": " \t"}, {"name": None},
                {"name": 7}, {"name": "x" * 61}, {"name": "x", "kind": "y"}):
        assert desk.api("POST", f"/{kind}s", bad, token=desk.boss
                        ).status == 422, bad
        if bad:
            assert desk.api("PATCH", f"/{kind}s/{mark['id']}", bad,
                            token=desk.boss).status == 422, bad
    assert made(desk, kind, name="é" * 60)["name"] == "é" * 60
    # one is not the other
    other = {"team": "label", "label": "team"}[kind]
    assert desk.api("GET", f"/{other}s/{mark['id']}").status == 404
    assert desk.api("DELETE", f"/{other}s/{mark['id']}", token=desk.boss
                    ).status == 404
    assert made(desk, other, name=mark["name"])["id"] != mark["id"]


def test_a_post_that_is_repeated_makes_one(desk):
    key = {"Idempotency-Key": f"one-{desk.id}"}
    answers = [desk.api("POST", "/labels", {"name": "Once"}, token=desk.boss,
                        headers=key) for _ in range(2)]
    assert [a.status for a in answers] == [201, 201]
    assert answers[0].json == answers[1].json


def test_a_label_has_a_color(desk):
    mark = made(desk, "label", color="#2E7d32")
    assert mark["color"] == "#2e7d32"
    path = f"/labels/{mark['id']}"

    def change(**fields):
        return desk.api("PATCH", path, fields, token=desk.boss)

    assert change(name="Red").json["color"] == "#2e7d32"
    assert change(color=None).json["color"] is None
    assert change(color="#ffffff").json["name"] == "Red"
    for bad in ("red", "#fff", "#gggggg", "2e7d32", "#2e7d32 ", "", 7):
        assert change(color=bad).status == 422, bad
    assert desk.get(path)["color"] == "#ffffff"
    assert desk.api("POST", "/teams", {"name": "x", "color": "#ffffff"},
                    token=desk.boss).status == 422


def test_a_conversation_is_assigned_to_a_team_a_member_or_both(desk):
    c = desk.talk("who takes this?")
    assert (c["team"], c["labels"]) == (None, [])
    one, two = made(desk, "team"), made(desk, "team")
    path = f"/conversations/{c['id']}/assignee"
    now = assign(desk, c, team_id=one["id"])
    assert now["team"] == {"id": one["id"], "name": one["name"]}
    assert now["assigned_to"] is None
    now = assign(desk, c, user_id=desk.user_id)
    assert (now["team"]["id"], now["assigned_to"]["id"]) == (
        one["id"], desk.user_id)
    now = assign(desk, c, user_id=None, team_id=two["id"])
    assert (now["team"]["id"], now["assigned_to"]) == (two["id"], None)
    assert assign(desk, c, team_id=None)["team"] is None
    for bad in ({}, {"team_id": 77777777}, {"team_id": "x"},
                {"team_id": made(desk, "label")["id"]},
                {"team_id": one["id"], "user_id": 77777777}):
        assert desk.api("PUT", path, bad).status == 422, bad
    assert desk.get(f"/conversations/{c['id']}")["team"] is None


def test_labels_are_put_on_and_taken_off(desk):
    c = desk.talk("what is this?")
    b, a = made(desk, "label", name="Bravo"), made(
        desk, "label", name="alpha", color="#000000")
    label(desk, c, b)
    for _ in range(2):
        now = label(desk, c, a)
    assert now["labels"] == [
        {"id": a["id"], "name": "alpha", "color": "#000000"},
        {"id": b["id"], "name": "Bravo", "color": None}]
    assert now["contact"] is None
    assert now in desk.get("/conversations", label=[a["id"], b["id"]])["data"]
    for _ in range(2):
        now = label(desk, c, b, "DELETE")
    assert [x["id"] for x in now["labels"]] == [a["id"]]
    path = f"/conversations/{c['id']}/labels"
    assert desk.api("PUT", f"{path}/77777777").status == 404
    assert desk.api("PUT", f"{path}/{made(desk, 'team')['id']}").status == 404
    assert desk.api("PUT", f"/conversations/77777777/labels/{a['id']}"
                    ).status == 404
    # what it is called now is shown, without a change of the conversation
    first = desk.get("/changes")["last_seq"]
    desk.api("PATCH", f"/labels/{a['id']}", {"name": "Omega"}, token=desk.boss)
    assert desk.get(f"/conversations/{c['id']}")["labels"][0]["name"] == "Omega"
    assert [(x["type"], x["id"]) for x in desk.get(
        "/changes", after=first)["data"]] == [("label.updated", a["id"])]


def test_it_has_fifty_labels_at_most(node):
    other = Workspace(node, "Fifty")
    _, other.boss = other.member(f"fifty-{other.id}@example.com", "Boss", "admin")
    c = other.talk("so many")
    marks = [made(other, "label") for _ in range(51)]
    for m in marks[:50]:
        label(other, c, m)
    path = f"/conversations/{c['id']}/labels"
    assert other.api("PUT", f"{path}/{marks[50]['id']}").status == 409
    assert len(label(other, c, marks[0])["labels"]) == 50
    label(other, c, marks[0], "DELETE")
    assert len(label(other, c, marks[50])["labels"]) == 50


def test_activities_and_the_stream_say_so(desk):
    c = desk.talk("and who did it?")
    team, mark = made(desk, "team"), made(desk, "label")
    first = desk.get("/changes")["last_seq"]
    for _ in range(2):
        assign(desk, c, team_id=team["id"])
        label(desk, c, mark)
    label(desk, c, mark, "DELETE")
    assign(desk, c, team_id=None)
    desk.api("DELETE", f"/teams/{team['id']}", token=desk.boss)
    desk.api("DELETE", f"/labels/{mark['id']}", token=desk.boss)
    t = {"id": team["id"], "name": team["name"]}
    m = {"id": mark["id"], "name": mark["name"]}
    found = desk.get(f"/conversations/{c['id']}/activities")["data"][::-1]
    assert [(x["kind"], x["by"]["name"], x["team"], x["label"], x["text"])
            for x in found] == [
        ("team", "Zoe", t, None, None),
        ("label_added", "Zoe", None, m, None),
        ("label_removed", "Zoe", None, m, None),
        ("team", "Zoe", None, None, None)]
    changes = [(x["type"], x["id"]) for x in
               desk.get("/changes", after=first)["data"]]
    assert changes.count(("conversation.updated", c["id"])) == 4
    assert changes[-2:] == [("team.updated", team["id"]),
                            ("label.updated", mark["id"])]


def test_lists_by_team_and_label(node):
    other = Workspace(node, "Lists")
    bob, other.boss = other.member(f"lists-{other.id}@example.com", "Bob", "admin")
    many(other, 8, 1700000000)
    ids = other.ids()
    of = [{"id": i} for i in ids]
    one, two = made(other, "team"), made(other, "team")
    x, y = made(other, "label"), made(other, "label")
    other.api("PUT", f"/teams/{one['id']}/members/{bob}", token=other.boss)
    for c in of[:4]:
        assign(other, c, team_id=one["id"])
    assign(other, of[5], team_id=two["id"])
    for c in of[2:7]:
        label(other, c, x)
    label(other, of[3], y)
    label(other, of[6], y)
    assign(other, of[3], user_id=bob)
    assert other.ids(team=one["id"]) == ids[:4]
    assert other.ids(team="none") == [ids[4], *ids[6:]]
    assert other.ids(team="mine") == []
    assert other.ids(team="mine", token=other.boss) == ids[:4]
    assert other.ids(label=x["id"]) == ids[2:7]
    assert other.ids(label=[x["id"], y["id"]]) == [ids[3], ids[6]]
    assert other.ids(label=[y["id"], y["id"]]) == [ids[3], ids[6]]
    assert other.ids(label=x["id"], team=one["id"]) == ids[2:4]
    assert other.ids(label=x["id"], team="none") == [ids[4], ids[6]]
    assert other.ids(team="none", unread="true") == [ids[4], *ids[6:]]
    assert other.ids(team="none", assigned_to="none") == [ids[4], *ids[6:]]
    assert other.ids(team=one["id"], assigned_to=bob) == [ids[3]]
    assert other.ids(label=x["id"], assigned_to="none") == [
        ids[2], *ids[4:7]]
    assert other.ids(team=one["id"], unanswered="true") == ids[3::-1]
    assert other.ids(label=77777777) == other.ids(team=77777777) == []
    assert other.ids(label=x["id"], number=other.number) == ids[2:7]
    wait_for(lambda: other.ids(q="Customer", team=one["id"]) == ids[:4])
    # in pages
    page = other.get("/conversations", label=x["id"], limit=2)
    rest = other.get("/conversations", label=x["id"], limit=3,
                     cursor=page["next_cursor"])
    assert [c["id"] for c in page["data"] + rest["data"]] == ids[2:7]
    assert rest["next_cursor"] is None
    # what is closed, and what the customer opens again
    other.api("POST", f"/conversations/{ids[0]}/archive")
    other.api("PUT", f"/conversations/{ids[1]}/state", {"state": "pending"})
    assert other.ids(team=one["id"]) == ids[2:4]
    assert other.ids(team=one["id"], status="archived") == ids[:2]
    assert other.ids(team=one["id"], status="all") == ids[:4]
    assert other.ids(team=one["id"], state="pending") == [ids[1]]
    assert other.ids(team=one["id"], state="closed") == [ids[0]]
    phone = other.get(f"/conversations/{ids[0]}")["phone"][1:]
    other.talk("hello again", phone=phone)
    assert other.ids(team=one["id"]) == [ids[0], *ids[2:4]]
    for bad in ({"team": "x"}, {"team": "0"}, {"team": "-1"}, {"label": "none"},
                {"label": [str(i) for i in range(1, 12)]},
                {"team": ["1", "2"]}):
        assert other.api("GET", "/conversations", **bad).status == 400, bad


def test_what_is_deleted_leaves_its_conversations(desk):
    c = desk.talk("whose is it now?")
    team, mark = made(desk, "team"), made(desk, "label")
    assign(desk, c, team_id=team["id"], user_id=desk.user_id)
    label(desk, c, mark)
    first = desk.get("/changes")["last_seq"]
    for path in (f"/teams/{team['id']}", f"/labels/{mark['id']}"):
        assert desk.api("DELETE", path, token=desk.boss).status == 204
    now = desk.get(f"/conversations/{c['id']}")
    assert (now["team"], now["labels"]) == (None, [])
    assert now["assigned_to"]["id"] == desk.user_id
    assert desk.ids(team=team["id"]) == desk.ids(label=mark["id"]) == []
    assert [x["type"] for x in desk.get("/changes", after=first)["data"]] \
        .count("conversation.updated") == 2


def test_a_member_who_leaves_leaves_its_teams(desk):
    team = made(desk, "team")
    email = f"gone-{desk.id}@example.com"
    gone, _ = desk.member(email, "Gone")
    path = f"/teams/{team['id']}"
    desk.api("PUT", f"{path}/members/{gone}", token=desk.boss)
    c = desk.talk("is anybody there?")
    assign(desk, c, team_id=team["id"], user_id=gone)
    first = desk.get("/changes")["last_seq"]
    desk.node.cli("member", "remove", desk.id, email)
    assert desk.get(path)["members"] == []
    now = desk.get(f"/conversations/{c['id']}")
    assert (now["team"]["id"], now["assigned_to"]) == (team["id"], None)
    assert ("team.updated", team["id"]) in [
        (x["type"], x["id"]) for x in desk.get("/changes", after=first)["data"]]


def test_a_label_of_many_is_taken_off_in_steps(make_node):
    n = make_node()
    n.deliver(text_message(new_phone(), "hello"))
    n.drained()
    owner = n.cli("--json", "user", "add", "o@example.com", "O")["id"]
    n.cli("member", "add", 1, "o@example.com", "--role", "owner")
    token = n.cli("--json", "token", "create", 1, "o@example.com")["token"]
    made_ = n.api("POST", "/labels", {"name": "Old"}, token=token)
    assert made_.status == 201 and owner
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at) WITH RECURSIVE i(n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 1200)"
            " SELECT 1, 1, '+99' || n, n, 1, 1 FROM i")
    n.write("INSERT INTO conversation_marks SELECT 1, id, %d, 'label', status"
            " FROM conversations" % made_.json["id"])
    ask = {"label": made_.json["id"], "limit": 100}
    assert len(n.get("/conversations", **ask).json["data"]) == 100
    assert n.api("DELETE", f"/labels/{made_.json['id']}", token=token
                 ).status == 204
    found = n.get("/conversations", **ask).json["data"]
    assert found == []
    shown = n.get("/conversations", limit=100).json["data"]
    assert all(c["labels"] == [] for c in shown)
    wait_for(lambda: n.db("SELECT count(*) FROM conversation_marks")
             == [(0,)])
    wait_for(lambda: n.db("SELECT count(*) FROM jobs") == [(0,)])


def test_another_workspace_has_its_own(desk, node):
    team, mark = made(desk, "team"), made(desk, "label")
    other = Workspace(node, "Next door")
    _, boss = other.member(f"next-{other.id}@example.com", "Next", "admin")
    c = other.talk("hello")
    assert other.get("/teams")["data"] == other.get("/labels")["data"] == []
    path = f"/conversations/{c['id']}"
    assert other.api("PUT", path + "/assignee", {"team_id": team["id"]}
                     ).status == 422
    assert other.api("PUT", f"{path}/labels/{mark['id']}").status == 404
    for what in (f"/teams/{team['id']}", f"/labels/{mark['id']}"):
        assert other.api("GET", what).status == 404
        assert other.api("DELETE", what, token=boss).status == 404
        assert other.api("PATCH", what, {"name": "x"}, token=boss).status == 404
    assert other.api("PUT", f"/teams/{team['id']}/members/{other.user_id}",
                     token=boss).status == 404
    mine = desk.talk("hi")
    assert desk.api("PUT", f"/conversations/{c['id']}/labels/{mark['id']}"
                    ).status == 404
    assert other.api("POST", "/teams", {"name": team["name"]}, token=boss
                     ).status == 201
    assert desk.get(f"/conversations/{mine['id']}")["team"] is None


def test_the_command_line_shares_the_work(desk):
    """As the API does it, and with the same refusals."""
    c = desk.talk("from a shell")
    path = f"/conversations/{c['id']}"
    email = f"eve-{desk.id}@example.com"
    desk.member(email, "Eve")

    def cli(*words):
        return desk.node.cli("--json", *words, "--workspace", desk.id)

    def refused(*words):
        done = desk.node.run("waspool", *words, "--workspace", desk.id)
        assert done.returncode in (64, 65), done
        return done.returncode

    name = f"Shell {desk.id}"
    assert cli("team", "add", name)["members"] == []
    assert cli("team", "join", name, email)["members"] == ["Eve"]
    assert cli("team", "join", name, email.upper())["members"] == ["Eve"]
    assert cli("team", "leave", name, email)["members"] == []
    assert cli("team", "rename", name, name.upper())["name"] == name.upper()
    assert cli("label", "add", "Shell", "--color", "#ABCDEF")["color"] \
        == "#abcdef"
    assert cli("label", "set", "Shell", "--color", "")["color"] is None
    assert cli("label", "set", "shell", "--name", "She")["name"] == "She"
    assert "She" in [x["name"] for x in cli("label", "list")]
    assert name.upper() in [x["name"] for x in cli("team", "list")]
    for words in (["team", "add", name], ["team", "add", " "],
                  ["team", "add", "x" * 61], ["team", "join", "no", email],
                  ["team", "join", name, "no@example.com"],
                  ["label", "add", "x", "--color", "red"],
                  ["label", "set", "She"], ["label", "delete", "no"],
                  ["conversation", "label", c["id"], "no"],
                  ["conversation", "label", 77777777, "She"],
                  ["conversation", "assign", c["id"]],
                  ["conversation", "assign", c["id"], "--user", "x@y.z"],
                  ["conversation", "assign", c["id"], "--team", "no"],
                  ["conversation", "snooze", c["id"], "tomorrow"],
                  ["conversation", "snooze", c["id"], "2020-01-01T00:00:00Z"],
                  ["conversation", "note", c["id"], " "],
                  ["conversation", "close", 77777777]):
        refused(*words)
    id_ = c["id"]
    now = cli("conversation", "assign", id_, "--user", email, "--team", name)
    assert (now["assigned_to"], now["team"]) == ("Eve", name.upper())
    assert cli("conversation", "label", id_, "She")["labels"] == ["She"]
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                          time.gmtime(time.time() + 40 * 86400))
    now = cli("conversation", "snooze", id_, until)
    assert (now["state"], now["snoozed_until"]) == ("snoozed", until)
    for verb, state in (("pending", "pending"), ("close", "closed"),
                        ("open", "open")):
        assert cli("conversation", verb, id_)["state"] == state
    cli("conversation", "note", id_, "Written by night.")
    now = cli("conversation", "assign", id_, "--user", "none", "--team", "none")
    assert (now["assigned_to"], now["team"]) == (None, None)
    assert cli("conversation", "unlabel", id_, "She")["labels"] == []
    shown = desk.get(path)
    assert (shown["state"], shown["team"], shown["labels"]) == ("open", None, [])
    done = desk.get(path + "/activities")["data"][::-1]
    assert [(a["kind"], a["by"]) for a in done] == [
        (kind, None) for kind in (
            "assigned", "team", "label_added", "state", "state", "state",
            "state", "note", "assigned", "team", "label_removed")]
    cli("label", "delete", "She")
    cli("team", "delete", name)


def test_a_list_that_few_are_in_is_read_in_bounded_pages(make_node):
    """Of no team: that is in no index."""
    n = make_node()
    n.write("INSERT INTO marks(workspace_id, kind, name, created_at)"
            " VALUES (1, 'team', 'T', 1), (1, 'label', 'L', 1)")
    n.write("INSERT INTO conversations(workspace_id, number_id, phone,"
            " last_message_at, created_at, updated_at) WITH RECURSIVE i(n) AS"
            " (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < 21000)"
            " SELECT 1, 1, '+99' || n, n / 2 + 1, 1, 1 FROM i")
    n.write("INSERT INTO conversation_marks SELECT 1, id, 1, 'team', status"
            " FROM conversations WHERE id NOT IN (30, 20500, 10, 11)")
    n.write("INSERT INTO conversation_marks SELECT 1, id, 2, 'label', status"
            " FROM conversations WHERE id < 6000")

    def follow(**query):
        ids, pages, cursor = [], [], None
        while cursor or not pages:
            more = {"cursor": cursor} if cursor else {}
            page = n.get("/conversations", **query, **more).json
            pages.append(page["complete"])
            ids += [c["id"] for c in page["data"]]
            cursor = page["next_cursor"]
        return ids, pages

    assert follow(team="none") == (
        [20500, 30, 11, 10], [False, False, True])
    assert follow(team="none", status="all")[0] == [20500, 30, 11, 10]
    assert follow(team="none", limit=1)[0] == [20500, 30, 11, 10]
    ids, pages = follow(label=2, limit=100)
    assert ids == sorted(range(1, 6000), reverse=True)
    assert pages[0] is False and pages[-1] is True
    assert follow(label=2, team="none") == ([30, 11, 10], [False, False, True])
    n.write("UPDATE conversations SET marketing = CASE WHEN id < 20000"
            " THEN 'stopped' ELSE 'allowed' END"
            " WHERE id IN (11, 30, 700, 20600) OR id BETWEEN 14000 AND 19999")
    n.write("UPDATE conversations SET status = 'archived' WHERE id = 700")
    ids, pages = follow(marketing="stopped", limit=100)
    assert ids == [*range(19999, 13999, -1), 30, 11]
    assert False in pages and pages[-1] is True
    assert follow(marketing="allowed") == ([20600], [True])
    n.write("UPDATE conversations SET marketing = NULL"
            " WHERE id BETWEEN 14000 AND 19999")
    assert follow(marketing="stopped") == ([30, 11], [True])
    assert follow(marketing="stopped", status="all", limit=1) == (
        [700, 30, 11], [True] * 3)
    assert follow(marketing="stopped", team="none") == ([30, 11], [True])
    assert follow(marketing="stopped", label=2, status="all")[0] == [
        700, 30, 11]


def test_they_are_in_the_export_of_a_person(desk, tmp_path):
    c = desk.talk("what do you have of me?")
    assign(desk, c, team_id=made(desk, "team", name="Quagga")["id"])
    label(desk, c, made(desk, "label", name="Okapi"))
    desk.node.cli("contact", "export", c["phone"], "--workspace", desk.id,
                  "--output", tmp_path / "out")
    text = "".join(p.read_text(errors="replace")
                   for p in (tmp_path / "out").rglob("*.json"))
    assert "Quagga" in text and "Okapi" in text
