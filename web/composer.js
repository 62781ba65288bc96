// Where an answer is written: text with WhatsApp's marks, files, a recorded
// voice message, templates, canned replies by "/", private notes.

import { api, ask, newKey, now } from "./api.js";
import { el, fill, icon, iconButton, toast } from "./dom.js";
import { plain } from "./message.js";
import { menu } from "./menu.js";
import { nameOf, span, whole } from "./format.js";
import { forget, keep, kept } from "./unsent.js";
import { t } from "./words.js";

const KEEP_AFTER = 700;         // ms without a key
const TYPING_EVERY = 20000;
const ANSWERING_EVERY = 7000;   // colleagues see it for ten seconds

const forms = () => import("./forms.js");

export class Composer {
  constructor(model, conversation, signal) {
    this.model = model;
    this.thread = conversation;
    this.id = conversation.id;
    this.signal = signal;
    this.isNote = false;
    this.other = "";            // what is written in the other of the two: note, answer
    this.answers = null;
    this.area = el("textarea", { rows: "1", dir: "auto", "aria-label": t("write"),
      placeholder: t("write"), enterKeyHint: "send", maxLength: 4096 });
    this.quote = el("div", { class: "quoting", hidden: true });
    this.said = el("p", { class: "composer-said", role: "status" });
    this.offers = el("ul", { class: "offers", role: "listbox", hidden: true });
    this.file = el("input", { type: "file", multiple: true, hidden: true,
      onchange: () => { this.files([...this.file.files]); this.file.value = ""; } });
    this.noteButton = iconButton("note", t("write_note"), () => this.setNote(!this.isNote),
      { "aria-pressed": "false" });
    this.sendButton = iconButton("send", t("send"), () => this.submit(), { class: "icon-button send" });
    this.micButton = iconButton("mic", t("record"), () => this.record());
    this.templateButton = iconButton("template", t("template"), () => this.template());
    this.tools = el("div", { class: "tools" },
      iconButton("attach", t("attach"), e => this.attach(e.currentTarget)),
      iconButton("smile", t("emoji"), e => this.emoji(e.currentTarget)),
      this.templateButton, this.noteButton);
    this.element = el("form", { class: "composer", "aria-label": t("write") },
      this.quote, this.offers, this.said,
      el("div", { class: "composer-row" }, this.tools, this.area, this.file,
        this.micButton, this.sendButton));
    this.element.addEventListener("submit", e => { e.preventDefault(); this.submit(); });
    this.area.addEventListener("input", () => this.changed());
    new ResizeObserver(() => this.grow()).observe(this.element);
    this.area.addEventListener("keydown", e => this.key(e));
    this.area.addEventListener("paste", e => this.paste(e));
    const thread = conversation.element;
    thread.addEventListener("dragover", e => e.preventDefault(), { signal });
    thread.addEventListener("drop", e => {
      e.preventDefault();
      this.files([...e.dataTransfer.files]);
    }, { signal });
    model.listen("conversation", c => c.id === this.id && this.window(c), signal);
    model.listen("draft", e => e.id === this.id && this.heard(e.draft), signal);
    signal.addEventListener("abort", () => this.leave());
    this.version = 0;           // of the draft that is kept
    this.load();
    if (model.notes.has(this.id)) {
      this.other = model.notes.get(this.id);
      model.notes.delete(this.id);
      this.setNote(true);
    } else
      this.findNote();
    this.window(model.conversations.get(this.id));
    const minutes = setInterval(() => this.window(this.model.conversations.get(this.id)), 30000);
    signal.addEventListener("abort", () => clearInterval(minutes));
  }

  // What is written stays: an answer as a draft, a note on this computer.
  leave() {
    this.keep();
    this.answering(false);
    const note = this.keepNote();
    if (note)
      this.model.notes.set(this.id, note);
  }

  here(what) {
    return `${this.model.owner}/${this.id}/${what}`;
  }

  keepHere(what, text) {
    return keep({ key: this.here(what), owner: this.model.owner, text, version: this.version });
  }

  // The note that is written, unless an older one is changed.
  keepNote() {
    clearTimeout(this.keepingNote);
    const note = this.isNote ? this.area.value : this.other;
    if (this.edited || note === (this.keptNote || ""))
      return note.trim() && !this.edited ? note : "";
    this.keptNote = note;
    if (note.trim())
      this.keepHere("note", note);
    else
      forget(this.here("note"));
    return note.trim() ? note : "";
  }

