"""Message templates: the provider's list, and what is checked against it."""

import json
import time
import zlib

import pytest

from post import fields, send
from rig import NUMBER, envelope, new_phone, text_message, wait_for
from test_media import upload

WABA = "102290129340398"


def template(name, text="Hello", language="en", status="APPROVED", **more):
    return {"id": f"9{zlib.crc32(f'{name} {language}'.encode()):014d}",
            "name": name,
            "language": language, "status": status, "category": "UTILITY",
            "rejected_reason": "NONE",
            "components": [{"type": "BODY", "text": text}], **more}


ORDER = template("order_ready", "Hi {{1}}, order {{2}} waits for you.", "en_US")


def say(name, *values, language="en"):
    return {"type": "template", "template": {
        "name": name, "language": language, "components": [{
            "type": "body", "parameters": [
                {"type": "text", "text": v} for v in values]}]}}


class Desk:
    def __init__(self, node):
        self.node, self.api = node, node.api

    def get(self, path, **query):
        answer = self.node.get(path, **query)
        assert answer.status == 200, answer
        return answer.json

    def sync(self, n):
        assert self.api("POST", "/templates/sync").status == 202
        def read():
            page = self.get("/templates", limit=100)
            return len(page["data"]) == n and page["numbers"][0]["read_at"]

        return wait_for(read) and self.get("/templates")

    def talk(self):
        phone = new_phone()
        self.node.deliver(text_message(phone, "?", number=NUMBER))
        return self.node.wait_conversation(phone)


@pytest.fixture
def desk(d360_node):
    desk = Desk(d360_node)
    desk.talk()                     # now the number is known
    return desk


def test_the_list_is_the_providers(desk):
    d360 = desk.node.provider
    assert desk.get("/templates") == {
        "data": [], "next_cursor": None, "numbers": [
            {"phone_number_id": NUMBER, "read_at": None, "error": None}]}
    d360.templates = [template(f"t{i}") for i in range(7)] + [
        ORDER, template("old", status="REJECTED", rejected_reason="SCAM")]
    d360.template_page = 4
    page = desk.sync(9)
    assert page["numbers"][0]["read_at"] and not page["numbers"][0]["error"]
    by_name = {t["name"]: t for t in page["data"]}
    assert by_name["order_ready"]["text"] == ORDER["components"][0]["text"]
    assert by_name["order_ready"]["components"] == ORDER["components"]
    assert by_name["old"]["reason"] == "SCAM"
    assert by_name["t1"]["reason"] is None
    assert len([r for r in d360.requests if r.where == "templates"]) == 3
    first = desk.get("/templates", limit=5)
    rest = desk.get("/templates", limit=5, cursor=first["next_cursor"])
    assert [t["id"] for t in first["data"] + rest["data"]] == \
        [t["id"] for t in page["data"]]
    shown = desk.node.cli("--json", "template", "list")
    assert {t["name"] for t in shown} == set(by_name)

    # An event: the list is read again, and what has gone is gone.
    ids = {t["name"]: t["id"] for t in page["data"]}
    d360.templates = [ORDER]
    desk.node.deliver({"object": "whatsapp_business_account", "entry": [{
        "id": WABA, "time": int(time.time()), "changes": [{
            "field": "message_template_status_update", "value": {
                "event": "DISABLED", "message_template_id": 1,
                "message_template_name": "t1",
                "message_template_language": "en", "reason": None}}]}]})
    wait_for(lambda: len(desk.get("/templates")["data"]) == 1)
    (left,) = desk.get("/templates")["data"]
    assert left["id"] == ids["order_ready"]


def test_a_status_in_small_letters_is_the_same_status(desk):
    desk.node.provider.templates = [
        {**template("small", "Hi {{1}}"), "status": "approved",
         "category": "utility"}]
    (t,) = desk.sync(1)["data"]
    assert (t["status"], t["category"]) == ("APPROVED", "UTILITY")
    c = desk.talk()
    answer = desk.api("POST", f"/conversations/{c['id']}/messages",
                      say("small", "Ann"))
    assert answer.status == 202, answer


