"""Debian's PostgreSQL for a test: a server in a folder and on a socket of its
own, and databases in it.  Spoken to by psql, which comes with it."""

import atexit
import contextlib
import ctypes
import functools
import glob
import itertools
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import urllib.parse

import pytest

from rig import ROOT, wait_for

SCHEMA = ROOT / "schema" / "pgsql"
# In the order in which they are laid: README.md there says why.
FILES = ["database", "tables", "search", "conversations", "follow", "messages", "changes", "members",
         "doors", "rights"]


RIGHT = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'"
MARK = "--this-far--"


def programs():
    """The newest version's folder, or that of WASPOOL_TEST_PGSQL; None."""
    chosen = os.environ.get("WASPOOL_TEST_PGSQL", "*")
    found = glob.glob(f"/usr/lib/postgresql/{chosen}/bin")
    return max(map(pathlib.Path, found), default=None,
               key=lambda p: int(p.parent.name))


def end_with_us():
    """In the server, once it is another user: it ends when we do, however."""
    ctypes.CDLL(None).prctl(1, signal.SIGQUIT)      # PR_SET_PDEATHSIG


class Server:
    """Ends with stop(), and at the latest with the test's process.  OF: a standby
    of that one, which commits nothing without it from then on.  QUICK: as no installation has it.
    SETTINGS: NAME=VALUE, above ours."""

    def __init__(self, of=None, quick=True, settings=()):
        self.bin = programs()
        if self.bin is None:
            pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
        self.numbers = itertools.count(1)
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="waspool-pg-", dir="/tmp"))
        self.owner = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self.dir, nobody.pw_uid, nobody.pw_gid)
            self.owner = {"user": nobody.pw_uid, "group": nobody.pw_gid,
                          "extra_groups": []}
        self.log = self.dir / "log"
        self.settings = ["fsync=off", "autovacuum=off"] * quick + list(settings)
        self.process = None
        try:
            self.make(of)
            self.begin()
        except BaseException:
            self.stop()
            raise

    def make(self, of):
        how = [self.bin / "initdb", "-D", self.dir / "data", "-U", "waspool", "-A",
               "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
        if of is not None:
            how = [self.bin / "pg_basebackup", "-D", self.dir / "data", "-R", "-h",
                   of.dir, "-U", "waspool", "-c", "fast", "--no-sync"]
        with self.log.open("wb") as log:
            subprocess.run(how, cwd=self.dir, stdin=subprocess.DEVNULL, stdout=log,
                           stderr=log, check=True, **self.owner)

    def begin(self):
        with self.log.open("ab") as log:
            settings = ["listen_addresses=", "jit=off", "shared_buffers=32MB",
                        "client_min_messages=warning", "max_connections=400",
                        *self.settings]
            self.process = subprocess.Popen(
                [self.bin / "postgres", "-D", self.dir / "data", "-k", self.dir,
                 *(word for s in settings for word in ("-c", s))], cwd=self.dir,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                preexec_fn=end_with_us, **self.owner)
        wait_for(lambda: self.process.poll() is not None or not subprocess.run(
            [self.bin / "psql", "-X", "-h", self.dir, "-U", "waspool", "-d",
             "postgres", "-c", ""], check=False, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL).returncode, seconds=120)
        assert self.process.poll() is None, self.log.read_text()

    def backends(self):
        """Processes of it, itself included."""
        pids = [self.process.pid]
        for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):  # it has just ended
                if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pids[0]:
                    pids.append(int(stat.parent.name))
        return pids

    def signal(self, number, pids=None):
        for pid in pids or self.backends():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self):
        """As a machine that is gone: none of its processes ends by itself."""
        self.signal(signal.SIGSTOP)     # or it forks meanwhile
        pids = self.backends()
        self.signal(signal.SIGKILL, pids)
        self.process.wait()
        wait_for(lambda: not any(os.path.exists(f"/proc/{p}/exe") for p in pids))
        (self.dir / "data" / "postmaster.pid").unlink(missing_ok=True)

    def renew(self, of):
        """It was killed, and is a standby of OF from now on."""
        shutil.rmtree(self.dir / "data")
        self.make(of)
        self.begin()

    def promote(self):
        """It was a standby; nobody stands by it."""
        self.call("SELECT pg_promote()")
        self.call("ALTER SYSTEM RESET synchronous_standby_names")
        self.call("SELECT pg_reload_conf()")

    def wait_for_standby(self):
        """From now on what is committed is on both."""
        self.call("ALTER SYSTEM SET synchronous_standby_names = '*'")
        self.call("SELECT pg_reload_conf()")
        wait_for(lambda: self.call("SELECT 1 FROM pg_stat_replication WHERE"
                                   " sync_state = 'sync'")[0])

    def stop(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()
        shutil.rmtree(self.dir, ignore_errors=True)

    def call(self, sql, database="postgres", user="waspool", check=True, args=()):
        """All at once, by a psql of its own: (what it said, its errors)."""
        done = subprocess.run(
            [self.bin / "psql", "-X", "-q", "-A", "-t", "-h", self.dir, "-U",
             user, "-d", database, "-v", "ON_ERROR_STOP=1", *args], input=sql,
            text=True, check=False, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout, done.stderr

    def create(self, name, how=RIGHT):
        of = "" if "TEMPLATE" in how else "TEMPLATE template0"
        self.call(f"CREATE DATABASE {name} {of} {how}")
        return name

    def inbox(self, name):
        """A database with the schema."""
        self.create(name)
        self.call("".join((SCHEMA / f"{f}.sql").read_text() for f in FILES),
                  name, args=["-1"])
        return name

    def address(self, user, name, *others):
        """… at whichever of these takes writes."""
        hosts = ",".join(urllib.parse.quote(str(s.dir), safe="")
                         for s in (self, *others))
        return f"postgresql://{user}@{hosts}/{name}" + \
            "?target_session_attrs=read-write" * bool(others)

    @functools.cached_property
    def laid(self):
        """A database that nobody uses, with the schema, laid by an owner who is
        no superuser, and roles that log in as programs do."""
        self.call("CREATE ROLE waspool_owner LOGIN CREATEROLE")
        self.create("laid", f"OWNER waspool_owner {RIGHT}")
        self.call("".join((SCHEMA / f"{f}.sql").read_text() for f in FILES) + """
            CREATE ROLE waspool_work LOGIN IN ROLE waspool_processor;
            CREATE ROLE waspool_serve LOGIN IN ROLE waspool_member;""",
                  "laid", "waspool_owner", args=["-1"])
        return "laid"

    def for_node(self, *others):
        """The environment of a node (../node) with a database of its own."""
        name = f"node_{next(self.numbers)}"
        self.call(f"CREATE DATABASE {name} OWNER waspool_owner TEMPLATE {self.laid}")
        self.call(f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC")
        return {"PGSQL": "yes",
                "NODE_INBOX_OWNER": self.address("waspool_owner", name, *others),
                "WASPOOL_INBOX": self.address("waspool_work", name, *others),
                "WASPOOL_INBOX_MEMBER": self.address("waspool_serve", name, *others)}

    def drop(self, address):
        """The database of a node that has ended."""
        self.call(f"DROP DATABASE IF EXISTS {address.rpartition('/')[2]} WITH (FORCE)")

    def copy(self, name, of):
        """A database as another one, which nobody is connected with."""
        self.call(f"CREATE DATABASE {name} TEMPLATE {of}")
        return name


@functools.cache
def shared():
    """The server of all nodes of this process."""
    server = Server()
    atexit.register(server.stop)
    return server


class Talk:
    """One connection, kept; ask() answers (rows, error), one of them None."""

    def __init__(self, server, database, user="waspool"):
        self.psql = subprocess.Popen(
            [server.bin / "psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-P",
             "null=\x01", "-v", "VERBOSITY=sqlstate", "-h", server.dir, "-U", user,
             "-d", database], text=True, bufsize=1, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)

    def ask(self, sql):
        # What psql has read of a line, it runs; a text may have several.
        self.psql.stdin.write(f"{sql}\n;\n\\echo\n\\echo {MARK}:SQLSTATE\n")
        self.psql.stdin.flush()
        lines = []
        for line in self.psql.stdout:
            if line.startswith(MARK):
                break
            lines.append(line.rstrip("\n"))
        else:
            return None, "57P01"
        lines = lines[:-1]
        errors = [x for x in lines if x.startswith(("ERROR:", "FATAL:", "PANIC:"))]
        if errors:
            return None, errors[0].split()[-1]
        return [tuple(x.split("\x1f")) for x in lines], None

    def rows(self, sql):
        rows, error = self.ask(sql)
        assert error is None, f"{error}: {sql}"
        return rows

    def close(self):
        self.psql.stdin.close()
        self.psql.stdout.close()
        self.psql.wait()
