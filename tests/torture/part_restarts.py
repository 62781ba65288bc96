"""Programs are restarted while they work: SIGTERM, and their supervisor starts
them anew on the socket it kept.  No request fails."""

import collections
import random
import signal
import threading
import time

import audit
from rig import SERVICES, Node, wait_for

NAME = "restarts"
SHORT, LONG = 5, 50     # of each program
MINUTES = 6

PROVIDERS = 8


class Asker(threading.Thread):
    """Asks one thing again and again, each time on a new connection."""

    def __init__(self, name, ask):
        super().__init__(daemon=True)
        self.name, self.ask = name, ask
        self.stop = threading.Event()
        self.statuses = collections.Counter()

    def run(self):
        while not self.stop.is_set():
            try:
                self.statuses[self.ask().status] += 1
            except OSError as e:
                self.statuses[repr(e)] += 1
            self.stop.wait(0.005)


def wait_for_changes(node):
    """What comes after now."""
    answer = node.get("/changes", limit=1)
    if answer.status != 200:
        return answer
    return node.get("/changes", after=answer.json["last_seq"], wait=1)


def askers(node):
    """Something for each program to do."""
    return [
        Asker("GET /me", lambda: node.get("/me")),
        Asker("GET /conversations", lambda: node.get("/conversations",
                                                     limit=5)),
        Asker("POST /read", lambda: node.post("/conversations/1/read")),
        Asker("GET /changes", lambda: node.get("/changes", limit=5)),
        Asker("waiting for changes", lambda: wait_for_changes(node)),
        Asker("verification", lambda: node.verify(
            mode="subscribe", token=node.verify_token, challenge="1")),
    ]


def restart(node, program):
    """SIGTERM; until another one is there."""
    old = node.kill(program, signal.SIGTERM)
    wait_for(lambda: [p for p in node.pids(program) if p != old] and
             old not in node.pids(program))


def run(scale, report):
    node = Node({"WASPOOL_LOG_LEVEL": "warn"})
    ledger, restarts = audit.Ledger(), 0
    threads = []
    try:
        node.up()
        phones = audit.customers(50)
        node.deliver(audit.delivery(scale.random, phones)[0])
        wait_for(lambda: node.get("/conversations/1").status == 200)
        providers = [audit.Provider(node, ledger, random.Random(
            scale.random.random()), phones, 0.03) for _ in range(PROVIDERS)]
        asking = askers(node)
        threads = providers + asking
        for t in threads:
            t.start()
        for _ in scale.rounds():
            for program in SERVICES:
                restart(node, program)
                restarts += 1
                time.sleep(scale.random.random() * 0.1)
        stop(threads)
        judge(node, ledger, asking, report, restarts)
    finally:
        stop(threads)
        node.remove()


def stop(threads):
    for t in threads:
        t.stop.set()
    for t in threads:
        if t.is_alive():
            t.join(90)


def judge(node, ledger, asking, report, restarts):
    assert not ledger.errors, ledger.errors[:3]
    assert set(ledger.posts) == {200}, \
        f"deliveries were answered {dict(ledger.posts)}"
    for a in asking:
        assert set(a.statuses) == {200}, f"{a.name}: {dict(a.statuses)}"
    report.check("restarts", restarts)
    report.check("deliveries, each answered 200", ledger.posts[200])
    report.check("questions, each answered 200",
                 sum(a.statuses[200] for a in asking))
    node.drained()
    audit.check_messages(node, ledger.kept, report)
    audit.check_changes(node, report)
    audit.check_spool(node, report)
