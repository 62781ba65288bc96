"""The page for people (web/): what a team keeps there, in Debian's Chromium, as
owners, admins and agents use it."""

import gzip
import os
import re
import subprocess
import time

import pytest
from selenium.common.exceptions import NoSuchElementException
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from office import Workspace, many
from rig import contact, message, new_phone, wait_for
from test_page import (  # noqa: F401, fixtures among them
    HOLD, PASSWORD, WAIT, answers, axe, browsers, go, office, sit)
from test_sign_in import code
from test_templates import Desk, template
from test_webhooks_out import local, receiver  # noqa: F401


class Shop(Desk):
    """The first workspace of NODE, whose provider is imitated."""

    def member(self, email, name, role):
        user = self.node.cli("--json", "user", "add", email, name)["id"]
        self.node.cli("member", "add", "1", email, "--role", role)
        return user, None


@pytest.fixture
def shop(d360_node):
    made = Shop(d360_node)
    made.talk()                     # now the number is known
    return made


@pytest.fixture
def ada(office, sit):   # noqa: F811
    return sit(office, role="admin", name="Ada")


@pytest.fixture
def owner(office, sit):     # noqa: F811
    return sit(office, role="owner", name="Olga")


def save(person, text="Save"):
    """Ends the form that is open."""
    person.click("dialog form .primary", text)
    person.gone("dialog form")


def row(person, text):
    """What the row says that has TEXT, which may be drawn anew any time."""
    return wait_for(lambda: next((x for x in person.texts(".settings tr")
                                  if text in x), None), WAIT)


def choose(person, css, text):
    """Of a list of choices, once it is there."""
    def find():
        for o in person.see(css).find_elements(By.TAG_NAME, "option"):
            if text in o.text:
                return o.click()
        raise NoSuchElementException(f"{text} is no choice")
    person.once(find)


def test_a_webhook_is_made_paused_and_removed(node, office, ada):  # noqa: F811
    go(ada, "programs")
    ada.see(".settings-body p", "Nothing here")
    ada.click(".settings-body .primary", "New webhook")
    ada.type("dialog [name=url]", "http://127.0.0.1:1/x")
    ada.click("dialog form .primary", "Save")
    # Refused: it stays, with what was written.
    ada.see("dialog .said", "url")
    assert ada.value("dialog [name=url]") == "http://127.0.0.1:1/x"
    ada.clear("dialog [name=url]")
    ada.type("dialog [name=url]", "https://crm.example.com/waspool")
    ada.type("dialog [name=description]", "Our <b>CRM</b>")
    ada.click("dialog .box", "message.created")
    ada.click("dialog form .primary", "Save")
    ada.see("dialog h2", "The secret")
    secret = ada.see("dialog input").get_attribute("value")
    assert secret.startswith("whsec_")
    ada.key(Keys.ESCAPE)
    ada.gone("dialog")
    ada.see(".settings td", "https://crm.example.com/waspool")
    ada.see(".settings td", "Our <b>CRM</b>")
    assert secret not in ada.driver.page_source
    made = node.api("GET", "/webhook-endpoints", token=admin(office)).json
    assert made["data"][0]["events"] == ["message.created"]
    ada.click(".settings td button", "Pause")
    ada.see(".settings td button", "Resume")
    # The keyboard goes on from there.
    ada.stands(".settings-body *")
    ada.click(".settings td button", "Not taken")
    ada.see("dialog p", "Nothing here")
    ada.key(Keys.ESCAPE)
    ada.gone("dialog")
    ada.click(".settings td button", "Actions")
    ada.click(".menu-list [role=menuitem]", "Remove")
    ada.see("dialog p", "crm.example.com")
    save(ada, "Remove")
    ada.gone(".settings td", "crm.example.com")


def test_what_a_webhook_did_not_take_is_posted_again(local, receiver, sit):  # noqa: F811
    ada = sit(Workspace(local, "Page"), role="admin", name="Ada")
    go(ada, "programs")
    ada.click(".settings-body .primary", "New webhook")
    ada.type("dialog [name=url]", receiver.url)
    ada.click("dialog form .primary", "Save")
    ada.see("dialog h2", "The secret")
    ada.key(Keys.ESCAPE)
    # The test, and no event that is on its way yet.
    refused = [500]
    receiver.answer = lambda headers, body: refused.pop() if refused and \
        body["type"] == "webhook_endpoint.test" else 204
    ada.click(".settings td button", "Actions")
    ada.click(".menu-list [role=menuitem]", "Post a test")
    ada.passes(".toast.bad", "The test was not taken")
    ada.click(".settings td button", "Not taken")
    assert "failed" in ada.see("dialog tr", "webhook_endpoint.test").text
    ada.click("dialog tr button")
    ada.see("dialog tr", "waits")
    receiver.wait(2, "webhook_endpoint.test")
    ada.key(Keys.ESCAPE)
    ada.gone("dialog")
    ada.click(".settings td button", "Actions")
    ada.click(".menu-list [role=menuitem]", "Post a test")
    ada.passes(".toast", "The test was taken")


