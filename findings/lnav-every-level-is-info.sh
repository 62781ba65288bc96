#!/bin/sh
# lnav, and the level of a line in logfmt.
#
# Guess:     a line that says level=error is an error: lnav knows logfmt, and its levels have
#            these very names.
# Source:    docs.lnav.org, "Log Formats": logfmt is among the built-in formats; "Log Levels"
#            lists error, warning, info and others.
# Versions:  Debian 12: lnav 0.11.1-3.  By hand: Debian 13's 0.12.4 does the same; sid's 0.13.2
#            has the level that each line says, all five.
# Behaviour: the level is read when the time stands in quotes.  Beside a bare time, which is how
#            logfmt writes what needs no quotes, every line is taken for info, whatever its
#            level says, and a line that begins with its level is taken for the rest of the one
#            before it.  A number that begins with 0 is read as octal: code=0042 becomes 34 (42 in both
#            later versions).
# Seen:      see below
# Matters:   ":set-min-log-level error", the key "e" (next error) and the red lines show nothing of
#            a night in which everything failed.  With Debian 12 and 13 search for level=error
#            as text (:filter-in level=error), which is how it stands in waspool's log.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download lnav=0.11.1-3 libarchive13 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
libs=$(find "$PWD/root" -name 'lib*.so.*' -printf '%h\n' | sort -u | paste -sd:)
cat >log <<'LOG'
time=2026-11-29T03:00:00.100Z level=warn delivery=41 msg="not JSON"
time=2026-11-29T03:00:01.100Z level=error delivery=42 msg="the disk is full"
time="2026-11-29T03:00:02.100Z" level=error delivery=43 msg="the disk is full"
level=error time=2026-11-29T03:00:03.100Z delivery=44 msg="the disk is full"
time="2026-11-29T03:00:04.100Z" level=info code=0042 msg=refused
LOG
HOME=$dir LD_LIBRARY_PATH=$libs timeout 60 root/usr/bin/lnav -n \
    -c ';SELECT log_level AS level, fields FROM logfmt_log' \
    -c ':write-csv-to seen' log >/dev/null 2>&1
cat >expected <<'SEEN'
level,fields
info,"{""delivery"":41}"
info,"{""delivery"":42}"
error,"{""delivery"":43,""delivery"":44}"
info,"{""code"":34}"
SEEN
diff expected seen && echo "as found"
