"""Programs of which one call fails, what is asked of them meanwhile, and what
has to be true afterwards."""

import collections
import json
import re
import socket
import subprocess
import time

import audit
import torture
from fail import ERRORS
from rig import NUMBER, envelope, message, new_wamid, value, wait_for

PATIENCE = 180
REASON = re.compile(r"level=(warn|fatal) .*(memory|full|No space|[Ii]nput/output"
                    r"|I/O error|Too many open|unable to open|unavailable)")
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

    def show(self):
        """A customer sends a picture, which the processor has to fetch."""
        wamid, phone = new_wamid(), self.luck.choice(self.phones)
        media = self.d360.add_media(wamid.encode() * 50)
        status = self.bare.post(json.dumps(envelope(value(
            [message(phone, "image", wamid, image=media.field())],
            number=NUMBER))).encode(), PATIENCE)
        if status == 200:
            self.kept[wamid] = phone
        return [status]

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

    def begin(self, program, *args):
        return self.bare.start(program, *args, env=self.page.env)

    def said_until_now(self, program):
        """Where its log ends."""
        path = self.bare.dir / "log" / f"{program}.log"
        return path.stat().st_size if path.exists() else 0

    def log_since(self, program, since):
        with open(self.bare.dir / "log" / f"{program}.log", "rb") as f:
            f.seek(since)
            return f.read().decode(errors="replace")

    def check_log(self, program, since, what):
        """A line that says what is wrong, in words for people."""
        said = self.log_since(program, since)
        assert any(REASON.search(line) for line in said.splitlines()), \
            f"{what}: no reason in the log but {said[-500:]!r}"

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
        no so many calls.  webhook-ingest tries a commit when it starts: a
        flush that fails after that is a delivery's."""
        since = self.said_until_now(program)
        what = f"{program}, {kind} {nth}, errno {number}"
        self.page.arm(kind, nth, number)
        p, said = self.begin(program), []
        try:
            if program == "webhook-ingest":
                said = [self.bare.ready(PATIENCE)]
            said += work()
            self.page.disarm()
            if self.page.failed:
                self.check_recovers(p, work, what)
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

    def check_recovers(self, p, work, what):
        """Nobody has to come: it does its work again, or has ended, or ends
        now, and its supervisor starts it anew."""
        said = work()
        assert all(200 <= s < 300 for s in said) or p.poll() is not None, \
            f"{what}: goes on, and answers {said} when nothing fails"

    def probe(self, program, *args):
        """PROGRAM starts, and each malloc from its first file on fails once,
        in a child that dies of it and says why.  The first and the last, and
        those to be tried in earnest, since their child did not die."""
        since = self.said_until_now(program)
        self.page.probe("malloc", ERRORS["malloc"][0])
        p = self.begin(program, *args)
        try:
            if args:
                assert p.wait(10 * PATIENCE) == 0
            else:
                self.wait_for_rest(p)
        finally:
            self.page.disarm()
            self.bare.running.pop(program)
            self.bare.hang_up(program)
            p.kill()
            p.wait()
        first, last, died = map(self.page.get, ("first", "probed", "died"))
        lived = self.page.lived()
        assert last - first + 1 == died + len(lived), (first, last, died, lived)
        reasons = [line for line in self.log_since(program, since).splitlines()
                   if REASON.search(line)]
        assert len(reasons) >= died, f"{died} died, {len(reasons)} said why"
        self.endings["ended before it served"] += died
        return first, last, lived

    def wait_for_rest(self, p, seconds=1):
        """Until it makes no calls any more."""
        before, end = -1, time.monotonic() + 10 * PATIENCE
        while before != self.page.get("calls"):
            assert p.poll() is None and time.monotonic() < end
            before = self.page.get("calls")
            time.sleep(seconds)

    def waiting(self):
        """Whether the run that failed left something of each to do."""
        return self.bare.db("SELECT 1 FROM outbox WHERE state = 'queued'") and \
            self.bare.spool("SELECT COALESCE(max(id), 0) FROM deliveries") > \
            self.bare.db("SELECT COALESCE(max(delivery_id), 0)"
                         " FROM spool_cursors")

    def process(self, kind, nth, number):
        """A run of the processor with something of each to do."""
        since = self.said_until_now("waspool-process")
        what = f"waspool-process, {kind} {nth}, errno {number}"
        if not self.waiting():
            said = self.deliver() + self.show() + self.order()
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

    def at_work(self, program, work, nth):
        """A program that runs already has no memory for one moment."""
        since = self.said_until_now(program)
        p = self.bare.running.get(program)
        if p and p.poll() is not None:      # it ended when nobody looked any more
            self.bare.running.pop(program)
            self.bare.hang_up(program)
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
        status = self.end_of(program, said)
        if status is not None:
            self.bare.running.pop(program)
            self.bare.hang_up(program)
        if not self.page.failed:
            return 0
        self.after(program, since, what, said, status)
        return 1

    def end_of(self, program, said):
        """Its status, or None: who refused something may be about to end."""
        if all(200 <= s < 300 for s in said):
            return self.bare.running[program].poll()
        try:
            return self.bare.running[program].wait(1)
        except subprocess.TimeoutExpired:
            return None

    def revive(self, program):
        if program == "waspool-process":
            self.begin(program, "--forever")
            self.applied()
        else:
            self.begin(program)
            ready = self.deliver if program == "webhook-ingest" else \
                self.order
            assert min(ready()) >= 200

    def applied(self):
        """Work for a processor that runs: until it is done, or dead."""
        said = self.deliver()
        p = self.bare.running["waspool-process"]
        (last,), = self.bare.spool("SELECT max(id) FROM deliveries")
        wait_for(lambda: p.poll() is not None or self.bare.db(
            "SELECT 1 FROM spool_cursors WHERE delivery_id >= ?", last),
            PATIENCE, 0.005)
        return said

    # ------------------------------------------------------- the books

    def look(self, report=None):
        """Everything is as if nothing had failed."""
        audit.check_pictures(self.bare, report)
        report = report or torture.Report()
        p = self.bare.start("waspool-process", "--once")
        assert p.wait(PATIENCE) == 0, self.bare.log("waspool-process")[-1000:]
        self.bare.running.pop("waspool-process")
        audit.check_messages(self.bare, self.kept, report)
        audit.check_spool(self.bare, report)
        audit.check_changes(self.bare, report)
        audit.check_stats(self.bare, report)
        audit.check_files(self.bare, report)
        names = [m.body["template"]["name"] for m in self.d360.sent]
        assert len(names) == len(set(names)), "a message was sent twice"
        there = {i for i, in self.bare.db(
            "SELECT id FROM messages WHERE direction = 'outbound'")}
        assert set(self.answers) <= there, "an answer was accepted and is lost"
        # An answer of the provider that was lost stays open for 10 minutes.
        bad = self.bare.db("SELECT id, error FROM messages WHERE status ="
                           " 'failed' AND error NOT LIKE '%outcome unknown%'")
        assert not bad, f"given up because of our trouble: {audit.some(bad)}"
        (n,), = self.bare.db("SELECT count(*) FROM uploads")
        assert n >= self.files, "an upload was accepted and is lost"
