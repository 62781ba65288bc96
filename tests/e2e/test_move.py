"""waspool move: the inbox goes from a file to PostgreSQL and back, and says the
same in both; what builds without libpq has is tests/unit/test_move.c."""

import os
import subprocess

import pytest

from postgres import RIGHT, Server
from rig import BUILD, PGSQL

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

    def run(*args, inbox=None, status=0):
        env = {**os.environ, "WASPOOL_CONFIG": str(conf)}
        env.pop("WASPOOL_INBOX", None)
        env.pop("WASPOOL_INBOX_MEMBER", None)
        if inbox:
            env["WASPOOL_INBOX"] = inbox
        done = subprocess.run([BUILD / "inst/bin/waspool", *map(str, args)], env=env, text=True,
                              check=False, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert done.returncode == status, done
        return done.stdout + (done.stderr if status else "")

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