def admin(office):  # noqa: F811
    """The token of another admin."""
    if not hasattr(office, "admin_token"):
        _, office.admin_token = office.member(
            f"adm{office.id}@example.com", "Adm", "admin")
    return office.admin_token


def test_a_template_is_made_rejected_and_deleted(shop, sit):  # noqa: F811
    d360 = shop.node.provider
    ada = sit(shop, role="admin", name="Ada")
    go(ada, "templates")
    ada.click(".settings-body button", "Read them again")
    ada.passes(".toast", "The provider is asked")
    wait_for(lambda: shop.get("/templates")["numbers"][0]["read_at"], WAIT)
    ada.click(".settings-body .primary", "New template")
    ada.type("dialog [name=name]", "order_ready")
    ada.type("dialog [name=body]", "Hi {{1}}, order {{2}} waits.")
    ada.type("dialog [name=examples]", "Ann\n4711")
    ada.type("dialog [name=footer]", "Stop any time")
    ada.type("dialog [name=replies]", "Later\nThank you")
    save(ada, "Send")
    ada.see(".settings td", "order_ready")
    # The provider's answer is seen without asking.
    ada.see(".settings td", "pending")
    made, = d360.templates
    assert made["category"] == "UTILITY" and made["language"] == "en_US"
    assert made["components"] == [
        {"type": "BODY", "text": "Hi {{1}}, order {{2}} waits.",
         "example": {"body_text": [["Ann", "4711"]]}},
        {"type": "FOOTER", "text": "Stop any time"},
        {"type": "BUTTONS", "buttons": [
            {"type": "QUICK_REPLY", "text": "Later"},
            {"type": "QUICK_REPLY", "text": "Thank you"}]}]
    d360.judge("order_ready", "REJECTED", "SCAM")
    ada.see(".settings td", "rejected · SCAM")
    ada.click(".settings td button", "Show")
    ada.see("dialog .text", "Hi {{1}}, order {{2}} waits.")
    ada.see("dialog .choice", "Thank you")
    ada.key(Keys.ESCAPE)
    ada.gone("dialog")
    ada.click(".settings td button", "Delete")
    save(ada, "Delete")
    ada.gone(".settings td", "order_ready")
    assert d360.templates == []


def test_a_broadcast_is_made_started_and_watched(shop, sit):  # noqa: F811
    d360 = shop.node.provider
    d360.auto = ["sent", "delivered"]
    d360.templates = [template("hello", "Hi {{1}}!"), template("plain")]
    shop.sync(2)
    tagged, phones = "+" + new_phone(), ["+" + new_phone() for _ in range(2)]
    shop.api("POST", "/contacts", {"phone": tagged, "name": "Ann",
                                   "tags": ["vip"]})
    vip = shop.api("POST", "/labels", {"name": "Regular"}).json
    c = shop.talk()
    shop.api("PUT", f"/conversations/{c['id']}/labels/{vip['id']}")
    ada = sit(shop, role="admin", name="Ada")
    bob = sit(shop, role="agent", name="Bob")
    go(bob, "broadcasts")
    go(ada, "broadcasts")
    ada.click(".settings-body .primary", "New broadcast")
    choose(ada, "dialog [name=id]", "hello")
    ada.click("dialog form .primary", "Continue")
    ada.type("dialog [name=name]", "Autumn")
    ada.type("dialog [name=v0]", "{{contact.name|friend}}")
    choose(ada, "dialog [name=tag]", "vip (1)")
    choose(ada, "dialog [name=label]", "Regular")
    ada.type("dialog [name=to]", "nobody0\n")
    ada.click("dialog form .primary", "Save")
    ada.see("dialog .said", "to")       # refused, and all is still there
    ada.clear("dialog [name=to]")
    ada.type("dialog [name=to]", "\n".join([*phones, phones[0], ""]))
    save(ada)
    ada.see(".settings td", "draft")
    ada.click(".settings td button", "Start")
    ada.see("dialog p", "The template of Autumn is sent")
    save(ada, "Start")
    # It is done, and seen to be, by everybody.
    for person in ada, bob:
        person.see(".settings td", "delivered 4")
        person.see(".settings td", "done")
    assert sorted(m.to for m in d360.sent) == sorted(
        [tagged, c["phone"], *phones])
    ada.click(".settings td button", "delivered 4")
    ada.see("dialog tbody tr", least=4)
    ada.click("dialog tr a", tagged)
    ada.see(".message.ours .text", "Hi Ann!")
    assert not bob.all(".settings-body button")


