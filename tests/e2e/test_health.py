"""/healthz and /metrics: what somebody looks at who wants to forget it."""

import fcntl
import json
import os
import re
import signal
import struct
import time

import pytest

from office import Workspace
from rig import new_phone, text_message, unix, wait_for


def test_a_working_node_is_well(make_node):
    node = make_node()  # the others' has dead deliveries by now
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
    assert all(re.fullmatch(r'waspool_\w+(\{(node="node-[0-9a-f]+"|'
                            r'(reason|dir)="[a-z_]+"|'
                            r'version="[0-9.]+")\})? -?\d+', s)
               for s in samples)
    assert len({s.split(" ")[0] for s in samples}) == len(samples)
    names = {re.split("[{ ]", s)[0] for s in samples}
    assert {"waspool_search_waiting_rows",
            "waspool_spool_waiting_deliveries", "waspool_spool_wal_bytes",
            "waspool_inbox_wal_bytes", "waspool_held_dead_deliveries",
            "waspool_outbox_open_messages", "waspool_disk_free_bytes"} <= names
    assert "waspool_files_stopped 0" in lines
    for n in names:
        kind = "counter" if n.endswith("_total") else "gauge"
        assert lines.count(f"# TYPE {n} {kind}") == 1


@pytest.mark.parametrize("name", [
    "X-Forwarded-For", "Forwarded", "X-Real-IP", "Via"])
def test_a_proxy_of_this_machine_is_somebody_elsewhere(node, name):
    """Everything behind one comes from 127.0.0.1: metrics were for all."""
    there = {name: "for=192.0.2.7" if name == "Forwarded" else "192.0.2.7"}
    a = node.request("GET", "/metrics", headers=there)
    assert (a.status, a.json["type"]) == (
        403, "https://waspool.dev/problems/forbidden")
    assert node.request("GET", "/api/v1/metrics", headers=there).status == 403
    wait_for(lambda: node.request("GET", "/healthz").status == 200)
    assert node.request("GET", "/healthz", headers=there).body == b"ok\n"


def test_why_it_is_ill_is_told_on_this_machine_only(make_node):
    n = make_node(WASPOOL_MIN_FREE="8192TiB")
    here = n.request("GET", "/healthz")
    there = n.request("GET", "/healthz", headers={"Via": "1.1 front"})
    assert here.status == there.status == 503
    assert b"WASPOOL_MIN_FREE" in here.body
    assert b"WASPOOL" not in there.body and b"machine itself" in there.body


def test_other_methods_and_no_token(node):
    assert node.request("POST", "/healthz", "x").status == 405
    assert node.request("GET", "/healthz/x").status == 404


def test_files_stop_and_deliveries_go_on(make_node):
    """Less than WASPOOL_FILES_MIN_FREE: whatever is no delivery or message
    stops, says why, and health tells without being ill."""
    n = make_node(WASPOOL_FILES_MIN_FREE="8192TiB")
    assert n.deliver(text_message(new_phone(), "x")).status == 200
    a = wait_for(lambda: (lambda a: a if a.status == 200 else None)(
        n.request("GET", "/healthz")))
    assert b"files stopped: disk" in a.body
    assert b"WASPOOL_FILES_MIN_FREE" in a.body
    assert "waspool_files_stopped 1" in \
        n.request("GET", "/metrics").body.decode().splitlines()
    a = n.api("POST", "/media", b"--b\r\nContent-Disposition: form-data; "
              b"name=\"file\"\r\nContent-Type: image/png\r\n\r\npng\r\n"
              b"--b--\r\n",
              headers={"Content-Type": "multipart/form-data; boundary=b"})
    assert a.status == 503 and a.headers["Retry-After"]
    assert "WASPOOL_FILES_MIN_FREE" in n.log("actions")
    if not n.owner:     # else there is no such command
        done = n.cli("backup", n.dir / "backup", check=False)
        assert done.returncode == 73
        assert "WASPOOL_FILES_MIN_FREE" in done.stderr
    assert not (n.dir / "backup").exists()
    assert not list((n.dir / "state" / "media").glob("*/*"))


