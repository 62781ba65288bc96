"""Groups of our numbers: made, changed and ended, from a member to the provider
and back."""

import time

import pytest

from office import Workspace
from post import fields, is_problem
from rig import NUMBER, new_phone, text_message, wait_for
from test_post_way import upload


class Desk:
    """The node's own workspace, whose number talks to the provider."""

    def __init__(self, node):
        self.node, self.api, self.d360 = node, node.api, node.provider
        phone = new_phone()
        assert node.deliver(text_message(phone, "?", number=NUMBER)).status == 200
        node.wait_conversation(phone)

    def create(self, **more):
        return self.api("POST", "/groups", {"subject": "Order 4711", **more})

    def get(self, id_):
        answer = self.api("GET", f"/groups/{id_}")
        assert answer.status == 200, answer
        return answer.json

    def becomes(self, id_, **what):
        return wait_for(lambda: what.items() <= self.get(id_).items()
                        and self.get(id_))

    def asked(self, n):
        return wait_for(lambda: len(self.requests()) >= n and self.requests())

    def requests(self):
        return [r for r in self.d360.requests if r.where == "group"]

    def made(self, **more):
        """A group that is there: ours, and WhatsApp's id of it."""
        id_ = self.create(**more).json["id"]
        subject = more.get("subject", "Order 4711")
        wait_for(lambda: [g for g in self.d360._groups_asked
                          if g[1]["subject"] == subject])
        group = self.d360.tell_made(subject)
        self.becomes(id_, state="there")
        return id_, group


@pytest.fixture
def desk(d360_node):
    return Desk(d360_node)


def test_a_group_is_made_when_the_provider_says_so(desk):
    me = desk.api("GET", "/me").json["user"]
    seq = desk.api("GET", "/changes").json["last_seq"]
    answer = desk.create(description="What we ordered",
                         join_approval_mode="approval_required")
    assert answer.status == 202, answer
    id_ = answer.json["id"]
    assert answer.headers["Location"].endswith(f"/groups/{id_}")
    first = answer.json
    assert first == {
        "id": id_, "phone_number_id": NUMBER, "state": "creating",
        "subject": "Order 4711", "description": "What we ordered",
        "join_approval_mode": "approval_required", "group_id": None,
        "conversation_id": None, "invite_link": None, "asked": "create",
        "asked_by": {"id": me["id"], "name": me["name"]},
        "asked_at": first["asked_at"], "error": None}
    (r,) = desk.asked(1)
    assert r.method == "POST" and r.path.endswith("/groups")
    group = desk.d360.tell_made("Order 4711")
    g = desk.becomes(id_, state="there", asked=None)
    assert g["group_id"] == group and g["invite_link"].endswith(group)
    assert g["conversation_id"] is not None and g["error"] is None
    c = desk.api("GET", f"/conversations/{g['conversation_id']}").json
    assert c["group_id"] == group and c["profile_name"] == "Order 4711"
    assert desk.api("GET", "/groups", group_id=group).json["data"] == [g]
    assert desk.api("GET", "/groups", group_id="x").json["data"] == []
    assert desk.api("GET", "/groups").json["data"] == [g]
    changes = [x for x in desk.api("GET", "/changes", after=seq).json["data"]
               if x["type"] == "group.updated"]
    assert len(changes) >= 2 and {x["id"] for x in changes} == {id_}


