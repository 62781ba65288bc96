"""An inbox on PostgreSQL, seen from the command line and the programs: whose
addresses are taken, and what is said where something is not as it should be.
Wants programs that were built for it: ./dev test --pgsql."""

import json
import re
import subprocess
import urllib.parse

import pytest

from rig import NUMBER, PGSQL, Node, new_phone, text_message, wait_for

pytestmark = pytest.mark.skipif(not PGSQL, reason="it wants ./dev test --pgsql")


@pytest.fixture(scope="module")
def server():
    import postgres
    s = postgres.shared()
    assert s.laid
    s.call("""CREATE ROLE waspool_secret LOGIN PASSWORD 'open sesame/@%'
        IN ROLE waspool_processor; CREATE ROLE waspool_naked LOGIN""")
    hba = s.dir / "data" / "pg_hba.conf"
    hba.write_text("local all waspool_secret scram-sha-256\n" + hba.read_text())
    s.call("SELECT pg_reload_conf()")
    for name, how in {
            "free": postgres.RIGHT, "theirs": postgres.RIGHT,
            "ascii": "ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C'",
            "other": "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
            "newer": postgres.RIGHT}.items():
        s.create(name, ("" if name == "theirs" else "OWNER waspool_owner ") + how)
    s.call("COMMENT ON SCHEMA public IS '99'", "newer")
    s.create("used", f"OWNER waspool_owner TEMPLATE {s.laid}")
    return s


@pytest.fixture(scope="module")
def bare(server):
    """A node that is not up, its inbox in the database "used"."""
    n = Node({"PGSQL": "yes", "NODE_INBOX_OWNER": server.address("waspool_owner", "used"),
              "WASPOOL_INBOX": server.address("waspool_work", "used"),
              "WASPOOL_INBOX_MEMBER": server.address("waspool_serve", "used")})
    try:
        yield n.up()
    finally:
        n.remove()


def ask(node, address, *words, program="waspool"):
    """(status, what it said)."""
    done = node.run(program, *words, env={"WASPOOL_INBOX": address})
    return done.returncode, done.stdout + done.stderr


LIST, INIT, UPGRADE = ["workspace", "list"], ["init"], ["upgrade"]


@pytest.mark.parametrize("address, words, status, says", [
    ("postgresql://waspool_work@{}/used", LIST, 0, "Example"),
    ("postgres://waspool_work@{}/used", LIST, 0, "Example"),
    ("postgresql://waspool_work@/used?host={}", LIST, 0, "Example"),
    # The first answers nothing.
    ("postgresql://waspool_work@127.0.0.1:1,{}/used", LIST, 0, "Example"),
    ("postgresql://waspool_secret:open%20sesame%2F%40%25@{}/used", LIST, 0, "Example"),
    # Whatever is found first otherwise: tables of ours are in public.
    ("postgresql://waspool_work@{}/used?options=-csearch_path%3Delsewhere", LIST, 0,
     "Example"),
    ("postgresql://waspool_secret:mellon@{}/used", LIST, 69,
     "password authentication failed for user"),
    ("postgresql://waspool_secret@{}/used", LIST, 69, "no password supplied"),
    ("postgresql://waspool_secret:mellon/used", LIST, 69, "no number, or there is no @"),
    ("postgresql://waspool_secret:mell/on@{}/used", LIST, 78, "/ %2F"),
    ("postgresql://waspool_secret:mellon%@{}/used", LIST, 78, "written %25"),
    ("postgresql://waspool_secret:mellon me@{}/used", LIST, 78, "written %20"),
    ("postgresql:/waspool_work@{}/used", LIST, 78, "not an address such as"),
    ("{}/inbox.db", LIST, 78, "not an address such as"),
    ("inbox.db", LIST, 78, "not an address such as"),
    ("postgresql://waspool_work@{}/used?passwrd=mellon", LIST, 69, "not an address"),
    ("postgresql://waspool_work@{}/nowhere", LIST, 69, "does not exist"),
    ("postgresql://waspool_nobody@{}/used", LIST, 69, "does not exist"),
    ("postgresql://waspool_work@127.0.0.1:1/used", LIST, 69, "Connection refused"),
    ("postgresql://waspool_work@%2Fnowhere/used", LIST, 69, "/nowhere/.s.PGSQL.5432"),
    ("postgresql://waspool_naked@{}/used", LIST, 74, "Roles in docs/postgresql.md"),
    ("postgresql://waspool_work@{}/free", LIST, 69, "waspool init"),
    ("postgresql://waspool_work@{}/newer", LIST, 69, "install a newer waspool"),
    ("postgresql://waspool_owner@{}/newer", UPGRADE, 69, "install a newer waspool"),
    ("postgresql://waspool_owner@{}/free", UPGRADE, 69, "waspool init"),
    ("postgresql://waspool_owner@{}/ascii", INIT, 73, "createdb --template=template0"),
    ("postgresql://waspool_owner@{}/other", INIT, 73,
     "createdb --template=template0 --encoding=UTF8 --locale-provider=libc "
     "--lc-collate=C --lc-ctype=C.UTF-8 other"),
    ("postgresql://waspool_work@{}/free", INIT, 73,
     "as its owner: WASPOOL_INBOX=postgresql://waspool_owner@HOST/free waspool init"),
    ("postgresql://waspool_owner@{}/theirs", INIT, 73, "does not own the database"),
])
def test_an_address(server, bare, address, words, status, says):
    host = urllib.parse.quote(str(server.dir), safe="")
    got, said = ask(bare, address.format(host), *words)
    assert (got, says in said) == (status, True), said
    for secret in ("mell", "sesame"):
        assert secret not in said


