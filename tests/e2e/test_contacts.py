"""The address book over HTTP: contacts, their tags, and the conversations
that go with them."""

import concurrent.futures
import time
import urllib.parse

import pytest

from office import Workspace
from rig import message, new_phone, new_wamid, wait_for

KEYS = {"id", "phone", "user_id", "username", "name", "email", "tags", "fields",
        "created_at", "updated_at"}


@pytest.fixture(scope="module")
def shop(node):
    return Workspace(node, "Shop")


def add(shop, phone=None, name="Sheena Nelson", **more):
    answer = shop.api("POST", "/contacts", {
        "phone": phone or "+" + new_phone(), "name": name, **more})
    assert answer.status == 201, answer
    return answer.json


def test_a_contact_is_made(shop):
    phone = "+" + new_phone()
    answer = shop.api("POST", "/contacts", {
        "phone": f"{phone[:3]} ({phone[3:5]}) {phone[5:8]}-{phone[8:10]}."
                 f"{phone[10:]}",
        "name": "  Jörg\n Groß ", "email": "joerg@example.org",
        "tags": ["vip", "Berlin", "vip"]})
    assert answer.status == 201
    c = answer.json
    assert set(c) == KEYS
    assert c["phone"] == phone and c["name"] == "Jörg Groß"
    assert c["email"] == "joerg@example.org"
    assert c["tags"] == ["Berlin", "vip"]
    assert answer.headers["Location"] == f"/api/v1/contacts/{c['id']}"
    assert shop.get(f"/contacts/{c['id']}") == c


@pytest.mark.parametrize("change, field", [
    ({"phone": "0301234567"}, "phone"), ({"phone": "+1"}, "phone"),
    ({"phone": "+49 30 12x"}, "phone"), ({"phone": 4930123456}, "phone"),
    ({"phone": None}, "phone"), ({"phone": ""}, "phone"),
    ({"name": ""}, "name"), ({"name": "  \n"}, "name"),
    ({"name": "x" * 201}, "name"), ({"name": {}}, "name"),
    ({"name": None}, "name"),
    ({"email": "nobody"}, "email"), ({"email": 5}, "email"),
    ({"email": "a b@example.org"}, "email"),
    ({"tags": "vip"}, "tags"), ({"tags": [1]}, "tags"),
    ({"tags": [""]}, "tags"), ({"tags": ["x" * 51]}, "tags"),
    ({"nickname": "x"}, "nickname"),
])
def test_a_bad_field_is_named_and_nothing_is_made(shop, change, field):
    phone = "+" + new_phone()
    body = {"phone": phone, "name": "x", **change}
    answer = shop.api("POST", "/contacts", body)
    assert answer.status == 422, answer
    assert field in [e["field"] for e in answer.json["errors"]]
    assert shop.get("/contacts", q=phone[1:])["data"] == []


def test_all_bad_fields_are_named_at_once(shop):
    answer = shop.api("POST", "/contacts", {"phone": "x", "email": "y"})
    assert {e["field"] for e in answer.json["errors"]} == {
        "phone", "name", "email"}


def test_one_contact_a_phone(shop):
    first = add(shop)
    answer = shop.api("POST", "/contacts",
                      {"phone": first["phone"], "name": "Second"})
    assert answer.status == 409
    assert answer.json["contact_id"] == first["id"]
    assert str(first["id"]) in answer.json["detail"]
    other = add(shop)
    answer = shop.api("PATCH", f"/contacts/{other['id']}",
                      {"phone": first["phone"]})
    assert answer.status == 409 and answer.json["contact_id"] == first["id"]
    same = shop.api("PATCH", f"/contacts/{first['id']}",
                    {"phone": first["phone"]})
    assert same.status == 200


def test_at_once_from_many_clients_one_is_made(shop):
    body = {"phone": "+" + new_phone(), "name": "Once"}
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: shop.api("POST", "/contacts", body),
                                range(16)))
    assert sorted(a.status for a in answers) == [201] + [409] * 15
    made = [a.json["id"] for a in answers if a.status == 201][0]
    assert {a.json["contact_id"] for a in answers if a.status == 409} == {made}