def test_a_group_is_changed_left_by_some_and_ended(desk):
    id_, group = desk.made()
    who = new_phone()
    desk.d360.groups[group]["participants"] = [who]
    answer = desk.api("PATCH", f"/groups/{id_}", {
        "subject": " Order  4712 ", "description": "Late"})
    assert answer.status == 202 and answer.json["asked"] == "change"
    g = desk.becomes(id_, subject="Order 4712", description="Late",
                     asked=None)
    assert desk.d360.groups[group]["subject"] == "Order 4712"
    answer = desk.api("POST", f"/groups/{id_}/remove",
                      {"participants": ["+" + who]})
    assert answer.status == 202 and answer.json["asked"] == "remove"
    desk.becomes(id_, asked=None)
    assert desk.d360.groups[group]["participants"] == []
    gone = wait_for(lambda: desk.api(
        "GET", f"/conversations/{g['conversation_id']}/participants")
        .json["data"])
    assert [(p["phone"], p["is_in"]) for p in gone] == [("+" + who, False)]
    assert desk.api("DELETE", f"/groups/{id_}").status == 202
    desk.becomes(id_, state="ended", asked=None)
    assert desk.d360.groups == {}
    for method, path, body in [
            ("DELETE", "", None), ("PATCH", "", {"subject": "x"}),
            ("POST", "/remove", {"participants": ["+" + who]})]:
        problem = is_problem(desk.api(method, f"/groups/{id_}{path}", body),
                             409, "conflict")
        assert "ended" in problem["detail"]
    assert [(r.method, r.path) for r in desk.requests()] == [
        ("POST", "/groups"), ("POST", f"/groups/{group}"),
        ("DELETE", f"/groups/{group}/participants"),
        ("DELETE", f"/groups/{group}")]


def test_what_the_provider_does_not_make_is_refused_in_its_words(desk):
    id_ = desk.create().json["id"]
    desk.asked(1)
    desk.d360.tell_not_made("Order 4711", 131203, "Groups are not for you")
    g = desk.becomes(id_, state="refused", asked=None)
    assert g["error"]["code"] == 131203
    assert g["error"]["title"] == "Groups are not for you"
    # ... or at once
    desk.d360.fail(1, 400, 131215, where="group")
    other = desk.create(subject="Another").json["id"]
    assert desk.becomes(other, state="refused")["error"]["code"] == 131215
    # A refused one is forgotten.
    assert desk.api("DELETE", f"/groups/{id_}").status == 204
    is_problem(desk.api("GET", f"/groups/{id_}"), 404, "not-found")


def test_a_group_is_not_made_twice(desk):
    """The answer is lost; the provider's delivery says that it is there."""
    desk.d360.drop(1, where="group", when="after")
    id_ = desk.create().json["id"]
    g = desk.becomes(id_, state="refused")
    assert "perhaps the group was made" in g["error"]["detail"]
    desk.d360.tell_made("Order 4711")
    desk.becomes(id_, state="there", error=None)
    assert len(desk.requests()) == 1
    assert len(desk.api("GET", "/groups").json["data"]) == 1


def test_a_delivery_may_be_faster_than_the_answer(desk):
    hold = desk.d360.hold(where="group", when="after")
    id_ = desk.create().json["id"]
    hold.wait()
    desk.d360.tell_made("Order 4711")
    desk.becomes(id_, state="there", asked=None)
    hold.release()
    desk.node.cli("group", "change", str(id_), "Tea")
    assert desk.becomes(id_, subject="Tea")["state"] == "there"


def test_groups_of_one_subject_are_made_whatever_the_answer_names(desk):
    """An id may be the request's, the group's, or of neither."""
    forms = [lambda r: {"id": r}, lambda r: {"id": "G" + r},
             lambda r: {"id": "360-" + r}, lambda r: {"success": True},
             lambda r: {"id": None},
             lambda r: {"request_id": r, "id": "360-" + r}]
    for i, named in enumerate(forms):
        desk.d360.group_answer = named
        what = {"subject": f"Order {i}"}
        ids = [desk.create(**what).json["id"] for _ in "ab"]
        desk.asked(2 * i + 2)
        # The answers are stored: nothing is sent any more.
        wait_for(lambda: not desk.node.db(
            "SELECT 1 FROM own_groups WHERE asked IS NOT NULL"
            " AND due_at <= ?", int(time.time())))
        made = [desk.d360.tell_made(what["subject"]) for _ in ids]
        groups = [desk.becomes(i, state="there", asked=None, error=None)
                  for i in ids]
        assert sorted(g["group_id"] for g in groups) == sorted(made)
    assert len(desk.requests()) == 2 * len(forms) == len(
        desk.api("GET", "/groups").json["data"])


