#!/bin/sh
# A signed webhook of standardwebhooks.com, verified where a fetch handler has its headers.
#
# Guess:     verify() takes the Headers of a Request as it takes a plain object, and both packages of the same
#            people answer the same: the parsed body.
# Source:    standardwebhooks.com's specification, "Webhook headers" (HTTP headers, whatever their case); the
#            README of standardwebhooks, whose example hands the headers on; svix's 1.x answered the body.
# Versions:  standardwebhooks 1.1.1, svix 2.5.0, node 18 or later
# Behaviour: a Headers object has no own keys, so both say that the headers are missing, of a request that has
#            all three. Several signatures in one header are taken, also joined by a comma as fetch joins
#            headers of one name. svix 2 answers nothing where standardwebhooks answers the parsed body.
# Seen:      see below
# Matters:   who receives webhooks in Next.js, Hono or a worker holds a Headers: each webhook is refused, with an
#            error that says the sender forgot its headers. Object.fromEntries(request.headers) is what works,
#            and the body has to be parsed by oneself (JSON.parse rounds ids of 17 digits either way).
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund standardwebhooks@1.1.1 svix@2.5.0 >/dev/null
cat >try.js <<'JS'
const { createHmac, randomBytes } = require("crypto");
const key = randomBytes(32), now = String(Math.floor(Date.now() / 1000));
const body = '{"type":"message.created"}';
const signed = "v1," + createHmac("sha256", key)
	.update(`msg_1.${now}.${body}`).digest("base64");
const headers = (signature) => ({ "webhook-id": "msg_1",
	"webhook-timestamp": now, "webhook-signature": signature });

for (const name of ["standardwebhooks", "svix"]) {
	const { Webhook } = require(name);
	const webhook = new Webhook("whsec_" + key.toString("base64"));
	const say = (what, h) => {
		let answer;
		try {
			answer = JSON.stringify(webhook.verify(body, h));
		} catch (e) {
			answer = e.message;
		}
		console.log(`${name}, ${what}: ${answer}`);
	};

	say("plain object", headers(signed));
	say("Headers", new Headers(headers(signed)));
	say("Headers as an object",
		Object.fromEntries(new Headers(headers(signed))));
	say("two, joined by a comma", headers("v1,AAAA, " + signed));
}
JS
node try.js >seen
cat >expected <<'SEEN'
standardwebhooks, plain object: {"type":"message.created"}
standardwebhooks, Headers: Missing required headers
standardwebhooks, Headers as an object: {"type":"message.created"}
standardwebhooks, two, joined by a comma: {"type":"message.created"}
svix, plain object: undefined
svix, Headers: Missing required headers
svix, Headers as an object: undefined
svix, two, joined by a comma: undefined
SEEN
diff expected seen && echo "as found"
