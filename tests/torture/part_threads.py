"""ThreadSanitizer: a node built with it under load, and no report.

All programs are loaded: deliveries on 32 connections, members, streams that
come and go, and restarts in between, since a program that stops joins threads
too.
"""

import os
import random
import signal
import subprocess
import threading
import time

import audit
import torture
from d360 import D360
from part_kill import CONNECTIONS, Follower, Member
from rig import Node
from sse import Stream

NAME, SHORT, LONG, MINUTES = "threads", 1, 12, 3

WAYS = {"SANITIZE": "thread"}
REPORTS = torture.ROOT / "build" / "thread" / "reports"
RESTARTED = ["webhook-ingest", "actions", "realtime", "waspool-process"]


class Visitor(threading.Thread):
    """Opens a stream, looks for a moment, goes."""

    def __init__(self, node, ledger, luck):
        super().__init__(daemon=True)
        self.node, self.ledger, self.random = node, ledger, luck
        self.stop = threading.Event()
        self.seen = 0

    def visit(self):
        if self.random.random() < 0.3:
            self.node.get("/changes", after=0, limit=10)
            return
        with Stream(self.node) as stream:
            self.seen += stream.status == 200
            self.stop.wait(self.random.uniform(0, 0.5))

    def run(self):
        while not self.stop.is_set():
            try:
                self.visit()
            except (OSError, ValueError, IndexError):
                time.sleep(0.1)     # it is being restarted


def build():
    done = subprocess.run([torture.ROOT / "dev", "build"],
                          env={**os.environ, **WAYS}, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    REPORTS.mkdir(exist_ok=True)
    for old in REPORTS.glob("*"):
        old.unlink()


def check_reports():
    for path in sorted(REPORTS.glob("*")):
        raise AssertionError(f"{path}:\n{path.read_text()[:3000]}")


def run(scale, report):
    if os.environ.get("SANITIZE"):
        raise torture.Skip("all runs under a sanitizer already")
    build()
    ledger, luck = audit.Ledger(), scale.random
    with D360() as d360:
        node = d360.attach(Node({**d360.env, **WAYS}))
        try:
            node.up()
            phones = audit.customers(50)
            threads = [audit.Provider(node, ledger,
                                      random.Random(luck.random()), phones,
                                      0.5) for _ in range(CONNECTIONS)]
            threads += [Visitor(node, ledger, random.Random(luck.random()))
                        for _ in range(24)]
            threads += [Member(node, ledger, random.Random(luck.random()),
                               set(phones[::2])), Follower(node, ledger)]
            for t in threads:
                t.start()
            for _ in scale.rounds():
                time.sleep(5)
                node.kill(luck.choice(RESTARTED), signal.SIGTERM)
                check_reports()
            for t in threads:
                t.stop.set()
            for t in threads:
                t.join(90)
            node.drained(600)    # slow, on a busy machine
            assert not ledger.errors, ledger.errors[:3]
            audit.check_messages(node, ledger.kept, report)
            node.down()
            check_reports()
        finally:
            node.remove()
    report.check("streams opened", sum(
        t.seen for t in threads if isinstance(t, Visitor)))
    report.check("restarts under load", scale.done)
    report.check("reports of ThreadSanitizer", 0)
