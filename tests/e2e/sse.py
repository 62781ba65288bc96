"""A client of event streams, as WHATWG HTML §9.2 reads them."""

import json
import queue
import socket
import threading
import time

from rig import PATIENCE


class Event:
    def __init__(self, id_, type_, data):
        self.id, self.type, self.data = id_, type_, data

    @property
    def json(self):
        return json.loads(self.data)

    def __repr__(self):
        return f"{self.id} {self.type} {self.data[:200]}"


class Stream:
    """GET /realtime on NODE, read by a thread of its own."""

    def __init__(self, node, token=None, last=None, query="", source=None,
                 read=True, receive=None):
        """receive: the bytes that wait here for who reads slowly."""
        self.sock = socket.socket()
        self.sock.settimeout(PATIENCE)
        if receive:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
        if source:
            self.sock.bind((source, 0))
        self.sock.connect(("127.0.0.1", node.port))
        if token is None and "ticket=" not in query:
            token = node.token
        head = [f"GET /api/v1/realtime{query} HTTP/1.1", "Host: x"]
        if token:
            head.append(f"Authorization: Bearer {token}")
        if last is not None:
            head.append(f"Last-Event-ID: {last}")
        self.sock.sendall("\r\n".join(head + ["", ""]).encode())
        self.events, self.comments = queue.Queue(), 0
        self.bytes, self.last_id = bytearray(), ""
        self.ended = threading.Event()
        self.status, self.headers, self.ready = None, {}, None
        self.file = self.sock.makefile("rb")
        if read:
            self.read_head()
            if self.status == 200:
                threading.Thread(target=self.run, daemon=True).start()

    def read_head(self):
        self.status = int(self.file.readline().split()[1])
        while (line := self.file.readline().strip()):
            name, _, value = line.decode().partition(": ")
            self.headers[name.lower()] = value
        if "content-length" in self.headers:
            self.body = self.file.read(int(self.headers["content-length"]))

    def chunks(self):
        while (size := int(self.file.readline() or b"0", 16)):
            yield self.file.read(size)
            self.file.readline()

    def run(self):
        rest = b""
        try:
            for chunk in self.chunks():
                self.bytes += chunk
                self.comments += chunk.count(b"\n:") + chunk.startswith(b":")
                rest += chunk
                while b"\n\n" in rest:
                    block, rest = rest.split(b"\n\n", 1)
                    self.block(block.decode())
        except (OSError, ValueError):
            pass
        self.ended.set()

    def block(self, text):
        fields = {}
        for line in text.split("\n"):
            if line.startswith(":"):
                continue
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        if "data" not in fields:  # many clients forget such an id
            return
        self.last_id = fields.get("id", self.last_id)
        if fields.get("event") == "ready":
            self.ready = fields
        else:
            self.events.put(Event(self.last_id, fields.get("event"),
                                  fields["data"]))

    def next(self, seconds=PATIENCE):
        return self.events.get(timeout=seconds)

    def until(self, wanted, seconds=PATIENCE):
        """Events up to the first that WANTED(event) takes."""
        end, found = time.monotonic() + seconds, []
        while True:
            found.append(self.next(max(0.01, end - time.monotonic())))
            if wanted(found[-1]):
                return found

    def close(self):
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.sock.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
