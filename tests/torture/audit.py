"""Deliveries that are sent until they are acknowledged, and the books: what was
acknowledged against what the databases say."""

import collections
import hashlib
import http.client
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import threading
import time

from rig import (NUMBER, contact, envelope, made, message, new_phone,
                 new_wamid, value)


class Ledger:
    """What clients know; shared by their threads."""

    def __init__(self):
        self.lock = threading.Lock()
        self.kept = {}              # wamid → phone, of a delivery that got 200
        self.posts = collections.Counter()  # by status; 0: no answer
        self.errors = []            # of threads, to be raised by the part

    def note(self, status, messages=()):
        with self.lock:
            self.posts[status] += 1
            if status == 200:
                self.kept.update(messages)

    def failed(self, what):
        with self.lock:
            self.errors.append(what)


def said(random, wamid, d360):
    """What a message says: now and then a picture, which D360 has."""
    if d360 is None or random.random() > 0.03:
        return "text", {"body": f"Is {wamid} still there?"}
    return "image", d360.add_media(random.randbytes(
        random.randint(1, 20000))).field()


def delivery(random, phones, most=3, d360=None):
    """A body with some new messages, and {wamid: phone} of them."""
    chosen = random.sample(phones, random.randint(1, most))
    wamids = {new_wamid(): p for p in chosen}
    now = int(time.time())
    says = {w: said(random, w, d360) for w in wamids}
    body = envelope(value(
        [message(p, says[w][0], w, now - random.randrange(100),
                 **{says[w][0]: says[w][1]})
         for w, p in wamids.items()],
        contacts=[contact(p, f"Customer {p}") for p in chosen],
        number=NUMBER))
    return json.dumps(body).encode(), wamids


class Provider(threading.Thread):
    """One kept connection to NODE that delivers, each body until it is taken,
    as the provider does, and now and then one more time."""

    def __init__(self, node, ledger, random, phones, pause, d360=None):
        super().__init__(daemon=True)
        self.node, self.ledger, self.random = node, ledger, random
        self.d360 = d360            # which has pictures, too
        self.phones, self.pause = phones, pause
        self.stop = threading.Event()
        self.connection = None

    def post(self, body):
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                "127.0.0.1", self.node.port, timeout=30)
        try:
            self.connection.request(
                "POST", "/api/webhooks/whatsapp", body,
                {"Authorization": "Bearer " + self.node.webhook_token,
                 "Content-Type": "application/json"})
            answer = self.connection.getresponse()
            answer.read()
            return answer.status
        except (OSError, http.client.HTTPException):
            self.connection.close()
            self.connection = None
            return 0

    def deliver(self, body, wamids, seconds=60):
        end = time.monotonic() + seconds
        while True:
            status = self.post(body)
            self.ledger.note(status, wamids)
            if status == 200:
                return
            if status not in (0, 500, 502, 503, 504):
                return self.ledger.failed(f"a delivery was refused: {status}")
            if time.monotonic() > end:
                return self.ledger.failed(f"not taken in {seconds} s: {status}")
            time.sleep(0.02)

    def run(self):
        while not self.stop.is_set():
            body, wamids = delivery(self.random, self.phones, d360=self.d360)
            self.deliver(body, wamids)
            if self.random.random() < 0.05:
                self.deliver(body, wamids)
            self.stop.wait(self.random.uniform(0, 2 * self.pause))


# ------------------------------------------------------------------ the books

def customers(n):
    return [new_phone() for _ in range(n)]


def some(things):
    """For an assertion: the first few."""
    things = sorted(things)
    return f"{len(things)}, the first: {things[:5]}"


def check_messages(node, kept, report):
    """Each message of an acknowledged delivery is there once."""
    found = node.db("""
        SELECT m.wamid, c.phone FROM messages AS m JOIN conversations AS c
        ON c.workspace_id = m.workspace_id AND c.id = m.conversation_id
        WHERE m.direction = 'inbound'""")
    times = collections.Counter(w for w, _ in found)
    lost = [w for w in kept if w not in times]
    assert not lost, f"acknowledged and not applied: {some(lost)}"
    twice = [w for w, n in times.items() if n > 1]
    assert not twice, f"applied more than once: {some(twice)}"
    astray = [w for w, p in found if w in kept and p != "+" + kept[w]]
    assert not astray, f"with another customer: {some(astray)}"
    report.check("messages of acknowledged deliveries, each applied once",
                 len(kept))


# A change of a message counts for two: the first is its conversation's.
COUNTED = """(SELECT workspace_id, seq, CASE type WHEN 'message' THEN 1 ELSE 0 END
    AS more FROM changes) AS c"""


def check_changes(node, report):
    """Seqs without a gap, one message.created for each message."""
    gaps = node.db(f"""
        SELECT workspace_id, min(seq - more), max(seq), sum(1 + more)
        FROM {COUNTED} GROUP BY 1
        HAVING min(seq - more) <> 1 OR max(seq) <> sum(1 + more)""")
    assert not gaps, f"changes have gaps: {gaps}"
    said = collections.Counter(node.db("""
        SELECT workspace_id, object_id FROM changes
        WHERE type IN ('message', 'message.created')"""))
    odd = set(node.db("SELECT workspace_id, id FROM messages"))
    odd ^= {m for m, n in said.items() if n == 1}
    assert not odd, f"messages not announced once: {some(odd)}"
    (n,), = node.db(f"SELECT sum(1 + more) FROM {COUNTED}")
    report.check("changes, no gap in their seq", n)


