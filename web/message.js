// One message as an element: what its type says (docs/openapi.yaml, Message),
// quotes, reactions, ticks, and what to do when it failed.

import { dialog, el, fill, icon, iconButton } from "./dom.js";
import { bytes, clock, duration, money, upright, whole } from "./format.js";
import { marked, richText } from "./rich_text.js";
import { t } from "./words.js";

const WIDEST = 600, HIGHEST = 340;      // pixels of a picture; as style.css has it

const KINDS = { image: "🖼", video: "🎬", audio: "🎤", document: "📄", sticker: "⭐",
  location: "📍", contacts: "👤", order: "🛒", call: "📞", template: "🗒" };

// What a row shows before the words, for those who see it.
export function kindIcon(type) {
  return KINDS[type] ? el("span", { class: "kind", "aria-hidden": "true" }, KINDS[type] + " ") : null;
}

// A label, with its colour before its name.
export function labelMark(label) {
  const dot = el("span", { class: "label-dot", "aria-hidden": "true" });
  dot.style.background = label.color || "currentColor";
  return el("span", { class: "mark label" }, dot, el("bdi", null, label.name));
}

// The ticks of a message of ours, with their word.
export function ticks(status) {
  const [text, kind] = {
    queued: ["🕓", "waiting"], sending: ["🕓", "waiting"], sent: ["✓", "sent"],
    delivered: ["✓✓", "sent"], read: ["✓✓", "read"], played: ["✓✓", "read"],
    failed: ["!", "failed"],
  }[status] || ["", ""];
  return text && el("span", { class: "ticks " + kind, title: t("status_" + status) },
    el("span", { "aria-hidden": "true" }, text),
    el("span", { class: "hidden" }, t("status_" + status) + " "));
}

function text(body) {
  return el("div", { class: "text", dir: "auto" }, richText(String(body ?? "")));
}

function missing(m) {
  const state = m.content.media_state;
  return el("p", { class: "missing" }, icon("file"), el("span", null,
    m.content.filename && [el("bdi", null, fileName(m)), " · "],
    m.direction === "outbound" && !state ? kindName(m.type) : t("media_" + (state || "missing"))));
}

function enlarge(m) {
  const image = el("img", { src: m.media_url, alt: m.content.caption || t("image") });
  dialog(t("image"), image, el("a", { class: "primary", href: m.media_url, download: "" },
    t("download"))).classList.add("picture");
}

function fileName(m) {
  return upright(m.content.filename || t(m.type));
}

// Room for what is not there yet: nothing moves when it comes.
function sized(e, { media_size: size }) {
  if (size) {
    const f = Math.min(1, WIDEST / size.width, HIGHEST / size.height);
    e.width = Math.round(size.width * f);
    e.height = Math.round(size.height * f);
  }
  return e;
}

const FILES = {
  image: m => el("button", { type: "button", class: "image", onclick: () => enlarge(m),
    "aria-label": t("enlarge") },
  sized(el("img", { src: m.media_url, alt: m.content.caption || t("image"), loading: "lazy",
    decoding: "async" }), m)),
  sticker: m => el("img", { class: "sticker", src: m.media_url, alt: t("sticker"),
    loading: "lazy" }),
  video: m => sized(el("video", { src: m.media_url, controls: true, preload: "metadata" }), m),
  audio: m => el("audio", { src: m.media_url, controls: true, preload: "metadata" }),
  document: m => el("a", { class: "document", href: m.media_url, download: fileName(m) },
    icon("file"), el("bdi", null, fileName(m)),
    m.content.size && el("small", null, bytes(m.content.size))),
};

function file(m) {
  const caption = m.content.caption;
  return [m.media_url ? FILES[m.type](m) : missing(m), caption && text(caption)];
}

