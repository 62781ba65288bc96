"""No statement of any program reads a table that grows from end to end, nor all
that a workspace has of it, whatever SQLite is here: with the statistics that
ANALYZE leaves and without them (nobody here asks for any, a person may)."""

import re
import sqlite3
import subprocess

import pytest

from plans import Sqlite, aliases, scripts, statements
from rig import ROOT, made

# Tables of which there is a row for each of us, or for what just happens.
SMALL = set("""
    broadcast_follows change_marks counters erasures followed jobs media_errors
    node_health number_pauses number_queues numbers retention search_indexed
    search_partitions search_stale spool
    spool_cursors sqlite_master sqlite_sequence tombstone_key users window_hours
    webhook_endpoints workspace_files workspace_members workspace_settings workspaces""".split())

# Indexes that have only what is under way.
UNDER_WAY = set("""erasures_open held_due media_due outbox_open outbox_queued
    outbox_sending""".split())

# (file, what SQLite does, why that is right)
ALLOWED = [
    ("*", r"changes .*\(workspace_id=\?\)", "MAX(seq): one row"),
    ("broadcast", r"broadcasts .*\(workspace_id=\?\)", "the newest: one row"),
    ("change_purge", r"c .*\(workspace_id=\?\)", "the newest: one row"),
    ("id_marks", r"c .*\(workspace_id=\?\)", "the newest: one row"),
    ("*", r"c USING PRIMARY KEY \(workspace_id=\?\)",
     "MAX(seq) in the triggers of number_pauses: one row"),
    ("sqlite_authorizer", r"(temp|main)\.sqlite_master",
     "the names of the schema, once a connection"),
    ("move_tables_sqlite", r"pragma_table_\w+ VIRTUAL", "the schema"),
    ("search_look", r"\w+ VIRTUAL TABLE INDEX 0:M", "MATCH: the first row"),
    ("search_sqlite", r"w VIRTUAL TABLE INDEX 192:M", "MATCH, and a range of ids"),
    ("workspace_event_list", r"e USING INDEX workspace_events_by_time", "a list, newest first"),
    ("spool", r"deliveries", "the newest; how many, for waspool stats"),
    ("stats", r"(contacts|messages|held) ", "a person counts everything"),
    ("media_admin", r"(media|u)( |$)", "a person purges what is old, by ids"),
    ("media", r"media USING COVERING INDEX media_by_state",
     "a person counts files"),
    ("health_put", r"(held|media) ", "what waits is counted"),
    ("token", r"t USING INDEX api_tokens_of_member", "the tokens of a workspace"),
    ("restored", r"(api_tokens|broadcasts|outbox USING INDEX outbox_open)",
     "once, after a restore"),
    ("export", r"workspace_events", "a person's events are in their text"),
    ("upload", r"uploads .*\(workspace_id=\?\)", "the newest: one row"),
    ("outbox_list", r"o USING INDEX outbox_done", "a person's list of them"),
    ("outbox_list", r"o$", "a person's list, by id"),
    ("tombstone", r"tombstones", "is there any: one row"),
    ("contact_link", r"contacts USING COVERING INDEX contacts_of_workspace",
     "is there any: one row"),
    ("workspace_remove", r"", "all of a workspace goes, some rows a step"),
    ("user", r"jobs ", "a removed user, once"),
    ("retain", r"moving_conversations", "none, but while a number moves"),
    ("number_move", r"moving_conversations", "one by one, until there is none"),
]


@pytest.fixture(scope="module")
def inbox(tmp_path_factory):
    """What a busy year leaves."""
    path = tmp_path_factory.mktemp("plans") / "inbox.db"
    program, = made("tests/bench/generate")
    subprocess.run([program, "--messages", "20000",
                    "--conversations", "3000", "--now", "1800000000", path],
                   check=True, stderr=subprocess.DEVNULL)
    return path


@pytest.fixture(scope="module")
def all_statements():
    return statements()


def is_walk(line):
    """A loop over all of a table, or over all of a workspace, of a number."""
    return re.match(r"SCAN (?!CONSTANT ROW|\(|\d|my_)", line) or re.search(
        r"\((workspace_id|number_id|node|state)=\?\)( LEFT-JOIN)?$", line)


