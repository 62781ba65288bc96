#!/bin/sh
# What customers send beside text, in npm's Cloud API libraries: who hands on what was said?
#
# Guess:     each hands on every kind; one that it does not know, as it came, with its type and
#            who sent it.
# Source:    developers.facebook.com, WhatsApp Cloud API webhooks, "messages" (button, interactive
#            nfm_reply, order, reaction, edit, unsupported …); each package's own description.
# Versions:  npm whatsapp-api-js 6.3.0, whatsapp-cloud-api 0.3.1, ws-cloud-api 0.11.0-alpha,
#            whatsappcloudapi_wrapper 1.0.16, @builderbot/provider-meta 1.2.2,
#            whatsapp-business 1.7.2, @kapso/whatsapp-cloud-api 0.3.0; Node.js 20.
# Behaviour: three hand on all.  The wrapper leaves out "unsupported".  whatsapp-cloud-api knows
#            nothing of a template's quick reply, an order, a reaction or an edit, and of a
#            form's answers only that there were some.  ws-cloud-api drops a location and every
#            sound that was not recorded in WhatsApp.  provider-meta hands on reactions, edits and
#            what is unsupported as a message of nobody, without type and text.
#            All are acknowledged, so none comes again.
# Seen:      see below; "said" when what the customer wrote, chose or sent is in it
# Matters:   what these did not hand on is in no database that came from them.  waspool stores
#            each kind, also one that it does not know, and shows that it came.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    whatsapp-api-js@6.3.0 whatsapp-cloud-api@0.3.1 ws-cloud-api@0.11.0-alpha \
    whatsappcloudapi_wrapper@1.0.16 @builderbot/provider-meta@1.2.2 @builderbot/bot@1.2.2 \
    whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 >/dev/null
cat >try.mjs <<'JS'
import { createRequire } from "node:module";
import { WhatsAppAPI } from "whatsapp-api-js";
const require = createRequire(import.meta.url);

// What was said is "SAID" somewhere in it.
const kinds = {
  "quick reply": { type: "button", button: { text: "SAID", payload: "SAID" } },
  "form": { type: "interactive", interactive: { type: "nfm_reply",
    nfm_reply: { name: "flow", body: "Sent", response_json: '{"size":"SAID"}' } } },
  "order": { type: "order", order: { catalog_id: "1", product_items: [{
    product_retailer_id: "SAID", quantity: 1, item_price: 1.5, currency: "EUR" }] } },
  "sound": { type: "audio", audio: { id: "SAID", mime_type: "audio/mpeg", sha256: "x",
    voice: false } },
  "location": { type: "location", location: { latitude: 1.2345, longitude: 2.5 } },
  "reaction": { type: "reaction", reaction: { message_id: "wamid.T", emoji: "SAID" } },
  "edit": { type: "edit", edit: { original_message_id: "wamid.T",
    message: { type: "text", text: { body: "SAID" } } } },
  "unsupported": { type: "unsupported", unsupported: { type: "SAID" }, errors: [{ code: 131051,
    title: "Message type unknown", message: "Message type unknown",
    error_data: { details: "Message type is currently not supported." } }] },
};
const delivery = message => ({ object: "whatsapp_business_account", entry: [{ id: "1", changes: [{
  field: "messages", value: { messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
    contacts: [{ profile: { name: "Ana" }, wa_id: "16505550001" }],
    messages: [{ from: "16505550001", id: "wamid.1", timestamp: "1764400000", ...message }] } }] }]
});

let next = 18231;
const later = () => new Promise(done => setTimeout(done, 1500));

