#!/bin/sh
# An event stream's block that has an id and no data.
#
# Guess:     every client keeps the id, and sends it as Last-Event-ID when it
#            connects again: the standard sets the last event id also for a
#            block whose data is empty, it only dispatches nothing.
# Source:    WHATWG HTML, 9.2.6 "Interpreting an event stream" (dispatch step 1
#            comes before the look at the data buffer).
# Versions:  npm eventsource 4.1.0, eventsource-client 1.2.0,
#            launchdarkly-eventsource 2.2.0, undici 7.16.0; Node.js 20.
# Behaviour: undici keeps it, as Chromium does.  The other three forget it and
#            come back without a place, so what happened in between is missed.
# Seen:      undici 41 / eventsource none / eventsource-client none /
#            launchdarkly-eventsource none
# Matters:   a stream that says its place before anything has happened has to
#            do it with data: waspool's first event is "ready".
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . eventsource@4.1.0 \
    eventsource-client@1.2.0 launchdarkly-eventsource@2.2.0 undici@7.16.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import launchdarkly from "launchdarkly-eventsource";
import { EventSource } from "eventsource";
import { createEventSource } from "eventsource-client";
import { EventSource as Undici } from "undici";

async function place(connect) {
  const asked = [];
  let stop = () => {};
  const server = http.createServer((req, res) => {
    asked.push(req.headers["last-event-id"] ?? "none");
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write(asked.length === 1 ? "retry: 200\nid: 41\n\n" : ": quiet\n\n");
    if (asked.length === 1) setTimeout(() => res.end(), 300);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  stop = connect(`http://127.0.0.1:${server.address().port}/`);
  for (let i = 0; i < 100 && asked.length < 2; i++)
    await new Promise(done => setTimeout(done, 100));
  stop();
  server.closeAllConnections();
  server.close();
  return asked[1];
}
const quiet = e => { e.onerror = () => {}; return () => e.close(); };
console.log(`undici ${await place(u => quiet(new Undici(u)))}`);
console.log(`eventsource ${await place(u => quiet(new EventSource(u)))}`);
console.log(`eventsource-client ${await place(url => {
  const e = createEventSource({ url });
  return () => e.close();
})}`);
console.log(`launchdarkly-eventsource ${await place(
  u => quiet(new launchdarkly.EventSource(u)))}`);
process.exit(0);
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
undici 41
eventsource none
eventsource-client none
launchdarkly-eventsource none
SEEN
diff expected seen && echo "as found"
