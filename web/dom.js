// Elements without markup: what customers wrote is text, wherever it stands.

// el("a", {class: "row", href: "#", onclick: f, "aria-label": "x"}, child, …):
// null and false children are left out, texts become text nodes.
export function el(name, props, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(props || {}))
    if (value === undefined || value === null || value === false)
      continue;
    else if (key.startsWith("on"))
      e.addEventListener(key.slice(2), value);
    else if (key === "class")
      e.className = value;
    else if (key in e && typeof value !== "string")
      e[key] = value;
    else
      e.setAttribute(key, value === true ? "" : value);
  append(e, children);
  return e;
}

export function append(e, children) {
  for (const c of children.flat(Infinity))
    if (c !== null && c !== undefined && c !== false)
      e.append(c);
}

// Puts CHILDREN in the place of all that E has.
export function fill(e, ...children) {
  e.replaceChildren();
  append(e, children);
  return e;
}

const PATHS = {
  search: "M10 4a6 6 0 1 0 3.7 10.7l5 5 1.4-1.4-5-5A6 6 0 0 0 10 4zm0 2a4 4 0 1 1 0 8 4 4 0 0 1 0-8z",
  back: "M15 5l-7 7 7 7 1.5-1.5L11 12l5.5-5.500z",
  send: "M4 4l17 8-17 8 2-7 8-1-8-1z",
  attach: "M8 12V7a4 4 0 0 1 8 0v9a5.5 5.5 0 0 1-11 0V8h2v8a3.5 3.5 0 0 0 7 0V7a2 2 0 0 0-4 0v8h-2z",
  template: "M4 4h16v16H4zm2 2v12h12V6zm2 2h8v2H8zm0 4h8v2H8z",
  note: "M5 3h14v12l-6 6H5zm2 2v14h5v-5h5V5z",
  more: "M12 5a1.6 1.6 0 1 1 0 3.200A1.6 1.6 0 0 1 12 5zm0 5.400a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.200zm0 5.400a1.6 1.6 0 1 1 0 3.2 1.6 1.6 0 0 1 0-3.200z",
  close: "M6 4.600L12 10.6 18 4.6 19.4 6 13.4 12 19.4 18 18 19.4 12 13.4 6 19.4 4.6 18 10.6 12 4.6 6z",
  check: "M9 16.200L4.8 12l-1.4 1.400L9 19 21 7l-1.4-1.400z",
  clock: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zm-1 2v6l4.5 2.5 1-1.7-3.5-2V7z",
  person: "M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM4 20c0-4 4-6 8-6s8 2 8 6z",
  info: "M11 10h2v7h-2zm0-3h2v2h-2zm1-4a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14z",
  reply: "M10 6v4c7 0 10 4 11 9-2.5-3.5-6-5-11-5v4l-7-6z",
  file: "M6 3h8l5 5v13H6zm2 2v14h9V9h-4V5z",
  play: "M7 5v14l11-7z",
  mic: "M12 3a3 3 0 0 0-3 3v6a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11v1a6 6 0 0 0 5 5.900V21h2v-3.100A6 6 0 0 0 18 12v-1h-2v1a4 4 0 0 1-8 0v-1z",
  stop: "M7 7h10v10H7z",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18zm0 2a7 7 0 1 1 0 14 7 7 0 0 1 0-14zM8.5 9h2v2h-2zm5 0h2v2h-2zM8 13.500h8a4 4 0 0 1-8 0z",
  place: "M12 3a6 6 0 0 0-6 6c0 4 6 12 6 12s6-8 6-12a6 6 0 0 0-6-6zm0 4a2 2 0 1 1 0 4 2 2 0 0 1 0-4z",
  phone: "M7 3h3l1.5 5-2 1.300a11 11 0 0 0 5.2 5.200L16 12.5 21 14v3c0 2-1.5 3-3 3C11 20 4 13 4 6c0-1.5 1-3 3-3z",
  warning: "M12 3l10 18H2zm-1 7v5h2v-5zm0 6.500v2h2v-2z",
  settings: "M4 7h9v2H4zm13 0h3v2h-3zm-4-2h4v6h-4zM4 15h3v2H4zm7 0h9v2h-9zm-4-2h4v6H7z",
  bell: "M12 3a6 6 0 0 0-6 6v5l-2 3h16l-2-3V9a6 6 0 0 0-6-6zm-2 16a2 2 0 0 0 4 0z",
};

// A picture of PATHS, which says nothing to a screen reader: who uses it says
// what it means beside it.
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const path = document.createElementNS(space, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A button that shows a picture only.
export function iconButton(name, label, onclick, props) {
  return el("button", { type: "button", class: "icon-button", "aria-label": label,
    title: label, onclick, ...props }, icon(name));
}

// A dialog that is gone when it is closed.
export function dialog(title, ...children) {
  const heading = el("h2", null, title);
  const d = el("dialog", { "aria-label": title }, heading, children);
  d.addEventListener("close", () => d.remove());
  d.addEventListener("click", e => { if (e.target === d) d.close(); });
  document.body.append(d);
  d.showModal();
  return d;
}

const toasts = el("div", { class: "toasts", role: "status" });

// A sentence for a moment, read out as well.
export function toast(text, isBad) {
  if (!toasts.isConnected)
    document.body.append(toasts);
  const t = el("p", { class: isBad ? "toast bad" : "toast" }, text);
  toasts.append(t);
  setTimeout(() => t.remove(), isBad ? 9000 : 4000);
}