STATS = """
    SELECT c.id, c.phone, c.unread_count, c.is_read, c.last_message_at,
        c.last_message_id, c.last_message_preview, c.last_customer_message_at,
        COALESCE(m.unread, 0), m.newest, m.customer,
        l.id, CASE l.preview WHEN '' THEN COALESCE(SUBSTR(l.text, 1, 100), '')
            ELSE l.preview END
    FROM conversations AS c
    LEFT JOIN (SELECT conversation_id, sum(counts_unread) AS unread,
        max(sent_at) AS newest,
        max(CASE WHEN opens_window <> 0 THEN sent_at END) AS customer
        FROM messages GROUP BY 1) AS m ON m.conversation_id = c.id
    LEFT JOIN messages AS l ON l.id = (SELECT id FROM messages AS x
        WHERE x.workspace_id = c.workspace_id AND x.conversation_id = c.id
        ORDER BY sent_at DESC, id DESC LIMIT 1)"""


def check_stats(node, report, touched=()):
    """What triggers count equals a fresh count.  TOUCHED: phones whose
    conversations members marked as read meanwhile."""
    kept = node.db("SELECT workspace_id, total, unread, archived"
                   " FROM counters ORDER BY 1")
    fresh = node.db("""
        SELECT w.id, count(c.id), count(CASE c.is_read WHEN 0 THEN 1 END),
            count(CASE c.status WHEN 'archived' THEN 1 END)
        FROM workspaces AS w LEFT JOIN conversations AS c
        ON c.workspace_id = w.id GROUP BY 1 ORDER BY 1""")
    assert kept == fresh, f"stats {kept}, counted anew {fresh}"
    kept = node.db("SELECT * FROM window_hours ORDER BY 1, 2")
    fresh = node.db("""
        SELECT workspace_id, window_ends / 3600, count(*) FROM conversations
        WHERE window_ends IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2""")
    assert kept == fresh, f"windows by the hour {kept}, counted anew {fresh}"
    all_ = node.db(STATS)
    for (id_, phone, unread, is_read, at, last, preview, customer, counted,
         newest, customer_at, newest_id, newest_preview) in all_:
        about = f"conversation {id_} ({phone})"
        assert unread == counted or (phone or "").lstrip("+") in touched, \
            f"{about}: {unread} unread, counted anew {counted}"
        assert unread <= counted, f"{about}: {unread} unread of {counted}"
        assert is_read == (unread == 0), f"{about}: {is_read}, {unread} unread"
        assert (at, last, preview) == (newest, newest_id, newest_preview), \
            f"{about}: last message {last}, is {newest_id}"
        assert customer == customer_at, f"{about}: window {customer}"
    report.check("conversations, their counts and the workspace's stats equal "
                 "a fresh count", len(all_))


def check_pictures(node, report=None):
    """Each that is said to be here is whole, and none was given up."""
    found = node.db("SELECT message_id, state, reason, path FROM media")
    for id_, word, reason, path in found:
        assert word in ("stored", "pending"), f"message {id_}: {word}, {reason}"
        if word == "stored":
            digest = hashlib.sha256((node.dir / "state" / "media" / path).read_bytes())
            assert digest.hexdigest() == path.replace("/", ""), \
                f"message {id_}: its file is damaged"
    stored = sum(word == "stored" for _, word, _, _ in found)
    if report is not None:
        assert stored, "no picture was fetched"
        report.check(f"pictures, whole: {stored}; to be fetched: "
                     f"{len(found) - stored}")


def check_spool(node, report):
    """All was read, nothing is held."""
    (last,), = node.spool("SELECT COALESCE(max(id), 0) FROM deliveries")
    (read,), = node.db("SELECT COALESCE(max(delivery_id), 0) FROM spool_cursors")
    assert read == last, f"the spool ends at {last}, read until {read}"
    held = node.db("SELECT delivery_id, state, reason FROM held")
    assert not held, f"held: {some(held)}"


def check_words(path):
    """The search's indexes are whole, and have each word of each row."""
    program, = made("tests/bench/generate")
    done = subprocess.run([program, "--words", path], text=True,
                          stderr=subprocess.PIPE)
    assert done.returncode == 0, done.stderr


def check_files(node, report=None, deep=True):
    """Both databases pass SQLite's own checks, the search index too; on
    copies, since nobody else may write.  Of an inbox on PostgreSQL the spool."""
    names = ["spool/spool.db"] + ["inbox.db"] * (not node.owner)
    with tempfile.TemporaryDirectory(prefix="waspool-") as folder:
        for name in names:
            for path in (node.dir / "state").glob(name + "*"):
                if not path.name.endswith(("-shm", ".lock", ".lock-next")):
                    shutil.copy(path, folder)
            c = sqlite3.connect(f"{folder}/{pathlib.Path(name).name}")
            try:
                said = c.execute("PRAGMA integrity_check").fetchall()
                assert said == [("ok",)], f"{name}: {said[:5]}"
                bad = c.execute("PRAGMA foreign_key_check").fetchall()
                assert not bad, f"{name}: {bad[:5]}"
            finally:
                c.close()
        if deep and not node.owner:
            check_words(f"{folder}/inbox.db")
    if report is not None:
        report.check("integrity_check of spool.db" if node.owner else
                     "integrity_check of spool.db and inbox.db, search index "
                     "against its rows")
