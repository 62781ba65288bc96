"""Workspaces and users that are removed."""

import json
import socket
import subprocess
import time

from office import Workspace, many
from rig import PATIENCE, new_phone, text_message, wait_for
from sse import Stream


def rows_of(node, workspace):
    """{table: rows} of WORKSPACE, in whatever table has some."""
    counts = {t: node.db(f"SELECT count(*) FROM {t} WHERE workspace_id = ?",
                         workspace)[0][0]
              for t in node.workspace_tables()}
    return {t: n for t, n in counts.items() if n and t != "change_marks"}


def waits(node, *words):
    """A command that wakes the processor, which is not there, and waits."""
    path = node.dir / "run" / "process.wake"
    path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
        s.bind(str(path))
        s.settimeout(PATIENCE)
        command = node.popen("waspool", *words, stdout=subprocess.PIPE)
        s.recv(100)
    path.unlink()
    return command


def picture(workspace):
    """All that a workspace's API shows, but for times."""
    return [workspace.get(path, **query) for path, query in (
        ("/me", {}), ("/members", {}), ("/contacts", {}), ("/tags", {}),
        ("/conversations", {"status": "all", "limit": 100}), ("/numbers", {}))]


def test_a_workspace_goes_and_its_neighbour_hears_nothing_of_it(make_node, request):
    n = make_node()
    gone, stays = Workspace(n, "Gone"), Workspace(n, "Stays")
    now = int(time.time())
    for w in (gone, stays):
        many(w, 40, now - 100)
        c = w.talk("secret plum")
        for _ in range(3):
            w.deliver([{"from": c["phone"][1:], "id": f"w{w.id}{_}", "timestamp":
                        str(now), "type": "text", "text": {"body": "plum"}}])
        w.api("POST", "/contacts", {"phone": c["phone"], "name": "Zed"})
    assert gone.api("POST", f"/conversations/{gone.ids()[0]}/messages", {
        "type": "text", "text": {"body": "bye"}}).status == 202
    before, seen = rows_of(n, stays.id), picture(stays)
    stream = Stream(n, token=gone.token)
    assert stream.status == 200

    time.sleep(1)   # so old a look at the token is too old

    # Asked first, and killed in the middle.
    asked = n.cli("workspace", "remove", gone.id, check=False)
    assert asked.returncode == 64 and "41 conversations" in asked.stderr
    assert f"waspool workspace remove {gone.id} --yes" in asked.stderr
    assert gone.get("/me")
    n.freeze("waspool-process")
    command = n.popen("waspool", "workspace", "remove", gone.id, "--yes")
    wait_for(lambda: gone.api("GET", "/me").status == 401)
    command.kill()
    command.wait()
    for path in ("/conversations", "/changes?after=0"):
        assert gone.api("GET", path).status == 401
    late = new_phone()
    assert n.deliver(text_message(late, "late", number=gone.number)).status == 200
    refused = n.cli("token", "create", gone.id, "x@example.com", check=False)
    assert refused.returncode == 65 and "is being removed" in refused.stderr
    n.give_up("waspool-process")

    # Typed again it waits for the end, of whichever processor.
    again = waits(n, "--json", "workspace", "remove", gone.id, "--yes")
    all_of_it = sum(rows_of(n, gone.id).values())
    first = n.popen("waspool-process", "--forever")
    wait_for(lambda: sum(rows_of(n, gone.id).values()) < all_of_it)
    first.kill()
    first.wait()
    processor = n.popen("waspool-process", "--forever")
    request.addfinalizer(processor.kill)
    assert json.loads(again.communicate(timeout=PATIENCE)[0]) == {"removed": gone.id}
    assert again.returncode == 0
    assert rows_of(n, gone.id) == {}
    assert rows_of(n, stays.id) == before
    assert picture(stays) == seen
    assert [w["id"] for w in n.cli("--json", "workspace", "list")] == [
        n.workspace_id, stays.id]
    again = n.cli("workspace", "remove", gone.id, "--yes", check=False)
    assert again.returncode == 65 and "there is no workspace" in again.stderr

    # What came meanwhile waits for whoever has the number next.
    n.drained()
    assert [w["waits_for"] for w in n.cli("--json", "number", "waiting")] == [
        f"number {gone.number}"]
    n.cli("number", "add", gone.number, "--workspace", stays.id)
    wait_for(lambda: stays.get("/conversations", q=late)["data"])
    assert stays.get("/conversations", q="plum")["data"][0]["phone"] \
        != gone.number
    assert stream.ended.wait(PATIENCE)


def test_a_workspace_that_is_needed_stays(make_node):
    n = make_node()
    only = n.cli("workspace", "remove", n.workspace_id, "--yes", check=False)
    assert only.returncode == 65
    assert "WHATSAPP_DEFAULT_WORKSPACE_ID" in only.stderr
    name = n.cli("--json", "workspace", "list")[0]["name"]
    twin = n.cli("workspace", "add", name.upper(), check=False)
    assert twin.returncode == 65 and "choose another" in twin.stderr


def test_a_user_is_gone_everywhere(make_node):
    n = make_node()
    w = Workspace(n, "Two")
    email = n.db("SELECT email FROM users WHERE id = ?", w.user_id)[0][0]
    alone = n.cli("user", "remove", email, "--yes", check=False)
    assert alone.returncode == 65
    assert f"waspool member add {w.id} EMAIL" in alone.stderr
    w.member("bob@example.com", "Bob")
    n.cli("member", "add", n.workspace_id, email)
    other = n.cli("--json", "token", "create", n.workspace_id, email)["token"]
    c = w.talk("hello")
    assert w.api("PUT", f"/conversations/{c['id']}/assignee",
                 {"user_id": w.user_id}).status in (200, 204)
    asked = n.cli("user", "remove", email, check=False)
    assert asked.returncode == 64 and "2 workspaces" in asked.stderr
    stream = Stream(n, token=w.token)
    n.cli("user", "remove", email, "--yes")
    for token in (w.token, other):
        assert n.api("GET", "/me", token=token).status == 401
    assert n.db("SELECT assigned_to FROM conversations WHERE id = ?",
                c["id"]) == [(None,)]
    assert email not in json.dumps(n.cli("--json", "user", "list"))
    again = n.cli("user", "remove", email, "--yes", check=False)
    assert again.returncode == 65
    # Nothing new is told to who was removed.
    time.sleep(1)
    n.deliver(text_message(new_phone(), "for others", number=w.number))
    assert stream.ended.wait(PATIENCE)
    assert b"for others" not in stream.bytes
