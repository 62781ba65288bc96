#!/bin/sh
# What can still be read of a database, by .recover, of sqlite3's shell.
#
# Guess:     of a database in order it writes all rows: it is in .help, and so in this build.
# Source:    sqlite.org/recovery.html, "Recovery Using The .recover Command", whose example pipes it into sqlite3;
#            .help lists it, with its options.
# Versions:  Debian 12: sqlite3 and libsqlite3-0 3.40.1-2+deb12u2.  By hand: Debian 13's 3.46.1-7+deb13u2 writes
#            the rows.
# Behaviour: it reads pages through the table sqlite_dbpage, which Debian 12's library is built without: seven lines
#            of a head, "sql error: SQL logic error (1)", and status 1.  Piped into sqlite3, as its page says, that is
#            an empty database, and status 0.
# Seen:      see below
# Matters:   it is called when a disk has failed, by somebody who is in a hurry: what comes out looks as if nothing
#            could be read any more.  .dump reads what is readable up to the damage; a copy of the file
#            can be read on Debian 13.  waspool has backups: "waspool restore".
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 755 .
apt-get download sqlite3=3.40.1-2+deb12u2 libsqlite3-0=3.40.1-2+deb12u2 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
lib=$(dirname "$(find "$PWD/root" -name libsqlite3.so.0)")
shell() {
	LD_LIBRARY_PATH=$lib root/usr/bin/sqlite3 "$@"
}
shell whole.db "CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT); INSERT INTO t VALUES (1, 'hello'), (2, 'world')"
{
	echo "whole: $(shell whole.db 'PRAGMA integrity_check'), rows: $(shell whole.db 'SELECT COUNT(*) FROM t')"
	status=0
	shell whole.db .recover >rows.sql 2>err || status=$?
	echo ".recover: status $status, INSERTs: $(grep -c INSERT rows.sql || true), says: $(cat err)"
	status=0
	shell whole.db .recover 2>/dev/null | shell new.db || status=$?
	echo "piped: status $status, tables: $(shell new.db 'SELECT COUNT(*) FROM sqlite_schema')"
	echo ".dump: INSERTs: $(shell whole.db .dump | grep -c INSERT)"
	shell whole.db 'SELECT COUNT(*) FROM sqlite_dbpage' 2>&1 | head -1
} >seen
cat >expected <<'SEEN'
whole: ok, rows: 2
.recover: status 1, INSERTs: 0, says: sql error: SQL logic error (1)
piped: status 0, tables: 0
.dump: INSERTs: 2
Error: in prepare, no such table: sqlite_dbpage
SEEN
diff expected seen && echo "as found"
