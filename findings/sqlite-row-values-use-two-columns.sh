#!/bin/sh
# A key of four columns, looked up by a row value in a list.
#
# Guess:     (a, b, c, d) IN (SELECT …) is a search by all four columns of the
#            primary key: "row IN" is documented to use indexes.
# Source:    sqlite.org/rowvalue.html, section 2.2 and 3.
# Versions:  SQLite 3.39.3, 3.44.2, 3.45.2 and 3.49.1 (npm sql.js 1.8.0, 1.9.0, 1.10.3,
#            1.13.0).  Debian 12 has 3.40.1 and does the same as the older three.
# Behaviour: up to 3.45 two columns are used, whatever the key's length, and the others
#            are compared row by row; by 3.46 (Debian 13: 3.46.1) all four are.
# Seen:      see below
# Matters:   (workspace, number) have millions of statuses: the delete of one
#            message's walks them all.  A join, or the first columns said by "=",
#            uses the whole key on every version.  A plan test on one version is not enough.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . a@npm:sql.js@1.8.0 \
    b@npm:sql.js@1.9.0 c@npm:sql.js@1.10.3 d@npm:sql.js@1.13.0 >/dev/null
cat >try.cjs <<'JS'
(async () => {
  for (const name of ["a", "b", "c", "d"]) {
    const SQL = await require(`./node_modules/${name}/dist/sql-wasm.js`)();
    const db = new SQL.Database();
    db.run(`CREATE TABLE s(a INT, b INT, c TEXT, d TEXT, e TEXT,
        PRIMARY KEY (a, b, c, d)) WITHOUT ROWID;
      CREATE TABLE t(a INT, b INT, c TEXT, d TEXT)`);
    const uses = sql => /\(.*\)/.exec(db.exec(`EXPLAIN QUERY PLAN ${sql}`)[0].values
      .map(row => row[3]).find(line => line.startsWith("SEARCH s")))[0];
    console.log(db.exec("SELECT sqlite_version()")[0].values[0][0],
      "row", uses("DELETE FROM s WHERE (a, b, c, d) IN (SELECT a, b, c, d FROM t)"),
      "join", uses("SELECT s.e FROM t CROSS JOIN s USING (a, b, c, d)"));
  }
})();
JS
node try.cjs >seen
cat >expected <<'SEEN'
3.39.3 row (a=? AND b=?) join (a=? AND b=? AND c=? AND d=?)
3.44.2 row (a=? AND b=?) join (a=? AND b=? AND c=? AND d=?)
3.45.2 row (a=? AND b=?) join (a=? AND b=? AND c=? AND d=?)
3.49.1 row (a=? AND b=? AND c=? AND d=?) join (a=? AND b=? AND c=? AND d=?)
SEEN
diff expected seen && echo "as found"
