"""The audit trail: who changed members, invitations and tokens."""

import pytest

from office import Workspace
from rig import new_phone
from sse import Stream

FIELDS = ("workspace_members", "workspace_invitations", "workspace_tokens")
PASSWORD = "correct horse battery"


@pytest.fixture
def shop(node):
    shop = Workspace(node, "Audit")
    shop.owner_id, shop.owner = shop.member(
        f"owner-{new_phone()}@example.com", "Ann", role="owner")
    shop.last = max(e["id"] for e in events(shop))
    return shop


def events(shop, **query):
    answer = shop.api("GET", "/workspace-events", token=shop.owner, **query)
    assert answer.status == 200, answer
    return answer.json["data"]


def new(shop):
    """Since the last time, oldest first: field, who, what changed."""
    found = sorted((e for e in events(shop) if e["id"] > shop.last),
                   key=lambda e: e["id"])
    shop.last = max([shop.last, *(e["id"] for e in found)])
    for e in found:
        assert e["value"]["at"] == e["at"] == e["created_at"]
        assert (e["value"]["by"] == "operator") == (
            e["value"]["user_id"] is None)
    return [(e["field"], e["value"]["user_id"], e["value"]["changed"])
            for e in found]


def do(shop, method, path, body=None, status=200):
    answer = shop.api(method, path, body, token=shop.owner)
    assert answer.status == status, answer
    return answer.json if status in (200, 201) else None


def test_each_role_that_changes_is_noted(shop):
    path = f"/members/{shop.user_id}"
    for role in ("admin", "agent", "admin", "admin"):   # in one second, maybe
        do(shop, "PATCH", path, {"role": role})
    do(shop, "DELETE", path, status=204)
    assert new(shop) == [
        ("workspace_members", shop.owner_id,
         {"user_id": shop.user_id, "from": was, "to": to})
        for was, to in (("agent", "admin"), ("admin", "agent"),
                        ("agent", "admin"), ("admin", None))]


def test_who_lowers_or_removes_himself_is_noted(shop):
    do(shop, "PATCH", f"/members/{shop.user_id}", {"role": "owner"})
    new(shop)
    second = shop.token
    answer = shop.api("PATCH", f"/members/{shop.user_id}", {"role": "admin"},
                      token=second)
    assert answer.status == 200
    do(shop, "PATCH", f"/members/{shop.user_id}", {"role": "owner"})
    assert shop.api("DELETE", f"/members/{shop.user_id}",
                    token=second).status == 204
    assert [(who, c["from"], c["to"]) for _, who, c in new(shop)] == [
        (shop.user_id, "owner", "admin"), (shop.owner_id, "admin", "owner"),
        (shop.user_id, "owner", None)]


def test_what_is_refused_leaves_nothing(shop):
    do(shop, "PATCH", f"/members/{shop.owner_id}", {"role": "agent"}, 409)
    do(shop, "DELETE", f"/members/{shop.owner_id}", status=409)
    do(shop, "PATCH", "/members/9999999", {"role": "agent"}, 404)
    do(shop, "DELETE", "/tokens/9999999", status=404)
    do(shop, "POST", "/invitations", {"email": "none", "role": "agent"}, 422)
    assert shop.api("PATCH", f"/members/{shop.user_id}",
                    {"role": "owner"}).status == 403
    assert new(shop) == []


def test_tokens_are_noted_without_secret_and_name(shop):
    made = do(shop, "POST", "/tokens", {
        "name": "till", "user_id": shop.user_id}, 201)
    do(shop, "DELETE", f"/tokens/{made['id']}", status=204)
    do(shop, "DELETE", f"/tokens/{made['id']}", status=204)     # as it is
    whose = {"id": made["id"], "user_id": shop.user_id}
    assert new(shop) == [
        ("workspace_tokens", shop.owner_id,
         {**whose, "from": None, "to": "valid"}),
        ("workspace_tokens", shop.owner_id,
         {**whose, "from": "valid", "to": "revoked"})]
    assert made["token"] not in str(events(shop))
    assert "till" not in str(events(shop))


