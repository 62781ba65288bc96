#!/bin/sh
# One file name in multipart/form-data, as HTTP clients of npm write it.
#
# Guess:     two ways: as browsers do (%22 for a quote, all else as it is) or with
#            a backslash before the quote.
# Source:    WHATWG HTML 4.10.21.8 (escaping of names in multipart/form-data), RFC 7578
#            4.2 (and no filename*).
# Versions:  npm undici 7.16.0, form-data 4.0.4 (under axios and superagent), needle 3.3.1;
#            Node.js 20.
# Behaviour: undici writes as browsers do.  form-data writes the quotes bare, so the
#            value ends where the name only begins for who reads quoted strings.
#            needle escapes the whole name as in an address, within filename="".
# Seen:      undici    filename="a %22b%22 50%.pdf"
#            form-data filename="a "b" 50%.pdf"
#            needle    filename="a%20%22b%22%2050%25.pdf"
# Matters:   the name is what a customer reads under the document.  A reader of quoted
#            strings sends "a ", one that believes browsers sends "a%20%22b…".
#            waspool reads all three (tests/unit/test_multipart.c has 18 clients' forms).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . undici@7.16.0 \
    form-data@4.0.4 needle@3.3.1 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import fs from "node:fs";
import { fetch, FormData } from "undici";
import OldFormData from "form-data";
import needle from "needle";

const name = 'a "b" 50%.pdf';
fs.writeFileSync(name, "%PDF-1.4");
let seen;
const server = http.createServer((req, res) => {
  let body = "";
  req.on("data", d => { body += d; }).on("end", () => {
    seen = /filename=.*/.exec(body)[0];
    res.end("{}");
  });
});
await new Promise(done => server.listen(0, "127.0.0.1", done));
const url = `http://127.0.0.1:${server.address().port}/`;

const form = new FormData();
form.append("file", new Blob([fs.readFileSync(name)]), name);
await fetch(url, { method: "POST", body: form });
console.log(`undici    ${seen}`);

const old = new OldFormData();
old.append("file", fs.createReadStream(name));
await new Promise((done, fail) => old.submit(url, (e, res) => {
  if (e) return fail(e);
  res.resume().on("end", done);
}));
console.log(`form-data ${seen}`);

await needle("post", url, { file: { file: name, content_type: "application/pdf" } },
  { multipart: true });
console.log(`needle    ${seen}`);
process.exit(0);
JS
node --no-warnings try.mjs | tr -d '\r' >seen
cat >expected <<'SEEN'
undici    filename="a %22b%22 50%.pdf"
form-data filename="a "b" 50%.pdf"
needle    filename="a%20%22b%22%2050%25.pdf"
SEEN
diff expected seen && echo "as found"
