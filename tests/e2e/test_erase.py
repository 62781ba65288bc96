"""A person is erased: all that is here of them, to the last byte."""

import base64
import gzip
import json
import pathlib
import time

from office import Workspace
from rig import (PATIENCE, contact, envelope, message, new_phone, status_update,
                 text_message, value, wait_for)

NAME = "Wilhelmina Quarzfels"
WORD = "zqxvornith"


def wamid(phone, n):
    """As the provider makes them: the phone is in it."""
    raw = b"\x1c\x18\x0b" + phone.encode() + b"\x15\x02\x00\x12\x18\x14" + \
        b"%020d" % n + b"\x00"
    return "wamid." + base64.b64encode(raw).decode()


def found(node, *needles):
    """Where in the files of a node, but logs, one of NEEDLES still stands."""
    places = []
    for path in sorted((node.dir / "state").rglob("*")):
        try:
            data = path.read_bytes()
        except (FileNotFoundError, IsADirectoryError):  # it has just gone
            continue
        places += [(path.name, n) for n in needles
                   if n.encode() in data or n.encode("utf-16-le") in data]
    return places


def state(node, erasure):
    return node.db("SELECT state, messages, deliveries FROM erasures"
                   " WHERE id = ?", erasure)[0]


def wait_done(node, erasure):
    wait_for(lambda: state(node, erasure)[0] == "done")


def customer(node, phone, n=3, word=WORD, name=NAME):
    """Somebody who wrote N messages: their wamids."""
    ids = [wamid(phone, i) for i in range(n)]
    for i, id_ in enumerate(ids):
        assert node.deliver(text_message(
            phone, f"{word} number{i}", id_, name=name)).status == 200
    node.drained()
    return ids


def test_not_a_byte_is_left(d360_node):
    node, d360 = d360_node, d360_node.provider
    phone, other = new_phone(), new_phone()
    theirs, same = d360.add_media(b"A" * 70000), d360.add_media(b"B" * 500)
    ids = customer(node, phone)
    # One delivery, two people; a file that both sent, and one of her own.
    picture = [wamid(phone, 10), wamid(phone, 11), wamid(other, 12)]
    node.deliver(envelope(value(
        [message(phone, "image", picture[0],
                 image=theirs.field(caption=WORD)),
         message(phone, "document", picture[1],
                 document=same.field(filename=f"{WORD}.pdf")),
         message(other, "document", picture[2],
                 document=same.field(filename="terms.pdf")),
         message(other, "text", wamid(other, 13), text={"body": "stays"})],
        contacts=[contact(phone, NAME), contact(other, "Otto")])))
    node.drained()
    wait_for(lambda: node.db("SELECT count(*) FROM media"
                             " WHERE state = 'stored'")[0][0] == 3)
    # What hangs on it: an edit, a reaction, statuses, one of nobody's.
    node.deliver(envelope(value([message(
        phone, "edit", wamid(phone, 14), edit={
            "original_message_id": ids[1],
            "message": {"type": "text", "text": {"body": WORD + "edited"}}})],
        contacts=[contact(phone, NAME)])))
    node.deliver(status_update(wamid(phone, 20), "delivered", phone))
    node.deliver(envelope(value(user_preferences=[
        {"wa_id": phone, "detail": f"{NAME} stopped", "category":
         "marketing_messages", "value": "stop", "timestamp": "1749419600"}]),
        field="user_preferences"))
    node.drained()
    c = node.wait_conversation(phone)
    node.post("/contacts", {"phone": "+" + phone, "name": NAME,
                            "email": "quarzfels@example.com",
                            "tags": ["vip"]},
              headers={"Idempotency-Key": "k1"})
    sent = node.post(f"/conversations/{c['id']}/messages",
                     {"type": "text", "text": {"body": WORD + "answer"}},
                     headers={"Idempotency-Key": "k2"})
    assert sent.status == 202, sent
    d360.wait_sent(1)
    wait_for(lambda: node.db("SELECT count(*) FROM outbox"
                             " WHERE state = 'done'")[0][0] == 1)
    needles = (phone, NAME, "quarzfels", "Quarzfels", WORD, ids[0][:30])
    assert {n for _, n in found(node, *needles)} >= {phone, NAME, WORD}

    out = node.cli("--json", "contact", "erase", "+" + phone)
    assert out["state"] == "done" and out["messages"] == 7, out

    assert found(node, *needles) == []
    assert node.get(f"/conversations/{c['id']}").status == 404
    assert node.conversation(phone) is None
    assert node.get("/contacts", q=phone).json["data"] == []
    # The other one has all of his, and the file that both sent.
    left = node.messages(node.wait_conversation(other)["id"])
    assert {m["type"] for m in left} == {"document", "text"}
    document = next(m for m in left if m["type"] == "document")
    assert node.get(f"/messages/{document['id']}/media").body == b"B" * 500
    assert not list((node.dir / "state" / "media").glob("??/*"))[1:]
    # It is told, of nobody.
    event = node.cli("--json", "events", "list")[0]
    assert event["field"] == "erasure" and event["value"]["messages"] == 7
    assert phone not in node.log("waspool-process")
    assert WORD not in node.log("waspool-process")


