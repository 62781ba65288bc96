"""The power goes, for all programs at once, and takes what was not flushed."""

import hashlib
import random
import socket
import sqlite3
import threading
import time

import audit
import torture
from bare import Bare
from d360 import D360
from power import Power
from rig import wait_for

NAME, SHORT, LONG, MINUTES = "power", 20, 200, 6
SQLITE = "its programs write files"

CLIENTS = 8


class Loss(AssertionError):
    """Acknowledged, and not there."""


class Books:
    """What clients were told; shared by their threads."""

    def __init__(self, d360):
        self.lock, self.d360 = threading.Lock(), d360
        self.kept, self.fresh = {}, {}  # wamid → phone; FRESH: of this round
        self.answers = {}               # words → id of the message
        self.files = {}                 # SHA-256 → id of the upload
        self.hangs = []

    def keep(self, wamids):
        with self.lock:
            self.fresh.update(wamids)

    def turn(self):
        """A round is over; what was acknowledged in it."""
        fresh, self.fresh = self.fresh, {}
        self.kept.update(fresh)
        return fresh


def provider(bare, books, luck, phones, stop):
    while not stop.is_set():
        body, wamids = audit.delivery(luck, phones, d360=books.d360)
        try:
            status = bare.post(body)
        except socket.timeout:
            return books.hangs.append("webhook-ingest")
        if status == 200:
            books.keep(wamids)
        stop.wait(luck.uniform(0, 0.02))


def member(bare, books, luck, stop):
    """Answers customers, and uploads files."""
    while not stop.is_set():
        try:
            with books.lock:
                n = len(books.answers)
            words = f"answer {n}-{luck.randrange(10**9)}"
            status, message = bare.api("POST", "/messages", {
                "to": "+4930%08d" % luck.randrange(10**8), "type": "template",
                "template": {"name": words.replace(" ", "_").replace("-", "_"),
                             "language": "en_US"}})
            if status == 202:
                books.answers[message["id"]] = words
            content = luck.randbytes(luck.randint(1, 20000))
            status, upload = bare.api("POST", "/media", form(content),
                                      CONTENT_TYPE=FORM)
            if status == 201:
                books.files[hashlib.sha256(content).hexdigest()] = upload["id"]
        except socket.timeout:
            return books.hangs.append("actions")
        stop.wait(luck.uniform(0, 0.03))


FORM = "multipart/form-data; boundary=xyzzy"


def form(content):
    return (b'--xyzzy\r\nContent-Disposition: form-data; name="file"; '
            b'filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
            + content + b"\r\n--xyzzy--\r\n")


def start(bare):
    """All three are at work."""
    wake = bare.dir / "run" / "process.wake"
    wake.unlink(missing_ok=True)
    for program in ("webhook-ingest", "actions"):
        bare.start(program)
    bare.start("waspool-process", "--forever")
    assert bare.api("GET", "/me", timeout=120)[0] == 200
    wait_for(wake.exists, 120)


def load(bare, books, luck, phones, power):
    """Clients, until the power goes."""
    stop = threading.Event()
    threads = [threading.Thread(
        target=provider, daemon=True,
        args=(bare, books, random.Random(luck.random()), phones, stop))
        for _ in range(CLIENTS)]
    threads.append(threading.Thread(
        target=member, daemon=True,
        args=(bare, books, random.Random(luck.random()), stop)))
    for t in threads:
        t.start()
    wait_for(lambda: books.fresh or books.hangs, 120)
    time.sleep(luck.uniform(0, 0.4))
    bare.crash()
    stop.set()
    for t in threads:
        t.join(60)
        assert not t.is_alive(), "a client hangs"
    power.goes(luck)


