// Beside a conversation, when somebody looks: the customer's other conversations,
// the files of this one, what was done with it; and two contacts that become one.

import { api } from "./api.js";
import { dialog, el, fill } from "./dom.js";
import { nameOf, shortTime, whole } from "./format.js";
import { describe, kindIcon } from "./message.js";
import { button, form } from "./panel.js";
import { explain, t } from "./words.js";

const PAGE = 20;
const PAUSE = 250;      // ms without a key, before it is searched

// Which of them are open, also beside the next conversation.
const opened = new Set();

// A part that is read when it is opened, page after page.  READ(cursor): {rows,
// next}; DRAW(row): an element.
class Part {
  constructor(name, read, draw) {
    this.read = read;
    this.drawRow = draw;
    this.list = el("ul", { class: "part" });
    this.said = el("p", { class: "faint", role: "status" });
    this.more = button(t("more"), () => this.load(this.next), "link", t(name));
    this.more.hidden = true;
    this.element = el("details", { class: "part-of", open: opened.has(name), ontoggle: () => {
      opened[this.element.open ? "add" : "delete"](name);
      this.again();
    } }, el("summary", null, t(name)), this.list, this.said, this.more);
  }

  // From the beginning, where somebody sees it.
  again() {
    if (this.element.open)
      this.load(null);
  }

  async load(cursor) {
    const asked = this.asked = {};
    this.more.disabled = true;
    try {
      const { rows, next } = await this.read(cursor);
      if (asked !== this.asked)
        return;
      if (!cursor)
        fill(this.list);
      this.list.append(...rows.map(r => el("li", null, this.drawRow(r))));
      this.next = next;
      this.said.textContent = this.list.childElementCount || next ? "" : t("nothing_here");
    } catch (p) {
      if (asked === this.asked)
        this.said.textContent = explain(p);
    }
    this.more.hidden = !this.next;
    this.more.disabled = false;
  }
}

const page = (path, cursor) => api("GET", path + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""))
  .then(p => ({ rows: p.data, next: p.next_cursor }));

function otherRow(c) {
  return el("a", { href: "#/" + c.id, class: "other" }, el("bdi", null, nameOf(c)), " ",
    el("small", null, c.last_message_at ? shortTime(c.last_message_at) : "", c.state !== "open" && " · " + t("state_" + c.state)),
    el("span", { class: "cut", dir: "auto" }, c.last_message_preview || ""));
}

function fileRow(id, m) {
  const c = m.content || {};
  return el("div", { class: "other" }, el("a", { href: `#/${id}/${m.id}` }, kindIcon(m.type),
    el("bdi", null, c.filename || c.caption || t(m.type))), " ", el("small", null, shortTime(m.sent_at)), " ",
  !c.media_state && el("a", { href: `/api/v1/messages/${m.id}/media`, download: c.filename || "",
    "aria-label": `${t("download")}: ${c.filename || t(m.type)}` }, t("download")));
}

function historyRow(a) {
  const who = a.by?.name || t("source_command_line");
  return [el("span", { dir: "auto" }, a.kind === "note" ? `${who}: ${a.text}` : describe(a, who)), " ",
    el("small", null, whole(a.at))];
}

export class DetailsMore {
  constructor(model, id, signal) {
    const conversation = () => model.conversations.get(id);
    this.others = new Part("other_conversations", cursor => {
      const contact = conversation()?.contact;
      return contact ? page(`/contacts/${contact.id}/conversations?limit=${PAGE}`, cursor)
        .then(p => ({ ...p, rows: p.rows.filter(c => c.id !== id) })) : Promise.resolve({ rows: [], next: null });
    }, otherRow);
    this.files = new Part("files", before => api("GET", `/conversations/${id}/messages?files=true&limit=${PAGE}`
      + (before ? "&before=" + before : "")).then(p => ({ rows: p.data, next: p.next_before })), m => fileRow(id, m));
    this.history = new Part("history", cursor => page(`/conversations/${id}/activities?limit=${PAGE}`, cursor), historyRow);
    this.element = el("section", { class: "parts" }, this.others.element, this.files.element, this.history.element);
    model.listen("activity", a => a.conversation_id === id && this.history.again(), signal);
    model.listen("message", ({ message: m, isNew }) => isNew && m.conversation_id === id
      && ["image", "video", "audio", "document"].includes(m.type) && this.files.again(), signal);
  }

  // The conversation has another contact, or none.
  linked() {
    this.others.again();
  }
}

// A contact that is searched for: TAKE(contact) of the one that is chosen.
export function findContact(title, but, take) {
  const find = el("input", { type: "search", "aria-label": t("search"), placeholder: t("search") });
  const list = el("ul", { class: "templates" }), said = el("p", { role: "status" });
  const d = dialog(title, find, list, said);
  let timer = 0, asked;
  const read = async () => {
    const mine = asked = {};
    try {
      const q = find.value.trim();
      const { data } = await api("GET", `/contacts?limit=${PAGE}` + (q ? "&q=" + encodeURIComponent(q) : ""));
      if (mine !== asked)
        return;
      const rows = data.filter(k => k.id !== but);
      said.textContent = rows.length ? "" : t("nothing_found");
      fill(list, rows.map(k => el("li", null, el("button", { type: "button", onclick: () => {
        d.close();
        take(k);
      } }, el("bdi", null, k.name), " ", el("small", null, el("bdi", null, k.phone || k.user_id || ""))))));
    } catch (p) {
      if (mine === asked)
        said.textContent = explain(p);
    }
  };
  find.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE);
  });
  read();
  find.focus();
}

// Another contact of the same person becomes one with KEEP; of what both have
// somebody says which stays.
export function merge(keep, done) {
  findContact(t("merge_contact"), keep.id, async gone => {
    const both = key => keep[key] && gone[key] && keep[key] !== gone[key] ? [{ key, label: t(key === "phone" ? "phone" : "user_id"),
      choices: [[keep[key], keep[key]], [gone[key], gone[key]]] }] : [];
    const merged = await form(t("merge_contact"), [
      { key: "said", note: el("p", { dir: "auto" }, t("merge_really", { keep: keep.name, gone: gone.name })) },
      ...both("phone"), ...both("user_id")], t("merge_contact"),
    v => api("POST", `/contacts/${keep.id}/merge`, { contact_id: gone.id, ...(v.phone ? { phone: v.phone } : {}),
      ...(v.user_id ? { user_id: v.user_id } : {}) }));
    if (merged)
      done(merged);
  });
}
