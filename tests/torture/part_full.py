"""Our own trouble: a full disk, and an inbox that somebody else has locked.
Nothing is lost, nothing is held or dead because of it, nobody has to come."""

import contextlib
import fcntl
import os
import random
import socket
import sqlite3
import subprocess
import threading
import time

import audit
import torture
from bare import Bare
from d360 import D360
from fail import Page
from rig import wait_for

NAME, SHORT, LONG, MINUTES = "full", 1, 8, 8
SQLITE = "its programs write files"

CLIENTS = 4
PATIENCE = 120


class Load:
    """Deliveries, each until it is taken; and a member who asks."""

    def __init__(self, bare, luck):
        self.bare, self.ledger = bare, audit.Ledger()
        self.stop = threading.Event()
        self.said = {}              # what a member asked → the answer's status
        self.threads = [threading.Thread(
            target=self.deliver, args=(random.Random(luck.random()),),
            daemon=True) for _ in range(CLIENTS)]
        self.threads.append(threading.Thread(target=self.ask, daemon=True))
        self.phones = audit.customers(30)

    def __enter__(self):
        for t in self.threads:
            t.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for t in self.threads:
            t.join(PATIENCE)
            assert not t.is_alive(), "a client hangs"
        assert not self.ledger.errors, self.ledger.errors[:3]

    def deliver(self, luck):
        while not self.stop.is_set():
            body, wamids = audit.delivery(luck, self.phones)
            status = None
            while status != 200:
                try:
                    status = self.bare.post(body, PATIENCE)
                except socket.timeout:
                    return self.ledger.failed("a delivery hangs")
                self.ledger.note(status, wamids)
                if status not in (200, 503):
                    return self.ledger.failed(f"a delivery got {status}")
                if status != 200:
                    time.sleep(0.05)
            self.stop.wait(luck.uniform(0, 0.1))

    def ask(self):
        n = 0
        while not self.stop.is_set():
            n += 1
            try:
                status, made = self.bare.api(
                    "POST", "/contacts", {"phone": f"+49303{n:07d}",
                                          "name": "Ann"}, PATIENCE)
            except socket.timeout:
                return self.ledger.failed("a member's request hangs")
            self.said[n] = status
            if status != 201 and status < 500:
                return self.ledger.failed(f"a member got {status}: {made}")
            self.stop.wait(0.1)

    def until(self, status, more=5):
        """Until so many more deliveries were answered so."""
        want = self.ledger.posts[status] + more
        wait_for(lambda: self.ledger.posts[status] >= want
                 or self.ledger.errors, PATIENCE)
        assert not self.ledger.errors, self.ledger.errors[:3]


@contextlib.contextmanager
def programs(luck, d360, shim=None):
    bare = Bare(**d360.env, WASPOOL_MIN_FREE=0, WASPOOL_SEND_RATE=1000)
    page = Page(shim, bare.dir / "page", bare.state) if shim else None
    try:
        bare.populate()
        bare.page = page
        yield bare
    finally:
        bare.remove()


def start(bare, **processor):
    """All three; PROCESSOR is in the environment of that one."""
    env = bare.page.env if bare.page else {}
    for program in ("webhook-ingest", "actions"):
        bare.start(program, env=env)
    bare.start("waspool-process", "--forever", env={**env, **{
        k: str(v) for k, v in processor.items()}})


def keep_up(bare):
    """The processor comes again, as cron would have it, should it have ended:
    its status."""
    p = bare.running["waspool-process"]
    if p.poll() is not None:
        bare.start("waspool-process", "--forever",
                   env=bare.page.env if bare.page else None)
    return p.returncode


def drained(bare):
    def done():
        keep_up(bare)
        (last,), = bare.spool("SELECT COALESCE(max(id), 0) FROM deliveries")
        (read,), = bare.db("SELECT COALESCE(max(delivery_id), 0)"
                           " FROM spool_cursors")
        return read == last
    wait_for(done, PATIENCE, 0.1)


def books(bare, load):
    report = torture.Report()
    drained(bare)
    for program in list(bare.running):
        bare.stop(program)
    audit.check_messages(bare, load.ledger.kept, report)
    audit.check_spool(bare, report)
    audit.check_changes(bare, report)
    audit.check_stats(bare, report)
    audit.check_files(bare, report)
    there = {p for p, in bare.db("SELECT phone FROM contacts")}
    lost = [n for n, s in load.said.items()
            if s == 201 and f"+49303{n:07d}" not in there]
    assert not lost, f"contacts that were made and are lost: {lost[:5]}"


def check_log(bare, program, *words):
    said = bare.log(program).lower()
    assert any(w in said for w in words), \
        f"{program} does not say {words[0]}: {said[-500:]}"


# ------------------------------------------------------------- a full disk

