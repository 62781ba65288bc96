#!/bin/sh
# A card with commas, semicolons and two lines in it, written by npm's libraries, and read by the book.
#
# Guess:     who offers to write cards puts a backslash before a comma, a semicolon and a backslash of a text, \n for
#            a new line, ends lines with CR LF, and cuts none within a letter.
# Source:    RFC 2426 4 and 5, RFC 6350 3.2 (CR LF; lines are folded at 75 octets, not within a letter) and 3.4 (a
#            semicolon in a component of N or ORG, a comma and a backslash in any text are escaped).
# Versions:  npm vcards-js 2.11.1, vcard-creator 1.0.0, vcard-generator 0.0.7, vcf 2.1.2, @covve/easy-vcard 1.1.1,
#            vcard4 4.0.5, ical.js 2.2.1; Node.js 20.
# Behaviour: vcf and easy-vcard put no backslash before a semicolon, vcards-js none in a firm: what follows is a
#            department, and of a surname the given name.  vcf leaves a new line out, and the words on both sides
#            become one.  vcard-generator ends lines with LF.  Four fold late or not at all.  vcard-creator and
#            ical.js do as guessed, vcard4 but for the length.
# Seen:      see below: what is read of the name "Ana, María" "Núñez; Ruiz", the firm "Smith, Jones; Sons" and a note of
#            two lines
# Matters:   cards that a shop's own program makes for an address book lose a firm's name behind its semicolon, or have a
#            given name among the further ones, and a note's lines become one word.  waspool's import takes
#            FN for the name, and the phones; what it writes is escaped.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . vcards-js@2.11.1 vcard-creator@1.0.0 \
    vcard-generator@0.0.7 vcf@2.1.2 @covve/easy-vcard@1.1.1 vcard4@4.0.5 ical.js@2.2.1 >/dev/null
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
import ICAL from "ical.js";
import * as v4 from "vcard4";
import { VCard as Easy } from "@covve/easy-vcard";
import Creator from "vcard-creator";
const require = createRequire(import.meta.url);
const given = "Ana, María", family = "Núñez; Ruiz", full = `${given} ${family}`;
const firm = "Smith, Jones; Sons", note = "before noon\nat the back\\front";
const title = "Κωνσταντίνος και Υιοί Ανώνυμη Εμπορική Εταιρεία Θεσσαλονίκης";

const writers = {
  "vcards-js"() {
    return Object.assign(require("vcards-js")(), { firstName: given, lastName: family, organization: firm, note,
      title }).getFormattedString();
  },
  "vcard-creator"() {
    const card = new (Creator.default ?? Creator)();
    card.addName({ givenName: given, familyName: family });
    card.addCompany({ name: firm });
    card.addNote(note);
    card.addJobtitle(title);
    return card.toString();
  },
  "vcard-generator"() {
    return require("vcard-generator").generate({ name: { familyName: family, givenName: given },
      formattedNames: [{ text: full }], works: [{ organization: firm, title }], notes: [{ text: note }] });
  },
  vcf() {
    const card = new (require("vcf"))();
    card.set("fn", full);
    card.set("n", [family, given, "", "", ""]);
    card.set("org", firm);
    card.set("note", note);
    card.set("title", title);
    return card.toString("3.0");
  },
  "@covve/easy-vcard"() {
    return new Easy().setFullName(full).addFirstName(given).addLastName(family).addOrganization(firm).addNotes(note)
      .addTitle(title).toString();
  },
  vcard4() {
    const { FNProperty, NProperty, OrgProperty, NoteProperty, TitleProperty, TextType, SpecialValueType } = v4;
    const text = s => new TextType(s);
    return new v4.VCARD([new FNProperty([], text(full)),
      new NProperty([], new SpecialValueType("nproperty", [text(family), text(given), , , ,])),
      new OrgProperty([], new SpecialValueType("orgproperty", [text(firm)])),
      new NoteProperty([], text(note)), new TitleProperty([], text(title))]).repr();
  },
  "ical.js"() {
    const card = new ICAL.Component("vcard");
    card.addPropertyWithValue("version", "4.0");
    for (const [name, value] of Object.entries({ fn: full, n: [family, given, "", "", ""], org: [firm], note, title }))
      card.addPropertyWithValue(name, value);
    return card.toString();
  },
};
const plain = s => s.replace(/\\(.)/g, (all, c) => c === "n" || c === "N" ? "\n" : c);
const parts = s => s.split(/(?<!(?<!\\)\\);/).map(plain);
function read(card) {
  const said = {};
  for (const line of card.replace(/\r?\n[ \t]/g, "").split(/\r?\n/)) {
    const [, name, value] = /^([A-Z]+)[^:]*:(.*)$/.exec(line) ?? [];
    said[name] = value;
  }
  return said;
}
for (const [name, write] of Object.entries(writers)) {
  const card = write(), said = read(card), wrong = [];
  const look = (what, got, wanted) => got === wanted || wrong.push(`${what} ${JSON.stringify(got)}`);
  look("FN", plain(said.FN), full);
  look("given name", parts(said.N)[1], given);
  look("firm", parts(said.ORG)[0], firm);
  look("note", plain(said.NOTE), note);
  look("title", plain(said.TITLE), title);
  if (/(?<!\r)\n/.test(card))
    wrong.push("lines end with LF");
  if (card.split(/\r?\n/).some(line => Buffer.byteLength(line) > 75))
    wrong.push("lines above 75 octets");
  console.log(`${name}: ${wrong.join(", ") || "right"}`);
}
JS
timeout 60 node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
vcards-js: firm "Smith, Jones", lines above 75 octets
vcard-creator: right
vcard-generator: lines end with LF, lines above 75 octets
vcf: given name " Ruiz", firm "Smith, Jones", note "before noonat the backfront", lines above 75 octets
@covve/easy-vcard: given name " Ruiz", firm "Smith, Jones", lines above 75 octets
vcard4: lines above 75 octets
ical.js: right
SEEN
diff expected seen && echo "as found"
