"""README.md's "Deploy it beside nginx", walked on a bare Debian to the letter.

    walk.py ROOT --install              packages, build, make install
    walk.py ROOT --cron|--systemd       then the steps

As root, in namespaces of its own (mount, pid): `./dev matrix --walk 13` makes
them, and ROOT, a mount with the bare system, /dev and /proc of its own, and a
clone of the project in ROOT/root/waspool.  With --systemd Debian's own systemd
is booted there; with --cron there are its stand-ins, loops and cron.  The end of
the walk is a webhook that nginx takes and a member reads over HTTP, an answer
that a customer has read, and `waspool doctor` between two real users.  360dialog
is imitated by tests/e2e/d360.py; there is no other network.

Each thing that was seen is a line; the last is "walk ok" or "walk failed: …".
"""

import fcntl
import json
import os
import pathlib
import re
import secrets
import socket
import struct
import subprocess
import sys
import time
import traceback
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "e2e")]

import readme                       # noqa: E402
import units                        # noqa: E402
import users                        # noqa: E402
from machine import Bare, Booted, Failed, wait_for      # noqa: E402

PHONE = "16505551234"


class Walk:
    headers = {}                # of each request

    def __init__(self, machine, token=None):
        self.machine = machine
        self.token = token
        self.wamids = []

    def saw(self, what):
        print(f"ok      {what}", flush=True)

    def must(self, true, what):
        if not true:
            raise Failed(what)

    # ------------------------------------------------------------------- HTTP

    def http(self, path, body=None, token=None, kind="application/json"):
        """(status, what JSON says)"""
        headers = {"Content-Type": kind, **self.headers}
        if token:
            headers["Authorization"] = "Bearer " + token
        ask = urllib.request.Request("http://127.0.0.1" + path, body, headers)
        try:
            with urllib.request.urlopen(ask, timeout=15) as answer:
                status, text = answer.status, answer.read()
        except urllib.error.HTTPError as e:
            status, text = e.code, e.read()
        except (OSError, urllib.error.URLError):
            return 0, None
        try:
            return status, json.loads(text)
        except ValueError:
            return status, text.decode(errors="replace")

    def api(self, path, body=None):
        return self.http("/api/v1" + path, body and json.dumps(body).encode(),
                         self.token)

    def deliver(self, text):
        """The status of a webhook with a message that says TEXT."""
        body = json.loads((ROOT / "tests/data/sample.json").read_text())
        message = body["entry"][0]["changes"][0]["value"]["messages"][0]
        self.wamids.append("wamid." + secrets.token_hex(16))
        message.update(id=self.wamids[-1], timestamp=str(int(time.time())),
                       text={"body": text})
        return self.http("/api/webhooks/whatsapp", json.dumps(body).encode(),
                         readme.WEBHOOK_TOKEN)[0]

    def texts(self):
        status, said = self.api("/conversations/1/messages?limit=100")
        return [m["content"].get("body") for m in said["data"]] if status == 200 else []

    def arrives(self, text, seconds=75):
        """Delivered, and in the conversation; cron begins with a minute."""
        self.must(self.deliver(text) == 200, f"{text}: not taken")
        wait_for(lambda: text in self.texts(), seconds, f"message: {text}")

    # ------------------------------------------------------------------ steps

    def install(self, scripts):
        """With a network; nothing that Debian would start is started."""
        root = self.machine.root
        (root / "etc/apt/apt.conf.d/98walk").write_text(
            'APT::Get::Assume-Yes "true";\n')
        policy = root / "usr/sbin/policy-rc.d"
        policy.write_text("#!/bin/sh\nexit 101\n")
        policy.chmod(0o755)
        for script in scripts:
            self.machine.type(script)
            self.saw(script.splitlines()[-1])
        policy.unlink()

    def walk(self, plan):
        for name, script in plan.steps:
            out = self.machine.type(script)[1] if script else ""
            if name == "first rows":
                self.token = re.search("wp_[\\w-]+", out)[0]
            if name == "programs":
                self.keep(plan)
            self.saw(f"step: {name}")

    def keep(self, plan):
        for program, command in plan.keep.items():
            self.machine.keep(program, command)
            wait_for((self.machine.root / "run/waspool" /
                      f"{program}.sock").exists, 10, program)

    def reboot(self, plan):
        """What was enabled, or is started at each boot, is there again."""
        self.machine.halt()
        self.must(self.deliver("while it is off") == 0, "it is not off")
        self.machine.start()
        if plan.boot:
            self.machine.type(plan.boot)
        self.keep(plan)
        wait_for(lambda: self.http("/healthz/webhooks")[0] == 200, 15,
                 "deliveries are taken after a boot")
        self.arrives("after a boot")
        wait_for(lambda: users.is_well(self), 70, "doctor, after a boot")
        self.saw("the power was gone: after a boot all is there, and well")

    def converse(self, provider):
        # Workers of before the reload still answer for a moment.
        wait_for(lambda: self.http("/healthz/webhooks")[0] == 200, 15,
                 "nginx knows waspool")
        self.arrives("Does it come in another color?")
        status, said = self.api("/conversations")
        self.must(status == 200 and len(said["data"]) == 1, said)
        self.saw("a webhook through nginx is a message, read with a token")
        with urllib.request.urlopen("http://127.0.0.1/inbox/") as page:
            self.must(page.status == 200, "no page at /inbox/")
        status, said = self.api("/conversations/1/messages", {
            "type": "text", "text": {"body": "It does."}})
        self.must(status == 202, (status, said))

        def is_read():
            found = [m for m in self.api(
                "/conversations/1/messages")[1]["data"]
                if m["direction"] == "outbound"]
            return found and found[0]["status"] == "read"

        wait_for(is_read, 75, "an answer is sent, delivered and read")
        self.must(provider.sent[-1].body["text"]["body"] == "It does.", "text")
        self.saw("an answer is sent, delivered and read")

    def no_secret(self):
        said = self.machine.journal()
        found = [w for w in (
            readme.VERIFY_TOKEN, readme.WEBHOOK_TOKEN, readme.API_KEY,
            self.token, PHONE, "Sheena", "another color", *self.wamids)
            if w in said]
        self.must(not found, f"in a log: {found}")
        self.must("program=waspool-process" in said or "waspool-process" in
                  said, "the processor logs nothing")
        self.saw(f"{said.count('level=')} lines of ours in logs, no secret, "
                 "phone, name, text or id of WhatsApp")


