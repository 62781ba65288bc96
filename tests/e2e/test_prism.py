"""Every kind of message, as Meta's own OpenAPI document judges it.

Prism serves the document and refuses what does not follow it; tests/prism/say
sends through the processor's code.  The document is whatsapp-cloud-api-*.yaml
beside the project, in ../shared, or what WHATSAPP_OPENAPI names.
"""

import glob
import http.client
import json
import os
import pathlib
import re
import shutil
import subprocess
import time

import pytest

from rig import BUILD, PATIENCE, ROOT, free_port, made

PRISM = BUILD / "prism"
TO = "+16505551234"
VERSION, NUMBER = "v23.0", "106540352242922"

BUTTONS = [{"id": "yes", "title": "Yes"}, {"id": "no", "title": "No"}]
SECTIONS = [{"title": "Small", "rows": [
                {"id": "1", "title": "One", "description": "The first"}]},
            {"title": "Large", "rows": [{"id": "2", "title": "Two"}]}]
# The document's pattern for a button's index has no 0, by mistake: its own
# examples begin with it.
COMPONENTS = [
    {"type": "header", "parameters": [
        {"type": "image", "image": {"link": "https://example.com/a.png"}}]},
    {"type": "body", "parameters": [
        {"type": "text", "parameter_name": "name", "text": "Ann"},
        {"type": "text", "parameter_name": "order_id", "text": "A-1"}]},
    {"type": "button", "sub_type": "quick_reply", "index": "1",
     "parameters": [{"type": "payload", "payload": "STOP"}]},
    {"type": "button", "sub_type": "url", "index": "2",
     "parameters": [{"type": "text", "text": "suffix"}]}]
# Of another template: every kind of body that the document knows, and a button
# that it knows.
VALUES = [
    {"type": "header", "parameters": [
        {"type": "document", "document": {
            "link": "https://example.com/a.pdf", "filename": "a.pdf"}}]},
    {"type": "body", "parameters": [
        {"type": "currency", "currency": {
            "fallback_value": "$9", "code": "USD", "amount_1000": 9000}},
        {"type": "date_time", "date_time": {"fallback_value": "Friday"}}]},
    {"type": "button", "sub_type": "catalog", "index": "1", "parameters": [
        {"type": "action", "action": {
            "thumbnail_product_retailer_id": "a"}}]}]
CARD = {"name": {"formatted_name": "Ann Black", "first_name": "Ann"},
        "phones": [{"phone": "+16505551234", "type": "WORK"}],
        "emails": [{"email": "ann@example.com", "type": "WORK"}]}
LINK = {"link": "https://example.com/file"}

MESSAGES = {
    "text": {"type": "text", "text": {"body": "Hi", "preview_url": True}},
    "reply": {"type": "text", "text": {"body": "Hi"}, "reply_to": 9},
    "image": {"type": "image", "media": LINK, "caption": "Look"},
    "image_by_id": {"type": "image", "media": {"id": "1479537139650973"}},
    "image_uploaded": {"type": "image", "media": {"upload": 7}},
    "video": {"type": "video", "media": LINK, "caption": "Look"},
    "audio": {"type": "audio", "media": LINK},
    "voice": {"type": "audio", "media": {"upload": 7}, "voice": True},
    "document": {"type": "document", "media": LINK, "caption": "Pay",
                 "filename": "invoice.pdf"},
    "sticker": {"type": "sticker", "media": {"upload": 7}},
    "template": {"type": "template", "template": {
        "name": "hello_world", "language": "en_US"}},
    "template_with_components": {"type": "template", "template": {
        "name": "order_update", "language": {"code": "en_US"},
        "components": COMPONENTS}},
    "template_with_values": {"type": "template", "template": {
        "name": "receipt", "language": "en", "components": VALUES}},
    "buttons": {"type": "buttons", "body": "Which?", "buttons": BUTTONS},
    "buttons_with_all": {"type": "buttons", "body": "Which?",
                         "buttons": BUTTONS, "header": "H", "footer": "F",
                         "reply_to": 9},
    "list": {"type": "list", "body": "Pick one", "button": "Open",
             "sections": SECTIONS, "header": "H", "footer": "F"},
    "flow": {"type": "flow", "body": "Book", "flow": {
        "id": "9", "cta": "Open", "token": "t"}},
    "product": {"type": "product", "product": {
        "catalog_id": "7", "product_retailer_id": "a"}},
    "product_list": {"type": "product_list", "header": "H", "body": "b",
                     "product_list": {"catalog_id": "7", "sections": [
                         {"title": "t", "product_items": [
                             {"product_retailer_id": "a"}]}]}},
    "catalog_message": {"type": "catalog_message", "body": "b",
                        "catalog_message": {
                            "thumbnail_product_retailer_id": "a"}},
    "buttons_with_picture": {"type": "buttons", "body": "b",
                             "buttons": BUTTONS, "header": {
                                 "type": "image", "media": LINK}},
    "reaction": {"type": "reaction",
                 "reaction": {"message_id": 9, "emoji": "\U0001f44d"}},
    "reaction_back": {"type": "reaction",
                      "reaction": {"message_id": 9, "emoji": ""}},
    "location": {"type": "location", "location": {
        "latitude": 37.483307, "longitude": -122.148981,
        "name": "Park", "address": "1 Hacker Way"}},
    "contacts": {"type": "contacts", "contacts": [CARD]},
}


