"""The door for webhooks: who is let in, what is answered, what is kept."""

import base64
import concurrent.futures
import gzip
import hashlib
import hmac
import http.client
import json
import pathlib
import signal
import socket
import subprocess
import time

import pytest

from rig import (WEBHOOK, clean_environment, new_phone, new_wamid,
                 text_message, wait_for)


def kept(node, body=None):
    """How many deliveries are kept: all, on a node of the test's own, or those
    with that body, which no other test has posted."""
    if body is None:
        return node.spool("SELECT count(*) FROM deliveries")[0][0]
    return node.spool("SELECT count(*) FROM deliveries WHERE body = ?",
                      body.encode())[0][0]


def a_body():
    """JSON that no other test posts."""
    return json.dumps({"test": new_wamid()})


def gzip_is(body):
    return body.startswith(b"\x1f\x8b")


def basic(user, password):
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


# -------------------------------------------------------------- verification

def test_verification_answers_exactly_the_challenge(node):
    a = node.verify(mode="subscribe", token=node.verify_token,
                    challenge="115 82&014=44+ä")
    assert a.status == 200
    assert a.body == "115 82&014=44+ä".encode()
    assert a.headers["Content-Type"].startswith("text/plain")
    assert a.headers["X-Content-Type-Options"] == "nosniff"


def test_verification_takes_encoded_names_any_order_and_other_parameters(node):
    a = node.request("GET", f"{WEBHOOK}?x=1&hub%2Echallenge=C"
                            f"&hub%2Everify_token={node.verify_token}"
                            "&hub.mode=subscribe&hub.challenge=second")
    assert (a.status, a.body) == (200, b"C")


@pytest.mark.parametrize("query, status", [
    ("", 400),
    ("?hub.mode=subscribe&hub.challenge=1", 400),
    ("?hub.mode=subscribe&hub.verify_token={token}", 400),
    ("?hub.mode=unsubscribe&hub.verify_token={token}&hub.challenge=1", 400),
    ("?hub.mode=subscribe&hub.verify_token=wrong&hub.challenge=1", 403),
    ("?hub.mode=subscribe&hub.verify_token=&hub.challenge=1", 403),
    ("?hub.mode=subscribe&hub.verify_token={token}%00&hub.challenge=1", 403),
    ("?hub.mode=subscribe&hub.verify_token={token}x&hub.challenge=1", 403),
    ("?hub.mode=subscribe&hub.verify_token=%zz&hub.challenge=1", 400),
])
def test_verification_refuses(node, query, status):
    a = node.request("GET", WEBHOOK + query.format(token=node.verify_token))
    assert a.status == status
    assert b"1" != a.body


# ---------------------------------------------------------------- credentials

def test_token_is_taken_from_bearer_basic_and_path(node):
    body, t = a_body(), node.webhook_token
    for headers, path in [({"Authorization": f"Bearer {t}"}, WEBHOOK),
                          ({"Authorization": f"bearer {t}"}, WEBHOOK),
                          ({"Authorization": basic("any:one", t)}, None),
                          ({"Authorization": basic("360", t)}, WEBHOOK),
                          ({}, f"{WEBHOOK}/{t}")]:
        if path is None:        # the password begins after the first colon
            a = node.deliver(body, token="", headers=headers)
            assert a.status == 401
            continue
        a = node.deliver(body, token="", headers=headers, path=path)
        assert a.status == 200, (headers, path, a)
    assert kept(node, body) == 4


@pytest.mark.parametrize("headers, suffix", [
    ({}, ""),
    ({}, "/"),
    ({}, "/wrong"),
    ({"Authorization": "Bearer wrong"}, ""),
    ({"Authorization": "Bearer "}, ""),
    ({"Authorization": "Bearer"}, ""),
    ({"Authorization": "Digest x"}, ""),
    ({"Authorization": basic("x", "wrong")}, ""),
    ({"Authorization": "Basic %%%"}, ""),
    ({"Authorization": "Basic " + base64.b64encode(b"no colon").decode()}, ""),
])
def test_without_the_token_nothing_is_kept(node, headers, suffix):
    body = a_body()
    a = node.deliver(body, token="", headers=headers, path=WEBHOOK + suffix)
    assert a.status == 401
    assert "WWW-Authenticate" in a.headers
    assert kept(node, body) == 0


