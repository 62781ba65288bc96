"""What members look at all day, in a large inbox, beside an empty responder."""

import random

from data import SEED, large
from row import Figure, Row
from stand import MADE

CONNECTIONS = 8
# libfcgi's connections are threads, and nginx keeps one that waits: with as many
# as there are requests, some would wait for a connection that nobody uses.
THREADS = 64
API = "/api/v1"
LISTS = {       # each filter of GET /conversations
    "first_page": "",
    "all": "status=all",
    "archived": "status=archived",
    "unread": "unread=true",
    "read": "unread=false",
    "mine": "assigned_to=me",
    "nobodys": "assigned_to=none",
    "tag_often": "tag=customer",
    "tag_seldom": "tag=legal",
    "tags": "tag=customer&tag=new",
    "linked": "contact=linked",
    "unlinked": "contact=unlinked",
    "open": "window=open",
    "closed": "window=closed",
    "number": "number=106540352242923",
}
QUICK = ["tags", "closed"]      # the most work


def ids(node, n=20000):
    top = node.db("SELECT max(id) FROM conversations")[0][0]
    dice = random.Random(SEED)
    return [dice.randint(1, top) for _ in range(n)]


class Reads(Row):
    """wrk on PATHS of the large inbox; what it is beside is in BESIDE."""

    reference = "the empty responder, in the same nginx location"
    how = f"wrk, {CONNECTIONS} connections, random ids."
    connections = CONNECTIONS

    def __init__(self, name, what, paths, least=None):
        self.name, self.what, self.paths = name, what, paths
        self.compared = least is not None
        self.figures = [
            Figure("rate", "/s", at_least=least, ratio=least is not None),
            Figure("p50", "ms"), Figure("p99", "ms", at_most=5)]

    def open(self, bench):
        self.node = large(bench)
        bench.shared("reads-empty", lambda: bench.start(
            self.node, "empty", MADE / "empty", THREADS))
        self.file = bench.folder() / "paths"
        self.file.write_text("".join(p + "\n" for p in self.paths(self.node)))
        self.seconds = bench.seconds(1, 5)
        if not bench.quick:
            self.load(bench, 1)

    def load(self, bench, seconds):
        out = bench.wrk(self.node.url, seconds, self.connections,
                        paths=self.file, headers=[
                            "Authorization: Bearer " + self.node.token])
        return {"rate": out["rate"], "p50": out["p50_ms"],
                "p99": out["p99_ms"]}

    def subject(self, bench):
        return self.load(bench, self.seconds)

    def beside(self, bench):
        if bench.quick and not self.compared:
            return {}
        with bench.instead(self.node, "actions", "empty"):
            return self.load(bench, self.seconds)


class Filter(Reads):
    """A first page with one filter: too many to measure each beside."""

    reference = ""
    how = f"wrk, {CONNECTIONS} connections, the same page."

    def beside(self, bench):
        return {}


class FilterOnly(Filter):
    """One that --quick has no time for."""

    modes = ("full",)


class Deep(Reads):
    """A page from the middle of the list, beside the first one."""

    name = "deep_page"
    what = "GET conversations: a page half-way down the list"
    reference = "the first page"
    how = "wrk, 8 connections; a walk of the list gives the cursor."

    def __init__(self):
        self.figures = [Figure("rate", "/s", at_least=0.9, ratio=True),
                        Figure("p50", "ms"), Figure("p99", "ms", at_most=5)]

    def paths(self, node):
        """A walk from the top to the middle."""
        n = node.db("SELECT count(*) FROM conversations"
                    " WHERE status = 'active'")[0][0]
        cursor = None
        for _ in range(n // 2 // 100):
            more = {} if cursor is None else {"cursor": cursor}
            cursor = node.get("/conversations", limit=100,
                              **more).json["next_cursor"]
        return [f"{API}/conversations?cursor={cursor}"]

    def beside(self, bench):
        deep, self.file = self.file, self.first
        try:
            return self.load(bench, self.seconds)
        finally:
            self.file = deep

    def open(self, bench):
        super().open(bench)
        self.first = bench.folder() / "first"
        self.first.write_text(f"{API}/conversations\n")


def each(text):
    return lambda node: [API + text.format(i) for i in ids(node)]


def page(query):
    return lambda node: [f"{API}/conversations" + (query and "?" + query)]


ROWS = [
    Reads("conversation", "GET one conversation", each("/conversations/{}")),
    Reads("messages", "GET the newest 50 messages of one",
          each("/conversations/{}/messages")),
    Reads("stats", "GET the stats",
          lambda node: [f"{API}/conversations/stats"]),
    Reads("first_page", "GET conversations, the first 50", page(""), 0.25),
    Deep(),
    *((Filter if name in QUICK else FilterOnly)(
        "page_" + name, f"GET conversations?{query}", page(query))
      for name, query in LISTS.items() if query)]
