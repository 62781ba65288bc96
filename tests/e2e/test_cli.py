"""waspool, the command line, on databases of its own: no node runs here."""

import json
import os
import pathlib
import pty
import re
import resource
import signal
import sqlite3
import stat
import subprocess
import tempfile
import time

import pytest

import libpq
from rig import (BUILD, PATIENCE, PGSQL, ROOT, Place, clean_environment, unix,
                 wait_for)

BIN = os.environ.get("WASPOOL_BIN", str(BUILD / "inst/bin/waspool"))
PROCESSOR = BUILD / "inst/bin/waspool-process"
NUMBER = "106540352242922"
NOUNS = {
    "workspace": ["add", "remove", "list"],
    "user": ["add", "remove", "list"],
    "member": ["add", "remove", "list"],
    "tag": ["list", "rename", "delete"],
    "token": ["create", "list", "revoke"],
    "conversation": ["open", "close", "pending", "snooze", "note", "assign",
                     "label", "unlabel", "block", "unblock", "typing",
                     "list", "files", "show", "participants", "split"],
    "team": ["list", "add", "rename", "delete", "join", "leave"],
    "label": ["list", "add", "set", "delete"],
    "message": ["show"],
    "number": ["add", "list", "provider", "remove"],
    "contact": ["import", "list"], "template": ["list", "create", "delete", "sync"],
    "broadcast": ["create", "add", "start", "pause", "stop", "list", "show",
                  "recipients"],
    "group": ["list", "create", "change", "remove", "end"],
    "canned": ["list", "set", "delete"],
    "field": ["list", "add", "remove"],
    "send": ["text", "image", "video", "audio", "document", "sticker",
             "template", "buttons", "list", "cta-url", "location-request",
             "request-contact-info", "call-permission-request", "flow",
             "product", "product-list", "catalog-message", "json",
             "location", "reaction"],
    "outbox": ["list", "retry", "cancel"],
    "webhook": ["get", "set"],
    "spool": ["list", "show", "retry", "replay", "discard", "import"],
    "events": ["list"], "search": [],
    "init": [], "upgrade": [], "backup": [], "restore": [], "stats": [], "reindex": [], "move": [],
    "doctor": [],
}


EXITS = {"OK": 0, "USAGE": 64, "DATAERR": 65, "NOINPUT": 66, "UNAVAILABLE": 69,
         "SOFTWARE": 70, "OSERR": 71, "CANTCREAT": 73, "IOERR": 74,
         "TEMPFAIL": 75, "NOPERM": 77, "CONFIG": 78}


class Cli:
    """waspool with a configuration and databases below DIR."""

    def __init__(self, folder):
        self.dir = pathlib.Path(folder)
        self.config = self.dir / "waspool.conf"
        self.config.write_text(
            f"WASPOOL_STATE_DIR={folder}/state\n"
            f"WASPOOL_RUN_DIR={folder}/run\n"
            f"WASPOOL_KEY_DIR={folder}/keys\n"
            f"WASPOOL_TOKEN_DIR={folder}/tokens\n")
        self.env = clean_environment({"WASPOOL_CONFIG": str(self.config)})
        self.owner = None

    def run(self, *args, input=None):
        return subprocess.run([BIN, *map(str, args)], env=self.env,
                              input=input, capture_output=True, timeout=120,
                              text=not isinstance(input, bytes))

    def __call__(self, *args):
        """What it answers for programs."""
        done = self.run("--json", *args)
        assert done.returncode == 0, (args, done)
        return json.loads(done.stdout)

    def fails(self, status, *args, input=None):
        """It ends with STATUS: what it said on stderr."""
        done = self.run(*args, input=input)
        assert done.returncode == status, (args, done)
        assert done.stderr
        return done.stderr

    def terminal(self, *args):
        """What a person sees: stdout is a terminal, stderr is not."""
        master, slave = pty.openpty()
        p = subprocess.Popen([BIN, *args], env=self.env, stdout=slave,
                             stderr=subprocess.DEVNULL)
        os.close(slave)
        out = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        os.close(master)
        assert p.wait(60) == 0
        return out.decode().replace("\r\n", "\n")

    def sql(self, file, text, *parameters):
        if self.owner and file == "inbox.db":
            with libpq.Connection(self.owner) as c:
                return c.run(text, *parameters)[0]
        c = sqlite3.connect(self.dir / "state" / file)
        with c:
            rows = c.execute(text, parameters).fetchall()
        c.close()
        return rows

    def deliver(self, body, received_at=1700000000):
        return self.sql("spool/spool.db", "INSERT INTO deliveries(received_at,"
                        " remote, credential, body_len, body)"
                        " VALUES (?, '127.0.0.1', 'token-1', ?, ?)"
                        " RETURNING id", received_at, len(body), body)[0][0]

    def applied(self, upto):
        node = self.sql("spool/spool.db", "SELECT node FROM spool")[0][0]
        self.sql("inbox.db", "INSERT INTO spool_cursors(node, delivery_id, seen_at)"
                 " VALUES (?, ?, ?)"
                 " ON CONFLICT(node) DO UPDATE SET delivery_id = ?", node, upto,
                 1700000100, upto)
        return node

    def hold(self, id, state, reason):
        node = self.applied(id)
        self.sql("inbox.db", "INSERT INTO held(node, delivery_id, state,"
                 " reason, attempts, due_at, updated_at) VALUES"
                 " (?, ?, ?, ?, 3, 4102444800, 1)", node, id, state, reason)


@pytest.fixture
def empty(tmp_path):
    return Cli(tmp_path)


@pytest.fixture
def cli(empty):
    """With databases: of the inbox a file, or what ./dev test --pgsql has."""
    if PGSQL:
        import postgres
        empty.env.update(postgres.shared().for_node())
        empty.owner = empty.env["NODE_INBOX_OWNER"]
    assert empty.run("init").returncode == 0
    yield empty
    if PGSQL:
        postgres.shared().drop(empty.owner)


