"""waspool move: the inbox goes from a file to PostgreSQL and back, and says the
same in both; what builds without libpq has is tests/unit/test_move.c."""

import os
import signal
import subprocess
import threading

import pytest

import libpq
import postgres
from postgres import RIGHT, Server
from rig import (BUILD, PGSQL, SERVICES, Node, clean_environment, new_phone,
                 text_message, wait_for)

pytestmark = pytest.mark.skipif(not PGSQL, reason="./dev test --pgsql")


@pytest.fixture
def place(tmp_path):
    """A state folder with people in it, and an empty database: (run, owner's
    address, processor's, the folder)."""
    server = Server()
    for folder in ("state", "run"):
        (tmp_path / folder).mkdir()
    conf = tmp_path / "waspool.conf"
    conf.write_text(f"""WASPOOL_STATE_DIR={tmp_path}/state
WASPOOL_RUN_DIR={tmp_path}/run
WASPOOL_KEY_DIR={tmp_path}/keys
WASPOOL_TOKEN_DIR={tmp_path}/tokens
WHATSAPP_WEBHOOK_VERIFY_TOKEN={"a" * 32}
WHATSAPP_WEBHOOK_TOKEN={"b" * 32}
WHATSAPP_PHONE_NUMBER_ID=100
WHATSAPP_DEFAULT_WORKSPACE_ID=1
""")
    conf.chmod(0o640)

    def begin(*args, inbox=None):
        env = {**os.environ, "WASPOOL_CONFIG": str(conf)}
        env.pop("WASPOOL_INBOX", None)
        env.pop("WASPOOL_INBOX_MEMBER", None)
        if inbox:
            env["WASPOOL_INBOX"] = inbox
        return subprocess.Popen([BUILD / "inst/bin/waspool", *map(str, args)], env=env,
                                text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def run(*args, inbox=None, status=0):
        p = begin(*args, inbox=inbox)
        out, err = p.communicate()
        assert p.returncode == status, (p.args, out, err)
        return out + (err if status else "")

    run.begin = begin

    try:
        server.call(f"CREATE DATABASE move OWNER waspool_owner {RIGHT} TEMPLATE template0"
                    if server.laid else "")
        book = tmp_path / "book.csv"
        book.write_text("phone,name\n+16505551234,\"O'Neil \\ Ünal\"\n+4915112345678,Zoe\n")
        run("init")
        run("workspace", "add", "A")
        run("user", "add", "ann@example.com", "Ann")
        run("member", "add", 1, "ann@example.com", "--role", "owner")
        run("contact", "import", book, "--workspace", 1)
        yield run, server.address("waspool_owner", "move"), server.address("waspool_work", "move"), tmp_path / "state"
    finally:
        server.stop()


def test_the_inbox_goes_to_postgresql_and_back(place):
    run, owner, work, state = place
    what = [("contact", "list", "--workspace", 1), ("member", "list", 1), ("workspace", "list")]
    here = [run(*w) for w in what]
    assert "O'Neil" in here[0]
    run("init", inbox=owner)
    moved = run("move", "sqlite", "postgresql", inbox=owner)
    assert [run(*w, inbox=work) for w in what] == here
    assert "is not empty" in run("move", "sqlite", "postgresql", inbox=owner, status=65)
    run("contact", "list", "--workspace", 1, inbox=work)
    (state / "inbox.db").rename(state / "before")
    assert run("move", "postgresql", "sqlite", inbox=owner) == moved
    assert [run(*w) for w in what] == here
    assert (state / "inbox.db").stat().st_mode & 0o777 == 0o640


def test_who_may_not_is_told(place):
    run, owner, work, _ = place
    assert "WASPOOL_INBOX does not say" in run("move", "sqlite", "postgresql", status=78)
    assert "waspool init" in run("move", "sqlite", "postgresql", inbox=owner, status=69)
    run("init", inbox=owner)
    assert "nothing was changed" in run("move", "sqlite", "postgresql", inbox=work, status=69)
    run("move", "sideways", "postgresql", inbox=owner, status=64)


WAITS = """SELECT pid FROM pg_stat_activity WHERE datname = current_database()
    AND wait_event_type = 'Lock'"""


def test_one_that_is_killed_leaves_nothing_and_of_two_one_is_refused(place):
    run, owner, work, _ = place
    run("init", inbox=owner)
    with libpq.Connection(owner) as c, libpq.Connection(owner) as look:
        # In the middle: it is to write a table that somebody holds.
        c.run("BEGIN")
        c.run("LOCK TABLE contacts IN SHARE MODE")
        first = run.begin("move", "sqlite", "postgresql", inbox=owner)
        pid, = wait_for(lambda: look.run(WAITS)[0])[0]
        # It waits some seconds: it is stopped there, with what it holds.
        first.send_signal(signal.SIGSTOP)
        assert "another waspool move" in run("move", "sqlite", "postgresql", inbox=owner,
                                             status=75)
        assert "another waspool move" in run("move", "postgresql", "sqlite", inbox=owner,
                                             status=75)
        first.kill()
        first.communicate()
        c.run("ROLLBACK")
        wait_for(lambda: not look.run("SELECT 1 FROM pg_stat_activity WHERE pid = ?",
                                      pid)[0])
        assert look.run("SELECT COUNT(*) FROM workspaces")[0] == [(0,)]
    moved = run("move", "sqlite", "postgresql", inbox=owner)
    assert "contacts" in moved
    assert "O'Neil" in run("contact", "list", "--workspace", 1, inbox=work)


def test_webhooks_that_come_meanwhile_are_applied_behind_it():
    env = postgres.shared().for_node()
    node = Node({"PGSQL": "", "WASPOOL_INBOX": "", "WASPOOL_INBOX_MEMBER": ""})
    rows = "SELECT id, wamid, sent_at FROM messages ORDER BY id"
    sent, refused, stop = [0], [], threading.Event()

    def deliver():
        a = node.deliver(text_message(new_phone(), f"no {sent[0]}"))
        if a.status != 200:
            refused.append(a)
        sent[0] += 1

    def keep_delivering():
        while not stop.is_set():
            deliver()

    try:
        node.up()
        for _ in range(20):
            deliver()
        node.drained()
        before = node.db(rows)
        seq = node.db("SELECT MAX(seq) FROM changes")[0][0]
        for program in SERVICES:
            if not program.startswith("webhook-"):
                node.give_up(program)
        thread = threading.Thread(target=keep_delivering)
        thread.start()
        try:
            done = subprocess.run(
                [BUILD / "inst/bin/waspool", "move", "sqlite", "postgresql"], text=True,
                env=clean_environment({"WASPOOL_CONFIG": node.config,
                                       "WASPOOL_INBOX": env["NODE_INBOX_OWNER"]}),
                check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        finally:
            stop.set()
            thread.join()
        assert done.returncode == 0, done
        assert sent[0] > 20 and not refused
        node.down()
        node.owner = env["NODE_INBOX_OWNER"]
        node.up(**env)
        deliver()
        node.drained()
        after = node.db(rows)
        assert after[:20] == before and len(after) == sent[0]
        assert len({wamid for _, wamid, _ in after}) == sent[0]
        # No number of a change is given again.
        assert node.db("SELECT COUNT(*) - COUNT(DISTINCT seq) FROM changes")[0][0] == 0
        assert node.db("SELECT COUNT(*) FROM changes WHERE seq > ?", seq)[0][0] > 0
    finally:
        node.remove()
