"""The programs and a service manager: LISTEN_FDS, NOTIFY_SOCKET, a watchdog,
SIGHUP.  The sockets are this test's own; no systemd runs."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import socket
import struct
import subprocess
import threading
import time

import pytest

from rig import (BUILD, PATIENCE, clean_environment, new_phone, text_message,
                 wait_for)
from sse import Stream

INST = BUILD / "inst"
UNITS = INST / "share" / "waspool" / "systemd"
LIBEXEC = INST / "libexec" / "waspool"
TOKEN, OTHER = "a-verify-token-of-before", "a-verify-token-of-after"


class Program:
    """One program, and the sockets that a manager would have made for it."""

    def __init__(self, folder, *argv, listen=None, stdin=None, **env):
        self.dir = pathlib.Path(folder)
        self.log = self.dir / "log"
        self.told = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.told.settimeout(PATIENCE)
        name = env.pop("notify", str(self.dir / "notify"))
        self.told.bind(name.replace("@", "\0"))
        env = clean_environment({
            "WASPOOL_CONFIG": str(self.dir / "waspool.conf"),
            "NOTIFY_SOCKET": name, **env})
        for inherited in ("LISTEN_FDS", "LISTEN_PID", "WATCHDOG_PID"):
            env.pop(inherited, None)
        if listen is not None:          # sd_listen_fds(3): from 3 on
            argv = ["sh", "-c", "LISTEN_FDS=1 LISTEN_PID=$$ exec \"$@\"",
                    "sh", *argv]
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                list(map(str, argv)), env=env, stdout=log, stderr=log,
                stdin=stdin if stdin is not None else subprocess.DEVNULL,
                pass_fds=[3] if listen is not None else [],
                preexec_fn=None if listen is None else
                lambda: os.dup2(listen.fileno(), 3))
        self.pid = self.process.pid

    def hears(self, word):
        """The next message to the manager that has a line WORD…"""
        while True:
            lines = self.told.recv(4096).decode().split("\n")
            if any(line.startswith(word) for line in lines):
                return lines

    def said(self, words):
        return wait_for(lambda: words in self.log.read_text())

    def end(self, sig=signal.SIGTERM):
        self.process.send_signal(sig)
        return self.process.wait(PATIENCE)

    def files(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def remove(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.told.close()


@pytest.fixture
def place(tmp_path_factory):
    """A short path: a socket's has 107 bytes at the most."""
    folder = pathlib.Path(subprocess.check_output(
        ["mktemp", "-d", "/tmp/waspool-XXXXXX"], text=True).strip())
    (folder / "waspool.conf").touch(0o600)
    configure(folder, TOKEN)
    started = []

    def start(*argv, **more):
        started.append(Program(folder, *argv, **more))
        return started[-1]
    start.dir = folder
    yield start
    for program in started:
        program.remove()
    shutil.rmtree(folder)


def configure(folder, token, *more):
    (folder / "waspool.conf").write_text("\n".join((
        f"WASPOOL_STATE_DIR={folder}/state", f"WASPOOL_RUN_DIR={folder}/run",
        f"WASPOOL_KEY_DIR={folder}/keys", f"WASPOOL_TOKEN_DIR={folder}/tokens",
        "WHATSAPP_WEBHOOK_TOKEN=a-token-of-webhooks",
        f"WHATSAPP_WEBHOOK_VERIFY_TOKEN={token}", "WASPOOL_MIN_FREE=0",
        *more, "")))


def listener(folder):
    s = socket.socket(socket.AF_UNIX)
    s.bind(str(folder / "listen"))
    s.listen(64)
    return s


def pair(name, value):
    return struct.pack("BB", len(name), len(value)) + name + value


def verify(folder, token):
    """What nginx would ask: the status of a verification."""
    body = b"".join(pair(k, v) for k, v in (
        (b"REQUEST_METHOD", b"GET"), (b"CONTENT_LENGTH", b""),
        (b"REQUEST_URI", b"/api/webhooks/whatsapp"),
        (b"QUERY_STRING", b"hub.mode=subscribe&hub.challenge=1"
         b"&hub.verify_token=" + token.encode())))

    def record(kind, content):
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content
    with socket.socket(socket.AF_UNIX) as s:
        s.settimeout(PATIENCE)
        s.connect(str(folder / "listen"))
        s.sendall(record(1, b"\0\1\0\0\0\0\0\0") + record(4, body) +
                  record(4, b"") + record(5, b""))
        found = b""
        while (more := s.recv(4096)):
            found += more
    status = re.search(rb"Status: (\d+)", found)
    return int(status[1]) if status else 200


# -------------------------------------------------------------------- systemd


@pytest.mark.skipif(shutil.which("systemd-analyze") is None,
                    reason="no systemd-analyze")
@pytest.mark.parametrize("unit", sorted(
    p.name.removesuffix(".in") for p in
    pathlib.Path(__file__).parents[2].glob("systemd/*.service.in")))