def test_a_list_that_cannot_be_read_leaves_the_one_before(desk):
    d360 = desk.node.provider
    d360.templates = [ORDER]
    desk.sync(1)
    d360.templates = []
    d360.fail(1, 500, 131000, where="templates")
    desk.node.cli("template", "sync")
    wait_for(lambda: desk.get("/templates")["numbers"][0]["error"])
    page = desk.get("/templates")
    assert len(page["data"]) == 1
    assert page["numbers"][0]["error"].startswith("131000")


def test_what_does_not_fit_is_not_queued(desk):
    desk.node.provider.templates = [
        ORDER, template("paused", status="PAUSED"), template("multi"),
        template("multi", language="de"),
        template("pic", components=[
            {"type": "HEADER", "format": "IMAGE"},
            {"type": "BODY", "text": "Look"}])]
    c = desk.talk()
    path = f"/conversations/{c['id']}/messages"
    # Nothing is known yet: the provider decides.
    assert desk.api("POST", path, say("anything")).status == 202
    desk.sync(5)
    for body, field, words in [
            (say("nothing"), "template.name", "no template of this number"),
            (say("multi", language="fr"), "template.language", "de, en"),
            (say("paused"), "template.name", "PAUSED"),
            (say("order_ready", "Ann", language="en_US"),
             "template.components", "2 placeholders, and 1 parameter"),
            (say("pic"), "template.components", "type image")]:
        wrong = fields(desk.api("POST", path, body))
        assert list(wrong) == [field] and words in wrong[field], wrong
    assert len(desk.node.messages(c["id"])) == 2


def test_the_conversation_shows_what_the_customer_reads(desk):
    d360 = desk.node.provider
    d360.templates = [ORDER]
    desk.sync(1)
    c = desk.talk()
    m = send(desk, c, say("order_ready", "Ann", "B-77", language="en_US"))
    text = "Hi Ann, order B-77 waits for you."
    assert m["content"]["text"] == text
    assert desk.get(f"/conversations/{c['id']}")["last_message_preview"] == \
        text
    (got,) = d360.wait_sent(1)
    assert set(got.body["template"]) == {"name", "language", "components"}
    desk.node.searchable()
    found = desk.get("/search", q="waits B-77")
    assert [x["id"] for x in found["messages"]] == [m["id"]]


READY = {"name": "order_ready", "language": "en_US", "category": "UTILITY",
         "components": [
             {"type": "HEADER", "format": "TEXT", "text": "Good news"},
             {"type": "BODY", "text": "Hi {{1}}, order {{2}} waits for you.",
              "example": {"body_text": [["Ann", "A-1"]]}},
             {"type": "BUTTONS", "buttons": [
                 {"type": "QUICK_REPLY", "text": "Stop"}]}]}


def create(desk, **more):
    answer = desk.api("POST", "/templates", {**READY, **more})
    assert answer.status == 202, answer
    return answer.json


def wait_template(desk, id, **want):
    def look():
        answer = desk.api("GET", f"/templates/{id}")
        there = answer.json if answer.status == 200 else {}
        return all(there.get(k) == v for k, v in want.items()) and there
    return wait_for(look)


def test_an_admin_creates_a_template_and_sees_what_becomes_of_it(desk):
    d360 = desk.node.provider
    desk.node.cli("template", "sync")
    wait_for(lambda: desk.get("/templates")["numbers"][0]["read_at"])
    last = desk.get("/changes", limit=1)["last_seq"]
    made = create(desk)
    assert (made["status"], made["asked"]) == ("SUBMITTING", "create")
    pending = wait_template(desk, made["id"], status="PENDING")
    assert pending["asked"] is None and pending["error"] is None
    (asked,) = [r for r in d360.requests if r.where == "template_new"]
    assert asked.path == "/v1/configs/templates"
    assert json.loads(asked.body) == READY
    c = desk.talk()
    refused = desk.api("POST", f"/conversations/{c['id']}/messages",
                       say("order_ready", "Ann", "A-1", language="en_US"))
    assert "PENDING" in fields(refused)["template.name"]

    d360.judge("order_ready", "APPROVED")
    wait_template(desk, made["id"], status="APPROVED")
    m = send(desk, c, say("order_ready", "Ann", "A-1", language="en_US"))
    assert m["content"]["text"] == \
        "Good news\nHi Ann, order A-1 waits for you."
    changes = [x for x in desk.get("/changes", after=last, limit=100)["data"]
               if x["type"] == "template.updated"]
    assert {x["id"] for x in changes} == {made["id"]} and len(changes) >= 3
    events = desk.get("/workspace-events")["data"]
    assert events[0]["value"]["event"] == "APPROVED"

    d360.judge("order_ready", "REJECTED", "INVALID_FORMAT")
    no = wait_template(desk, made["id"], status="REJECTED")
    assert no["reason"] == "INVALID_FORMAT"


