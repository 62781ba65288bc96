"""The imitation of 360dialog itself: what docs/protocol.md says of the real
one.  No node runs here."""

import hashlib
import http.client
import http.server
import json
import threading
import time
import types
import urllib.parse

import pytest

from d360 import ATTACHMENTS, LOOKASIDE, WEBHOOK_CONFIG
from rig import wait_for

TEXT = {"messaging_product": "whatsapp", "to": "+16505551234", "type": "text",
        "text": {"body": "Hello"}, "biz_opaque_callback_data": "m-1"}


def ask(d360, method, path, body=None, key=None, **headers):
    """(status, body: parsed when it is JSON)"""
    if isinstance(body, dict):
        body = json.dumps(body).encode()
    c = http.client.HTTPConnection(urllib.parse.urlsplit(d360.url).netloc,
                                   timeout=60)
    try:
        c.request(method, path, body,
                  {"D360-API-KEY": key or d360.key, **headers})
        answer = c.getresponse()
        text = answer.read()
        if answer.headers["Content-Type"] == "application/json":
            return answer.status, json.loads(text)
        return answer.status, text
    finally:
        c.close()


def send(d360, key=None, **change):
    return ask(d360, "POST", "/messages", {**TEXT, **change}, key)


def code(answer):
    return answer[0], answer[1]["error"]["code"]


def test_a_message_is_taken_and_kept_in_order(d360):
    status, body = send(d360)
    assert status == 200
    assert body["contacts"] == [{"input": "+16505551234",
                                 "wa_id": "16505551234"}]
    send(d360, to=None, recipient="US.1349")
    first, second = d360.wait_sent(2)
    assert first.wamid == body["messages"][0]["id"]
    assert first.wamid.startswith("wamid.") and first.wamid != second.wamid
    assert (first.callback, first.type) == ("m-1", "text")
    assert second.to == "US.1349" and second.at >= first.at


@pytest.mark.parametrize("change", [
    {"to": "16505551234"}, {"to": None}, {"messaging_product": None},
    {"text": {"body": ""}}, {"text": {"body": "x" * 4097}},
    {"type": "image", "image": {}}, {"type": "polka"},
    {"type": "audio", "audio": {"id": "1", "caption": "no"}}])
def test_a_wrong_message_is_refused(d360, change):
    assert send(d360, **change)[0] == 400
    assert d360.sent == [] and len(d360.requests) == 1


def test_a_wrong_key_lets_nobody_in(d360):
    assert send(d360, key="another")[0] == 401
    assert ask(d360, "GET", "/123", key="another")[0] == 401
    other = d360.add_number("222")
    assert send(d360, key=other)[0] == 200
    assert d360.sent[0].number == "222"


def test_read_is_no_message(d360):
    read = {"messaging_product": "whatsapp", "status": "read",
            "message_id": "wamid.X"}
    assert ask(d360, "POST", "/messages", read) == (200, {"success": True})
    assert d360.sent == []
    assert d360.wait_reads(1)[0].wamid == "wamid.X"


@pytest.mark.parametrize("shape", ["graph", "meta", "onprem", "string",
                                   "text", "html"])
def test_fails_as_often_as_told(d360, shape):
    d360.fail(2, 429, 130429, "Rate limit hit", shape=shape)
    for _ in range(2):
        status, body = send(d360)
        assert status == 429
        assert "Rate limit hit" in str(body)
    assert send(d360)[0] == 200
    assert len(d360.sent) == 1


def test_fails_for_a_while_and_for_one_recipient(d360):
    fault = d360.fail(seconds=60, status=400, code=131056, to="+1")
    assert code(send(d360, to="+1")) == (400, 131056)
    assert send(d360)[0] == 200
    fault.until -= 60
    assert send(d360, to="+1")[0] == 200


def test_drops_before_after_and_in_the_middle(d360):
    for when, taken in (("before", 0), ("after", 1), ("middle", 2)):
        d360.drop(when=when)
        with pytest.raises((http.client.HTTPException, OSError)):
            send(d360)
        assert len(d360.sent) == taken


@pytest.mark.parametrize("how", ["empty", "nulls", "no_json", "no_body",
                                 "html", "other", "long", "short"])
def test_answers_strangely_to_what_it_took(d360, how):
    d360.twist(how)
    try:
        assert send(d360)[0] == 200
    except ValueError:
        assert how in ("no_json", "no_body", "short")
    except http.client.IncompleteRead:
        assert how == "long"
    assert len(d360.sent) == 1


def test_hangs_until_released(d360):
    hold = d360.hold()
    t = threading.Thread(target=send, args=(d360,))
    t.start()
    hold.wait()
    assert len(d360.sent) == 1 and t.is_alive()
    hold.release()
    t.join(60)
    assert not t.is_alive()


