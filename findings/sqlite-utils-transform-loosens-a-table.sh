#!/bin/sh
# One column of a table renamed with sqlite-utils transform.
#
# Guess:     all else stays: transform is SQLite's own recipe (a new table, copy, drop, rename), whose
#            steps make indexes and triggers anew.
# Source:    sqlite.org/lang_altertable.html, 7 (steps 3, 6, 8 and 9: remember indexes, triggers and views,
#            and make them again); sqlite-utils' documentation of transform, which names that recipe.
# Versions:  Debian 12: sqlite-utils 3.30-1+deb12u1, sqlite3 3.40.1-2+deb12u2.
# Behaviour: what its own model of a table lacks is gone: STRICT, WITHOUT ROWID, AUTOINCREMENT, CHECK,
#            COLLATE, generated columns, each index and trigger.  A column ANY becomes FLOAT, and its rows are
#            converted: the text '0042' is 42.0, 9007199254740993 is 9007199254740992.0.  It says nothing, its
#            status is 0.
# Seen:      see below
# Matters:   whoever looks into a copy of an inbox with it may look only: after a transform texts of
#            digits are numbers, ids are given twice, and lists walk their tables.  ALTER TABLE … RENAME
#            COLUMN keeps all of this.  waspool's schema changes by "waspool upgrade" alone.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download sqlite-utils=3.30-1+deb12u1 python3-click python3-click-default-group \
    python3-sqlite-fts4 python3-tabulate python3-dateutil python3-six >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
make() {
	sqlite3 "$1" "
CREATE TABLE messages(id INTEGER PRIMARY KEY AUTOINCREMENT, workspace_id INTEGER NOT NULL,
    body TEXT NOT NULL COLLATE NOCASE, answer ANY, initial TEXT AS (substr(body, 1, 1)) STORED,
    CHECK (length(body) < 1000)) STRICT;
CREATE TABLE members(workspace_id INTEGER, name TEXT, PRIMARY KEY (workspace_id, name))
    STRICT, WITHOUT ROWID;
CREATE INDEX messages_open ON messages(workspace_id) WHERE answer IS NULL;
CREATE TRIGGER put AFTER INSERT ON messages BEGIN INSERT OR IGNORE INTO members VALUES (1, 'Ana'); END;
INSERT INTO messages(workspace_id, body, answer)
    VALUES (1, 'one', '0042'), (1, 'two', 9007199254740993), (1, 'three', NULL);
DELETE FROM messages WHERE id = 3;"
}
look() {
	sqlite3 "$1" "
SELECT name, 'strict', strict, 'without rowid', wr FROM pragma_table_list
    WHERE name IN ('messages', 'members') ORDER BY name;
SELECT 'columns', group_concat(name, ' ') FROM pragma_table_xinfo('messages');
SELECT type, name FROM sqlite_schema WHERE type IN ('index', 'trigger') AND name NOT LIKE 'sqlite%';
SELECT 'CHECK, COLLATE', sql LIKE '%CHECK%', sql LIKE '%COLLATE%' FROM sqlite_schema
    WHERE name = 'messages';
SELECT 'answers', group_concat(quote(answer), ' ') FROM messages;
INSERT INTO messages($2, body) VALUES (1, 'four') RETURNING 'next id', id;"
}
make transform
make alter
for rename in "messages --rename workspace_id workspace" "members --rename workspace_id workspace"; do
	# shellcheck disable=SC2086 # words
	PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 root/usr/bin/sqlite-utils \
	    transform transform $rename 2>&1
done >seen
sqlite3 alter "ALTER TABLE messages RENAME COLUMN workspace_id TO workspace;
    ALTER TABLE members RENAME COLUMN workspace_id TO workspace;"
for how in transform alter; do
	echo "$how:"
	look $how workspace
done >>seen
cat >expected <<'SEEN'
transform:
members|strict|0|without rowid|0
messages|strict|0|without rowid|0
columns|id workspace body answer
CHECK, COLLATE|0|0
answers|42.0 9.00719925474099199994e+15
next id|3
alter:
members|strict|1|without rowid|1
messages|strict|1|without rowid|0
columns|id workspace body answer initial
index|messages_open
trigger|put
CHECK, COLLATE|1|1
answers|'0042' 9007199254740993
next id|4
SEEN
diff expected seen && echo "as found"
