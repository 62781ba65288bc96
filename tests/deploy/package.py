"""Debian's packages on a bare Debian, as who installs them has it.

    package.py ROOT                 install them, with a network
    package.py ROOT --after         then all else, without one

As root, in namespaces of its own: `./dev package --walk 13` (tests/deb) makes
them, ROOT, a mount with the bare system, and ROOT/root/deb, the packages. Debian's
own systemd is booted there. One apt install and one waspool setup must be enough for
a delivery and the page; then the packages are upgraded while deliveries come in,
changed for each other, removed and purged.

Each thing that was seen is a line; the last is "package ok" or "package failed: …".
"""

import json
import os
import pathlib
import re
import sqlite3
import subprocess
import sys
import traceback

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "tests" / "e2e")]

import readme                       # noqa: E402
from machine import Bare, Booted, Failed, wait_for      # noqa: E402
from units import PROGRAMS, SERVERS, Stream             # noqa: E402
from walk import Walk, loopback_up                      # noqa: E402

DEB = "/root/deb"
HOST = "wa.example.com"
UPSTREAM = "/etc/nginx/conf.d/waspool-upstream.conf"
SETUP = (f"--number {readme.NUMBER} --key-file /root/key --url https://{HOST} "
         "--workspace 'My shop' --email ann@example.com --name Ann")