@pytest.fixture
def full(cli):
    """With a workspace, a member and a number."""
    cli("workspace", "add", "Example")
    cli("user", "add", "ann@example.com", "Ann")
    cli("member", "add", 1, "ann@example.com")
    return cli


# ------------------------------------------------------------- init, upgrade

def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_init_makes_everything_and_may_be_repeated(empty):
    first = empty.run("init")
    assert first.returncode == 0, first
    assert "made" in first.stdout
    assert "waspool workspace add" in first.stderr
    assert mode(empty.dir / "state") == 0o751
    assert mode(empty.dir / "keys") == 0o700
    assert (empty.dir / "run").is_dir()
    assert mode(empty.dir / "state/inbox.db") == 0o640
    assert mode(empty.dir / "state/spool/spool.db") == 0o640
    assert empty("workspace", "add", "Kept")["id"] == 1
    again = empty.run("init")
    assert again.returncode == 0
    assert "made" not in again.stdout
    assert [w["name"] for w in empty("workspace", "list")] == ["Kept"]


def test_init_of_another_users_directory_is_refused_to_root(empty):
    if os.geteuid() != 0:
        pytest.skip("only root may give a directory away")
    (empty.dir / "state").mkdir()
    os.chown(empty.dir / "state", 65534, 65534)
    assert "as that user" in empty.fails(77, "init")
    assert not (empty.dir / "state/inbox.db").exists()


def tree(folder):
    """Every name, whose it is and its mode."""
    return {str(p): (p.stat().st_uid, p.stat().st_gid, oct(p.stat().st_mode))
            for p in [folder, *folder.rglob("*")]}


@pytest.mark.parametrize("theirs", ["state", "keys", "run", "tokens"])
def test_a_refused_init_leaves_the_disk_as_it_was(empty, theirs):
    """It made folders of root's, and then refused."""
    if os.geteuid() != 0:
        pytest.skip("only root may give a directory away")
    (empty.dir / theirs).mkdir()
    os.chown(empty.dir / theirs, 65534, 65534)
    before = tree(empty.dir)
    assert "runuser -u nobody -- waspool init" in empty.fails(77, "init")
    assert tree(empty.dir) == before


def test_init_of_whom_nobody_made_folders_says_what_to_type(tmp_path):
    """/etc/waspool/keys: Permission denied, and half of it was made."""
    if os.geteuid() != 0:
        pytest.skip("only root may become another user")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        for mine in ("state", "run"):
            (folder / mine).mkdir()
            os.chown(folder / mine, 65534, 65534)
        before = tree(folder)
        env = clean_environment({
            "WASPOOL_STATE_DIR": name + "/state",
            "WASPOOL_RUN_DIR": name + "/run",
            "WASPOOL_KEY_DIR": name + "/etc/keys",
            "WASPOOL_TOKEN_DIR": name + "/etc/tokens"})
        env.pop("WASPOOL_CONFIG", None)
        command = ["setpriv", "--reuid=65534", "--regid=65534",
                   "--clear-groups", str(BIN), "init"]

        def init():
            return subprocess.run(command, env=env, capture_output=True,
                                  text=True, cwd="/")
        done = init()
        assert done.returncode == 73, done
        assert tree(folder) == before
        typed = [x for x in done.stderr.splitlines() if x.startswith("  ")]
        assert len(typed) == 2
        for line in typed:              # as root, as it stands
            subprocess.run(["sh", "-c", line], check=True)
        done = init()
        assert done.returncode == 0, done
        assert (folder / "state" / "inbox.db").stat().st_uid == 65534


@pytest.mark.sqlite("PostgreSQL locks what a step changes")
def test_upgrade_refuses_while_a_program_runs(cli):
    c = sqlite3.connect(cli.dir / "state/inbox.db", isolation_level=None)
    c.execute("PRAGMA user_version = 1")
    said = cli.fails(75, "upgrade")
    assert f"process {os.getpid()} has" in said and "systemctl stop" in said
    assert c.execute("PRAGMA user_version").fetchone() == (1,)
    c.close()


def test_without_databases_it_says_init(empty):
    for args in (["workspace", "list"], ["spool", "list"], ["stats"],
                 ["upgrade"], ["user", "add", "a@b", "A"]):
        assert "waspool init" in empty.fails(66, *args)


def test_upgrade_of_what_is_new_does_nothing(cli):
    assert cli("upgrade") == {"steps": 0}


@pytest.mark.sqlite("test_pg_inbox.py has it for PostgreSQL")
def test_newer_schema_is_refused(cli):
    c = sqlite3.connect(cli.dir / "state/inbox.db")
    c.execute("PRAGMA user_version = 999")
    c.close()
    assert "999" in cli.fails(69, "workspace", "list")
    assert "999" in cli.fails(69, "upgrade")


def test_bad_configuration_names_the_key(cli):
    cli.config.write_text("WASPOOL_FROB=1\n")
    assert "WASPOOL_FROB" in cli.fails(78, "workspace", "list")


# --------------------------------------------------------------- usage, help

@pytest.mark.parametrize("noun", NOUNS)
def test_help_has_an_example_at_each_level(empty, noun):
    for words in [[noun]] + [[noun, verb] for verb in NOUNS[noun]]:
        done = empty.run(*words, "--help")
        assert done.returncode == 0
        assert "Example:\n  waspool " + " ".join(words[:1]) in done.stdout


def test_help_of_the_program_names_all_nouns(empty):
    done = empty.run("--help")
    assert done.returncode == 0
    for noun in NOUNS:
        assert f"  {noun} " in done.stdout


def test_the_summary_of_a_noun_lists_its_verbs(empty):
    """A list of verbs behind a colon has all of them, unless it ends in …"""
    of = {}
    for words, _ in verbs():
        of.setdefault(words[0], set()).update(words[1:])
    for noun, listed in re.findall(r"^  ([a-z]+) .*: (.*)$",
                                   empty.run("--help").stdout, re.M):
        if "…" not in listed:
            assert set(listed.split(", ")) == of[noun], noun