def test_what_the_answer_names_is_that_group_and_no_other(desk):
    """The second of one subject is told first, the first is not made."""
    forms = [lambda r: {"id": r}, lambda r: {"request_id": r}]
    for i, named in enumerate(forms):
        desk.d360.group_answer = named
        what = {"subject": f"Order {i}"}
        first, second = (desk.create(**what).json["id"] for _ in "ab")
        desk.asked(2 * i + 2)
        wait_for(lambda: not desk.node.db(
            "SELECT 1 FROM own_groups WHERE request_id IS NULL"))
        desk.d360._groups_asked.reverse()
        desk.d360.tell_made(what["subject"])
        desk.becomes(second, state="there")
        assert desk.get(first)["state"] == "creating"
        desk.d360.tell_not_made(what["subject"], 131203)
        desk.becomes(first, state="refused")


def test_groups_that_deliveries_name_are_there_too(desk):
    group = "Gx" + new_phone()
    body = text_message(new_phone(), "Hello all", number=NUMBER)
    body["entry"][0]["changes"][0]["value"]["messages"][0]["group_id"] = group
    desk.node.deliver(body)
    (g,) = wait_for(lambda: desk.api("GET", "/groups", group_id=group)
                    .json["data"])
    assert g["state"] == "there" and g["conversation_id"]
    desk.d360.groups[group] = {"participants": []}
    assert desk.api("DELETE", f"/groups/{g['id']}").status == 202
    desk.becomes(g["id"], state="ended")


@pytest.mark.parametrize("body, field", [
    ({}, "subject"), ({"subject": " "}, "subject"),
    ({"subject": "x" * 129}, "subject"),
    ({"subject": "x", "description": "y" * 2049}, "description"),
    ({"subject": "x", "join_approval_mode": "all"}, "join_approval_mode"),
    ({"subject": "x", "phone_number_id": "1"}, "phone_number_id"),
    ({"subject": 5}, "subject")])
def test_what_is_no_group_is_refused(desk, body, field):
    assert field in fields(desk.api("POST", "/groups", body))


def test_participants_are_phones_or_user_ids(desk):
    id_, _ = desk.made()
    for wrong in ([], ["5"], [7], ["+16505551234"] * 9, "+16505551234", None):
        answer = desk.api("POST", f"/groups/{id_}/remove",
                          {"participants": wrong})
        assert answer.status == 422, (wrong, answer)
    assert desk.api("POST", f"/groups/{id_}/remove", {
        "participants": ["US.13491208655302741918"]}).status == 202


def test_one_thing_is_asked_at_a_time_but_an_end_goes_first(desk):
    id_, group = desk.made()
    desk.d360.fail(status=500, code=131000, where="group", seconds=600)
    assert desk.api("PATCH", f"/groups/{id_}", {"subject": "B"}).status == 202
    desk.becomes(id_, asked="change")
    problem = is_problem(desk.api("PATCH", f"/groups/{id_}",
                                  {"subject": "C"}), 409, "conflict")
    assert "asked is change" in problem["detail"]
    wait_for(lambda: desk.get(id_)["error"])
    desk.d360.clear()
    assert desk.api("DELETE", f"/groups/{id_}").status == 202
    desk.becomes(id_, state="ended")


def test_another_workspace_has_no_such_group(desk):
    id_, group = desk.made()
    other = Workspace(desk.node)
    for method, path, body in [
            ("GET", "", None), ("PATCH", "", {"subject": "x"}),
            ("POST", "/remove", {"participants": ["+16505551234"]})]:
        is_problem(desk.api(method, f"/groups/{id_}{path}", body,
                            token=other.token), 404, "not-found")
    assert desk.api("GET", "/groups", token=other.token).json["data"] == []
    assert desk.api("GET", "/groups", token=other.token,
                    group_id=group).json["data"] == []


def test_meta_itself_has_its_own_addresses(d360, make_node):
    node = make_node(provider=d360, **d360.cloud_env)
    d360.use_cloud(node)
    desk = Desk(node)
    id_, group = desk.made()
    assert desk.api("PATCH", f"/groups/{id_}", {"subject": "B"}).status == 202
    desk.becomes(id_, subject="B")
    desk.api("DELETE", f"/groups/{id_}")
    desk.becomes(id_, state="ended")
    assert [r.path.split("?")[0] for r in desk.requests()] == [
        f"/v23.0/{NUMBER}/groups", f"/v23.0/{group}", f"/v23.0/{group}"]


