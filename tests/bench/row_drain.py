"""How fast the processor applies deliveries, beside the writing alone."""

import re
import shutil
import sqlite3
import subprocess
import time

from rig import NUMBER, clean_environment
from row import Figure, Row
from stand import BUILD, MADE, SECRET

BIN = BUILD / "inst/bin"
CHECKPOINT_PAGES = 1000     # src/process/run_loop.c
BATCH = 500                 # WASPOOL_BATCH, as unset


class Store:
    """Spool and inbox without any program, the spool filled."""

    def __init__(self, bench, deliveries):
        self.dir = bench.folder()
        self.state = self.dir / "state"
        self.fresh = self.dir / "fresh"
        self.state.mkdir()
        (self.dir / "run").mkdir()
        self.config = self.dir / "conf"
        self.config.write_text(
            f"WASPOOL_STATE_DIR={self.state}\n"
            f"WASPOOL_RUN_DIR={self.dir}/run\n"
            f"WASPOOL_BATCH={BATCH}\nWHATSAPP_APP_SECRET={SECRET}\n")
        for args in (["init"], ["workspace", "add", "bench"],
                     ["number", "add", NUMBER, "--workspace", "1"]):
            self.run(BIN / "waspool", *args)
        # The provider is asked about the number, which fails without a key, as
        # a change says: not while it is measured. The cursor is bare.c's, too.
        self.run(BIN / "waspool-process", "--once")
        with sqlite3.connect(self.state / "inbox.db") as inbox:
            inbox.execute("DELETE FROM spool_cursors")
        inbox.close()
        if deliveries:
            self.run(MADE / "fill", "-n", deliveries, "-p", NUMBER,
                     self.state / "spool/spool.db")
        shutil.copytree(self.state, self.fresh)

    def env(self, **more):
        return clean_environment({"WASPOOL_CONFIG": str(self.config), **more})

    def run(self, *command, **more):
        done = subprocess.run([*map(str, command)], env=self.env(**more),
                              text=True, capture_output=True, timeout=600)
        assert done.returncode == 0, f"{command[0]}: {done.stderr[-500:]}"
        return done.stdout + done.stderr

    def renew(self):
        """As it was before anything was applied."""
        shutil.rmtree(self.state)
        shutil.copytree(self.fresh, self.state)
        subprocess.run(["sync", "-f", str(self.dir)], check=True)


class Drain(Row):
    name = "drain"
    what = "waspool-process --once, deliveries of one message each"
    reference = "the same rows written by a loop of prepared statements " \
                "that knows them all (bare.c)"
    how = "from the start of the program to its end, beside the time of " \
          "the loop's writing alone, same schema, batch and settings; both " \
          "inboxes must then hold the same rows with the same ids, and the " \
          "same list of changes."
    figures = [Figure("rate", "/s", at_least=0.7, ratio=True)]

    def open(self, bench):
        self.n = bench.seconds(10_000, 100_000)
        self.store = Store(bench, self.n)
        self.bare = self.store.dir / "bare"
        self.what = f"{self.n:,} deliveries of one message each, " \
                    "waspool-process --once"
        self.subject(bench)
        self.beside(bench)

    def subject(self, bench):
        self.store.renew()
        began = time.monotonic()
        self.store.run(BIN / "waspool-process", "--once")
        return {"rate": self.n / (time.monotonic() - began)}

    def beside(self, bench):
        shutil.rmtree(self.bare, ignore_errors=True)    # with its WAL
        shutil.copytree(self.store.fresh, self.bare)
        subprocess.run(["sync", "-f", str(self.bare)], check=True)
        out = self.store.run(MADE / "bare", self.store.state / "inbox.db",
                             self.bare / "inbox.db", BATCH, CHECKPOINT_PAGES)
        n, seconds = re.match(r"(\d+) deliveries in ([\d.]+)", out).groups()
        assert int(n) == self.n, f"{n} rows of {self.n} deliveries"
        return {"rate": self.n / float(seconds)}

    def close(self, bench):
        ours, bare = (self.store.run(MADE / "bare", path / "inbox.db")
                      for path in (self.store.state, self.bare))
        assert f"messages {self.n} " in ours, ours
        assert ours == bare, f"other rows:\n{ours}\n{bare}"


ROWS = [Drain()]