def test_version(empty):
    assert empty.run("--version").stdout.startswith("waspool ")


@pytest.mark.parametrize("args, said", [
    ([], "Usage"),
    (["frob"], "frob"),
    (["--frob"], "--frob"),
    (["token", "frob"], "frob"),
    (["token", "list", "--frob"], "--frob"),
    (["token", "list", "-f"], "-f"),
    (["token", "list", "1", "2"], "'2'"),
    (["workspace", "add"], "NAME"),
    (["workspace", "add", " "], "name"),
    (["workspace", "add", "x" * 101], "100"),
    (["token", "create", "1", "a@b", "--name"], "--name"),
    (["token", "create", "1", "a@b", "--expires", "soon"], "soon"),
    (["contact", "import", "x", "--skip-bad=1"], "--skip-bad"),
    (["member", "add", "x", "a@b"], "'x'"),
    (["member", "add", "1", "a@b", "--role", "king"], "king"),
    (["user", "add", "nobody", "N"], "nobody"),
    (["number", "add", "+1"], "+1"),
    (["spool", "show", "0"], "'0'"),
    (["spool", "retry"], "--all"),
    (["spool", "list", "--state", "lost"], "lost"),
])
def test_wrong_usage_says_what_and_where_help_is(full, args, said):
    stderr = full.fails(64, *args)
    assert said in stderr
    assert "--help" in stderr


def test_options_stand_anywhere(full):
    a = full.run("member", "--json", "add", "--role=admin", "1",
                 "ann@example.com")
    assert json.loads(a.stdout)["role"] == "admin"
    a = full.run("member", "add", "1", "--role", "owner", "--",
                 "ann@example.com", )
    assert a.returncode == 0 and "owner" in a.stdout


# ----------------------------------------- workspaces, users, members, tokens

def test_workspace(cli):
    assert cli("workspace", "add", "Exämple  Ltd") == {
        "id": 1, "name": "Exämple Ltd"}
    w = cli("workspace", "list")[0]
    assert (w["name"], w["members"], w["numbers"]) == ("Exämple Ltd", 0, 0)


def test_user_address_is_taken_once(cli):
    assert cli("user", "add", "ann@example.com", "Ann") == {
        "id": 1, "email": "ann@example.com", "name": "Ann"}
    assert "user 1" in cli.fails(65, "user", "add", "Ann@Example.com", "A")
    assert len(cli("user", "list")) == 1


def test_member_changes_role_and_leaves(full):
    m = full("member", "add", 1, "ann@example.com", "--role", "owner")
    assert (m["user_id"], m["role"]) == (1, "owner")
    assert [m["role"] for m in full("member", "list")] == ["owner"]
    full("member", "add", 1, "ann@example.com")
    assert [m["role"] for m in full("member", "list")] == ["owner"]
    assert "user add" in full.fails(65, "member", "add", 1, "bob@example.com")
    assert full("member", "remove", 1, "ann@example.com") == {"removed": 1}
    full.fails(65, "member", "remove", 1, "ann@example.com")
    full.fails(65, "member", "add", 2, "ann@example.com")


def test_a_workspace_without_an_owner_is_told_of(full):
    def hint(*args):
        done = full.run("member", *args)
        assert done.returncode == 0, done
        return "no owner now" in done.stdout + done.stderr

    full("user", "add", "cy@example.com", "Cy")
    ann, cy = (1, "ann@example.com"), (1, "cy@example.com")
    assert not hint("add", *ann)        # there was none before
    assert not hint("add", *ann, "--role", "owner")
    assert hint("add", *ann, "--role", "agent")
    assert not hint("add", *ann)        # as it is
    assert not hint("add", *ann, "--role", "owner")
    assert not hint("add", *cy, "--role", "owner")
    assert not hint("remove", *ann)
    assert hint("remove", *cy)


def test_token_is_shown_once_and_only_its_hash_is_kept(full):
    t = full("token", "create", 1, "ann@example.com", "--name", "laptop",
             "--expires", "90d")
    assert t["token"].startswith("wp_") and len(t["token"]) == 46
    assert t["workspace_id"] == 1 and t["user"] == "ann@example.com"
    assert abs(unix(t["expires_at"]) - time.time() - 90 * 86400) < 100
    files = [f for f in (full.dir / "state").rglob("*") if f.is_file()]
    assert not any(t["token"].encode() in f.read_bytes() for f in files)
    listed = full.run("token", "list").stdout
    assert "laptop" in listed and t["token"] not in listed
    assert full("token", "list", 1)[0]["state"] == "valid"
    assert full("token", "revoke", t["id"]) == {"revoked": t["id"]}
    assert full("token", "list")[0]["state"] == "revoked"
    full.fails(65, "token", "revoke", 99)


def test_token_without_expiry_and_for_members_only(full):
    assert full("token", "create", 1, "ann@example.com")["expires_at"] is None
    full("user", "add", "bob@example.com", "Bob")
    assert "member add 1" in full.fails(65, "token", "create", 1,
                                        "bob@example.com")


# ------------------------------------------------------------------- numbers

def test_number_belongs_to_one_workspace(full):
    n = full("number", "add", NUMBER, "--display", "+1 555 078 3881")
    assert (n["workspace_id"], n["registered"]) == (1, True)
    assert n["deliveries_due"] == 0
    assert "already" in full.fails(65, "number", "add", NUMBER)
    full("workspace", "add", "Other")
    assert "workspace 1" in full.fails(65, "number", "add", NUMBER,
                                       "--workspace", "2")
    assert "say which" in full.fails(64, "number", "add", "1")
    assert full("number", "list")[0]["display_phone"] == "+1 555 078 3881"
    full("number", "remove", NUMBER)
    assert full("number", "list") == []
    full.fails(65, "number", "remove", NUMBER)


def test_number_that_came_by_itself_becomes_registered(full):
    full.sql("inbox.db", "INSERT INTO numbers(workspace_id, phone_number_id,"
             " registered, created_at) VALUES (1, ?, 0, 1)", NUMBER)
    assert full("number", "list")[0]["registered"] is False
    assert full("number", "add", NUMBER)["registered"] is True


