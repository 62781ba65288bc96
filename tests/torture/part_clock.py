"""The clock of all programs is behind, is set right, is ahead, is set right:
while they run, by libfaketime.  What the provider says stands, a list that was
ordered by a wrong clock heals, and nothing waits or ends because of it."""

import pathlib
import time

import torture
from rig import (PATIENCE, Node, new_phone, new_wamid, text_message, wait_for)

NAME = "clock"
SHORT, LONG = 1, 20
MINUTES = 12

LIBRARY = "libfaketimeMT.so.1"
HOUR, DAY = 3600, 86400


def find_library():
    for place in ("/usr/lib", "/usr/lib64", "/usr/local/lib"):
        for path in pathlib.Path(place).glob(f"**/faketime/{LIBRARY}"):
            return path
    raise torture.Skip("no libfaketime: package faketime")


class Clock:
    """What the programs of a node take for the time."""

    def __init__(self, library, path):
        self.path = path
        self.env = {
            "LD_PRELOAD": library, "FAKETIME_TIMESTAMP_FILE": path,
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Files keep their times: who builds looks at them.
            "NO_FAKE_STAT": "1",
        }
        self.set(0)

    def set(self, seconds):
        new = self.path.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.rename(self.path)


def now():
    return int(time.time())


def says(node, phone, text, seconds=PATIENCE):
    """A customer writes, now, and it arrives: the conversation."""
    node.deliver(text_message(phone, text, new_wamid(), ts=str(now())))
    return node.wait_conversation(phone, seconds, last_message_preview=text)


def answer(node, conversation, text):
    a = node.post(f"/conversations/{conversation['id']}/messages",
                  {"type": "text", "text": {"body": text}})
    assert a.status == 202, a
    return a.json["id"]


def previews(node, conversation):
    """Texts of its messages, the oldest first."""
    return [m["content"]["body"] for m in
            sorted(node.messages(conversation["id"]),
                   key=lambda m: (m["sent_at"], m["id"]))]


def sent_at(node, conversation, text):
    return node.db("SELECT sent_at FROM messages WHERE text = ?"
                   " AND conversation_id = ?", text,
                   conversation["id"])[0][0]


def is_behind(node, clock):
    phone = new_phone()
    clock.set(-30 * DAY)
    c = says(node, phone, "behind")
    assert abs(sent_at(node, c, "behind") - now()) < 60
    answer(node, c, "answered")         # no 409: the window is open
    says(node, phone, "more")
    assert previews(node, c) == ["behind", "answered", "more"]
    wait_for(lambda: "behind the provider's" in
             node.log("waspool-process"))
    clock.set(0)
    # Queued a minute ago, by that clock: it is not given up.
    says(node, phone, "right again")
    states = node.db("SELECT state FROM outbox WHERE kind = 'message'")
    assert {s for s, in states} <= {"queued", "sending"}, states


def is_ahead(node, clock):
    phone, other = new_phone(), new_phone()
    c = says(node, phone, "first")
    clock.set(10 * HOUR)
    answer(node, c, "ahead")
    assert sent_at(node, c, "ahead") > now() + 9 * HOUR
    clock.set(0)
    says(node, other, "later")
    node.deliver(text_message(phone, "second", ts=str(now() + 1)))
    wait_for(lambda: previews(node, c) == ["first", "ahead", "second"] and
             sent_at(node, c, "ahead") <= now() + 60)
    top = node.get("/conversations").json["data"][0]
    assert top["id"] == c["id"] and top["last_message_preview"] == "second"


def nothing_is_late(node):
    """No due time that a jump has left behind."""
    for table, column in (("held", "due_at"), ("outbox", "due_at"),
                          ("media", "due_at"), ("number_pauses", "until")):
        worst = node.db(f"SELECT max({column}) FROM {table}")[0][0] or 0
        assert worst <= now() + 4 * DAY, (table, worst - now())


def run(scale, report):
    library = find_library()
    node = Node({"WASPOOL_LOG_LEVEL": "info"})
    clock = Clock(library, node.dir / "clock")
    try:
        node.up(**clock.env)
        for _ in scale.rounds():
            is_behind(node, clock)
            is_ahead(node, clock)
            nothing_is_late(node)
            if scale.long:
                wait_for(lambda: node.request(
                    "GET", "/healthz").status == 200, 60)
        report.check("behind: the provider's time, an open window", scale.done)
        report.check("ahead: order and list healed", scale.done)
    finally:
        clock.set(0)
        node.remove()
