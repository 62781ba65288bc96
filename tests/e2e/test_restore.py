"""What comes back after a backup: no delivery is swallowed, no id means somebody
else."""

import shutil
import sqlite3

import pytest

from rig import new_phone, text_message, wait_for


def change(path, sql):
    c = sqlite3.connect(path)
    with c:
        c.execute(sql)
    c.close()


def older_copy(node, backup):
    state = node.dir / "state"
    for path in state.glob("spool.db*"):
        path.unlink()
    shutil.copy(backup / "spool.db", state / "spool.db")


def older_copy_and_no_memory(node, backup):
    older_copy(node, backup)
    (node.dir / "state" / "spool.highwater").unlink()


def emptied(node, backup):
    change(node.dir / "state" / "spool.db", "DELETE FROM deliveries")


def replaced(node, backup):
    for path in (node.dir / "state").glob("spool.db*"):
        path.unlink()
    node.cli("init")


def texts(node):
    return {row[0] for row in node.db("SELECT text FROM messages")}


@pytest.mark.parametrize("how", [older_copy, older_copy_and_no_memory,
                                 emptied, replaced])
def test_a_spool_that_does_not_fit_swallows_nothing(make_node, tmp_path, how):
    n = make_node()
    said = []

    def say(text):
        assert n.deliver(text_message(new_phone(), text)).status == 200
        said.append(text)

    for i in range(3):
        say(f"before {i}")
    n.drained()
    n.cli("backup", tmp_path / "b")
    for i in range(4):
        say(f"after the backup {i}")
    n.drained()
    n.down()
    how(n, tmp_path / "b")
    n.up()
    for i in range(6):
        say(f"at last {i}")
    wait_for(lambda: set(said) <= texts(n), 30)
    assert n.db("SELECT count(*) FROM messages") == [(len(said),)]
    rows = n.cli("--json", "spool", "list")
    assert {d["state"] for d in rows} == {"applied"}
    assert n.request("GET", "/healthz").status == 200
    log = n.log("waspool-process")
    assert ("is not the file that was read last" in log) == \
        (how is not replaced)


def test_emptied_while_programs_run(make_node):
    n = make_node()
    for i in range(3):
        n.deliver(text_message(new_phone(), f"before {i}"))
    n.drained()
    change(n.dir / "state" / "spool.db", "DELETE FROM deliveries")
    for i in range(2):
        assert n.deliver(text_message(new_phone(), f"at last {i}")
                         ).status == 200
    wait_for(lambda: {"at last 0", "at last 1"} <= texts(n), 30)
    assert n.spool("SELECT min(id) > 3 FROM deliveries") == [(1,)]
    assert "ids go on at" in n.log("webhook-ingest")


@pytest.mark.parametrize("name", ["inbox.db", "spool.db"])
def test_programs_notice_that_a_file_was_replaced(make_node, name):
    """Moved away and copied back: the same rows, another file."""
    n = make_node()
    phone = new_phone()
    n.deliver(text_message(phone, "before"))
    n.wait_conversation(phone)
    state = n.dir / "state"
    n.down()
    n.up()
    shutil.copy(state / name, state / "copy")
    (state / name).rename(state / "away")
    (state / "copy").rename(state / name)
    for end in ("-wal", "-shm"):
        (state / (name + end)).unlink(missing_ok=True)
    wait_for(lambda: n.deliver(text_message(phone, "at last")).status == 200,
             30)
    wait_for(lambda: "at last" in texts(n), 40)


def test_two_processors_with_other_run_folders(node, tmp_path):
    done = node.run("waspool-process", "--once",
                    env={"WASPOOL_RUN_DIR": tmp_path})
    assert done.returncode == 75
    assert "WASPOOL_RUN_DIR" in done.stderr
