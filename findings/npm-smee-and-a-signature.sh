#!/bin/sh
# A webhook that comes to a developer's machine through smee-client, and its signature.
#
# Guess:     what arrives is what was sent: GitHub's webhooks come with such a signature, and
#            the package is made for them.
# Source:    README of smee-client ("forward webhooks … to your local development environment");
#            developers.facebook.com, WhatsApp webhooks, "Validate payloads": HMAC over the
#            body as it is, with its escapes (\u00e9 in lower case).
# Versions:  npm smee-client 5.0.0, express 4.21.2 (parses the body, as smee.io does); Node.js 20.
# Behaviour: the channel parses the body and smee-client writes it anew.  A body in which nothing
#            is escaped and no space stands between arrives as it was; one with an
#            escaped letter, as Meta writes é, or a slash does not, and the signature
#            says so.  GET, with which Meta asks for hub.challenge, does not arrive at all.
# Seen:      see below
# Matters:   the first tests, "hello" from a colleague, go well, and then a name with an accent
#            is answered 401: it is not the secret.  Let the tunnel pass bytes on (ssh -R, a VPN), or
#            try with waspool's own ./dev up, whose provider is on the same machine.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . smee-client@5.0.0 \
    express@4.21.2 >/dev/null
cat >try.mjs <<'JS'
import crypto from "node:crypto";
import express from "express";
import http from "node:http";
import SmeeClient from "smee-client";

const sign = body => "sha256=" + crypto.createHmac("sha256", "app secret").update(body).digest("hex");
const listen = handler => new Promise(done => {
  const server = http.createServer(handler);
  server.listen(0, "127.0.0.1", () => done(`http://127.0.0.1:${server.address().port}`));
});

const got = [];
const target = await listen(async (req, res) => {
  const pieces = [];
  for await (const piece of req) pieces.push(piece);
  const body = Buffer.concat(pieces);
  got.push([req.method, body.toString(),
    sign(body) === req.headers["x-hub-signature-256"] ? "the signature fits" : "it does not fit"]);
  res.end();
});

// A channel as smee.io's: GET is the stream, POST is what it hands on.
let stream;
const app = express();
app.get("/channel", (req, res, next) => {
  if (req.headers.accept !== "text/event-stream") return next();
  stream = res;
  res.writeHead(200, { "content-type": "text/event-stream" }).write("event: ready\ndata: {}\n\n");
});
app.get("/channel", (req, res) => res.send("a page about the channel"));
app.post("/channel", express.json(), (req, res) => {
  stream.write(`data: ${JSON.stringify({ ...req.headers, body: req.body, query: req.query })}\n\n`);
  res.end();
});
const channel = await listen(app) + "/channel";
const smee = new SmeeClient({ source: channel, target, logger: { info() {}, error() {} } });
await smee.start();

for (const body of ['{"text":"hello"}', '{"text":"caf\\u00e9"}', '{"mime_type":"image\\/jpeg"}']) {
  await fetch(channel, { method: "POST", body, headers: { "content-type": "application/json",
    "x-hub-signature-256": sign(body) } });
  await new Promise(r => setTimeout(r, 500));
  console.log(`sent ${body}, came ${got.length ? got.pop().join(" ") : "nothing"}`);
}
await fetch(channel + "?hub.mode=subscribe&hub.challenge=1");
await new Promise(r => setTimeout(r, 500));
console.log(`sent GET, came ${got.length ? got.pop().join(" ") : "nothing"}`);
process.exit();
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
sent {"text":"hello"}, came POST {"text":"hello"} the signature fits
sent {"text":"caf\u00e9"}, came POST {"text":"café"} it does not fit
sent {"mime_type":"image\/jpeg"}, came POST {"mime_type":"image/jpeg"} it does not fit
sent GET, came nothing
SEEN
diff expected seen && echo "as found"
