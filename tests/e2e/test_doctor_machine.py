"""waspool doctor about what the machine has beside waspool: two things that start
one program, certificates that are over.  What it says to type, typed, mends it.
All is in a namespace of mounts of the test's own."""

import http.server
import json
import os
import shutil
import ssl
import subprocess
import threading

import pytest

from rig import BUILD, NUMBER, clean_environment

BIN = BUILD / "inst/bin/waspool"
UNITS = BUILD / "inst/share/waspool/systemd"
KEY = "a-key-of-a-number-that-is-long-enough"
NO_MOUNTS = 77
pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="needs root")

# One check, what it says to type, typed, and the check once more.  A machine
# that is busy may be later than a check waits: it says unknown then.
LOOK = """
import json, subprocess, sys
def look():
    for _ in range(20):
        out = subprocess.run([sys.argv[1], "doctor", "--json"], text=True,
                             capture_output=True).stdout
        row, = (r for r in json.loads(out) if r["check"] == sys.argv[2])
        if row["state"] != "unknown":
            break
    return row
first, code = look(), None
if first["type"]:
    code = subprocess.run(["sh", "-c", first["type"]],
                          stdout=subprocess.DEVNULL).returncode
print(json.dumps([first, code, look()]))
"""


class Machine:
    """State, keys and stubs of commands in a folder; no configuration but the
    environment, as the installed programs have it."""

    def __init__(self, folder):
        self.folder, self.bin = folder, folder / "stubs"
        self.bin.mkdir()
        self.env = clean_environment({
            **{f"WASPOOL_{n}_DIR": str(folder / n.lower())
               for n in ("STATE", "RUN", "KEY", "TOKEN")},
            "WHATSAPP_API_URL": "http://127.0.0.1:9",
            "WHATSAPP_WEBHOOK_VERIFY_TOKEN": "0123456789abcdef",
            "WHATSAPP_WEBHOOK_TOKEN": "0123456789abcdefg",
            "WHATSAPP_PHONE_NUMBER_ID": NUMBER,
            "PATH": f"{self.bin}:{os.environ['PATH']}"})
        subprocess.run([BIN, "init"], env=self.env, check=True,
                       capture_output=True)
        key = folder / "key" / NUMBER
        key.touch(0o600)
        key.write_text(KEY + "\n")

    def stub(self, name, text):
        path = self.bin / name
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)

    def look(self, check, prepare):
        """[what it says, the status of what was typed, what it says then];
        PREPARE, a script, changes the machine as this namespace sees it."""
        done = subprocess.run(
            ["unshare", "-m", "sh", "-ec", f"cd {self.folder}\n{prepare}\n"
             'exec /usr/bin/python3 -c "$@"', "sh", LOOK, BIN, check],
            env=self.env, text=True, capture_output=True, timeout=300)
        if done.returncode in (1, NO_MOUNTS) and "Traceback" not in done.stderr:
            pytest.skip("no namespaces of mounts here: " + done.stderr)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)


@pytest.fixture
def machine(tmp_path):
    return Machine(tmp_path)


# ------------------------------------------------------------- who starts it

# /etc is this machine's, and what is written there is gone with the namespace.
ETC = """
mkdir etc
mount -t tmpfs none etc || exit 77
mkdir etc/upper etc/work
mount -t overlay -o lowerdir=/etc,upperdir=etc/upper,workdir=etc/work none /etc ||
	exit 77
for folder in cron.d systemd/system; do
	mkdir -p /etc/$folder
	mount -t tmpfs none /etc/$folder
done
cd /etc/systemd/system
mkdir timers.target.wants multi-user.target.wants
"""
SERVICE = f"""
cp {UNITS}/*.service .
ln -s ../waspool-process.service multi-user.target.wants/
"""
CRON = f"cp {UNITS.parent}/cron/waspool.cron /etc/cron.d/waspool\n"
CRONTAB = ("echo '*/5 * * * * waspool /usr/bin/waspool-process --once' "
           ">>/etc/crontab\n")
