#!/bin/sh
# Which messages of one delivery do npm's Cloud API libraries hand on?
#
# Guess:     all of them: a delivery is entry[] of changes[] of messages[], and Meta says
#            that up to 1,000 updates come in one.
# Source:    developers.facebook.com, WhatsApp Cloud API, "Create a webhook endpoint";
#            each package's own description of its handler.
# Versions:  whatsapp-api-js 6.3.0, whatsapp-cloud-api 0.3.1, ws-cloud-api 0.11.0-alpha,
#            whatsappcloudapi_wrapper 1.0.16, @builderbot/provider-meta 1.2.2,
#            whatsapp-business 1.7.2, @kapso/whatsapp-cloud-api 0.3.0
# Behaviour: four of the seven look at the first entry's first change's first message and
#            nothing else; a fifth at all messages of the first change.  Where a status
#            stands beside the messages, three give no message at all.
#            Nothing is thrown and the delivery is acknowledged, so what was left out never
#            comes again.
# Seen:      see below; of four messages, two in each of two changes
# Matters:   who moves from one of these to waspool has customers whose messages were lost
#            in rushes; and a test with one message a delivery shows nothing.
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

const message = n => ({ from: "1650555000" + n, id: "wamid." + n, timestamp: "1764400000",
  type: "text", text: { body: "text " + n } });
const status = { id: "wamid.sent", status: "delivered", timestamp: "1764400000",
  recipient_id: "16505550009" };
const change = (from, statuses) => ({ field: "messages", value: {
  messaging_product: "whatsapp",
  metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
  contacts: [from, from + 1].map(n => ({ profile: { name: "N" + n },
    wa_id: "1650555000" + n })),
  messages: [message(from), message(from + 1)], ...(statuses && { statuses }) } });
const delivery = statuses => ({ object: "whatsapp_business_account",
  entry: [{ id: "1", changes: [change(1, statuses), change(3)] }] });

let next = 18231;
const later = () => new Promise(done => setTimeout(done, 1500));

// Each takes a delivery and gives the ids that it was handed.
const libraries = {
  "whatsapp-api-js": async body => {
    const api = new WhatsAppAPI({ token: "t", secure: false, v: "v23.0" }), got = [];
    api.on.message = a => { got.push(a.message.id); };
    api.on.status = a => { got.push(a.id); };
    await api.post(body);
    return got;
  },
  "whatsapp-cloud-api": async body => {
    const { createBot } = require("whatsapp-cloud-api"), got = [];
    const bot = createBot("106540352242922", "t"), port = next++;
    const { server } = await bot.startExpressServer({ port: port });
    const token = bot.on("message", m => got.push(m.id));
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
    return [got.message ?? got.messageId];
  },
  "whatsappcloudapi_wrapper": async body => {
    const parse = require("whatsappcloudapi_wrapper/msg_parser.js");
    const got = parse({ requestBody: body, currentWABA_ID: "1" });
    return [(got.message ?? got.notificationMessage).id ?? got.message.message_id];
  },
  "@builderbot/provider-meta": async body => {
    const { MetaProvider } = require("@builderbot/provider-meta"), got = [];
    const provider = new MetaProvider({ jwtToken: "t", numberId: "106540352242922",
      verifyToken: "v", version: "v23.0" });
    const vendor = await provider.initVendor();
    vendor.on("message", m => got.push(m.body));
    let code;
    const res = { writeHead: c => { code = c; }, end: () => {},
      set statusCode(c) { code = c; } };
    await vendor.incomingMsg({ body, globalVendorArgs: provider.globalVendorArgs }, res);
    await later();
    return got.concat("(answers " + code + ")");
  },
  "whatsapp-business": async body => {
    const got = [], { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
    webhookHandler(body, { onMessageReceived: m => got.push(m.id),
      onStatusReceived: s => got.push(s.id) });
    return got;
  },
  "@kapso/whatsapp-cloud-api": async body => {
    const got = require("@kapso/whatsapp-cloud-api/server").normalizeWebhook(body);
    return [...got.messages, ...got.statuses].map(x => x.id);
  },
};
const log = console.log;
console.log = console.info = console.error = () => {};
for (const [name, take] of Object.entries(libraries))
  for (const [what, statuses] of [["four messages", undefined], ["and a status", [status]]])
    log(name + ", " + what + ":",
      (await take(structuredClone(delivery(statuses)))).join(" "));
process.exit(0);
JS
node try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-api-js, four messages: wamid.1
whatsapp-api-js, and a status: wamid.1
whatsapp-cloud-api, four messages: wamid.1 (answers 200)
whatsapp-cloud-api, and a status: (answers 202)
ws-cloud-api, four messages: text 1
ws-cloud-api, and a status: wamid.sent
whatsappcloudapi_wrapper, four messages: wamid.1
whatsappcloudapi_wrapper, and a status: wamid.sent
@builderbot/provider-meta, four messages: text 1 text 2 (answers 200)
@builderbot/provider-meta, and a status: text 1 text 2 (answers 200)
whatsapp-business, four messages: wamid.1 wamid.2 wamid.3 wamid.4
whatsapp-business, and a status: wamid.1 wamid.2 wamid.sent wamid.3 wamid.4
@kapso/whatsapp-cloud-api, four messages: wamid.1 wamid.2 wamid.3 wamid.4
@kapso/whatsapp-cloud-api, and a status: wamid.1 wamid.2 wamid.3 wamid.4 wamid.sent
SEEN
diff expected seen && echo "as found"
