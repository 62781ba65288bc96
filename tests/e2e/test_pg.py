"""Every statement of every program can be prepared on a PostgreSQL with the
schema of schema/pgsql, by the driver that is behind the same table as SQLite's.
Not those of FTS5, for which x_pgsql.c has others, nor those of the spool, which is
a file."""

import codecs
import re
import subprocess

import pytest

from plans import PIECE, literals, preprocessed, sources, statements
from rig import ROOT, made
from test_tree import argument_list

# Whose SQL is SQLite's: what empties or merges FTS5's tables, the spool's, that of
# the engine, and what has a text for each.
OWN = re.compile(r"src/(inbox/search/search_(merge|look|reset)\.c|spool/|lib/sql/)|.*_(sqlite|pgsql)\.c$")

# What SQLite reads, and another engine not, or otherwise.
WORDS = {
    "a key of its own": r"\b(rowid|_rowid_|oid)\b",
    "its tables": r"\bsqlite_\w+",
    "FTS5": r"\b(MATCH|fts5)\b",
    "settings": r"\b(PRAGMA|ATTACH|DETACH|VACUUM|REINDEX)\b",
    "times": r"\b(strftime|julianday|unixepoch|datetime|date|time)\s*\(",
    "functions": r"(?<!INTO )\b(instr|ifnull|iif|glob|typeof|printf|hex|randomblob|"
                 r"group_concat|total|json_\w+|json|changes|total_changes|"
                 r"last_insert_rowid|likely|unlikely|unicode|char)\s*\(",
    "JSON by path": r"->",
    "GLOB, REGEXP": r"\b(GLOB|REGEXP)\b",
    "IS between values": r"\bIS (NOT )?(?!NULL\b|NOT\b|DISTINCT\b|TRUE\b|"
                         r"FALSE\b)",
    "hints": r"\b(NOT INDEXED|INDEXED BY)\b",
    "conflicts": r"\b(INSERT|UPDATE) OR\b|\bREPLACE INTO\b",
    "collation": r"\bCOLLATE\b",
    "CROSS JOIN with ON (WHERE is for that)": r"\bCROSS JOIN \w+( AS \w+| "
        r"(?!CROSS|WHERE|JOIN|LEFT)\w+)? ON\b",
    "MAX, MIN of several": r"\b(max|min)\((?:[^(),]|\([^()]*\))*,",
    "LIMIT a, b": r"\bLIMIT [\w$]+,",
    "blobs": r"\bx'",
    "==": r"==",
    "names in quotes": r'["`\[]',
    "LIMIT in a recursive part": r"\bRECURSIVE\b.*\bLIMIT \$\d+\) SELECT",
}


def of_pgsql():
    """Those of PostgreSQL alone."""
    return [(path.relative_to(ROOT), sql) for path, sql in literals(
        p for p in sorted((ROOT / "src").rglob("*_pgsql.c")) if "lib/sql" not in str(p))]


def of_all_engines():
    return [(path, sql) for path, sql in statements()
            if not OWN.match(str(path))]


def test_no_statement_has_a_word_that_only_sqlite_knows():
    everything = of_all_engines()
    assert len(everything) > 400
    bad = [f"{path}: {what}: {sql}" for path, sql in everything
           for what, word in WORDS.items()
           if re.search(word, re.sub(r"'[^']*'", "''", sql), re.I)]
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("what, sql", [
    ("a key of its own", "SELECT rowid FROM t"),
    ("its tables", "SELECT seq FROM sqlite_sequence"),
    ("JSON by path", "SELECT a ->> '$.b' FROM t"),
    ("IS between values", "SELECT 1 FROM t WHERE a IS NOT b"),
    ("CROSS JOIN with ON (WHERE is for that)",
     "SELECT 1 FROM t AS a CROSS JOIN t AS b ON a.i = b.i"),
    ("CROSS JOIN with ON (WHERE is for that)",
     "SELECT 1 FROM t a CROSS JOIN t b ON a.i = b.i"),
    ("MAX, MIN of several", "SELECT max(a, coalesce(b, 0)) FROM t"),
    ("functions", "SELECT instr(a, $1) FROM t"),
    ("LIMIT in a recursive part",
     "WITH RECURSIVE w(i) AS (SELECT MIN(a) FROM t UNION ALL SELECT (SELECT"
     " MIN(a) FROM t) FROM w LIMIT $1) SELECT i FROM w"),
])
def test_such_a_word_is_found(what, sql):
    assert re.search(WORDS[what], re.sub(r"'[^']*'", "''", sql), re.I)


