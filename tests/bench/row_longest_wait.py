"""How long another writer waits at most while something great is changed."""

import http.client
import sqlite3
import subprocess
import threading
import time

from row import Figure, Row
from stand import MADE

PAUSE = 0.002       # between two requests of the other writer


class Writer(threading.Thread):
    """A member who marks a conversation as read and unread, over HTTP."""

    def __init__(self, node, conversation):
        super().__init__()
        self.node, self.conversation = node, conversation
        self.waits, self.over, self.wrong = [], threading.Event(), None

    def run(self):
        c = http.client.HTTPConnection("127.0.0.1", self.node.port,
                                       timeout=120)
        head = {"Authorization": "Bearer " + self.node.token}
        while not self.over.is_set():
            verb = ("read", "unread")[len(self.waits) % 2]
            began = time.monotonic()
            c.request("POST", f"/api/v1/conversations/{self.conversation}"
                      f"/{verb}", headers=head)
            answer = c.getresponse()
            answer.read()
            self.waits.append(1000 * (time.monotonic() - began))
            if answer.status != 200:
                self.wrong = answer.status
                return
            time.sleep(PAUSE)
        c.close()

    def figures(self):
        assert self.wrong is None, f"the other writer got {self.wrong}"
        waits = sorted(self.waits)
        return {"longest": waits[-1], "p99": waits[len(waits) * 99 // 100]}


def fill(node, script):
    """Rows, all at once, while nobody else writes."""
    c = sqlite3.connect(node.dir / "state/inbox.db", timeout=60)
    c.executescript("BEGIN IMMEDIATE;" + script + "COMMIT;")
    c.close()


NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n " \
          "WHERE i < {n})"
CONVERSATION = "INSERT INTO conversations(id, workspace_id, number_id, " \
               "contact_id, last_message_at, created_at, updated_at) "


def before(node):
    """What this round may begin with: above all ids there are."""
    return node.db("SELECT coalesce(max(seq), 0) FROM sqlite_sequence")[0][0]


class Change(Row):
    reference = "nothing else to do"
    how = "One connection over HTTP, a write every 2 ms; from the change " \
          "until its last step, in a new inbox."
    alternates = False
    figures = [Figure("longest", "ms", at_most=50), Figure("p99", "ms"),
               Figure("took", "s")]

    def open(self, bench):
        self.node = bench.shared("great", bench.node)
        self.n = bench.seconds(self.few, self.many)
        if not self.node.db("SELECT 1 FROM conversations WHERE id = 1"):
            fill(self.node, "INSERT INTO numbers(workspace_id,"
                 " phone_number_id, created_at) VALUES (1, '1', 1);"
                 + CONVERSATION + "VALUES (1, 1, 1, NULL, 9, 1, 1);")

    def done(self):
        try:
            return not self.node.db("SELECT 1 FROM jobs")
        except sqlite3.OperationalError:
            return True         # version 2 has none

    def great(self, *args):
        subprocess.run([MADE / "great", self.node.dir / "state/inbox.db",
                        *map(str, args)], check=True)

    def subject(self, bench):
        top = before(self.node) + 1
        self.prepare(top)
        w = Writer(self.node, 1)
        w.start()
        time.sleep(0.1)
        began = time.monotonic()
        self.change(top)
        while not self.done():
            time.sleep(0.05)
        took = time.monotonic() - began
        w.over.set()
        w.join()
        return {**w.figures(), "took": took}

    def beside(self, bench):
        w = Writer(self.node, 1)
        w.start()
        time.sleep(bench.seconds(1, 5))
        w.over.set()
        w.join()
        return w.figures()


class Merge(Change):
    name, few, many = "wait_merge", 10_000, 200_000
    what = "a write while a conversation of 200,000 messages (quick: " \
           "10,000) becomes part of another"

    def prepare(self, top):
        fill(self.node, CONVERSATION + f"VALUES ({top}, 1, 1, NULL, 9, 1, 1),"
             f" ({top + 1}, 1, 1, NULL, 9, 1, 1);" + NUMBERS.format(n=self.n)
             + "INSERT INTO messages(workspace_id, conversation_id,"
             " number_id, wamid, direction, source, type, content, preview,"
             " text, status, sent_at, created_at)"
             f" SELECT 1, {top + 1}, 1, {top} || '.' || i, 'inbound', 'live',"
             " 'text', '{\"body\":\"A message of usual length, as they are\"}',"
             " 'A message of usual length', 'A message of usual length',"
             " 'received', 100 + i, 1 FROM n;")

    def change(self, top):
        self.great("merge", top, top + 1)


class Import(Change):
    name, few, many = "wait_import", 10_000, 200_000
    made = 0
    what = "a write while 200,000 contacts with a tag (quick: 10,000) are " \
           "imported"

    def prepare(self, top):
        self.made += 1
        self.file = self.node.dir / "contacts.csv"
        self.file.write_text("phone,name,email,tags\n" + "".join(
            f"+49{self.made}{i:09},Name {i},n{i}@example.com,vip\n"
            for i in range(self.n)))

    def change(self, top):
        self.node.cli("contact", "import", self.file)


class Rename(Change):
    name, few, many = "wait_rename", 10_000, 100_000
    what = "a write while a tag of 100,000 contacts (quick: 10,000) gets " \
           "another name"

    def prepare(self, top):
        fill(self.node, f"INSERT INTO tags VALUES ({top}, 1, 't{top}', 1);"
             + NUMBERS.format(n=self.n) + "INSERT INTO contacts(id,"
             " workspace_id, phone, name, created_at, updated_at)"
             f" SELECT {top} + i, 1, '+' || ({top} * 1000000 + i), 'A', 1, 1"
             " FROM n; INSERT INTO contact_tags SELECT 1, id,"
             f" {top} FROM contacts WHERE id > {top};")

    def change(self, top):
        self.great("rename", top, f"T{top}")


class Delete(Change):
    name, few, many = "wait_delete", 10_000, 100_000
    what = "a write while a contact of 100,000 conversations (quick: " \
           "10,000) is deleted"

    def prepare(self, top):
        fill(self.node, "INSERT INTO contacts(id, workspace_id, phone, name,"
             f" created_at, updated_at) VALUES ({top}, 1, '+{top}', 'A', 1,"
             f" 1); INSERT INTO tags VALUES ({top}, 1, 't{top}', 1);"
             f"INSERT INTO contact_tags VALUES (1, {top}, {top});"
             + NUMBERS.format(n=self.n) + CONVERSATION
             + f"SELECT {top} + i, 1, 1, {top}, i, 1, 1 FROM n;")

    def change(self, top):
        assert self.node.delete(f"/contacts/{top}").status == 204


ROWS = [Merge(), Import(), Rename(), Delete()]
