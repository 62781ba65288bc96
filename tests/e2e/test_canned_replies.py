"""Canned replies: everybody reads them, admins write them."""

import pytest

from office import Workspace


@pytest.fixture(scope="module")
def desk(node):
    desk = Workspace(node, "Canned")
    _, desk.admin = desk.member(f"admin{desk.id}@example.com", "Ada", "admin")
    return desk


def make(desk, shortcut, text="Thank you, {{contact.name}}!", **more):
    return desk.api("POST", "/canned-replies", {
        "shortcut": shortcut, "text": text}, token=desk.admin, **more)


def shortcuts(desk, **query):
    return [r["shortcut"] for r in desk.get("/canned-replies", **query)["data"]]


def test_an_admin_writes_what_everybody_reads(desk):
    first = desk.get("/changes")["last_seq"]
    made = make(desk, "Thanks")
    assert made.status == 201
    path = f"/canned-replies/{made.json['id']}"
    assert made.headers["Location"] == "/api/v1" + path
    assert desk.get(path) == made.json
    assert made.json["created_at"] == made.json["updated_at"]
    assert made.json in desk.get("/canned-replies")["data"]
    for method, where, body in (("POST", "/canned-replies", made.json),
                                ("PATCH", path, {"text": "x"}),
                                ("DELETE", path, None)):
        assert desk.api(method, where, body).status == 403
    changed = desk.api("PATCH", path, {"text": "Thanks."}, token=desk.admin)
    assert (changed.status, changed.json["shortcut"], changed.json["text"]) \
        == (200, "Thanks", "Thanks.")
    assert desk.api("PATCH", path, {}, token=desk.admin).json == changed.json
    assert desk.api("DELETE", path, token=desk.admin).status == 204
    assert desk.api("GET", path).status == 404
    assert desk.api("DELETE", path, token=desk.admin).status == 404
    assert desk.api("PATCH", path, {}, token=desk.admin).status == 404
    assert [(c["type"], c["id"]) for c in
            desk.get("/changes", after=first)["data"]] == [
        ("canned_reply.updated", made.json["id"])] * 3


def test_a_shortcut_is_there_once_whatever_its_case(desk):
    there = make(desk, "école").json
    for same in ("École", "e\u0301cole", "ÉCOLE"):
        answer = make(desk, same)
        assert (answer.status, answer.json["canned_reply_id"]) == \
            (409, there["id"])
    other = make(desk, "bye").json
    path = f"/canned-replies/{other['id']}"
    assert desk.api("PATCH", path, {"shortcut": "ECOLE\u0301"},
                    token=desk.admin).status == 200     # É at its end
    assert desk.api("PATCH", path, {"shortcut": "École"},
                    token=desk.admin).status == 409
    # its own case may change
    assert desk.api("PATCH", path, {"shortcut": "BYE"},
                    token=desk.admin).json["shortcut"] == "BYE"


def test_the_same_post_adds_it_once(desk):
    one, two = (make(desk, "once", headers={"Idempotency-Key": "once"})
                for _ in range(2))
    assert one.status == two.status == 201 and one.json == two.json


def test_they_are_found_by_the_beginning(desk):
    for s in ("q.one", "Q.two", "q.three", "qa"):
        assert make(desk, s).status == 201
    assert shortcuts(desk, shortcut="q.") == ["q.one", "q.three", "Q.two"]
    assert shortcuts(desk, shortcut="Q.T") == ["q.three", "Q.two"]
    assert shortcuts(desk, shortcut="zz") == []
    page = desk.get("/canned-replies", shortcut="q", limit=3)
    rest = desk.get("/canned-replies", shortcut="q", limit=3,
                    cursor=page["next_cursor"])
    assert [r["shortcut"] for r in page["data"] + rest["data"]] == [
        "q.one", "q.three", "Q.two", "qa"]
    assert rest["next_cursor"] is None
    assert desk.api("GET", "/canned-replies", shortcut="x" * 33).status == 400


@pytest.mark.parametrize("body, field", [
    ({"text": "x"}, "shortcut"), ({"shortcut": "w"}, "text"),
    ({"shortcut": "", "text": "x"}, "shortcut"),
    ({"shortcut": None, "text": "x"}, "shortcut"),
    ({"shortcut": "a b", "text": "x"}, "shortcut"),
    ({"shortcut": "/a", "text": "x"}, "shortcut"),
    ({"shortcut": "x" * 33, "text": "x"}, "shortcut"),
    ({"shortcut": 1, "text": "x"}, "shortcut"),
    ({"shortcut": "w", "text": "{{contact.email}}"}, "text"),
    ({"shortcut": "w", "text": " \n"}, "text"),
    ({"shortcut": "w", "text": "x" * 4097}, "text")])
def test_what_is_wrong_is_said(desk, body, field):
    answer = desk.api("POST", "/canned-replies", body, token=desk.admin)
    assert answer.status == 422
    assert [e["field"] for e in answer.json["errors"]] == [field]
    assert shortcuts(desk, shortcut="w") == []


def test_the_command_line_sets_and_deletes(desk):
    def cli(*args):
        return desk.node.cli("--json", "canned", *args, "--workspace", desk.id)

    first = cli("set", "cli", "One")
    again = cli("set", "CLI", "Two, {{member.name}}")
    assert again["id"] == first["id"]
    assert [(r["shortcut"], r["text"]) for r in cli("list", "Cl")] == [
        ("CLI", "Two, {{member.name}}")]
    assert shortcuts(desk, shortcut="cli") == ["CLI"]
    desk.node.cli("canned", "delete", "cli", "--workspace", desk.id)
    assert cli("list", "cl") == []


def test_a_workspace_has_a_thousand(node):
    desk = Workspace(node, "Full")
    _, desk.admin = desk.member(f"full{desk.id}@example.com", "Ada", "admin")
    node.write("INSERT INTO canned_replies(workspace_id, shortcut,"
               " shortcut_key, text, created_at, updated_at)"
               " WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
               f" FROM n WHERE i < 1000) SELECT {desk.id}, 's' || i, 's' || i,"
               " 'x', 1, 1 FROM n")
    assert make(desk, "more").status == 409
    desk.api("DELETE", "/canned-replies/" + str(desk.get(
        "/canned-replies", limit=1)["data"][0]["id"]), token=desk.admin)
    assert make(desk, "more").status == 201
