"""What is cut off in the middle is not taken for whole: by programs that die
while they answer, by full disks and closed pipes."""

import http.client
import json
import os
import resource
import shutil
import signal
import socket
import subprocess
import time

import pytest

from rig import PATIENCE, new_phone, text_message, wait_for
from test_bodies import http2  # noqa: F401, a fixture
from test_cli import BIN, Cli

LONG = 24 << 20     # more than nginx and sockets hold


@pytest.fixture(scope="module")
def long_one(http2):
    """Where an answer is so long: (node, port of HTTP/2, path)."""
    node, port = http2
    phone = new_phone()
    node.deliver(text_message(phone, "short"))
    c = node.wait_conversation(phone)
    node.write("UPDATE messages SET content = ? WHERE conversation_id = ?",
               json.dumps({"body": "x" * LONG}), c["id"])
    return node, port, f"/api/v1/conversations/{c['id']}/messages"


def begun(port, text):
    """Its answer has begun, and waits for us to read on."""
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    s.settimeout(PATIENCE)
    s.connect(("127.0.0.1", port))
    s.sendall(text)
    return s, s.recv(1)


def rest(s):
    data = b""
    s.settimeout(3)
    try:
        while more := s.recv(1 << 20):
            data += more
    except (ConnectionResetError, TimeoutError):
        pass    # it waits for more, until nginx's keepalive_timeout
    return data


def request(node, path, version):
    return "\r\n".join([f"GET {path} HTTP/{version}", "Host: x",
                        f"Authorization: Bearer {node.token}", "", ""]).encode()


@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_an_answer_of_a_program_that_dies_is_short_of_its_length(long_one, version):
    node, _, path = long_one
    s, first = begun(node.port, request(node, path, version))
    time.sleep(0.3)
    node.kill("actions")
    data = first + rest(s)
    head, body = data.split(b"\r\n\r\n", 1)
    assert head.split()[1] == b"200" and b"chunked" not in head.lower()
    said = int(dict(line.lower().split(b": ", 1) for line in
                    head.split(b"\r\n")[1:])[b"content-length"])
    assert said > LONG > len(body)
    with pytest.raises(ValueError):
        json.loads(body)
    wait_for(lambda: node.get("/me").status == 200)


def test_over_http_2_the_length_tells(long_one, tmp_path):
    """nginx ends the stream as if all had come; clients count (RFC 9113, 8.1.1)."""
    node, port, path = long_one
    out = tmp_path / "out"
    p = subprocess.Popen(
        ["curl", "-sS", "--http2-prior-knowledge", "--limit-rate", "3M", "-o", out,
         "-H", f"Authorization: Bearer {node.token}",
         f"http://127.0.0.1:{port}{path}"], stderr=subprocess.PIPE, text=True)
    wait_for(lambda: out.exists() and out.stat().st_size > 0)
    node.kill("actions")
    _, said = p.communicate(timeout=60)
    assert p.returncode in (18, 56, 92), (p.returncode, said)
    assert out.stat().st_size < LONG
    wait_for(lambda: node.get("/me").status == 200)


# ------------------------------------------------------------ the command line

@pytest.fixture(scope="module")
def cli(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("cli")
    c = Cli(tmp_path)
    assert c.run("init").returncode == 0
    c("workspace", "add", "Example")
    c("user", "add", "ann@example.com", "Ann")
    c("member", "add", 1, "ann@example.com")
    (tmp_path / "c.csv").write_text("phone,name\n" + "".join(
        f"+49301{n:07d},Name {n}\n" for n in range(3000)))
    c("contact", "import", tmp_path / "c.csv")
    return c


ANSWERS = [["--help"], ["contact", "--help"], ["contact", "import", "--help"],
           ["--version"], ["workspace", "list"], ["--json", "outbox", "list"],
           ["contact", "list", "--limit", "1000"], ["stats"], ["doctor"],
           ["token", "create", "1", "ann@example.com"],
           ["backup", "copy"], ["contact", "export", "+493010000001"]]


@pytest.mark.parametrize("args", ANSWERS, ids=" ".join)
def test_what_could_not_be_said_is_a_failure(cli, args):
    for full in ("/dev/full", None):
        def close():
            os.chdir(cli.dir)
            for name in ("copy", "waspool-493010000001"):
                shutil.rmtree(name, ignore_errors=True)
            if full is None:
                os.close(1)
        with open(full or "/dev/null", "w") as out:
            done = subprocess.run([BIN, *args], env=cli.env, stdout=out,
                                  stderr=subprocess.PIPE, text=True,
                                  preexec_fn=close)
        assert done.returncode == 74, (full, done)
        assert "the output cannot be written" in done.stderr


def test_a_list_that_is_cut_off_by_a_pipe_says_so(cli):
    p = subprocess.Popen([BIN, "--json", "contact", "list", "--limit", "1000"],
                         env=cli.env, stdout=subprocess.PIPE, bufsize=0)
    assert p.stdout.read(1) == b"["     # Python 3.14 would read 128 KiB
    p.stdout.close()
    assert p.wait(60) == -signal.SIGPIPE


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1, 2)])
def test_no_word_goes_into_a_file_of_ours(cli, closed):
    """Where an output was closed, the next file that is opened has its place."""
    def close():
        os.chdir(cli.dir)
        for fd in closed:
            os.close(fd)
    subprocess.run([BIN, "contact", "export", "+493010000001", "--output", "e"],
                   env=cli.env, preexec_fn=close, stdout=subprocess.DEVNULL)
    json.loads((cli.dir / "e" / "export.json").read_text())
    shutil.rmtree(cli.dir / "e")
    n = len(cli("user", "list"))
    subprocess.run([BIN, "user", "add", f"x{n}@example.com", "X"], env=cli.env,
                   preexec_fn=close, stdout=subprocess.DEVNULL)
    assert len(cli("user", "list")) == n + 1
    for lock in (cli.dir / "state").glob("*.lock*"):
        assert lock.read_bytes() == b""


def killed(cli, *args):
    """In the middle of a file: as soon as one has 10 MB."""
    def limit():
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (10 << 20, 10 << 20))
    done = subprocess.run([BIN, *args], env=cli.env, cwd=cli.dir,
                          stdout=subprocess.DEVNULL, preexec_fn=limit)
    assert done.returncode == -signal.SIGXFSZ


def test_half_an_export_is_no_json(cli):
    """Its last line closes it."""
    cli.sql("inbox.db", "UPDATE contacts SET name = hex(zeroblob(20000000))"
            " WHERE phone = '+493010000001'")
    killed(cli, "contact", "export", "+493010000001", "--output", "cut")
    with pytest.raises(ValueError):
        json.loads((cli.dir / "cut" / "export.json").read_text())


def test_half_a_backup_has_another_name(cli):
    """The folder gets its own when all of it is on disk."""
    cli.sql("inbox.db", "UPDATE contacts SET name = hex(zeroblob(20000000))"
            " WHERE phone = '+493010000001'")
    before = set(os.listdir(cli.dir))
    killed(cli, "backup", "half")
    assert not (cli.dir / "half").exists()
    (left,) = set(os.listdir(cli.dir)) - before
    assert "half of one" in cli.fails(65, "restore", cli.dir / left)
