"""Requests to everything that docs/openapi.yaml has, as one workspace makes
them: right ones, the same with another's ids, and random ones."""

import secrets
import time
import urllib.parse

import yaml

from office import Workspace
from rig import ROOT, contact, envelope, message, new_phone, value, wait_for
from sse import Stream
from test_webhooks_out import Receiver

SPEC = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
METHODS = ["get", "post", "put", "patch", "delete"]
FOLLOW = "followChanges"        # goes on without end: Party.stream
OPERATIONS = [(m.upper(), path, item[m]) for path, item in
              SPEC["paths"].items() for m in METHODS if m in item
              and item[m].get("tags") != ["session"]    # of no workspace
              and item[m]["operationId"] != FOLLOW]
PICTURE = b"\x89PNG\r\n\x1a\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
OF_A_GROUP = ["changeGroup", "removeFromGroup", "endGroup", "setGroupPicture",
              "resetInviteLink", "syncJoinRequests", "approveJoinRequests",
              "rejectJoinRequests"]     # one at a time of each
HEADERS = {"Idempotency-Key", "Last-Event-ID", "Range", "If-None-Match",
           "If-Range"}
# What the rows of an answer are, where the path's first word does not say it.
KINDS = {"/conversations/{id}/messages": "messages",
         "/conversations/{id}/activities": None,   # but notes
         "/conversations/{id}/notes": "activities",
         "/conversations/{id}/participants": None,
         "/groups/{id}/join-requests": None,
         "/webhook-endpoints/{id}/deliveries": "webhook-deliveries",
         "/webhook-endpoints/{id}/test": "webhook-deliveries",
         "/search": None, "/changes": None, "/me": None}
HELLO = {"name": "hello", "language": "en", "category": "UTILITY",
         "status": "APPROVED", "id": "1001", "rejected_reason": "NONE",
         "components": [{"type": "BODY", "text": "Hi {{1}}!",
                         "example": {"body_text": [["Ann"]]}}]}


def resolved(parameter):
    if "$ref" in parameter:
        name = parameter["$ref"].rsplit("/", 1)[1]
        parameter = SPEC["components"]["parameters"][name]
    return parameter


def parameters(spec):
    """In the query: name, and whether it must be there."""
    found = [resolved(p) for p in spec.get("parameters", [])]
    return {p["name"]: p.get("required", False) for p in found
            if p["in"] == "query" and p["name"] not in HEADERS}