def test_idempotency_key(shop):
    body = {"phone": "+" + new_phone(), "name": "Once"}
    head = {"Idempotency-Key": "key-" + body["phone"]}

    def post(b):
        return shop.api("POST", "/contacts", b, headers=head)
    first = post(body)
    assert first.status == 201
    again = post(body)
    assert (again.status, again.body) == (201, first.body)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["X-Request-Id"] != first.headers["X-Request-Id"]
    other = post({**body, "name": "Twice"})
    assert other.status == 409
    assert other.json["type"].endswith("/idempotency-conflict")
    # A refused request is not remembered.
    bad = {"Idempotency-Key": "bad-" + body["phone"]}
    assert shop.api("POST", "/contacts", {"phone": "x"},
                    headers=bad).status == 422
    assert shop.api("POST", "/contacts", {
        "phone": "+" + new_phone(), "name": "x"}, headers=bad).status == 201
    for key in ("x" * 201, "a b", "ü".encode().decode("latin-1")):
        assert shop.api("POST", "/contacts", body, headers={
            "Idempotency-Key": key}).status == 400


def test_a_contact_made_after_its_conversation_is_linked_at_once(shop):
    c = shop.talk()
    assert c["contact"] is None
    made = add(shop, c["phone"], tags=["vip"])
    linked = shop.get(f"/conversations/{c['id']}")["contact"]
    assert linked == {"id": made["id"], "name": made["name"],
                      "phone": made["phone"], "tags": ["vip"]}


def test_a_conversation_that_begins_later_is_linked(shop):
    made = add(shop)
    c = shop.talk(phone=made["phone"][1:])
    assert c["contact"]["id"] == made["id"]


@pytest.mark.parametrize("typed", [
    "+49 (0)30 9{}", "0049 30/9{}", "\u202a+49 30 9{}\u202c",
    "+49\u200b30\u22129{}", "\uff0b\uff14\uff19 30 9{}",
    "+\u0664\u0669 \u0663\u0660 9{}"])
def test_a_phone_as_people_write_it(shop, typed):
    rest = new_phone()[-7:]
    made = add(shop, typed.format(rest))
    assert made["phone"] == "+49309" + rest


@pytest.mark.parametrize("phone, why", [
    ("+49 30 9123456 ext. 12", "no account has an extension"),
    ("030 9123456", "write + and the country's code"),
    ("+49 30 9123456/7", "one number only")])
def test_a_phone_that_is_refused_says_why(shop, phone, why):
    answer = shop.api("POST", "/contacts", {"phone": phone, "name": "x"})
    assert answer.status == 422 and why in answer.json["errors"][0]["message"]
    answer = shop.api("POST", "/messages", {
        "to": phone, "type": "text", "text": {"body": "x"}})
    assert answer.status == 422 and why in answer.json["errors"][0]["message"]


def brazil(last7, ninth):
    return "5511" + ("9" if ninth else "") + "8" + last7


def test_brazil_with_and_without_the_ninth_digit(shop):
    last7 = new_phone()[-7:]
    c = shop.talk(phone=brazil(last7, ninth=False))
    made = add(shop, "+" + brazil(last7, ninth=True))
    assert shop.get(f"/conversations/{c['id']}")["contact"]["id"] == made["id"]
    landline = "55113" + last7
    mobile = add(shop, "+55119" + "3" + last7)
    c = shop.talk(phone=landline)
    assert c["contact"] is None, mobile


def test_a_changed_phone_takes_the_conversation_along(shop):
    a, b = shop.talk(), shop.talk()
    made = add(shop, a["phone"])
    shop.api("PATCH", f"/contacts/{made['id']}", {"phone": b["phone"]})
    assert shop.get(f"/conversations/{a['id']}")["contact"] is None
    assert shop.get(f"/conversations/{b['id']}")["contact"]["id"] == made["id"]


