"""A node of schema version 1 is upgraded while webhooks keep arriving.

Nothing that was acknowledged is lost, before, during and after; the schema is
the one that a new node has; programs of today say both versions as long as the
inbox is of the old one.
"""

import os
import random
import re
import sqlite3
import subprocess
import time

import audit
from rig import DATA, PATIENCE, ROOT, Node, clean_environment, wait_for

NAME = "upgrade"
SQLITE = "PostgreSQL has no schema of version 1"
SHORT, LONG = 1, 5
MINUTES = 2

OF_INBOX = ["actions", "realtime", "sign-in", "waspool-process",
            "waspool-dispatch"]
PROVIDERS = 32


def stop(node, program):
    """Supervisor and program, as a person would."""
    session = node.dir / "run" / f"{program}.session"
    os.kill(int(session.read_text()), 15)
    wait_for(lambda: not node.pids(program))


def start(node, program):
    """As tests/node does."""
    keep = ROOT / "tests" / "keep"
    command = [keep, "watch", f"{node.bin}/{program}", "--forever"] \
        if program.startswith("waspool-") else \
        [keep, "serve", f"{node.dir}/run/{program}.sock",
         f"{node.bin}/../libexec/waspool/{program}"]
    log = open(node.dir / "log" / f"{program}.log", "ab")
    child = subprocess.Popen(
        command, cwd=node.dir, start_new_session=True, stdout=log, stderr=log,
        stdin=subprocess.DEVNULL, env=clean_environment(
            {**node.env, "WASPOOL_CONFIG": node.config}))
    (node.dir / "run" / f"{program}.session").write_text(f"{child.pid}\n")
    return child


def tables(c, schema="main"):
    return [r[0] for r in c.execute(
        f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'")]


def columns(c, table, schema="main"):
    """Those that are stored."""
    return [r[1] for r in c.execute(
        f"PRAGMA {schema}.table_xinfo({table})") if r[6] == 0]


def as_of_version_1(new, old):
    """The same rows, as a node of version 1 would have them."""
    c = sqlite3.connect(old, isolation_level=None)
    c.execute("PRAGMA journal_mode = WAL")
    c.execute("PRAGMA foreign_keys = OFF")
    c.executescript((DATA / "inbox-1.sql").read_text())
    triggers = [r for r in c.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")]
    for name, _ in triggers:
        c.execute(f"DROP TRIGGER {name}")
    c.execute("ATTACH ? AS new", (str(new),))
    words = {t for t, sql in c.execute(
        "SELECT name, sql FROM sqlite_master") if sql and "VIRTUAL" in sql}
    c.execute("BEGIN")
    for t in tables(c):
        if t in words or t not in tables(c, "new"):
            continue
        both = [f'"{n}"' for n in columns(c, t)
                if n in columns(c, t, "new")]
        c.execute(f'DELETE FROM main."{t}"')
        c.execute(f'INSERT INTO main."{t}" ({", ".join(both)}) '
                  f'SELECT {", ".join(both)} FROM new."{t}"')
    for _, sql in triggers:
        c.execute(sql)
    c.execute("COMMIT")
    c.execute("DETACH new")
    c.execute("PRAGMA user_version = 1")
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()


def shape(path):
    """Columns, triggers, indexes: what a schema is."""
    c = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60)
    found = {("version",): c.execute("PRAGMA user_version").fetchone()[0]}
    for type_, name, sql in c.execute(
            "SELECT type, name, sql FROM sqlite_master"):
        found[type_, name] = re.sub(r"\s+", "", sql or "") \
            if type_ != "table" else [r[1:] for r in c.execute(
                f"PRAGMA table_xinfo('{name}')")]
    c.close()
    return found


def fresh_shape(node):
    """Of what waspool init makes."""
    folder = node.dir / "fresh"
    folder.mkdir(exist_ok=True)
    done = node.run("waspool", "init", env={"WASPOOL_STATE_DIR": folder,
                                            "WASPOOL_RUN_DIR": folder})
    assert done.returncode == 0, done.stderr
    return shape(folder / "inbox.db")


def go_back(node):
    """The inbox of a stopped node becomes one of version 1."""
    state = node.dir / "state"
    as_of_version_1(state / "inbox.db", state / "old.db")
    for name in ("inbox.db", "inbox.db-wal", "inbox.db-shm"):
        (state / name).unlink(missing_ok=True)
    (state / "old.db").rename(state / "inbox.db")


def refuses(node):
    """Programs of today do not touch it, and say why."""
    for args in (("stats",), ("workspace", "list")):
        done = node.cli(*args, check=False)
        assert done.returncode != 0, args
        assert "1" in done.stderr and "upgrade" in done.stderr, done.stderr
    assert shape(node.dir / "state" / "inbox.db")[("version",)] == 1


def upgrade(node, ledger, report):
    before = sum(ledger.posts.values())
    began = time.monotonic()
    done = node.cli("upgrade", check=False)
    took = time.monotonic() - began
    assert done.returncode == 0, done.stderr
    during = sum(ledger.posts.values()) - before
    assert shape(node.dir / "state" / "inbox.db") == fresh_shape(node)
    report.check(f"an upgrade of {took:.2f} s, {during} deliveries answered "
                 "meanwhile; the schema is that of a new node")


def round_(scale, report):
    node = Node({"WASPOOL_LOG_LEVEL": "warn"})
    ledger, providers, children = audit.Ledger(), [], []
    try:
        node.up()
        phones = audit.customers(50)
        providers = [audit.Provider(node, ledger, random.Random(
            scale.random.random()), phones, 0.1) for _ in range(PROVIDERS)]
        for p in providers:
            p.start()
        wait_for(lambda: node.db("SELECT count(*) FROM messages"
                                 )[0][0] > (2000 if scale.long else 200))
        for program in OF_INBOX:
            stop(node, program)
        go_back(node)
        refuses(node)
        upgrade(node, ledger, report)
        children = [start(node, program) for program in OF_INBOX]
        wait_for(lambda: node.get("/me").status == 200)
        time.sleep(0.5)
        judge(node, ledger, providers, report)
    finally:
        finish(providers)
        node.remove()
        for child in children:
            child.wait(PATIENCE)


def finish(providers):
    for p in providers:
        p.stop.set()
    for p in providers:
        if p.is_alive():
            p.join(90)


def judge(node, ledger, providers, report):
    finish(providers)
    assert not ledger.errors, ledger.errors[:3]
    assert set(ledger.posts) == {200}, \
        f"deliveries were answered {dict(ledger.posts)}"
    node.drained()
    audit.check_messages(node, ledger.kept, report)
    audit.check_changes(node, report)
    audit.check_stats(node, report)
    audit.check_spool(node, report)
    for program in OF_INBOX:
        stop(node, program)
    audit.check_files(node, report)


def run(scale, report):
    for _ in scale.rounds():
        last = type(report)()           # the last round's are told
        round_(scale, last)
    report.checked += last.checked
