"""From the webhook to the API: what a member waits for."""

import http.client
import json
import time

from rig import new_phone, new_wamid, text_message
from row import Figure, Row
from stand import WEBHOOK, headers

RATE = 500
PROBES = 10     # a second
POLL = 0.001
GIVE_UP = 10


class Visible(Row):
    name = "visible"
    what = f"from a webhook's first byte to its message in GET " \
           f"/conversations/{{id}}/messages, {RATE}/s offered"
    figures = [Figure("p50", "ms", at_most=20), Figure("p99", "ms", at_most=100),
               Figure("longest", "ms")]

    def open(self, bench):
        self.seconds = bench.seconds(3, 60)
        self.how = f"{RATE}/s for {self.seconds} s (offer.c, realistic " \
            f"messages of 5,000 customers), and {PROBES} more a second that " \
            f"are looked for every {POLL * 1000:.0f} ms; a probe counts " \
            "from when it was due. Afterwards all messages must be there."
        self.node = bench.node()
        self.phone, self.seed = new_phone(), 1
        body = json.dumps(text_message(self.phone, "first")).encode()
        answer = self.node.deliver(body, headers=self.signed(body))
        assert answer.status == 200, answer
        self.id = self.node.wait_conversation(self.phone)["id"]
        self.web = http.client.HTTPConnection("127.0.0.1", self.node.port)
        self.api = http.client.HTTPConnection("127.0.0.1", self.node.port)
        self.stored = self.count()
        self.round(bench, 1)

    def count(self):
        return self.node.db("SELECT count(*) FROM messages")[0][0]

    def probe(self, due, wamid, body):
        """Milliseconds until the message that is sent now is seen."""
        self.web.request("POST", WEBHOOK, body, self.signed(body))
        answer = self.web.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        while True:
            self.api.request(
                "GET", f"/api/v1/conversations/{self.id}/messages?limit=1",
                headers={"Authorization": "Bearer " + self.node.token})
            answer = self.api.getresponse()
            text = answer.read()
            now = time.monotonic()
            if wamid in text:
                return (now - due) * 1000
            assert now < due + GIVE_UP, f"not seen in {GIVE_UP} s"
            time.sleep(POLL)

    def round(self, bench, seconds):
        bodies = bench.talk(RATE * seconds, self.seed, 5000)
        self.seed += 1
        load = bench.offer_begin(self.node, RATE, seconds,
                                 bench.lines(bodies))
        began = time.monotonic() + 0.1
        took = []
        for i in range(int((seconds - 0.2) * PROBES)):
            wamid = new_wamid()
            body = json.dumps(text_message(self.phone, "probe", wamid))
            due = began + i / PROBES
            time.sleep(max(0, due - time.monotonic()))
            took.append(self.probe(due, wamid.encode(), body.encode()))
        bench.offer_end(load)
        self.node.drained(60)
        self.stored += len(bodies) + len(took)
        assert self.count() == self.stored, (self.count(), self.stored)
        took.sort()
        return {"p50": took[len(took) // 2], "longest": took[-1],
                "p99": took[len(took) * 99 // 100]}

    def signed(self, body):
        return dict(h.split(": ", 1) for h in headers(self.node, body))

    def subject(self, bench):
        return self.round(bench, self.seconds)


ROWS = [Visible()]
