"""Strangers: many, each with a megabyte and no token.

Whatever they send, to whatever address: none of it reaches a disk, nginx and
our programs together take less than 32 MB for a thousand of them, they are
told 401 before they have sent it, and the provider's deliveries go on.
"""

import ctypes
import hashlib
import hmac
import os
import resource
import selectors
import socket
import struct
import subprocess
import time

from rig import SANITIZED, WEBHOOK, Node, private_kb, processes_in, wait_for

NAME = "strangers"
SHORT, LONG = 1, 5
MINUTES = 3

STRANGERS = 1000
BODY = 1 << 20
LIMIT_KB = 32 * 1024
SECRET = "the-app-secret-of-it"
IN_CREATE, IN_MODIFY, IN_NONBLOCK = 0x100, 0x2, 0o4000


class Watch:
    """What is made or written in folders while it looks."""

    def __init__(self, *folders):
        libc = ctypes.CDLL(None, use_errno=True)
        self.fd = libc.inotify_init1(IN_NONBLOCK)
        assert self.fd != -1, "no inotify"
        for folder in folders:
            folder.mkdir(exist_ok=True)
            assert libc.inotify_add_watch(
                self.fd, bytes(folder), IN_CREATE | IN_MODIFY) != -1, folder

    def names(self):
        """All since it was last asked, but for the databases' own."""
        names = set()
        try:
            while data := os.read(self.fd, 1 << 16):
                while data:
                    n = struct.unpack_from("iIII", data)[3]
                    names.add(data[16:16 + n].rstrip(b"\0").decode())
                    data = data[16 + n:]
        except BlockingIOError:
            pass
        return {n for n in names
                if not n.startswith(("inbox.db", "spool.db"))}

    def close(self):
        os.close(self.fd)


def memory_kb(node):
    return sum(private_kb(pid) for pid, name in processes_in(node.dir)
               if name in ("nginx", "webhook-ingest", "actions", "realtime",
                           "webhook-verify", "sign-in"))


def head(path, *lines, method="POST"):
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: x", *lines, "",
                        ""]).encode()


def chunked():
    piece = b"x" * 65536
    return b"".join(b"10000\r\n" + piece + b"\r\n"
                    for _ in range(BODY // len(piece)))


class Stranger:
    def __init__(self, node, data):
        self.socket = socket.create_connection(("127.0.0.1", node.port), 10)
        self.socket.setblocking(False)
        self.left, self.answer, self.over = memoryview(data), b"", False

    def go_on(self):
        """Sends and reads what goes now."""
        try:
            while self.left:
                n = self.socket.send(self.left[:65536])
                self.left = self.left[n:]
        except BlockingIOError:
            pass
        except OSError:
            self.left = self.left[:0]
        try:
            while part := self.socket.recv(65536):
                self.answer += part
            self.over = True
        except BlockingIOError:
            pass
        except OSError:
            self.over = True

    def status(self):
        """Of its answer.  nginx lets a body come before the program has said
        no to it."""
        answer = self.answer.removeprefix(b"HTTP/1.1 100 Continue\r\n\r\n")
        return answer[9:12].decode()


def crowd(node, kinds, n):
    """N strangers of these kinds, all at once, until each has its answer: they
    and the most memory that was taken for them."""
    before = memory_kb(node)
    most, seen, all_ = 0, 0, []
    selector = selectors.DefaultSelector()
    for i in range(n):
        s = Stranger(node, kinds[i % len(kinds)])
        selector.register(s.socket, selectors.EVENT_READ |
                          selectors.EVENT_WRITE, s)
        all_.append(s)
    end = time.monotonic() + 180
    open_ = n
    while open_ and time.monotonic() < end:
        for key, _ in selector.select(0.1):
            s = key.data
            s.go_on()
            if s.over or s.status():
                selector.unregister(s.socket)
                open_ -= 1
            elif not s.left:
                selector.modify(s.socket, selectors.EVENT_READ, s)
        if time.monotonic() - seen > 0.05:
            seen = time.monotonic()
            most = max(most, memory_kb(node) - before)
    most = max(most, memory_kb(node) - before)
    for s in all_:
        s.socket.close()
    selector.close()
    return all_, most


def statuses(strangers):
    found = {}
    for s in strangers:
        status = s.status() or "none"
        found[status] = found.get(status, 0) + 1
    return found


def no_token(node):
    """Each address, each way to say how long a body is."""
    length = f"Content-Length: {BODY}"
    body, pieces = b"x" * BODY, chunked()
    wrong, sha = "Authorization: Bearer wrong", "0" * 64
    chunks = "Transfer-Encoding: chunked"
    return [
        head(WEBHOOK, length) + body,
        head(WEBHOOK, length, wrong) + body,
        head(WEBHOOK + "/wrong", length) + body,
        head(WEBHOOK, length, f"X-Hub-Signature-256: sha256={sha}") + body,
        head(WEBHOOK, chunks) + pieces,
        head(WEBHOOK + "/wrong", chunks, wrong) + pieces,
        head("/api/v1/contacts", length) + body,
        head("/api/v1/contacts", length, wrong, "Expect: 100-continue") + body,
        head("/api/v1/contacts", chunks) + pieces,
        head("/api/v1/conversations/1/messages", length, wrong) + body,
        head("/api/v1/media", length) + body,
        head("/api/v1/media", length, wrong,
             "Content-Type: multipart/form-data; boundary=b") + body,
    ]


def many(node, kinds, n, allowed, report, what):
    watch = Watch(*(node.dir / "tmp" / d for d in ("body", "fastcgi")),
                  node.dir / "state")
    kept = node.spool("SELECT count(*) FROM deliveries")
    # The first crowd makes threads and tables that stay.
    crowd(node, kinds, len(kinds))
    watch.names()
    try:
        strangers, most = crowd(node, kinds, n)
        written = watch.names()
    finally:
        watch.close()
    found = statuses(strangers)
    assert set(found) <= allowed, f"{what}: {found}"
    assert not written, f"{what}: {written} came onto the disk"
    assert node.spool("SELECT count(*) FROM deliveries") == kept
    assert SANITIZED or most < LIMIT_KB, \
        f"{what}: {n} strangers took {most // 1024} MB"
    report.check(f"{what}: {most / 1024:.1f} MB for {n} of them, {found}")


def sign(body):
    return "sha256=" + hmac.new(SECRET.encode(), body,
                                hashlib.sha256).hexdigest()


def deliver(node, body=b"{}"):
    began = time.monotonic()
    answer = node.deliver(body, token="", headers={
        "X-Hub-Signature-256": sign(body)})
    return answer.status, time.monotonic() - began


def slow_and_signed(node, report):
    """More slow bodies that say they are signed than there is room for: the
    provider's own still come, in one piece or in a few."""
    text = head(WEBHOOK, f"Content-Length: {BODY}",
                f"X-Hub-Signature-256: sha256={'0' * 64}") + b"x" * 5000
    slow = [Stranger(node, text) for _ in range(200)]
    try:
        for s in slow:
            s.go_on()
        time.sleep(1.5)     # when they come for a second, they give way
        wait_for(lambda: deliver(node)[0] == 200)
        worst = 0
        for body in (b"{}", b" " * 300000 + b"{}"):
            for _ in range(5):
                status, seconds = deliver(node, body)
                assert status == 200, (status, len(body))
                worst = max(worst, seconds)
    finally:
        for s in slow:
            s.socket.close()
    report.check(f"signed deliveries among {len(slow)} slow ones, the longest "
                 f"in {worst * 1000:.0f} ms")


def small_disk(node_dir):
    """A file system that is small, or None."""
    if os.geteuid() != 0:
        return None
    folder = node_dir / "disk"
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=300m", "tmpfs",
                           folder], capture_output=True)
    return folder if done.returncode == 0 else None


