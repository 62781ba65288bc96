#!/bin/sh
# Numbers in the forms that WhatsApp accounts have, asked of phone libraries: valid?
#
# Guess:     libphonenumber's ports say the same of a number; the present form is valid to all
#            libraries, the form before it (Brazil without the 9, Mexico's 521, Benin's eight
#            digits) to none.
# Source:    README of each; Anatel (ninth digit, 2012 to 2016), IFT (no 1 behind 52 since
#            2019), Benin's ARCEP (01 since 2024-11-30), Côte d'Ivoire's ARTCI (2021-01-31).
# Versions:  npm libphonenumber-js 1.13.16 (and its /max), google-libphonenumber 3.2.47, phone
#            3.1.72, validator 13.15.35 (any, strict); Debian 12: python3-phonenumbers
#            8.12.57-4.
# Behaviour: the default of libphonenumber-js finds Brazil's old form valid, its own /max does
#            not.  The Debian package rewrites 521 to 52 (newer metadata call it impossible),
#            and does not know Benin's numbers of today; neither do phone and validator, to
#            which the old ones are valid, nor validator the ones of Côte d'Ivoire.
# Seen:      see below; "to 52…" is what E.164 of it became
# Matters:   an account keeps the form it was made with.  Whoever checks wa_id with any of these
#            loses customers, and two programs with the same library of other versions
#            disagree.  waspool takes what the provider says and checks nothing of it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    libphonenumber-js@1.13.16 google-libphonenumber@3.2.47 phone@3.1.72 \
    validator@13.15.35 >/dev/null
apt-get download python3-phonenumbers=8.12.57-4 >/dev/null 2>&1
dpkg-deb -x python3-phonenumbers_*.deb root
cat >numbers <<'LIST'
551181234567 Brazil before
5511981234567 Brazil
5215512345678 Mexico before
525512345678 Mexico
5491123456789 Argentina
22997123456 Benin before
2290197123456 Benin
2250707123456 Côte d'Ivoire
LIST
cat >try.cjs <<'JS'
const fs = require("node:fs");
const small = require("libphonenumber-js"), max = require("libphonenumber-js/max");
const google = require("google-libphonenumber").PhoneNumberUtil.getInstance();
const { phone } = require("phone");
const { isMobilePhone } = require("validator");
const libraries = {
  "js": n => small.parsePhoneNumber(n).isValid(),
  "js/max": n => max.parsePhoneNumber(n).isValid(),
  "google": n => google.isValidNumber(google.parse(n)),
  "phone": n => phone(n).isValid,
  "validator": n => isMobilePhone(n, "any", { strictMode: true }),
};
for (const line of fs.readFileSync("numbers", "utf8").trim().split("\n")) {
  const [, digits, name] = /^(\d+) (.*)/.exec(line);
  console.log(name + ": " + Object.entries(libraries)
    .map(([who, ask]) => who + (ask("+" + digits) ? " yes" : " no")).join(", "));
}
JS
cat >try.py <<'PY'
import phonenumbers
for line in open("numbers", encoding="utf-8"):
    digits, name = line.strip().split(" ", 1)
    number = phonenumbers.parse("+" + digits)
    out = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)[1:]
    print(f"{name}, Debian:", "yes" if phonenumbers.is_valid_number(number) else "no",
          "" if out == digits else f"to {out}")
PY
{
	node --no-warnings try.cjs
	PYTHONPATH=root/usr/lib/python3/dist-packages python3 try.py | sed 's/ $//'
} >seen
cat >expected <<'SEEN'
Brazil before: js yes, js/max no, google no, phone no, validator yes
Brazil: js yes, js/max yes, google yes, phone yes, validator yes
Mexico before: js no, js/max no, google no, phone yes, validator yes
Mexico: js yes, js/max yes, google yes, phone yes, validator yes
Argentina: js yes, js/max yes, google yes, phone yes, validator yes
Benin before: js no, js/max no, google no, phone yes, validator yes
Benin: js yes, js/max yes, google yes, phone no, validator no
Côte d'Ivoire: js yes, js/max yes, google yes, phone yes, validator no
Brazil before, Debian: no
Brazil, Debian: yes
Mexico before, Debian: yes to 525512345678
Mexico, Debian: yes
Argentina, Debian: yes
Benin before, Debian: yes
Benin, Debian: no
Côte d'Ivoire, Debian: yes
SEEN
diff expected seen && echo "as found"
