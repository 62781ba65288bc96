"""One team's day: two people at their browsers, each with a stream, and a
customer.  What one does the other hears, and what is one's own nobody else."""

import csv
import io
import re
import time

import pytest

from post import newest, send
from rig import NUMBER, new_phone, text_message, wait_for
from sse import Stream
from test_openapi import OPERATIONS
from test_roles import least
from test_sign_in import Browser, invite
from test_templates import say, template

HELLO = template("hello", "Hi {{1}}!")
REOPENED = ("open", None)


class Desk(Browser):
    """A signed-in person, who hears what happens; api as a test's Workspace."""

    def __init__(self, node, who, address):
        super().__init__(node, address)
        answer = self.accept(invite(node, who))
        assert answer.status == 200, answer
        self.id = answer.json["user"]["id"]
        ticket = self.api("POST", "/realtime/tickets")
        assert ticket.status == 201, ticket
        self.stream = Stream(node, query="?ticket=" + ticket.json["ticket"])
        assert self.stream.status == 200
        wait_for(lambda: self.stream.ready)

    def api(self, method, path, body=None, headers=None, **query):
        head = {"Sec-Fetch-Site": "same-origin",
                "Cookie": f"waspool={self.cookie}", **(headers or {})}
        return self.node.api(method, path, body, token="", headers=head,
                             **query)

    def get(self, path, **query):
        answer = self.api("GET", path, **query)
        assert answer.status == 200, answer
        return answer.json

    def do(self, method, path, body=None, status=200):
        answer = self.api(method, path, body)
        assert answer.status == status, answer
        return answer.json

    def hears(self, type_, **wanted):
        """Up to an event of that type whose object has WANTED: the object."""
        def is_it(e):
            heard.append(e.type)
            o = e.json.get("object") or {}
            return e.type == type_ and wanted.items() <= o.items()
        heard = self.heard
        return self.stream.until(is_it)[-1].json["object"]


@pytest.fixture
def team(d360_node):
    """Ann, who owns the shop, and Bob, an agent."""
    node = d360_node
    people = {}
    for n, (name, role) in enumerate((("Ann", "owner"), ("Bob", "agent"))):
        who = f"{name.lower()}@shop.example"
        node.cli("user", "add", who, name)
        node.cli("member", "add", 1, who, "--role", role)
        people[name] = desk = Desk(node, who, f"203.0.113.{n + 1}")
        desk.heard = []
    yield people["Ann"], people["Bob"], node.provider
    for desk in people.values():
        desk.stream.close()