def is_right(file, line, names):
    """LINE of a plan: SCAN or SEARCH, a table or its alias, and an index."""
    what = line.split(" ", 1)[1].replace(" EXISTS USING", " USING")
    table = what.split()[0]
    if names.get(table, {table}) <= SMALL:
        return True
    index = re.search(r"INDEX (\w+)", what)
    if index and index[1] in UNDER_WAY:
        return True
    return any(where in ("*", file) and re.match(pattern, what)
               for where, pattern, _ in ALLOWED)


@pytest.mark.parametrize("analyzed", [False, True], ids=["plain", "analyzed"])
def test_no_statement_walks_through_a_table(inbox, tmp_path, all_statements,
                                            analyzed):
    everything = Sqlite(inbox)
    if analyzed:
        everything.run("ANALYZE")
        everything = Sqlite(inbox)
    member = Sqlite(inbox)
    for script in scripts():
        member.run(script)
    spool = Sqlite(tmp_path / "spool.db")
    spool.run((ROOT / "schema/sqlite/spool.sql").read_text())
    where = (ROOT / "schema/sqlite/inbox.sql").read_text() + "".join(scripts())
    tables = set(re.findall(r"CREATE (?:TEMP |VIRTUAL )?(?:TABLE|VIEW) (\w+)",
                            where)) | {"sqlite_sequence", "sqlite_master"}
    others = aliases(where, tables)
    bad = []
    for path, sql in all_statements:
        plan = next((p for p in (c.plan(sql) for c in
                                 (everything, member, spool))
                     if p is not None), None)
        if plan is None:
            bad.append(f"{path}: in neither database: {sql}")
            continue
        names = aliases(sql, tables)
        if "my_" in sql:
            names = {**others, **names}
        for line in plan:
            if line.startswith("-- TRIGGER"):
                names = others
            if is_walk(line) and not is_right(path.stem, line, names):
                bad.append(f"{path}: {line}: {sql}")
    assert not bad, f"SQLite {Sqlite.version}:\n" + "\n".join(bad)
    assert len(all_statements) > 600


def test_no_list_is_sorted(inbox, all_statements):
    """Lists of conversations are read in the order of an index, or of several
    that are merged, however many filters there are; they begin with a macro."""
    member = Sqlite(inbox)
    for script in scripts():
        member.run(script)
    lists = [sql for path, sql in all_statements
             if path.stem in ("conversation_list", "conversation_filter")
             and "LIMIT $10" in sql]
    assert len(lists) == 11
    for sql in lists:
        plan = member.plan(sql)
        assert not [x for x in plan if "TEMP B-TREE" in x], (sql, plan)
        assert [x for x in plan if "last_message_at<?" in x
                or "(last_message_at,conversation_id)<" in x
                # from the top, where no place is compared
                or "last_message_at>?" in x and "$2" not in sql
                # those that begin with the oldest
                or re.search(r" AND \(?(since|at)[,>]", x)], (sql, plan)


def keeps_copies(inbox, sql):
    """Does SQLite keep a copy of each page that the statement changes, to undo
    it alone?  It does for an error that would end the statement and not the
    transaction: those of functions, and of rules that ABORT (2)."""
    with sqlite3.connect(inbox) as db:
        steps = db.execute("EXPLAIN " + sql, [None] * 23).fetchall()
    assert any("TRIGGER" in str(s[5]) for s in steps), "no trigger is shown"
    return [s for s in steps if s[1] in ("Function", "PureFunc")
            or s[1] in ("Halt", "HaltIfNull") and s[2] & 0xff == 19
            and s[3] == 2]


def test_no_page_is_copied_for_a_message(inbox, all_statements):
    word = "/* no undo */"
    sql, = (sql for _, sql in all_statements if word in sql)
    assert not keeps_copies(inbox, sql.replace(word, "OR FAIL"))
    assert keeps_copies(inbox, sql)


def test_the_plan_test_sees_a_walk(inbox):
    """... in a trigger, too."""
    db = Sqlite(inbox)
    db.run("CREATE TEMP TRIGGER t AFTER UPDATE ON users BEGIN"
           " UPDATE messages SET preview = '' WHERE preview = 'x'; END")
    lines = db.plan("UPDATE users SET name = 'x' WHERE id = 1")
    assert [x for x in lines if is_walk(x)][0] == "SCAN messages"
    assert not is_right("user", "SCAN messages", {})
    assert is_walk("SEARCH identities USING PRIMARY KEY (workspace_id=?)")
