"""What a program that is broken into may open, by opening it: each unit's
users, groups and paths are applied in a mount namespace of their own, with
numbers for the users.  And the real programs work as these two users."""

import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time

import pytest

from rig import BUILD, NUMBER, ROOT, clean_environment, new_phone, \
    text_message, wait_for

UNITS = BUILD / "inst" / "share" / "waspool" / "systemd"
BIN, LIBEXEC = BUILD / "inst" / "bin", BUILD / "inst" / "libexec" / "waspool"
IDS = {"root": 0, "waspool": 64001, "waspool-spool": 64002, "www-data": 64003}
TOKEN = "a-token-of-the-units"


def can_unshare():
    return os.getuid() == 0 and shutil.which("setpriv") is not None and \
        subprocess.run(["unshare", "-m", "true"],
                       stderr=subprocess.DEVNULL).returncode == 0


pytestmark = pytest.mark.skipif(
    not can_unshare(), reason="only root can be other users, in a mount "
    "namespace of their own (unshare, setpriv)")


def template(name):
    """As make fills it in, for folders of the test."""
    made = (UNITS / name).read_text()
    # Sets of system calls are in small letters, and what make fills in is not.
    assert "@" not in re.sub(r"(?m)(?<=[=~ ])@[a-z-]+(?=[ \n])", "", made)
    return (ROOT / "systemd" / f"{name}.in").read_text()


def members():
    """{user: groups besides its own}, as the sysusers file has it."""
    found = {}
    for line in template("waspool.sysusers").splitlines():
        if line.startswith("m "):
            _, user, group = line.split()
            found.setdefault(user, []).append(IDS[group])
    return found


