"""Private memory of the programs, and whether more load makes it more."""

import http.client
import selectors
import socket
import threading
import time

from rig import SERVICES, private_kb
from row import Figure, Row

STREAMS = 100
RATE = 200      # messages a second; each goes to every stream
READERS = 8
READS = ["/conversations?limit=50", "/conversations?unread=true", "/changes",
         "/conversations?q=Anna", "/conversations/1/messages?limit=100"]


class Reader(threading.Thread):
    """Keeps event streams open and reads what comes."""

    def __init__(self, node, n):
        super().__init__(daemon=True)
        self.loop, self.over, self.read = selectors.DefaultSelector(), 0, 0
        for _ in range(n):
            s = socket.create_connection(("127.0.0.1", node.port))
            s.sendall(f"GET /api/v1/realtime HTTP/1.1\r\nHost: x\r\n"
                      f"Authorization: Bearer {node.token}\r\n\r\n".encode())
            head = s.recv(65536)
            assert b" 200 " in head, head
            s.setblocking(False)
            self.loop.register(s, selectors.EVENT_READ)
        self.start()

    def run(self):
        while not self.over:
            for key, _ in self.loop.select(0.2):
                self.read += len(key.fileobj.recv(262144))

    def close(self):
        self.over = 1
        self.join()
        for key in list(self.loop.get_map().values()):
            key.fileobj.close()


def private_mb(pid):
    return private_kb(pid) / 1024


class Memory(Row):
    name = "memory"
    what = "private memory after ten times the load"
    reference = "the same node after the load once"
    alternates = False
    modes = ("full",)   # ten times the load takes its time
    figures = [Figure("together", "MB", at_most=30),
               Figure("growth", "MB", at_most=1.1, ratio=True)] + \
              [Figure(p, "MB") for p in SERVICES] + \
              [Figure("supervisors", "MB")]

    def open(self, bench):
        self.unit = 5
        n = int(RATE * self.unit)
        self.how = \
            f"The load: {n} messages at {RATE}/s to {STREAMS} open " \
            f"streams, {n * 10} at 1,000/s in a burst, {n * 2} reads of the " \
            f"API by {READERS} at a time, {n // 2} verifications; then nine " \
            "times more, and a tenth of it before each round; then seven " \
            "seconds of rest. " \
            "Private_Clean and Private_Dirty of the programs; " \
            "“supervisors” (multiwatch, one a program) is not in “together”."
        self.node, self.seed = bench.node(), 1
        self.reader = Reader(self.node, STREAMS)
        self.load(bench, 1)
        self.first = self.measured()
        for _ in range(9):
            self.load(bench, 1)

    def load(self, bench, times):
        n = int(RATE * self.unit * times)
        bodies = bench.talk(n * 11, self.seed, 2000)
        self.seed += 1
        bench.offer(self.node, RATE, n / RATE, bench.lines(bodies[:n]))
        # As webhooks come when the provider was away.
        bench.offer(self.node, 1000, n * 10 / 1000, bench.lines(bodies[n:]))
        self.read(n * 2)
        self.node.drained(60)

    def read(self, n):
        def some():
            c = http.client.HTTPConnection("127.0.0.1", self.node.port)
            for i in range(n // READERS):
                ask(c, "/api/v1" + READS[i % len(READS)])
                if i % 4 == 0:
                    ask(c, "/api/webhooks/whatsapp?hub.mode=subscribe"
                        "&hub.challenge=1&hub.verify_token="
                        + self.node.verify_token)
            c.close()

        def ask(c, path):
            c.request("GET", path, headers={
                "Authorization": "Bearer " + self.node.token})
            answer = c.getresponse()
            said = answer.read()
            if answer.status == 429:    # a member's searches take turns
                time.sleep(0.05)
                ask(c, path)
            elif answer.status != 200:
                wrong.append((path, answer.status, said))

        wrong = []
        threads = [threading.Thread(target=some) for _ in range(READERS)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not wrong, wrong[0]

    def measured(self):
        assert self.reader.read > 0
        time.sleep(7)   # programs give back what they need no more
        figures = {p: sum(map(private_mb, self.node.pids(p)))
                   for p in SERVICES}
        assert all(figures.values()), figures
        figures["together"] = figures["growth"] = sum(figures.values())
        figures["supervisors"] = sum(
            map(private_mb, self.node.pids("multiwatch")))
        return figures

    def subject(self, bench):
        self.load(bench, 0.1)
        return self.measured()

    def beside(self, bench):
        return self.first

    def close(self, bench):
        if hasattr(self, "reader"):
            self.reader.close()


ROWS = [Memory()]
