"""What comes back after a backup: no delivery is swallowed, no id means somebody
else."""

import hashlib
import os
import pathlib
import random
import shutil
import sqlite3
import tempfile

import pytest

from rig import DATA, Node, new_phone, text_message, wait_for
from test_sign_in import PASSWORD, Browser, invite

pytestmark = pytest.mark.sqlite("a database of PostgreSQL is restored there")


def change(path, sql):
    c = sqlite3.connect(path)
    with c:
        c.execute(sql)
    c.close()


def place(node, name):
    return node.dir / "state" / \
        ("spool/spool.db" if name == "spool.db" else name)


def files(state):
    return [p for folder in (state, state / "spool")
            for p in folder.iterdir() if p.is_file()]


def older_copy(node, backup):
    state = node.dir / "state"
    for path in state.glob("spool/spool.db*"):
        path.unlink()
    shutil.copy(backup / "spool.db", state / "spool/spool.db")


def older_copy_and_no_memory(node, backup):
    older_copy(node, backup)
    (node.dir / "state/spool/spool.highwater").unlink()


def emptied(node, backup):
    change(node.dir / "state/spool/spool.db", "DELETE FROM deliveries")


def replaced(node, backup):
    for path in (node.dir / "state").glob("spool/spool.db*"):
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
    wait_for(lambda: set(said) <= texts(n))
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
    change(n.dir / "state/spool/spool.db", "DELETE FROM deliveries")
    for i in range(2):
        assert n.deliver(text_message(new_phone(), f"at last {i}")
                         ).status == 200
    wait_for(lambda: {"at last 0", "at last 1"} <= texts(n))
    assert n.spool("SELECT min(id) > 3 FROM deliveries") == [(1,)]
    assert "ids continue at" in n.log("webhook-ingest")


@pytest.mark.parametrize("name", ["inbox.db", "spool.db"])
def test_programs_notice_that_a_file_was_replaced(make_node, name):
    """Moved away and copied back: the same rows, another file."""
    n = make_node()
    phone = new_phone()
    n.deliver(text_message(phone, "before"))
    n.wait_conversation(phone)
    state = place(n, name).parent
    n.down()
    n.up()
    shutil.copy(state / name, state / "copy")
    (state / name).rename(state / "away")
    (state / "copy").rename(state / name)
    for end in ("-wal", "-shm"):
        (state / (name + end)).unlink(missing_ok=True)
    wait_for(lambda: n.deliver(text_message(phone, "at last")).status == 200)
    wait_for(lambda: "at last" in texts(n))


def test_two_processors_with_other_run_folders(node, tmp_path):
    done = node.run("waspool-process", "--once",
                    env={"WASPOOL_RUN_DIR": tmp_path})
    assert done.returncode == 75
    assert "WASPOOL_RUN_DIR" in done.stderr


# --------------------------------------------------------- waspool restore

def restored(node, folder, *args):
    """The programs are stopped before, and started after."""
    node.down()
    answer = node.cli("--json", "restore", folder, *args)
    node.up()
    return answer


def test_no_id_means_somebody_else(make_node, tmp_path):
    """A screen that still shows what came after the backup."""
    n = make_node()
    first, a, b = new_phone(), new_phone(), new_phone()
    n.deliver(text_message(first, "before"))
    n.wait_conversation(first)
    other = n.cli("--json", "token", "create", n.workspace_id,
                  "ann@example.com", "--name", "other")
    n.cli("backup", tmp_path / "b")
    n.cli("token", "revoke", other["id"])
    n.deliver(text_message(a, "after the backup"))
    shown = n.wait_conversation(a)
    last = n.get("/changes", limit=1).json["last_seq"]
    answer = restored(n, tmp_path / "b")
    assert answer["tokens_revoked"] == 1 and answer["spool"].startswith("stays")
    assert n.get("/me").status == 200
    assert n.get("/me", token=other["token"]).status == 401
    again = n.wait_conversation(a)
    assert again["id"] > shown["id"]
    n.deliver(text_message(b, "somebody else"))
    assert n.wait_conversation(b)["id"] > again["id"]
    answer = n.post(f"/conversations/{shown['id']}/messages",
                    {"type": "text", "text": {"body": "for a"}})
    assert answer.status == 404
    for seq in (1, last - 1, last):
        assert n.get("/changes", after=seq).status == 410, seq
    assert texts(n) == {"before", "after the backup", "somebody else"}


