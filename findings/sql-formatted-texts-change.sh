#!/bin/sh
# A migration with a text for customers in dollar quotes, formatted.
#
# Guess:     a formatter moves white space between words and raises keywords; what stands in quotes, of either kind,
#            and the operators stay as they are, so PostgreSQL's parser sees the same tree.
# Source:    PostgreSQL's manual, 4.1.2.4 (what is between dollar quotes is a string constant, and taken literally),
#            4.1.2.1 (two strings with a line's end between them are one), 4.1.2.3 (U&), 4.1.3 (operators).
# Versions:  Debian 12: pgformatter 5.5-1, python3-sqlparse 0.4.2-1+deb12u1; npm sql-formatter 15.9.0; pgsql-parser
#            18.2.8 (PostgreSQL's own grammar) says what is the same; Node.js 20.
# Behaviour: pg_format and sqlparse take the text in dollar quotes for code: other lines, other blanks, and "from"
#            and "is" in capitals; the SQL stays valid.  In a function's body pg_format does so with 'quotes' too, where
#            a comment behind them has an apostrophe.  It also cuts the operators @? and #- in two, and
#            U& from its string.  sqlparse and sql-formatter put a string that goes on in the next line into
#            one line, which is a syntax error.
# Seen:      see below
# Matters:   a canned reply or a template's text in a migration arrives otherwise at the customer than it was reviewed,
#            and no test of the schema sees it; "@?" is how an inbox asks jsonb whether there is a
#            path.  In a repository that formats its SQL (before a commit, in an editor) put texts into 'quotes'
#            outside of functions, which all three leave alone, and compare the trees once.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
chmod 777 "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    sql-formatter@15.9.0 pgsql-parser@18.2.8 libpg-query@18.1.5 >/dev/null
apt-get download pgformatter=5.5-1 python3-sqlparse=0.4.2-1+deb12u1 >/dev/null 2>&1
for deb in *.deb; do dpkg-deb -x "$deb" root; done
cat >ask.mjs <<'JS'
import { execFileSync } from "node:child_process";
import { format } from "sql-formatter";
import { loadModule, parse } from "pgsql-parser";
await loadModule();
const env = { ...process.env, PERL5LIB: "root/usr/share/perl5", PYTHONPATH: "root/usr/lib/python3/dist-packages" };
const run = (input, ...command) => execFileSync(command[0], command.slice(1), { input, env, encoding: "utf8" });
const tools = {
  "pg_format": sql => run(sql, "perl", "root/usr/bin/pg_format", "-"),
  "sqlparse": sql => run(sql, "python3", "-c",
    "import sys, sqlparse; print(sqlparse.format(sys.stdin.read(), reindent=True, keyword_case='upper'))"),
  "sql-formatter": sql => format(sql, { language: "postgresql", keywordCase: "upper" }),
};
const places = new Set(["location", "stmt_location", "stmt_len"]);
const tree = async sql => JSON.stringify((await parse(sql)).stmts, (k, v) => places.has(k) ? undefined : v);
for (const sql of [
  "INSERT INTO replies VALUES ('Dear  customer;\n  a parcel from us\nis here')",
  "INSERT INTO replies VALUES ($t$\nDear  customer;\n  a parcel from us\nis here\n$t$)",
  "SELECT 'Dear '\n  'customer'",
  "SELECT body @? '$.errors[0]', body #- '{a}' FROM m",
  "SELECT U&'\\0441' FROM m",
]) {
  const before = await tree(sql);
  console.log(JSON.stringify(sql));
  for (const [name, tool] of Object.entries(tools)) {
    const out = tool(sql).trim();
    const after = await tree(out).catch(() => "a syntax error");
    console.log(`  ${name}:`, after === before ? "same" : JSON.stringify(out) + (after[0] === "a" ? ", a syntax error" : ""));
  }
}
for (const comment of ["-- its own", "-- it's"]) {
  const out = tools["pg_format"]("CREATE FUNCTION f() RETURNS text LANGUAGE plpgsql AS $f$\nDECLARE\n"
    + `  t text := 'a  parcel,\n  from us'; ${comment}\nBEGIN\n  RETURN t;\nEND\n$f$;`);
  console.log(`pg_format, before ${comment}:`, JSON.stringify(out.match(/'[^']*'/)[0]));
}
JS
node ask.mjs >seen
cat >expected <<'SEEN'
"INSERT INTO replies VALUES ('Dear  customer;\n  a parcel from us\nis here')"
  pg_format: same
  sqlparse: same
  sql-formatter: same
"INSERT INTO replies VALUES ($t$\nDear  customer;\n  a parcel from us\nis here\n$t$)"
  pg_format: "INSERT INTO replies\n    VALUES ($t$ Dear customer;\n\na parcel\nFROM\n    us IS here $t$)"
  sqlparse: "INSERT INTO replies\nVALUES ($t$ Dear customer; a parcel FROM us IS here $t$)"
  sql-formatter: same
"SELECT 'Dear '\n  'customer'"
  pg_format: same
  sqlparse: "SELECT 'Dear ' 'customer'", a syntax error
  sql-formatter: "SELECT\n  'Dear ' 'customer'", a syntax error
"SELECT body @? '$.errors[0]', body #- '{a}' FROM m"
  pg_format: "SELECT\n    body @ ? '$.errors[0]',\n    body # - '{a}'\nFROM\n    m"
  sqlparse: same
  sql-formatter: same
"SELECT U&'\\0441' FROM m"
  pg_format: "SELECT\n    U & '\\0441'\nFROM\n    m"
  sqlparse: same
  sql-formatter: same
pg_format, before -- its own: "'a  parcel,\n  from us'"
pg_format, before -- it's: "'a parcel,\nFROM\n    us'"
SEEN
diff expected seen && echo "as found"
