"""Programs that are killed under load, singly and together."""

import collections
import json
import os
import random
import signal
import threading
import time

import audit
import torture
from d360 import D360
from rig import PATIENCE, Node, wait_for
from sse import Stream

NAME, SHORT, LONG, MINUTES = "kill", 20, 200, 6

PROGRAMS = ["webhook-ingest", "waspool-process", "actions", "realtime",
            "nginx"]
CONNECTIONS = 32
AGAIN = (OSError, ValueError, IndexError)   # answers that were cut, too


class Member(threading.Thread):
    """Reads, archives and answers; each answer until it is taken."""

    def __init__(self, node, ledger, luck, touched):
        super().__init__(daemon=True)
        self.node, self.ledger, self.random = node, ledger, luck
        self.touched = touched      # phones it may mark
        self.stop = threading.Event()
        self.sent = {}              # what it said → message id
        self.marks = 0

    def call(self, method, path, body=None, seconds=PATIENCE, **more):
        end = time.monotonic() + seconds
        while True:
            try:
                answer = self.node.api(method, path, body, **more)
                if answer.status < 500:
                    return answer
            except Exception as e:  # http.client has many
                answer = e
            if time.monotonic() > end:
                raise AssertionError(f"{method} {path}: {answer!r}")
            time.sleep(0.02)

    def say(self, c):
        words = f"answer {len(self.sent)}-{self.random.randrange(10**9)}"
        answer = self.call(
            "POST", f"/conversations/{c['id']}/messages",
            {"type": "text", "text": {"body": words}},
            headers={"Idempotency-Key": words.replace(" ", "-")})
        assert answer.status == 202, answer
        self.sent[words] = answer.json["id"]

    def act(self):
        page = self.call("GET", "/conversations?status=all&limit=100")
        assert page.status == 200, page
        for c in self.random.sample(page.json["data"],
                                    min(5, len(page.json["data"]))):
            if c["phone"].lstrip("+") in self.touched:
                mark = self.random.choice(["read", "archive", "unarchive"])
                done = self.call("POST", f"/conversations/{c['id']}/{mark}")
                assert done.status == 200, done
                self.marks += 1
            else:
                self.say(c)

    def run(self):
        while not self.stop.is_set():
            try:
                self.act()
            except Exception as e:
                return self.ledger.failed(f"a member: {e!r}")
            self.stop.wait(0.1)


class Follower(threading.Thread):
    """A client of /realtime that resumes wherever it was cut off."""

    def __init__(self, node, ledger):
        super().__init__(daemon=True)
        self.node, self.ledger = node, ledger
        self.stop = threading.Event()
        self.last, self.connections = 0, 0
        self.created = collections.Counter()    # message id → how often

    def take(self, event):
        seq = int(event.id)
        if event.type == "reset" or seq != self.last + 1:
            self.ledger.failed(f"a stream at {self.last} said {event!r}")
            self.stop.set()
        self.last = seq
        if event.type == "message.created":
            self.created[event.json["id"]] += 1

    def follow(self):
        with Stream(self.node, last=str(self.last)) as stream:
            if stream.status != 200:
                return
            self.connections += 1
            while not self.stop.is_set():
                over = stream.ended.is_set()
                try:
                    self.take(stream.next(0.1))
                except Exception as e:
                    if type(e).__name__ != "Empty":
                        raise
                    if over:
                        return

    def run(self):
        while not self.stop.is_set():
            try:
                self.follow()
            except AGAIN:
                pass
            time.sleep(0.02)


def victims(node, program):
    """Pids; of nginx only workers."""
    pids = node.pids(program)
    if program == "nginx":
        master = (node.dir / "run" / "nginx.session").read_text().strip()
        pids = [p for p in pids if str(p) != master]
    return pids


def kill_some(node, luck, killed):
    """One program, or several at the same moment."""
    several = luck.random() < 0.4
    names = luck.sample(PROGRAMS, luck.randint(2, 5)) if several \
        else [luck.choice(PROGRAMS)]
    for pid, name in [(p, n) for n in names for p in victims(node, n)]:
        try:
            os.kill(pid, signal.SIGKILL)
            killed[name] += 1
        except ProcessLookupError:
            pass