def erase(node, who, **options):
    return node.cli("--json", "contact", "erase", who, *sum(
        ([f"--{k.replace('_', '-')}"] + ([str(v)] if v is not True else [])
         for k, v in options.items()), []))


def test_calls_groups_and_forms_go_too(d360_node):
    node = d360_node
    phone, other, now = new_phone(), new_phone(), int(time.time())
    written = f"+{phone[:2]} ({phone[2:5]}) {phone[5:8]}-{phone[8:]}"
    call = {"id": "wacid." + wamid(phone, 1)[6:], "from": phone,
            "event": "connect", "direction": "USER_INITIATED",
            "timestamp": str(now)}

    def group(at, **what):
        return envelope(value(groups=[
            {"timestamp": str(now + at), "group_id": "g", **what}]),
            field="group_participants_update")

    joined = group(2, type="group_participants_add", added_participants=[
        {"input": written}, {"wa_id": other}])
    form = envelope(value([message(phone, "interactive", interactive={
        "type": "nfm_reply", "nfm_reply": {"body": "Sent", "response_json":
                                           json.dumps({"tel": written})}})],
        contacts=[contact(phone, NAME)]))
    for body in (
            envelope(value(calls=[call], contacts=[contact(phone, NAME)]),
                     field="calls"),
            envelope(value(calls=[dict(call, event="terminate",
                                       timestamp=str(now + 5))]),
                     field="calls"),
            group(1, type="group_create", subject="Tea"), joined,
            group(3, type="group_participants_remove",
                  removed_participants=[{"input": written}]),
            envelope(value([message(phone, "text", group_id="g",
                                    text={"body": WORD})],
                           contacts=[contact(phone, NAME)]))):
        assert node.deliver(body).status == 200
    assert node.deliver(gzip.compress(json.dumps(form).encode()), headers={
        "Content-Encoding": "gzip"}).status == 200
    node.drained()
    shown = node.cli("--json", "message", "show", call["id"])
    assert shown["type"] == "call"
    assert erase(node, "+" + phone)["messages"] == 5
    assert found(node, phone, written[1:], NAME, WORD, call["id"][:30]) == []
    node.deliver(joined)
    node.drained()
    lines = "SELECT text FROM messages ORDER BY sent_at, id"
    assert node.db(lines) == [(f"+{other} joined",)]
    # Who joins once more is there once more.
    node.deliver(group(9, type="group_participants_add",
                       added_participants=[{"input": written}]))
    node.drained()
    assert node.db(lines)[1:] == [(f"+{phone} joined",)]


