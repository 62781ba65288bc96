"""A customer is blocked, and unblocked: from a member to the provider and back."""

import concurrent.futures
import contextlib
import json
import time

import pytest

from office import Workspace
from post import DAY, TEXT, is_problem, send
from rig import NUMBER, new_phone, text_message, wait_for


class Desk:
    """The node's own workspace, whose number talks to the provider."""

    def __init__(self, node):
        self.node, self.api, self.d360 = node, node.api, node.provider

    def talk(self, ts=None):
        phone = new_phone()
        answer = self.node.deliver(text_message(phone, "Buy now!", ts=ts,
                                                number=NUMBER))
        assert answer.status == 200
        return self.node.wait_conversation(phone)

    def block(self, c, what="block", **more):
        return self.api("POST", f"/conversations/{c['id']}/{what}", {}, **more)

    def now(self, c):
        answer = self.api("GET", f"/conversations/{c['id']}")
        assert answer.status == 200
        return answer.json["block"]

    def becomes(self, c, state):
        return wait_for(lambda: self.now(c)["state"] == state and self.now(c))

    def asked(self, method=None):
        return [r for r in self.d360.requests if r.where == "block"
                and method in (None, r.method)]


@contextlib.contextmanager
def held(desk):
    """The next request is done, and its answer waits until the end."""
    hold = desk.d360.hold(where="block")
    yield hold
    hold.release()


@pytest.fixture
def desk(d360_node):
    return Desk(d360_node)


def read_list(desk):
    """The provider's list is read once more, whole or not."""
    desk.node.write("UPDATE numbers SET blocks_due_at = 1"
                    " WHERE phone_number_id = ?", NUMBER)
    wait_for(lambda: desk.node.db(
        "SELECT 1 FROM numbers WHERE phone_number_id = ?"
        " AND blocks_due_at > 1", NUMBER))


def test_a_customer_is_blocked_and_unblocked(desk):
    c, me = desk.talk(), desk.api("GET", "/me").json["user"]
    assert c["block"] is None
    seq = desk.api("GET", "/changes").json["last_seq"]
    answer = desk.block(c)
    assert answer.status == 202 and answer.json["id"] == c["id"]
    assert answer.json["block"]["state"] == "blocking"
    block = desk.becomes(c, "blocked")
    assert block["asked_by"] == {"id": me["id"], "name": me["name"]}
    assert block["asked_at"] and block["error"] is None
    assert desk.d360.blocked == [c["phone"]]
    (listed,) = [x for x in desk.api("GET", "/conversations").json["data"]
                 if x["id"] == c["id"]]
    assert listed["block"] == block
    changes = desk.api("GET", "/changes", after=seq).json["data"]
    # That the number was asked how it is may stand between.
    assert [(x["type"], x["id"]) for x in changes if x["type"] not in (
        "activity.created", "number.updated")] == \
        [("conversation.updated", c["id"])] * 2
    assert desk.block(c).status == 200          # again: it is so
    assert desk.block(c, "unblock").status == 202
    desk.becomes(c, "unblocked")
    assert desk.d360.blocked == []
    assert desk.block(c, "unblock").status == 200
    assert [r.method for r in desk.asked()] == ["POST", "DELETE"]
    # who asked for it, once each
    done = desk.api("GET", f"/conversations/{c['id']}/activities").json["data"]
    assert [(a["kind"], a["by"]) for a in done] == [
        (kind, {"id": me["id"], "name": me["name"]})
        for kind in ("unblocked", "blocked")]
    # the first is heard of with the block itself
    assert [x["id"] for x in changes if x["type"] == "activity.created"] == \
        [done[1]["id"]]


