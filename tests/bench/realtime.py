#!/usr/bin/env python3
"""From POST to the client: how long until a message is in 200 streams.

    tests/bench/realtime.py [STREAMS [MESSAGES_A_SECOND [SECONDS]]]

Starts a node of its own on 127.0.0.1, opens that many streams through nginx,
delivers messages at that rate, and prints the time from the beginning of the
POST to the bytes at the client.  All on one machine, the clients too: eight
streams are measured, the others only read.  A few messages are not seen here,
since the chunks of the answer end in the middle of what is looked for.
"""

import multiprocessing
import pathlib
import re
import selectors
import socket
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
from rig import Node, new_phone, text_message  # noqa: E402

PROBES = 8
HEAD = "GET /api/v1/realtime HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}" \
    "\r\n\r\n"


def read(port, token, n, ready, over, found):
    """Reads N streams; where FOUND is a queue, notes when what came."""
    loop, socks = selectors.DefaultSelector(), []
    for _ in range(n):
        s = socket.create_connection(("127.0.0.1", port))
        s.sendall(HEAD.format(token).encode())
        assert b" 200 " in s.recv(65536)
        s.setblocking(False)
        loop.register(s, selectors.EVENT_READ)
        socks.append(s)
    ready.wait()
    seen, rest = [], {}
    while not over.is_set():
        for key, _ in loop.select(0.2):
            text = rest.get(key.fd, b"") + key.fileobj.recv(262144)
            now = time.monotonic()
            if found is not None:
                at = 0
                for m in re.finditer(
                        rb'"content":\{"body":"bench (\d+)"', text):
                    seen.append((int(m[1]), now))
                    at = m.end()
                rest[key.fd] = text[max(at, len(text) - 60):]
    if found is not None:
        found.put(seen)


def post(node, i, sent):
    sent[i] = time.monotonic()
    answer = node.deliver(text_message(new_phone(), f"bench {i}"))
    assert answer.status == 200


def main(streams=200, rate=200, seconds=10):
    node = Node().up()
    found = multiprocessing.Queue()
    over = multiprocessing.Event()
    ready = multiprocessing.Barrier(3)
    readers = [multiprocessing.Process(target=read, args=(
        node.port, node.token, n, ready, over, queue))
        for n, queue in ((streams - PROBES, None), (PROBES, found))]
    try:
        for r in readers:
            r.start()
        ready.wait(60)
        sent, began, threads = {}, time.monotonic(), []
        for i in range(rate * seconds):
            time.sleep(max(0, began + i / rate - time.monotonic()))
            threads.append(threading.Thread(target=post, args=(node, i, sent)))
            threads[-1].start()
        for t in threads:
            t.join()
        took = time.monotonic() - began
        time.sleep(3)
        over.set()
        ms = sorted((at - sent[i]) * 1000 for i, at in found.get())
        print(f"{streams} streams, {rate * seconds / took:.0f} messages/s, "
              f"{len(ms)} of {rate * seconds * PROBES} seen: "
              f"p50 {ms[len(ms) // 2]:.1f} ms, "
              f"p99 {ms[len(ms) * 99 // 100]:.1f} ms, "
              f"longest {ms[-1]:.1f} ms")
    finally:
        over.set()
        for r in readers:
            r.join(10)
            r.kill()
        node.remove()


if __name__ == "__main__":
    main(*map(int, sys.argv[1:4]))