def test_what_the_provider_does_not_take_is_refused_in_its_words(desk):
    d360 = desk.node.provider
    ends = {"type": "BODY", "text": "Hi {{1}}",
            "example": {"body_text": [["Ann"]]}}
    made = create(desk, components=[ends])
    no = wait_template(desk, made["id"], status="REFUSED", asked=None)
    assert "start or end" in no["error"]
    desk.node.cli("template", "sync")
    wait_for(lambda: desk.get("/templates")["numbers"][0]["read_at"])
    assert wait_template(desk, made["id"], status="REFUSED")
    again = create(desk)                    # the same name and language
    assert again["id"] == made["id"] and again["error"] is None
    wait_template(desk, made["id"], status="PENDING")
    assert desk.api("POST", "/templates", READY).json["template_id"] == \
        made["id"]
    # Made by somebody else meanwhile: the list has the last word.
    d360.templates = [*d360.templates, template("theirs")]
    theirs = create(desk, name="theirs", language="en")
    there = wait_template(desk, theirs["id"], status="APPROVED", asked=None)
    assert there["components"] == template("theirs")["components"]


def test_a_template_is_created_when_the_provider_is_back(desk):
    d360 = desk.node.provider
    # Taken, and no answer, however often it is asked.
    d360.drop(where="template_new", when="after", seconds=600)
    made = create(desk)
    path = f"/templates/{made['id']}"
    wait_for(lambda: desk.get(path)["error"])
    late = desk.get(path)
    assert (late["status"], late["asked"]) == ("SUBMITTING", "create")
    d360.clear()
    # Its list, which has it, says the rest.
    desk.node.cli("template", "sync")
    wait_template(desk, made["id"], status="PENDING")


def test_a_template_is_deleted_with_its_languages(desk):
    d360 = desk.node.provider
    d360.templates = [template("t"), template("t", language="de"), ORDER]
    ids = {(t["name"], t["language"]): t["id"]
           for t in desk.sync(3)["data"]}
    answer = desk.api("DELETE", f"/templates/{ids['t', 'en']}")
    assert answer.status == 409 and " de:" in answer.json["detail"]
    answer = desk.api("DELETE", f"/templates/{ids['t', 'en']}",
                      languages="all")
    assert answer.status == 202 and answer.json["asked"] == "delete"
    wait_for(lambda: len(desk.get("/templates")["data"]) == 1)
    assert [t["name"] for t in d360.templates] == ["order_ready"]
    gone = desk.node.cli("--json", "template", "delete",
                         str(ids["order_ready", "en_US"]))
    assert gone["asked"] == "delete"
    wait_for(lambda: not desk.get("/templates")["data"])
    assert [r.path for r in d360.requests if r.where == "template_gone"] == [
        "/v1/configs/templates/t", "/v1/configs/templates/order_ready"]
    assert desk.api("DELETE", f"/templates/{ids['t', 'en']}").status == 404
    assert desk.api("DELETE", f"/templates/{ids['t', 'en']}",
                    languages="some").status == 400


def test_a_deletion_that_is_refused_says_why(desk):
    d360 = desk.node.provider
    d360.templates = [ORDER]
    (there,) = desk.sync(1)["data"]
    d360.fail(1, 400, 100, where="template_gone", details="Not yours")
    desk.api("DELETE", f"/templates/{there['id']}")
    kept = wait_template(desk, there["id"], asked=None)
    assert kept["status"] == "APPROVED" and "Not yours" in kept["error"]


def test_what_was_never_there_is_forgotten_without_a_request(desk):
    d360 = desk.node.provider
    made = create(desk, components=[{"type": "BODY", "text": "{{1}}",
                                     "example": {"body_text": [["Ann"]]}}])
    wait_template(desk, made["id"], status="REFUSED")
    assert desk.api("DELETE", f"/templates/{made['id']}").status == 202
    wait_for(lambda: desk.api(
        "GET", f"/templates/{made['id']}").status == 404)
    assert not [r for r in d360.requests if r.where == "template_gone"]


