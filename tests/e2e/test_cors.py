"""Pages of other origins (CORS): which may read what, as browsers ask."""

import contextlib
import http.server
import socket
import subprocess
import threading

import pytest

from rig import Node, free_port, wait_for
from sse import Stream
from test_bodies import frame, field
from test_browser import browser  # noqa: F401, a fixture
from test_media import deliver, stored

DESK, OTHER = "https://desk.example.com", "https://desk.example.com.evil.example"
ALLOW = "Access-Control-Allow-Origin"


@pytest.fixture(scope="module")
def cors():
    n = Node({"WASPOOL_CORS_ORIGINS": f"http://localhost:5173, {DESK}"}).up()
    yield n
    n.remove()


def ask(node, method, path, origin=DESK, token=None, **headers):
    head = {k.replace("_", "-"): v for k, v in headers.items()}
    if origin:
        head["Origin"] = origin
    return node.api(method, path, token=token, headers=head)


def preflight(node, path, origin=DESK, method="PUT"):
    return ask(node, "OPTIONS", path, origin, "",
               Access_Control_Request_Method=method,
               Access_Control_Request_Headers="authorization,content-type")


def varies(answer):
    return {w.strip() for line in answer.headers.get_all("Vary") or []
            for w in line.split(",")}


@pytest.mark.parametrize("path", [
    "/conversations", "/conversations/1/assignee", "/media", "/changes",
    "/realtime", "/messages/1/media", "/nothing"])
def test_a_browser_learns_that_a_page_may(cors, path):
    answer = preflight(cors, path)
    assert (answer.status, answer.body) == (204, b"")
    assert answer.headers[ALLOW] == DESK
    assert varies(answer) == {"Origin"}
    assert "PATCH" in answer.headers["Access-Control-Allow-Methods"]
    allowed = answer.headers["Access-Control-Allow-Headers"].lower()
    for name in ("authorization", "content-type", "idempotency-key",
                 "last-event-id", "range", "if-range"):
        assert name in allowed.split(", ")
    assert int(answer.headers["Access-Control-Max-Age"]) > 600
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("origin", [
    None, "null", OTHER, "http://desk.example.com", DESK + ":8443",
    DESK + "/", DESK.upper(), "https://desk.example.com, " + OTHER, "*"])
@pytest.mark.parametrize("path", ["/me", "/realtime"])
def test_others_may_not(cors, origin, path):
    answer = preflight(cors, path, origin)
    assert answer.status == 401
    for method in "GET", "POST":
        for token in None, "":
            if path == "/realtime" and token is None:
                continue
            answer = ask(cors, method, path, origin, token)
            assert ALLOW not in answer.headers
            assert "Origin" in varies(answer)
    assert ALLOW not in preflight(cors, path, origin).headers


def test_what_is_answered_may_be_read_whatever_it_is(cors):
    for answer, status in [
            (ask(cors, "GET", "/me"), 200),
            (ask(cors, "HEAD", "/me"), 200),
            (ask(cors, "GET", "/me", token=""), 401),
            (ask(cors, "GET", "/me", token="nobody's"), 401),
            (ask(cors, "GET", "/messages/1", token=""), 401),
            (ask(cors, "GET", "/conversations", x="1"), 200),
            (cors.api("GET", "/conversations?nonsense=1",
                      headers={"Origin": DESK}), 400),
            (ask(cors, "GET", "/nothing"), 404),
            (ask(cors, "DELETE", "/me"), 405),
            (ask(cors, "OPTIONS", "/me"), 405),
            (ask(cors, "POST", "/contacts"), 400),
            (ask(cors, "POST", "/media", Content_Length="0"), 415),
            (ask(cors, "GET", "/changes"), 200),
            (ask(cors, "GET", "/changes?after=999999"), 410),
            (ask(cors, "POST", "/changes"), 405),
            (ask(cors, "GET", "/realtime", token=""), 401)]:
        assert answer.status == status
        assert answer.headers.get_all(ALLOW) == [DESK], answer
        assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]
        assert varies(answer) == {"Origin"}
        assert "Access-Control-Allow-Credentials" not in answer.headers


def test_an_answer_to_nobodys_page_varies_too(cors):
    answer = cors.get("/contacts/export")
    assert varies(answer) == {"Origin", "Accept"}
    assert ALLOW not in answer.headers


def test_without_the_setting_nothing_is_said(node):
    answer = ask(node, "GET", "/me")
    assert ALLOW not in answer.headers and answer.headers["Vary"] is None
    answer = preflight(node, "/me")
    assert answer.status == 401 and ALLOW not in answer.headers


