"""The processor: cron's runs, its hand-over, and being killed at any time.

No web server here: webhook-ingest is run by hand, as a CGI program.
"""

import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import time

import pytest

from rig import (BUILD, PGSQL, ROOT, Place, clean_environment, new_phone,
                 new_wamid, text_message, wait_for)

BIN = BUILD / "inst" / "bin"
LIBEXEC = BUILD / "inst" / "libexec" / "waspool"


class ByHand(Place):
    """State, configuration and the programs by hand."""

    def __init__(self, folder):
        super().__init__(pathlib.Path(folder))
        self.state = self.dir / "state"
        conf = self.dir / "waspool.conf"
        conf.write_text(f"WASPOOL_STATE_DIR={self.state}\n"
                        f"WASPOOL_RUN_DIR={self.dir}/run\n"
                        f"WASPOOL_KEY_DIR={self.dir}/keys\n"
                        f"WASPOOL_TOKEN_DIR={self.dir}/tokens\n"
                        "WHATSAPP_WEBHOOK_TOKEN=a-token-of-the-place\n"
                        "WHATSAPP_DEFAULT_WORKSPACE_ID=1\n"
                        "WASPOOL_MIN_FREE=0\n")
        self.env = clean_environment({"WASPOOL_CONFIG": str(conf)})
        if PGSQL:
            import postgres
            self.env.update(postgres.shared().for_node())
            self.owner = self.env["NODE_INBOX_OWNER"]
        self.started = []
        self.run(BIN / "waspool", "init")
        self.run(BIN / "waspool", "workspace", "add", "W")

    def run(self, *args, check=True, **more):
        return subprocess.run([str(a) for a in args], env=self.env,
                              stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=120, check=check, **more)

    def ingest(self, body):
        """The status that webhook-ingest answers."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        env = dict(self.env, REQUEST_METHOD="POST", HTTP_AUTHORIZATION="Bearer "
                   "a-token-of-the-place",
                   CONTENT_LENGTH=str(len(raw)), REMOTE_ADDR="127.0.0.1",
                   REQUEST_URI="/api/webhooks/whatsapp")
        out = subprocess.run([str(LIBEXEC / "webhook-ingest")], env=env,
                             input=raw, capture_output=True, timeout=60).stdout
        return int(re.search(rb"^Status: (\d+)", out, re.M)[1])

    def start(self, *args):
        log = open(self.dir / f"process-{len(self.started)}.log", "w")
        p = subprocess.Popen([str(BIN / "waspool-process"), *args],
                             env=self.env, stdin=subprocess.DEVNULL,
                             stdout=log, stderr=log)
        self.started.append(p)
        return p

    def at_work(self, *args):
        """The first that is started, once it works."""
        p = self.start(*args)
        wait_for((self.dir / "run" / "process.wake").exists)
        return p

    def once(self):
        return self.run(BIN / "waspool-process", "--once", check=False)

    def count(self, table="messages"):
        return self.db(f"SELECT count(*) FROM {table}")[0][0]

    def stop(self):
        for p in self.started:
            if p.poll() is None:
                p.kill()
            p.wait()
        if self.owner:
            import postgres
            postgres.shared().drop(self.owner)


@pytest.fixture
def place(tmp_path):
    p = ByHand(tmp_path)
    yield p
    p.stop()


def check_counters(place):
    """What the triggers counted is what a fresh count says."""
    assert place.db(
        "SELECT c.id FROM conversations c WHERE unread_count <> (SELECT "
        "count(*) FROM messages m WHERE m.conversation_id = c.id AND "
        "m.counts_unread = 1)") == []
    assert place.db("SELECT total, unread, archived FROM counters") == \
        place.db("SELECT count(*), count(CASE is_read WHEN 0 THEN 1 END), "
                 "count(CASE status WHEN 'archived' THEN 1 END)"
                 " FROM conversations")
    assert place.db("SELECT hour, conversations FROM window_hours"
                    " ORDER BY 1") == \
        place.db("SELECT window_ends / 3600, count(*) FROM conversations"
                   " WHERE window_ends IS NOT NULL GROUP BY 1 ORDER BY 1")
    for file in ["spool/spool.db"] + ["inbox.db"] * (not place.owner):
        assert place.db("PRAGMA integrity_check", file=file) == [("ok",)]


def test_once_drains_and_ends(place):
    for i in range(5):
        assert place.ingest(text_message(new_phone(), str(i))) == 200
    assert place.count() == 0
    done = place.once()
    assert done.returncode == 0, done.stderr
    assert place.count() == 5
    assert place.once().returncode == 0
    assert place.count() == 5


def test_a_run_sees_what_comes_meanwhile(place):
    p = place.at_work()
    place.ingest(text_message(new_phone(), "meanwhile"))
    wait_for(place.count)
    p.send_signal(signal.SIGTERM)
    assert p.wait(60) == 0


def test_the_next_run_takes_over_and_a_third_goes_away(place):
    first = place.at_work()
    second = place.start()
    assert first.wait(60) == 0
    assert second.poll() is None
    place.ingest(text_message(new_phone(), "to the second"))
    wait_for(place.count)
    assert second.poll() is None


def test_once_beside_one_that_runs_for_ever(place):
    p = place.at_work("--forever")
    place.ingest(text_message(new_phone(), "x"))
    done = place.once()
    assert done.returncode == 0, done.stderr
    assert place.count() == 1
    assert p.poll() is None


def test_killed_in_the_middle_and_again(place):
    sent = 0
    for _ in range(60):
        bodies = [text_message(new_phone(), str(i)) for i in range(40)]
        one = bodies[0]
        for b in bodies[1:]:
            one["entry"] += b["entry"]
        assert place.ingest(one) == 200
        sent += len(bodies)
    rng = random.Random(7)
    for _ in range(8):
        p = place.start("--once")
        time.sleep(rng.uniform(0.005, 0.06))
        p.send_signal(signal.SIGKILL)
        p.wait()
    assert place.once().returncode == 0
    assert place.count() == sent
    assert place.db("SELECT count(DISTINCT wamid) FROM messages")[0][0] == \
        sent
    check_counters(place)


def test_a_locked_inbox_holds_and_kills_nothing(place):
    place.ingest(text_message(new_phone(), "patience"))
    place.env["WASPOOL_WAIT_MS"] = "100"
    with place.writing():
        p = place.start("--forever")
        log = place.dir / "process-0.log"
        wait_for(lambda: "again in 500 ms" in log.read_text())
        assert p.poll() is None
    wait_for(place.count)
    assert place.count("held") == 0


def test_a_lost_spool_does_not_hide_the_new_one(place):
    for _ in range(3):
        place.ingest(text_message(new_phone(), "old"))
    place.once()
    for f in place.state.glob("spool/spool.db*"):
        f.unlink()
    place.run(BIN / "waspool", "init")
    place.ingest(text_message(new_phone(), "new"))
    place.once()
    assert place.count() == 4


@pytest.mark.sqlite("test_pg_inbox.py has it for PostgreSQL")
def test_another_schema_version_is_refused_with_both_numbers(place):
    c = sqlite3.connect(place.state / "inbox.db")
    c.execute("PRAGMA user_version = 99")
    c.close()
    done = place.once()
    assert done.returncode != 0
    assert "99" in done.stderr and "version 99" in done.stderr
    assert place.run(BIN / "waspool", "workspace", "list",
                     check=False).returncode != 0


def test_old_deliveries_are_purged_but_not_the_held(place):
    place.env["WASPOOL_KEEP_DELIVERIES"] = "1s"
    place.ingest(b"not json")
    for _ in range(5):
        place.ingest(text_message(new_phone(), "x"))
    place.once()
    time.sleep(2.1)
    place.once()
    left = place.spool("SELECT id FROM deliveries")
    assert left == [(1,), (6,)]     # the dead one, and the newest of all


def mounted(folder, size):
    """A small file system, where the system lets us make one."""
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}",
                           "none", folder], capture_output=True)


def test_a_full_disk_refuses_and_loses_nothing(place):
    """Of the spool, and of an inbox that is a file."""
    if mounted(place.state, "3m").returncode != 0:
        pytest.skip("no right to mount a small file system")
    try:
        place.run(BIN / "waspool", "init")
        if not place.owner:
            place.run(BIN / "waspool", "workspace", "add", "W")
        acknowledged, refused = [], 0
        for _ in range(400):
            wamid = new_wamid()
            status = place.ingest(text_message(
                new_phone(), "y" * 20000, wamid))
            assert status in (200, 503)
            if status == 200:
                acknowledged.append(wamid)
            else:
                refused += 1
                if refused > 5:
                    break
        assert refused > 5 and acknowledged
        bodies = [r[0].decode() for r in place.spool(
            "SELECT body FROM deliveries ORDER BY id")]
        for wamid in acknowledged:
            assert sum(f'"{wamid}"' in b for b in bodies) == 1
        # Room again: it goes on by itself.
        subprocess.run(["mount", "-o", "remount,size=64m", place.state],
                       check=True)
        wamid = new_wamid()
        assert place.ingest(text_message(new_phone(), "z", wamid)) == 200
        assert place.once().returncode == 0
        assert place.count() == len(acknowledged) + 1
        check_counters(place)
    finally:
        place.stop()
        subprocess.run(["umount", place.state], check=True)


def test_the_crontab_line_names_the_program():
    line = [x for x in (ROOT / "nginx" / "waspool.cron.in").read_text()
            .splitlines() if x and not x.startswith("#") and "=" not in x][0]
    assert line.split()[:5] == ["*"] * 5
    assert "waspool-process" in line
    assert os.path.exists(BIN / "waspool-process")
