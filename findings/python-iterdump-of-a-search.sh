#!/bin/sh
# An inbox with a search (FTS5), dumped by Python's sqlite3, and read back.
#
# Guess:     what iterdump writes makes the same database again, as .dump does: if not, it raises.
# Source:    docs.python.org, sqlite3, Connection.iterdump (for later restoration, "similar to the
#            .dump command", in other words); sqlite.org/cli.html 10 (.dump), which restores all four.
# Versions:  Debian 12: python3 3.11.2, libsqlite3-0 3.40.1-2+deb12u2, sqlite3 3.40.1-2+deb12u2.
# Behaviour: the virtual table's own tables are written too, and made twice when it is read: "already
#            exists".  With content='' and columnsize=0 iterdump raises, and the lines that it has given
#            by then are no error to the shell of sqlite3, which ends with 0 and an empty database:
#            the COMMIT is missing.  An infinity in a column is written as Inf, which is no SQL.
# Seen:      see below
# Matters:   "sqlite-utils dump", and programs that make backups with Python, use it.  It looks whole,
#            and of waspool's inbox nothing comes back.  Use "waspool backup", or .dump of the shell.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
cat >dump.py <<'PY'
import sqlite3, sys
try:
    for line in sqlite3.connect(sys.argv[1]).iterdump():
        print(line)
except sqlite3.OperationalError as e:
    print("raises:", e, file=sys.stderr)
PY
make() {
	sqlite3 "$1" "CREATE TABLE messages(id INTEGER PRIMARY KEY, body TEXT NOT NULL, price ANY) STRICT;
	    INSERT INTO messages VALUES (1, 'hello there', $3); $2
	    INSERT INTO words(rowid, body) SELECT id, body FROM messages;"
}
make own "CREATE VIRTUAL TABLE words USING fts5(body);" 1
make external "CREATE VIRTUAL TABLE words USING fts5(body, content='messages', content_rowid='id');" 1
make contentless "CREATE VIRTUAL TABLE words USING fts5(body, content='', columnsize=0);" 1
make infinite "CREATE TABLE words(body);" 9e999
for kind in own external contentless infinite; do
	echo "$kind: $(/usr/bin/python3 dump.py $kind 2>&1 >sql)"
	sqlite3 $kind .dump >sql2
	for file in sql sql2; do
		status=0
		sqlite3 -bail $kind-$file <$file >said 2>&1 || status=$?
		grep -o 'table .* already exists\|no such column: Inf' said || :
		echo "$file: status $status, $(sqlite3 $kind-$file 'SELECT count(*) FROM messages' 2>/dev/null ||
		    echo no table)"
	done
done >seen
sed -i 's/sql2:/.dump:/; s/sql:/iterdump:/; s/ $//' seen
cat >expected <<'SEEN'
own:
table 'words_config' already exists
iterdump: status 1, no table
.dump: status 0, 1
external:
table 'words_config' already exists
iterdump: status 1, no table
.dump: status 0, 1
contentless: raises: words: table does not support scanning
iterdump: status 0, no table
.dump: status 0, 1
infinite:
no such column: Inf
iterdump: status 1, no table
.dump: status 0, 1
SEEN
diff expected seen && echo "as found"
