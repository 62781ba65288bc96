"""The short form of each part of tests/torture, and its frame."""

import hashlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys

import pytest

from rig import ROOT, Place

sys.path.append(str(ROOT / "tests" / "torture"))
import audit  # noqa: E402
import part_power  # noqa: E402
import part_soak  # noqa: E402
import power  # noqa: E402
import torture  # noqa: E402
from bare import Bare  # noqa: E402

PARTS = {name: p for name, p in torture.load().items() if p.SHORT}


@pytest.mark.parametrize("name", PARTS)
def test_part(name):
    try:
        torture.short(PARTS[name])
    except torture.Skip as e:
        pytest.skip(str(e))


PART = """
NAME, SHORT, LONG, MINUTES = "{name}", 1, 3, 1

def run(scale, report):
    for n in scale.rounds():
        {body}
    report.check("things looked at", n)
"""


@pytest.fixture
def frame(tmp_path):
    """frame(bodies, arguments): what ./dev torture does with such parts."""
    def run(bodies, *args):
        for name, body in bodies.items():
            (tmp_path / f"part_{name}.py").write_text(
                PART.format(name=name, body=body))
        (tmp_path / "torture.py").write_bytes(
            (ROOT / "tests" / "torture" / "torture.py").read_bytes())
        return subprocess.run(
            [sys.executable, "-B", tmp_path / "torture.py", *args],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            timeout=60)
    return run


def test_the_table_says_what_came_of_each_part(frame):
    done = frame({"one": "pass", "two": "assert n < 2, 'lost: 7'",
                  "three": "import torture; raise torture.Skip('no disk')"},
                 "--seed", "5")
    lines = [line.split() for line in done.stdout.splitlines()]
    assert lines[0][:4] == ["part", "rounds", "seconds", "result"]
    found = {w[0]: (w[1], w[3]) for w in lines[1:-1]}
    assert found["one"] == ("3", "passed")
    assert found["two"] == ("2", "failed")
    assert found["three"][1] == "skipped"
    assert "things looked at: 3" in done.stdout
    assert "lost: 7" in done.stdout and "no disk" in done.stdout
    assert done.stdout.endswith("1 passed, 1 failed, 1 skipped\n")
    assert "again: ./dev torture --seed 5 two" in done.stderr
    assert done.returncode == 1


def test_only_the_parts_that_were_named(frame):
    bodies = {"one": "pass", "two": "assert False"}
    done = frame(bodies, "--short", "one")
    assert done.returncode == 0 and "two" not in done.stdout
    assert frame(bodies, "four").returncode == 64


def test_minutes_bound_a_part_from_both_sides(frame):
    done = frame({"one": "import time; time.sleep(0.02)"}, "--minutes", "0.05")
    rounds = int(done.stdout.splitlines()[1].split()[1])
    assert 3 < rounds < 151


# ------------------------------------------------------------- the books

@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """Databases of a few deliveries, and what their sender was told."""
    bare = Bare().populate()
    try:
        bare.start("webhook-ingest")
        luck, phones, told = random.Random(1), audit.customers(5), {}
        for _ in range(10):
            body, wamids = audit.delivery(luck, phones)
            assert bare.post(body) == 200
            told.update(wamids)
        bare.stop("webhook-ingest")
        assert bare.start("waspool-process", "--once").wait(60) == 0
        yield bare, told
    finally:
        bare.remove()


@pytest.mark.skipif(bool(os.environ.get("SANITIZE")),
                    reason="a sanitizer says it instead")
@pytest.mark.parametrize("number", [signal.SIGABRT, signal.SIGSEGV])
def test_a_crash_is_said(number):
    bare = Bare().populate()
    try:
        p = bare.start("webhook-ingest")
        assert bare.post(b"{}") == 200
        p.send_signal(number)
        assert p.wait(60) == -number
        assert f"level=fatal prog=webhook-ingest msg=\"ended by signal " \
            f"{number:02d}: " in bare.log("webhook-ingest")
    finally:
        bare.remove()


TAMPER = {
    "lost": "DELETE FROM messages WHERE id = 3",
    "astray": "UPDATE messages SET conversation_id ="
              " (SELECT max(id) FROM conversations) WHERE id = 1",
    "gap": "DELETE FROM changes WHERE seq ="
           " (SELECT min(seq) FROM changes WHERE seq > 3)",
    "silent": "UPDATE changes SET type = 'message.updated'"
              " WHERE type IN ('message', 'message.created')"
              " AND object_id = 2",
    "unread": "UPDATE conversations SET unread_count = unread_count + 1"
              " WHERE id = 1",
    "stats": "UPDATE counters SET unread = unread - 1",
    "windows": "UPDATE window_hours SET conversations = conversations + 1",
    "preview": "UPDATE conversations SET last_message_preview = 'x'"
               " WHERE id = 2",
    "behind": "UPDATE spool_cursors SET delivery_id = delivery_id - 1",
    "held": "INSERT INTO held(node, delivery_id, state, reason, "
            "attempts, due_at, updated_at)"
            " VALUES ('n', 1, 'dead', 'x', 1, 1, 1)",
    "search": "INSERT INTO message_words(rowid, words)"
              " VALUES (2, '1.0.astray')",
}


