"""A number that talks to Meta's Cloud API itself: what goes out, what comes
back, and what Meta refuses."""

import contextlib
import hashlib
import hmac
import json
import os
import signal

import pytest

from post import send
from rig import NUMBER, contact, envelope, message, new_phone, value, wait_for

SECRET = "the-secret-of-metas-app"
VERIFY = "what-meta-says-to-verify"


class Desk:
    """The node's own workspace, whose number is Meta's."""

    def __init__(self, d360, node):
        self.node, self.api, self.side = node, node.api, d360

    def talk(self):
        phone = new_phone()
        body = json.dumps(envelope(value(
            [message(phone, "text", text={"body": "hello"})],
            contacts=[contact(phone)])))
        signature = hmac.new(SECRET.encode(), body.encode(), hashlib.sha256)
        assert self.node.deliver(body, headers={
            "X-Hub-Signature-256": "sha256=" + signature.hexdigest()
            }).status == 200
        return self.node.wait_conversation(phone)

    def say(self, c, text="Hi"):
        return send(self, c, {"type": "text", "text": {"body": text}})

    def wait(self, m, status):
        def there():
            now = self.api("GET", f"/messages/{m['id']}").json
            return now if now["status"] == status else None
        return wait_for(there)


@pytest.fixture
def desk(d360, make_node):
    node = make_node(provider=d360, WHATSAPP_WEBHOOK_VERIFY_TOKEN=VERIFY,
                     **d360.cloud_env)
    d360.use_cloud(node)
    return Desk(d360, node)


def asked(d360, where):
    """The requests of that kind, each of which came as Meta wants them."""
    found = [r for r in d360.requests if r.where == where]
    assert found
    for r in found:
        assert r.cloud and r.headers["Authorization"] == f"Bearer {d360.key}"
        assert "D360-API-KEY" not in r.headers
    return found


def test_a_text_goes_to_meta_and_is_read_there(desk):
    c = desk.talk()
    m = desk.say(c, "hello Meta")
    (sent,) = desk.side.wait_sent(1)
    assert sent.body["text"] == {"body": "hello Meta"}
    assert (sent.number, sent.to) == (NUMBER, c["phone"])
    (r,) = asked(desk.side, "messages")
    assert r.path == f"/v23.0/{NUMBER}/messages"
    assert desk.wait(m, "sent")["wamid"] == sent.wamid
    desk.side.status(sent.wamid, "read")
    desk.wait(m, "read")
    desk.api("POST", f"/conversations/{c['id']}/read")
    (read,) = desk.side.wait_reads(1)
    assert read.number == NUMBER
    assert asked(desk.side, "read")[0].path == r.path
    (shown,) = desk.node.get("/numbers").json["data"]
    assert shown["provider"] == "cloud"
    (listed,) = desk.node.cli("--json", "number", "list")
    assert listed["provider"] == "cloud"


def test_files_both_ways(desk, tmp_path):
    picture = desk.side.add_media(b"\xff\xd8 a picture", "image/jpeg")
    phone = new_phone()
    m = message(phone, "image", image=picture.field())
    assert desk.node.deliver(envelope(value([m]))).status == 200
    (id_,) = wait_for(lambda: desk.node.db(
        "SELECT m.id FROM messages m JOIN media f ON f.message_id = m.id"
        " WHERE m.wamid = ? AND f.state = 'stored'", m["id"]))[0]
    assert desk.node.get(f"/messages/{id_}/media").body == picture.content
    assert asked(desk.side, "media_url")[0].path == f"/v23.0/{picture.id}"
    asked(desk.side, "download")
    file = tmp_path / "a.pdf"
    file.write_bytes(b"%PDF-1.4 hello")
    c = desk.node.wait_conversation(phone)
    desk.node.cli("send", "document", "--to", c["phone"], file)
    (sent,) = desk.side.wait_sent(1)
    (upload,) = desk.side.uploads
    assert upload.content == file.read_bytes()
    assert sent.body["document"]["id"] == upload.id
    assert asked(desk.side, "upload")[0].path == f"/v23.0/{NUMBER}/media"


