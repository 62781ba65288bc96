"""The data set of ./dev bench is what the real path would have left."""

import sqlite3
import subprocess

import pytest

from rig import BUILD, made

# Of changes the fast way notes the newest only.
OTHERWISE = {"changes"}


@pytest.fixture(scope="module", autouse=True)
def generator():
    made("tests/bench/generate")


def generate(path, *more):
    subprocess.run([BUILD / "tests/bench/generate", "--messages", "1500",
                    "--conversations", "150", "--now", "1800000000", *more,
                    path], check=True)
    return sqlite3.connect(path)


def rows(db):
    """Of every table, without the inner ones of FTS5."""
    names = [n for n, in db.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '%\\_words%'"
        " ESCAPE '\\' AND name NOT LIKE '%\\_digits%' ESCAPE '\\'")]
    return {n: sorted(db.execute(f"SELECT * FROM {n}"), key=repr)
            for n in names if n not in OTHERWISE}


def words(db, name):
    """Every word of a full-text index, and where it stands."""
    db.execute(f"CREATE VIRTUAL TABLE temp.v_{name} USING"
               f" fts5vocab(main, {name}, instance)")
    return sorted(db.execute(f"SELECT * FROM v_{name}"))


def test_quick_and_live_are_the_same(tmp_path):
    quick = generate(tmp_path / "quick.db")
    live = generate(tmp_path / "live.db", "--live")
    a, b = rows(quick), rows(live)
    assert len(a["messages"]) == 1500 and len(a["conversations"]) == 150
    assert {n: r == b[n] for n, r in a.items()} == {n: True for n in b}
    for name in ["message_words", "conversation_words", "conversation_digits",
                 "contact_words", "contact_digits"]:
        assert words(quick, name) == words(live, name)
    schema = "SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY 2"
    assert list(quick.execute(schema)) == list(live.execute(schema))
    for path in tmp_path.glob("*.db"):
        subprocess.run([BUILD / "tests/bench/generate", "--check", path],
                       check=True)


def test_check_sees_what_is_wrong(tmp_path):
    db = generate(tmp_path / "wrong.db")
    db.execute("UPDATE counters SET unread = unread + 1")
    db.commit()
    done = subprocess.run([BUILD / "tests/bench/generate", "--check",
                           tmp_path / "wrong.db"], stderr=subprocess.PIPE)
    assert done.returncode != 0 and b"counters" in done.stderr


def steps(db, sql, *parameters):
    """How many hundreds of steps SQLite takes for it."""
    count = 0

    def note():
        nonlocal count
        count += 1
    db.set_progress_handler(note, 100)
    db.execute(sql, parameters)
    db.set_progress_handler(None, 0)
    return count


def test_a_tag_of_many_costs_no_more_than_one_of_few(tmp_path):
    subprocess.run([BUILD / "tests/bench/generate", "--messages", "12000",
                    "--conversations", "6000", tmp_path / "x.db"], check=True)
    db = sqlite3.connect(tmp_path / "x.db")
    (tag, many), = db.execute(
        "SELECT tag_id, count(*) FROM conversation_tags GROUP BY 1"
        " ORDER BY 2 DESC LIMIT 1")
    (id_, contact), = db.execute(
        "SELECT c.id, c.contact_id FROM conversations AS c"
        " JOIN contact_tags AS k ON k.contact_id = c.contact_id"
        " AND k.tag_id = ? ORDER BY c.id LIMIT 1", (tag,))
    assert many > 500
    for sql in ["UPDATE conversations SET last_message_at = last_message_at"
                f" + 1 WHERE id = {id_}",
                f"UPDATE conversations SET contact_id = 1 WHERE id = {id_}",
                f"UPDATE conversations SET contact_id = {contact}"
                f" WHERE id = {id_}",
                "DELETE FROM contact_tags WHERE workspace_id = 1"
                f" AND contact_id = {contact} AND tag_id = {tag}",
                "INSERT INTO contact_tags(workspace_id, contact_id, tag_id)"
                f" VALUES (1, {contact}, {tag})",
                f"DELETE FROM conversations WHERE id = {id_}"]:
        assert steps(db, sql) < 20, sql
