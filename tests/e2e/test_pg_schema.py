"""schema/pgsql says what schema/sqlite/inbox.sql says: table by table, trigger by
trigger, and over the same random histories the same rows and the same changes."""

import collections
import re
import sqlite3

import pytest

from histories import (MEMBERS, NUMBERS, PROCESSOR, History, Members, for_pgsql,
                       for_sqlite, insert, message, quote)
from postgres import FILES, SCHEMA, Server, Talk
from rig import ROOT

INBOX = (ROOT / "schema" / "sqlite" / "inbox.sql").read_text()
SESSION = (ROOT / "schema" / "sqlite" / "session.sql").read_text()
PGSQL = "".join((SCHEMA / f"{f}.sql").read_text() for f in FILES)

# The words of the search: FTS5's tables there.
WORDS = {"message_words", "conversation_words", "contact_words",
         "conversation_digits", "contact_digits"}
# And what nobody can sign without.
ONLY_HERE = WORDS | {"context_keys"}


@pytest.fixture(scope="module")
def server():
    s = Server()
    try:
        s.inbox("model")
        yield s
    finally:
        s.stop()


@pytest.fixture
def database(server, request):
    """A fresh inbox: its name."""
    name = re.sub(r"\W", "_", request.node.name)[:60].lower()
    return server.copy(name, "model")


@pytest.fixture
def talk(server, database):
    t = Talk(server, database)
    yield t
    t.close()


def lite():
    """SQLite's inbox, in memory, whose triggers say that they fired."""
    db = sqlite3.connect(":memory:", isolation_level=None)
    db.executescript(re.sub(
        r"(CREATE TRIGGER (\w+)\b.*?\nBEGIN\n)", r"\1\tINSERT INTO fired VALUES ('\2');\n",
        "CREATE TABLE fired (name);" + INBOX, flags=re.S) + "PRAGMA foreign_keys = ON;")
    return db


def tables(db):
    return [name for name, in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE TABLE%'"
        " AND name NOT LIKE 'sqlite%' AND name <> 'fired' ORDER BY name")
        if not any(name.startswith(w) for w in WORDS)]


# ------------------------------------------------------------ table by table

def test_there_are_the_same_tables(server):
    out, _ = server.call("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace", "model")
    assert sorted(set(out.split()) - ONLY_HERE) == tables(lite())


def test_they_have_the_same_columns(server):
    """Names, types, what may be null, and defaults."""
    types = {"INTEGER": "bigint", "TEXT": "text", "BLOB": "bytea"}
    wanted, db = [], lite()
    for table in tables(db):
        for _, name, kind, not_null, default, key, hidden in db.execute(f"PRAGMA table_xinfo({table})"):
            wanted.append((table, name, types[kind], str(int(not_null or key > 0)), "" if hidden else default or "", str(int(hidden > 0))))
    out, _ = server.call(
        "SELECT table_name, column_name, data_type, CASE is_nullable WHEN 'NO' THEN 1 ELSE 0 END,"
        " regexp_replace(COALESCE(column_default, ''), '::text$', ''), CASE is_generated WHEN 'NEVER' THEN 0 ELSE 1 END"
        " FROM information_schema.columns WHERE table_schema = 'public' AND table_name IN"
        " (SELECT relname FROM pg_class WHERE relkind = 'r') ORDER BY table_name, ordinal_position", "model", args=["-F", "\t"])
    there = [tuple(line.split("\t")) for line in out.splitlines() if line.split("\t")[0] not in ONLY_HERE]
    assert there == wanted


