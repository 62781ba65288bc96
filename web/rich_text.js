// A text as WhatsApp shows it: *bold*, _italic_, ~struck~, `code`, ```code```, links.
// Nothing of it is ever read as markup of the page.

import { el } from "./dom.js";

const MARKS = { "*": "strong", "_": "em", "~": "s", "`": "code" };
const LINK = /\bhttps?:\/\/[^\s<>"]+[^\s<>"'.,:;!?)\]}]|\bwww\.[^\s<>"]+\.[^\s<>"'.,:;!?)\]}]+/gu;
// A mark opens before a letter and not behind one, and closes the other way.
const OPEN = /(?<![\p{L}\p{N}])[*_~`](?=\S)/gu;
const CLOSE = { "*": /(?<=\S)\*(?![\p{L}\p{N}])/gu, "_": /(?<=\S)_(?![\p{L}\p{N}])/gu,
  "~": /(?<=\S)~(?![\p{L}\p{N}])/gu, "`": /(?<=\S)`(?![\p{L}\p{N}])/gu };
const DEEP = 4;         // marks within marks
const LONG = 65536;

function links(text, out, bare) {
  let at = 0;
  if (bare)
    return out.push(text);
  for (const m of text.matchAll(LINK)) {
    out.push(text.slice(at, m.index));
    out.push(el("a", { href: m[0].startsWith("http") ? m[0] : "https://" + m[0],
      target: "_blank", rel: "noopener noreferrer nofollow" }, m[0]));
    at = m.index + m[0].length;
  }
  out.push(text.slice(at));
}

// Where MARK is closed in TEXT, from AT on, or -1.
function closing(mark, text, at) {
  CLOSE[mark].lastIndex = at;
  return CLOSE[mark].exec(text)?.index ?? -1;
}

// A line.  What nothing closes is not looked for again, so that a long one takes
// no longer than its length.
function marks(text, out, deep, bare) {
  const open = new Set();
  let at = 0;
  for (const { 0: mark, index } of deep < DEEP ? text.matchAll(OPEN) : []) {
    if (index < at || open.has(mark))
      continue;
    const end = closing(mark, text, index + 2), inner = [];
    if (end === -1) {
      open.add(mark);
      continue;
    }
    links(text.slice(at, index), out, bare);
    if (mark === "`")
      inner.push(text.slice(index + 1, end));
    else
      marks(text.slice(index + 1, end), inner, deep + 1, bare);
    out.push(el(MARKS[mark], null, inner));
    at = end + 1;
  }
  links(text.slice(at), out, bare);
}

// The text as nodes and strings.
export function richText(text) {
  const out = [];
  if (text.length > LONG)
    return [text];
  text.split("```").forEach((part, i, all) => {
    if (i % 2 === 1 && i < all.length - 1)
      out.push(el("code", { class: part.includes("\n") && "block" }, part.replace(/^\n|\n$/g, "")));
    else
      part.split("\n").forEach((line, j) => {
        if (j > 0 || (i % 2 === 1 && i === all.length - 1))
          out.push(i % 2 === 1 && j === 0 ? "```" : "\n");
        marks(line, out, 0);
      });
  });
  return out;
}

// A line of a list: marks, but nothing to be clicked.
export function richLine(text) {
  const out = [];
  text.split("```").forEach((part, i, all) => {
    if (i % 2 === 1 && i < all.length - 1)
      out.push(el("code", null, part.trim()));
    else
      marks(i % 2 === 1 ? "```" + part : part, out, 0, true);
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
