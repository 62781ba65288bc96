"""How much work a delivery is: numbers that no other load changes."""

import hashlib
import hmac
import re
import socket
import sqlite3
import subprocess

from row import Figure, Row
from row_drain import BIN, Store
from stand import BUILD, HERE, MADE, SECRET

N = 2000
BASELINE = HERE / "baseline"
INGEST = BUILD / "inst/libexec/waspool/webhook-ingest"


def baseline():
    lines = [line.split() for line in BASELINE.read_text().splitlines()
             if line and not line.startswith("#")]
    return {name: int(n) for name, n in lines}


def record(kind, data):
    return bytes([1, kind, 0, 1]) + len(data).to_bytes(2, "big") \
        + b"\0\0" + data


def size(text):
    return bytes([len(text)]) if len(text) < 128 \
        else (len(text) | 1 << 31).to_bytes(4, "big")


def request(body):
    """As nginx says it: FastCGI records."""
    sign = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    params = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)),
              "CONTENT_TYPE": "application/json", "REMOTE_ADDR": "127.0.0.1",
              "SCRIPT_NAME": "/api/webhooks/whatsapp",
              "REQUEST_URI": "/api/webhooks/whatsapp",
              "HTTP_X_HUB_SIGNATURE_256": "sha256=" + sign}
    text = b"".join(size(k.encode()) + size(v.encode()) + k.encode()
                    + v.encode() for k, v in params.items())
    return record(1, b"\0\1\0\0\0\0\0\0") + record(4, text) + record(4, b"") \
        + record(5, body) + record(5, b"")


def post(path, body):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(str(path))
        s.sendall(request(body))
        answer = b""
        while piece := s.recv(65536):
            answer += piece
    assert b"Status: 200" in answer, answer[:300]


class Instructions(Row):
    name = "instructions"
    what = f"instructions a delivery, of {N}"
    reference = "the figures in tests/bench/baseline"
    how = "valgrind --tool=callgrind, less what the programs take without " \
          "any delivery; a clock that stands still is preloaded into the " \
          "processor, so that its batches do not depend on how slow it is."
    modes = ("full",)   # under valgrind programs are slow
    figures = [Figure("ingest", "", at_most=1.05, ratio=True),
               Figure("processor", "", at_most=1.05, ratio=True)]
    packages = ["valgrind"]

    def open(self, bench):
        self.full, self.empty = Store(bench, N), Store(bench, 0)
        with sqlite3.connect(self.full.state / "spool/spool.db") as db:
            self.bodies = [b for b, in db.execute(
                "SELECT body FROM deliveries ORDER BY id")]
        self.found = None

    def command(self, store, program, *args):
        return ["valgrind", "--tool=callgrind", "--callgrind-out-file="
                + str(store.dir / "callgrind"), str(program), *args]

    def collected(self, text):
        return int(re.search(r"Collected : (\d+)", text)[1])

    def processor(self, store):
        store.renew()
        return self.collected(store.run(
            *self.command(store, BIN / "waspool-process", "--once"),
            LD_PRELOAD=str(MADE / "still.so")))

    def ingest(self, bodies):
        self.empty.renew()
        path = self.empty.dir / "ingest.sock"
        path.unlink(missing_ok=True)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen(16)
            p = subprocess.Popen(
                self.command(self.empty, INGEST), stdin=listener, text=True,
                env=self.empty.env(WASPOOL_THREADS="4"),
                stderr=subprocess.PIPE)
            try:
                post(path, self.bodies[0])
                for body in bodies:
                    post(path, body)
            finally:
                p.terminate()
                _, said = p.communicate(timeout=60)
        assert p.returncode == 0, said[-500:]
        with sqlite3.connect(self.empty.state / "spool/spool.db") as db:
            n, = db.execute("SELECT count(*) FROM deliveries").fetchone()
        assert n == len(bodies) + 1, f"{n} rows"
        return self.collected(said)

    def subject(self, bench):
        # They are the same each time, and take long: once is enough.
        if self.found is None:
            self.found = {
                "ingest": (self.ingest(self.bodies) - self.ingest([])) // N,
                "processor": (self.processor(self.full)
                              - self.processor(self.empty)) // N}
        return self.found

    def beside(self, bench):
        return baseline()


ROWS = [Instructions()]