def test_number_with_conversations_stays(full):
    full("number", "add", NUMBER)
    full.sql("inbox.db", "INSERT INTO conversations(workspace_id, number_id,"
             " created_at, updated_at) VALUES (1, 1, 1, 1), (1, 1, 1, 1)")
    assert "2 conversations" in full.fails(65, "number", "remove", NUMBER)
    assert len(full("number", "list")) == 1


def test_number_that_moves_says_where_it_goes(full):
    full("number", "add", NUMBER)
    assert "--workspace" in full.fails(64, "number", "move", NUMBER)
    assert "already" in full.fails(65, "number", "move", NUMBER,
                                   "--workspace", "1")
    full("workspace", "add", "Other")
    assert "number move" in full.fails(65, "number", "add", NUMBER,
                                       "--workspace", "2")
    full("workspace", "add", "Third")
    full.sql("inbox.db", "UPDATE numbers SET moving_to = 2")
    assert full("number", "list")[0]["moving_to"] == 2
    assert "workspace 2" in full.fails(65, "number", "move", NUMBER,
                                       "--workspace", "3")
    full.fails(65, "number", "remove", NUMBER)


# ------------------------------------------------------------------ contacts

def sheet(cli, text):
    path = cli.dir / "contacts.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def contacts(cli, *args):
    return {c["phone"]: c for c in cli("contact", "list", *args)}


def test_import(full):
    path = sheet(full, "phone,name,email,tags\n"
                 "+1 (650) 555-1234,\"Nelson, Sheena\",s@example.com,"
                 "\"vip, new\"\n"
                 "+49 30 123456,Jörg,,\n")
    assert full("contact", "import", path) == {
        "lines": 2, "added": 2, "updated": 0, "bad": 0}
    c = contacts(full)
    assert c["+16505551234"]["name"] == "Nelson, Sheena"
    assert c["+16505551234"]["email"] == "s@example.com"
    assert c["+16505551234"]["tags"] == ["new", "vip"]
    assert c["+4930123456"]["name"] == "Jörg"
    assert list(contacts(full, "--tag", "vip")) == ["+16505551234"]
    subprocess.run([PROCESSOR, "--once"], env=full.env, check=True)
    assert list(contacts(full, "--q", "jorg")) == ["+4930123456"]
    assert len(contacts(full, "--limit", "1")) == 1


def test_import_as_a_spreadsheet_writes_it(full):
    path = sheet(full, b"\xef\xbb\xbfTags;Name;Note;PHONE\r\n"
                 b"a,b;Ann;x;+16505551234\r\n")
    done = full.run("contact", "import", path)
    assert done.returncode == 0, done
    assert "not imported: Note" in done.stderr
    assert contacts(full)["+16505551234"]["tags"] == ["a", "b"]


def test_import_from_standard_input(full):
    done = full.run("contact", "import", "-", "--json",
                    input="name,phone\nAnn,+16505551234\n")
    assert json.loads(done.stdout)["added"] == 1


def test_import_again_updates_what_is_given(full):
    full("contact", "import", sheet(
        full, "phone,name,email,tags\n+16505551234,Ann,a@example.com,vip\n"))
    assert full("contact", "import", sheet(
        full, "phone,name,email,tags\n+16505551234,,b@example.com,new\n"
        "+1 650 555 1234,Anna,,\n"))["updated"] == 2
    c = contacts(full)["+16505551234"]
    assert (c["name"], c["email"], c["tags"]) == (
        "Anna", "b@example.com", ["new", "vip"])


def test_import_of_customers_without_a_phone(full):
    text = ("user_id,name,phone\nPT.15512230781,Rui,\nPT.77,Ana,+4930123456\n"
            ",Bea,+4930123457\n")
    assert full("contact", "import", sheet(full, text))["added"] == 3
    by_name = {c["name"]: c for c in full("contact", "list")}
    assert (by_name["Rui"]["phone"], by_name["Rui"]["user_id"]) == (
        None, "PT.15512230781")
    assert by_name["Ana"]["user_id"] == "PT.77"
    # The phone of one and the user id of another: a person decides.
    stderr = full.fails(65, "contact", "import", sheet(
        full, "user_id,phone,name\nPT.77,+4930123457,Who\n,,Nobody\n"))
    assert "line 2: phone and user_id are two contacts" in stderr
    assert "line 3: it has neither phone nor user_id" in stderr
    # What was not known is added.
    assert full("contact", "import", sheet(
        full, "user_id,phone\nPT.15512230781,+4930123458\n"))["updated"] == 1
    assert contacts(full)["+4930123458"]["name"] == "Rui"


def test_an_address_book_goes_out_and_in_again(full):
    text = ('phone,user_id,name,email,tags\n'
            '+16505551234,,"Nelson, Sheena; ""Sh""",s@example.org,"a, b"\n'
            ',PT.77,Rui Gonçalves de Almeida Magalhães Pereira'
            ' Bettencourt da Câmara,,\n')
    full("contact", "import", sheet(full, text))
    before = {c["name"]: c for c in full("contact", "list")}
    for format_ in ("csv", "vcard"):
        out = full.run("contact", "list", "--as", format_)
        assert out.returncode == 0, out
        for c in full("contact", "list"):
            full("contact", "erase", c["phone"] or c["user_id"], "--anyway",
                 "--no-wait")
        subprocess.run([PROCESSOR, "--once"], env=full.env, check=True)
        assert contacts(full) == {}
        assert full("contact", "import", sheet(full, out.stdout))["added"] == 2
        after = {c["name"]: c for c in full("contact", "list")}
        for name, c in before.items():
            assert {k: after[name][k] for k in (
                "phone", "user_id", "email", "tags")} == {
                k: c[k] for k in ("phone", "user_id", "email", "tags")}
    full.fails(64, "contact", "list", "--as", "xml")


