"""Durable ingest on a slow disk: what group commit is for."""

from row import Figure, Row
from row_ingest import SIZE, THREADS, ingest_node
from stand import MADE, body_of, headers, webhook_url

CONNECTIONS = 64


class SlowFlush(Row):
    name = "slow-flush"
    what = "durable ingest, every fdatasync made 4 ms slower, " \
           f"{CONNECTIONS} connections"
    reference = "one commit per request under the same shim " \
                "(commit_each.c: same checks, same table, same driver)"
    how = "wrk; slow_flush.so is preloaded into both programs; the " \
          "processor is stopped."
    figures = [Figure("rate", "/s", at_least=30, ratio=True),
               Figure("p99", "ms")]

    def open(self, bench):
        self.node = bench.shared("ingest", lambda: ingest_node(bench))
        shim = {"LD_PRELOAD": MADE / "slow_flush.so",
                "WASPOOL_THREADS": THREADS}
        program = self.node.bin.removesuffix("bin") + \
            "libexec/waspool/webhook-ingest"
        bench.start(self.node, "slow", program, env=shim)
        bench.start(self.node, "each", MADE / "commit_each",
                    bench.folder() / "each.db", env=shim)
        body = body_of(SIZE)
        self.file = bench.folder() / "body"
        self.file.write_bytes(body)
        self.headers = headers(self.node, body)
        self.load(bench, "slow", 1)

    def load(self, bench, name, seconds):
        with bench.instead(self.node, "webhook-ingest", name):
            out = bench.wrk(webhook_url(self.node), seconds, CONNECTIONS,
                            method="POST", body=self.file,
                            headers=self.headers)
        return {"rate": out["rate"], "p99": out["p99_ms"]}

    def subject(self, bench):
        return self.load(bench, "slow", bench.seconds(1, 8))

    def beside(self, bench):
        return self.load(bench, "each", bench.seconds(1, 8))


ROWS = [SlowFlush()]
