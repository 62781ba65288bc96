#!/bin/sh
# An event whose id line has arrived, and whose end has not.
#
# Guess:     the client comes back with the id of the last whole event: an
#            incomplete block at the end of a stream is thrown away.
# Source:    WHATWG HTML, 9.2.6: "discard any pending data when the end of the
#            stream is reached before the final empty line" (in other words).
# Versions:  npm @microsoft/fetch-event-source 2.0.1, extended-eventsource 2.1.0,
#            eventsource 4.1.0; Node.js 20.
# Behaviour: the first two keep an id as soon as its line is there.  They never
#            hand over event 2 and ask for what comes after it.
# Seen:      eventsource 1 / fetch-event-source 2 / extended-eventsource 2
# Matters:   servers write "id:" first, by habit.  With these clients each
#            connection that breaks within an event loses it.  waspool writes the
#            id as the last line of an event.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . eventsource@4.1.0 \
    @microsoft/fetch-event-source@2.0.1 extended-eventsource@2.1.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { EventSource } from "eventsource";

// fetch-event-source asks whether the page can be seen.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = globalThis;
const { fetchEventSource } = await import("@microsoft/fetch-event-source");
const extended = await import("extended-eventsource");
for (const word of ["log", "warn", "error", "debug", "trace"])
  globalThis.console[word === "log" ? "info" : word] = () => {};
const say = console.log;

async function place(connect) {
  const asked = [], heard = [];
  const server = http.createServer((req, res) => {
    asked.push(req.headers["last-event-id"] ?? "none");
    res.writeHead(200, { "content-type": "text/event-stream" });
    if (asked.length > 1) return res.write(": quiet\n");
    res.write("retry: 200\nid: 1\ndata: one\n\nid: 2\ndata: two\n");
    setTimeout(() => res.destroy(), 300);
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const stop = connect(`http://127.0.0.1:${server.address().port}/`, heard);
  for (let i = 0; i < 150 && asked.length < 2; i++)
    await new Promise(done => setTimeout(done, 100));
  stop();
  server.closeAllConnections();
  server.close();
  return `${asked[1]} heard ${heard}`;
}
const listen = (e, heard) => {
  e.onmessage = m => heard.push(m.data);
  e.onerror = () => {};
  return () => e.close();
};
say(`eventsource ${await place((u, h) => listen(new EventSource(u), h))}`);
say(`fetch-event-source ${await place((url, heard) => {
  const over = new AbortController();
  fetchEventSource(url, { fetch, signal: over.signal,
    onmessage: m => heard.push(m.data), onerror() {} }).catch(() => {});
  return () => over.abort();
})}`);
say(`extended-eventsource ${await place(
  (u, h) => listen(new extended.EventSource(u, { disableLogger: true }), h))}`);
process.exit(0);
JS
node --no-warnings try.mjs >seen 2>/dev/null
cat >expected <<'SEEN'
eventsource 1 heard one
fetch-event-source 2 heard one
extended-eventsource 2 heard one
SEEN
diff expected seen && echo "as found"
