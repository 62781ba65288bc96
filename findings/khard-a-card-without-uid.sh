#!/bin/sh
# Contacts as vCards, one without a UID and one of vCard 2.1, in khard's address book.
#
# Guess:     each card that can be read is listed; one that cannot is said, and passed over.
# Source:    RFC 2426 3.6.7 and RFC 6350 6.7.6 (UID may be there or not); khard(1): an address book is a
#            folder of vCards.
# Versions:  Debian 12: khard 0.18.0-1, python3-vobject 0.9.6.1-2.
# Behaviour: a card without UID is not there ("will not be available", on standard error, status 0), to list,
#            show and phone alike.  One card that cannot be read (2.1 with a name over two lines) ends
#            all of it: none is listed, also with the others in order, until --skip-unparsable.
# Seen:      see below
# Matters:   what phones and WhatsApp share has no UID, so a folder of such cards looks empty.
#            Who writes vCards for others gives each a UID that stays the same (RFC 6350: a URN),
#            also since programs that synchronize know a contact by it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download khard=0.18.0-1 python3-vobject=0.9.6.1-2 python3-atomicwrites python3-configobj \
    python3-ruamel.yaml python3-unidecode python3-dateutil python3-six >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
mkdir book
cat >khard.conf <<CONF
[addressbooks]
[[customers]]
path = $dir/book
[general]
editor = true
merge_editor = true
CONF
khard() {
	status=0
	HOME=$dir PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 root/usr/bin/khard \
	    -c khard.conf "$@" >out 2>err || status=$?
	grep -o 'has no UID and will not be available\|Could not parse file' err out | sed 's/^...://' || :
	cut -f 1,2 out | grep '^+' || :
	echo "status $status"
}
card() {
	printf '%s\r\n' BEGIN:VCARD VERSION:3.0 "$3" "N:;$1;;;" "FN:$1" "TEL;TYPE=CELL:$2" END:VCARD |
	    grep -v '^.$' >"book/$1.vcf"
}
card Ana "+1 650-555-0001" UID:urn:uuid:6f1de0c2-3f0e-4b1b-8d3c-6c1a52b0a001
card Bo "+1 650-555-0002" ""
{
	echo "Bo has no UID:"
	khard phone --parsable
	printf '%s\r\n' BEGIN:VCARD VERSION:2.1 \
	    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;=C3=85=6E=67=73=74=72=C3=B6=6D=" "=20=5A=6F=C3=AB;;;" \
	    "TEL;CELL:+1 650-555-0003" END:VCARD >book/Zoe.vcf
	echo "and a card of 2.1:"
	khard phone --parsable
	echo "with --skip-unparsable:"
	khard --skip-unparsable phone --parsable
} >seen
cat >expected <<'SEEN'
Bo has no UID:
has no UID and will not be available
+1 650-555-0001	Ana
status 0
and a card of 2.1:
Could not parse file
status 1
with --skip-unparsable:
Could not parse file
has no UID and will not be available
+1 650-555-0001	Ana
status 0
SEEN
diff expected seen && echo "as found"