def test_invitations_are_noted_until_they_are_used(node, shop):
    who = f"new-{new_phone()}@example.com"
    invitation = {"email": who, "name": "New", "role": "admin"}
    first = do(shop, "POST", "/invitations", invitation, 201)
    do(shop, "DELETE", f"/invitations/{first['id']}", status=204)
    second = do(shop, "POST", "/invitations", invitation, 201)
    secret = second["link"].split("#invitation=")[1]
    answer = node.api("POST", "/session/invitation", {
        "invitation": secret, "password": PASSWORD}, token="",
        headers={"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 200, answer
    joined = next(m["id"] for m in do(shop, "GET", "/members")["data"]
                  if m["name"] == "New")

    def noted(by, one, was, to):
        return ("workspace_invitations", by,
                {"id": one["id"], "email": who, "from": was, "to": to})

    assert new(shop) == [
        noted(shop.owner_id, first, None, "admin"),
        noted(shop.owner_id, first, "admin", None),
        noted(shop.owner_id, second, None, "admin"),
        noted(joined, second, "admin", None),
        ("workspace_members", joined,
         {"user_id": joined, "from": None, "to": "admin"})]
    assert secret not in str(events(shop))


def test_the_operator_is_noted(node, shop):
    who = f"op-{new_phone()}@example.com"
    user = node.cli("--json", "user", "add", who, "Op")["id"]
    node.cli("member", "add", shop.id, who)
    node.cli("member", "add", shop.id, who)                     # as it is
    node.cli("member", "add", shop.id, who, "--role", "admin")
    token = node.cli("--json", "token", "create", shop.id, who)["id"]
    node.cli("token", "revoke", token)
    node.cli("token", "revoke", token)
    node.cli("member", "remove", shop.id, who)
    node.cli("member", "add", shop.id, who)
    node.cli("user", "remove", who, "--yes")
    assert [(f, by, c["from"], c["to"]) for f, by, c in new(shop)] == [
        ("workspace_members", None, None, "agent"),
        ("workspace_members", None, "agent", "admin"),
        ("workspace_tokens", None, None, "valid"),
        ("workspace_tokens", None, "valid", "revoked"),
        ("workspace_members", None, "admin", None),
        ("workspace_members", None, None, "agent"),
        ("workspace_members", None, "agent", None)]
    assert {c["user_id"] for e in events(shop)[:7]
            for c in [e["value"]["changed"]]} == {user}


def told_by(stream):
    """Id and field of the events until one is not hidden."""
    return [(e.json["id"], e.json["object"] and e.json["object"]["field"])
            for e in stream.until(lambda e: e.type == "workspace_event.created"
                                  and e.json["object"] is not None)
            if e.type == "workspace_event.created"]


def test_an_agent_does_not_see_it_and_an_admin_does(shop):
    seq = shop.get("/changes")["last_seq"]
    do(shop, "POST", "/invitations", {
        "email": "x@example.com", "name": "X", "role": "owner"}, 201)
    do(shop, "PATCH", "/workspace", {"reactions_unread": False})
    found = events(shop, limit=2)
    hidden, = [e["id"] for e in found if e["field"] in FIELDS]
    path = f"/workspace-events/{hidden}"
    assert [e["field"] for e in shop.get("/workspace-events")["data"]] == [
        "workspace_settings"]
    assert shop.api("GET", path).status == 404
    with Stream(shop.node, shop.token, last=seq) as s:      # what was
        told = told_by(s)
    assert (hidden, None) in told and told[-1][1] == "workspace_settings"
    with Stream(shop.node, shop.token) as s, \
            Stream(shop.node, shop.owner):                  # what comes
        do(shop, "POST", "/tokens", {"name": "till"}, 201)
        do(shop, "PATCH", "/workspace", {"reactions_unread": True})
        assert [field for _, field in told_by(s)] == [
            None, "workspace_settings"]
    do(shop, "PATCH", f"/members/{shop.user_id}", {"role": "admin"})
    assert shop.get(path)["value"]["changed"]["email"] == "x@example.com"
    assert {e["field"] for e in shop.get("/workspace-events")["data"]} == {
        *FIELDS, "workspace_settings"}


def test_neighbours_do_not_see_it(node, shop):
    other = Workspace(node, "Neighbour")
    node.cli("member", "add", other.id, node.cli(
        "--json", "member", "list", other.id)[0]["email"], "--role", "owner")
    ids = {e["id"] for e in other.get("/workspace-events")["data"]}
    assert ids and not ids & {e["id"] for e in events(shop)}
