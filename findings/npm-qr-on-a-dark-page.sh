#!/bin/sh
# The code of a second factor, drawn on a page that is dark, and who reads it.
#
# Guess:     light on dark is read as dark on light is, and a margin is nice to have: readers of 2026 try both
#            and look for the three squares, wherever they are.
# Source:    ISO/IEC 18004 has reversed reflectance as a form of the symbol, and asks for a quiet zone of four
#            modules of the light colour.
# Versions:  jsqr 1.4.0, @zxing/library 0.23.0, zxing-wasm 3.1.6 (zxing-cpp), qr 0.7.0, node-quirc 2.3.0 (quirc),
#            @undecaf/zbar-wasm 0.11.0 (zbar); the codes are drawn by qrcode 1.5.4 and pngjs 7.0.0.
# Behaviour: light on dark three of six do not read (ZXing's port, quirc, zbar).  Dark on white without a
#            margin, on a dark page, only zbar reads: none of the six takes both.  One white module around
#            is enough for all.
# Seen:      see below
# Matters:   a page that is dark by the device's wish draws such a code from its own colours if nobody thinks
#            of it, in both of the forms that are not read.  It is dark on white with its margin, always.
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund jsqr@1.4.0 @zxing/library@0.23.0 zxing-wasm@3.1.6 qr@0.7.0 \
    node-quirc@2.3.0 @undecaf/zbar-wasm@0.11.0 qrcode@1.5.4 pngjs@7.0.0 >/dev/null
cat >read.cjs <<'JS'
const fs = require("fs"), QR = require("qrcode"), { PNG } = require("pngjs");
const jsQR = require("jsqr"), Z = require("@zxing/library"), quirc = require("node-quirc");
const uri = "otpauth://totp/Shop:ann%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Shop";
const modules = QR.create(uri, { errorCorrectionLevel: "M" }).modules;

/** A page with the code in the middle; a module is 4 pixels wide. */
function draw({ dark, light, page, margin }) {
  const n = modules.size, around = margin + 10, w = (n + 2 * around) * 4;
  const png = new PNG({ width: w, height: w });
  for (let y = 0; y < w; y++)
    for (let x = 0; x < w; x++) {
      const a = (x >> 2) - around, b = (y >> 2) - around;
      const within = m => a >= -m && b >= -m && a < n + m && b < n + m;
      const c = within(0) ? (modules.get(b, a) ? dark : light) : within(margin) ? light : page;
      png.data.set([c, c, c, 255], (y * w + x) * 4);
    }
  return { data: new Uint8ClampedArray(png.data), w, file: PNG.sync.write(png) };
}

async function main() {
  const { readBarcodes, prepareZXingModule } = require("zxing-wasm/reader");
  const wasm = fs.readFileSync("node_modules/zxing-wasm/dist/reader/zxing_reader.wasm");
  prepareZXingModule({ overrides: { wasmBinary: new Uint8Array(wasm).buffer } });
  const zbar = await import("@undecaf/zbar-wasm"), qr = (await import("qr/decode.js")).default;
  const readers = {
    jsqr: p => jsQR(p.data, p.w, p.w)?.data,
    zxing: p => new Z.QRCodeReader().decode(new Z.BinaryBitmap(new Z.HybridBinarizer(
      new Z.RGBLuminanceSource(p.data.filter((_, i) => i % 4 == 0), p.w, p.w)))).getText(),
    "zxing-cpp": async p => (await readBarcodes(new Uint8Array(p.file)))[0]?.text,
    qr: p => qr({ width: p.w, height: p.w, data: p.data }),
    quirc: async p => String((await quirc.decode(p.file))[0]?.data),
    zbar: async p => (await zbar.scanRGBABuffer(p.data.slice().buffer, p.w, p.w))[0]?.decode(),
  };
  const forms = {
    "dark on white, margin of 4, page white": { dark: 0, light: 255, page: 255, margin: 4 },
    "dark on white, margin of 1, page dark": { dark: 0, light: 255, page: 17, margin: 1 },
    "dark on white, no margin, page dark": { dark: 0, light: 255, page: 17, margin: 0 },
    "light on dark, margin of 4, page dark": { dark: 230, light: 17, page: 17, margin: 4 },
  };
  for (const [form, how] of Object.entries(forms)) {
    const picture = draw(how), read = [];
    for (const [name, reader] of Object.entries(readers))
      try {
        if (await reader(picture) === uri)
          read.push(name);
      } catch { /* it says so when it finds none */ }
    console.log(`${form}: ${read.join(" ")}`);
  }
}
main();
JS
node read.cjs >seen 2>/dev/null
cat >expected <<'SEEN'
dark on white, margin of 4, page white: jsqr zxing zxing-cpp qr quirc zbar
dark on white, margin of 1, page dark: jsqr zxing zxing-cpp qr quirc zbar
dark on white, no margin, page dark: zbar
light on dark, margin of 4, page dark: jsqr zxing-cpp qr
SEEN
diff expected seen && echo "as found"