def test_nothing_goes_to_a_blocked_customer(desk):
    c = desk.talk()
    m = send(desk, c, TEXT)
    wait_for(lambda: desk.api("GET", f"/messages/{m['id']}").json["status"]
             == "sent")
    with held(desk) as hold:
        assert desk.block(c).status == 202
        hold.wait()
        path = f"/conversations/{c['id']}/messages"
        template = {"type": "template", "template": {
            "name": "hello", "language": "en"}}
        for body in (TEXT, template):
            is_problem(desk.api("POST", path, body), 409, "blocked")
        is_problem(desk.api("POST", "/messages", {**TEXT, "to": c["phone"]}),
                   409, "blocked")
        is_problem(desk.api("POST", f"/conversations/{c['id']}/typing"), 409,
                   "blocked")
    desk.becomes(c, "blocked")
    desk.node.write("UPDATE messages SET status = 'failed' WHERE id = ?",
                    m["id"])
    is_problem(desk.api("POST", f"/messages/{m['id']}/retry"), 409, "blocked")
    failed = desk.node.run("waspool", "send", "text", "Hi", "--conversation",
                           str(c["id"]))
    assert failed.returncode == 65 and "is blocked" in failed.stderr
    # What comes all the same is stored as ever.
    desk.node.deliver(text_message(c["phone"][1:], "Still me", number=NUMBER))
    wait_for(lambda: len(desk.node.messages(c["id"])) == 3)
    desk.block(c, "unblock")
    desk.becomes(c, "unblocked")
    send(desk, c, TEXT)
    desk.d360.wait_sent(2)


def test_the_providers_refusal_is_shown(desk):
    c = desk.talk()
    desk.d360.unblockable[c["phone"]] = 131047, "Re-engagement required"
    assert desk.block(c).status == 202
    block = desk.becomes(c, "refused")
    assert block["error"] == {"code": 131047, "title":
                              "Re-engagement required",
                              "detail": "Re-engagement required."}
    send(desk, c, TEXT)
    desk.d360.wait_sent(1)
    # The list is full, then it is not.
    desk.d360.unblockable[c["phone"]] = 139101, "Blocklist limit reached"
    assert desk.block(c).status == 202
    wait_for(lambda: desk.now(c)["state"] == "refused"
             and desk.now(c)["error"]["code"] == 139101)
    desk.d360.unblockable.clear()
    desk.block(c)
    desk.becomes(c, "blocked")


def test_only_who_wrote_of_late_can_be_blocked(desk):
    c = desk.talk(ts=int(time.time()) - DAY - 60)
    problem = is_problem(desk.block(c), 409, "window-closed")
    assert "last 24 hours" in problem["detail"]
    template = {"type": "template", "to": "+" + new_phone(), "template": {
        "name": "hello", "language": "en"}}
    m = desk.api("POST", "/messages", template).json
    is_problem(desk.block({"id": m["conversation_id"]}), 409, "window-closed")
    for what in ("block", "unblock"):
        is_problem(desk.block({"id": 77777777}, what), 404, "not-found")
    assert desk.now(c) is None and not desk.asked()


def test_another_workspace_has_no_such_customer(desk):
    c, other = desk.talk(), Workspace(desk.node)
    for what in ("block", "unblock"):
        is_problem(desk.block(c, what, token=other.token), 404, "not-found")
    assert desk.now(c) is None


def test_a_provider_that_is_away_is_asked_again(desk):
    c = desk.talk()
    desk.d360.fail(1, 500, 131000, where="block")
    desk.d360.fail(1, 429, 130429, where="block", retry_after=1)
    desk.d360.drop(1, when="after", where="block")
    desk.block(c)
    desk.becomes(c, "blocked")
    assert len(desk.asked()) == 4
    assert desk.d360.blocked == [c["phone"]]
    # So long that it is seen, however slow the machine is.
    desk.d360.twist("other", where="block", seconds=600)
    desk.block(c, "unblock")
    waiting = wait_for(lambda: desk.now(c)["error"])
    assert "does not name the customer" in waiting["detail"]
    desk.d360.clear()
    desk.becomes(c, "unblocked")


def test_a_wrong_key_is_shown_while_it_waits(desk):
    c = desk.talk()
    desk.d360.fail(status=401, code=190, where="block", shape="meta",
                   retry_after=2, seconds=600)
    desk.block(c)
    wait_for(lambda: desk.now(c)["error"])
    assert desk.now(c)["state"] == "blocking"
    assert desk.now(c)["error"]["code"] == 190
    desk.d360.clear()
    desk.becomes(c, "blocked")


