#!/bin/sh
# A delivery that speaks of two business numbers, taken apart by npm libraries.
#
# Guess:     each message goes with the phone_number_id of the change it came in: that is
#            what says to whom it was written, and from which number to answer.
# Source:    developers.facebook.com, WhatsApp webhooks, "messages": value.metadata belongs to
#            a change, and a delivery holds any number of entries and changes.
# Versions:  @kapso/whatsapp-cloud-api 0.3.0, whatsapp-business 1.7.2 (npm)
# Behaviour: kapso's normalizeWebhook makes one flat list of messages and one phoneNumberId,
#            which is that of the last change: a message to the first number is said to be
#            for the second.  Its "direction" is judged by the right one and stays right.
#            whatsapp-business gives each message its own metadata.
# Seen:      see below
# Matters:   numbers of one account are delivered together in rushes; with a workspace a
#            number, as in waspool, one team would read the other's customers.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . \
    @kapso/whatsapp-cloud-api@0.3.0 whatsapp-business@1.7.2 >/dev/null
cat >try.cjs <<'JS'
const change = (number, n) => ({ field: "messages", value: { messaging_product: "whatsapp",
  metadata: { display_phone_number: "1555078388" + n, phone_number_id: number },
  contacts: [{ profile: { name: "N" + n }, wa_id: "1650555000" + n }],
  messages: [{ from: "1650555000" + n, id: "wamid." + n, timestamp: "1764400000",
    type: "text", text: { body: "to " + number } }] } });
const body = { object: "whatsapp_business_account",
  entry: [{ id: "1", changes: [change("100", 1), change("200", 2)] }] };
const { normalizeWebhook } = require("@kapso/whatsapp-cloud-api/server");
const all = normalizeWebhook(structuredClone(body));
for (const m of all.messages)
  console.log("kapso:", m.text.body, "phoneNumberId", all.phoneNumberId,
    m.kapso?.direction);
const { webhookHandler } = require("whatsapp-business/dist/src/webhooks/helpers.js");
webhookHandler(body, { onMessageReceived: (m, contact, metadata) =>
  console.log("whatsapp-business:", m.text.body, "phone_number_id", metadata.phone_number_id) });
JS
node try.cjs >seen 2>err || cat err
cat >expected <<'SEEN'
kapso: to 100 phoneNumberId 200 inbound
kapso: to 200 phoneNumberId 200 inbound
whatsapp-business: to 100 phone_number_id 100
whatsapp-business: to 200 phone_number_id 200
SEEN
diff expected seen && echo "as found"
