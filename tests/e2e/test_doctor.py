"""waspool doctor: each thing that is broken on purpose is named, with what to
type."""

import json
import signal
import os
import sqlite3
import time

from rig import new_phone, text_message, wait_for


def doctor(node):
    done = node.cli("doctor", "--json", check=False)
    return done.returncode, {r["check"]: r for r in json.loads(done.stdout)}


def test_all_is_well(make_node):
    node = make_node()  # the others' has dead deliveries by now
    wait_for(lambda: doctor(node)[0] == 0)
    assert all(r["type"] is None for r in doctor(node)[1].values())


def test_what_is_broken_is_named(make_node):
    n = make_node(WASPOOL_FILES_MIN_FREE="8192TiB", WASPOOL_KEEP_HELD="90d")
    n.cli("workspace", "add", "Tenant")
    n.deliver("not JSON")
    n.deliver(text_message(new_phone(), "x", number="777000777"))
    n.drained()
    wait_for(lambda: doctor(n)[1]["processor"]["state"] == "ok")
    code, said = doctor(n)
    assert code == 65
    assert said["disk"]["state"] == "warn"
    assert said["dead deliveries"]["state"] == "warn"
    assert "1 deliveries are dead" in said["dead deliveries"]["says"]
    assert "777000777" in said["numbers"]["says"]
    for check in ("dead deliveries", "numbers"):
        words = said[check]["type"].split()
        assert words[0] == "waspool"
        n.cli(*words[1:])
    pid = n.kill("waspool-process", signal.SIGSTOP)
    c = sqlite3.connect(n.dir / "state" / "inbox.db", timeout=10)
    try:
        with c:
            c.execute("UPDATE node_health SET clock_off = -86400,"
                      " seen_at = ?", (int(time.time()) + 86400,))
        said = doctor(n)[1]
        assert said["processor"]["state"] == "fail"
        assert "in the future" in said["processor"]["says"]
        assert "86400 s behind" in said["clock"]["says"]
        assert "timedatectl" in said["clock"]["type"]
    finally:
        c.close()
        os.kill(pid, signal.SIGCONT)
