"""waspool send, outbox and webhook, against the imitation of 360dialog."""

import json
import pathlib
import stat
import time

import pytest

from d360 import D360
from rig import NUMBER, Node, new_phone, text_message, wait_for

EX_DATAERR, EX_UNAVAILABLE, EX_TEMPFAIL, EX_CONFIG = 65, 69, 75, 78
EX_USAGE, EX_NOINPUT = 64, 66
PNG = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15"
       b"\xc4\x89" + b"not much of a picture")
OPUS = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(90)


@pytest.fixture(scope="module")
def desk():
    """A node and its imitation for all tests that do not mind each other."""
    with D360() as d360:
        node = Node(d360.env)
        try:
            d360.attach(node.up())
            node.cli("number", "add", NUMBER)
            yield node
        finally:
            node.remove()


@pytest.fixture
def customer(desk):
    """A phone whose window is open, with +."""
    phone = new_phone()
    assert desk.deliver(text_message(phone, "Hello")).status == 200
    desk.wait_conversation(phone)
    desk.provider.clear()
    return "+" + phone


def sent_to(desk, phone, n=1):
    """What the imitation has for PHONE."""
    return wait_for(lambda: [m for m in desk.provider.sent if m.to == phone]
                    if sum(m.to == phone for m in desk.provider.sent) >= n
                    else None)


def send(desk, *args):
    return desk.cli("--json", "send", *args)


def fails(desk, status, *args):
    done = desk.cli(*args, check=False)
    assert done.returncode == status, done
    assert done.stderr.startswith("waspool: ") or "\nwaspool: " in done.stderr
    return done.stderr


# ---------------------------------------------------------------------- send

def test_a_text_is_sent_and_its_outcome_shown(desk, customer):
    said = send(desk, "text", "--to", customer, "It is ready.",
                "--preview-url")
    m, = sent_to(desk, customer)
    assert m.body["text"] == {"body": "It is ready.", "preview_url": True}
    assert said["status"] in ("sent", "delivered", "read")
    assert (said["wamid"], said["to"]) == (m.wamid, customer)
    shown = desk.messages(said["conversation_id"])[0]
    assert (shown["id"], shown["wamid"]) == (said["id"], m.wamid)
    assert shown["sent_by"] is None


def test_a_customer_without_a_phone(desk):
    user = "US.1349120865530274%d" % int(new_phone())
    said = send(desk, "template", "--to", user, "hello_world")
    m, = sent_to(desk, user)
    assert (m.body["recipient"], "to" in m.body) == (user, False)
    assert said["to"] == user


def test_words_for_people(desk, customer):
    out = desk.cli("send", "text", "--to", customer, "Hello")
    assert "wamid.HBgTEST" in out and "sent" in out


def test_a_phone_as_people_write_it(desk, customer):
    written = f"{customer[:3]} ({customer[3:6]}) {customer[6:]}"
    send(desk, "text", "--to", written, "Hello")
    assert len(sent_to(desk, customer)) == 1


def test_a_conversation_stands_for_its_customer(desk, customer):
    c = desk.conversation(customer)
    send(desk, "text", "--conversation", c["id"], "Hello")
    assert len(sent_to(desk, customer)) == 1


EN, DE = ({"policy": "deterministic", "code": code}
          for code in ("en_US", "de"))