class World:
    """Folders as waspool.tmpfiles makes them."""

    def __init__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="waspool-"))
        self.dir.chmod(0o755)
        self.state, self.run = self.dir / "state", self.dir / "run"
        self.conf = self.dir / "etc"
        self.names = {"@STATE_DIR@": self.state, "@RUN_DIR@": self.run,
                      "@CONF_DIR@": self.conf, "@BIN_DIR@": BIN,
                      "@LIBEXEC_DIR@": LIBEXEC}
        self.conf.mkdir()
        self.config = self.conf / "waspool.conf"
        self.config.write_text(
            f"WASPOOL_STATE_DIR={self.state}\nWASPOOL_RUN_DIR={self.run}\n"
            f"WASPOOL_KEY_DIR={self.conf}/keys\n"
            f"WASPOOL_TOKEN_DIR={self.conf}/tokens\n"
            f"WHATSAPP_WEBHOOK_TOKEN={TOKEN}\n"
            f"WHATSAPP_PHONE_NUMBER_ID={NUMBER}\n"
            "WHATSAPP_DEFAULT_WORKSPACE_ID=1\nWASPOOL_MIN_FREE=0\n"
            "WHATSAPP_API_URL=http://127.0.0.1:9\n"
            "WASPOOL_KEEP_DELIVERIES=0s\n")
        self.env = clean_environment({"WASPOOL_CONFIG": str(self.config)})
        self.tmpfiles()
        self.cli("init")
        self.cli("workspace", "add", "W")
        self.cli("webhook", "token", NUMBER)
        self.write(self.conf / "keys" / NUMBER, 0o600)
        self.write(self.state / "media" / "file", 0o640)

    def write(self, path, mode):
        path.write_text("a secret\n")
        os.chown(path, IDS["waspool"], IDS["waspool"])
        path.chmod(mode)

    def fill(self, text):
        for name, value in self.names.items():
            text = text.replace(name, str(value))
        return text

    def tmpfiles(self):
        for line in self.fill(template("waspool.tmpfiles")).splitlines():
            if line.startswith("#"):
                continue
            kind, path, mode, user, group = line.split()[:5]
            path = pathlib.Path(path)
            if kind == "d":
                path.mkdir(exist_ok=True)
            elif kind == "f":
                path.touch()
            for p in path.parent.glob(path.name):
                os.chown(p, IDS[user], IDS[group])
                p.chmod(int(mode, 8))

    def as_user(self, user, *argv):
        groups = [IDS[user], *members().get(user, [])]
        return ["setpriv", "--reuid", str(IDS[user]), "--regid",
                str(IDS[user]), "--groups", ",".join(map(str, groups)),
                "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all",
                *map(str, argv)]

    def cli(self, *args):
        done = subprocess.run(self.as_user("waspool", BIN / "waspool", *args),
                              env=self.env, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, (args, done.stderr)
        return done.stdout

    def unit(self, name):
        """{key: [values]} of its [Service]."""
        found = {}
        text = self.fill(template(f"waspool-{name}.service"))
        for line in text.splitlines():
            if "=" in line and not line.startswith("#"):
                key, value = line.split("=", 1)
                found.setdefault(key, []).extend(value.split())
        return found

    def sandbox(self, name, *argv):
        """ARGV as that unit would have it: a command."""
        unit = self.unit(name)
        assert unit["ProtectSystem"] == ["strict"], unit
        assert unit["ReadOnlyPaths"] == ["/run"], unit
        user, = unit["User"]
        assert unit["Group"] == [user] and "SupplementaryGroups" not in unit
        sh = ["set -e", f"b={self.dir}", "h=/tmp/hold$$", "mkdir $h",
              "mount -t tmpfs none $h", "mkdir -m 0 $h/dir",
              "touch $h/file", "chmod 0 $h/file",
              "mount --bind $b $b", "mount -o remount,bind,ro $b"]
        for path in unit.get("ReadWritePaths", []):
            sh += [f"mount --bind {path} {path}",
                   f"mount -o remount,bind,rw {path}"]
        binds = [p.lstrip("-") for p in unit.get("BindPaths", [])]
        for i, path in enumerate(binds):
            kind = "mkdir" if pathlib.Path(path).is_dir() else "touch"
            sh += [f"{kind} $h/{i}", f"mount --bind {path} $h/{i}",
                   f"mount -o remount,bind,rw $h/{i}"]
        for path in unit.get("TemporaryFileSystem", []):
            path, options = path.split(":")
            assert options == "ro"
            sh += [f"mount -t tmpfs -o mode=755 none {path}"]
            for i, bound in enumerate(binds):
                kind = "mkdir" if pathlib.Path(bound).is_dir() else "touch"
                sh += [f"{kind} {bound}", f"mount --bind $h/{i} {bound}"]
            sh += [f"mount -o remount,bind,ro {path}"]
        for path in unit.get("InaccessiblePaths", []):
            path = path.lstrip("-")
            if os.path.exists(path):
                kind = "dir" if os.path.isdir(path) else "file"
                sh += [f"mount --bind $h/{kind} {path}"]
        # Lazily: what is bound from it stays.
        sh += ["umount -l $h", "rmdir $h", 'exec "$@"']
        return ["unshare", "-m", "--propagation", "private", "sh", "-c",
                "\n".join(sh), "sh", *self.as_user(user, *argv)]

    def start(self, name, *argv, **more):
        return subprocess.run(self.sandbox(name, *argv), env=self.env,
                              capture_output=True, timeout=60, **more)


@pytest.fixture(scope="module")
def world():
    w = World()
    yield w
    shutil.rmtree(w.dir)


PROBE = """
import json, os, sys
def how(path):
    found = ""
    if os.path.isdir(path):
        try:
            os.listdir(path); found += "r"
        except OSError: pass
        try:
            name = path + "/probe"
            os.close(os.open(name, os.O_CREAT | os.O_WRONLY)); os.unlink(name)
            found += "w"
        except OSError: pass
        return found
    for flag, word in ((os.O_RDONLY, "r"), (os.O_WRONLY, "w")):
        try:
            os.close(os.open(path, flag)); found += word
        except OSError: pass
    return found
print(json.dumps({path: how(path) for path in sys.argv[1:]}))
"""

# What each may open: "r" read, "w" write (of a folder: list, make a file).
MAY = {
    "webhook-verify": {"conf": "r", "run": "r"},
    "webhook-ingest": {"conf": "r", "run": "r", "token": "r", "spool": "rw",
                       "spool folder": "rw", "counters": "rw"},
    "actions": {"conf": "r", "run": "r", "inbox": "rw", "media": "rw",
                "file": "rw", "state": "rw", "counters": "rw"},
    "realtime": {"conf": "r", "run": "rw", "inbox": "rw", "state": "rw",
                 "counters": "rw"},
    "sign-in": {"conf": "r", "run": "r", "inbox": "rw", "state": "rw",
                "counters": "rw"},
    "dispatch": {"conf": "r", "run": "r", "inbox": "rw", "state": "rw",
                 "counters": "rw"},
    "process": {"conf": "r", "run": "rw", "inbox": "rw", "media": "rw",
                "file": "rw", "state": "rw", "spool": "rw",
                "spool folder": "rw", "key": "r", "counters": "rw"},
}


@pytest.mark.parametrize("name", MAY)
def test_a_program_opens_what_its_row_says(world, name):
    paths = {
        "conf": world.config, "run": world.run, "state": world.state,
        "inbox": world.state / "inbox.db", "media": world.state / "media",
        "file": world.state / "media" / "file",
        "spool folder": world.state / "spool",
        "spool": world.state / "spool" / "spool.db",
        "counters": world.state / "webhook-ingest.counters",
        "key": world.conf / "keys" / NUMBER,
        "token": world.conf / "tokens" / NUMBER}
    done = world.start(name, sys.executable, "-c", PROBE, *paths.values())
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    hidden = "TemporaryFileSystem" in world.unit(name)
    for what, path in paths.items():
        want = MAY[name].get(what, "")
        if what == "state" and hidden:
            want = "r"                  # an empty folder, but for its own
        elif what == "state" and not want:
            want = ""
        assert found[str(path)] == want, (name, what)


def test_every_service_is_started_again_however_often_it_fails(world):
    for path in (ROOT / "systemd").glob("*.service.in"):
        unit = path.read_text().split("[Service]")[0]
        assert "StartLimitIntervalSec=0" in unit.splitlines(), path.name


def deliver(world, body):
    raw = json.dumps(body).encode()
    env = dict(world.env, REQUEST_METHOD="POST",
               HTTP_AUTHORIZATION=f"Bearer {TOKEN}",
               CONTENT_LENGTH=str(len(raw)), REMOTE_ADDR="127.0.0.1",
               REQUEST_URI="/api/webhooks/whatsapp")
    done = subprocess.run(
        world.sandbox("webhook-ingest", LIBEXEC / "webhook-ingest"), env=env,
        input=raw, capture_output=True, timeout=60)
    assert done.stdout.split()[1:2] == [b"200"], (done.stdout, done.stderr)
    return done.stderr.decode()


def process(world):
    done = world.start("process", BIN / "waspool-process", "--once",
                       stdin=subprocess.DEVNULL)
    assert done.returncode == 0, done.stderr
    return done.stderr.decode()


def is_shared(world):
    """All files of the spool are the group's, whoever made them."""
    for path in (world.state / "spool").iterdir():
        st = path.stat()
        assert st.st_gid == IDS["waspool-spool"], path
        assert st.st_mode & 0o777 == 0o660, (path, oct(st.st_mode))


def spool(world, *args):
    return json.loads(world.cli("--json", "spool", "list", *args))


def test_both_users_work_on_one_spool(world):
    phone = new_phone()
    said = deliver(world, text_message(phone, "first"))
    said += process(world)
    is_shared(world)
    for i in range(3):
        said += deliver(world, text_message(phone, f"more {i}"))
        is_shared(world)
    said += process(world)
    said += process(world)
    is_shared(world)
    assert "ermission" not in said and "readonly" not in said, said
    assert "4" in world.cli("--json", "stats")
    # What is old is purged, by the other user than who wrote it.
    def purged():
        process(world)
        return len(spool(world, "--state", "applied")) < 4
    wait_for(purged, step=0.3)


def test_a_backup_and_a_restore_as_root(world):
    folder = world.dir / "backups"
    folder.mkdir()
    os.chown(folder, IDS["waspool"], IDS["waspool"])
    world.cli("backup", folder / "b")
    deliver(world, text_message(new_phone(), "after the backup"))
    for more in ([], ["--spool", "backup"]):
        done = subprocess.run([BIN / "waspool", "restore", folder / "b",
                               *more], env=world.env, capture_output=True,
                              text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        is_shared(world)
        assert (world.state / "spool/spool.db").stat().st_uid == \
            IDS["waspool"]
        deliver(world, text_message(new_phone(), "after the restore"))
        process(world)
    # And root who looks leaves nothing of its own.
    subprocess.run([BIN / "waspool", "spool", "list"], env=world.env,
                   check=True, capture_output=True)
    is_shared(world)
    deliver(world, text_message(new_phone(), "after root"))


def rows(path):
    c = sqlite3.connect(path)
    try:
        return c.execute("SELECT id, body FROM deliveries").fetchall()
    finally:
        c.close()


def test_twenty_kills_lose_nothing(world):
    """An older spool with a WAL; waspool upgrade dies somewhere, twenty times,
    and the next one ends it.  As waspool, without root."""
    deliver(world, text_message(new_phone(), "before them all"))
    old, new = world.state / "spool.db", world.state / "spool" / "spool.db"
    # An older version has none.
    (world.state / "spool" / "spool.applied").unlink(missing_ok=True)
    for path in (world.state / "spool").iterdir():
        path.rename(world.state / path.name)
    began = time.monotonic()
    upgrade = world.as_user("waspool", BIN / "waspool", "upgrade")
    subprocess.run(upgrade, env=world.env, check=True, capture_output=True)
    took = time.monotonic() - began
    wanted = rows(new)
    for i in range(20):
        if new.exists():
            for path in (world.state / "spool").iterdir():
                path.rename(world.state / path.name)
        wanted.append((wanted[-1][0] + 1, f"delivery {i}".encode()))
        # Killed with it open: what was written is in the WAL only.
        code = "import os, sqlite3, sys\n" \
            "c = sqlite3.connect(sys.argv[1], isolation_level=None)\n" \
            "c.execute('PRAGMA wal_autocheckpoint = 0')\n" \
            "c.execute('INSERT INTO deliveries(id, received_at, remote,'" \
            "' credential, body_len, body) VALUES (?, 1, ?, ?, 1, ?)'," \
            " (int(sys.argv[2]), '::1', 'token-1', sys.argv[3].encode()))\n" \
            "os._exit(0)\n"
        subprocess.run(world.as_user("waspool", sys.executable, "-c", code,
                                     old, wanted[-1][0],
                                     wanted[-1][1].decode()),
                       check=True)
        p = subprocess.Popen(upgrade, env=world.env, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE)
        time.sleep(random.uniform(0, took))
        p.kill()
        p.communicate()
        assert old.exists() + new.exists() == 1
        if not new.exists():
            done = subprocess.run(
                world.as_user("waspool", BIN / "waspool", "spool", "list"),
                env=world.env, capture_output=True, text=True)
            assert "waspool upgrade" in done.stderr, done
        done = subprocess.run(upgrade, env=world.env, capture_output=True,
                              text=True)
        assert done.returncode == 0, done.stderr
        assert rows(new) == wanted
        is_shared(world)
    assert (world.state / "spool" / "spool.highwater").exists()
    assert not [p for p in world.state.iterdir()
                if p.name.startswith("spool.")]
