#!/bin/sh
# A delivery of 1,000 messages, posted to the servers that npm's libraries for WhatsApp start themselves.
#
# Guess:     200: what Meta sends at most, such a server takes.
# Source:    developers.facebook.com, WhatsApp webhooks: a payload may have up to 3 MB, and updates are sent
#            together, up to 1,000; any status but 200 has it sent again for up to 7 days.
# Versions:  npm whatsapp-cloud-api 0.3.1, whatsapp-business 1.7.2, whatsapp-api-js 6.3.0 (node-http, whose
#            listener is one's own); Node.js 20.
# Behaviour: the first two leave the limit of their parser as it is, 100 KiB: 413, each time that it comes.
#            whatsapp-cloud-api has no setting for it, whatsapp-business takes an application of one's own.
#            whatsapp-api-js knows Meta's 3 MB.
# Seen:      see below
# Matters:   after an hour of downtime, or when the history of a business app is shared, deliveries are this large:
#            then just these are lost after seven days.  Until then they come again, to whoever has the address
#            by then.  waspool takes 4 MiB (WASPOOL_BODY_MAX).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . whatsapp-cloud-api@0.3.1 \
    whatsapp-business@1.7.2 whatsapp-api-js@6.3.0 >/dev/null
cat >try.cjs <<'JS'
const { createHmac } = require("node:crypto");
const http = require("node:http");
const net = require("node:net");
const delivery = n => JSON.stringify({ object: "whatsapp_business_account",
  entry: [{ id: "1", changes: [{ field: "messages", value: { messaging_product: "whatsapp",
    metadata: { display_phone_number: "15550783881", phone_number_id: "106540352242922" },
    contacts: [{ profile: { name: "Ana" }, wa_id: "16505550001" }],
    messages: Array.from({ length: n }, (_, i) => ({ from: "16505550001", id: "wamid." + i,
      timestamp: "1764400000", type: "text", text: { body: "Where is my parcel? It was to come today." } })) } }] }] });
const free = () => new Promise(done => {
  const s = net.createServer().listen(0, "127.0.0.1", () => {
    const { port } = s.address();
    s.close(() => done(port));
  });
});
const log = console.log;
console.log = console.info = console.error = () => {};

const libraries = {
  async "whatsapp-cloud-api"(port) {
    await require("whatsapp-cloud-api").createBot("106540352242922", "t").startExpressServer({ port });
    return "/webhook/whatsapp";
  },
  async "whatsapp-business"(port) {
    const { WebhookClient } = require("whatsapp-business");
    new WebhookClient({ path: "/webhook", port, token: "v" }).initWebhook({});
    return "/webhook";
  },
  async "whatsapp-api-js"(port) {
    const { WhatsAppAPI } = await import("whatsapp-api-js/middleware/node-http");
    const api = new WhatsAppAPI({ token: "t", appSecret: "s", v: "v23.0" });
    http.createServer(async (req, res) => {
      res.statusCode = await api.handle_post(req);
      res.end();
    }).listen(port, "127.0.0.1");
    return "/";
  },
};
(async () => {
  for (const [name, start] of Object.entries(libraries)) {
    const port = await free(), path = await start(port), said = [];
    for (const n of [1, 1000]) {
      const body = delivery(n);
      for (let tries = 0; tries < 100; tries++) {
        try {
          const r = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", body,
            signal: AbortSignal.timeout(5000), headers: { "Content-Type": "application/json",
              "X-Hub-Signature-256": "sha256=" + createHmac("sha256", "s").update(body).digest("hex") } });
          said.push(`${n}: ${r.status}`);
          break;
        } catch {
          await new Promise(done => setTimeout(done, 100));
        }
      }
    }
    log(`${name}: ${said.join(", ")}`);
  }
  process.exit(0);
})();
JS
node --no-warnings try.cjs >seen 2>err || cat err
cat >expected <<'SEEN'
whatsapp-cloud-api: 1: 200, 1000: 413
whatsapp-business: 1: 200, 1000: 413
whatsapp-api-js: 1: 200, 1000: 200
SEEN
diff expected seen && echo "as found"
