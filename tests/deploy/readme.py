"""README.md's "Deploy it beside nginx" as scripts for bash, one a step.

All that is typed comes out of README.md: the first block, the words in `…` of
each step, the block of the configuration.  What a person fills in is filled in
here: secrets, an id, a host.  A step that says something which is not known
here, or no longer says what is, is an error, so that the two cannot drift.
"""

import re
import secrets

NUMBER = "106540352242922"
HOST = "wa.example.com"
VERIFY_TOKEN, WEBHOOK_TOKEN = secrets.token_hex(16), secrets.token_hex(16)
API_KEY = "key-" + secrets.token_hex(16)
SITE = "/etc/nginx/sites-available/default"
HEADING = "\n## Deploy it beside nginx\n"
NEWER = "\nA newer waspool "


class Drift(Exception):
    """README.md and the walk do not say the same."""


class Step:
    def __init__(self, name, text):
        self.name = name
        lines = text.splitlines()
        self.block = "\n".join(x.strip() for x in lines
                               if re.match("     {3,}", x))
        self.prose = " ".join(x.strip() for x in lines
                              if not re.match("     {3,}", x))
        self.spans = re.findall("`([^`]+)`", self.prose)

    def take(self, pattern):
        """The next words in `…`, which are PATTERN."""
        if not self.spans or not re.fullmatch(pattern, self.spans[0]):
            raise Drift(f"step {self.name}: not {pattern} but {self.spans}")
        return self.spans.pop(0)

    def until(self, pattern):
        """All before PATTERN; None: all."""
        found = []
        while self.spans and not (pattern and
                                  re.fullmatch(pattern, self.spans[0])):
            found.append(self.spans.pop(0))
        return found

    def find(self, pattern):
        found = re.search(pattern, self.prose)
        if not found:
            raise Drift(f"step {self.name}: no {pattern}: {self.prose}")
        return found.groups()

    def done(self):
        if self.spans:
            raise Drift(f"step {self.name}: nobody types {self.spans}")


def read(text):
    """{step: Step}, 0 what stands before the first."""
    at = text.index(HEADING) + len(HEADING)
    section = text[at:text.index("\n## ", at)]
    parts = re.split(r"(?m)^(\d)\. ", section)
    steps = {int(n): Step(n, body)
             for n, body in zip(parts[1::2], parts[2::2])}
    if list(steps) != [1, 2, 3, 4, 5, 6, 7]:
        raise Drift(f"other steps: {list(steps)}")
    steps[0] = parts[0]
    return steps


class Plan:
    """What is typed: before and packages (scripts that want a network), then
    steps, and keep, {program: command} of what a supervisor keeps."""

    def __init__(self, text, systemd, api_url):
        steps = read(text)
        self.systemd = systemd
        self.keep = {}
        self.before = "cd /root/waspool\n" + "\n".join(
            x[4:] for x in steps[0].splitlines() if x.startswith("    "))
        # What a Debian that is booted has.
        self.packages = "apt-get install systemd systemd-sysv dbus"
        if "apt-get install" not in self.before:
            raise Drift("no packages")
        self.steps = [
            ("users", self.users(steps[1])),
            ("configuration", self.configure(steps[2], api_url)),
            ("first rows", self.rows(steps[3])),
            ("programs", self.programs(steps[4])),
            ("processor", self.processor(steps[5])),
            ("nginx", self.nginx(steps[6])),
            ("webhook", self.webhook(steps[7]))]
        for n in range(1, 8):
            steps[n].done()
        newer = Step("newer", text[text.index(NEWER):].split("\n\n")[0])
        self.stop = newer.take("systemctl stop .*")
        newer.until("systemctl daemon-reload .*")
        self.start = newer.take("systemctl daemon-reload .* start .*")

    def users(self, s):
        folder = s.take("/usr/share/waspool/systemd")
        typed = s.until("systemd-standalone-.*")
        if len(typed) != 4:
            raise Drift(f"step 1: {typed}")
        packages = s.until(None)
        s.find("(the last at each boot)")
        self.boot = "" if self.systemd else typed[-1]
        if not self.systemd:
            self.packages = "apt-get install " + " ".join(packages)
        return "\n".join([f"cd {folder}", *typed])

    def configure(self, s, api_url):
        path = s.take("/etc/waspool/waspool.conf")
        key = s.take(r"/etc/waspool/keys/PHONE_NUMBER_ID")
        mode, owner, group, key_mode, key_owner = s.find(
            r"mode (\d+), owner ([\w-]+), group ([\w-]+) .*"
            r"mode (\d+), of ([\w-]+)")
        values = iter((VERIFY_TOKEN, WEBHOOK_TOKEN, NUMBER))
        conf = re.sub("=…", lambda _: "=" + next(values), s.block)
        if next(values, None) or "…" in re.sub("(?m)^#.*", "", conf):
            raise Drift(f"step 2: {s.block}")
        # 360dialog is not here.
        return f"""install -m {mode} -o {owner} -g {group} /dev/stdin {path} \
<<'END'
{conf}
WHATSAPP_API_URL={api_url}
END
install -m {key_mode} -o {key_owner} -g {key_owner} /dev/stdin \
{key.replace("PHONE_NUMBER_ID", NUMBER)} <<<{API_KEY}"""

    def rows(self, s):
        self.as_waspool = s.take("runuser .*…")
        typed = []
        while s.spans:
            typed.append(self.as_waspool.replace("…", s.take("waspool .*")))
        return "\n".join(typed)

    def programs(self, s):
        units, to = s.take("/usr/share/waspool/systemd"), s.take("/etc/.*")
        enable = s.take("systemctl enable .*")
        user, group = s.take("-u"), s.take("-g ([\\w-]+)")
        spawn = s.take("spawn-fcgi .*NAME")
        names = re.search(r"waspool-\{(.*)\}\.socket", enable)[1].split(",")
        if self.systemd:
            return f"cp {units}/waspool-*.service {units}/waspool-*.socket " \
                f"{units}/waspool.target {to}\n{enable}"
        of = group.split()[1]
        for i, name in enumerate(names):
            command = spawn.replace("NAME", name)
            if i < 2:
                command = re.sub("-u waspool -g waspool",
                                 f"{user} {of} -g {of}", command)
            self.keep[name] = command
        return ""

    def processor(self, s):
        cron, to = s.take(".*/waspool.cron"), s.take("/etc/cron.d/waspool")
        unit = s.take("waspool-process.service")
        dispatch = s.take("waspool-dispatch.service")
        return f"systemctl enable --now {unit} {dispatch}" \
            if self.systemd else \
            f"cp {cron} {to}"

    def nginx(self, s):
        include = s.take("include .*;")
        s.take("waspool-api.conf")      # of a site with a /healthz
        s.take("waspool-inbox.conf")
        reload = s.take("nginx -t .*")
        if not self.systemd:
            reload = reload.replace("systemctl reload nginx",
                                    "nginx -s reload")
        s.take("make install")                      # done by now
        upstreams = s.take("/etc/nginx/conf.d")
        s.take("--with-nginx-confdir=")
        s.take("/inbox/")
        s.take("./configure --without-web")
        return f"""sed -i 's#^\\tserver_name _;#&\\n\\t{include}#' {SITE}
grep -q '{include}' {SITE}
test -e {upstreams}/waspool-upstream.conf
{reload}"""

    def webhook(self, s):
        command = s.take("waspool webhook set .*")
        s.take("….*TOKEN")
        s.take("WHATSAPP_APP_SECRET")
        return command.replace("HOST", HOST)
