"""The same as `drain`, with the inbox on a PostgreSQL of its own: ./dev bench
--pgsql pg_drain.  Spools are the same; so is the build."""

import shutil
import subprocess
import time

from rig import BUILD, NUMBER, PGSQL, ROOT, clean_environment, wait_for
from row import Figure, Row
from stand import SECRET

BIN = BUILD / "inst/bin"
MADE = BUILD / "tests/bench"
BATCH = 500                 # WASPOOL_BATCH, as unset
CUSTOMERS = 2000


class Node:
    """A node without programs: its spool is full, its inbox is INBOX, or a file."""

    def __init__(self, folder, number):
        self.dir, self.number = folder, number
        self.state, self.fresh = folder / "state", folder / "fresh"
        self.state.mkdir(parents=True)
        (folder / "run").mkdir()

    def configure(self, inbox):
        config = self.dir / "conf"
        config.write_text(
            f"WASPOOL_STATE_DIR={self.state}\nWASPOOL_RUN_DIR={self.dir}/run\n"
            f"WASPOOL_BATCH={BATCH}\nWHATSAPP_APP_SECRET={SECRET}\n"
            + (f"WASPOOL_INBOX={inbox}\n" if inbox else ""))

    def begin(self, *command, **more):
        return subprocess.Popen(
            [*map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, env=clean_environment({"WASPOOL_CONFIG": str(self.dir / "conf"), **more}))

    def run(self, *command, **more):
        end(self.begin(*command, **more))

    def fill(self, n):
        self.run(MADE / "fill", "-n", n, "-c", CUSTOMERS, "-s", self.number[-1],
                 "-p", self.number, self.state / "spool/spool.db")
        shutil.copytree(self.state, self.fresh)

    def renew(self):
        shutil.rmtree(self.state)
        shutil.copytree(self.fresh, self.state)


def end(process):
    out, _ = process.communicate(timeout=600)
    assert process.returncode == 0, out[-500:]


class Server:
    """A PostgreSQL as ./dev up --pgsql starts it, with one inbox in it."""

    def __init__(self, folder):
        folder.chmod(0o755)     # the server runs as nobody
        self.dir = folder / "pgsql"
        self.process = subprocess.Popen(
            [ROOT / "tests/pgsql", "serve", self.dir], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.dir.exists)
        self.do("create")

    def do(self, verb):
        subprocess.run([ROOT / "tests/pgsql", verb, self.dir], check=True,
                       capture_output=True, timeout=120)

    def say(self, database, sql):
        done = subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-h", self.dir, "-U", "waspool",
             "-d", database, "-c", sql], text=True, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def address(self, role):
        return f"postgresql://{role}@{str(self.dir).replace('/', '%2F')}/waspool"

    def keep(self):
        self.say("postgres", "ALTER DATABASE waspool RENAME TO fresh")

    def renew(self):
        self.say("postgres", "DROP DATABASE IF EXISTS waspool")
        self.say("postgres", "CREATE DATABASE waspool OWNER waspool_owner TEMPLATE fresh")
        self.say("postgres", "CHECKPOINT")

    def stop(self):
        self.process.terminate()
        self.process.wait(60)


class PgDrain(Row):
    name = "pg_drain"
    what = "waspool-process --once, deliveries of one message each, on PostgreSQL"
    reference = "the same programs on SQLite"
    how = "from the start of the program to its end; rate: one workspace, two: a " \
          "processor for each of two workspaces of one database, at the same time, " \
          "both together, beside one workspace on SQLite."
    figures = [Figure("rate", "/s", at_least=0.8, ratio=True),
               Figure("two", "/s", at_least=1.3, ratio=True)]
    modes = ("quick", "full") if PGSQL else ()

    def open(self, bench):
        assert PGSQL, "./dev bench --pgsql"
        self.n = bench.seconds(5_000, 20_000)
        self.what = f"{self.n:,} deliveries of one message each, " \
                    "waspool-process --once, on PostgreSQL"
        folder = bench.folder()
        self.server = Server(folder)
        bench.stack.callback(self.server.stop)
        self.nodes = [Node(folder / "one", NUMBER), Node(folder / "other", NUMBER[:-1] + "3")]
        self.file = Node(folder / "file", NUMBER)
        owner = self.server.address("waspool_owner")
        for node in (*self.nodes, self.file):
            node.configure(self.server.address("waspool_work") if node is not self.file else None)
            node.run(BIN / "waspool", "init", **({} if node is self.file else {"WASPOOL_INBOX": owner}))
            if node is self.nodes[0]:
                self.server.do("admit")
        for node, workspace in ((self.nodes[0], 1), (self.nodes[1], 2), (self.file, 1)):
            node.run(BIN / "waspool", "workspace", "add", f"bench {workspace}")
            node.run(BIN / "waspool", "number", "add", node.number, "--workspace", workspace)
            node.fill(self.n)
        self.server.keep()
        self.subject(bench)
        self.beside(bench)

    def rate(self, *nodes):
        for node in nodes:
            node.renew()
        subprocess.run(["sync", "-f", str(nodes[0].dir)], check=True)
        began = time.monotonic()
        for process in [n.begin(BIN / "waspool-process", "--once") for n in nodes]:
            end(process)
        return len(nodes) * self.n / (time.monotonic() - began)

    def drained(self, *nodes):
        self.server.renew()
        rate = self.rate(*nodes)
        stored = self.server.say("waspool", "SELECT COUNT(*) FROM messages")
        assert stored == str(len(nodes) * self.n), stored
        return rate

    def subject(self, bench):
        return {"rate": self.drained(self.nodes[0]), "two": self.drained(*self.nodes)}

    def beside(self, bench):
        rate = self.rate(self.file)
        return {"rate": rate, "two": rate}


ROWS = [PgDrain()]
