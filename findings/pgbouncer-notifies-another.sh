#!/bin/sh
# LISTEN and NOTIFY through pgbouncer, whose pool gives connections for a transaction.
#
# Guess:     LISTEN is refused, or has no effect: who listens hears nothing, and nobody else does either.
# Source:    pgbouncer.org, "Features": LISTEN does not work with transaction pooling.  PostgreSQL's manual,
#            LISTEN: it registers a session; libpq and others hand over what comes, whoever asked for it.
# Versions:  Debian 12: pgbouncer 1.18.0-1+deb12u1, postgresql-15 15.20-0+deb12u1; npm pg 8.16.3; Node.js 20.
# Behaviour: LISTEN is taken and stays with the connection to the server.  Whoever has that connection for a
#            transaction gets the notifications that are due then, though he never listened; what comes in
#            between is dropped, with a line in the log.
# Seen:      see below; Ana listens, Ben does not, and a third says NOTIFY
# Matters:   a program that wakes up by NOTIFY and sees it work in a test with one client sleeps through most of them with
#            several, and one that takes a notification for its own (a job's id) does what is
#            another's.  One connection past the pool listens; all others never do.
set -eu
dir=$(mktemp -d)
trap 'stop; rm -rf "$dir"' EXIT
stop() {
	[ ! -e "$dir/pid" ] || kill "$(cat "$dir/pid")"
	[ ! -e "$dir/data/postmaster.pid" ] || as_user "$pg/pg_ctl" -D "$dir/data" -m immediate stop >/dev/null
}
# PostgreSQL and pgbouncer refuse to run as root.
as_user() {
	if [ "$(id -u)" = 0 ]; then
		setpriv --reuid=nobody --regid=nogroup --clear-groups "$@"
	else
		"$@"
	fi
}
cd "$dir"
chmod 777 "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . pg@8.16.3 >/dev/null
apt-get download postgresql-15=15.20-0+deb12u1 postgresql-client-15=15.20-0+deb12u1 libpq5=15.20-0+deb12u1 \
    pgbouncer=1.18.0-1+deb12u1 libc-ares2 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
pg=$dir/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libpq.so.5')")
export LD_LIBRARY_PATH
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user "$pg/initdb" -D "$dir/data" -U owner -A trust -E UTF8 --locale=C >/dev/null
as_user "$pg/pg_ctl" -D "$dir/data" -w -l "$dir/log" -o "-h '' -k $dir" start >/dev/null
cat >pgbouncer.ini <<END2
[databases]
postgres = host=$dir user=owner pool_size=1
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $port
unix_socket_dir =
auth_type = any
pool_mode = transaction
logfile = $dir/bouncer.log
pidfile = $dir/pid
END2
as_user root/usr/sbin/pgbouncer -q -d pgbouncer.ini
cat >ask.mjs <<'JS'
import pg from "pg";
async function connect(host, port) {
  const client = new pg.Client({ host, port, user: "owner", database: "postgres" });
  client.heard = [];
  client.on("notification", n => client.heard.push(n.payload));
  await client.connect();
  return client;
}
const [port, dir] = process.argv.slice(2);
const ana = await connect("127.0.0.1", port), ben = await connect("127.0.0.1", port), third = await connect(dir, 5432);
const later = () => new Promise(done => setTimeout(done, 500));
await ana.query("LISTEN jobs");
await third.query("NOTIFY jobs, 'while nobody has the connection'");
await later();
await ben.query("BEGIN");
await third.query("NOTIFY jobs, 'within a transaction of Ben'");
await ben.query("COMMIT");
await later();
console.log("Ana, who listens, heard:", ana.heard.join(", ") || "nothing");
console.log("Ben, who does not, heard:", ben.heard.join(", ") || "nothing");
await Promise.all([ana, ben, third].map(client => client.end()));
JS
{
	timeout 60 node ask.mjs "$port" "$dir"
	grep -o "got packet 'A' from server when not linked" bouncer.log
} >seen
cat >expected <<'SEEN'
Ana, who listens, heard: nothing
Ben, who does not, heard: within a transaction of Ben
got packet 'A' from server when not linked
SEEN
diff expected seen && echo "as found"