def test_little_is_exposed(unit):
    most = 1.8 if unit == "waspool-process.service" else 1.2
    done = subprocess.run(
        ["systemd-analyze", "security", "--no-pager", "--offline=yes",
         UNITS / unit], capture_output=True, text=True, timeout=60)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd-analyze looks at no files")
    level = re.search(r"Overall exposure level .*: ([0-9.]+)", done.stdout)
    assert level, done.stdout + done.stderr
    assert float(level[1]) <= most, done.stdout


def test_the_target_has_all_of_them():
    target = (UNITS / "waspool.target").read_text()
    services = sorted(p.name for p in UNITS.glob("*.service"))
    assert sorted(re.findall(r"waspool-[a-z-]+\.service", target)) == services
    for path in (*UNITS.glob("*.service"), *UNITS.glob("*.socket")):
        text = path.read_text()
        assert "\nPartOf=waspool.target\n" in text, path
        assert re.search("(?m)^WantedBy=.* waspool.target$", text), path


# -------------------------------------------------------------------- sockets


def test_a_socket_is_handed_over(place):
    with listener(place.dir) as s:
        p = place(LIBEXEC / "webhook-verify", listen=s)
        p.hears("READY=1")
        assert verify(place.dir, TOKEN) == 200
        assert verify(place.dir, OTHER) == 403
        assert p.end() == 0
        p.hears("STOPPING=1")


def test_two_sockets_are_one_too_many(place):
    with listener(place.dir) as s:
        p = place("sh", "-c", "LISTEN_FDS=2 LISTEN_PID=$$ exec \"$0\"",
                  LIBEXEC / "webhook-verify", stdin=s)
        assert p.process.wait(PATIENCE) == 71       # EX_OSERR
        p.said("2 sockets are handed over, and there is one")


def test_another_processes_sockets_are_not_ours(place):
    """Who keeps us, as multiwatch does, may leave its own in the environment."""
    with listener(place.dir) as s:
        p = place("env", "LISTEN_FDS=1", "LISTEN_PID=1",
                  LIBEXEC / "webhook-verify", stdin=s)
        p.hears("READY=1")
        assert verify(place.dir, TOKEN) == 200


@pytest.mark.parametrize("notify", [None, "@waspool-test-{}"])
def test_the_watchdog_hears_of_it(place, notify):
    more = {"notify": notify.format(os.getpid())} if notify else {}
    with listener(place.dir) as s:
        p = place(LIBEXEC / "webhook-verify", stdin=s,
                  WATCHDOG_USEC="200000", **more)
        p.hears("READY=1")
        for _ in range(3):
            p.hears("WATCHDOG=1")
        other = place("env", "WATCHDOG_PID=1", LIBEXEC / "webhook-verify",
                      stdin=s, WATCHDOG_USEC="200000",
                      notify=f"@waspool-test-other-{os.getpid()}")
        other.hears("READY=1")
        assert other.end() == 0         # it was told of the end, and no beat
        assert other.told.recv(4096) == b"STOPPING=1"


# --------------------------------------------------------------------- SIGHUP


def test_a_configuration_is_read_anew(place):
    with listener(place.dir) as s:
        p = place(LIBEXEC / "webhook-verify", listen=s)
        p.hears("READY=1")
        files = p.files()
        for token in (OTHER, TOKEN, OTHER):
            configure(place.dir, token)
            os.kill(p.pid, signal.SIGHUP)
            lines = p.hears("RELOADING=1")
            assert int(lines[1].removeprefix("MONOTONIC_USEC=")) > 0
            # Who asks meanwhile is answered: by the old or the new one.
            assert verify(place.dir, token) in (200, 403)
            p.hears("READY=1")
            assert verify(place.dir, token) == 200
            assert p.process.poll() is None
        # Each time one more would be three; one is open while it tells.
        wait_for(lambda: p.files() <= files)
        assert verify(place.dir, TOKEN) == 403
        assert p.end() == 0


def test_a_wrong_configuration_leaves_the_one_before(place):
    with listener(place.dir) as s:
        p = place(LIBEXEC / "webhook-verify", listen=s)
        p.hears("READY=1")
        configure(place.dir, OTHER, "WASPOOL_THREADS=many")
        os.kill(p.pid, signal.SIGHUP)
        p.said("the old one stays")
        p.said("WASPOOL_THREADS: not a whole number")
        assert verify(place.dir, TOKEN) == 200
        (place.dir / "waspool.conf").rename(place.dir / "away")
        os.kill(p.pid, signal.SIGHUP)
        wait_for(lambda: p.log.read_text().count("the old one stays") == 2)
        assert verify(place.dir, TOKEN) == 200
        configure(place.dir, OTHER)
        os.kill(p.pid, signal.SIGHUP)
        p.hears("RELOADING=1")
        p.hears("READY=1")
        assert verify(place.dir, OTHER) == 200


@pytest.mark.parametrize("program", [
    LIBEXEC / "webhook-verify", INST / "bin" / "waspool-process",
    INST / "bin" / "waspool-dispatch"], ids=lambda p: p.name)
