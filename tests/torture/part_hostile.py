"""Hostile clients, through nginx as it is installed.

Whatever they send, nothing answers 500, no program dies, an honest delivery is
answered meanwhile, and what was acknowledged is there afterwards.
"""

import json
import resource
import socket
import time
import urllib.parse

from office import Workspace
from rig import (PATIENCE, SERVICES, WEBHOOK, Node, contact, envelope, message,
                 new_phone, new_wamid, text_message, value)

NAME = "hostile"
SHORT, LONG = 1, 10
MINUTES = 3

IDLE = 2000             # connections that say nothing
SLOW = 200              # that say something now and then
HONEST_MS = 50          # in the long form, which has the machine for itself

WORDS = [
    "'", "\"", "';DROP TABLE messages;--", "' OR '1'='1", "1 UNION SELECT 1",
    "%", "_", "*", "a*", "\"a", "a\" OR \"b", "a OR b", "NOT", "a NOT", "NEAR",
    "NEAR(a b, 5)", "a AND", "(", ")", "()", "{a b}: c", "message_words:a",
    "body:x", "^a", "a ^b", "-a", "+", "a+b", "\\", ":", "-", "--", "/*",
    "{", "}", "[", "]", "\x01", "\x7f", "\u202e", "\ufffe", "😀" * 50,
    "a" * 10000, "a " * 3000, "\r\nX-Evil: 1", "%s%n%x", "${jndi:x}", "../..",
    "\u0000", "a\u0000b", "ﬁ", "İ", "ß" * 300, "0" * 400, "+49 30",
]
IDS = ["0", "-1", "1 OR 1=1", "1;", "1e3", "0x1", "01", "1.0", "+1", "１",
       "9223372036854775807", "9223372036854775808", "9" * 400, "null", "%00",
       "1%00", "..", "%2e%2e", "%0d%0aX-Evil:%201", "*", "'", "%",
       "%zz", "%ff"]
TARGETS = [
    "/api/v1/../waspool-media/", "/api/v1/..%2fwaspool-media/",
    "/waspool-media/", "/waspool-media/../inbox.db", "/waspool-media../",
    "/waspool-media/..%2finbox.db", "//waspool-media/", "/api/v1/%2e%2e/",
    "/api/v1/conversations/..%2f../webhooks", "/api/v1//conversations",
    "/api/v1/conversations/", "/api/v1/",
    "/api/v1/conversations%00", "/api/v1/conversations%0d%0aX-Evil:%201",
    "/api/v1/" + "a" * 4000, "/api/v1/" + "%41" * 2000, "/api/v1/?" + "&" * 5000,
    "/api/v1/conversations?" + "tag=a&" * 900, "/metrics/../api/v1/me",
    WEBHOOK + "/../../v1/me", WEBHOOK + "/%2e%2e/%2e%2e/v1/me",
    WEBHOOK + "?hub.mode=%00", WEBHOOK + "/" + "a" * 4000,
]


def raw(node, data, answers=1, seconds=PATIENCE):
    """What comes back for these bytes: so many answers, or all until nginx
    hangs up."""
    with socket.create_connection(("127.0.0.1", node.port), seconds) as s:
        try:
            s.sendall(data)
        except OSError:         # refused before all of it was read
            pass
        answer = b""
        try:
            while answer.count(b"\r\n\r\n") < answers and \
                    (part := s.recv(65536)):
                answer += part
        except ConnectionError:
            pass
        return answer


def head(node, *lines, path=WEBHOOK, method="POST", token=None):
    return "\r\n".join([
        f"{method} {path} HTTP/1.1", "Host: x",
        f"Authorization: Bearer {token or node.webhook_token}", *lines, "",
        ""]).encode()


def honest(node):
    """Seconds until an honest delivery was answered."""
    began = time.monotonic()
    answer = node.deliver("{}")
    assert answer.status == 200, answer
    return time.monotonic() - began


def median_ms(node):
    return sorted(honest(node) for _ in range(21))[10] * 1000


# -------------------------------------------------------- many, and slow ones

def dial(node, data):
    s = socket.create_connection(("127.0.0.1", node.port), PATIENCE)
    s.sendall(data)
    return s


