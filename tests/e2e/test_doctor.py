"""waspool doctor: ten things are broken on purpose; it names each, and what it
says to type, typed as it stands, mends it."""

import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import sqlite3
import ssl
import stat
import subprocess
import threading
import time

import pytest

from d360 import D360
from rig import (BUILD, NUMBER, PGSQL, ROOT, Node, clean_environment, new_phone,
                 processes_in, text_message, wait_for)

BIN = BUILD / "inst" / "bin" / "waspool"
ROOT_ONLY = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")
START = 60  # seconds, of a program on a busy machine
SERVERS = ["webhook-verify", "webhook-ingest", "actions", "realtime", "sign-in"]
KEY = "a-key-of-a-number-that-is-long-enough"
FAKETIME = next(pathlib.Path("/usr/lib").glob("*/faketime/libfaketime.so.1"),
                None)


def parse(done):
    rows = json.loads(done.stdout)
    assert [set(r) for r in rows] == [{"check", "state", "says", "type"}
                                      for _ in rows]
    return done.returncode, {r["check"]: r for r in rows}


def doctor(node, **env):
    began = time.monotonic()
    done = node.run("waspool", "doctor", "--json", env=env)
    assert time.monotonic() - began < 10 + START
    assert "level=" not in done.stderr, done.stderr
    return parse(done)


def ill(said):
    return {c: r for c, r in said.items() if r["state"] != "ok"}


class Well:
    """A node on which all is well: its state on a disk of its own, a provider
    that delivers to it, a key."""

    def __init__(self, provider):
        self.key, self.server = provider.key, None
        env = {**provider.env, "WASPOOL_MIN_FREE": "16MiB",
               "WASPOOL_FILES_MIN_FREE": "32MiB"}
        if PGSQL:       # that of the other tests is not well, but quick
            import postgres
            self.server = postgres.Server(quick=False)
            env.update(self.server.for_node())
        self.node = n = Node(env)
        self.bin = n.dir / "stubs"
        self.bin.mkdir()
        # Advice for others than root begins with sudo: as root it would run
        # the machine's own commands, whatever PATH says.
        self.stub("sudo", 'exec "$@"\n')
        self.mounted = os.geteuid() == 0 and subprocess.run(
            ["sh", "-c", f"mkdir -m 700 {n.dir}/state && mount -t tmpfs "
             f"-o size=96m,mode=700 none {n.dir}/state"]).returncode == 0
        n.up()
        provider.attach(n)
        n.cli("webhook", "set", n.webhook_url)
        n.cli("number", "add", NUMBER, "--workspace", "1")
        key = n.write_key(NUMBER, self.key)
        key.chmod(0o600)
        n.deliver(text_message(new_phone(), "x"))
        n.drained()

    def stub(self, name, text):
        """A command of the machine that no test may give."""
        path = self.bin / name
        path.write_text("#!/bin/sh\n" + text)
        path.chmod(0o755)

    def type(self, command, input="", **env):
        """As a person does."""
        done = subprocess.run(
            ["sh", "-c", command], cwd=self.node.dir, input=input, text=True,
            capture_output=True, timeout=60,
            env=clean_environment({
                **self.node.env, "PATH": f"{self.bin}:{os.environ['PATH']}",
                **env}))
        assert done.returncode == 0, (command, done)

    def ill(self, **env):
        code, said = doctor(self.node, **env)
        assert (code == 0) == (not ill(said)), code
        return ill(said)

    def is_well(self):
        return not self.ill()

    def remove(self):
        self.node.down()
        for pid, _ in list(processes_in(self.node.dir)):
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not list(processes_in(self.node.dir)))
        if self.mounted:
            subprocess.run(["umount", self.node.dir / "state"], check=True)
        shutil.rmtree(self.node.dir, ignore_errors=True)
        if self.server:
            self.server.stop()


@pytest.fixture(scope="module")
def well():
    with D360() as provider:
        w = Well(provider)
        try:
            wait_for(w.is_well)
            yield w
        finally:
            w.remove()