@pytest.fixture(scope="module")
def prepare():
    """Asks a PostgreSQL: the lines that it answers for these statements."""
    try:
        program, = made("tests/pg/prepare")
    except AssertionError as e:
        if "No rule to make" in str(e):
            pytest.skip("libpq-dev is not installed")
        raise

    def ask(sqls):
        done = subprocess.run(
            [program, ROOT],
            input="".join(s + "\0" for s in sqls), text=True, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode == 77:
            pytest.skip(done.stderr.strip())
        assert done.returncode == 0, done.stderr
        types = [line.split("\t")[0] for line in done.stdout.splitlines()]
        return dict(zip(sqls, types, strict=True)), done.stderr
    return ask


@pytest.fixture(scope="module")
def asked(prepare):
    everything = of_all_engines() + of_pgsql()
    types, said = prepare([sql for _, sql in everything])
    return everything, types, said


def test_every_statement_can_be_prepared(asked):
    everything, types, said = asked
    bad = [f"{path}: {sql}" for path, sql in everything if types[sql] == "!"]
    assert not bad, "\n".join([*bad, said])


def calls():
    """(file, SQL, [what makes each argument]) of each statement that
    is called by its name where its arguments stand."""
    makes = re.compile(r"\bdb_(int|id|text|blob|null)\(")
    for path, text in preprocessed(list(sources())):
        text, tables = text.decode(), {}
        for table in re.finditer(r"\*const (\w+)\[\w*\] = \{", text):
            entries = argument_list(text, table.end() - 1)[0]
            tables[table[1]] = {
                m[1]: "".join(p.decode() for p in PIECE.findall(m[2].encode())) for m in (
                    re.match(r"\s*\[(\w+)\]\s*=(.*)", e, re.S)
                    for e in entries) if m}
        for m in re.finditer(
                r"\b(\w+)\[(\w+)\],\s*\(\(const struct db_arg\[\]\)\s*\{", text):
            if (sql := tables.get(m[1], {}).get(m[2])) is None:
                continue
            args = argument_list(text, m.end() - 1)[0]
            yield (path.relative_to(ROOT), codecs.decode(sql, "unicode_escape"),
                   [set(makes.findall(a)) - {"null"} for a in args[:-1]])


def test_arguments_are_of_the_types_of_their_parameters(asked):
    """SQLite takes any; what nothing says (a variable) is not looked at."""
    letters = {"int": "i", "id": "i", "text": "t", "blob": "b"}
    _, types, _ = asked
    looked_at, wrong = 0, []
    for path, sql, args in calls():
        for n, (makes, wanted) in enumerate(
                zip(args, types.get(sql, "")), 1):
            looked_at += bool(makes)
            if wanted != "-" and {letters[m] for m in makes} - {wanted}:
                wrong.append(f"{path}: ${n} is {wanted}, not {makes}: {sql}")
    assert not wrong, "\n".join(wrong)
    assert looked_at > 400


def test_what_cannot_be_bound_or_read_is_refused(prepare):
    bad = ["SELECT COALESCE($1, 0)",                    # an int of 4 bytes
           "SELECT id FROM users WHERE $1 IS NULL",     # of no type
           "SELECT SUM(total) FROM counters",           # numeric
           "SELECT revoked_at IS NULL FROM api_tokens", # boolean
           "SELECT nothing FROM users"]
    good = {"SELECT id FROM users WHERE id = $3 AND name = $1": "t-i",
            "SELECT id FROM tickets, users WHERE hash = $1": "b"}
    types, said = prepare([*bad, *good])
    assert types == dict.fromkeys(bad, "!") | good, said
