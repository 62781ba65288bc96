"""From the outbox to the provider: nothing is lost, nothing goes twice, order
is kept, whatever the provider and the processor do."""

import contextlib
import http.client
import http.server
import signal
import threading
import time
import urllib.parse

import pytest

from post import send
from rig import (NUMBER, contact, envelope, free_port, is_woken, message,
                 new_phone, value, wait_for)


@contextlib.contextmanager
def relay(port, url):
    """What listens on PORT and hands on to URL."""
    there = urllib.parse.urlsplit(url).netloc

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            c = http.client.HTTPConnection(there, timeout=60)
            c.request("POST", self.path, body, dict(self.headers))
            answer = c.getresponse()
            content = answer.read()
            c.close()
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *args):
            pass

    server = http.server.HTTPServer(("127.0.0.1", port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class Desk:
    """The node's own workspace, whose number talks to the provider."""

    def __init__(self, node):
        self.node, self.api, self.d360 = node, node.api, node.provider

    def talk(self, n=1):
        """N customers who write; their conversations."""
        phones = [new_phone() for _ in range(n)]
        assert self.node.deliver(envelope(value(
            [message(p, "text", text={"body": "hello"}) for p in phones],
            contacts=[contact(p) for p in phones]))).status == 200
        return [self.node.wait_conversation(p) for p in phones]

    def say(self, c, text):
        return send(self, c, {"type": "text", "text": {"body": text}})

    def wait(self, m, status):
        def there():
            now = self.api("GET", f"/messages/{m['id']}").json
            return now if now["status"] == status else None
        return wait_for(there)

    def row(self, m, columns="state, attempts, reason"):
        (row,) = self.node.db(
            f"SELECT {columns} FROM outbox WHERE message_id = ?"
            " AND kind = 'message'", m["id"])
        return row

    def got(self, c=None):
        """The texts that the provider has, of one customer or all."""
        return [m.body["text"]["body"] for m in self.d360.sent
                if c is None or m.to == c["phone"]]


@pytest.fixture
def desk(d360_node):
    return Desk(d360_node)


def test_a_message_leaves_at_once_and_its_statuses_show(desk):
    (c,) = desk.talk()
    desk.say(c, "warm")
    desk.d360.wait_sent(1)

    def once():
        n, began = len(desk.d360.sent), time.monotonic()
        desk.say(c, "hello")
        return desk.d360.wait_sent(n + 1)[-1].at - began

    def usual():
        desk.node.deliver("{}")
        desk.node.get("/conversations")
    # Were it not woken, each would wait for its look, once a second.
    assert is_woken(once, usual)
    desk.d360.auto = ["delivered", "read"]
    m = desk.say(c, "and read")
    assert desk.wait(m, "read")["wamid"] == desk.d360.sent[-1].wamid


def test_too_fast_for_seconds_loses_nothing_and_keeps_order(desk):
    a, b = desk.talk(2)
    fault = desk.d360.fail(status=429, code=130429, seconds=600)

    def refused():
        return [r for r in list(desk.d360.requests) if r.status == 429]
    for i in range(10):
        desk.say(a, f"a{i}")
        desk.say(b, f"b{i}")
    wait_for(lambda: desk.node.db("SELECT reason FROM number_pauses"))
    began = refused()[0].at
    wait_for(lambda: time.monotonic() > began + 4)
    fault.until = began
    desk.d360.wait_sent(20)
    assert desk.got(a) == [f"a{i}" for i in range(10)]
    assert desk.got(b) == [f"b{i}" for i in range(10)]
    wait_for(lambda: not desk.node.db("SELECT 1 FROM number_pauses"))
    # It pauses instead of knocking: 1, 2, 4 s.
    assert len(refused()) < 25


def test_killed_between_answer_and_commit_goes_once(desk):
    (c,) = desk.talk()
    hold = desk.d360.hold(when="after")
    m = desk.say(c, "once")
    hold.wait()
    assert desk.row(m)[0] == "sending"
    desk.node.kill("waspool-process", signal.SIGKILL)
    hold.release()
    wait_for(lambda: desk.node.pids("waspool-process"))
    assert desk.wait(m, "sending")["wamid"] is None
    (got,) = desk.d360.sent
    time.sleep(1.5)
    assert len(desk.d360.sent) == 1
    desk.d360.status(got.wamid, "delivered")
    assert desk.wait(m, "delivered")["wamid"] == got.wamid
    assert desk.row(m)[0] == "done"
    # The next one goes at once.
    second = desk.say(c, "and on")
    desk.wait(second, "sent")
    assert desk.got(c) == ["once", "and on"]


def test_a_status_is_quicker_than_the_answer(desk):
    (c,) = desk.talk()
    desk.d360.auto, desk.d360.auto_early = ["delivered"], True
    desk.d360.delay(1, when="after")
    m = desk.say(c, "early")
    shown = desk.wait(m, "delivered")
    desk.d360.auto = []
    assert shown["wamid"] == desk.d360.sent[0].wamid
    second = desk.say(c, "second")
    desk.wait(second, "sent")
    assert desk.wait(m, "delivered")["error"] is None
    assert len(desk.node.messages(c["id"])) == 3


@pytest.mark.parametrize("when", ["after", "middle"])
def test_a_lost_answer_is_not_sent_again_and_blocks_nobody(desk, when):
    (c,) = desk.talk()
    desk.wait(desk.say(c, "first"), "sent")     # the connection is kept
    desk.d360.drop(when=when)
    m = desk.say(c, "lost")
    second = desk.say(c, "second")
    desk.wait(second, "sent")
    assert desk.got(c) == ["first", "lost", "second"]
    assert desk.wait(m, "sending")["wamid"] is None
    desk.d360.status(desk.d360.sent[1].wamid, "read")
    desk.wait(m, "read")


def test_a_status_of_another_message_settles_nothing(desk):
    a, b = desk.talk(2)
    desk.d360.drop(when="after")
    m = desk.say(a, "lost")
    wait_for(lambda: desk.d360.sent)
    (number, id_, at) = desk.d360.sent[0].callback.split("-")[1:]
    assert int(id_) == m["id"]
    for callback in (f"waspool-{int(number) + 1}-{id_}-{at}",
                     f"waspool-{number}-{int(id_) + 1}-{at}",
                     f"waspool-{number}-{id_}-{int(at) + 1}",
                     f"waspool-{number}-{id_}-{at}x", f"waspool-{id_}"):
        desk.node.deliver(envelope(value(statuses=[
            {"id": "wamid.foreign", "status": "read", "timestamp": at,
             "recipient_id": b["phone"][1:],
             "biz_opaque_callback_data": callback}])))
    desk.node.drained()
    assert desk.wait(m, "sending")["wamid"] is None


def test_many_conversations_at_once(desk):
    cs = desk.talk(40)
    hold = desk.d360.hold(120, when="before")
    for i in range(3):
        for c in cs:
            desk.say(c, f"m{i}")
    # None is answered, and as many are with the provider.
    wait_for(lambda: len([r for r in list(desk.d360.requests)
                          if r.where == "messages"]) >= 8)
    assert desk.d360.sent == []
    hold.release()
    desk.d360.wait_sent(120)
    for c in cs:
        assert desk.got(c) == ["m0", "m1", "m2"]


def test_the_pair_limit_delays_one_conversation_only(desk):
    a, b = desk.talk(2)
    desk.d360.fail(1, 400, 131056, to=a["phone"])
    began = time.monotonic()
    first, second = desk.say(a, "a1"), desk.say(a, "a2")
    other = desk.say(b, "b1")
    said = time.monotonic() - began
    for m in (other, first, second):
        desk.wait(m, "sent")
    assert desk.got(a) == ["a1", "a2"] and desk.got(b) == ["b1"]
    assert time.monotonic() - began >= 5
    # Unless a slow machine said it only when the other was tried again.
    assert said >= 5 or desk.got() == ["b1", "a1", "a2"]


def test_refused_is_failed_with_the_providers_words(desk):
    (c,) = desk.talk()
    desk.d360.fail(1, 400, 131026, message="Message undeliverable",
                   details="Not in 24 hours")
    m = desk.say(c, "late")
    error = desk.wait(m, "failed")["error"]
    assert error["code"] == 131026
    assert "24 hours" in error["detail"]
    second = desk.say(c, "second")
    desk.wait(second, "sent")


@pytest.mark.parametrize("status, code", [
    (400, 131026), (400, 131056), (503, 131000)])
def test_the_providers_words_are_in_no_log(desk, status, code):
    """They may name the customer; they stand with the message."""
    (c,) = desk.talk()
    desk.d360.fail(1, status, code, to=c["phone"],
                   message="No way to +4915112345678 (NAMEDBYTHEM)",
                   details="4915112345678 is NAMEDBYTHEM's")
    m = desk.say(c, "hello")
    wait_for(lambda: desk.row(m)[0] != "sending" and f"code {code}" in
             desk.node.log("waspool-process"))
    log = desk.node.log("waspool-process")
    assert "NAMEDBYTHEM" not in log and "15112345678" not in log


def test_a_wrong_key_stops_the_number_until_it_is_changed(desk):
    (c,) = desk.talk()
    path = desk.node.write_key(NUMBER, "wrong")
    m = desk.say(c, "patience")
    wait_for(lambda: desk.node.db("SELECT 1 FROM number_pauses"))
    second = desk.say(c, "me too")
    time.sleep(1.2)
    assert desk.row(m)[0] == desk.row(second)[0] == "queued"
    assert sum(r.status == 401 for r in desk.d360.requests
               if r.where == "messages") == 1
    log = desk.node.log("waspool-process")
    assert log.count("sends nothing") == 1 and "check its API key" in log
    assert "wrong" not in log
    path.chmod(0o644)
    wait_for(lambda: "may be read by others"
             in desk.node.log("waspool-process"))
    path.chmod(0o600)
    desk.node.write_key(NUMBER, desk.d360.key)
    desk.wait(second, "sent")
    assert desk.got(c) == ["patience", "me too"]


def test_the_edge_is_ill_for_a_while(desk):
    (c,) = desk.talk()
    desk.d360.fail(2, 503, shape="html")
    first, second = desk.say(c, "x"), desk.say(c, "y")
    desk.wait(first, "sent")
    desk.wait(second, "sent")
    assert desk.got(c) == ["x", "y"]


def test_nobody_is_there_and_then_is(d360, make_node):
    port = free_port()
    desk = Desk(make_node(provider=d360,
                          WHATSAPP_API_URL=f"http://127.0.0.1:{port}"))
    (c,) = desk.talk()
    first, second = desk.say(c, "x"), desk.say(c, "y")
    wait_for(lambda: desk.row(first)[1] >= 1)
    assert desk.row(first)[0] in ("queued", "sending")
    with relay(port, d360.url):
        desk.wait(second, "sent")
    assert desk.got(c) == ["x", "y"]


def test_term_waits_for_the_answer(desk):
    (c,) = desk.talk()
    hold = desk.d360.hold(when="after")
    m = desk.say(c, "in hand")
    hold.wait()
    (pid,) = desk.node.pids("waspool-process")
    desk.node.kill("waspool-process", signal.SIGTERM)
    time.sleep(0.5)
    hold.release()
    wait_for(lambda: pid not in desk.node.pids("waspool-process"))
    assert desk.row(m)[0] == "done"
    assert desk.wait(m, "sent")["wamid"] == desk.d360.sent[0].wamid


def test_no_more_a_second_than_configured(d360, make_node):
    desk = Desk(make_node(provider=d360, WASPOOL_SEND_RATE=10))
    cs, began = desk.talk(30), time.monotonic()
    for c in cs:
        desk.say(c, "x")
    at = [m.at - began for m in desk.d360.wait_sent(30)]
    # Where the machine holds them up, several come at once: not too early.
    for n, seconds in enumerate(at, 1):
        assert n <= 12 + 10 * seconds, at
