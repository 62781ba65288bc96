"""Hours of a working day, in minutes: whatever may grow levels off.

What is kept is kept shortly here, so that it is deleted all the time. Looked at
again and again: private memory and open files of each program, the databases'
WAL and the spool. The median of the last third of them is not above that of the
second third, but for a little. Deliveries and changes that are kept are never
more than were made in the time for which they are kept: their number follows
the rate, which follows what else the machine does.
"""

import collections

import http.client
import json
import pathlib
import statistics
import threading
import time

from rig import (SERVICES, Node, new_phone, private_kb, text_message,
                 wait_for)
from sse import Stream

NAME = "soak"
SHORT, LONG = 1, 1
MINUTES = 30

RATE = 300              # deliveries a second
CLIENTS = 4
LISTENERS = 2           # event streams
SHORT_SECONDS = 6
MIB = 1 << 20
# How much the last third may be above the second: a share, and a little.
SHARE = 0.10
LITTLE = {"memory": 2 * MIB, "files": 8, "bytes": 4 * MIB}
# What is kept for a time goes within a quarter of it more, and this.
LATE = 10
KEPT = {"deliveries": ("spool", "SELECT count(*), max(id) FROM deliveries"),
        "changes": ("db", "SELECT count(*), max(seq) FROM changes")}
# A WAL is as long as it ever had to be, until it is this long: then it is cut.
WAL_MAX = 72 * MIB


class Client(threading.Thread):
    """Delivers RATE / CLIENTS times a second, never more to make up for it,
    and looks now and then at what a member sees."""

    def __init__(self, node, phones, seconds):
        super().__init__(daemon=True)
        self.node, self.phones = node, phones
        self.seconds, self.sent, self.error = seconds, 0, None
        self.start()

    def ask(self, c, method, path, body, token):
        c.request(method, path, body, {"Authorization": "Bearer " + token})
        answer = c.getresponse()
        answer.read()
        assert answer.status == 200, f"{method} {path}: {answer.status}"

    def talk(self, c):
        phone = self.phones[self.sent % len(self.phones)]
        self.ask(c, "POST", "/api/webhooks/whatsapp", json.dumps(
            text_message(phone, f"Number {self.sent}: " + "x" * 300)),
            self.node.webhook_token)
        self.sent += 1
        if self.sent % 25 == 0:
            self.ask(c, "GET", "/api/v1/conversations", None, self.node.token)
        if self.sent % 25 == 13:
            self.ask(c, "GET", "/api/v1/changes?limit=10&after="
                     f"{self.newest()}", None, self.node.token)

    def newest(self):
        answer = self.node.get("/changes", limit=1)
        assert answer.status == 200, answer
        return answer.json["last_seq"]

    def run(self):
        step = CLIENTS / RATE
        due = last = time.monotonic()
        end = due + self.seconds
        c = http.client.HTTPConnection("127.0.0.1", self.node.port, timeout=60)
        try:
            while due < end:
                # nginx hangs up after a thousand, and when nothing comes
                # for a minute: this machine slept, or we were stopped.
                if self.sent % 500 == 499 or time.monotonic() - last > 20:
                    c.close()
                self.talk(c)
                last = time.monotonic()
                due = max(due + step, time.monotonic())
                time.sleep(max(0, due - time.monotonic()))
        except Exception as e:
            self.error = e
        c.close()


def private(pid):
    """What a program has written to.  What is clean is the database, as far as
    it is mapped (256 MiB): the system takes that back when it likes."""
    return 1024 * private_kb(pid, "Private_Dirty", "Swap")


class Listener(threading.Thread):
    """Follows all that changes, and forgets it."""

    def __init__(self, node):
        super().__init__(daemon=True)
        self.socket, self.bytes = Stream(node, read=False).sock, 0
        self.socket.settimeout(None)
        self.start()

    def run(self):
        while True:
            piece = self.socket.recv(1 << 16)
            if not piece:
                return
            self.bytes += len(piece)


Sample = collections.namedtuple("Sample", "at levels kept")