def test_what_comes_again_brings_nothing_back(make_node):
    node, phone = make_node(), new_phone()
    old = text_message(phone, WORD, wamid(phone, 0), name=NAME)
    notice = envelope(value(user_preferences=[
        {"wa_id": phone, "detail": NAME, "category": "marketing_messages",
         "value": "stop", "timestamp": "1749419600"}]),
        field="user_preferences")
    for body in old, notice:
        node.deliver(body)
    node.drained()
    assert erase(node, "+" + phone)["state"] == "done"

    # The provider says it all once more, and what is said of it late.
    late = [old, notice, status_update(wamid(phone, 0), "read", phone),
            envelope(value([message(phone, "edit", wamid(phone, 1), edit={
                "original_message_id": wamid(phone, 0), "message": {
                    "type": "text", "text": {"body": WORD}}})]))]
    for body in late:
        assert node.deliver(body).status == 200
    node.drained()
    for table in ("messages", "conversations", "message_statuses",
                  "message_patches", "identities",
                  "marketing_choices"):
        assert node.db(f"SELECT count(*) FROM {table}")[0][0] == 0, table
    assert [f for f, in node.db("SELECT field FROM workspace_events"
                                " WHERE field NOT IN ('workspace_members',"
                                " 'workspace_tokens')")] == ["erasure"]
    # What really is new begins a new conversation.
    node.deliver(text_message(phone, "me again", wamid(phone, 2)))
    c = node.wait_conversation(phone)
    assert [m["content"]["body"] for m in node.messages(c["id"])] == [
        "me again"]
    # And goes with the raw copies of what came late.
    assert erase(node, phone)["messages"] == 1
    assert found(node, phone, WORD, NAME, "me again") == []


def test_a_killed_processor_goes_on(make_node):
    node, phone, other = make_node(), new_phone(), new_phone()
    for k in range(10):
        node.deliver(envelope(value(
            [message(phone, "text", wamid(phone, 100 * k + i),
                     text={"body": f"{WORD} {i}"}) for i in range(60)] +
            [message(other, "text", wamid(other, k), text={"body": "kept"})],
            contacts=[contact(phone, NAME), contact(other, "Otto")])))
    node.drained()
    erasure = erase(node, phone, no_wait=True)["id"]
    seen, end, pause = set(), time.monotonic() + PATIENCE, 0.15
    while state(node, erasure)[0] != "done":
        assert time.monotonic() < end, seen
        seen.add(state(node, erasure)[0])
        node.kill("waspool-process")
        time.sleep(pause)
        pause *= 1.1        # a busy machine needs longer for a step
        # Others are served meanwhile.
        assert node.deliver(text_message(other, "more")).status == 200
    assert state(node, erasure)[:2] == ("done", 600)
    assert found(node, phone, WORD, NAME) == []
    node.drained()
    assert node.db("SELECT count(*) FROM messages WHERE text = 'kept'") == [
        (10,)]
    assert node.spool("SELECT count(*) FROM deliveries"
                      " WHERE instr(body, 'kept')") == [(10,)]


def test_an_owner_erases_over_http(d360_node):
    node, d360, phone = d360_node, d360_node.provider, new_phone()
    customer(node, phone, 2)
    c = node.wait_conversation(phone)
    path = f"/conversations/{c['id']}"
    # An agent may not, and nobody by mistake.
    node.cli("user", "add", "agent@example.com", "Agent")
    node.cli("member", "add", node.workspace_id, "agent@example.com")
    agent = node.cli("--json", "token", "create", node.workspace_id,
                     "agent@example.com")["token"]
    assert node.delete(path, erase="true", token=agent).status == 403
    refused = node.delete(path)
    assert refused.status == 400
    assert refused.json["errors"][0]["field"] == "erase"
    assert node.delete(path, erase="yes").status == 400
    assert node.delete("/conversations/99999", erase="true").status == 404
    assert len(node.messages(c["id"])) == 2
    # What is queued, and cannot go now, is never sent.
    d360.fail(100, status=503)
    assert node.post(path + "/messages", {"type": "text", "text": {
        "body": WORD + "queued"}}).status == 202
    wait_for(lambda: node.db("SELECT attempts FROM outbox")[0][0] > 0)
    asked = node.delete(path, erase="true")
    assert asked.status == 202, asked
    location = asked.headers["Location"].removeprefix("/api/v1")
    assert node.api("GET", location, token=agent).status == 403
    wait_for(lambda: node.get(location).json["state"] == "done")
    done = node.get(location).json
    assert done["messages"] == 3 and done["done_at"] >= done["asked_at"]
    assert node.delete(path, erase="true").status == 404
    sent = len(d360.sent)
    d360.clear()
    # Others can still be written to.
    node.deliver(text_message(other := new_phone(), "hello"))
    o = node.wait_conversation(other)
    node.post(f"/conversations/{o['id']}/messages",
              {"type": "text", "text": {"body": "yes"}})
    d360.wait_sent(sent + 1)
    assert d360.sent[-1].body["to"].endswith(other)
    assert found(node, phone, WORD, NAME) == []


