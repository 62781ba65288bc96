"""Calls that fail, one at a time, in each program that writes."""

import collections
import socket
import subprocess

import audit
import torture
from bare import Bare
from d360 import D360
from fail import ERRORS, Page
from rig import wait_for

# SHORT: how many of each kind and program; LONG: all there are.
NAME, SHORT, LONG, MINUTES = "fail", 2, 0, 15

PATIENCE = 60
FORM = "multipart/form-data; boundary=xyzzy"
FILE = (b'--xyzzy\r\nContent-Disposition: form-data; name="file"; '
        b'filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n%s'
        b"\r\n--xyzzy--\r\n")


class Trial:
    """The programs, and what was said to whom."""

    def __init__(self, bare, page, d360, luck):
        self.bare, self.page, self.d360 = bare, page, d360
        self.luck = luck
        self.phones = audit.customers(10)
        self.kept, self.answers, self.files = {}, {}, 0
        self.runs = collections.Counter()   # program, kind → calls that failed
        self.endings = collections.Counter()
        self.n = 0

    # ------------------------------------------------- what programs do

    def deliver(self, n=1):
        """N deliveries; how they were answered."""
        said = []
        for _ in range(n):
            body, wamids = audit.delivery(self.luck, self.phones)
            before = self.page.failed
            status = self.bare.post(body, PATIENCE)
            if status == 200:
                self.kept.update(wamids)
                assert self.page.failed == before or \
                    self.page.get("kind") != 2, "200, and not flushed"
            said.append(status)
        return said

    def order(self):
        """A member asks for this and that; how it was answered."""
        self.n += 1
        n = f"{self.n}"
        said = []

        def call(*args, **more):
            status, answer = self.bare.api(*args, timeout=PATIENCE, **more)
            said.append(status)
            assert status == 0 or status < 300 or status >= 500, answer
            return answer if 200 <= status < 300 else None

        page = call("GET", "/conversations?q=Cust")
        assert page is None or all(
            c["phone"] and c["profile_name"].startswith("Customer")
            for c in page["data"]), page
        sent = call("POST", "/messages", {
            "to": f"+49301{self.n:07d}", "type": "template",
            "template": {"name": f"order_{n}", "language": "en_US"}})
        if sent:
            self.answers[sent["id"]] = f"order_{n}"
        call("POST", "/contacts", {"phone": f"+49302{self.n:07d}",
                                   "name": "Ann", "tags": ["vip"]})
        if call("POST", "/media", FILE % n.encode(), CONTENT_TYPE=FORM):
            self.files += 1
        return said

    # ------------------------------------------------------ one failure

    def begin(self, program, *args):
        return self.bare.start(program, *args, env=self.page.env)

    def check_log(self, program, since, what):
        said = self.bare.log(program)[since:]
        assert "level=warn" in said or "level=fatal" in said, \
            f"{what}: nothing in the log but {said[-500:]!r}"

    def after(self, program, since, what, said, status):
        """Who was at fault was said; what happened was written down."""
        assert all(s == 0 or 200 <= s < 300 or s >= 500 for s in said), \
            f"{what}: answered {said}"
        fine = status in (0, None) and all(200 <= s < 300 for s in said)
        self.endings["went on" if status in (0, None) else "ended"] += 1
        self.endings["unharmed" if fine else "refused or ended"] += 1
        if not fine:
            self.check_log(program, since, what)

    def serve(self, program, work, kind, nth, number):
        """PROGRAM starts and does WORK, and its NTH call fails: 1; 0: it makes
        no so many calls."""
        since = len(self.bare.log(program))
        what = f"{program}, {kind} {nth}, errno {number}"
        self.page.arm(kind, nth, number)
        p, said = self.begin(program), []
        try:
            said = work()
            status = self.bare.stop(program)
        except (socket.timeout, subprocess.TimeoutExpired):
            raise AssertionError(f"{what}: hangs") from None
        finally:
            self.page.disarm()
            self.bare.running.pop(program, None)
            self.bare.hang_up(program)
            p.poll() is not None or p.kill()
        if not self.page.failed:
            return 0
        self.after(program, since, what, said, status)
        return 1

    def process(self, kind, nth, number):
        """A run of the processor with something of each to do."""
        since = len(self.bare.log("waspool-process"))
        what = f"waspool-process, {kind} {nth}, errno {number}"
        said = self.deliver() + self.order()
        assert all(200 <= s < 300 for s in said), said
        self.page.arm(kind, nth, number)
        p = self.begin("waspool-process", "--once")
        try:
            status = p.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            p.kill()
            raise AssertionError(f"{what}: hangs") from None
        finally:
            self.page.disarm()
            self.bare.running.pop("waspool-process")
        if not self.page.failed:
            return 0
        self.after("waspool-process", since, what, [], status)
        return 1

    # ------------------------------------------- memory, while it works

    def at_work(self, program, work, nth):
        """A program that runs already has no memory for one moment."""
        since = len(self.bare.log(program))
        if program not in self.bare.running:
            self.revive(program)
        what = f"{program} at work, malloc {nth}"
        self.page.arm("malloc", nth, ERRORS["malloc"][0])
        try:
            said = work()
        except socket.timeout:
            raise AssertionError(f"{what}: hangs") from None
        finally:
            self.page.disarm()
        status = self.bare.running[program].poll()
        if status is not None:
            self.bare.running.pop(program)
            self.bare.hang_up(program)
        if not self.page.failed:
            return 0
        self.after(program, since, what, said, status)
        return 1

    def revive(self, program):
        if program == "waspool-process":
            self.begin(program, "--forever")
        else:
            self.begin(program)
            ready = self.deliver if program == "webhook-ingest" else \
                self.order
            assert min(ready()) >= 200

    def applied(self):
        """Work for a processor that runs: until it is done, or dead."""
        said = self.deliver()
        p = self.bare.running["waspool-process"]
        (last,), = audit.rows(self.bare.state / "spool.db",
                              "SELECT max(id) FROM deliveries")
        wait_for(lambda: p.poll() is not None or audit.rows(
            self.bare.state / "inbox.db", "SELECT 1 FROM spool_cursors"
            " WHERE delivery_id >= ?", last), PATIENCE, 0.005)
        return said

    # ------------------------------------------------------- the books

    def look(self, report=None):
        """Everything is as if nothing had failed."""
        report = report or torture.Report()
        p = self.bare.start("waspool-process", "--once")
        assert p.wait(PATIENCE) == 0, self.bare.log("waspool-process")[-1000:]
        self.bare.running.pop("waspool-process")
        audit.check_messages(self.bare.state, self.kept, report)
        audit.check_spool(self.bare.state, report)
        audit.check_changes(self.bare.state, report)
        audit.check_stats(self.bare.state, report)
        audit.check_files(self.bare.state, report)
        names = [m.body["template"]["name"] for m in self.d360.sent]
        assert len(names) == len(set(names)), "a message was sent twice"
        there = {i for i, in audit.rows(
            self.bare.state / "inbox.db",
            "SELECT id FROM messages WHERE direction = 'outbound'")}
        assert set(self.answers) <= there, "an answer was accepted and is lost"
        # An answer of the provider that was lost stays open for 10 minutes.
        bad = audit.rows(self.bare.state / "inbox.db", "SELECT id, error FROM"
                         " messages WHERE status = 'failed'"
                         " AND error NOT LIKE '%outcome unknown%'")
        assert not bad, f"given up because of our trouble: {audit.some(bad)}"
        (n,), = audit.rows(self.bare.state / "inbox.db",
                           "SELECT count(*) FROM uploads")
        assert n >= self.files, "an upload was accepted and is lost"


