"""What nginx itself refuses: the same shape as what the programs refuse."""

import http.client
import io
import json
import re
import signal
import socket

import pytest

from rig import SERVICES, WEBHOOK, wait_for


class Fake:
    """http.client reads an answer from it."""

    def __init__(self, data):
        self.data = data

    def makefile(self, *_):
        return io.BytesIO(self.data)


def is_whole(data):
    """An answer, as long as its head says."""
    head, end, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^Content-Length: (\d+)", head)
    return end and length and len(body) >= int(length[1])


def say(node, text):
    """Sends TEXT as it is: status, headers and body of what comes back.  After
    its answer nginx reads on for seconds, which nobody waits for."""
    s = socket.create_connection(("127.0.0.1", node.port), timeout=60)
    with s:
        try:
            s.sendall(text)
        except OSError:
            pass  # it has answered already
        data = b""
        try:
            while not is_whole(data) and (more := s.recv(65536)):
                data += more
        except ConnectionResetError:
            pass
    answer = http.client.HTTPResponse(Fake(data))
    answer.begin()
    return answer.status, answer.headers, answer.read()


def is_problem(answer, status, name):
    got, headers, body = answer
    assert (got, headers["Content-Type"]) == (
        status, "application/problem+json"), body
    problem = json.loads(body)
    assert problem["type"] == "https://waspool.dev/problems/" + name
    assert problem["status"] == status
    assert problem["title"] and problem["detail"]
    assert headers["Cache-Control"] == "no-store"
    assert len(headers["X-Request-Id"]) == 32


HEAD = b" HTTP/1.1\r\nHost: a\r\nConnection: close\r\n"
PATHS = [b"/api/v1/contacts", b"/api/v1/media", WEBHOOK.encode(),
         WEBHOOK.encode() + b"/secret"]


@pytest.mark.parametrize("path", PATHS)
def test_not_http(node, path):
    is_problem(say(node, b"POST " + path + b" HTTP/1.1\r\n\r\n"), 400,
               "bad-request")


@pytest.mark.parametrize("path", [p for p in PATHS if b"secret" not in p])
def test_no_chunk(node, path):
    """The program is asked before nginx takes a body whose length is not
    said."""
    text = b"POST " + path + HEAD + b"Transfer-Encoding: chunked\r\n"
    if path.endswith(b"media"):
        is_problem(say(node, text + b"\r\n2\r\n{}\r\n"), 411,
                   "length-required")
        return
    answer = say(node, text + b"\r\n2\r\n{}\r\n")
    is_problem(answer, 401, "unauthorized")
    assert answer[1]["WWW-Authenticate"].startswith("Bearer")
    token = node.webhook_token if b"webhooks" in path else node.token
    is_problem(say(node, text + b"Authorization: Bearer " + token.encode() +
                   b"\r\n\r\nwhat?\r\n"), 400, "bad-request")


@pytest.mark.parametrize("path", PATHS)
def test_too_much(node, path):
    is_problem(say(node, b"POST " + path + HEAD +
                   b"Content-Length: 999999999\r\n\r\n"), 413, "too-large")
    is_problem(say(node, b"GET " + path + b"?" + b"x" * 40000 + HEAD +
                   b"\r\n"), 414, "too-long")
    is_problem(say(node, b"GET " + path + HEAD + b"X-A: " + b"x" * 40000 +
                   b"\r\n\r\n"), 431, "headers-too-large")


@pytest.mark.parametrize("path", PATHS)
def test_trace(node, path):
    answer = say(node, b"TRACE " + path + HEAD + b"\r\n")
    is_problem(answer, 405, "method-not-allowed")
    assert "POST" in answer[1]["Allow"]


def test_the_rest_of_the_site_keeps_its_pages(node):
    for text, status in ((b"TRACE /" + HEAD + b"\r\n", 405),
                         (b"GET / HTTP/1.1\r\n\r\n", 400)):
        got, headers, _ = say(node, text)
        assert (got, headers["Content-Type"]) == (status, "text/html")
    assert node.request("GET", "/waspool-problem/413").status == 404


def test_no_log_holds_what_is_asked_while_a_program_is_away(make_node):
    """A deploy or a crash: nginx's error log had tokens, phones and names."""
    n = make_node()
    for sock in (n.dir / "run").glob("*.sock"):
        sock.rename(sock.with_suffix(".gone"))
    for program in SERVICES:        # nginx keeps connections to them
        old = n.kill(program, signal.SIGTERM)
        wait_for(lambda: old not in n.pids(program))
    secret, phone, name = "5ecre7token", "491711234567", "Nelson"
    api = {"Authorization": f"Bearer {n.token}"}
    for method, path, headers in (
            ("GET", f"/api/v1/conversations?q=%2B{phone}+{name}", api),
            ("GET", f"/api/v1/contacts?q={name}", api),
            ("GET", f"/api/v1/realtime?ticket={secret}", {}),
            ("GET", "/api/webhooks/whatsapp?hub.mode=subscribe"
                    f"&hub.challenge=1&hub.verify_token={secret}", {}),
            ("POST", f"/api/webhooks/whatsapp/{secret}", {}),
            ("POST", "/api/v1/messages", api)):
        body = "{}" if method == "POST" else None
        assert n.request(method, path, body, headers).status == 503, path
    # That it is away is in the log all the same.
    assert n.request("GET", "/healthz").status == 503
    logs = n.log("nginx") + n.log("access")
    assert "/healthz" in n.log("nginx")
    for word in (secret, phone, name, n.token):
        assert word not in logs, word
