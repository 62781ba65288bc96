"""What a message takes on disk."""

import contextlib
import sqlite3
import subprocess

from row import Figure, Row
from stand import MADE


class Disk(Row):
    name = "disk"
    what = "bytes on disk a message"
    reference = "the bytes of its body"
    alternates = False
    figures = [Figure("spool.db", "B"), Figure("inbox.db", "B"),
               Figure("both", "B")]

    def open(self, bench):
        self.n = bench.seconds(5000, 100000)
        self.how = f"{self.n:,} realistic deliveries a round (fill.c, one " \
            "message each, a tenth as many customers), drained by the " \
            "processor; pages in use, without free ones and the WAL. The " \
            "raw copy in spool.db goes after WASPOOL_KEEP_DELIVERIES."
        self.node, self.seed = bench.node(), 1

    def used(self, name):
        path = self.node.dir / "state" / \
            ("spool/spool.db" if name == "spool.db" else name)
        with contextlib.closing(sqlite3.connect(
                f"file:{path}?mode=ro", uri=True, timeout=10)) as c:
            pages, size, free = (
                c.execute("PRAGMA " + p).fetchone()[0]
                for p in ("page_count", "page_size", "freelist_count"))
            return (pages - free) * size

    def count(self):
        return self.node.db("SELECT count(*) FROM messages")[0][0]

    def subject(self, bench):
        before = {f: self.used(f) for f in ("spool.db", "inbox.db")}
        messages = self.count()
        out = subprocess.run(
            [MADE / "fill", "-n", str(self.n), "-s", str(self.seed), "-c",
             str(self.n // 10), self.node.dir / "state/spool/spool.db"],
            check=True, text=True, stdout=subprocess.PIPE).stdout
        self.seed += 1
        self.body = int(out.split()[2]) / self.n
        self.node.drained(300)
        assert self.count() == messages + self.n, "messages are missing"
        figures = {f: (self.used(f) - b) / self.n for f, b in before.items()}
        figures["both"] = sum(figures.values())
        return figures

    def beside(self, bench):
        return dict.fromkeys(("spool.db", "inbox.db", "both"), self.body)


ROWS = [Disk()]
