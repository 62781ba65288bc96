#!/bin/sh
# What somebody wrote in a group, in npm's libraries: whose conversation is it, and where does an answer go?
#
# Guess:     libraries of 2026 hand on group_id and answer in the group; older ones leave such a message out, or
#            hand it on as it came.
# Source:    developers.facebook.com, WhatsApp Cloud API, "Groups API" (group_id beside from; an answer has
#            recipient_type group and the group's id as to); a status of a group has its id as recipient_id.
# Versions:  npm chat 4.41.1 with @chat-adapter/whatsapp 4.41.1, whatsapp-api-js 6.3.0, whatsapp-business 1.7.2,
#            @kapso/whatsapp-cloud-api 0.3.0, whatsappcloudapi_wrapper 1.0.16, ws-cloud-api 0.11.0-alpha,
#            whatsapp-cloud-api 0.3.1, @builderbot/provider-meta 1.2.2; Node.js 20.
# Behaviour: four have no word of the group: to the Chat SDK (October 2026) it is the person's own thread, in
#            which it answers; ws-cloud-api, whatsapp-cloud-api and provider-meta hand on "from" and the text.
#            Of a status the wrapper and ws-cloud-api say that the group's id is a phone or a user.
# Seen:      see below; for the two that answer, where to
# Matters:   what was written before twelve people is answered to one, and what stands in that private thread was
#            never written there.  Stored by such a program, the two cannot be told apart any more; the
#            raw delivery can.  waspool's conversation of a group is the group.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    chat@4.41.1 @chat-adapter/whatsapp@4.41.1 @chat-adapter/state-memory@4.41.0 whatsapp-api-js@6.3.0 \
    whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 whatsappcloudapi_wrapper@1.0.16 \
    ws-cloud-api@0.11.0-alpha whatsapp-cloud-api@0.3.1 @builderbot/provider-meta@1.2.2 \
    @builderbot/bot@1.2.2 >/dev/null
cat >try.mjs <<'JS'
import { createHmac } from "node:crypto";
import http from "node:http";
import { createRequire } from "node:module";
import { createWhatsAppAdapter } from "@chat-adapter/whatsapp";
import { createMemoryState } from "@chat-adapter/state-memory";
import { Chat } from "chat";
import { WhatsAppAPI } from "whatsapp-api-js";
import { Text } from "whatsapp-api-js/messages";
const require = createRequire(import.meta.url);
const GROUP = "Y2FwaV9ncm91cDoxNTU1", ANA = "16505550001";
const metadata = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };
const delivery = value => ({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{
  field: "messages", value: { messaging_product: "whatsapp", metadata, ...value } }] }] });
const message = () => delivery({ contacts: [{ profile: { name: "Ana" }, wa_id: ANA }],
  messages: [{ from: ANA, group_id: GROUP, id: "wamid.1", timestamp: "1764400000", type: "text",
    text: { body: "hello" } }] });
const status = () => delivery({ statuses: [{ id: "wamid.2", status: "read", timestamp: "1764400001",
  recipient_id: GROUP, recipient_type: "group", recipient_participant_id: ANA }] });
const later = () => new Promise(done => setTimeout(done, 1500));
const lines = [];
const say = (library, got, more) => {
  const text = JSON.stringify(got);
  lines.push(`${library}: ${text.includes("hello") ? "the text" : "no text"}, ` +
    `${text.includes(GROUP) ? "the group" : text.includes(ANA) ? "from Ana" : "of nobody"}${more ?? ""}`);
};
const where = sent => `, answers ${sent.recipient_type} ${sent.to === GROUP ? "the group" : sent.to === ANA ? "Ana" : sent.to}`;
console.log = console.info = console.error = () => {};

const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const whatsapp = createWhatsAppAdapter({ accessToken: "t", appSecret: "s", verifyToken: "v",
  phoneNumberId: metadata.phone_number_id, userName: "bot", logger });
