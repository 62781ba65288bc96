#!/bin/sh
# AUTOINCREMENT, and a key that was set by UPDATE.
#
# Guess:     an id is never given twice: it is larger than any that ever was in the table.
# Source:    sqlite.org/autoinc.html, "The AUTOINCREMENT Keyword": the largest rowid that has
#            ever before existed in that same table.
# Versions:  SQLite 3.39.3, 3.49.1 and 3.54.1 (npm sql.js 1.8.0, 1.13.0, 1.17.0)
# Behaviour: INSERT with an id of its own raises sqlite_sequence, UPDATE of the id does not.
#            As long as the row is there the next id is above it; when it was deleted the ids
#            below are given, and then that id a second time.
# Seen:      see below
# Matters:   rows that are renumbered (two customers become one, a restore, an import) would
#            leave an id that later means somebody else, in a client's address or an open
#            page.  Whoever renumbers has to raise sqlite_sequence too, or insert and delete.
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
    const one = sql => db.exec(sql)[0].values[0][0];
    let db = new SQL.Database();
    const given = first => {
      db = new SQL.Database();
      db.run("CREATE TABLE t(id INTEGER PRIMARY KEY AUTOINCREMENT)");
      db.run(first);
      const seq = one("SELECT seq FROM sqlite_sequence");
      db.run("DELETE FROM t");
      return `sequence ${seq}, then ${one("INSERT INTO t VALUES (NULL) RETURNING id")}, ` +
        one("INSERT INTO t VALUES (NULL) RETURNING id");
    };
    console.log(one("SELECT sqlite_version()"));
    console.log("  INSERT 3:", given("INSERT INTO t VALUES (3)"));
    console.log("  UPDATE 3:", given("INSERT INTO t VALUES (1); UPDATE t SET id = 3"));
  }
})();
JS
node try.cjs >seen
cat >expected <<'SEEN'
3.39.3
  INSERT 3: sequence 3, then 4, 5
  UPDATE 3: sequence 1, then 2, 3
3.49.1
  INSERT 3: sequence 3, then 4, 5
  UPDATE 3: sequence 1, then 2, 3
3.54.1
  INSERT 3: sequence 3, then 4, 5
  UPDATE 3: sequence 1, then 2, 3
SEEN
diff expected seen && echo "as found"