def test_all_is_lost_but_the_backup(make_node, tmp_path):
    n = make_node()
    phone = new_phone()
    n.deliver(text_message(phone, "before"))
    n.wait_conversation(phone)
    n.cli("backup", tmp_path / "b")
    n.down()
    shutil.rmtree(n.dir / "state")
    (n.dir / "state").mkdir()
    answer = n.cli("--json", "restore", tmp_path / "b")
    assert answer["before"] is None and "lost" in answer["spool"]
    (n.dir / "state" / "dev.token").write_text(n.token + "\n")
    (n.dir / "state" / "dev.workspace").write_text(f"{n.workspace_id}\n")
    n.up()
    new = new_phone()
    assert n.deliver(text_message(new, "new")).status == 200
    assert n.wait_conversation(new)["id"] > 10_000_000
    assert n.spool("SELECT max(id) > 1000000 FROM deliveries") == [(1,)]


def test_put_back_by_hand_ids_go_on_all_the_same(make_node, tmp_path):
    n = make_node()
    first, a = new_phone(), new_phone()
    n.deliver(text_message(first, "before"))
    n.wait_conversation(first)
    n.cli("backup", tmp_path / "b")
    n.deliver(text_message(a, "after the backup"))
    shown = n.wait_conversation(a)
    n.down()
    n.run("waspool-process", "--once")      # it notes the ids
    state = n.dir / "state"
    for path in [*state.glob("inbox.db*"), *state.glob("spool/spool.db*")]:
        path.unlink()
    for name in ("inbox.db", "spool.db"):
        shutil.copy(tmp_path / "b" / name, place(n, name))
    n.up()
    n.deliver(text_message(new_phone(), "new"))
    wait_for(lambda: "new" in texts(n))
    assert n.db("SELECT max(id) FROM conversations")[0][0] > \
        shown["id"] + 10_000_000
    assert n.get("/changes", after=3).status == 410
    assert "is an older copy" in n.log("waspool-process")


@pytest.fixture(scope="module")
def stopped(tmp_path_factory):
    """A node with two conversations, stopped; its backup is in node.backup."""
    n = Node()
    try:
        n.up()
        n.backup = tmp_path_factory.mktemp("backup") / "b"
        phone = new_phone()
        n.deliver(text_message(phone, "before"))
        n.wait_conversation(phone)
        media = n.dir / "state" / "media"
        name = hashlib.sha256(b"a file").hexdigest()
        (media / name[:2]).mkdir()
        (media / name[:2] / name[2:]).write_bytes(b"a file")
        n.cli("backup", n.backup)
        shutil.copytree(media, n.backup / "media")
        n.file = media / name[:2] / name[2:]
        n.down()
        yield n
    finally:
        n.remove()


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def damaged(folder):
    flip(folder / "inbox.db")


def damaged_without_manifest(folder):
    (folder / "manifest.json").unlink()
    data = bytearray((folder / "inbox.db").read_bytes())
    data[4096:12288] = b"\xff" * 8192
    (folder / "inbox.db").write_bytes(data)


def half(folder):
    (folder / "spool.db").unlink()


