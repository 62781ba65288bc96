"""An inbox on PostgreSQL whose server dies, stands still, and is followed by its
standby, while webhooks come in and members answer (./dev torture --pgsql).

A commit is on both servers before it is answered, as an installation has it that
loses nothing; so nothing that anybody was told is lost.
"""

import collections
import random
import signal
import time

import audit
import postgres
import torture
from d360 import D360
from part_kill import (Follower, Member, check_sending, check_stream,
                       settle_outbox)
from rig import PATIENCE, PGSQL, Node, wait_for

NAME, SHORT, LONG, MINUTES = "server", 4, 40, 5

CONNECTIONS = 8
FROZEN_S = 2


class Pair:
    """The one that takes writes, and its standby: folders that stay the same."""

    def __init__(self):
        self.first = postgres.Server()
        assert self.first.laid
        self.second = postgres.Server(self.first)
        self.first.wait_for_standby()

    def kill(self, luck):
        self.first.kill()
        time.sleep(luck.random())
        self.first.begin()

    def kill_one(self, luck):
        """A process of it: it starts them all again."""
        pids = self.first.backends()
        self.first.signal(signal.SIGKILL, [luck.choice(pids[1:])])

    def freeze(self, luck):
        """All of it, for longer than anybody waits for a host."""
        pids = self.first.backends()
        self.first.signal(signal.SIGSTOP, pids)
        time.sleep(FROZEN_S + luck.random())
        self.first.signal(signal.SIGCONT, pids)

    def promote(self, luck):
        """Its machine is gone, the standby takes over, and a new one stands by,
        at the address of the old one."""
        self.first.kill()
        time.sleep(luck.random())
        self.second.promote()
        gone, self.first = self.first, self.second
        gone.renew(self.first)
        self.second = gone
        self.first.wait_for_standby()

    def stop(self):
        self.first.stop()
        self.second.stop()


def books(node, d360, ledger, member, follower, killed, report):
    wait_for(lambda: node.get("/me").status == 200)
    node.drained(PATIENCE)
    settle_outbox(node, d360, ledger)
    node.drained(PATIENCE)
    assert not ledger.errors, ledger.errors[:3]
    audit.check_messages(node, ledger.kept, report)
    check_stream(node, follower, report)
    check_sending(node, d360, member.sent, sum(killed.values()), report)
    audit.check_stats(node, report, member.touched)
    audit.check_changes(node, report)
    audit.check_spool(node, report)


def run(scale, report):
    if not PGSQL:
        raise torture.Skip("PostgreSQL only: ./dev torture --pgsql server")
    pair, ledger, luck = Pair(), audit.Ledger(), scale.random
    killed = collections.Counter()
    try:
        with D360() as d360:
            node = d360.attach(Node(
                {**d360.env, **pair.first.for_node(pair.second)}))
            try:
                node.up()
                phones = audit.customers(60)
                threads = [audit.Provider(
                    node, ledger, random.Random(luck.random()), phones, 0.1)
                    for _ in range(CONNECTIONS)]
                member = Member(node, ledger, random.Random(luck.random()),
                                set(phones[::2]))
                follower = Follower(node, ledger)
                for t in [*threads, member, follower]:
                    t.start()
                for n in scale.rounds():
                    time.sleep(luck.uniform(0.5, 2))
                    # Each once, before luck has its way.
                    do = [pair.kill, pair.kill_one, pair.freeze, pair.promote]
                    do = do[n - 1] if n <= len(do) else luck.choice(do)
                    killed[do.__name__] += 1
                    do(luck)
                for t in [*threads, member]:
                    t.stop.set()
                for t in [*threads, member]:
                    t.join(PATIENCE + 30)
                    assert not t.is_alive(), "a client hangs"
                books(node, d360, ledger, member, follower, killed, report)
            finally:
                node.remove()
    finally:
        pair.stop()
    report.check("of the server: " + ", ".join(
        f"{n} {what}" for what, n in sorted(killed.items())))
    report.check("answers to deliveries: " + ", ".join(
        f"{n} {s or 'none'}" for s, n in sorted(ledger.posts.items())))
