#!/bin/sh
# An address of PostgreSQL as libpq takes it, given to npm's drivers.
#
# Guess:     who takes postgresql://… takes libpq's forms of it: host and port behind the question mark, a folder of
#            sockets, options, sslmode=prefer.  Two hosts may be refused.  What is not known is refused.
# Source:    PostgreSQL's manual, 34.1.1.2 (Connection URIs: parts may be left out and come as parameters, a socket's
#            folder as host= or percent-encoded, several hosts) and 34.1.2 (options, sslmode: prefer goes on
#            without TLS).
# Versions:  npm pg 8.16.3 (pg-connection-string 2.14.1), postgres 3.4.7, sequelize 6.37.8, @databases/pg
#            6.1.0; Node.js 20; Debian 12: postgresql-15 15.20-0+deb12u1.
# Behaviour: postgres and sequelize do not read a host or a port behind the question mark: they connect to PGHOST and
#            PGPORT, or 127.0.0.1:5432 (postgres sends "host" as a setting, which the server there refuses; sequelize goes
#            on).  @databases/pg passes over options, and wants a socket's folder percent-encoded.  pg, and
#            sequelize by it, take prefer for verify-full.  Two hosts are an invalid URL to both.
# Seen:      see below; PGHOST and PGPORT name another server
# Matters:   what WASPOOL_INBOX and psql take is put into another program's settings as it is, and that speaks to another
#            server, or without the settings that docs/postgresql.md asks for.  Only
#            postgresql://USER@HOST:PORT/NAME is the same to all five.
set -eu
dir=$(mktemp -d)
trap 'stop; rm -rf "$dir"' EXIT
stop() {
	for data in inbox other; do
		[ ! -e "$dir/$data/postmaster.pid" ] || as_user "$pg/pg_ctl" -D "$dir/$data" -m immediate stop >/dev/null
	done
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
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . pg@8.16.3 pg-connection-string@2.14.1 \
    postgres@3.4.7 sequelize@6.37.8 @databases/pg@6.1.0 >/dev/null
apt-get download postgresql-15=15.20-0+deb12u1 postgresql-client-15=15.20-0+deb12u1 libpq5=15.20-0+deb12u1 \
    >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
pg=$dir/root/usr/lib/postgresql/15/bin
LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name 'libpq.so.5')")
export LD_LIBRARY_PATH
set -- $(python3 -c 'import socket
all = [socket.socket() for _ in range(2)]
for s in all: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in all))')
start() {
	as_user "$pg/initdb" -D "$dir/$1" -U owner -A trust -E UTF8 --locale=C >/dev/null
	as_user "$pg/pg_ctl" -D "$dir/$1" -w -l "$dir/$1.log" -o "-h 127.0.0.1 -p $2 -k $dir" start >/dev/null
}
start inbox "$1"
start other "$2"
cat >ask.mjs <<'JS'
import { execFileSync } from "node:child_process";
import databases from "@databases/pg";
import pg from "pg";
import postgres from "postgres";
import { Sequelize } from "sequelize";
const [port, dir] = process.argv.slice(2), at = `postgresql://owner@127.0.0.1:${port}/postgres`;
const SQL = "SELECT current_setting('port') AS port, current_setting('work_mem') AS mem";
const shell = (file, args) => execFileSync(file, args, { encoding: "utf8", stdio: "pipe", timeout: 5000 });
const drivers = {
  async psql(uri) {
    const [port, mem] = shell(`${dir}/root/usr/lib/postgresql/15/bin/psql`, ["-XAtc", SQL, uri]).trim().split("|");
    return { port, mem };
  },
  async pg(uri) {
    const client = new pg.Client({ connectionString: uri });
    await client.connect();
    return (await client.query(SQL)).rows[0];
  },
  postgres: async uri => (await postgres(uri, { max: 1 }).unsafe(SQL))[0],
  sequelize: async uri => (await new Sequelize(uri, { dialect: "postgres", logging: false }).query(SQL))[0][0],
  "@databases/pg": async uri => (await databases.default({ connectionString: uri, bigIntMode: "bigint" })
    .query(databases.sql.__dangerous__rawValue(SQL)))[0],
};
const forms = {
  "in place": at,
  "host=, port=": `postgresql:///postgres?host=127.0.0.1&port=${port}&user=owner`,
  "a socket": `postgresql:///postgres?host=${dir}&port=${port}&user=owner`,
  "two hosts": `postgresql://owner@127.0.0.1:1,127.0.0.1:${port}/postgres`,
  "options": `${at}?options=-c%20work_mem%3D7MB`,
  "prefer": `${at}?sslmode=prefer`,
};
process.on("unhandledRejection", () => {});
for (const [name, ask] of Object.entries(drivers)) {
  const said = [];
  for (const [form, uri] of Object.entries(forms)) {
    let what;
    try {
      const got = await Promise.race([ask(uri), new Promise((_, late) => setTimeout(late, 5000))]);
      what = got.port !== port ? "another server" : form === "options" && got.mem !== "7MB" ? "passed over" : "right";
    } catch {
      what = "fails";
    }
    said.push(`${form} ${what}`);
  }
  console.log(`${name}: ${said.join(", ")}`);
}
process.exit(0);
JS
PGHOST=127.0.0.1 PGPORT=$2 PGUSER=owner timeout 150 node --no-warnings ask.mjs "$1" "$dir" >seen 2>err || cat err
cat >expected <<'SEEN'
psql: in place right, host=, port= right, a socket right, two hosts right, options right, prefer right
pg: in place right, host=, port= right, a socket right, two hosts fails, options right, prefer fails
postgres: in place right, host=, port= fails, a socket fails, two hosts right, options right, prefer right
sequelize: in place right, host=, port= fails, a socket fails, two hosts fails, options right, prefer fails
@databases/pg: in place right, host=, port= right, a socket fails, two hosts right, options passed over, prefer right
SEEN
diff expected seen && echo "as found"
