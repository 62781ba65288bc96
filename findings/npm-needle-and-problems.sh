#!/bin/sh
# An error as application/problem+json, in HTTP clients of npm that parse by type.
#
# Guess:     what ends in +json is JSON, and the body is an object as with application/json.
# Source:    RFC 6839 3.1 (a suffix +json can be parsed as JSON), RFC 9457 3 (the type).
# Versions:  npm needle 3.5.0, superagent 10.4.2, ofetch 1.5.1, xior 0.8.5, redaxios 0.5.1, axios
#            1.21.1, swagger-client 3.38.4; Node.js 20.
# Behaviour: needle leaves the text; it parses application/json and a list of others.  The other six
#            do as guessed.
# Seen:      see below
# Matters:   body.errors is undefined with needle, just when something was refused: a
#            program shows "undefined" for each reason.  JSON.parse() the body where the type
#            is this one (parse_response: "json" does not change it).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . needle@3.5.0 \
    superagent@10.4.2 ofetch@1.5.1 xior@0.8.5 redaxios@0.5.1 axios@1.21.1 \
    swagger-client@3.38.4 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import axios from "axios";
import needle from "needle";
import { ofetch } from "ofetch";
import redaxios from "redaxios";
import superagent from "superagent";
import SwaggerClient from "swagger-client";
import { Xior } from "xior";

const clients = {
  "needle": async url => (await needle("get", url)).body,
  "needle, parse_response": async url => (await needle("get", url, { parse_response: "json" })).body,
  "superagent": url => superagent.get(url).catch(e => e.response.body),
  "ofetch": url => ofetch(url).catch(e => e.data),
  "xior": url => new Xior().get(url).catch(e => e.response.data),
  "redaxios": url => redaxios.get(url).catch(e => e.data),
  "axios": url => axios.get(url).catch(e => e.response.data),
  "swagger-client": url => SwaggerClient.http({ url }).catch(e => e.response.body),
};
const server = http.createServer((req, res) => {
  res.writeHead(422, { "content-type": decodeURIComponent(req.url.slice(1)) });
  res.end('{"status":422,"errors":[{"field":"to"}]}');
});
await new Promise(r => server.listen(0, "127.0.0.1", r));
for (const [name, client] of Object.entries(clients)) {
  const said = [];
  for (const type of ["application/json", "application/problem+json"]) {
    const body = await client(
      `http://127.0.0.1:${server.address().port}/${encodeURIComponent(type)}`);
    said.push(`${type}: ${body?.errors ? "parsed" : typeof body === "string" ? "text" : "none"}`);
  }
  console.log(`${name}: ${said.join(", ")}`);
}
process.exit();
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
needle: application/json: parsed, application/problem+json: text
needle, parse_response: application/json: parsed, application/problem+json: text
superagent: application/json: parsed, application/problem+json: parsed
ofetch: application/json: parsed, application/problem+json: parsed
xior: application/json: parsed, application/problem+json: parsed
redaxios: application/json: parsed, application/problem+json: parsed
axios: application/json: parsed, application/problem+json: parsed
swagger-client: application/json: parsed, application/problem+json: parsed
SEEN
diff expected seen && echo "as found"