def test_a_rate_above_its_limit(d360):
    d360.rate = 3

    def within_a_second():
        began = time.monotonic()
        answers = [send(d360) for _ in range(4)]
        if time.monotonic() - began < 1:
            return answers
        d360.sent.clear()
        return None
    answers = wait_for(within_a_second)
    assert [a[0] for a in answers] == [200, 200, 200, 429]
    assert code(answers[3]) == (429, 130429)


# --------------------------------------------------------------------- media

def media_url(d360, id):
    status, body = ask(d360, "GET", "/" + id)
    assert status == 200, body
    assert body["url"].startswith(LOOKASIDE + ATTACHMENTS)
    return body, body["url"].removeprefix(LOOKASIDE)


def test_a_file_is_fetched_by_a_url_that_expires(d360):
    media = d360.add_media(b"\xff\xd8 a picture", "image/jpeg")
    body, path = media_url(d360, media.id)
    assert body["sha256"] == hashlib.sha256(media.content).hexdigest()
    assert body["file_size"] == len(media.content)
    assert ask(d360, "GET", path) == (200, media.content)
    assert ask(d360, "GET", path, key="another")[0] == 401
    d360.expire_urls()
    assert ask(d360, "GET", path)[0] == 404
    assert ask(d360, "GET", media_url(d360, media.id)[1])[0] == 200


def test_twenty_errors_block_the_files(d360):
    media = d360.add_media(b"x")
    for _ in range(20):
        assert code(ask(d360, "GET", "/404404")) == (404, 100)
    assert d360.media_blocked()
    assert ask(d360, "GET", "/" + media.id)[0] == 429


def test_an_upload_can_be_fetched_and_deleted(d360):
    content = b"\xff\x00\r\n\n--B\r"
    body = (b'--B\r\nContent-Disposition: form-data; '
            b'name="messaging_product"\r\n\r\nwhatsapp\r\n--B\r\n'
            b'Content-Disposition: form-data; name="type"\r\n\r\nimage/png\r\n'
            b'--B\r\nContent-Disposition: form-data; name="file"; '
            b'filename="a.png"\r\nContent-Type: image/png\r\n\r\n'
            + content + b"\r\n--B--\r\n")
    status, answer = ask(d360, "POST", "/media", body, **{
        "Content-Type": "multipart/form-data; boundary=B"})
    assert status == 200
    upload = d360.uploads[0]
    assert upload.id == answer["id"]
    assert (upload.content, upload.mime_type, upload.file_name) == \
        (content, "image/png", "a.png")
    path = media_url(d360, upload.id)[1]
    assert ask(d360, "GET", path) == (200, content)
    assert ask(d360, "DELETE", "/" + upload.id)[0] == 200
    assert ask(d360, "GET", "/" + upload.id)[0] == 404


# ------------------------------------------------------------------ webhooks

def test_the_webhook_is_kept_and_used(d360):
    got = []

    class Hook(http.server.BaseHTTPRequestHandler):
        def log_message(self, *_):
            pass

        def do_POST(self):
            length = int(self.headers["Content-Length"])
            got.append((self.headers["Authorization"],
                        json.loads(self.rfile.read(length))))
            self.send_response(200)
            self.end_headers()

    hook = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    threading.Thread(target=hook.serve_forever, daemon=True).start()
    try:
        url = "http://127.0.0.1:%d/hook" % hook.server_address[1]
        assert ask(d360, "GET", WEBHOOK_CONFIG)[0] == 404
        assert ask(d360, "POST", WEBHOOK_CONFIG, {
            "url": url, "headers": {"Authorization": "Bearer x"}})[0] == 200
        assert ask(d360, "GET", WEBHOOK_CONFIG) == (200, {"url": url})
        send(d360)
        d360.status(d360.sent[0].wamid, "delivered")
        d360.status(d360.sent[0].wamid, "failed", code=131047)
    finally:
        hook.shutdown()
        hook.server_close()
    assert [a for a, _ in got] == ["Bearer x", "Bearer x"]
    one, two = (b["entry"][0]["changes"][0]["value"]["statuses"][0]
                for _, b in got)
    assert (one["status"], one["recipient_id"]) == ("delivered", "16505551234")
    assert one["biz_opaque_callback_data"] == "m-1"
    assert two["errors"][0]["code"] == 131047


def test_statuses_follow_by_themselves(d360):
    came = []
    d360.node = types.SimpleNamespace(webhook_url="", webhook_token="")
    d360.status = lambda wamid, status: came.append(status)
    d360.auto = ["sent", "delivered"]
    send(d360)
    end = time.monotonic() + 60
    while len(came) < 2 and time.monotonic() < end:
        time.sleep(0.01)
    assert came == ["sent", "delivered"]