def settle_outbox(node, d360, ledger):
    """The statuses of all that was sent, as the provider would send them;
    then nothing is queued, and what is on its way never arrived there."""
    wait_for(lambda: not node.db(
        "SELECT 1 FROM outbox WHERE state = 'queued' LIMIT 1"))
    poster = audit.Provider(node, ledger, random.Random(), [], 0)
    for m in list(d360.sent):
        poster.deliver(json.dumps(
            d360.status_body(m.wamid, "sent")).encode(), {})


def check_sending(node, d360, said, kills, report):
    """No answer of a member went out twice, and none is lost silently."""
    times = collections.Counter(m.body["text"]["body"] for m in d360.sent)
    twice = [w for w, n in times.items() if n > 1]
    assert not twice, f"sent more than once: {audit.some(twice)}"
    state = {id_: (s, o) for id_, s, o in node.db("""
        SELECT m.id, m.status, o.state FROM messages AS m JOIN outbox AS o
        ON o.workspace_id = m.workspace_id AND o.message_id = m.id
        WHERE o.kind = 'message'""")}
    (n,), = node.db("SELECT count(*) FROM messages"
                    " WHERE direction = 'outbound'")
    assert n == len(said), f"{len(said)} answers accepted, {n} in the inbox"
    unknown = 0
    for words, id_ in said.items():
        assert id_ in state, f"{words}: accepted, and not in the outbox"
        if words in times:
            assert state[id_] == ("sent", "done"), (words, state[id_])
        else:   # killed after it was written down, before it left
            assert state[id_] == ("sending", "sending"), (words, state[id_])
            unknown += 1
    assert unknown <= kills * 32, f"{unknown} never left"
    report.check(f"answers of members, none sent twice ({unknown} with an "
                 "outcome that the kill left open)", len(said))


def check_stream(node, follower, report):
    (last,), = node.db("SELECT COALESCE(max(seq), 0) FROM changes"
                       " WHERE workspace_id = ?", node.workspace_id)
    wait_for(lambda: follower.last >= last or not follower.is_alive())
    follower.stop.set()
    follower.join(30)
    there = {i for i, in node.db("SELECT id FROM messages")}
    assert set(follower.created) == there, \
        f"not seen: {audit.some(there - set(follower.created))}"
    assert set(follower.created.values()) == {1}, "a message was seen twice"
    report.check(f"messages on an event stream cut {follower.connections - 1} "
                 "times and resumed, each seen once", len(there))


def books(node, d360, ledger, member, follower, killed, report):
    wait_for(lambda: node.get("/healthz", token="").status != 502
             and node.get("/me").status == 200)
    node.drained(120)
    settle_outbox(node, d360, ledger)
    node.drained(120)
    assert not ledger.errors, ledger.errors[:3]
    audit.check_messages(node, ledger.kept, report)
    wait_for(lambda: not node.db("SELECT 1 FROM media WHERE state = 'pending'"
                                 " AND due_at <= ?", int(time.time())))
    audit.check_pictures(node, report)
    check_stream(node, follower, report)
    assert not ledger.errors, ledger.errors[:3]
    check_sending(node, d360, member.sent, killed["waspool-process"], report)
    audit.check_stats(node, report, member.touched)
    audit.check_changes(node, report)
    audit.check_spool(node, report)


def run(scale, report):
    ledger, luck = audit.Ledger(), scale.random
    killed = collections.Counter()
    with D360() as d360:
        node = d360.attach(Node(d360.env))
        try:
            node.up()
            phones = audit.customers(120)
            pause = 0.03 if scale.long else 0.2
            threads = [audit.Provider(node, ledger,
                                      random.Random(luck.random()), phones,
                                      pause, d360) for _ in range(CONNECTIONS)]
            member = Member(node, ledger, random.Random(luck.random()),
                            set(phones[::2]))
            follower = Follower(node, ledger)
            for t in [*threads, member, follower]:
                t.start()
            for _ in scale.rounds():
                time.sleep(luck.uniform(0.02, 0.5))
                kill_some(node, luck, killed)
            for t in [*threads, member]:
                t.stop.set()
            for t in [*threads, member]:
                t.join(PATIENCE + 30)
                assert not t.is_alive(), "a client hangs"
            books(node, d360, ledger, member, follower, killed, report)
            node.down()
            audit.check_files(node, report)
        finally:
            node.remove()
    report.check("SIGKILLs: " + ", ".join(
        f"{n} {p}" for p, n in sorted(killed.items())))
    report.check("answers to deliveries: " + ", ".join(
        f"{n} {s or 'none'}" for s, n in sorted(ledger.posts.items())))