def loopback_up():
    with socket.socket() as s:
        request = struct.pack("16sh14x", b"lo", 1)      # IFF_UP
        fcntl.ioctl(s, 0x8914, request)                 # SIOCSIFFLAGS


def after(machine):
    """All but the packages, without a network."""
    import d360_alone

    loopback_up()
    os.environ.update(D360_WEBHOOK="http://127.0.0.1/api/webhooks/whatsapp",
                      D360_TOKEN=readme.WEBHOOK_TOKEN,
                      D360_KEYS="/nowhere", D360_NUMBER=readme.NUMBER)
    walk = Walk(machine)
    with d360_alone.Alone(0) as provider:
        systemd = isinstance(machine, Booted)
        plan = readme.Plan((ROOT / "README.md").read_text(), systemd,
                           provider.url)
        try:
            machine.start()
            walk.walk(plan)
            walk.converse(provider)
            walk.reboot(plan)
            users.check(walk)
            if systemd:
                units.check(walk, plan)
            walk.no_secret()
        except BaseException:
            if os.environ.get("WALK_SHELL"):
                traceback.print_exc()
                subprocess.run([*machine.enter, "bash"])
            raise
        finally:
            machine.stop()


def main(root, way, *more):
    machine = (Booted if way == "--systemd" else Bare)(root)
    if more:
        after(machine)
        return
    plan = readme.Plan((ROOT / "README.md").read_text(), way == "--systemd", "")
    walk = Walk(machine)
    if way == "--install":
        walk.install([plan.before])
        return
    walk.install([plan.packages])
    os.execvp("unshare", ["unshare", "--net", sys.executable, "-B", __file__,
                          root, way, "--after"])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as e:
        if not isinstance(e, (Failed, readme.Drift)):
            traceback.print_exc()
        print(f"walk failed: {e}", flush=True)
        sys.exit(1)
    print("walk ok", flush=True)
