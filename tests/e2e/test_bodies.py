"""Bodies: judged by the head before any of it is taken, and taken as they come
while no thread waits for them."""

import contextlib
import hashlib
import hmac
import os
import pathlib
import select
import signal
import socket
import struct
import subprocess
import time

import pytest

from office import Workspace
from rig import PATIENCE, WEBHOOK, new_phone, wait_for
from test_media import form, upload

SECRET = "the-app-secret-of-it"


def head(path, token, length, *lines, method="POST"):
    return "\r\n".join([
        f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {length}",
        *([f"Authorization: Bearer {token}"] if token else []), *lines, "",
        ""]).encode()


class Slow:
    """A request that comes in pieces."""

    def __init__(self, node, *data):
        self.socket = socket.create_connection(("127.0.0.1", node.port),
                                               PATIENCE)
        self.say(*data)

    def say(self, *data):
        for piece in data:
            self.socket.sendall(piece)

    def status(self):
        """Of its answer, which ends the connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            more = self.socket.recv(65536)
            assert more, f"hung up after {data[:100]}"
            data += more
        return int(data[9:12])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()


@contextlib.contextmanager
def slow(node, n, *data):
    with contextlib.ExitStack() as stack:
        yield [stack.enter_context(Slow(node, *data)) for _ in range(n)]


def bodies_on_disk(node):
    """Those that actions is taking."""
    found = []
    for pid in node.pids("actions"):
        for fd in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(OSError):
                if "/.body-" in os.readlink(fd):
                    found.append(fd)
    return found


@pytest.fixture(scope="module", autouse=True)
def standstill(node):
    """A delivery that stands still while the other tests go on."""
    with Slow(node, head(WEBHOOK, node.webhook_token, 1 << 20), b"x") as s:
        yield s


# -------------------------------------------------------- 401 is said first

@pytest.mark.parametrize("token", ["", "wrong"])
@pytest.mark.parametrize("path", [
    WEBHOOK, WEBHOOK + "/wrong", "/api/v1/contacts", "/api/v1/media",
    "/api/v1/conversations/1/read", "/api/v1/nothing"])
def test_who_has_no_token_hears_it_before_a_byte_is_sent(node, path, token):
    with Slow(node, head(path, token, 1 << 20)) as s:
        assert s.status() == 401


@pytest.mark.parametrize("path", ["/healthz", "/api/v1/changes", WEBHOOK,
                                  "/api/v1/realtime", "/metrics"])
def test_what_has_no_body_takes_none(node, path):
    with Slow(node, head(path, "", 1 << 20, method="GET")) as s:
        assert s.status() == 413


@pytest.mark.parametrize("signature", [
    "", "sha256=", "sha256=" + "0" * 63, "sha256=" + "0" * 65,
    "sha256=" + "g" * 64, "sha1=" + "0" * 64])
def test_a_signature_must_look_like_one(signed, signature):
    with Slow(signed, head(WEBHOOK, "", 1 << 20,
                           f"X-Hub-Signature-256: {signature}")) as s:
        assert s.status() == 401


def test_what_is_too_long_is_refused_by_its_head(node):
    for path, token in ((WEBHOOK, node.webhook_token),
                        ("/api/v1/contacts", node.token)):
        with Slow(node, head(path, token, 7 << 20)) as s:
            assert s.status() == 413


# ------------------------------------------------------ slow ones are taken

def test_slow_bodies_occupy_no_thread(make_node):
    """Many more than there are threads; whoever is quick is served, and those
    that come to their end in time are taken whole."""
    node = make_node(WASPOOL_THREADS=2, WASPOOL_ACTION_THREADS=2)
    node.post("/contacts", {"phone": "+" + new_phone(), "name": "Warm"})
    first, rest = b" " * 100_000, b" " * 50_000 + b"{}"
    length = len(first) + len(rest)
    file, file_head = form(("file", "a.pdf", "application/pdf",
                            os.urandom(2 << 20)))
    lines = [f"{k}: {v}" for k, v in file_head.items()]
    contact = b'{"phone": "+%s", "name": "Slow"}'
    phones = [new_phone().encode() for _ in range(6)]
    with slow(node, 20, head(WEBHOOK, node.webhook_token, length),
              first) as hooks, \
            slow(node, 6, head("/api/v1/media", node.token, len(file), *lines),
                 file[:1 << 20]) as files, \
            contextlib.ExitStack() as stack:
        posts = [stack.enter_context(Slow(node, head(
            "/api/v1/contacts", node.token, len(contact % p),
            "Content-Type: application/json"), (contact % p)[:10]))
            for p in phones]
        wait_for(lambda: len(bodies_on_disk(node)) == 6)
        for _ in range(5):
            began = time.monotonic()
            assert node.deliver("{}").status == 200
            assert node.get("/me").status == 200
            assert time.monotonic() - began < 20
        for s in hooks:
            s.say(rest)
        for s, p in zip(posts, phones):
            s.say((contact % p)[10:])
        for s in files:
            s.say(file[1 << 20:])
        assert {s.status() for s in hooks} == {200}
        assert {s.status() for s in posts} == {201}
        assert {s.status() for s in files} == {201}
    kept = node.spool("SELECT count(*) FROM deliveries WHERE body = ?",
                      first + rest)
    assert kept == [(20,)]
    assert node.db("SELECT count(*) FROM uploads WHERE size = ?",
                   2 << 20) == [(6,)]
    wait_for(lambda: not bodies_on_disk(node))


def test_who_leaves_leaves_nothing(make_node):
    node = make_node()
    before = node.spool("SELECT count(*) FROM deliveries")
    with slow(node, 5, head("/api/v1/media", node.token, 10 << 20,
                            "Content-Type: multipart/form-data; boundary=b"),
              b"--b\r\n" + b"x" * 100_000):
        wait_for(lambda: len(bodies_on_disk(node)) == 5)
    wait_for(lambda: not bodies_on_disk(node))
    with slow(node, 5, head(WEBHOOK, node.webhook_token, 1000), b"x" * 900):
        assert node.deliver("{}").status == 200
    assert node.spool("SELECT count(*) FROM deliveries") == \
        [(before[0][0] + 1,)]
    pid = node.kill("actions", signal.SIGTERM)
    wait_for(lambda: node.pids("actions") not in ([], [pid]))
    assert list((node.dir / "state").glob(".body*")) == []


# ------------------------------------------------------------ a share for each

def test_a_member_and_a_workspace_have_a_share(make_node):
    node = make_node(WASPOOL_UPLOADS_MAX=4)
    here, there = Workspace(node, "Here"), Workspace(node, "There")
    _, second = here.member("second@example.com", "Second")
    text = "Content-Type: multipart/form-data; boundary=b"

    def upload_of(token):
        return Slow(node, head("/api/v1/media", token, 1 << 20, text),
                    b"--b\r\n")

    with contextlib.ExitStack() as stack:
        def comes(token):
            s = stack.enter_context(upload_of(token))
            n = len(bodies_on_disk(node))
            return s, n

        comes(here.token)
        wait_for(lambda: len(bodies_on_disk(node)) == 1)
        with upload_of(here.token) as s:            # a quarter: one
            assert s.status() == 429
        comes(second)
        wait_for(lambda: len(bodies_on_disk(node)) == 2)
        _, third = here.member("third@example.com", "Third")
        with upload_of(third) as s:                 # half of four
            assert s.status() == 429
        comes(there.token)
        wait_for(lambda: len(bodies_on_disk(node)) == 3)
        # A small one that comes at once is no trouble to anybody, and neither
        # is what is no upload.
        node.token = here.token
        assert upload(node, ("file", "a.png", "image/png", b"png")
                      ).status == 201
        json = b'{"phone": "+%s", "name": "C"}' % new_phone().encode()
        with Slow(node, head("/api/v1/contacts", here.token, len(json),
                             "Content-Type: application/json")) as s:
            time.sleep(0.2)
            s.say(json)
            assert s.status() == 201
    wait_for(lambda: not bodies_on_disk(node))

    def is_taken():     # the share is given back a moment after the file
        with upload_of(here.token) as s:
            return wait_for(lambda: bodies_on_disk(node) or
                            select.select([s.socket], [], [], 0)[0]) \
                and bodies_on_disk(node)
    wait_for(is_taken)


@pytest.fixture(scope="module")
def signed():
    from rig import Node
    node = Node({"WHATSAPP_WEBHOOK_TOKEN": "", "WHATSAPP_APP_SECRET": SECRET,
                 "WASPOOL_UNCHECKED_MAX": 2})
    try:
        yield node.up()
    finally:
        node.remove()


def sign(body):
    return "X-Hub-Signature-256: sha256=" + hmac.new(
        SECRET.encode(), body, hashlib.sha256).hexdigest()


def end(s, rest):
    """The status of a delivery whose REST comes now; hung up is 503."""
    try:
        s.say(rest)
        return s.status()
    except (OSError, AssertionError):
        return 503


def test_unchecked_bodies_have_little_room(signed):
    """The third is refused while two come; one that has been coming for a
    second gives way; a small one is never held up."""
    body = b" " * 200_000
    text = head(WEBHOOK, "", len(body), sign(body))
    with slow(signed, 2, text, body[:1000]) as two:
        time.sleep(0.3)
        with Slow(signed, text, body) as s:
            assert s.status() in (200, 503)
        name, value = sign(b"{}").split(": ")
        assert signed.deliver(b"{}", token="", headers={name: value}
                              ).status == 200
        time.sleep(1.2)

        def taken():
            with Slow(signed, text, body) as s:
                return s.status() == 200
        wait_for(taken)
        # Which of the two came first, the program knows.
        assert sorted(end(s, body[1000:]) for s in two) == [200, 503]


# -------------------------------------------- bodies that say no length

def test_chunks_are_taken_from_who_may(node):
    def chunked(path, token, body):
        lines = [f"POST {path} HTTP/1.1", "Host: x", "Connection: close",
                 "Content-Type: application/json",
                 "Transfer-Encoding: chunked"]
        if token:
            lines.append(f"Authorization: Bearer {token}")
        return "\r\n".join([*lines, "", ""]).encode() + \
            b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)

    contact = b'{"phone": "+%s", "name": "C"}' % new_phone().encode()
    for path, token, status in (
            (WEBHOOK, node.webhook_token, 200), (WEBHOOK, "", 401),
            (f"{WEBHOOK}/{node.webhook_token}", "", 200),
            (f"{WEBHOOK}/wrong", "", 401),
            ("/api/v1/contacts", node.token, 201),
            ("/api/v1/contacts", "wrong", 401),
            ("/api/v1/media", node.token, 411)):
        with Slow(node, chunked(path, token, contact)) as s:
            assert s.status() == status, path


def test_chunks_without_a_token_need_a_length(signed):
    name = sign(b"{}")
    with Slow(signed, "\r\n".join([
            f"POST {WEBHOOK} HTTP/1.1", "Host: x", name,
            "Transfer-Encoding: chunked", "", ""]).encode()) as s:
        assert s.status() == 411


@pytest.fixture(scope="module")
def http2(tmp_path_factory):
    """A second nginx before the same programs, which speaks HTTP/2."""
    from rig import Node, free_port
    node = Node().up()
    port, folder = free_port(), tmp_path_factory.mktemp("http2")
    conf = (node.dir / "nginx.conf").read_text()
    conf = conf.replace(f"listen 127.0.0.1:{node.port};",
                        f"listen 127.0.0.1:{port} http2;")
    conf = conf.replace("run/nginx.pid", "run/http2.pid")
    (node.dir / "http2.conf").write_text(conf)
    p = subprocess.Popen(["nginx", "-e", folder / "log", "-p", f"{node.dir}/",
                          "-c", node.dir / "http2.conf"], cwd=folder)
    try:
        wait_for(lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
        yield node, port
    finally:
        p.terminate()
        p.wait(60)
        node.remove()


def frame(type_, flags, stream, payload=b""):
    return struct.pack("!I", len(payload))[1:] + bytes([type_, flags]) + \
        struct.pack("!I", stream) + payload


def field(name, value):
    """Of a header block, as HPACK says it without a table."""
    assert len(name) < 127 and len(value) < 127
    return b"\0" + bytes([len(name)]) + name.encode() + \
        bytes([len(value)]) + value.encode()


def status_of(data):
    """That of the first HEADERS frame, or None: there is none yet."""
    while len(data) >= 9:
        n = int.from_bytes(data[:3], "big")
        if data[3] == 1 and len(data) >= 9 + n:
            return 200 if data[9] == 0x88 else int(data[11:14])
        data = data[9 + n:]
    return None


def http2_says(port, path, body, token="", length=True, method="POST"):
    """The status of the answer.  No curl: 7.88 loses those that come before a
    body has been sent."""
    block = field(":method", method) + field(":path", path) + \
        field(":scheme", "http") + field(":authority", "x")
    if length:
        block += field("content-length", str(len(body)))
    if token:
        block += field("authorization", f"Bearer {token}")
    sent = body[:60000]         # a window; for more nginx would ask
    pieces = [sent[i:i + 16384] for i in range(0, len(sent), 16384)]
    text = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) + \
        frame(1, 4 if pieces else 5, 1, block)
    for i, piece in enumerate(pieces):
        last = i + 1 == len(pieces) and len(sent) == len(body)
        text += frame(0, int(last), 1, piece)
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as s:
        s.sendall(text)
        data, status = b"", None
        while status is None:
            more = s.recv(65536)
            assert more, data
            data += more
            status = status_of(data)
    return status


def test_over_http_2_too(http2):
    node, port = http2
    big, some = b" " * (1 << 20), b" " * 50_000
    temporary = set((node.dir / "tmp" / "body").iterdir())
    assert http2_says(port, "/api/v1/me", b"", node.token, False, "GET") == 200
    assert http2_says(port, "/api/v1/me", big, "", False, "GET") == 413
    for path in (WEBHOOK, f"{WEBHOOK}/wrong", "/api/v1/contacts"):
        for body in (b"{}", big):
            for length in (True, False):
                assert http2_says(port, path, body, "", length) == 401
    assert http2_says(port, "/api/v1/media", big, node.token, False) == 411
    for length in (True, False):
        assert http2_says(
            port, WEBHOOK, some, node.webhook_token, length) == 200
    assert node.spool("SELECT count(*) FROM deliveries WHERE body = ?",
                      some) == [(2,)]
    # nginx takes its file away after the answer.
    wait_for(lambda: set((node.dir / "tmp" / "body").iterdir()) == temporary)


def test_one_that_stands_still_is_hung_up(standstill):
    """By nginx's client_body_timeout; the program would, some time later."""
    standstill.socket.settimeout(PATIENCE)
    assert standstill.socket.recv(100)[9:12] in (b"503", b"")