def test_own_fields_are_defined_and_shown_to_everybody(office, sit, ada):  # noqa: F811
    bob = sit(office, name="Bob")
    go(bob, "contacts")
    assert not bob.texts(".settings-body button.primary")[1:]
    go(ada, "contacts")
    ada.click(".settings-body .primary", "New field")
    ada.type("dialog [name=label]", "Plan")
    ada.type("dialog [name=key]", "plan")
    assert not ada.all("dialog [name=choices]")[0].is_displayed()
    choose(ada, "dialog [name=type]", "choice")
    ada.type("dialog [name=choices]", "Basic\nPremium\nBasic\n\n")
    save(ada)
    ada.see(".settings td", "choice: Basic, Premium")
    # Others see it without asking.
    bob.see(".settings td", "choice: Basic, Premium")
    ada.click(".settings td button", "Change")
    ada.clear("dialog [name=label]")
    ada.type("dialog [name=label]", "Tariff")
    save(ada)
    bob.see(".settings td", "Tariff")
    ada.click(".settings td button", "Remove")
    save(ada, "Remove")
    bob.gone(".settings td", "Tariff")


def test_contacts_are_imported_and_bad_lines_are_said(office, ada, tmp_path):  # noqa: F811
    good, bad = tmp_path / "good.csv", tmp_path / "bad.csv"
    good.write_text("phone,name,tags\n+16505550101,Ann Smith,vip\n")
    bad.write_text("phone,name\nnothing,Bob\n")
    go(ada, "contacts")
    ada.see(".settings-body h3", "Address book")
    ada.give(bad, ".settings-body input[type=file]")
    ada.passes(".toast.bad", "line 2")
    ada.give(good, ".settings-body input[type=file]")
    ada.passes(".toast", "1 added")
    ada.see(".tags li", "vip")
    assert [c["name"] for c in office.get("/contacts")["data"]] == ["Ann Smith"]


def test_a_token_is_shown_once_and_revoked(node, office, owner):  # noqa: F811
    go(owner, "programs")
    owner.see(".settings-body h3", "API tokens")
    owner.click(".settings-body .primary", "New token")
    owner.type("dialog [name=name]", "nightly")
    owner.click("dialog form .primary", "Save")
    owner.see("dialog h2", "The token")
    token = owner.see("dialog input").get_attribute("value")
    assert node.api("GET", "/me", token=token).status == 200
    owner.key(Keys.ESCAPE)
    owner.click("[aria-label='Revoke: nightly']")
    save(owner, "Revoke")
    owner.see(".settings tr", "revoked")
    assert node.api("GET", "/me", token=token).status == 401


def test_hours_have_several_spans_and_special_days(office, owner):  # noqa: F811
    def fill(css, text):
        # As a person sets a time: the format is the browser's.
        owner.see(css)
        owner.driver.execute_script(
            "const e = document.querySelectorAll(arguments[0]);"
            "const x = e[e.length - 1]; x.value = arguments[1];"
            "x.dispatchEvent(new Event('change'))", css, text)
    go(owner, "hours")
    owner.see(".week")
    for n, (begin, end) in enumerate([("09:00", "12:30"), ("14:00", "18:00")]):
        owner.click("[aria-label='Add: Monday']")
        owner.see("[aria-label='Monday: From']", least=n + 1)
        fill("[aria-label='Monday: From']", begin)
        fill("[aria-label='Monday: Until']", end)
    owner.click("[aria-label='Add: Special days']")
    fill("[aria-label='Day']", "2031-12-25")
    owner.type(".settings-body textarea", "We are closed.")
    owner.click(".settings-body .primary", "Save")
    owner.passes(".toast", "Saved")
    w = office.get("/workspace")
    assert w["opening_hours"] == {
        "weekdays": [{"day": "monday", "from": "09:00", "to": "12:30"},
                     {"day": "monday", "from": "14:00", "to": "18:00"}],
        "dates": [{"date": "2031-12-25"}]}
    assert w["automatic_answer"] == "We are closed."
    owner.click("[aria-label='Remove: Monday']")
    owner.click(".settings-body .primary", "Save")
    wait_for(lambda: len(office.get("/workspace")["opening_hours"]["weekdays"])
             == 1, WAIT)


