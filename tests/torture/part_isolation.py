"""Two workspaces, and random requests of both to everything the API has.

All that one of them keeps carries its mark, which the other's requests never
have. No answer, event, file, error or line of the log of one has a byte of the
other's, whatever ids, phones, cursors and tags of the other it asks with; nor
have the rows. In the long form also: how long a token or a signature is looked
at says nothing of how much of it is right.
"""

import hashlib
import hmac
import json
import urllib.parse

import yaml

from d360 import D360
from office import Workspace
from rig import ROOT, Node, envelope, message, new_phone, value, contact
from sse import Stream
from timing import timing

NAME = "isolation"
SHORT, LONG = 1600, 40000
MINUTES = 5

SPEC = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
METHODS = ["get", "post", "put", "patch", "delete"]
OPERATIONS = [(m.upper(), path, item[m]) for path, item in
              SPEC["paths"].items() for m in METHODS if m in item
              and item[m].get("tags") != ["session"]]   # of no workspace
FOLLOW = "followChanges"        # goes on without end: Party.stream
PICTURE = b"\x89PNG\r\n\x1a\n"


class Party:
    """A workspace, what it knows of itself, and what may be guessed of it."""

    def __init__(self, node, mark, luck):
        self.node, self.mark, self.luck = node, mark, luck
        self.office = Workspace(node, f"{mark} Ltd")
        self.office.user_id, self.office.token = self.office.member(
            f"{mark}@example.com", f"{mark} Ann", "owner")
        key = node.provider.add_number(self.office.number)
        node.write_key(self.office.number, key)
        self.phones = [new_phone() for _ in range(8)]
        self.ids = {"conversations": set(), "contacts": set(),
                    "messages": set(), "members": {self.office.user_id},
                    "numbers": set(), "erasures": set(),
                    "workspace-events": set(), "invitations": set(),
                    "tokens": set(), "sessions": set(), "templates": set(),
                    "activities": set(), "canned-replies": set(),
                    "broadcasts": set(), "groups": set()}
        self.media, self.cursors, self.tags = [], [], ["vip", f"tag{id(self)}"]
        self.wamids = []
        self.statuses, self.seen = {}, 0
        self.stream = Stream(node, self.office.token)
        self.events = []

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

    def learn(self, answer):
        """Ids and cursors, for both to ask with."""
        try:
            body = answer.json
        except ValueError:
            return
        if not isinstance(body, dict):
            return
        if body.get("next_cursor"):
            self.cursors.append(body["next_cursor"])
        rows = body.get("data") if isinstance(body.get("data"), list) \
            else [body]
        for row in rows:
            if not isinstance(row, dict) or "id" not in row:
                continue
            kind = "templates" if "components" in row \
                else "groups" if "invite_link" in row \
                else "canned-replies" if "shortcut" in row \
                else "broadcasts" if "per_minute" in row \
                else "webhook-endpoints" if "events" in row \
                else "contact-fields" if "choices" in row \
                else "messages" if "direction" in row else "contacts" \
                if "tags" in row and "phone" in row else "conversations" \
                if "unread_count" in row else "numbers" \
                if "display_phone" in row else "erasures" \
                if "asked_at" in row else "workspace-events" \
                if "field" in row else "activities" \
                if "edited_at" in row else "invitations" \
                if "invited_by" in row else "tokens" \
                if row.get("name") == self.mark else None
            if kind:
                self.ids.setdefault(kind, set()).add(row["id"])
            elif "mime_type" in row:
                self.media.append(row["id"])


