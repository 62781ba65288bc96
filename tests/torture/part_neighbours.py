"""Numbers in trouble, and one that is well: nobody waits for a neighbour.

One number has no key and thousands of files that cannot be fetched, one a
message that is always refused, one an account that cannot pay, one tens of
thousands of messages queued for one customer. Meanwhile the well one's
customers write, send pictures, and are answered.
"""

import time

from d360 import D360
from office import Workspace
from rig import Node, contact, envelope, message, new_phone, value, wait_for

NAME = "neighbours"
SHORT, LONG = 3, 60
MINUTES = 4
PATIENCE = 40       # seconds: less than any pause, far more than a turn
PICTURE = b"\x89PNG\r\n\x1a\n neighbours"


class Number:
    """A workspace with a number and a customer who has just written."""

    def __init__(self, node, name, key=True):
        self.node, self.d360 = node, node.provider
        self.office = Workspace(node, name)
        self.number = self.office.number
        if key:
            self.key = self.d360.add_number(self.number)
            node.write_key(self.number, self.key)
        self.customer = self.office.talk()
        (self.id,), = node.db(
            "SELECT id FROM numbers WHERE phone_number_id = ?", self.number)

    def say(self, text, customer=None):
        c = customer or self.customer
        answer = self.office.api(
            "POST", f"/conversations/{c['id']}/messages",
            {"type": "text", "text": {"body": text}})
        assert answer.status == 202, answer
        return answer.json["id"]

    def shown(self, id_):
        return self.office.get(f"/messages/{id_}")


def fill_files(n, count):
    n.node.write(
        "INSERT INTO media(workspace_id, message_id, number_id, media_id,"
        " state, due_at, created_at)"
        " WITH RECURSIVE i(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM i"
        " WHERE i < ?) SELECT CAST(? AS BIGINT), 5000000 + i,"
        " CAST(? AS BIGINT), 'none', 'pending', 1, CAST(? AS BIGINT) FROM i",
        count, n.office.id, n.id, int(time.time()))


def fill_queue(n, count):
    """Behind each other, and none of them due for a long time."""
    n.node.write(
        "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
        " message_id, kind, state, due_at, created_at)"
        " WITH RECURSIVE i(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM i"
        " WHERE i < ?) SELECT CAST(? AS BIGINT), CAST(? AS BIGINT),"
        " CAST(? AS BIGINT), 7000000 + i, 'message',"
        " 'queued', CASE WHEN i = 1 THEN 9999999999 ELSE 1 END,"
        " CAST(? AS BIGINT) FROM i", count, n.office.id, n.id,
        n.customer["id"], int(time.time()))


def well(n, text):
    """A customer writes, with a picture, and is answered: the seconds."""
    began = time.monotonic()
    phone = new_phone()
    media = n.d360.add_media(PICTURE + text.encode(), "image/png")
    assert n.node.deliver(envelope(value(
        [message(phone, "image", image=media.field())],
        contacts=[contact(phone)], number=n.number))).status == 200
    c = wait_for(lambda: next(
        (c for c in n.office.get("/conversations", limit=5)["data"]
         if c["phone"] == "+" + phone), None), PATIENCE)
    there = time.monotonic() - began
    m = n.say(text, c)
    wait_for(lambda: n.shown(m)["status"] not in ("queued", "sending"),
             PATIENCE)
    assert n.shown(m)["status"] in ("sent", "delivered"), n.shown(m)
    sent = time.monotonic() - began
    wait_for(lambda: n.office.get(
        f"/conversations/{c['id']}/messages")["data"][-1]["media_url"],
        PATIENCE)
    return there, sent, time.monotonic() - began


def run(scale, report):
    with D360() as d360:
        node = Node(d360.env).up()
        try:
            d360.attach(node)
            trouble(node, scale, report)
        finally:
            node.down()
            node.remove()


def trouble(node, scale, report):
    good = Number(node, "Well")
    no_key = Number(node, "No key", key=False)
    refused, poor = Number(node, "Refused"), Number(node, "Cannot pay")
    long = Number(node, "Long queue")
    fill_files(no_key, 3000)
    fill_queue(long, 200000 if scale.long else 20000)
    node.provider.fail(n=10**6, status=403, code=10, where="messages",
                       to=refused.customer["phone"], key=refused.key)
    node.provider.fail(n=10**6, status=400, code=131042, where="messages",
                       key=poor.key)
    waits = {no_key.say("no key"): (no_key, "no_key"),
             poor.say("cannot pay"): (poor, "paused"),
             refused.say("never"): (refused, "paused")}
    for id_, (n, reason) in waits.items():
        wait_for(lambda: (n.shown(id_)["waiting"] or {}).get("reason")
                 == reason, PATIENCE)
    report.check("messages that say why they wait", len(waits))
    times, answered = [], 0
    for n in scale.rounds():
        times.append(well(good, f"round {n}"))
        # the refused one's neighbour in its own number
        c = refused.office.talk()
        m = refused.say("soon", c)
        wait_for(lambda: refused.shown(m)["status"] not in
                 ("queued", "sending"), PATIENCE)
        assert refused.shown(m)["status"] in ("sent", "delivered")
        answered += 1
        failed = refused.shown(list(waits)[2])
        assert failed["status"] == "failed" and \
            failed["error"]["code"] == 10, failed
        if n % 3 == 0:          # another one, and the next run finds it
            waits[refused.say("never again")] = (refused, "paused")
            wait_for(lambda: refused.shown(max(waits))["waiting"], PATIENCE)
            node.kill("waspool-process")
    report.check("customers of the well number, seen and answered",
                 len(times))
    report.check("messages beside one that is always refused", answered)
    for name, column in (("seen", 0), ("answered", 1), ("picture", 2)):
        worst = max(t[column] for t in times)
        report.check(f"longest until {name}, ms: {worst * 1000:.0f}")