def test_change_only_what_is_said(shop):
    made = add(shop, email="a@example.org", tags=["one", "two"])
    path = f"/contacts/{made['id']}"
    time.sleep(1.1)
    assert shop.api("PATCH", path, {}).json == made
    changed = shop.api("PATCH", path, {"name": "Other"}).json
    assert changed["updated_at"] > made["updated_at"]
    assert {**changed, "name": 0, "updated_at": 0} == {
        **made, "name": 0, "updated_at": 0}
    assert shop.api("PATCH", path, {"email": None}).json["email"] is None
    assert shop.api("PATCH", path, {"tags": ["two", "three"]}).json[
        "tags"] == ["three", "two"]
    for bad in ({"name": None}, {"name": ""}, {"phone": "1"}, {"id": 7}):
        assert shop.api("PATCH", path, bad).status == 422
    assert shop.api("PATCH", "/contacts/99999999", {}).status == 404


def test_delete(shop):
    c = shop.talk()
    made = add(shop, c["phone"], tags=["gone"])
    path = f"/contacts/{made['id']}"
    answer = shop.api("DELETE", path)
    assert (answer.status, answer.body) == (204, b"")
    assert shop.api("DELETE", path).status == 404
    assert shop.api("GET", path).status == 404
    assert shop.get(f"/conversations/{c['id']}")["contact"] is None
    # Nobody unlinked it by hand, so the next contact gets it.
    again = add(shop, c["phone"])
    assert shop.get(f"/conversations/{c['id']}")["contact"]["id"] == \
        again["id"]


@pytest.mark.parametrize("name", ["vip", "Grüße & more", "a/b", "50 %", "👍"])
def test_tags_of_a_contact(shop, name):
    made = add(shop)
    path = f"/contacts/{made['id']}/tags/{urllib.parse.quote(name, safe='')}"
    tagged = shop.api("PUT", path)
    assert tagged.status == 200 and tagged.json["tags"] == [name]
    time.sleep(1.1)
    assert shop.api("PUT", path).json == tagged.json
    assert shop.api("DELETE", path).json["tags"] == []
    assert shop.api("DELETE", path).json["tags"] == []


def test_bad_tags(shop):
    made = add(shop)
    path = f"/contacts/{made['id']}/tags/"
    assert shop.api("PUT", path + "x" * 51).status == 422
    assert shop.api("PUT", path + "%20").status == 422
    for bad in ("", "%00", "%ff", "%", "a/b"):
        assert shop.api("PUT", path + bad).status in (400, 404), bad
    assert shop.api("PUT", "/contacts/99999999/tags/x").status == 404


def test_a_tag_is_called_otherwise(node):
    office = Workspace(node, "Tags renamed")
    _, admin = office.member(f"tags{office.id}@example.com", "Ada", "admin")
    c = add(office, tags=["regular", "b"])
    b, tag = office.get("/tags")["data"]
    path = f"/tags/{tag['id']}"
    assert tag == office.get(path) and tag["contacts"] == 1

    def change(body, status=200, method="PATCH"):
        answer = office.api(method, path, body, token=admin)
        assert answer.status == status, answer
        return answer.json if answer.body else None

    def told(after):
        return [(x["type"], x["id"]) for x in
                office.get("/changes", after=after)["data"]]
    assert office.api("PATCH", path, {"name": "x"}).status == 403
    for bad in ({}, {"name": ""}, {"name": "x" * 51}, {"name": 1},
                {"name": None}):
        change(bad, 422)
    assert change({"name": "B"}, 409)["tag_id"] == b["id"]
    place = office.get("/changes", limit=1)["last_seq"]
    assert change({"name": "Regular"})["name"] == "Regular"
    assert set(told(place)) == {("tag.updated", tag["id"]),
                                ("contact.updated", c["id"])}
    place = office.get("/changes", limit=1)["last_seq"]
    change({"name": "Regular"})
    assert told(place) == []
    assert office.get(f"/contacts/{c['id']}")["tags"] == ["b", "Regular"]
    assert [x["id"] for x in office.get("/contacts", tag="regular")["data"]] \
        == [c["id"]]
    # of a neighbour there is none
    other = Workspace(node, "Elsewhere")
    _, its = other.member(f"tags{other.id}@example.com", "Eve", "owner")
    for method in ("GET", "PATCH", "DELETE"):
        assert other.api(method, path, {"name": "x"} if method == "PATCH"
                         else None, token=its).status == 404
    place = office.get("/changes", limit=1)["last_seq"]
    assert office.api("DELETE", path).status == 403
    change(None, 204, "DELETE")
    assert set(told(place)) == {("tag.updated", tag["id"]),
                                ("contact.updated", c["id"])}
    assert office.api("GET", path).status == 404
    assert office.get(f"/contacts/{c['id']}")["tags"] == ["b"]


