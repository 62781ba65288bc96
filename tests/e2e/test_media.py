"""Files of messages: fetched, kept, handed out; uploads."""

import calendar
import hashlib
import os
import pathlib
import re
import signal
import time

import pytest

from office import Workspace
from rig import (PATIENCE, SANITIZED, envelope, message, new_phone, text_message,
                 value, wait_for)

VIDEO_MAX = 16 * 1024 * 1024


def deliver(node, kind, media, number=None, **more):
    """A message with a file: its id."""
    phone = new_phone()
    more = {"number": number} if number else {}
    m = message(phone, kind, **{kind: media})
    answer = node.deliver(envelope(value([m], **more)))
    assert answer.status == 200
    node.drained()
    (row,) = node.db("SELECT id FROM messages WHERE wamid = ?", m["id"])
    return row[0]


def state(node, id_):
    return node.db("SELECT state, reason, attempts, path FROM media"
                   " WHERE message_id = ?", id_)[0]


def stored(node, id_, seconds=PATIENCE):
    return wait_for(lambda: state(node, id_)[0] == "stored" and
                    state(node, id_), seconds)


def ended(node, id_, seconds=PATIENCE):
    return wait_for(lambda: state(node, id_)[0] != "pending" and
                    state(node, id_), seconds)


def files(node):
    """Of the vault, without what is being written."""
    return sorted(p for p in (node.dir / "state" / "media").glob("??/*")
                  if p.is_file())


def writing(node):
    return list((node.dir / "state" / "media" / "tmp").glob("*"))


