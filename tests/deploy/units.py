"""What only a real systemd shows of the units: that it takes them, starts again
what was killed, loses nothing meanwhile, and that their sandboxes are there."""

import re
import threading
import time

from machine import wait_for

STATE = "/var/lib/waspool"
SERVERS = ["webhook-verify", "webhook-ingest", "actions", "realtime",
           "sign-in"]
PROGRAMS = [*SERVERS, "process", "dispatch"]
CONF = "/etc/waspool/waspool.conf"
SECRETS = {"inbox": f"{STATE}/inbox.db", "media": f"{STATE}/media",
           "keys": "/etc/waspool/keys", "spool": f"{STATE}/spool/spool.db",
           "tokens": "/etc/waspool/tokens", "configuration": CONF}
# What each may open, as cgi-bin/README.md has it in "What each program may touch".
OPENS = {"webhook-verify": {"configuration"},
         "webhook-ingest": {"configuration", "spool", "tokens"},
         "actions": {"configuration", "inbox", "media"},
         "realtime": {"configuration", "inbox"},
         "sign-in": {"configuration", "inbox"},
         "dispatch": {"configuration", "inbox"},
         "process": {"configuration", "inbox", "media", "spool", "keys"}}


def unit(name):
    return f"waspool-{name}.service"


def show(walk, name, what):
    return walk.machine.out(f"systemctl show -P {what} {unit(name)}")


def pid(walk, name):
    return int(show(walk, name, "MainPID"))


def ask(walk, name):
    """The status of a request that this program answers."""
    if name == "webhook-ingest":
        return walk.http("/healthz/webhooks")[0]
    if name == "webhook-verify":
        return walk.http("/api/webhooks/whatsapp?hub.mode=subscribe"
                         "&hub.challenge=1&hub.verify_token=wrong")[0]
    if name == "sign-in":
        return walk.http("/api/v1/session")[0]
    return walk.api("/me" if name == "actions" else "/changes")[0]


WELL = {"webhook-verify": 403, "sign-in": 401}


def answers(walk, name):
    return ask(walk, name) == WELL.get(name, 200)


def verify(walk):
    status, out, errors = walk.machine.type(
        "systemd-analyze verify /etc/systemd/system/waspool-*", fails=True)
    walk.must(status == 0 and not re.search("waspool", out + errors),
              f"systemd-analyze verify: {out}{errors}")
    walk.saw("systemd-analyze verify has nothing to say of the units")


class Stream:
    """Deliveries without an end, one after another, each in two tries at the
    most seconds apart; what was not taken."""

    def __init__(self, walk):
        self.walk, self.sent, self.bad, self.end = walk, [], [], False
        self.thread = threading.Thread(target=self.run)

    def run(self):
        while not self.end:
            text = f"in a row {len(self.sent)} {time.monotonic()}"
            status = self.walk.deliver(text)
            (self.sent if status == 200 else self.bad).append(text)
            if status != 200:
                self.bad[-1] += f": {status}"
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.end = True
        self.thread.join()

    def all_arrived(self):
        """The newest hundred, at least, and as many as were taken."""
        last = self.sent[-90:]
        wait_for(lambda: set(last) <= set(self.walk.texts()), 60,
                 "all that was taken is in the conversation")


def undisturbed(walk):
    """restart, and reload of nginx: no delivery is refused."""
    with Stream(walk) as stream:
        for name in PROGRAMS:
            walk.machine.type(f"systemctl restart {unit(name)}")
        walk.machine.type("nginx -t && systemctl reload nginx")
        for _ in range(3):
            walk.machine.type(f"systemctl restart {unit('webhook-ingest')}")
        time.sleep(0.5)
    walk.must(not stream.bad, f"refused while restarted: {stream.bad[:5]}")
    stream.all_arrived()
    walk.saw(f"restarts, nginx reloaded: {len(stream.sent)} deliveries, none "
             "refused, none lost")


def killed(walk):
    """SIGKILL, also often: each comes back, and what was taken is there."""
    with Stream(walk) as stream:
        for _ in range(5):
            for name in PROGRAMS:
                was = pid(walk, name)
                if was:
                    walk.machine.type(f"kill -KILL {was}", fails=True)
                wait_for(lambda: pid(walk, name) not in (0, was), 15,
                         f"{name} is there again after SIGKILL")
        for name in SERVERS:
            wait_for(lambda: answers(walk, name), 15, f"{name} answers")
    walk.must(len(stream.sent) > 20, f"{len(stream.sent)} taken")
    stream.all_arrived()
    walk.saw(f"25 SIGKILLs: all came back; {len(stream.sent)} deliveries "
             f"taken, {len(stream.bad)} refused, none lost")


