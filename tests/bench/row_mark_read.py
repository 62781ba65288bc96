"""How long a member waits while the processor works through a backlog."""

import subprocess

from data import SEED, large
from row import Figure, Row
from row_reads import API, ids
from stand import MADE

CONNECTIONS = 2


class MarkRead(Row):
    name = "mark_read"
    what = "POST …/read of random conversations, while 100,000 deliveries " \
           "drain"
    reference = "the same, nothing to drain"
    how = f"wrk, {CONNECTIONS} connections, in the large inbox; every round " \
          "ends before the backlog does, and each marks others."
    figures = [Figure("rate", "/s"), Figure("p50", "ms"),
               Figure("p99", "ms", at_most=50)]

    def open(self, bench):
        self.node = large(bench)
        self.deliveries = bench.seconds(12_000, 100_000)
        self.seconds = bench.seconds(2, 5)
        self.rounds_done = 0
        self.all = ids(self.node, 100_000)

    def load(self, bench):
        """A part of the ids that no other round takes."""
        part = self.all[self.rounds_done * 10_000:][:10_000]
        self.rounds_done += 1
        file = bench.folder() / "paths"
        file.write_text("".join(f"{API}/conversations/{i}/read\n"
                                for i in part))
        out = bench.wrk(self.node.url, self.seconds, CONNECTIONS,
                        method="POST", paths=file,
                        headers=["Authorization: Bearer " + self.node.token])
        return {"rate": out["rate"], "p50": out["p50_ms"],
                "p99": out["p99_ms"]}

    def waiting(self):
        last = self.node.spool("SELECT coalesce(max(id), 0)"
                               " FROM deliveries")[0][0]
        return last - self.node.db("SELECT coalesce(max(delivery_id), 0)"
                                   " FROM spool_cursors")[0][0]

    def subject(self, bench):
        subprocess.run([MADE / "fill", "-n", str(self.deliveries), "-s",
                        str(SEED + self.rounds_done), "-c", "1000000",
                        self.node.dir / "state/spool/spool.db"], check=True,
                       stdout=subprocess.DEVNULL)
        self.node.deliver("{}")     # wakes the processor
        figures = self.load(bench)
        assert self.waiting() > 0, "the backlog was gone before the round"
        self.node.drained(600)
        return figures

    def beside(self, bench):
        self.node.drained(600)
        return self.load(bench)


ROWS = [MarkRead()]