def test_a_day_of_a_team(team):
    ann, bob, d360 = team
    node, phone = ann.node, new_phone()
    support = ann.do("POST", "/teams", {"name": "Support"}, 201)
    ann.do("PUT", f"/teams/{support['id']}/members/{bob.id}")
    ann.do("POST", "/canned-replies", {
        "shortcut": "blue", "text": "Yes, {{contact.name}}, in three blues."},
        201)
    assert bob.hears("canned_reply.updated")["shortcut"] == "blue"

    # a customer writes: both hear it
    def write(body):
        node.deliver(text_message(phone, body, name="Sheena", number=NUMBER))
        for desk in (ann, bob):
            said = desk.hears("message.created", direction="inbound")
            assert said["content"]["body"] == body
        return said

    first = write("Does it come in blue?")
    c = {"id": first["conversation_id"]}
    path = f"/conversations/{c['id']}"
    assert [x["id"] for x in bob.get("/conversations",
                                     unanswered="true")["data"]] == [c["id"]]

    # it is the team's, then Bob's
    ann.do("PUT", path + "/assignee", {"team_id": support["id"]})
    bob.hears("conversation.updated", team={"id": support["id"],
                                            "name": "Support"})
    bob.do("PUT", path + "/assignee", {"user_id": bob.id})
    ann.hears("conversation.updated", assigned_to={"id": bob.id, "name": "Bob"})
    assert [x["id"] for x in bob.get(
        "/conversations", assigned_to="me")["data"]] == [c["id"]]

    # a note, which both read and the customer does not
    ann.do("POST", path + "/notes", {"text": "She is a regular."}, 201)
    assert bob.hears("activity.created", kind="note")["by"]["name"] == "Ann"

    # Bob is at it, which Ann sees, and begins to write, which she does not
    bob.do("PUT", "/presence", {"conversation_id": c["id"],
                                "state": "answering"})
    ann.stream.until(lambda e: e.type == "presence.updated"
                     and e.json["by"]["name"] == "Bob")
    assert [p["by"]["id"] for p in ann.get("/presence")["data"]] == [bob.id]
    reply = next(r for r in bob.get("/canned-replies")["data"]
                 if r["shortcut"] == "blue")
    text = reply["text"].replace("{{contact.name}}",
                                 bob.get(path)["profile_name"])
    assert text == "Yes, Sheena, in three blues."
    draft = bob.do("PUT", path + "/draft", {"text": text, "version": 0})
    assert bob.hears("draft.updated") == draft
    ann.do("GET", path + "/draft", status=404)
    assert ann.get("/drafts")["data"] == []

    # he sends it; it arrives, and his draft is gone
    d360.auto = ["sent", "delivered", "read"]
    sent = send(bob, c, {"type": "text", "text": {"body": text},
                         "draft_version": draft["version"]})
    assert d360.wait_sent(1)[0].body["text"]["body"] == text
    for desk in (ann, bob):
        desk.hears("message.updated", id=sent["id"], status="read")
    bob.do("GET", path + "/draft", status=404)
    bob.do("PUT", "/presence", {"conversation_id": c["id"], "state": "away"})
    assert ann.get("/presence")["data"] == []
    assert bob.get("/conversations", unanswered="true")["data"] == []

    # each has read for himself
    bob.do("PUT", path + "/seen", {"message_id": sent["id"]})
    assert bob.get(path + "/seen")["unread_count"] == 0
    assert ann.get(path + "/seen")["unread_count"] == 1

    # snoozed until tomorrow; the customer does not wait so long
    until = time.strftime("%Y-%m-%dT%H:%M:%SZ",
                          time.gmtime(time.time() + 86400))
    bob.do("PUT", path + "/state", {"state": "snoozed", "until": until})
    ann.hears("conversation.updated", state="snoozed", snoozed_until=until)
    write("And in green?")
    now = ann.get(path)
    assert (now["state"], now["snoozed_until"]) == REOPENED
    assert now["assigned_to"]["id"] == bob.id

    # a template, as the agent may send it; which there are, an owner asks
    d360.templates = [HELLO]
    bob.do("POST", "/templates/sync", status=403)
    ann.do("POST", "/templates/sync", status=202)
    bob.hears("template.updated", name="hello")
    hello = send(bob, c, say("hello", "Sheena"))
    ann.hears("message.updated", id=hello["id"], status="read")
    assert [m.body["type"] for m in d360.wait_sent(2)] == ["text", "template"]
    assert newest(ann, c)["sent_by"] == {"id": bob.id, "name": "Bob"}
    bob.do("PUT", path + "/state", {"state": "closed"})

    # what was done, in order, stands at the conversation
    done = [(a["kind"], a["by"] and a["by"]["name"], a["state"])
            for a in ann.get(path + "/activities")["data"]][::-1]
    assert done == [("team", "Ann", None), ("assigned", "Bob", None),
                    ("note", "Ann", None), ("state", "Bob", "snoozed"),
                    ("state", "Bob", "closed")]

    # the report
    bob.do("GET", "/reports/days", status=403)
    total = wait_for(lambda: (t := ann.get("/reports/days")["total"])
                     ["conversations_closed"] and t)
    assert {k: total[k] for k in ("received", "sent", "conversations_started",
                                  "conversations_closed", "first_answers")} \
        == {"received": 2, "sent": 2, "conversations_started": 1,
            "conversations_closed": 1, "first_answers": 2}
    by = {m["user_id"]: m for m in ann.get("/reports/members")["data"]}
    assert (by[bob.id]["sent"], ann.id in by) == (2, False)

    # what was closed today is labelled, whichever it is, and becomes a file
    label = ann.do("POST", "/labels", {"name": "=Blue"}, 201)
    bob.do("POST", "/labels", {"name": "Mine"}, status=403)
    many = bob.do("POST", "/conversations/bulk?state=closed",
                  {"add_labels": [label["id"]]})
    assert many == {"results": [{"id": c["id"], "result": "changed"}],
                    "next_cursor": None}
    ann.hears("activity.created", kind="label_added")
    rows = ann.api("GET", "/conversations/export", state="closed").body.decode()
    row, = csv.DictReader(io.StringIO(rows))
    assert (row["name"], row["assigned_to"], row["team"], row["labels"]) == \
        ("Sheena", "Bob", "Support", "'=Blue")

    # Bob leaves: nobody is assigned, and what he did is still his
    assert ann.api("DELETE", f"/members/{bob.id}").status == 204
    assert ann.hears("activity.created", kind="left")["by"] == \
        {"id": bob.id, "name": "Bob"}
    assert (ann.get(path)["assigned_to"], ann.get(path)["team"]["name"]) == \
        (None, "Support")
    assert [(a["kind"], a["by"]["name"]) for a in
            ann.get(path + "/activities")["data"]][:3] == [
        ("left", "Bob"), ("label_added", "Bob"), ("state", "Bob")]
    was = {"id": bob.id, "name": "Bob"}
    assert newest(ann, c)["sent_by"] == was
    assert ann.get(path)["last_message"]["sent_by"] == was
    listed, = ann.get("/conversations", state="closed")["data"]
    assert listed["last_message"]["sent_by"] == was
    by = {m["user_id"]: m for m in ann.get("/reports/members")["data"]}
    assert by[bob.id]["name"] == "Bob"
    bob.do("GET", path, status=401)

    # nothing of Bob's own was ever told to Ann
    assert not {"draft.updated", "seen.updated"} & set(ann.heard)


def test_an_agents_cookie_opens_nothing_that_is_an_owners(team):
    """As test_roles, which asks by token: each route, by a session."""
    ann, bob, _ = team
    more = [o for o in OPERATIONS if least(*o) != "agent"]
    assert len(more) > 30
    for method, path in more:
        filled = re.sub(r"{\w+}", "77777777", path)
        body = None if method in ("GET", "DELETE") else {"unknown": 1}
        for desk, is_one in ((bob, False), (ann, True)):
            status = desk.api(method, filled, body).status
            assert (status not in (401, 403)) == is_one, (method, path, status)
