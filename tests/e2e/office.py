"""Workspaces, members and conversations for tests of the API."""

import itertools
import time

from rig import envelope, message, new_phone, text_message, value, contact

_serial = itertools.count(1)


class Workspace:
    """A workspace of its own on NODE, with a number and one member."""

    def __init__(self, node, name="Elsewhere"):
        self.node = node
        n = f"{next(_serial)}{int(time.time() * 1000) % 10**8:08d}"
        self.id = node.cli("--json", "workspace", "add",
                           f"{name} {n}")["id"]
        self.number = f"9{n}"
        node.cli("number", "add", self.number, "--workspace", self.id)
        # A minute later it would be asked how it is, and say so in the stream.
        later = int(time.time()) + 86400
        node.write("UPDATE numbers SET health_due_at = ?, templates_due_at = ?,"
                   " blocks_due_at = ? WHERE phone_number_id = ?",
                   later, later, later, self.number)
        self.user_id, self.token = self.member(f"zoe{n}@example.com", "Zoe")

    def member(self, email, name, role="agent"):
        """A new member: user id and token."""
        user = self.node.cli("--json", "user", "add", email, name)["id"]
        self.node.cli("member", "add", self.id, email, "--role", role)
        made = self.node.cli("--json", "token", "create", self.id, email)
        return user, made["token"]

    def api(self, method, path, body=None, **more):
        more.setdefault("token", self.token)
        return self.node.api(method, path, body, **more)

    def get(self, path, **query):
        answer = self.api("GET", path, **query)
        assert answer.status == 200, answer
        return answer.json

    def ids(self, **query):
        """Of the list of conversations with those filters, in order."""
        return [c["id"] for c in self.get("/conversations", **query)["data"]]

    def talk(self, body="hello", phone=None, ts=None, name="Sheena Nelson"):
        """A customer writes; the conversation that comes of it."""
        phone = phone or new_phone()
        answer = self.node.deliver(text_message(
            phone, body, ts=ts, name=name, number=self.number))
        assert answer.status == 200
        self.node.drained()
        found = [c for c in self.get("/conversations", status="all",
                                     limit=100)["data"]
                 if c["phone"] == "+" + phone]
        assert len(found) == 1
        return found[0]

    def deliver(self, messages, contacts=()):
        """Several messages in one delivery."""
        answer = self.node.deliver(envelope(value(
            messages, contacts=contacts, number=self.number)))
        assert answer.status == 200
        self.node.drained()


def many(workspace, n, ts, body="hello"):
    """N customers who write one message a second, in one delivery."""
    phones = [new_phone() for _ in range(n)]
    workspace.deliver(
        [message(p, "text", ts=ts + i, text={"body": f"{body} {i}"})
         for i, p in enumerate(phones)],
        [contact(p, f"Customer {i}") for i, p in enumerate(phones)])
    return phones