def test_a_report_has_as_many_days_as_it_says(node, office, owner):  # noqa: F811
    """Of the workspace's zone; in one of these it is another day than here."""
    for zone in "Pacific/Kiritimati", "Pacific/Honolulu":
        node.cli("workspace", "set", office.id, "--time-zone", zone)
        go(owner, "people")
        go(owner, "reports")
        for days in 7, 90, 30:
            owner.click(".choices button", f"{days} days")
            owner.see(".choices [aria-pressed=true]", f"{days} days")
            assert len(owner.all(".chart .column")) == days, zone


def test_what_happened_says_who_did_it(node, office, owner):  # noqa: F811
    email = f"new{time.monotonic_ns()}@example.com"
    go(owner, "people")
    owner.click(".settings-body .primary", "Invite")
    owner.type("dialog [name=email]", email)
    owner.type("dialog [name=name]", "Newt", Keys.ENTER)
    owner.see("dialog h2", "The link")
    owner.key(Keys.ESCAPE)
    owner.click("[aria-label='Withdraw: Newt']")
    owner.gone("[aria-label='Withdraw: Newt']")
    go(owner, "audit")
    said = row(owner, f"{email}: agent → –")
    assert "Invitation" in said and "Olga" in said
    owner.see(".settings tr", f"{email}: – → agent")


def test_a_forgotten_password_is_chosen_anew(node, office, owner, sit):  # noqa: F811
    bob = sit(office, name="Bob")
    go(owner, "people")
    owner.click("[aria-label='New link: Bob']")
    save(owner, "New link")
    owner.see("dialog h2", "The link")
    link = owner.see("dialog input").get_attribute("value")
    bob.driver.delete_all_cookies()
    bob.driver.get("about:blank")
    bob.driver.get(link)
    bob.see(".sign-in", "Choose a password")
    bob.type("input[name=password]", "another-one-of-mine", Keys.ENTER)
    bob.see(".views")
    # The link is used up, and the old password with it.
    bob.driver.delete_all_cookies()
    bob.driver.get("about:blank")
    bob.driver.get(f"{node.url}/inbox/")
    bob.type("input[name=email]", bob.email)
    bob.type("input[name=password]", PASSWORD, Keys.ENTER)
    wait_for(lambda: any(bob.texts(".said")), WAIT)


def test_an_agent_sees_no_button_that_is_refused(office, sit):  # noqa: F811
    bob = sit(office, name="Bob")
    for section in ("people", "sorts", "replies", "numbers", "templates",
                    "broadcasts", "hours"):
        go(bob, section)
        assert bob.texts(".settings-body button") == [], section
    go(bob, "people")
    assert "Webhooks and tokens" not in bob.texts(".settings nav")[0]
    # Nor by its address.
    go(bob, "sorts")
    go(bob, "programs", shown="people")


def beside(person, name):
    person.open(name)
    person.click(".talk > .top .face")
    person.see(".details h3")


def test_two_contacts_of_one_person_become_one(office, sit):  # noqa: F811
    first = office.talk("hello", name="Sheena")
    second = office.talk("it is me again", name="Sheena at work")
    for c, name in (first, "Sheena"), (second, "Sheena Work"):
        office.api("POST", "/contacts", {"phone": c["phone"], "name": name,
                                         "tags": [name.lower()]})
    ann = sit(office)
    ann.see(".row", least=2)
    beside(ann, "Sheena Work")
    ann.click(".details button", "Merge with another contact")
    ann.see("dialog li button", first["phone"])
    ann.type("dialog input", "Nobody of that name")
    ann.see("dialog p", "Nothing found")
    ann.clear("dialog input")
    ann.type("dialog input", "Sheena")
    ann.click("dialog li button", first["phone"])
    ann.see("dialog p", "Sheena goes; Sheena Work gets")
    # Both have a phone: somebody says which stays.
    choose(ann, "dialog [name=phone]", first["phone"])
    save(ann, "Merge with another contact")
    ann.see(".details .tags li", "sheena work")
    ann.see(".details .tags li", "sheena")
    kept, = office.get("/contacts")["data"]
    assert (kept["name"], kept["phone"]) == ("Sheena Work", first["phone"])
    # The other conversation is the same contact's now.
    ann.click(".details summary", "Other conversations")
    ann.click(".details .part a", "hello")
    ann.see(".message .text", "hello")


