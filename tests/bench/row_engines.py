"""What members look at, with the inbox on PostgreSQL, beside the same inbox in
SQLite's file, in one run: ./dev bench --pgsql engines.  The set is one of a million
messages (--quick: 200,000); waspool move takes it over."""

import random
import shutil
import subprocess
import time

import postgres
from data import BIN, COMMON, RARE, SEED, cached
from rig import PGSQL, Node, clean_environment, wait_for
from row import Figure, Row
from row_pages import LIMITS
from row_reads import API
from stand import SECRET

CONNECTIONS = 2     # nobody waits for another: how long a way is
SETTINGS = ["fsync=on", "autovacuum=on", "shared_buffers=512MB", "max_wal_size=4GB"]


def on_file(bench, source):
    node = Node({"WHATSAPP_APP_SECRET": SECRET, "PGSQL": "", "WASPOOL_INBOX": ""})
    bench.stack.callback(node.remove)
    (node.dir / "state").mkdir()
    shutil.copyfile(source, node.dir / "state/inbox.db")
    (node.dir / "state/dev.workspace").write_text("1\n")
    return node.up()


def on_server(bench, source):
    server = postgres.Server(settings=SETTINGS)
    bench.stack.callback(server.stop)
    env = server.for_node()
    folder = bench.folder()
    (folder / "run").mkdir()
    shutil.copyfile(source, folder / "inbox.db")
    (folder / "conf").write_text(f"WASPOOL_STATE_DIR={folder}\n"
                                 f"WASPOOL_RUN_DIR={folder}/run\n"
                                 f"WASPOOL_INBOX={env['NODE_INBOX_OWNER']}\n")
    began = time.monotonic()
    subprocess.run([BIN / "waspool", "move", "sqlite", "postgresql"], check=True,
                   env=clean_environment({"WASPOOL_CONFIG": str(folder / "conf")}),
                   stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    bench.say(f"moved in {time.monotonic() - began:.0f} s")
    node = Node({"WHATSAPP_APP_SECRET": SECRET, **env})
    bench.stack.callback(node.remove)
    (node.dir / "state").mkdir()
    (node.dir / "state/dev.workspace").write_text("1\n")
    node.up()
    began = time.monotonic()
    wait_for(lambda: not node.db("SELECT COUNT(*) FROM search_indexed"
                                 " WHERE from_id > 0")[0][0], 1800, step=1)
    bench.say(f"its words were made in {time.monotonic() - began:.0f} s")
    server.call("VACUUM ANALYZE", env["NODE_INBOX_OWNER"].rpartition("/")[2])
    return node


def both(bench):
    if not PGSQL:
        raise AssertionError("it wants ./dev bench --pgsql")
    source = cached(bench, "quick" if bench.quick else "engines")
    return on_server(bench, source), on_file(bench, source)


class Engine(Row):
    """wrk on PATHS, of the one and of the other."""

    reference = "the same of SQLite's file"
    how = f"wrk, {CONNECTIONS} connections."
    modes = ("quick", "full") if PGSQL else ()

    def __init__(self, name, what, paths):
        self.name, self.what, self.paths = "pg_" + name, what, paths
        self.figures = [Figure("rate", "/s"), Figure("p50", "ms"),
                        Figure("p99", "ms")]

    def open(self, bench):
        self.nodes = bench.shared("engines", lambda: both(bench))
        self.file = bench.folder() / "paths"
        self.file.write_text("".join(
            API + p + "\n" for p in self.paths(self.nodes[1])))
        self.seconds = bench.seconds(1, 4)
        for node in self.nodes:
            self.load(bench, node, 1)

    def load(self, bench, node, seconds=None):
        out = bench.wrk(node.url, seconds or self.seconds, CONNECTIONS,
                        paths=self.file,
                        headers=["Authorization: Bearer " + node.token])
        return {"rate": out["rate"], "p50": out["p50_ms"], "p99": out["p99_ms"]}

    def subject(self, bench):
        return self.load(bench, self.nodes[0])

    def beside(self, bench):
        return self.load(bench, self.nodes[1])


def each(text):
    def paths(node):
        top = node.db("SELECT max(id) FROM conversations")[0][0]
        dice = random.Random(SEED)
        return [text.format(dice.randint(1, top)) for _ in range(5000)]
    return paths


def same(*paths):
    return lambda node: paths


ROWS = [
    Engine("first_pages", "GET conversations, the first 41 to 50 in turn",
           same(*(f"/conversations?limit={n}" for n in LIMITS))),
    Engine("unread", "GET conversations?unread=true, in turn",
           same(*(f"/conversations?unread=true&limit={n}" for n in LIMITS))),
    Engine("tags", "GET conversations?tag=…&tag=…, in turn",
           same(*(f"/conversations?tag=customer&tag=new&limit={n}"
                  for n in LIMITS))),
    Engine("conversation", "GET one conversation", each("/conversations/{}")),
    Engine("messages", "GET the newest 50 messages of one",
           each("/conversations/{}/messages")),
    Engine("stats", "GET the stats", same("/conversations/stats")),
    Engine("contacts", "GET contacts, the first 41 to 50 in turn",
           same(*(f"/contacts?limit={n}" for n in LIMITS))),
    Engine("search_rare", "GET search?q=: a word in ten messages",
           same(f"/search?q={RARE}")),
    Engine("search_common", "GET search?q=: a word in 1 % of the messages",
           same(f"/search?q={COMMON}")),
    Engine("search_prefix", "GET search?q=: three letters that many words begin"
           " with", same("/search?q=bal")),
]
