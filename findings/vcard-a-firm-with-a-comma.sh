#!/bin/sh
# A name, a note and an address of a page with commas, semicolons and lines, read from a vCard.
#
# Guess:     who reads vCards takes the backslashes away that its grammar puts there, leaves the address
#            of a page alone, and writes what it has read.
# Source:    RFC 2426 4 and 5: in text \, \; \\ and \n or \N stand for a comma, a
#            semicolon, a backslash and a new line; URL is a uri (3.6.8), which has no such signs
#            and may have commas and semicolons.
# Versions:  npm ical.js 2.2.1, vcf 2.1.2, vcard-parser 1.0.0; Node.js 20; Debian 12: libtext-vcard-perl
#            3.09-2, python3-vobject 0.9.6.1-2, php-sabre-vobject 2.1.7-6.1, abook 0.6.1-2+b1.
# Behaviour: none of seven.  vcf and abook hand on all backslashes, sabre those before a comma and a
#            semicolon, which it doubles when it writes, ical.js those before a semicolon.  \N is no
#            new line to vcard-parser and Text::vCard, nor \n to Text::vCard.  The
#            address ends at its comma in vobject, at its semicolon in vcard-parser, and is empty
#            in Text::vCard.
# Seen:      see below; only what differs
# Matters:   "Diaz\, Hijos" is what a customer then reads as the own name in a template, and after a
#            way through sabre each other program reads it so, too.  Look for backslashes in names before
#            they go into a list of contacts, and take addresses of pages from elsewhere.
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
sed 's/$/\r/' >card.vcf <<'CARD'
BEGIN:VCARD
VERSION:3.0
N:;Diaz;;;
FN:Diaz\, Hijos\; Madrid
NOTE:one\ntwo\Nthree
URL:https://example.com/?a=1,2;b
TEL;TYPE=CELL:+1 650-555-0001
END:VCARD
CARD
cat >try.cjs <<'JS'
const card = require("node:fs").readFileSync("card.vcf", "utf8");
const say = (name, ...values) => console.log(`${name}\t${JSON.stringify(values)}`);
const vcf = new (require("vcf"))().parse(card);
say("vcf", ...["fn", "note", "url"].map(k => vcf.get(k).valueOf()));
const parsed = require("vcard-parser").parse(card);
say("vcard-parser", ...["fn", "note", "url"].map(k => [parsed[k][0].value].flat()[0]));
import("ical.js").then(({ default: ical }) => {
  const props = ical.parse(card)[1];
  say("ical.js", ...["fn", "note", "url"].map(k => props.find(p => p[0] === k)[3]));
});
JS
cat >try.py <<'PY'
import json, vobject
card = vobject.readOne(open("card.vcf", newline="").read())
print("vobject", json.dumps([card.fn.value, card.note.value, card.url.value]), sep="\t")
PY
cat >try.pl <<'PL'
use Text::vCard::Addressbook;
use JSON::PP;
my ($card) = Text::vCard::Addressbook->new({ source_file => "card.vcf" })->vcards;
print "Text::vCard\t", JSON::PP->new->encode([ $card->fullname,
    map { $card->get({ node_type => $_ })->[0]->value // "" } qw(NOTE URL) ]), "\n";
PL
cat >try.php <<'PHP'
<?php
error_reporting(0);
require "root/usr/share/php/Sabre/VObject/autoload.php";
$card = Sabre\VObject\Reader::read(file_get_contents("card.vcf"));
echo "sabre\t", json_encode([(string)$card->FN, (string)$card->NOTE, (string)$card->URL],
    JSON_UNESCAPED_SLASHES), "\n";
file_put_contents("written", $card->serialize());
PHP
{
	node --no-warnings try.cjs
	LD_LIBRARY_PATH=$(dirname "$(find "$dir/root" -name libsombok.so.3)") \
	    PERL5LIB=root/usr/share/perl5:$(find "$dir/root/usr/lib" -path '*perl5/5.*' -prune) \
	    perl try.pl 2>/dev/null
	PYTHONPATH=root/usr/lib/python3/dist-packages /usr/bin/python3 try.py
	php try.php
	HOME=$dir root/usr/bin/abook --convert --informat vcard --infile card.vcf \
	    --outformat abook --outfile out
	python3 -c 'import json
got = dict(line.rstrip("\n").split("=", 1) for line in open("out") if "=" in line)
print("abook", json.dumps([got["name"], got["notes"], got["url"]]), sep="\t")'
} >got
python3 - >seen <<'PY'
import json
right = ["Diaz, Hijos; Madrid", "one\ntwo\nthree", "https://example.com/?a=1,2;b"]
for line in open("got", encoding="utf-8"):
    name, values = line.rstrip("\n").split("\t")
    wrong = [v.replace("\n", "<new line>") for v, r in zip(json.loads(values), right) if v != r]
    print(f"{name}: {' | '.join(v or '(empty)' for v in wrong) or 'right'}")
PY
grep -o '^FN:.*d' written | sed 's/^/sabre writes: /' >>seen
cat >expected <<'SEEN'
vcf: Diaz\, Hijos\; Madrid | one\ntwo\Nthree
vcard-parser: one<new line>two\Nthree | https://example.com/?a=1,2
ical.js: Diaz, Hijos\; Madrid
Text::vCard: one\ntwo\Nthree | (empty)
vobject: https://example.com/?a=1
sabre: Diaz\, Hijos\; Madrid
abook: Diaz\, Hijos\; Madrid | one\ntwo\Nthree
sabre writes: FN:Diaz\\, Hijos\\; Madrid
SEEN
diff expected seen && echo "as found"
