#!/bin/sh
# A list of contacts, sorted and made JSON by csvkit.
#
# Guess:     -I (--no-inference) leaves each field the text that it is; without it "+16505550001" may
#            become a number where JSON is made, but a list that is only sorted keeps its fields.
# Source:    RFC 4180 (fields are text); csvkit's help of -I: no types are guessed (in other words).
# Versions:  Debian 12: csvkit 1.0.7-1, python3-agate 1.6.3-2.
# Behaviour: Na, None, N/A and "." are no value, also with -I: a customer of that name has none.
#            --blanks beside it keeps them: its help says so there, and of -I only that types are
#            not guessed.  csvsort without -I writes the guessed numbers, without plus and leading
#            noughts.  csvcut, csvgrep and csvformat change nothing.
# Seen:      see below
# Matters:   Na is a family name in Korea.  A list sorted with csvsort and taken over again renames
#            customers to their numbers, and has lost the plus of these, so that nobody can tell
#            the country.  With csvsort, csvjson, csvlook and in2csv say -I --blanks.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download csvkit=1.0.7-1 python3-csvkit=1.0.7-1 python3-agate=1.6.3-2 python3-babel \
    python3-leather python3-parsedatetime python3-pytimeparse python3-isodate python3-tz \
    python3-six python3-slugify python3-text-unidecode python3-agatesql python3-agatedbf \
    python3-agateexcel python3-sqlalchemy python3-openpyxl python3-et-xmlfile python3-xlrd \
    python3-olefile python3-dbfread python3-greenlet python-babel-localedata >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >list.csv <<'CSV'
phone,name,code
+16505550001,Na,007
+4915112345678,None,042
+5511987654321,N/A,.
CSV
for how in csvsort "csvsort -I" "csvsort -I --blanks" csvcut; do
	echo "$how:"
	# shellcheck disable=SC2086 # words
	PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 root/usr/bin/$how -c phone,name,code list.csv
done >seen
for how in "csvjson" "csvjson -I"; do
	# shellcheck disable=SC2086 # words
	PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 root/usr/bin/$how list.csv |
	    sed "s/}.*/}/; s/^/$how: /"
	echo
done >>seen
cat >expected <<'SEEN'
csvsort:
phone,name,code
16505550001,,7
4915112345678,,42
5511987654321,,
csvsort -I:
phone,name,code
+16505550001,,007
+4915112345678,,042
+5511987654321,,
csvsort -I --blanks:
phone,name,code
+16505550001,Na,007
+4915112345678,None,042
+5511987654321,N/A,.
csvcut:
phone,name,code
+16505550001,Na,007
+4915112345678,None,042
+5511987654321,N/A,.
csvjson: [{"phone": 16505550001.0, "name": null, "code": 7.0}
csvjson -I: [{"phone": "+16505550001", "name": null, "code": "007"}
SEEN
diff expected seen && echo "as found"