def mended(well, check, words, **more):
    """Only CHECK is ill, and says WORDS; its advice, typed, mends it."""
    found = {}

    def seen():     # what a busy machine held up is there at another look
        found.clear()
        found.update(well.ill())
        return list(found) == [check]
    try:
        wait_for(seen)
    except AssertionError:
        raise AssertionError(found) from None
    assert found[check]["state"] == "fail"
    assert words in found[check]["says"]
    well.type(found[check]["type"], **more)
    wait_for(well.is_well)


# ------------------------------------------------------------------- the ten


def test_all_is_well(well):
    wait_for(well.is_well)
    code, said = doctor(well.node)
    assert code == 0
    assert all(r["type"] is None for r in said.values())
    done = well.node.run("waspool", "doctor")
    assert "All is well." in done.stderr
    assert all(line.startswith("ok ") for line in done.stdout.splitlines())
    # Nobody's secret, phone or name; and no program has heard of it.
    for secret in (well.node.webhook_token, well.node.verify_token,
                   well.key, "Sheena"):
        assert secret not in done.stdout
    assert all("doctor" not in well.node.log(s) for s in SERVERS)


@ROOT_ONLY
@pytest.mark.sqlite("it has a file")
def test_owner(well):
    os.chown(well.node.dir / "state" / "inbox.db", 65534, 65534)
    mended(well, "files", "inbox.db is not root's")


def test_mode(well):
    file = "spool/spool.db" if well.node.owner else "inbox.db"
    (well.node.dir / "state" / file).chmod(0o666)
    mended(well, "files", "everybody may write")
    (well.node.dir / "waspool.conf").chmod(0o644)
    mended(well, "secrets", "everybody on this machine")


def test_disk(well):
    if not well.mounted:
        pytest.skip("cannot mount")
    aside = well.node.dir / "state" / "before-restore-20261101T000000Z"
    aside.mkdir(0o700)
    with open(aside / "inbox.db", "wb") as f:
        f.write(bytes(84 << 20))
    mended(well, "disk", "deliveries are refused")
    assert not aside.exists()


