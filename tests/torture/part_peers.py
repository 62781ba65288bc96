"""Peers of a FastCGI socket that are no web server.

They may be many more than there are threads: the service goes on, and who
stays silent is hung up.
"""

import struct
import threading
import time

import fcgi
from rig import PATIENCE, Node, wait_for

NAME = "peers"
SHORT, LONG = 1, 10
MINUTES = 5

PEERS = 200             # threads: 64 of webhook-ingest, 8 of actions
PROGRAMS = ["webhook-ingest", "webhook-verify", "actions", "realtime",
            "sign-in"]


def kinds(node, luck):
    """What they send before they fall silent."""
    post = fcgi.post(node.webhook_token, 100)
    upload = fcgi.post(node.token, 10**6, "/api/v1/media")
    return {
        "nothing": b"",
        "half a header": fcgi.BEGIN[:5],
        "half of the parameters": post[:60],
        "half a body": post + fcgi.record(fcgi.STDIN, b"x" * 50),
        "half a record of the body":
            post + fcgi.record(fcgi.STDIN, b"x" * 50)[:30],
        "half an upload": upload + fcgi.record(fcgi.STDIN, b"--b\r\n"),
        "more than it said": post + fcgi.record(fcgi.STDIN, b"x" * 999) +
            fcgi.record(fcgi.STDIN),
        "HTTP": b"GET / HTTP/1.0\r\n\r\n",
        "noise": luck.randbytes(4000),
        "a value of two gigabytes": fcgi.BEGIN + fcgi.record(
            fcgi.PARAMS, struct.pack("!II", 2**32 - 1, 2**32 - 1)),
        "no end of parameters": fcgi.BEGIN + fcgi.record(
            fcgi.PARAMS, fcgi.pair("A", "b" * 60000)) * 3,
        "questions": fcgi.record(fcgi.GET_VALUES,
                                 fcgi.pair("FCGI_MAX_CONNS", "") * 2000,
                                 id_=0),
        "requests in one another": post[:16] * 50,
        "another one's body": post + fcgi.record(fcgi.STDIN, b"x", id_=7),
    }


def crowd(node, program, data):
    """So many that do the same."""
    peers = []
    for _ in range(PEERS):
        s = fcgi.dial(node, program)
        s.setblocking(False)
        try:
            s.send(data)
        except OSError:         # hung up by now, which is fine
            pass
        peers.append(s)
    return peers


def ask(node, program):
    """An honest client's question: seconds until the answer."""
    began = time.monotonic()
    status = {
        "webhook-ingest": lambda: node.deliver("{}"),
        "webhook-verify": lambda: node.verify(
            mode="subscribe", token=node.verify_token, challenge="1"),
        "actions": lambda: node.get("/me"),
        "realtime": lambda: node.get("/changes"),
        "sign-in": lambda: node.get("/session", token=""),
    }[program]().status
    assert status == (401 if program == "sign-in" else 200), (program, status)
    return time.monotonic() - began


class Slow(threading.Thread):
    """Sends a byte now and then; SECONDS it lived."""

    def __init__(self, node, program, data):
        super().__init__(daemon=True)
        self.socket = fcgi.dial(node, program)
        self.data, self.seconds, self.stopping = data, None, False
        self.start()

    def run(self):
        began = time.monotonic()
        try:
            for i in range(len(self.data)):
                if self.stopping:
                    return
                self.socket.send(self.data[i:i + 1])
                time.sleep(0.2)
            self.socket.recv(1)
        except OSError:
            pass
        self.seconds = time.monotonic() - began


def silent_ends(peers):
    """Each is hung up after a time."""
    for s in peers:
        s.settimeout(PATIENCE)
        assert s.recv(1) == b"", "a silent peer was answered"
        s.close()


def run(scale, report):
    node = Node({"WASPOOL_LOG_LEVEL": "warn"})
    worst, n = 0, 0
    try:
        node.up()
        pids = {p: node.pids(p) for p in PROGRAMS}
        silent = [fcgi.dial(node, p) for p in PROGRAMS]
        half = fcgi.post(node.webhook_token, 500)
        slow = [Slow(node, "webhook-ingest", half[:16] + half),
                Slow(node, "webhook-ingest", half)]
        slow[1].socket.send(half)
        for _ in scale.rounds():
            for program in PROGRAMS:
                for what, data in kinds(node, scale.random).items():
                    peers = crowd(node, program, data)
                    took = ask(node, program)
                    assert took < 8, f"{program}, {what}: {took:.1f} s"
                    worst, n = max(worst, took), n + 1
                    for s in peers:
                        s.close()
        for program in PROGRAMS:
            assert node.pids(program) == pids[program], f"{program} died"
        silent_ends(silent)
        for s in slow:
            wait_for(lambda: s.seconds)
    finally:
        node.remove()
    report.check(f"{PEERS} peers at a socket, and an honest one answered", n)
    report.check(f"the longest answer took {worst * 1000:.0f} ms")
    report.check("silent and slow ones were hung up")