def test_meta_is_asked_who_asks_to_join(d360, make_node):
    node = make_node(provider=d360, **d360.cloud_env)
    d360.use_cloud(node)
    desk = Desk(node)
    g = Asked(desk)
    for what, ids in (("sync", []), ("approve", g.requests)):
        assert g.post(what, *ids).status == 202
        desk.becomes(g.id, asked=None, error=None)
    assert [(r.method, r.path.split("?")[0]) for r in desk.requests()[1:]] == [
        (m, f"/v23.0/{g.group}/join_requests") for m in ("GET", "POST")]


def test_the_command_line_does_the_same(desk):
    made = desk.node.cli("group", "create", "Tea", "--description", "Leaves",
                         "--json")
    assert made["state"] == "creating" and made["conversation"] is None
    desk.asked(1)
    desk.d360.tell_made("Tea")
    (g,) = wait_for(lambda: [x for x in desk.api("GET", "/groups")
                             .json["data"] if x["state"] == "there"])
    desk.node.cli("group", "change", str(g["id"]), "Green tea")
    desk.becomes(g["id"], subject="Green tea")
    assert [x["subject"] for x in desk.node.cli("group", "list", "--json")] == \
        ["Green tea"]
    desk.node.cli("group", "remove", str(g["id"]), "+16505551234")
    desk.becomes(g["id"], asked=None)
    desk.node.cli("group", "end", str(g["id"]))
    desk.becomes(g["id"], state="ended")
    failed = desk.node.run("waspool", "group", "end", str(g["id"]))
    assert failed.returncode == 65 and "was ended" in failed.stderr


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(400)


class Asked:
    """A group that one has to ask to join, and who does."""

    def __init__(self, desk, n=1):
        self.desk, self.d360 = desk, desk.d360
        self.id, self.group = desk.made(join_approval_mode="approval_required")
        self.people = [new_phone() for _ in range(n)]
        self.requests = [self.d360.asks(self.group, p) for p in self.people]
        self.waits(*self.requests)

    def list(self, **query):
        answer = self.desk.api("GET", f"/groups/{self.id}/join-requests",
                               **query)
        assert answer.status == 200, answer
        return answer.json["data"]

    def waits(self, *ids):
        wait_for(lambda: [r["id"] for r in self.list()] == list(ids))

    def post(self, what, *ids):
        return self.desk.api("POST", f"/groups/{self.id}/join-requests/{what}",
                             {"join_requests": list(ids)} if ids else None)

    def participants(self):
        c = self.desk.get(self.id)["conversation_id"]
        return {p["phone"]: p["is_in"] for p in self.desk.api(
            "GET", f"/conversations/{c}/participants").json["data"]}


def test_who_asks_to_join_is_let_in_or_not(desk):
    g = Asked(desk, 3)
    assert [r["phone"] for r in g.list()] == ["+" + p for p in g.people]
    assert g.list(limit=1)[0]["id"] == g.requests[0]
    assert g.participants() == {}       # they are not in it
    seq = desk.api("GET", "/changes").json["last_seq"]
    answer = g.post("approve", g.requests[0], g.requests[2])
    assert answer.status == 202 and answer.json["asked"] == "approve"
    g.waits(g.requests[1])
    wait_for(lambda: g.participants() == {
        "+" + g.people[0]: True, "+" + g.people[2]: True})
    assert g.post("reject", g.requests[1]).status == 202
    g.waits()
    desk.becomes(g.id, asked=None, error=None)
    assert desk.d360.groups[g.group]["asking"] == {}
    assert sorted(desk.d360.groups[g.group]["participants"]) == sorted(
        [g.people[0], g.people[2]])
    assert [(r.method, r.path) for r in desk.requests()[1:]] == [
        (m, f"/groups/{g.group}/join_requests") for m in ("POST", "DELETE")]
    c = desk.get(g.id)["conversation_id"]
    assert {"conversation.updated", "group.updated"} <= {
        x["type"] for x in desk.api("GET", "/changes", after=seq).json["data"]
        if x["id"] in (c, g.id)}
    # They may ask again.
    assert desk.d360.asks(g.group, g.people[1]) == g.requests[1]
    g.waits(g.requests[1])


