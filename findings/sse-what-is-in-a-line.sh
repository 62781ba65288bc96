#!/bin/sh
# An event's data with U+2028 in it, in two lines, and its id.
#
# Guess:     who parses event streams ends a line at CR, LF or both and nowhere else, joins lines
#            of data with LF, takes one space off, and hands on the id.
# Source:    WHATWG HTML 9.2.5 (end-of-line) and 9.2.6 (data, id).
# Versions:  npm eventsource-parser 4.1.3, @server-sent-stream/web 1.0.3, event-source-plus
#            0.1.15, fetch-sse 1.2.1, @sentool/fetch-event-source 0.6.0; Node.js 20.
# Behaviour: @server-sent-stream/web ends the data at U+2028 (JavaScript's "." does not match it)
#            and drops the rest: half a JSON document.  event-source-plus and sentool keep the
#            last line of data only.  fetch-sse hands on no id, so nobody can resume.
#            eventsource-parser does as guessed.
# Seen:      see below
# Matters:   U+2028 comes from text that was copied from a word processor or a web page, and JSON
#            may have it as it is: one customer's message stops a client at JSON.parse.  waspool
#            says data in one line, and an id with each event.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . eventsource-parser@4.1.3 \
    @server-sent-stream/web@1.0.3 event-source-plus@0.1.15 fetch-sse@1.2.1 \
    @sentool/fetch-event-source@0.6.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { EventSourceParserStream } from "eventsource-parser/stream";
import EventSourceStream from "@server-sent-stream/web";
import { EventSourcePlus } from "event-source-plus";
import { fetchEventData } from "fetch-sse";
import sentool from "@sentool/fetch-event-source";

const clients = {
  "eventsource-parser": async (url, got) => {
    const answer = await fetch(url), text = answer.body.pipeThrough(new TextDecoderStream());
    for await (const m of text.pipeThrough(new EventSourceParserStream())) got(m.data, m.id);
  },
  "@server-sent-stream/web": async (url, got) => {
    const answer = await fetch(url);
    for await (const m of answer.body.pipeThrough(new EventSourceStream()))
      got(m.data, m.lastEventId);
  },
  "event-source-plus": (url, got) =>
    new EventSourcePlus(url).listen({ onMessage: m => got(m.data, m.id) }),
  "fetch-sse": (url, got) => fetchEventData(url, { onMessage: m => got(m.data, m.id) }),
  "@sentool/fetch-event-source": (url, got) => sentool.fetchEventSource(url,
    { parseJson: false, onmessage: m => m.data !== undefined && got(m.data, m.id) }),
};
const server = http.createServer((req, res) => {
  res.writeHead(200, { "content-type": "text/event-stream" });
  res.write("data: {\"text\":\"a\u2028b\"}\nid: 1\n\ndata: {\"text\":\ndata: \"a b\"}\nid: 2\n\n");
});
await new Promise(r => server.listen(0, "127.0.0.1", r));
for (const [name, client] of Object.entries(clients)) {
  const got = [];
  Promise.resolve(client(`http://127.0.0.1:${server.address().port}/`,
    (data, id) => got.push(`${JSON.stringify(data).replace("\u2028", "\\u2028")} ${id}`)))
    .catch(() => {});
  await new Promise(r => setTimeout(r, 1000));
  console.log(`${name}\n  ${got.join("\n  ")}`);
}
process.exit();
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
eventsource-parser
  "{\"text\":\"a\u2028b\"}" 1
  "{\"text\":\n\"a b\"}" 2
@server-sent-stream/web
  "{\"text\":\"a" 1
  "{\"text\":\n\"a b\"}" 2
event-source-plus
  "{\"text\":\"a\u2028b\"}" 1
  "\"a b\"}" 2
fetch-sse
  "{\"text\":\"a\u2028b\"}" undefined
  "{\"text\":\n\"a b\"}" undefined
@sentool/fetch-event-source
  "{\"text\":\"a\u2028b\"}" 1
  "\"a b\"}" 2
SEEN
diff expected seen && echo "as found"
