"""The spool, the inbox and the files on disks of their own: each is looked at
where it lies, and what moves between them is whole."""

import contextlib
import os
import pathlib
import sqlite3
import subprocess
import tempfile

import pytest

from rig import new_phone, text_message, wait_for
from sse import Stream
from test_media import upload

MIB = 1 << 20


@contextlib.contextmanager
def small_disk(mib):
    """A new folder with a file system of that size."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small file system")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="waspool-disk-"))
    done = subprocess.run(["mount", "-t", "tmpfs", "-o",
                           f"size={mib}m,mode=755", "waspool-test", folder],
                          capture_output=True, text=True, timeout=20)
    try:
        if done.returncode != 0:
            pytest.skip(f"no file system can be mounted here: {done.stderr}")
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], capture_output=True)
        folder.rmdir()


@pytest.fixture
def disk():
    """Named before make_node, so that the nodes end first."""
    with small_disk(24) as folder:
        yield folder


@contextlib.contextmanager
def filled(folder, leave):
    ballast = folder / "ballast"
    try:
        s = os.statvfs(folder)
        with open(ballast, "wb") as f:
            os.posix_fallocate(f.fileno(), 0,
                               s.f_bavail * s.f_frsize - leave)
        yield
    finally:
        ballast.unlink()


def health(n):
    a = n.request("GET", "/healthz")
    return a.status, a.body.decode()


def free(n, what):
    lines = n.request("GET", "/metrics").body.decode().splitlines()
    (line,) = [x for x in lines if x.startswith("waspool_disk_free_bytes")
               and f'"{what}"' in x]
    return int(line.split()[1])


def doctor(n):
    return n.cli("doctor", check=False).stdout


def test_the_spool_has_its_own_disk(disk, make_node):
    spool = disk / "spool"
    n = make_node(WASPOOL_SPOOL_DIR=spool, WASPOOL_MIN_FREE="2MiB")
    wait_for(lambda: health(n)[0] == 200)
    with filled(disk, MIB):
        assert n.deliver(text_message(new_phone(), "x")).status == 503
        # What was found out holds for a second.
        wait_for(lambda: n.request("GET", "/healthz/webhooks").status == 503)
        status, why = health(n)
        assert (status, str(spool) in why) == (503, True), why
        assert f"disk of {n.dir}/state" not in why
        assert free(n, "spool") <= MIB < 100 * MIB < free(n, "state")
        said = doctor(n)
        assert "deliveries are refused" in said
        assert str(spool) in said
        # Files have another disk.
        assert upload(n, ("file", "a.png", "image/png", b"png")).status == 201
        if not n.owner:     # else there is no such command
            done = n.cli("backup", disk / "backup", check=False)
            assert done.returncode == 73 and str(disk) in done.stderr
    phone = new_phone()
    assert n.deliver(text_message(phone, "x")).status == 200
    wait_for(lambda: health(n)[0] == 200)
    n.wait_conversation(phone)


@pytest.mark.sqlite("PostgreSQL has a disk of its own")
def test_the_inbox_has_its_own_disk(disk, make_node):
    """What comes in is acknowledged, and waits."""
    with tempfile.TemporaryDirectory(prefix="waspool-spool-") as spool:
        n = make_node(WASPOOL_STATE_DIR=disk, WASPOOL_SPOOL_DIR=spool,
                      WASPOOL_MIN_FREE="4MiB", WASPOOL_FILES_MIN_FREE="5MiB")
        wait_for(lambda: health(n)[0] == 200)
        phone = new_phone()
        with filled(disk, 0):
            assert n.deliver(text_message(phone, "x" * 4000)).status == 200
            assert n.request("GET", "/healthz/webhooks").status == 200
            status, why = health(n)
            assert (status, f"disk of {disk} is free" in why) == (503, True)
            assert "webhooks are refused" not in why
            assert free(n, "state") < MIB < free(n, "spool")
            said = doctor(n)
            assert str(disk) in said and "deliveries are refused" not in said
            assert upload(n, ("file", "a.png", "image/png", b"png")) \
                .status == 503
        n.wait_conversation(phone)
        wait_for(lambda: health(n)[0] == 200)


@pytest.mark.sqlite("PostgreSQL has a disk of its own")
def test_streams_on_a_full_disk(disk, make_node):
    """A stream goes on; one that would begin is told to come again, and its
    ticket is not used up."""
    with tempfile.TemporaryDirectory(prefix="waspool-spool-") as spool:
        n = make_node(WASPOOL_STATE_DIR=disk, WASPOOL_SPOOL_DIR=spool,
                      WASPOOL_MIN_FREE="4MiB", WASPOOL_FILES_MIN_FREE="5MiB")
        wait_for(lambda: health(n)[0] == 200)
        pids = n.pids("realtime")
        ticket = n.api("POST", "/realtime/tickets").json["ticket"]
        phone = new_phone()
        # Who reads keeps the WAL from beginning anew: it can only grow.
        reader = sqlite3.connect(f"file:{disk}/inbox.db?mode=ro", uri=True,
                                 isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchall()
        with contextlib.closing(reader), Stream(n) as open_, filled(disk, 0):
            for _ in range(2000):
                made = n.api("POST", "/realtime/tickets")
                if made.status != 201:
                    break
            assert made.status == 503 and made.headers["Retry-After"]
            with Stream(n, query=f"?ticket={ticket}") as s:
                assert s.status == 503 and s.headers["retry-after"]
            assert n.api("GET", "/changes").status == 200
            assert not open_.ended.is_set()
            assert n.deliver(text_message(phone, "x")).status == 200
        n.wait_conversation(phone)
        assert n.pids("realtime") == pids
        with Stream(n, query=f"?ticket={ticket}") as s:
            assert s.status == 200


@pytest.mark.sqlite("a database of PostgreSQL is restored there")
def test_a_restore_to_another_disk(disk, make_node):
    """The spool is damaged: the backup's takes its place, what was there is
    kept, and what came in after the backup is found in it."""
    spool = disk / "spool"
    n = make_node(WASPOOL_SPOOL_DIR=spool, WASPOOL_MIN_FREE=0)
    phones = [new_phone() for _ in range(3)]
    assert n.deliver(text_message(phones[0], "before")).status == 200
    n.wait_conversation(phones[0])
    n.cli("backup", n.dir / "backup")
    assert n.deliver(text_message(phones[1], "after")).status == 200
    n.wait_conversation(phones[1])
    n.down()
    for way in [], ["--spool", "backup"]:
        said = n.cli("restore", n.dir / "backup", *way, "--json")
        if way:
            aside = pathlib.Path(said["before"])
            assert (aside / "spool.db").exists()
        assert not list(spool.glob("*.new"))
    n.cli("spool", "import", aside / "spool.db")
    n.up()
    assert n.deliver(text_message(phones[2], "now")).status == 200
    for phone in phones:
        n.wait_conversation(phone)


def test_an_older_spool_moves_to_another_disk(make_node):
    n = make_node(WASPOOL_MIN_FREE=0)
    phone = new_phone()
    assert n.deliver(text_message(phone, "x" * 60000)).status == 200
    n.wait_conversation(phone)
    n.down()
    state = n.dir / "state"
    for path in (state / "spool").glob("spool.*"):
        path.rename(state / path.name)
    before = n.db("SELECT id, body FROM deliveries", file="spool.db")
    with small_disk(1) as small, small_disk(24) as large:
        with filled(small, 1 << 15):
            n.env["WASPOOL_SPOOL_DIR"] = str(small / "spool")
            done = n.cli("upgrade", check=False)
            assert done.returncode == 73, done.stderr
            assert "No space left" in done.stderr
        n.env["WASPOOL_SPOOL_DIR"] = str(large / "spool")
        n.cli("upgrade")
        assert not list(state.glob("spool.db*"))
        n.up()
        phone = new_phone()
        assert n.deliver(text_message(phone, "x")).status == 200
        n.wait_conversation(phone)
        after = n.db("SELECT id, body FROM deliveries",
                     file=f"../../../{large}/spool/spool.db")
        assert after[:len(before)] == before
        n.down()