def used(folder):
    return sum(p.stat().st_size for p in folder.iterdir() if p.is_file())


def full_by_shim(scale, report, shim):
    """No more room for the files of the state folder, and then again."""
    with D360() as d360, programs(scale.random, d360, shim) as bare:
        start(bare)
        with Load(bare, scale.random) as load:
            for _ in range(2):
                load.until(200, 20)
                bare.page.set(room=used(bare.state)
                              + scale.random.randrange(60000))
                load.until(503, 20)
                time.sleep(scale.random.uniform(0, 2))
                keep_up(bare)
                bare.page.set(room=0)
                load.until(200, 20)
        books(bare, load)
        check_log(bare, "webhook-ingest", "full", "no space")
    report.check("disk full by quota, twice: refused with 503, and taken "
                 "when there was room again", load.ledger.posts[503])


@contextlib.contextmanager
def small_disk(folder, size):
    """A file system of SIZE bytes in the place of FOLDER, with what is there."""
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}",
                           "waspool-test", folder], text=True,
                          stderr=subprocess.PIPE, timeout=20)
    if done.returncode != 0:
        raise torture.Skip(f"no mount here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], timeout=20)


def full_by_mount(scale, report):
    if os.geteuid() != 0:
        report.check("a small file system: not tried, only root may mount")
        return
    with D360() as d360:
        bare = Bare(**d360.env, WASPOOL_MIN_FREE=0)
        bare.page = None
        try:
            with small_disk(bare.state, 8 << 20):
                on_small_disk(bare.populate(), scale, report)
                bare.crash()
        except torture.Skip as e:
            report.check(f"a small file system: not tried, {e}")
        finally:
            bare.remove()


def on_small_disk(bare, scale, report):
    start(bare)
    ballast = bare.state / "ballast"
    with Load(bare, scale.random) as load:
        load.until(200, 20)
        with contextlib.suppress(OSError), open(ballast, "wb", 0) as f:
            while f.write(b"x" * scale.random.randrange(1, 100000)):
                pass
        load.until(503, 20)
        keep_up(bare)
        ballast.unlink()
        load.until(200, 20)
    books(bare, load)
    report.check("a small file system that was full: refused with 503, and "
                 "taken when there was room again", load.ledger.posts[503])


# -------------------------------------------------------- a locked inbox

@contextlib.contextmanager
def sqlite_lock(bare):
    """Somebody's own sqlite3 has begun to write."""
    c = sqlite3.connect(bare.state / "inbox.db", isolation_level=None,
                        timeout=60)
    c.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        c.execute("ROLLBACK")
        c.close()


@contextlib.contextmanager
def our_lock(bare):
    """A program of ours hangs while it has the lock."""
    with open(bare.state / "inbox.db.lock", "r+b") as f:
        fcntl.flock(f, fcntl.LOCK_EX)
        yield


def told(bare, since, wait_ms):
    """The processor, from that character of its log on, has said that it waits
    for the inbox, and before that why: a wait ended without the lock."""
    why, word, _ = bare.log("waspool-process")[since:].partition("inbox busy")
    assert not word or f"not locked for writing within {wait_ms} ms" in why \
        or "database is locked" in why, f"busy, and not why: {why}"
    return word


def locked(scale, report, lock, wait_ms, seconds=0):
    """For SECONDS and until that was said.  How soon it is, no clock of a busy
    machine can judge; test_sqlite_checkpoint shows that each wait has its line."""
    with D360() as d360, programs(scale.random, d360) as bare:
        start(bare, WASPOOL_WAIT_MS=wait_ms)
        with Load(bare, scale.random) as load:
            load.until(200, 20)
            drained(bare)
            with lock(bare):
                since = len(bare.log("waspool-process"))
                before = load.ledger.posts[200]
                time.sleep(seconds)
                wait_for(lambda: told(bare, since, wait_ms), PATIENCE, 0.05)
                load.until(200, 1)
                taken = load.ledger.posts[200] - before
            load.until(200, 20)
        assert load.ledger.posts[503] == 0, "a delivery was refused"
        assert bare.running["waspool-process"].poll() is None, \
            "the processor ended"
        books(bare, load)
    report.check(f"inbox locked until the processor said so "
                 f"({lock.__name__}): taken in meanwhile, nothing held", taken)


def run(scale, report):
    """Each time the books are made, as in the other parts."""
    shim, = torture.build("fail.so")
    locks = [sqlite_lock, our_lock]
    for n in scale.rounds():
        quiet = report if n == 1 else torture.Report()
        full_by_shim(scale, quiet, shim)
        full_by_mount(scale, quiet)
        if scale.long:
            for lock in locks:
                locked(scale, quiet, lock, 5000, 30)
        else:
            locked(scale, quiet, scale.random.choice(locks), 1000)
