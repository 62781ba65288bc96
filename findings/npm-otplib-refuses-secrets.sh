#!/bin/sh
# Secrets and codes of a second factor (TOTP), in the newest otplib beside otpauth.
#
# Guess:     a secret that authenticator apps have taken for years is taken: of 16 letters, or copied in
#            groups of four as pages show it; a wrong code is answered false; the code of the step before is
#            taken for a while.
# Source:    RFC 4226 section 4 R6 (128 bits at least, 160 recommended), RFC 6238 section 5.2 (one step of
#            delay is recommended); the 16 letters below are the example in the key URI format's own wiki.
# Versions:  otplib 13.5.0, otpauth 9.5.2, node 18 or later
# Behaviour: otplib throws for 16 letters (80 bits), for spaces, and for a code of another length; a code is
#            refused as soon as its 30 s are over. otpauth takes the first two.
# Seen:      see below
# Matters:   a program of a user's that signs in with a second factor. A secret of ours has to have 160 bits
#            (32 letters, no padding) to be taken by all; a code typed at second 29 has to be accepted at 31.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund otplib@13.5.0 otpauth@9.5.2 >/dev/null
cat >try.mjs <<'JS'
import { generateSync, verifySync } from "otplib";
import { Secret, TOTP } from "otpauth";

const short = "JBSWY3DPEHPK3PXP", long = short + short;
const grouped = long.replace(/(.{4})(?=.)/g, "$1 ");
const say = (what, f) => {
	let answer;
	try {
		answer = f();
	} catch (e) {
		answer = e.message.split(".")[0];
	}
	console.log(`${what}: ${JSON.stringify(answer)}`);
};

for (const [name, secret] of Object.entries({ long, short, grouped })) {
	say(`otplib, ${name}`, () => generateSync({ secret, epoch: 59 }));
	say(`otpauth, ${name}`, () => new TOTP({ secret:
		Secret.fromBase32(secret) }).generate({ timestamp: 59000 }));
}
const token = generateSync({ secret: long, epoch: 59 });
for (const epoch of [59, 61])
	say(`otplib, a code of second 59 at ${epoch}`,
		() => verifySync({ secret: long, token, epoch }).valid);
say("otplib, three digits",
	() => verifySync({ secret: long, token: "123", epoch: 59 }).valid);
JS
node try.mjs >seen
cat >expected <<'SEEN'
otplib, long: "503347"
otpauth, long: "503347"
otplib, short: "Secret must be at least 16 bytes (128 bits), got 10 bytes"
otpauth, short: "996554"
otplib, grouped: "Invalid Base32 string: Unknown letter \" \""
otpauth, grouped: "503347"
otplib, a code of second 59 at 59: true
otplib, a code of second 59 at 61: false
otplib, three digits: "Token must be 6 digits, got 3"
SEEN
diff expected seen && echo "as found"
