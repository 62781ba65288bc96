// A text as a QR code (ISO/IEC 18004): its bytes, corrected at level M, in the
// smallest of versions 1 to 15, which hold 412 bytes.

// Of each version: bytes of correction in a block, and how many blocks.
const CHECKS = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10];
const MASKS = [
  (x, y) => (x + y) % 2, (x, y) => y % 2, x => x % 3, (x, y) => (x + y) % 3,
  (x, y) => ((x / 3 | 0) + (y / 2 | 0)) % 2, (x, y) => x * y % 2 + x * y % 3,
  (x, y) => (x * y % 2 + x * y % 3) % 2, (x, y) => ((x + y) % 2 + x * y % 3) % 2,
];
const QUIET = 4;        // modules around it

// The field of 256 elements in which Reed and Solomon's code calculates.
const POWER = [], LOG = [];
for (let i = 0, x = 1; i < 255; i++) {
  POWER[i] = POWER[i + 255] = x;
  LOG[x] = i;
  x = x << 1 ^ (x & 128 ? 0x11d : 0);
}

function times(a, b) {
  return a && b ? POWER[LOG[a] + LOG[b]] : 0;
}

// N bytes by which DATA can be corrected: what is left of it, divided.
function checksOf(data, n) {
  let divisor = [1];
  for (let i = 0; i < n; i++)
    divisor = [...divisor, 0].map((c, j) => c ^ times(divisor[j - 1], POWER[i]));
  const left = [...data, ...Array(n).fill(0)];
  data.forEach((_, i) => {
    const factor = left[i];
    divisor.forEach((c, j) => { left[i + j] ^= times(c, factor); });
  });
  return left.slice(data.length);
}

// VALUE of LENGTH bits and what is left of it, divided by DIVISOR.
function withRest(value, divisor, length) {
  let rest = value << length;
  for (let bit = 31; bit >= length; bit--)
    if (rest >>> bit & 1)
      rest ^= divisor << bit - length;
  return value << length | rest;
}

// A grid of VERSION in which what stands in every code is drawn: 0, 1, and
// undefined where there is room.
function frame(version) {
  const size = 17 + 4 * version, grid = Array.from({ length: size }, () => Array(size));
  const square = (x, y, radius, is) => {
    for (let i = -radius; i <= radius; i++)
      for (let j = -radius; j <= radius; j++)
        if (x + i >= 0 && x + i < size && y + j >= 0 && y + j < size)
          grid[y + j][x + i] = is(Math.max(Math.abs(i), Math.abs(j)));
  };
  for (let i = 0; i < size; i++)
    grid[6][i] = grid[i][6] = 1 - i % 2;
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]])
    square(x, y, 4, d => Number(d !== 2 && d !== 4));
  if (version > 1) {
    const n = Math.floor(version / 7) + 2, at = [6];
    const step = 2 * Math.ceil((size - 13) / (2 * n - 2));
    for (let i = n - 2; i >= 0; i--)
      at.push(size - 7 - i * step);
    for (const x of at)
      for (const y of at)
        if (![[6, 6], [6, size - 7], [size - 7, 6]].some(([a, b]) => a === x && b === y))
          square(x, y, 2, d => Number(d !== 1));
  }
  if (version > 6)
    for (let i = 0, bits = withRest(version, 0x1f25, 12); i < 18; i++)
      grid[i / 3 | 0][size - 11 + i % 3] = grid[size - 11 + i % 3][i / 3 | 0] = bits >> i & 1;
  form(grid, 0);
  return grid;
}

// Which mask is on it, twice; level M is 0.
function form(grid, mask) {
  const size = grid.length, bits = withRest(mask, 0x537, 10) ^ 0x5412;
  for (let i = 0; i < 15; i++) {
    const bit = bits >> i & 1;
    grid[i < 6 ? i : i < 8 ? i + 1 : 8][i < 8 ? 8 : i < 9 ? 7 : 14 - i] = bit;
    grid[i < 8 ? 8 : size - 15 + i][i < 8 ? size - 1 - i : 8] = bit;
  }
  grid[size - 8][8] = 1;
}

