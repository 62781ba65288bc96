"""Own fields of contacts: admins define them, everybody fills them."""

import json

import pytest

from office import Workspace
from rig import new_phone


@pytest.fixture(scope="module")
def desk(node):
    desk = Workspace(node, "Fields")
    _, desk.admin = desk.member(f"admin{desk.id}@example.com", "Ada", "admin")
    return desk


def define(desk, key, type="text", **more):
    return desk.api("POST", "/contact-fields", {
        "key": key, "label": key.title(), "type": type, **more},
        token=desk.admin)


def contact(desk, **more):
    return desk.api("POST", "/contacts", {
        "phone": "+" + new_phone(), "name": "Ann", **more})


def fields(desk, made, values):
    return desk.api("PATCH", f"/contacts/{made['id']}", {"fields": values})


def test_an_admin_defines_what_everybody_fills(desk):
    first = desk.get("/changes")["last_seq"]
    made = define(desk, "plan", "choice", choices=["Basic", "Premium"])
    assert made.status == 201
    path = f"/contact-fields/{made.json['id']}"
    assert made.headers["Location"] == "/api/v1" + path
    assert desk.get(path) == made.json
    assert made.json in desk.get("/contact-fields")["data"]
    for method, where, body in (
            ("POST", "/contact-fields", {"key": "x"}),
            ("PATCH", path, {"label": "x"}), ("DELETE", path, None)):
        assert desk.api(method, where, body).status == 403
    again = define(desk, "plan")
    assert (again.status, again.json["contact_field_id"]) == \
        (409, made.json["id"])
    ann = contact(desk, fields={"plan": "Basic"})
    assert (ann.status, ann.json["fields"]) == (201, {"plan": "Basic"})
    changed = desk.api("PATCH", path, {"choices": ["Partner"]},
                       token=desk.admin).json
    assert (changed["label"], changed["choices"]) == ("Plan", ["Partner"])
    assert desk.get(f"/contacts/{ann.json['id']}")["fields"] == \
        {"plan": "Basic"}
    assert fields(desk, ann.json, {"plan": "Basic"}).status == 422
    assert desk.api("DELETE", path, token=desk.admin).status == 204
    assert desk.get(f"/contacts/{ann.json['id']}")["fields"] == {}
    assert desk.api("GET", path).status == 404
    assert fields(desk, ann.json, {"plan": "Partner"}).status == 422
    types = [c["type"] for c in desk.get("/changes", after=first)["data"]]
    assert types[0] == types[-2] == "contact_field.updated" \
        or "contact_field.updated" in types[-2:]
    assert types.count("contact_field.updated") == 3


def test_a_value_has_the_type_of_its_field(desk):
    for key, type, more in (
            ("note", "text", {}), ("size", "number", {}), ("born", "date", {}),
            ("tier", "choice", {"choices": ["A", "B"]}),
            ("vip", "boolean", {})):
        assert define(desk, key, type, **more).status == 201
    ann = contact(desk).json
    right = {"note": "=1+1", "size": -12.5, "born": "2024-02-29", "tier": "B",
             "vip": False}
    assert fields(desk, ann, right).json["fields"] == right
    for wrong in ({"note": 1}, {"note": "x" * 501}, {"size": "1"},
                  {"size": 10 ** 20}, {"born": "2023-02-29"}, {"tier": "C"},
                  {"tier": ["A"]}, {"vip": "true"}, {"vip": 1},
                  {"nothing": "x"}, {"": "x"}, {"note": {}}, [], "x", None,
                  {"note": "y", "size": "y"}):
        answer = fields(desk, ann, wrong)
        assert (answer.status, answer.json["errors"][0]["field"]) == \
            (422, "fields"), wrong
    assert desk.get(f"/contacts/{ann['id']}")["fields"] == right
    assert fields(desk, ann, {"note": None, "tier": ""}).json["fields"] == {
        "size": -12.5, "born": "2024-02-29", "vip": False}
    assert fields(desk, ann, {}).json["fields"]["size"] == -12.5


def test_a_definition_that_is_wrong_is_refused(desk):
    for wrong in ({"key": "Big"}, {"key": "phone"}, {"key": "k", "type": "x"},
                  {"key": "k", "type": "choice"},
                  {"key": "k", "type": "choice", "choices": []},
                  {"key": "k", "type": "choice", "choices": ["a", "a"]},
                  {"key": "k", "type": "text", "choices": ["a"]},
                  {"key": "k", "label": ""}, {"key": "k", "label": "x" * 101}):
        assert desk.api("POST", "/contact-fields", {
            "label": "x", "type": "text", **wrong},
            token=desk.admin).status == 422, wrong


