"""Another workspace's ids answer exactly as ids that do not exist."""

import pytest

from office import Workspace

NOWHERE = 88888888
# Of no other test, whichever has used the node before.
WORD, TAG = "Zwirbelkraut", "verzwirbelt"


@pytest.fixture(scope="module")
def two(node):
    """Zoe's workspace with one of each, and Ann's (of the node)."""
    other = Workspace(node, "Other")
    c = other.talk(f"a very {WORD} message", name=f"{WORD} Customer")
    made = other.api("POST", "/contacts", {
        "phone": c["phone"], "name": f"{WORD} Contact", "tags": [TAG],
        "email": f"{WORD}@example.org"}).json
    m = other.get(f"/conversations/{c['id']}/messages")["data"][0]
    _, boss = other.member(f"boss-{c['id']}@example.com", "Boss", "admin")
    return other, {"conversation": c["id"], "contact": made["id"],
                   "message": m["id"], "user": other.user_id,
                   "team": other.api("POST", "/teams", {"name": "Hidden"},
                                     token=boss).json["id"],
                   "label": other.api("POST", "/labels", {"name": "Hidden"},
                                      token=boss).json["id"],
                   "tag": other.get("/tags")["data"][0]["id"],
                   "phone": c["phone"], "activity": other.api(
                       "POST", f"/conversations/{c['id']}/notes",
                       {"text": "Hidden"}).json["id"],
                   "field": other.api("POST", "/contact-fields", {
                       "key": "hidden", "label": "Hidden", "type": "text"},
                       token=boss).json["id"],
                   "canned": other.api("POST", "/canned-replies", {
                       "shortcut": "hidden", "text": "Hidden"},
                       token=boss).json["id"],
                   "broadcast": other.api("POST", "/broadcasts", {
                       "name": "Hidden", "template": {
                           "name": "secret", "language": "en"}},
                       token=boss).json["id"]}


REQUESTS = [
    ("GET", "/conversations/{conversation}", None),
    ("GET", "/conversations/{conversation}/messages", None),
    ("POST", "/conversations/{conversation}/read", None),
    ("POST", "/conversations/{conversation}/unread", None),
    ("POST", "/conversations/{conversation}/archive", None),
    ("POST", "/conversations/{conversation}/unarchive", None),
    ("PUT", "/conversations/{conversation}/contact", {"contact_id": 1}),
    ("PUT", "/conversations/{conversation}/contact", {}),
    ("DELETE", "/conversations/{conversation}/contact", None),
    ("PUT", "/conversations/{conversation}/assignee", {"user_id": None}),
    ("PUT", "/conversations/{conversation}/assignee", {"user_id": "x"}),
    ("GET", "/conversations/{conversation}/activities", None),
    ("POST", "/conversations/{conversation}/notes", {"text": "x"}),
    ("GET", "/conversations/{conversation}/seen", None),
    ("PUT", "/conversations/{conversation}/seen", {}),
    ("DELETE", "/conversations/{conversation}/seen", None),
    ("GET", "/conversations/{conversation}/draft", None),
    ("PUT", "/conversations/{conversation}/draft", {"text": "x", "version": 0}),
    ("DELETE", "/conversations/{conversation}/draft", None),
    ("GET", "/activities/{activity}", None),
    ("PUT", "/conversations/{conversation}/labels/{label}", None),
    ("DELETE", "/conversations/{conversation}/labels/{label}", None),
    ("GET", "/teams/{team}", None),
    ("GET", "/labels/{label}", None),
    ("GET", "/tags/{tag}", None),
    ("PATCH", "/activities/{activity}", {"text": "x"}),
    ("DELETE", "/activities/{activity}", None),
    ("PUT", "/conversations/{conversation}/state", {"state": "closed"}),
    ("PUT", "/conversations/{conversation}/state", {"state": 1}),
    ("GET", "/broadcasts/{broadcast}", None),
    ("GET", "/canned-replies/{canned}", None),
    ("GET", "/contact-fields/{field}", None),
    ("GET", "/contacts/{contact}", None),
    ("PATCH", "/contacts/{contact}", {"name": "Mine"}),
    ("DELETE", "/contacts/{contact}", None),
    ("PUT", "/contacts/{contact}/tags/mine", None),
    ("DELETE", "/contacts/{contact}/tags/" + TAG, None),
]


