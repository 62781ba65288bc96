"""Durable ingest as fast as it goes, beside an empty responder."""

import time

from row import Figure, Row
from stand import MADE, body_of, headers, webhook_url

CONNECTIONS = 32
THREADS = 64    # WASPOOL_THREADS, as unset
SIZE = 1536


def ingest_node(bench):
    """A node whose spool only grows."""
    node = bench.node(WASPOOL_THREADS=THREADS)
    bench.without_processor(node)
    return node


class Ingest(Row):
    name = "ingest"
    what = f"durable ingest, {CONNECTIONS} connections, {SIZE} bytes with " \
           "signature check"
    reference = f"an empty libfcgi responder, {THREADS} threads too, in the " \
                "same nginx location"
    how = "wrk; the processor is stopped meanwhile, since both cores are " \
          "the subject's; afterwards the spool must hold as many rows as " \
          "there were answers 200."
    # The rate beside the empty responder is shown, not asked: nginx keeps the
    # connections of both, which the empty one, with nothing else to do, gains
    # more by.  What is asked is ours beside ours (--against).
    figures = [Figure("rate", "/s"),
               Figure("p50", "ms"),
               Figure("p99", "ms", at_most=4, ratio=True)]

    def open(self, bench):
        self.rounds = bench.seconds(3, 5)
        self.node = bench.shared("ingest", lambda: ingest_node(bench))
        body = body_of(SIZE)
        self.file = bench.folder() / "body"
        self.file.write_bytes(body)
        self.headers = headers(self.node, body)
        bench.start(self.node, "empty", MADE / "empty", THREADS)
        self.load(bench, 1)
        with bench.instead(self.node, "webhook-ingest", "empty"):
            self.load(bench, 1)
        self.before, self.answers = self.stored(), 0
        self.ends = CONNECTIONS     # in flight at the end of the warm-up

    def stored(self):
        """How many rows, once those in flight are there too."""
        def rows():
            return self.node.spool(
                "SELECT coalesce(max(id), 0) FROM deliveries")[0][0]
        before = -1
        while before != rows():
            before = rows()
            time.sleep(0.5)
        return before

    def load(self, bench, seconds):
        out = bench.wrk(webhook_url(self.node), seconds, CONNECTIONS,
                        method="POST", body=self.file, headers=self.headers)
        return {"rate": out["rate"], "p50": out["p50_ms"],
                "p99": out["p99_ms"]}, out["n"]

    def subject(self, bench):
        figures, n = self.load(bench, bench.seconds(2, 8))
        self.answers += n
        stored = self.stored() - self.before
        # wrk goes away with up to a request a connection in flight.
        self.ends += CONNECTIONS
        assert self.answers <= stored <= self.answers + self.ends, \
            f"{stored} rows for {self.answers} answers 200"
        return figures

    def beside(self, bench):
        with bench.instead(self.node, "webhook-ingest", "empty"):
            figures, _ = self.load(bench, bench.seconds(2, 8))
        stored = self.stored() - self.before
        assert stored <= self.answers + self.ends, \
            f"{stored} rows for {self.answers} answers 200: requests for " \
            "the reference came to the subject"
        return figures


ROWS = [Ingest()]
