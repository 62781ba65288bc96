"""Messages of members on their whole way: to the provider and back."""

import time

import pytest

from office import Workspace
from post import DAY, TEXT, fields, is_problem, newest, send
from rig import NUMBER, new_phone, text_message, wait_for

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8


def talk(node, body="Does it come in another color?"):
    phone = new_phone()
    assert node.deliver(text_message(phone, body, number=NUMBER)).status == 200
    return node.wait_conversation(phone)


class Shop:
    """The node's own workspace, whose number talks to the provider."""

    def __init__(self, node):
        self.node, self.api = node, node.api

    def get(self, path, **query):
        answer = self.node.get(path, **query)
        assert answer.status == 200, answer
        return answer.json


@pytest.fixture
def shop(d360_node):
    return Shop(d360_node)


def wait_status(shop, m, status):
    def there():
        now = shop.get(f"/messages/{m['id']}")
        return now if now["status"] == status else None
    return wait_for(there)


def upload(shop, content=JPEG, type_="image/jpeg", name="cat.jpg", **more):
    body = (b"--xyz\r\nContent-Disposition: form-data; name=\"file\";"
            b" filename=\"" + name.encode() + b"\"\r\nContent-Type: "
            + type_.encode() + b"\r\n\r\n" + content + b"\r\n--xyz--\r\n")
    answer = shop.api("POST", "/media", body, headers={
        "Content-Type": "multipart/form-data; boundary=xyz"}, **more)
    assert answer.status == 201, answer
    return answer.json["id"]


def test_an_answer_and_what_becomes_of_it(shop):
    d360, c = shop.node.provider, talk(shop.node)
    asked = newest(shop, c)
    began = time.monotonic()
    m = send(shop, c, {**TEXT, "reply_to": asked["id"]})
    (got,) = d360.wait_sent(1)
    print(f"with the provider in {(got.at - began) * 1000:.0f} ms")
    assert got.to == c["phone"] and got.type == "text"
    assert got.body["text"] == {"body": "It does."}
    assert got.body["context"] == {"message_id": asked["wamid"]}
    assert wait_status(shop, m, "sent")["wamid"] == got.wamid
    for status in ("delivered", "read"):
        d360.status(got.wamid, status)
        assert wait_status(shop, m, status)["id"] == m["id"]


def test_what_failed_goes_again_as_the_same_message(shop):
    d360, c = shop.node.provider, talk(shop.node)
    d360.fail(1, 400, 131026)
    m = send(shop, c, TEXT)
    failed = wait_status(shop, m, "failed")
    assert failed["error"]["code"] == 131026
    again = shop.api("POST", f"/messages/{m['id']}/retry")
    assert again.status == 202, again
    assert again.headers["Location"] == f"/api/v1/messages/{m['id']}"
    assert again.json["id"] == m["id"] and again.json["error"] is None
    assert again.json["status"] == "queued"
    (got,) = d360.wait_sent(1)
    assert wait_status(shop, m, "sent")["wamid"] == got.wamid
    # … and once more, when it fails after the provider took it.
    d360.status(got.wamid, "failed", code=131026)
    wait_status(shop, m, "failed")
    assert shop.api("POST", f"/messages/{m['id']}/retry").status == 202
    second = d360.wait_sent(2)[1]
    assert wait_status(shop, m, "sent")["wamid"] == second.wamid
    d360.status(got.wamid, "failed", code=131026)
    d360.status(second.wamid, "delivered")
    wait_status(shop, m, "delivered")
    assert len(shop.node.messages(c["id"])) == 2


def test_reading_is_told_to_the_customer(shop):
    c = talk(shop.node)
    shop.api("POST", f"/conversations/{c['id']}/read")
    (read,) = shop.node.provider.wait_reads(1)
    assert read.wamid == newest(shop, c)["wamid"]


def moved(shop, seconds):
    """What is in the outbox is so much younger."""
    shop.node.write("UPDATE outbox SET created_at = created_at + ?", seconds)


def test_somebody_types(shop):
    d360, c = shop.node.provider, talk(shop.node)
    path = f"/conversations/{c['id']}/typing"
    answer = shop.api("POST", path, {})
    assert answer.status == 200 and answer.json["id"] == c["id"]
    assert answer.json["unread_count"] == 1
    (one,) = d360.wait_reads(1)
    assert one.typing and one.wamid == newest(shop, c)["wamid"]
    moved(shop, 600)
    assert shop.api("POST", path).status == 200     # within five seconds
    # What is read later is told as before; typing goes on with the message.
    shop.api("POST", f"/conversations/{c['id']}/read")
    send(shop, c, TEXT)
    d360.wait_sent(1)
    assert len(d360.reads) == 1
    moved(shop, -605)
    assert shop.api("POST", path).status == 200
    assert d360.wait_reads(2)[1].typing
    is_problem(shop.api("POST", "/conversations/77777777/typing"), 404,
               "not-found")
    phone = new_phone()
    m = shop.api("POST", "/messages", {"to": "+" + phone, "type": "template",
                 "template": {"name": "hello", "language": "en"}}).json
    is_problem(shop.api(
        "POST", f"/conversations/{m['conversation_id']}/typing"), 409,
        "conflict")


