"""Files come back from somewhere else, under load: backups are restored, either
file alone is put back by hand, emptied, replaced, moved away under programs that
run. What was acknowledged is applied, once, or is in a file that waspool named,
and that `waspool spool import` brings back; no id is given twice.
"""

import pathlib
import random
import shutil
import sqlite3

import audit
from rig import Node, wait_for

NAME = "restore"
SHORT, LONG = 6, 60
MINUTES = 8

PROVIDERS = 4


class World:
    def __init__(self, scale):
        self.random = random.Random(scale.random.random())
        self.node = Node({"WASPOOL_LOG_LEVEL": "warn"}).up()
        self.state = self.node.dir / "state"
        self.ledger = audit.Ledger()
        self.backups, self.aside = [], []
        self.given = {}                 # conversation id → phone
        phones = audit.customers(20)
        self.providers = [audit.Provider(
            self.node, self.ledger, random.Random(self.random.random()),
            phones, 0.02) for _ in range(PROVIDERS)]
        for p in self.providers:
            p.start()

    def finish(self):
        for p in self.providers:
            p.stop.set()
        for p in self.providers:
            if p.is_alive():
                p.join(90)

    # ---------------------------------------------- what a person does

    def backup(self):
        folder = self.node.dir / f"backup-{len(self.backups)}"
        self.node.cli("backup", folder)
        self.backups.append(folder)

    def stopped(self, what):
        self.see()
        self.node.down()
        try:
            what()
        finally:
            self.node.up()

    def restore(self, *more):
        folder = self.random.choice(self.backups)

        def do():
            # A command of cron's may have noted nothing yet.
            answer = self.node.cli("--json", "restore", folder, *more)
            if answer["before"]:
                self.aside.append(pathlib.Path(answer["before"]))
        self.stopped(do)

    def restore_spool(self):
        self.restore("--spool", "backup")

    def restore_only_spool(self):
        self.restore("--inbox", "present")

    def put_away(self, name):
        """A person keeps the bytes."""
        folder = self.node.dir / f"kept-{len(self.aside)}"
        folder.mkdir()
        for path in self.state.glob(f"{name}*"):
            if ".lock" not in path.name:
                path.rename(folder / path.name)
        self.aside.append(folder)

    def by_hand(self, name):
        def do():
            self.put_away(name)
            shutil.copy(self.random.choice(self.backups) / name,
                        self.state / name)
        self.stopped(do)

    def spool_by_hand(self):
        self.by_hand("spool.db")

    def inbox_by_hand(self):
        self.by_hand("inbox.db")

    def memory_lost(self):
        """And the notes beside them, as on a new disk."""
        def do():
            self.put_away("spool.db")
            shutil.copy(self.random.choice(self.backups) / "spool.db",
                        self.state / "spool.db")
            (self.state / "spool.highwater").unlink(missing_ok=True)
        self.stopped(do)

    def emptied(self):
        """While all goes on; what is not applied yet would be destroyed."""
        self.keep_waiting()

    def keep_waiting(self):
        c = sqlite3.connect(self.state / "spool.db", timeout=30,
                            isolation_level=None)
        inbox = sqlite3.connect(self.state / "inbox.db", timeout=30)
        c.execute("BEGIN IMMEDIATE")
        node = c.execute("SELECT node FROM spool").fetchone()[0]
        row = inbox.execute("SELECT delivery_id FROM spool_cursors"
                            " WHERE node = ?", (node,)).fetchone()
        last = c.execute("SELECT max(id) FROM deliveries").fetchone()[0]
        if row and last and row[0] >= last:
            c.execute("DELETE FROM deliveries")
        c.execute("COMMIT")
        c.close()
        inbox.close()

    def replaced(self):
        def do():
            self.put_away("spool.db")
            self.node.cli("init")
        self.stopped(do)

    def moved_under_programs(self):
        """A file at the path that is not the one they have open."""
        self.put_away("spool.db")
        self.node.cli("init")
        self.node.drained_at = None

    # ------------------------------------------------------- what is seen

    def see(self):
        """An id that a screen shows means the same customer for ever."""
        for id_, phone in self.node.db("SELECT id, phone FROM conversations"):
            assert self.given.setdefault(id_, phone) == phone, \
                f"conversation {id_} was {self.given[id_]}, is {phone}"

    def wamids(self):
        return {w for (w,) in self.node.db(
            "SELECT wamid FROM messages WHERE wamid IS NOT NULL")}

    def missing(self):
        return set(self.ledger.kept) - self.wamids()

    def settle(self, report):
        for folder in self.aside:
            if (folder / "spool.db").exists():
                self.node.cli("spool", "import", folder / "spool.db")
        wait_for(lambda: not self.missing(), 120, 0.2)
        self.see()
        twice = self.node.db("SELECT wamid, count(*) FROM messages"
                             " GROUP BY wamid HAVING count(*) > 1")
        assert not twice, twice[:3]
        rows = self.node.cli("--json", "spool", "list", "--limit", "10000",
                             "--state", "waiting")
        assert not rows, rows[:3]
        report.check("acknowledged messages, each there once",
                     len(self.ledger.kept))
        report.check("conversation ids, each of one customer",
                     len(self.given))


def run(scale, report):
    w = World(scale)
    try:
        wait_for(lambda: len(w.ledger.kept) > 20, 60)
        w.backup()
        for n in scale.rounds():
            step = w.random.choice([
                w.restore, w.restore_spool, w.restore_only_spool,
                w.spool_by_hand, w.inbox_by_hand, w.memory_lost, w.emptied,
                w.replaced, w.moved_under_programs, w.backup])
            before = len(w.ledger.kept)
            step()
            wait_for(lambda: len(w.ledger.kept) > before + 5, 90)
            w.see()
        w.finish()
        assert not w.ledger.errors, w.ledger.errors[:3]
        w.settle(report)
    finally:
        w.finish()
        w.node.remove()