def form(*parts, boundary="--b0"):
    """A body of multipart/form-data: (name, filename, type, content)."""
    body = b""
    for name, filename, type_, content in parts:
        body += f"--{boundary}\r\nContent-Disposition: form-data; " \
            f'name="{name}"'.encode()
        if filename is not None:
            body += f'; filename="{filename}"'.encode()
        if type_ is not None:
            body += f"\r\nContent-Type: {type_}".encode()
        body += b"\r\n\r\n" + content + b"\r\n"
    return body + f"--{boundary}--\r\n".encode(), \
        {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def upload(node, *parts, headers=None):
    body, head = form(*parts)
    head["Authorization"] = f"Bearer {node.token}"
    return node.request("POST", "/api/v1/media", body,
                        {**head, **(headers or {})}, timeout=60)


# ------------------------------------------------------------- downloads

def test_a_picture_is_there_when_somebody_looks(d360_node):
    node = d360_node
    media = node.provider.add_media(b"\xff\xd8 a picture", "image/jpeg")
    id_ = deliver(node, "image", media.field(caption="Look"))
    stored(node, id_)
    shown = node.get(f"/messages/{id_}").json
    assert shown["media_url"] == f"/api/v1/messages/{id_}/media"
    assert "media_state" not in shown["content"]
    assert shown["content"]["caption"] == "Look"
    (listed,) = node.messages(shown["conversation_id"])
    assert listed == shown

    answer = node.get(f"/messages/{id_}/media")
    assert answer.status == 200
    assert answer.body == media.content
    assert answer.headers["Content-Type"] == "image/jpeg"
    assert answer.headers["Content-Disposition"] == \
        f"inline; filename=\"file-{id_}.jpg\"; filename*=UTF-8''file-{id_}.jpg"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"].startswith("private")
    assert answer.headers["X-Request-Id"]
    assert "X-Accel-Redirect" not in answer.headers

    (path,) = files(node)
    digest = hashlib.sha256(media.content).hexdigest()
    assert path == node.dir / "state" / "media" / digest[:2] / digest[2:]
    assert path.stat().st_mode & 0o777 == 0o640
    assert writing(node) == []
    assert "media_size" not in shown    # it says none


def test_a_picture_says_how_large_it_is_shown(d360_node):
    node = d360_node
    frame = b"\xff\xc0\0\x11\x08\0\x64\0\xc8\x03" + b"\0" * 9
    turned = (b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\1"
              b"\x01\x12\0\3\0\0\0\1\0\6\0\0\0\0\0\0")
    for head, size in [(b"", {"width": 200, "height": 100}),
                       (turned, {"width": 100, "height": 200})]:
        media = node.provider.add_media(b"\xff\xd8" + head + frame,
                                        "image/jpeg")
        id_ = deliver(node, "image", media.field())
        stored(node, id_)
        shown = node.get(f"/messages/{id_}").json
        assert shown["media_size"] == size
        (listed,) = node.messages(shown["conversation_id"])
        assert listed["media_size"] == size


def test_the_same_file_twice_is_kept_once(d360_node):
    node = d360_node
    ids = [deliver(node, "image",
                   node.provider.add_media(b"same").field())
           for _ in range(3)]
    for id_ in ids:
        stored(node, id_)
        assert node.get(f"/messages/{id_}/media").body == b"same"
    assert len(files(node)) == 1


def test_several_at_once(d360, make_node):
    node = make_node(provider=d360, WASPOOL_MEDIA_PARALLEL=4)
    hold = d360.hold(n=8, when="before", where="download")
    ids = [deliver(node, "image", d360.add_media(b"%d" % i).field())
           for i in range(8)]

    def held():
        return [r for r in list(d360.requests) if r.where == "download"]
    wait_for(lambda: len(held()) >= 4)
    assert len(held()) == 4
    hold.release()
    for id_ in ids:
        stored(node, id_)


def test_files_do_not_hold_up_messages(d360_node):
    node = d360_node
    hold = node.provider.hold(when="before", where="download")
    deliver(node, "image", node.provider.add_media(b"slow").field())
    hold.wait()
    node.drained()
    id_ = deliver(node, "document", {"filename": "x", "mime_type": "a/b"})
    assert state(node, id_)[0] == "missing"
    hold.release()


def test_an_expired_address_is_asked_for_once_more(d360_node):
    node, d360 = d360_node, d360_node.provider
    d360.fail(1, 404, 100, where="download")
    id_ = deliver(node, "image", d360.add_media(b"late").field())
    stored(node, id_)
    asked = [r.where for r in d360.requests if r.where in
             ("media_url", "download")]
    assert asked == ["media_url", "download"] * 2
    assert state(node, id_)[2] == 0


def test_twice_expired_waits(d360_node):
    node, d360 = d360_node, d360_node.provider
    d360.fail(2, 403, 100, where="download")
    id_ = deliver(node, "image", d360.add_media(b"late").field())
    wait_for(lambda: state(node, id_)[2] == 1)
    assert state(node, id_)[0] == "pending"
    shown = node.get(f"/messages/{id_}").json
    assert shown["media_url"] is None
    assert shown["content"]["media_state"] == "pending"
    answer = node.get(f"/messages/{id_}/media")
    assert answer.status == 409
    assert answer.json["type"].endswith("/media-pending")
    assert "pending" in answer.json["detail"]
    node.cli("media", "fetch", id_)
    stored(node, id_)


@pytest.mark.parametrize("wrong", ["wrong_sha256", "wrong_size"])
def test_what_differs_from_what_was_said(d360_node, wrong):
    node, d360 = d360_node, d360_node.provider
    media = d360.add_media(b"something else")
    setattr(media, wrong, True)
    field = media.field()
    if wrong == "wrong_sha256":
        field["sha256"] = "A" * 43 + "="
    id_ = deliver(node, "image", field)
    got = ended(node, id_)
    assert got[0] == "missing"
    assert ("SHA-256" if wrong == "wrong_sha256" else "size") in got[1]
    wait_for(lambda: not files(node) and not writing(node))
    assert len([r for r in d360.requests if r.where == "download"]) == 2
    answer = node.get(f"/messages/{id_}/media")
    assert answer.status == 409
    assert answer.json["type"].endswith("/media-missing")
    assert got[1] in answer.json["detail"]


def test_what_the_provider_does_not_have_is_missing(d360_node):
    node, d360 = d360_node, d360_node.provider
    media = d360.add_media(b"gone")
    media.gone = True
    id_ = deliver(node, "image", media.field())
    assert ended(node, id_)[0] == "missing"
    assert len([r for r in d360.requests if r.where == "media_url"]) == 1
    time.sleep(1.5)
    assert len([r for r in d360.requests if r.where == "media_url"]) == 1


def test_too_large_is_missing(d360, make_node):
    node = make_node(provider=d360, WASPOOL_MEDIA_MAX=2000)
    id_ = deliver(node, "image", d360.add_media(b"x" * 2001).field())
    got = ended(node, id_)
    assert got[0] == "missing" and "WASPOOL_MEDIA_MAX" in got[1]
    assert not any(r.where == "download" for r in d360.requests)


def test_a_broken_answer_is_asked_for_later(d360_node):
    node, d360 = d360_node, d360_node.provider
    d360.drop(when="middle", where="download")
    id_ = deliver(node, "image", d360.add_media(b"y" * 100000).field())
    wait_for(lambda: state(node, id_)[2] == 1)
    assert state(node, id_)[0] == "pending"
    wait_for(lambda: not writing(node))
    node.cli("media", "fetch", "--all")
    stored(node, id_)


def test_nothing_is_asked_where_there_is_no_id(d360_node):
    node = d360_node
    id_ = deliver(node, "image", {"mime_type": "image/jpeg"})
    assert state(node, id_)[0] == "missing"
    assert node.get(f"/messages/{id_}/media").status == 409
    assert not [r for r in node.provider.requests
                if r.where in ("media_url", "download")]


def test_the_provider_never_has_to_block_us(d360, make_node):
    node = make_node(provider=d360, WASPOOL_MEDIA_PARALLEL=16)
    ids = []
    for i in range(40):
        media = d360.add_media(b"%d" % i)
        media.gone = i < 30
        ids.append(deliver(node, "image", media.field()))
    wait_for(lambda: node.db("SELECT count(*) FROM media_errors")[0][0] >= 10)
    time.sleep(2)
    assert d360.media_errors() == 10
    assert not d360.media_blocked()
    assert node.db("SELECT count(*) FROM media_errors") == [(10,)]
    waiting = node.db("SELECT count(*), min(due_at) FROM media"
                      " WHERE state = 'pending'")[0]
    assert waiting[0] > 0 and waiting[1] > time.time() + 3000
    stats = node.cli("--json", "stats")
    assert stats["media"]["numbers_refused"] == 1
    assert node.log("waspool-process").count("it downloads no more") == 1


def test_each_number_has_its_own_limit(d360, make_node):
    node = make_node(provider=d360)
    other = Workspace(node)
    key = d360.add_number(other.number)
    path = node.dir / "keys" / other.number
    path.write_text(key + "\n")
    path.chmod(0o600)
    d360.fail(10, 404, 100, where="media_url", key=d360.key)
    ids = [deliver(node, "image", d360.add_media(b"%d" % i).field())
           for i in range(10)]
    for id_ in ids:
        ended(node, id_)
    id_ = deliver(node, "image", d360.add_media(b"mine").field(),
                  number=other.number)
    stored(node, id_)
    assert node.get(f"/messages/{id_}/media").status == 404
    assert other.api("GET", f"/messages/{id_}/media").body == b"mine"
    assert other.api("GET", f"/messages/{ids[0]}/media").status == 404
    assert other.api("GET", f"/messages/{ids[0]}").status == 404


def test_a_crash_in_the_middle(d360_node):
    node, d360 = d360_node, d360_node.provider
    hold = d360.hold(when="before", where="download")
    id_ = deliver(node, "image", d360.add_media(b"z" * 50000).field())
    hold.wait()
    node.kill("waspool-process")
    hold.release()
    stored(node, id_)
    assert node.get(f"/messages/{id_}/media").body == b"z" * 50000
    assert len(files(node)) == 1


def test_no_file_is_written_twice_by_a_shutdown(d360_node):
    node, d360 = d360_node, d360_node.provider
    hold = d360.hold(when="before", where="download")
    id_ = deliver(node, "image", d360.add_media(b"q" * 500).field())
    hold.wait()
    node.kill("waspool-process", signal.SIGTERM)
    hold.release()
    stored(node, id_)
    assert writing(node) == []


def peak(node):
    """Of the processor's memory until now, shared libraries included: kB."""
    (pid,) = node.pids("waspool-process")
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))