def cannot_start(walk):
    """A configuration that is wrong for a while, and customers all the same:
    when it is right again nobody has to start anything."""
    walk.machine.type(f"""sed -i 1iWASPOOL_THREADS=many {CONF}
systemctl stop {' '.join(unit(n) for n in PROGRAMS)} 2>&1
systemctl start --no-block waspool-process.service""")
    # Each waits in a socket that systemd keeps, until nginx gives up.
    for _ in range(15):
        for name in SERVERS:
            threading.Thread(target=ask, args=(walk, name)).start()
        time.sleep(0.2)
    time.sleep(2)
    walk.machine.type(f"sed -i 1d {CONF}")
    for name in SERVERS:
        wait_for(lambda: answers(walk, name), 20,
                 f"{name}, which could not start, starts: " +
                 walk.machine.out(f"systemctl status waspool-{name}.socket "
                                  "| head -n 4 || :"))
    wait_for(lambda: pid(walk, "process"), 20, "process starts")
    walk.arrives("after it could not start")
    walk.saw("what could not start for a while starts by itself")


def stopped(walk, plan):
    """As README.md says for a newer version, whose units say something else."""
    walk.machine.type(plan.stop)
    walk.must(walk.deliver("while it is stopped") == 503, "stopped: not 503")
    walk.must(walk.http("/healthz")[0] == 503, "stopped: /healthz is not 503")
    walk.machine.type("sed -i 's/^\\[Service\\]$/&\\nEnvironment=NEWER=1/' "
                      "/etc/systemd/system/waspool-*.service\n"
                      "runuser -u waspool -- waspool upgrade\n" + plan.start)
    for name in SERVERS:
        wait_for(lambda: answers(walk, name), 15, f"{name} after a start")
    walk.arrives("after a stop and a start")
    for name in PROGRAMS:
        walk.must("NEWER=1" in walk.machine.out(
            f"tr '\\0' '\\n' </proc/{pid(walk, name)}/environ"),
            f"{name} runs by its older unit")
    walk.saw("stop, other units, waspool upgrade, start")


def opens(walk, name, path):
    """Opened in the program's own namespace, as its own user and groups."""
    main = pid(walk, name)
    return walk.machine.type(
        f"""s=/proc/{main}/status
u=$(sed -n 's/^Uid:\\t\\([0-9]*\\).*/\\1/p' $s)
g=$(sed -n 's/^Gid:\\t\\([0-9]*\\).*/\\1/p' $s)
all=$(sed -n 's/^Groups:\\t//p' $s | xargs | tr ' ' ,)
exec nsenter -t {main} -m -n --root setpriv --reuid $u --regid $g \
--groups ${{all:-$g}} --bounding-set=-all sh -c '
if [ -d {path} ]; then ls {path}/ >/dev/null; else head -c 1 {path} >/dev/null
fi'""", fails=True)[0] == 0


def sandboxed(walk):
    m = walk.machine
    m.type("mkdir -p /etc/waspool/tokens")
    for name in PROGRAMS:
        answers(walk, name) if name in SERVERS else None
        found = {what for what, path in SECRETS.items()
                 if opens(walk, name, path)}
        walk.must(found == OPENS[name], f"{name} opens {sorted(found)}, not "
                  f"{sorted(OPENS[name])}")
        main = pid(walk, name)
        status = dict(re.findall(
            r"(?m)^(\w+):\t(.*)$", m.out(f"cat /proc/{main}/status")))
        walk.must(status["NoNewPrivs"] == "1" and status["Seccomp"] == "2" and
                  not int(status["CapBnd"], 16) and
                  not int(status["CapEff"], 16), f"{name}: {status}")
        user = "waspool-spool" if name.startswith("web") else "waspool"
        walk.must(m.out(f"stat -c %U /proc/{main}") == user, f"{name}'s user")
        alone = m.out(f"readlink /proc/{main}/ns/net") != m.out(
            "readlink /proc/1/ns/net")
        walk.must(alone == (name not in ("process", "dispatch")), f"{name}: its network")
        for path in ("/etc", "/usr", "/run/waspool", STATE):
            may = m.type(f"nsenter -t {main} -m --root sh -c "
                         f"': >{path}/.walk && rm {path}/.walk'",
                         fails=True)[0] == 0
            walk.must(may == (path == STATE and name in (
                "actions", "realtime", "sign-in", "process",
                "dispatch") or
                path == "/run/waspool" and name in ("realtime", "process")),
                f"{name}: may even root write to {path} in it: {may}")
    walk.saw("sandboxes: users, groups, no capability, seccomp, no network, "
             "and each opens only what is its own")


def said(walk):
    """Their lines, in the journal; and what systemd cannot do, it says."""
    m = walk.machine
    for name in PROGRAMS:
        walk.must("level=" in m.out(f"journalctl -b -o cat -u {unit(name)}"),
                  f"{name} says nothing in the journal")
    lines = m.out("journalctl -b -o cat _PID=1 | grep -i waspool | "
                  "grep -v 'for control group' | "
                  "grep -iE 'unknown|ignor|fail to|not support' || :")
    walk.must(not lines, f"systemd says: {lines}")
    walk.saw("each program has its lines in the journal")


def check(walk, plan):
    verify(walk)
    sandboxed(walk)
    undisturbed(walk)
    killed(walk)
    stopped(walk, plan)
    cannot_start(walk)
    said(walk)
