"""GET /changes: every change, in order, without a gap; and waspool tail."""

import json
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from office import Workspace
from rig import (clean_environment, envelope, message, new_phone, new_wamid,
                 value, wait_for)


@pytest.fixture
def office(node):
    return Workspace(node)


def all_changes(office, after=0):
    rows = []
    while True:
        page = office.get("/changes", after=after, limit=100)
        rows += page["data"]
        if not page["data"]:
            assert page["last_seq"] == after
            return rows
        after = rows[-1]["seq"]


def since(office, after):
    """(type, id) of what came after that place."""
    return [(c["type"], c["id"]) for c in all_changes(office, after)]


def last(office):
    return office.get("/changes", limit=1)["last_seq"]


def test_a_message_and_its_conversation_change(office):
    before = all_changes(office)        # that it has a member, and a token
    assert [r["type"] for r in before] == ["workspace_event.created"] * 2
    assert last(office) == 2
    c = office.talk()
    rows = all_changes(office, 2)
    assert [r["seq"] for r in before + rows] == \
        list(range(1, 2 + len(rows) + 1))
    m = office.get(f"/conversations/{c['id']}/messages")["data"][0]
    assert {"seq": rows[-2]["seq"], "type": "message.created", "id": m["id"],
            "conversation_id": c["id"]} in rows
    assert {(r["type"], r["id"]) for r in rows} == {
        ("message.created", m["id"]), ("conversation.updated", c["id"])}


def test_what_a_member_does_changes_once(office):
    c = office.talk()
    place = last(office)
    path = f"/conversations/{c['id']}"
    for method, what, body in [
            ("POST", "/read", None), ("POST", "/unread", None),
            ("POST", "/archive", None), ("POST", "/unarchive", None),
            ("PUT", "/assignee", {"user_id": office.user_id})]:
        assert office.api(method, path + what, body).status == 200
        told = since(office, place)
        assert told[-1] == ("conversation.updated", c["id"])
        assert [t for t, _ in told[:-1]] == \
            ["activity.created"] * (what not in ("/read", "/unread"))
        place += len(told)
        assert office.api(method, path + what, body).status == 200
        assert since(office, place) == [], "nothing changed"


def test_a_contact_changes_until_it_is_gone(office):
    c = office.talk()
    place = last(office)
    made = office.api("POST", "/contacts",
                      {"phone": c["phone"], "name": "Ann"}).json
    contact = ("contact.updated", made["id"])
    conversation = ("conversation.updated", c["id"])
    assert set(since(office, place)) == {contact, conversation}
    for method, path, body in [
            ("PATCH", "", {"name": "Other"}), ("PUT", "/tags/vip", None),
            ("DELETE", "/tags/vip", None)]:
        place = last(office)
        answer = office.api(method, f"/contacts/{made['id']}{path}", body)
        assert answer.status == 200
        assert set(since(office, place)) == {contact}
    place = last(office)
    assert office.api("DELETE", f"/contacts/{made['id']}").status == 204
    assert set(since(office, place)) == {contact, conversation}


def test_a_reaction_changes_its_message(office):
    phone, wamid = new_phone(), new_wamid()
    office.deliver([message(phone, "text", wamid, text={"body": "x"})])
    place = last(office)
    reaction = {"message_id": wamid, "emoji": "👍"}
    again = message(phone, "reaction", reaction=reaction)
    office.deliver([again])
    office.deliver([again])
    types = [t for t, _ in since(office, place)]
    assert types.count("message.updated") == 1
    assert types.count("message.created") == 1, "itself, in the thread"


def test_delivered_twice_changes_once(office):
    phone = new_phone()
    m = message(phone, "text", text={"body": "x"})
    office.deliver([m])
    place = last(office)
    office.deliver([m])
    assert since(office, place) == []


def test_pages_follow_each_other(office):
    for i in range(3):
        office.talk()
    rows = all_changes(office)
    page = office.get("/changes", after=2, limit=3)
    assert page["data"] == rows[2:5]
    assert page["last_seq"] == rows[-1]["seq"]


@pytest.mark.parametrize("query", [
    {"after": "x"}, {"after": -1}, {"limit": 0}, {"limit": 101},
    {"wait": 26}, {"wait": "x"}, {"what": 1}])
def test_bad_parameters(office, query):
    answer = office.api("GET", "/changes", **query)
    assert answer.status == 400
    assert answer.json["type"].endswith("/bad-parameter")


def test_a_place_that_never_was_is_gone(office):
    answer = office.api("GET", "/changes", after=99)
    assert answer.status == 410
    assert answer.json["type"].endswith("/changes-gone")


def test_other_methods(office):
    answer = office.api("POST", "/changes", {})
    assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")
    assert office.api("GET", "/changes", token="wp_x").status == 401


def test_wait_answers_when_there_is_one(office):
    c = office.talk()
    place = last(office)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(office.get, "/changes", after=place, wait=25)
        time.sleep(0.5)
        assert not waiting.done()
        office.api("POST", f"/conversations/{c['id']}/read")
        began = time.monotonic()
        answer = waiting.result()
    assert time.monotonic() - began < 15
    assert [r["seq"] for r in answer["data"]] == [place + 1]


