#!/bin/sh
# launchdarkly-eventsource on a quiet stream.
#
# Guess:     without readTimeoutMillis it waits for ever, as its README says of
#            an option that is not set.
# Source:    README of launchdarkly-eventsource, "Read timeout".
# Versions:  npm launchdarkly-eventsource 2.2.0, Node.js 20.20.2.
# Behaviour: Node's global agent has kept connections with a timeout of 5 s since
#            version 19; the package listens for the request's "timeout" event in any case.
#            It gives up after 5 s of silence, "received no data in undefinedms",
#            and connects again, for ever.  With readTimeoutMillis it waits so long.
# Seen:      without: 3 connections in 14 s / with 30000: 1
# Matters:   comments that keep a stream alive come every 15 s (waspool) to 30 s
#            (most proxies' advice): each such client connects twelve times a minute.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . \
    launchdarkly-eventsource@2.2.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import launchdarkly from "launchdarkly-eventsource";

async function connections(options) {
  let n = 0, why = "nothing";
  const server = http.createServer((req, res) => {
    n++;
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write("id: 1\ndata: one\n\n");
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const e = new launchdarkly.EventSource(
    `http://127.0.0.1:${server.address().port}/`, options);
  e.onerror = x => { why = x.message; };
  await new Promise(done => setTimeout(done, 14000));
  e.close();
  server.closeAllConnections();
  server.close();
  return `${n} connections, said: ${why}`;
}
const [without, set] = await Promise.all([connections({}),
  connections({ readTimeoutMillis: 30000 })]);
console.log(`without: ${without}\nwith: ${set}`);
process.exit(0);
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
without: 3 connections, said: Read timeout, received no data in undefinedms, assuming connection is dead
with: 1 connections, said: nothing
SEEN
diff expected seen && echo "as found"