def many_and_slow(node, scale, report):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    soft_now = min(hard, 8192)
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft_now, hard))
    idle, slow, n = [], [], min(IDLE, soft_now - SLOW - 100)
    before = median_ms(node)
    try:
        idle = [dial(node, b"") for _ in range(n)]
        among_idle = median_ms(node)
        slow_head = head(node, "X-Slow: ")[:-4]
        slow_body = head(node, "Content-Length: 100000")
        slow_api = head(node, "Content-Length: 1000", path="/api/v1/contacts")
        for i in range(SLOW):
            slow.append(dial(node, [slow_head, slow_body, slow_api][i % 3]))
        worst = 0
        for _ in range(5):
            for s in slow:
                s.send(b"x")
            worst = max(worst, honest(node))
            assert node.get("/me").status == 200
        among_slow = median_ms(node)
    finally:
        for s in idle + slow:
            s.close()
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    for ms in (among_idle, among_slow):
        assert ms < (HONEST_MS if scale.long else 5000), f"{ms:.0f} ms"
    report.check(f"an honest delivery: {before:.1f} ms alone, {among_idle:.1f} "
                 f"among {n} idle connections, {among_slow:.1f} among "
                 f"{SLOW} slow ones besides (medians of 21)")


# ------------------------------------------------------------ odd ways to say

def pipeline(node, report):
    n, kept = 50, count(node)
    one = head(node, "Content-Length: 2") + b"{}"
    answer = raw(node, one * n, n)
    assert answer.count(b"HTTP/1.1 200") == n, answer[:300]
    assert count(node) == kept + n
    mixed = one + head(node, path="/api/v1/me", method="GET") + one + b"\0\0"
    answer = raw(node, mixed, 4)
    assert answer.count(b"HTTP/1.1 200") == 2 and b" 401 " in answer
    report.check("requests in one piece, each answered", n)


def count(node):
    return node.spool("SELECT count(*) FROM deliveries")[0][0]


def odd_requests(node, report):
    """What HTTP forbids, or what is too much of it."""
    big = 9 << 20
    cases = {
        "too long": head(node, f"Content-Length: {big}"),
        "a length of a petabyte": head(node, f"Content-Length: {10**15}"),
        "a length that is none": head(node, "Content-Length: -1"),
        "too long a length": head(node, "Content-Length: " + "9" * 30),
        "two lengths": head(node, "Content-Length: 2", "Content-Length: 3"),
        "chunked, and a length": head(
            node, "Transfer-Encoding: chunked", "Content-Length: 2"),
        "no chunk": head(node, "Transfer-Encoding: chunked") + b"zz\r\n",
        "an endless chunk":
            head(node, "Transfer-Encoding: chunked") + b"f" * 40 + b"\r\n",
        "chunks in chunks": head(node, "Transfer-Encoding: chunked, chunked"),
        "a long header": head(node, "X-A: " + "a" * 100000),
        "many headers": head(node, *["X-A: " + "a" * 50] * 5000),
        "a long line": head(node, path="/" + "a" * 100000),
        "a NUL in a header": head(node, "X-A: a\0b"),
        "a name with a line's end": head(node, "X-A\r\n b: c"),
        "HTTP/9": b"GET / HTTP/9.0\r\n\r\n",
        "no HTTP": b"\x16\x03\x01\x02\x00" * 50,
    }
    kept = count(node)
    for what, data in cases.items():
        answer = raw(node, data)
        status = answer.partition(b" ")[2][:3] or b"hung up"
        # Not implemented, and another HTTP: the client's fault as well.
        assert status[:1] == b"4" or status in (b"501", b"505") or (
            what == "no HTTP" and b"<center>nginx" in answer), \
            (what, answer[:100])
    # A header that a program would see as another one's.
    for name in ("Content_Length", "X_Hub_Signature_256", "Proxy"):
        raw(node, head(node, f"{name}: 1", "Content-Length: 0"))
    assert count(node) == kept, "one of them was kept"
    report.check("requests that are none, refused", len(cases))


def odd_targets(node, report):
    for path in TARGETS:
        for method in ("GET", "POST"):
            answer = raw(node, head(
                node, "Connection: close", "Content-Length: 0", path=path,
                method=method, token=node.token), 99)
            assert answer[9:10] in b"234", (path, answer[:200])
            fields, _, body = answer.partition(b"\r\n\r\n")
            assert b"\nX-Evil" not in fields, path
            assert b"SQLite format" not in body, path
            if "waspool-media" in path:
                assert answer[9:10] == b"4", (path, answer[:200])
    report.check("addresses with .., %00, CR LF: no way out", len(TARGETS))


# ----------------------------------------------------------------- deliveries