def test_several_tokens(make_node):
    n = make_node(WHATSAPP_WEBHOOK_TOKEN="the-old-token-of-them, the-new-token-of-them")
    assert n.deliver("{}", token="the-old-token-of-them").status == 200
    assert n.deliver("{}", token="the-new-token-of-them").status == 200
    assert n.deliver("{}", token="the-old-token-of-them, the-new-token-of-them").status == 401
    assert [r[0] for r in n.spool("SELECT credential FROM deliveries")] == \
        ["token-1", "token-2"]


def sign(secret, body):
    return "sha256=" + hmac.new(secret.encode(), body,
                                hashlib.sha256).hexdigest()


FIRST, SECOND = "the-first-app-secret", "the-second-app-secret"


def test_signature_over_the_raw_bytes_with_several_secrets(make_node):
    n = make_node(WHATSAPP_APP_SECRET=f"{FIRST},{SECOND}")
    body = b'{"a": "\\u00e4" ,\n "b":1}'
    for secret in (FIRST, SECOND):
        a = n.deliver(body, headers={
            "X-Hub-Signature-256": sign(secret, body)})
        assert a.status == 200
    for header in (sign("other", body), sign(FIRST, body + b" "),
                   "sha256=", "sha256=zz", "md5=00",
                   sign(FIRST, body)[:-2]):
        a = n.deliver(body, headers={"X-Hub-Signature-256": header})
        assert a.status == 401, header
    assert n.deliver(body).status == 401
    # The signature does not replace the token that is configured too.
    assert n.deliver(body, token="", headers={
        "X-Hub-Signature-256": sign(FIRST, body)}).status == 401
    assert kept(n) == 2
    # Secrets are in no log and in no database.
    for name in ("webhook-ingest", "waspool-process", "actions"):
        assert FIRST not in n.log(name)
        assert n.webhook_token not in n.log(name)


