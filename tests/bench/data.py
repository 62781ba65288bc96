"""The data set: a large inbox, made once a day and copied for each run."""

import hashlib
import os
import subprocess
import time

from rig import ROOT, Node, wait_for
from stand import BUILD, HERE, MADE, SECRET

SEED = 1
SIZES = {"quick": (200_000, 20_000), "full": (10_000_000, 1_000_000)}
COMMON, RARE = "aurora", "quetzal"      # world.h
DAY = 86400


def digest():
    """Of what decides which rows there are."""
    h = hashlib.sha256()
    for p in [ROOT / "schema/sqlite/inbox.sql",
              *sorted(HERE.glob("world*.[ch]")), *sorted(HERE.glob("load*.c")),
              HERE / "generate.c", HERE / "talk.c"]:
        h.update(p.read_bytes())
    return h.hexdigest()[:12]


def cached(bench):
    """The file; older than a day it is made anew, since windows close."""
    messages, conversations = SIZES[bench.mode]
    folder = BUILD / "bench-data"
    folder.mkdir(exist_ok=True)
    path = folder / f"{bench.mode}-{SEED}-{messages}-{digest()}.db"
    if path.exists() and path.stat().st_mtime > time.time() - DAY:
        return path
    for old in folder.glob(f"{bench.mode}-*"):
        old.unlink()
    new = folder / f"{bench.mode}-new.db"
    bench.say(f"making {messages:,} messages in {conversations:,} "
              "conversations")
    began = time.monotonic()
    subprocess.run([MADE / "generate", "--seed", str(SEED), "--messages",
                    str(messages), "--conversations", str(conversations),
                    new], check=True, stdin=subprocess.DEVNULL)
    os.rename(new, path)
    bench.say(f"made in {time.monotonic() - began:.0f} s, "
              f"{path.stat().st_size / 1e9:.1f} GB")
    return path


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
    bench.say("the processor counts what there is, for reports")
    wait_for(lambda: is_counted(node), 600)
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