def test_the_processor_says_why_it_cannot_begin(bare):
    """As cron's log has it, each minute."""
    for program in ("waspool-process", "waspool-dispatch"):
        got, said = ask(bare, "postgresql://waspool_work@%2Fnowhere/used", "--once",
                        program=program)
        assert got == 69
        assert "/nowhere/.s.PGSQL.5432" in said and "cannot be opened" in said


def test_what_is_about_a_file_says_what_to_do_instead(bare):
    for words, instead in ((["backup", "/nowhere/b"], "pg_basebackup"),
                           (["restore", "/nowhere/b"], "PostgreSQL restores")):
        done = bare.cli(*words, check=False)
        assert done.returncode == 69
        assert instead in done.stderr and "no file" in done.stderr


def test_a_database_that_is_away_is_said_where_one_looks(make_node):
    """Also by what is asked to look, and nothing else is advised."""
    n = make_node()
    wait_for(lambda: n.request("GET", "/healthz").status == 200)
    with n.inbox_away():
        a = n.request("GET", "/healthz")
        assert a.status == 503 and b"the inbox cannot be read" in a.body
        said = {r["check"]: r for r in json.loads(
            n.cli("doctor", "--json", check=False).stdout)}
        assert said["inbox"]["state"] == "fail"
        assert "not currently accepting connections" in said["inbox"]["says"]
        for program in "actions", "realtime":
            assert said[program]["type"] is None, said[program]
            assert "the database of the inbox" in said[program]["says"]
    wait_for(lambda: n.request("GET", "/healthz").status == 200)


def test_the_schema_is_laid_once_and_by_its_owner(server, bare):
    """Twice is as once; two at a time are one after the other."""
    server.create("fresh", "OWNER waspool_owner ENCODING 'UTF8' LC_COLLATE 'C'"
                  " LC_CTYPE 'C.UTF-8'")
    owner = server.address("waspool_owner", "fresh")
    two = [subprocess.Popen(
        [f"{bare.bin}/waspool", "--json", "init"], stdout=subprocess.PIPE,
        env={"WASPOOL_CONFIG": bare.config, "WASPOOL_INBOX": owner}, text=True)
        for _ in range(2)]
    said = sorted(p.communicate()[0] for p in two)
    assert [p.returncode for p in two] == [0, 0]
    assert [("made postgresql://" in s) for s in said].count(True) == 1
    assert "user" not in said[0] and "waspool_owner" not in said[0]
    got, said = ask(bare, owner, "upgrade")
    assert got == 0 and "is up to date: version" in said
    assert server.call("SELECT count(DISTINCT tableowner) FROM pg_tables WHERE"
                       " schemaname = 'public'", "fresh")[0] == "1\n"


def test_a_node_works_on_it(bare):
    """A webhook becomes a conversation, which is answered."""
    phone = new_phone()
    assert bare.deliver(text_message(phone, "Do you have it in green?")).status == 200
    c = bare.wait_conversation(phone)
    sent = bare.post(f"/conversations/{c['id']}/messages",
                     {"type": "text", "text": {"body": "We do."}})
    assert sent.status == 202
    wait_for(lambda: len(bare.messages(c["id"])) == 2)
    assert phone in bare.cli("conversation", "list", "--workspace", bare.workspace_id)
    assert bare.request("GET", "/api/v1/healthz").status == 200
    assert bare.db("SELECT count(*) FROM numbers WHERE phone_number_id = ?",
                   NUMBER) == [(1,)]


def test_a_search_finds_each_message_once(bare):
    phone = new_phone()
    words = f"where is my submarine{phone}"
    assert bare.deliver(text_message(phone, words)).status == 200
    bare.wait_conversation(phone)
    bare.searchable()
    found = bare.api("GET", "/search", q=f"submarine{phone}").json
    assert [m["text"] for m in found["messages"]] == [words]
    assert found["complete"]


# ----------------------------------------------------------------- doctor

def doctor(node, **env):
    done = node.run("waspool", "doctor", "--json", env=env)
    return next(r for r in json.loads(done.stdout) if r["check"] == "inbox")


def test_doctor_looks_at_the_server_and_the_roles(server, bare):
    well = doctor(bare)
    # That of tests is quick instead.
    assert "fsync=off" in well["says"] and "autovacuum=off" in well["says"]
    for key, user, says in (
            ("WASPOOL_INBOX", "waspool", "a superuser"),
            ("WASPOOL_INBOX", "waspool_owner", "owns the tables"),
            ("WASPOOL_INBOX", "waspool_serve", "GRANT waspool_processor TO waspool_serve"),
            ("WASPOOL_INBOX_MEMBER", "waspool_work", "sees all workspaces")):
        ill = doctor(bare, **{key: server.address(user, "used")})
        assert says in ill["says"], ill
    gone = doctor(bare, WASPOOL_INBOX="postgresql://waspool_work@%2Fnowhere/used")
    assert gone["state"] == "fail" and "/nowhere" in gone["says"]
    assert "by WASPOOL_INBOX_MEMBER" not in well["says"]
    # What pg_restore does as the owner.
    for what in "FUNCTION my_tag_new()", "VIEW my_changes":
        server.call(f"ALTER {what} OWNER TO waspool_owner", "used")
        assert "Dump and restore" in doctor(bare)["says"]
        server.call(f"ALTER {what} OWNER TO waspool_doors", "used")
        assert "Dump and restore" not in doctor(bare)["says"]
    newer = doctor(bare, WASPOOL_INBOX=server.address("waspool_work", "newer"))
    assert newer["state"] == "fail"
    assert re.search("has schema version 99.*newer waspool", newer["says"])