KINDS = [
    (["template", "order_update", "Ann", "A-1", "--language", "de"],
     "template", {
         "name": "order_update", "language": DE,
         "components": [{"type": "body", "parameters": [
             {"type": "text", "text": "Ann"},
             {"type": "text", "text": "A-1"}]}]}),
    (["template", "promo", "--components", json.dumps(
        [{"type": "button", "sub_type": "url", "index": "0",
          "parameters": [{"type": "text", "text": "x"}]}])],
     "template", {
         "name": "promo", "language": EN,
         "components": [{"type": "button", "sub_type": "url", "index": "0",
                         "parameters": [{"type": "text", "text": "x"}]}]}),
    (["buttons", "Red?", "y=Yes", "No", "--header", "Colour", "--footer",
      "Please"],
     "interactive", {
         "type": "button", "header": {"type": "text", "text": "Colour"},
         "body": {"text": "Red?"}, "footer": {"text": "Please"},
         "action": {"buttons": [
             {"type": "reply", "reply": {"id": "y", "title": "Yes"}},
             {"type": "reply", "reply": {"id": "No", "title": "No"}}]}}),
    (["list", "Which?", "s=Small|up to 3", "Large", "--button", "Sizes"],
     "interactive", {
         "type": "list", "body": {"text": "Which?"},
         "action": {"button": "Sizes", "sections": [{"rows": [
             {"id": "s", "title": "Small", "description": "up to 3"},
             {"id": "Large", "title": "Large"}]}]}}),
    # Degrees as Meta's OpenAPI document has them.
    (["location", "37.483307,-122.148981", "--name", "Philz"],
     "location", {"latitude": "37.483307", "longitude": "-122.148981",
                  "name": "Philz"}),
    (["cta-url", "Bill", "Look", "https://example.com/7", "--image",
      "https://example.com/a.png"],
     "interactive", {
         "type": "cta_url", "header": {"type": "image", "image": {
             "link": "https://example.com/a.png"}},
         "body": {"text": "Bill"},
         "action": {"name": "cta_url", "parameters": {
             "display_text": "Look", "url": "https://example.com/7"}}}),
    (["location-request", "Where?"], "interactive", {
        "type": "location_request_message", "body": {"text": "Where?"},
        "action": {"name": "send_location"}}),
    (["call-permission-request"], "interactive", {
        "type": "call_permission_request",
        "action": {"name": "call_permission_request"}}),
    (["flow", "Table", "88", "Book", "--token", "t", "--draft"],
     "interactive", {
         "type": "flow", "body": {"text": "Table"},
         "action": {"name": "flow", "parameters": {
             "flow_message_version": "3", "flow_id": "88",
             "flow_token": "t", "flow_cta": "Book", "mode": "draft"}}}),
    (["product", "7", "tea", "--body", "Fresh"], "interactive", {
        "type": "product", "body": {"text": "Fresh"},
        "action": {"catalog_id": "7", "product_retailer_id": "tea"}}),
    (["product-list", "New", "7", "tea", "mug"], "interactive", {
        "type": "product_list",
        "header": {"type": "text", "text": "Products"},
        "body": {"text": "New"},
        "action": {"catalog_id": "7", "sections": [{"product_items": [
            {"product_retailer_id": "tea"},
            {"product_retailer_id": "mug"}]}]}}),
    (["catalog-message", "All", "--thumbnail", "tea"], "interactive", {
        "type": "catalog_message", "body": {"text": "All"},
        "action": {"name": "catalog_message", "parameters": {
            "thumbnail_product_retailer_id": "tea"}}}),
    (["json", json.dumps({"type": "order_status", "body": "Sent",
                          "order_status": {
                              "reference_id": "o-9",
                              "order": {"status": "shipped"}}})],
     "interactive", {
         "type": "order_status", "body": {"text": "Sent"},
         "action": {"name": "review_order", "parameters": {
             "reference_id": "o-9", "order": {"status": "shipped"}}}}),
    (["image", "https://example.com/a.png", "--caption", "New"],
     "image", {"link": "https://example.com/a.png", "caption": "New"}),
]


@pytest.mark.parametrize("args, type_, content", KINDS,
                         ids=[k[0][0] + str(i) for i, k in enumerate(KINDS)])
def test_kinds(desk, customer, args, type_, content):
    assert send(desk, *args, "--to", customer)["status"] != "failed"
    m, = sent_to(desk, customer)
    assert (m.type, m.body[type_]) == (type_, content)


def test_a_reaction_comes_and_goes(desk, customer):
    c = desk.conversation(customer)
    theirs = desk.messages(c["id"])[-1]
    for emoji in ("👍", ""):
        send(desk, "reaction", "--to", customer, theirs["id"],
             *([emoji] if emoji else []))
    assert [m.body["reaction"] for m in sent_to(desk, customer, 2)] == [
        {"message_id": theirs["wamid"], "emoji": "👍"},
        {"message_id": theirs["wamid"], "emoji": ""}]


def test_a_quote(desk, customer):
    theirs = desk.messages(desk.conversation(customer)["id"])[-1]
    send(desk, "text", "--to", customer, "This", "--reply-to", theirs["id"])
    m, = sent_to(desk, customer)
    assert m.body["context"] == {"message_id": theirs["wamid"]}


