#!/bin/sh
# Two drivers through which reports and scripts read a SQLite database: ODBC, and Lua's DBI.
#
# Guess:     a column INTEGER, and SUM of it, are read as they are: 64 bits; a BLOB has its length.
# Source:    sqlite.org/datatype3.html 2 (INTEGER has up to 8 bytes); ODBC has SQL_BIGINT; Lua 5.4's manual 3.1 (integers
#            have 64 bits, strings hold any byte).
# Versions:  Debian 12: libsqliteodbc 0.9998-3+b1 with unixODBC 2.3.11 and python3-pyodbc 4.0.34, lua-dbi-sqlite3 0.7.2-4,
#            lua-sql-sqlite3 2.6.0-2 with Lua 5.4; sqlite3 3.40.1.
# Behaviour: both keep the lowest 32 bits, and nobody says so: SUM of bytes above 2 GB is negative, a time in ms is another
#            time, id 4300000001 is 5032705.  WHERE id = 4300000001 finds the row and answers 5032705.  ODBC has BigInt=1
#            in the connection (its README says "force"), then all is right, CAST AS BIGINT in the statement does nothing.
#            Lua's DBI has no such option, and ends a BLOB at its first byte 0.  LuaSQL reads all of it well.
# Seen:      see below
# Matters:   a firm's report of storage by ODBC (LibreOffice Base, R, Power BI's gateway) shows minus for media above
#            2 GB, and rowids of a large spool are those of other rows.  Driver=SQLite3;BigInt=1, or LuaSQL; in Lua's DBI
#            SELECT CAST(id AS TEXT), hex(body).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libsqliteodbc=0.9998-3+b1 libodbc2 libodbcinst2 python3-pyodbc lua-dbi-sqlite3=0.7.2-4 lua-dbi-common \
	lua-sql-sqlite3=2.6.0-2 lua5.4 liblua5.4-0 libsqlite3-0 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
libs=$(dirname "$(find "$PWD/root" -name 'libodbc.so.2')")
export LD_LIBRARY_PATH="$libs:$libs/odbc" ODBCSYSINI="$PWD"
printf '[SQLite3]\nDriver=%s/odbc/libsqlite3odbc.so\n' "$libs" >odbcinst.ini
python3 - <<'PY'
import sqlite3
db = sqlite3.connect("media.db")
db.execute("CREATE TABLE media(id INTEGER PRIMARY KEY, at_ms INTEGER, bytes INTEGER, head BLOB) STRICT")
db.executemany("INSERT INTO media VALUES (?, ?, ?, ?)", [(7, 1764500000123, 1500000000, b"%PDF"),
                                                          (4300000001, 1764500000456, 1500000000, b"ID\0\4")])
db.commit()
PY
sql='SELECT id, at_ms, (SELECT SUM(bytes) FROM media), head FROM media WHERE id > 7'
cat >odbc.py <<'PY'
import sys
sys.path.insert(0, "root/usr/lib/python3/dist-packages")
import pyodbc
row = pyodbc.connect("DRIVER=SQLite3;Database=media.db;" + sys.argv[1]).execute(sys.argv[2]).fetchone()
print(*row[:3], len(row[3]))
PY
cat >dbi.lua <<'LUA'
local read = require "DBI".Connect("SQLite3", "media.db"):prepare(arg[1])
read:execute()
local row = read:fetch(false)
print(row[1], row[2], row[3], #row[4])
LUA
cat >luasql.lua <<'LUA'
local a, b, c, d = require "luasql.sqlite3".sqlite3():connect("media.db"):execute(arg[1]):fetch()
print(a, b, c, #d)
LUA
lua() {
	LUA_PATH="$PWD/root/usr/share/lua/5.4/?.lua" LUA_CPATH="$libs/lua/5.4/?.so" root/usr/bin/lua5.4 "$@" | tr '\t' ' '
}
{
	echo "ODBC: $(python3 odbc.py '' "$sql")"
	echo "ODBC, BigInt=1: $(python3 odbc.py BigInt=1 "$sql")"
	echo "Lua's DBI: $(lua dbi.lua "$sql")"
	echo "LuaSQL: $(lua luasql.lua "$sql")"
} >seen
cat seen
diff - seen <<'SEEN'
ODBC: 5032705 -731558200 -1294967296 4
ODBC, BigInt=1: 4300000001 1764500000456 3000000000 4
Lua's DBI: 5032705 -731558200 -1294967296 2
LuaSQL: 4300000001 1764500000456 3000000000 4
SEEN