def look(place, told):
    report = torture.Report()
    audit.check_messages(place, told, report)
    audit.check_changes(place, report)
    audit.check_stats(place, report)
    audit.check_spool(place, report)
    audit.check_files(place, report)


def test_the_books_are_right_when_all_is_well(kept):
    look(*kept)


@pytest.mark.parametrize("how", TAMPER)
def test_the_books_find(kept, tmp_path, how):
    state = shutil.copytree(kept[0].state, tmp_path / "state")
    c = sqlite3.connect(state / "inbox.db", isolation_level=None)
    c.execute(TAMPER[how])
    c.close()
    with pytest.raises(AssertionError):
        look(Place(tmp_path), kept[1])


@pytest.mark.parametrize("name", ["inbox.db", "spool/spool.db"])
def test_the_books_find_a_damaged_file(kept, tmp_path, name):
    state = shutil.copytree(kept[0].state, tmp_path / "state")
    with open(state / name, "r+b") as f:
        f.seek(2 * 4096)
        f.write(b"\xa5" * 4096)
    with pytest.raises((AssertionError, sqlite3.DatabaseError)):
        look(Place(tmp_path), kept[1])


# -------------------------------------------------------------- the soak

def working_day(keeps, rates):
    """Samples of a node that keeps everything for KEEPS seconds."""
    made, samples = [0], []
    for i, rate in enumerate(rates):
        made.append(made[-1] + rate)
        there = made[-1] - made[max(0, i + 1 - keeps)]
        samples.append(part_soak.Sample(
            float(i), {("bytes", "spool/spool.db"): 2000 * keeps * max(rates[:i + 1])},
            {"deliveries": (there, made[-1]),
             "changes": (2 * there, 2 * made[-1])}))
    return samples


def test_a_soak_whose_rate_doubles_is_no_growth():
    samples = working_day(10, [200] * 200 + [400] * 100)
    part_soak.goes(samples, 10, torture.Report())
    part_soak.levels_off(samples, torture.Report())


@pytest.mark.parametrize("rates", [[300] * 300, [200] * 200 + [400] * 100])
def test_a_soak_finds_what_stays_too_long(rates):
    with pytest.raises(AssertionError, match="are there"):
        part_soak.goes(working_day(40, rates), 10, torture.Report())


def test_a_soak_finds_what_grows():
    samples = [s._replace(levels={("memory", "x"): 10 ** 5 * int(s.at)})
               for s in working_day(10, [300] * 300)]
    with pytest.raises(AssertionError, match="level off"):
        part_soak.levels_off(samples, torture.Report())


# ------------------------------------------------------------- the power

class Dice:
    """A random.Random that decides as it is told."""

    def __init__(self, how, chance=0.5, length=None):
        self.how, self.chance, self.length = how, chance, length

    def choice(self, of):
        return self.how if self.how in of else self.chance

    def randint(self, low, high):
        return high if self.length is None else min(self.length, high)

    def random(self):
        return self.chance


def records(*writes):
    """What power.so notes: of (old size, offset, new length, old bytes)."""
    return b"".join(
        power.HEAD.pack(power.MAGIC, 0, offset, n, size) + old
        for size, offset, n, old in writes)


@pytest.mark.parametrize("how, length, left", [
    ("all", None, b"A" * 512 + b"C" * 512 + b"B" * 512),
    ("none", None, b"a" * 512 + b"b" * 512),
    ("first", 1, b"A" * 512 + b"b" * 512),
    ("first", 2, b"A" * 512 + b"B" * 1024),
], ids=["all", "nothing", "the first", "the first two"])
def test_what_the_power_leaves_of_a_file(tmp_path, how, length, left):
    path = tmp_path / "x"
    path.write_bytes(b"A" * 512 + b"C" * 512 + b"B" * 512)
    found = power.read_records(records(
        (1024, 0, 512, b"a" * 512), (1024, 512, 1024, b"b" * 512),
        (1536, 512, 512, b"B" * 512)))
    power.lose_bytes(path, found, Dice(how, 1.0, length))
    assert path.read_bytes() == left


def test_a_record_that_is_not_whole_did_not_happen():
    raw = records((1024, 0, 512, b"a" * 512), (1024, 512, 9, b"b" * 9))
    assert len(power.read_records(raw[:-1])) == 1


def test_an_upload_flushes_a_folder_that_another_has_just_made(tmp_path):
    """… who lost the power, or is slower, before it flushed its name."""
    try:
        shim, = torture.build("power.so")
    except torture.Skip as e:
        pytest.skip(str(e))
    bare = Bare().populate()
    try:
        log = power.Power(shim, bare.state, bare.dir / "power")
        content = next(c for c in (b"%d" % n for n in itertools.count())
                       if hashlib.sha256(c).hexdigest().startswith("ab"))
        media = bare.state / "media"
        (media / "ab").mkdir(mode=0o750)
        names = bare.dir / "power" / f"d{media.stat().st_ino}"
        names.write_text("M ab -\n")
        bare.start("actions", env=log.env)
        status, upload = bare.api("POST", "/media", part_power.form(content),
                                  CONTENT_TYPE=part_power.FORM)
        assert status == 201, upload
        assert names.read_text() == ""
    finally:
        bare.remove()