@pytest.mark.parametrize("verb, name, begins, mime", [
    ("image", "a picture.png", PNG, "image/png"),
    ("document", "invoice.pdf", b"%PDF-1.4 ", "application/pdf"),
    ("audio", "note.ogg", OPUS, "audio/ogg; codecs=opus")])
def test_a_file_is_uploaded_and_sent(desk, customer, tmp_path, verb, name,
                                     begins, mime):
    path = tmp_path / name
    content = begins + customer.encode()
    path.write_bytes(content)
    before = len(desk.provider.uploads)
    said = send(desk, verb, "--to", customer, path)
    m, = sent_to(desk, customer)
    upload = desk.provider.uploads[before]
    assert (upload.content, upload.mime_type) == (content, mime)
    assert m.body[verb]["id"] == upload.id
    assert m.body[verb].get("filename") == (
        name if verb == "document" else None)
    assert said["status"] != "failed"
    kept = desk.db("SELECT u.path, u.filename FROM uploads u JOIN outbox o"
                   " ON o.upload_id = u.id WHERE o.message_id = ?",
                   said["id"])
    assert kept[0][1] == name
    file = desk.dir / "state" / "media" / kept[0][0]
    assert file.read_bytes() == content
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_voice_is_said(desk, customer, tmp_path):
    path = tmp_path / "note.opus"
    path.write_bytes(OPUS + customer.encode())
    send(desk, "audio", "--voice", "--to", customer, path)
    assert sent_to(desk, customer)[0].body["audio"]["voice"] is True


def test_no_wait_answers_at_once(desk, customer):
    hold = desk.provider.hold(to=customer)
    try:
        said = send(desk, "text", "--to", customer, "Hello", "--no-wait")
        assert said["status"] in ("queued", "sending")
        hold.wait()
    finally:
        hold.release()
    desk.provider.wait_sent()
    wait_for(lambda: desk.messages(said["conversation_id"])[0]["status"]
             == "sent")


# ------------------------------------------------------------------- refused

def test_the_provider_refuses_in_its_own_words(desk, customer):
    desk.provider.fail(1, 400, 131026, "Message undeliverable",
                       details="Not on WhatsApp", to=customer)
    done = desk.cli("--json", "send", "text", "--to", customer, "Hello",
                    check=False)
    assert done.returncode == EX_UNAVAILABLE, done
    assert "131026" in done.stderr and "Not on WhatsApp" in done.stderr
    said = json.loads(done.stdout)
    assert (said["status"], said["wamid"]) == ("failed", None)
    assert said["error"]["code"] == 131026


def test_what_may_pass_is_tried_again(desk, customer):
    desk.provider.fail(1, 500, 131000, to=customer)
    assert send(desk, "text", "--to", customer, "Hello")["status"] != "failed"
    assert len(sent_to(desk, customer)) == 1


def test_nothing_is_queued_when_the_window_is_closed(desk):
    phone = "+" + new_phone()
    said = fails(desk, EX_DATAERR, "send", "text", "--to", phone, "Hello")
    assert "template" in said
    assert desk.db("SELECT count(*) FROM conversations WHERE phone = ?",
                   phone) == [(0,)]


def test_a_template_begins_a_conversation(desk):
    phone = "+" + new_phone()
    said = send(desk, "template", "--to", phone, "hello_world")
    assert len(sent_to(desk, phone)) == 1
    assert desk.conversation(phone)["id"] == said["conversation_id"]


def test_limits_are_told_before_anything_is_queued(desk, customer):
    said = fails(desk, EX_DATAERR, "send", "text", "--to", customer,
                 "x" * 4097)
    assert "text.body" in said and "4096" in said
    said = fails(desk, EX_DATAERR, "send", "buttons", "--to", customer,
                 "Red?", "x" * 21, "y" * 21)
    assert "buttons[0].title" in said and "buttons[1].title" in said
    assert not any(m.to == customer for m in desk.provider.sent)


