"""Each route, for each role: who has less than its least role is refused."""

import re

import pytest

from office import Workspace
from rig import ROOT
from test_openapi import HEALTH, OPERATIONS, SESSION, SPEC, STREAM

ROLES = ["agent", "admin", "owner"]


def least(method, path):
    return SPEC["paths"][path][method.lower()].get("x-role", "agent")


@pytest.fixture(scope="module")
def staff(node):
    office = Workspace(node, "Roles")
    office.tokens = {role: office.member(f"{role}-{office.id}@example.com",
                                         role, role)[1] for role in ROLES}
    return office


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("method, path", [
    o for o in OPERATIONS if o not in HEALTH | SESSION and o != STREAM])
def test_a_role_may_what_its_route_says(staff, method, path, role):
    """Nothing is there and no body is right, so that nothing is done: a role
    is judged before that is looked at."""
    filled = path.replace("{id}", "77777777").replace("{name}", "x").replace(
        "{user_id}", "77777777").replace("{label_id}", "77777777")
    body = None if method in ("GET", "DELETE") else {"unknown": 1}
    answer = staff.api(method, filled, body, token=staff.tokens[role])
    if ROLES.index(role) < ROLES.index(least(method, path)):
        assert answer.status == 403
        assert answer.json["type"].endswith("/forbidden")
    else:
        assert answer.status not in (401, 403)


def test_a_changed_role_counts_at_once(staff):
    _, token = staff.member(f"up-{staff.id}@example.com", "Up")

    def ask():
        return staff.api("GET", "/erasures/77777777", token=token).status

    assert ask() == 403
    staff.node.cli("member", "add", staff.id, f"up-{staff.id}@example.com",
                   "--role", "owner")
    assert ask() == 404
    staff.node.cli("member", "add", staff.id, f"up-{staff.id}@example.com",
                   "--role", "admin")
    assert ask() == 403


def test_security_shows_who_may_what():
    """The table of SECURITY.md is that of the routes."""
    text = (ROOT / "SECURITY.md").read_text()
    for role in ROLES[1:]:
        row = re.search(rf"^\| {role} \|.*$", text, re.M)[0]
        assert set(re.findall(r"`([A-Z]+) (/[^`]*)`", row)) == {
            o for o in OPERATIONS if least(*o) == role}
