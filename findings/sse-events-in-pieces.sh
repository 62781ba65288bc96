#!/bin/sh
# An event that comes in two pieces, as buffers and packets happen to end.
#
# Guess:     where a piece ends means nothing: a stream is bytes, and every client keeps what
#            is not yet a line, a character or an event.
# Source:    WHATWG HTML 9.2.5 and 9.2.6 (lines end with CR LF, LF or CR; the stream is decoded as a
#            whole, as UTF-8).
# Versions:  npm eventsource 5.1.5, undici 7.16.0, extended-eventsource 2.1.0, @heroku/eventsource
#            1.0.7, parse-sse 0.1.0, event-stream-parser 1.0.2, @sentool/fetch-event-source
#            0.6.0; Node.js 20.
# Behaviour: cut between CR and LF behind its first line, three of the seven take the LF for
#            the empty line that ends an event: it loses its name.  Cut within a letter, heroku's
#            and sentool's write U+FFFD for each half.  Cut between two lines, sentool's forgets
#            what it had of the event, its name here.
# Seen:      see below; none of it shows with a short event sent at once, as in a test
# Matters:   customers write in Arabic and with emoji, and an event may be larger than a buffer.
#            waspool ends lines with LF; with the other two use another client.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . eventsource@5.1.5 \
    undici@7.16.0 extended-eventsource@2.1.0 @heroku/eventsource@1.0.7 parse-sse@0.1.0 \
    event-stream-parser@1.0.2 @sentool/fetch-event-source@0.6.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { EventSource } from "eventsource";
import { EventSource as Undici } from "undici";
import { EventSource as Extended } from "extended-eventsource";
import Heroku from "@heroku/eventsource";
import { parseServerSentEvents } from "parse-sse";
import esp from "event-stream-parser";
import sentool from "@sentool/fetch-event-source";

const named = C => (url, got) => {
  const source = new C(url), take = m => got(m.type, m.data, m.lastEventId);
  source.onmessage = take;
  source.addEventListener("message.created", take);
  source.onerror = () => {};
  return () => source.close();
};
const stream = parse => (url, got) => {
  const gone = new AbortController();
  (async () => {
    const answer = await fetch(url, { signal: gone.signal });
    for await (const m of await parse(answer)) got(m.type, m.data, m.lastEventId);
  })().catch(() => {});
  return () => gone.abort();
};
const clients = {
  "eventsource": named(EventSource), "undici": named(Undici),
  "extended-eventsource": named(Extended), "@heroku/eventsource": named(Heroku),
  "parse-sse": stream(parseServerSentEvents),
  "event-stream-parser": stream(answer => esp.parse(answer.body)),
  "@sentool/fetch-event-source": (url, got) => {
    const gone = new AbortController();
    sentool.fetchEventSource(url, { signal: gone.signal, parseJson: false,
      onmessage: m => m.data !== undefined && got(m.event, m.data, m.id) });
    return () => gone.abort();
  },
};
const event = (id, end) =>
  Buffer.from(["event: message.created", "data: {\"text\":\"é\"}", `id: ${id}`, "", ""].join(end));
// Where the first event is cut: behind that byte.
const pieces = (end, at) => {
  const one = event(1, end), n = one.indexOf(at) + 1;
  return [one.subarray(0, n), one.subarray(n), event(2, end)];
};
const cases = { "within a letter": pieces("\n", 0xc3), "between lines": pieces("\n", 0x0a),
  "between CR and LF": pieces("\r\n", 0x0d) };

const lines = await Promise.all(Object.entries(clients).map(async ([name, client]) => {
  const said = [];
  for (const [where, parts] of Object.entries(cases)) {
    const server = http.createServer(async (req, res) => {
      res.writeHead(200, { "content-type": "text/event-stream" });
      res.flushHeaders();
      for (const part of parts) {
        await new Promise(r => setTimeout(r, 300));
        res.write(part);
      }
    });
    await new Promise(r => server.listen(0, "127.0.0.1", r));
    const got = [];
    const stop = client(`http://127.0.0.1:${server.address().port}/`, (type, data, id) => {
      if (data) got.push(`${type ?? "(none)"} ${JSON.parse(data).text} ${id || "-"}`);
    });
    await new Promise(r => setTimeout(r, 2000));
    stop();
    server.closeAllConnections();
    server.close();
    said.push(got.join() === "message.created é 1,message.created é 2" ? `${where}: right` :
      `${where}: ${got.join(", ")}`);
  }
  return `${name}\n  ${said.join("\n  ")}`;
}));
console.log(lines.join("\n"));
process.exit();
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
eventsource
  within a letter: right
  between lines: right
  between CR and LF: right
undici
  within a letter: right
  between lines: right
  between CR and LF: right
extended-eventsource
  within a letter: right
  between lines: right
  between CR and LF: message é 1, message.created é 2
@heroku/eventsource
  within a letter: message.created �� 1, message.created é 2
  between lines: right
  between CR and LF: right
parse-sse
  within a letter: right
  between lines: right
  between CR and LF: message é 1, message.created é 2
event-stream-parser
  within a letter: right
  between lines: right
  between CR and LF: message é 1, message.created é 2
@sentool/fetch-event-source
  within a letter: (none) �� 1, message.created é 2
  between lines: (none) é 1, message.created é 2
  between CR and LF: right
SEEN
diff expected seen && echo "as found"
