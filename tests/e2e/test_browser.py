"""docs/realtime.md's JavaScript, word for word, in a real browser.

Debian's chromium and chromium-driver; without them there is nothing to try
it with, and nobody installs them for this."""

import json
import re
import shutil
import subprocess
import urllib.request

import pytest

from rig import ROOT, free_port, new_phone, text_message, wait_for

PAGE = """<!DOCTYPE html>
<meta charset="utf-8">
<title>inbox</title>
<script>
const token = "%(token)s", seen = [], wrong = [];
let loads = 0;
window.onerror = e => { wrong.push(String(e)); };
window.onunhandledrejection = e => { wrong.push(String(e.reason)); };
async function api(method, path) {
  const answer = await fetch("/api/v1" + path,
    { method, headers: { Authorization: "Bearer " + token } });
  if (!answer.ok) throw new Error(path + ": " + answer.status);
  return answer.json();
}
%(code)s
follow(api, e => { seen.push(e); }, async () => { loads++; });
</script>
"""


class Browser:
    """Chromium without a window, told what to do as WebDriver says."""

    def __init__(self, folder):
        self.port = free_port()
        self.log = (folder / "chromedriver.log").open("wb")
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"], cwd=folder,
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        self.open = urllib.request.build_opener(
            urllib.request.ProxyHandler({})).open
        self.session = ""
        try:
            wait_for(self.ready, step=0.05)
            made = self.ask("POST", "/session", {"capabilities": {
                "alwaysMatch": {"goog:chromeOptions": {"args": [
                    "--headless", "--no-sandbox", "--disable-gpu",
                    "--disable-dev-shm-usage", "--no-proxy-server",
                    f"--user-data-dir={folder}/profile"]}}}})
        except BaseException:
            self.close()
            raise
        self.session = "/session/" + made["sessionId"]

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}", method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"})
        with self.open(request, timeout=120) as answer:
            return json.load(answer)["value"]

    def ready(self):
        try:
            return self.ask("GET", "/status")["ready"]
        except OSError:
            return False

    def go(self, url):
        self.ask("POST", self.session + "/url", {"url": url})

    def value(self, expression):
        return self.ask("POST", self.session + "/execute/sync",
                        {"script": f"return {expression};", "args": []})

    def close(self):
        try:
            if self.session:
                self.ask("DELETE", self.session)
        finally:
            self.driver.terminate()
            self.driver.wait(60)
            self.log.close()


@pytest.fixture
def browser(tmp_path):
    for program in "chromium", "chromedriver":
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed")
    b = Browser(tmp_path)
    yield b
    b.close()


def serve_page(node):
    """nginx answers /page: of the same origin as the API."""
    doc = (ROOT / "docs" / "realtime.md").read_text()
    code, = re.findall(r"^```js\n(.*?)^```$", doc, re.M | re.S)
    page = node.dir / "page.html"
    page.write_text(PAGE % {"token": node.token, "code": code})
    conf = node.dir / "nginx.conf"
    conf.write_text(conf.read_text().replace("location / {", f"""\
location = /page {{
            default_type text/html;
            alias {page};
        }}
        location / {{""", 1))
    old = node.kill("nginx")
    wait_for(lambda: is_up(node) and old not in node.pids("nginx"))


def is_up(node):
    try:
        return node.request("GET", "/page").status == 200
    except OSError:
        return False


def test_it_follows_through_restarts(make_node, browser):
    node = make_node()
    serve_page(node)

    def deliver(body):
        """As the provider does: again until it is taken."""
        delivery = text_message(new_phone(), body)

        def taken():
            try:
                return node.deliver(delivery).status == 200
            except OSError:
                return False
        wait_for(taken, step=0.1)

    def bodies():
        return browser.value("seen.filter(e => e.type == 'message.created')"
                             ".map(e => e.object.content.body)")

    deliver("before the page")
    node.drained()
    place = node.get("/changes", limit=1).json["last_seq"]
    browser.go(node.url + "/page")
    wait_for(lambda: browser.value("loads") == 1, step=0.05)
    said = ["first"]
    deliver("first")
    wait_for(lambda: bodies() == said, step=0.05)
    for program in "realtime", "nginx":
        node.kill(program)
        # Nobody may be there to hear of it.
        said += [f"while {program} is away", f"after {program}"]
        deliver(said[-2])
        wait_for(lambda: bodies() == said[:-1], step=0.05)
        deliver(said[-1])
        wait_for(lambda: bodies() == said, step=0.05)
    # What a slow machine has a number asked meanwhile is among them.
    wait_for(lambda: browser.value("seen.at(-1).seq")
             == node.get("/changes", limit=1).json["last_seq"], step=0.05)
    seqs = browser.value("seen.map(e => e.seq)")
    assert seqs == list(range(place + 1, place + 1 + len(seqs)))
    assert browser.value("wrong") == []
    assert browser.value("loads") == 1, "no reset came"
    # Who is where has no place: the next change comes once all the same.
    email = "colleague@example.com"
    node.cli("user", "add", email, "Colleague")
    node.cli("member", "add", 1, email, "--role", "agent")
    token = node.cli("--json", "token", "create", 1, email)["token"]

    def is_seen():
        node.api("PUT", "/presence", {"conversation_id": 1,
                                      "state": "viewing"}, token=token)
        return browser.value("seen.some(e => e.type == 'presence.updated')")
    wait_for(is_seen, step=0.5)
    node.kill("realtime")
    said.append("after presence")
    deliver(said[-1])
    wait_for(lambda: bodies() == said, step=0.05)