// Where there is room in GRID, in the order in which bits stand.
function room(grid) {
  const size = grid.length, places = [];
  for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6)
      right--;
    for (let i = 0; i < size; i++)
      for (const x of [right, right - 1])
        if (grid[up ? size - 1 - i : i][x] === undefined)
          places.push([x, up ? size - 1 - i : i]);
  }
  return places;
}

// BYTES as LENGTH bytes with their head, in blocks, with what corrects them.
function codewords(bytes, version, length) {
  const n = BLOCKS[version - 1], checks = CHECKS[version - 1], data = length - n * checks;
  const bits = [[4, 4], [bytes.length, version < 10 ? 8 : 16], ...[...bytes].map(b => [b, 8])]
    .map(([value, size]) => value.toString(2).padStart(size, "0")).join("");
  if (bits.length > data * 8)
    return null;
  const all = (bits + "0000").slice(0, data * 8).match(/.{1,8}/g).map(b => parseInt(b.padEnd(8, "0"), 2));
  for (let i = 0; all.length < data; i++)
    all.push(i % 2 ? 0x11 : 0xec);
  const blocks = [];
  for (let i = 0, at = 0; i < n; i++) {
    const end = at + Math.floor(data / n) + (i >= n - data % n);
    blocks.push(all.slice(at, end));
    at = end;
  }
  const inTurn = lists => lists.at(-1).flatMap((_, i) => lists.flatMap(l => i < l.length ? [l[i]] : []));
  return [...inTurn(blocks), ...inTurn(blocks.map(b => checksOf(b, checks)))];
}

// How hard GRID is to read: long runs, squares, what looks like a corner, and
// more of one colour.
function badness(grid) {
  const size = grid.length, columns = grid[0].map((_, x) => grid.map(row => row[x]));
  let bad = 0, dark = 0;
  for (const line of [...grid, ...columns]) {
    const text = line.join("");
    for (const run of text.match(/0{5,}|1{5,}/g) || [])
      bad += run.length - 2;
    bad += 40 * (text.match(/(?=00001011101|10111010000)/g) || []).length;
  }
  grid.forEach((row, y) => row.forEach((cell, x) => {
    dark += cell;
    if (x && y && [grid[y - 1][x], row[x - 1], grid[y - 1][x - 1]].every(c => c === cell))
      bad += 3;
  }));
  return bad + 10 * Math.floor(Math.abs(dark / size / size - .5) * 20);
}

// The rows of TEXT's code, of 0 and 1; null when it is too long.
export function qr(text) {
  const bytes = new TextEncoder().encode(text);
  for (let version = 1; version <= CHECKS.length; version++) {
    const grid = frame(version), places = room(grid);
    const words = codewords(bytes, version, places.length >> 3);
    if (!words)
      continue;
    const masked = MASKS.map((mask, n) => {
      const one = grid.map(row => [...row]);
      places.forEach(([x, y], i) => {
        one[y][x] = (words[i >> 3] >> 7 - i % 8 & 1) ^ !mask(x, y);
      });
      form(one, n);
      return one;
    });
    return masked.reduce((best, one) => badness(one) < badness(best) ? one : best);
  }
  return null;
}

// TEXT's code as a picture called LABEL, dark on light whatever the page's colours
// are, since not every camera reads it the other way round; null when it is too long.
export function qrPicture(text, label) {
  const rows = qr(text), space = "http://www.w3.org/2000/svg";
  if (!rows)
    return null;
  const make = (name, attributes) => {
    const e = document.createElementNS(space, name);
    for (const [key, value] of Object.entries(attributes))
      e.setAttribute(key, value);
    return e;
  };
  const side = rows.length + 2 * QUIET;
  const svg = make("svg", { class: "qr", role: "img", "aria-label": label, viewBox: `0 0 ${side} ${side}`,
    "shape-rendering": "crispEdges" });
  const dark = rows.map((row, y) => row.map((cell, x) => cell
    ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "").join("")).join("");
  svg.append(make("rect", { width: side, height: side, fill: "#fff" }), make("path", { d: dark, fill: "#000" }));
  return svg;
}
