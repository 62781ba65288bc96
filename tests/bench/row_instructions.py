"""How much work a delivery is, and a read of the API: numbers that no other
load changes."""

import contextlib
import hashlib
import hmac
import re
import shutil
import socket
import sqlite3
import subprocess

from row import Figure, Row
from row_drain import BIN, Store
from row_reads import API
from stand import BUILD, HERE, MADE, SECRET

N = 2000
BASELINE = HERE / "baseline"
LIBEXEC = BUILD / "inst/libexec/waspool"

READS = 200                     # of each path
MESSAGES, CONVERSATIONS = 20_000, 2_000
NOW = 1_700_000_000             # when the inbox of the reads ends
PATHS = {       # in turn: two answers are kept for a second, three are not
    "first_page": [f"{API}/conversations?limit={n}" for n in (49, 50, 51)],
    "first_again": [f"{API}/conversations?limit=50"],
    "conversation": [f"{API}/conversations/7"],
    "stats": [f"{API}/conversations/stats"],
    "messages": [f"{API}/conversations/{{longest}}/messages?limit=50"],
}
LONGEST = "SELECT conversation_id FROM messages GROUP BY conversation_id" \
          " ORDER BY count(*) DESC, conversation_id LIMIT 1"


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


def request(params, body=b"", keep=0):
    """As nginx says it: FastCGI records."""
    text = b"".join(size(k.encode()) + size(v.encode()) + k.encode()
                    + v.encode() for k, v in params.items())
    return record(1, bytes([0, 1, keep, 0, 0, 0, 0, 0])) + record(4, text) \
        + record(4, b"") + (record(5, body) if body else b"") + record(5, b"")


def delivery(body):
    sign = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return request({
        "REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)),
        "CONTENT_TYPE": "application/json", "REMOTE_ADDR": "127.0.0.1",
        "SCRIPT_NAME": "/api/webhooks/whatsapp",
        "REQUEST_URI": "/api/webhooks/whatsapp",
        "HTTP_X_HUB_SIGNATURE_256": "sha256=" + sign}, body)


def reading(path, token):
    """As nginx/waspool-location.conf.in has it."""
    query = path.partition("?")[2]
    return request({
        "QUERY_STRING": query, "REQUEST_METHOD": "GET", "REQUEST_URI": path,
        "REMOTE_ADDR": "127.0.0.1", "REQUEST_ID": "0123456789abcdef" * 2,
        "HTTP_HOST": "127.0.0.1",
        "HTTP_AUTHORIZATION": "Bearer " + token}, keep=1)


def ask(s, text):
    """The answer: all of STDOUT's records, to the end of the request."""
    s.sendall(text)
    answer = b""
    with s.makefile("rb", buffering=0) as f:
        while (head := whole(f, 8))[1] != 3:
            answer += whole(f, int.from_bytes(head[4:6], "big"))
            whole(f, head[6])
        whole(f, 8)
    assert b"Status: 200" in answer, answer[:300]
    return answer.partition(b"\r\n\r\n")[2]


def whole(f, n):
    data = b""
    while len(data) < n:
        piece = f.read(n - len(data))
        assert piece, "the connection was closed"
        data += piece
    return data


@contextlib.contextmanager
def served(store, command, **env):
    """A FastCGI program on the socket path; p.said is what it said."""
    path, said = store.dir / "sock", store.dir / "said"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX) as listener, open(said, "w") as log:
        listener.bind(str(path))
        listener.listen(16)
        p = subprocess.Popen(command, stdin=listener, stderr=log,
                             env=store.env(**env))
        try:
            yield p, path
        finally:
            p.terminate()
            p.wait(timeout=60)
            p.said = said.read_text()
    assert p.returncode == 0, p.said[-500:]


@contextlib.contextmanager
def connected(path):
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(60)
        s.connect(str(path))
        yield s


def counted(store, program, *args):
    return ["valgrind", "--tool=callgrind",
            f"--callgrind-out-file={store.dir}/callgrind", str(program), *args]


def collected(text):
    return int(re.search(r"Collected : (\d+)", text)[1])


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

    def processor(self, store):
        store.renew()
        return collected(store.run(
            *counted(store, BIN / "waspool-process", "--once"),
            LD_PRELOAD=str(MADE / "still.so")))

    def ingest(self, bodies):
        self.empty.renew()
        with served(self.empty, counted(self.empty, LIBEXEC
                                        / "webhook-ingest"),
                    WASPOOL_THREADS="4") as (p, path):
            for body in [self.bodies[0], *bodies]:
                with connected(path) as s:
                    ask(s, delivery(body))
        with sqlite3.connect(self.empty.state / "spool/spool.db") as db:
            n, = db.execute("SELECT count(*) FROM deliveries").fetchone()
        assert n == len(bodies) + 1, f"{n} rows"
        return collected(p.said)

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


class Reads(Row):
    name = "instructions_read"
    what = f"instructions a read of the API, of {READS}"
    reference = Instructions.reference
    how = f"as instructions; an inbox of {MESSAGES:,} messages in " \
          f"{CONVERSATIONS:,} conversations, one connection that is kept, " \
          "the same clock: nobody rests. messages: the newest 50 of the " \
          "longest conversation."
    modes = ("full",)
    figures = [Figure(name, "", at_most=1.05, ratio=True) for name in PATHS]
    packages = ["valgrind"]

    def open(self, bench):
        self.store = Store(bench, 0)
        inbox = self.store.state / "inbox.db"
        for path in self.store.state.glob("inbox.db*"):
            path.unlink()
        self.store.run(MADE / "generate", "--messages", MESSAGES,
                       "--conversations", CONVERSATIONS, "--now", NOW, inbox)
        self.token = re.search(r'"token":\s*"([^"]+)"', self.store.run(
            BIN / "waspool", "token", "create", "1", "ann@example.com",
            "--json"))[1]
        with contextlib.closing(sqlite3.connect(inbox)) as db:
            self.longest, = db.execute(LONGEST).fetchone()
        shutil.rmtree(self.store.fresh)
        shutil.copytree(self.store.state, self.store.fresh)
        self.found = None

    def reads(self, paths, n):
        """Some before, which are not like the others."""
        paths = [path.format(longest=self.longest) for path in paths]
        self.store.renew()
        command = counted(self.store, LIBEXEC / "actions")
        # Only the thread that answers: another one, which waits for the end
        # by that clock, looks again and again.
        command.insert(1, "--toggle-collect=run")
        with served(self.store, command,
                    WASPOOL_ACTION_THREADS="1",
                    LD_PRELOAD=str(MADE / "still.so")) as (p, sock):
            with connected(sock) as s:
                for i in range(n + len(paths)):
                    ask(s, reading(paths[i % len(paths)], self.token))
        return collected(p.said)

    def subject(self, bench):
        if self.found is None:
            self.found = {name: (self.reads(paths, READS)
                                 - self.reads(paths, 0)) // READS
                          for name, paths in PATHS.items()}
        return self.found

    def beside(self, bench):
        return baseline()


ROWS = [Instructions(), Reads()]