TIMER = """
printf '[Service]\\nExecStart=/usr/bin/waspool-process --once\\n' >often.service
printf '[Timer]\\nUnit=often.service\\nOnCalendar=minutely\\n' >every.timer
ln -s ../every.timer timers.target.wants/
"""
# Others' timers, and a node of another configuration.
OTHERS = """
printf '[Service]\\nExecStart=/bin/true\\n# waspool-process\\n' >true.service
printf '[Timer]\\nOnCalendar=minutely\\n' >true.timer
ln -s ../true.timer timers.target.wants/
printf 'WASPOOL_CONFIG=/srv/2\\n* * * * * two waspool-process\\n' \\
    >/etc/cron.d/two
echo '* * * * * waspool waspool-process' >/etc/cron.d/waspool.dpkg-old
"""
DISABLE = """
test "$1 $2" = "disable --now" || exit 64
rm /etc/systemd/system/*.target.wants/"$3"
"""


@pytest.mark.parametrize("prepare, names", [
    (SERVICE + CRON, ["waspool-process.service", "/etc/cron.d/waspool"]),
    (TIMER + CRON, ["every.timer", "/etc/cron.d/waspool"]),
    (CRON + CRONTAB, ["/etc/cron.d/waspool", "/etc/crontab"]),
    (SERVICE + TIMER + CRON + CRONTAB,
     ["waspool-process.service", "every.timer", "/etc/cron.d/waspool",
      "/etc/crontab"])])
def test_two_that_start_the_processor(machine, prepare, names):
    machine.stub("systemctl", DISABLE)
    first, code, then = machine.look("supervision", ETC + OTHERS + prepare)
    assert first["state"] == "warn", first
    assert first["says"] == (" and ".join(names) + " start waspool-process: one "
                             "of them is enough")
    # The first is the one that stays, and only it.
    assert code == 0 and then["state"] == "ok", (first, code, then)
    assert then["says"] == "the processor is started by " + names[0]


def test_the_dispatcher_stays_where_cron_has_it(machine):
    """Its line is another one than the processor's: what is typed is typed on a
    copy, too, which the test can see."""
    first, code, _ = machine.look(
        "supervision", ETC + SERVICE + CRON + "cp -p /etc/cron.d/waspool "
        f"{machine.folder}/was")
    assert code == 0 and "dispatch" not in first["says"] + first["type"]
    command = first["type"].replace("/etc/cron.d/waspool", "was")
    subprocess.run(["sh", "-c", command], cwd=machine.folder, check=True)
    lines = (machine.folder / "was").read_text().splitlines()
    assert [line[:2] for line in lines if "* * waspool" in line] == ["#*", "* "]


@pytest.mark.parametrize("prepare, name", [
    (CRON, "/etc/cron.d/waspool"), (TIMER, "every.timer")])
def test_one_is_enough(machine, prepare, name):
    first, code, _ = machine.look("supervision", ETC + OTHERS + prepare)
    assert first["says"] == "the processor is started by " + name
    assert first["state"] == "ok" and code is None


def test_none_is_too_few(machine):
    first, _, _ = machine.look("supervision", ETC + OTHERS)
    assert first["state"] == "fail"
    assert "nothing starts the processor" in first["says"]


# -------------------------------------------------------------- certificates

OVER, VALID = "20200201000000Z", "20991231000000Z"
CA = """
[ca]
default_ca = one
[one]
database = index
new_certs_dir = .
rand_serial = yes
default_md = sha256
policy = any
unique_subject = no
[any]
commonName = supplied
"""