const chat = new Chat({ userName: "bot", adapters: { whatsapp }, state: createMemoryState(), logger });
const real = globalThis.fetch;
let sent;
globalThis.fetch = async (url, init) => {
  sent = JSON.parse(init.body);
  return Response.json({ messages: [{ id: "wamid.x" }] });
};
chat.onDirectMessage(async (thread, m) => {
  await thread.post("yes");
  say("chat", [m.text, thread.id], where(sent));
});
await chat.initialize();
const body = JSON.stringify(message()), waits = [];
await whatsapp.handleWebhook(new Request("http://127.0.0.1/", { method: "POST", body, headers: {
  "x-hub-signature-256": "sha256=" + createHmac("sha256", "s").update(body).digest("hex") } }),
  { waitUntil: p => waits.push(p) });
await Promise.all(waits);
await later();
globalThis.fetch = real;

const api = new WhatsAppAPI({ token: "t", secure: false, v: "v23.0", ponyfill: {
  fetch: async (url, init) => { sent = JSON.parse(init.body); return Response.json({ messages: [{ id: "x" }] }); } } });
api.on.message = async a => { await a.reply(new Text("yes")); say("whatsapp-api-js", a.message, where(sent)); };
await api.post(message());

require("whatsapp-business/dist/src/webhooks/helpers.js")
  .webhookHandler(message(), { onMessageReceived: m => say("whatsapp-business", m) });
say("@kapso/whatsapp-cloud-api", require("@kapso/whatsapp-cloud-api/server").normalizeWebhook(message()).messages);

const parse = body => require("whatsappcloudapi_wrapper/msg_parser.js")({ requestBody: body, currentWABA_ID: "1" });
say("whatsappcloudapi_wrapper", parse(message()));
process.env.WS_PHONE_NUMBER_ID = metadata.phone_number_id;
const { handleWebhook } = require("ws-cloud-api/webhook");
say("ws-cloud-api", await handleWebhook(message()));

const free = http.createServer();
await new Promise(done => free.listen(0, "127.0.0.1", done));
const { port } = free.address();
await new Promise(done => free.close(done));
const bot = require("whatsapp-cloud-api").createBot(metadata.phone_number_id, "t");
await bot.startExpressServer({ port });
bot.on("message", m => say("whatsapp-cloud-api", m));
await fetch(`http://127.0.0.1:${port}/webhook/whatsapp`, { method: "POST",
  headers: { "Content-Type": "application/json" }, body: JSON.stringify(message()) });
await later();

const { MetaProvider } = require("@builderbot/provider-meta");
const vendor = await new MetaProvider({ jwtToken: "t", numberId: "1", verifyToken: "v", version: "v23.0" }).initVendor();
vendor.on("message", m => say("@builderbot/provider-meta", m));
await vendor.incomingMsg({ body: message(), globalVendorArgs: {} }, { writeHead() {}, end() {}, statusCode: 0 });
await later();

lines.push(`whatsappcloudapi_wrapper, of a status: ${JSON.stringify(parse(status()).notificationMessage.from)}`);
lines.push(`ws-cloud-api, of a status: userId ${(await handleWebhook(status())).userId}`);
process.stdout.write(lines.join("\n") + "\n", () => process.exit(0));
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
chat: the text, from Ana, answers individual Ana
whatsapp-api-js: the text, the group, answers group the group
whatsapp-business: the text, the group
@kapso/whatsapp-cloud-api: the text, the group
whatsappcloudapi_wrapper: the text, the group
ws-cloud-api: the text, from Ana
whatsapp-cloud-api: the text, from Ana
@builderbot/provider-meta: the text, from Ana
whatsappcloudapi_wrapper, of a status: {"name":null,"phone":"Y2FwaV9ncm91cDoxNTU1"}
ws-cloud-api, of a status: userId Y2FwaV9ncm91cDoxNTU1
SEEN
diff expected seen && echo "as found"
