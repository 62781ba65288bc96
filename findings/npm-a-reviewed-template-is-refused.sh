#!/bin/sh
# What the provider is answered when it says that a template was approved, or a number flagged.
#
# Guess:     200, whether the library knows that field or not: one address gets all fields that are subscribed.
# Source:    developers.facebook.com, WhatsApp webhooks, "Create a webhook endpoint" (200, or the same comes again
#            for up to 7 days); message_template_status_update, phone_number_quality_update and
#            account_update have no metadata, so no phone_number_id.
# Versions:  npm whatsapp-api-js 6.3.0, ws-cloud-api 0.11.0-alpha, whatsappcloudapi_wrapper 1.0.16,
#            whatsapp-business 1.7.2, @kapso/whatsapp-cloud-api 0.3.0, @builderbot/provider-meta 1.2.2, chat
#            4.41.1 with @chat-adapter/whatsapp 4.41.1; Node.js 20.
# Behaviour: whatsapp-api-js, which answers 200 to other fields that it does not know, looks for metadata in each
#            and answers 500.  ws-cloud-api and the wrapper throw at each field but messages, as at somebody
#            who wants no more marketing messages: Express makes 500 of that.  The other four do as guessed.
# Seen:      see below
# Matters:   the same comes for 7 days, among what customers write, and Meta counts the address as one that
#            fails.  A webhook that is pointed at waspool after such a program has repeats
#            behind it; waspool takes all fields, and shows template and number by them.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    chat@4.41.1 @chat-adapter/whatsapp@4.41.1 @chat-adapter/state-memory@4.41.0 whatsapp-api-js@6.3.0 \
    whatsapp-business@1.7.2 @kapso/whatsapp-cloud-api@0.3.0 whatsappcloudapi_wrapper@1.0.16 \
    ws-cloud-api@0.11.0-alpha @builderbot/provider-meta@1.2.2 @builderbot/bot@1.2.2 >/dev/null
cat >try.mjs <<'JS'
import { createHmac } from "node:crypto";
import { createRequire } from "node:module";
import { createWhatsAppAdapter } from "@chat-adapter/whatsapp";
import { createMemoryState } from "@chat-adapter/state-memory";
import { Chat } from "chat";
import { WhatsAppAPI } from "whatsapp-api-js/middleware/web-standard";
const require = createRequire(import.meta.url);
const metadata = { display_phone_number: "15550783881", phone_number_id: "106540352242922" };
const fields = {
  message_template_status_update: { event: "APPROVED", message_template_id: 1689556908129832,
    message_template_name: "order", message_template_language: "en_US", reason: "NONE" },
  phone_number_quality_update: { display_phone_number: "16505551111", event: "FLAGGED", current_limit: "TIER_10K" },
  user_preferences: { messaging_product: "whatsapp", metadata,
    contacts: [{ profile: { name: "Ana" }, wa_id: "16505551234" }],
    user_preferences: [{ wa_id: "16505551234", detail: "User requested to stop marketing messages",
      category: "marketing_messages", value: "stop", timestamp: 1764400000 }] },
};
const delivery = field => ({ object: "whatsapp_business_account", entry: [{ id: "1", time: 1764400000,
  changes: [{ field, value: structuredClone(fields[field]) }] }] });
const request = body => {
  const text = JSON.stringify(body);
  return new Request("http://127.0.0.1/", { method: "POST", body: text, headers: { "content-length": `${text.length}`,
    "x-hub-signature-256": "sha256=" + createHmac("sha256", "s").update(text).digest("hex") } });
};
const logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => logger };
const whatsapp = createWhatsAppAdapter({ accessToken: "t", appSecret: "s", verifyToken: "v",
  phoneNumberId: metadata.phone_number_id, userName: "bot", logger });
await new Chat({ userName: "bot", adapters: { whatsapp }, state: createMemoryState(), logger }).initialize();
process.env.WS_PHONE_NUMBER_ID = metadata.phone_number_id;
const log = console.log;
console.log = console.info = console.error = () => {};

const libraries = {
  "whatsapp-api-js": body => new WhatsAppAPI({ token: "t", appSecret: "s", v: "v23.0" }).handle_post(request(body)),
  "ws-cloud-api": body => require("ws-cloud-api/webhook").handleWebhook(body).then(() => "nothing"),
  "whatsappcloudapi_wrapper": async body => {
    require("whatsappcloudapi_wrapper/msg_parser.js")({ requestBody: body, currentWABA_ID: "1" });
    return "nothing";
  },
  "whatsapp-business": async body => {
    require("whatsapp-business/dist/src/webhooks/helpers.js").webhookHandler(body, {});
    return "nothing";
  },
  "@kapso/whatsapp-cloud-api": async body =>
    Object.keys(require("@kapso/whatsapp-cloud-api/server").normalizeWebhook(body).raw).join(),
  "@builderbot/provider-meta": async body => {
    const { MetaProvider } = require("@builderbot/provider-meta");
    const vendor = await new MetaProvider({ jwtToken: "t", numberId: "1", verifyToken: "v", version: "v23.0" }).initVendor();
    let code;
    const res = { writeHead: c => { code = c; }, end() {}, set statusCode(c) { code = c; } };
    await vendor.incomingMsg({ body, globalVendorArgs: {} }, res);
    return code;
  },
  "chat": async body => (await whatsapp.handleWebhook(request(body))).status,
};
for (const [name, take] of Object.entries(libraries)) {
  const said = [];
  for (const field of Object.keys(fields)) {
    try {
      said.push(await take(delivery(field)));
    } catch {
      said.push("throws");
    }
  }
  log(`${name}: template ${said[0]}, number ${said[1]}, preference ${said[2]}`);
}
process.exit(0);
JS
node --no-warnings try.mjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-api-js: template 500, number 500, preference 200
ws-cloud-api: template throws, number throws, preference throws
whatsappcloudapi_wrapper: template throws, number throws, preference throws
whatsapp-business: template nothing, number nothing, preference nothing
@kapso/whatsapp-cloud-api: template messageTemplateStatusUpdate, number phoneNumberQualityUpdate, preference userPreferences
@builderbot/provider-meta: template 200, number 200, preference 200
chat: template 200, number 200, preference 200
SEEN
diff expected seen && echo "as found"