def test_they_have_the_same_keys_and_checks(server):
    """A key of a workspace's rows begins with workspace_id."""
    wanted, db = collections.Counter(), lite()
    for table in tables(db):
        names = [r[1] for r in db.execute(f"PRAGMA table_xinfo({table})")]
        key = [r[1] for r in sorted(db.execute(f"PRAGMA table_info({table})"), key=lambda r: r[5]) if r[5]]
        unique = {tuple(r[2] for r in db.execute(f"PRAGMA index_info({i[1]})"))
                  for i in db.execute(f"PRAGMA index_list({table})").fetchall() if i[3] == "u"}
        for columns in {tuple(key)} | unique:
            if columns in {("id",), ("conversation_id",), ("message_id",)} and "workspace_id" in names:
                columns = ("workspace_id", *columns)
            if columns:
                wanted[table, ",".join(columns)] += 1
        sql, = db.execute("SELECT sql FROM sqlite_schema WHERE name = ?", (table,)).fetchone()
        wanted[table, "checks"] = len(re.findall(r"\bCHECK \(", re.sub(r"--.*", "", sql)))
        for r in db.execute(f"PRAGMA foreign_key_list({table})"):
            if table != "counters" and r[1] == 0:   # tables.sql says why
                wanted[table, f"refers to {r[2]} {r[6]}"] += 1
    out, _ = server.call(
        "SELECT c.conrelid::regclass, CASE c.contype WHEN 'f' THEN 'refers to ' || c.confrelid::regclass || ' '"
        " || CASE c.confdeltype WHEN 'c' THEN 'CASCADE' ELSE 'NO ACTION' END WHEN 'c' THEN 'checks' ELSE"
        " (SELECT string_agg(a.attname, ',' ORDER BY k.n) FROM unnest(c.conkey) WITH ORDINALITY AS k(attnum, n)"
        " JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum) END FROM pg_constraint AS c"
        " WHERE c.connamespace = 'public'::regnamespace AND c.contype IN ('p', 'u', 'f', 'c')", "model", args=["-F", "\t"])
    there = collections.Counter(tuple(line.split("\t")) for line in out.splitlines() if line.split("\t")[0] not in ONLY_HERE)
    assert there == +wanted


def test_what_happens_often_finds_its_index(server):
    """Each index of SQLite's is there under its name, or is the key."""
    wanted = dict(re.findall(r"^CREATE (?:UNIQUE )?INDEX (\w+) ON (.*?)(?: WHERE .*)?;$", INBOX, re.M))
    out, _ = server.call("SELECT indexname FROM pg_indexes WHERE schemaname = 'public'", "model")
    missing = {n: on for n, on in wanted.items() if n not in out.split()}
    assert [on for on in missing.values() if not on.endswith("(workspace_id, id)")] == []


# -------------------------------------------------------- trigger by trigger

def names_of(sql):
    return set(re.findall(r"^\s*(?:CREATE (?:TEMP )?TRIGGER|-- trigger) (\w+)", sql, re.M))


def test_there_are_the_same_triggers():
    own = {"conversations_made", "conversations_changed", "conversations_gone", "messages_stored", "messages_changed",
           "messages_gone", "member_came", "member_left"}
    there = names_of(PGSQL)
    assert {n for n in there if not n.startswith(("my_", "lock_"))} - own == names_of(INBOX)
    assert {n for n in there if n.startswith("my_")} == names_of(SESSION)


def test_all_of_them_run_as_the_owner(server):
    """A member has no right to what they write; and each finds its own tables."""
    out, _ = server.call(
        "SELECT DISTINCT p.proname FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid WHERE NOT t.tgisinternal"
        " AND (NOT p.prosecdef OR p.proconfig IS NULL OR p.proconfig::text NOT LIKE '%search_path%')", "model")
    assert out.split() == []


# ------------------------------------------------------------------ histories

# Ids that only one engine leaves out, for a row that was there already.
ANY_ID = {"jobs"}


def dump(db, talk, any_id=ANY_ID):
    """What differs at the end: {table: (SQLite's only, PostgreSQL's only)}."""
    different = {}
    for table in tables(db):
        columns = [r[1] for r in db.execute(f"PRAGMA table_xinfo({table})") if r[1] != "id" or table not in any_id]
        if table == "changes":      # compared as they came
            continue
        blobs = {r[1] for r in db.execute(f"PRAGMA table_xinfo({table})") if r[2] == "BLOB"}
        here = collections.Counter(tuple(
            None if v is None else v.hex() if isinstance(v, bytes) else str(v) for v in row)
            for row in db.execute(f"SELECT {', '.join(columns)} FROM {table}"))
        listed = ", ".join(f"encode({c}, 'hex')" if c in blobs else f"replace({c}::text COLLATE \"C\", chr(10), chr(2))" for c in columns)
        there = collections.Counter(
            tuple(None if v == "\x01" else v.replace("\x02", "\n") for v in row)
            for row in talk.rows(f"SELECT {listed} FROM {table}"))
        if here != there:
            different[table] = (sorted(here - there, key=repr)[:5], sorted(there - here, key=repr)[:5])
    return different