def test_the_command_line_renames_and_deletes_tags(node):
    desk = Workspace(node, "Tags by hand")

    def cli(*args, check=True):
        return node.cli("--json", "tag", *args, "--workspace", desk.id,
                        check=check)

    add(desk, tags=["vip", "late"])
    add(desk, tags=["vip"])
    assert [(t["name"], t["contacts"]) for t in cli("list")] == [
        ("late", 1), ("vip", 2)]
    assert cli("rename", " VIP ", "Gold")["name"] == "Gold"
    assert cli("rename", "late", "Late")["name"] == "Late"
    for wrong in (("rename", "late", "gold"), ("rename", "none", "x"),
                  ("rename", "late", "x" * 51), ("delete", "vip"),
                  ("delete", "")):
        assert cli(*wrong, check=False).returncode in (64, 65), wrong
    cli("delete", "LATE")
    assert [t["name"] for t in cli("list")] == ["Gold"]


def test_the_list_of_tags(node):
    office = Workspace(node, "Tags")
    assert office.get("/tags") == {"data": [], "next_cursor": None}
    add(office, tags=["b", "A"])
    add(office, tags=["b"])
    tags = office.get("/tags")["data"]
    assert [(t["name"], t["contacts"]) for t in tags] == [("A", 1), ("b", 2)]
    assert [office.get(f"/tags/{t['id']}") for t in tags] == tags
    page = office.get("/tags", limit=1)
    assert office.get("/tags", limit=1, cursor=page["next_cursor"])["data"][
        0]["name"] == "b"


def test_lists_and_search(node):
    office = Workspace(node, "Book")
    phones = ["+" + new_phone() for _ in range(7)]
    made = [add(office, p, name=f"Person {chr(65 + i)}",
                tags=["even"] if i % 2 == 0 else [])["id"]
            for i, p in enumerate(phones)]
    node.searchable()

    def ids(**query):
        page = office.get("/contacts", **query)
        assert all(set(c) == KEYS for c in page["data"])
        return [c["id"] for c in page["data"]]
    assert ids() == made[::-1]
    assert ids(tag="even") == made[::-2]
    assert ids(tag="none") == []
    assert ids(q="person") == made[::-1]
    assert ids(q="PERSÓN d") == [made[3]]
    assert ids(q=phones[2][3:]) == [made[2]]
    assert ids(q="person", tag="even") == made[::-2]
    assert ids(q="!?") == []
    for query in ({}, {"q": "person"}, {"tag": "even"}):
        seen, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = office.get("/contacts", limit=2, **query, **more)
            seen += [c["id"] for c in page["data"]]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert seen == ids(**query)


# ------------------------------------------ customers who hide their phone

def hidden(shop, text, username=None, name=None, user_id=None, **more):
    """Somebody who is known by a user id writes: the id."""
    user_id = user_id or "PT." + new_phone()
    profile = {k: v for k, v in
               (("name", name), ("username", username)) if v is not None}
    shop.deliver([{"from_user_id": user_id, "id": new_wamid(), "type": "text",
                   "timestamp": str(int(time.time()) - 30),
                   "text": {"body": text}, **more}],
                 [{"profile": profile, "user_id": user_id}])
    return user_id