def test_own_fields_are_columns_of_csv(node):
    desk = Workspace(node, "Columns")
    _, desk.admin = desk.member(f"admin{desk.id}@example.com", "Ada", "admin")
    for key, type, more in (
            ("born", "date", {}), ("note", "text", {}), ("size", "number", {}),
            ("tier", "choice", {"choices": ["A", "B, C"]}),
            ("vip", "boolean", {})):
        define(desk, key, type, **more)
    a, b = "+" + new_phone(), "+" + new_phone()
    text = ("phone,name,SIZE,vip,Tier,note,shoe\n"
            f'{a},Ann,-1.50,TRUE,"B, C",x;y,43\n{b},Bob,,,,,\n')

    def send(text, **query):
        return desk.api("POST", "/contacts/import", text,
                        headers={"Content-Type": "text/csv"}, **query)

    def export():
        return desk.api("GET", "/contacts/export").body.decode()

    done = send(text)
    assert (done.status, done.json["ignored_columns"]) == (200, "shoe")
    whole = ("phone,user_id,name,email,tags,born,note,size,tier,vip\n"
             f"{b},,Bob,,,,,,,\n"
             f'{a},,Ann,,,,"x;y",-1.50,"B, C",true\n')
    assert export() == whole
    workspace = ("--workspace", str(desk.id))
    assert node.run("waspool", "contact", "list", "--as", "csv",
                    *workspace).stdout == whole
    place = desk.get("/changes")["last_seq"]
    assert send(whole).status == 200
    assert desk.get("/changes", after=place)["data"] == []
    cards = desk.api("GET", "/contacts/export",
                     headers={"Accept": "text/vcard"}).body.decode()
    assert "X-WASPOOL-FIELD:tier;B\\, C\r\n" in cards
    assert desk.api("POST", "/contacts/import", cards,
                    headers={"Content-Type": "text/vcard"}).status == 200
    assert desk.get("/changes", after=place)["data"] == []
    other = cards.replace(f"TEL;TYPE=CELL:{a}", "TEL:+16505550199").replace(
        "size;-1.50", "size;7")
    assert node.run("waspool", "contact", "import", "-", *workspace,
                    input=other).returncode == 0
    copy, = [c for c in desk.get("/contacts")["data"]
             if c["phone"] == "+16505550199"]
    assert copy["fields"] == {"note": "x;y", "size": 7, "tier": "B, C",
                              "vip": True}
    assert desk.api("DELETE", f"/contacts/{copy['id']}").status == 204
    bad = f"phone,name,size,born\n{a},Ann,2,\n{b},Bob,big,\n{b},Bob,,1.2.24\n"
    refused = send(bad)
    assert (refused.status, [e["field"] for e in refused.json["errors"]]) == \
        (422, ["line 3", "line 4"])
    assert refused.json["errors"][0]["message"].startswith("size is no number")
    assert export() == whole
    told = node.run("waspool", "contact", "import", "-", *workspace, input=bad)
    assert (told.returncode, "line 3: size is no number" in told.stderr) == \
        (65, True)
    assert node.run("waspool", "contact", "import", "-", "--skip-bad",
                    *workspace, input=bad).returncode == 0
    assert export() == whole.replace("-1.50", "2")
    assert "two columns 'size'" in send("phone,Size,size\n").json["detail"]


def test_fields_come_in_pages_for_who_asks(node):
    desk = Workspace(node, "Pages")
    _, desk.admin = desk.member(f"admin{desk.id}@example.com", "Ada", "admin")
    keys = ["a", "b", "c", "d", "e"]
    for key in reversed(keys):
        assert define(desk, key).status == 201
    found, cursor = [], None
    while True:
        page = desk.get("/contact-fields", limit=2,
                        **({"cursor": cursor} if cursor else {}))
        found.append([f["key"] for f in page["data"]])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert found == [["a", "b"], ["c", "d"], ["e"]]
    assert [f["key"] for f in desk.get("/contact-fields")["data"]] == keys
    assert desk.api("GET", "/contact-fields", limit=101).status == 400


def test_the_command_line_defines_fields(node):
    desk = Workspace(node, "Terminal")

    def run(*args):
        return node.run("waspool", "field", *args, "--json",
                        "--workspace", str(desk.id))

    made = json.loads(run("add", "tier", "choice", "Tier",
                          "--choices", "A| B, C ").stdout)
    assert (made["key"], made["choices"]) == ("tier", ["A", "B, C"])
    assert run("add", "born", "date").returncode == 0
    born, tier = desk.get("/contact-fields")["data"]
    assert (born["label"], born["type"], born["choices"]) == \
        ("born", "date", None)
    assert (tier["label"], tier["choices"]) == ("Tier", ["A", "B, C"])
    assert [f["key"] for f in json.loads(run("list").stdout)] == \
        ["born", "tier"]
    for args, code in (
            (("add", "tier", "text"), 65), (("add", "Tier", "text"), 64),
            (("add", "a", "money"), 64), (("add", "a", "choice"), 64),
            (("add", "a", "text", "--choices", "x"), 64),
            (("add", "a", "choice", "--choices", "x|x"), 64),
            (("add", "a", "choice", "--choices", "x|"), 64),
            (("add", "a", "text", ""), 64), (("remove", "shoe"), 65)):
        assert run(*args).returncode == code, args
    place = desk.get("/changes")["last_seq"]
    assert run("remove", "tier").returncode == 0
    assert desk.get("/contact-fields")["data"] == [born]
    assert [c["type"] for c in desk.get("/changes", after=place)["data"]] == \
        ["contact_field.updated"]


def test_merged_contacts_keep_what_one_has(desk):
    define(desk, "city")
    define(desk, "street")
    keep = contact(desk, fields={"city": "Rome"}).json
    gone = desk.api("POST", "/contacts", {
        "user_id": "US.1" + new_phone(), "name": "Ann",
        "fields": {"city": "Oslo", "street": "High"}}).json
    merged = desk.api("POST", f"/contacts/{keep['id']}/merge",
                      {"contact_id": gone["id"]})
    assert merged.json["fields"] == {"city": "Rome", "street": "High"}