def numbers(scale, calls, n):
    """Which calls are to fail, of about CALLS: N of them, or all."""
    if scale.long and scale.seconds is None and calls <= 5000:
        return range(1, 10 ** 6)
    n = n if not scale.long else 300
    width = max(1, calls // n)
    return [1 + i + scale.random.randrange(width)
            for i in range(0, calls, width)][:n]


def series(trial, scale, program, kind, one, n):
    """ONE(nth, errno), for one call after the other until none is left."""
    one(10 ** 9, 0)                 # how many calls there are
    calls = trial.page.get("calls")
    for i in numbers(scale, calls, n):
        if scale.seconds is not None and scale.spent() > scale.seconds:
            return
        found = [one(i, e) for e in (ERRORS[kind] if scale.long else
                                     [scale.random.choice(ERRORS[kind])])]
        trial.runs[program, kind] += sum(found)
        scale.done += sum(found)
        if not any(found) and i > calls:
            return
        if trial.luck.random() < 0.02:
            settle(trial)


def settle(trial):
    """Books are made with everybody at rest."""
    was = [p for p in ("waspool-process",) if p in trial.bare.running]
    for p in was:
        trial.bare.stop(p)
    trial.look()


def whole_runs(trial, scale, n):
    """From start to end, with a call of each kind that fails."""
    bare = trial.bare
    bare.start("webhook-ingest")
    bare.start("actions")
    for kind in ERRORS:
        series(trial, scale, "waspool-process", kind,
               lambda i, e: trial.process(kind, i, e), n)
    trial.look()
    bare.stop("webhook-ingest")
    bare.stop("actions")
    bare.hang_up()
    for kind in ERRORS:
        series(trial, scale, "webhook-ingest", kind, lambda i, e: trial.serve(
            "webhook-ingest", lambda: trial.deliver(3), kind, i, e), n)
        series(trial, scale, "actions", kind, lambda i, e: trial.serve(
            "actions", trial.order, kind, i, e), n)
        trial.look()


def at_work(trial, scale, n):
    for program, work in (("webhook-ingest", lambda: trial.deliver(2)),
                          ("actions", trial.order)):
        series(trial, scale, f"{program} at work", "malloc",
               lambda i, e: trial.at_work(program, work, i), n)
        if program in trial.bare.running:
            trial.bare.stop(program)
        trial.bare.hang_up(program)
    trial.bare.start("webhook-ingest")
    series(trial, scale, "waspool-process at work", "malloc",
           lambda i, e: trial.at_work("waspool-process", trial.applied, i), n)
    for program in list(trial.bare.running):
        trial.bare.stop(program)


def run(scale, report):
    shim, = torture.build("fail.so")
    n = 300 if scale.long else scale.n
    with D360() as d360:
        bare = Bare(**d360.env, WASPOOL_MIN_FREE=0, WASPOOL_THREADS=2,
                    WASPOOL_ACTION_THREADS=1, WASPOOL_SEND_RATE=1000)
        try:
            page = Page(shim, bare.dir / "page", bare.state)
            trial = Trial(bare.populate(), page, d360, scale.random)
            whole_runs(trial, scale, n)
            at_work(trial, scale, 5 * n if not scale.long else n)
            trial.look(report)
        finally:
            bare.remove()
    for program in ("webhook-ingest", "actions", "waspool-process"):
        for kind in ("write", "sync", "open", "mmap", "malloc"):
            assert trial.runs[program, kind] > 0, f"{program}: no {kind} failed"
    for (program, kind), count in sorted(trial.runs.items()):
        report.check(f"{program}: {kind} failed, {count} different calls")
    report.check("afterwards: " + ", ".join(
        f"{c} {w}" for w, c in trial.endings.items()))