class Packages(Walk):
    headers = {"Host": HOST}    # Debian's own site is the default one

    def deliver(self, text):
        readme.WEBHOOK_TOKEN = self.webhook_token
        return super().deliver(text)

    def type(self, script):
        return self.machine.out(script)

    def has(self, path):
        return (self.machine.root / path.lstrip("/")).exists()

    # ------------------------------------------------------------------ steps

    def not_set_up(self):
        """Sockets wait, and nothing tries again and again to start."""
        failed = self.type("systemctl --failed --plain --no-legend")
        self.must(not failed, failed)
        for name in SERVERS:
            self.must(self.type(f"systemctl is-active waspool-{name}.socket")
                      == "active", name)
        for name in PROGRAMS:
            state = self.type("systemctl show -P ActiveState -P NRestarts "
                              f"waspool-{name}.service").split()
            self.must(sorted(state) == ["0", "inactive"], (name, state))
        self.saw("after apt install: sockets are there, no program tries to run")

    def set_up(self, url):
        self.type(f"install -m 600 /dev/stdin /root/key <<<{readme.API_KEY}")
        said = self.type(f"WHATSAPP_API_URL={url} waspool setup {SETUP}")
        self.must(readme.API_KEY not in said and "wi_" in said, said)
        for line in said.splitlines():
            print("        " + line)
        modes = self.type("stat -c '%a %U:%G' /etc/waspool/waspool.conf "
                          f"/etc/waspool/keys/{readme.NUMBER}").splitlines()
        self.must(modes == ["640 root:waspool-spool", "600 waspool:waspool"],
                  modes)
        self.must(not self.type(
            "find /var/lib/waspool /etc/waspool/keys -user root"), "of root")
        conf = self.type("cat /etc/waspool/waspool.conf")
        self.webhook_token = re.search("WEBHOOK_TOKEN=(.*)", conf)[1]
        self.saw("waspool setup")
        again = self.type(f"WHATSAPP_API_URL={url} waspool --json setup "
                          "</dev/null")
        self.must('"changed":false' in again and '"webhook":true' in again,
                  again)
        self.must(conf == self.type("cat /etc/waspool/waspool.conf"), "conf")
        self.saw("waspool setup again changes nothing")

    def works(self, text):
        wait_for(lambda: self.http("/healthz/webhooks")[0] == 200, 30,
                 "deliveries are taken")
        if not self.token:
            self.token = json.loads(self.type(
                "runuser -u waspool -- waspool --json token create 1 "
                "ann@example.com"))["token"]
        self.arrives(text)

    def page(self):
        status, page = self.http("/inbox/")
        self.must(status == 200, f"/inbox/: {status}")
        script = re.search(r'"([0-9a-f]+/main\.js)"', page)[1]
        self.must(self.http("/inbox/" + script)[0] == 200, script)
        self.saw("a delivery is a message; the page is there")

    def newer(self, version, change=":"):
        """The packages again, as VERSION; CHANGE is done to their files."""
        self.type(f"""rm -rf /root/new; mkdir /root/new; cd /root/new
for p in waspool waspool-inbox; do
	dpkg-deb -R {DEB}/${{p}}_[0-9]*.deb $p
	sed -i 's/^Version: .*/Version: {version}/
		s/waspool (= [^)]*)/waspool (= {version})/' $p/DEBIAN/control
	(cd $p; [ $p = waspool-inbox ] || {change})
	dpkg-deb -b --root-owner-group $p >/dev/null
done""")
        return "/root/new/waspool.deb /root/new/waspool-inbox.deb"

    def upgraded(self):
        debs = self.newer("0.2.0+newer1")
        was = self.type("systemctl show -P MainPID waspool-webhook-ingest")
        with Stream(self) as stream:
            self.type(f"dpkg -i {debs} </dev/null")
        self.must(not stream.bad and stream.sent, f"refused: {stream.bad[:3]}")
        stream.all_arrived()
        self.must(was != self.type(
            "systemctl show -P MainPID waspool-webhook-ingest"), "restarted")
        self.saw(f"upgraded: {len(stream.sent)} deliveries meanwhile, none "
                 "refused, none lost")

    def older_schema(self):
        """The inbox is one of an older version: the package brings it on."""
        self.type("systemctl stop 'waspool-*.socket' 'waspool-*.service'")
        state = self.machine.root / "var/lib/waspool"
        for name in ("inbox.db", "inbox.db-wal", "inbox.db-shm"):
            if (state / name).exists():
                (state / name).rename(state / ("kept." + name))
        older = sqlite3.connect(state / "inbox.db")
        older.executescript("PRAGMA journal_mode = WAL;" + (
            ROOT / "tests/data/inbox-7.sql").read_text() +
            "PRAGMA user_version = 7;")
        older.close()
        os.chmod(state / "inbox.db", 0o640)
        self.type("chown waspool:waspool /var/lib/waspool/inbox.db")
        self.type(f"dpkg -i {self.newer('0.2.0+newer2')} </dev/null")
        looked = self.type("waspool doctor 2>&1 || :")
        self.must("inbox.db is whole, schema version 8" in looked, looked)
        self.type("systemctl stop 'waspool-*.socket' 'waspool-*.service'")
        for path in state.glob("inbox.db*"):
            if ".lock" not in path.name:
                path.unlink()
        for path in state.glob("kept.*"):
            path.rename(state / path.name[len("kept."):])
        self.type("systemctl start 'waspool-*.socket' --all; systemctl start "
                  + " ".join(f"waspool-{p}.service" for p in PROGRAMS))
        self.works("after an older schema")
        self.saw("an inbox of an older schema is upgraded with the package")

    def changed_conf(self):
        """A file of ours that somebody changed is theirs."""
        self.type(f"echo '# mine' >>{UPSTREAM}")
        debs = self.newer("0.2.0+newer3", f"echo '# ours' >>.{UPSTREAM}")
        said = self.machine.type(f"dpkg -i {debs} </dev/null", fails=True)
        self.must("conffile prompt" in said[1] + said[2], said)
        self.type("dpkg --force-confdef --force-confold --configure -a")
        text = self.type(f"cat {UPSTREAM}")
        self.must("# mine" in text and "# ours" not in text, "conffile")
        self.works("after a question about a file")
        self.type(f"dpkg --force-confnew -i {DEB}/waspool_[0-9]*.deb "
                  f"{DEB}/waspool-inbox_*.deb </dev/null")
        self.saw("a changed configuration file is asked about, and kept")

    def other_package(self):
        """To waspool-pgsql and back, with the same inbox."""
        self.type(f"dpkg -r waspool-inbox && dpkg -i {DEB}/waspool-pgsql_[0-9]*.deb "
                  f"{DEB}/waspool-inbox_*.deb </dev/null")
        self.works("by waspool-pgsql")
        self.type("dpkg -P waspool")
        self.must(self.has("/etc/waspool/waspool.conf") and
                  self.has(UPSTREAM), "purged for the other")
        self.works("by waspool-pgsql, the other purged")
        self.type(f"dpkg -r waspool-inbox && dpkg -i {DEB}/waspool_[0-9]*.deb "
                  f"{DEB}/waspool-inbox_*.deb </dev/null")
        self.type("dpkg -P waspool-pgsql")
        self.works("by waspool again")
        self.page()
        self.saw("waspool-pgsql takes over, and gives back")

    def removed(self):
        self.type("dpkg -r waspool-inbox waspool")
        self.must(self.has("/etc/waspool/waspool.conf"), "conf is kept")
        self.type("nginx -t && systemctl restart nginx")
        self.must(self.http("/inbox/")[0] == 404 and
                  self.deliver("removed") == 404, "404 when removed")
        self.must(not self.machine_programs(), self.machine_programs())
        self.type(f"dpkg -i {DEB}/waspool_[0-9]*.deb {DEB}/waspool-inbox_*.deb")
        self.works("after remove and install")
        self.saw("removed, and installed again: as before")

    def machine_programs(self):
        return [name for _, name in self.machine.processes()
                if name in PROGRAMS or name.startswith("waspool")]

    def purged(self):
        self.type("dpkg -P waspool-inbox waspool")
        self.must(not self.machine_programs(), self.machine_programs())
        left = [p for p in self.type(
            "find / -xdev -name '*waspool*' -not -path '/root/*' -not -path "
            "'/tmp/*' -not -path '/proc/*' -not -path '/sys/*'").splitlines()
            if not re.match("/var/lib/waspool(/|$)|/var/log/|/var/cache/apt/", p)]
        self.must(not left, f"left: {left}")
        self.type("nginx -t && systemctl restart nginx")
        self.must(self.type("stat -c %U /var/lib/waspool/inbox.db")
                  == "waspool", "the inbox is kept")
        self.must(not self.type("find / -xdev -nouser -not -path '/proc/*'"),
                  "files of nobody")
        failed = self.type("systemctl --failed --plain --no-legend")
        self.must("waspool" not in failed, failed)
        self.saw("purged: nothing is left but /var/lib/waspool and its users")