def test_a_contact_is_changed_when_it_is_there(office, sit):   # noqa: F811
    phone = office.talk("hello", name="Sheena")["phone"]
    made = office.api("POST", "/contacts", {"phone": phone, "name": "Sheena",
                                            "email": "s@example.com"}).json
    ann = sit(office)
    ann.open("Sheena")
    ann.driver.execute_script(HOLD, "/api/v1/contacts/")
    ann.click(".talk > .top .face")
    wait_for(lambda: answers(ann), WAIT)
    # What comes meanwhile draws all that is known by then.
    office.talk("Are you there?", phone=phone[1:], name="Sheena")
    ann.see(".details button:disabled", "Merge with another contact")
    ann.see(".details [aria-label='Change: Name']:disabled")
    ann.driver.execute_script("go_on()")
    ann.see(".details .line-of", "s@example.com")
    ann.click("[aria-label='Change: E-mail']")
    ann.clear("dialog input")
    ann.type("dialog input", "nelson@example.com", Keys.ENTER)
    ann.see(".details .line-of", "nelson@example.com")
    assert office.get(f"/contacts/{made['id']}")["email"] == "nelson@example.com"
    ann.click(".details button", "Merge with another contact")
    ann.see("dialog p", "Nothing found")
    assert ann.wrong() == []


def test_a_customer_is_linked_to_somebody_who_is_known(office, sit):  # noqa: F811
    office.talk("hello", name="Sheena")
    office.api("POST", "/contacts", {"phone": "+" + new_phone(),
                                     "name": "Sheena Nelson"})
    ann = sit(office)
    beside(ann, "Sheena")
    ann.click(".details button", "Link a contact")
    ann.click("dialog li button", "Sheena Nelson")
    ann.see(".who h1", "Sheena Nelson")
    ann.click(".details summary", "History")
    ann.see(".details .part li", "Ann linked a contact")
    # What is done meanwhile stands there by itself.
    ann.click(".close-it", "Close")
    ann.see(".details .part li", "Ann closed it")
    ann.click(".details button", "Unlink the contact")
    ann.see(".details .part li", "Ann unlinked the contact")


def test_the_files_of_a_conversation_are_found(office, sit):  # noqa: F811
    phone = new_phone()
    office.deliver([
        message(phone, "document", document={
            "id": "1", "mime_type": "application/pdf", "filename": "Offer.pdf"}),
        message(phone, "text", text={"body": "that was the offer"}),
        message(phone, "image", image={
            "id": "2", "mime_type": "image/png", "caption": "<b>it</b>"})],
        [contact(phone, "Sheena")])
    ann = sit(office)
    beside(ann, "Sheena")
    ann.click(".details summary", "Files")
    ann.see(".details .part li", "Offer.pdf")
    ann.see(".details .part li", "<b>it</b>")
    assert len(ann.texts(".details .part li")) == 2
    office.deliver([message(phone, "audio", audio={
        "id": "3", "mime_type": "audio/ogg"})])
    ann.see(".details .part li", "Audio")
    ann.click(".details .part a", "Offer.pdf")
    ann.passes(".message.found", "Offer.pdf")


def test_what_the_inbox_begins_with_is_small(node):
    """Compressed as nginx does it."""
    page = node.request("GET", "/inbox/").body.decode()
    files = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    sizes = {f: len(gzip.compress(node.request("GET", "/inbox/" + f).body, 6))
             for f in files}
    assert sum(sizes.values()) < 60_000, sizes
    assert not [f for f in files if "settings" in f or "details" in f]