def test_no_room_for_deliveries_is_ill(make_node):
    n = make_node(WASPOOL_MIN_FREE="8192TiB")
    assert both(n) == 503
    a = n.request("GET", "/healthz")
    assert a.status == 503
    wait_for(lambda: b"WASPOOL_MIN_FREE" in n.request("GET", "/healthz").body)


def test_a_processor_that_is_not_seen_is_named(make_node):
    n = make_node()
    wait_for(lambda: n.request("GET", "/healthz").status == 200)
    pid = n.freeze("waspool-process")
    try:
        n.write("UPDATE node_health SET seen_at = ?", int(time.time()) - 121)
        a = n.request("GET", "/healthz")
        assert a.status == 503
        assert a.json["status"] == 503 and int(a.headers["Retry-After"]) > 0
        assert a.headers["X-Request-Id"]
        (name,), = n.db("SELECT node FROM node_health")
        assert name in a.body.decode() and "last seen" in a.body.decode()
        n.write("DELETE FROM node_health")
        a = n.request("GET", "/healthz")
        assert a.status == 503 and b"cron" in a.body
    finally:
        os.kill(pid, signal.SIGCONT)


def reasons(office, **more):
    answer = office.api("GET", "/health", **more)
    assert answer.status == 200, answer
    return {p["reason"]: p for p in answer.json["problems"]}


def test_an_admin_elsewhere_is_told_what_to_do(make_node):
    n = make_node(WASPOOL_MIN_FREE="8192TiB")
    office = Workspace(n, "Ill")
    _, admin = office.member("ada@example.com", "Ada", "admin")
    there = {"token": admin, "headers": {"Via": "1.1 front"}}
    found = reasons(office, **there)
    assert {"disk_full", "webhooks_refused"} <= set(found)
    assert "WASPOOL_MIN_FREE" in found["disk_full"]["action"]
    # Nothing of the machine.
    answer = office.api("GET", "/health", **there)
    assert str(n.dir).encode() not in answer.body
    assert n.db("SELECT node FROM node_health")[0][0].encode() \
        not in answer.body
    assert office.api("GET", "/health").status == 403     # an agent


def test_an_admin_is_told_which_number_waits(node):
    offices = [Workspace(node, name) for name in ("One", "Other")]
    for o in offices:
        c = o.talk()
        _, o.token = o.member(f"ada-{o.id}@example.com", "Ada", "admin")
        assert o.api("POST", f"/conversations/{c['id']}/messages", {
            "type": "text", "text": {"body": "hello"}}).status == 202
    for o in offices:   # it has no key; of the neighbour's nothing is said
        told = wait_for(lambda: reasons(o).get("number_waits"))
        assert told["phone_number_id"] == o.number


