"""Hours of a working day, in minutes: whatever may grow levels off.

What is kept is kept shortly here, so that it is deleted all the time. Looked at
again and again: private memory and open files of each program, the databases'
WAL and the spool. The median of the last third of them is not above that of the
second third, but for a little.
"""

import http.client
import json
import pathlib
import statistics
import threading
import time

from rig import SERVICES, Node, new_phone, private_kb, text_message

NAME = "soak"
SHORT, LONG = 1, 1
MINUTES = 30

RATE = 300              # deliveries a second
CLIENTS = 4
SHORT_SECONDS = 6
MIB = 1 << 20
# How much the last third may be above the second: a share, and a little.
SHARE = 0.10
LITTLE = {"memory": 2 * MIB, "files": 8, "bytes": 4 * MIB}
# A WAL is as long as it ever had to be, until it is this long: then it is cut.
WAL_MAX = 40 * MIB


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


def look(node, pids):
    """{(what, of whom): how much}, now."""
    found = {}
    for program, pid in pids.items():
        found["memory", program] = private(pid)
        found["files", program] = len(
            list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))
    for name in ("spool.db", "spool.db-wal", "inbox.db-wal"):
        found["bytes", name] = (node.dir / "state" / name).stat().st_size
    (found["bytes", "changes"],), = node.db(
        "SELECT 100 * count(*) FROM changes")
    return found


def levels_off(samples, report):
    """The last third against the second."""
    third, growing = len(samples) // 3, []
    for what, whom in samples[-1]:
        def median(part):
            return statistics.median(s[what, whom] for s in part)
        before, after = median(samples[third:2 * third]), median(
            samples[2 * third:])
        kind = "" if what == "files" else "MiB"
        scale = 1 if what == "files" else MIB
        text = f"{whom} {what}: {before / scale:.1f}, then " \
            f"{after / scale:.1f} {kind}".rstrip()
        if after > before * (1 + SHARE) + LITTLE[what] and not (
                whom.endswith("-wal") and after < WAL_MAX):
            growing.append(text)
        report.check(text)
    assert not growing, f"does not level off: {growing}"


def soak(node, seconds):
    """Samples of SECONDS of work, and how many were sent."""
    phones = [new_phone() for _ in range(2000)]
    clients = [Client(node, phones[i::CLIENTS], seconds)
               for i in range(CLIENTS)]
    pids = {p: node.pids(p)[0] for p in SERVICES}
    samples = []
    while any(c.is_alive() for c in clients):
        time.sleep(min(5, seconds / 90))
        samples.append(look(node, pids))
    for c in clients:
        if c.error is not None:
            raise c.error
    return samples, sum(c.sent for c in clients)


def run(scale, report):
    seconds = (scale.seconds or MINUTES * 60) if scale.long else SHORT_SECONDS
    node = Node({"WASPOOL_KEEP_DELIVERIES": f"{max(1, int(seconds / 12))}s",
                 "WASPOOL_KEEP_CHANGES": f"{max(1, int(seconds / 12))}s",
                 "WASPOOL_LOG_LEVEL": "warn"})
    try:
        node.up()
        samples, sent = soak(node, seconds)
        node.drained(60)
        (there,), = node.db("SELECT count(*) FROM messages")
        assert there == sent, f"{sent} delivered, {there} there"
        report.check(f"deliveries, {sent / seconds:.0f} a second, each is a "
                     "message", sent)
        if scale.long:
            levels_off(samples, report)
        report.rounds = len(samples)
        next(scale.rounds())
    finally:
        node.remove()
