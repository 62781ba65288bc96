"""Messages that members send: to whom, how often, and never to others."""

import concurrent.futures

import pytest

from office import Workspace
from post import TEMPLATE, TEXT, fields, is_problem, newest, send
from rig import new_phone, new_wamid


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Shop")


@pytest.fixture(scope="module")
def other(node):
    return Workspace(node, "Other")


# ---------------------------------------------------------- a new customer


def test_a_first_message_begins_a_conversation(shop):
    phone = "+" + new_phone()
    contact = shop.api("POST", "/contacts", {
        "phone": phone, "name": "Ann New"}).json
    problem = is_problem(shop.api("POST", "/messages", {**TEXT, "to": phone}),
                         409, "window-closed")
    assert "template" in problem["detail"]
    typed = f"{phone[:3]} {phone[3:6]}-{phone[6:]}"
    made = shop.api("POST", "/messages", {**TEMPLATE, "to": typed})
    assert made.status == 202, made
    c = shop.get(f"/conversations/{made.json['conversation_id']}")
    assert c["phone"] == phone and c["contact"]["id"] == contact["id"]
    assert c["window"] == {"open": False, "expires_at": None}
    assert c["phone_number_id"] == shop.number
    assert c["is_read"] is True
    again = shop.api("POST", "/messages", {**TEMPLATE, "to": phone})
    assert again.json["conversation_id"] == c["id"]
    # and the customer's answer comes into the same one
    assert shop.talk("hello", phone=phone[1:])["id"] == c["id"]
    assert shop.api("POST", "/messages",
                    {**TEXT, "to": phone}).status == 202


def test_an_answer_from_another_account_comes_home(shop):
    """Brazil: written to with the ninth digit, known without."""
    tail = new_phone()[-7:]
    made = shop.api("POST", "/messages",
                    {**TEMPLATE, "to": f"+55119{'8' + tail}"})
    c = shop.talk("oi", phone=f"5511{'8' + tail}")
    assert c["id"] == made.json["conversation_id"]
    sent = shop.api("POST", "/messages", {**TEXT, "to": f"+55119{'8' + tail}"})
    assert sent.json["conversation_id"] == c["id"]


def test_a_user_id_is_enough(shop):
    who = f"US.{new_phone()}"
    made = shop.api("POST", "/messages", {**TEMPLATE, "user_id": who})
    assert made.status == 202, made
    c = shop.get(f"/conversations/{made.json['conversation_id']}")
    assert c["user_id"] == who and c["phone"] is None


def test_several_numbers_have_to_be_told(node):
    two = Workspace(node, "Two")
    second = two.number + "2"
    node.cli("number", "add", second, "--workspace", two.id)
    body = {**TEMPLATE, "to": "+" + new_phone()}
    why = fields(two.api("POST", "/messages", body))["phone_number_id"]
    assert two.number in why and second in why
    m = two.api("POST", "/messages", {**body, "phone_number_id": second})
    c = two.get(f"/conversations/{m.json['conversation_id']}")
    assert c["phone_number_id"] == second


# ------------------------------------------------------------ asked again


def test_the_same_key_sends_once(shop):
    c = shop.talk()
    path = f"/conversations/{c['id']}/messages"
    head = {"Idempotency-Key": new_wamid()}

    def ask(_):
        return shop.api("POST", path, TEXT, headers=head)

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(16)))
    assert {a.status for a in answers} == {202}
    assert len({a.body for a in answers}) == 1
    assert len({a.headers["Location"] for a in answers}) == 1
    assert len(shop.get(path)["data"]) == 2
    is_problem(shop.api("POST", path, TEMPLATE, headers=head), 409,
               "idempotency-conflict")
    first = shop.api("POST", "/messages", {**TEXT, "to": c["phone"]},
                     headers={"Idempotency-Key": "m" + c["phone"]})
    assert shop.api("POST", "/messages", {**TEXT, "to": c["phone"]},
                    headers={"Idempotency-Key": "m" + c["phone"]}
                    ).body == first.body


def test_only_what_failed_is_sent_again(shop):
    c = shop.talk()
    m = send(shop, c, TEXT)
    for id_ in (m["id"], newest(shop, shop.talk())["id"]):
        problem = is_problem(shop.api("POST", f"/messages/{id_}/retry"), 409,
                             "conflict")
        assert "failed" in problem["detail"]
    is_problem(shop.api("POST", "/messages/77777777/retry"), 404, "not-found")


# -------------------------------------------------------------- isolation


def test_nothing_of_another_workspace_can_be_named(shop, other):
    theirs, mine = other.talk("secret"), shop.talk()
    secret = newest(other, theirs)
    path = f"/conversations/{theirs['id']}/messages"
    is_problem(shop.api("POST", path, TEXT), 404, "not-found")
    is_problem(shop.api("POST", f"/messages/{secret['id']}/retry"), 404,
               "not-found")
    path = f"/conversations/{mine['id']}/messages"
    for id_ in (secret["id"], 77777777):
        assert "reply_to" in fields(shop.api(
            "POST", path, {**TEXT, "reply_to": id_}))
        assert "reaction.message_id" in fields(shop.api(
            "POST", path, {"type": "reaction", "reaction": {
                "message_id": id_, "emoji": "👍"}}))
    why = fields(shop.api("POST", "/messages", {
        **TEMPLATE, "to": theirs["phone"], "phone_number_id": other.number}))
    assert other.number not in why["phone_number_id"]
    m = shop.api("POST", "/messages", {**TEMPLATE, "to": theirs["phone"]})
    assert m.json["conversation_id"] != theirs["id"]
    assert len(other.get(f"/conversations/{theirs['id']}/messages")
               ["data"]) == 1