def test_an_admin_is_told_that_nothing_is_read(make_node):
    n = make_node()
    office = Workspace(n, "Away")
    _, office.token = office.member("ada@example.com", "Ada", "admin")
    wait_for(lambda: "processor_away" not in reasons(office))
    assert not {"disk_full", "webhooks_refused", "webhooks_away"} \
        & set(reasons(office))
    pid = n.freeze("waspool-process")
    try:
        at = int(time.time()) - 121
        n.write("UPDATE node_health SET seen_at = ?", at)
        assert unix(reasons(office)["processor_away"]["since"]) == at
        n.write("UPDATE node_health SET seen_at = ?, clock_off = -301",
                int(time.time()))
        assert "clock_wrong" in reasons(office)
        n.write("DELETE FROM node_health")
        assert reasons(office)["processor_away"]["since"] is None
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_number_of_nobody_waits_and_is_told_of(make_node):
    """The default workspace takes no tenant's customers."""
    n = make_node()
    n.cli("workspace", "add", "Tenant")
    phone = new_phone()
    n.deliver(text_message(phone, "for the tenant", number="777000777"))
    n.drained()
    assert n.conversation(phone) is None
    waiting, = n.cli("number", "waiting", "--json")
    assert waiting["waits_for"] == "number 777000777"
    assert waiting["deliveries"] == 1
    assert n.db("SELECT state FROM held") == [("deferred",)]

    def well():
        a = n.request("GET", "/healthz")
        assert a.status == 200 and b"777" not in a.body
        return a.body if b"1 numbers " in a.body else None
    n.down()
    n.up()  # its processor says at once how it is, then every half minute
    assert b"waspool number waiting" in wait_for(well)
    assert b"waspool_awaited_numbers" in n.request("GET", "/metrics").body
    said = {r["check"]: r for r in json.loads(
        n.cli("doctor", "--json", check=False).stdout)}
    assert said["numbers"]["type"].endswith("waspool number waiting")
    assert "token-1" in said["webhook tokens"]["says"]
    n.cli("number", "add", "777000777", "--workspace", "2",
          "--account", "102290129340398")
    assert n.db("SELECT waba_id FROM numbers WHERE phone_number_id ="
                " '777000777'") == [("102290129340398",)]
    wait_for(lambda: n.db("SELECT workspace_id FROM conversations") == [(2,)])
    assert n.db("SELECT count(*) FROM held") == [(0,)]
    assert n.conversation(phone) is None


def test_a_time_in_the_future_is_ill(make_node):
    """A run two days ahead, and no processor since: it does not count as one
    that lives.  Nor is a clock well that the provider's is far from."""
    n = make_node()
    wait_for(lambda: n.request("GET", "/healthz").status == 200)
    pid = n.freeze("waspool-process")
    try:
        n.write("UPDATE node_health SET seen_at = seen_at + 2 * 86400")
        a = n.request("GET", "/healthz")
        assert a.status == 503 and b"in the future" in a.body
        n.write("UPDATE node_health SET seen_at = ?, clock_off = -7200",
                int(time.time()))
        a = n.request("GET", "/healthz")
        assert a.status == 503
        assert b"7200 s behind" in a.body and b"timedatectl" in a.body
    finally:
        os.kill(pid, signal.SIGCONT)


def test_dead_deliveries_are_shown(make_node):
    n = make_node()
    assert n.deliver("not JSON").status == 200
    n.drained()
    n.cli("spool", "list", "--state", "dead")
    n.write("UPDATE node_health SET dead = 1")
    a = n.request("GET", "/healthz")
    assert a.status == 200
    assert a.body.startswith(b"ok, but 1 deliveries are dead")
    assert b"waspool spool list --state dead" in a.body


def test_a_webhook_that_was_refused_lately_is_shown(make_node):
    n = make_node()
    wait_for(lambda: n.request("GET", "/healthz").body == b"ok\n")
    assert n.deliver("{}", token="wrong").status == 401
    a = n.request("GET", "/healthz")
    assert a.status == 200
    assert a.body.startswith(
        b"ok, but a webhook was refused for its token or signature, last 20")
    assert n.request("GET", "/healthz", headers={"Via": "1.1 x"}).body == \
        b"ok\n"
    at = re.search(rb"\nwaspool_webhooks_unauthorized_timestamp_seconds (\d+)",
                   n.request("GET", "/metrics").body)
    assert 0 <= time.time() - int(at[1]) < 3600
    # A day later it is over.
    file, = (n.dir / "state").rglob("webhook-ingest.counters")
    then = struct.pack("=q", int(at[1]))
    with open(file, "r+b") as f:
        f.seek(f.read().rindex(then))   # the last of the counters
        f.write(struct.pack("=q", int(at[1]) - 86400))
    assert n.request("GET", "/healthz").body == b"ok\n"


# ------------------------------------------------------------- what is counted

def counted(n):
    """The counters, by name and labels."""
    lines = n.request("GET", "/metrics").body.decode().splitlines()
    return {name: int(v) for name, v in (x.rsplit(" ", 1) for x in lines)
            if "_total" in name and not name.startswith("#")}


