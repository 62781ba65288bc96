#!/bin/sh
# Numbers in forms that address books hold, made E.164 by phone libraries.
#
# Guess:     signs that cannot be seen and wide digits are passed over, an extension is set apart; what is
#            not understood is refused, and never becomes digits.
# Source:    RFC 3966 3 and 5.3 (tel:, ext); Unicode UAX 9 (U+200E, U+202A have no meaning of their own),
#            UAX 15 (U+FF0B and U+FF10 to U+FF19 are + and digits, compatible); each library's README.
# Versions:  npm libphonenumber-js 1.13.16, google-libphonenumber 3.2.47, awesome-phonenumber 7.8.0,
#            node-phonenumber 1.0.0, libphonenumbers 1.3.0; Node.js 20; Debian 12: python3-phonenumbers
#            8.12.57-4.
# Behaviour: "poste 12", French for an extension, is typed on the keypad by five of six: 76783 and 12
#            are digits of the number then (those of JavaScript round the last one).
#            awesome-phonenumber refuses what was copied with U+202A or U+200E, tel: and wide
#            digits; libphonenumber-js refuses the wide plus.
# Seen:      see below
# Matters:   numbers of Québec's address books go out with seven digits too many where only E.164 is asked
#            for, and not whether it is possible; iPhones and macOS put U+202A around a number that
#            is copied.  isPossibleNumber first, and away with such signs before the call.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    libphonenumber-js@1.13.16 google-libphonenumber@3.2.47 awesome-phonenumber@7.8.0 \
    node-phonenumber@1.0.0 libphonenumbers@1.3.0 >/dev/null
apt-get download python3-phonenumbers=8.12.57-4 >/dev/null 2>&1
dpkg-deb -x python3-phonenumbers_*.deb root
cat >forms.json <<'JSON'
[["extension", "+1 514-555-0142 ext. 12", "+15145550142"],
 ["poste", "+1 514-555-0142 poste 12", "+15145550142"],
 ["tel: and ext", "tel:+1-514-555-0142;ext=12", "+15145550142"],
 ["U+202A", "\u202a+1 514-555-0142\u202c", "+15145550142"],
 ["U+200E", "\u200e+1 514-555-0142", "+15145550142"],
 ["wide", "\uff0b\uff11\uff15\uff11\uff14\uff15\uff15\uff15\uff10\uff11\uff14\uff12", "+15145550142"]]
JSON
cat >try.cjs <<'JS'
const forms = require("./forms.json");
const js = require("libphonenumber-js");
const aw = require("awesome-phonenumber");
const ports = { "google-libphonenumber": ["google-libphonenumber", null],
  "node-phonenumber": ["node-phonenumber", null], "libphonenumbers": ["libphonenumbers", "ZZ"] };
const libraries = {
  "libphonenumber-js": n => js.parsePhoneNumber(n).number,
  "awesome-phonenumber": n => aw.parsePhoneNumber(n).number.e164,
};
for (const [name, [module, region]] of Object.entries(ports)) {
  const { PhoneNumberUtil, PhoneNumberFormat } = require(module);
  const util = PhoneNumberUtil.getInstance();
  libraries[name] = n => util.format(util.parse(n, region), PhoneNumberFormat.E164);
}
for (const [name, ask] of Object.entries(libraries)) {
  console.log(`${name}: ` + forms.map(([form, text, right]) => {
    let got;
    try { got = ask(text); } catch { got = "refused"; }
    return `${form} ${got === right ? "right" : got}`;
  }).join(", "));
}
JS
cat >try.py <<'PY'
import json, phonenumbers
def ask(text):
    try:
        return phonenumbers.format_number(phonenumbers.parse(text),
                                          phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return "refused"
print("python3-phonenumbers:", ", ".join(
    f"{form} {'right' if ask(text) == right else ask(text)}"
    for form, text, right in json.load(open("forms.json"))))
PY
{
	node --no-warnings try.cjs
	PYTHONPATH=root/usr/lib/python3/dist-packages python3 try.py
} >seen
cat >expected <<'SEEN'
libphonenumber-js: extension right, poste refused, tel: and ext right, U+202A right, U+200E right, wide refused
awesome-phonenumber: extension right, poste +151455501427678310, tel: and ext refused, U+202A refused, U+200E refused, wide refused
google-libphonenumber: extension right, poste +151455501427678310, tel: and ext right, U+202A right, U+200E right, wide right
node-phonenumber: extension right, poste +151455501427678310, tel: and ext right, U+202A right, U+200E right, wide right
libphonenumbers: extension right, poste +151455501427678310, tel: and ext right, U+202A right, U+200E right, wide right
python3-phonenumbers: extension right, poste +151455501427678312, tel: and ext right, U+202A right, U+200E right, wide right
SEEN
diff expected seen && echo "as found"