def test_an_upload_is_sent_and_shown(shop):
    c = talk(shop.node)
    m = send(shop, c, {"type": "image", "caption": "Blue",
                       "media": {"upload": upload(shop)}})
    assert m["media_url"] == f"/api/v1/messages/{m['id']}/media"
    file = shop.api("GET", f"/messages/{m['id']}/media")
    assert file.status == 200 and file.body == JPEG
    (got,) = shop.node.provider.wait_sent(1)
    (kept,) = shop.node.provider.uploads
    assert kept.content == JPEG
    assert got.body["image"]["caption"] == "Blue"
    assert set(got.body["image"]) == {"id", "caption"}
    document = {"type": "document", "media": {"upload": upload(
        shop, b"%PDF-1.4 hello", "application/pdf", "Lieferschein.pdf")}}
    assert send(shop, c, document)["content"]["filename"] == "Lieferschein.pdf"
    sent = shop.node.provider.wait_sent(2)[1]
    assert sent.body["document"]["filename"] == "Lieferschein.pdf"
    assert shop.get(f"/conversations/{c['id']}")["last_message_preview"] == \
        "Document: Lieferschein.pdf"


def test_an_upload_may_stand_above_buttons_and_in_a_template(shop):
    c = talk(shop.node)
    m = send(shop, c, {
        "type": "buttons", "body": "This one?",
        "header": {"type": "image", "media": {"upload": upload(shop)}},
        "buttons": [{"id": "y", "title": "Yes"}]})
    file = shop.api("GET", m["media_url"].removeprefix("/api/v1"))
    assert file.status == 200 and file.body == JPEG
    send(shop, c, {"type": "template", "template": {
        "name": "bill", "language": "en", "components": [{
            "type": "header", "parameters": [{
                "type": "document", "document": {"upload": upload(
                    shop, b"%PDF-1.4 x", "application/pdf", "May.pdf")}}]}]}})
    buttons, template = shop.node.provider.wait_sent(2)
    picture, pdf = shop.node.provider.uploads
    assert (picture.content, pdf.file_name) == (JPEG, "May.pdf")
    assert buttons.body["interactive"]["header"] == {
        "type": "image", "image": {"id": picture.id}}
    (sent,) = template.body["template"]["components"][0]["parameters"]
    assert sent["document"] == {"id": pdf.id, "filename": "May.pdf"}
    wrong = fields(shop.api("POST", f"/conversations/{c['id']}/messages", {
        "type": "buttons", "body": "b", "buttons": [{"id": "y", "title": "Y"}],
        "header": {"type": "video", "media": {"upload": upload(shop)}}}))
    assert list(wrong) == ["header.media.upload"]


def test_enough_marketing_is_for_a_day(shop):
    d360, c = shop.node.provider, talk(shop.node)
    d360.fail(1, 400, 131049)
    m = send(shop, c, TEXT)
    wait_status(shop, m, "failed")
    problem = is_problem(shop.api("POST", f"/messages/{m['id']}/retry"), 409,
                         "conflict")
    assert "131049" in problem["detail"] and "from 20" in problem["detail"]
    (row,) = [r["id"] for r in shop.node.cli("--json", "outbox", "list")
              if r["message_id"] == m["id"]]
    said = shop.node.cli("outbox", "retry", row, check=False)
    assert said.returncode == 65 and problem["detail"] in said.stderr
    shop.node.write("UPDATE outbox SET sending_at = sending_at - 86400"
                    " WHERE id = ?", row)
    assert shop.api("POST", f"/messages/{m['id']}/retry").status == 202
    # … and when it comes as a status, after the provider has taken it.
    (got,) = d360.wait_sent(1)
    d360.status(got.wamid, "failed", code=131049)
    wait_status(shop, m, "failed")
    is_problem(shop.api("POST", f"/messages/{m['id']}/retry"), 409, "conflict")


def test_a_voice_message_says_its_codec(shop):
    c = talk(shop.node)
    opus = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01" + bytes(90)
    m = send(shop, c, {"type": "audio", "voice": True, "media": {
        "upload": upload(shop, opus, "audio/ogg", "memo.ogg")}})
    (got,) = shop.node.provider.wait_sent(1)
    assert got.body["audio"]["voice"] is True
    assert shop.node.provider.uploads[0].mime_type == "audio/ogg; codecs=opus"
    assert shop.get(f"/conversations/{c['id']}")["last_message_preview"] == \
        "Voice message"
    wrong = fields(shop.api("POST", f"/conversations/{c['id']}/messages", {
        "type": "audio", "voice": True, "media": {
            "upload": upload(shop, b"ID3", "audio/mpeg", "song.mp3")}}))
    assert "voice message is audio/ogg" in wrong["media.upload"]


def test_an_upload_has_to_be_ours_and_to_fit(shop):
    c = talk(shop.node)
    other = Workspace(shop.node, "Other")
    path = f"/conversations/{c['id']}/messages"
    theirs = upload(shop, token=other.token)
    pdf = upload(shop, b"%PDF-1.4 hello", "application/pdf", "a.pdf")
    for id_ in (theirs, pdf, 77777777):
        wrong = fields(shop.api("POST", path, {
            "type": "image", "media": {"upload": id_}}))
        assert "media.upload" in wrong
    assert len(shop.node.messages(c["id"])) == 1
    assert shop.node.provider.sent == []


def test_a_template_goes_outside_the_window(shop):
    phone = new_phone()
    shop.node.deliver(text_message(phone, "old", number=NUMBER,
                                   ts=int(time.time()) - DAY - 5))
    c = shop.node.wait_conversation(phone)
    path = f"/conversations/{c['id']}/messages"
    assert shop.api("POST", path, TEXT).status == 409
    send(shop, c, {"type": "template", "template": {
        "name": "hello_world", "language": "en_US"}})
    (got,) = shop.node.provider.wait_sent(1)
    assert got.body["template"]["name"] == "hello_world"
    assert got.body["template"]["language"]["code"] == "en_US"
