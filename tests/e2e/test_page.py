"""The page for people (web/), in Debian's Chromium, as a person uses it: what is
typed and clicked, and what is then seen."""

import datetime
import json
import os
import pathlib
import re
import struct
import time
import zlib

import pytest
from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException, ElementNotInteractableException,
    JavascriptException, NoSuchElementException,
    StaleElementReferenceException)
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys

from office import Workspace, many
from rig import (PATIENCE, ROOT, contact, free_port, message, new_phone,
                 wait_for)

PASSWORD = "a-password-of-mine"
WAIT = PATIENCE
# It was drawn anew, or something else stood there: nothing was done.
NOT_YET = (ElementClickInterceptedException, ElementNotInteractableException,
           NoSuchElementException, StaleElementReferenceException)


def chromium(folder):
    options = webdriver.ChromeOptions()
    options.binary_location = "/usr/bin/chromium"
    for word in ["--headless=new", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage", "--no-proxy-server",
                 "--disable-extensions", "--disable-component-update",
                 "--disable-background-networking", "--no-first-run",
                 "--use-fake-ui-for-media-stream",
                 "--use-fake-device-for-media-stream",
                 f"--user-data-dir={folder}", "--window-size=1300,900"]:
        options.add_argument(word)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    # A port of ours: what Selenium chooses may be somebody's by then.
    driver = webdriver.Chrome(
        options=options, service=Service("/usr/bin/chromedriver", free_port()))
    driver.set_script_timeout(5 * WAIT)
    driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument",
                           {"source": PASSING})
    return driver


# What is seen for a moment only is noted in the browser, so that nobody has to
# look at the right one.
PASSING = """
window.passed = [];
{
  const noted = ['.toast', '.toast.bad', '.message.found', '.answering bdi']
    .map(css => [css, new WeakMap()]);
  new MutationObserver(() => {
    for (const [css, said] of noted)
      for (const e of document.querySelectorAll(css))
        if (said.get(e) !== e.textContent && e.getClientRects().length) {
          said.set(e, e.textContent);
          passed.push([css, e.textContent]);
        }
  }).observe(document, {subtree: true, childList: true, attributes: true,
                        attributeFilter: ['class']});
}
"""
# Each is taken once.
PASSED = """
const [css, text] = arguments;
const at = passed.findIndex(p => p[0] === css && p[1].includes(text));
return at !== -1 && passed.splice(at, 1).length > 0;
"""


# In the browser, since each question of ours takes a while: what is seen once
# there is enough of it, or after a second.
SEEN = """
const [css, text, least, done] = arguments, end = performance.now() + 1000;
const look = () => {
  const found = [...document.querySelectorAll(css)].filter(e =>
    e.checkVisibility({checkVisibilityCSS: true}) && e.getClientRects().length
    && e.innerText.includes(text));
  if (found.length >= least || performance.now() > end)
    done(found);
  else
    setTimeout(look, 20);
};
look();
"""
GONE = """
const [css, text, done] = arguments, end = performance.now() + 1000;
const look = () => {
  const is = [...document.querySelectorAll(css)].some(e =>
    e.getClientRects().length && e.innerText.includes(text));
  if (!is || performance.now() > end)
    done(!is);
  else
    setTimeout(look, 20);
};
look();
"""


class Person:
    """Who sits before a browser of their own."""

    def __init__(self, driver, node):
        self.driver, self.node = driver, node

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def texts(self, css):
        """What is read there, at one moment; also what is scrolled away."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.getClientRects().length)"
            ".map(e => e.textContent)", css)

    def shown(self, css):
        """The same as it is laid out.  What see() answers may be drawn anew, and
        be no element any more, before it is asked what it says."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".filter(e => e.getClientRects().length)"
            ".map(e => e.innerText)", css)

    def tags(self, css):
        """Names of the elements that are there, at one moment."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])]"
            ".map(e => e.localName)", css)

    def ask(self, script, *args):
        """What it answers; None when another page came meanwhile."""
        try:
            return self.driver.execute_async_script(script, *args)
        except (JavascriptException, StaleElementReferenceException):
            return None

    def see(self, css, text="", least=1):
        """Waits until elements that show TEXT are seen: the first."""
        def there():
            found = self.ask(SEEN, css, text, least) or []
            return found if len(found) >= least else None
        try:
            return wait_for(there, WAIT, 0.02)[0]
        except AssertionError:
            raise AssertionError(f"{css} {text} is not seen, but: "
                                 + self.texts("body")[0][:600]) from None

    def gone(self, css, text=""):
        wait_for(lambda: self.ask(GONE, css, text), WAIT, 0.02)

    def click(self, css, text=""):
        """As soon as it can be: a click on what is disabled is none."""
        self.once(lambda: self.see(f":is({css}):not(:disabled)", text).click())

    def passes(self, css, text=""):
        """Waits until one of PASSING with TEXT was seen, since the last one."""
        wait_for(lambda: self.driver.execute_script(PASSED, css, text), WAIT)

    def once(self, do):
        """Does DO(), as soon as that can be done."""
        def done():
            try:
                do()
            except NOT_YET:
                return False
            return True
        wait_for(done, WAIT, 0.02)

    def type(self, css, text, *keys):
        self.once(lambda: self.see(css).send_keys(text, *keys))

    def clear(self, css):
        self.once(lambda: self.see(css).clear())

    def key(self, *keys):
        self.once(lambda: self.driver.switch_to.active_element.send_keys(*keys))

    def give(self, file, css=".composer input[type=file]"):
        """Chooses FILE, as in the window that the browser opens."""
        self.once(lambda: self.driver.find_element(By.CSS_SELECTOR, css)
                  .send_keys(str(file)))

    def value(self, css):
        """What is written in the field that is seen."""
        return self.driver.execute_script(
            "return [...document.querySelectorAll(arguments[0])].find(e =>"
            " e.getClientRects().length)?.value", css)

    def reads(self, css, text):
        """Waits until TEXT is written in the field."""
        try:
            wait_for(lambda: self.value(css) == text, WAIT)
        except AssertionError:
            raise AssertionError(f"{css}: {self.value(css)!r}") from None

    def stands(self, css):
        """Waits until the keyboard is there."""
        wait_for(lambda: self.driver.execute_script(
            "return document.activeElement.matches(arguments[0])", css), WAIT)

    def rows(self):
        return self.texts(".list .row .row-name")

    def messages(self):
        return self.texts(".message .text")

    def open(self, name):
        self.click(".list .row", name)
        self.see(".who h1", name)
        self.see(".message")            # then the keyboard stands below it

    def write(self, text):
        self.type(".composer textarea", text, Keys.ENTER)

    def wrong(self):
        """What the browser complains of, but for refusals of the API."""
        return [x["message"] for x in self.driver.get_log("browser")
                if x["level"] == "SEVERE" and "/api/v1/" not in x["message"]]


@pytest.fixture(scope="module")
def browsers(tmp_path_factory):
    """Makes a browser with its own cookies; they are used again."""
    free, made = [], []

    def take():
        if free:
            return free.pop()
        made.append(chromium(tmp_path_factory.mktemp("chromium")))
        return made[-1]
    yield take, free
    for b in made:
        b.quit()


@pytest.fixture
def sit(browsers):
    """sit(office, role): a member of it at a browser, signed in."""
    take, free = browsers
    used = []

    def sit_down(office, role="agent", name="Ann", language="en"):
        email = f"{name.lower()}{time.monotonic_ns()}@example.com"
        user, _ = office.member(email, name, role)
        node = office.node
        link = node.cli("--json", "user", "invite", email)["link"]
        driver = take()
        person = Person(driver, node)
        person.id, person.email, person.link = user, email, link
        used.append(driver)
        # Nothing of who sat there before.
        driver.execute_cdp_cmd("Storage.clearDataForOrigin", {
            "origin": node.url, "storageTypes": "all"})
        driver.execute_cdp_cmd("Emulation.setUserAgentOverride", {
            "userAgent": driver.execute_script("return navigator.userAgent"),
            "acceptLanguage": language})
        driver.get_log("browser")
        driver.get(f"{node.url}/inbox/#{link.partition('#')[2]}"
                   f"&password={PASSWORD}")
        person.see(".views")
        return person
    yield sit_down
    for driver in used:
        complaints = [x["message"] for x in driver.get_log("browser")
                      if x["level"] == "SEVERE"
                      and "/api/v1/" not in x["message"]
                      and "/favicon.ico" not in x["message"]]
        driver.get("about:blank")
        free.append(driver)
        assert complaints == []


@pytest.fixture
def office(node):
    return Workspace(node, "Page")


def test_a_person_signs_in_with_a_password(node, office, sit):
    ann = sit(office)
    ann.click(".side .face")
    ann.click(".menu-list [role=menuitem]", "Sign out")
    ann.see(".sign-in")
    ann.type("input[name=email]", ann.email)
    ann.type("input[name=password]", "not this one", Keys.ENTER)
    wait_for(lambda: any(ann.texts(".said")), WAIT)
    ann.clear("input[name=password]")
    ann.type("input[name=password]", PASSWORD, Keys.ENTER)
    ann.see(".views")
    # The cookie is nothing that a script can read.
    assert ann.driver.execute_script("return document.cookie") == ""


def test_a_link_chooses_a_password(node, office, sit):
    ann = sit(office)
    email = f"bea{time.monotonic_ns()}@example.com"
    office.member(email, "Bea")
    link = node.cli("--json", "user", "invite", email)["link"]
    ann.driver.delete_all_cookies()
    ann.driver.get("about:blank")
    ann.driver.get(f"{node.url}/inbox/#{link.partition('#')[2]}")
    ann.see(".sign-in", "Choose a password")
    ann.type("input[name=password]", PASSWORD, Keys.ENTER)
    ann.see(".views")
    assert "invitation" not in ann.driver.current_url


def test_a_workspace_is_left_in_every_window(node, office, sit):
    office.talk("hello", name="Sheena")
    ann, other = sit(office), Workspace(node, "Other")
    node.cli("member", "add", other.id, ann.email, "--role", "agent")
    ann.driver.refresh()                # workspaces are said at the beginning
    ann.open("Sheena")
    first = ann.driver.current_window_handle
    ann.driver.switch_to.new_window("tab")
    ann.driver.get(f"{node.url}/inbox/")
    ann.click(".side .face")
    ann.click(".menu-list [role=menuitem]", "Other")
    ann.see(".list-said", "Nothing here")
    ann.driver.close()
    ann.driver.switch_to.window(first)
    ann.see(".list-said", "Nothing here")
    ann.see(".nothing h1")              # and nothing of the other is open
    assert ann.rows() == []


NOTICES = """
window.Notification = class {
  static permission = "granted";
  constructor(title, { body }) {
    localStorage.setItem("told " + crypto.randomUUID(), body);
  }
};
"""
TOLD = """
return Object.keys(localStorage).filter(k => k.startsWith("told "))
  .map(k => localStorage.getItem(k));