def cut(folder):
    data = (folder / "spool.db").read_bytes()
    (folder / "spool.db").write_bytes(data[:len(data) // 2])


def empty_file(folder):
    (folder / "inbox.db").write_bytes(b"")
    (folder / "manifest.json").unlink()


def newer(folder):
    (folder / "manifest.json").unlink()
    c = sqlite3.connect(folder / "inbox.db")
    c.execute("PRAGMA user_version = 99")
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()


def by_hand(folder):
    (folder / "inbox.db-wal").write_bytes(b"x")


def bad_manifest(folder):
    (folder / "manifest.json").write_text("{}")


def no_folder(folder):
    shutil.rmtree(folder)


def a_file(folder):
    shutil.rmtree(folder)
    folder.write_text("x")


def aside(state):
    """What restores have made or put aside."""
    return {p.name for p in state.iterdir()
            if p.name.startswith(("restore-new", "before-restore"))}


@pytest.mark.parametrize("how, word", [
    (damaged, "SHA-256"), (damaged_without_manifest, "damaged"),
    (half, "half of one"), (cut, "SHA-256"), (empty_file, "none of waspool's"),
    (newer, "install a newer waspool"), (by_hand, "wal_checkpoint"),
    (bad_manifest, "manifest.json is damaged"), (no_folder, "No such file"),
    (a_file, "no folder")])
def test_what_is_no_whole_backup_is_refused(stopped, tmp_path, how, word):
    folder = tmp_path / "b"
    shutil.copytree(stopped.backup, folder)
    how(folder)
    state = stopped.dir / "state"
    before = {p.name: p.read_bytes() for p in files(state)}
    folders = aside(state)
    done = stopped.cli("restore", folder, check=False)
    assert done.returncode in (65, 66), done
    assert word in done.stderr, done.stderr
    after = {p.name: p.read_bytes() for p in files(state)}
    for name in ("inbox.db", "spool.db"):
        assert after[name] == before[name]
    assert aside(state) == folders


def test_no_room_is_said_before(stopped):
    done = stopped.run("waspool", "restore", stopped.backup,
                       env={"WASPOOL_MIN_FREE": "900T",
                            "WASPOOL_FILES_MIN_FREE": "900T"})
    assert done.returncode == 73 and "make room" in done.stderr, done


def test_the_state_folder_itself_is_no_backup(stopped):
    done = stopped.cli("restore", stopped.dir / "state", check=False)
    assert done.returncode == 65 and "not a backup" in done.stderr


def test_programs_that_run_are_named(node, stopped):
    state = stopped.dir / "state"
    c = sqlite3.connect(state / "inbox.db")
    c.execute("SELECT count(*) FROM messages").fetchall()
    try:
        done = stopped.cli("restore", stopped.backup, check=False)
    finally:
        c.close()
    # Our own locks are this process's; the program is another one.
    assert done.returncode == 75, done
    assert f"process {os.getpid()}" in done.stderr
    assert "systemctl stop" in done.stderr
    done = node.cli("restore", stopped.backup, check=False)
    assert done.returncode == 75 and "stop it" in done.stderr


def test_files_are_added_and_a_damaged_one_is_not(stopped, tmp_path):
    folder = tmp_path / "b"
    shutil.copytree(stopped.backup, folder)
    bad = folder / "media" / "aa" / ("b" * 62)
    bad.parent.mkdir(exist_ok=True)
    bad.write_bytes(b"not what its name says")
    stopped.file.unlink()
    answer = stopped.cli("--json", "restore", folder)
    assert (answer["files_added"], answer["files_damaged"]) == (1, 1)
    assert stopped.file.read_bytes() == b"a file"
    assert stopped.file.stat().st_mode & 0o777 == 0o640
    answer = stopped.cli("--json", "restore", folder)
    assert answer["files_added"] == 0


def test_an_older_schema_is_upgraded(stopped, tmp_path):
    folder = tmp_path / "b"
    folder.mkdir()
    shutil.copy(stopped.backup / "spool.db", folder)
    c = sqlite3.connect(folder / "inbox.db")
    c.execute("PRAGMA journal_mode = WAL")
    c.executescript((DATA / "inbox-2.sql").read_text())
    c.execute("PRAGMA user_version = 2")
    c.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    c.close()
    answer = stopped.cli("--json", "restore", folder, "--spool", "backup")
    assert "schema 2 upgraded" in answer["inbox"]
    stopped.cli("stats")
    kept = pathlib.Path(answer["before"])
    for name in ("inbox.db", "spool.db"):
        (kept / name).rename(place(stopped, name))


def test_revoke_all(stopped):
    answer = stopped.cli("--json", "restore", stopped.backup,
                         "--revoke-tokens")
    assert answer["tokens_valid"] == 0 and answer["tokens_revoked"] > 0


def test_a_message_that_may_have_been_sent_is_not_sent_again(d360_node,
                                                             tmp_path):
    n = d360_node
    phone = new_phone()
    n.deliver(text_message(phone, "before"))
    c = n.wait_conversation(phone)
    n.give_up("waspool-process")
    said = {"type": "text", "text": {"body": "once"}}
    assert n.post(f"/conversations/{c['id']}/messages", said).status == 202
    n.cli("backup", tmp_path / "b")
    assert n.run("waspool-process", "--once").returncode == 0
    assert len(n.provider.sent) == 1
    assert restored(n, tmp_path / "b")["messages_not_sent"] == 1
    [m] = [m for m in n.messages(c["id"]) if m["direction"] == "outbound"]
    assert m["status"] == "failed" and m["error"]["title"] == "restored"
    n.run("waspool-process", "--once")
    assert len(n.provider.sent) == 1


def test_what_was_wanted_then_is_not_done_now(d360_node, tmp_path):
    """Nor does a password let anybody in that was changed since."""
    n, phone = d360_node, new_phone()
    n.deliver(text_message(phone, "before"))
    c = n.wait_conversation(phone)
    n.give_up("waspool-process")
    n.cli("user", "add", "eve@example.com", "Eve")
    n.cli("member", "add", n.workspace_id, "eve@example.com")
    eve = Browser(n)
    assert eve.accept(invite(n, "eve@example.com")).status == 200
    assert n.post(f"/conversations/{c['id']}/block", {}).status == 202
    made = n.post("/templates", {
        "name": "then", "language": "en", "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Of then."}]})
    assert made.status == 202, made
    n.cli("backup", tmp_path / "b")
    asked = len(n.provider.requests)
    assert n.run("waspool-process", "--once").returncode == 0
    assert len(n.provider.requests) >= asked + 2
    assert eve.ask("PUT", "/session/password", {
        "password": PASSWORD, "new_password": "one of afterwards"}).status == 204
    answer = restored(n, tmp_path / "b")
    assert (answer["requests_not_asked"], answer["passwords_kept"]) == (2, 1)
    asked = len(n.provider.requests)
    n.run("waspool-process", "--once")
    n.drained()
    block = n.get(f"/conversations/{c['id']}").json["block"]
    assert (block["state"], block["error"]["title"]) == ("refused", "restored")
    template = n.get(f"/templates/{made.json['id']}").json
    assert template["status"] == "REFUSED" and "since" in template["error"]
    assert [r for r in n.provider.requests[asked:]
            if r.where in ("block", "template_new")] == []
    assert Browser(n).sign_in("eve@example.com").status == 401
    assert Browser(n).sign_in("eve@example.com",
                              "one of afterwards").status == 200