def test_ingest_refuses_to_start_unprotected(node):
    env = {"WHATSAPP_WEBHOOK_TOKEN": "", "REQUEST_METHOD": "POST"}
    conf = node.dir / "open.conf"
    conf.write_text(f"WASPOOL_STATE_DIR={node.dir}/state\n"
                    f"WASPOOL_RUN_DIR={node.dir}/run\n")
    ingest = pathlib.Path(node.bin).parent / "libexec/waspool/webhook-ingest"
    done = subprocess.run([ingest], stdin=subprocess.DEVNULL,
                          env=clean_environment({
                              "WASPOOL_CONFIG": str(conf), **env}),
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 78        # EX_CONFIG
    assert "WHATSAPP_WEBHOOK_TOKEN" in done.stderr


def test_auth_none_must_be_said(make_node):
    n = make_node()
    n.down()
    conf = n.dir / "waspool.conf"
    text = "\n".join(line for line in conf.read_text().splitlines()
                     if not line.startswith("WHATSAPP_WEBHOOK_TOKEN"))
    conf.write_text(text + "\nWHATSAPP_WEBHOOK_AUTH=none\n")
    n.up()
    assert n.deliver("{}", token="").status == 200


# ------------------------------------------------------------- what is kept

@pytest.mark.parametrize("body", [
    b"{}", b"not json", b"\x00\xff\x00", b"[" * 100000, "ä€😀".encode() * 9,
    b" ",
])
def test_whatever_is_in_it_is_kept_as_it_came(node, body):
    (last,), = node.spool("SELECT coalesce(max(id), 0) FROM deliveries")
    a = node.deliver(body)
    assert a.status == 200
    assert (body,) in node.spool("SELECT body FROM deliveries WHERE id > ?",
                                 last)


def test_limits_of_the_body(make_node):
    n = make_node(WASPOOL_BODY_MAX=5000)
    assert n.deliver(b"x" * 5000).status == 200
    assert n.deliver(b"x" * 5001).status == 413
    assert n.deliver(b"").status == 400
    assert kept(n) == 1


def test_four_mebibytes_by_default(node):
    assert node.deliver(b" " * (4 << 20)).status == 200
    assert node.deliver(b" " * ((4 << 20) + 1)).status == 413


def test_chunked_bodies_are_taken(node):
    c = http.client.HTTPConnection("127.0.0.1", node.port, timeout=60)
    body = a_body()
    c.request("POST", WEBHOOK, body=iter([body[:4].encode(),
                                          body[4:].encode()]),
              headers={"Authorization": f"Bearer {node.webhook_token}"},
              encode_chunked=True)
    assert c.getresponse().status == 200
    c.close()
    assert kept(node, body) == 1


@pytest.mark.parametrize("sent", [
    lambda b: gzip.compress(b),
    lambda b: gzip.compress(b[:100]) + gzip.compress(b[100:]),
    lambda b: b"\xef\xbb\xbf" + b,
    lambda b: gzip.compress(b"\xef\xbb\xbf" + b),
], ids=["gzip", "two members", "byte order mark", "both"])
def test_what_a_sender_did_to_a_body_is_undone(node, sent):
    phone = new_phone()
    body = sent(json.dumps(text_message(phone, "in other bytes")).encode())
    assert node.deliver(body, headers={"Content-Encoding": "gzip"}
                        if gzip_is(body) else {}).status == 200
    c = node.wait_conversation(phone)
    assert c["last_message_preview"] == "in other bytes"
    (id_,), = node.spool("SELECT id FROM deliveries WHERE body = ?", body)
    shown = node.cli("--json", "spool", "show", str(id_))
    assert shown["body"]["object"] == "whatsapp_business_account"
    node.cli("--json", "contact", "erase", "+" + phone,
             "--workspace", str(node.workspace_id))
    left = node.spool("SELECT body FROM deliveries WHERE id = ?", id_)[0][0]
    assert left.startswith(b"{") and phone.encode() not in left


def test_gzip_that_is_cut_off_is_kept_and_said(node):
    body = gzip.compress(json.dumps(text_message(new_phone(), "x")).encode())
    assert node.deliver(body[:-9]).status == 200
    node.drained()
    (id_,), = node.spool("SELECT id FROM deliveries WHERE body = ?", body[:-9])
    dead = node.cli("--json", "spool", "list", "--state", "dead",
                    "--limit", "10000")
    assert "gzip that is cut off" in json.dumps(
        [d for d in dead if d["id"] == id_])


def test_a_body_that_ends_early_is_not_kept(node):
    half, whole = a_body(), a_body()
    with socket.create_connection(("127.0.0.1", node.port)) as s:
        s.sendall(f"POST {WEBHOOK} HTTP/1.1\r\nHost: x\r\nContent-Length: "
                  f"100\r\nAuthorization: Bearer {node.webhook_token}\r\n\r\n"
                  f"{half}".encode())
    assert node.deliver(whole).status == 200
    assert (kept(node, half), kept(node, whole)) == (0, 1)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD",
                                    "OPTIONS"])
def test_other_methods(node, method):
    a = node.request(method, WEBHOOK)
    assert a.status == 405
    assert a.headers["Allow"] == "GET, POST"


def test_where_it_came_from_is_noted(node):
    body = a_body()
    node.deliver(body)
    row, = node.spool("SELECT remote, credential, body_len, received_at > 0 "
                      "FROM deliveries WHERE body = ?", body.encode())
    assert row == ("127.0.0.1", "token-1", len(body), 1)


def test_floor_of_free_disk(make_node):
    n = make_node(WASPOOL_MIN_FREE="8192TiB")
    a = n.deliver("{}")
    assert a.status == 503
    assert int(a.headers["Retry-After"]) > 0
    assert kept(n) == 0
    assert "WASPOOL_MIN_FREE" in n.log("webhook-ingest")