"""
LOOKED_AT = """
const done = arguments[0];
navigator.locks.query().then(({held}) =>
  done(held.filter(l => l.name === 'waspool-looked-at').length));
"""


def test_what_comes_is_told_where_nobody_looks_at_any_tab(office, sit):
    phone = office.talk("first")["phone"][1:]
    ann = sit(office)
    driver = ann.driver

    def looked_at(n):
        """A tab hears a little later that it is looked at, or no longer."""
        wait_for(lambda: driver.execute_async_script(LOOKED_AT) == n, WAIT)

    ann.see(".row .row-preview", "first")
    driver.execute_script(NOTICES)
    try:
        driver.switch_to.new_window("tab")
        driver.get(f"{ann.node.url}/inbox/")
        ann.see(".row .row-preview", "first")
        driver.execute_script(NOTICES)
        second = driver.current_window_handle
        driver.switch_to.new_window("tab")
        driver.get(f"{ann.node.url}/healthz")
        looked_at(0)
        office.talk("Nobody looks.", phone=phone)
        # By each tab, with the words of this message, not of the one before.
        wait_for(lambda: len(driver.execute_script(TOLD)) == 2, WAIT)
        assert driver.execute_script(TOLD) == ["Nobody looks."] * 2
        driver.switch_to.window(second)
        ann.see(".row .row-preview", "Nobody looks.")
        looked_at(1)
        office.talk("One is looked at.", phone=phone)
        ann.see(".row .row-preview", "One is looked at.")
        # Whoever was to tell asked before this does.
        driver.execute_async_script("navigator.locks.query().then(arguments[0])")
        driver.switch_to.window(driver.window_handles[0])
        ann.see(".row .row-preview", "One is looked at.")
        driver.execute_async_script("navigator.locks.query().then(arguments[0])")
        assert len(driver.execute_script(TOLD)) == 2
    finally:
        for tab in driver.window_handles[1:]:
            driver.switch_to.window(tab)
            driver.close()
        driver.switch_to.window(driver.window_handles[0])


def test_what_a_customer_writes_appears_by_itself(office, sit):
    ann = sit(office)
    ann.see(".list-said", "Nothing here")
    office.talk("Is it *really* _blue_ `a*b*c`?"
                " See https://example.com/a?b=1.",
                name="Sheena Nelson")
    ann.see(".row .row-preview", "Is it")
    assert ann.rows() == ["Sheena Nelson"]
    said = ["Is it really blue a*b*c? See https://example.com/a?b=1."]
    assert ann.shown(".row .row-preview") == said
    assert ann.tags(".row .row-preview *") == ["strong", "em", "code"]
    wait_for(lambda: ann.driver.title.startswith("(1)"), WAIT)
    ann.open("Sheena")
    assert ann.shown(".message .text") == said
    assert ann.tags(".message .text *") == ["strong", "em", "code", "a"]
    # Who looks at it has read it.
    ann.gone(".row.unread")
    wait_for(lambda: office.get("/conversations")["data"][0]["is_read"])


def test_what_a_message_says_is_said_in_words(office, sit):
    phone = new_phone()

    def item(price, currency):
        return {"product_retailer_id": "tea", "quantity": 2,
                "item_price": price, "currency": currency}

    def form(body, answers, name="flow"):
        return message(phone, "interactive", interactive={
            "type": "nfm_reply", "nfm_reply": {
                "name": name, "body": body,
                "response_json": json.dumps(answers)}})
    office.deliver([
        form("Enviado", {"flow_token": "T", "first_name": "Ann", "extras":
                         ["milk", "sugar"], "left_open": None}),
        form("Sent", {"screen_0_How_was_it_0": "0_Excellent"}),
        form("Sent", ["Tea", "Milk"]),
        form("Rua Augusta 1, Lisboa", {"values": {"city": "Lisboa"}},
             "address_message"),
        message(phone, "order", order={"product_items": [item(1, "EUR")]}),
        message(phone, "order", order={
            "product_items": [item(1, "EUR"), item(1, "BRL")]}),
        message(phone, "unsupported", unsupported={"type": "poll_creation"}),
        message(phone, "unsupported", unsupported={"type": "newest_thing"}),
        message(phone, "request_welcome"),
    ], [contact(phone, "Wendy")])
    ann = sit(office)
    ann.open("Wendy")
    ann.see(".message", least=9)
    said = [re.sub(r"\s+", " ", text).strip().rsplit(" ", 2)[0]
            for text in ann.shown(".message .bubble")]
    assert said == [
        "Form first name Ann extras milk, sugar", "Form How was it Excellent",
        "Form Tea, Milk", "Rua Augusta 1, Lisboa", "2 × tea €1.00 Total €2.00",
        "2 × tea €1.00 2 × tea R$1.00", "Poll: open it on the phone",
        "newest thing: open it on the phone", "Opened the chat"]
    office.talk("So:\n```\nx = 1\n```", phone=phone)
    ann.see(".row .row-preview code")
    assert ann.shown(".row .row-preview code") == ["x = 1"]


def test_an_answer_is_sent(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    ann.write("Good morning")
    ann.see(".message.ours .text", "Good morning")
    ann.see(".message.ours .ticks")
    ann.see(".row .row-author", "You")
    assert ann.value(".composer textarea") == ""


def test_markup_of_a_customer_stays_text(office, sit):
    bad = '<img src=x onerror="document.title=1"><b>bold</b> ```<i>```'
    office.talk(bad, name="<b>Bob</b> & Co")
    ann = sit(office)
    ann.open("<b>Bob</b> & Co")
    assert ann.shown(".message .text") == [
        '<img src=x onerror="document.title=1"><b>bold</b> <i>']
    assert not ann.all(".message .text img, .message .text b")


def test_a_text_of_many_marks_is_shown_all_the_same(office, sit):
    texts = ["*a* " * 16000, "*a *b " * 10000]
    phone = new_phone()
    office.deliver([message(phone, "text", ts=int(time.time()) - 60 + i,
                            text={"body": x}) for i, x in enumerate(texts)])
    ann = sit(office)
    ann.click(".list .row")
    wait_for(lambda: ann.driver.execute_script(
        "return document.querySelectorAll('.message .text strong').length")
        == 16000, WAIT)
    assert ann.messages() == ["a " * 16000, "*a *b " * 10000]


def test_no_message_is_empty_and_no_name_turns_letters(office, sit):
    phone = new_phone()
    office.deliver([
        message(phone, "contacts", contacts=[]),
        message(phone, "hologram", hologram={}),
        message(phone, "reaction", reaction={
            "message_id": "wamid.before-us", "emoji": "👍"}),
        message(phone, "order", order={"product_items": [
            {"product_retailer_id": "a"}]}),
        message(phone, "document", document={
            "id": "1", "mime_type": "application/pdf",
            "filename": "\u202efdp.exe"})],
        [contact(phone, "\u202eSheena\u2067")])
    ann = sit(office)
    ann.see(".row .row-name", "Sheena")
    assert ann.rows() == ["Sheena"]
    ann.open("Sheena")
    ann.see(".bubble", least=5)
    shown = ann.texts(".bubble")
    assert "Contact: open it on the phone" in shown[0]
    assert "hologram: open it on the phone" in shown[1] \
        or "Message: open it on the phone" in shown[1]
    assert "👍" in shown[2] and "An earlier message" in shown[2]
    assert "undefined" not in shown[3] and "NaN" not in shown[3]
    assert "fdp.exe" in shown[4] and "\u202e" not in shown[4]


def test_notes_cannot_be_taken_for_answers(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    ann.click("[aria-label='Write a private note']")
    ann.see(".composer.noting .composer-said", "the customer does not see")
    ann.write("He called twice")
    ann.see(".message.note .text", "He called twice")
    ann.gone(".composer.noting .composer-said")
    c = office.get("/conversations")["data"][0]
    assert c["last_message_preview"] == "hello"
    notes = office.get(f"/conversations/{c['id']}/activities")["data"]
    assert [n["text"] for n in notes] == ["He called twice"]


def test_a_note_that_is_left_is_never_sent_to_the_customer(office, sit):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.open("Customer 0")
    ann.type(".composer textarea", "Dear customer")
    ann.click("[aria-label='Write a private note']")
    written = ann.see(".composer.noting textarea")
    assert written.get_attribute("value") == ""
    written.send_keys("He is rude", Keys.ESCAPE)
    ann.gone(".composer.noting")
    assert written.get_attribute("value") == "Dear customer"
    # Neither is lost while another conversation is looked at.
    ann.click("[aria-label='Write a private note']")
    ann.open("Customer 1")
    assert not ann.all(".composer.noting")
    ann.open("Customer 0")
    ann.see(".composer.noting textarea")
    ann.write("")
    ann.see(".message.note .text", "He is rude")
    ann.reads(".composer textarea", "Dear customer")
    assert ann.texts(".message.ours") == []


def test_a_page_that_was_left_holds_no_connection(node, office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    for _ in range(7):
        ann.driver.get("about:blank")
        ann.driver.get(f"{node.url}/inbox/")
        ann.see(".list .row", "Sheena")
    ann.open("Sheena")
    ann.see(".message .text", "hello")
    # And who comes back to it hears what is new.
    ann.driver.get("about:blank")
    ann.driver.back()
    office.talk("I am new", name="Norbert")
    ann.see(".list .row", "Norbert")


@pytest.fixture
def tabs(node):
    """tabs(person, n): n more of the page; the first one is left at the end."""
    used = []

    def more(person, n):
        used.append((person.driver, person.driver.current_window_handle))
        for _ in range(n):
            person.driver.switch_to.new_window("tab")
            person.driver.get(f"{node.url}/inbox/")
            person.see(".views")
        return person.driver.window_handles
    yield more
    for driver, first in used:
        for handle in driver.window_handles:
            if handle != first:
                driver.switch_to.window(handle)
                driver.close()
        driver.switch_to.window(first)


def test_ten_tabs_hear_by_one_connection(node, office, sit, tabs):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    # A browser has six connections, so that the seventh would hear nothing.
    for handle in tabs(ann, 9):
        ann.driver.switch_to.window(handle)
        ann.see(".row", "Sheena")
    office.talk("I am new", name="Norbert")
    for handle in ann.driver.window_handles:
        ann.driver.switch_to.window(handle)
        ann.see(".row", "Norbert")


LOOKS = "document.dispatchEvent(new Event('visibilitychange'));"
# Says nothing to other tabs, as one does that sleeps, until go_on().
SLEEP = """
const { postMessage } = BroadcastChannel.prototype;
BroadcastChannel.prototype.postMessage = () => {};
window.go_on = () => { BroadcastChannel.prototype.postMessage = postMessage; };
"""


def test_another_tab_goes_on_when_the_one_that_heard_is_gone(office, sit, tabs):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.see(".row", "Sheena")
    first, second, third, fourth = tabs(ann, 3)
    # The first that heard goes elsewhere, the second sleeps.
    ann.driver.switch_to.window(first)
    ann.driver.get("about:blank")
    ann.driver.switch_to.window(fourth)
    office.talk("I am new", name="Norbert")
    ann.see(".row", "Norbert")
    ann.driver.switch_to.window(second)
    ann.see(".row", "Norbert")
    ann.driver.execute_script(SLEEP)
    ann.driver.switch_to.window(fourth)
    office.talk("Me too", name="Olga")
    ann.driver.execute_script(LOOKS * 4)
    ann.see(".row", "Olga")
    ann.gone(".stale")
    # And who slept is one of them again.
    ann.driver.switch_to.window(second)
    ann.driver.execute_script("go_on();" + LOOKS)
    office.talk("And me", name="Peter")
    for handle in second, third, fourth:
        ann.driver.switch_to.window(handle)
        ann.see(".row", "Peter")
        wait_for(lambda: sorted(ann.rows())
                 == ["Norbert", "Olga", "Peter", "Sheena"], WAIT)


# The first stream is lost without a word: it hears nothing, and does not end.
DEAF = """
const Stream = EventSource;
let first = true;
window.EventSource = class extends Stream {
  addEventListener(...a) {
    if (!this.deaf)
      super.addEventListener(...a);
  }
  constructor(...a) {
    super(...a);
    this.deaf = first;
    first = false;
  }
};
"""


def test_a_connection_that_is_lost_without_a_word_is_made_anew(office, sit):
    ann = sit(office)
    made = ann.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": DEAF})
    try:
        ann.driver.refresh()
        ann.see(".list-said", "Nothing here")
        office.talk("hello", name="Sheena")
        ann.driver.execute_script(LOOKS)
        ann.see(".row", "Sheena")
    finally:
        ann.driver.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", made)


def test_two_people_see_what_the_other_does(office, sit):
    office.talk("hello", name="Sheena")
    ann, bob = sit(office), sit(office, name="Bob")
    for p in ann, bob:
        p.open("Sheena")
    ann.click(".assign")
    ann.click(".menu-list [role=menuitem]", "To me")
    bob.see(".assign", "Ann")
    bob.see(".line", "Ann assigned it to Ann")
    bob.write("I have it")
    ann.see(".message.ours .author", "Bob")
    bob.click(".close-it", "Close")
    ann.see(".who p", "closed")
    ann.gone(".row:not(.opened)")


def test_one_sees_who_is_answering(office, sit):
    office.talk("hello", name="Sheena")
    ann, bob = sit(office), sit(office, name="Bob")
    for p in ann, bob:
        p.open("Sheena")
    ann.type(".composer textarea", "I have")
    bob.passes(".answering bdi", "Ann is answering")
    assert ann.texts(".answering") in ([], [""])
    ann.key(" it", Keys.ENTER)
    bob.see(".message .text", "I have it")
    bob.gone(".answering", "Ann")


def test_a_number_in_trouble_is_told_to_everybody(node, office, sit):
    ann = sit(office)
    health = {"can_send": "BLOCKED", "quality_rating": "RED", "problems": [
        {"of": "WABA", "code": 141006, "text": "No payment method",
         "solution": "Add one"}], "messaging_limit": "TIER_1K",
        "verified_name": "Jaspers", "name_status": None, "status": None,
        "throughput": None}
    node.write("UPDATE numbers SET health_at = 1, health = '"
               + json.dumps(health) + "', health_due_at = 9999999999"
               f" WHERE phone_number_id = '{office.number}'")
    ann.see(".warning", "does not send: No payment method Add one")
    ann.see(".warning", "customers rate it low")
    go(ann, "numbers")
    ann.see(".settings section", "Jaspers")
    row, = [s for s in ann.shown(".settings section") if "Jaspers" in s]
    assert "RED" in row and "TIER_1K" in row and "No payment" in row


def test_a_phone_has_room_for_all_that_matters(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
        "width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": False})
    try:
        ann.open("Sheena")
        network(ann, offline=True)
        ann.see(".stale")
        network(ann, offline=False)
        ann.gone(".stale")
        assert ann.driver.execute_script(
            "return document.documentElement.scrollWidth") == 320
        assert ann.driver.execute_script(
            "const h = document.querySelector('.who h1');"
            "return h.textContent === 'Sheena' && h.scrollWidth"
            " <= h.clientWidth")
        ann.click(".talk > .top [aria-label=Actions]")
        ann.click(".menu-list [role=menuitem]", "Close")
        ann.see(".who p", "closed")
    finally:
        ann.driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_views_show_what_belongs_to_them(office, sit):
    many(office, 3, int(time.time()) - 60)
    ann = sit(office)
    ann.see(".row", least=3)
    ann.open("Customer 1")
    ann.click(".assign")
    ann.click(".menu-list [role=menuitem]", "To me")
    ann.click(".views button", "Mine")
    wait_for(lambda: ann.rows() == ["Customer 1"], WAIT)
    ann.click(".views button", "Unassigned")
    wait_for(lambda: ann.rows() == ["Customer 2", "Customer 0"], WAIT)
    ann.click("[title=Snooze]")
    ann.click(".menu-list [role=menuitem]", "Tomorrow")
    ann.click(".views button", "Snoozed")
    wait_for(lambda: ann.rows() == ["Customer 1"], WAIT)


def test_search_finds_people_and_messages_and_goes_there(office, sit):
    phone = new_phone()
    then = int(time.time()) - 9000
    office.deliver([message(phone, "text", ts=then + i, text={
        "body": "the aubergine is ripe" if i == 10 else f"line {i}"})
        for i in range(120)])
    office.talk("nothing", name="Aubergine Ltd")
    ann = sit(office)
    ann.see(".row", least=2)
    ann.type("input.search", "auber")
    ann.see(".results .row-name", "Aubergine Ltd")
    ann.see(".results mark", "auber")
    ann.click(".results .row .row-text", "aubergine is")
    ann.passes(".message.found", "aubergine")
    ann.see(".message mark", "auber")
    assert "line 9" in ann.messages()
    # From there the newest is one click away.
    ann.key(Keys.ESCAPE)


# What is asked of addresses that begin with arguments[0], the first arguments[1]
# times, is counted when its answer is there, which the page hears when go_on()
# was called.
HOLD = """
const real = fetch, going = new Promise(r => { window.go_on = r; });
let left = arguments[1] ?? Infinity;
window.answers = 0;
window.fetch = (...a) => String(a[0]).startsWith(arguments[0]) && left-- > 0
  ? real(...a).finally(() => { answers++; return going; }) : real(...a);