def test_import_of_cards(full):
    done = full.run("contact", "import", sheet(full, (
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Nelson;Sheena;;;\r\n"
        "TEL;TYPE=CELL:+44 (0)20 7946 0958\r\nEND:VCARD\r\n"
        "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Mail only\r\nEND:VCARD\r\n")))
    assert "they have no phone: 1 cards" in done.stderr, done
    assert contacts(full)["+442079460958"]["name"] == "Sheena Nelson"
    stderr = full.fails(65, "contact", "import", sheet(full, (
        "BEGIN:VCARD\nFN:A\nTEL:+16505551234\nTEL:030 1\nEND:VCARD\n")))
    assert "line 4: phone" in stderr
    assert len(contacts(full)) == 1


def test_merge(full):
    full("contact", "import", sheet(
        full, "phone,user_id,name,tags\n+16505551234,,Ann,a\n,US.77,A. N.,b\n"
        "+16505551235,,Other,\n"))
    ids = {c["name"]: c["id"] for c in full("contact", "list")}
    one = full("contact", "merge", str(ids["Ann"]), str(ids["A. N."]))
    assert (one["phone"], one["user_id"], one["tags"]) == (
        "+16505551234", "US.77", ["a", "b"])
    stderr = full.fails(65, "contact", "merge", str(ids["Ann"]),
                        str(ids["Other"]))
    assert "--phone says which" in stderr
    full.fails(65, "contact", "merge", str(ids["Ann"]), str(ids["A. N."]))
    full.fails(65, "contact", "merge", str(ids["Ann"]), str(ids["Ann"]))
    assert full("contact", "merge", str(ids["Ann"]), str(ids["Other"]),
                "--phone", "+1 650 555 1235")["phone"] == "+16505551235"


BAD = ("phone,name,email\n"
       "+16505551234,Ann,\n"
       "0301234,Local,\n"
       ",Nobody,\n"
       "+16505551235,\"x\"y,\n"
       "+16505551236,Bob,not an address\n"
       "+16505551237,,\n"
       "+16505551238,Eve,,,\n")


def test_import_of_bad_lines_imports_nothing(full):
    stderr = full.fails(65, "contact", "import", sheet(full, BAD))
    assert [s.split(":")[0] for s in stderr.splitlines()
            if s.startswith("line ")] == [f"line {n}" for n in range(3, 9)]
    assert contacts(full) == {}


def test_import_of_bad_lines_knows_who_has_a_name(full):
    full("contact", "import", sheet(full, "phone,name\n+16505551234,Ann\n"))
    stderr = full.fails(65, "contact", "import", sheet(
        full, "phone,name\nbad,D\n+16505551234,\n+16505551235,Bob\n"
        "+16505551235,\n+16505551236,\n"))
    assert "line 2: " in stderr and "line 6: " in stderr
    assert stderr.count("line ") == 2
    assert list(contacts(full)) == ["+16505551234"]


def test_new_contact_without_a_name_imports_nothing(full):
    stderr = full.fails(65, "contact", "import", sheet(
        full, "phone,name\n+16505551234,Ann\n+16505551237,\n"))
    assert "line 3: " in stderr
    assert contacts(full) == {}


def test_import_skips_bad_lines_when_told(full):
    done = full.run("contact", "import", "--skip-bad", "--json",
                    sheet(full, BAD))
    assert done.returncode == 0
    assert json.loads(done.stdout) == {
        "lines": 7, "added": 1, "updated": 0, "bad": 6}
    assert list(contacts(full)) == ["+16505551234"]


@pytest.mark.parametrize("text, said", [
    (b"", "empty"),
    (b"name,email\n", "phone"),
    (b"phone,phone\n", "two columns"),
    (b"\xff\xfep\0h\0", "UTF-8"),
])
def test_import_of_another_file(full, text, said):
    assert said in full.fails(65, "contact", "import", sheet(full, text))


def test_import_of_no_file(full):
    full.fails(66, "contact", "import", full.dir / "none.csv")


def test_an_import_writes_little_at_a_time(full):
    """Whoever else writes does not wait for it: also for the worst lines."""
    full("number", "add", NUMBER)
    phones = [f"+4930{i:07}" for i in range(20)]
    for phone in phones:
        full.sql("inbox.db", "INSERT INTO conversations(workspace_id,"
                 " number_id, phone, created_at, updated_at) VALUES"
                 f" (1, 1, '{phone}', 1, 1), (1, 1, '{phone}', 1, 1),"
                 f" (1, 1, '{phone}', 1, 1)")
    tags = ",".join(f"tag {i}" for i in range(50))
    path = sheet(full, "phone,name,tags\n" + "".join(
        f'{p},Ann,"{tags}"\n' for p in phones * 2))
    done = full.run("contact", "import", "--json", path)
    assert json.loads(done.stdout) == {
        "lines": 40, "added": 20, "updated": 20, "bad": 0}
    assert "others waited" not in done.stderr
    subprocess.run([PROCESSOR, "--once"], env=full.env, check=True,
                   timeout=PATIENCE)
    assert full.sql("inbox.db", "SELECT count(*) FROM jobs") == [(0,)]
    assert full.sql("inbox.db", "SELECT count(*) FROM conversation_tags"
                    " WHERE tag_ids LIKE '% 1 % 50 %'") == [(20 * 3 * 50,)]


def test_an_import_that_was_killed_has_the_first_lines(full):
    lines = [f"+49301{i:06},Ann {i},vip\n" for i in range(6000)]
    path = sheet(full, "phone,name,tags\n" + "".join(lines))

    def limit():    # as soon as a file of it has 2 MB
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, 2 << 20))
    p = subprocess.Popen([BIN, "contact", "import", path], env=full.env,
                         stdout=subprocess.DEVNULL, preexec_fn=limit)
    if full.owner:      # it writes no file
        wait_for(lambda: full.sql("inbox.db", "SELECT 1 FROM contacts"))
        p.kill()
    assert p.wait(PATIENCE) in (-signal.SIGXFSZ, -signal.SIGKILL)
    names = [n for n, in full.sql(
        "inbox.db", "SELECT name FROM contacts ORDER BY id")]
    assert 0 < len(names) < len(lines)
    assert names == [f"Ann {i}" for i in range(len(names))]
    changes = full.sql("inbox.db", "SELECT max(seq) FROM changes")[0][0]
    assert full("contact", "import", path) == {
        "lines": 6000, "added": 6000 - len(names), "updated": len(names),
        "bad": 0}
    new = full.sql("inbox.db", "SELECT count(*) FROM changes WHERE seq >"
                   f" {changes} AND object_id <= {len(names)}")
    assert new == [(0,)], "what was in changes again"