class Twins:
    """One history on both engines, and what each said of changes."""

    def __init__(self, talk):
        self.db, self.talk = lite(), talk
        self.seen = dict.fromkeys((1, 2, 3), 0)
        self.kinds = collections.Counter()

    def said(self, table):
        """Triggers that were there."""
        return {name for name, in self.db.execute(f"SELECT DISTINCT name FROM {table}")}

    def run(self, sql):
        try:
            self.db.execute(for_sqlite(sql))
            refused = False
        except sqlite3.IntegrityError:
            refused = True
        _, error = self.talk.ask(for_pgsql(sql))
        assert (error is not None) == refused, f"{error}, and SQLite {'refused' if refused else 'took'} it: {sql}"
        assert error is None or error.startswith("23"), f"{error}: {sql}"

    def new_changes(self):
        """Of both, since it was asked: those of one statement in any order."""
        where = " OR ".join(f"(workspace_id = {w} AND seq > {s})" for w, s in self.seen.items())
        sql = f"SELECT workspace_id, seq, type, object_id, COALESCE(conversation_id, 0) FROM changes WHERE {where} ORDER BY 1, 2"
        here = [tuple(map(str, r)) for r in self.db.execute(sql)]
        there = self.talk.rows(sql)
        for row in here:
            self.seen[int(row[0])] = int(row[1])
            self.kinds[row[2]] += 1
        return here, there

    def same_changes(self, after):
        here, there = self.new_changes()
        loose = [sorted((w, t, o, c) for w, _, t, o, c in rows) for rows in (here, there)]
        assert loose[0] == loose[1], f"after {after}\nSQLite:     {here}\nPostgreSQL: {there}"
        ends = [{w: s for w, s, *_ in rows} for rows in (here, there)]
        assert ends[0] == ends[1], after


SEEDS = (1, 2, 3, 4)
STEPS = 500
FIRED = set()
DONE = []


def is_enough(kinds):
    return kinds["message"] > 50 and kinds["conversation.updated"] > 100


@pytest.mark.parametrize("seed", SEEDS)
def test_the_same_history_makes_the_same_rows_and_changes(talk, seed):
    print("seed", seed)
    twins = Twins(talk)
    h = History(seed, twins.db)
    for sql in h.begin():
        twins.run(sql)
    twins.same_changes("the beginning")
    # The last goes on until all triggers have fired.
    rest = names_of(INBOX) - FIRED if DONE == list(SEEDS[:-1]) else set()
    for step in range(8 * STEPS):
        if step >= STEPS and step % 50 == 0 and not rest - twins.said("fired") \
                and is_enough(twins.kinds):
            break
        name, statements = h.next()
        for sql in statements:
            twins.run(sql)
            twins.same_changes(f"step {step}, {name}: {sql}")
    assert dump(twins.db, talk) == {}
    assert is_enough(twins.kinds)
    FIRED.update(twins.said("fired"))
    DONE.append(seed)


def test_histories_fire_every_trigger():
    if DONE != list(SEEDS):
        pytest.skip("wants all of the test above")
    assert names_of(INBOX) - FIRED == set()


def test_many_messages_in_one_statement_count_as_one_after_the_other(talk):
    """As the drain writes them: 20 at a time, several of one conversation."""
    print("seed 9")
    db = lite()
    h = History(9, db)

    def both(sql):
        db.execute(for_sqlite(sql))
        talk.rows(for_pgsql(sql))

    for sql in h.begin():
        both(sql)
    for i in range(1, 9):
        w = 1 + i % 3
        both(insert("conversations", id=i, workspace_id=w, number_id=NUMBERS[w][0], phone=f"+{i}", created_at=1, updated_at=1,
                    status=h.pick("active", "archived")))
    sent = []
    for _ in range(12):
        several = [message(h, *h.conversation()) for _ in range(20)]
        values = [f"({', '.join(map(quote, m.values()))})" for m in several]
        into = f"INSERT INTO messages({', '.join(several[0])}) VALUES "
        for v in values:
            db.execute(into + v)
        talk.rows(into + ", ".join(values))
        sent += [(str(m["workspace_id"]), str(m["id"])) for m in several]
        assert dump(db, talk) == {}
    rows = talk.rows("SELECT workspace_id, seq, type, object_id FROM changes ORDER BY 1, 2")
    assert sorted((w, o) for w, _, kind, o in rows if kind in ("message", "message.created")) == sorted(sent)
    last = dict.fromkeys("123", 0)
    for w, seq, kind, _ in rows:
        last[w] += 2 if kind == "message" else 1
        assert int(seq) == last[w]


# ------------------------------------------------------------------- members