def test_a_large_video_does_not_fill_memory(d360_node):
    node, d360 = d360_node, d360_node.provider
    small = d360.add_media(bytes(range(256)), "video/mp4")
    stored(node, deliver(node, "video", small.field()))
    before = peak(node)
    content = os.urandom(1024) * (VIDEO_MAX // 1024)
    media = d360.add_media(content, "video/mp4")
    id_ = deliver(node, "video", media.field())
    stored(node, id_)
    more = peak(node) - before
    assert SANITIZED or more < 1024, f"{more} kB more than {before}"
    assert SANITIZED or before < 24 * 1024, f"{before} kB"
    answer = node.get(f"/messages/{id_}/media")
    assert answer.headers["Content-Type"] == "video/mp4"
    assert hashlib.sha256(answer.body).digest() == \
        hashlib.sha256(content).digest()


# ------------------------------------------------------------ handing out

def test_ranges(d360_node):
    node = d360_node
    media = node.provider.add_media(bytes(range(256)), "video/mp4")
    id_ = deliver(node, "video", media.field())
    stored(node, id_)
    answer = node.api("GET", f"/messages/{id_}/media",
                      headers={"Range": "bytes=10-19"})
    assert answer.status == 206
    assert answer.body == bytes(range(10, 20))
    assert answer.headers["Content-Range"] == "bytes 10-19/256"
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    head = node.api("HEAD", f"/messages/{id_}/media")
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == "256"
    assert head.headers["Content-Type"] == "video/mp4"


@pytest.fixture
def shop_file(d360, make_node):
    """A node, a workspace of it, and the id of a message with a file there."""
    node = make_node(provider=d360)
    shop = Workspace(node)
    path = node.dir / "keys" / shop.number
    path.write_text(d360.add_number(shop.number) + "\n")
    path.chmod(0o600)
    id_ = deliver(node, "video", d360.add_media(
        bytes(range(256)), "video/mp4").field(), number=shop.number)
    stored(node, id_)
    return node, shop, id_


def address(shop, id_):
    made = shop.get(f"/messages/{id_}/media-address")
    at = calendar.timegm(time.strptime(made["expires_at"],
                                       "%Y-%m-%dT%H:%M:%SZ"))
    assert 800 < at - time.time() <= 1200
    return made["url"]


def test_an_address_lets_in_to_one_file(shop_file):
    node, shop, id_ = shop_file
    # The same for a while, which may just have ended.
    url = wait_for(lambda: (u := address(shop, id_)) == address(shop, id_)
                   and u)
    assert url.startswith(f"/api/v1/messages/{id_}/media?access=")
    answer = node.request("GET", url)
    assert (answer.status, answer.body) == (200, bytes(range(256)))
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    kept = re.match(r"private, max-age=(\d+)$",
                    answer.headers["Cache-Control"])
    assert 800 < int(kept[1]) <= 1200
    # by a token it is for pages of this origin
    own = shop.api("GET", f"/messages/{id_}/media")
    assert own.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    # it opens nothing else
    access = url.split("?")[1]
    for path in (f"/api/v1/messages/{id_}", "/api/v1/me",
                 f"/api/v1/messages/{id_}/media-address",
                 f"/api/v1/messages/{id_ + 1}/media",
                 f"/api/v1/messages/0{id_}/media", "/api/v1/changes"):
        assert node.request("GET", f"{path}?{access}").status == 401
    for method in "POST", "DELETE", "PUT":
        assert node.request(method, url).status == 401
    assert node.request("GET", url[:-2]).status == 401
    assert node.request("GET", url + "&access=x").status == 400
    assert node.request("GET", url + "&x=1").status == 400
    assert node.request("GET", url, headers={
        "Authorization": "Bearer nobody"}).status == 401
    log = node.log("actions")
    assert access not in log and access.split("=")[1] not in log


def test_it_ends_with_the_token(shop_file):
    node, shop, id_ = shop_file
    user, token = shop.member("leaves@example.com", "Lea")
    shop.token, mine = token, shop.token
    url = address(shop, id_)
    assert node.request("GET", url).status == 200
    node.cli("member", "remove", shop.id, "leaves@example.com")
    answer = node.request("GET", url)
    assert answer.status == 401
    assert "media-address" in answer.json["detail"]
    shop.token = mine
    assert node.request("GET", address(shop, id_)).status == 200


def test_there_is_no_address_of_what_is_not_there(shop_file):
    node, shop, id_ = shop_file
    assert node.get(f"/messages/{id_}/media-address").status == 404
    text = shop.talk()["last_message"]["id"]
    assert shop.api("GET", f"/messages/{text}/media-address").status == 404
    url = address(shop, id_)
    for f in files(node):
        f.unlink()
    answer = shop.api("GET", f"/messages/{id_}/media-address")
    assert answer.status == 409
    assert answer.json["type"].endswith("/media-missing")
    assert node.request("GET", url).status == 409


def test_a_player_seeks(shop_file):
    """What Chromium, Safari and download managers ask for, by each way in."""
    node, shop, id_ = shop_file
    content = bytes(range(256))
    url, path = address(shop, id_), f"/api/v1/messages/{id_}/media"
    by_token = {"Authorization": f"Bearer {shop.token}"}
    for where, head in (url, {}), (path, by_token):
        def ask(range_, method="GET", **more):
            return node.request(method, where, headers={
                **head, "Range": range_, **more})
        whole = node.request("GET", where, headers=head)
        etag = whole.headers["ETag"]
        assert whole.headers["Accept-Ranges"] == "bytes"
        assert etag.startswith('"') and whole.headers["Last-Modified"]
        for range_, first, last in [
                ("bytes=0-", 0, 255), ("bytes=0-1", 0, 1),
                ("bytes=-5", 251, 255), ("bytes=250-999", 250, 255),
                ("bytes=-999", 0, 255), ("bytes=255-255", 255, 255)]:
            answer = ask(range_)
            assert answer.status == 206
            assert answer.body == content[first:last + 1]
            assert answer.headers["Content-Range"] == \
                f"bytes {first}-{last}/256"
            assert answer.headers["ETag"] == etag
        for range_ in "bytes=256-", "bytes=999-1000", "bytes=5-2":
            answer = ask(range_)
            assert answer.status == 416
            assert answer.headers["Content-Range"] == "bytes */256"
        several = ask("bytes=0-1,10-11")
        assert several.status == 206
        assert several.headers["Content-Type"].startswith(
            "multipart/byteranges; boundary=")
        assert several.body.count(b"Content-Range: bytes ") == 2
        assert ask("chapters=1-2").status == 200
        assert ask("bytes=0-1", **{"If-Range": etag}).status == 206
        assert ask("bytes=0-1", **{"If-Range": '"other"'}).status == 200
        head_answer = node.request("HEAD", where, headers=head)
        assert (head_answer.status, head_answer.body) == (200, b"")
        assert head_answer.headers["Content-Length"] == "256"
        assert node.request("GET", where, headers={
            **head, "If-None-Match": etag}).status == 304


HOSTILE = [
    ("../../../etc/passwd", "application/pdf"),
    ("a\"; filename=\"b.html", "text/html"),
    ("x\r\nSet-Cookie: a=b\r\n\r\n<script>", "text/html"),
    ("\u202egpj.exe", "image/jpeg"),
    ("x" * 400 + ".pdf", "application/pdf"),
    ("ü" * 300, "application/msword"),
    ("...", "image/svg+xml"),
    ("con\u0000trol.pdf", "application/pdf"),
    ("\u2028\u2029\u200f", "application/xhtml+xml"),
]


@pytest.mark.parametrize("name, type_", HOSTILE)
def test_names_and_types_of_strangers(hostile_node, name, type_):
    node = hostile_node
    media = node.provider.add_media(name.encode() + b"<script>", type_)
    id_ = deliver(node, "document", media.field(filename=name))
    stored(node, id_)
    answer = node.get(f"/messages/{id_}/media")
    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Content-Type"] in (
        "application/pdf", "application/octet-stream", "image/jpeg",
        "image/svg+xml", "application/msword")
    how = answer.headers["Content-Disposition"]
    match = re.fullmatch(r"(inline|attachment); filename=\"([^\"\\/%]*)\";"
                         r" filename\*=UTF-8''([\w.~%-]*)", how, re.A)
    assert match, how
    assert match[2] and not match[2].startswith(".")
    assert len(match[2]) <= 255
    if match[1] == "inline":
        assert type_ in ("application/pdf", "image/jpeg")
        assert match[2].endswith((".pdf", ".jpg"))