def test_another_workspace_keeps_theirs(make_node):
    node, phone = make_node(), new_phone()
    there = Workspace(node)
    there.talk("kept", phone=phone, name="Kept")
    ids = customer(node, phone, 1)
    # Both in one delivery: what is said to the other's number stays.
    both = envelope(
        value([message(phone, "text", wamid(phone, 50),
                       text={"body": WORD})], contacts=[contact(phone)]),
        value([message(phone, "text", wamid(phone, 51),
                       text={"body": "kept too"})], number=there.number))
    node.deliver(both)
    node.drained()
    assert node.cli("contact", "erase", phone, check=False).returncode == 64
    assert erase(node, phone, workspace=node.workspace_id)["messages"] == 2
    assert found(node, WORD, NAME, ids[0]) == []
    (c,) = there.get("/conversations")["data"]
    assert c["phone"] == "+" + phone
    assert [m["content"]["body"] for m in there.get(
        f"/conversations/{c['id']}/messages")["data"]] == ["kept too", "kept"]
    rewritten = node.spool("SELECT id, body FROM deliveries"
                           " WHERE body_len <> length(body)")
    assert len(rewritten) == 2
    last = rewritten[-1]
    assert b"kept too" in last[1] and WORD.encode() not in last[1]
    shown = node.cli("--json", "spool", "show", last[0])
    assert shown["rewritten"].startswith("a person was erased")
    # It can be applied once more, and changes nothing.
    node.cli("spool", "replay", last[0])
    wait_for(lambda: node.db("SELECT count(*) FROM held")[0][0] == 0)
    assert node.db("SELECT count(*) FROM messages")[0][0] == 2


def test_all_of_a_person_can_be_exported(d360_node, tmp_path):
    node, d360, phone = d360_node, d360_node.provider, new_phone()
    customer(node, phone, 2)
    picture = d360.add_media(b"picture", filename="a.PDF")
    node.deliver(envelope(value(
        [message(phone, "document", wamid(phone, 9),
                 document=picture.field(filename="../../etc/pass wd.PDF"))],
        contacts=[contact(phone, NAME)])))
    node.deliver(text_message(new_phone(), "somebody else"))
    node.drained()
    wait_for(lambda: node.db("SELECT count(*) FROM media"
                             " WHERE state = 'stored'")[0][0] == 1)
    node.post("/contacts", {"phone": "+" + phone, "name": NAME,
                            "tags": ["vip", "späte"]})
    node.post(f"/conversations/{node.conversation(phone)['id']}/block")
    wait_for(lambda: node.db("SELECT state FROM blocks") == [("blocked",)])
    folder = tmp_path / "person"
    out = node.cli("--json", "contact", "export", "+" + phone,
                   "--output", folder)
    assert out == {"folder": str(folder), "conversations": 1, "contacts": 1,
                   "files": 1}
    assert folder.stat().st_mode & 0o777 == 0o700
    text = (folder / "export.json").read_text()
    assert "somebody else" not in text
    all_ = json.loads(text)
    assert (all_["format"], all_["version"]) == ("waspool-person", 1)
    assert all_["known_as"] == [phone]
    assert all_["contacts"][0]["tags"] == ["vip", "späte"]
    (c,) = all_["conversations"]
    assert c["profile_name"] == NAME and c["identities"][0]["value"] == phone
    assert [(b["who"], b["state"]) for b in c["blocks"]] == [
        ("+" + phone, "blocked")]
    assert [m["type"] for m in c["messages"]] == ["text", "text", "document"]
    file = c["messages"][2]["media"]["file"]
    assert (folder / file).read_bytes() == b"picture"
    assert file.endswith(".PDF") and pathlib.Path(file).parent.name == "media"
    # Nothing is written over.
    again = node.cli("contact", "export", phone, "--output", folder,
                     check=False)
    assert again.returncode == 73 and "File exists" in again.stderr
    # Nor is anything erased of who is not known.
    for verb in "export", "erase":
        done = node.cli("contact", verb, "+4915100000000", check=False)
        assert done.returncode == 65 and "nobody is known" in done.stderr
        done = node.cli("contact", verb, "Quarzfels", check=False)
        assert done.returncode == 64 and "a user id" in done.stderr
    assert node.cli("--json", "contact", "erase", phone, "--dry-run") == {
        "conversations": 1, "contacts": 1, "known_as": [phone]}
    assert len(node.messages(node.wait_conversation(phone)["id"])) == 3