def test_templates_are_made_at_meta_itself(d360, make_node):
    node = make_node(provider=d360, **d360.cloud_env)
    d360.use_cloud(node)
    desk = Desk(node)
    desk.talk()
    made = create(desk)
    wait_template(desk, made["id"], status="PENDING")
    assert desk.api("DELETE", f"/templates/{made['id']}").status == 202
    wait_for(lambda: not desk.get("/templates")["data"])
    paths = [r.path for r in d360.requests
             if r.where in ("template_new", "template_gone")]
    assert [p.partition("&")[0] for p in paths] == [
        f"/v23.0/{WABA}/message_templates",
        f"/v23.0/{WABA}/message_templates?name=order_ready"]


@pytest.mark.parametrize("wrong, where", [
    ({"name": "Order Ready"}, "name"),
    ({"name": None}, "name"),
    ({"language": "en-US"}, "language"),
    ({"category": "SERVICE"}, "category"),
    ({"components": []}, "components"),
    ({"components": [{"type": "FOOTER", "text": "x"}]}, "components"),
    ({"components": [{"type": "BODY", "text": "Hi {{1}}"}]},
     "components[0].example"),
    ({"phone_number_id": "999"}, "phone_number_id"),
    ({"unheard": 1}, "unheard"),
])
def test_what_cannot_be_a_template_is_named(desk, wrong, where):
    body = {k: v for k, v in {**READY, **wrong}.items() if v is not None}
    assert where in fields(desk.api("POST", "/templates", body))


def test_the_same_idempotency_key_creates_once(desk):
    head = {"Idempotency-Key": "t-1"}
    first = desk.api("POST", "/templates", READY, headers=head)
    again = desk.api("POST", "/templates", READY, headers=head)
    assert (first.status, again.status) == (202, 202)
    assert first.json["id"] == again.json["id"]
    assert first.headers["Location"] == \
        f"/api/v1/templates/{first.json['id']}"


def test_the_command_line_creates_a_template(desk):
    d360 = desk.node.provider
    said = desk.node.cli(
        "--json", "template", "create", "greeting", "Hi {{name}}, hello",
        "Ann", "--category", "utility", "--language", "de")
    assert said["status"] == "SUBMITTING"
    wait_template(desk, said["id"], status="PENDING")
    (asked,) = [r for r in d360.requests if r.where == "template_new"]
    assert json.loads(asked.body) == {
        "name": "greeting", "language": "de", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hi {{name}}, hello",
                        "example": {"body_text_named_params": [
                            {"param_name": "name", "example": "Ann"}]}}]}


# ------------------------------------------------------ a file in its header

JPEG = b"\xff\xd8\xff\xe0 a picture"
BODY = {"type": "BODY", "text": "Look at this"}


def put_file(desk, content=JPEG, type_="image/jpeg", name="a&b ü.jpg"):
    answer = upload(desk.node, ("file", name, type_, content))
    assert answer.status == 201, answer
    return answer.json["id"]


def header(id, format="IMAGE"):
    return {"type": "HEADER", "format": format, "example": {"upload": id}}


def asked(desk):
    return [r.where for r in desk.node.provider.requests
            if r.where.startswith(("example", "template_new"))]


def test_the_provider_gets_the_file_of_a_header_first(desk):
    d360 = desk.node.provider
    made = create(desk, components=[header(put_file(desk)), BODY])
    assert made["components"][0]["example"]["upload"]
    wait_template(desk, made["id"], status="PENDING", asked=None)
    ((handle, file),) = d360.examples.items()
    assert (file.content, file.name, file.mime_type) == \
        (JPEG, "a&b ü.jpg", "image/jpeg")
    (new,) = d360.templates
    assert new["components"] == [{"type": "HEADER", "format": "IMAGE",
                                  "example": {"header_handle": [handle]}}, BODY]
    assert asked(desk) == ["example_begin", "example_file", "template_new"]


def test_each_card_has_its_file_and_one_file_goes_once(desk):
    d360 = desk.node.provider
    one, two = put_file(desk), put_file(desk, JPEG * 2)
    cards = [{"components": [header(id), BODY]} for id in (one, two, one)]
    made = create(desk, components=[BODY, {"type": "CAROUSEL",
                                           "cards": cards}])
    wait_template(desk, made["id"], status="PENDING")
    first, second = d360.examples
    (new,) = d360.templates
    assert [c["components"][0]["example"]["header_handle"]
            for c in new["components"][1]["cards"]] == \
        [[first], [second], [first]]
    assert len(asked(desk)) == 5