@pytest.fixture(scope="module")
def hostile_node():
    from d360 import D360
    from rig import Node
    with D360() as d360:
        node = Node(d360.env)
        try:
            yield d360.attach(node.up())
        finally:
            node.remove()


def test_nobody_gets_in_from_outside(d360_node):
    node = d360_node
    id_ = deliver(node, "image", node.provider.add_media(b"mine").field())
    path = stored(node, id_)[3]
    assert node.request("GET", f"/waspool-media/{path}").status == 404
    assert node.api("GET", f"/messages/{id_}/media", token="x").status == 401
    assert node.get("/messages/999999/media").status == 404
    text = node.get(f"/messages/{id_}").json
    assert str(node.dir) not in str(text)


def test_a_member_of_another_workspace_gets_no_file(d360_node):
    node = d360_node
    other = Workspace(node)
    id_ = deliver(node, "image", node.provider.add_media(b"ours").field())
    stored(node, id_)
    assert node.api("GET", f"/messages/{id_}/media").status == 200
    answer = other.api("GET", f"/messages/{id_}/media")
    assert answer.status == 404 and b"ours" not in answer.body
    # Nor by sending an upload of it, or by an answer to the message.
    mine = upload(node, ("file", "a.pdf", "application/pdf",
                         b"%PDF-1.4 ours")).json["id"]
    c = other.talk("hello")
    for body in ({"type": "document", "media": {"upload": mine}},
                 {"type": "text", "text": {"body": "x"}, "reply_to": id_}):
        answer = other.api("POST", f"/conversations/{c['id']}/messages", body)
        assert answer.status == 422, answer.body


