#!/bin/sh
# A database of an older SQLite with an index on the text of a number, opened by a newer one.
#
# Guess:     both say the same text of a number, and so the index holds: a file is good for all versions of SQLite 3.
# Source:    sqlite.org/expridx.html (an indexed expression has deterministic functions only), sqlite.org/
#            onefile.html (the format stays).
# Versions:  SQLite 3.49.1 and 3.54.1 (npm sql.js 1.13.0 and 1.17.0); Node.js 20.  By hand: Debian 12's 3.40.1 and Debian
#            13's 3.46.1 write 15 digits, sid's 3.53.4 writes 17.
# Behaviour: what has more than 15 digits is another text: of 0.1 + 0.2, "0.3" became "0.30000000000000004".  Such a row is
#            missing from the index: it is found by the old text, which it no longer has, and not by its own; the stored
#            text of a generated column stays the old one; integrity_check says so, and nothing else does.
# Seen:      see below
# Matters:   an upgrade of the system makes an index of amounts (or a UNIQUE one on json_object) wrong: REINDEX, and
#            compare texts nowhere.  No column of waspool's schema is REAL.  Likewise by hand: .dump of sid's
#            shell writes each text with a new line as unistr('…'), which SQLite before 3.50 does not know:
#            read there, those rows are left out, and the rest is committed; sqlite3 -bail is safe.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . old@npm:sql.js@1.13.0 new@npm:sql.js@1.17.0 >/dev/null
cat >try.cjs <<'JS'
(async () => {
  const [older, newer] = [await require("old")(), await require("new")()];
  const db = new older.Database();
  db.run(`CREATE TABLE orders(id INTEGER PRIMARY KEY, total REAL, shown TEXT AS (total || '') STORED);
    CREATE INDEX orders_text ON orders(total || '');
    INSERT INTO orders(id, total) VALUES (1, 12.5), (2, 0.1 + 0.2)`);
  for (const [name, d] of Object.entries({ made: db, opened: new newer.Database(db.export()) })) {
    const ask = sql => (d.exec(sql)[0]?.values ?? []).map(row => row.join(" ")).join("; ") || "none";
    console.log(`${name} by ${ask("SELECT sqlite_version()")}: ${ask("SELECT total || '', shown FROM orders")}`);
    for (const text of ["0.3", "0.30000000000000004"])
      console.log(`  found by ${text}:`, ask(`SELECT id FROM orders WHERE total || '' = '${text}'`));
    console.log("  check:", ask("PRAGMA integrity_check"));
  }
})();
JS
node try.cjs >seen
cat >expected <<'SEEN'
made by 3.49.1: 12.5 12.5; 0.3 0.3
  found by 0.3: 2
  found by 0.30000000000000004: none
  check: ok
opened by 3.54.1: 12.5 12.5; 0.30000000000000004 0.3
  found by 0.3: 2
  found by 0.30000000000000004: none
  check: row 2 missing from index orders_text
SEEN
diff expected seen && echo "as found"
