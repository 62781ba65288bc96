"""Names of the address book of the phone that has one of our numbers."""

import json
import time

import pytest

from office import Workspace
from rig import contact, envelope, message, new_phone, value, wait_for


class Shop(Workspace):
    def says(self, phone, name, at=1780000000, action=None, **more):
        """An entry of the phone's address book; without a name: removed."""
        entry = {"phone_number": phone}
        if name is not None:
            entry.update(full_name=name, first_name=name[:4])
        answer = self.node.deliver(envelope(value(
            number=self.number, state_sync=[{
                "type": "contact", "contact": entry,
                "action": action or ("add" if name else "remove"),
                "metadata": {"timestamp": str(at)}, **more}]),
            field="smb_app_state_sync"))
        assert answer.status == 200
        self.node.drained()

    def past(self, phone, body="bom dia"):
        """An imported chat: nothing in it says a name."""
        self.node.deliver(envelope(value(number=self.number, history=[{
            "threads": [{"id": phone, "messages": [
                message(phone, "text", text={"body": body},
                        ts=int(time.time()) - 900000,
                        history_context={"status": "READ"})]}]}]),
            field="history"))
        self.node.drained()

    def names(self, phone):
        """phone_book_name and profile_name of the only conversation."""
        (c,) = self.get("/conversations", q=phone, status="all")["data"]
        return c["phone_book_name"], c["profile_name"]


@pytest.fixture
def shop(node):
    return Shop(node, "Padaria")


def test_an_imported_chat_has_the_name_of_the_address_book(shop):
    phone = new_phone()
    shop.says("+" + phone, "Rita Padeira")
    shop.past(phone)
    assert shop.names(phone) == ("Rita Padeira", "Rita Padeira")
    # Found by it, and called so.
    (c,) = shop.get("/conversations", q="padeira")["data"]
    assert c["phone"] == "+" + phone
    (person,) = shop.get("/search", q="padeira")["people"]
    assert (person["name"], person["conversation_id"]) == (
        "Rita Padeira", c["id"])
    # What she calls herself does not hide how we call her.
    shop.node.deliver(envelope(value(
        [message(phone, "text", text={"body": "oi"})],
        contacts=[contact(phone, ".")], number=shop.number)))
    shop.node.drained()
    assert shop.names(phone) == ("Rita Padeira", ".")
    (person,) = shop.get("/search", q="padeira")["people"]
    assert (person["name"], person["profile_name"]) == ("Rita Padeira", ".")
    # The team's contact comes first.
    made = shop.api("POST", "/contacts", {"phone": "+" + phone,
                                          "name": "Dona Rita"})
    assert made.status == 201
    (person,) = [p for p in shop.get("/search", q="padeira")["people"]
                 if p["conversation_id"] == c["id"]]
    assert person["name"] == "Dona Rita"


def test_the_newest_counts_and_what_is_removed_is_gone(shop):
    phone = new_phone()
    shop.past(phone)
    assert shop.names(phone) == (None, None)
    after = shop.get("/changes", after=0)["last_seq"]
    shop.says(phone, "Rita", 1780000010)
    assert shop.names(phone) == ("Rita", "Rita")
    news = shop.get("/changes", after=after)["data"]
    (c,) = shop.get("/conversations", q=phone, status="all")["data"]
    assert ("conversation.updated", c["id"]) in [
        (n["type"], n["id"]) for n in news]
    shop.says(phone, "Earlier", 1780000005)
    assert shop.names(phone)[0] == "Rita"
    shop.says(phone, "Rita Padeira", 1780000020)
    assert shop.names(phone)[0] == "Rita Padeira"
    shop.says(phone, None, 1780000030)
    assert shop.names(phone) == (None, None)
    shop.says(phone, "Late", 1780000025)
    assert shop.names(phone) == (None, None)
    wait_for(lambda: shop.get("/conversations", q="padeira")["data"] == [])


def test_what_is_no_entry_changes_nothing(shop):
    phone = new_phone()
    shop.past(phone)
    shop.says("no phone", "Rita")
    shop.says("", "Rita")
    shop.says(phone, "Rita", type="group")
    shop.says(phone, "", action="add")
    shop.says(phone, "Rita", contact=["Rita"])
    shop.says(phone, "Rita", contact={"phone_number": {"a": 1},
                                      "full_name": "Rita"})
    assert shop.names(phone) == (None, None)
    shop.says(phone, "R" * 5000, 1780000001)
    assert len(shop.names(phone)[0]) == 512
    shop.says(phone, "Rita", 1780000002, metadata={"timestamp": 1780000002})
    assert shop.names(phone)[0] == "Rita"


def test_another_workspace_sees_nothing_of_it(shop):
    phone, other = new_phone(), Shop(shop.node, "Other")
    shop.says(phone, "Rita Padeira")
    other.past(phone)
    assert other.names(phone) == (None, None)
    assert other.get("/conversations", q="padeira")["data"] == []


def test_the_name_goes_with_the_number(shop):
    phone, other = new_phone(), Workspace(shop.node, "Other")
    shop.says(phone, "Rita Padeira")
    shop.past(phone)
    cli = shop.node.cli
    cli("number", "move", shop.number, "--workspace", other.id)
    wait_for(lambda: [c["phone_book_name"] for c in other.get(
        "/conversations", status="all")["data"]] == ["Rita Padeira"])
    wait_for(lambda: shop.node.db(
        "SELECT DISTINCT workspace_id FROM phone_book WHERE entry = ?",
        "+" + phone) == [(int(other.id),)])


def test_the_command_line_shows_it(shop):
    phone = new_phone()
    shop.says(phone, "Rita Padeira")
    shop.past(phone)
    (row,) = shop.node.cli("--json", "conversation", "list", "--workspace",
                           shop.id)
    assert (row["phone_book_name"], row["contact"]) == ("Rita Padeira", None)


def test_who_is_erased_is_not_in_it(make_node, tmp_path):
    node, phone, never = make_node(), new_phone(), new_phone()
    shop = Shop(node, "Padaria")
    workspace = ("--workspace", shop.id)
    shop.says(phone, "Rita Padeira")
    shop.says(never, "Quarzfels")
    shop.past(phone)
    node.cli("contact", "export", "+" + never, *workspace, "--output",
             tmp_path / "never")
    all_ = json.loads((tmp_path / "never" / "export.json").read_text())
    assert all_["phone_book"] == [{
        "phone": "+" + never, "name": "Quarzfels",
        "at": "2026-05-28T20:26:40Z"}]
    node.cli("contact", "export", "+" + phone, *workspace, "--output",
             tmp_path / "rita")
    all_ = json.loads((tmp_path / "rita" / "export.json").read_text())
    assert [e["name"] for e in all_["phone_book"]] == ["Rita Padeira"]
    for who in phone, never:
        done = node.cli("--json", "contact", "erase", "+" + who, *workspace)
        assert done["state"] == "done"
    assert node.db("SELECT count(*) FROM phone_book") == [(0,)]
    for name in "Padeira", "Quarzfels":
        assert node.db("SELECT count(*) FROM workspace_events"
                       " WHERE raw LIKE ?", f"%{name}%") == [(0,)]
    # The provider delivers it once more.
    shop.says(phone, "Rita Padeira")
    assert node.db("SELECT count(*) FROM phone_book") == [(0,)]
