#!/bin/sh
# What the provider is answered when it reports that a message could not be delivered.
#
# Guess:     200: the report was received, and any other status means that the delivery was
#            not and has to come again.
# Source:    developers.facebook.com, WhatsApp webhooks, "Create a webhook endpoint": 200, or
#            the same is sent again with decreasing frequency for up to 7 days.
# Versions:  @builderbot/provider-meta 1.2.2, whatsapp-cloud-api 0.3.1 (npm)
# Behaviour: provider-meta answers 400 as soon as one status of a delivery is "failed", and
#            hands on nothing of it: a customer's message in the same delivery is refused
#            each time, until the provider gives up.  whatsapp-cloud-api answers 202 to each
#            status, failed or not.
# Seen:      see below
# Matters:   a webhook that answers so has days of repeats behind it when it is pointed at
#            waspool, which has to take each of them once: the same wamid, another delivery.
#            And it says what a failed message may never do to those beside it.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    whatsapp-cloud-api@0.3.1 @builderbot/provider-meta@1.2.2 @builderbot/bot@1.2.2 >/dev/null
cat >try.cjs <<'JS'
const status = word => ({ id: "wamid.sent", status: word, timestamp: "1764400000",
  recipient_id: "16505550009", ...(word === "failed" && { errors: [{ code: 131026,
    title: "Message undeliverable", message: "Message undeliverable",
    error_data: { details: "Message Undeliverable." } }] }) });
const body = (word, messages) => ({ object: "whatsapp_business_account",
  entry: [{ id: "1", changes: [{ field: "messages", value: { messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
    contacts: [{ profile: { name: "Abe" }, wa_id: "16505550001" }],
    statuses: [status(word)], ...(messages && { messages }) } }] }] });
const messages = [{ from: "16505550001", id: "wamid.1", timestamp: "1764400000", type: "text",
  text: { body: "hello" } }];
const log = console.log;
console.log = console.info = console.error = () => {};
const later = () => new Promise(done => setTimeout(done, 1500));

async function providerMeta(delivery) {
  const { MetaProvider } = require("@builderbot/provider-meta");
  const vendor = await new MetaProvider({ jwtToken: "t", numberId: "1", verifyToken: "v",
    version: "v23.0" }).initVendor();
  let code, got = 0;
  vendor.on("message", () => got++);
  vendor.on("notice", () => {});
  await vendor.incomingMsg({ body: delivery, globalVendorArgs: {} },
    { writeHead: c => { code = c; }, end() {}, set statusCode(c) { code = c; } });
  await later();
  return `${code}, ${got} messages handed on`;
}
let port = 18251;
async function cloudApi(delivery) {
  const bot = require("whatsapp-cloud-api").createBot("106540352242922", "t");
  const here = port++;
  await bot.startExpressServer({ port: here });
  const r = await fetch(`http://127.0.0.1:${here}/webhook/whatsapp`, { method: "POST",
    headers: { "Content-Type": "application/json" }, body: JSON.stringify(delivery) });
  return `${r.status}`;
}
(async () => {
  log("provider-meta, delivered:", await providerMeta(body("delivered")));
  log("provider-meta, failed:", await providerMeta(body("failed")));
  log("provider-meta, delivered, and a message:", await providerMeta(body("delivered", messages)));
  log("provider-meta, failed, and a message:", await providerMeta(body("failed", messages)));
  log("whatsapp-cloud-api, delivered:", await cloudApi(body("delivered")));
  log("whatsapp-cloud-api, failed:", await cloudApi(body("failed")));
  process.exit(0);
})();
JS
node try.cjs >seen 2>err || cat err
cat >expected <<'SEEN'
provider-meta, delivered: 200, 0 messages handed on
provider-meta, failed: 400, 0 messages handed on
provider-meta, delivered, and a message: 200, 1 messages handed on
provider-meta, failed, and a message: 400, 0 messages handed on
whatsapp-cloud-api, delivered: 202
whatsapp-cloud-api, failed: 202
SEEN
diff expected seen && echo "as found"
