"""What is in no log, whoever is away: each kind of it has a mark."""

import http.client
import json
import re
import socket
import subprocess
import time
import urllib.parse

import pytest

from rig import (BUILD, NUMBER, ROOT, SERVICES, contact, envelope, message,
                 value, wait_for)

PHONE = "491719876543"
NAME = "Quettlinburga"
TEXT = "Zwetschgendatschi"
WAMID = "wamid.HBgMNDkxNzE5ODc2NTQzFQIAEhgg"
WORD = "Kaiserschmarrn"
TICKET = "t1cketofnobody5555"
VERIFY = "verify-token-of-nobody"
HOOK = "webhook-token-of-nobody"
BEARER = "bearer-token-of-nobody"


def deliveries():
    def one(kind, n, **content):
        return envelope(value(
            [message(PHONE, kind, wamid=f"{WAMID}{n}", **content)],
            contacts=[contact(PHONE, NAME)]))
    file = {"id": "1", "mime_type": "image/jpeg", "caption": TEXT,
            "filename": TEXT, "sha256": "AAAA"}
    kinds = {
        "text": {"body": TEXT}, "image": file, "document": file,
        "audio": {"id": "2", "mime_type": "audio/ogg"},
        "location": {"latitude": 1, "longitude": 2, "name": NAME},
        "contacts": [{"name": {"formatted_name": NAME},
                      "phones": [{"phone": PHONE}]}],
        "reaction": {"message_id": f"{WAMID}1", "emoji": "x"},
        "button": {"text": TEXT, "payload": TEXT},
        "interactive": {"type": "button_reply",
                        "button_reply": {"id": "1", "title": TEXT}},
        "unheard_of": {"body": TEXT}}
    for n, (kind, content) in enumerate(kinds.items()):
        yield one(kind, n, **{kind: content})
    yield envelope(value(statuses=[
        {"id": f"{WAMID}99", "status": "failed", "recipient_id": PHONE,
         "timestamp": str(int(time.time())),
         "errors": [{"code": 131026, "title": f"{PHONE} {NAME}",
                     "error_data": {"details": f"{PHONE} {TEXT}"}}]}]))
    yield envelope({"phone": PHONE, "text": TEXT}, field=f"new {PHONE}")
    yield f"not JSON {PHONE} {TEXT}"


def ask_all(n):
    """Every address that can hold something."""
    api = {"Authorization": f"Bearer {n.token}",
           "Referer": f"http://127.0.0.1/?q={WORD}"}
    q = urllib.parse.quote(f"{WORD} +{PHONE} {NAME}")
    for method, path, head, body in (
            ("GET", f"/api/v1/conversations?q={q}", api, None),
            ("GET", f"/api/v1/contacts?q={q}", api, None),
            ("GET", f"/api/v1/changes?after=0&q={q}", api, None),
            ("GET", f"/api/v1/realtime?ticket={TICKET}", {}, None),
            ("GET", f"/api/v1/messages/1/media?q={q}", api, None),
            ("POST", f"/api/v1/media?q={q}", api, b"x" * 20),
            ("GET", f"/api/v1/metrics?q={q}", api, None),
            ("GET", f"/api/v1/me?q={q}",
             {"Authorization": f"Bearer {BEARER}"}, None),
            ("POST", "/api/v1/messages", api, json.dumps(
                {"to": "+" + PHONE, "type": "text", "text": {"body": TEXT}})),
            ("POST", "/api/v1/messages", api, b"y" * (9 << 20)),
            ("GET", f"/api/webhooks/whatsapp?hub.mode=subscribe&"
                    f"hub.challenge=1&hub.verify_token={VERIFY}", {}, None),
            ("POST", f"/api/webhooks/whatsapp?q={q}", {}, "{}"),
            ("POST", f"/api/webhooks/whatsapp/{HOOK}", {}, "{}"),
            ("POST", f"/api/webhooks/whatsapp/{HOOK}", {}, b"z" * (9 << 20)),
            ("GET", f"/api/v1/conversations?q={q}" + "a" * 40000, api, None),
            ("GET", f"/api/v1/conversations?q={q}",
             {**api, "X-Long": "a" * 40000}, None)):
        try:
            n.request(method, path, body, head)
        except (OSError, http.client.HTTPException):
            pass        # refused in mid-body
    for raw in (f"GET /api/v1/contacts?q={WORD} HTTP/1.1\r\nHost\r\n: x\r\n\r\n",
                f"TRACE /api/v1/contacts?q={WORD} HTTP/1.1\r\nHost: x\r\n\r\n",
                f"POST /api/webhooks/whatsapp/{HOOK} HTTP/9.9\r\n\r\n",
                f"POST /api/webhooks/whatsapp/{HOOK} HTTP/1.1\r\nHost: x\r\n"
                "Transfer-Encoding: unheard-of\r\n\r\n"):
        with socket.create_connection(("127.0.0.1", n.port)) as s:
            s.settimeout(60)
            s.sendall(raw.encode())
            s.recv(1000)
    # and one that ends before its head is whole
    with socket.create_connection(("127.0.0.1", n.port)) as s:
        s.sendall(f"POST /api/webhooks/whatsapp/{HOOK} HTTP/1.1\r\n".encode())