def of_user(shop, user_id):
    return [c for c in shop.get("/conversations", status="all",
                                limit=100)["data"]
            if c["user_id"] == user_id][0]


def found(shop, path, q):
    return wait_for(lambda: [row["id"] for row in
                             shop.get(path, q=q)["data"]])


def test_a_customer_without_a_phone_is_a_full_person(shop):
    handle = "marta." + new_phone()[-6:]
    user = hidden(shop, "olá", "@" + handle, ".")
    c = of_user(shop, user)
    assert (c["phone"], c["username"], c["profile_name"]) == (None, handle, ".")
    for q in (handle, "@" + handle, handle[:9]):
        assert c["id"] in found(shop, "/conversations", q)
    name = "Marta " + handle[-6:]
    made = shop.api("POST", "/contacts", {
        "name": name, "user_id": user, "tags": ["hidden"]})
    assert made.status == 201, made
    k = made.json
    assert set(k) == KEYS
    assert (k["phone"], k["user_id"], k["username"]) == (None, user, handle)
    c = shop.get(f"/conversations/{c['id']}")
    assert c["contact"] == {"id": k["id"], "name": name, "phone": None,
                            "tags": ["hidden"]}
    assert shop.ids(tag="hidden") == [c["id"]]
    for q in (name, handle, "@" + handle):
        assert found(shop, "/contacts", q) == [k["id"]]
    assert found(shop, "/conversations", name) == [c["id"]]
    # Renamed on WhatsApp.
    hidden(shop, "sou eu", handle + "x", ".", user)
    assert shop.get(f"/contacts/{k['id']}")["username"] == handle + "x"
    assert found(shop, "/contacts", "@" + handle + "x") == [k["id"]]
    # The phone is told, and then the id is known no more.
    phone = "+" + new_phone()
    path = f"/contacts/{k['id']}"
    assert shop.api("PATCH", path, {"phone": phone}).json["phone"] == phone
    assert shop.get(f"/conversations/{c['id']}")["contact"]["id"] == k["id"]
    gone = shop.api("PATCH", path, {"user_id": None})
    assert gone.status == 200 and gone.json["user_id"] is None
    assert gone.json["username"] is None
    assert shop.get(f"/conversations/{c['id']}")["contact"] is None
    assert shop.api("PATCH", path, {"phone": None}).status == 422


def test_a_contact_with_a_user_id_waits_for_its_customer(shop):
    user = "PT." + new_phone()
    made = shop.api("POST", "/contacts", {"name": "Waits", "user_id": user})
    assert made.status == 201
    hidden(shop, "here I am", "waits", user_id=user)
    assert of_user(shop, user)["contact"]["id"] == made.json["id"]
    assert shop.get(f"/contacts/{made.json['id']}")["username"] == "waits"
    answer = shop.api("POST", "/messages", {
        "user_id": user, "type": "text", "text": {"body": "welcome"}})
    assert answer.status == 202


def test_one_contact_a_user_id(shop):
    user = "PT." + new_phone()
    first = shop.api("POST", "/contacts", {"name": "First", "user_id": user})
    other = add(shop)
    for again in (shop.api("POST", "/contacts",
                           {"name": "Again", "user_id": user}),
                  shop.api("POST", "/contacts",
                           {"name": "Again", "user_id": user,
                            "phone": "+" + new_phone()}),
                  shop.api("PATCH", f"/contacts/{other['id']}",
                           {"user_id": user})):
        assert again.status == 409, again
        assert again.json["contact_id"] == first.json["id"]
        assert "user id" in again.json["detail"]