def test_what_is_taken_back_waits_for_no_answer(desk):
    g = Asked(desk)
    desk.d360.asks_no_more(g.group, g.people[0])
    g.waits()
    problem = is_problem(g.post("approve", g.requests[0]), 422, "bad-field")
    assert "waits for an answer" in str(problem["errors"])


def test_who_cannot_be_let_in_still_asks_and_the_group_says_why(desk):
    g = Asked(desk, 2)
    desk.d360.unanswerable.add(g.requests[0])
    assert g.post("approve", *g.requests).status == 202
    group = desk.becomes(g.id, asked=None)
    assert group["error"]["code"] == 131203
    assert group["error"]["title"] == "Unable to add participant to group"
    g.waits(g.requests[0])


def test_who_asks_no_more_is_told_by_the_list_after_an_answer_that_failed(
        desk):
    """It was taken back, or answered elsewhere, and no delivery said so."""
    g = Asked(desk)
    asking = desk.d360.groups[g.group]["asking"]
    for verb, whole in (("reject", False), ("approve", True)):
        old = desk.d360.asks(g.group, new_phone(), timestamp="1790000000")
        wait_for(lambda: old in [r["id"] for r in g.list()])
        del asking[old]
        asking[f"R{verb}"] = (new_phone(), 1790000009)
        if whole:
            desk.d360.fail(1, 400, 131203, where="group")
        asked = len(desk.requests())
        assert g.post(verb, old).status == 202
        assert desk.becomes(g.id, asked=None)["error"]["code"] == 131203
        assert {r["id"] for r in g.list()} == set(asking)
        # ... until a page is empty: 360dialog may not say which is the last
        methods = [r.method for r in desk.requests()[asked:]]
        assert methods[0] != "GET" and set(methods[1:]) == {"GET"}


def test_an_answer_that_failed_is_told_though_the_list_fails_too(desk):
    g = Asked(desk)
    desk.d360.fail(2, 400, 131203, where="group")
    assert g.post("reject", *g.requests).status == 202
    assert desk.becomes(g.id, asked=None)["error"]["code"] == 131203
    g.waits(*g.requests)
    assert len(desk.requests()) == 3


def test_the_list_of_who_asks_is_read_when_somebody_wants_it(desk):
    g = Asked(desk, 2)
    desk.d360.asking_page = 2
    asking = desk.d360.groups[g.group]["asking"]
    old = desk.d360.asks(g.group, new_phone(), timestamp="1790000000")
    g.waits(*g.requests, old)           # and then no delivery said more
    del asking[old]
    others = [new_phone() for _ in range(3)]
    asking.update({f"R{i}": (p, 1790000000 + i) for i, p in enumerate(others)})
    asking.update({"": (others[0], 5), "R9": (None, 6)})    # nobody
    answer = g.post("sync")
    assert answer.status == 202 and answer.json["asked"] == "requests"
    g.waits(*g.requests, "R0", "R1", "R2")
    desk.becomes(g.id, asked=None, error=None)
    assert g.list()[2]["asked_at"] == "2026-09-21T14:13:20Z"


def test_requests_are_told_in_any_order(desk):
    id_, group = desk.made(join_approval_mode="approval_required")
    a, b, c, user = (*(new_phone() for _ in "abc"), "US.9" + new_phone())

    def tell(what, second, **who):
        desk.d360._tell_group(
            next(iter(desk.d360.numbers)), "group_participant_update",
            group_id=group, type=what, timestamp=str(1790000000 + second),
            **who)

    def asking():
        return {r["id"]: (r["phone"], r["user_id"]) for r in desk.api(
            "GET", f"/groups/{id_}/join-requests").json["data"]}
    tell("group_join_request_revoked", 20, wa_id=a, join_request_id="A")
    tell("group_join_request_created", 10, wa_id=a, join_request_id="A")
    tell("group_join_request_created", 10, user_id=user, join_request_id="U")
    tell("group_join_request_created", 10, wa_id=b)         # of no id
    tell("group_join_request_created", 10, wa_id=c, user_id="US.8" + c,
         join_request_id="C")
    wait_for(lambda: asking() == {"U": (None, user),
                                  "C": ("+" + c, "US.8" + c)})
    tell("group_add_participants", 5, added_participants=[{"wa_id": c}])
    tell("group_add_participants", 30, added_participants=[
        {"wa_id": b, "user_id": user}])
    wait_for(lambda: set(asking()) == {"C"})
    tell("group_add_participants", 30, added_participants=[{"wa_id": c}])
    wait_for(lambda: asking() == {})
    tell("group_join_request_created", 40, wa_id=a, join_request_id="A")
    wait_for(lambda: set(asking()) == {"A"})