@pytest.mark.parametrize("page", ["middle", 1])
def test_a_damaged_spool_makes_room_and_what_can_be_read_is_kept(
        make_node, tmp_path, page):
    """Also one whose name cannot be read (it is in page 1)."""
    n = make_node()
    n.deliver(text_message(new_phone(), "before"))
    n.drained()
    n.cli("backup", tmp_path / "b")
    for i in range(200):
        n.deliver(text_message(new_phone(), f"{i} " + "x" * 1000))
    n.drained()
    n.down()
    path = n.dir / "state/spool/spool.db"
    change(path, "PRAGMA wal_checkpoint(TRUNCATE)")
    data = bytearray(path.read_bytes())
    if page == "middle":
        page = len(data) // 8192 // 2
    data[page * 8192:(page + 1) * 8192] = random.Random(7).randbytes(8192)
    path.write_bytes(data)
    answer = restored(n, tmp_path / "b")
    assert "damaged" in answer["spool"]
    assert answer["deliveries_added"] > 50
    wait_for(lambda: len(texts(n)) > 50)
    assert pathlib.Path(answer["before"], "spool.db").exists()
    assert n.deliver(text_message(new_phone(), "new")).status == 200
    wait_for(lambda: "new" in texts(n))


def test_import_of_a_spool_that_was_put_aside(make_node, tmp_path):
    n = make_node()
    n.deliver(text_message(new_phone(), "before"))
    n.drained()
    n.cli("backup", tmp_path / "b")
    n.deliver(text_message(new_phone(), "after the backup"))
    n.drained()
    answer = restored(n, tmp_path / "b", "--spool", "backup")
    assert "as you said" in answer["spool"]
    assert texts(n) == {"before"}
    aside = f"{answer['before']}/spool.db"
    assert n.cli("--json", "spool", "import", aside) == {"imported": 2}
    wait_for(lambda: texts(n) == {"before", "after the backup"})
    for path in (n.dir / "state/spool/spool.db", tmp_path / "none"):
        assert n.cli("spool", "import", path, check=False).returncode in (
            65, 66)