def test_import_links_conversations(full):
    full("number", "add", NUMBER)
    full.sql("inbox.db", "INSERT INTO conversations(workspace_id, number_id,"
             " phone, created_at, updated_at)"
             " VALUES (1, 1, '+16505551234', 1, 1)")
    full("contact", "import", sheet(full, "phone,name\n+16505551234,Ann\n"))
    assert full.sql("inbox.db", "SELECT contact_id FROM conversations") \
        == [(1,)]


def test_contacts_of_another_workspace_are_not_listed(full):
    full("contact", "import", sheet(full, "phone,name\n+16505551234,Ann\n"))
    full("workspace", "add", "Other")
    assert full("contact", "list", "--workspace", 2) == []
    full.fails(65, "contact", "list", "--workspace", 3)


# --------------------------------------------------------------------- spool

def test_spool_states(full):
    for i in range(4):
        full.deliver(b'{"n":%d}' % i)
    full.hold(1, "dead", "not JSON")
    full.hold(2, "deferred", "nobody has the number")
    full.applied(3)
    rows = full("spool", "list")
    assert [(d["id"], d["state"]) for d in rows] == [
        (4, "waiting"), (3, "applied"), (2, "deferred"), (1, "dead")]
    assert rows[3]["reason"] == "not JSON"
    assert rows[2]["due_at"] == "2100-01-01T00:00:00Z"
    assert (rows[0]["bytes"], rows[0]["credential"]) == (7, "token-1")
    for state, id in (("waiting", 4), ("applied", 3), ("deferred", 2),
                      ("dead", 1)):
        listed = full("spool", "list", "--state", state)
        assert [d["id"] for d in listed] == [id]
    assert [d["id"] for d in full("spool", "list", "--limit", 1,
                                  "--before", 4)] == [3]


def test_nothing_is_called_applied_in_a_spool_that_is_older(full):
    for _ in range(3):
        full.deliver(b"{}")
    full.hold(1, "dead", "not JSON")
    full.applied(9)
    rows = full("spool", "list")
    assert {d["state"] for d in rows} == {"waiting"} and len(rows) == 3
    assert full("spool", "show", 1)["state"] == "waiting"
    assert "not the file that was read last" in full.run("spool",
                                                         "list").stderr
    assert full("spool", "list", "--state", "dead") == []
    for args in (["retry", 1], ["retry", "--all"], ["discard", 1],
                 ["replay", 2]):
        assert "waspool-process applies all" in full.fails(65, "spool", *args)


def test_spool_show(full):
    body = '{"a":[1,{"ä":"x\\ny"}],"b":{}}'.encode()
    id = full.deliver(body)
    shown = full("spool", "show", id)
    assert shown["body"] == json.loads(body)
    assert shown["remote"] == "127.0.0.1"
    text = full.run("spool", "show", id).stdout
    assert '\n  "a": [\n    1,\n' in text
    assert full.run("spool", "show", id, "--raw", input=b"").stdout == body
    full.fails(65, "spool", "show", 99)


def test_spool_show_is_safe_to_look_at(full):
    body = {"a\u202e": "\x1b[31m \x9b31m \x7f \u2066x", "b": "Ünïcödé €"}
    id = full.deliver(json.dumps(body, ensure_ascii=False).encode())
    text = full.run("spool", "show", id).stdout
    assert not set("\x1b\x9b\x7f\u202e\u2066") & set(text)
    assert json.loads(text[text.index("{"):]) == body


def test_spool_show_what_is_not_json(full):
    body = b"\x1b[31m\0 no"
    id = full.deliver(body)
    assert full("spool", "show", id)["body"] is None
    assert "\x1b" not in full.run("spool", "show", id).stdout
    assert full.run("spool", "show", id, "--raw", input=b"").stdout == body


def test_spool_retry_replay_discard(full):
    for i in range(4):
        full.deliver(b"{}")
    full.hold(1, "dead", "r")
    full.hold(2, "deferred", "r")
    full.applied(3)
    due = "SELECT delivery_id FROM held WHERE state = 'deferred'" \
        f" AND due_at <= {int(time.time()) + 3600} ORDER BY 1"
    assert full("spool", "retry", 1) == {"retried": 1}
    assert full.sql("inbox.db", due) == [(1,)]
    assert full("spool", "retry", "--all") == {"retried": 2}
    assert full.sql("inbox.db", due) == [(1,), (2,)]
    full.fails(65, "spool", "retry", 3)
    assert full("spool", "replay", 3) == {"replayed": 3}
    assert full.sql("inbox.db", due) == [(1,), (2,), (3,)]
    full.fails(65, "spool", "replay", 4)
    full.fails(65, "spool", "replay", 99)
    assert full("spool", "discard", 1) == {"discarded": 1}
    full.fails(65, "spool", "discard", 1)
    assert full.sql("inbox.db", due) == [(2,), (3,)]
    assert full("spool", "show", 1)["state"] == "discarded"
    assert [d["id"] for d in full("spool", "list", "--state",
                                  "discarded")] == [1]
    assert full("spool", "replay", 1) == {"replayed": 1}
    assert full("spool", "show", 1)["state"] == "deferred"
    full.sql("inbox.db", "DELETE FROM held")
    assert full("spool", "show", 1)["state"] == "applied"


# ------------------------------------------------------------- stats, events

