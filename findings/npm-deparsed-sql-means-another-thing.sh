#!/bin/sh
# SQL of PostgreSQL, parsed by PostgreSQL's own grammar and written again by pgsql-deparser.
#
# Guess:     what comes back parses to the same tree: parser and deparser are one family, and the deparser
#            is tested by just that.  What it cannot write it refuses.
# Source:    README of pgsql-deparser (tried with more than 23,000 statements, in other words); PostgreSQL's manual, 4.1.6
#            (IS, IN and LIKE bind tighter than NOT, AND and OR) and 4.1.1 (without quotes letters become small).
# Versions:  npm pgsql-parser 18.2.8, pgsql-deparser 18.3.8, libpg-query 18.1.5; @electric-sql/pglite 0.5.16, which is
#            PostgreSQL in WebAssembly, answers; Node.js 20.
# Behaviour: valid SQL comes back as valid SQL that means another thing.  The parentheses before IS NULL, IN,
#            BETWEEN and LIKE are left out; WITH TIES becomes LIMIT; SET LOCAL … TO DEFAULT loses LOCAL,
#            COMMIT loses AND CHAIN, a key its INCLUDE, and LISTEN, NOTIFY, PREPARE and DROP POLICY the quotes of a name.
#            Only JSON_TABLE and its kin are refused.
# Seen:      see below
# Matters:   a view or a CHECK that goes through such a tool (linters, differs of schemas, code that renames
#            tables) may say something else than its author wrote, a page by FETCH FIRST … WITH TIES loses
#            the messages of one second, and a setting that a transaction had of its own becomes one of the pool's
#            connection.  Cut the source at the tree's "location" rather than print the tree; or parse what was
#            printed, and compare the trees, as below.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    pgsql-parser@18.2.8 pgsql-deparser@18.3.8 libpg-query@18.1.5 @electric-sql/pglite@0.5.16 >/dev/null
cat >ask.mjs <<'JS'
import { deparse, loadModule, parse } from "pgsql-parser";
import { PGlite } from "@electric-sql/pglite";
await loadModule();
const db = await PGlite.create();
await db.exec("CREATE TABLE m (id int, at int, gone bool, spam bool, name text);"
  + "INSERT INTO m VALUES (1, 5, false, NULL, 'a'), (2, 4, true, false, 'b'), (3, 4, true, NULL, 'a')");
const places = new Set(["location", "stmt_location", "stmt_len"]);
const tree = async sql => JSON.stringify((await parse(sql)).stmts, (k, v) => places.has(k) ? undefined : v);
const flat = sql => sql.replace(/\s+/g, " ");
const again = async sql => {
  const written = await deparse(await parse(sql));
  console.log(flat(written), await tree(written) === await tree(sql) ? "(same)" : "(another)");
  return written;
};
const ids = async sql => (await db.query(sql)).rows.map(r => r.id).join(" ") || "none";
for (const sql of [
  "SELECT id FROM m WHERE gone = true AND spam IS NULL ORDER BY id",
  "SELECT id FROM m WHERE (NOT gone) IS NULL ORDER BY id",
  "SELECT id FROM m WHERE (gone OR spam) IS NULL ORDER BY id",
  "SELECT id FROM m WHERE (gone OR spam) IN (false) ORDER BY id",
  "SELECT id FROM m ORDER BY at DESC FETCH FIRST 2 ROWS WITH TIES",
]) {
  const written = await again(sql);
  console.log(`  ids ${await ids(sql)}; written again: ${await ids(written).catch(e => e.message)}`);
}
for (const sql of [
  "SET LOCAL waspool.token TO DEFAULT",
  "COMMIT AND CHAIN",
  'LISTEN "Inbox"',
  'PREPARE "Page" AS SELECT 1',
  'DROP POLICY "Mine" ON m',
  "ALTER TABLE m ADD PRIMARY KEY (id) INCLUDE (name)",
])
  await again(sql);
await db.close();
JS
node ask.mjs >seen
cat >expected <<'SEEN'
SELECT id FROM m WHERE gone = true AND spam IS NULL ORDER BY id (same)
  ids 3; written again: 3
SELECT id FROM m WHERE NOT (gone) IS NULL ORDER BY id (another)
  ids none; written again: 1 2 3
SELECT id FROM m WHERE gone OR spam IS NULL ORDER BY id (another)
  ids 1; written again: 1 2 3
SELECT id FROM m WHERE gone OR spam IN (false) ORDER BY id (another)
  ids none; written again: 2 3
SELECT id FROM m ORDER BY at DESC LIMIT 2 (another)
  ids 1 2 3; written again: 1 2
SET "waspool.token" TO DEFAULT (another)
COMMIT (another)
LISTEN Inbox (another)
PREPARE Page AS SELECT 1 (another)
DROP POLICY Mine ON m (another)
ALTER TABLE m ADD PRIMARY KEY (id) (another)
SEEN
diff expected seen && echo "as found"
