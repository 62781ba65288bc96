#!/bin/sh
# Lines in logfmt, read and written with npm's logfmt.
#
# Guess:     what one end writes the other reads: \n in quotes is a new line as \" is a quote, and
#            a value ends at a blank.
# Source:    README of the package; brandur.org/logfmt: keys, "=", values, quotes where there are
#            blanks.  No standard says more; Go's go-logfmt, which most programs write it with,
#            escapes as JSON does.
# Versions:  npm logfmt 1.4.0; Node.js 20.
# Behaviour: of \n and \t only the letter stays.  A "=" at the end of a bare value is gone, as of
#            all ids in base64, wamids among them.  "empty=" is null beside "", true and false are
#            no texts, but numbers are, also 0042.  Written, a text with a line break and no
#            blank is not quoted: the record is two lines, and the second one is another record.
# Seen:      see below
# Matters:   a wamid taken from a parsed log is another one and is not found.  Quote what holds a
#            "=", escape line breaks (waspool's log does both), and look for ids in the line
#            itself.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . logfmt@1.4.0 >/dev/null
cat >try.js <<'JS'
const logfmt = require("logfmt");
const read = line => console.log(line, "->", JSON.stringify(logfmt.parse(line)));
read('msg="two\\nlines" tab="a\\tb" quote="a \\"word\\""');
read('wamid=wamid.MTIzNDU2Nzg5MA== delivery=41');
read('empty="" bare= flag code=0042 ok=true');
const line = logfmt.stringify({ msg: "two\nlines", delivery: 41 });
console.log("written:", JSON.stringify(line));
for (const part of line.split("\n")) read(part);
JS
node try.js >seen
cat >expected <<'SEEN'
msg="two\nlines" tab="a\tb" quote="a \"word\"" -> {"msg":"twonlines","tab":"atb","quote":"a \"word\""}
wamid=wamid.MTIzNDU2Nzg5MA== delivery=41 -> {"wamid":"wamid.MTIzNDU2Nzg5MA","delivery":"41"}
empty="" bare= flag code=0042 ok=true -> {"empty":"","bare":null,"flag":true,"code":"0042","ok":true}
written: "msg=two\nlines delivery=41"
msg=two -> {"msg":"two"}
lines delivery=41 -> {"lines":true,"delivery":"41"}
SEEN
diff expected seen && echo "as found"