class Party:
    """A workspace, what it knows of itself, and what may be guessed of it."""

    def __init__(self, node, mark, luck):
        self.node, self.mark, self.luck = node, mark, luck
        self.office = Workspace(node, f"{mark} Ltd")
        self.office.user_id, self.office.token = self.office.member(
            f"{mark}@example.com", f"{mark} Ann", "owner")
        self.key = node.provider.add_number(self.office.number)
        node.write_key(self.office.number, self.key)
        self.phones = [new_phone() for _ in range(8)]
        self.ids = {"members": {self.office.user_id}}
        self.right = {}     # the id with which an operation goes well
        self.cursors, self.tags = [], ["vip", f"tag{id(self)}"]
        self.wamids = []
        self.statuses, self.seen = {}, 0
        self.receiver = Receiver()      # of webhooks
        self.stream = Stream(node, self.office.token)
        self.events = []

    def close(self):
        self.receiver.close()
        self.stream.close()

    def say(self, n=3):
        """Customers write, some with a picture."""
        phones = self.luck.sample(self.phones, n)
        media = self.node.provider.add_media(
            PICTURE + self.mark.encode(), "image/png")
        messages = [message(p, "text", text={"body": f"{self.mark} says {i}"})
                    for i, p in enumerate(phones[1:])]
        messages.append(message(phones[0], "image", image={
            **media.field(), "caption": f"{self.mark} caption"}))
        self.wamids += [m["id"] for m in messages]
        answer = self.node.deliver(envelope(value(
            messages, contacts=[contact(p, f"{self.mark} {p}")
                                for p in phones],
            number=self.office.number)))
        assert answer.status == 200, answer

    def learn(self, method, path, answer):
        """Ids and cursors, for both to ask with."""
        try:
            body = answer.json
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        if body.get("next_cursor"):
            self.cursors.append(body["next_cursor"])
        kind = KINDS.get(path, path.split("/")[1])
        if (method, path) == ("DELETE", "/conversations/{id}"):
            kind = "erasures"
        rows = body.get("data") if isinstance(body.get("data"), list) \
            else [body]
        for row in rows:
            if kind and isinstance(row, dict) and "id" in row and (
                    # not the one with which it asks
                    kind != "tokens" or row.get("name") == self.mark):
                self.ids.setdefault(kind, set()).add(row["id"])

    # ------------------------------------------- what each operation needs

    def api(self, method, path, body=None, good=(200, 201, 202), **query):
        answer = self.office.api(method, path, body, **query)
        assert answer.status in good, (method, path, answer)
        self.learn(method, path, answer)
        return answer.json

    def becomes(self, path, **fields):
        return wait_for(lambda: fields.items() <= self.api(
            "GET", path).items())

    def prepare(self):
        """One of each thing, in the state in which it can be asked for."""
        for _ in range(3):
            self.say()
        self.node.deliver(envelope(
            value(number=self.office.number, event="FLAGGED", of=self.mark),
            field="phone_number_quality_update"))
        self.node.drained()
        for path in ("/conversations", "/workspace-events", "/numbers"):
            self.api("GET", path, limit=2)
        self.prepare_people()
        self.prepare_messages()
        self.prepare_broadcasts()
        self.prepare_groups()

    def prepare_people(self):
        spare, _ = self.office.member(f"{self.mark}2@example.com",
                                      f"{self.mark} Bob")
        self.ids["members"].add(spare)
        self.node.write(
            "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
            " created_at, kind, expires_at, address) VALUES (?, ?, ?, '', 1,"
            " 'session', 9999999999, '127.0.0.1')",
            self.office.id, self.office.user_id, secrets.token_bytes(32))
        self.api("GET", "/sessions")
        self.right["twin"] = self.api("POST", "/contacts", {
            "name": f"{self.mark} twin",
            "user_id": "PT." + new_phone(),
            "tags": [f"{self.mark} tag"]})["id"]
        self.api("GET", "/tags")

    def prepare_messages(self):
        with_picture = next(
            c for c in self.api("GET", "/conversations", limit=100)["data"]
            if c["last_message"]["type"] == "image")
        c = self.right["conversations"] = with_picture["id"]
        self.right["phone"] = with_picture["phone"]
        m = self.api("GET", f"/conversations/{c}/messages", limit=1)["data"][0]
        self.right["getMessageMedia"] = m["id"]
        self.right["getMessageMediaAddress"] = m["id"]
        wait_for(lambda: self.office.api(
            "GET", f"/messages/{m['id']}/media").status == 200)
        self.node.provider.fail(1, 400, 131026, key=self.key)
        failed = self.api("POST", f"/conversations/{c}/messages", {
            "type": "text", "text": {"body": f"{self.mark} fails"}})["id"]
        self.becomes(f"/messages/{failed}", status="failed")
        self.right["retryMessage"] = failed

    def prepare_broadcasts(self):
        self.api("POST", "/templates/sync")
        wait_for(lambda: self.api("GET", "/templates")["data"])
        self.right["addBroadcastRecipients"] = self.api(
            "POST", "/broadcasts", self.broadcast("later"))["id"]

    def broadcast(self, name):
        return {"name": f"{self.mark} {name}", "per_minute": 1,
                "phone_number_id": self.office.number,
                "to": ["+" + p for p in self.phones],
                "template": {"name": "hello", "language": "en", "components": [
                    {"type": "body", "parameters": [
                        {"type": "text", "text": self.mark}]}]}}

    def prepare_groups(self):
        for operation in OF_A_GROUP:
            self.right[operation] = self.api("POST", "/groups", {
                "subject": f"{self.mark} {operation}",
                "join_approval_mode": "approval_required"})["id"]
        for operation in OF_A_GROUP:
            id_ = self.right[operation]
            self.becomes(f"/groups/{id_}", state="there", asked=None)
            if "Requests" in operation:
                group = self.api("GET", f"/groups/{id_}")["group_id"]
                self.right[operation + ".asks"] = self.node.provider.asks(
                    group, new_phone(), self.key)
                wait_for(lambda: self.office.get(
                    f"/groups/{id_}/join-requests")["data"])