def test_a_file_that_comes_too_late_does_not_stay(d360_node):
    node, d360, phone = d360_node, d360_node.provider, new_phone()
    hold = d360.hold(where="download", when="before")
    late = d360.add_media(b"late " * 1000)
    node.deliver(envelope(value(
        [message(phone, "image", wamid(phone, 1), image=late.field())])))
    node.drained()
    hold.wait()
    erasure = erase(node, phone, no_wait=True)["id"]
    wait_for(lambda: node.db("SELECT count(*) FROM messages")[0][0] == 0)
    hold.release()
    wait_done(node, erasure)
    assert not list((node.dir / "state" / "media").glob("??/*"))


def shown(phone, user_id, name, body, id_, ts=None):
    """A text from who shows both, and is called so."""
    return envelope(value(
        [{**message(phone, "text", id_, ts, text={"body": body}),
          "from_user_id": user_id}],
        contacts=[{**contact(phone, name), "user_id": user_id}]))


def move(node, old, new, at, later):
    """At that second somebody changes their number, and so much LATER writes
    from the new one."""
    node.deliver(shown(old, "DE.11", NAME, WORD, wamid(old, 1), at - 1))
    node.deliver(status_update(wamid(old, 5), "delivered", old, at - 1))
    node.deliver(envelope(value([
        {**message(old, "system", wamid(old, 2), at, system={
            "body": f"{NAME} changed from {old} to {new}", "wa_id": new,
            "type": "user_changed_number"}), "from_user_id": "DE.11"}])))
    node.deliver(shown(new, "DE.11", NAME, WORD, wamid(new, 3), at + later))


def test_a_number_that_went_to_somebody_else(make_node):
    """… or to nobody who ever wrote, whenever its owner wrote again."""
    node, at = make_node(), int(time.time()) - 1000
    for later in 0, 1, 500:
        old, new = new_phone(), new_phone()
        move(node, old, new, at, later)
        node.post("/contacts", {"phone": "+" + old, "name": NAME})
        node.drained()
        erase(node, "DE.11")
        assert found(node, WORD, NAME, old, new, "DE.11") == [], later

    old, new = new_phone(), new_phone()
    move(node, old, new, at, 1)
    node.deliver(shown(old, "DE.22", "Otto", "mine now", wamid(old, 4),
                       at + 600))
    node.drained()
    assert node.db("SELECT count(*) FROM conversations")[0][0] == 2
    known = node.cli("--json", "contact", "erase", old, "--dry-run")
    assert known["conversations"] == 1 and "DE.22" in known["known_as"]
    assert "DE.11" not in known["known_as"]

    erase(node, "DE.11")
    assert found(node, WORD, NAME, new, "DE.11", wamid(old, 1)[-40:]) == []
    (c,) = node.get("/conversations", status="all").json["data"]
    assert c["user_id"] == "DE.22" and c["profile_name"] == "Otto"
    assert [m["content"]["body"] for m in node.messages(c["id"])] == [
        "mine now"]
    # And whoever has it now goes by it.
    assert erase(node, old)["messages"] == 1
    assert found(node, old, "Otto", "DE.22", "mine now") == []
