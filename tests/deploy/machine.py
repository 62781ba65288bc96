"""The machine that README.md is walked on: a bare Debian in a folder, without
systemd (its programs kept by loops, as a supervisor does) or with a real one,
booted in namespaces."""

import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
ENV = ["env", "-i", "HOME=/root", "LANG=C.UTF-8", f"PATH={PATH}",
       "DEBIAN_FRONTEND=noninteractive"]


class Failed(Exception):
    pass


def wait_for(true, seconds, what):
    end = time.monotonic() + seconds
    while True:
        found = true()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"not within {seconds} s: {what}")
        time.sleep(0.2)


class Bare:
    """Without systemd."""

    def __init__(self, root):
        self.root = pathlib.Path(root)
        assert self.root.is_absolute() and str(self.root) != "/"
        assert os.path.ismount(self.root)
        self.enter = ["chroot", str(self.root)]
        self.kept = []
        self.lines = []             # of syslog

    def type(self, script, fails=False):
        """As root types it: (status, output, errors)."""
        done = subprocess.run(
            [*self.enter, *ENV, "bash", "-euc", "cd\n" + script], text=True,
            stdin=subprocess.DEVNULL, capture_output=True, timeout=1200)
        if done.returncode and not fails:
            raise Failed(f"status {done.returncode}: {script}\n"
                         f"{done.stdout[-1500:]}{done.stderr[-1500:]}")
        return done.returncode, done.stdout, done.stderr

    def out(self, script):
        return self.type(script)[1].strip()

    def start(self):
        """What Debian starts."""
        (self.root / "dev/log").unlink(missing_ok=True)
        log = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        log.bind(str(self.root / "dev/log"))
        os.chmod(self.root / "dev/log", 0o666)

        def listen():
            while True:
                self.lines.append(log.recv(65536).decode(errors="replace"))

        threading.Thread(target=listen, daemon=True).start()
        self.type("nginx; cron")

    def keep(self, name, command):
        """A supervisor, the smallest that there is."""
        log = open(self.root / "var/log" / f"waspool-{name}.log", "ab")
        self.kept.append(subprocess.Popen(
            [*self.enter, *ENV, "bash", "-c",
             f"while :; do {command}; sleep 0.1; done"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            start_new_session=True))

    def journal(self):
        return "\n".join(self.lines) + "".join(p.read_text(errors="replace") for p in sorted(
            (self.root / "var/log").rglob("*")) if p.is_file()
            and "apt" not in p.parts and "dpkg" not in p.name)

    def halt(self):
        """The power is gone: what ran, and what was in /run."""
        self.kill_kept()
        for pid, _ in self.processes():
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: not self.processes(), 10, "all have ended")
        for path in (self.root / "run").iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink()

    def processes(self):
        """[(pid, program)] of those whose root the folder is."""
        found = []
        for path in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if os.readlink(path / "root") == str(self.root):
                    found.append((int(path.name),
                                  (path / "comm").read_text().strip()))
            except OSError:
                pass
        return found

    def kill_kept(self):
        for p in self.kept:
            os.killpg(p.pid, signal.SIGKILL)
            p.wait()
        self.kept = []

    stop = kill_kept


class Booted(Bare):
    """With systemd, the first process of its own."""

    def start(self):
        parent = next((p for p in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup")
                       if os.path.exists(p + "/cgroup.procs")), None)
        if parent is None:
            raise Failed("no cgroup2 is mounted here")
        self.cgroup = pathlib.Path(parent) / f"waspool-walk-{os.getpid()}"
        self.cgroup.mkdir(exist_ok=True)
        self.console = open(self.root.parent / "console", "wb")
        self.kept.append(subprocess.Popen(
            ["sh", "-c", f"echo $$ >{self.cgroup}/cgroup.procs && exec unshare "
             "--pid --mount --uts --ipc --cgroup --fork --kill-child sh "
             f"{HERE}/boot {self.root}"], stdin=subprocess.DEVNULL,
            stdout=self.console, stderr=self.console, start_new_session=True))
        pid = self.kept[0].pid
        first = wait_for(lambda: pathlib.Path(
            f"/proc/{pid}/task/{pid}/children").read_text().split(), 10,
            "a first process")[0]
        wait_for(lambda: "systemd" in pathlib.Path(
            f"/proc/{first}/comm").read_text(), 10, "systemd")
        self.enter = ["nsenter", "-t", first, "-m", "-p", "-u", "-i", "-C",
                      "--root", "--wd"]
        wait_for(lambda: self.type("systemctl is-system-running",
                                   fails=True)[1].strip() == "running", 60,
                 "systemd runs")

    def journal(self):
        return self.out("journalctl --no-pager -o short -b") + super().journal()

    def stop(self):
        self.kill_kept()
        for folder, _, _ in os.walk(self.cgroup, topdown=False):
            wait_for(lambda: not self.busy(folder), 10, f"rmdir {folder}")

    halt = stop

    @staticmethod
    def busy(folder):
        try:
            os.rmdir(folder)
        except FileNotFoundError:
            pass
        except OSError:
            return True
        return False