def test_files_that_may_not_be_sent(desk, customer, tmp_path):
    big, text = tmp_path / "big.png", tmp_path / "notes.txt"
    big.write_bytes(b"x" * (5 * 1024 * 1024 + 1))
    text.write_text("Hello")
    (last,), = desk.db("SELECT coalesce(max(id), 0) FROM uploads")
    to = ("--to", customer)
    assert "5 MB" in fails(desk, EX_DATAERR, "send", "image", *to, big)
    assert "text/plain" in fails(desk, EX_DATAERR, "send", "image", *to, text)
    fails(desk, EX_NOINPUT, "send", "image", *to, tmp_path / "none.png")
    fails(desk, EX_USAGE, "send", "document", *to, pathlib.Path("x.unknown"))
    assert desk.db("SELECT count(*) FROM uploads WHERE id > ?", last) == [(0,)]
    tmp = desk.dir / "state" / "media" / "tmp"
    wait_for(lambda: not list(tmp.glob("*")))


@pytest.mark.parametrize("args", [
    ["text", "Hello"], ["text", "--to", "+1650", "--conversation", "1", "x"],
    ["text", "--to", "0171 123456", "x"], ["text", "--to", "+16505551234"],
    ["location", "--to", "+16505551234", "here"],
    ["location", "--to", "+16505551234", "1"],
    ["reaction", "--to", "+16505551234", "x"],
    ["template", "--to", "+16505551234", "t", "--components", "{}"]])
def test_wrong_usage(desk, args):
    assert "--help" in fails(desk, EX_USAGE, "send", *args)


def test_a_conversation_of_nobody(desk):
    fails(desk, EX_DATAERR, "send", "text", "--conversation", 10**9, "Hello")


# -------------------------------------------------------------------- outbox

def rows(node, *args):
    return node.cli("--json", "outbox", "list", *args)


def test_what_waits_is_listed_retried_and_called_back(desk, customer):
    provider = desk.provider
    hold = provider.hold(to=customer)
    first, second, third = (
        send(desk, "text", "--to", customer, word, "--no-wait")
        for word in ("one", "two", "three"))
    hold.wait()
    mine = [r for r in rows(desk) if r["to"] == customer]
    assert [r["preview"] for r in mine] == ["one", "two", "three"]
    assert [r["state"] for r in mine] == ["sending", "queued", "queued"]
    assert mine[1]["message_id"] == second["id"]

    assert desk.cli("--json", "outbox", "cancel", mine[1]["id"]) == {
        "canceled": mine[1]["id"]}
    assert "sending" in fails(desk, EX_DATAERR, "outbox", "cancel",
                              mine[0]["id"])
    hold.release()
    assert [m.body["text"]["body"] for m in sent_to(desk, customer, 2)] == [
        "one", "three"]
    failed = [r for r in rows(desk, "--state", "failed")
              if r["to"] == customer]
    assert [(r["id"], r["status"]) for r in failed] == [
        (mine[1]["id"], "failed")]

    desk.cli("outbox", "retry", mine[1]["id"])
    assert sent_to(desk, customer, 3)[2].body["text"]["body"] == "two"
    wait_for(lambda: not [r for r in rows(desk) if r["to"] == customer])
    assert {r["message_id"] for r in rows(desk, "--state", "done",
                                          "--limit", 10000)} >= {
        first["id"], second["id"], third["id"]}
    fails(desk, EX_DATAERR, "outbox", "retry", mine[1]["id"])
    fails(desk, EX_DATAERR, "outbox", "retry", 10**9)
    fails(desk, EX_USAGE, "outbox", "list", "--state", "frob")


def test_only_a_template_goes_again_when_the_window_is_closed(
        desk, customer):
    hold = desk.provider.hold(to=customer)
    for word in ("one", "two"):
        send(desk, "text", "--to", customer, word, "--no-wait")
    hold.wait()
    row = [r for r in rows(desk) if r["preview"] == "two"
           and r["to"] == customer][0]
    desk.cli("outbox", "cancel", row["id"])
    hold.release()
    def heard(at):
        desk.write("UPDATE conversations SET last_customer_message_at = ?"
                   " WHERE id = ?", at, row["conversation_id"])

    at = int(time.time()) - 86400
    heard(at)
    said = fails(desk, EX_DATAERR, "outbox", "retry", row["id"])
    assert "closed at" in said and "only a template" in said
    heard(None)
    assert "not written yet" in fails(
        desk, EX_DATAERR, "outbox", "retry", row["id"])
    heard(at + 600)
    desk.cli("outbox", "retry", row["id"])
    assert sent_to(desk, customer, 2)[1].body["text"]["body"] == "two"


