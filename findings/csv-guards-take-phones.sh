#!/bin/sh
# Contacts written as CSV by npm's libraries, with their guard against cells that a spreadsheet would calculate.
#
# Guess:     an apostrophe before what begins with = + - @, but not before a number with its sign: +16505550001 is none
#            that could be calculated to something else, and a phone has to go out as it is.
# Source:    owasp.org, "CSV Injection" (cells that begin with = + - @; an apostrophe before them); ITU-T E.164 and
#            E.123 (a plus before the country's code, and blanks).
# Versions:  npm papaparse 5.7.1 (escapeFormulae), csv-stringify 6.9.0 (escape_formulas), json-2-csv 5.6.0
#            (preventCsvInjection), @json2csv/plainjs and formatters 7.0.8 (stringExcel); Node.js 20.
# Behaviour: papaparse and csv-stringify put the apostrophe before every phone, in the cell.  json-2-csv takes signs
#            away: of "+49 151 1234567" the plus, of "=1+1" and "@home" the first, while a number without blanks
#            stays.  stringExcel makes a formula of each cell, of the columns' names too.
# Seen:      see below
# Matters:   an import that wants E.164 refuses '+1…, and takes "49 151 1234567" for a national number or for none.
#            waspool's takes an apostrophe before a phone away, and asks for the plus.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . papaparse@5.7.1 csv-stringify@6.9.0 \
    json-2-csv@5.6.0 @json2csv/plainjs@7.0.8 @json2csv/formatters@7.0.8 >/dev/null
cat >try.mjs <<'JS'
import { stringExcel } from "@json2csv/formatters";
import { Parser } from "@json2csv/plainjs";
import { stringify } from "csv-stringify/sync";
import { json2csv } from "json-2-csv";
import papa from "papaparse";
const contacts = ["+16505550001", "+49 151 1234567", "=1+1", "@home"].map(phone => ({ phone }));
const writers = {
  "papaparse": () => papa.unparse(contacts, { escapeFormulae: true, quotes: false }),
  "csv-stringify": () => stringify(contacts, { header: true, escape_formulas: true }),
  "json-2-csv": () => json2csv(contacts, { preventCsvInjection: true }),
  "@json2csv/plainjs": () => new Parser({ formatters: { string: stringExcel } }).parse(contacts),
};
for (const [name, write] of Object.entries(writers))
  console.log(`${name}: ${write().trim().split(/\r?\n/).join(" | ")}`);
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
papaparse: phone | "'+16505550001" | "'+49 151 1234567" | "'=1+1" | "'@home"
csv-stringify: phone | '+16505550001 | '+49 151 1234567 | '=1+1 | '@home
json-2-csv: phone | +16505550001 | 49 151 1234567 | 1+1 | home
@json2csv/plainjs: "=""phone""" | "=""+16505550001""" | "=""+49 151 1234567""" | "=""=1+1""" | "=""@home"""
SEEN
diff expected seen && echo "as found"
