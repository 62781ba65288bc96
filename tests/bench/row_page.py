"""The page in Chromium, on a large inbox: when a person sees something."""

import json
import random
import statistics
import threading
import time
import uuid

from data import SEED, large
from row import Figure, Row

PASSWORD = "a-password-of-mine"
OPENED = 20             # conversations
TYPED = 60              # keys, while messages come
RATE = 50               # of those a second
SCROLLED = 10_000       # rows

# Before any script of the page: when something is there and painted.  A frame
# that was asked for in a frame comes after the paint of the first.
WATCH = """
window.seen = (css, from) => new Promise(done => {
  const look = () => document.querySelector(css)
    ? requestAnimationFrame(() => requestAnimationFrame(
        () => done(performance.now() - from)))
    : requestAnimationFrame(look);
  look();
});
window.first = seen('.list .row .row-name', 0);
window.keys = [];
new PerformanceObserver(list => {
  for (const e of list.getEntries())
    if (e.name === 'keydown') keys.push(e.duration);
}).observe({type: 'event', durationThreshold: 16, buffered: true});
"""
OPEN = """
const done = arguments[1], row = document.querySelectorAll('.list .row')[arguments[0]];
const from = performance.now();
row.click();
const look = () => location.hash === row.getAttribute('href')
    && document.querySelector('.message')
    && document.querySelector('.row.opened') === row
  ? requestAnimationFrame(() => requestAnimationFrame(
      () => done(performance.now() - from)))
  : requestAnimationFrame(look);
document.querySelectorAll('.message').forEach(e => e.remove());
look();
"""
SCROLL = """
const done = arguments[1], list = document.querySelector('.list');
const step = async () => {
  for (let n = 0; list.scrollTop < arguments[0] * 76 && n < 4000; n++) {
    list.scrollTop += 1500;
    await new Promise(r => setTimeout(r, 16));
  }
  done(Math.round(list.scrollTop / 76));
};
step();
"""


class Page(Row):
    name = "page"
    what = "the page in Chromium: first list, a conversation, a key"
    reference = ""
    how = f"{OPENED} conversations; {TYPED} keys while {RATE} messages a " \
          f"second arrive; the heap after {SCROLLED:,} rows, collected, " \
          "beside that after the first 1,000."
    modes = ("full",)
    packages = ["chromium", "chromium-driver", "python3-selenium"]
    figures = [Figure("list", "ms", at_most=300),
               Figure("conversation", "ms", at_most=100),
               Figure("conversation p90", "ms"),
               Figure("key", "ms", at_most=50),
               Figure("heap", "MB"), Figure("heap growth", "MB", at_most=8),
               Figure("scroll", "rows", at_least=SCROLLED)]

    def open(self, bench):
        from selenium import webdriver
        from selenium.webdriver.chrome.service import Service
        self.node = large(bench)
        node = self.node
        link = node.cli("--json", "user", "invite", "ann@example.com")["link"]
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for word in ["--headless=new", "--no-sandbox", "--disable-gpu",
                     "--disable-dev-shm-usage", "--no-proxy-server",
                     "--window-size=1300,900",
                     f"--user-data-dir={bench.folder()}/profile"]:
            options.add_argument(word)
        self.driver = webdriver.Chrome(
            options=options, service=Service("/usr/bin/chromedriver"))
        bench.stack.callback(self.driver.quit)
        self.driver.set_script_timeout(300)
        self.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument",
                                    {"source": WATCH})
        self.driver.get(f"{node.url}/inbox/#{link.partition('#')[2]}"
                        f"&password={PASSWORD}")
        self.wait("window.first.then(arguments[0])")

    def wait(self, script, *args):
        return self.driver.execute_async_script(script, *args)

    def heap(self):
        self.driver.execute_cdp_cmd("HeapProfiler.collectGarbage", {})
        return self.driver.execute_cdp_cmd("Runtime.getHeapUsage",
                                           {})["usedSize"] / 1e6

    def typing(self):
        """The slower of two keys, with what is on the way."""
        end = threading.Event()

        def write():
            dice = random.Random(SEED)
            while not end.wait(1 / RATE):
                self.node.deliver(one(self.node, dice))
        writer = threading.Thread(target=write)
        writer.start()
        try:
            area = self.driver.find_element("css selector",
                                            ".composer textarea")
            self.driver.execute_script("keys.length = 0")
            for i in range(TYPED):
                area.send_keys("abcdefgh "[i % 9])
                time.sleep(0.05)
            time.sleep(0.3)
        finally:
            end.set()
            writer.join()
        keys = self.driver.execute_script("return keys")
        # What took less than a frame is no entry.
        keys = sorted(keys + [16] * (TYPED - len(keys)))
        return keys[int(len(keys) * 0.95)]

    def subject(self, bench):
        self.driver.get(f"{self.node.url}/inbox/")
        self.driver.refresh()
        figures = {"list": self.wait("window.first.then(arguments[0])")}
        times = [self.wait(OPEN, i % 8) for i in range(OPENED)]
        figures["conversation"] = statistics.median(times)
        figures["conversation p90"] = sorted(times)[int(OPENED * 0.9)]
        figures["key"] = self.typing()
        self.driver.execute_script("location.hash = ''")
        self.wait(SCROLL, 1000)
        before = self.heap()
        figures["scroll"] = self.wait(SCROLL, SCROLLED)
        figures["heap"] = self.heap()
        figures["heap growth"] = figures["heap"] - before
        return figures


def one(node, dice):
    """A message of one of a thousand customers who wrote before."""
    if not hasattr(node, "page_customers"):
        node.page_customers = [p for p, in node.db(
            "SELECT phone FROM conversations WHERE phone IS NOT NULL"
            " ORDER BY last_message_at DESC LIMIT 1000")]
        node.page_number = node.db(
            "SELECT phone_number_id FROM numbers LIMIT 1")[0][0]
    phone = dice.choice(node.page_customers).lstrip("+")
    return json.dumps({"object": "whatsapp_business_account", "entry": [{
        "id": "1", "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "1",
                         "phone_number_id": node.page_number},
            "contacts": [{"wa_id": phone, "profile": {"name": "Somebody"}}],
            "messages": [{"from": phone, "id": f"wamid.{uuid.uuid4().hex}",
                          "timestamp": str(int(time.time())), "type": "text",
                          "text": {"body": "a message that comes"}}]}}]}]})


ROWS = [Page()]