def test_nobody_signs_in_from_there(cors):
    for method in "GET", "POST", "DELETE", "OPTIONS":
        answer = ask(cors, method, "/session", token="",
                     Access_Control_Request_Method="POST")
        assert ALLOW not in answer.headers
        assert method == "DELETE" or answer.status >= 400
    assert ALLOW not in cors.request(
        "OPTIONS", "/api/webhooks/whatsapp",
        headers={"Origin": DESK,
                 "Access-Control-Request-Method": "POST"}).headers


def test_what_nginx_refuses_may_be_read(cors):
    for answer, status in [
            (cors.api("POST", "/contacts", b"x" * 9_000_000,
                      headers={"Origin": DESK}), 413),
            (cors.request("TRACE", "/api/v1/me", headers={"Origin": DESK}),
             405),
            (cors.request("GET", "/api/v1/me?q=" + "x" * 9000,
                          headers={"Origin": DESK}), 414),
            (cors.api("POST", "/media", b"0\r\n\r\n", headers={
                "Origin": DESK, "Transfer-Encoding": "chunked"}), 411)]:
        assert answer.status == status, answer
        assert answer.headers[ALLOW] == "*"
        assert answer.json["status"] == status
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert cors.token not in str(answer.headers)


def test_a_program_that_is_away_says_so(make_node):
    node = make_node(WASPOOL_CORS_ORIGINS=DESK)
    (node.dir / "run" / "actions.sock").unlink()
    node.kill("actions")
    answer = ask(node, "GET", "/me")
    assert (answer.status, answer.headers[ALLOW]) == (503, "*")
    assert "Retry-After" in answer.headers["Access-Control-Expose-Headers"]


def test_a_stream_may_be_followed(cors):
    with Stream(cors, query="", token=cors.token) as plain:
        assert ALLOW.lower() not in plain.headers
        assert plain.headers["vary"] == "Origin"
    ticket = cors.post("/realtime/tickets").json["ticket"]
    answer = cors.request("HEAD", f"/api/v1/realtime?ticket={ticket}",
                          headers={"Origin": DESK})
    assert (answer.status, answer.headers[ALLOW]) == (200, DESK)


def test_a_file_may_be_read_by_that_page_alone(d360, make_node):
    node = make_node(provider=d360, WASPOOL_CORS_ORIGINS=DESK)
    id_ = deliver(node, "image", d360.add_media(b"0123456789").field())
    stored(node, id_)
    path = f"/messages/{id_}/media"
    for range_, status in (None, 200), ("bytes=2-3", 206), ("bytes=99-", 416):
        head = {"Range": range_} if range_ else {}
        answer = ask(node, "GET", path, **head)
        assert answer.status == status
        assert answer.headers.get_all(ALLOW) == [DESK]
        assert "Content-Range" in \
            answer.headers["Access-Control-Expose-Headers"]
        assert varies(answer) == {"Authorization", "Cookie", "Origin"}
        other = ask(node, "GET", path, OTHER, **head)
        assert other.status == status and ALLOW not in other.headers
        assert varies(other) == varies(answer)
    assert preflight(node, path, method="GET").status == 204


def test_over_http_2_a_browser_asks_without_a_token(http2_cors):
    block = b"".join(field(n, v) for n, v in [
        (":method", "OPTIONS"), (":scheme", "http"), (":authority", "x"),
        (":path", "/api/v1/contacts"), ("origin", DESK),
        ("access-control-request-method", "POST")])
    with socket.create_connection(("127.0.0.1", http2_cors), timeout=60) as s:
        s.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0) +
                  frame(1, 5, 1, block))
        data = b""
        while not any(t == 1 for t, _ in frames(data)):
            more = s.recv(65536)
            assert more
            data += more
    head, = [p for t, p in frames(data) if t == 1]
    assert head[0] == 0x89  # :status 204, in HPACK's table


def frames(data):
    while len(data) >= 9:
        n = int.from_bytes(data[:3], "big")
        if len(data) < 9 + n:
            return
        yield data[3], data[9:9 + n]
        data = data[9 + n:]


