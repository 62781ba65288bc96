// A text as WhatsApp shows it: *bold*, _italic_, ~struck~, ```code```, links.
// Nothing of it is ever read as markup of the page.

import { el } from "./dom.js";

const MARKS = { "*": "strong", "_": "em", "~": "s" };
const LINK = /\bhttps?:\/\/[^\s<>"]+[^\s<>"'.,:;!?)\]}]|\bwww\.[^\s<>"]+\.[^\s<>"'.,:;!?)\]}]+/gu;
// A mark opens before a letter and not behind one, and closes the other way.
const MARKED = /(^|[^\p{L}\p{N}])([*_~])(?=\S)([^\n]*?\S)\2(?![\p{L}\p{N}])/u;
const LONG = 65536;

function links(text, out) {
  let at = 0;
  for (const m of text.matchAll(LINK)) {
    out.push(text.slice(at, m.index));
    out.push(el("a", { href: m[0].startsWith("http") ? m[0] : "https://" + m[0],
      target: "_blank", rel: "noopener noreferrer nofollow" }, m[0]));
    at = m.index + m[0].length;
  }
  out.push(text.slice(at));
}

function marks(text, out, deep) {
  const m = deep < 4 ? MARKED.exec(text) : null;
  if (!m)
    return links(text, out);
  const inner = [];
  links(text.slice(0, m.index) + m[1], out);
  marks(m[3], inner, deep + 1);
  out.push(el(MARKS[m[2]], null, inner));
  marks(text.slice(m.index + m[0].length), out, deep);
}

// The text as nodes and strings.
export function richText(text) {
  const out = [];
  if (text.length > LONG)
    return [text];
  text.split("```").forEach((part, i, all) => {
    if (i % 2 === 1 && i < all.length - 1)
      out.push(el("code", null, part));
    else
      part.split("\n").forEach((line, j) => {
        if (j > 0 || (i % 2 === 1 && i === all.length - 1))
          out.push(i % 2 === 1 && j === 0 ? "```" : "\n");
        marks(line, out, 0);
      });
  });
  return out;
}

// The text with PLACES marked, which count code points.
export function marked(text, places) {
  const points = Array.from(text), out = [];
  let at = 0;
  for (const p of places) {
    out.push(points.slice(at, p.start).join(""));
    out.push(el("mark", null, points.slice(p.start, p.start + p.length).join("")));
    at = p.start + p.length;
  }
  out.push(points.slice(at).join(""));
  return out;
}