class Guesser:
    """Random requests of MINE, with what is known of THEIRS."""

    def __init__(self, mine, theirs, luck):
        self.mine, self.theirs, self.luck = mine, theirs, luck

    def whose(self):
        return self.luck.choice([self.mine, self.theirs, self.theirs])

    def pick(self, values):
        """One of them; the first is right."""
        return self.luck.choice(values)

    def number(self):
        """To make something that is not there yet."""
        return self.luck.randint(0, 50)

    def id(self, kind, operation=None):
        known = self.whose().ids.get(kind) or self.mine.ids.get(kind)
        if not known or self.luck.random() < 0.1:
            return self.luck.randint(1, 400)
        return self.luck.choice(sorted(known))

    def parameters(self, spec):
        return [n for n in parameters(spec) if self.luck.random() < 0.5] + \
            ["workspace_id"] * (self.luck.random() < 0.05)

    def phone(self):
        return "+" + self.luck.choice(self.whose().phones)

    def tag(self):
        return self.pick(self.whose().tags)

    def words(self):
        """To be kept: with the mark of who keeps it."""
        return f"{self.mine.mark} {self.number()}"

    def email(self):
        return f"{self.mine.mark}{self.number()}@example.org"

    def q(self):
        other = self.theirs
        return self.luck.choice([
            other.mark, other.mark[:5], other.mark + " says", "vip", "says",
            self.phone(), self.phone()[3:9], "caption", self.tag(),
            f"{other.mark}@example.com", "ltd", "ann"])

    def parameter(self, name):
        luck = self.luck
        return {
            "q": self.q, "tag": self.tag,
            "limit": lambda: luck.choice([1, 2, 50, 100]),
            "cursor": lambda: luck.choice(
                (self.whose().cursors or ["x"])[-20:]),
            "before": lambda: self.id("messages"),
            "around": lambda: self.id("messages"),
            "assigned_to": lambda: luck.choice(
                ["me", "none", self.id("members")]),
            "team": lambda: luck.choice(["none", self.id("teams")]),
            "label": lambda: self.id("labels"),
            "number": lambda: self.whose().office.number,
            "after": lambda: luck.randint(0, 200), "wait": lambda: 0,
            "status": lambda: luck.choice(["all", "archived", "active"]),
            "state": lambda: luck.choice(["open", "closed", "waiting"]),
            "unread": lambda: luck.choice(["true", "false"]),
            "unanswered": lambda: luck.choice(["true", "false"]),
            "contact": lambda: luck.choice(["linked", "unlinked"]),
            "window": lambda: luck.choice(["open", "closed"]),
            "languages": lambda: luck.choice(["all", "one"]),
            "erase": lambda: self.pick(["true", "false"]),
            "from": lambda: time.strftime("%Y-%m-01", time.gmtime()),
            "format": lambda: luck.choice(["json", "csv"]),
            "ticket": lambda: "x",
            "workspace_id": lambda: self.theirs.office.id,
        }.get(name, lambda: luck.randint(0, 9))()

    # ----------------------------------------------------------- bodies

    def sent(self):
        return self.pick([
            {"type": "text", "text": {"body": self.words()}},
            {"type": "text", "text": {"body": self.words()},
             "reply_to": self.id("messages")},
            {"type": "reaction", "reaction": {
                "message_id": self.id("messages"), "emoji": "👍"}},
            {"type": "image", "media": {
                "upload": self.id("media"), "caption": self.words()}},
        ])

    def upload(self):
        return ("--b\r\nContent-Disposition: form-data; name=\"file\"; "
                f"filename=\"{self.words()}.jpg\"\r\nContent-Type: "
                "image/jpeg\r\n\r\n").encode() + JPEG + \
            self.mine.mark.encode() + b"\r\n--b--"

    def hours(self):
        return self.pick([
            {"time_zone": "Asia/Kathmandu", "automatic_answer": self.words(),
             "opening_hours": {"weekdays": [
                 {"day": "monday", "from": "09:00", "to": "12:30"}]}},
            {"opening_hours": None}, {"reactions_unread": True},
            {"second_factor": self.luck.random() < 0.5}])

    def bulk(self):
        return {"ids": [self.id("conversations") for _ in range(3)],
                **self.pick([{"read": True}, {"state": "closed"},
                             {"user_id": self.id("members")},
                             {"team_id": self.id("teams")},
                             {"add_labels": [self.id("labels")]}])}

    def body(self, operation):
        make = getattr(self, "body_" + operation, None) or \
            BODIES.get(operation)
        return make(self) if make else None

    def path(self, path, operation):
        if operation == "revokeToken":
            path = path.replace("{id}", str(self.token()))
        for name, kind in (("{id}", path.split("/")[1]),
                           ("{user_id}", "members"), ("{label_id}", "labels")):
            if name in path:
                path = path.replace(name, str(self.id(
                    kind, operation if name == "{id}" else None)))
        return path.replace("{name}", urllib.parse.quote(self.tag()))

    def token(self):
        """Not the one with which it asks."""
        return self.pick(sorted(self.theirs.ids.get("tokens", [])) or
                         [7777777])

    def asks(self, operation):
        """To join a group."""
        return self.whose().right[operation + ".asks"]

    def ask(self, method, path, spec):
        query = {n: self.parameter(n) for n in self.parameters(spec)}
        operation = spec["operationId"]
        head = {"Idempotency-Key": str(self.luck.randint(1, 10**9)),
                **TYPES.get(operation, {})}
        return self.mine.office.api(
            method, self.path(path, operation), self.body(operation),
            headers=head, **query)