function place(m) {
  const { latitude, longitude, name, address } = m.content;
  const at = `${latitude},${longitude}`;
  return el("a", { class: "card", target: "_blank", rel: "noopener noreferrer",
    href: "https://www.openstreetmap.org/?mlat=" + encodeURIComponent(latitude) + "&mlon="
      + encodeURIComponent(longitude) + "#map=16/" + at.replace(",", "/") },
  icon("place"), el("span", null, el("b", null, name || t("location")), el("br"),
    el("small", null, address || at)));
}

function cards(m, actions) {
  return (Array.isArray(m.content) ? m.content : m.content.contacts || []).map(c => {
    const name = c.name?.formatted_name || c.org?.company || t("contact");
    const phone = c.phones?.[0]?.phone;
    return el("div", { class: "card" }, icon("person"),
      el("span", null, el("b", null, el("bdi", null, name)),
        (c.phones || []).map(p => el("div", null, el("bdi", null, p.phone || p.wa_id || ""))),
        (c.emails || []).map(e => el("div", null, el("bdi", null, e.email || "")))),
      phone && actions.saveCard && el("button", { class: "link",
        onclick: () => actions.saveCard({ name, phone }) }, t("save")));
  });
}

// Members of a form's answers that say nothing to a person, and what Meta's editor
// puts around a name and before a choice.
const SILENT = ["flow_token", "id", "media_id", "sha256", "mime_type", "encryption_metadata", "cdn_url"];
const SCREEN = /^screen_\d+_/;

function answers(value, ofScreen) {
  if (value === null || typeof value !== "object")
    return [String(value ?? "")].filter(Boolean).map(s => ofScreen ? s.replace(/^\d+_(?=.)/s, "") : s);
  return Object.entries(value).flatMap(([key, v]) =>
    SILENT.includes(key) ? [] : answers(v, ofScreen || SCREEN.test(key)));
}

function fields(object) {
  return el("dl", { class: "fields" }, Object.entries(object).flatMap(([key, value]) => {
    const said = SILENT.includes(key) ? [] : answers(value, SCREEN.test(key));
    const name = SCREEN.test(key) ? key.replace(SCREEN, "").replace(/_\d+$/, "") : key;
    return said.length ? [el("dt", null, el("bdi", null, name.replace(/_/g, " "))),
      el("dd", { dir: "auto" }, said.join(", "))] : [];
  }));
}

// Its body is "Sent" in some language, whatever was answered; of an address it is
// the address.
function filledIn(form) {
  const { response } = form;
  if (form.name === "address_message" && form.body && form.body !== "Sent")
    return text(form.body);
  return [el("b", null, t("form")), Array.isArray(response) || typeof response !== "object"
    ? text(answers(response ?? form.response_json).join(", ")) : response && fields(response)];
}

function buttons(action) {
  const names = (action?.buttons || []).map(b => b.reply?.title || b.text)
    .concat((action?.sections || []).flatMap(s => (s.rows || []).map(r => r.title)))
    .concat(action?.parameters?.display_text || action?.parameters?.flow_cta || []);
  return names.filter(Boolean).map(n => el("div", { class: "choice" }, el("bdi", null, n)));
}

function interactive(m) {
  const c = m.content, form = c.nfm_reply;
  if (form)
    return filledIn(form);
  const payment = c.payment_method;
  if (payment)
    return [text([t("kind_payment"), payment.payment_method].filter(Boolean).join(": ")),
      payment.reference_id && el("small", null, el("bdi", null, payment.reference_id))];
  const answer = c.button_reply || c.list_reply;
  if (answer)
    return [text(answer.title), answer.description && el("small", null, answer.description)];
  if (c.call_permission_reply)
    return text(t(c.call_permission_reply.response === "accept" ? "call_allowed" : "call_refused"));
  return [c.header?.text && el("b", null, c.header.text), c.body && text(c.body.text),
    c.footer && el("small", null, c.footer.text), buttons(c.action)];
}

