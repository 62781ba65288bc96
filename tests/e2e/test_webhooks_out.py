"""Webhooks out (docs/webhooks.md): changes are posted to endpoints, signed,
again and again until they are taken, and to no address of this network."""

import base64
import hashlib
import hmac
import http.server
import json
import re
import socketserver
import threading
import time

import pytest

from office import Workspace
from rig import Node, new_phone, text_message, unix, wait_for

LOCAL = "127.0.0.1,[::1]"


class Receiver:
    """Takes what is posted, and answers what a test says: a status, or
    "drop"."""

    def __init__(self):
        self.posts = []     # (headers, body)
        self.answers = []   # one each, then 204
        self.answer = lambda headers, body: \
            self.answers.pop(0) if self.answers else 204
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((dict(self.headers), body))
                answer = receiver.answer(self.headers, json.loads(body))
                if answer == "drop":
                    self.close_connection = True
                    return
                status, more = answer if isinstance(answer, tuple) \
                    else (answer, {})
                self.send_response(status)
                for name, value in more.items():
                    self.send_header(name, value)
                if "Transfer-Encoding" not in more:
                    self.send_header("Content-Length", "0")
                self.end_headers()

            def do_GET(self):
                receiver.posts.append((dict(self.headers), b"GET"))
                self.send_error(404)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(
            ("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}/hook?key=1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,),
                         daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def bodies(self, type_=None):
        found = [json.loads(b) for _, b in list(self.posts) if b != b"GET"]
        return [b for b in found if type_ in (None, b["type"])]

    def wait(self, n, type_=None):
        wait_for(lambda: len(self.bodies(type_)) >= n)
        return self.bodies(type_)


@pytest.fixture
def receiver():
    r = Receiver()
    yield r
    r.close()


@pytest.fixture(scope="module")
def local():
    """A node that may reach this machine."""
    n = Node({"WASPOOL_WEBHOOK_ALLOW": LOCAL})
    try:
        yield n.up()
    finally:
        n.remove()


def of_admin(node):
    w = Workspace(node, "Hooks")
    w.user_id, w.token = w.member(f"ada{w.id}@example.com", "Ada", "admin")
    return w


@pytest.fixture
def desk(local):
    return of_admin(local)


def add(desk, url, **more):
    answer = desk.api("POST", "/webhook-endpoints", {"url": url, **more})
    assert answer.status == 201, answer
    return answer.json


def act(desk, endpoint, verb, body=None):
    answer = desk.api("POST", f"/webhook-endpoints/{endpoint['id']}/{verb}",
                      body)
    assert answer.status in (200, 202), answer
    return answer.json


def shown(desk, endpoint):
    return desk.get(f"/webhook-endpoints/{endpoint['id']}")


def waits_for(desk, endpoint, **expected):
    def ready():
        e = shown(desk, endpoint)
        return e if all(e[k] == v for k, v in expected.items()) else None
    return wait_for(ready)


def heard_all(desk, endpoint):
    """The endpoint, once it was told all that there is at that moment: a
    place read before may be passed before anybody looks."""
    def ready():
        e = shown(desk, endpoint)
        return e if e["after_seq"] == e["last_seq"] else None
    return wait_for(ready)


def rows(desk, endpoint):
    return desk.get(f"/webhook-endpoints/{endpoint['id']}/deliveries")["data"]


def now_due(desk):
    """What waits for a later attempt is due: no test sleeps until then."""
    desk.node.write("UPDATE webhook_endpoints SET due_at = 0 WHERE"
                    " workspace_id = ?", desk.id)
    desk.node.write("UPDATE webhook_deliveries SET due_at = 0 WHERE"
                    " workspace_id = ?", desk.id)


def verify(secret, headers, body):
    """As a receiver does: https://www.standardwebhooks.com"""
    h = {k.lower(): v for k, v in headers.items()}
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{h['webhook-id']}.{h['webhook-timestamp']}.".encode() + body
    right = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert abs(int(h["webhook-timestamp"]) - time.time()) < 300
    return f"v1,{right}" in h["webhook-signature"].split(" ")


def ids(receiver):
    return [{k.lower(): v for k, v in h.items()}["webhook-id"]
            for h, _ in list(receiver.posts)]


def test_what_happens_is_posted_and_signed(desk, receiver):
    e = add(desk, receiver.url, description="CRM")
    assert re.fullmatch(r"whsec_[A-Za-z0-9+/]{43}=", e["secret"])
    assert "secret" not in shown(desk, e)
    c = desk.talk("hello there")
    now = heard_all(desk, e)
    (posted,) = receiver.bodies("message.created")
    assert receiver.bodies("conversation.updated")
    assert posted["data"]["conversation_id"] == c["id"]
    assert posted["data"]["object"]["content"] == {"body": "hello there"}
    assert posted["data"]["object"] == desk.get(
        f"/messages/{posted['data']['id']}")
    seqs = [b["data"]["seq"] for b in receiver.bodies()]
    first = e["after_seq"] + 1
    assert sorted(set(seqs)) == list(range(first, first + len(set(seqs))))
    for headers, body in receiver.posts:
        assert verify(e["secret"], headers, body)
        assert not verify("whsec_" + base64.b64encode(b"x" * 32).decode(),
                          headers, body)
        assert headers["Content-Type"] == "application/json"
        assert headers["User-Agent"].startswith("waspool/")
    assert max(seqs) == now["after_seq"] and now["failures"] == 0
    assert now["last_attempt"]["status"] == 204
    assert rows(desk, e) == []


def test_an_endpoint_hears_what_it_asked_for(desk, receiver):
    e = add(desk, receiver.url, events=["contact.updated"])
    desk.talk()
    answer = desk.api("POST", "/contacts",
                      {"phone": "+" + new_phone(), "name": "Bo"})
    assert answer.status == 201
    receiver.wait(1)
    heard_all(desk, e)
    assert {b["type"] for b in receiver.bodies()} == {"contact.updated"}
    changed = desk.api("PATCH", f"/webhook-endpoints/{e['id']}",
                       {"events": None, "description": "all"})
    assert changed.json["events"] == ["*"]
    desk.talk()
    receiver.wait(1, "message.created")


def test_neighbours_hear_nothing(desk, receiver):
    other = Workspace(desk.node, "Neighbours")
    add(desk, receiver.url)
    other.talk("not for others")
    desk.talk("for us")
    receiver.wait(1, "message.created")
    assert b"not for others" not in b"".join(b for _, b in receiver.posts)


def test_what_was_not_taken_comes_again_under_its_id(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    # As late as it says: not while what is shown is looked at.
    receiver.answers[:] = [(500, {"Retry-After": "7200"})]
    desk.talk("once more")
    (row,) = wait_for(lambda: rows(desk, e))
    assert (row["state"], row["attempts"], row["last_attempt"]["status"]) == \
        ("waiting", 1, 500)
    now = shown(desk, e)
    assert now["failures"] == 1 and now["next_attempt_at"]
    assert now["last_attempt"]["error"] == "it answers 500"
    now_due(desk)
    wait_for(lambda: rows(desk, e)[0]["state"] == "delivered")
    first, second = ids(receiver)
    assert first == second
    assert receiver.posts[0][1] != b"" and shown(desk, e)["failures"] == 0


@pytest.mark.parametrize("answer, error", [
    ("drop", None),
    ((302, {"Location": "/elsewhere"}),
     "it answers with a redirect, which is not followed"),
    (400, "it answers 400")])
def test_any_other_answer_is_no_receipt(desk, receiver, answer, error):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answer = lambda h, b: answer
    desk.talk()
    (row,) = wait_for(lambda: rows(desk, e))
    assert row["state"] == "waiting"
    assert error is None or row["last_attempt"]["error"] == error
    assert all(b != b"GET" for _, b in receiver.posts)


def test_one_bad_event_holds_up_no_other(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answer = lambda h, b: 422 if \
        b["data"]["object"]["content"]["body"] == "bad" else 204
    desk.talk("bad")
    wait_for(lambda: rows(desk, e))
    for i in range(5):
        desk.talk(f"good {i}")
    wait_for(lambda: len({b["data"]["seq"] for b in receiver.bodies()}) == 6)
    assert [r["state"] for r in rows(desk, e)] == ["waiting"]


def test_retry_after_is_heeded(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answers[:] = [(429, {"Retry-After": "7200"})]
    desk.talk()
    now = waits_for(desk, e, failures=1)
    assert 7100 < unix(now["next_attempt_at"]) - time.time() < 7300


def test_gone_pauses_it_and_the_team_is_told(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answers[:] = [410]
    desk.talk("lost?")
    now = waits_for(desk, e, state="paused")
    assert now["reason"] == "gone"
    (event,) = [x for x in desk.get("/workspace-events")["data"]
                if x["field"] == "webhook_endpoint_paused"]
    assert event["value"]["endpoint_id"] == e["id"]
    desk.talk("meanwhile")
    test = desk.api("POST", f"/webhook-endpoints/{e['id']}/test")
    assert test.status == 409
    act(desk, e, "resume")
    # Four at a time: in which order they come is not said.
    wait_for(lambda: sorted(b["data"]["object"]["content"]["body"]
                            for b in receiver.bodies()) ==
             ["lost?", "lost?", "meanwhile"])
    assert len(set(ids(receiver))) == 2


def test_days_of_failure_pause_it(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answer = lambda h, b: 503
    desk.talk()
    wait_for(lambda: shown(desk, e)["failures"])    # a second may follow soon
    desk.node.write("UPDATE webhook_endpoints SET failures = 20,"
                    " failing_since = ?, due_at = 0 WHERE id = ?",
                    int(time.time()) - 3 * 86400, e["id"])
    assert waits_for(desk, e, state="paused")["reason"] == "failing"


def test_what_is_too_old_is_given_up_and_can_be_sent_again(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    receiver.answers[:] = [(400, {"Retry-After": "7200"}), 400]
    desk.talk()
    (row,) = wait_for(lambda: rows(desk, e))
    desk.node.write("UPDATE webhook_deliveries SET created_at = ?"
                    " WHERE id = ?", int(time.time()) - 3 * 86400, row["id"])
    now_due(desk)
    wait_for(lambda: rows(desk, e)[0]["state"] == "failed")
    again = desk.api("POST", f"/webhook-deliveries/{row['id']}/retry")
    assert (again.status, again.json["state"]) == (202, "waiting")
    wait_for(lambda: rows(desk, e)[0]["state"] == "delivered")
    assert len(set(ids(receiver))) == 1


def test_the_command_line_refuses_what_the_api_refuses(desk, receiver):
    """It said that a delivery was posted again, and nothing was."""
    def cli(verb, id_, *more):
        return desk.node.cli("endpoint", verb, str(id_), "--workspace",
                             str(desk.id), *more, check=False)

    receiver.answers = [410]
    e = add(desk, receiver.url)
    desk.talk()
    waits_for(desk, e, state="paused", reason="gone")
    assert cli("pause", e["id"]).returncode == 0
    assert act(desk, e, "pause")["reason"] == "gone"
    row = wait_for(lambda: rows(desk, e))[0]
    for done in (cli("retry", row["id"]), cli("test", e["id"])):
        assert (done.returncode, "resume it" in done.stderr) == (65, True)
    assert cli("resume", e["id"]).returncode == 0
    waits_for(desk, e, state="active", reason=None)
    wait_for(lambda: {r["state"] for r in rows(desk, e)} == {"delivered"})
    done = cli("retry", row["id"])
    assert done.returncode == 0, done.stderr
    wait_for(lambda: ids(receiver).count(f"evt_{e['id']}_{row['seq']}") >= 3)
    assert "no delivery" in cli("retry", 10**9).stderr
    # 200 wait, and none of them is due.
    wait_for(lambda: {r["state"] for r in rows(desk, e)} == {"delivered"})
    later = int(time.time()) + 3600
    desk.node.write("UPDATE webhook_endpoints SET due_at = ? WHERE id = ?",
                    later, e["id"])
    desk.node.write(
        "INSERT INTO webhook_deliveries(workspace_id, endpoint_id, type,"
        " state, due_at, created_at) WITH RECURSIVE n(i) AS (SELECT 1 UNION"
        " ALL SELECT i + 1 FROM n WHERE i < 200) SELECT ?, ?,"
        " 'webhook_endpoint.test', 'waiting', ?, 1 FROM n",
        desk.id, e["id"], later)
    for done in (cli("retry", row["id"]), cli("test", e["id"])):
        assert (done.returncode, "too much" in done.stderr) == (65, True)
    now = desk.get(f"/webhook-deliveries/{row['id']}")
    assert now["state"] == "delivered"


def test_a_test_says_whether_it_works(desk, receiver):
    e = add(desk, receiver.url, events=["contact.updated"])
    receiver.answers[:] = [404]
    first = act(desk, e, "test")
    wait_for(lambda: desk.get(f"/webhook-deliveries/{first['id']}"
                              )["state"] == "failed")
    second = act(desk, e, "test")
    done = wait_for(lambda: (d := desk.get(
        f"/webhook-deliveries/{second['id']}"))["state"] == "delivered" and d)
    assert done["last_attempt"]["status"] == 204
    (_, body) = receiver.bodies()
    assert body["type"] == "webhook_endpoint.test"
    assert body["data"] == {"endpoint_id": e["id"]}


def test_two_secrets_sign_for_a_while(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    new = act(desk, e, "secret")
    assert new["secret"] != e["secret"] and new["old_secret_until"]
    desk.talk()
    receiver.wait(1)
    headers, body = receiver.posts[0]
    assert verify(e["secret"], headers, body)
    assert verify(new["secret"], headers, body)
    newest = act(desk, e, "secret?overlap=0")

    def is_heard():     # the dispatcher looks several times a second
        n = len(receiver.posts)
        desk.talk()
        receiver.wait(n + 1)
        return verify(newest["secret"], *receiver.posts[n])
    wait_for(is_heard)
    assert not verify(new["secret"], *receiver.posts[-1])


def test_paused_it_misses_nothing_and_replayed_it_hears_all_again(
        desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    assert act(desk, e, "pause")["reason"] == "member"
    desk.talk("one")
    desk.talk("two")
    assert receiver.posts == []
    act(desk, e, "resume")
    receiver.wait(2)
    heard_all(desk, e)
    act(desk, e, "replay", {"after": 0})
    receiver.wait(4)
    said = [b["data"]["object"]["content"]["body"] for b in receiver.bodies()]
    assert sorted(said) == ["one", "one", "two", "two"]
    assert len(set(ids(receiver))) == 2
    answer = desk.api("POST", f"/webhook-endpoints/{e['id']}/replay",
                      {"after": 10**9})
    assert answer.status == 410


def test_what_is_not_kept_any_more_is_told(desk, receiver):
    e = add(desk, receiver.url)
    act(desk, e, "pause")
    desk.talk("never heard")
    desk.node.write("DELETE FROM changes WHERE workspace_id = ? AND seq <"
                    " (SELECT max(seq) FROM changes WHERE workspace_id = ?)",
                    desk.id, desk.id)
    act(desk, e, "resume")
    (lost,) = receiver.wait(1, "changes.lost")
    assert lost["data"]["first_seq"] == 1 + e["after_seq"]
    last = shown(desk, e)["last_seq"]
    assert lost["data"]["first_seq"] <= lost["data"]["last_seq"] < last
    heard_all(desk, e)


def test_killed_at_any_point_it_loses_nothing(desk, receiver):
    e = add(desk, receiver.url, events=["message.created"])
    for i in range(6):
        desk.node.deliver(text_message(new_phone(), f"kill {i}",
                                       number=desk.number))
        desk.node.kill("waspool-dispatch")
    desk.node.drained()
    want = {f"kill {i}" for i in range(6)}
    wait_for(lambda: {b["data"]["object"]["content"]["body"]
                      for b in receiver.bodies()} == want)
    assert len(set(ids(receiver))) == 6
    heard_all(desk, e)


def test_who_hangs_holds_up_no_other_and_loses_nothing(desk, receiver):
    """It is given 15 seconds, four times at once; it lets go before, unless
    the machine is slow."""
    let_go, began = threading.Event(), time.monotonic()
    hangs = Receiver()
    hangs.answer = lambda h, b: "drop" if let_go.wait() else 500
    try:
        e = add(desk, hangs.url, events=["message.created"])
        add(desk, receiver.url, events=["message.created"])
        for i in range(6):
            desk.talk(f"while it hangs {i}")
        wait_for(lambda: len(set(ids(receiver))) == 6)
        tried = len(hangs.bodies())
        assert tried <= 4 * (1 + (time.monotonic() - began) // 15)
        hangs.answer = lambda h, b: 204
        let_go.set()
        wait_for(lambda: rows(desk, e))

        def all_taken():
            now_due(desk)
            return {r["state"] for r in rows(desk, e)} == {"delivered"} and \
                len(set(ids(hangs))) == 6

        wait_for(all_taken)
    finally:
        let_go.set()
        hangs.close()


class Raw(socketserver.ThreadingTCPServer):
    """Answers these bytes and nothing more, and ends the connection."""
    allow_reuse_address = daemon_threads = True

    def __init__(self, answer):
        class Handler(socketserver.StreamRequestHandler):
            def handle(self):
                length = 0
                for line in iter(self.rfile.readline, b"\r\n"):
                    name, _, value = line.partition(b":")
                    if name.lower() == b"content-length":
                        length = int(value)
                self.rfile.read(length)
                self.server.n += 1
                self.wfile.write(answer)

        super().__init__(("127.0.0.1", 0), Handler)
        self.n = 0
        self.url = f"http://127.0.0.1:{self.server_address[1]}/"
        threading.Thread(target=self.serve_forever, args=(0.01,),
                         daemon=True).start()


@pytest.mark.parametrize("answer, taken", [
    (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\ncut", True),
    (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\ncut",
     True),
    (b"HTTP/1.1 202 Accepted\r\nContent-Length: 300000\r\n\r\n"
     + 300000 * b"x", True),
    (b"HTTP/1.1 500 No\r\nContent-Length: 100\r\n\r\ncut", False),
    (b"HTTP/1.1 200 OK\r\nContent-", True),
    (b"HTTP/1.1 100 Continue\r\n\r\n", False),
    (b"", False)], ids=["cut", "chunked and cut", "long", "500 and cut",
                        "in a header", "interim", "nothing"])
def test_a_status_is_a_receipt_and_a_cut_body_none_the_less(desk, answer,
                                                           taken):
    with Raw(answer) as server:
        e = add(desk, server.url, events=["message.created"])
        desk.talk()
        now = wait_for(lambda: (e1 := shown(desk, e))["last_attempt"] and e1)
        assert (now["failures"] == 0) == taken, now
        assert [r["state"] for r in rows(desk, e)] == \
            ([] if taken else ["waiting"])
        server.shutdown()


@pytest.mark.sqlite("a database of PostgreSQL is restored there")
def test_a_restore_posts_nothing_until_it_is_resumed(make_node, receiver,
                                                     tmp_path):
    """Nor does a secret sign that was renewed since."""
    n = make_node(WASPOOL_WEBHOOK_ALLOW=LOCAL)
    desk = of_admin(n)
    e = add(desk, receiver.url, events=["message.created"])
    gone = add(desk, receiver.url, events=["message.created"])
    desk.talk("before")
    receiver.wait(2)
    n.cli("backup", tmp_path / "b")
    new = act(desk, e, "secret?overlap=0")
    assert desk.api("DELETE",
                    f"/webhook-endpoints/{gone['id']}").status == 204
    n.down()
    heard = len(receiver.posts)
    answer = n.cli("--json", "restore", tmp_path / "b")
    assert (answer["endpoints_paused"], answer["secrets_kept"]) == (2, 1)
    n.up()
    desk.talk("while it waits")
    for endpoint in (e, gone):
        now = shown(desk, endpoint)
        assert (now["state"], now["reason"]) == ("paused", "restored")
    assert len(receiver.posts) == heard
    act(desk, e, "resume")
    receiver.wait(1, "changes.lost")
    receiver.wait(3, "message.created")
    assert [b["data"]["object"]["content"]["body"]
            for b in receiver.bodies("message.created")] == [
                "before", "before", "while it waits"]
    for headers, body in receiver.posts[heard:]:
        assert verify(new["secret"], headers, body)
        assert not verify(e["secret"], headers, body)


def test_no_address_of_this_network_is_reached(node, receiver):
    desk = of_admin(node)
    for url in (f"http://127.0.0.1:{receiver.port}/", receiver.url,
                f"https://127.0.0.1:{receiver.port}/", "https://10.0.0.1/",
                f"https://0x7f.1:{receiver.port}/", "https://169.254.169.254/",
                "https://2130706433/", "https://[::1]/",
                "https://[::ffff:127.0.0.1]/", "https://[64:ff9b::a00:1]/",
                "https://0/", "ftp://example.com/", "https://example.com:25/",
                "http://example.com/", "https://ann:secret@example.com/",
                "https://example.com/#part", "https://example.com\\@10.0.0.1/",
                "https://ex ample.com/", "https://münchen.example/",
                "https:///", "https://:443/", "//example.com/", "",
                "https://example.com:99999/", "https://" + "a" * 2050):
        answer = desk.api("POST", "/webhook-endpoints", {"url": url})
        assert answer.status == 422, (url, answer)
        assert answer.json["errors"][0]["field"] == "url"
    # Where a name leads to is seen when it is connected to.
    e = add(desk, f"https://localhost:{receiver.port}/")
    test = act(desk, e, "test")
    done = wait_for(lambda: (d := desk.get(
        f"/webhook-deliveries/{test['id']}"))["state"] == "failed" and d)
    assert "WASPOOL_WEBHOOK_ALLOW" in done["last_attempt"]["error"]
    assert receiver.posts == []


def test_an_endpoint_has_limits(desk):
    made = [add(desk, "https://crm.example/") for _ in range(20)]
    answer = desk.api("POST", "/webhook-endpoints",
                      {"url": "https://crm.example/"})
    assert answer.status == 409
    for body in ({}, {"url": None}, {"url": 1}, {"url": "https://example.com/",
                                                  "events": []},
                 {"url": "https://example.com/", "events": ["message.creatd"]},
                 {"url": "https://example.com/", "events": "*"},
                 {"url": "https://example.com/", "events": [None]},
                 {"url": "https://example.com/", "description": "x" * 201}):
        assert desk.api("POST", "/webhook-endpoints", body).status == 422, body
    for e in made:
        gone = desk.api("DELETE", f"/webhook-endpoints/{e['id']}")
        assert gone.status == 204
    assert desk.get("/webhook-endpoints")["data"] == []


def test_a_draft_is_nobody_elses(desk, receiver):
    e = add(desk, receiver.url)
    c = desk.talk()
    assert desk.api("PUT", f"/conversations/{c['id']}/draft",
                    {"text": "not yet", "version": 0}).status == 200
    desk.talk("later")
    receiver.wait(2, "message.created")
    heard_all(desk, e)
    assert b"not yet" not in b"".join(b for _, b in receiver.posts)
    assert receiver.bodies("draft.updated") == []
    answer = desk.api("POST", "/webhook-endpoints",
                      {"url": receiver.url, "events": ["draft.updated"]})
    assert answer.status == 422