class Right(Guesser):
    """What goes well: with ids of one's own, of what is there."""

    made = 0

    def whose(self):
        return self.mine

    def pick(self, values):
        return values[0]

    def number(self):
        Right.made += 1
        return 1000 + Right.made

    def id(self, kind, operation=None):
        right, known = self.whose().right, self.whose().ids.get(kind)
        return right.get(operation) or right.get(kind) or (
            max(known) if known else 7777777)

    def token(self):
        return self.id("tokens")

    def parameters(self, spec):
        return [n for n, required in parameters(spec).items() if required]

    def phone(self):
        return self.whose().right["phone"]


class Foreign(Right):
    """The same with the ids of the other."""

    def whose(self):
        return self.theirs


TYPES = {"uploadMedia": {"Content-Type": "multipart/form-data; boundary=b"},
         "importContacts": {"Content-Type": "text/csv"}}

BODIES = {
    "changeConversations": Guesser.bulk,
    "sendToConversation": Guesser.sent,
    "sendToCustomer": lambda g: {**g.sent(), "to": g.phone()},
    "linkContactToConversation": lambda g: g.pick(
        [{"contact_id": g.id("contacts")}, {}]),
    "assignConversation": lambda g: g.pick(
        [{"user_id": g.id("members")}, {"user_id": None},
         {"team_id": g.id("teams")}]),
    "createTeam": lambda g: {"name": g.words()},
    "changeTeam": lambda g: {"name": g.words()},
    "createLabel": lambda g: {"name": g.words(), "color": "#2e7d32"},
    "changeLabel": lambda g: {"name": g.words()},
    "renameTag": lambda g: {"name": g.words()},
    "addNote": lambda g: {"text": g.words()},
    "changeNote": lambda g: {"text": g.words()},
    "markSeen": lambda g: g.pick(
        [{"message_id": None}, {"message_id": g.id("messages")}]),
    "putDraft": lambda g: {"text": g.words(), "version": g.pick([0, 1, 2])},
    "setConversationState": lambda g: g.pick([
        {"state": "pending"}, {"state": "open"}, {"state": "closed"},
        {"state": "snoozed", "until": time.strftime(
            "%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 86400))}]),
    "uploadMedia": Guesser.upload,
    "createContact": lambda g: {
        "phone": g.pick(["+" + new_phone(), g.phone()]), "name": g.words(),
        "email": f"{g.mine.mark}@example.org", "tags": [g.tag()]},
    "importContacts": lambda g: f"phone,name\n{g.phone()},{g.words()}\n",
    "changeContact": lambda g: {
        "name": g.words(), **g.pick([{}, {"phone": g.phone()}])},
    "mergeContacts": lambda g: {"contact_id": g.id("contacts", "twin")},
    "createContactField": lambda g: {
        "key": f"f{g.number()}", "label": g.words(), "type": "choice",
        "choices": [g.words()]},
    "changeContactField": lambda g: {"label": g.words()},
    # Without the mark: the imitation has one list for both.
    "createTemplate": lambda g: {
        "name": f"t{g.number()}", "language": "en", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hello"}]},
    "createBroadcast": lambda g: g.mine.broadcast(g.number()),
    "addBroadcastRecipients": lambda g: g.pick(
        [{"to": [g.phone()]}, {"contact_ids": [g.id("contacts")]}]),
    "createGroup": lambda g: {"subject": g.words(),
                              "phone_number_id": g.whose().office.number},
    "changeGroup": lambda g: {"subject": g.words()},
    "removeFromGroup": lambda g: {"participants": [g.phone()]},
    "setGroupPicture": lambda g: {"upload": g.id("media")},
    "approveJoinRequests": lambda g: {
        "join_requests": [g.asks("approveJoinRequests")]},
    "rejectJoinRequests": lambda g: {
        "join_requests": [g.asks("rejectJoinRequests")]},
    "createCannedReply": lambda g: {"shortcut": f"s{g.number()}",
                                    "text": g.words()},
    "changeCannedReply": lambda g: {"text": g.words()},
    "changeRole": lambda g: {"role": "agent"},
    "invite": lambda g: {"email": g.email(), "name": g.words(),
                         "role": "agent"},
    "changeWorkspace": Guesser.hours,
    "createToken": lambda g: {
        "name": g.mine.mark, "user_id": g.pick([None, g.id("members")])},
    "putPresence": lambda g: {
        "conversation_id": g.id("conversations"),
        "state": g.pick(["answering", "viewing", "away"])},
    "createWebhookEndpoint": lambda g: {
        "url": g.mine.receiver.url, "description": g.words(),
        "events": g.pick([None, ["message.created"]])},
    "changeWebhookEndpoint": lambda g: {"description": g.words()},
    "replayWebhookEndpoint": lambda g: {"after": g.pick([0, 100])},
}


def in_order():
    """All of them, so that what one needs was made by another."""
    def place(operation):
        method, path, spec = operation
        last = ["eraseCustomer", "getErasure"]
        if spec["operationId"] in last:
            return 9 + last.index(spec["operationId"])
        if method == "DELETE":          # the deepest first
            return 8 - path.count("/")
        return 2 if method == "GET" else "{id}" in path
    return sorted(OPERATIONS, key=place)