def fill_by_uploads(report):
    """Strangers begin large uploads and stay; the disk is small."""
    node = Node({"WASPOOL_MIN_FREE": "16MiB"})
    disk = small_disk(node.dir)
    if disk is None:
        report.check("a small disk could not be mounted here: not tried")
        node.remove()
        return
    try:
        for name in ("state", "tmp"):
            (disk / name).mkdir()
            (node.dir / name).symlink_to(disk / name)
        node.up()
        free = os.statvfs(disk).f_bfree
        text = head("/api/v1/media", f"Content-Length: {100 << 20}") + \
            b"x" * (40 << 20)
        strangers, _ = crowd(node, [text], 5)
        assert set(statuses(strangers)) <= {"401"}, statuses(strangers)
        assert abs(free - os.statvfs(disk).f_bfree) < 1000
        assert node.deliver("{}").status == 200
        report.check("uploads of strangers on a small disk: nothing of them")
    finally:
        node.down()
        subprocess.run(["umount", disk], check=True)
        node.remove()


def run(scale, report):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    n = STRANGERS if not SANITIZED else 100
    node = Node({"WASPOOL_LOG_LEVEL": "warn"})
    signed = Node({"WASPOOL_LOG_LEVEL": "warn", "WHATSAPP_WEBHOOK_TOKEN": "",
                   "WHATSAPP_APP_SECRET": SECRET})
    try:
        node.up()
        signed.up()
        for _ in scale.rounds():
            checks = type(report)()     # the last round's are told
            many(node, no_token(node), n, {"401", "411"}, checks,
                 "no token")
            assert node.deliver("{}").status == 200
            one = head(WEBHOOK, f"Content-Length: {BODY}",
                       f"X-Hub-Signature-256: sha256={'0' * 64}") + b"x" * BODY
            none = head(WEBHOOK, f"Content-Length: {BODY}",
                        "X-Hub-Signature-256: sha256=0") + b"x" * BODY
            many(signed, [one, one, none], n, {"401", "503"}, checks,
                 "a false signature")
            slow_and_signed(signed, checks)
        if scale.long:
            fill_by_uploads(checks)
        report.checked += checks.checked
    finally:
        node.remove()
        signed.remove()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