@pytest.fixture
def http2_cors(cors, tmp_path):
    """A second nginx before the same programs, which speaks HTTP/2."""
    port = free_port()
    conf = (cors.dir / "nginx.conf").read_text()
    conf = conf.replace(f"listen 127.0.0.1:{cors.port};",
                        f"listen 127.0.0.1:{port} http2;")
    conf = conf.replace("run/nginx.pid", "run/http2.pid")
    (cors.dir / "http2.conf").write_text(conf)
    p = subprocess.Popen(["nginx", "-e", tmp_path / "log", "-p",
                          f"{cors.dir}/", "-c", cors.dir / "http2.conf"],
                         cwd=tmp_path)
    try:
        wait_for(lambda: socket.socket().connect_ex(
            ("127.0.0.1", port)) == 0)
        yield port
    finally:
        p.terminate()
        p.wait(60)


# ------------------------------------------------------- a real browser

PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>desk</title>
<script>
const base = "%(base)s/api/v1", token = "%(token)s";
const out = {};
const head = { Authorization: "Bearer " + token };
async function tell(name, path, how = {}) {
  try {
    const a = await fetch(base + path, { headers: head, ...how });
    out[name] = [a.status, (await a.text()).length > 0, a.headers.get("X-Request-Id") !== null,
                 a.headers.get("Retry-After"), a.headers.get("Content-Range")];
  } catch (e) { out[name] = "cannot"; }
}
function shown(url) {
  return new Promise(done => {
    const i = new Image();
    i.onload = () => done([i.naturalWidth, i.naturalHeight]);
    i.onerror = () => done("cannot");
    i.src = url;
  });
}
(async () => {
  await tell("list", "/conversations");
  await tell("write", "/contacts", { method: "POST", body: JSON.stringify({ name: "Ann", phone: "+16505550%(n)s" }),
    headers: { ...head, "Content-Type": "application/json", "Idempotency-Key": "k%(n)s" } });
  await tell("nobody", "/me", { headers: { Authorization: "Bearer x" } });
  await tell("large", "/contacts", { method: "POST", body: "x".repeat(9000000), headers: { ...head, "Content-Type": "application/json" } });
  await tell("range", "/messages/%(id)s/media", { headers: { ...head, Range: "bytes=1-4" } });
  await tell("cookie", "/me", { credentials: "include" });
  await tell("session", "/session", { method: "DELETE" });
  try {
    const { url } = await (await fetch(base + "/messages/%(id)s/media-address", { headers: head })).json();
    out.image = await shown("%(base)s" + url);
    out.bare = await shown("%(base)s/api/v1/messages/%(id)s/media");
    const { ticket } = await (await fetch(base + "/realtime/tickets", { method: "POST", headers: head })).json();
    const events = new EventSource(base + "/realtime?ticket=" + ticket);
    out.stream = await new Promise(done => {
      events.addEventListener("ready", e => done(JSON.parse(e.data).last_seq >= 0));
      events.onerror = () => done("cannot");
    });
    events.close();
  } catch (e) { out.rest = String(e); }
  document.title = "done";
})();
</script>
"""

# One pixel.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c49444154789c63f8cfc0000003010100c9fe92ef0000000049454e44ae426082")


class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(self.text)))
        self.end_headers()
        self.wfile.write(self.text)

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def page(text, port=0):
    """TEXT, on an origin of its own: its address."""
    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", port), type("One", (Page,), {"text": text.encode()}))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_a_page_of_another_origin_in_chromium(d360, make_node, browser):  # noqa: F811
    port = free_port()
    node = make_node(provider=d360,
                     WASPOOL_CORS_ORIGINS=f"http://127.0.0.1:{port}")
    id_ = deliver(node, "image", d360.add_media(PNG, "image/png").field())
    stored(node, id_)
    seen = []
    for n, at in enumerate((port, 0)):
        text = PAGE % {"base": node.url, "token": node.token, "id": id_,
                       "n": 100 + n}
        with page(text, at) as url:
            browser.go(url)
            wait_for(lambda: browser.value("document.title") == "done", 60)
            seen.append(browser.value("out"))
    may, may_not = seen
    assert may == {
        "list": [200, True, True, None, None],
        "write": [201, True, True, None, None],
        "nobody": [401, True, True, None, None],
        "large": [413, True, True, None, None],
        "range": [206, True, True, None, "bytes 1-4/69"],
        # what comes by the cookie no other origin reads
        "cookie": "cannot", "session": "cannot",
        "image": [1, 1], "bare": "cannot", "stream": True}
    assert may_not.pop("rest").startswith("TypeError")
    assert set(may_not.values()) == {"cannot"}
    assert node.get("/contacts").json["data"][0]["name"] == "Ann"
    assert len(node.get("/contacts").json["data"]) == 1