@pytest.mark.parametrize("method, path, body", REQUESTS)
def test_another_workspaces_id_is_not_found(node, two, method, path, body):
    other, ids = two
    theirs = node.api(method, path.format(**ids), body)
    nobodys = node.api(method, path.format(
        conversation=NOWHERE, contact=NOWHERE, activity=NOWHERE,
        broadcast=NOWHERE, canned=NOWHERE, field=NOWHERE,
        team=NOWHERE, label=NOWHERE, tag=NOWHERE), body)
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body
    assert sorted(theirs.headers.keys()) == sorted(nobodys.headers.keys())


def test_nothing_of_it_was_changed(node, two):
    other, ids = two
    before = other.get("/conversations", status="all")
    for method, path, body in REQUESTS:
        node.api(method, path.format(**ids), body)
    assert other.get("/conversations", status="all") == before
    c = other.get(f"/contacts/{ids['contact']}")
    assert (c["name"], c["tags"]) == (f"{WORD} Contact", [TAG])


def test_lists_and_search_do_not_show_it(node, two):
    _, ids = two
    queries = [{}, {"q": WORD}, {"q": ids["phone"]}, {"q": TAG},
               {"assigned_to": ids["user"]}, {"tag": TAG},
               {"number": two[0].number}]
    for query in queries:
        answer = node.get("/conversations", status="all", limit=100, **query)
        assert answer.status == 200
        assert ids["conversation"] not in [c["id"]
                                           for c in answer.json["data"]]
        assert WORD.encode() not in answer.body
    for query in ({}, {"q": WORD}, {"q": ids["phone"]}, {"tag": TAG}):
        assert WORD.encode() not in node.get(
            "/contacts", limit=100, **query).body
    assert TAG.encode() not in node.get("/tags", limit=100).body
    members = node.get("/members").json["data"]
    assert ids["user"] not in [m["id"] for m in members]


def test_its_people_and_contacts_cannot_be_put_here(node, two):
    _, ids = two
    mine = Workspace(node, "Mine")
    path = f"/conversations/{mine.talk()['id']}"
    for what, body in (("contact", {"contact_id": ids["contact"]}),
                       ("assignee", {"user_id": ids["user"]})):
        theirs = mine.api("PUT", f"{path}/{what}", body)
        nobodys = mine.api("PUT", f"{path}/{what}",
                           {k: NOWHERE for k in body})
        assert theirs.status == nobodys.status == 422
        assert theirs.body == nobodys.body
    after = mine.get(path)
    assert after["contact"] is None and after["assigned_to"] is None


def test_the_same_phone_in_both(node, two):
    other, ids = two
    mine = Workspace(node, "Same")
    c = mine.talk(phone=ids["phone"][1:])
    assert c["contact"] is None
    made = mine.api("POST", "/contacts",
                    {"phone": ids["phone"], "name": "Mine"})
    assert made.status == 201
    assert mine.get(f"/conversations/{c['id']}")["contact"]["id"] == \
        made.json["id"]
    theirs = other.get(f"/conversations/{ids['conversation']}")["contact"]
    assert theirs["id"] == ids["contact"]


def test_idempotency_keys_are_each_members_own(node, two):
    other, _ = two
    mine = Workspace(node, "Keys")
    body = {"phone": "+442071230001", "name": "x"}
    head = {"Idempotency-Key": "shared"}
    first = other.api("POST", "/contacts", body, headers=head)
    second = mine.api("POST", "/contacts", body, headers=head)
    assert first.status == second.status == 201
    assert first.json["id"] != second.json["id"]


@pytest.mark.parametrize("side", ["before", "after", "around"])
def test_before_of_another_workspace(node, two, side):
    _, ids = two
    mine = Workspace(node, "Before")
    path = f"/conversations/{mine.talk()['id']}/messages"
    theirs = mine.api("GET", path, **{side: ids["message"]})
    assert theirs.status == 400
    assert theirs.body == mine.api("GET", path, **{side: NOWHERE}).body
