"""Message templates: the provider's list, and what is checked against it."""

import time

import pytest

from post import fields, send
from rig import NUMBER, envelope, new_phone, text_message, wait_for

WABA = "102290129340398"


def template(name, text="Hello", language="en", status="APPROVED", **more):
    return {"id": "9" + str(abs(hash((name, language))))[:14], "name": name,
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
        return wait_for(lambda: len(self.get("/templates", limit=100)["data"])
                        == n and self.get("/templates"))

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
