#!/bin/sh
# A stream that is over for good: which status says so to a client that had it?
#
# Guess:     204, which the standard has for that; and 401, since asking again with the same token
#            changes nothing.
# Source:    WHATWG HTML 9.2.1 (204 tells a client to stop), 9.2.2 (all but 200 fails the connection).
# Versions:  npm eventsource 5.1.5, eventsource-client 1.2.0, launchdarkly-eventsource 2.2.0, undici
#            7.16.0, extended-eventsource 2.1.0, @microsoft/fetch-event-source 2.0.1 (whose
#            onclose throws, so that it connects again at all), event-source-plus 0.1.15;
#            Node.js 20.
# Behaviour: the first four stop at all three.  eventsource-client stops at 204 alone.
#            fetch-event-source and event-source-plus stop at none: both go on, and look
#            for an answer of type text/event-stream.
# Seen:      requests within 4 s after a first stream that ended, retry: 200
# Matters:   whose token was revoked asks on, several times a second, with three of the seven; a server
#            cannot end it.  A client of fetch-event-source has to throw in onopen and rethrow in
#            onerror, one of event-source-plus to call abort() in onResponseError.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . eventsource@5.1.5 \
    eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0 undici@7.16.0 \
    extended-eventsource@2.1.0 @microsoft/fetch-event-source@2.0.1 \
    event-source-plus@0.1.15 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import launchdarkly from "launchdarkly-eventsource";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { EventSource as Undici } from "undici";
import { EventSource as Extended } from "extended-eventsource";
import { EventSourcePlus } from "event-source-plus";

// fetch-event-source asks whether the page can be seen.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = globalThis;
const { fetchEventSource } = await import("@microsoft/fetch-event-source");

const log = console.log;
for (const word of ["log", "error", "warn", "info"]) console[word] = () => {};
const standard = C => url => {
  const source = new C(url);
  source.onerror = () => {};
};
const clients = {
  "eventsource": standard(EventSource), "undici": standard(Undici),
  "launchdarkly-eventsource": standard(launchdarkly.EventSource ?? launchdarkly),
  "extended-eventsource": standard(Extended),
  "eventsource-client": url => createEventSource({ url }),
  "@microsoft/fetch-event-source": url => fetchEventSource(url, {
    onclose() { throw new Error("again"); } }).catch(() => {}),
  "event-source-plus": url => new EventSourcePlus(url).listen({ onMessage() {} }),
};
const lines = await Promise.all(Object.entries(clients).map(async ([name, client]) => {
  const said = await Promise.all([204, 401, 404].map(async status => {
    let n = 0;
    const server = http.createServer((req, res) => {
      if (n++ > 0) return res.writeHead(status).end();
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.end("retry: 200\ndata: {}\nid: 1\n\n");
    });
    await new Promise(r => server.listen(0, "127.0.0.1", r));
    client(`http://127.0.0.1:${server.address().port}/`);
    await new Promise(r => setTimeout(r, 4500));
    return `${status}: ${n < 2 ? "never came back" : n === 2 ? "stops" : "goes on"}`;
  }));
  return `${name}: ${said.join(", ")}`;
}));
log(lines.join("\n"));
process.exit();
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
eventsource: 204: stops, 401: stops, 404: stops
undici: 204: stops, 401: stops, 404: stops
launchdarkly-eventsource: 204: stops, 401: stops, 404: stops
extended-eventsource: 204: stops, 401: stops, 404: stops
eventsource-client: 204: stops, 401: goes on, 404: goes on
@microsoft/fetch-event-source: 204: goes on, 401: goes on, 404: goes on
event-source-plus: 204: goes on, 401: goes on, 404: goes on
SEEN
diff expected seen && echo "as found"
