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
SQLITE = "a database of PostgreSQL is restored there"
SHORT, LONG = 6, 60
MINUTES = 8

PROVIDERS = 4


class World:
    def __init__(self, scale):
        self.random = random.Random(scale.random.random())
        self.node = Node({"WASPOOL_LOG_LEVEL": "warn"}).up()
        self.state = self.node.dir / "state"
        self.ledger = audit.Ledger()
        self.backups, self.aside, self.steps = [], [], []
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

    def place(self, name):
        return self.state / ("spool/spool.db" if name == "spool.db" else name)

    def put_away(self, name):
        """A person keeps the bytes."""
        folder = self.node.dir / f"kept-{len(self.aside)}"
        folder.mkdir()
        for path in self.place(name).parent.glob(f"{name}*"):
            if ".lock" not in path.name:
                path.rename(folder / path.name)
        self.aside.append(folder)

    def by_hand(self, name):
        def do():
            self.put_away(name)
            shutil.copy(self.random.choice(self.backups) / name,
                        self.place(name))
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
                        self.state / "spool/spool.db")
            (self.state / "spool/spool.highwater").unlink(missing_ok=True)
        self.stopped(do)

    def emptied(self):
        """While all goes on; the bytes are kept, as an older inbox may come
        back that has not applied them."""
        folder = self.node.dir / f"kept-{len(self.aside)}"
        folder.mkdir()
        c, seen, kept = (sqlite3.connect(path, timeout=30,
                                         isolation_level=None)
                         for path in (self.state / "spool/spool.db",
                                      self.state / "spool/spool.db",
                                      folder / "spool.db"))
        c.execute("BEGIN IMMEDIATE")
        seen.backup(kept)
        c.execute("DELETE FROM deliveries")
        c.execute("COMMIT")
        for connection in (c, seen, kept):
            connection.close()
        self.aside.append(folder)

    def replaced(self):
        def do():
            self.put_away("spool.db")
            self.node.cli("init")
        self.stopped(do)

    def moved_under_programs(self):
        """A file at the path that is not the one they have open."""
        self.put_away("spool.db")
        self.node.cli("init")

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

    def waiting(self):
        return self.node.cli("--json", "spool", "list", "--limit", "1",
                             "--state", "waiting")

    def settle(self, report):
        for folder in self.aside:
            if (folder / "spool.db").exists():
                self.node.cli("spool", "import", folder / "spool.db")
        wait_for(lambda: not self.waiting(), 300, 0.2)
        missing = self.missing()
        assert not missing, (f"{len(missing)} of {len(self.ledger.kept)} are "
                             f"missing after {self.steps}")
        self.see()
        twice = self.node.db("SELECT wamid, count(*) FROM messages"
                             " GROUP BY wamid HAVING count(*) > 1")
        assert not twice, twice[:3]
        report.check("acknowledged messages, each there once",
                     len(self.ledger.kept))
        report.check("conversation ids, each of one customer",
                     len(self.given))


def run(scale, report):
    w = World(scale)
    try:
        wait_for(lambda: len(w.ledger.kept) > 20)
        w.backup()
        for n in scale.rounds():
            step = w.random.choice([
                w.restore, w.restore_spool, w.restore_only_spool,
                w.spool_by_hand, w.inbox_by_hand, w.memory_lost, w.emptied,
                w.replaced, w.moved_under_programs, w.backup])
            before = len(w.ledger.kept)
            w.steps.append(step.__name__)
            step()
            wait_for(lambda: len(w.ledger.kept) > before + 5)
            w.see()
        w.finish()
        assert not w.ledger.errors, w.ledger.errors[:3]
        w.settle(report)
    finally:
        w.finish()
        w.node.remove()
