#!/bin/sh
# Two customers in one delivery: under whose name does npm's Cloud API library give a message?
#
# Guess:     under that of the contact whose wa_id is the message's "from", since contacts[]
#            is a list beside messages[], of which nobody promises that it is in its order
#            or as long.
# Source:    developers.facebook.com, WhatsApp Cloud API webhooks, "messages": contacts[].wa_id
#            and messages[].from; each package's types.
# Versions:  whatsapp-api-js 6.3.0, whatsapp-business 1.7.2, whatsapp-cloud-api 0.3.1,
#            whatsappcloudapi_wrapper 1.0.16, @builderbot/provider-meta 1.2.2
# Behaviour: all five take contacts[0], whoever wrote.  whatsapp-api-js then answers to
#            contacts[0].wa_id too: reply() goes to somebody who did not write.
#            provider-meta also gives each message of a delivery the first one's id and time.
# Seen:      see below; the first message is Bea's, the first contact is Abe
# Matters:   names and ids that come out of such a program cannot be taken over; waspool
#            joins by wa_id or user_id, and a message without a contact keeps its number.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    whatsapp-api-js@6.3.0 whatsapp-cloud-api@0.3.1 whatsappcloudapi_wrapper@1.0.16 \
    @builderbot/provider-meta@1.2.2 @builderbot/bot@1.2.2 whatsapp-business@1.7.2 >/dev/null
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
import { WhatsAppAPI } from "whatsapp-api-js";
const require = createRequire(import.meta.url);
const ABE = "16505550001", BEA = "16505550002";
const message = (from, n) => ({ from, id: "wamid." + n, timestamp: "176440000" + n,
  type: "text", text: { body: "text " + n } });
const body = () => ({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{
  field: "messages", value: { messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
    contacts: [{ profile: { name: "Abe" }, wa_id: ABE }, { profile: { name: "Bea" }, wa_id: BEA }],
    messages: [message(BEA, 1), message(ABE, 2)] } }] }] });
const who = { [ABE]: "Abe", [BEA]: "Bea" };
const lines = [], later = () => new Promise(done => setTimeout(done, 1500));
const say = (library, from, name, more) =>
  lines.push(`${library}: from ${who[from]}, name ${name}${more ?? ""}`);
console.log = console.info = console.error = () => {};

const api = new WhatsAppAPI({ token: "t", secure: false, v: "v23.0",
  ponyfill: { fetch: async (url, init) => { api.to = JSON.parse(init.body).to;
    return new Response('{"messages":[{"id":"wamid.x"}]}'); } } });
const { Text } = await import("whatsapp-api-js/messages");
api.on.message = async a => {
  await a.reply(new Text("yes"));
  say("whatsapp-api-js", a.message.from, a.name, ", answered to " + who[api.to]);
};
await api.post(body());

const { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
webhookHandler(body(), { onMessageReceived: (m, contact) =>
  say("whatsapp-business", m.from, contact.profile.name) });

const { createBot } = require("whatsapp-cloud-api");
const bot = createBot("106540352242922", "t");
await bot.startExpressServer({ port: 18241 });
bot.on("message", m => say("whatsapp-cloud-api", m.from, m.name));
await fetch("http://127.0.0.1:18241/webhook/whatsapp", { method: "POST",
  headers: { "Content-Type": "application/json" }, body: JSON.stringify(body()) });
await later();

const parse = require("whatsappcloudapi_wrapper/msg_parser.js");
const { from } = parse({ requestBody: body(), currentWABA_ID: "1" }).message;
say("whatsappcloudapi_wrapper", from.phone, from.name);

const { MetaProvider } = require("@builderbot/provider-meta");
const vendor = await new MetaProvider({ jwtToken: "t", numberId: "1", verifyToken: "v",
  version: "v23.0" }).initVendor();
vendor.on("message", m => say("provider-meta", m.from, m.name,
  `, ${m.body} has ${m.message_id} and ${m.timestamp}`));
await vendor.incomingMsg({ body: body(), globalVendorArgs: {} },
  { writeHead() {}, end() {}, statusCode: 0 });
await later();
process.stdout.write(lines.join("\n") + "\n", () => process.exit(0));
JS
node try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-api-js: from Bea, name Abe, answered to Abe
whatsapp-business: from Bea, name Abe
whatsapp-business: from Abe, name Abe
whatsapp-cloud-api: from Bea, name Abe
whatsappcloudapi_wrapper: from Bea, name Abe
provider-meta: from Bea, name Abe, text 1 has wamid.1 and 1764400001
provider-meta: from Abe, name Abe, text 2 has wamid.1 and 1764400001
SEEN
diff expected seen && echo "as found"