class Inside(Twins):
    """Members and the processor, each on a connection of its own."""

    def __init__(self, server, database, talk):
        super().__init__(talk)
        self.owner = talk
        self.who = (None, None)
        for name, value in (("my_workspace", lambda: self.who[0]), ("my_user", lambda: self.who[1]),
                            ("my_token", lambda: self.who[0] and 100 * self.who[0] + self.who[1]), ("my_made", lambda: None)):
            self.db.create_function(name, 0, value)
        self.db.create_function("my_missing", 1, lambda i: i)
        self.db.executescript(re.sub(
            r"(CREATE TEMP TRIGGER (\w+)\b.*?\nBEGIN\n)", r"\1\tINSERT INTO passed VALUES ('\2');\n",
            "CREATE TEMP TABLE passed (name);" + SESSION, flags=re.S))
        self.member = Talk(server, database, "member_of_twins")

    def become(self, who):
        self.who = who
        self.member.rows(f"SELECT set_config('waspool.token', '{who[0]}-{who[1]}', false)")
        self.talk = self.member

    def close(self):
        self.member.close()


def views(twins):
    """What the member who is served sees, of each view that both have."""
    different = {}
    for name, in twins.db.execute("SELECT name FROM sqlite_temp_schema WHERE type = 'view'").fetchall():
        if any(w in name for w in WORDS) or name == "my_search_state":
            continue
        columns = [r[1] for r in twins.db.execute(f"PRAGMA table_info({name})") if r[1] not in ("hash", "secret", "request_hash")]
        if name in ("my_outbox", "my_blocks"):
            columns.remove("id")
        here = collections.Counter(tuple(None if v is None else str(v) for v in row)
                                   for row in twins.db.execute(f"SELECT {', '.join(columns)} FROM {name}"))
        listed = ", ".join(f"replace({c}::text COLLATE \"C\", chr(10), chr(2))" for c in columns)
        there = collections.Counter(tuple(None if v == "\x01" else v.replace("\x02", "\n") for v in row)
                                    for row in twins.member.rows(f"SELECT {listed} FROM {name}"))
        if name != "my_changes" and here != there:
            different[name] = (sorted(here - there, key=repr)[:5], sorted(there - here, key=repr)[:5])
    return different


def test_members_do_and_see_the_same(server, database, talk):
    print("seed 7")
    server.call("DO $$ BEGIN CREATE ROLE member_of_twins LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
                " GRANT waspool_member TO member_of_twins", database)
    twins = Inside(server, database, talk)
    h = Members(7, twins.db)
    for sql in h.begin():
        twins.run(sql)
    for w, u in MEMBERS:
        for kind in ("token", "session"):
            value = f"{w}-{u}" if kind == "token" else f"{w}-{u}-cookie"
            columns = "api_tokens(id, workspace_id, user_id, hash, name, created_at, kind)"
            twins.db.execute(f"INSERT INTO {columns} VALUES ({100 * w + u + 1000 * (kind == 'session')}, {w}, {u}, ?, 't', 1, '{kind}')", (value.encode(),))
            talk.rows(f"INSERT INTO {columns} VALUES ({100 * w + u + 1000 * (kind == 'session')}, {w}, {u}, sha256('{value}'), 't', 1, '{kind}')")
    twins.db.execute("UPDATE sqlite_sequence SET seq = 2000 WHERE name = 'api_tokens'")
    talk.rows("SELECT setval('api_tokens_id_seq', 2000)")
    for table in ("workspaces", "users", "numbers"):
        talk.rows(f"SELECT setval('{table}_id_seq', 10)")
    for step in range(4000):
        if step >= 600 and step % 50 == 0 and not names_of(SESSION) - twins.said("passed"):
            break
        if step % 10 == 0:
            twins.talk = twins.owner
            name, statements = "the processor", [h.pick(*PROCESSOR)]
        else:
            name, statements = h.next()
            twins.become(h.where)
        for sql in statements:
            twins.run(sql)
        twins.talk = twins.owner
        twins.same_changes(f"step {step}, {name} as {twins.who}: {statements}")
        if step % 90 == 89:
            assert views(twins) == {}
    assert views(twins) == {}
    hashes = {"api_tokens"}     # made of another text
    different = dump(twins.db, talk, ANY_ID | {"blocks", "seen_marks", "drafts", "workspace_events", "outbox"})
    assert {t: d for t, d in different.items() if t not in hashes} == {}
    assert names_of(SESSION) - twins.said("passed") == set()
    twins.close()
