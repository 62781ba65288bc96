#!/bin/sh
# The name that a library gives a file of WhatsApp's, and the type that it has on its way back.
#
# Guess:     ogg, m4a, aac, amr, mp3, 3gp, webp and vcf, the names on people's disks; and every
#            table of types knows them, so what came in as audio/aac can be sent as that.
# Source:    developers.facebook.com, WhatsApp Cloud API, "Supported media types"; IANA's media
#            types (RFC 4337 audio/mp4, RFC 7845 .ogg and .opus, RFC 3003 audio/mpeg).
# Versions:  npm mime 4.1.0 and 1.6.0 (under send and express), mime-types 3.0.2 and 2.1.35; the
#            tables of nginx 1.22.1-9+deb12u11, Debian's media-types 10.0.0 and libpython3.11
#            3.11.2-6+deb12u9 (its own table).
# Behaviour: audio/ogg becomes oga, audio/mpeg mpga, audio/aac adts or has no name at all, as
#            audio/amr has with mime 1.6.0.  nginx knows none of oga, opus, mpga, adts, aac, amr
#            and vcard, and calls m4a audio/x-m4a.  Python calls 3gp a sound, and by itself knows
#            no ogg, m4a, amr and webp.
# Seen:      see below; "back" is what the three tables, in that order, say of the name
# Matters:   a file that is sent by link has the type that its server says: from nginx an opus,
#            aac or amr is application/octet-stream, and the provider refuses it after the message
#            was taken.  An upload under such a type is 415.  Keep mime_type beside the file.
#            waspool's names are its own table's, ogg, mp3 and aac.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm install --silent --no-audit --no-fund --ignore-scripts --prefix . mime@4.1.0 \
    m1@npm:mime@1.6.0 mime-types@3.0.2 m2@npm:mime-types@2.1.35 >/dev/null
apt-get download nginx-common=1.22.1-9+deb12u11 media-types=10.0.0 \
    libpython3.11-minimal=3.11.2-6+deb12u9 libpython3.11-stdlib=3.11.2-6+deb12u9 >/dev/null 2>&1
for deb in *.deb; do
	dpkg-deb -x "$deb" root
done
cat >try.mjs <<'JS'
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import mime4 from "mime";
import mime1 from "m1";
import types3 from "mime-types";
import types2 from "m2";

const table = (path, last) => {
  const types = {};
  for (const line of fs.readFileSync(path, "utf8").split("\n")) {
    const words = line.replace(/[;#].*/, "").trim().split(/\s+/);
    for (const name of words.slice(1)) types[name] = words[0].toLowerCase();
  }
  return name => types[name] ?? "-";
};
const python = name => execFileSync("python3", ["-S", "-c", `
import importlib.util
spec = importlib.util.spec_from_file_location("m", "root/usr/lib/python3.11/mimetypes.py")
m = importlib.util.module_from_spec(spec)
spec.loader.exec_module(m)
m.knownfiles = []
m.init()
print(m.guess_type("x.${name}")[0] or "-", end="")`]).toString();
const back = [table("root/etc/nginx/mime.types"), table("root/etc/mime.types"), python];
for (const type of ["audio/ogg", "audio/mp4", "audio/aac", "audio/amr", "audio/mpeg", "video/3gpp",
  "image/webp", "text/vcard"]) {
  const names = [mime4.getExtension(type), mime1.extension(type), types3.extension(type),
    types2.extension(type)].map(name => name || "-");
  console.log(`${type}: ${names.join(" ")}`);
  for (const name of new Set(names))
    if (name !== "-") console.log(`  ${name} back: ${back.map(f => f(name)).join(" ")}`);
}
for (const name of ["ogg", "opus", "mp3", "aac"])
  console.log(`${name}: ${back.map(f => f(name)).join(" ")}`);
JS
node try.mjs >seen
cat >expected <<'SEEN'
audio/ogg: oga oga oga oga
  oga back: - audio/ogg -
audio/mp4: m4a m4a m4a m4a
  m4a back: audio/x-m4a audio/mp4 -
audio/aac: adts - adts -
  adts back: - audio/aac audio/aac
audio/amr: amr - amr amr
  amr back: - audio/amr -
audio/mpeg: mpga mpga mpga mpga
  mpga back: - audio/mpeg -
video/3gpp: 3gp 3gp 3gp 3gp
  3gp back: video/3gpp - audio/3gpp
image/webp: webp webp webp webp
  webp back: image/webp image/webp -
text/vcard: vcard vcard vcard vcard
  vcard back: - text/vcard -
ogg: audio/ogg audio/ogg -
opus: - audio/ogg audio/opus
mp3: audio/mpeg audio/mpeg audio/mpeg
aac: - audio/aac audio/aac
SEEN
diff expected seen && echo "as found"