def look(bare, books, after):
    """The files are whole and what was acknowledged since AFTER, an id of the
    spool, is there.  The newest id."""
    audit.check_files(bare, deep=False)
    there, newest = "", after
    for newest, body in bare.spool("SELECT id, body FROM deliveries"
                                   " WHERE id > ?", after):
        there += body.decode()
    fresh = books.turn()
    lost = [w for w in fresh if w + '"' not in there]
    if lost:
        raise Loss(f"acknowledged and not in the spool: {audit.some(lost)}")
    there = dict(bare.db("SELECT id, content FROM messages"
                         " WHERE direction = 'outbound'"))
    lost = [i for i in books.answers if i not in there]
    if lost:
        raise Loss(f"accepted and not in the inbox: {audit.some(lost)}")
    paths = dict(bare.db("SELECT id, path FROM uploads"))
    for sha256, id_ in books.files.items():
        check_upload(bare.state / "media", sha256, paths.get(id_))
    try:
        audit.check_pictures(bare)
    except FileNotFoundError as e:
        raise Loss(f"the file of a message is not there: {e}") from None
    return newest


def check_upload(media, sha256, path):
    if path is None:
        raise Loss("an upload was accepted and is not there")
    try:
        content = (media / path).read_bytes()
    except FileNotFoundError:
        raise Loss(f"the file of an upload is not there: {path}") from None
    if hashlib.sha256(content).hexdigest() != sha256:
        raise Loss(f"the file of an upload is damaged: {path}")


def drain(bare):
    """All that is in the spool and the outbox, now."""
    p = bare.start("waspool-process", "--once")
    status = p.wait(120)
    bare.running.pop("waspool-process")
    assert status == 0, bare.log("waspool-process")[-2000:]


def rounds(scale, bare, power, books, luck):
    phones, newest = audit.customers(40), 0
    for n in scale.rounds():
        start(bare)
        load(bare, books, luck, phones, power)
        newest = look(bare, books, newest)
        if n % 5 == 0:
            drain(bare)
            newest = look(bare, books, newest)


def check_answers(bare, d360, books, report):
    """Each went out once at most; what is on its way was when it died."""
    times = {}
    for m in d360.sent:
        name = m.body["template"]["name"]
        times[name] = times.get(name, 0) + 1
    twice = [w for w, n in times.items() if n > 1]
    assert not twice, f"sent more than once: {audit.some(twice)}"
    states = dict(bare.db("SELECT message_id, state FROM outbox"
                          " WHERE kind = 'message'"))
    for id_, words in books.answers.items():
        sent = words.replace(" ", "_").replace("-", "_") in times
        assert states[id_] in (("done", "sending") if sent else ("sending",)), \
            f"answer {words} is {states[id_]}, sent: {sent}"
    report.check("accepted answers, kept, and none sent twice",
                 len(books.answers))


def torture_it(scale, report, lies=False):
    shim, = torture.build("power.so")
    with D360() as d360:
        bare = Bare(**d360.env, WASPOOL_MIN_FREE=0, WASPOOL_SEND_RATE=1000)
        try:
            bare.populate()
            power = Power(shim, bare.state, bare.dir / "power", lies)
            bare.env = power.env
            books = Books(d360)
            rounds(scale, bare, power, books, scale.random)
            drain(bare)
            assert not books.hangs, books.hangs
            audit.check_messages(bare, books.kept, report)
            audit.check_spool(bare, report)
            check_answers(bare, d360, books, report)
            audit.check_changes(bare, report)
            audit.check_stats(bare, report)
            audit.check_files(bare, report)
            audit.check_pictures(bare, report)
            report.check("accepted uploads, kept", len(books.files))
            report.check(f"writes lost or torn: {power.undone}, "
                         f"names: {power.names}")
            assert power.undone > 0, "nothing was ever lost: no test"
        finally:
            bare.remove()


def run(scale, report):
    torture_it(scale, report)
    # A test that cannot fail shows nothing: on a disk that only says that it
    # has flushed, the same audit has to find a loss.
    lying = torture.Scale(scale.long, 20, seed=scale.seed)
    try:
        torture_it(lying, torture.Report(), lies=True)
    except (AssertionError, sqlite3.DatabaseError) as e:
        report.check(f"a disk that lies about flushing is found out, in round "
                     f"{lying.done}: {str(e).splitlines()[0][:60]}")
        return
    raise AssertionError("a disk that lies about flushing was not found out")