// Each takes a delivery and gives the ids that it was handed.
const libraries = {
  "whatsapp-api-js": async body => {
    const api = new WhatsAppAPI({ token: "t", secure: false, v: "v23.0" }), got = [];
    api.on.message = a => { got.push(a.message); };
    api.on.status = a => { got.push(a.id); };
    await api.post(body);
    return got;
  },
  "whatsapp-cloud-api": async body => {
    const { createBot } = require("whatsapp-cloud-api"), got = [];
    const bot = createBot("106540352242922", "t"), port = next++;
    const { server } = await bot.startExpressServer({ port: port });
    const token = bot.on("message", m => got.push(m));
    const r = await fetch("http://127.0.0.1:" + port + "/webhook/whatsapp", { method: "POST",
      headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
    await later();
    bot.unsubscribe(token);
    await new Promise(done => { server.closeAllConnections(); server.close(done); });
    return got.concat("(answers " + r.status + ")");
  },
  "ws-cloud-api": async body => {
    process.env.WS_PHONE_NUMBER_ID = "106540352242922";
    const got = await require("ws-cloud-api/webhook").handleWebhook(body);
    return [got];
  },
  "whatsappcloudapi_wrapper": async body => {
    const parse = require("whatsappcloudapi_wrapper/msg_parser.js");
    const got = parse({ requestBody: body, currentWABA_ID: "1" });
    return [got];
  },
  "@builderbot/provider-meta": async body => {
    const { MetaProvider } = require("@builderbot/provider-meta"), got = [];
    const provider = new MetaProvider({ jwtToken: "t", numberId: "106540352242922",
      verifyToken: "v", version: "v23.0" });
    const vendor = await provider.initVendor();
    vendor.on("message", m => got.push(m));
    let code;
    const res = { writeHead: c => { code = c; }, end: () => {},
      set statusCode(c) { code = c; } };
    await vendor.incomingMsg({ body, globalVendorArgs: provider.globalVendorArgs }, res);
    await later();
    return got.concat("(answers " + code + ")");
  },
  "whatsapp-business": async body => {
    const got = [], { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
    webhookHandler(body, { onMessageReceived: m => got.push(m),
      onStatusReceived: s => got.push(s.id) });
    return got;
  },
  "@kapso/whatsapp-cloud-api": async body => {
    const got = require("@kapso/whatsapp-cloud-api/server").normalizeWebhook(body);
    return got.messages;
  },
};

const log = console.log;
console.log = console.info = console.error = () => {};
for (const [name, take] of Object.entries(libraries)) {
  const lines = [];
  for (const [kind, message] of Object.entries(kinds)) {
    const got = (await take(structuredClone(delivery(message))))[0];
    const text = typeof got === "object" && got !== null ? JSON.stringify(got) : "";
    // provider-meta asks Meta, who is not reached here, for a file's address.
    const what = /SAID|1\.2345|"type":"audio"/.test(text) ? "said" : /"type"/.test(text) ? "not what" : "nothing";
    const who = /16505550001/.test(text) ? "" : text ? ", of nobody" : "";
    lines.push(`${kind}: ${what}${who}`);
  }
  log(`${name}\n  ${lines.slice(0, 4).join("; ")}\n  ${lines.slice(4).join("; ")}`);
}
process.exit(0);
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-api-js
  quick reply: said; form: said; order: said; sound: said
  location: said; reaction: said; edit: said; unsupported: said
whatsapp-cloud-api
  quick reply: nothing; form: not what; order: nothing; sound: said
  location: said; reaction: nothing; edit: nothing; unsupported: nothing
ws-cloud-api
  quick reply: said; form: said; order: nothing; sound: nothing
  location: nothing; reaction: nothing; edit: nothing; unsupported: nothing
whatsappcloudapi_wrapper
  quick reply: said; form: said; order: said; sound: said
  location: said; reaction: said; edit: said; unsupported: nothing
@builderbot/provider-meta
  quick reply: said; form: said; order: said; sound: said
  location: said; reaction: nothing, of nobody; edit: nothing, of nobody; unsupported: nothing, of nobody
whatsapp-business
  quick reply: said; form: said; order: said; sound: said
  location: said; reaction: said; edit: said; unsupported: said
@kapso/whatsapp-cloud-api
  quick reply: said; form: said; order: said; sound: said
  location: said; reaction: said; edit: said; unsupported: said
SEEN
diff expected seen && echo "as found"