def odd_deliveries(node, report):
    """Kept as they came; what was in them is applied or dead, and what comes
    after them is not held up."""
    phone, ok = new_phone(), new_wamid()
    text = json.dumps(text_message(phone, "TEXT", ok))
    bodies = [
        b"[" * 10**6, b"{\"a\":" * 10**5, b"[" * 10**6 + b"]" * 10**6,
        b"\0" * 10**5, text.encode().replace(b"TEXT", b"\0"),
        b"\xff\xfe" + text.encode(), b"\xef\xbb\xbf" + text.encode(),
        text.encode("utf-16"), b"\xc0\xaf" * 1000,
        text.encode().replace(b"TEXT", b"\xed\xa0\x80"),
        text.encode().replace(b"TEXT", b"\\ud800"),
        text.encode() + b"\0", text.encode() * 2, b"1" * 10**6,
        b"\"" + b"\\" * 10**6, b"null", b"{}", b"-", b"1e999999999",
        json.dumps({"object": "\0", "entry": [{"changes": [None] * 10**5}]}),
        json.dumps({"entry": {"changes": {"value": [[[]]]}}}),
        text.replace("TEXT", "\\u0000" * 1000).replace(ok, new_wamid()),
        text.replace("TEXT", "../../etc/passwd\\r\\nX-Evil: 1")
            .replace(ok, new_wamid()),
    ]
    for b in bodies:
        answer = node.deliver(b)
        assert answer.status == 200, (b[:40], answer)
    last = node.spool("SELECT body FROM deliveries ORDER BY id DESC LIMIT ?",
                      len(bodies))
    assert [r[0] for r in last] == [
        b if isinstance(b, bytes) else b.encode() for b in bodies[::-1]]
    node.deliver(text_message(phone, "and an honest one", ok))
    node.drained()
    found = node.db("SELECT count(*) FROM messages WHERE wamid = ?", ok)
    assert found == [(1,)]
    c = node.conversation(phone)
    assert b"X-Evil" in node.get(f"/conversations/{c['id']}/messages").body
    report.check("deliveries of NULs, brackets, broken UTF-8: kept, and none "
                 "holds up the next", len(bodies))


def thousand_messages(node, report):
    """3 MiB, a thousand messages of as many customers."""
    phones = [new_phone() for _ in range(1000)]
    body = json.dumps(envelope(value(
        [message(p, "text", text={"body": f"{p} " + "long " * 590})
         for p in phones],
        contacts=[contact(p, f"Customer {p}") for p in phones])))
    assert 3 << 20 < len(body) < 4 << 20, len(body)
    before, = node.db("SELECT count(*) FROM messages")
    assert node.deliver(body).status == 200
    began, worst = time.monotonic(), 0
    while node.db("SELECT count(*) FROM messages")[0][0] < before[0] + 1000:
        assert time.monotonic() - began < PATIENCE, "not applied"
        worst = max(worst, honest(node))
        time.sleep(0.05)
    report.check(f"a delivery of {len(body) / (1 << 20):.1f} MiB: a thousand "
                 f"messages applied in {time.monotonic() - began:.1f} s, an "
                 f"honest one answered in {worst * 1000:.0f} ms meanwhile")


# ------------------------------------------------------------------- the API

def fine(answer, what):
    """No 5xx, and a problem that says why, also where nginx refuses."""
    what = str(what)[:200]
    assert answer.status < 500, (what, answer)
    assert "X-Evil" not in answer.headers, what
    if answer.status >= 400:
        assert answer.headers["Content-Type"] == "application/problem+json", \
            (what, answer)
        assert answer.json["status"] == answer.status


def odd_words(office, report):
    """SQL, FTS5 syntax, control characters: where words are searched for, and
    where they are kept."""
    c = office.talk("a plain message")
    before = office.get("/conversations/stats")
    for w in WORDS:
        for path, more in (("/conversations", {"status": "all"}),
                           ("/contacts", {})):
            fine(office.api("GET", path, q=w, **more), (path, w))
        fine(office.api("GET", "/conversations", tag=w, number=w), ("tag", w))
        quoted = urllib.parse.quote(w, safe="")
        made = office.api("POST", "/contacts", {
            "phone": "+" + new_phone(), "name": w, "email": w, "tags": [w]})
        fine(made, ("name", w))
        made = office.api("POST", "/contacts",
                          {"phone": "+" + new_phone(), "name": w})
        fine(made, ("name", w))
        if made.status == 201:
            assert office.get(f"/contacts/{made.json['id']}")["name"] == \
                made.json["name"]
            if len(quoted) < 4000:
                fine(office.api("PUT", f"/contacts/{made.json['id']}/tags/"
                                       f"{quoted}"), ("tag", w))
        fine(office.api("POST", f"/conversations/{c['id']}/messages",
                        {"type": "text", "text": {"body": w}},
                        headers={"Idempotency-Key": quoted[:150]}), ("text", w))
    after = office.get("/conversations/stats")
    # that the customer was answered is all that it shows
    assert after == before | {"unanswered": before["unanswered"] - 1}
    report.check("words of SQL and FTS5 in q, names, tags and texts",
                 len(WORDS))