@pytest.mark.parametrize("fields", [
    {}, {"user_id": ""}, {"user_id": None, "phone": None}, {"user_id": "PT"},
    {"user_id": "PT.1 2"}, {"user_id": "+16505551234"}, {"user_id": 7},
    {"user_id": "PT." + "1" * 200}, {"user_id": "PT.ü"}])
def test_a_contact_is_known_by_something(shop, fields):
    answer = shop.api("POST", "/contacts", {"name": "x", **fields})
    assert answer.status == 422, answer
    assert answer.json["errors"][0]["field"] in ("phone", "user_id")


def test_a_user_id_of_another_workspace_is_nobody_here(node, shop):
    other = Workspace(node, "Across")
    user = hidden(other, "over there", "across")
    made = shop.api("POST", "/contacts", {"name": "Here", "user_id": user})
    assert made.status == 201 and made.json["username"] is None
    assert of_user(other, user)["contact"] is None


# --------------------------------------------------- two contacts of one person

def merge(shop, keep, gone, **more):
    return shop.api("POST", f"/contacts/{keep}/merge",
                    {"contact_id": gone, **more})


def test_two_contacts_of_one_person_become_one(shop):
    user = hidden(shop, "no phone", "twice." + new_phone()[-6:])
    by_phone = shop.talk()
    a = add(shop, by_phone["phone"], name="By phone", tags=["a", "both"])
    b = shop.api("POST", "/contacts", {
        "name": "By id", "user_id": user, "email": "b@example.org",
        "tags": ["both", "c"]}).json
    answer = merge(shop, a["id"], b["id"])
    assert answer.status == 200, answer
    one = answer.json
    assert {k: one[k] for k in ("id", "phone", "user_id", "name", "email",
                                "tags", "username")} == {
        "id": a["id"], "phone": a["phone"], "user_id": user,
        "name": "By phone", "email": "b@example.org",
        "tags": ["a", "both", "c"], "username": b["username"]}
    assert shop.api("GET", f"/contacts/{b['id']}").status == 404
    of_id = of_user(shop, user)
    for c in (of_id["id"], by_phone["id"]):
        got = shop.get(f"/conversations/{c}")["contact"]
        assert (got["id"], got["tags"]) == (a["id"], one["tags"])
    assert sorted(shop.ids(tag="c")) == sorted([of_id["id"], by_phone["id"]])
    # What comes next stays there.
    hidden(shop, "again", b["username"], user_id=user)
    assert of_user(shop, user)["contact"]["id"] == a["id"]
    assert merge(shop, a["id"], b["id"]).status == 422


def test_of_two_phones_a_person_says_which_stays(shop):
    one, two = shop.talk(), shop.talk()
    a, b = add(shop, one["phone"]), add(shop, two["phone"])
    answer = merge(shop, a["id"], b["id"])
    assert answer.status == 422
    assert [e["field"] for e in answer.json["errors"]] == ["phone"]
    assert merge(shop, a["id"], b["id"],
                 phone="+" + new_phone()).status == 422
    answer = merge(shop, a["id"], b["id"], phone=two["phone"])
    assert answer.status == 200 and answer.json["phone"] == two["phone"]
    for c in (one, two):
        assert shop.get(f"/conversations/{c['id']}")["contact"]["id"] == \
            a["id"]


def test_what_cannot_be_merged_changes_nothing(node, shop):
    a, other = add(shop), add(Workspace(node, "Beside"))
    for body in ({}, {"contact_id": a["id"]}, {"contact_id": other["id"]},
                 {"contact_id": 99999999}, {"contact_id": "x"},
                 {"contact_id": a["id"], "name": "x"}):
        answer = shop.api("POST", f"/contacts/{a['id']}/merge", body)
        assert answer.status == 422, (body, answer)
    assert merge(shop, other["id"], a["id"]).status == 404
    assert shop.get(f"/contacts/{a['id']}") == a


