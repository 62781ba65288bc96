// A menu at a button: arrows, Escape, and a click outside close it.

import { el } from "./dom.js";

// ITEMS: {text, run} or {text, href}, {row: items beside each other}, or
// nothing.
export function menu(anchor, items) {
  const item = i => i.href
    ? el("a", { role: "menuitem", href: i.href, download: "", onclick: () => m.hidePopover() }, i.text)
    : el("button", { type: "button", role: "menuitem", "aria-label": i.label, class: i.chosen ? "chosen" : "",
      onclick: () => { m.hidePopover(); i.run(); } }, i.text);
  const m = el("div", { class: "menu-list", role: "menu", popover: "auto" },
    items.filter(Boolean).map(i => i.row ? el("div", { class: "menu-row" }, i.row.map(item)) : item(i)));
  m.addEventListener("toggle", e => {
    if (e.newState === "closed") {
      m.remove();
      anchor.isConnected && anchor.focus();
    }
  });
  m.addEventListener("keydown", e => {
    const all = [...m.querySelectorAll("[role=menuitem]")], at = all.indexOf(document.activeElement);
    const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[e.key];
    if (!step)
      return;
    e.preventDefault();
    all[(at + step + all.length) % all.length].focus();
  });
  // Not in what is drawn anew when something changes.
  (anchor.closest("dialog, main") || anchor.closest("section") || document.body).append(m);
  m.showPopover();
  const a = anchor.getBoundingClientRect(), b = m.getBoundingClientRect();
  m.style.left = Math.max(8, Math.min(a.left, innerWidth - b.width - 8)) + "px";
  m.style.top = (a.bottom + b.height + 8 > innerHeight ? Math.max(8, a.top - b.height) : a.bottom) + "px";
  m.querySelector("[role=menuitem]")?.focus();
  return m;
}