def test_one_that_comes_while_it_begins_ends_nobody(place, program):
    """From the end of the one to the loop of the other there is no handler."""
    subprocess.run([INST / "bin" / "waspool", "init"], check=True,
                   capture_output=True, env=clean_environment(
                       {"WASPOOL_CONFIG": str(place.dir / "waspool.conf")}))
    with listener(place.dir) as s:
        p = place(program, listen=s) if program.parent == LIBEXEC else \
            place(program, "--forever")
        p.hears("READY=1")
        for _ in range(300):
            os.kill(p.pid, signal.SIGHUP)
            time.sleep(0.001)
        # A queue of ten may be full: what it told then is lost.
        p.told.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while p.told.recv(4096):
                pass
        p.told.settimeout(PATIENCE)
        os.kill(p.pid, signal.SIGHUP)
        p.hears("READY=1")
        assert p.process.poll() is None


def test_a_newer_program_is_begun(place):
    """make install replaced the file: the one that is there now begins."""
    mine = place.dir / "verify"
    shutil.copy(LIBEXEC / "webhook-verify", mine)
    with listener(place.dir) as s:
        p = place(mine, listen=s)
        p.hears("READY=1")
        shutil.copy(LIBEXEC / "webhook-verify", place.dir / "newer")
        (place.dir / "newer").rename(mine)
        os.kill(p.pid, signal.SIGHUP)
        p.hears("RELOADING=1")
        p.hears("READY=1")
        assert os.readlink(f"/proc/{p.pid}/exe") == str(mine)
        # And when it was removed it ends, for its supervisor.
        mine.unlink()
        os.kill(p.pid, signal.SIGHUP)
        assert p.process.wait(PATIENCE) == 0
        p.said("cannot begin anew, and ends instead")


def test_all_programs_of_a_node_read_it_anew(make_node):
    """Nobody is refused meanwhile, and a stream is there again at once."""
    n = make_node()
    c = n.deliver(text_message(new_phone(), "before"))
    assert c.status == 200
    n.drained()
    names = ("webhook-verify", "webhook-ingest", "actions", "realtime",
             "sign-in", "waspool-process", "waspool-dispatch")
    pids = {name: n.pids(name) for name in names}
    assert all(len(found) == 1 for found in pids.values()), pids
    conf = n.dir / "waspool.conf"
    conf.write_text(conf.read_text() + "WASPOOL_LOG_LEVEL=debug\n")
    bad, over, sent = [], threading.Event(), []

    def deliver():
        while not over.is_set():
            phone = new_phone()
            status = n.deliver(text_message(phone, "meanwhile")).status
            (sent if status == 200 else bad).append((phone, status))
            if n.get("/me").status != 200:
                bad.append("/me")
    stream = Stream(n)
    assert stream.status == 200
    thread = threading.Thread(target=deliver)
    thread.start()
    try:
        for name in names:
            for pid in pids[name]:
                os.kill(pid, signal.SIGHUP)
        assert stream.ended.wait(PATIENCE)
        again = Stream(n, last=stream.last_id or None)
        assert again.status == 200
        enough = len(sent) + 10
        wait_for(lambda: len(sent) >= enough)
    finally:
        over.set()
        thread.join()
    assert not bad, bad[:5]
    assert {name: n.pids(name) for name in names} == pids
    last = n.deliver(text_message(new_phone(), "after"))
    assert last.status == 200
    n.drained()
    assert n.db("SELECT count(*) FROM messages")[0][0] == len(sent) + 2
    again.close()


# -------------------------------------------------------- one processor, never two


def test_the_second_processor_says_who_works(place):
    run = dict(env=clean_environment(
        {"WASPOOL_CONFIG": str(place.dir / "waspool.conf")}), text=True,
        stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE)
    program = INST / "bin" / "waspool-process"
    subprocess.run([INST / "bin" / "waspool", "init"], check=True, **run)
    p = place(program, "--forever", WATCHDOG_USEC="1000000")
    p.hears("READY=1")
    p.hears("STATUS=has the lock")
    p.hears("WATCHDOG=1")
    # cron's: it goes at once, and says what to do.
    done = subprocess.run([program], **run)
    assert done.returncode == 0
    assert f"waspool-process --forever, process {p.pid} does the work" in \
        done.stderr
    assert "systemctl disable --now waspool-process.service" in done.stderr
    # Another service waits, and says for whom.
    other = place(program, "--forever", notify=str(place.dir / "other"))
    other.hears("READY=1")
    other.said(f"waits for another run to end: waspool-process --forever, "
               f"process {p.pid}")
    # A new configuration is the same process; the other may have it meanwhile.
    os.kill(p.pid, signal.SIGHUP)
    p.hears("RELOADING=1")
    other.hears("STATUS=has the lock")
    assert other.end() == 0
    p.hears("STATUS=has the lock")
    assert p.end() == 0
    # A word of a dead one is not believed.
    done = subprocess.run([program, "--once"], **run)
    assert done.returncode == 0 and "does the work" not in done.stderr