def test_unblocked_while_the_provider_is_still_asked_to_block(desk):
    c = desk.talk()
    with held(desk) as hold:
        desk.block(c)
        hold.wait()
        assert desk.block(c, "unblock").json["block"]["state"] == "unblocking"
        assert desk.now(c)["state"] == "unblocking"
    desk.becomes(c, "unblocked")
    assert desk.d360.blocked == []
    assert [r.method for r in desk.asked()] == ["POST", "DELETE"]


def test_two_who_block_at_once_block_once(desk):
    c = desk.talk()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: desk.block(c).status, range(8)))
    assert sorted(answers) == [200] * 7 + [202]
    desk.becomes(c, "blocked")
    assert len(desk.asked()) == 1


def test_a_processor_that_is_killed_asks_again(desk):
    c = desk.talk()
    hold = desk.d360.hold(where="block")
    desk.block(c)
    hold.wait()
    desk.node.kill("waspool-process")
    hold.release()
    desk.becomes(c, "blocked")
    assert desk.d360.blocked == [c["phone"]] and len(desk.asked()) == 2


def test_what_was_not_done_within_a_day_is_given_up(desk):
    c, node = desk.talk(), desk.node
    desk.d360.fail(1, 500, 131000, where="block", retry_after=3600)
    desk.block(c)
    wait_for(lambda: desk.now(c)["error"])
    day_ago = int(time.time()) - DAY - 1
    node.write("UPDATE blocks SET asked_at = ?, due_at = ?", day_ago, day_ago)
    block = desk.becomes(c, "refused")
    assert "within a day" in block["error"]["detail"]
    assert len(desk.asked()) == 1


def hidden(desk, user_id):
    """Somebody who shows a user id only."""
    body = text_message(new_phone(), "Buy now!", number=NUMBER)
    value = body["entry"][0]["changes"][0]["value"]
    value["messages"][0].pop("from")
    value["messages"][0]["from_user_id"] = user_id
    value["contacts"][0].pop("wa_id")
    value["contacts"][0]["user_id"] = user_id
    assert desk.node.deliver(body).status == 200
    return wait_for(lambda: next((x for x in desk.api(
        "GET", "/conversations").json["data"] if x["user_id"] == user_id),
        None))


def test_one_who_shows_no_number_is_blocked_by_user_id(desk):
    user_id = "US.13491208655302741918"
    c = hidden(desk, user_id)
    desk.block(c)
    desk.becomes(c, "blocked")
    assert desk.d360.blocked == [user_id]
    assert json.loads(desk.asked()[0].body)["block_users"] == [
        {"user_id": user_id}]
    for listed, state in ([], "unblocked"), ([user_id], "blocked"):
        desk.node.write("UPDATE blocks SET asked_at = 1, said_at = 1")
        desk.d360.blocked[:] = listed
        read_list(desk)
        assert desk.now(c)["state"] == state


def test_a_block_is_done_whatever_the_answer_calls_the_customer(desk):
    forms = [lambda who: [{"input": who, "wa_id": "", "user_id": who}],
             lambda who: [{"input": who, "wa_id": who}],
             lambda who: [{"input": who}], lambda who: [], lambda who: None,
             lambda who: [{"input": who, "wa_id": "16505551234",
                           "user_id": who, "parent_user_id": "US.ENT.9"}]]
    c = hidden(desk, "US.77")
    for form in forms:
        desk.d360.block_answer = form
        desk.block(c)
        assert desk.becomes(c, "blocked")["error"] is None
        desk.block(c, "unblock")
        assert desk.becomes(c, "unblocked")["error"] is None
    assert len(desk.asked()) == 2 * len(forms)
    assert desk.d360.blocked == []


def test_a_user_id_that_cannot_be_blocked_is_refused_in_metas_words(desk):
    c = hidden(desk, "US.ENT.78")           # a parent's, which is none
    desk.d360.unblockable["US.ENT.78"] = (100, "Invalid parameter")
    desk.block(c)
    assert desk.becomes(c, "refused")["error"]["code"] == 100


def test_metas_own_api_blocks_too(d360, make_node):
    desk = Desk(d360.use_cloud(make_node(provider=d360, **d360.cloud_env)))
    c = desk.talk()
    desk.block(c)
    desk.becomes(c, "blocked")
    assert desk.asked()[0].cloud and d360.blocked == [c["phone"]]


