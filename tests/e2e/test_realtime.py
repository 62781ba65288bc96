"""Event streams: everything once, in order, whatever is restarted."""

import hashlib
import os
import pathlib
import queue
import resource
import signal
import socket
import subprocess
import threading
import time

import pytest

from contract import SPEC, check
from office import Workspace
from post import TEXT
from rig import (PATIENCE, SANITIZED, envelope, new_phone, private_kb,
                 text_message, unix, value, wait_for)
from sse import Stream

STREAMS = 1000


@pytest.fixture
def office(node):
    return Workspace(node)


def is_message(e):
    return e.type == "message.created"


def says(body):
    return lambda e: is_message(e) and \
        e.json["object"]["content"] == {"body": body}


def last(office):
    return office.get("/changes", limit=1)["last_seq"]


def last_of(node):
    return node.get("/changes", limit=1).json["last_seq"]


def deliver(office, body, phone=None):
    """Without waiting for the processor, which may be dead just now."""
    answer = office.node.deliver(text_message(
        phone or new_phone(), body, number=office.number))
    assert answer.status == 200, answer


def gapless(events, after):
    ids = [int(e.id) for e in events]
    assert ids == list(range(after + 1, after + 1 + len(ids)))


# ------------------------------------------------------------- what is said

def test_a_message_comes_as_the_api_shows_it(node, office):
    place = last(office)
    with Stream(node, office.token) as s:
        assert s.status == 200
        assert s.headers["content-type"] == "text/event-stream"
        assert s.headers["cache-control"] == "no-store"
        c = office.talk("first")
        events = s.until(is_message)
        events.append(s.next())
        gapless(events, place)
        for e in events:
            row = dict(e.json)
            row.pop("object")
            assert row == office.get("/changes", after=int(e.id) - 1,
                                     limit=1)["data"][0]
            assert e.type == row["type"]
        m = next(filter(is_message, events)).json["object"]
        assert m == office.get(f"/messages/{m['id']}")
        assert events[-1].json["object"] == \
            office.get(f"/conversations/{c['id']}")


def test_every_event_is_as_the_contract_says(node, office):
    with Stream(node, office.token) as s:
        c = office.talk()
        made = office.api("POST", "/contacts",
                          {"phone": c["phone"], "name": "Ann"}).json
        office.api("POST", f"/conversations/{c['id']}/messages", TEXT)
        office.api("DELETE", f"/contacts/{made['id']}")
        node.deliver(envelope(value(number=office.number, event="FLAGGED"),
                              field="phone_number_quality_update"))
        events = s.until(lambda e: e.type == "workspace_event.created")
    assert {e.type for e in events} >= {
        "message.created", "conversation.updated", "contact.updated"}
    for e in events:
        check(SPEC["components"]["schemas"]["StreamEvent"], e.json, e.type)


def test_a_contact_comes_and_goes(node, office):
    with Stream(node, office.token) as s:
        made = office.api("POST", "/contacts",
                          {"phone": "+" + new_phone(), "name": "Ann"}).json
        e = s.next()
        assert (e.type, e.json["object"]) == ("contact.updated", made)
        office.api("DELETE", f"/contacts/{made['id']}")
        e = s.next()
        assert (e.json["id"], e.json["object"]) == (made["id"], None)


def test_without_a_place_it_begins_now_and_says_where(node, office):
    office.talk("before")
    place = last(office)
    with Stream(node, office.token) as s:
        wait_for(lambda: s.last_id)
        assert s.last_id == str(place)
        assert s.bytes.startswith(b"retry: ")
        office.talk("after")
        assert int(s.next().id) == place + 1


@pytest.mark.parametrize("how", ["header", "last_event_id", "lastEventId"])
def test_it_resumes_after_a_place(node, office, how):
    for i in range(60):
        deliver(office, f"hello {i}")
    node.drained()
    newest = last(office)
    assert newest > 100, "more than it reads at a time"
    more = {"last": 7} if how == "header" else {"query": f"?{how}=7"}
    with Stream(node, office.token, **more) as s:
        gapless([s.next() for _ in range(newest - 7)], 7)
        office.talk("new")
        assert int(s.next().id) == newest + 1


