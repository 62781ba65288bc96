"""Durable ingest at the rate of a very large installation."""

from row import Figure, Row
from row_ingest import SIZE, ingest_node
from stand import body_of

RATE = 2000


class Offered(Row):
    name = "offered"
    what = f"durable ingest of {SIZE} bytes with signature check, " \
           f"{RATE:,}/s offered"
    how = "An open loop (offer.c) on kept connections: latency counts from " \
          "when a request was due, sent or not; “late” is the 99th " \
          "percentile of what the client itself was late, which is in it."
    figures = [Figure("p50", "ms", at_most=1), Figure("p99", "ms", at_most=15),
               Figure("late", "ms")]

    def open(self, bench):
        self.node = bench.shared("ingest", lambda: ingest_node(bench))
        self.file = bench.lines([body_of(SIZE)])
        self.subject(bench)

    def subject(self, bench):
        out = bench.offer(self.node, RATE, bench.seconds(2, 20), self.file)
        assert out["rate"] > 0.99 * RATE, out
        return {"p50": out["p50_ms"], "p99": out["p99_ms"],
                "late": out["late_p99_ms"]}


ROWS = [Offered()]