"""
# The same; go_on(at) makes each a conversation that was changed AT.
HOLD_OF = """
const real = fetch, going = new Promise(r => { window.go_on = r; });
window.answers = 0;
window.fetch = async (...a) => {
  const answer = await real(...a);
  if (!String(a[0]).startsWith(arguments[0]))
    return answer;
  const text = await answer.text();
  answers++;
  const at = await going;
  return new Response(text.replace(/"updated_at":"[^"]*"/g, `"updated_at":"${at}"`),
    { headers: answer.headers });
};
"""
FRAMES = """
const next = n => n ? requestAnimationFrame(() => next(n - 1)) : arguments[0]();
next(20);
"""
DOWN = """
const list = document.querySelector('.list');
list.scrollTop = list.scrollHeight;
"""


def answers(person):
    return person.driver.execute_script("return answers")


def test_what_comes_while_a_view_is_read_is_in_it(office, sit):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.see(".row", least=2)
    ann.driver.execute_script(HOLD, "/api/v1/conversations?")
    ann.click(".views button", "Unassigned")
    wait_for(lambda: answers(ann), WAIT)
    office.talk("I am new", name="Norbert")
    ann.see(".list .row", "Norbert")
    ann.driver.execute_script("go_on()")
    ann.driver.execute_async_script(FRAMES)
    wait_for(lambda: set(ann.rows()) == {"Norbert", "Customer 1", "Customer 0"},
             WAIT)
    ann.see("li[aria-posinset='1'] .row-name", "Norbert")


def test_what_was_heard_is_newer_than_a_list_of_the_same_second(office, sit):
    c = office.talk("first")
    ann = sit(office)
    ann.see(".row .row-preview", "first")
    ann.driver.execute_script(HOLD_OF, "/api/v1/conversations?")
    ann.click(".views button", "Unassigned")
    wait_for(lambda: answers(ann), WAIT)
    office.talk("second", phone=c["phone"][1:])
    ann.see(".row .row-preview", "second")
    at = office.get(f"/conversations/{c['id']}")["updated_at"]
    ann.driver.execute_script("go_on(arguments[0])", at)
    ann.driver.execute_async_script(FRAMES)
    assert ann.texts(".row .row-preview") == ["second"]


def test_what_comes_while_a_conversation_is_read_is_in_it(office, sit):
    c = office.talk("first", name="Sheena")
    ann = sit(office)
    ann.see(".row .row-preview", "first")
    ann.driver.execute_script(HOLD, f"/api/v1/conversations/{c['id']}/messages")
    ann.click(".list .row", "Sheena")
    wait_for(lambda: answers(ann), WAIT)
    office.talk("second", phone=c["phone"][1:])
    ann.see(".message .text", "second")
    ann.driver.execute_script("go_on()")
    ann.see(".message .text", "first")
    ann.driver.execute_async_script(FRAMES)
    assert ann.messages() == ["first", "second"]


def test_what_was_asked_last_is_taken_whichever_comes_last(office, sit):
    _, admin = office.member(f"f{office.id}@example.com", "Ada", "admin")
    ann = sit(office)
    go(ann, "sorts")
    ann.driver.execute_script(HOLD, "/api/v1/labels", 1)
    office.api("POST", "/labels", {"name": "Refund"}, token=admin)
    wait_for(lambda: answers(ann), WAIT)
    office.api("POST", "/labels", {"name": "Repair"}, token=admin)
    ann.see(".settings td", "Repair")
    ann.driver.execute_script("go_on()")
    ann.driver.execute_async_script(FRAMES)
    ann.see(".settings td", "Refund")
    ann.see(".settings td", "Repair")


def test_a_page_that_was_refused_is_asked_for_when_somebody_wants(office, sit):
    many(office, 60, int(time.time()) - 90)
    ann = sit(office)
    ann.see(".row", "Customer 59")
    network(ann, offline=True)
    ann.driver.execute_script(HOLD + "go_on();", "/api/v1/conversations?")

    def down(seen):
        ann.driver.execute_script(DOWN)
        return seen()
    wait_for(lambda: down(lambda: ann.texts(".list-said button")), WAIT)
    ann.driver.execute_async_script(FRAMES)
    assert answers(ann) == 1
    network(ann, offline=False)
    ann.click(".list-said button", "Try again")
    wait_for(lambda: down(lambda: "Customer 0" in ann.rows()), WAIT)


# The next two lists are refused as if nobody were signed in; streams that are
# opened are counted.
TWICE = """
const real = fetch, Stream = EventSource;
let left = 2;
window.streams = 0;
window.EventSource = class extends Stream {
  constructor(...a) { super(...a); streams++; }
};
window.fetch = (...a) => left && String(a[0]).startsWith('/api/v1/conversations?')
  ? (left--, Promise.resolve(new Response('{}', {status: 401}))) : real(...a);