def test_the_command_line_blocks_and_types(desk):
    c, node = desk.talk(), desk.node
    shown = node.cli("--json", "conversation", "block", c["id"])
    assert shown["state"] == "blocked" and shown["error"] is None
    assert desk.now(c)["asked_by"] is None
    failed = node.run("waspool", "conversation", "typing", str(c["id"]))
    assert failed.returncode == 65 and "is blocked" in failed.stderr
    shown = node.cli("--json", "conversation", "unblock", c["id"])
    assert shown["state"] == "unblocked"
    desk.d360.unblockable[c["phone"]] = 131021, "Self block"
    failed = node.run("waspool", "conversation", "block", str(c["id"]))
    assert failed.returncode == 69 and "Self block" in failed.stderr
    assert "refused" in failed.stdout
    node.cli("conversation", "typing", c["id"])
    assert desk.d360.wait_reads(1)[0].typing
    for verb in ("block", "unblock", "typing"):
        failed = node.run("waspool", "conversation", verb, "77777777")
        assert failed.returncode == 65
        assert "no conversation 77777777" in failed.stderr
    old = desk.talk(ts=int(time.time()) - 31 * DAY)
    failed = node.run("waspool", "conversation", "typing", str(old["id"]))
    assert failed.returncode == 65 and "30 days" in failed.stderr
    failed = node.run("waspool", "conversation", "block", str(old["id"]))
    assert failed.returncode == 65 and "24 hours" in failed.stderr


def test_blocks_that_are_made_elsewhere_are_shown(desk):
    a, b, c = desk.talk(), desk.talk(), desk.talk()
    desk.block(c)
    at = desk.becomes(c, "blocked")["asked_at"]
    desk.node.write("UPDATE blocks SET asked_at = 1, said_at = 1")
    desk.d360.blocked_page = 1
    # Somebody whom we do not know is skipped.
    desk.d360.blocked[:] = [a["phone"], "+" + new_phone(), b["phone"]]
    read_list(desk)
    for x in (a, b):
        block = desk.now(x)
        assert block["state"] == "blocked" and block["asked_by"] is None
    assert desk.now(c)["state"] == "unblocked" and at
    is_problem(desk.api("POST", f"/conversations/{a['id']}/messages", TEXT),
               409, "blocked")
    seq = desk.api("GET", "/changes").json["last_seq"]
    read_list(desk)                             # again: nothing changes
    assert not [x for x in desk.api("GET", "/changes", after=seq).json["data"]
                if x["type"] != "number.updated"]
    assert desk.node.db("SELECT COUNT(*) FROM conversations") == [(3,)]
    desk.block(a, "unblock")
    desk.becomes(a, "unblocked")
    assert a["phone"] not in desk.d360.blocked


@pytest.mark.parametrize("fault", ["nulls", "html", "other", "no_json"])
def test_a_list_that_is_not_whole_ends_no_block(desk, fault):
    c = desk.talk()
    desk.block(c)
    desk.becomes(c, "blocked")
    desk.node.write("UPDATE blocks SET asked_at = 1, said_at = 1")
    desk.d360.blocked.clear()
    desk.d360.twist(fault, where="blocked")
    read_list(desk)
    assert desk.now(c)["state"] == "blocked"


def test_what_a_member_waits_for_is_not_ended_by_a_list(desk):
    c = desk.talk()
    desk.d360.fail(status=500, seconds=600, where="block")
    desk.block(c)
    read_list(desk)
    assert desk.now(c)["state"] == "blocking"


def test_an_unblock_while_the_list_is_read_stands(desk):
    c = desk.talk()
    desk.block(c)
    desk.becomes(c, "blocked")
    desk.node.write("UPDATE blocks SET asked_at = 1, said_at = 1")
    hold = desk.d360.hold(where="blocked", when="after")
    desk.node.write("UPDATE numbers SET blocks_due_at = 1")
    hold.wait()                                 # the list has them still
    assert desk.block(c, "unblock").status == 202
    desk.becomes(c, "unblocked")
    hold.release()
    wait_for(lambda: desk.node.db(
        "SELECT 1 FROM numbers WHERE blocks_due_at > 1"))
    assert desk.now(c)["state"] == "unblocked" and not desk.d360.blocked
