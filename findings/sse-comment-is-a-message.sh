#!/bin/sh
# The usual keep-alive of an event stream, a comment and an empty line.
#
# Guess:     nothing is handed over: a block of comments has no data.
# Source:    WHATWG HTML, 9.2.6 (lines that begin with a colon are ignored, and a
#            block whose data buffer is empty dispatches nothing).
# Versions:  npm @microsoft/fetch-event-source 2.0.1, eventsource 4.1.0; Node.js 20.
# Behaviour: fetch-event-source calls onmessage with empty data for every empty line, so
#            for each ":\n\n" and each "retry: 1000\n\n".  A handler that parses JSON
#            throws, the package takes that for a lost connection, and connects again.
# Seen:      eventsource: 1 connection, messages: {} / fetch-event-source: many
#            connections / the same comment without an empty line: 1 connection
# Matters:   a quiet stream with keep-alives becomes a loop of reconnects.  waspool's
#            comments and "retry" are lines without an empty line behind them.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --prefix . eventsource@4.1.0 \
    @microsoft/fetch-event-source@2.0.1 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { EventSource } from "eventsource";

// fetch-event-source asks whether the page can be seen.
globalThis.document = { hidden: false, addEventListener() {}, removeEventListener() {} };
globalThis.window = globalThis;
const { fetchEventSource } = await import("@microsoft/fetch-event-source");

async function follow(comment, connect) {
  let n = 0;
  const messages = [];
  const server = http.createServer((req, res) => {
    n++;
    res.writeHead(200, { "content-type": "text/event-stream" });
    res.write("id: 1\ndata: {}\n\n");
    const beat = setInterval(() => res.write(comment), 300);
    res.on("close", () => clearInterval(beat));
  });
  await new Promise(done => server.listen(0, "127.0.0.1", done));
  const stop = connect(`http://127.0.0.1:${server.address().port}/`, messages);
  await new Promise(done => setTimeout(done, 5000));
  stop();
  server.closeAllConnections();
  server.close();
  return `${n > 1 ? "many connections" : "1 connection"}, ` +
    `${messages.includes("") ? "empty messages" : "no empty message"}`;
}
const eventsource = (url, messages) => {
  const e = new EventSource(url);
  e.onmessage = m => { messages.push(m.data); JSON.parse(m.data); };
  return () => e.close();
};
const microsoft = (url, messages) => {
  const over = new AbortController();
  fetchEventSource(url, { fetch, signal: over.signal, onerror() {},
    onmessage(m) { messages.push(m.data); JSON.parse(m.data); } }).catch(() => {});
  return () => over.abort();
};
const seen = await Promise.all([follow(":\n\n", eventsource),
  follow(":\n\n", microsoft), follow(":\n", microsoft)]);
console.log(`eventsource: ${seen[0]}`);
console.log(`fetch-event-source: ${seen[1]}`);
console.log(`fetch-event-source, no empty line: ${seen[2]}`);
process.exit(0);
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
eventsource: 1 connection, no empty message
fetch-event-source: many connections, empty messages
fetch-event-source, no empty line: 1 connection, no empty message
SEEN
diff expected seen && echo "as found"