def test_only_the_spool(make_node, tmp_path):
    n = make_node()
    n.deliver(text_message(new_phone(), "before"))
    n.drained()
    n.cli("backup", tmp_path / "b")
    n.deliver(text_message(new_phone(), "after the backup"))
    n.drained()
    answer = restored(n, tmp_path / "b", "--inbox", "present")
    assert answer["inbox"] == "stays as it is"
    assert texts(n) == {"before", "after the backup"}
    n.deliver(text_message(new_phone(), "new"))
    wait_for(lambda: "new" in texts(n))


# ------------------------------------------------- root, and the programs' user

USER = 65534


@pytest.mark.skipif(os.getuid() != 0, reason="only root can be another user")
def test_root_leaves_nothing_of_its_own(stopped):
    """The state folder is another user's, media another group's."""
    home = pathlib.Path(tempfile.mkdtemp(prefix="waspool-"))
    env = {"WASPOOL_STATE_DIR": home / "state", "WASPOOL_RUN_DIR": home / "run",
           "WASPOOL_KEY_DIR": home / "keys",
           "WASPOOL_TOKEN_DIR": home / "tokens"}
    env = {k: str(v) for k, v in env.items()}
    try:
        for name in ("state", "run", "keys"):
            (home / name).mkdir()
            os.chown(home / name, USER, USER)
        home.chmod(0o755)
        media = home / "state" / "media"
        for path in (media, media / "tmp"):
            path.mkdir()
            os.chown(path, USER, 33)
            path.chmod(0o2750)
        done = stopped.run("waspool", "restore", stopped.backup, env=env)
        assert done.returncode == 0, done.stderr
        for args in (["user", "add", "ann@example.com", "Ann"], ["stats"],
                     ["upgrade"], ["outbox", "list"]):
            stopped.run("waspool", *args, env=env)
        stopped.run("waspool-process", "--once", env=env)
        found = [p for p in home.rglob("*")]
        assert any(p.name == "inbox.db.lock" for p in found)
        for p in found:
            st = p.stat()
            assert st.st_uid == USER, p
            assert st.st_gid == (33 if media in p.parents or p == media
                                 else USER), p
        assert (home / "state" / "inbox.db").stat().st_mode & 0o777 == 0o640
        file = media / stopped.file.parent.name / stopped.file.name
        assert file.stat().st_mode & 0o777 == 0o640
    finally:
        shutil.rmtree(home)
