#!/bin/sh
# A list of contacts as CSV, with a phone in E.164, in npm's readers that find types.
#
# Guess:     "+16505550001" stays text: JSON's grammar and most people's idea of a number have
#            no plus; "16505550001" becomes a number, where types are asked for.
# Source:    RFC 4180 (fields are text), RFC 8259 6 (no leading plus), ITU-T E.164.
# Versions:  npm csv-parse 6.1.0 (cast), csvtojson 2.0.14 (checkType), d3-dsv 3.0.1 (autoType),
#            exceljs 4.4.0, xlsx 0.18.5, papaparse 5.5.3 (dynamicTyping); Node.js 20.
# Behaviour: five of the six make a number of it, and the plus is gone.  exceljs and xlsx do
#            so without being asked.  papaparse alone keeps it.
# Seen:      see below
# Matters:   contacts that went through such a reader come to an API as 16505550001, mostly as a
#            number of JSON, and without a plus nobody can tell a country's code from a local
#            number.  Ask for text: no cast, checkType off, raw: true (xlsx), map: x => x
#            (exceljs).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . csv-parse@6.1.0 \
    csvtojson@2.0.14 d3-dsv@3.0.1 exceljs@4.4.0 xlsx@0.18.5 papaparse@5.5.3 >/dev/null
printf 'name,phone\nAna,+16505550001\n' >contacts.csv
cat >try.mjs <<'JS'
import fs from "node:fs";
import { createRequire } from "node:module";
import { parse } from "csv-parse/sync";
import { csvParse, autoType } from "d3-dsv";
const require = createRequire(import.meta.url);
const text = fs.readFileSync("contacts.csv", "utf8");
const say = (name, phone) => console.log(`${name}: ${typeof phone} ${phone}`);

say("csv-parse, cast", parse(text, { columns: true, cast: true })[0].phone);
say("csv-parse", parse(text, { columns: true })[0].phone);
say("csvtojson, checkType",
  (await require("csvtojson")({ checkType: true }).fromString(text))[0].phone);
say("d3-dsv, autoType", csvParse(text, autoType)[0].phone);
const { Workbook } = require("exceljs");
say("exceljs", (await new Workbook().csv.readFile("contacts.csv")).getRow(2).getCell(2).value);
say("exceljs, map", (await new Workbook().csv.readFile("contacts.csv", { map: x => x }))
  .getRow(2).getCell(2).value);
const xlsx = require("xlsx");
const sheet = options => xlsx.utils.sheet_to_json(
  xlsx.read(text, { type: "string", ...options }).Sheets.Sheet1)[0].phone;
say("xlsx", sheet());
say("xlsx, raw", sheet({ raw: true }));
say("papaparse, dynamicTyping",
  require("papaparse").parse(text, { header: true, dynamicTyping: true }).data[0].phone);
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
csv-parse, cast: number 16505550001
csv-parse: string +16505550001
csvtojson, checkType: number 16505550001
d3-dsv, autoType: number 16505550001
exceljs: number 16505550001
exceljs, map: string +16505550001
xlsx: number 16505550001
xlsx, raw: string +16505550001
papaparse, dynamicTyping: string +16505550001
SEEN
diff expected seen && echo "as found"