  async findNote() {
    const row = await kept(this.here("note"), this.model.owner);
    if (!row || this.isNote || this.other || this.signal.aborted)
      return;
    this.other = this.keptNote = row.text;
    if (!this.area.value)
      this.setNote(true);
  }

  focus() {
    this.area.focus();
  }

  // Whether anything may be sent now, and until when.
  window(c) {
    if (!c)
      return;
    const closed = !c.window.open || Date.parse(c.window.expires_at) < now();
    const blocked = c.block && ["blocking", "blocked", "unblocking"].includes(c.block.state);
    this.closed = closed;
    this.element.classList.toggle("closed", (closed || blocked) && !this.isNote);
    this.area.disabled = this.sendButton.disabled = this.micButton.disabled
      = (closed || blocked) && !this.isNote;
    this.templateButton.disabled = Boolean(blocked);
    const left = Date.parse(c.window.expires_at) - now();
    const sentence = this.isNote ? t("note_is_private") : blocked ? t("is_blocked")
      : closed ? t("window_closed") : left < 3600000 * 2 ? t("window_closes", { left: span(left),
        at: whole(c.window.expires_at) }) : "";
    if (this.said.textContent !== sentence)
      fill(this.said, sentence, closed && !blocked && !this.isNote
        && el("button", { class: "link", type: "button", onclick: () => this.template() }, t("choose_template")));
  }

  get answer() {
    return this.isNote ? this.other : this.area.value;
  }

  set answer(text) {
    if (this.isNote)
      this.other = text;
    else {
      this.area.value = text;
      this.grow();
    }
  }

  // A note and an answer are two texts: neither becomes the other.
  setNote(on) {
    if (on !== this.isNote) {
      [this.area.value, this.other] = [this.other, this.area.value];
      this.offers.hidden = true;
      if (!on && this.edited) {
        this.edited = null;
        this.other = "";
      }
    }
    this.isNote = on;
    this.element.classList.toggle("noting", on);
    this.noteButton.setAttribute("aria-pressed", String(on));
    this.area.placeholder = t(on ? "write_note" : "write");
    this.area.setAttribute("aria-label", this.area.placeholder);
    this.window(this.model.conversations.get(this.id));
    this.grow();
    this.focus();
  }

  reply(m) {
    this.answers = m;
    this.quote.hidden = !m;
    if (m)
      fill(this.quote, icon("reply"), el("span", { dir: "auto" }, plain(m)),
        iconButton("close", t("cancel"), () => this.reply(null)));
    this.focus();
  }

  editNote(a) {
    this.setNote(true);
    this.edited = a;
    this.area.value = a.text;
    this.grow();
  }

  // As high as what is written; once it stands in the page.
  grow() {
    this.area.style.height = "auto";
    this.area.style.height = Math.min(this.area.scrollHeight + 2, innerHeight * 0.4) + "px";
    this.area.style.overflowY = this.area.scrollHeight > innerHeight * 0.4 ? "auto" : "hidden";
    const empty = !this.area.value.trim();
    this.micButton.hidden = !empty || this.isNote;
    this.sendButton.hidden = empty && !this.isNote;
  }

  changed() {
    this.grow();
    if (!this.isNote) {
      clearTimeout(this.keeping);
      this.keeping = setTimeout(() => this.keep(), KEEP_AFTER);
    } else {
      clearTimeout(this.keepingNote);
      this.keepingNote = setTimeout(() => this.keepNote(), KEEP_AFTER);
    }
    this.canned();
    this.typing();
  }

  typing() {
    if (this.isNote || this.closed)
      return;
    this.answering(this.area.value.trim() !== "");
    if (!this.area.value.trim() || Date.now() - (this.typed || 0) < TYPING_EVERY)
      return;
    this.typed = Date.now();
    api("POST", `/conversations/${this.id}/typing`).catch(() => {});
  }

  // Colleagues are told, and that it is over.
  answering(is) {
    if (is ? Date.now() - (this.told || 0) < ANSWERING_EVERY : !this.told)
      return;
    this.told = is ? Date.now() : 0;
    api("PUT", "/presence", { conversation_id: this.id, state: is ? "answering" : "away" }).catch(() => {});
  }