@pytest.mark.skipif(FAKETIME is None, reason="no libfaketime")
def test_clock(well):
    clock = well.node.dir / "clock"
    clock.write_text("-2d\n")
    # The clock of this machine is not ours to set.
    well.stub("date", 'case "$2" in "") exit 1 ;; esac\n'
              f'echo "$2" >{well.node.dir}/date && echo +0 >{clock}\n')
    env = {"LD_PRELOAD": str(FAKETIME), "FAKETIME_NO_CACHE": "1",
           "FAKETIME_TIMESTAMP_FILE": str(clock),
           "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    found = well.ill(**env)
    assert "s behind the provider's" in found["clock"]["says"]
    well.type(found["clock"]["type"])
    assert "GMT" in (well.node.dir / "date").read_text()
    assert not well.ill(**env)


def test_key(well):
    key = well.node.dir / "keys" / NUMBER
    key.chmod(0o644)
    mended(well, "keys", "others may read")
    key.write_text("")
    mended(well, "keys", "holds no key", input=well.key + "\n")
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_socket(well):
    path = well.node.dir / "run" / "realtime.sock"
    path.unlink()
    mended(well, "realtime", "there is no socket")
    path.unlink()
    path.write_text("")
    mended(well, "realtime", "is no socket")


def test_dead_ingest(well):
    n = well.node
    n.give_up("webhook-ingest")
    assert n.deliver(text_message(new_phone(), "x")).status == 503
    mended(well, "webhook-ingest", "nothing listens")
    assert n.deliver(text_message(new_phone(), "x")).status == 200


def end_processor(n):
    """Also one that an advice has started, which nobody would start again."""
    keeper = int((n.dir / "run" / "waspool-process.session").read_text())
    if keeper in [pid for pid, _ in processes_in(n.dir)]:
        n.give_up("waspool-process")
    for pid in n.pids("waspool-process"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not n.pids("waspool-process"))


def test_dead_processor(well):
    end_processor(well.node)
    mended(well, "processor", "no processor runs")


def test_older_spool(well):
    """A copy of before: the processor sees it when it works again."""
    n, state = well.node, well.node.dir / "state"
    copy = state / "spool.copy"
    c = sqlite3.connect(f"file:{state}/spool/spool.db?mode=ro", uri=True)
    to = sqlite3.connect(copy)
    with to:
        c.backup(to)
    c.close()
    to.close()
    copy.chmod(0o640)
    for _ in range(3):
        n.deliver(text_message(new_phone(), "x"))
    n.drained()
    end_processor(n)
    for end in ("-wal", "-shm"):
        (state / f"spool/spool.db{end}").unlink(missing_ok=True)
    copy.rename(state / "spool/spool.db")
    found = well.ill()
    assert set(found) <= {"spool and inbox", "processor", "webhook-ingest"}
    assert "older copy was put back" in found["spool and inbox"]["says"]
    well.type(found["spool and inbox"]["type"])
    wait_for(lambda: n.deliver(text_message(new_phone(), "x")).status == 200)
    wait_for(well.is_well)


# A machine with systemd, as far as doctor sees: units in place, and systemctl,
# which no test may give, does with ./dev what it would.
SYSTEMD = """
mount -t tmpfs none /run/systemd && mkdir /run/systemd/system &&
mount -t tmpfs none /etc/systemd/system || exit 77
for unit in $units; do
	{ cat "$unit"; echo "Environment=WASPOOL_CONFIG=$WASPOOL_CONFIG"; } \
	    >/etc/systemd/system/${unit##*/}
done
exec "$@"
"""


@ROOT_ONLY
@pytest.mark.sqlite("test_pg_inbox.py has it for PostgreSQL")
def test_newer_database(well):
    """A newer waspool was here: back to the backup, all programs stopped."""
    n = well.node
    n.cli("backup", n.dir / "copies")
    units = (BUILD / "inst/share/waspool/systemd").glob("waspool-*.*[te]")
    env = {**n.env, "WASPOOL_CONFIG": n.config, "units": " ".join(
        map(str, units)), "PATH": f"{well.bin}:{os.environ['PATH']}"}
    well.stub("systemctl", f"""
echo "$@" >>{n.dir}/asked
case $1 in
stop)	{ROOT}/dev down --dir {n.dir}
	while :; do
		ours=
		for pid in $(cd /proc && echo [0-9]*); do
			test "$(readlink /proc/$pid/cwd)" = {n.dir} || continue
			case $(readlink /proc/$pid/exe) in
			{n.bin.replace("/bin", "")}/*|*/multiwatch)
				ours="$ours $pid" ;;
			esac
		done
		# What keeps a program may start another meanwhile.
		test "$ours" || break
		kill $ours 2>/dev/null || :
		sleep 0.1
	done ;;
start)	{ROOT}/dev up --dir {n.dir} --port {n.port} >>{n.dir}/asked || : ;;
esac
""")
    with sqlite3.connect(n.dir / "state" / "inbox.db", timeout=60) as c:
        c.execute("PRAGMA user_version = 99")
    c.close()

    def here(*command, **more):
        return subprocess.run(
            ["unshare", "-m", "sh", "-c", SYSTEMD, "sh", *command],
            env=clean_environment(env), capture_output=True, text=True,
            cwd=n.dir, timeout=100, **more)

    done = here(BIN, "doctor", "--json")
    if done.returncode in (1, 77):
        pytest.skip("no namespaces of mounts here")
    found = ill(parse(done)[1])
    assert "schema version 99" in found["inbox"]["says"]
    command = found["inbox"]["type"]
    assert command.startswith("systemctl stop ")
    assert f"restore {n.dir}/copies" in command
    assert found["keys"]["state"] == "unknown"
    done = here("sh", "-c", command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "waspool-process.service" in (n.dir / "asked").read_text()
    wait_for(well.is_well)


# --------------------------------------------------------- whatever is broken


class Folder:
    """A configuration and databases, and no program."""

    def __init__(self, path):
        self.dir = pathlib.Path(path)
        self.state = self.dir / "state"
        self.config = self.dir / "waspool.conf"
        self.write("WHATSAPP_API_URL=http://127.0.0.1:9")
        self.env = clean_environment({"WASPOOL_CONFIG": str(self.config)})

    def write(self, *lines):
        self.config.touch(0o600)
        self.config.write_text("\n".join((
            f"WASPOOL_STATE_DIR={self.state}", f"WASPOOL_RUN_DIR={self.dir}/run",
            f"WASPOOL_KEY_DIR={self.dir}/keys",
            f"WASPOOL_TOKEN_DIR={self.dir}/tokens",
            "WHATSAPP_WEBHOOK_VERIFY_TOKEN=0123456789abcdef",
            "WHATSAPP_WEBHOOK_TOKEN=0123456789abcdefg", *lines, "")))

    def cli(self, *args):
        return subprocess.run([BIN, *args], env=self.env, check=True,
                              capture_output=True, text=True)

    def look(self):
        """What is there, to a file: doctor leaves it as it was."""
        return {str(p): (s.st_ino, s.st_size, s.st_mtime_ns, s.st_mode)
                for p in self.dir.rglob("*") for s in (p.lstat(),)}

    def doctor(self, *before):
        was, began = self.look(), time.monotonic()
        done = subprocess.run([*before, BIN, "doctor", "--json"],
                              env=self.env, capture_output=True, text=True,
                              timeout=60)
        assert time.monotonic() - began < 10 + START
        assert self.look() == was
        code, said = parse(done)
        assert code == 65
        return said


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def made(folder):
    folder.cli("init")
    return folder


def test_without_a_configuration(folder):
    folder.config.unlink()
    said = folder.doctor()
    assert "No such file" in said["configuration"]["says"]
    assert said["configuration"]["state"] == "fail"
    assert said["inbox"]["state"] == "unknown"


def test_a_wrong_line_goes_out_of_the_way(folder):
    folder.write("WASPOOL_THREADS=many")
    said = folder.doctor()["configuration"]
    assert said["state"] == "fail"
    assert "line 7: WASPOOL_THREADS: not a whole number" in said["says"]
    subprocess.run(["sh", "-c", said["type"]], check=True, env=folder.env)
    assert folder.doctor()["configuration"]["state"] == "ok"


def test_a_workspace_that_is_not_there(made):
    made.cli("workspace", "add", "One")
    made.write("WHATSAPP_DEFAULT_WORKSPACE_ID=9")
    said = made.doctor()["workspace"]
    assert said["state"] == "fail"
    subprocess.run(["sh", "-c", said["type"]], check=True, env=made.env)
    assert made.doctor()["workspace"]["state"] == "ok"


def test_without_a_state_folder(folder):
    said = folder.doctor()
    assert "there is no" in said["files"]["says"]
    assert said["inbox"]["state"] == "fail"
    subprocess.run(["sh", "-c", said["inbox"]["type"]], check=True,
                   env=folder.env, capture_output=True)
    said = folder.doctor()
    assert said["inbox"]["state"] == "ok"
    assert said["workspace"]["state"] == "fail"


@ROOT_ONLY
def test_as_somebody_else(made, tmp_path):
    """Who may not look says so, and how he may."""
    for path in (tmp_path, *tmp_path.parents):
        if str(path) != "/" and path.owner() == "root":
            path.chmod(path.stat().st_mode | 0o11)
    before = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    said = made.doctor(*before)
    assert said["configuration"]["state"] == "unknown"
    assert said["configuration"]["type"].startswith("sudo ")
    made.config.chmod(0o644)
    said = made.doctor(*before)
    assert said["inbox"]["state"] == "unknown"
    assert "Permission denied" in said["inbox"]["says"]
    assert said["secrets"]["state"] == "fail"


def test_databases_that_are_none(made):
    inbox, spool = made.state / "inbox.db", made.state / "spool" / "spool.db"
    whole = inbox.read_bytes()
    inbox.write_bytes(b"")
    spool.unlink()
    spool.mkdir()
    said = made.doctor()
    assert "inbox.db is empty" in said["inbox"]["says"]
    assert "a folder" in said["spool"]["says"]
    # The spool's advice brings a spool back.
    subprocess.run(["sh", "-c", said["spool"]["type"]], env=made.env,
                   capture_output=True)
    assert made.doctor()["spool"]["state"] == "ok"
    # A page that says something else, and a file that is cut off.
    inbox.write_bytes(whole)
    with open(inbox, "r+b") as f:
        for page in (3, 9, 20):
            f.seek(page * 4096)
            f.write(b"\xff" * 512)
    said = made.doctor()["inbox"]
    assert said["state"] == "fail" and "damaged" in said["says"]
    inbox.write_bytes(whole[:5 * 4096])
    assert made.doctor()["inbox"]["state"] == "fail"
    inbox.write_bytes(os.urandom(65536))
    assert "not a database" in made.doctor()["inbox"]["says"]


def test_an_index_of_the_search_that_is_damaged(made, tmp_path):
    assert made.doctor()["search"]["state"] == "ok"
    c = sqlite3.connect(made.state / "inbox.db")
    with c:
        c.execute("UPDATE contact_digits_data SET block = x'00000001ff'"
                  " WHERE id = 10")
    c.close()
    said = made.doctor()
    assert said["search"]["state"] == "fail"
    assert said["search"]["type"].endswith("waspool reindex")
    for args in (["stats"], ["backup", tmp_path / "copy"]):
        subprocess.run([BIN, *args], env=made.env, check=True,
                       capture_output=True)
    # What a restore would lose since is not lost.
    assert "restore" not in (said["inbox"]["type"] or "")
    subprocess.run(["sh", "-c", said["search"]["type"]], env=made.env,
                   check=True, capture_output=True)
    said = made.doctor()
    assert said["search"]["state"] == said["inbox"]["state"] == "ok"
    c = sqlite3.connect(made.state / "inbox.db")
    with c:
        c.execute("UPDATE search_indexed SET from_id = 61, began_id = 101,"
                  " began_at = 1 WHERE kind = 'message'")
    c.close()
    assert made.doctor()["search"]["says"] == (
        "the index of messages is being made, 39 % is done")


def test_a_wal_without_its_index(made):
    """What programs left that were killed is seen, and nothing is written."""
    c = sqlite3.connect(made.state / "inbox.db", isolation_level=None)
    c.execute("PRAGMA wal_autocheckpoint = 0")
    c.execute("INSERT INTO workspaces(name, created_at) VALUES ('One', 1)")
    for end in ("", "-wal", "-shm"):
        shutil.copy(made.state / f"inbox.db{end}",
                    made.dir / f"copy.db{end}")
    c.close()
    for end in ("", "-wal", "-shm"):
        (made.dir / f"copy.db{end}").rename(made.state / f"inbox.db{end}")
    assert made.doctor()["workspace"]["state"] == "ok"
    (made.state / "inbox.db-shm").unlink()
    said = made.doctor()["workspace"]
    assert said["state"] == "unknown" and "-shm" in said["says"]


def test_older_schemas(made):
    """waspool upgrade is the cure, as the version of the file says."""
    (made.state / "inbox.db").unlink()
    c = sqlite3.connect(made.state / "inbox.db")
    c.executescript((ROOT / "tests/data/inbox-1.sql").read_text())
    c.execute("PRAGMA journal_mode = WAL")
    c.execute("PRAGMA user_version = 1")
    c.close()
    said = made.doctor()["inbox"]
    assert "schema version 1" in said["says"]
    subprocess.run(["sh", "-c", said["type"]], check=True, env=made.env,
                   capture_output=True)
    assert made.doctor()["inbox"]["state"] == "ok"


def test_a_spool_of_an_older_version(made):
    """It is in the state folder, and waspool upgrade moves it."""
    for path in (made.state / "spool").iterdir():
        path.rename(made.state / path.name)
    (made.state / "spool").rmdir()
    said = made.doctor()
    assert "belongs at" in said["spool"]["says"]
    assert said["spool"]["state"] == "fail"
    assert said["files"]["state"] == "ok", said["files"]
    subprocess.run(["sh", "-c", said["spool"]["type"]], check=True,
                   env=made.env, capture_output=True)
    assert made.doctor()["spool"]["state"] == "ok"


def test_5000_numbers(made):
    made.cli("workspace", "add", "One")
    with sqlite3.connect(made.state / "inbox.db") as c:
        c.executemany("INSERT INTO numbers(workspace_id, phone_number_id,"
                      " registered, created_at) VALUES (1, ?, 1, 1)",
                      [(str(10**9 + i),) for i in range(5000)])
    c.close()
    said = made.doctor()
    assert "number 1000000000 has no API key" in said["keys"]["says"]
    assert "and 4996 more" in said["keys"]["says"]
    assert len(said["keys"]["type"]) < 2000
    # One of several: the key is not the configuration's.
    command = said["keys"]["type"].split(" && ")[0]
    subprocess.run(["sh", "-c", command], input=KEY, text=True, check=True)
    assert (made.dir / "keys" / "1000000000").read_text() == KEY


def test_what_never_answers(made):
    """A provider, and a program, that take what is said and say nothing."""
    made.cli("workspace", "add", "One")
    made.cli("number", "add", NUMBER, "--workspace", "1")
    key = made.dir / "keys" / NUMBER
    key.touch(0o600)
    key.write_text(KEY)
    with socket.socket() as provider, \
            socket.socket(socket.AF_UNIX) as program, \
            socket.socket(socket.AF_UNIX) as full:
        provider.bind(("127.0.0.1", 0))
        provider.listen()
        program.bind(str(made.dir / "run" / "actions.sock"))
        program.listen()
        full.bind(str(made.dir / "run" / "realtime.sock"))
        full.listen(0)
        waiting = socket.socket(socket.AF_UNIX)
        waiting.connect(str(made.dir / "run" / "realtime.sock"))
        made.write("WHATSAPP_API_URL=http://127.0.0.1:%d"
                   % provider.getsockname()[1])
        said = made.doctor()
        waiting.close()
    assert said["provider"]["state"] == "unknown"
    assert "does not answer" in said["provider"]["says"]
    assert KEY not in json.dumps(said)
    for name in ("actions", "realtime"):
        assert "does not answer" in said[name]["says"], said[name]
    assert said["webhook-verify"]["state"] == "fail"


# ------------------------------------------------------ what waits, and for whom


def test_what_waits_for_a_person(make_node):
    n = make_node(WASPOOL_FILES_MIN_FREE="8192TiB", WASPOOL_KEEP_HELD="90d")
    n.cli("workspace", "add", "Tenant")
    n.deliver("not JSON")
    n.deliver(text_message(new_phone(), "x", number="777000777"))
    n.drained()
    wait_for(lambda: doctor(n)[1]["processor"]["state"] == "ok")
    code, said = doctor(n)
    assert code == 65
    assert said["disk"]["state"] == "warn"
    assert said["dead deliveries"]["state"] == "warn"
    assert "1 deliveries are dead" in said["dead deliveries"]["says"]
    assert "777000777" in said["numbers"]["says"]
    for check in ("dead deliveries", "numbers"):
        subprocess.run(["sh", "-c", said[check]["type"]], check=True,
                       capture_output=True)
    pid = n.freeze("waspool-process")
    try:
        n.write("UPDATE node_health SET clock_off = -86400, seen_at = ?",
                int(time.time()) + 86400)
        said = doctor(n)[1]
        assert said["processor"]["state"] == "fail"
        assert "in the future" in said["processor"]["says"]
        assert "86400 s behind" in said["clock"]["says"]
    finally:
        os.kill(pid, signal.SIGCONT)


def test_a_token_that_was_changed_meanwhile(make_node):
    """webhook-ingest knows the one of before: all is refused that comes."""
    n = make_node()
    conf = n.dir / "waspool.conf"
    conf.write_text(conf.read_text().replace(n.webhook_token, "f" * 32))
    said = doctor(n)[1]["webhook-ingest"]
    assert said["state"] == "fail"
    assert "does not accept the token" in said["says"]
    assert "f" * 32 not in said["says"] + said["type"]


# In processes and a network of its own, where no nginx runs: the check of nginx,
# what it says to type, typed, and the check once more.
INSIDE = """
import json, os, socket, subprocess, sys
subprocess.run(["mount", "-t", "proc", "proc", "/proc"], check=True)
def look():
    out = subprocess.run([sys.argv[1], "doctor", "--json"], text=True,
                         capture_output=True).stdout
    row, = (r for r in json.loads(out) if r["check"] == "nginx")
    return row
other = None
if sys.argv[2] == "taken":
    other = subprocess.Popen([sys.executable, "-c",
        "import socket, time\\ns = socket.socket()\\n"
        "s.bind(('0.0.0.0', 80))\\ns.listen()\\nprint(flush=True)\\n"
        "time.sleep(1000)"], stdout=subprocess.PIPE)
    other.stdout.readline()
else:
    subprocess.run(["mount", "--bind", sys.argv[3], sys.argv[4]], check=True)
first = look()
done = subprocess.run(["sh", "-c", first["type"]])
if other:
    other.wait(60)
print(json.dumps([first, done.returncode, look()]))
"""


def nginx_alone(made, how, *args, **stubs):
    bin = made.dir / "stubs"
    bin.mkdir()
    for name, text in stubs.items():
        (bin / name).write_text(f"#!/bin/sh\n{text}\n")
        (bin / name).chmod(0o755)
    if subprocess.run(["unshare", "-mnpf", "true"],
                      stderr=subprocess.DEVNULL).returncode != 0:
        pytest.skip("no namespaces here")
    done = subprocess.run(
        ["unshare", "-mnpf", "/usr/bin/python3", "-c", INSIDE, BIN, how,
         *map(str, args)], capture_output=True, text=True, timeout=100,
        env={**made.env, "PATH": f"{bin}:{os.environ['PATH']}"})
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@ROOT_ONLY
def test_a_port_that_another_program_has(made):
    first, code, then = nginx_alone(
        made, "taken", systemctl="exit 0",
        nginx=f"echo \"$@\" >>{made.dir}/asked")
    assert first["state"] == "fail"
    assert "port 80 is taken by python3" in first["says"]
    assert code == 0 and "port" not in then["says"]
    assert (made.dir / "asked").read_text().split() == ["-t"]


@ROOT_ONLY
def test_nginx_is_not_installed(made):
    hidden = made.dir / "hidden"
    hidden.touch(0o600)
    path = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
    if path is None:
        pytest.skip("no nginx to be hidden")
    path = os.path.realpath(path)
    first, code, then = nginx_alone(
        made, "missing", hidden, path,
        **{"apt-get": f'test "$*" = "install -y nginx" && umount {path}'})
    assert "nginx is not installed" in first["says"], first
    assert code == 0 and "does not run" in then["says"], then


def test_a_certificate_of_the_provider_that_is_not_accepted(made):
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    key, cert = made.dir / "key.pem", made.dir / "cert.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048",
                    "-nodes", "-subj", "/CN=127.0.0.1", "-days", "1",
                    "-keyout", key, "-out", cert], check=True,
                   capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    (made.dir / "keys").mkdir(0o700, exist_ok=True)
    (made.dir / "keys" / NUMBER).touch(0o600)
    (made.dir / "keys" / NUMBER).write_text(KEY + "\n")
    with socket.create_server(("127.0.0.1", 0)) as server:
        made.write(
            f"WHATSAPP_API_URL=https://127.0.0.1:{server.getsockname()[1]}",
            f"WHATSAPP_PHONE_NUMBER_ID={NUMBER}")
        over = threading.Event()

        def shake(s):
            with contextlib.suppress(OSError), s:
                s.settimeout(START)
                context.wrap_socket(s, server_side=True).close()

        def serve():
            while not over.is_set():
                with contextlib.suppress(OSError):
                    threading.Thread(target=shake, daemon=True,
                                     args=(server.accept()[0],)).start()

        def refused():      # a busy machine may be later than doctor waits
            found = made.doctor()["provider"]
            return found if found["state"] == "fail" else None
        server.settimeout(0.2)
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            said = wait_for(refused)
        finally:
            over.set()
            thread.join()
    assert "certificate of https://127.0.0.1" in said["says"]
    assert said["type"].endswith("apt-get install -y ca-certificates")