class Certificates:
    """Made by openssl, each valid from 2020 until it is said."""

    def __init__(self, folder):
        self.folder = folder
        folder.mkdir()
        (folder / "index").touch()
        (folder / "ca.conf").write_text(CA)
        (folder / "root").write_text("basicConstraints = critical, CA:TRUE\n")
        (folder / "leaf").write_text("subjectAltName = IP:127.0.0.1\n")

    def openssl(self, *args):
        subprocess.run(["openssl", *args], cwd=self.folder, check=True,
                       capture_output=True, stdin=subprocess.DEVNULL)

    def request(self, name):
        """A key, and a request to sign it."""
        self.openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj",
                     f"/CN={name}", "-keyout", f"{name}.key", "-out",
                     f"{name}.csr")

    def sign(self, name, by, until, file, kind="root"):
        how = (["-selfsign"] if by == name else
               ["-cert", f"{by}.pem"])
        self.openssl("ca", "-batch", "-config", "ca.conf", "-notext", "-in",
                     f"{name}.csr", "-keyfile", f"{by}.key", *how, "-extfile",
                     kind, "-startdate", "20200101000000Z", "-enddate", until,
                     "-out", file)

    def text(self, *files):
        return "".join((self.folder / f).read_text() for f in files)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """A root that is over, which has signed a newer one; and a provider's."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl")
    c = Certificates(tmp_path_factory.mktemp("c") / "ca")
    for name in ("older", "newer", "provider"):
        c.request(name)
    c.sign("older", "older", OVER, "older.pem")
    c.sign("newer", "newer", VALID, "newer.pem")
    c.sign("newer", "older", VALID, "across.pem")
    c.sign("provider", "newer", VALID, "valid.pem", "leaf")
    c.sign("provider", "newer", OVER, "over.pem", "leaf")
    return c


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        body = json.dumps(
            {"url": "https://wa.example.com/api/webhooks/whatsapp"}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


class Provider(http.server.ThreadingHTTPServer):
    """Has a webhook of ours, and the certificates that it is given."""
    daemon_threads = True

    def __init__(self, certificates):
        super().__init__(("127.0.0.1", 0), Answer)
        self.certificates = certificates
        self.url = f"https://127.0.0.1:{self.server_port}"

    def use(self, *files):
        chain = self.certificates.folder / "chain"
        chain.write_text(self.certificates.text(*files))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(
            chain, self.certificates.folder / "provider.key")
        self.context = context

    def finish_request(self, request, address):
        request.settimeout(60)
        try:
            with self.context.wrap_socket(request, server_side=True) as s:
                super().finish_request(s, address)
        except OSError:     # who refuses the certificate goes
            pass


@pytest.fixture
def provider(certificates, machine):
    with Provider(certificates) as server:
        machine.env["WHATSAPP_API_URL"] = server.url
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


# What the machine trusts is FILE, and no other.
TRUST = """
mount -t tmpfs none /etc/ssl/certs || exit 77
cp {} /etc/ssl/certs/ca-certificates.crt
"""


def test_certificates_of_this_machine_that_are_over(machine, provider):
    """A newer package has the newer root."""
    folder = provider.certificates.folder
    provider.use("valid.pem", "across.pem")
    machine.stub("apt-get", f"""
echo "$*" >>{machine.folder}/asked
test "$*" = update || cp {folder}/newer.pem /etc/ssl/certs/ca-certificates.crt
""")
    first, code, then = machine.look(
        "provider", TRUST.format(folder / "older.pem"))
    assert first["state"] == "fail", first
    assert f"the certificate of {provider.url} is not accepted" in first["says"]
    assert "expired" in first["says"] and "clock is wrong" in first["says"]
    assert code == 0 and then["state"] == "ok", then
    assert (machine.folder / "asked").read_text() == (
        "update\ninstall -y ca-certificates\n")


def test_a_certificate_of_the_provider_that_is_over(machine, provider):
    """Nothing on this machine mends it: doctor says so until it is renewed."""
    trust = TRUST.format(provider.certificates.folder / "newer.pem")
    provider.use("over.pem")
    machine.stub("apt-get", "")
    for said in (machine.look("provider", trust)[i] for i in (0, 2)):
        assert said["state"] == "fail" and "expired" in said["says"], said
        assert "the provider has to renew it" in said["says"]
        assert KEY not in json.dumps(said)
    provider.use("valid.pem")
    assert machine.look("provider", trust)[0]["state"] == "ok"