def find_document():
    named = os.environ.get("WHATSAPP_OPENAPI")
    found = [named] if named else sorted(
        glob.glob(str(ROOT.parent / "shared" / "whatsapp-cloud-api-*.yaml")))
    if not found or not pathlib.Path(found[-1]).is_file():
        pytest.skip("Meta's OpenAPI document is missing: "
                    "set WHATSAPP_OPENAPI to its path")
    return found[-1]


def install_prism():
    program = PRISM / "node_modules" / ".bin" / "prism"
    if program.exists():
        return program
    if not shutil.which("npm"):
        pytest.skip("npm is missing: apt-get install npm")
    PRISM.mkdir(parents=True, exist_ok=True)
    try:
        done = subprocess.run(
            ["npm", "install", "--no-audit", "--no-fund", "--prefix", PRISM,
             "@stoplight/prism-cli@5"], text=True, timeout=240,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT)
    except subprocess.TimeoutExpired:
        pytest.skip("npm cannot install Prism within 4 minutes")
    if done.returncode != 0:
        pytest.skip(f"npm cannot install Prism: {done.stdout[-300:]}")
    return program


def answers(port):
    try:
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        c.request("GET", "/")
        c.getresponse()
        return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def prism(tmp_path_factory):
    """The address under which messages are to be sent."""
    document, program = find_document(), install_prism()
    port = free_port()
    log = tmp_path_factory.mktemp("prism") / "log"
    with open(log, "w") as out:
        server = subprocess.Popen(
            [program, "mock", "-h", "127.0.0.1", "-p", str(port), document],
            stdin=subprocess.DEVNULL, stdout=out, stderr=out)
    try:
        end = time.monotonic() + PATIENCE
        while not answers(port):
            assert server.poll() is None and time.monotonic() < end, \
                log.read_text()[-2000:]
            time.sleep(0.1)
        yield f"http://127.0.0.1:{port}/{VERSION}"
    finally:
        server.terminate()
        server.wait(60)


@pytest.fixture(scope="module")
def say(prism):
    """say([message, …], to): [(status, decision, words), …]."""
    program, = made("tests/prism/say")

    def ask(messages, to=TO):
        lines = "".join(json.dumps(m) + "\n" for m in messages)
        done = subprocess.run([program, prism, NUMBER, to], input=lines, text=True,
                              stdout=subprocess.PIPE, timeout=120, check=True)
        found = re.findall(r"^(\d+) (\d) (.*)$", done.stdout, re.M)
        assert len(found) == len(messages), done.stdout
        return found

    return ask


@pytest.mark.parametrize("name", MESSAGES)
def test_meta_takes(say, name):
    (status, decision, words), = say([MESSAGES[name]])
    assert status == "200", words
    assert decision == "0", words
    assert words.startswith("wamid."), words


@pytest.mark.parametrize("on", [True, False])
def test_meta_blocks_and_unblocks(say, on):
    assert say([{"block": on}]) == [("200", "0", "blocked")]


def test_prism_would_say_what_is_wrong(say):
    """Otherwise the test above says nothing."""
    broken = {"type": "template", "template": {
        "name": "x", "language": "en_US",
        "components": [{"type": "carousel", "cards": [{
            "card_index": 0, "components": [{"type": "body"}]}]}]}}
    (status, decision, words), = say([broken])
    assert status != "200", words
    assert decision == "4", words