def install(root):
    machine = Bare(root)
    # Debian starts nothing in a system that is not booted.
    policy = machine.root / "usr/sbin/policy-rc.d"
    policy.write_text("#!/bin/sh\nexit 101\n")
    policy.chmod(0o755)
    walk = Packages(machine)
    walk.type(f"apt-get -q -y install {DEB}/waspool_[0-9]*.deb "
              f"{DEB}/waspool-inbox_*.deb </dev/null")
    walk.saw("apt install ./waspool*.deb")
    # What a Debian that is booted has, and what the other package wants.
    walk.type("apt-get -q -y install --no-install-recommends systemd "
              "systemd-sysv dbus libpq5 </dev/null")
    policy.unlink()


def after(root):
    import d360_alone

    loopback_up()
    os.environ.update(D360_WEBHOOK="http://127.0.0.1/api/webhooks/whatsapp",
                      D360_TOKEN="", D360_KEYS="/nowhere",
                      D360_NUMBER=readme.NUMBER)
    machine = Booted(root)
    walk = Packages(machine)
    with d360_alone.Alone(0) as provider:
        try:
            machine.start()
            walk.not_set_up()
            walk.set_up(provider.url)
            walk.works("Does it come in another color?")
            walk.page()
            walk.upgraded()
            walk.older_schema()
            walk.changed_conf()
            walk.other_package()
            walk.removed()
            walk.purged()
        except BaseException:
            if os.environ.get("WALK_SHELL"):
                traceback.print_exc()
                subprocess.run([*machine.enter, "bash"])
            raise
        finally:
            machine.stop()


def main(root, *more):
    if more:
        after(root)
        return
    install(root)
    os.execvp("unshare", ["unshare", "--net", sys.executable, "-B", __file__,
                          root, "--after"])


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Exception as e:
        if not isinstance(e, Failed):
            traceback.print_exc()
        print(f"package failed: {e}", flush=True)
        sys.exit(1)
    print("package ok", flush=True)
