"""Webhooks that are acknowledged and applied, on all cores at once."""

import json
import subprocess
import time

from row import Figure, Row
from stand import HERE, headers, webhook_url

CONNECTIONS = 32
MOST = 30_000       # a second that it has deliveries for


class EndToEnd(Row):
    name = "endtoend"
    what = f"deliveries that are acknowledged and applied, {CONNECTIONS} " \
           "connections"
    figures = [Figure("rate", "/s"), Figure("acknowledged", "/s"),
               Figure("p99", "ms"), Figure("backlog", "s")]

    def open(self, bench):
        self.seconds = bench.seconds(2, 15)
        self.how = f"wrk for {self.seconds} s, each delivery another one " \
            "(fill.c); from the first request until the cursor is behind " \
            "the last of them. “backlog” is how long that is after the " \
            "last answer."
        self.node, self.seed = bench.node(), 1
        self.round(bench, 1)

    def applied(self):
        return self.node.db("SELECT coalesce(max(delivery_id), 0)"
                            " FROM spool_cursors")[0][0]

    def round(self, bench, seconds):
        n = MOST * seconds
        lines = bench.lines(bench.talk(n, self.seed, n // 10))
        self.seed += 1
        done = subprocess.run(
            ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout",
             "10s", "-s", HERE / "deliveries.lua", webhook_url(self.node),
             "--", f"list={lines}",
             *("header=" + h for h in headers(self.node))],
            stdin=subprocess.DEVNULL, capture_output=True, text=True,
            timeout=seconds + 60)
        assert done.returncode == 0, done.stderr
        ended = time.monotonic()
        out = json.loads(done.stdout.splitlines()[-1])
        assert out["errors"] == 0 and 0 < out["n"] <= n, done.stdout
        last = self.node.spool("SELECT max(id) FROM deliveries")[0][0]
        while self.applied() < last:
            time.sleep(0.01)
            assert time.monotonic() < ended + 600, "not applied"
        # The list is read before the first request: wrk says how long it took.
        took = out["n"] / out["rate"]
        backlog = time.monotonic() - ended
        lines.unlink()
        return {"rate": out["n"] / (took + backlog),
                "acknowledged": out["rate"], "p99": out["p99_ms"],
                "backlog": backlog}

    def subject(self, bench):
        return self.round(bench, self.seconds)


ROWS = [EndToEnd()]