# ------------------------------------------------------------------ uploads

TYPES = [
    ("image", "image/jpeg"), ("image", "image/png"),
    ("video", "video/mp4"), ("video", "video/3gpp"),
    ("audio", "audio/aac"), ("audio", "audio/amr"), ("audio", "audio/mpeg"),
    ("audio", "audio/mp4"), ("audio", "audio/ogg; codecs=opus"),
    ("document", "text/plain"), ("document", "application/pdf"),
    ("document", "application/msword"),
]


@pytest.mark.parametrize("kind, type_", TYPES)
def test_what_can_be_sent_can_be_uploaded(node, kind, type_):
    answer = upload(node, ("file", "a b.bin", type_, b"content of " +
                           type_.encode()))
    assert answer.status == 201, answer
    made = answer.json
    assert made == {"id": made["id"], "type": kind, "mime_type": type_,
                    "size": 11 + len(type_), "filename": "a b.bin"}
    assert answer.headers["Location"] == f"/api/v1/media/{made['id']}"
    (row,) = node.db("SELECT workspace_id, size, path FROM uploads"
                     " WHERE id = ?", made["id"])
    assert row[:2] == (node.workspace_id, 11 + len(type_))
    path = node.dir / "state" / "media" / row[2]
    assert path.read_bytes() == b"content of " + type_.encode()