def test_the_app_secret_proves_the_token(d360, make_node):
    d360.app_secret = SECRET
    node = make_node(provider=d360, WHATSAPP_APP_SECRET=SECRET + ",another-"
                     "app-secret-of-old", **d360.cloud_env)
    d360.use_cloud(node)
    desk = Desk(d360, node)
    m = desk.say(desk.talk())
    desk.wait(m, "sent")
    proof = hmac.new(SECRET.encode(), d360.key.encode(),
                     hashlib.sha256).hexdigest()
    (r,) = asked(d360, "messages")
    assert r.path.endswith(f"?appsecret_proof={proof}")
    # Another secret: the number waits, no message is lost, a person is told.
    d360.app_secret = "changed-behind-our-back"
    m = desk.say(desk.talk())
    wait_for(lambda: "check WHATSAPP_APP_SECRET"
             in node.log("waspool-process"))
    desk.wait(m, "queued")
    for name in ("waspool-process", "actions"):
        assert proof not in node.log(name) and d360.key not in node.log(name)


def test_a_number_that_meta_refuses_waits(desk):
    c = desk.talk()
    for status, code, becomes in [
            (401, 190, "paused"), (403, 10, "paused"), (400, 131031, "paused"),
            (400, 131042, "paused"), (429, 80007, "rate_limit"),
            (400, 80008, "rate_limit"),
            (429, 130429, "rate_limit"), (429, 4, "rate_limit")]:
        desk.side.fail(status=status, code=code, seconds=600)
        m = desk.say(c, str(code))
        # of that key only, or of any: somebody has to mend it, or not
        wait_for(lambda: desk.node.db(
            "SELECT key_mark IS NOT NULL FROM number_pauses")
            == [(becomes == "paused",)])
        if code == 4:           # for a minute, or until somebody mends it
            desk.side.clear()
        else:
            # Nobody begins to send between the row that goes and the kill.
            pid = desk.node.freeze("waspool-process")
            desk.side.clear()
            with contextlib.suppress(AssertionError):   # it has just ended
                desk.node.write("DELETE FROM number_pauses")
            os.kill(pid, signal.SIGKILL)
        desk.wait(m, "sent")


def test_what_meta_could_not_do_is_tried_again(desk):
    codes = [(500, 131000), (503, 131016), (400, 2)]
    talks = [desk.talk() for _ in codes]    # of one, one waits for the other
    for status, code in codes:
        desk.side.fail(1, status, code)
    said = [desk.say(c) for c in talks]
    for m in said:
        desk.wait(m, "sent")
    assert len(asked(desk.side, "messages")) == 2 * len(codes)


def test_what_meta_refuses(desk):
    c = desk.talk()
    for status, code in [(400, 100), (400, 131026), (400, 131049),
                         (400, 131051), (400, 132001),
                         (400, 131047)]:    # the last: it closes the window
        desk.side.fail(1, status, code)
        shown = desk.wait(desk.say(c, str(code)), "failed")
        assert shown["error"]["code"] == code


def test_the_webhook_is_verified_before_it_is_set(desk):
    cli = desk.node.cli
    assert cli("--json", "webhook", "get") == {"number": NUMBER, "url": None}
    said = cli("--json", "webhook", "set", desk.node.webhook_url)
    assert said["token"] is False
    assert cli("--json", "webhook", "get")["url"] == desk.node.webhook_url
    refused = cli("webhook", "set", desk.node.url +
                  "/api/webhooks/whatsapp/../nowhere", "--anyway",
                  check=False)
    assert refused.returncode != 0
    assert "Callback verification failed" in refused.stderr


def asked_of(d360):
    """To send, and not how the number is, which is asked a minute later."""
    return [r for r in d360.requests if r.where == "messages"]


def test_a_number_changes_its_provider(d360, make_node):
    """Both speak for the same number: nothing is lost on the way."""
    node = make_node(provider=d360, WHATSAPP_CLOUD_URL=d360.url)
    desk = Desk(d360, node)
    c = desk.talk()
    desk.wait(desk.say(c, "by 360dialog"), "sent")
    node.cli("number", "add", NUMBER)
    done = node.cli("number", "provider", NUMBER, "claud", check=False)
    assert done.returncode == 64 and "360dialog, cloud" in done.stderr
    node.cli("number", "provider", NUMBER, "cloud")
    # The key of the configuration is 360dialog's, and is not shown to Meta.
    m = desk.say(c, "by Meta")
    wait_for(lambda: "no access token" in node.log("waspool-process"))
    assert len(asked_of(d360)) == 1
    node.write_key(NUMBER, d360.key)
    desk.wait(m, "sent")
    assert [r.cloud for r in asked_of(d360)] == [False, True]