for (const name of ['mine', 'all'])
  document.querySelector(`[data-view=${name}]`).click();
"""


def test_a_session_that_ends_twice_begins_once(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.see(".row", "Sheena")
    ann.driver.execute_script(TWICE)
    wait_for(lambda: ann.driver.execute_script("return streams"), WAIT)
    ann.see(".row", "Sheena")
    ann.driver.execute_async_script(FRAMES)
    assert ann.driver.execute_script("return streams") == 1


def test_what_was_searched_before_never_covers_what_is(office, sit):
    office.talk("aubergine", name="Sheena")
    office.talk("banana", name="Norbert")
    ann = sit(office)
    ann.see(".row", least=2)
    # What is known of them is forgotten, so that their rows are asked for.
    ann.click(".views button", "Closed")
    ann.see(".list-said", "Nothing here")
    ann.driver.refresh()
    ann.see(".list-said", "Nothing here")
    ann.driver.execute_script(HOLD, "/api/v1/conversations/")
    ann.type("input.search", "aubergine")
    wait_for(lambda: answers(ann), WAIT)
    ann.clear("input.search")
    ann.type("input.search", "Norbert")
    ann.see(".results .row-name", "Norbert")
    ann.driver.execute_script("go_on()")
    ann.driver.execute_async_script(FRAMES)
    assert ann.texts(".results mark") == []


def test_a_long_conversation_is_read_as_it_is_scrolled(office, sit):
    phone = new_phone()
    then = int(time.time()) - 9000
    office.deliver([message(phone, "text", ts=then + i, text={
        "body": f"line {i}"}) for i in range(130)])
    ann = sit(office)
    ann.click(".list .row")
    ann.see(".message .text", "line 129")
    assert "line 0" not in ann.messages()
    to_the_top(ann)
    assert ann.messages() == [f"line {i}" for i in range(130)]


def to_the_top(person):
    def up():
        person.driver.execute_script(
            "document.querySelector('.scroll').scrollTop = 0")
        return "line 0" in person.messages()
    wait_for(up, 3 * WAIT, 0.05)


def test_what_is_far_above_the_end_is_read_again(office, sit):
    phone, then = new_phone(), int(time.time()) - 9000
    office.deliver([message(phone, "text", ts=then + i, text={
        "body": f"line {i}"}) for i in range(405)])
    ann = sit(office)
    ann.click(".list .row")
    ann.see(".message .text", "line 404")
    to_the_top(ann)
    ann.driver.execute_script("const s = document.querySelector('.scroll');"
                              "s.scrollTop = s.scrollHeight")
    ann.driver.execute_async_script(FRAMES)
    office.talk("line 405", phone=phone)
    ann.see(".message .text", "line 405")
    wait_for(lambda: ann.messages() == [f"line {i}" for i in range(206, 406)],
             WAIT)
    to_the_top(ann)
    assert ann.messages() == [f"line {i}" for i in range(406)]


SAID = """
const [line] = document.querySelectorAll('.thread [role=status]');
window.said = [];
new MutationObserver(() => said.push(line.textContent))
  .observe(line, {childList: true});
