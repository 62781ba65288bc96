"""Where rows are measured: nodes, stand-ins for their programs, load."""

import contextlib
import hashlib
import hmac
import json
import os
import pathlib
import platform
import shutil
import signal
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import traceback

from rig import BUILD, ROOT, WEBHOOK, Node, clean_environment, text_message, wait_for

HERE = pathlib.Path(__file__).resolve().parent
MADE = BUILD / "tests" / "bench"    # the C programs of tests/bench
SECRET = "the-app-secret-of-bench"  # WHATSAPP_APP_SECRET of every node


class Bench:
    """Given to each row.  Everything it started it stops at the end."""

    def __init__(self, mode):
        self.mode = mode
        self.quick = mode == "quick"
        self.stack = contextlib.ExitStack()
        self.kept = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stack.close()

    def say(self, text):
        print("bench:", text, file=sys.stderr, flush=True)

    def trace(self):
        if os.environ.get("BENCH_TRACE"):
            traceback.print_exc()

    def seconds(self, quick, full):
        return quick if self.quick else full

    def shared(self, name, make):
        """What several rows use: made once, by the first."""
        if name not in self.kept:
            self.kept[name] = make()
        return self.kept[name]

    def folder(self):
        path = pathlib.Path(tempfile.mkdtemp(prefix="waspool-bench-"))
        self.stack.callback(shutil.rmtree, path, ignore_errors=True)
        return path

    def node(self, **env):
        """A whole node behind nginx, as ./dev up starts it."""
        node = Node({"WHATSAPP_APP_SECRET": SECRET, **env})
        self.stack.callback(node.remove)
        return node.up()

    # ------------------------------------------------------ its programs

    def without_processor(self, node):
        """Ends it and its supervisor; deliveries stay in the spool."""
        pid = int((node.dir / "run/waspool-process.session").read_text())
        os.kill(pid, signal.SIGTERM)
        wait_for(lambda: not node.pids("waspool-process"))

    def start(self, node, name, *command, env=None):
        """A FastCGI program on DIR/run/NAME.sock, as a node's own are:
        spawn-fcgi and multiwatch."""
        sock = node.dir / "run" / f"{name}.sock"
        log = open(node.dir / "log" / f"{name}.log", "ab")
        more = {"WASPOOL_CONFIG": node.config, **node.env,
                **{k: str(v) for k, v in (env or {}).items()}}
        # Only the program: the preloaded library would be multiwatch's too,
        # which does no harm.
        p = subprocess.Popen(
            [ROOT / "tests/keep", "serve", sock, *map(str, command)],
            cwd=node.dir, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            env=clean_environment({**more, "KEEP_TRIES": "3"}),
            start_new_session=True)
        log.close()
        self.stack.callback(self.stop, p)
        wait_for(sock.exists)
        time.sleep(0.3)
        assert p.poll() is None, node.log(name)
        return p

    def stop(self, p):
        """The whole session of what start() answered."""
        if p.poll() is not None:
            return
        p.terminate()
        try:
            p.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()

    @contextlib.contextmanager
    def instead(self, node, program, name):
        """Behind the same nginx, in the same location: what start() put on
        NAME.sock answers where PROGRAM did."""
        run = node.dir / "run"
        theirs, ours = run / f"{program}.sock", run / f"{name}.sock"
        aside = run / f"{program}.aside"
        os.rename(theirs, aside)
        os.rename(ours, theirs)
        self.forget_connections(node)
        try:
            yield
        finally:
            os.rename(theirs, ours)
            os.rename(aside, theirs)
            self.forget_connections(node)

    def forget_connections(self, node):
        """nginx keeps connections to its programs: workers that have none."""
        master = int((node.dir / "run" / "nginx.session").read_text())
        old = set(node.pids("nginx")) - {master}
        os.kill(master, signal.SIGHUP)
        wait_for(lambda: not old & set(node.pids("nginx")), 20)

    # -------------------------------------------------------------- load

    def wrk(self, url, seconds, connections, **options):
        """Closed loop, as fast as answers come: rate, p50_ms, p99_ms, n.

        options: method, body (a file), paths (a file, a line each, taken in
        turn), headers (a list of "Name: value").  Every answer must be 2xx.
        """
        args = [f"{k}={v}" for k, v in options.items() if k != "headers"]
        args += [f"header={h}" for h in options.get("headers", [])]
        done = subprocess.run(
            ["wrk", "-t2", f"-c{connections}", f"-d{seconds}s", "--timeout",
             "10s", "-s", HERE / "wrk.lua", url, "--", *args],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, text=True, timeout=seconds + 60)
        assert done.returncode == 0, done.stderr
        out = json.loads(done.stdout.splitlines()[-1])
        assert out.pop("errors") == 0, done.stdout
        assert out["n"] > 0, done.stdout
        return out

    def talk(self, n, seed, customers):
        """N realistic deliveries (fill.c), each of another message."""
        path = self.folder() / "talk.db"
        with contextlib.closing(sqlite3.connect(path)) as c:
            c.executescript((ROOT / "schema/sqlite/spool.sql").read_text())
            subprocess.run([MADE / "fill", "-n", str(n), "-s", str(seed),
                            "-c", str(customers), path], check=True,
                           stdout=subprocess.DEVNULL)
            return [b for b, in c.execute(
                "SELECT body FROM deliveries ORDER BY id")]

    def lines(self, bodies):
        """A file for offer: signed bodies, which are sent in turn."""
        path = self.folder() / "lines"
        with open(path, "wb") as f:
            for b in bodies:
                f.write(sign(b).encode() + b"\t" + b + b"\n")
        return path

    def offer_begin(self, node, rate, seconds, lines):
        """An open loop of webhooks (offer.c) in the background."""
        return subprocess.Popen(
            [MADE / "offer", str(node.port), WEBHOOK, str(rate), str(seconds),
             lines, *headers(node)], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def offer_end(self, p):
        """n, errors, rate, p50_ms, p99_ms, max_ms, late_p99_ms; every
        answer must be 2xx."""
        out, err = p.communicate(timeout=600)
        assert p.returncode == 0, out + err
        return json.loads(out)

    def offer(self, node, rate, seconds, lines):
        return self.offer_end(self.offer_begin(node, rate, seconds, lines))

    # ----------------------------------------------------------- machine

    def machine(self):
        """What the numbers depend on."""
        def first(*command):
            out = subprocess.run(command, text=True, stdout=subprocess.PIPE,
                                 stderr=subprocess.STDOUT).stdout
            return out.splitlines()[0] if out else "?"
        return {"cores": os.cpu_count(),
                "kernel": platform.release(),
                "flush_ms": round(flush_ms(self.folder()), 3),
                "sqlite": sqlite3.sqlite_version,
                "nginx": first("nginx", "-v").rsplit("/", 1)[-1],
                "commit": first("git", "-C", str(ROOT), "describe",
                                "--always", "--dirty")}


def flush_ms(folder, n=50):
    """How long fdatasync takes after a write of 4 KB, median."""
    times = []
    with open(folder / "flush", "wb", buffering=0) as f:
        for _ in range(n):
            f.write(b"x" * 4096)
            began = time.monotonic()
            os.fdatasync(f.fileno())
            times.append(time.monotonic() - began)
    return statistics.median(times) * 1000


# ------------------------------------------------------------------ bodies

def sign(body):
    """The header with which Meta and 360dialog sign it."""
    return "X-Hub-Signature-256: sha256=" + hmac.new(
        SECRET.encode(), body, hashlib.sha256).hexdigest()


def headers(node, body=None):
    return ["Content-Type: application/json",
            "Authorization: Bearer " + node.webhook_token] + \
        ([sign(body)] if body is not None else [])


def body_of(size, phone="493012345678", **more):
    """A delivery with one text, as long as asked for."""
    short = json.dumps(text_message(phone, "", **more)).encode()
    text = "Lorem ipsum dolor sit amet, consectetur adipiscing elit. " * 99
    return json.dumps(text_message(
        phone, text[:size - len(short)], **more)).encode()


def webhook_url(node):
    return node.url + WEBHOOK