def test_a_picture_and_another_link(desk):
    id_, group = desk.made()
    first = desk.get(id_)["invite_link"]
    file = upload(desk, JPEG)
    answer = desk.api("POST", f"/groups/{id_}/picture", {"upload": file})
    assert answer.status == 202 and answer.json["asked"] == "picture"
    desk.becomes(id_, asked=None, error=None)
    assert desk.d360.groups[group]["picture"] == JPEG
    png = upload(desk, b"\x89PNG\r\n\x1a\n" + bytes(99), "image/png")
    for wrong in ({"upload": png}, {"upload": 10**9}, {}, {"upload": "x"},
                  {"upload": None}):
        assert "upload" in fields(desk.api(
            "POST", f"/groups/{id_}/picture", wrong)), wrong
    assert desk.api("POST", f"/groups/{id_}/invite-link").status == 202
    g = desk.becomes(id_, asked=None)
    assert g["invite_link"] not in (None, first)


def test_answers_to_nobody_are_refused(desk):
    id_, _ = desk.made()
    for wrong in ([], ["x"], [7], ["x"] * 51, "x", None):
        for verb in ("approve", "reject"):
            assert desk.api("POST", f"/groups/{id_}/join-requests/{verb}",
                            {"join_requests": wrong}).status == 422, wrong
    other = Workspace(desk.node)
    for method, path, body in [
            ("GET", "", None), ("POST", "/sync", None),
            ("POST", "/approve", {"join_requests": ["x"]})]:
        is_problem(desk.api(
            method, f"/groups/{id_}/join-requests{path}", body,
            token=other.token), 404, "not-found")


def test_the_command_line_answers_who_asks(desk, tmp_path):
    g = Asked(desk, 2)
    asked = desk.node.cli("group", "requests", str(g.id), "--json")
    assert [r["request"] for r in asked] == g.requests
    desk.node.cli("group", "approve", str(g.id), g.requests[0])
    g.waits(g.requests[1])
    desk.becomes(g.id, asked=None)
    desk.node.cli("group", "reject", str(g.id), g.requests[1])
    g.waits()
    desk.becomes(g.id, asked=None)
    desk.node.cli("group", "sync", str(g.id))
    desk.becomes(g.id, asked=None)
    (tmp_path / "a.jpg").write_bytes(JPEG)
    desk.node.cli("group", "picture", str(g.id), str(tmp_path / "a.jpg"))
    desk.becomes(g.id, asked=None, error=None)
    assert desk.d360.groups[g.group]["picture"] == JPEG
    desk.node.cli("group", "link", str(g.id))
    desk.becomes(g.id, asked=None)
    failed = desk.node.run("waspool", "group", "approve", str(g.id), "x")
    assert failed.returncode == 65 and "waits for an answer" in failed.stderr


def test_what_no_group_takes_is_refused_at_once(desk):
    group = "Gy" + new_phone()
    body = text_message(new_phone(), "Hello all", number=NUMBER)
    body["entry"][0]["changes"][0]["value"]["messages"][0]["group_id"] = group
    desk.node.deliver(body)
    (g,) = wait_for(lambda: desk.api("GET", "/groups", group_id=group)
                    .json["data"])
    c = f"/conversations/{g['conversation_id']}"
    assert "type" in fields(desk.api("POST", c + "/messages", {
        "type": "cta_url", "body": "See", "button": "Open",
        "url": "https://shop.example/i/55"}))
    problem = is_problem(desk.api("POST", c + "/typing"), 409, "conflict")
    assert "group" in problem["detail"]
    assert desk.api("POST", c + "/read").status == 200
    assert desk.api("POST", c + "/messages", {
        "type": "text", "text": {"body": "Hi"}}).status == 202
    (sent,) = desk.d360.wait_sent(1)
    assert sent.to == group and desk.d360.reads == []