def test_stats(full):
    full.deliver(b"{}", 1700000000)
    full.deliver(b"{}", 1700000001)
    full.hold(1, "dead", "r")
    s = full("stats")
    assert s["spool"]["deliveries"] == 2
    assert s["spool"]["newest_at"] == "2023-11-14T22:13:21Z"
    assert (s["spool"]["cursor"], s["spool"]["waiting"]) == (1, 1)
    assert (s["spool"]["dead"], s["spool"]["deferred"]) == (1, 0)
    assert s["spool"]["processor_seen_at"] == "2023-11-14T22:15:00Z"
    assert s["inbox"]["workspaces"] == 1
    assert s["search"] == {"complete": True, "waiting": 0}
    text = full.run("stats").stdout
    assert text.startswith("spool\n") and "\ninbox\n" in text


def test_stats_say_how_far_the_search_is(full):
    began = int(time.time()) - 40
    full.sql("inbox.db", "UPDATE search_indexed SET from_id = 61,"
             f" began_id = 101, began_at = {began} WHERE kind = 'message'")
    s = full("stats")["search"]
    # 40 rows took so long, or a little longer: 61 are left.
    assert 59 <= s.pop("seconds_left") <= (time.time() - began + 1) * 61 / 39
    assert s == {"complete": False, "building": "messages", "percent": 39,
                 "waiting": 0}
    full.sql("inbox.db", "UPDATE search_indexed SET from_id = 101,"
             " began_at = NULL WHERE kind = 'message'")
    assert full("stats")["search"]["seconds_left"] == -1


def test_stats_say_how_many_rows_wait_for_their_words(full):
    full.sql("inbox.db", "INSERT INTO contacts(workspace_id, phone, name,"
             " created_at, updated_at) VALUES (1, '+4930', 'Ann', 1, 1),"
             " (1, '+4931', 'Bob', 1, 1)")
    assert full("stats")["search"] == {"complete": False, "waiting": 2}


def test_events_newest_first(full):
    for at in (5, 7, 6):
        full.sql("inbox.db", "INSERT INTO workspace_events(workspace_id,"
                 " field, at, raw, hash, created_at)"
                 " VALUES (1, ?, ?, ?, ?, 1)", f"f{at}", at,
                 json.dumps({"at": at}), bytes([at]))
    events = full("events", "list", "--limit", 3)
    # The newest is that Ann is a member.
    assert [e["field"] for e in events] == ["workspace_members", "f7", "f6"]
    assert events[1]["value"] == {"at": 7}


# ------------------------------------------------------- terminals and pipes

def test_what_strangers_wrote_steers_no_terminal_and_no_reader(full):
    name = "a\x9b31m\u202eb\x7f"
    full("number", "add", NUMBER)
    full.sql("inbox.db", "UPDATE numbers SET display_phone = ?",
             "+49\x1b]0;x\x07\x9b")
    full.sql("inbox.db", "UPDATE users SET name = ?", name)
    out = full.run("--json", "user", "list").stdout
    assert json.loads(out)[0]["name"] == name
    assert "\\u009B" in out and "\\u202E" in out and "\\u007F" in out
    assert not set(out) & set("\x9b\u202e\x7f\x1b")
    said = full.fails(65, "user", "add", "ann@example.com", "B")
    assert not set(said) & set("\x9b\u202e\x7f\x1b")


def test_a_time_without_a_unit_is_asked_about(full):
    said = full.fails(64, "token", "create", 1, "ann@example.com",
                      "--expires", "90")
    assert "90d" in said and full("token", "list") == []


def test_of_several_workspaces_the_option_is_named(full):
    full("workspace", "add", "Other")
    assert "--workspace ID" in full.fails(64, "contact", "list")


def test_a_webhook_leads_to_where_deliveries_are_taken(full):
    full("number", "add", NUMBER)
    for url in ("https://example.com", "https://example.com/",
                "https://example.com/api/webhooks/whatsap",
                "https://example.com/api/webhooks/whatsapps"):
        said = full.fails(64, "webhook", "set", url)
        assert "/api/webhooks/whatsapp" in said and "--anyway" in said, url
    for url in ("https://example.com/api/webhooks/whatsapp/x",
                "https://example.com/api/webhooks/whatsapp"):
        assert "--anyway" not in full.fails(78, "webhook", "set", url)
    assert "--anyway" not in full.fails(
        78, "webhook", "set", "https://example.com/x", "--anyway")


def test_a_default_workspace_that_is_not_there_is_said(full):
    for id, is_there in ((1, True), (9, False)):
        done = subprocess.run(
            [PROCESSOR, "--once"], capture_output=True, text=True, timeout=60,
            env={**full.env, "WHATSAPP_DEFAULT_WORKSPACE_ID": str(id)})
        assert done.returncode == 0
        assert ("no such workspace" in done.stderr) != is_there


@pytest.mark.skipif(os.geteuid() != 0, reason="root gives files away")
@pytest.mark.parametrize("name", ["inbox.db", "inbox.db-shm"])
@pytest.mark.sqlite("it has files")
def test_a_database_of_somebody_else_is_named_with_its_owner(full, name):
    keep = sqlite3.connect(full.dir / "state/inbox.db")
    keep.execute("SELECT count(*) FROM users").fetchall()   # makes -shm
    os.chmod(full.dir, 0o755)
    for path in (full.dir / "state", full.dir / "run",
                 *(full.dir / "state").iterdir()):
        os.chown(path, 65534, 65534)
    bad = full.dir / "state" / name
    os.chown(bad, 0, 0)
    os.chmod(bad, 0o600)
    os.chmod(full.config, 0o644)
    for parent in full.dir.parents:
        if parent.stat().st_mode & 0o005 != 0o005:
            os.chmod(parent, parent.stat().st_mode | 0o055)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", BIN,
         "user", "add", "b@example.com", "B"], env=full.env,
        capture_output=True, text=True, timeout=60)
    keep.close()
    assert done.returncode != 0
    assert f"{name} belongs to user 0" in done.stderr, done.stderr
    assert "chown --reference=" in done.stderr


