#!/bin/sh
# A message of somebody with a username, whose number is withheld: who wrote it?
#
# Guess:     libraries of 2026 hand on from_user_id; older ones leave such a message out, or
#            hand it on whole, as they got it.
# Source:    developers.facebook.com, WhatsApp, "Business-scoped user IDs": from and wa_id may be
#            left out, from_user_id and contacts[].user_id are there.
# Versions:  npm whatsapp-api-js 6.3.0, whatsapp-business 1.7.2, @kapso/whatsapp-cloud-api 0.3.0,
#            whatsappcloudapi_wrapper 1.0.16, whatsapp-cloud-api 0.3.1,
#            @builderbot/provider-meta 1.2.2; Node.js 20.
# Behaviour: whatsapp-api-js answers to the user id.  whatsapp-business and kapso hand it on,
#            and so does the wrapper, beside a sender that has a name and no number.
#            whatsapp-cloud-api and provider-meta hand on a message from nobody: text and name,
#            no number, no user id, and nothing is thrown.
# Seen:      see below
# Matters:   programs on the last two put all such customers under the key "undefined", into
#            one conversation, and can answer none.  Nothing in what they stored says who wrote;
#            the raw deliveries do.  waspool knows a customer by user id first.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    whatsapp-api-js@6.3.0 whatsapp-cloud-api@0.3.1 whatsappcloudapi_wrapper@1.0.16 \
    @builderbot/provider-meta@1.2.2 @builderbot/bot@1.2.2 whatsapp-business@1.7.2 \
    @kapso/whatsapp-cloud-api@0.3.0 >/dev/null
cat >try.mjs <<'JS'
import http from "node:http";
import { createRequire } from "node:module";
import { WhatsAppAPI } from "whatsapp-api-js";
import { Text } from "whatsapp-api-js/messages";
const require = createRequire(import.meta.url);
const USER = "US.13491208655302741918";
const body = () => ({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{
  field: "messages", value: { messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
    contacts: [{ profile: { name: "Abe", username: "abe" }, user_id: USER }],
    messages: [{ from_user_id: USER, id: "wamid.1", timestamp: "1764400000", type: "text",
      text: { body: "hello" } }] } }] }] });
const lines = [], later = () => new Promise(done => setTimeout(done, 1500));
const say = (library, message, more) => {
  const text = JSON.stringify(message);
  lines.push(`${library}: ${text.includes("hello") ? "the text" : "no text"}, ` +
    `${text.includes("Abe") ? "the name" : "no name"}, ` +
    `${text.includes(USER) ? "the user id" : "from nobody"}${more ?? ""}`);
};
console.log = console.info = console.error = () => {};

const api = new WhatsAppAPI({ token: "t", secure: false, v: "v23.0",
  ponyfill: { fetch: async (url, init) => { api.sent = JSON.parse(init.body);
    return new Response('{"messages":[{"id":"wamid.x"}]}'); } } });
api.on.message = async a => {
  await a.reply(new Text("yes"));
  say("whatsapp-api-js", [a.message, a.name],
    api.sent.recipient === USER ? ", answered to it" : ", not answered");
};
await api.post(body());

const { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
webhookHandler(body(), { onMessageReceived: (...all) => say("whatsapp-business", all) });

const { messages, contacts } = require("@kapso/whatsapp-cloud-api/server")
  .normalizeWebhook(body());
say("@kapso/whatsapp-cloud-api", [messages, contacts]);

const parse = require("whatsappcloudapi_wrapper/msg_parser.js");
say("whatsappcloudapi_wrapper", parse({ requestBody: body(), currentWABA_ID: "1" }));

const free = http.createServer();
await new Promise(done => free.listen(0, "127.0.0.1", done));
const { port } = free.address();
await new Promise(done => free.close(done));
const bot = require("whatsapp-cloud-api").createBot("106540352242922", "t");
await bot.startExpressServer({ port });
bot.on("message", m => say("whatsapp-cloud-api", m));
await fetch(`http://127.0.0.1:${port}/webhook/whatsapp`, { method: "POST",
  headers: { "Content-Type": "application/json" }, body: JSON.stringify(body()) });
await later();

const { MetaProvider } = require("@builderbot/provider-meta");
const vendor = await new MetaProvider({ jwtToken: "t", numberId: "1", verifyToken: "v",
  version: "v23.0" }).initVendor();
vendor.on("message", m => say("@builderbot/provider-meta", m));
await vendor.incomingMsg({ body: body(), globalVendorArgs: {} },
  { writeHead() {}, end() {}, statusCode: 0 });
await later();
process.stdout.write(lines.join("\n") + "\n", () => process.exit(0));
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-api-js: the text, the name, the user id, answered to it
whatsapp-business: the text, the name, the user id
@kapso/whatsapp-cloud-api: the text, the name, the user id
whatsappcloudapi_wrapper: the text, the name, the user id
whatsapp-cloud-api: the text, the name, from nobody
@builderbot/provider-meta: the text, the name, from nobody
SEEN
diff expected seen && echo "as found"
