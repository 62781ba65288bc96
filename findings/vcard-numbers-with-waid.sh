#!/bin/sh
# A contact with two numbers, as iPhones and WhatsApp write it, read by vCard parsers.
#
# Guess:     every parser gives both numbers, the parameter waid (the account's number) and
#            the group that ties a number to its label; what it does not know it keeps or
#            passes over.
# Source:    RFC 6350: 3.3 (a group before a property's name, parameters any-param), 5
#            (parameters that are not known are ignored), 6.4.1 (TEL any number of times).
# Versions:  npm ical.js 2.2.1, vcf 2.1.2, vcard-parser 1.0.0, vcard 0.1.0, vcard4-ts 0.4.1,
#            vcard4 4.0.5; Node.js 20.
# Behaviour: the first three give all.  vcard keeps the first of several numbers, and makes the
#            parameter its type.  vcard4-ts drops the groups: two numbers, two labels, and
#            nothing says which is whose.  vcard4 throws at waid, also in a vCard 4.0.
# Seen:      see below
# Matters:   the field vcard of a contacts message is such a text, and a customer's own number
#            arrives in it.  Who reads it takes one of the first three; who takes vcard loses
#            all numbers but one without a word.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . ical.js@2.2.1 \
    vcf@2.1.2 vcard-parser@1.0.0 vcard@0.1.0 vcard4-ts@0.4.1 vcard4@4.0.5 >/dev/null
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
import fs from "node:fs";
const require = createRequire(import.meta.url);
const card = version => ["BEGIN:VCARD", `VERSION:${version}`, "N:Diaz;Ana;;;", "FN:Ana Diaz",
  "item1.TEL;waid=16505550001:+1 650-555-0001", "item1.X-ABLabel:Mobile",
  "item2.TEL;waid=16505550002:+1 650-555-0002", "item2.X-ABLabel:Work",
  "END:VCARD", ""].join("\r\n");
const lines = [];
function say(name, numbers) {
  let got;
  try {
    got = numbers().map(n => n.join(" ")).join(", ");
  } catch (e) {
    got = `throws, ${/waid/i.test(e.message) ? "because of waid" : e.message}`;
  }
  lines.push(`${name}: ${got}`);
}
const digits = s => s.replace(/\D/g, "").slice(-4);
const row = (value, waid, group) => [digits(value), waid ? "waid" : "no waid",
  group ?? "no group"];
const jcard = props => props.filter(p => p[0] === "tel")
  .map(p => row(p[3], p[1].waid, p[1].group));
const ical = (await import("ical.js")).default;
say("ical.js", () => jcard(ical.parse(card("3.0"))[1]));
say("vcf", () => jcard(new (require("vcf"))().parse(card("3.0")).toJSON()[1]));
say("vcard-parser", () => require("vcard-parser").parse(card("3.0")).tel
  .map(t => row(t.value, t.meta.waid, t.namespace)));
say("vcard", () => {
  let got;
  new (require("vcard"))().readData(card("3.0"), (e, json) => { got = json; });
  return [].concat(got.TEL).map(t => [...row(t.value, t.waid, t.group), `type ${t.type}`]);
});
const { parseVCards } = await import("vcard4-ts");
say("vcard4-ts", () => parseVCards(card("4.0")).vCards[0].TEL
  .map(t => row(t.value, t.parameters.x.WAID, t.group)));
say("vcard4", () => [require("vcard4").parse(card("4.0")).getProperty("TEL")].flat()
  .map(t => row(String(t.value), true)));
fs.writeFileSync("seen", lines.join("\n") + "\n");
JS
node --no-warnings try.mjs >said 2>&1 || cat said
cat >expected <<'SEEN'
ical.js: 0001 waid item1, 0002 waid item2
vcf: 0001 waid item1, 0002 waid item2
vcard-parser: 0001 waid item1, 0002 waid item2
vcard: 0001 no waid no group type waid=16505550001
vcard4-ts: 0001 waid no group, 0002 waid no group
vcard4: throws, because of waid
SEEN
diff expected seen && echo "as found"