def test_meta_itself_gets_the_file(d360, make_node):
    node = make_node(provider=d360, **d360.cloud_env)
    d360.use_cloud(node)
    desk = Desk(node)
    desk.talk()
    made = create(desk, components=[header(put_file(desk)), BODY])
    wait_template(desk, made["id"], status="PENDING")
    assert len(d360.examples) == 1


@pytest.mark.parametrize("where", ["example_begin", "example_file"])
def test_a_file_that_is_refused_makes_no_template(desk, where):
    d360 = desk.node.provider
    d360.fail(1, 400, 100, where=where, details="Not this one")
    made = create(desk, components=[header(put_file(desk)), BODY])
    no = wait_template(desk, made["id"], status="REFUSED", asked=None)
    assert "Not this one" in no["error"] and not d360.templates
    again = create(desk, components=[header(put_file(desk)), BODY])
    assert again["id"] == made["id"]
    wait_template(desk, made["id"], status="PENDING", error=None)


@pytest.mark.parametrize("where", ["example_begin", "example_file"])
@pytest.mark.parametrize("how", ["other", "no_json"])
def test_an_answer_without_a_session_or_handle_is_asked_again(
        desk, where, how):
    desk.node.provider.twist(how, where=where, seconds=600)
    made = create(desk, components=[header(put_file(desk)), BODY])
    wait_for(lambda: desk.get(f"/templates/{made['id']}")["error"])
    desk.node.provider.clear()
    desk.node.write("UPDATE templates SET asked_due_at = 1")
    wait_template(desk, made["id"], status="PENDING", error=None)
    assert len(desk.node.provider.templates) == 1


@pytest.mark.parametrize(
    "where", ["example_begin", "example_file", "template_new"])
def test_a_kill_in_between_makes_no_second_template(desk, where):
    d360 = desk.node.provider
    hold = d360.hold(where=where)
    made = create(desk, components=[header(put_file(desk)), BODY])
    hold.wait()
    desk.node.kill("waspool-process")
    hold.release()
    # What was taken before the kill is refused the second time, and the
    # list says that it is there.
    desk.node.cli("template", "sync")
    wait_template(desk, made["id"], status="PENDING", asked=None)
    assert len(d360.templates) == 1


def test_a_file_that_is_gone_is_asked_for(desk):
    d360 = desk.node.provider
    d360.fail(status=500, code=131000, where="example_begin", seconds=600)
    made = create(desk, components=[header(put_file(desk)), BODY])
    wait_for(lambda: desk.get(f"/templates/{made['id']}")["error"])
    desk.node.write("DELETE FROM uploads")
    d360.clear()
    desk.node.write("UPDATE templates SET asked_due_at = 1")
    no = wait_template(desk, made["id"], status="REFUSED")
    assert no["error"] == "the file was deleted: upload it again"


def test_a_headers_file_is_one_of_ours_and_of_its_kind(desk):
    other = put_file(desk, b"%PDF-1.4 x", "application/pdf", "a.pdf")
    for format, id, words in [("IMAGE", 777777, "not the id of an upload"),
                              ("IMAGE", other, "cannot be sent"),
                              ("VIDEO", other, "cannot be sent")]:
        wrong = fields(desk.api("POST", "/templates", {
            **READY, "components": [BODY, header(id, format)]}))
        assert list(wrong) == ["components[1].example.upload"]
        assert words in wrong["components[1].example.upload"]
    made = create(desk, components=[BODY, header(other, "DOCUMENT")])
    wait_template(desk, made["id"], status="PENDING")


def test_the_command_line_puts_a_file_above_the_text(desk, tmp_path):
    file = tmp_path / "menu.jpg"
    file.write_bytes(JPEG)
    said = desk.node.cli("--json", "template", "create", "menu", "Our menu.",
                         "--category", "utility", "--header", str(file))
    wait_template(desk, said["id"], status="PENDING")
    (example,) = desk.node.provider.examples.values()
    assert (example.content, example.name) == (JPEG, "menu.jpg")
