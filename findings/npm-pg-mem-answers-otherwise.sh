#!/bin/sh
# Plain SQL, asked of the PostgreSQL in memory that tests in Node.js use, and of PostgreSQL.
#
# Guess:     what pg-mem cannot do it says; what it answers is PostgreSQL's answer: ids are bigint, 1e3 is
#            a number, NULL AND false is false, and a division by zero is an error.
# Source:    README of pg-mem (an emulation of PostgreSQL for unit tests; some syntax is not supported, in other words);
#            PostgreSQL's manual, 4.1.2.6 (1e3), 8.1.1 (bigint), 9.1 (AND of three values).
# Versions:  npm pg-mem 3.0.14, on pgsql-ast-parser 12.0.2; @electric-sql/pglite 0.5.16, which is PostgreSQL in
#            WebAssembly, is asked the same; Node.js 20.
# Behaviour: it answers, and otherwise.  From 2^53 on two ids that differ by one are one, so the second row is
#            refused as a duplicate; that is the parser, which also writes 9223372036854775807 as
#            9223372036854776000, and reads 1e3 as 1 AS e3.  NULL AND false is null, so NOT of it finds
#            nothing; 99999999999 is an int; a division by zero is Infinity.  The parser's own toSql drops the
#            parentheses of a UNION, and 1, 2 becomes 1, 2, 2.
# Seen:      see below
# Matters:   ids of templates are numbers of 15 or 16 digits, and 2^53 has 16: a consumer of webhooks whose tests run on
#            this keeps one of two, or sees an error that PostgreSQL has not; what is overlooked
#            is met in production.  Keep ids as text, as waspool's API gives them, and test against PostgreSQL
#            itself (embedded, or as WebAssembly, as below).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    pg-mem@3.0.14 pgsql-ast-parser@12.0.2 @electric-sql/pglite@0.5.16 >/dev/null
cat >ask.mjs <<'JS'
import { PGlite } from "@electric-sql/pglite";
import { newDb } from "pg-mem";
import { parse, toSql } from "pgsql-ast-parser";
const mem = newDb().public;
const real = await PGlite.create();
const table = "CREATE TABLE m (id bigint PRIMARY KEY, n int, gone bool)";
mem.none(table);
await real.query(table);
const show = rows => rows.map(r => Object.entries(r).map(([k, v]) => `${k}=${v}`).join(" ")).join(", ") || "done";
const short = e => "refused: " + (e.message.match(/duplicate key|division by zero|out of range|failed to parse/) ?? [e.message])[0];
for (const sql of [
  "INSERT INTO m VALUES (9007199254740992, 1, NULL)",
  "INSERT INTO m VALUES (9007199254740993, 2, NULL)",
  "INSERT INTO m VALUES (5, 99999999999, NULL)",
  "SELECT COUNT(*) AS c FROM m WHERE NOT (gone AND false)",
  "SELECT 1e3 AS a",
  "SELECT 1e3",
  "SELECT 1 / 0 AS a",
  "SELECT 0.1 + 0.2 = 0.3 AS a",
]) {
  let is, seems;
  try { is = show((await real.query(sql)).rows); } catch (e) { is = short(e); }
  try { seems = show(mem.many(sql)); } catch (e) { seems = short(e); }
  console.log(`${sql}\n  PostgreSQL: ${is}\n  pg-mem: ${seems}`);
}
await real.close();
for (const sql of ["SELECT 9223372036854775807", "ALTER SEQUENCE s RESTART WITH 9007199254740993",
  "SELECT 1 UNION (SELECT 2 UNION ALL SELECT 2)"])
  console.log(`${sql}\n  pgsql-ast-parser: ${parse(sql).map(toSql.statement).join(";").replace(/\s+/g, " ").trim()}`);
JS
node ask.mjs >seen
cat >expected <<'SEEN'
INSERT INTO m VALUES (9007199254740992, 1, NULL)
  PostgreSQL: done
  pg-mem: done
INSERT INTO m VALUES (9007199254740993, 2, NULL)
  PostgreSQL: done
  pg-mem: refused: duplicate key
INSERT INTO m VALUES (5, 99999999999, NULL)
  PostgreSQL: refused: out of range
  pg-mem: done
SELECT COUNT(*) AS c FROM m WHERE NOT (gone AND false)
  PostgreSQL: c=2
  pg-mem: c=0
SELECT 1e3 AS a
  PostgreSQL: a=1000
  pg-mem: refused: failed to parse
SELECT 1e3
  PostgreSQL: ?column?=1000
  pg-mem: e3=1
SELECT 1 / 0 AS a
  PostgreSQL: refused: division by zero
  pg-mem: a=Infinity
SELECT 0.1 + 0.2 = 0.3 AS a
  PostgreSQL: a=true
  pg-mem: a=false
SELECT 9223372036854775807
  pgsql-ast-parser: SELECT (9223372036854776000)
ALTER SEQUENCE s RESTART WITH 9007199254740993
  pgsql-ast-parser: ALTER SEQUENCE s RESTART WITH 9007199254740992
SELECT 1 UNION (SELECT 2 UNION ALL SELECT 2)
  pgsql-ast-parser: (SELECT (1) ) UNION (SELECT (2) ) UNION ALL (SELECT (2) )
SEEN
diff expected seen && echo "as found"