@pytest.mark.parametrize("said, known", [
    ("audio/x-m4a", "audio/mp4"), ("audio/x-hx-aac-adts", "audio/aac"),
    ("image/jpg", "image/jpeg")])
def test_other_names_of_a_type_are_the_providers(node, said, known):
    """As a browser says of what a phone has recorded."""
    answer = upload(node, ("file", "memo", said, b"x"))
    assert answer.status == 201, answer
    assert answer.json["mime_type"] == known


def webp(side, moves=0, size=100):
    """The head of a WebP with that many pixels."""
    edge = (side - 1).to_bytes(3, "little")
    return (b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00"
            + bytes([2 * moves, 0, 0, 0]) + edge + edge).ljust(size, b"\0")


# What WhatsApp exports and browsers record, as they name it.
OPUS = b"OggS\x00\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01" + bytes(90)


@pytest.mark.parametrize("said, content, kind, known", [
    ("audio/opus", OPUS, "audio", "audio/ogg; codecs=opus"),
    ("audio/ogg", OPUS, "audio", "audio/ogg; codecs=opus"),
    ("application/ogg", OPUS, "audio", "audio/ogg; codecs=opus"),
    ("application/octet-stream", OPUS, "audio", "audio/ogg; codecs=opus"),
    ("video/mp4", b"\0\0\0\x1cftypM4A \0\0", "audio", "audio/mp4"),
    ("audio/mp4", b"\0\0\0\x18ftypisom\0\0", "audio", "audio/mp4"),
    ("image/png", b"\xff\xd8\xff\xe0 JFIF", "image", "image/jpeg"),
    ("image/jpeg", webp(512), "sticker", "image/webp"),
], ids=range(8))
def test_the_content_says_what_a_file_is(node, said, content, kind, known):
    answer = upload(node, ("file", "memo", said, content))
    assert answer.status == 201, answer
    assert (answer.json["type"], answer.json["mime_type"]) == (kind, known)


@pytest.mark.parametrize("said, content, words", [
    ("audio/webm", b"\x1a\x45\xdf\xa3 webm", "audio/ogg with Opus"),
    ("video/mp4", b"\x1a\x45\xdf\xa3 webm", "WebM is not taken"),
    ("audio/webm;codecs=opus", b"?", "WebM is not taken"),
    ("audio/ogg", b"OggS\0\2" + bytes(22) + b"\1\x1e\1vorbis", "opus"),
    ("image/png", b"GIF89a", "image/gif"),
], ids=range(5))
def test_what_whatsapp_does_not_take_is_said(node, said, content, words):
    answer = upload(node, ("file", "memo", said, content))
    assert answer.status == 415, answer
    assert words in answer.json["detail"]


@pytest.mark.parametrize("content, flaw", [
    (webp(512), None), (webp(512, 1, 500 << 10), None),
    (webp(512, 0, (100 << 10) + 1), "100 KB"),
    (webp(511), "512 × 512 pixels, this has 511 × 511"),
    (b"RIFF....WEBP", "no complete WebP"), (b"webp?", "is a WebP"),
], ids=["still", "moves", "large", "small", "cut", "other"])
def test_a_sticker_is_a_webp_of_512_pixels(node, content, flaw):
    node.deliver(text_message(phone := new_phone(), "?"))
    path = f"/conversations/{node.wait_conversation(phone)['id']}/messages"
    up = upload(node, ("file", "hello.webp", "image/webp", content)).json
    assert up["type"] == ("document" if flaw else "sticker")
    answer = node.api("POST", path, {"type": "sticker",
                                     "media": {"upload": up["id"]}})
    assert answer.status == (422 if flaw else 202), answer
    assert not flaw or flaw in answer.json["errors"][0]["message"]


