#!/bin/sh
# A database whose owner is no superuser, and whose functions belong to a role that sees less, dumped and restored
# by that owner.
#
# Guess:     it is what it was: same cluster, same roles, and the owner made all of it; what cannot be restored
#            ends psql with a status.
# Source:    PostgreSQL's manual, pg_dump, -O: without it the script sets the original owners, and fails for who may
#            not; ALTER FUNCTION: one may give it to a role that one is in, if that role may CREATE in the schema.
# Versions:  Debian 12: postgresql-15 and postgresql-client-15 15.20-0+deb12u1.
# Behaviour: the schema was laid as is usual since 15: CREATE is granted to the role, the function given to it, CREATE
#            revoked.  The dump has no such grant, so its ALTER FUNCTION … OWNER is refused, and the function
#            (SECURITY DEFINER) stays its owner's, whom row level security does not hold.  psql goes on, status
#            0; pg_restore too, status 1; pg_restore -O says nothing, status 0.
# Seen:      see below; how many rows of two workspaces a member sees through the function
# Matters:   after a restore that looks well, row level security stands around nothing.  GRANT CREATE first, restore with
#            --exit-on-error (psql: -v ON_ERROR_STOP=1), REVOKE it, and look at pg_proc: or restore as a
#            superuser.  docs/postgresql.md has the commands.
set -eu
dir=$(mktemp -d)
trap 'stop; rm -rf "$dir"' EXIT
stop() {
	[ ! -e "$dir/data/postmaster.pid" ] || as_user "$pg/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null
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
apt-get download postgresql-15=15.20-0+deb12u1 postgresql-client-15=15.20-0+deb12u1 \
    libpq5=15.20-0+deb12u1 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
pg=$dir/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libpq.so.5')")
export LD_LIBRARY_PATH PGHOST="$dir" PGOPTIONS='-c client_min_messages=warning'
as_user "$pg/initdb" -D "$dir/data" -U super -A trust -E UTF8 --locale=C >/dev/null
as_user "$pg/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-h '' -k $dir" start >/dev/null
psql() {
	"$pg/psql" -XAtq "$@"
}
psql -U super -d postgres -c "CREATE ROLE owner LOGIN CREATEROLE CREATEDB" -c "CREATE ROLE member LOGIN" \
    -c "CREATE DATABASE old OWNER owner"
psql -U owner -d old -v ON_ERROR_STOP=1 <<'SQL'
CREATE ROLE doors;
GRANT doors TO owner;
CREATE TABLE messages(workspace int, body text);
INSERT INTO messages VALUES (1, 'ours'), (2, 'theirs');
ALTER TABLE messages ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON messages TO doors USING (workspace = 1);
GRANT SELECT ON messages TO doors;
CREATE FUNCTION seen() RETURNS bigint LANGUAGE sql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS 'SELECT count(*) FROM messages';
GRANT CREATE ON SCHEMA public TO doors;
ALTER FUNCTION seen() OWNER TO doors;
REVOKE CREATE ON SCHEMA public FROM doors;
SQL
"$pg/pg_dump" -U owner old >plain
"$pg/pg_dump" -U owner -Fc old >archive
look() {
	echo "$1: rows $(psql -U member -d "$2" -c 'SELECT seen()'), owner $(psql -U owner -d "$2" -c \
	    "SELECT proowner::regrole FROM pg_proc WHERE proname = 'seen'")"
}
try() {
	name=$1
	shift
	psql -U owner -d postgres -c 'DROP DATABASE IF EXISTS new' -c 'CREATE DATABASE new'
	status=0
	"$@" >/dev/null 2>>err || status=$?
	look "$name, status $status" new
}
granted() {
	psql -U owner -d new -c 'GRANT CREATE ON SCHEMA public TO doors'
	"$pg/pg_restore" --exit-on-error -U owner -d new archive
	psql -U owner -d new -c 'REVOKE CREATE ON SCHEMA public FROM doors'
}
{
	look 'as it was' old
	try psql psql -U owner -d new -f plain
	try pg_restore "$pg/pg_restore" -U owner -d new archive
	try 'pg_restore -O' "$pg/pg_restore" -O -U owner -d new archive
	try 'CREATE granted first' granted
	try 'as a superuser' "$pg/pg_restore" -U super -d new archive
	grep -o -m 1 'permission denied for schema public' err
} >seen
cat >expected <<'SEEN'
as it was: rows 1, owner doors
psql, status 0: rows 2, owner owner
pg_restore, status 1: rows 2, owner owner
pg_restore -O, status 0: rows 2, owner owner
CREATE granted first, status 0: rows 1, owner doors
as a superuser, status 0: rows 1, owner doors
permission denied for schema public
SEEN
diff expected seen && echo "as found"
