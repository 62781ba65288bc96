"""waspool backup: a copy while all goes on, and a node that begins with it."""

import sqlite3
import threading

import pytest

from rig import text_message, wait_for

pytestmark = pytest.mark.sqlite("a database of PostgreSQL is copied there")


def bodies(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return {row[0] for row in db.execute("SELECT text FROM messages")}
    finally:
        db.close()


class Load(threading.Thread):
    """Delivers until it is told to stop."""

    def __init__(self, node, name):
        super().__init__()
        self.node, self.name_, self.acknowledged = node, name, []
        self.enough = threading.Event()
        self.start()

    def run(self):
        n = 0
        while not self.enough.is_set():
            body = f"{self.name_} {n}"
            answer = self.node.deliver(text_message("4930777888", body))
            if answer.status == 200:
                self.acknowledged.append(body)
            n += 1


def test_what_was_acknowledged_before_is_in_the_backup(make_node, tmp_path):
    n = make_node()
    to = tmp_path / "backup"
    load = [Load(n, name) for name in "ab"]
    try:
        wait_for(lambda: all(len(x.acknowledged) > 30 for x in load))
        before = {body for x in load for body in list(x.acknowledged)}
        done = n.cli("backup", to, check=False)
        assert done.returncode == 0, done.stderr
        at_end = [len(x.acknowledged) for x in load]
        # They were not held up for good.
        wait_for(lambda: all(len(x.acknowledged) > i + 5
                             for x, i in zip(load, at_end)))
    finally:
        for x in load:
            x.enough.set()
        for x in load:
            x.join()
    assert "To restore" in done.stderr + done.stdout
    assert sorted(p.name for p in to.iterdir()) == [
        "inbox.db", "manifest.json", "spool.db"]
    assert [p for p in tmp_path.iterdir()] == [to]
    for name in ("inbox.db", "spool.db"):
        db = sqlite3.connect(to / name)
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        db.close()
    n.down()
    state = n.dir / "state"
    n.cli("restore", to, "--spool", "backup")
    n.up()
    wait_for(lambda: before <= bodies(state / "inbox.db"))
    answer = n.deliver(text_message("4930777888", "after the restore"))
    assert answer.status == 200
    wait_for(lambda: "after the restore" in bodies(state / "inbox.db"))


@pytest.mark.parametrize("there", ["a folder", "a file"])
def test_what_is_there_stays(node, tmp_path, there):
    to = tmp_path / "x"
    to.mkdir() if there == "a folder" else to.write_text("mine")
    done = node.cli("backup", to, check=False)
    assert done.returncode == 73 and "is there already" in done.stderr
    assert list(tmp_path.iterdir()) == [to]


def test_a_backup_that_fails_leaves_nothing(node, tmp_path):
    done = node.cli("backup", tmp_path / "no" / "x", check=False)
    assert done.returncode == 73
    assert list(tmp_path.iterdir()) == []
