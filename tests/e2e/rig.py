"""A whole node, started and stopped by tests/node, and what tests say to it."""

import calendar
import collections
import contextlib
import fcntl
import functools
import http.client
import itertools
import json
import os
import pathlib
import random
import shlex
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time
import urllib.parse

import libpq

ROOT = pathlib.Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data"
BUILD = pathlib.Path(os.environ.get("BUILD") or ROOT / "build")
# The inbox of each node is on PostgreSQL (./dev test --pgsql).
PGSQL = bool(os.environ.get("PGSQL"))
# Programs then take other memory and time.
SANITIZED = bool(os.environ.get("SANITIZE"))
ASSIGNMENTS = ["url", "webhook_url", "verify_token", "webhook_token", "token",
               "workspace_id", "phone_number_id", "config", "bin", "dir",
               "sample"]
SERVICES = ["webhook-verify", "webhook-ingest", "actions", "realtime",
            "sign-in", "waspool-process", "waspool-dispatch"]
WEBHOOK = "/api/webhooks/whatsapp"
NUMBER = "106540352242922"
# Seconds for what comes by itself.  Only a failure takes them: where less is
# promised, the test says so.
PATIENCE = 120


_ports = collections.deque(maxlen=100)


def free_port():
    """Until somebody listens there it is nobody's: it is none of those that the
    system gives to connections, and other tests see by a name that it is taken."""
    while True:
        port = random.SystemRandom().randrange(20000, 32000)
        name, listener = socket.socket(socket.AF_UNIX), socket.socket()
        try:
            name.bind(f"\0waspool-test-port-{port}")
            listener.bind(("127.0.0.1", port))
        except OSError:
            name.close()
            continue
        finally:
            listener.close()
        _ports.append(name)
        return port


def clean_environment(extra):
    """The caller's environment, without settings of another node."""
    env = {k: v for k, v in os.environ.items()
           if not k.startswith(("WHATSAPP_", "WASPOOL_"))}
    env.update(extra)
    return env


def dev(*args, **more):
    return tool("dev", *args, **more)


def tool(name, *args, env=None, check=True):
    """A script of ours."""
    done = subprocess.run([ROOT / name, *map(str, args)],
                          env=clean_environment(env or {}), text=True,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, timeout=300)
    if check and done.returncode != 0:
        raise AssertionError(f"{name} {args}: {done.returncode}\n{done.stderr}")
    return done


@functools.cache
def made(*programs):
    """Paths of programs that only tests need, compiled when they are not: by one
    make at a time, since other tests may want the same."""
    with open(BUILD / ".tests-lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(
            ["make", "-s", "-C", BUILD, *programs], text=True, timeout=600,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    assert done.returncode == 0, done.stdout
    return [BUILD / p for p in programs]


def parse_assignments(text):
    """What a shell would make of them."""
    return dict(shlex.split(line)[0].split("=", 1)
                for line in text.splitlines())


def unix(text):
    """A time of the API, in Unix seconds."""
    return calendar.timegm(time.strptime(text, "%Y-%m-%dT%H:%M:%SZ"))


def wait_for(predicate, seconds=PATIENCE, step=0.01):
    """The first true thing that PREDICATE answers."""
    end = time.monotonic() + seconds
    while True:
        answer = predicate()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not in {seconds} s: {predicate}")
        time.sleep(step)


def is_woken(once, usual):
    """Of somebody who looks once a second: ONCE() answers how many seconds it
    took until they had done something, USUAL() is some work of that size.
    True when they were mostly quicker than one who only looks would be."""
    quick = 0

    def ahead():
        nonlocal quick
        began = time.monotonic()
        usual()
        slow = time.monotonic() - began     # as the machine is just now
        quick += 1 if once() < 0.25 + slow else -1
        return quick >= 9
    return wait_for(ahead)


def processes_in(folder):
    """(pid, program) of what runs with FOLDER as its working directory."""
    for entry in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            state = (entry / "stat").read_text().rsplit(")", 1)[1].split()[0]
            if os.readlink(entry / "cwd") == str(folder) and state != "Z":
                yield int(entry.name), os.path.basename(
                    os.readlink(entry / "exe"))
        except OSError:
            continue


def private_kb(pid, *kinds):
    """Memory that is this process's alone: Private_Clean and Private_Dirty, or
    those KINDS of smaps_rollup."""
    kinds = kinds or ("Private_Clean", "Private_Dirty")
    text = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in text.splitlines()
               if line.split(":")[0] in kinds)


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = response.headers
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:500]!r}"