class Guesser:
    """Random requests of MINE, with what is known of THEIRS."""

    def __init__(self, mine, theirs, luck):
        self.mine, self.theirs, self.luck = mine, theirs, luck

    def whose(self):
        return self.luck.choice([self.mine, self.theirs, self.theirs])

    def id(self, kind):
        known = self.whose().ids.get(kind) or self.mine.ids.get(kind)
        if not known or self.luck.random() < 0.1:
            return self.luck.randint(1, 400)
        return self.luck.choice(sorted(known))

    def phone(self):
        return "+" + self.luck.choice(self.whose().phones)

    def tag(self):
        return self.luck.choice(self.whose().tags)

    def words(self):
        """To be kept: with the mark of who keeps it."""
        return f"{self.mine.mark} {self.luck.randint(0, 9)}"

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
            "assigned_to": lambda: luck.choice(
                ["me", "none", self.id("members")]),
            "number": lambda: self.whose().office.number,
            "after": lambda: luck.randint(0, 200), "wait": lambda: 0,
            "status": lambda: luck.choice(["all", "archived", "active"]),
            "unread": lambda: luck.choice(["true", "false"]),
            "contact": lambda: luck.choice(["linked", "unlinked"]),
            "window": lambda: luck.choice(["open", "closed"]),
            "languages": lambda: luck.choice(["all", "one"]),
            "ticket": lambda: "x", "workspace_id": self.workspace,
        }.get(name, lambda: luck.randint(0, 9))()

    def workspace(self):
        return self.theirs.office.id

    def sent(self):
        luck = self.luck
        return luck.choice([
            {"type": "text", "text": {"body": self.words()}},
            {"type": "text", "text": {"body": self.words()},
             "reply_to": self.id("messages")},
            {"type": "reaction", "reaction": {
                "message_id": self.id("messages"), "emoji": "👍"}},
            {"type": "image", "media": {
                "upload": luck.choice(self.whose().media or [1]),
                "caption": self.words()}},
        ])

    def body(self, operation):
        luck = self.luck
        if operation == "uploadMedia":
            return ("--b\r\nContent-Disposition: form-data; name=\"file\"; "
                    f"filename=\"{self.words()}.png\"\r\nContent-Type: "
                    "image/png\r\n\r\n").encode() + PICTURE + \
                self.mine.mark.encode() + b"\r\n--b--"
        return {
            "sendToConversation": self.sent,
            "sendToCustomer": lambda: {**self.sent(), "to": self.phone()},
            "linkContactToConversation":
                lambda: luck.choice([{}, {"contact_id": self.id("contacts")}]),
            "assignConversation": lambda: {"user_id": luck.choice(
                [None, self.id("members")])},
            "createContact": lambda: {
                "phone": self.phone(), "name": self.words(),
                "email": f"{self.mine.mark}@example.org",
                "tags": [self.tag()]},
            "invite": lambda: {
                "email": f"{self.mine.mark}{luck.randint(0, 9)}@example.org",
                "name": self.words(), "role": "agent"},
            "createToken": lambda: {
                "name": self.mine.mark, "user_id": luck.choice(
                    [None, self.id("members")])},
            "changeRole": lambda: {"role": "agent"},
            "changeWorkspace": lambda: {"second_factor": luck.random() < 0.5},
            # Without the mark: the imitation has one list for both.
            "createTemplate": lambda: {
                "name": f"t{luck.randint(1, 50)}", "language": "en",
                "category": "UTILITY", "components": [
                    {"type": "BODY", "text": "Hello"}]},
            "changeContact": lambda: {"name": self.words(),
                                      "phone": self.phone()},
        }.get(operation, lambda: None)()

    def path(self, path):
        if path == "/tokens/{id}":      # not the one with which it asks
            return f"/tokens/{self.luck.choice(sorted(self.theirs.ids['tokens']) or [7777777])}"
        if "{id}" in path:
            path = path.replace("{id}", str(self.id(path.split("/")[1])))
        return path.replace("{name}", urllib.parse.quote(self.tag()))

    def ask(self, method, path, spec):
        names = [p.get("name", p.get("$ref", "/").rsplit("/", 1)[1])
                 for p in spec.get("parameters", [])]
        query = {n: self.parameter(n) for n in names
                 if n not in ("id", "Idempotency-Key", "Last-Event-ID",
                              "Range", "If-None-Match", "If-Range")
                 and self.luck.random() < 0.5}
        if self.luck.random() < 0.05:
            query["workspace_id"] = self.workspace()
        operation = spec["operationId"]
        head = {"Idempotency-Key": str(self.luck.randint(1, 10**6))}
        if operation == "uploadMedia":
            head["Content-Type"] = "multipart/form-data; boundary=b"
        return self.mine.office.api(
            method, self.path(path), self.body(operation), headers=head,
            **query)


def has_no(mark, data, what):
    """Neither as it is nor escaped."""
    if isinstance(data, str):
        data = data.encode()
    if mark.encode() in data:
        at = data.index(mark.encode())
        raise AssertionError(
            f"{what} has {mark}: {data[max(0, at - 300):at + 100]!r}")


def one(guesser, luck):
    method, path, spec = luck.choice(OPERATIONS)
    if spec["operationId"] == FOLLOW:
        return
    answer = guesser.ask(method, path, spec)
    mine, theirs = guesser.mine, guesser.theirs
    what = f"{method} {path} of {mine.mark}: {answer.status}"
    assert answer.status < 500, (what, answer)
    has_no(theirs.mark, answer.body, what)
    has_no(theirs.mark, str(answer.headers), what + " (headers)")
    mine.seen += mine.mark.encode() in answer.body
    mine.learn(answer)
    key = (method, path)
    mine.statuses.setdefault(key, set()).add(answer.status)


