#!/bin/sh
# A text in Markdown, as language models write it, posted by Vercel's Chat SDK: what does the customer read?
#
# Guess:     **bold** becomes *bold*, a link its text and its address; every other sign arrives as it is.
# Source:    faq.whatsapp.com, "How to format your messages" (signs around a word; it names no escape, nor does
#            the Cloud API's page of text messages); README of @chat-adapter/whatsapp.  Not tried on a phone.
# Versions:  npm chat 4.41.1, @chat-adapter/whatsapp 4.41.1, @chat-adapter/state-memory 4.41.0; Node.js 20.
# Behaviour: the text is written as Markdown again, and only ** and ~~ are changed after that: a * that is no mark,
#            a ~ and a [ have a backslash, as the end of a line with two blanks has, an address stands between
#            < and >, a link stays [text](address).  A title or text of a card with _ in it as well.  A
#            plain string arrives as it is; a stream is always Markdown.
# Seen:      see below; the body that Meta gets
# Matters:   customers read the backslashes: prices, part numbers and addresses look broken, and what is
#            copied is wrong.  Whoever joins this SDK to waspool gives plain strings, or { raw };
#            waspool sends texts as they are.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    chat@4.41.1 @chat-adapter/whatsapp@4.41.1 @chat-adapter/state-memory@4.41.0 >/dev/null
cat >try.mjs <<'JS'
import { createWhatsAppAdapter } from "@chat-adapter/whatsapp";
import { createMemoryState } from "@chat-adapter/state-memory";
import { Chat } from "chat";
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const whatsapp = createWhatsAppAdapter({ accessToken: "t", appSecret: "s", phoneNumberId: "1",
  verifyToken: "v", userName: "bot", logger });
await new Chat({ userName: "bot", adapters: { whatsapp }, state: createMemoryState(), logger }).initialize();
let sent;
globalThis.fetch = async (url, init) => {
  sent = JSON.parse(init.body);
  return Response.json({ messages: [{ id: "wamid.x" }] });
};
const thread = whatsapp.encodeThreadId({ phoneNumberId: "1", userWaId: "16505551234" });
const say = name => console.log(`${name}: ${sent.text.body.replaceAll("\n", "(new line)")}`);
const post = async (name, message) => { await whatsapp.postMessage(thread, message); say(name); };
const sum = "**A_17_B**: 2*3 m = 6, ~2 kg [new]";
await post("markdown", { markdown: sum });
await whatsapp.stream(thread, (async function* () { yield sum; })());
say("stream");
await post("string", sum);
await post("address", { markdown: "https://shop.example/a_b?x=1" });
await post("link", { markdown: "[Pay](https://shop.example/a)" });
await post("lines", { markdown: "Main St 1  \nLondon" });
await post("card", { type: "card", title: "Part A_17_B", children: [] });
JS
node --no-warnings try.mjs >seen
cat >expected <<'SEEN'
markdown: *A\_17\_B*: 2\*3 m = 6, \~2 kg \[new]
stream: *A\_17\_B*: 2\*3 m = 6, \~2 kg \[new]
string: **A_17_B**: 2*3 m = 6, ~2 kg [new]
address: <https://shop.example/a_b?x=1>
link: [Pay](https://shop.example/a)
lines: Main St 1\(new line)London
card: *Part A\_17\_B*
SEEN
diff expected seen && echo "as found"
