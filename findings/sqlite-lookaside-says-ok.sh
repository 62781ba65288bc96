#!/bin/sh
# Debian's SQLite, and its memory for small pieces (lookaside).
#
# Guess:     a connection has lookaside buffers, as SQLITE_DEFAULT_LOOKASIDE sets them; who asks for
#            larger ones and is answered SQLITE_OK has them; who cannot have them hears so.
# Source:    www.sqlite.org/malloc.html, 3.1 "Lookaside memory allocator"; sqlite3.h,
#            SQLITE_DBCONFIG_LOOKASIDE and SQLITE_DBSTATUS_LOOKASIDE_HIT.
# Version:   Debian 12: libsqlite3-0 3.40.1-2+deb12u2.
# Behaviour: it is built with SQLITE_OMIT_LOOKASIDE.  sqlite3_config and sqlite3_db_config answer
#            SQLITE_OK all the same, and the counters of hits and misses, which say SQLITE_OK, too,
#            stay at 0 whatever is run.
# Seen:      see below
# Matters:   each register, cursor and trigger's frame goes through malloc: some 200 calls for one
#            row whose triggers write others, and those over 1,032 bytes pass glibc's quick lists.
#            Lists of free pieces before malloc (SQLITE_CONFIG_MALLOC) took 20,000 of 426,000
#            instructions off a delivery.  Ask sqlite3_compileoption_used("OMIT_LOOKASIDE"), not
#            the return code.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download libsqlite3-0=3.40.1-2+deb12u2 >/dev/null 2>&1
dpkg-deb -x libsqlite3-0_*.deb root
cat >ask.py <<'PY'
import ctypes
import glob

CONFIG, DBCONFIG, USED, HIT, MISS_SIZE, MISS_FULL = 13, 1001, 0, 4, 5, 6
lib = ctypes.CDLL(glob.glob("root/usr/lib/*/libsqlite3.so.0")[0])
db = ctypes.c_void_p()
print("sqlite3_config:", lib.sqlite3_config(CONFIG, 1200, 100))
lib.sqlite3_open(b":memory:", ctypes.byref(db))
print("sqlite3_db_config:", lib.sqlite3_db_config(db, DBCONFIG, None, 1200, 100))
for n in range(50):
    lib.sqlite3_exec(db, b"CREATE TABLE t%d(a, b); INSERT INTO t%d VALUES (1, 2);"
                     b"SELECT * FROM t%d WHERE a IN (1, 2) ORDER BY b" % (n, n, n),
                     None, None, None)
for name, what in (("used", USED), ("hits", HIT), ("misses, size", MISS_SIZE),
                   ("misses, full", MISS_FULL)):
    now, most = ctypes.c_int(), ctypes.c_int()
    rc = lib.sqlite3_db_status(db, what, ctypes.byref(now), ctypes.byref(most), 0)
    print(f"{name}: {most.value}, code {rc}")
print("OMIT_LOOKASIDE:", lib.sqlite3_compileoption_used(b"OMIT_LOOKASIDE"))
PY
python3 ask.py >seen
cat >expected <<'SEEN'
sqlite3_config: 0
sqlite3_db_config: 0
used: 0, code 0
hits: 0, code 0
misses, size: 0, code 0
misses, full: 0, code 0
OMIT_LOOKASIDE: 1
SEEN
diff expected seen && echo "as found"
