#!/bin/sh
# INSERT OR IGNORE, ON CONFLICT and an INSERT of no rows, with AUTOINCREMENT.
#
# Guess:     what inserts nothing changes nothing: the next id is the one after the last row,
#            and sqlite_sequence, which is a table in the file, is not written.
# Source:    sqlite.org/autoinc.html says that ids may have gaps "if a constraint causes an
#            insert to fail"; an ignored one did not fail.
# Versions:  SQLite 3.39.3, 3.49.1 and 3.54.1 (npm sql.js 1.8.0, 1.13.0, 1.17.0)
# Behaviour: each ignored row, and each that ON CONFLICT turned into an UPDATE or into nothing,
#            takes an id; an INSERT … SELECT that finds no rows makes a row of
#            sqlite_sequence.  sqlite3_changes() is 0 each time.
# Seen:      see below; a row, then two that are ignored, then another
# Matters:   each message that is delivered again would take an id, so gaps tell how often the
#            provider repeats itself, and a "highest id ever given" of a table without rows is
#            0, not nothing: a test for "was never used" has to ask both.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . a@npm:sql.js@1.8.0 \
    b@npm:sql.js@1.13.0 c@npm:sql.js@1.17.0 >/dev/null
cat >try.cjs <<'JS'
(async () => {
  for (const name of ["a", "b", "c"]) {
    const SQL = await require(`./node_modules/${name}/dist/sql-wasm.js`)();
    let db;
    const one = sql => db.exec(sql)[0].values[0][0];
    const table = () => {
      db = new SQL.Database();
      db.run("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT, wamid TEXT UNIQUE)");
    };
    const next = (verb, end) => {
      table();
      db.run("INSERT INTO t(wamid) VALUES ('a')");
      for (let i = 0; i < 2; i++)
        db.run(`${verb} INTO t(wamid) VALUES ('a') ${end}`);
      return one("INSERT INTO t(wamid) VALUES ('b') RETURNING id");
    };
    table();
    console.log(one("SELECT sqlite_version()"));
    console.log("  OR IGNORE:", next("INSERT OR IGNORE", ""));
    console.log("  DO NOTHING:", next("INSERT", "ON CONFLICT (wamid) DO NOTHING"));
    console.log("  DO UPDATE:", next("INSERT", "ON CONFLICT (wamid) DO UPDATE SET wamid = 'a'"));
    table();
    const before = one("SELECT count(*) FROM sqlite_sequence");
    db.run("INSERT INTO t(wamid) SELECT 'a' WHERE 0");
    console.log("  no rows: changes", db.getRowsModified(), "sequences", before, "then",
      one("SELECT count(*) FROM sqlite_sequence"), "with", one("SELECT seq FROM sqlite_sequence"));
  }
})();
JS
node try.cjs >seen
for version in 3.39.3 3.49.1 3.54.1; do
	cat <<SEEN
$version
  OR IGNORE: 4
  DO NOTHING: 4
  DO UPDATE: 4
  no rows: changes 0 sequences 0 then 1 with 0
SEEN
done >expected
diff expected seen && echo "as found"
