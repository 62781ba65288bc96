// Opus in Ogg (RFC 7845) from what Chromium records, which is Opus in WebM: the
// packets are the same, and WhatsApp takes Ogg as a voice message.

const SERIAL = 0x77617370;
const PAGE_PACKETS = 50;        // a second of 20 ms packets
const PAGE_SEGMENTS = 255;      // of 255 bytes at most

const TABLE = Uint32Array.from({ length: 256 }, (_, i) => {
  let r = i << 24;
  for (let k = 0; k < 8; k++)
    r = r & 0x80000000 ? (r << 1) ^ 0x04c11db7 : r << 1;
  return r >>> 0;
});

function crc(bytes) {
  let r = 0;
  for (const b of bytes)
    r = ((r << 8) ^ TABLE[((r >>> 24) ^ b) & 0xff]) >>> 0;
  return r;
}

function segmentsOf(packet) {
  return Math.floor(packet.length / 255) + 1;
}

// A page of whole packets; FLAGS: 2 begins the stream, 4 ends it.
function page(packets, granule, sequence, flags) {
  const lacing = packets.flatMap(p =>
    [...Array(Math.floor(p.length / 255)).fill(255), p.length % 255]);
  const size = packets.reduce((n, p) => n + p.length, 0);
  const out = new Uint8Array(27 + lacing.length + size);
  const view = new DataView(out.buffer);
  out.set([0x4f, 0x67, 0x67, 0x53, 0, flags]);
  view.setBigInt64(6, BigInt(granule), true);
  view.setUint32(14, SERIAL, true);
  view.setUint32(18, sequence, true);
  out[26] = lacing.length;
  out.set(lacing, 27);
  let at = 27 + lacing.length;
  for (const p of packets) {
    out.set(p, at);
    at += p.length;
  }
  view.setUint32(22, crc(out), true);
  return out;
}

function head(channels) {
  const out = new Uint8Array(19), view = new DataView(out.buffer);
  out.set(new TextEncoder().encode("OpusHead"));
  out[8] = 1;
  out[9] = channels;
  view.setUint16(10, 312, true);        // of libopus: samples before the first
  view.setUint32(12, 48000, true);
  return out;
}

function tags() {
  const name = new TextEncoder().encode("waspool");
  const out = new Uint8Array(8 + 4 + name.length + 4), view = new DataView(out.buffer);
  out.set(new TextEncoder().encode("OpusTags"));
  view.setUint32(8, name.length, true);
  out.set(name, 12);
  return out;
}

// Samples at 48 kHz of a packet, by its first byte (RFC 6716, 3.1).
export function samples(packet) {
  const config = packet[0] >> 3, code = packet[0] & 3;
  const of = config < 12 ? [480, 960, 1920, 2880][config & 3]
    : config < 16 ? [480, 960][config & 1] : [120, 240, 480, 960][config & 3];
  return of * (code === 0 ? 1 : code === 3 ? packet[1] & 63 : 2);
}

// A number of EBML at AT, its marker taken off when it is a size.
function number(bytes, at, isSize) {
  let length = 1, mask = 0x80;
  while (length <= 8 && !(bytes[at] & mask)) {
    mask >>= 1;
    length++;
  }
  let value = isSize ? bytes[at] & (mask - 1) : bytes[at];
  let unknown = isSize && value === mask - 1;
  for (let i = 1; i < length; i++) {
    unknown &&= bytes[at + i] === 0xff;
    value = value * 256 + bytes[at + i];
  }
  return { value: unknown ? Infinity : value, next: at + length };
}

const MASTERS = new Set([0x18538067, 0x1f43b675, 0x1654ae6b, 0xae, 0xe1, 0xa0]);

// Opus packets of a WebM file with one track.
export function packetsOf(bytes) {
  const out = { packets: [], channels: 1 };
  const walk = (at, end) => {
    while (at < end) {
      const id = number(bytes, at, false), size = number(bytes, id.next, true);
      const last = Math.min(end, size.next + size.value);
      if (MASTERS.has(id.value))
        walk(size.next, last);
      else if (id.value === 0xa3 || id.value === 0xa1)  // SimpleBlock, Block
        out.packets.push(bytes.subarray(number(bytes, size.next, true).next + 3, last));
      else if (id.value === 0x9f)
        out.channels = bytes[size.next];
      at = last;
    }
  };
  walk(0, bytes.length);
  return out;
}

// The WebM file in BYTES as Ogg: a Blob.
export function oggOf(bytes) {
  const { packets, channels } = packetsOf(bytes);
  const pages = [page([head(channels)], 0, 0, 2), page([tags()], 0, 1, 0)];
  let granule = 0;
  let some = [], segments = 0;
  packets.forEach((p, i) => {
    const next = packets[i + 1], more = next ? segmentsOf(next) : 0;
    some.push(p);
    granule += samples(p);
    segments += segmentsOf(p);
    if (!next || some.length === PAGE_PACKETS || segments + more > PAGE_SEGMENTS) {
      pages.push(page(some, granule, pages.length, next ? 0 : 4));
      some = [];
      segments = 0;
    }
  });
  return new Blob(pages, { type: "audio/ogg; codecs=opus" });
}
