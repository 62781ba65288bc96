#!/bin/sh
# Contacts of an iPhone, and one with a long name, taken over by abook.
#
# Guess:     a number with a label is a number; a line that was folded is one line.
# Source:    RFC 2425 5.8.1 (unfolding: a line's end and the blank behind it go) and 5.8.2 (who knows
#            no groups takes the name behind the dot), which vCard 3.0 is made of (RFC 2426 4);
#            abook(1), --convert with --informat vcard.
# Versions:  Debian 12: abook 0.6.1-2+b1.
# Behaviour: item1.TEL is no TEL to it: the numbers with a label are left out, only one without stays.
#            Of a folded line it keeps what stands before the fold: half a name; a number whose
#            parameters were as long as that is gone.  It says nothing, its status is 0.
# Seen:      see below
# Matters:   an iPhone writes each number with a label of one's own as item1.TEL, WhatsApp each that has
#            an account with waid, which makes lines long.  Such people arrive without their number, or
#            not at all where it was the only one.  khard 0.18.0 takes all of them, of cards that have a UID.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
apt-get download abook=0.6.1-2+b1 >/dev/null 2>&1
dpkg-deb -x abook_*.deb root
crlf() {
	sed 's/$/\r/'
}
crlf >labels.vcf <<'CARD'
BEGIN:VCARD
VERSION:3.0
N:Diaz;Ana;;;
FN:Ana Diaz
item1.TEL;waid=16505550001:+1 650-555-0001
item1.X-ABLabel:Mobile
TEL;type=CELL;waid=16505550003:+1 650-555-0003
END:VCARD
CARD
crlf >folded.vcf <<'CARD'
BEGIN:VCARD
VERSION:3.0
N:Diaz;Ana Maria Guadalupe del Carmen;;;
FN:Ana Maria Guadalupe del Carmen
  Diaz
TEL;type=CELL;type=VOICE;type=pref;waid=165055
 50003:+1 650-555-0003
END:VCARD
CARD
for card in labels folded; do
	rm -f out
	echo "$card: status $(HOME=$dir root/usr/bin/abook --convert --informat vcard \
	    --infile $card.vcf --outformat abook --outfile out >said 2>&1; echo $?), $(wc -c <said) bytes said"
	grep -E '^(name|phone|mobile|workphone)=' out
done >seen
cat >expected <<'SEEN'
labels: status 0, 0 bytes said
name=Ana Diaz
mobile=+1 650-555-0003
folded: status 0, 0 bytes said
name=Ana Maria Guadalupe del Carmen
SEEN
diff expected seen && echo "as found"