def test_message_show_goes_from_the_id_of_the_log_to_the_wamid_and_back(full):
    full("number", "add", NUMBER)
    wamid = "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQz"
    full.sql("inbox.db", "INSERT INTO conversations(workspace_id, number_id,"
             " created_at, updated_at) VALUES (1, 1, 1, 1)")
    full.sql(
        "inbox.db", "INSERT INTO messages(id, workspace_id, conversation_id, number_id,"
        " wamid, direction, source, type, content, preview, status, error,"
        " sent_at, created_at) SELECT 41, workspace_id, 1, id, ?, 'outbound',"
        " 'api', 'text', '{}', 'secret words', 'failed',"
        " '{\"code\":131047}', 1769774400, 1769774401 FROM numbers LIMIT 1",
        wamid)
    full.sql(
        "inbox.db", "INSERT INTO message_statuses(workspace_id, number_id, wamid, status,"
        " at) SELECT workspace_id, number_id, wamid, 'failed', 1769774402"
        " FROM messages WHERE id = 41")
    full.sql(
        "inbox.db", "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
        " message_id, kind, state, due_at, created_at) SELECT workspace_id,"
        " number_id, 1, 41, 'message', 'failed', 1769774400, 1769774400"
        " FROM messages WHERE id = 41")
    told = full("message", "show", 41)
    assert told["wamid"] == wamid and told["number"]
    assert told["workspace_id"] == 1 and told["conversation_id"] == 1
    assert told["status"] == "failed" and told["error"]["code"] == 131047
    assert told["statuses"] == {"failed": "2026-01-30T12:00:02Z"}
    assert told["outbox"]["state"] == "failed"
    assert full("message", "show", wamid) == told
    assert "secret words" not in full.run("message", "show", 41).stdout
    assert "no message 42" in full.fails(65, "message", "show", 42)
    assert "no message wamid.x" in full.fails(65, "message", "show", "wamid.x")


def test_table_is_aligned_by_code_points_on_a_terminal(cli):
    cli("workspace", "add", "Ünïcödé")
    cli("workspace", "add", "Plain")
    lines = cli.terminal("workspace", "list").splitlines()
    assert lines[0].startswith("ID  NAME ")
    assert len({line.index("2", 5) for line in lines[1:]}) == 1
    assert cli.run("workspace", "list").stdout.splitlines()[1] \
        .split("\t")[:2] == ["1", "Ünïcödé"]


def test_no_control_characters_reach_the_terminal(cli):
    cli.sql("inbox.db", "INSERT INTO workspaces(name, created_at)"
            " VALUES (?, 1)", "a\x1b[31mb\nc")
    out = cli.terminal("workspace", "list")
    assert "\x1b" not in out and len(out.splitlines()) == 2


def test_empty_lists(cli):
    for words in (["workspace", "list"], ["token", "list"],
                  ["number", "list"], ["user", "list"], ["spool", "list"]):
        assert cli(*words) == []
        assert cli.run(*words).stdout == ""


def test_answer_that_cannot_be_written_is_an_error(full):
    with open("/dev/full", "w") as out:
        done = subprocess.run([BIN, "workspace", "list"], env=full.env,
                              stdout=out, stderr=subprocess.PIPE, timeout=30)
    assert done.returncode == 74


def test_long_list_is_whole(cli):
    cli.sql("inbox.db", "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT"
            " i + 1 FROM n WHERE i < 450) INSERT INTO users(email, name,"
            " created_at) SELECT 'u' || i || '@example.com', 'n', 1 FROM n")
    assert [u["id"] for u in cli("user", "list")] == list(range(1, 451))


def test_writer_that_holds_the_inbox_is_waited_for_then_said(full):
    full.env["WASPOOL_WAIT_MS"] = "200"
    with Place(full.dir, full.owner).writing():
        for late in (("workspace", "add", "Late"), ("label", "add", "Late"),
                     ("field", "add", "late", "text")):
            assert "busy" in full.fails(75, *late)
    assert full("workspace", "add", "Late")["id"] == 2


def test_which_workspace_is_said_as_the_command_takes_it(full):
    full("workspace", "add", "Other")
    assert "with its id (" in full.fails(64, "member", "list")
    assert "with --workspace ID (" in full.fails(64, "contact", "list")


# ------------------------------------------------------------------- manual

def verbs():
    """Words of each verb, as the help has them."""
    say = lambda *a: subprocess.run(  # noqa: E731
        [BIN, *a, "--help"], capture_output=True, text=True).stdout
    for noun in re.findall(r"^  ([a-z]+) ", say(), re.M):
        for verb in re.findall(rf"^  waspool {noun}((?: [a-z]+)?)", say(noun),
                               re.M):
            words = (noun + verb).split()
            yield words, set(re.findall(r"^  --([a-z-]+)", say(*words), re.M))


def test_the_manual_has_each_verb_option_and_status():
    man = (ROOT / "man" / "waspool.1").read_text()
    heads = {}
    for line in re.findall(r"^\.It Ic (.*)$", man, re.M):
        words = re.split(r" (?:Ar|Op|Oo|Fl|Cm)\b", line)[0]
        heads.setdefault(words, set()).update(re.findall(r"Fl -([a-z-]+)", line))
    said = set(heads)
    for words, options in verbs():
        name = " ".join(words)
        if words[0] == "send":      # their options stand together
            assert words[1] in man
            assert not [o for o in options - {"json"}
                        if f"Fl -{o}" not in man], name
            continue
        assert heads[name] == options - {"json"}, name
        said.discard(name)
    assert all(name.startswith("send") for name in said)
    source = "".join(p.read_text() for p in
                     (ROOT / "src" / "cli").rglob("*.c"))
    known = set(re.findall(r"\bEX_([A-Z]+)\b", source))
    exits = man[man.index(".Sh EXIT STATUS"):man.index(".Sh EXAMPLES")]
    assert {EXITS[k] for k in known} <= {
        int(n) for n in re.findall(r"^\.It (\d+)$", exits, re.M)}
