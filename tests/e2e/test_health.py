"""/healthz and /metrics: what somebody looks at who wants to forget it."""

import os
import re
import signal
import sqlite3
import time

from rig import new_phone, text_message, wait_for


def test_a_working_node_is_well(node):
    a = wait_for(lambda: (lambda a: a if a.status == 200 else None)(
        node.request("GET", "/healthz")))
    assert a.body == b"ok\n"
    assert a.headers["Cache-Control"] == "no-store"


def test_metrics_are_prometheus_text(node):
    node.deliver(text_message(new_phone(), "x"))
    a = node.request("GET", "/metrics")
    assert a.status == 200
    assert a.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = a.body.decode().splitlines()
    samples = [x for x in lines if not x.startswith("#")]
    assert all(re.fullmatch(r'waspool_\w+\{node="node-[0-9a-f]+"\} \d+', s)
               for s in samples)
    names = {s.split("{")[0] for s in samples}
    assert {"waspool_spool_waiting_deliveries", "waspool_spool_wal_bytes",
            "waspool_inbox_wal_bytes", "waspool_held_dead_deliveries",
            "waspool_outbox_open_messages"} <= names
    for n in names:
        assert f"# TYPE {n} gauge" in lines


def test_other_methods_and_no_token(node):
    assert node.request("POST", "/healthz", "x").status == 405
    assert node.request("GET", "/healthz/x").status == 404


def test_a_processor_that_is_not_seen_is_named(make_node):
    n = make_node()
    wait_for(lambda: n.request("GET", "/healthz").status == 200)
    pid = n.kill("waspool-process", signal.SIGSTOP)
    try:
        c = sqlite3.connect(n.dir / "state" / "inbox.db", timeout=10)
        with c:
            c.execute("UPDATE node_health SET seen_at = ?",
                      (int(time.time()) - 121,))
        a = n.request("GET", "/healthz")
        assert a.status == 503
        assert a.json["status"] == 503 and int(a.headers["Retry-After"]) > 0
        assert a.headers["X-Request-Id"]
        name = c.execute("SELECT node FROM node_health").fetchone()[0]
        assert name in a.body.decode() and "last seen" in a.body.decode()
        with c:
            c.execute("DELETE FROM node_health")
        a = n.request("GET", "/healthz")
        assert a.status == 503 and b"cron" in a.body
        c.close()
    finally:
        os.kill(pid, signal.SIGCONT)