PICTURE = ("file", "x.png", "image/png", b"png")
REFUSED = [
    (415, [("file", "x.html", "text/html", b"x")]),
    (415, [("file", "x.svg", "image/svg+xml", b"x")]),
    (415, [("file", "x", None, b"x")]),
    (415, [("file", "x.ogg", "audio/ogg; codecs=vorbis", b"x")]),
    (413, [("file", "x.webp", "image/webp", b"x" * 512_001)]),
    (413, [("file", "x.png", "image/png", b"x" * (5 * 1024 * 1024 + 1))]),
    (413, [("file", "x.mp4", "video/mp4", b"x" * (VIDEO_MAX + 1))]),
    (422, [("file", "x.png", "image/png", b"")]),
    (422, []),
    (422, [("other", None, None, b"x")]),
    (422, [PICTURE, PICTURE]),
    (422, [PICTURE, ("other", None, None, b"x")]),
]


@pytest.mark.parametrize("status, parts", REFUSED)
def test_what_cannot_be_sent_is_refused(node, status, parts):
    (last,), = node.db("SELECT coalesce(max(id), 0) FROM uploads")
    answer = upload(node, *parts)
    assert answer.status == status, answer
    assert answer.json["status"] == status
    assert node.db("SELECT count(*) FROM uploads WHERE id > ?", last) == [(0,)]
    wait_for(lambda: not writing(node))     # what others wrote is there shortly


def test_bodies_that_are_none(node):
    head = {"Authorization": f"Bearer {node.token}"}
    for type_, body, status in [
            ("application/json", b"{}", 415),
            ("multipart/form-data", b"--x--", 415),
            ("multipart/form-data; boundary=x", b"", 422),
            ("multipart/form-data; boundary=x", b"--x\r\n\r\nabc", 422),
            ("multipart/form-data; boundary=x",
             form(PICTURE, boundary="x")[0][:-8], 422)]:
        answer = node.request("POST", "/api/v1/media", body,
                              {**head, "Content-Type": type_})
        assert answer.status == status, (type_, answer)
    assert node.request("POST", "/api/v1/media", *form(PICTURE)).status == 401
    assert node.get("/media").status == 405
    wait_for(lambda: not writing(node))


def test_larger_than_nginx_takes(node):
    body, head = form(PICTURE)
    head["Authorization"] = f"Bearer {node.token}"
    head["Content-Length"] = str(200 * 1024 * 1024)
    answer = node.request("POST", "/api/v1/media", body, head)
    assert answer.status == 413
    assert answer.json["type"].endswith("/too-large")


def test_an_upload_asked_again(node):
    key = {"Idempotency-Key": f"k{time.monotonic_ns()}"}
    first = upload(node, PICTURE, headers=key)
    assert first.status == 201
    again = upload(node, PICTURE, headers=key)
    assert (again.status, again.json) == (201, first.json)
    other = upload(node, ("file", "x.png", "image/png", b"other"),
                   headers=key)
    assert other.status == 409


def test_a_large_upload_is_not_kept_in_memory(make_node):
    node = make_node()  # the peak of the others' is that of other tests
    content = os.urandom(4096) * (60 * 256)
    answer = upload(node, ("file", "x.pdf", "application/pdf", content))
    assert answer.status == 201, answer
    (pid,) = node.pids("actions")
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+) kB", status).group(1))
    assert SANITIZED or peak < 60 * 1024, f"{peak} kB"
    path = node.db("SELECT path FROM uploads WHERE id = ?",
                   answer.json["id"])[0][0]
    assert path.replace("/", "") == hashlib.sha256(content).hexdigest()


# ------------------------------------------------------ room and quotas

def test_an_upload_that_nobody_sends_ends_after_a_day(make_node, d360):
    node = make_node(provider=d360)
    sent, left, new = [upload(node, ("file", f"{n}.png", "image/png",
                                     f"content {n}".encode())).json["id"]
                       for n in range(3)]
    phone = new_phone()
    node.deliver(text_message(phone, "a picture, please"))
    c = node.wait_conversation(phone)
    answer = node.post(f"/conversations/{c['id']}/messages",
                       {"type": "image", "media": {"upload": sent}})
    assert answer.status == 202, answer
    wait_for(lambda: node.get(f"/messages/{answer.json['id']}").json["status"]
             == "sent")
    node.write("UPDATE uploads SET created_at = created_at - 86401"
               " WHERE id <= ?", left)
    before = len(files(node))
    wait_for(lambda: node.db("SELECT 1 FROM retention WHERE rule = 'uploads'"))
    node.write("UPDATE retention SET at = 0 WHERE rule = 'uploads'")
    wait_for(lambda: node.db("SELECT id FROM uploads ORDER BY id") ==
             [(sent,), (new,)])
    wait_for(lambda: len(files(node)) == before - 1)
    assert node.get(f"/messages/{answer.json['id']}/media").status == 200
    # It is as if it had never been.
    gone = node.post(f"/conversations/{c['id']}/messages",
                     {"type": "image", "media": {"upload": left}})
    assert gone.status == 422, gone