// With a total where all prices are numbers of one currency.
function order(m) {
  const items = m.content.product_items || [];
  const total = items.reduce((sum, i) => sum + Number(i.item_price) * Number(i.quantity), 0);
  const price = (n, currency) => Number.isFinite(n) ? money(n, currency) : "–";
  const adds = Number.isFinite(total) && items.every(i => i.currency && i.currency === items[0].currency);
  return [
    el("table", { class: "order" }, items.map(i => el("tr", null,
      el("td", null, i.quantity ?? "?", " ×"), el("td", null, el("bdi", null, i.product_retailer_id)),
      el("td", null, price(Number(i.item_price), i.currency)))),
    adds && items.length && el("tr", { class: "total" }, el("td"), el("td", null, t("total")),
      el("td", null, price(total, items[0].currency)))),
    m.content.text && text(m.content.text),
  ];
}

function call(m) {
  return el("p", { class: "card" }, icon("phone"), t("call_" + m.content.state),
    m.content.duration ? " " + duration(m.content.duration) : "");
}

const BODIES = {
  text: m => text(m.content.body),
  image: file, video: file, audio: file, document: file, sticker: file,
  location: place, contacts: cards, interactive, order, call,
  button: m => text(m.content.text || m.content.payload),
  template: m => m.content.text ? text(m.content.text)
    : el("p", null, t("template"), " ", el("b", null, m.content.name)),
  hsm: () => el("p", null, t("template")),
  request_welcome: () => el("p", null, t("kind_request_welcome")),
  system: m => text(m.content.body || t("system")),
  reaction: m => [el("small", null, t("reaction")), text(m.content.emoji)],
  media_placeholder: m => missing(m),
};

const SAME = { poll_creation: "poll", ptv: "video_note", call_log: "call", contact: "contacts", voice: "audio" };

// The provider's word of a type in the reader's language, if that is known.
function kindName(type) {
  const kind = "kind_" + (SAME[type] || type), plain = SAME[type] || type;
  if (t(kind) !== kind)
    return t(kind);
  return Object.hasOwn(BODIES, plain) ? t(plain) : type.replace(/_/g, " ");
}

// What no client of the provider's shows either.
function strange(m) {
  const type = String(m.content?.type || m.type);
  return el("p", { class: "missing" }, icon("info"), t("unsupported", {
    type: ["unknown", "unsupported", "errors"].includes(type) ? t("message") : kindName(type) }));
}

function body(m, actions) {
  if (m.revoked_at)
    return el("p", { class: "missing" }, t("deleted"));
  try {
    const shown = [(BODIES[m.type] || strange)(m, actions)].flat(Infinity).filter(Boolean);
    return shown.some(e => e.textContent || e.querySelector?.("*") || e.src) ? shown : strange(m);
  } catch {
    // No part of a stranger's message is certain.
    return strange(m);
  }
}

function quote(m, actions) {
  const wamid = m.context?.wamid || m.type === "reaction" && m.content.message_id;
  if (!wamid)
    return null;
  const quoted = actions.byWamid(wamid);
  return el("button", { type: "button", class: "quote", onclick: () => actions.jump(m, quoted) },
    el("span", { dir: "auto" }, quoted ? plain(quoted) : t("quoted")));
}

// One line of a message.
export function plain(m) {
  const c = m.content || {}, form = c.nfm_reply;
  if (m.revoked_at)
    return t("deleted");
  if (form)
    return [t("form"), answers(form.response ?? form.response_json).join(", ")].filter(Boolean).join(": ");
  return c.body?.text || (typeof c.body === "string" && c.body) || c.caption || c.filename || c.text
    || c.button_reply?.title || c.list_reply?.title || c.emoji || c.name
    || t(m.type in BODIES ? m.type : "message");
}

function reactions(m) {
  if (!m.reactions.length)
    return null;
  const counts = new Map();
  for (const r of m.reactions)
    counts.set(r.emoji, (counts.get(r.emoji) || 0) + 1);
  return el("div", { class: "reactions" }, [...counts].map(([emoji, n]) =>
    el("span", null, emoji, n > 1 ? " " + n : "")));
}

