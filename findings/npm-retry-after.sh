#!/bin/sh
# Retry-After of a 503, and what is repeated at all, with npm's clients that repeat.
#
# Guess:     who repeats at all waits as long as Retry-After says, in seconds or as a date, and
#            repeats no POST, of which it cannot know whether it was carried out.
# Source:    RFC 9110 10.2.3 (both forms), 9.2.2 (no automatic repeat of a method that is not
#            idempotent); draft-ietf-httpapi-idempotency-key-header for what a POST needs.
# Versions:  npm axios 1.13.2 with axios-retry 4.5.0, got 14.6.4, ky 1.14.0, undici 7.16.0
#            (RetryAgent), @vercel/fetch-retry 5.1.3, make-fetch-happen 15.0.3,
#            @adobe/node-fetch-retry 2.2.0; Node.js 20.
# Behaviour: axios-retry, got, ky and undici do as guessed.  @vercel/fetch-retry knows seconds
#            and no dates, and repeats a POST.  make-fetch-happen knows neither, it comes back
#            at its own pace.  @adobe/node-fetch-retry knows neither, and repeats a POST.
# Seen:      see below; Retry-After of 3 s, or the date 3 to 4 s ahead
# Matters:   two of seven send a message twice where the first try was carried out and its
#            answer lost: such a client wants an Idempotency-Key.  The other five never
#            repeat a POST by themselves, not even on 429, which is to be asked for (got:
#            retry.methods, ky the same, axios-retry: retryCondition).  waspool says seconds.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . axios@1.13.2 \
    axios-retry@4.5.0 got@14.6.4 ky@1.14.0 undici@7.16.0 @vercel/fetch-retry@5.1.3 \
    make-fetch-happen@15.0.3 @adobe/node-fetch-retry@2.2.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { createRequire } from "node:module";
import axios from "axios";
import axiosRetry from "axios-retry";
import got from "got";
import ky from "ky";
import { Agent, RetryAgent, request } from "undici";
const require = createRequire(import.meta.url);
const vercel = require("@vercel/fetch-retry")(fetch);
const happen = require("make-fetch-happen");
const adobe = require("@adobe/node-fetch-retry");

async function again(call, method, dated) {
  const at = [];
  const server = http.createServer((req, res) => {
    req.resume();
    at.push(Date.now());
    if (at.length > 1) return res.end("{}");
    const then = new Date(Math.ceil(Date.now() / 1000) * 1000 + 3000).toUTCString();
    res.writeHead(503, { "retry-after": dated ? then : "3" }).end("{}");
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const url = `http://127.0.0.1:${server.address().port}/`;
  await Promise.race([call(url, method).catch(() => {}),
    new Promise(done => setTimeout(done, 8000))]);
  server.closeAllConnections();
  server.close();
  if (at.length < 2) return "once";
  return at[1] - at[0] > 2800 ? "waits" : "too early";
}
const one = axios.create();
axiosRetry(one, { retries: 3 });
const clients = {
  "axios-retry": (url, method) => one.request({ url, method }),
  "got": (url, method) => got(url, { method }),
  "ky": (url, method) => ky(url, { method }),
  "undici": (url, method) => request(url, { method,
    dispatcher: new RetryAgent(new Agent()) }),
  "@vercel/fetch-retry": (url, method) => vercel(url, { method }),
  "make-fetch-happen": (url, method) => happen(url, { method, retry: 3 }),
  "@adobe/node-fetch-retry": (url, method) => adobe(url, { method }),
};
const lines = await Promise.all(Object.entries(clients).map(async ([name, call]) => {
  const [seconds, date, post] = await Promise.all([again(call, "GET", false),
    again(call, "GET", true), again(call, "POST", false)]);
  return `${name}: GET, seconds: ${seconds}; date: ${date}; ` +
    `POST: ${post === "once" ? "once" : "repeated"}`;
}));
process.stdout.write(lines.join("\n") + "\n", () => process.exit(0));
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
axios-retry: GET, seconds: waits; date: waits; POST: once
got: GET, seconds: waits; date: waits; POST: once
ky: GET, seconds: waits; date: waits; POST: once
undici: GET, seconds: waits; date: waits; POST: once
@vercel/fetch-retry: GET, seconds: waits; date: too early; POST: repeated
make-fetch-happen: GET, seconds: too early; date: too early; POST: once
@adobe/node-fetch-retry: GET, seconds: too early; date: too early; POST: repeated
SEEN
diff expected seen && echo "as found"