def test_the_id_is_the_last_line_of_its_event(node, office):
    """Cut off before, a client that keeps ids line by line misses nothing."""
    office.talk("before")
    with Stream(node, office.token, last="x") as s:
        s.until(lambda e: e.type == "reset")    # … and from here on
        office.talk("after")
        s.until(lambda e: e.type == "message.created")
    with Stream(node, office.token) as fresh:
        wait_for(lambda: fresh.ready)
    blocks = (bytes(s.bytes) + bytes(fresh.bytes)).decode().split("\n\n")
    assert blocks.pop() == ""
    assert len(blocks) > 2
    for block in blocks:  # none without data: some clients hand those over
        lines = block.split("\n")
        assert lines[-1].startswith("id: "), lines
        assert lines[-2].startswith("data: ")


@pytest.mark.parametrize("place", ["99999", "x", "-1"])
def test_a_place_that_never_was_resets(node, office, place):
    office.talk()
    newest = last(office)
    with Stream(node, office.token, last=place) as s:
        e = s.next()
        assert (e.type, e.id) == ("reset", str(newest))
        assert e.json == {"last_seq": newest}
        office.talk()
        assert int(s.next().id) == newest + 1


def test_two_workspaces_side_by_side(node, office):
    other = Workspace(node, "Other")
    places = last(office), last(other)
    with Stream(node, office.token) as a, Stream(node, other.token) as b:
        for i in range(20):
            deliver(office, f"SECRET-A-{i}")
            deliver(other, f"SECRET-B-{i}")
        first = a.until(says("SECRET-A-19")) + [a.next()]
        second = b.until(says("SECRET-B-19")) + [b.next()]
    for stream, events, mine, yours, place in (
            (a, first, office, b"SECRET-B", places[0]),
            (b, second, other, b"SECRET-A", places[1])):
        gapless(events, place)
        assert yours not in stream.bytes
        known = {c["id"] for c in mine.get(
            "/conversations", limit=100)["data"]}
        assert {e.json["conversation_id"] for e in events} <= known


# ------------------------------------------------------------ who is let in

def test_nobody_is_let_in_without_a_token(node, office):
    for token, query in [("", ""), ("wp_wrong", ""), ("", "?ticket=wt_x"),
                         ("", f"?ticket={office.token}"),
                         ("", f"?token={office.token}")]:
        with Stream(node, token, query=query) as s:
            assert s.status == 401
            assert b"/unauthorized" in s.body


def ticket(office):
    answer = office.api("POST", "/realtime/tickets")
    assert answer.status == 201, answer
    assert set(answer.json) == {"ticket", "expires_at"}
    return answer.json["ticket"]


def test_a_ticket_lets_one_stream_in_once(node, office):
    office.talk("before")
    t = ticket(office)
    with Stream(node, "", query=f"?ticket={t}&last_event_id=0") as s:
        assert s.status == 200
        s.until(says("before"))
        with Stream(node, "", query=f"?ticket={t}") as again:
            assert again.status == 401


def test_a_ticket_is_of_its_workspace(node, office):
    other = Workspace(node, "Other")
    with Stream(node, "", query=f"?ticket={ticket(other)}") as s:
        office.talk("SECRET")
        other.talk("mine")
        s.until(says("mine"))
        assert b"SECRET" not in s.bytes


