#!/bin/sh
# A name with letters beyond ASCII in a vCard 2.1, as Android's address book exports it.
#
# Guess:     who reads 2.1 at all decodes quoted-printable, also over two lines: a name of ten
#            letters in Greek or Thai is longer than one.
# Source:    vCard 2.1 (versit, 1996) 2.1.3: ENCODING=QUOTED-PRINTABLE, whose lines end in "=" where
#            the value goes on; RFC 2045 6.7 (5), soft line breaks.
# Versions:  npm ical.js 2.2.1, vcf 2.1.2, vcard-parser 1.0.0; Node.js 20; Debian 12: libtext-vcard-perl
#            3.09-2, python3-vobject 0.9.6.1-2, php-sabre-vobject 2.1.7-6.1, abook 0.6.1-2+b1.
# Behaviour: one of seven has the name: python3-vobject, asked with allowQP=True, and what it writes
#            then says of no number that it is a mobile.  Without that it raises an error, as do
#            ical.js and sabre.  Text::vCard gives the letters of the first line.  The other
#            three hand on the hexadecimal, as far as the end of the first line.
# Seen:      see below
# Matters:   Android's address book is exported as 2.1.  Brought over by one of these, customers are
#            called "Ελένη Κωνσ" or "=CE=95=CE=BB…", in the list and in templates, or the import
#            stops.  Ask for 3.0, where names are UTF-8, or decode before reading.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . ical.js@2.2.1 \
    vcf@2.1.2 vcard-parser@1.0.0 >/dev/null
apt-get download libtext-vcard-perl=3.09-2 python3-vobject=0.9.6.1-2 \
    php-sabre-vobject=2.1.7-6.1 abook=0.6.1-2+b1 libmoo-perl libpath-tiny-perl \
    libtext-vfile-asdata-perl libunicode-linebreak-perl liburi-perl libmime-charset-perl \
    libclass-accessor-chained-perl libclass-accessor-perl librole-tiny-perl libsub-name-perl \
    libclass-method-modifiers-perl libsub-quote-perl libclass-xsaccessor-perl libsombok3 \
    libthai0 libdatrie1 python3-dateutil python3-six >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
python3 - <<'PY'
name = "".join(f"={b:02X}" for b in "Ελένη Κωνσταντίνου".encode())
first, rest = name[:57] + "=", name[57:]
lines = ["BEGIN:VCARD", "VERSION:2.1",
         "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:;" + first, rest + ";;;",
         "FN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:" + first, rest,
         "TEL;CELL:+1-650-555-0001", "END:VCARD", ""]
open("card.vcf", "w", newline="").write("\r\n".join(lines))
PY
cat >try.cjs <<'JS'
const card = require("node:fs").readFileSync("card.vcf", "utf8");
const libraries = {
  "vcf": () => new (require("vcf"))().parse(card).get("fn").valueOf(),
  "vcard-parser": () => require("vcard-parser").parse(card).fn[0].value,
  "ical.js": () => ical.parse(card)[1].find(p => p[0] === "fn")[3],
};
let ical;
import("ical.js").then(m => {
  ical = m.default;
  for (const [name, read] of Object.entries(libraries)) {
    let got;
    try { got = read(); } catch { got = "throws"; }
    console.log(`${name}: ${got}`);
  }
});
JS
cat >try.pl <<'PL'
use Text::vCard::Addressbook;
binmode STDOUT, ":utf8";
my ($card) = Text::vCard::Addressbook->new({ source_file => "card.vcf" })->vcards;
print "Text::vCard: ", $card->fullname, "\n";
PL
cat >try.py <<'PY'
import vobject
card = open("card.vcf", encoding="utf-8", newline="").read()
try:
    print("vobject:", vobject.readOne(card).fn.value)
except (vobject.base.ParseError, UnicodeDecodeError):
    print("vobject: throws")
read = vobject.readOne(card, allowQP=True)
print("vobject, allowQP:", read.fn.value)
print("and writes:", next(l for l in read.serialize().split() if l.startswith("TEL")))
PY
cat >try.php <<'PHP'
<?php
error_reporting(0);
require "root/usr/share/php/Sabre/VObject/autoload.php";
try {
	$card = Sabre\VObject\Reader::read(file_get_contents("card.vcf"));
	echo "sabre: $card->FN\n";
} catch (Sabre\VObject\ParseException $e) {
	echo "sabre: throws\n";
}
PHP
{
	node --no-warnings try.cjs
	LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name libsombok.so.3)") \
	    PERL5LIB=root/usr/share/perl5:$(find "$dir/root/usr/lib" -path '*perl5/5.*' -prune) \
	    perl try.pl
	PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 try.py
	php try.php
	HOME=$dir root/usr/bin/abook --convert --informat vcard --infile card.vcf \
	    --outformat abook --outfile out
	sed -n 's/^name=/abook: /p' out
} >seen
cat >expected <<'SEEN'
vcf: =CE=95=CE=BB=CE=AD=CE=BD=CE=B7=20=CE=9A=CF=89=CE=BD=CF=83=
vcard-parser: =CE=95=CE=BB=CE=AD=CE=BD=CE=B7=20=CE=9A=CF=89=CE=BD=CF=83=
ical.js: throws
Text::vCard: Ελένη Κωνσ
vobject: throws
vobject, allowQP: Ελένη Κωνσταντίνου
and writes: TEL:+1-650-555-0001
sabre: throws
abook: =CE=95=CE=BB=CE=AD=CE=BD=CE=B7=20=CE=9A=CF=89=CE=BD=CF=83=
SEEN
diff expected seen && echo "as found"