def test_codes_are_turned_on_and_asked_for(node, office, sit, tmp_path):  # noqa: F811
    ann = sit(office)
    go(ann, "account")
    ann.click(".settings-body .primary", "Turn on")
    ann.type("dialog [name=password]", "not this one")
    ann.click("dialog form .primary", "Continue")
    wait_for(lambda: any(ann.texts("dialog .said")), WAIT)
    ann.clear("dialog [name=password]")
    ann.type("dialog [name=password]", PASSWORD, Keys.ENTER)
    secret = ann.see("dialog code").text.replace(" ", "")
    link = ann.see("dialog .secret a").get_attribute("href")
    assert link.startswith("otpauth://totp/") and secret in link
    # A camera reads the same, in the dark, too.
    ann.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
        "features": [{"name": "prefers-color-scheme", "value": "dark"}]})
    ann.all("dialog .qr")[0].screenshot(str(tmp_path / "code.png"))
    ann.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    read = subprocess.run(["zbarimg", "-q", "--raw", tmp_path / "code.png"],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert read.stdout.decode().strip() == link
    ann.type("dialog [name=code]", code(secret), Keys.ENTER)
    ann.see(".settings-body button", "Turn off")
    ann.click(".side .face")
    ann.click(".menu-list [role=menuitem]", "Sign out")
    ann.type("input[name=email]", ann.email)
    ann.type("input[name=password]", PASSWORD, Keys.ENTER)
    ann.see(".said", "six digits")


def test_who_signs_in_after_another_sees_nothing_of_theirs(office, sit):  # noqa: F811
    office.talk("hello", name="Sheena")
    ann, bob = sit(office), sit(office, name="Bob")
    ann.open("Sheena")
    ann.type(".composer textarea", "half a sen")
    ann.click(".side .face")
    ann.click(".menu-list [role=menuitem]", "Sign out")
    ann.type("input[name=email]", bob.email)
    ann.type("input[name=password]", PASSWORD, Keys.ENTER)
    ann.open("Sheena")
    assert ann.value(".composer textarea") == ""
    go(ann, "account")
    ann.see(".settings-body p", "Bob")
    kept = ann.driver.execute_script("return JSON.stringify(localStorage)")
    assert "half" not in kept and "Ann" not in kept, kept


def test_many_are_closed_with_the_keyboard(office, sit):  # noqa: F811
    many(office, 4, int(time.time()) - 60)
    ann = sit(office)
    ann.see(".row", least=4)
    ann.driver.execute_script("document.querySelector('.list .row').focus()")
    ann.key("x")
    ann.key(Keys.ARROW_DOWN)
    ann.key(Keys.ARROW_DOWN)
    ann.key("x")
    ann.see(".bulk", "2 chosen")
    ann.key("e")
    wait_for(lambda: len(ann.rows()) == 2, WAIT)
    assert len(office.ids(state="closed")) == 2


def test_an_owner_is_told_that_the_disk_is_full(make_node, sit):  # noqa: F811
    node = make_node(WASPOOL_MIN_FREE="8192TiB")
    shop = Shop(node)
    olga = sit(shop, role="owner", name="Olga")
    olga.see(".warning", "the server refuses webhooks")
    olga.see(".warning", "disk is almost full")
    assert len(olga.texts(".warning")) == len(set(olga.texts(".warning")))
    bob = sit(shop, role="agent", name="Bob")
    bob.see(".warning", "the server refuses webhooks")
    assert "disk" not in "".join(bob.texts(".warning"))


def test_a_phone_shows_what_can_be_done(office, owner):     # noqa: F811
    office.member(f"bob{office.id}@example.com", "Bob", "agent")
    owner.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False})
    try:
        go(owner, "people")
        at = wait_for(lambda: owner.driver.execute_script(
            "return document.querySelector(\"[aria-label='Remove: Bob']\")"
            "?.getBoundingClientRect().toJSON()"), WAIT)
        assert 0 <= at["x"] and at["x"] + at["width"] <= 320
        assert owner.driver.execute_script(
            "return document.documentElement.scrollWidth") == 320
    finally:
        owner.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


if "AXE" in os.environ:
    @pytest.mark.parametrize("language", ["en", "ar"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing_in_settings(office, sit, language, scheme):  # noqa: F811
        office.talk("hello", name="Sheena")
        olga = sit(office, role="owner", name="Olga", language=language)
        olga.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        for section in ("people", "sorts", "replies", "numbers", "templates",
                        "broadcasts", "contacts", "hours", "reports",
                        "programs", "audit", "account"):
            go(olga, section)
            olga.see(".settings-body > :nth-child(2)")
            axe(olga)
        go(olga, "programs")
        olga.click(".settings-body .primary")
        olga.see("dialog form")
        axe(olga)