def test_of_two_who_show_a_ticket_one_is_let_in(node, office):
    t, found = ticket(office), []

    def show():
        with Stream(node, "", query=f"?ticket={t}") as s:
            found.append(s.status)
    threads = [threading.Thread(target=show) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(found) == [200] + [401] * 7


def test_a_ticket_dies_with_its_token_and_with_time(node, office):
    _, token = office.member(f"tim{office.id}@example.com", "Tim")
    t = office.api("POST", "/realtime/tickets", token=token).json["ticket"]
    made = node.cli("--json", "token", "list", office.id)
    node.cli("token", "revoke", made[-1]["id"])
    with Stream(node, "", query=f"?ticket={t}") as s:
        assert s.status == 401
    began = int(time.time())
    made = office.api("POST", "/realtime/tickets").json
    assert began + 60 <= unix(made["expires_at"]) <= time.time() + 60


def test_an_expired_ticket_is_worth_nothing(make_node):
    node = make_node()
    old, young = (node.post("/realtime/tickets").json["ticket"]
                  for _ in range(2))
    node.write("UPDATE tickets SET expires_at = expires_at - 60"
               " WHERE hash = ?", hashlib.sha256(old.encode()).digest())
    with Stream(node, "", query=f"?ticket={old}") as s:
        assert s.status == 401
    # The processor throws away what is old as soon as it begins.
    node.kill("waspool-process", signal.SIGTERM)
    wait_for(lambda: node.db("SELECT count(*) FROM tickets") == [(1,)])
    with Stream(node, "", query=f"?ticket={young}") as s:
        assert s.status == 200


def test_no_log_holds_a_ticket(node, office):
    t = ticket(office)
    with Stream(node, "", query=f"?ticket={t}"):
        pass
    with Stream(node, "", query=f"?ticket={t}"):
        pass
    for log in (node.dir / "log").iterdir():
        assert t not in log.read_text(errors="replace"), log
    assert node.db("SELECT count(*) FROM tickets WHERE hash = ?",
                   t.encode()) == [(0,)]


def test_when_nothing_happens_it_comments_and_looks_who_is_there(node, office):
    email = f"rex{office.id}@example.com"
    _, token = office.member(email, "Rex")
    with Stream(node, token) as removed, Stream(node, office.token) as stays:
        assert removed.status == 200
        node.cli("member", "remove", office.id, email)
        assert removed.ended.wait(PATIENCE)
        assert not stays.ended.is_set()
        office.talk("still here")
        stays.until(says("still here"))
        assert b"still here" not in removed.bytes
        wait_for(lambda: stays.comments >= 2, step=0.1)


# ----------------------------------------------------------- how many, how

def test_no_more_than_there_may_be(make_node):
    node = make_node(WASPOOL_REALTIME_MAX=3, WASPOOL_REALTIME_PER_ADDRESS=2)
    streams = [Stream(node, source="127.0.0.2") for _ in range(2)]
    with Stream(node, source="127.0.0.2") as s:
        assert s.status == 429 and b"too-many-streams" in s.body
        assert int(s.headers["retry-after"]) > 0
    streams.append(Stream(node, source="127.0.0.3"))
    with Stream(node) as s:
        assert s.status == 503 and b"/busy" in s.body
        assert int(s.headers["retry-after"]) > 0
    place = last_of(node)
    began = time.monotonic()
    assert node.get("/changes", wait=1, after=place).status == 200
    assert 0.9 < time.monotonic() - began
    assert [s.status for s in streams] == [200] * 3
    streams.pop().close()
    wait_for(lambda: try_once(node) == 200, step=0.5)
    for s in streams:
        s.close()


def test_one_member_takes_no_place_of_others(make_node):
    node = make_node(WASPOOL_REALTIME_MAX=6)
    other = Workspace(node)
    _, mate = other.member("mate@example.com", "Mate")
    streams = [Stream(node, token=other.token) for _ in range(6)]
    assert [s.status for s in streams] == [200] * 6
    with Stream(node, token=other.token) as s:
        assert s.status == 503
    with Stream(node) as ours, Stream(node, token=mate) as s:
        assert (ours.status, s.status) == (200, 200)
        # The oldest left, and find no place by coming back.
        wait_for(lambda: node.log("realtime").count("others have no place")
                 == 2)
        with Stream(node, token=other.token) as again:
            assert again.status == 503
    for s in streams:
        s.close()


def try_once(node):
    with Stream(node) as s:
        return s.status


def test_who_hangs_up_is_noticed(make_node):
    node = make_node(WASPOOL_REALTIME_MAX=1)
    Stream(node).close()
    wait_for(lambda: try_once(node) == 200, step=0.5)


def test_who_does_not_read_holds_up_nobody(make_node):
    node = make_node()
    quick = Stream(node)
    lazy = Stream(node, read=False, receive=4096)
    body = "x" * 60000
    n = 150     # more than all buffers on the way
    for i in range(n):
        deliver_here(node, f"{i} {body}")
    quick.until(says(f"{n - 1} {body}"))
    wait_for(lambda: "stream over" in node.log("realtime"), step=0.1)
    # It comes back with the last that it has.
    lazy.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
    lazy.sock.settimeout(PATIENCE)
    lazy.read_head()
    lazy.run()
    missing = int(quick.last_id) - int(lazy.last_id)
    assert missing > 0
    with Stream(node, last=lazy.last_id) as s:
        gapless([s.next() for _ in range(missing)], int(lazy.last_id))
    quick.close()
    lazy.close()


def deliver_here(node, body):
    assert node.deliver(text_message("4930123456", body)).status == 200


def cpu_seconds(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(
        ")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.parametrize("program", ["realtime"])
def test_a_thousand_streams(make_node, program):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < 4 * STREAMS:
        pytest.skip(f"{hard} open files are too few")
    resource.setrlimit(resource.RLIMIT_NOFILE, (4 * STREAMS, hard))
    node = make_node()
    streams = []
    try:
        for _ in range(STREAMS):
            streams.append(Stream(node, read=False))
        for s in streams:
            s.read_head()
            assert s.status == 200
        with Stream(node) as s:
            assert s.status == 503
        assert node.get("/changes").status == 200
        pid, = node.pids(program)
        before, began = cpu_seconds(pid), time.monotonic()
        time.sleep(5)
        used = (cpu_seconds(pid) - before) / (time.monotonic() - began)
        assert SANITIZED or used < 0.25  # a busy loop uses 1
        assert SANITIZED or private_kb(pid) < 12 * 1024
        deliver_here(node, "for all")
        for s in streams:
            s.sock.settimeout(PATIENCE)
            text, chunks = b"", s.chunks()
            while b"message.created" not in text:
                text += next(chunks)
    finally:
        for s in streams:
            s.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


# ---------------------------------------------------------------- restarts

class Client:
    """Comes back with its place whenever it loses its stream, as a browser
    does."""

    def __init__(self, node):
        self.node, self.events, self.s = node, [], Stream(node)

    def connect(self):
        try:
            s = Stream(self.node, last=self.s.last_id)
        except (OSError, ValueError, IndexError):
            return False
        s.last_id = self.s.last_id
        self.s.close()
        self.s = s
        return s.status == 200

    def until(self, wanted, seconds=PATIENCE):
        end = time.monotonic() + seconds
        while True:
            try:
                self.events.append(self.s.next(0.2))
                if wanted(self.events[-1]):
                    return
            except queue.Empty:
                assert time.monotonic() < end, self.events
                if self.s.ended.is_set() and self.s.events.empty():
                    self.connect()


def deliver_until_taken(node, body):
    """As the provider does: again until it is answered, the same message."""
    delivery = text_message("4930123456", body)

    def taken():
        try:
            return node.deliver(delivery).status == 200
        except OSError:
            return False
    wait_for(taken, step=0.1)


@pytest.mark.parametrize("sig", [signal.SIGTERM, signal.SIGKILL])
@pytest.mark.parametrize("program", ["realtime", "actions",
                                     "waspool-process", "nginx"])
def test_it_resumes_after_a_restart(make_node, program, sig):
    node = make_node()
    place = last_of(node)
    client = Client(node)
    deliver_until_taken(node, "before")
    client.until(says("before"))
    old = node.kill(program, sig)
    # In the gap: nobody may be there to hear of it.
    deliver_until_taken(node, "between")
    client.until(says("between"))
    if program != "nginx":
        wait_for(lambda: old not in node.pids(program))
    deliver_until_taken(node, "after")
    client.until(says("after"))
    gapless(client.events, place)
    assert sum(map(is_message, client.events)) == 3
    client.s.close()


def test_a_message_of_the_gap_of_all_restarts(make_node):
    node = make_node()
    with Stream(node) as s:
        deliver_here(node, "before")
        s.until(says("before"))
    place = s.last_id
    node.down()
    node.up()
    deliver_here(node, "between")
    with Stream(node, last=place) as s:
        e = s.until(says("between"))
        gapless(e, int(place))


def test_all_of_a_burst_comes(make_node):
    """Many more than are kept in memory, to several at once."""
    node = make_node()
    place = last_of(node)
    streams = [Stream(node) for _ in range(10)]
    n = 2000
    for i in range(n):
        deliver_here(node, f"burst {i}")
    newest = wait_for(lambda: node.db(
        "SELECT max(seq) FROM changes HAVING max(seq) > ?", place + n))
    node.drained()
    (newest,), = node.db("SELECT max(seq) FROM changes")
    for s in streams:
        gapless([s.next() for _ in range(newest - place)], place)
        s.close()


def test_by_hand_it_is_a_cgi_program(node, office):
    """Without nginx: a stream on standard output, until nobody reads it."""
    env = {**os.environ, "WASPOOL_CONFIG": node.config,
           "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/api/v1/changes",
           "HTTP_AUTHORIZATION": f"Bearer {office.token}"}
    place = last(office)
    env["QUERY_STRING"] = f"after={place}"
    program = pathlib.Path(node.bin).parent / "libexec/waspool/realtime"
    # A wake-up socket of its own, so that the running one keeps its.
    env["WASPOOL_RUN_DIR"] = str(node.dir / "tmp")
    done = subprocess.run([program], env=env, stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=60)
    assert b"Status: 200 OK\r\n" in done.stdout, done.stderr
    assert done.stdout.endswith(
        b'{"data":[],"last_seq":%d}' % place)