function failure(m, actions) {
  if (m.status !== "failed")
    return null;
  const e = m.error || {};
  return el("div", { class: "failure", role: "note" }, icon("warning"),
    el("span", null, el("b", null, t("not_sent")), " ",
      el("span", { dir: "auto" }, e.detail || e.title || "", e.code ? ` (${e.code})` : "")),
    actions.retry && el("button", { class: "link", onclick: () => actions.retry(m) }, t("retry")));
}

function referral(m) {
  const r = m.referral;
  return r && el("div", { class: "referral" }, el("small", null, t("from_ad")), " ",
    el("b", { dir: "auto" }, r.headline || r.body || r.source_id || ""));
}

function edits(m) {
  if (!m.edited_at)
    return null;
  const before = (m.edits || []).map(e => el("li", null,
    el("small", null, whole(e.at)), text(e.content.body || e.content.caption || "")));
  return el("button", { class: "link", type: "button", disabled: !before.length,
    onclick: () => dialog(t("edits"), el("ol", { class: "edits" }, before)) }, t("edited"));
}

// Fills LI with M; FOUND are the places of words that were searched.
export function drawMessage(li, m, actions, found) {
  const ours = m.direction === "outbound";
  const author = upright(m.sender_name || m.sender || "")
    || (ours ? m.sent_by ? m.sent_by.name : m.source !== "member" ? t("source_" + m.source) : "" : "");
  const time = m.sent_at || m.created_at;
  li.className = `message ${ours ? "ours" : "theirs"}`;
  li.dataset.type = m.type;
  li.dataset.id = m.id;
  fill(li, el("div", { class: "bubble" },
    author && el("div", { class: "author" }, el("bdi", null, author)),
    m.context?.forwarded && el("small", { class: "forwarded" }, t("forwarded")),
    referral(m), quote(m, actions),
    found ? el("div", { class: "text", dir: "auto" }, marked(found.text, found.places))
      : body(m, actions),
    reactions(m), failure(m, actions),
    m.waiting && el("small", { class: "waiting" }, t("waits")),
    el("div", { class: "foot" }, edits(m),
      el("time", { dateTime: time, title: whole(time) }, clock(time)), ours && ticks(m.status)),
    iconButton("more", t("actions"), e => actions.menu(m, e.currentTarget), { class: "icon-button menu" })));
  return li;
}

// A line of the audit trail, or a note.
export function drawActivity(li, a, actions) {
  const who = a.by ? a.by.name : t("nobody");
  const at = el("time", { dateTime: a.at, title: whole(a.at) }, clock(a.at));
  if (a.kind === "note") {
    li.className = "message note";
    fill(li, el("div", { class: "bubble" },
      el("div", { class: "author" }, icon("note"), t("note"), " · ", el("bdi", null, who)),
      text(a.text), el("div", { class: "foot" }, a.edited_at && t("edited"), at),
      actions.noteMenu && iconButton("more", t("actions"),
        e => actions.noteMenu(a, e.currentTarget), { class: "icon-button menu" })));
  } else {
    li.className = "line";
    fill(li, el("span", null, describe(a, who), " "), at);
  }
  return li;
}

export function describe(a, who) {
  switch (a.kind) {
  case "state":
    return t("did_" + a.state, { who, at: a.until ? whole(a.until) : "" });
  case "assigned":
    return a.assigned_to ? t("did_assign", { who, whom: a.assigned_to.name })
      : t("did_unassign", { who });
  case "team":
    return a.team ? t("did_assign", { who, whom: a.team.name }) : t("did_unassign", { who });
  case "label_added":
  case "label_removed":
    return t("did_" + a.kind, { who, label: a.label?.name || "" });
  case "blocked":
  case "unblocked":
  case "left":
    return t("did_" + a.kind, { who });
  case "contact":
    return t(a.contact_id ? "did_link" : "did_unlink", { who });
  default:
    return t("did_something", { who, what: a.kind });
  }
}