def test_wait_ends_without_one(office):
    office.talk()
    place, began = last(office), time.monotonic()
    answer = office.get("/changes", after=place, wait=1)
    assert 0.9 < time.monotonic() - began < 15
    assert answer == {"data": [], "last_seq": place}


def test_those_who_wait_hold_up_nobody(office):
    """Actions has eight threads, and none of them waits."""
    c = office.talk()
    place = last(office)
    with ThreadPoolExecutor(40) as pool:
        waiting = [pool.submit(office.get, "/changes", after=place, wait=25)
                   for _ in range(40)]
        time.sleep(0.3)
        office.get("/me")
        office.get("/changes")
        assert not any(w.done() for w in waiting)
        office.api("POST", f"/conversations/{c['id']}/read")
        assert {len(w.result()["data"]) for w in waiting} == {1}


def test_only_those_of_the_workspace(node, office):
    other = Workspace(node, "Other")
    before = all_changes(office)
    other.talk()
    assert all_changes(office) == before
    office.talk()
    assert all_changes(office)[len(before)]["seq"] == len(before) + 1


def test_old_ones_are_gone(make_node):
    node = make_node(WASPOOL_KEEP_CHANGES="1h")
    office = Workspace(node)

    def mark():
        """The processor notes where it is as soon as it begins."""
        newest = last(office)
        node.kill("waspool-process", signal.SIGTERM)
        wait_for(lambda: node.db("SELECT 1 FROM change_marks WHERE"
                                 " workspace_id = ? AND seq = ?", office.id,
                                 newest))
        return newest
    c = office.talk()
    old = mark()
    node.write("UPDATE change_marks SET at = at - 3700")
    office.talk()
    newest = mark()

    def gone():
        answer = office.api("GET", "/changes", after=0)
        return answer if answer.status == 410 else None
    answer = wait_for(gone, step=0.1)
    assert answer.json["type"].endswith("/changes-gone")
    rows = office.get("/changes", after=old)["data"]
    assert [r["seq"] for r in rows] == list(range(old + 1, newest + 1))
    # Were all of them old, the newest would stay.
    node.write("UPDATE change_marks SET at = at - 3700")
    node.kill("waspool-process", signal.SIGTERM)
    wait_for(lambda: office.api("GET", "/changes", after=old).status == 410,
             step=0.1)
    # What comes is counted from it.
    assert office.get("/changes", after=newest)["data"] == []
    office.api("POST", f"/conversations/{c['id']}/read")
    rows = office.get("/changes", after=newest)["data"]
    assert [r["seq"] for r in rows] == [newest + 1]
    assert office.get("/changes")["last_seq"] == newest + 1
    done = node.run("waspool", "tail", "--workspace", office.id,
                    "--after", 0)
    assert done.returncode == 65 and "not there" in done.stderr


def test_tail_follows(node, office):
    c = office.talk()
    env = clean_environment({**node.env, "WASPOOL_CONFIG": node.config})
    args = ["tail", "--workspace", str(office.id), "--after", "0"]
    for json_too in ([], ["--json"]):
        p = subprocess.Popen([f"{node.bin}/waspool", *json_too, *args],
                             env=env, stdout=subprocess.PIPE, text=True)
        try:
            rows = all_changes(office)
            lines = [p.stdout.readline() for _ in rows]
            if json_too:
                assert [json.loads(line) for line in lines] == rows
            else:
                assert [int(line.split("\t")[0]) for line in lines] == \
                    [r["seq"] for r in rows]
                assert c["phone"] in "".join(lines)
            office.api("POST", f"/conversations/{c['id']}/"
                       + ("unread" if json_too else "read"))
            assert "conversation.updated" in p.stdout.readline()
        finally:
            p.terminate()
            p.wait()
            p.stdout.close()


def test_an_import_by_hand_is_heard_of(node, office):
    place = last(office)
    phone = "+" + new_phone()
    node.cli("contact", "import", "-", "--workspace", office.id,
             input=f"phone,name\n{phone},Ann\n")
    assert [t for t, _ in since(office, place)] == ["contact.updated"]


def test_statuses_change_the_message(office):
    phone, wamid = new_phone(), new_wamid()
    m = {"id": wamid, "from": office.number, "to": phone, "type": "text",
         "timestamp": str(int(time.time())), "text": {"body": "x"}}
    office.node.deliver(envelope(value(
        message_echoes=[m], number=office.number),
        field="smb_message_echoes"))
    office.node.drained()
    place = last(office)
    for _ in range(2):
        office.node.deliver(envelope(value(statuses=[
            {"id": wamid, "status": "read", "recipient_id": phone,
             "timestamp": str(int(time.time()))}], number=office.number)))
    office.node.drained()
    changed = since(office, place)
    assert [t for t, _ in changed] == ["message.updated"]
