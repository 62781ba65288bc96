"""How often a request waits for PostgreSQL: each time is a way to another process,
and perhaps to another machine.  Counted between the program and the server, as
docs/postgresql.md has it."""

import os
import pathlib
import select
import socket
import struct
import tempfile
import threading
import time
import urllib.parse

import pytest

from rig import PGSQL, Node, message, new_phone, envelope, value, contact, text_message

pytestmark = pytest.mark.skipif(not PGSQL, reason="it wants ./dev test --pgsql")

LATER = b"Q\0\0\0\rROLLBACK\0"      # nobody waits for its answer


class Relay:
    """Between clients and the server: how often actions spoke and waits."""

    def __init__(self, server):
        self.server = str(server / ".s.PGSQL.5432")
        self.dir = tempfile.mkdtemp(prefix="waspool-relay-", dir="/tmp")
        os.chmod(self.dir, 0o755)
        self.path = self.dir + "/.s.PGSQL.5432"
        self.count = 0
        self.listening = socket.socket(socket.AF_UNIX)
        self.listening.bind(self.path)
        self.listening.listen(64)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                client, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self.pass_on, args=(client,), daemon=True).start()

    def pass_on(self, client):
        pid = struct.unpack("3i", client.getsockopt(
            socket.SOL_SOCKET, socket.SO_PEERCRED, 12))[0]
        counts = pathlib.Path(f"/proc/{pid}/comm").read_text() == "actions\n"
        server = socket.socket(socket.AF_UNIX)
        try:
            server.connect(self.server)
            self.talk(client, server, counts)
        except OSError:
            pass        # one of them has ended
        client.close()
        server.close()

    def talk(self, client, server, counts):
        heard = True
        while True:
            ready = select.select([client, server], [], [])[0]
            if server in ready:
                data = server.recv(65536)
                heard = True
                if not data:
                    return
                client.sendall(data)
            if client in ready:
                data = client.recv(65536)
                if not data:
                    return
                if data != LATER:
                    self.count += heard and counts
                    heard = False
                server.sendall(data)

    def close(self):
        self.listening.close()
        os.unlink(self.path)
        os.rmdir(self.dir)


@pytest.fixture(scope="module")
def place():
    """(node, relay): a conversation with an answer in it that quotes, reactions,
    a contact, words that are found."""
    import postgres
    server = postgres.shared()
    env = server.for_node()
    relay = Relay(server.dir)
    name = env["WASPOOL_INBOX_MEMBER"].rpartition("/")[2]
    env["WASPOOL_INBOX_MEMBER"] = "postgresql://waspool_serve@" \
        f"{urllib.parse.quote(relay.dir, safe='')}/{name}"
    node = Node({**env, "WASPOOL_ACTION_THREADS": "1"})
    try:
        node.up()
        phone, first, ts = new_phone(), "wamid.first", int(time.time()) - 600
        node.deliver(text_message(phone, "apple pie", wamid=first, ts=ts))
        node.deliver(envelope(value(
            [message(phone, "text", ts=ts + 1, text={"body": "apple tart"},
                     context={"from": phone, "id": first}),
             message(phone, "reaction", ts=ts + 2,
                     reaction={"message_id": first, "emoji": "\N{THUMBS UP SIGN}"})],
            contacts=[contact(phone, "Quetzal Nelson")])))
        for i in range(20):
            node.deliver(text_message(new_phone(), f"pear {i}"))
        node.drained()
        node.searchable()
        a = node.post("/contacts", {"phone": "+" + new_phone(), "name": "Zoe Zebra"})
        assert a.status == 201, a
        node.searchable()
        node.conversation_id = node.wait_conversation(phone)["id"]
        node.contact_id = a.json["id"]
        node.message_id = node.get(
            f"/conversations/{node.conversation_id}/messages").json["data"][0]["id"]
        yield node, relay
    finally:
        node.remove()
        relay.close()


READS = {
    "/conversations": 3,
    "/conversations?limit=7&status=all": 3,
    "/conversations/{c}": 3,
    "/conversations/{c}/messages": 2,
    "/conversations/{c}/messages?limit=1": 2,
    "/conversations/{c}/messages?before={m}": 3,
    "/conversations/{c}/messages?after={m}": 3,
    "/conversations/stats": 2,
    "/messages/{m}": 2,
    "/contacts": 3,
    "/contacts/{k}": 2,
    "/search?q=apple": 4,
    "/search?q=nothing": 3,
    "/search?q=quetzal": 5,
    "/search?q=zebra": 5,
    "/conversations?q=apple": 6,
}


@pytest.mark.parametrize("path", READS)
def test_a_read_waits_so_often(place, path):
    node, relay = place
    path = path.format(c=node.conversation_id, m=node.message_id, k=node.contact_id)
    seen = []
    for _ in range(4):      # once an hour it is noted that a token was used
        relay.count = 0
        a = node.request("GET", "/api/v1" + path,
                         headers={"Authorization": f"Bearer {node.token}"})
        assert a.status == 200, a
        seen.append(relay.count)
    wanted = READS[next(p for p in READS if p.format(
        c=node.conversation_id, m=node.message_id, k=node.contact_id) == path)]
    assert min(seen) == wanted, seen


WRITES = {
    ("POST", "/conversations/{c}/messages"): 11,
    ("POST", "/conversations/{c}/read"): 8,
    ("POST", "/conversations/{c}/archive"): 8,
    ("PATCH", "/contacts/{k}"): 11,
}
BODIES = {"/conversations/{c}/messages": {"type": "text", "text": {"body": "It does."}},
          "/contacts/{k}": {"name": "Zoe"}}


@pytest.mark.parametrize("method, path", WRITES)
def test_a_write_waits_at_most_so_often(place, method, path):
    node, relay = place
    seen = []
    for _ in range(2):
        relay.count = 0
        a = node.api(method, path.format(c=node.conversation_id, k=node.contact_id),
                     BODIES.get(path))
        assert a.status in (200, 202, 204), a
        seen.append(relay.count)
    assert min(seen) <= WRITES[method, path], seen
