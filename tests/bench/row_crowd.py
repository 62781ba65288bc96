"""Memory while many are there at once: streams, and who has no token."""

import selectors
import socket
import time

from rig import SERVICES
from row import Figure, Row
from row_memory import Reader, private_mb

N = 1000


class Streams(Row):
    name = "memory_streams"
    what = f"private memory of all programs with {N:,} event streams open"
    how = "200 messages go to each of them; then seven seconds of rest. As " \
          "memory."
    modes = ("full",)
    figures = [Figure("together", "MB", at_most=45)] + \
              [Figure(p, "MB") for p in SERVICES]

    def open(self, bench):
        self.node = bench.node()
        self.reader, self.seed = Reader(self.node, N), 1

    def subject(self, bench):
        bodies = bench.talk(200, self.seed, 100)
        self.seed += 1
        bench.offer(self.node, 50, 4, bench.lines(bodies))
        self.node.drained(60)
        time.sleep(7)
        figures = {p: sum(map(private_mb, self.node.pids(p)))
                   for p in SERVICES}
        assert all(figures.values()), figures
        return {"together": sum(figures.values()), **figures}

    def close(self, bench):
        if hasattr(self, "reader"):
            self.reader.close()


class Strangers(Row):
    name = "memory_strangers"
    what = f"private memory of nginx while {N:,} connections send 1 MB each " \
           "to the API, and to the webhook, without a token"
    how = "The most that was seen, until all was sent or refused; nobody " \
          "reads an answer before."
    modes = ("full",)
    figures = [Figure("api", "MB", at_most=32),
               Figure("webhook", "MB", at_most=32)]

    def open(self, bench):
        self.node = bench.node()

    def nginx(self):
        return sum(map(private_mb, self.node.pids("nginx")))

    def sent(self, path):
        """The most that nginx had meanwhile."""
        text = (f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: "
                "application/json\r\nContent-Length: 1048576\r\n\r\n"
                ).encode() + b"x" * 1048576
        loop = selectors.DefaultSelector()
        for _ in range(N):
            s = socket.create_connection(("127.0.0.1", self.node.port))
            s.setblocking(False)
            loop.register(s, selectors.EVENT_WRITE, [0])
        most, looked, end = 0, 0, time.monotonic() + 60
        while loop.get_map() and time.monotonic() < end:
            for key, _ in loop.select(1):
                at = key.data
                try:
                    at[0] += key.fileobj.send(text[at[0]:at[0] + 65536])
                except BlockingIOError:
                    continue
                except OSError:         # it was refused, and hung up
                    at[0] = len(text)
                if at[0] == len(text):
                    loop.unregister(key.fileobj)
                    key.fileobj.close()
            if time.monotonic() - looked > 0.1:
                most, looked = max(most, self.nginx()), time.monotonic()
        assert not loop.get_map(), f"{len(loop.get_map())} were not taken"
        return most

    def subject(self, bench):
        return {"api": self.sent("/api/v1/conversations/1/messages"),
                "webhook": self.sent("/api/webhooks/whatsapp")}


ROWS = [Streams(), Strangers()]
