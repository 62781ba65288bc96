#!/bin/sh
# What a client does when a stream that it had is refused: 401 and 503.
#
# Guess:     as browsers: every status but 200 closes for good (the standard's
#            "fail the connection"), and libraries that retry do it on 503, which
#            says Retry-After, and not on 401.
# Source:    WHATWG HTML, 9.2.2, RFC 9110 10.2.3.
# Versions:  npm eventsource 4.1.0, eventsource-client 1.2.0,
#            launchdarkly-eventsource 2.2.0; Node.js 20.
# Behaviour: eventsource closes on both.  launchdarkly-eventsource comes again on 503
#            and not on 401.  eventsource-client comes again on both, for ever, at
#            the pace of "retry:" and without growing pauses.  None looks at Retry-After.
# Seen:      requests within 4 s after the first stream ended, retry: 200
#            eventsource 401:1 503:1 / launchdarkly-eventsource 401:1 503:many /
#            eventsource-client 401:many 503:many
# Matters:   a token that was revoked makes such a client ask five times a second, day and
#            night; and a short 503 ends all streams of the others, so a page needs a
#            timer of its own.  docs/realtime.md has the table.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . eventsource@4.1.0 \
    eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import launchdarkly from "launchdarkly-eventsource";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";

async function again(status, connect) {
  let n = 0;
  const server = http.createServer((req, res) => {
    if (n++ === 0) {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.write("retry: 200\nid: 1\ndata: one\n\n");
      return setTimeout(() => res.end(), 200);
    }
    res.writeHead(status, { "retry-after": "2" });
    res.end();
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const stop = connect(`http://127.0.0.1:${server.address().port}/`);
  await new Promise(done => setTimeout(done, 4200));
  stop();
  server.closeAllConnections();
  server.close();
  // retry: 200 makes about twenty, and even growing pauses a few
  return n - 1 > 2 ? "many" : n - 1;
}
const quiet = e => { e.onerror = () => {}; return () => e.close(); };
const clients = {
  "eventsource": u => quiet(new EventSource(u)),
  "launchdarkly-eventsource": u => quiet(new launchdarkly.EventSource(u)),
  "eventsource-client": url => {
    const e = createEventSource({ url });
    return () => e.close();
  },
};
const lines = await Promise.all(Object.entries(clients).map(async ([name, c]) => {
  const [gone, busy] = await Promise.all([again(401, c), again(503, c)]);
  return `${name} 401:${gone} 503:${busy}`;
}));
console.log(lines.join("\n"));
process.exit(0);
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
eventsource 401:1 503:1
launchdarkly-eventsource 401:1 503:many
eventsource-client 401:many 503:many
SEEN
diff expected seen && echo "as found"
