#!/bin/sh
# FTS5's 'merge' in steps, so that nobody waits long for the write lock.
#
# Guess:     each step writes about as much as the one before it: N pages, which is what it is asked for.
# Source:    www.sqlite.org/fts5.html, "The 'merge' Command": a step ends once about N pages have been
#            written to the database.
# Version:   Debian 12: libsqlite3-0 3.40.1-2+deb12u2, by its python3 3.11.
# Behaviour: the step with which a merge ends also deletes, row by row, where each page of the merged
#            segments began (the table %_idx): as many rows as the segments had pages.
# Seen:      160,000 texts of ten words: steps of 32 pages change some 300 rows, the last one 4,511.
# Matters:   an index of 10,000,000 messages has some 66,000 pages: the last step holds the lock about
#            ten times as long as the others, whatever N is.  A limit of rows a step must except it,
#            and it is worth knowing when a write waits 0.1 s, once, and never again that day.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libsqlite3-0=3.40.1-2+deb12u2 >/dev/null 2>&1
dpkg-deb -x libsqlite3-0_*.deb root
cat >merge.py <<'PY'
import random
import sqlite3

db = sqlite3.connect("words.db", isolation_level=None)
db.execute("CREATE VIRTUAL TABLE words USING fts5(w, content='', columnsize=0)")
db.execute("INSERT INTO words(words, rank) VALUES ('automerge', 0), ('crisismerge', 1000)")
dice = random.Random(1)
for first in range(0, 160000, 40000):
    db.execute("BEGIN")
    db.executemany("INSERT INTO words(rowid, w) VALUES (?, ?)", (
        (first + i, " ".join("w%x" % dice.randrange(1 << 24) for _ in range(10)))
        for i in range(40000)))
    db.execute("COMMIT")
pages = db.execute("SELECT COUNT(*) FROM words_idx").fetchone()[0]
steps, asked = [], -32
while not steps or steps[-1] > 1:
    before = db.total_changes
    db.execute("INSERT INTO words(words, rank) VALUES ('merge', ?)", (asked,))
    steps.append(db.total_changes - before)
    asked = 32
last, before_it = steps[-2], sorted(steps[:-2])
print(sqlite3.sqlite_version)
print("steps of fewer than 500 rows:", all(n < 500 for n in before_it))
print("the last has as many as there were pages:", pages <= last < pages + 500)
print("more than ten times the others:", last > 10 * before_it[len(before_it) // 2])
PY
lib=$(dirname root/usr/lib/*/libsqlite3.so.0)
LD_LIBRARY_PATH=$lib /usr/bin/python3 merge.py >seen
cat >expected <<'SEEN'
3.40.1
steps of fewer than 500 rows: True
the last has as many as there were pages: True
more than ten times the others: True
SEEN
diff expected seen && echo "as found"