# ------------------------------------------------------------------- webhook

def test_the_webhook_is_set_with_its_token(desk, customer):
    provider = desk.provider
    assert desk.cli("--json", "webhook", "get") == {
        "number": NUMBER, "url": None}
    said = desk.cli("--json", "webhook", "set", desk.webhook_url)
    assert said == {"number": NUMBER, "url": desk.webhook_url, "token": True}
    assert provider.webhooks[provider.key] == {
        "url": desk.webhook_url,
        "headers": {"Authorization": "Bearer " + desk.webhook_token}}
    assert desk.cli("--json", "webhook", "get")["url"] == desk.webhook_url
    # What is set lets statuses in.
    said = send(desk, "text", "--to", customer, "Hello")
    provider.status(said["wamid"], "delivered")
    wait_for(lambda: desk.messages(said["conversation_id"])[0]["status"]
             == "delivered")


def test_the_webhook_and_a_provider_that_does_not_want(desk):
    provider = desk.provider
    fails(desk, EX_USAGE, "webhook", "set", "ftp://example.com/")
    provider.fail(1, 503, 131016, "Service unavailable", where="webhook")
    assert "Service unavailable" in fails(
        desk, EX_TEMPFAIL, "webhook", "set", desk.webhook_url)
    provider.fail(1, 400, 100, "Bad", where="webhook", shape="meta")
    fails(desk, EX_UNAVAILABLE, "webhook", "set", desk.webhook_url)
    provider.drop(where="webhook")
    fails(desk, EX_TEMPFAIL, "webhook", "get")
    fails(desk, EX_CONFIG, "webhook", "get", "--number", "999")
    done = desk.run("waspool", "webhook", "get",
                    env={"WHATSAPP_360_API_KEY": "another-key"})
    assert done.returncode == EX_UNAVAILABLE, done
    assert "another-key" not in done.stdout + done.stderr


# ----------------------------------------------------------- several numbers

def test_two_numbers_two_workspaces_two_keys(d360, make_node):
    node = make_node(provider=d360)
    other = "222222222222222"
    key = d360.add_number(other)
    workspace = node.cli("--json", "workspace", "add", "Second")["id"]
    node.cli("number", "add", other, "--workspace", workspace)
    node.cli("number", "add", NUMBER, "--workspace", node.workspace_id)
    phone = new_phone()
    for number in (NUMBER, other):
        assert node.deliver(text_message(phone, "Hello", number=number)
                            ).status == 200
    node.drained()
    to = ("--to", "+" + phone)

    # Without its key a number waits, and says why; with it, it goes.
    said = node.cli("--json", "send", "text", *to, "two", "--workspace",
                    workspace, "--no-wait")
    row, = wait_for(lambda: [
        r for r in rows(node, "--workspace", workspace)
        if other in (r["paused"] or r["reason"] or "")])
    assert row["message_id"] == said["id"]
    node.cli("send", "text", *to, "one", "--workspace", node.workspace_id)
    assert [m.number for m in d360.sent] == [NUMBER]

    node.write_key(other, key)
    node.cli("webhook", "set", node.webhook_url, "--number", other)
    assert set(d360.webhooks) == {key}
    wait_for(lambda: len(d360.sent) == 2, 90)
    assert [(m.number, m.key, m.body["text"]["body"]) for m in d360.sent] == [
        (NUMBER, d360.key, "one"), (other, key, "two")]

    # Each status finds the message of its own number.
    for m in d360.sent:
        d360.status(m.wamid, "delivered")
    node.drained()
    assert node.db("SELECT workspace_id, status FROM messages WHERE"
                   " direction = 'outbound' ORDER BY workspace_id") == [
        (node.workspace_id, "delivered"), (workspace, "delivered")]

    # Which one is told only where there is a choice.
    node.cli("number", "add", "333333333333333", "--workspace", workspace)
    done = node.cli("send", "template", *to, "x", "--workspace", workspace,
                    check=False)
    assert done.returncode == EX_DATAERR and other in done.stderr, done

    # A number of another workspace sends nothing for this one.
    done = node.cli("send", "text", *to, "x", "--workspace", workspace,
                    "--number", NUMBER, check=False)
    assert done.returncode == EX_DATAERR, done
    assert len(d360.sent) == 2