def test_the_conversations_of_a_contact_are_listed(node):
    office, other = Workspace(node), Workspace(node)
    talks = [office.talk("hello", name=f"C{i}") for i in range(3)]
    made = office.api("POST", "/contacts", {
        "phone": talks[0]["phone"], "name": "Ann"}).json
    path = f"/contacts/{made['id']}/conversations"
    assert [c["id"] for c in office.get(path)["data"]] == [talks[0]["id"]]
    office.api("PUT", f"/conversations/{talks[2]['id']}/contact",
               {"contact_id": made["id"]})
    office.api("PUT", f"/conversations/{talks[2]['id']}/state",
               {"state": "closed"})
    first = office.get(path, limit=1)
    rest = office.get(path, limit=1, cursor=first["next_cursor"])
    assert [c["id"] for c in first["data"] + rest["data"]] == \
        [talks[2]["id"], talks[0]["id"]]
    assert rest["next_cursor"] is None
    assert first["data"][0] == office.get(f"/conversations/{talks[2]['id']}")
    assert other.api("GET", path).status == 404
    assert office.api("GET", path, cursor="x").status == 400


def test_files_of_a_conversation_go_with_before_alone(node):
    office = Workspace(node)
    c = office.talk("hello")
    path = f"/conversations/{c['id']}/messages"
    m = office.get(path)["data"][0]["id"]
    assert office.get(path, files="true") == {
        "data": [], "next_before": None, "next_after": None}
    assert office.get(path, files="true", before=m)["data"] == []
    for bad in {"files": "yes"}, {"files": "true", "after": m}, \
            {"files": "true", "around": m}:
        assert office.api("GET", path, **bad).status == 400, bad


def test_the_command_line_lists_what_a_contact_said_and_sent(node):
    office, other = Workspace(node), Workspace(node)
    talks = [office.talk(name=f"C{i}") for i in range(3)]
    made = office.api("POST", "/contacts", {
        "phone": talks[0]["phone"], "name": "Ann"}).json
    office.api("PUT", f"/conversations/{talks[2]['id']}/contact",
               {"contact_id": made["id"]})

    def cli(verb, *args, of=office, check=True):
        return node.cli("--json", "conversation", verb, *args,
                        "--workspace", of.id, check=check)

    def codes(*wrong):
        return [cli(*w, check=False).returncode for w in wrong]

    by = ("--contact", made["id"])
    assert [c["id"] for c in cli("list", *by)] == \
        [c["id"] for c in office.get(
            f"/contacts/{made['id']}/conversations")["data"]] == \
        [talks[2]["id"], talks[0]["id"]]
    assert [c["id"] for c in cli("list", *by, "--limit", 1)] == \
        [talks[2]["id"]]
    assert codes(("list", "--contact", "x"), ("list", "--contact", 777777),
                 ("list", *by, "--marketing", "stopped")) == [64, 65, 64]
    assert cli("list", *by, of=other, check=False).returncode == 65

    c, phone, now = talks[0]["id"], talks[0]["phone"][1:], int(time.time())
    office.deliver([message(phone, kind, ts=now + i, **{kind: {
        "id": f"{now}{i}", "mime_type": mime, **more}})
        for i, (kind, mime, more) in enumerate([
            ("document", "application/pdf", {"filename": "Bill\n1.pdf"}),
            ("sticker", "image/webp", {}), ("image", "image/jpeg", {})])])
    found = cli("files", c)
    assert [(f["type"], f["mime_type"], f["filename"], f["direction"])
            for f in found] == [
        ("image", "image/jpeg", None, "inbound"),
        ("document", "application/pdf", "Bill\n1.pdf", "inbound")]
    assert [f["message_id"] for f in found] == [
        m["id"] for m in office.get(f"/conversations/{c}/messages",
                                    files="true")["data"]]
    assert cli("files", c, "--limit", 1) == found[:1]
    assert cli("files", talks[1]["id"]) == []
    assert cli("files", c, of=other, check=False).returncode == 65
    shown = node.cli("conversation", "files", c, "--workspace", office.id)
    assert len(shown.splitlines()) == 3