def read_stream(party, other, last=0):
    """Its events until now, and until that of change LAST."""
    while not party.stream.events.empty() or \
            (last and (not party.events or int(party.events[-1].id) < last)):
        e = party.stream.next(30)
        party.events.append(e)
        has_no(other.mark, e.data, f"an event of {party.mark}")


def check_logs(node, parties):
    """No content at all is in a log."""
    for path in (node.dir / "log").glob("*.log"):
        text = path.read_text(errors="replace")
        for p in parties:
            has_no(p.mark, text, path.name)


def check_rows(node, parties):
    """A row with the workspace of one has no mark of the other."""
    n = 0
    for (table,) in node.db("""SELECT m.name FROM sqlite_master AS m
            JOIN pragma_table_info(m.name) AS i ON i.name = 'workspace_id'
            WHERE m.type = 'table'"""):
        for mine, other in (parties, parties[::-1]):
            for row in node.db(f"SELECT * FROM {table} WHERE "
                               "workspace_id = ?", mine.office.id):
                has_no(other.mark, repr(row), f"a row of {table}")
                n += 1
    return n


def check_sent(node, parties):
    """What went out went with the key of its number."""
    for p in parties:
        other = parties[1 - parties.index(p)]
        for m in node.provider.sent:
            if m.number == p.office.number:
                has_no(other.mark, json.dumps(m.body), "a sent message")


def check_reach(parties, report):
    """Each operation answered something good, and refused something."""
    good = {k for p in parties for k, v in p.statuses.items()
            if any(s < 300 for s in v)}
    refused = {k for p in parties for k, v in p.statuses.items()
               if any(s >= 400 for s in v)}
    report.check("operations of the API, that succeeded and that refused",
                 f"{len(good)} and {len(refused)} of {len(OPERATIONS) - 1}")
    assert len(good) >= len(OPERATIONS) // 2, sorted(good)


# ----------------------------------------------------------------------- run

def guess(node, parties, scale):
    guessers = [Guesser(*parties, scale.random),
                Guesser(*parties[::-1], scale.random)]
    for p in parties:
        for _ in range(3):
            p.say()
    node.drained(30)
    for p in parties:
        for path in ("/conversations", "/contacts"):
            p.learn(p.office.api("GET", path, limit=2))
    for n in scale.rounds():
        one(scale.random.choice(guessers), scale.random)
        if n % 100 == 0:
            scale.random.choice(parties).say()
            for p in parties:
                read_stream(p, parties[1 - parties.index(p)])


def check_all(node, parties, report):
    for p in parties:
        other = parties[1 - parties.index(p)]
        node.drained(30)
        last = p.office.get("/changes", limit=1)["last_seq"]
        read_stream(p, other, last)
        report.check("events, without the other's mark", len(p.events))
        assert p.seen > 50, "answers without one's own mark prove nothing"
        report.check("answers with one's own mark, without the other's",
                     p.seen)
        p.stream.close()
    check_logs(node, parties)
    report.check("rows, without the other's mark", check_rows(node, parties))
    check_sent(node, parties)
    check_reach(parties, report)


def time_refusals(node, token, scale, report):
    timing("API", lambda t: node.get("/me", token=t), token, scale.random,
           report)
    timing("webhook", lambda t: node.deliver("{}", t), node.webhook_token,
           scale.random, report)
    timing("verification", lambda t: node.verify(
        mode="subscribe", token=t, challenge="1"), node.verify_token,
        scale.random, report, 403)


SIGNING = b"the-app-secret-of-it"


def time_signatures(scale, report):
    node = Node({"WHATSAPP_APP_SECRET": SIGNING.decode()})
    try:
        node.up()
        right = hmac.new(SIGNING, b"{}", hashlib.sha256).hexdigest()

        def ask(signature):
            return node.deliver("{}", headers={
                "X-Hub-Signature-256": "sha256=" + signature})
        assert ask(right).status == 200
        timing("signature", ask, right, scale.random, report)
    finally:
        node.remove()


def run(scale, report):
    with D360() as d360:
        node = Node(d360.env)
        try:
            node.up()
            d360.attach(node)
            parties = [Party(node, mark, scale.random)
                       for mark in ("kanarienvogel", "zaunkoenig")]
            guess(node, parties, scale)
            check_all(node, parties, report)
            if scale.long:
                time_refusals(node, parties[0].office.token, scale, report)
                time_signatures(scale, report)
        finally:
            node.remove()