class Place:
    """A folder with databases in state/; who owns the inbox on PostgreSQL."""

    def __init__(self, folder, owner=None):
        self.dir, self.owner = folder, owner

    def db(self, sql, *parameters, file="inbox.db"):
        """Rows of a database, read only."""
        if self.owner and file == "inbox.db":
            with libpq.Connection(self.owner) as c:
                return c.run(sql, *parameters)[0]
        c = sqlite3.connect(f"file:{self.dir}/state/{file}?mode=ro", uri=True,
                            timeout=PATIENCE)
        try:
            return c.execute(sql, parameters).fetchall()
        finally:
            c.close()

    def spool(self, sql, *parameters):
        return self.db(sql, *parameters, file="spool/spool.db")


    def workspace_tables(self):
        """Those whose rows are a workspace's."""
        return [t for t, in self.db("""SELECT CAST(c.table_name AS TEXT)
            FROM information_schema.columns AS c
            JOIN information_schema.tables AS t USING (table_schema, table_name)
            WHERE table_schema = 'public' AND column_name = 'workspace_id'
            AND table_type = 'BASE TABLE'""" if self.owner else """
            SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table' AND
            EXISTS (SELECT 1 FROM pragma_table_info(t.name)
            WHERE name = 'workspace_id')""")]

    def write(self, sql, *parameters):
        """Changes rows of the inbox behind everybody's back: clocks, mostly,
        so that no test waits until something is old.  Rows of RETURNING."""
        if self.owner:
            with libpq.Connection(self.owner) as c:
                rows, n = c.run(sql, *parameters)
        else:
            c = sqlite3.connect(f"{self.dir}/state/inbox.db", timeout=PATIENCE)
            try:
                with c:
                    done = c.execute(sql, parameters)
                    rows = done.fetchall()
                    n = len(rows) or done.rowcount
            finally:
                c.close()
        assert n > 0, sql
        return rows

    @contextlib.contextmanager
    def writing(self):
        """Somebody else is in the middle of writing in the inbox."""
        if self.owner:
            with libpq.Connection(self.owner) as c:
                c.run("SELECT pg_advisory_lock(0)")
                yield
            return
        c = sqlite3.connect(f"{self.dir}/state/inbox.db", timeout=PATIENCE,
                            isolation_level=None)
        try:
            c.execute("BEGIN IMMEDIATE")
            yield
        finally:
            c.close()