def test_what_came_and_went_is_counted(d360_node, d360):
    n = d360_node
    phone = new_phone()
    for _ in range(2):
        assert n.deliver(text_message(phone, "hello")).status == 200
    c = n.wait_conversation(phone)
    assert n.deliver("{}", token="wrong").status == 401
    assert n.deliver("").status == 400
    d360.fail(1, 400, 131026)
    for text in ("refused", "sent"):
        assert n.post(f"/conversations/{c['id']}/messages",
                      {"type": "text", "text": {"body": text}}).status == 202
    n.drained()
    expected = {
        "waspool_deliveries_received_total": 2,
        'waspool_deliveries_refused_total{reason="unauthorized"}': 1,
        'waspool_deliveries_refused_total{reason="unreadable"}': 1,
        'waspool_deliveries_refused_total{reason="disk"}': 0,
        "waspool_deliveries_applied_total": 2,
        "waspool_messages_sent_total": 1,
        "waspool_messages_failed_total": 1}
    wait_for(lambda: expected.items() <= counted(n).items())
    n.down()
    n.up()                              # as cron does each minute
    assert expected.items() <= counted(n).items()


# ------------------------------------------------- /healthz/webhooks and a POST

READY = "/healthz/webhooks"


def ready(n, method="GET"):
    answer = n.request(method, READY)
    n.looked = time.monotonic()
    return answer


def both(n):
    """What a load balancer is told, and what a POST is."""
    looked = getattr(n, "looked", 0)    # an answer holds for a second
    time.sleep(max(0, looked + 1.05 - time.monotonic()))
    get = ready(n)
    post = n.deliver(text_message(new_phone(), "x"))
    n.looked = time.monotonic()
    assert get.status == post.status, (get, post)
    if get.status == 503:
        assert int(get.headers["Retry-After"]) > 0
        for secret in (b"disk", b"WASPOOL", b"spool.db"):
            assert secret not in get.body
    return get.status


def healthz(n):
    a = n.request("GET", "/healthz")
    return a.status, a.body.decode()


def test_ready_is_what_a_post_would_be_told(make_node):
    n = make_node(WASPOOL_WAIT_MS="2000")   # a disk may be slow to flush
    assert both(n) == 200
    a = ready(n)
    assert a.body == b"ok\n" and a.headers["Cache-Control"] == "no-store"
    assert ready(n, "HEAD").status == 200
    a = n.request("POST", READY, "{}", {
        "Authorization": "Bearer " + n.webhook_token})
    assert a.status == 405 and a.headers["Allow"] == "GET, HEAD"

    before = n.spool("SELECT count(*) FROM deliveries")
    for _ in range(30):                 # one commit a second at the most
        assert ready(n).status == 200
    assert n.spool("SELECT count(*) FROM deliveries") == before

    spool, = (n.dir / "state").rglob("spool.db")
    with open(f"{spool}.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert both(n) == 503           # somebody holds the lock
        assert "webhooks are refused since" in healthz(n)[1]
    assert both(n) == 200

    spool.rename(spool.with_suffix(".away"))
    assert both(n) == 503
    spool.with_suffix(".away").rename(spool)
    wait_for(lambda: ready(n).status == 200)
    assert both(n) == 200

    with n.inbox_away():
        assert both(n) == 200           # whatever became of the inbox
        wait_for(lambda: healthz(n)[0] == 503)

    n.give_up("webhook-ingest")
    assert both(n) == 503
    counters, = (n.dir / "state").rglob("webhook-ingest.counters")
    with open(counters, "r+b") as f:    # half a minute later
        f.seek(16 + 8 * 14)             # COUNTER_ALIVE_AT
        f.write(struct.pack("q", int(time.time()) - 31))
    # Its own program ended with the inbox, and is there again when it is.
    wait_for(lambda: "webhook-ingest was last seen" in healthz(n)[1])
    assert ready(n).json["status"] == 503