def test_a_workspace_has_a_quota(make_node, d360):
    node = make_node(provider=d360, WASPOOL_FILES_QUOTA=10000)
    content = os.urandom(6000)
    assert upload(node, ("file", "a.png", "image/png", content)).status == 201
    answer = upload(node, ("file", "b.png", "image/png", content))
    assert answer.status == 507
    assert answer.json["type"].endswith("/quota-exceeded")
    # What a customer sends comes, and then no more does.
    first = deliver(node, "image",
                    d360.add_media(os.urandom(5000), "image/png").field())
    stored(node, first)
    second = deliver(node, "image",
                     d360.add_media(os.urandom(5000), "image/png").field())
    wait_for(lambda: "WASPOOL_FILES_QUOTA" in (state(node, second)[1] or ""))
    assert state(node, second)[0] == "pending"
    (w,) = node.cli("--json", "workspace", "list")
    assert w["file_bytes"] == 11000
    done = node.cli("doctor", "--json", check=False)
    assert "files of workspace 1," in done.stdout and \
        "WASPOOL_FILES_QUOTA" in done.stdout
    # With more room it comes.
    node.down()
    node.write("UPDATE media SET due_at = 0 WHERE message_id = ?", second)
    node.up(WASPOOL_FILES_QUOTA=100000)
    stored(node, second)


def test_files_wait_for_room_on_the_disk(make_node, d360):
    node = make_node(provider=d360, WASPOOL_FILES_MIN_FREE="8192TiB")
    id_ = deliver(node, "image", d360.add_media(b"picture").field())
    wait_for(lambda: "WASPOOL_FILES_MIN_FREE" in (state(node, id_)[1] or ""))
    assert state(node, id_)[0] == "pending"
    assert state(node, id_)[2] == 0         # it was no attempt
    assert node.deliver("{}").status == 200
    node.down()
    node.write("UPDATE media SET due_at = 0 WHERE message_id = ?", id_)
    node.up(WASPOOL_FILES_MIN_FREE="64MiB")
    stored(node, id_)


# -------------------------------------------------------- the command line

def test_fetch_verify_prune(d360_node):
    node, d360 = d360_node, d360_node.provider
    d360.fail(1, 500, 131000, where="media_url")
    id_ = deliver(node, "image", d360.add_media(b"first").field())
    wait_for(lambda: state(node, id_)[2] == 1)
    listed = node.cli("--json", "media", "list", "--state", "pending")
    assert [m["message_id"] for m in listed] == [id_]
    assert listed[0]["reason"]
    node.cli("media", "fetch", id_)
    stored(node, id_)
    assert node.cli("media", "fetch", id_, check=False).returncode == 65
    assert node.cli("media", "fetch", 999, check=False).returncode == 65
    assert node.cli("--json", "media", "verify") == []

    (path,) = files(node)
    path.chmod(0o600)
    path.write_bytes(b"damaged")
    done = node.cli("--json", "media", "verify", check=False)
    assert done.returncode == 65 and "damaged" in done.stdout
    done = node.cli("media", "verify", "--repair", check=False)
    assert done.returncode == 65
    stored(node, id_)
    assert node.cli("--json", "media", "verify") == []
    assert path.read_bytes() == b"first"

    path.unlink()
    answer = node.get(f"/messages/{id_}/media")
    assert answer.status == 409 and "lost" in answer.json["detail"]
    done = node.cli("--json", "media", "verify", "--repair", check=False)
    assert done.returncode == 65 and "not there" in done.stdout
    stored(node, id_)

    assert node.cli("--json", "media", "prune", "--older", "1d") == \
        {"deleted": 0}
    assert len(files(node)) == 1
    time.sleep(1.1)
    assert node.cli("--json", "media", "prune", "--older", "0s") == \
        {"deleted": 1}
    assert files(node) == []
    assert state(node, id_)[:2] == ("missing", "pruned")
    assert node.get(f"/messages/{id_}").json["media_url"] is None
    assert node.cli("--json", "media", "fetch", "--all") == {"due": 0}


def test_prune_unused(d360_node):
    node = d360_node
    id_ = deliver(node, "image", node.provider.add_media(b"used").field())
    stored(node, id_)
    folder = node.dir / "state" / "media" / "ab"
    folder.mkdir(exist_ok=True)
    (folder / ("c" * 62)).write_bytes(b"nobody's")
    (folder / "notes.txt").write_bytes(b"a person's")
    assert node.cli("--json", "media", "prune", "--unused") == {"deleted": 1}
    assert node.get(f"/messages/{id_}/media").body == b"used"
    assert (folder / "notes.txt").exists()