class Node(Place):
    """One node, in DIR.  Its assignments are attributes: node.url, …"""

    def __init__(self, env=None):
        self.env = {k: str(v) for k, v in (env or {}).items()}
        # Nobody: no test asks the real provider.
        self.env.setdefault("WHATSAPP_API_URL", "http://127.0.0.1:9")
        self.env.setdefault("WHATSAPP_CLOUD_URL", "http://127.0.0.1:9")
        self.server = None
        if PGSQL and "WASPOOL_INBOX" not in self.env:
            import postgres     # which needs us
            self.server = postgres.shared()
            self.env.update(self.server.for_node())
        # Short, because a socket's path is at most 107 bytes.
        super().__init__(pathlib.Path(tempfile.mkdtemp(prefix="waspool-")),
                         self.env.get("NODE_INBOX_OWNER"))
        self.port = free_port()

    def up(self, **env):
        self.env.update({k: str(v) for k, v in env.items()})
        out = tool("tests/node", "up", "--dir", self.dir, "--port", self.port,
                   env=self.env).stdout
        for name, value in parse_assignments(out).items():
            setattr(self, name, value if name != "dir"
                    else pathlib.Path(value))
        self.workspace_id = int(self.workspace_id)
        return self

    def down(self):
        tool("tests/node", "down", "--dir", self.dir, env=self.env)

    def remove(self):
        self.down()
        shutil.rmtree(self.dir, ignore_errors=True)
        if self.server:
            self.server.drop(self.owner)

    # ------------------------------------------------------------- HTTP

    def request(self, method, path, body=None, headers=None,
                timeout=PATIENCE):
        """Any request, exactly as given."""
        if isinstance(body, str):
            body = body.encode()
        c = http.client.HTTPConnection("127.0.0.1", self.port,
                                       timeout=timeout)
        try:
            c.request(method, path, body=body, headers=headers or {})
            return Answer(c.getresponse())
        finally:
            c.close()

    def deliver(self, body, token=None, headers=None, path=WEBHOOK):
        """POST of a webhook: a dict, text or bytes.  token="" sends none."""
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        head = {"Content-Type": "application/json"}
        if token is None:
            token = self.webhook_token
        if token:
            head["Authorization"] = "Bearer " + token
        head.update(headers or {})
        return self.request("POST", path, body, head)

    def verify(self, **parameters):
        """GET verification; challenge=…, token=…, mode=…"""
        query = urllib.parse.urlencode(
            {"hub." + ("verify_token" if k == "token" else k): v
             for k, v in parameters.items()})
        return self.request("GET", f"{WEBHOOK}?{query}")

    def api(self, method, path, body=None, token=None, headers=None, **query):
        """/api/v1 PATH as a member; lists in QUERY repeat a parameter."""
        path = "/api/v1" + path
        if query:
            path += "?" + urllib.parse.urlencode(query, doseq=True)
        head = {}
        if token is None:
            token = self.token
        if token:
            head["Authorization"] = "Bearer " + token
        if body is not None:
            head["Content-Type"] = "application/json"
            if not isinstance(body, (str, bytes)):
                body = json.dumps(body)
        head.update(headers or {})
        return self.request(method, path, body, head)

    def get(self, path, **query):
        return self.api("GET", path, **query)

    def post(self, path, body=None, **more):
        return self.api("POST", path, body, **more)

    def put(self, path, body=None, **more):
        return self.api("PUT", path, body, **more)

    def patch(self, path, body=None, **more):
        return self.api("PATCH", path, body, **more)

    def delete(self, path, **more):
        return self.api("DELETE", path, **more)

    # --------------------------------------------------- what came of it

    def conversation(self, phone):
        """The conversation with that customer, in the list, or None."""
        digits = phone.lstrip("+")
        answer = self.get("/conversations", q=digits, status="all")
        assert answer.status == 200, answer
        for c in answer.json["data"]:
            if (c["phone"] or "").lstrip("+") == digits:
                return c
        return None

    def wait_conversation(self, phone, seconds=PATIENCE, **expected):
        """… once it is there and has those fields."""
        def ready():
            c = self.conversation(phone)
            return c if c and all(c[k] == v for k, v in expected.items()) \
                else None
        return wait_for(ready, seconds)

    def messages(self, conversation_id):
        answer = self.get(f"/conversations/{conversation_id}/messages",
                          limit=100)
        assert answer.status == 200, answer
        return answer.json["data"]

    def drained(self, seconds=PATIENCE):
        """Waits until the processor has read the whole spool, and a search
        finds what came."""
        def done():
            last = self.spool("SELECT coalesce(max(id), 0) FROM deliveries")
            read = self.db(
                "SELECT coalesce(max(delivery_id), 0) FROM spool_cursors")
            return read[0][0] >= last[0][0]
        wait_for(done, seconds)
        self.searchable(seconds)

    def searchable(self, seconds=PATIENCE):
        """Waits until a search finds all that is stored: words come a moment
        later (src/inbox/search/search_index.h)."""
        wait_for(lambda: not self.db(
            "SELECT 1 FROM search_stale UNION ALL SELECT 1 FROM search_indexed"
            " WHERE from_id > 0 OR upto_id < CASE kind"
            " WHEN 'message' THEN (SELECT coalesce(max(id), 0) FROM messages)"
            " WHEN 'contact' THEN (SELECT coalesce(max(id), 0) FROM contacts)"
            " ELSE (SELECT coalesce(max(id), 0) FROM conversations) END"),
            seconds)

    @contextlib.contextmanager
    def writers_held(self):
        """Nobody can write in the inbox meanwhile."""
        if self.owner:
            with libpq.Connection(self.owner) as c:
                c.run("SELECT pg_advisory_lock(0)")
                yield
            return
        with open(self.dir / "state" / "inbox.db.lock") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def run(self, program, *args, input=None, env=None):
        """A program of this node, by hand."""
        more = {**self.env, "WASPOOL_CONFIG": self.config, **(env or {})}
        return subprocess.run([f"{self.bin}/{program}", *map(str, args)],
                              env=clean_environment(more), input=input,
                              stdin=None if input is not None
                              else subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=120)

    def popen(self, program, *args, stdout=subprocess.DEVNULL):
        """The same, while it goes on."""
        return subprocess.Popen(
            [f"{self.bin}/{program}", *map(str, args)],
            env=clean_environment({**self.env, "WASPOOL_CONFIG": self.config}),
            stdin=subprocess.DEVNULL, stdout=stdout,
            stderr=subprocess.DEVNULL)

    def cli(self, *args, input=None, check=True):
        """waspool ARGS: what it printed, parsed when --json is among them."""
        done = self.run("waspool", *args, input=input)
        if not check:
            return done
        assert done.returncode == 0, (args, done.returncode, done.stderr)
        return json.loads(done.stdout) if "--json" in args else done.stdout

    def write_key(self, number, key):
        """KEY_DIR/NUMBER, as a person would."""
        path = self.dir / "keys" / number
        path.touch(0o600)
        path.write_text(key + "\n")
        return path

    # --------------------------------------------------------- processes

    def pids(self, program):
        return [pid for pid, name in processes_in(self.dir)
                if name == program]

    def give_up(self, program):
        """Kills it and all that would start it again."""
        session = int((self.dir / "run" / f"{program}.session").read_text())
        os.kill(session, signal.SIGKILL)
        with contextlib.suppress(ProcessLookupError):   # it had just none
            os.killpg(session, signal.SIGKILL)
        wait_for(lambda: not self.pids(program))

    def kill(self, program, sig=signal.SIGKILL):
        """Kills it and answers its pid; "nginx" is the master."""
        def killed():
            if program == "nginx":
                session = (self.dir / "run" / "nginx.session").read_text()
                pids = [int(session)] if session.strip() else []
            else:
                pids = self.pids(program)
            for pid in pids:
                try:
                    os.kill(pid, sig)
                    return pid
                except ProcessLookupError:  # it was just dying
                    continue
            return None
        return wait_for(killed)

    def freeze(self, program):
        """Stops it where it keeps nobody from writing: its pid, for SIGCONT."""
        def frozen():
            pid = self.kill(program, signal.SIGSTOP)
            stat = pathlib.Path(f"/proc/{pid}/stat")
            wait_for(lambda: stat.read_text().rsplit(")", 1)[1].split()[0]
                     == "T")
            if all(map(self.is_free, ("inbox.db", "spool/spool.db"))):
                return pid
            os.kill(pid, signal.SIGCONT)
            return None
        return wait_for(frozen)

    @contextlib.contextmanager
    def inbox_away(self):
        """Who has it open loses it, and nobody can open it meanwhile."""
        if self.owner:
            name = self.owner.rpartition("/")[2].partition("?")[0]
            try:
                self.server.call(
                    f"ALTER DATABASE {name} ALLOW_CONNECTIONS false;"
                    " SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    f" WHERE datname = '{name}'")
                yield
            finally:
                self.server.call(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
            return
        inbox = self.dir / "state" / "inbox.db"
        inbox.rename(inbox.with_suffix(".away"))
        yield
        inbox.with_suffix(".away").rename(inbox)

    def is_free(self, file):
        """Nobody is writing into that database."""
        if self.owner and file == "inbox.db":
            return not self.db("SELECT 1 FROM pg_stat_activity WHERE datname ="
                               " current_database() AND xact_start IS NOT NULL"
                               " AND pid <> pg_backend_pid()")
        path = self.dir / "state" / file
        c = sqlite3.connect(path, timeout=0.5, isolation_level=None)
        try:
            with open(f"{path}.lock") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                c.execute("BEGIN IMMEDIATE")
                c.execute("ROLLBACK")
            return True
        except (OSError, sqlite3.OperationalError):
            return False
        finally:
            c.close()

    def log(self, name):
        return (self.dir / "log" / f"{name}.log").read_text(errors="replace")


# ----------------------------------------------------------- delivery bodies

_serial = itertools.count(int(time.time() * 1000) % 10**9)


def new_wamid():
    """Nine digits at its end, none of them twice."""
    return f"wamid.test{next(_serial) % 10**9:09d}"


def new_phone():
    """A customer that no other test has, a number of no special country."""
    return f"4930{next(_serial) % 10**8:08d}"


def envelope(*values, field="messages", waba="102290129340398"):
    """A delivery: one entry with a change for each value."""
    return {"object": "whatsapp_business_account",
            "entry": [{"id": waba, "changes": [
                {"field": field, "value": v} for v in values]}]}


def value(messages=(), statuses=(), contacts=(), number=NUMBER, **more):
    v = {"messaging_product": "whatsapp",
         "metadata": {"display_phone_number": "15550783881",
                      "phone_number_id": number}}
    if contacts:
        v["contacts"] = list(contacts)
    if messages:
        v["messages"] = list(messages)
    if statuses:
        v["statuses"] = list(statuses)
    v.update(more)
    return v


def message(from_, type_, wamid=None, ts=None, **content):
    """One message: message(phone, "image", image={…})."""
    return {"from": from_, "id": wamid or new_wamid(),
            "timestamp": str(int(time.time()) if ts is None else ts),
            "type": type_, **content}


def contact(wa_id, name="Sheena Nelson"):
    return {"profile": {"name": name}, "wa_id": wa_id}


def text_message(from_, body, wamid=None, ts=None, name="Sheena Nelson",
                 number=NUMBER):
    """A delivery with one text."""
    return envelope(value(
        [message(from_, "text", wamid, ts, text={"body": body})],
        contacts=[contact(from_, name)], number=number))


def status_update(wamid, status, to, ts=None, number=NUMBER, **more):
    """A delivery with one status of one of our messages."""
    return envelope(value(statuses=[
        {"id": wamid, "status": status, "recipient_id": to,
         "timestamp": str(int(time.time()) if ts is None else ts), **more}],
        number=number))


def data(name):
    """The bytes of a file of tests/data."""
    return (DATA / name).read_bytes()
