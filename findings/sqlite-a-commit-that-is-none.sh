#!/bin/sh
# PRAGMA data_version, by which a reader knows that somebody committed.
#
# Guess:     an UPDATE that changes a row by its count, and commits, is seen: data_version differs.
# Source:    www.sqlite.org/pragma.html, "PRAGMA data_version": two reads that differ say that
#            another connection committed in between; sqlite3_changes() counts the row.
# Version:   Debian 12: libsqlite3-0 3.40.1-2+deb12u2, by its python3 3.11.
# Behaviour: a row that is written as it was, is not written: the record is compared with the page
#            first.  The row counts as changed, triggers fire, COMMIT succeeds, the WAL stays as
#            long as it was, and no other connection sees a new data_version.  The same UPDATE of a
#            column that has an index writes the index: it deletes and inserts.
# Seen:      see below
# Matters:   who keeps what was read until data_version changes is right, since nothing did.  Who
#            uses it as a clock ("somebody touched the row"), a heartbeat that writes the same second
#            twice, say, waits for ever; and a trigger may have fired for nothing to be seen.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libsqlite3-0=3.40.1-2+deb12u2 >/dev/null 2>&1
dpkg-deb -x libsqlite3-0_*.deb root
cat >ask.py <<'PY'
import os
import sqlite3

one = sqlite3.connect("any.db", isolation_level=None)
one.executescript("PRAGMA journal_mode = WAL; CREATE TABLE t(id INTEGER PRIMARY KEY, seen, at);"
                  "CREATE INDEX by_at ON t(at); INSERT INTO t VALUES (1, 7, 7)")
other = sqlite3.connect("any.db", isolation_level=None)


def look():
    return (other.execute("PRAGMA data_version").fetchone()[0], os.path.getsize("any.db-wal"))


def write(what, sql):
    version, size = look()
    rows = one.execute(sql).rowcount
    new, new_size = look()
    print(f"{what}: {rows} row, seen {new != version}, WAL grew {new_size != size}")


write("another value", "UPDATE t SET seen = 8")
write("the same value", "UPDATE t SET seen = 8")
write("the same value, indexed", "UPDATE t SET at = 7")
PY
lib=$(dirname root/usr/lib/*/libsqlite3.so.0)
LD_LIBRARY_PATH=$lib /usr/bin/python3 ask.py >seen
cat >expected <<'SEEN'
another value: 1 row, seen True, WAL grew True
the same value: 1 row, seen False, WAL grew False
the same value, indexed: 1 row, seen True, WAL grew True
SEEN
diff expected seen && echo "as found"