  key(e) {
    if (!this.offers.hidden && this.offerKey(e))
      return;
    if (e.key === "Enter" && !e.shiftKey && !e.isComposing
        && (localStorage.getItem("waspool-enter") !== "line" || e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      this.submit();
    } else if (e.key === "Escape") {
      if (this.answers)
        this.reply(null);
      else if (this.isNote)
        this.setNote(false);
      else
        this.area.blur();
      e.stopPropagation();
    } else if (e.key === "ArrowUp" && !this.area.value) {
      const last = this.thread.ordered().filter(m => m.direction === "inbound").at(-1);
      if (last) {
        e.preventDefault();
        this.reply(last);
      }
    }
  }

  // ---------------------------------------------------------------- drafts

  async load() {
    const d = await api("GET", `/conversations/${this.id}/draft`).catch(() => null);
    const here = await kept(this.here("draft"), this.model.owner);
    if (this.answer || this.keeping || this.signal.aborted)
      return;
    if (d) {
      this.version = d.version;
      this.kept = this.answer = d.text;
    }
    // It was not taken; what was written elsewhere since stands before it.
    if (!here || here.text === this.answer)
      return;
    this.answer = d && d.version !== here.version ? d.text + "\n" + here.text : here.text;
    this.isHere = true;
    this.keep();
  }

  // Keeps what is written, one request at a time, the last one wins.
  async keep() {
    const text = this.answer;
    clearTimeout(this.keeping);
    this.keeping = 0;
    if (text === (this.kept || ""))
      return;
    if (this.busy) {
      this.keeping = setTimeout(() => this.keep(), KEEP_AFTER);
      return;
    }
    this.busy = true;
    try {
      if (text.trim()) {
        const d = await api("PUT", `/conversations/${this.id}/draft`, { text, version: this.version,
          reply_to: this.answers?.id ?? null });
        this.version = d.version;
      } else {
        await api("DELETE", `/conversations/${this.id}/draft`);
        this.version = 0;
      }
      this.kept = text;
      if (this.isHere)
        forget(this.here("draft"));
      this.isHere = false;
      // It was sent meanwhile, or goes on.
      if (!this.keeping && this.answer !== text)
        this.keeping = setTimeout(() => this.keep(), KEEP_AFTER);
    } catch (p) {
      if (p.type === "draft-changed" && !this.signal.aborted) {
        toast(t("changed_elsewhere"));
        const d = await api("GET", `/conversations/${this.id}/draft`).catch(() => null);
        this.version = d ? d.version : 0;
      } else {
        this.isHere = true;
        this.keepHere("draft", text);
      }
    }
    this.busy = false;
  }

  // Another window of the same person has written.
  heard(draft) {
    if (this.keeping || this.busy || (draft ? draft.version : 0) === this.version)
      return;
    this.version = draft ? draft.version : 0;
    this.kept = this.answer = draft ? draft.text : "";
  }

  clear() {
    clearTimeout(this.keeping);
    this.keeping = 0;
    this.area.value = this.kept = "";
    this.reply(null);
    this.grow();
  }

  // What is written leaves with a message: its draft, and what it answers.
  takeAlong() {
    const about = { reply_to: this.answers?.id, draft_version: this.version || undefined };
    this.clear();
    this.version = 0;
    this.typed = 0;
    this.answering(false);
    return about;
  }

  sendText(body, about) {
    this.thread.send({ shows: body, body: { type: "text", text: { body }, ...about } });
  }

  async submit() {
    const body = this.area.value.trim();
    if (!body || this.area.disabled)
      return;
    if (this.isNote)
      return this.note(body);
    this.sendText(body, this.takeAlong());
  }

  async note(text) {
    if (this.noting)
      return;
    this.noting = true;
    const kept = await (this.edited ? ask("PATCH", "/activities/" + this.edited.id, { text })
      : ask("POST", `/conversations/${this.id}/notes`, { text }));
    this.noting = false;
    if (!kept)
      return;
    this.edited = null;
    if (this.isNote) {
      this.area.value = "";
      this.setNote(false);
    } else
      this.other = "";
    this.keepNote();
  }

  // ---------------------------------------------------------------- files

  paste(e) {
    const files = [...(e.clipboardData?.files || [])];
    if (files.length && !this.isNote) {
      e.preventDefault();
      this.files(files);
    }
  }

  files(files, voice) {
    if (this.closed || this.isNote)
      return toast(t("window_closed"), true);
    const caption = files.length === 1 && !voice ? this.area.value.trim() : "";
    const about = caption ? this.takeAlong() : { reply_to: this.answers?.id };
    if (about.reply_to)
      this.reply(null);
    for (const file of files)
      this.thread.send({ shows: file.name + (caption ? "\n" + caption : ""),
        file: { file, name: file.name, caption, about, voice, key: newKey() } });
  }

  attach(anchor) {
    const send = (shows, body) => {
      this.thread.send({ shows, body: { ...body, reply_to: this.answers?.id } });
      this.reply(null);
    };
    menu(anchor, [
      { text: t("file"), run: () => this.file.click() },
      { text: t("location"), run: async () => (await forms()).askLocation(l => send("📍 " + (l.name || t("location")),
        { type: "location", location: l })) },
      { text: t("contact"), run: async () => (await forms()).askContact(this.model, c => send("👤 " + c[0].name.formatted_name,
        { type: "contacts", contacts: c })) },
      { text: t("buttons"), run: async () => (await forms()).askButtons(b => send(b.body, b)) },
      { text: t("ask_location"), run: () => send(t("ask_location_text"),
        { type: "location_request", body: t("ask_location_text") }) },
    ]);
  }

  async record() {
    const { recorder } = await import("./recorder.js");
    recorder(this.element, file => this.files([file], true));
  }

  async emoji(anchor) {
    const { EMOJI } = await import("./emoji.js");
    const m = menu(anchor, []);
    const find = el("input", { type: "search", placeholder: t("search"), "aria-label": t("emoji") });
    const all = el("div", { class: "emoji" });
    const draw = () => fill(all, EMOJI.filter(([, names]) =>
      names.includes(find.value.toLowerCase())).slice(0, 80).map(([e, names]) =>
      el("button", { type: "button", role: "menuitem", title: names, "aria-label": names,
        onclick: () => { m.hidePopover(); this.insert(e); } }, e)));
    find.addEventListener("input", draw);
    draw();
    m.append(find, all);
    const a = anchor.getBoundingClientRect();
    m.style.top = Math.max(8, a.top - m.offsetHeight - 4) + "px";
    find.focus();
  }

  insert(text) {
    this.area.setRangeText(text, this.area.selectionStart, this.area.selectionEnd, "end");
    this.focus();
    this.changed();
  }

  // ------------------------------------------------------ canned replies

  async canned() {
    const m = /^\/(\S*)$/.exec(this.area.value);
    if (!m) {
      this.offers.hidden = true;
      return;
    }
    this.replies ||= this.model.all("/canned-replies").catch(() => []);
    const found = (await this.replies).filter(r =>
      r.shortcut.toLowerCase().startsWith(m[1].toLowerCase())).slice(0, 8);
    this.offers.hidden = !found.length;
    fill(this.offers, found.map((r, i) => el("li", { role: "option", "aria-selected": String(i === 0),
      onclick: () => this.take(r) }, el("b", null, "/" + r.shortcut), " ", el("span", { dir: "auto" }, r.text))));
    this.offered = found;
  }

  offerKey(e) {
    const all = [...this.offers.children];
    const at = all.findIndex(o => o.getAttribute("aria-selected") === "true");
    if (e.key === "Escape")
      this.offers.hidden = true;
    else if (e.key === "Enter" || e.key === "Tab")
      this.take(this.offered[Math.max(0, at)]);
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      const next = (at + (e.key === "ArrowDown" ? 1 : -1) + all.length) % all.length;
      all.forEach((o, i) => o.setAttribute("aria-selected", String(i === next)));
    } else
      return false;
    e.preventDefault();
    e.stopPropagation();
    return true;
  }

  take(reply) {
    const c = this.model.conversations.get(this.id);
    const values = { "contact.name": nameOf(c), "contact.phone": c.phone || "",
      "member.name": this.model.me.name };
    this.area.value = reply.text.replace(/\{\{\s*([\w.]+)\s*\}\}/g, (all, key) => values[key] ?? all);
    this.offers.hidden = true;
    this.changed();
    this.focus();
  }

  async template() {
    const { chooseTemplate } = await import("./template.js");
    chooseTemplate(this.model, this.model.conversations.get(this.id), (shows, template) =>
      this.thread.send({ shows, body: { type: "template", template } }));
  }
}