def odd_ids(office, report):
    for i in IDS:
        for method, path in (
                ("GET", "/conversations/{}"), ("GET", "/contacts/{}"),
                ("POST", "/conversations/{}/read"), ("GET", "/messages/{}"),
                ("GET", "/messages/{}/media"), ("DELETE", "/contacts/{}"),
                ("GET", "/conversations/{}/messages")):
            answer = office.api(method, path.format(
                urllib.parse.quote(i, safe="%")))
            fine(answer, (path, i))
            assert answer.status >= 400, (path, i, answer)
        for name in ("before", "limit", "cursor", "after", "assigned_to"):
            for path in ("/conversations", "/contacts", "/changes"):
                fine(office.api("GET", f"{path}?{name}={i}".replace(
                    " ", "%20").encode().decode("ascii", "ignore")),
                    (path, name, i))
    report.check("ids that are none", len(IDS))


def odd_names_of_files(office, report):
    names = ["../../etc/passwd", "a\"; x=\"b", "a\r\nX-Evil: 1", "\0", "",
             "..", "/", "C:\\x", "a" * 5000, "ä€😀", "\xff", "a\nb", "%0d%0a"]
    for n in names:
        body = (b"--b\r\nContent-Disposition: form-data; name=\"file\"; "
                b"filename=\"" + n.encode() + b"\"\r\nContent-Type: image/png"
                b"\r\n\r\npng\r\n--b--")
        answer = office.api("POST", "/media", body, headers={
            "Content-Type": "multipart/form-data; boundary=b"})
        fine(answer, n)
    outside = [p for p in office.node.dir.rglob("*passwd*")]
    assert not outside, outside
    report.check("names of files with .., quotes and CR LF", len(names))


def tampered_cursors(office, other, luck, report):
    """A cursor that was not given out for this list is refused or begins
    somewhere in it; nothing of another workspace shows."""
    for _ in range(3):
        office.talk("ours")
        other.talk("a very private matter", name="Private Person")
    n = 0
    theirs = other.get("/conversations", limit=1)["next_cursor"]
    given = office.get("/conversations", limit=1)["next_cursor"]
    tries = [theirs, "", "A", "=", "A" * 5000, given[:-1], given + "A",
             given.swapcase(), given * 2]
    for _ in range(100):
        c = list(given)
        c[luck.randrange(len(c))] = luck.choice(
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
            "=+/.%\0")
        tries.append("".join(c))
    for c in tries:
        for path, more in (("/conversations", {"status": "archived"}),
                           ("/conversations", {}), ("/contacts", {}),
                           ("/conversations", {"q": "ours"})):
            answer = office.api("GET", path, cursor=c, **more)
            fine(answer, (path, c))
            assert b"rivate" not in answer.body, (path, c)
            n += 1
    report.check("cursors that were tampered with", n)


def run(scale, report):
    node = Node({"WASPOOL_LOG_LEVEL": "warn"})
    try:
        node.up()
        office, other = Workspace(node, "Ours"), Workspace(node, "Theirs")
        pids = {p: node.pids(p) for p in SERVICES}
        for _ in scale.rounds():
            checks = type(report)()     # the last round's are told
            many_and_slow(node, scale, checks)
            pipeline(node, checks)
            odd_requests(node, checks)
            odd_targets(node, checks)
            odd_deliveries(node, checks)
            thousand_messages(node, checks)
            odd_words(office, checks)
            odd_ids(office, checks)
            odd_names_of_files(office, checks)
            tampered_cursors(office, other, scale.random, checks)
        for p in SERVICES:
            assert node.pids(p) == pids[p], f"{p} died"
        report.checked += checks.checked
    finally:
        node.remove()
