"""Whether a large inbox is as fast to drain into as an empty one."""

import os
import signal
import subprocess
import time

from data import SEED, SIZES, large
from row import Figure, Row
from stand import MADE


class DrainFull(Row):
    name = "drain_full"
    what = "processor drain of 100,000 deliveries into the large inbox, of " \
           "its customers"
    reference = "the same deliveries into an empty inbox"
    how = "fill writes the spool while the processor stands still; from its " \
          "going on until the cursor is at the end. A part of it with " \
          "--quick, and an inbox of 200,000 messages."
    figures = [Figure("rate", "/s", at_least=0.6, ratio=True)]

    def open(self, bench):
        self.node = large(bench)
        self.n = bench.seconds(5_000, 100_000)
        self.customers = SIZES[bench.mode][1]
        self.round = {"subject": 0, "beside": 0}

    def drain(self, bench, node, side):
        """A round of SIDE has the same deliveries as that of the other."""
        self.round[side] += 1
        node.drained(600)
        pid = node.pids("waspool-process")[0]
        os.kill(pid, signal.SIGSTOP)
        try:
            subprocess.run(
                [MADE / "fill", "-n", str(self.n), "-c", str(self.customers),
                 "-s", str(SEED + 100 + self.round[side]), "-f", "0",
                 node.dir / "state/spool/spool.db"],
                check=True, stdout=subprocess.DEVNULL)
            last = node.spool("SELECT max(id) FROM deliveries")[0][0]
        finally:
            began = time.monotonic()
            os.kill(pid, signal.SIGCONT)
        node.deliver("{}")      # wakes it
        while node.db("SELECT coalesce(max(delivery_id), 0)"
                      " FROM spool_cursors")[0][0] < last:
            time.sleep(0.02)
            assert time.monotonic() < began + 600, "not drained"
        return {"rate": self.n / (time.monotonic() - began)}

    def subject(self, bench):
        before = self.node.db("SELECT max(id) FROM messages")[0][0]
        figures = self.drain(bench, self.node, "subject")
        after = self.node.db("SELECT max(id) FROM messages")[0][0]
        assert after - before >= self.n, f"{after - before} messages"
        return figures

    def beside(self, bench):
        node = bench.node()
        figures = self.drain(bench, node, "beside")
        node.down()
        return figures


ROWS = [DrainFull()]