def test_a_dead_program_is_503_to_the_provider(make_node):
    n = make_node()
    statuses = set()
    for _ in range(20):
        n.kill("webhook-ingest")
        for _ in range(5):
            a = n.deliver("{}")
            statuses.add(a.status)
            if a.status != 200:
                assert a.status == 503 and "Retry-After" in a.headers
    assert statuses <= {200, 503}


def test_a_restart_loses_no_request(make_node):
    """SIGTERM: what is in hand is finished, the backlog is served."""
    n = make_node()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        jobs = [pool.submit(n.deliver, text_message(new_phone(), str(i)))
                for i in range(400)]
        for _ in range(5):
            n.kill("webhook-ingest", signal.SIGTERM)
            time.sleep(0.1)
        answers = [j.result().status for j in jobs]
    assert answers == [200] * 400
    assert kept(n) == 400


def test_a_token_of_a_number_speaks_for_that_one_only(make_node):
    """A file, without a restart; what it says of another number is held."""
    n = make_node()
    own, other = "777000777", n.phone_number_id
    for number in own, other:
        n.cli("number", "add", number, "--workspace", n.workspace_id)
    made = n.cli("webhook", "token", own, "--json")["token"]
    assert n.cli("webhook", "tokens", "--json") == [{"speaks_for": own}]

    def post(token, number, phone):
        return n.request(
            "POST", "/api/webhooks/whatsapp",
            json.dumps(text_message(phone, "hello", number=number)),
            {"Authorization": f"Bearer {token}",
             "Content-Type": "application/json"}).status
    phone, forged = new_phone(), new_phone()
    wait_for(lambda: post(made, own, phone) == 200, step=0.2)
    assert n.wait_conversation(phone)
    assert post(made, other, forged) == 200
    n.drained()
    assert n.conversation(forged) is None
    (reason,), = n.db("SELECT reason FROM held")
    assert reason == f"token-of-{own} may not deliver for number {other}"
    # whose webhook it is, the number says
    held = {x["phone_number_id"]: x["held"] for x in n.get("/numbers").json["data"]}
    assert held[own] == {"deferred": 0, "dead": 0, "more": False,
                         "reason": None, "last_at": None}
    assert held[other].pop("last_at") is not None
    assert held[other] == {"deferred": 1, "dead": 0, "more": False,
                           "reason": "wrong_token"}
    assert [x["number"] for x in n.cli("--json", "spool", "list", "--state",
                                       "deferred")] == [other]
    assert made not in n.log("webhook-ingest") + n.log("waspool-process")
    assert {c for c, in n.spool("SELECT credential FROM deliveries")} \
        <= {f"token-of-{own}", "token-1"}
    # Another one replaces it, and none lets nobody in.
    second = n.cli("webhook", "token", own, "--json")["token"]
    assert second != made
    wait_for(lambda: post(made, own, phone) == 401, step=0.2)
    assert post(second, own, phone) == 200
    path = n.dir / "tokens" / own
    assert path.stat().st_mode & 0o777 == 0o600
    n.cli("webhook", "token", own, "--remove")
    wait_for(lambda: post(second, own, phone) == 401, step=0.2)
    assert n.deliver(text_message(phone, "by the other token")).status == 200


@pytest.mark.parametrize("name, content, mode", [
    ("777", "tinysecret", 0o600), ("777", "x" * 40, 0o644),
    ("seven", "x" * 40, 0o600), ("777", "two words of secret", 0o600)])
def test_what_is_no_token_lets_nobody_in(make_node, name, content, mode):
    n = make_node()
    file = n.dir / "tokens" / "new"
    file.write_text(content + "\n")
    file.chmod(mode)
    file.rename(n.dir / "tokens" / name)
    wait_for(lambda: n.request(
        "POST", "/api/webhooks/whatsapp", "{}",
        {"Authorization": f"Bearer {content}"}).status == 401
        and "no token in" in n.log("webhook-ingest"), step=0.2)
    assert content not in n.log("webhook-ingest")
