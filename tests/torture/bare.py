"""Programs without a supervisor and a web server, so that a test may decide
when each starts, with what in its environment, and when it dies."""

import json
import os
import pathlib
import select
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

from rig import BUILD, NUMBER, PATIENCE, Place, clean_environment

INST = BUILD / "inst"
FCGI = ("webhook-ingest", "actions")
TOKEN = "a-token-of-the-bare-node"


class Bare(Place):
    """Databases, sockets and programs in a folder of their own; the inbox is a
    file of SQLite.

    ENV is for all programs, at each start."""

    def __init__(self, env=None, **settings):
        super().__init__(pathlib.Path(tempfile.mkdtemp(prefix="waspool-")))
        self.state = self.dir / "state"
        self.config = self.dir / "waspool.conf"
        self.env, self.running = dict(env or {}), {}
        self.listeners = {}
        for name in ("state", "run", "keys", "log"):
            (self.dir / name).mkdir(0o700)
        settings = {"WHATSAPP_WEBHOOK_TOKEN": TOKEN,
                    "WHATSAPP_DEFAULT_WORKSPACE_ID": 1,
                    "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
                    "WHATSAPP_360_API_KEY": "key",
                    "WHATSAPP_API_URL": "http://127.0.0.1:9",
                    "WASPOOL_STATE_DIR": self.state,
                    "WASPOOL_RUN_DIR": self.dir / "run",
                    "WASPOOL_KEY_DIR": self.dir / "keys",
                    "WASPOOL_TOKEN_DIR": self.dir / "tokens",
                    "WASPOOL_THREADS": 16, "WASPOOL_ACTION_THREADS": 4,
                    **settings}
        self.config.write_text(
            "".join(f"{k}={v}\n" for k, v in settings.items()))

    def environment(self, more=None):
        return clean_environment({"WASPOOL_CONFIG": str(self.config),
                                  **self.env, **(more or {})})

    def cli(self, *args):
        done = subprocess.run(
            [INST / "bin" / "waspool", *map(str, args)], text=True,
            env=self.environment({"LD_PRELOAD": ""}), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
        assert done.returncode == 0, (args, done.stderr)
        return json.loads(done.stdout) if "--json" in args else done.stdout

    def populate(self):
        """A workspace and its owner, whose token is self.token."""
        self.cli("init")
        self.cli("workspace", "add", "Example")
        self.cli("number", "add", NUMBER, "--workspace", 1)
        self.cli("user", "add", "ann@example.com", "Ann")
        self.cli("member", "add", 1, "ann@example.com", "--role", "owner")
        self.token = self.cli("--json", "token", "create", 1,
                              "ann@example.com")["token"]
        return self

    # --------------------------------------------------------- programs

    def socket_path(self, program):
        return str(self.dir / "run" / f"{program}.sock")

    def listen(self, program):
        path = self.socket_path(program)
        if os.path.exists(path):
            os.unlink(path)
        s = socket.socket(socket.AF_UNIX)
        s.bind(path)
        s.listen(1024)
        self.listeners[program] = s
        return s

    def start(self, program, *args, env=None):
        """Started, not yet serving: requests wait in the socket."""
        stdin = subprocess.DEVNULL
        if program in FCGI:
            stdin = self.listeners.get(program) or self.listen(program)
            path = INST / "libexec" / "waspool" / program
        else:
            path = INST / "bin" / program
        with open(self.dir / "log" / f"{program}.log", "ab") as log:
            self.running[program] = subprocess.Popen(
                [path, *args], stdin=stdin, stdout=log, stderr=log,
                cwd=self.dir, env=self.environment(env))
        return self.running[program]

    def stop(self, program, seconds=PATIENCE):
        """With SIGTERM; its status."""
        p = self.running.pop(program)
        p.send_signal(signal.SIGTERM)
        try:
            return p.wait(seconds)
        except subprocess.TimeoutExpired:
            p.kill()
            p.wait()
            raise AssertionError(f"{program}: does not stop") from None

    def crash(self):
        """All at once, and nobody is left who waits in a socket."""
        for p in self.running.values():
            p.kill()
        for p in self.running.values():
            p.wait()
        self.running.clear()
        self.hang_up()

    def hang_up(self, *programs):
        for name in programs or list(self.listeners):
            if name in self.listeners:
                self.listeners.pop(name).close()

    def remove(self):
        self.crash()
        shutil.rmtree(self.dir, ignore_errors=True)

    def log(self, program):
        path = self.dir / "log" / f"{program}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # ---------------------------------------------------------- requests

    def pid(self, program):
        p = self.running.get(program)
        return p.pid if p else None

    def post(self, body, timeout=60):
        """A delivery: the status, or 0 when there was no whole answer."""
        return ask(self.socket_path("webhook-ingest"), "POST",
                   "/api/webhooks/whatsapp", body, TOKEN, timeout=timeout,
                   pid=self.pid("webhook-ingest"))[0]

    def ready(self, timeout=60):
        """Would a delivery be acknowledged?  webhook-ingest tries it by itself
        when it starts: that is over, one way or the other, when this is
        answered."""
        return ask(self.socket_path("webhook-ingest"), "GET",
                   "/healthz/webhooks", timeout=timeout,
                   pid=self.pid("webhook-ingest"))[0]

    def api(self, method, path, body=None, timeout=60, **headers):
        """(status, object or bytes) of /api/v1 PATH."""
        if isinstance(body, dict):
            body = json.dumps(body).encode()
            headers.setdefault("CONTENT_TYPE", "application/json")
        status, answer = ask(self.socket_path("actions"), method,
                             "/api/v1" + path, body or b"", self.token,
                             timeout=timeout, pid=self.pid("actions"),
                             **headers)
        try:
            return status, json.loads(answer)
        except ValueError:
            return status, answer


# ------------------------------------------------------------------ FastCGI

BEGIN, END, PARAMS, STDIN, STDOUT = 1, 3, 4, 5, 6


def record(kind, content):
    return struct.pack("!BBHHBx", 1, kind, 1, len(content), 0) + content


def length(n):
    return bytes([n]) if n < 128 else struct.pack("!I", n | 0x80000000)


def encode(params, body):
    pairs = b"".join(length(len(k)) + length(len(v)) + k + v for k, v in (
        (k.encode(), str(v).encode()) for k, v in params.items()))
    out = [record(BEGIN, struct.pack("!HB5x", 1, 0)), record(PARAMS, pairs),
           record(PARAMS, b"")]
    out += [record(STDIN, body[i:i + 60000])
            for i in range(0, len(body), 60000)]
    return b"".join(out + [record(STDIN, b"")])


def read_answer(raw):
    """What is on standard output, or None when it does not end."""
    at, out = 0, b""
    while at + 8 <= len(raw):
        _, kind, _, n, padding = struct.unpack_from("!BBHHBx", raw, at)
        if kind == STDOUT:
            out += raw[at + 8:at + 8 + n]
        if kind == END:
            return out
        at += 8 + n + padding
    return None


def receive(s, timeout, pid):
    """All that comes, until its end, or that of the program."""
    raw, fd = b"", os.pidfd_open(pid) if pid else None
    poll = select.poll()
    poll.register(s, select.POLLIN)
    if fd is not None:
        poll.register(fd, select.POLLIN)
    end = time.monotonic() + timeout
    try:
        while True:
            left = end - time.monotonic()
            ready = [f for f, _ in poll.poll(max(0, left * 1000))]
            if not ready:
                raise socket.timeout(f"no answer in {timeout} s")
            if s.fileno() not in ready:
                return raw          # its program is dead
            piece = s.recv(65536)
            if not piece:
                return raw
            raw += piece
    finally:
        if fd is not None:
            os.close(fd)


def ask(path, method, uri, body=b"", token=None, timeout=60, pid=None,
        **headers):
    """(status, body) of a FastCGI program, as nginx would ask it; (0, b"")
    when it went away, or the process PID died meanwhile.  socket.timeout is
    a hang, and is raised."""
    page, _, query = uri.partition("?")
    params = {"REQUEST_METHOD": method, "REQUEST_URI": uri,
              "QUERY_STRING": query, "DOCUMENT_URI": page,
              "CONTENT_LENGTH": len(body), "REMOTE_ADDR": "127.0.0.1",
              "SERVER_PROTOCOL": "HTTP/1.1",
              "CONTENT_TYPE": headers.pop("CONTENT_TYPE", "")}
    if token:
        params["HTTP_AUTHORIZATION"] = "Bearer " + token
    params.update(headers)
    try:
        with socket.socket(socket.AF_UNIX) as s:
            s.settimeout(timeout)
            s.connect(path)
            s.sendall(encode(params, body))
            answer = read_answer(receive(s, timeout, pid))
    except socket.timeout:
        raise
    except OSError:                 # ProcessLookupError too
        return 0, b""
    if answer is None:
        return 0, b""
    head, _, rest = answer.partition(b"\r\n\r\n")
    for line in head.split(b"\r\n"):
        if line.lower().startswith(b"status:"):
            return int(line.split()[1]), rest
    return 200, rest