def look(node, pids):
    """{(what, of whom): how much}, and {what: (rows, newest)}, now."""
    found = {}
    for program, pid in pids.items():
        found["memory", program] = private(pid)
        found["files", program] = len(
            list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))
    for name in ["spool/spool.db", "spool/spool.db-wal"] + \
            ["inbox.db-wal"] * (not node.owner):
        found["bytes", name] = (node.dir / "state" / name).stat().st_size
    at = time.monotonic()
    return Sample(at, found, {
        what: getattr(node, where)(sql)[0]
        for what, (where, sql) in KEPT.items()})


def rate(samples):
    """Deliveries a second."""
    made = (samples[-1].kept["deliveries"][1] or 0) - \
        (samples[0].kept["deliveries"][1] or 0)
    return made / (samples[-1].at - samples[0].at)


def levels_off(samples, report):
    """The last third against the second.  A file is as long as it had to be
    at the highest rate until now."""
    third, growing = len(samples) // 3, []
    second, last = samples[third:2 * third], samples[2 * third:]
    faster = max(1, rate(last) / rate(second))
    for what, whom in samples[-1].levels:
        before, after = (statistics.median(s.levels[what, whom] for s in part)
                         for part in (second, last))
        kind = "" if what == "files" else "MiB"
        scale = 1 if what == "files" else MIB
        text = f"{whom} {what}: {before / scale:.1f}, then " \
            f"{after / scale:.1f} {kind}".rstrip()
        if whom == "spool/spool.db":
            before *= faster
        if after > before * (1 + SHARE) + LITTLE[what] and not (
                whom.endswith("-wal") and after < WAL_MAX):
            growing.append(text)
        report.check(text)
    report.check(f"deliveries a second: {rate(second):.0f}, then "
                 f"{rate(last):.0f}")
    assert not growing, f"does not level off: {growing}"


def goes(samples, keep, report):
    """What is older than KEEP seconds is not there for much longer."""
    for what in KEPT:
        looked, most = 0, 0
        for i, now in enumerate(samples):
            old = [s for s in samples[:i]
                   if s.at < now.at - keep * 1.25 - LATE]
            if not old:
                continue
            rows, newest = now.kept[what]
            made = newest - (old[-1].kept[what][1] or 0)
            assert rows <= made + 1, \
                f"{what}: {rows} are there, {made} were made in " \
                f"{now.at - old[-1].at:.0f} s, kept are those of {keep} s"
            looked, most = looked + 1, max(most, rows)
        assert looked, f"{what}: not long enough to tell"
        report.check(f"{what}, at most {most} there, none for longer than "
                     f"{keep * 1.25 + LATE:.0f} s: looks", looked)


def soak(node, seconds):
    """Samples of SECONDS of work, and how many were sent."""
    phones = [new_phone() for _ in range(2000)]
    clients = [Client(node, phones[i::CLIENTS], seconds)
               for i in range(CLIENTS)]
    listeners = [Listener(node) for _ in range(LISTENERS)]
    pids = {p: node.pids(p)[0] for p in SERVICES}
    samples = []
    while any(c.is_alive() for c in clients):
        time.sleep(min(5, seconds / 90))
        samples.append(look(node, pids))
    for c in clients:
        if c.error is not None:
            raise c.error
    for listener in listeners:
        assert listener.is_alive(), "an event stream ended"
        # It hears of the last ones a moment later.
        wait_for(lambda: listener.bytes > 100 * sum(c.sent for c in clients))
        listener.socket.shutdown(2)
    return samples, sum(c.sent for c in clients)


def run(scale, report):
    seconds = (scale.seconds or MINUTES * 60) if scale.long else SHORT_SECONDS
    keep = max(1, int(seconds / 12))
    node = Node({"WASPOOL_KEEP_DELIVERIES": f"{keep}s",
                 "WASPOOL_KEEP_CHANGES": f"{keep}s",
                 "WASPOOL_LOG_LEVEL": "warn"})
    try:
        node.up()
        samples, sent = soak(node, seconds)
        node.drained()
        (there,), = node.db("SELECT count(*) FROM messages")
        assert there == sent, f"{sent} delivered, {there} there"
        report.check(f"deliveries, {sent / seconds:.0f} a second, each is a "
                     "message", sent)
        if scale.long:
            goes(samples, keep, report)
            levels_off(samples, report)
        report.rounds = len(samples)
        next(scale.rounds())
    finally:
        node.remove()