def check(n):
    marks = (PHONE, PHONE[2:], NAME, TEXT, "wamid.", WORD, TICKET, VERIFY, HOOK,
             BEARER, n.token, n.webhook_token, n.verify_token,
             n.provider.key)
    for path in (n.dir / "log").iterdir():
        text = path.read_text(errors="replace")
        for mark in marks:
            line = next((x for x in text.splitlines() if mark in x), None)
            assert line is None, (path.name, mark, line)


def test_nothing_of_a_customer_and_no_secret_is_in_a_log(d360, make_node):
    n = make_node(provider=d360, WASPOOL_LOG_LEVEL="debug")
    for body in deliveries():
        assert n.deliver(body).status == 200
    n.drained()
    # The provider refuses, and repeats who it was.
    for status, code in ((400, 131026), (400, 131047), (500, 131000)):
        d360.fail(1, status, code, message=f"(#1) {PHONE} {NAME}",
                  details=f"{PHONE} {TEXT}")
        a = n.post("/messages", {"to": "+" + PHONE, "type": "text",
                                 "text": {"body": TEXT}})
        assert a.status == 202, a
    ask_all(n)
    wait_for(lambda: n.db("SELECT 1 FROM messages WHERE status = 'failed'"))
    check(n)
    for program in SERVICES:
        n.give_up(program)
        ask_all(n)
        check(n)
    # That they are away is said where no secret can be.
    assert n.request("GET", "/healthz").status == 503
    assert "/healthz" in n.log("nginx")


def test_an_answer_that_is_cut_off_is_not_whole(node):
    """nginx makes a whole one of what a program leaves without a length."""
    for path in ("/me", "/members", "/numbers", "/conversations", "/contacts",
                 "/tags", "/changes?after=0", "/metrics", "/nothing"):
        a = node.get(path)
        assert int(a.headers["Content-Length"]) == len(a.body), path
    a = node.request("GET", "/healthz")
    assert int(a.headers["Content-Length"]) == len(a.body)


def test_a_line_has_the_time_and_leads_to_the_message(d360, make_node):
    n = make_node(provider=d360)
    d360.fail(1, 400, 131026)
    n.deliver(next(deliveries()))
    n.drained()
    a = n.post("/messages", {"to": "+" + PHONE, "type": "text",
                             "text": {"body": "hello"}})
    assert a.status == 202, a
    line = wait_for(lambda: next(
        (x for x in n.log("waspool-process").splitlines()
         if " message=" in x), None))
    assert line.startswith("time=20") and "Z level=info" in line
    id = int(line.split(" message=")[1].split()[0])
    told = n.cli("--json", "message", "show", id)
    assert told["status"] == "failed" and told["error"]["code"] == 131026


# ------------------------------------------------------------- waspool.log(5)

PAGE = (ROOT / "man" / "waspool.log.5").read_text()
LITERAL = r'"(?:[^"\\]|\\.)*"'
CALL = re.compile(r"\b(log_warn|log_info|die)\s*\(\s*(?:EX_\w+\s*,\s*)?((?:" +
                  LITERAL + r"|PRI\w+|\s)+)[,)]")
LEVELS = {"log_warn": "warn", "log_info": "info", "die": "fatal"}


def texts_of_the_source():
    """"LEVEL: TEXT", with ... for what differs; what waspool(1) says to who
    typed it is no log."""
    for folder in ("src", "cgi-bin"):
        for path in (ROOT / folder).rglob("*.c"):
            if "cli" in path.relative_to(ROOT).parts:
                continue
            for kind, run in CALL.findall(path.read_text()):
                text = "".join(x[1:-1] for x in re.findall(LITERAL, run))
                text = re.sub(r"%(?:[-0-9.*]*(?:ll|l|z)?[dsuxc])?", "...",
                              text).replace('\\"', '"')
                yield " ".join(f"{LEVELS[kind]}: {text}".split())


def texts_of_the_page():
    lines = PAGE[PAGE.index(".Sh LINES"):]
    for block in re.findall(r"(?s)\.Bd -literal .*?\n(.*?)\n\.Ed", lines):
        for text in re.split(r"\n(?! )", block):
            yield " ".join(text.split()).replace("\\e", "\\")


def test_each_line_of_the_log_is_in_its_page():
    there, told = set(texts_of_the_source()), list(texts_of_the_page())
    assert len(there) > 150
    assert sorted(there - set(told)) == [], "not in man/waspool.log.5"
    assert sorted(set(told) - there) == [], "nobody says it any more"
    assert len(told) == len(set(told))


def commands():
    return sorted(set(re.findall(r"waspool ([a-z]+(?: [a-z]+)?)", "\n".join(
        re.findall(r"(?m)^\.Ql (waspool .*)$", PAGE)))))


@pytest.mark.parametrize("command", commands())
def test_what_the_page_says_to_type_can_be_typed(command):
    done = subprocess.run([BUILD / "inst/bin/waspool", *command.split(),
                           "--help"], capture_output=True, timeout=60)
    assert done.returncode == 0, done