"""


def test_what_arrives_is_read_out_and_many_as_one(office, sit):
    phone, then = new_phone(), int(time.time()) - 60
    office.talk("hello", phone=phone, name="Sheena", ts=then)
    ann = sit(office)
    ann.open("Sheena")
    ann.see(".message .text", "hello")
    ann.driver.execute_script(SAID)
    office.talk("Is it blue?", phone=phone, ts=then + 1)
    wait_for(lambda: ann.driver.execute_script("return said")
             == ["Is it blue?"], WAIT)
    office.deliver([message(phone, "text", ts=then + 2 + i, text={
        "body": f"line {i}"}) for i in range(40)])
    ann.see(".message .text", "line 39")

    def numbers():
        return [int((re.match(r"New messages: (\d+)$", x) or [0, 1])[1])
                for x in ann.driver.execute_script("return said")[1:]]
    wait_for(lambda: sum(numbers()) == 40, WAIT)
    assert len(numbers()) < 20
    assert ann.see(".messages").get_attribute("aria-live") == "off"


REST = """
const s = document.querySelector('.scroll');
return s.scrollHeight - s.scrollTop - s.clientHeight;
"""


def test_a_conversation_is_shown_at_its_end_and_stays_there(office, sit):
    phone, then = new_phone(), int(time.time()) - 9000
    office.deliver([message(phone, "text", ts=then + i, text={
        "body": f"line {i} " + "which is long. " * (i % 40)})
        for i in range(60)], [contact(phone, "Sheena")])
    ann = sit(office)
    ann.open("Sheena")
    ann.see(".message .text", "line 59")

    def at_end():
        ann.driver.execute_async_script(FRAMES)
        return ann.driver.execute_script(REST) < 2
    wait_for(at_end, WAIT)
    for width in 400, 1300:
        ann.driver.set_window_size(width, 900)
        wait_for(at_end, WAIT)
    ann.type(".composer textarea", "a\nb\nc\nd".replace(
        "\n", Keys.SHIFT + Keys.ENTER + Keys.NULL))
    wait_for(at_end, WAIT)
    # Who reads above is left there.
    ann.driver.execute_script("document.querySelector('.scroll').scrollTop -= 300")
    ann.driver.execute_async_script(FRAMES)
    office.talk("I am new", phone=phone)
    ann.see(".newest")
    assert ann.driver.execute_script(REST) > 200


def test_what_is_written_outlives_the_session(node, office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    ann.click("[aria-label='Write a private note']")
    ann.type(".composer.noting textarea", "He called twice", Keys.ESCAPE)
    # The session has ended when an answer is pasted.
    ann.driver.delete_all_cookies()
    ann.driver.execute_script("const e = arguments[0]; e.value = 'Dear customer';"
                              "e.dispatchEvent(new Event('input'));",
                              ann.see(".composer textarea"))
    ann.see(".sign-in")
    ann.type("input[name=email]", ann.email)
    ann.type("input[name=password]", PASSWORD, Keys.ENTER)
    ann.see(".who h1", "Sheena")
    ann.reads(".composer.noting textarea", "He called twice")
    ann.type(".composer textarea", Keys.ESCAPE)
    ann.reads(".composer textarea", "Dear customer")
    assert ann.texts(".message.ours") == []


def test_windows_close_by_the_servers_clock(office, sit):
    office.talk("just now", name="Sheena")
    ann = sit(office)
    made = ann.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source":
            "{ const real = Date.now.bind(Date);"
            " Date.now = () => real() + 30 * 3600000; }"})
    try:
        ann.driver.refresh()
        ann.open("Sheena")
        ann.write("Your computer is 30 hours ahead")
        ann.see(".message.ours .text", "30 hours")
        ann.click("[title=Snooze]")
        ann.click(".menu-list [role=menuitem]", "In an hour")
        ann.see(".who p", "snoozed")
    finally:
        ann.driver.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", made)
    c = office.get("/conversations", state="snoozed")["data"][0]
    until = datetime.datetime.fromisoformat(c["snoozed_until"])
    assert 3000 < until.timestamp() - time.time() < 4000


# What is done from time to time can be done now.
TICKS = """
window.ticks = [];
const real = setInterval;
window.setInterval = (f, ...a) => { ticks.push(f); return real(f, ...a); };
"""
A_DAY_LATER = """
const real = Date.now;
Date.now = () => real.call(Date) + 86400000;
ticks.forEach(f => f());
return [...document.querySelectorAll('.messages .day')].map(e => e.textContent);
"""


def test_today_is_yesterday_when_a_conversation_stays_open(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    made = ann.driver.execute_cdp_cmd(
        "Page.addScriptToEvaluateOnNewDocument", {"source": TICKS})
    try:
        ann.driver.refresh()
        ann.open("Sheena")
        before, = ann.texts(".messages .day")
        after, = ann.driver.execute_script(A_DAY_LATER)
        assert (before, after) == ("today", "yesterday") or \
            (before == "yesterday" and after.endswith("day"))   # midnight, just now
    finally:
        ann.driver.execute_cdp_cmd(
            "Page.removeScriptToEvaluateOnNewDocument", made)


def test_an_answer_leaves_no_gap_behind_what_was_read(office, sit):
    phone, then = new_phone(), int(time.time()) - 9000
    office.deliver([message(phone, "text", ts=then + i, text={
        "body": f"line {i}"}) for i in range(200)], [contact(phone, "Sheena")])
    c = office.get("/conversations")["data"][0]["id"]
    first = office.get(f"/conversations/{c}/messages",
                       limit=100)["data"][-1]["id"] - 90
    ann = sit(office)
    ann.see(".row", "Sheena")
    ann.driver.execute_script(f"location.hash = '#/{c}/{first}'")
    ann.see(".message .text")
    ann.driver.execute_script(
        HOLD, f"/api/v1/conversations/{c}/messages?limit=50&after")

    def asked():    # what is found takes its place when all is drawn
        ann.driver.execute_script("const s = document.querySelector('.scroll');"
                                  "s.scrollTop = s.scrollHeight")
        return answers(ann)
    wait_for(asked, WAIT)
    ann.write("An answer")
    ann.see(".message.ours .ticks")
    ann.driver.execute_script("go_on()")
    ann.driver.execute_async_script(FRAMES)
    wait_for(lambda: ann.messages() == [f"line {i}" for i in range(150, 200)]
             + ["An answer"], WAIT)


def test_a_closed_window_leaves_templates_only(office, sit):
    office.talk("long ago", name="Sheena", ts=int(time.time()) - 90000)
    ann = sit(office)
    ann.open("Sheena")
    ann.see(".composer-said", "only a template")
    assert not ann.see(".composer textarea").is_enabled()


def test_a_file_is_shown_and_sent_with_its_name(office, sit, tmp_path):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    file = tmp_path / "Offer Ü.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    ann.give(file)
    ann.see(".message.ours .bubble", "Offer Ü.pdf")


def test_what_is_written_beside_a_file_is_sent_once(office, sit, tmp_path):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.open("Customer 0")
    for name, data, text in (
            ("a.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n", "Our offer"),
            ("a.mp3", b"ID3\x04" + bytes(6) + b"\xff\xfb\x90\x00" + bytes(413),
             "Listen")):
        file = tmp_path / name
        file.write_bytes(data)
        ann.type(".composer textarea", text)
        # It is a draft by now.
        ann.open("Customer 1")
        ann.open("Customer 0")
        ann.reads(".composer textarea", text)
        ann.give(file)
        ann.see(".message.ours .text", text)
        ann.gone(".message.sending .bubble")
        ann.open("Customer 1")
        ann.open("Customer 0")
        ann.see(".message.ours .text", text)
        ann.driver.execute_async_script(FRAMES)
        assert ann.value(".composer textarea") == ""


def test_a_voice_message_is_recorded(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    ann.click("[aria-label='Record a voice message']")
    ann.see(".recorder [role=timer]", "0:01")
    ann.click(".recorder .send")
    ann.see(".message.ours[data-type=audio]")
    c = office.get("/conversations")["data"][0]
    m = office.get(f"/conversations/{c['id']}/messages")["data"][0]
    # Opus in Ogg, as its upload was judged: WhatsApp plays nothing else as a
    # voice.
    assert m["type"] == "audio"
    assert m["content"]["voice"] is True, m["content"]
    # Escape throws the next one away.
    ann.click("[aria-label='Record a voice message']")
    ann.see(".recorder [role=timer]", "0:01")
    ann.key(Keys.ESCAPE)
    ann.gone(".recorder")
    assert len(office.get(f"/conversations/{c['id']}/messages")["data"]) == 2


def png(width, height):
    def chunk(type_, data):
        return (struct.pack(">I", len(data)) + type_ + data
                + struct.pack(">I", zlib.crc32(type_ + data)))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head)
            + chunk(b"IDAT", rows) + chunk(b"IEND", b""))


def test_there_is_room_for_a_picture_before_it_is_there(office, sit, tmp_path):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    file = tmp_path / "wide.png"
    file.write_bytes(png(1200, 800))
    ann.driver.execute_cdp_cmd("Network.enable", {})
    ann.driver.execute_cdp_cmd("Network.setBlockedURLs",
                               {"urls": ["*/messages/*/media"]})
    ann.give(file)
    ann.see(".message.ours img")
    size = "const e = document.querySelector('.message.ours img'); return "
    assert ann.driver.execute_script(
        size + "[e.naturalWidth, e.getAttribute('width'),"
        " e.getAttribute('height')]") == [0, "510", "340"]
    ann.driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    ann.driver.refresh()
    wait_for(lambda: ann.driver.execute_script(
        size + "e && e.naturalWidth && [e.width, e.height]") == [510, 340],
        WAIT)


def test_lines_of_code_stand_by_themselves(office, sit):
    office.talk("so:\n```\nfor x in y:\n    z\n```", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    assert ann.texts(".message code") == ["for x in y:\n    z"]


def test_what_could_not_be_sent_stays_and_is_sent_later(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    network(ann, offline=True)
    ann.write("Are you there?")
    ann.see(".message.sending .failure", "Not sent")
    ann.see(".stale")
    network(ann, offline=False)
    ann.click(".message.sending .failure button", "Try again")
    ann.gone(".message.sending .text")
    ann.gone(".stale")
    c = office.get("/conversations")["data"][0]
    sent = [m for m in office.get(f"/conversations/{c['id']}/messages")["data"]
            if m["direction"] == "outbound"]
    assert [m["content"]["body"] for m in sent] == ["Are you there?"]


def test_what_failed_is_there_when_its_conversation_is_again(office, sit):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.open("Customer 1")
    ann.open("Customer 0")
    network(ann, offline=True)
    ann.write("Are you there?")
    ann.see(".message.sending .failure", "Not sent")
    network(ann, offline=False)
    ann.open("Customer 1")
    assert ann.texts(".message.sending") == []
    ann.open("Customer 0")
    ann.click(".message.sending .failure button", "Try again")
    ann.see(".message.ours .ticks")
    assert ann.texts(".message.ours .text") == ["Are you there?"]


def change_over(person, email):
    """Who sits there signs out; who has EMAIL and the password signs in."""
    person.click(".side .face")
    person.click(".menu-list [role=menuitem]", "Sign out")
    person.see(".sign-in")
    person.type("input[name=email]", email)
    person.type("input[name=password]", PASSWORD, Keys.ENTER)
    person.see(".views")


def test_what_was_not_sent_is_offered_to_who_wrote_it(node, office, sit,
                                                      tmp_path):
    many(office, 2, int(time.time()) - 60)
    bob, ann = sit(office, name="Bob"), sit(office)
    first = ann.driver.current_window_handle
    ann.driver.switch_to.new_window("tab")
    ann.driver.get(f"{node.url}/inbox/")
    ann.open("Customer 0")
    network(ann, offline=True)
    ann.write("Are you there?")
    ann.see(".message.sending .failure", "Not sent")
    file = tmp_path / "Offer.pdf"
    file.write_bytes(b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\n%%EOF\n")
    ann.give(file)
    ann.see(".message.sending .failure", least=2)
    network(ann, offline=False)
    # Its tab is alive: another one offers nothing.
    ann.driver.switch_to.window(first)
    ann.driver.refresh()
    ann.see(".row", least=2)
    assert ann.texts(".warning a") == []
    ann.driver.switch_to.window(ann.driver.window_handles[-1])
    ann.driver.close()
    ann.driver.switch_to.window(first)
    # Nor is a colleague at the same computer offered anything.
    change_over(ann, bob.email)
    ann.see(".row", least=2)
    ann.driver.execute_async_script(FRAMES)
    assert ann.texts(".warning a") == []
    change_over(ann, ann.email)
    ann.click(".warning a", "2")
    ann.see(".who h1", "Customer 0")
    ann.see(".row .mark.bad", "Not sent")
    for _ in range(2):
        ann.click(".message.sending .failure button", "Try again")
        ann.driver.execute_async_script(FRAMES)
    ann.gone(".message.sending")
    ann.gone(".warning a")
    c = office.get("/conversations")["data"]
    c = next(x for x in c if x["profile_name"] == "Customer 0")
    sent = [m for m in office.get(f"/conversations/{c['id']}/messages")["data"]
            if m["direction"] == "outbound"]
    assert sorted(m["content"].get("body") or m["content"]["filename"]
                  for m in sent) == ["Are you there?", "Offer.pdf"]
    ann.driver.refresh()
    ann.see(".row", least=2)
    ann.driver.execute_async_script(FRAMES)
    assert ann.texts(".warning a") == []


def network(person, offline):
    person.driver.set_network_conditions(
        offline=offline, latency=0, throughput=10**9)


def test_an_emoji_is_found_by_its_name_and_templates_open(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.open("Sheena")
    ann.click(".tools [aria-label=Emoji]")
    ann.type(".menu-list input", "mind blown")
    ann.see(".menu-list .emoji button", "🤯")
    ann.click(".menu-list .emoji button")
    assert ann.value(".composer textarea") == "🤯"
    ann.click(".tools [aria-label=Template]")
    ann.see("dialog[open] h2")


# As where there is a mouse; here may be none.
MOUSE = """
const real = matchMedia;
window.matchMedia = q => q === '(hover: hover)' ? {matches: true} : real(q);
"""


def test_who_writes_elsewhere_by_then_goes_on_there(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office)
    ann.driver.execute_script(MOUSE)
    ann.driver.execute_script(HOLD, "/api/v1/conversations/")
    ann.click(".list .row", "Sheena")
    ann.see(".who h1", "Sheena")
    ann.type("input.search", "auber")
    ann.driver.execute_script("go_on()")
    ann.see(".message .text", "hello")
    ann.driver.execute_async_script(FRAMES)
    ann.key("gine")
    assert ann.value("input.search") == "aubergine"


def test_a_draft_is_there_again(office, sit):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.open("Customer 0")
    ann.type(".composer textarea", "half a sen")
    ann.open("Customer 1")
    assert ann.value(".composer textarea") == ""
    ann.open("Customer 0")
    ann.reads(".composer textarea", "half a sen")


def test_the_keyboard_alone_goes_through_the_list(office, sit):
    many(office, 3, int(time.time()) - 60)
    ann = sit(office)
    ann.see(".row", least=3)
    ann.driver.execute_script(MOUSE)
    for name in "Customer 2", "Customer 1":
        ann.key("j")
        ann.see(".who h1", name)
        ann.stands(".composer textarea")
        ann.key(Keys.ESCAPE)            # out of the answer
    ann.key("m")
    ann.see(".assign", "Ann")
    ann.key("e")
    ann.see(".who p", "closed")
    ann.key("?")
    ann.see("dialog .keys")


def test_arabic_is_written_from_right_to_left(office, sit):
    office.talk("مرحبا", name="Sheena")
    ann = sit(office, language="ar")
    assert ann.driver.execute_script(
        "return document.documentElement.dir") == "rtl"
    ann.see(".views button", "غير مقروءة")
    side, pane = ann.see(".side").rect, ann.see(".pane").rect
    assert side["x"] > pane["x"]


def test_nothing_runs_but_the_pages_own_files(node, office, sit):
    page = node.request("GET", "/inbox/")
    policy = dict(p.split(" ", 1) for p in
                  page.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert page.headers["Cache-Control"] == "no-cache"
    files = re.findall(r'(?:src|href)="([^"]+)"', page.body.decode())
    assert len(files) > 20
    assert len(re.findall("<script", page.body.decode())) == 1
    for name in files:
        file = node.request("GET", "/inbox/" + name)
        assert file.status == 200, name
        assert "immutable" in file.headers["Cache-Control"]
        assert file.headers["Content-Type"].split(";")[0] == {
            "js": "text/javascript", "css": "text/css",
            "svg": "image/svg+xml"}[name.rpartition(".")[2]]
    assert node.request("GET", "/inbox/nothing.js").status == 404
    ann = sit(office)
    refused = ann.driver.execute_script(
        "try { document.body.innerHTML = '<b>x</b>'; return 'done' }"
        "catch (e) { return e.name }")
    assert refused == "TypeError"
    ann.driver.get_log("browser")


def test_every_sentence_is_there_in_every_language():
    lines = [line for name in (
        "words", "settings_words", "health", "recorder") for line in
             re.findall(r"^  (\w+): (\[.*\]),$",
                        (ROOT / f"web/{name}.js").read_text(), re.M)]
    table = {key: json.loads(row) for key, row in lines}
    assert len(table) == len(lines) > 150
    for key, row in table.items():
        assert len(row) == 4 and all(row), key
        places = [sorted(re.findall(r"\{\w+\}", x)) for x in row]
        assert places[1:] == places[:-1], key
    said = set()
    for file in (ROOT / "web").glob("*.js"):
        if not file.name.endswith("words.js"):
            said |= set(re.findall(r'\bt\("(\w+[a-z0-9])"', file.read_text()))
    assert said <= set(table)


def test_a_row_that_is_open_stays_until_it_is_left(office, sit):
    many(office, 2, int(time.time()) - 60)
    ann = sit(office)
    ann.click(".views button", "Unread")
    ann.see(".row", least=2)
    ann.open("Customer 1")
    ann.gone(".row.opened.unread")
    assert ann.rows() == ["Customer 1", "Customer 0"]
    ann.open("Customer 0")
    ann.gone(".row-name", "Customer 1")


def go(person, section, shown=None):
    """To a page of settings; SHOWN is the one that is there instead."""
    person.driver.execute_script(
        f"location.hash = '#/settings/{section}'")
    person.see(f".settings nav [href$='/{shown or section}'][aria-current=page]")
    person.see(".settings-body h2")


def answer(person, text):
    """Fills in the one field of the dialog that is open."""
    person.type("dialog input", text, Keys.ENTER)


def test_a_canned_reply_is_made_and_used(office, sit):
    office.talk("hello", name="Sheena Nelson")
    ann, bob = sit(office, role="admin"), sit(office, name="Bob")
    go(ann, "replies")
    ann.click(".settings-body .primary", "Add")
    ann.type("dialog [name=shortcut]", "thanks")
    ann.type("dialog [name=text]", "Thank you, {{contact.name}}!")
    ann.click("dialog .primary", "Save")
    ann.see(".settings td", "/thanks")
    bob.open("Sheena")
    bob.type(".composer textarea", "/th")
    bob.see(".offers li", "/thanks")
    bob.key(Keys.ENTER)
    bob.reads(".composer textarea", "Thank you, Sheena Nelson!")
    bob.key(Keys.ENTER)
    bob.see(".message.ours .text", "Thank you, Sheena Nelson!")
    go(bob, "replies")
    bob.see(".settings td", "/thanks")
    assert not bob.all(".settings-body .primary")


def test_a_canned_reply_says_whom_it_is_for(office, sit):
    c = office.talk("hello", name="Sheena")
    _, admin = office.member(f"f{office.id}@example.com", "Ada", "admin")
    office.api("POST", "/canned-replies", {
        "shortcut": "call", "text": "{{contact.phone}}, {{member.name}}"},
        token=admin)
    ann = sit(office)
    ann.open("Sheena")
    ann.type(".composer textarea", "/ca")
    ann.see(".offers li", "/call")
    ann.key(Keys.ENTER)
    ann.reads(".composer textarea", f"{c['phone']}, Ann")


def test_a_team_and_a_label_are_made_and_given(office, sit):
    office.talk("hello", name="Sheena")
    ann = sit(office, role="admin")
    go(ann, "sorts")
    for kind, name in ("Teams", "Sales"), ("Labels", "Refund"):
        ann.click(f"[aria-label='Add: {kind}']")
        answer(ann, name)
        ann.see(".settings td", name)
    ann.driver.execute_script("location.hash = ''")
    ann.open("Sheena")
    ann.click(".assign")
    ann.click(".menu-list [role=menuitem]", "Sales")
    ann.see(".assign", "Sales")
    ann.click(".talk > .top .face")
    ann.click(".details button", "Add a label")
    ann.click(".menu-list [role=menuitem]", "Refund")
    ann.see(".row .mark.label", "Refund")
    c = office.get("/conversations")["data"][0]
    assert c["team"]["name"] == "Sales"
    assert [x["name"] for x in c["labels"]] == ["Refund"]


def test_own_fields_of_a_contact_are_filled(office, sit):
    c = office.talk("hello", name="Sheena")
    _, admin = office.member(f"f{office.id}@example.com", "Ada", "admin")

    def define(key, type, **more):
        return office.api("POST", "/contact-fields", {
            "key": key, "label": key.title(), "type": type, **more},
            token=admin).json["id"]
    for key, type in (("note", "text"), ("size", "number"),
                      ("vip", "boolean")):
        define(key, type)
    made = office.api("POST", "/contacts", {
        "phone": c["phone"], "name": "Sheena", "fields": {"size": 3}}).json

    def fields():
        return office.get(f"/contacts/{made['id']}")["fields"]
    ann = sit(office)
    ann.open("Sheena")
    ann.click(".talk > .top .face")
    ann.see(".details .line-of", "Size\n3")
    ann.click("[aria-label='Change: Note']")
    answer(ann, "<b>x</b>")
    ann.see(".details .line-of", "<b>x</b>")
    ann.click("[aria-label='Change: Vip']")
    ann.click(".menu-list [role=menuitem]", "No")
    ann.see(".details .line-of", "Vip\nNo")
    ann.click("[aria-label='Change: Size']")
    answer(ann, ".5")
    ann.see(".details .line-of", "Size\n3.5")
    tier = define("tier", "choice", choices=["Basic", "Premium"])
    ann.click("[aria-label='Change: Tier']")
    ann.click(".menu-list [role=menuitem]", "Premium")
    ann.see(".details .line-of", "Premium")
    assert fields() == {"note": "<b>x</b>", "vip": False, "size": 3.5,
                        "tier": "Premium"}
    ann.click("[aria-label='Change: Vip']")
    ann.click(".menu-list [role=menuitem]", "Remove")
    ann.gone(".details .line-of", "Vip\nNo")
    office.api("DELETE", f"/contact-fields/{tier}", token=admin)
    ann.gone(".details .line-of", "Tier")
    assert fields() == {"note": "<b>x</b>", "size": 3.5}
    office.api("PATCH", f"/contacts/{made['id']}", {"fields": {"note": "y"}})
    ann.see(".details .line-of", "Note\ny")
    assert ann.wrong() == []


def test_many_are_closed_at_once(office, sit):
    many(office, 4, int(time.time()) - 60)
    ann = sit(office)
    ann.see(".row", least=4)
    ann.click(".row .face")
    ann.see(".bulk", "1 chosen")
    ann.once(lambda: webdriver.ActionChains(ann.driver).key_down(Keys.SHIFT)
             .click(ann.all(".row .face")[2]).key_up(Keys.SHIFT).perform())
    ann.see(".bulk", "3 chosen")
    ann.click(".bulk button", "Close")
    wait_for(lambda: len(ann.rows()) == 1, WAIT)
    assert len(office.ids(state="closed")) == 3


def test_an_owner_invites_somebody(office, sit):
    ann = sit(office, role="owner")
    go(ann, "people")
    ann.click(".settings-body .primary", "Invite")
    ann.type("dialog [name=email]", f"new{time.monotonic_ns()}@example.com")
    ann.type("dialog [name=name]", "Newt", Keys.ENTER)
    ann.see("dialog h2", "The link")
    link = ann.see("dialog input").get_attribute("value")
    assert "/inbox/#invitation=" in link
    ann.key(Keys.ESCAPE)
    ann.see(".settings td", "Newt")


def axe(person):
    """What axe-core finds in what is seen now."""
    person.driver.execute_script(pathlib.Path(os.environ["AXE"]).read_text())
    found = person.driver.execute_async_script(
        "axe.run(document, {resultTypes: ['violations']})"
        ".then(r => arguments[0](r.violations.map(v => [v.id,"
        " v.nodes.map(n => n.html.slice(0, 200) + ' ' + n.failureSummary)])))")
    assert found == [], "\n".join(f"{i}: {n}" for i, nodes in found for n in nodes)


if "AXE" in os.environ:
    @pytest.mark.parametrize("language", ["en", "ar"])
    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_axe_finds_nothing(office, sit, language, scheme):
        c = office.talk("hello", name="Sheena")
        many(office, 3, int(time.time()) - 60)
        ann = sit(office, role="owner", language=language)
        ann.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})
        ann.see(".row", least=4)
        axe(ann)
        ann.open("Sheena")
        ann.write("An answer")
        ann.see(".message.ours .ticks")
        office.api("POST", f"/conversations/{c['id']}/notes", {"text": "note"})
        ann.see(".message.note")
        ann.click(".talk > .top .face")
        ann.see(".details")
        axe(ann)
        ann.click(".assign")
        ann.see(".menu-list")
        axe(ann)
        ann.key(Keys.ESCAPE)
        ann.once(lambda: ann.driver.find_element(By.TAG_NAME, "body")
                 .send_keys("?"))
        ann.see("dialog")
        axe(ann)
        ann.key(Keys.ESCAPE)
        ann.type("input.search", "hel")
        ann.see(".results mark")
        axe(ann)
        ann.driver.delete_all_cookies()
        ann.driver.refresh()
        ann.see(".sign-in")
        axe(ann)
