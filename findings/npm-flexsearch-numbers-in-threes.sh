#!/bin/sh
# FlexSearch in a page, and numbers of orders.
#
# Guess:     a number is a word: asked whole it finds itself, and first of all; other numbers do
#            not answer.
# Source:    README of flexsearch, "Encoder": the option numeric, on by default; what it does to a
#            search is not said.
# Versions:  npm flexsearch 0.8.212; Node.js 20.
# Behaviour: numbers are cut into threes, equal neighbours among letters and digits become one, and
#            the pieces are found in any order: 777104 also finds 1042777, half of one phone with
#            half of another is a match, and an amount comes behind a text that has its
#            pieces the other way round.  The first four digits of a longer number find nothing
#            without tokenize: "forward".  numeric: false and dedupe: false keep numbers whole.
# Seen:      see below
# Matters:   a member looks for an order and opens another customer's conversation.  Who filters a list
#            in the page sets both options; waspool's own search has numbers whole and in parts
#            (docs/search.md).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . flexsearch@0.8.212 >/dev/null
cat >try.mjs <<'JS'
import FlexSearch from "flexsearch";
const texts = ["order 1042777", "order 777104", "room 999 129", "amount 1299",
  "call 491711234567", "call 567112491"];
for (const [name, options] of [["as it comes", {}],
  ["numeric: false, dedupe: false", { tokenize: "forward",
    encoder: new FlexSearch.Encoder(FlexSearch.Charset.Default, { numeric: false, dedupe: false }) }]]) {
  const index = new FlexSearch.Index(options);
  texts.forEach((text, n) => index.add(n, text));
  for (const q of ["777104", "1299", "1042", "491567"])
    console.log(`${name}: ${q} -> ${index.search(q).map(n => texts[n]).join(" | ") || "nothing"}`);
}
JS
node try.mjs >seen
cat >expected <<'SEEN'
as it comes: 777104 -> order 777104 | order 1042777
as it comes: 1299 -> room 999 129 | amount 1299
as it comes: 1042 -> nothing
as it comes: 491567 -> call 567112491 | call 491711234567
numeric: false, dedupe: false: 777104 -> order 777104
numeric: false, dedupe: false: 1299 -> amount 1299
numeric: false, dedupe: false: 1042 -> order 1042777
numeric: false, dedupe: false: 491567 -> nothing
SEEN
diff expected seen && echo "as found"
