"""The data set: a large inbox, made once a day and copied for each run."""

import contextlib
import hashlib
import os
import shutil
import sqlite3
import subprocess
import time

from rig import BUILD, ROOT, Node, clean_environment, wait_for
from stand import HERE, MADE, SECRET

SEED = 1
SIZES = {"quick": (200_000, 20_000), "full": (10_000_000, 1_000_000),
         "engines": (1_000_000, 100_000)}
COMMON, RARE = "aurora", "quetzal"      # world.h
DAY = 86400
BIN = BUILD / "inst/bin"
ONCE = 60       # seconds: RUN_LOOP_ONCE_MS


def digest():
    """Of what decides which rows there are."""
    h = hashlib.sha256()
    for p in [ROOT / "schema/sqlite/inbox.sql",
              *sorted(HERE.glob("world*.[ch]")), *sorted(HERE.glob("load*.c")),
              HERE / "generate.c", HERE / "talk.c"]:
        h.update(p.read_bytes())
    return h.hexdigest()[:12]


def cached(bench, size=None):
    """The file; older than a day it is made anew, since windows close."""
    size = size or bench.mode
    messages, conversations = SIZES[size]
    folder = BUILD / "bench-data"
    folder.mkdir(exist_ok=True)
    path = folder / f"{size}-{SEED}-{messages}-{digest()}.db"
    if path.exists() and path.stat().st_mtime > time.time() - DAY:
        return path
    new = folder / f"{size}-new.db"
    for half in folder.glob(f"{size}-new.db*"):
        shutil.rmtree(half) if half.is_dir() else half.unlink()
    bench.say(f"making {messages:,} messages in {conversations:,} "
              "conversations")
    began = time.monotonic()
    subprocess.run([MADE / "generate", "--seed", str(SEED), "--messages",
                    str(messages), "--conversations", str(conversations),
                    new], check=True, stdin=subprocess.DEVNULL)
    settle(bench, new)
    os.rename(new, path)
    for old in folder.glob(f"{size}-{SEED}-*"):   # not before: it takes
        if old != path:                 # half an hour, and may be ended
            old.unlink()
    bench.say(f"made in {time.monotonic() - began:.0f} s, "
              f"{path.stat().st_size / 1e9:.1f} GB")
    return path


def settle(bench, path):
    """The processor does what it does once with an inbox that it finds like
    this: it counts what there is for reports, and merges the search's indexes.
    Minutes for ten million messages, which would be beside the rows."""
    state = path.with_name(path.name + ".settled")      # on the same disk
    shutil.rmtree(state, ignore_errors=True)
    (state / "run").mkdir(parents=True)
    bench.stack.callback(shutil.rmtree, state, ignore_errors=True)
    (state / "conf").write_text(f"WASPOOL_STATE_DIR={state}\n"
                                f"WASPOOL_RUN_DIR={state}/run\n"
                                "WASPOOL_LOG_LEVEL=warn\n")
    env = clean_environment({"WASPOOL_CONFIG": str(state / "conf")})
    subprocess.run([BIN / "waspool", "init"], check=True, env=env,
                   capture_output=True)
    inbox = state / "inbox.db"
    for file in state.glob("inbox.db*"):
        file.unlink()
    os.rename(path, inbox)
    first = began = time.monotonic()
    while True:
        subprocess.run([BIN / "waspool-process", "--once"], check=True,
                       env=env, stdin=subprocess.DEVNULL)
        ended = time.monotonic()
        if ended - began < ONCE / 2:    # it ended since nothing is left
            break
        began = ended
    # Each copy gets a spool of its own.
    with contextlib.closing(sqlite3.connect(inbox)) as db:
        with db:
            for table in ("spool_cursors", "node_health"):
                db.execute(f"DELETE FROM {table}")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    os.rename(inbox, path)
    bench.say(f"counted and merged in {ended - first:.0f} s")


def copy(source, target):
    """Past the system's memory, which may not hold both, and to the disk: the
    writing, or the freeing of so much memory, would be measured as well.  In
    small pieces, since Linux keeps a large one together, and then looks through
    all of it for each page that the database writes there."""
    for how in (["cp", "--reflink=always", source, target],
                ["dd", "bs=16K", "iflag=direct", "conv=fsync", "status=none",
                 f"if={source}", f"of={target}"],
                ["cp", source, target]):
        if subprocess.run(how, stderr=subprocess.DEVNULL).returncode == 0:
            return
    raise OSError(f"{source} cannot be copied to {target}")


def make(bench):
    node = Node({"WHATSAPP_APP_SECRET": SECRET})
    bench.stack.callback(node.remove)
    (node.dir / "state").mkdir()
    copy(cached(bench), node.dir / "state/inbox.db")
    (node.dir / "state/dev.workspace").write_text("1\n")
    node.up()
    wait_for(lambda: is_counted(node), 600)     # of a set that was put here
    return node


def is_counted(node):
    """What comes once after an upgrade is not to be measured beside a row."""
    return all(node.db(
        f"SELECT NOT EXISTS (SELECT 1 FROM {table} WHERE id > COALESCE((SELECT"
        f" upto_id FROM followed WHERE name = 'report_{table}'), 0))")[0][0]
        for table in ("messages", "conversations"))


def large(bench):
    """A node whose inbox is the data set, for all rows that want one."""
    return bench.shared("large", lambda: make(bench))

