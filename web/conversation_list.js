// The list of a view: a million rows scroll, since only those that are seen are
// elements, and pages are read as they are needed.  What arrives takes its place
// without moving what is looked at.

import { api, now, query } from "./api.js";
import { el, fill } from "./dom.js";
import { initials, nameOf, number, shortTime, span, tint, whole } from "./format.js";
import { kindIcon, labelMark, ticks } from "./message.js";
import { richLine } from "./rich_text.js";
import { explain, t } from "./words.js";

const ROW = 76;         // as style.css has it
const PAGE = 50;
const AHEAD = 30;       // rows below what is seen that are read before
const MOST = 500;       // that can be chosen
const KEPT = 600;       // rows around it of which the model keeps all

export class ConversationList {
  constructor(model, signal) {
    this.model = model;
    this.opened = 0;
    this.rows = [];             // {id, at}, in their order
    this.shown = new Map();     // id: element
    this.selected = new Set();  // ids, for what is done with many
    this.sizer = el("ul", { class: "sizer", role: "list" });
    this.said = el("p", { class: "list-said" });
    this.element = el("div", { class: "list", tabindex: "-1" }, this.sizer, this.said);
    this.element.addEventListener("scroll", () => this.later(), { passive: true });
    this.element.addEventListener("keydown", e => this.key(e));
    this.element.addEventListener("click", e => this.choose(e));
    const seen = new ResizeObserver(() => this.later());
    seen.observe(this.element);
    signal.addEventListener("abort", () => { seen.disconnect(); clearInterval(minutes); });
    const minutes = setInterval(() => this.anew(), 60000);
    model.listen("conversation", c => this.change(c), signal);
    model.listen("conversation-gone", id => this.remove(this.find(id)), signal);
  }

  // Shows VIEW (views.js) from its beginning.
  async show(view) {
    this.view = view;
    this.element.scrollTop = 0;
    this.select([]);
    await this.load();
  }

  // Reads the beginning anew, and stays where it is as far as that goes.
  load() {
    this.cursor = null;
    this.said.textContent = "";
    return this.read(null);
  }

  // Reads what stands behind; once it was refused, when somebody asks for it.
  more() {
    if (!this.asked && !this.refused && this.cursor)
      this.read(this.cursor);
  }

  // The page at CURSOR.  What was asked for before and is not there yet, of this
  // view or another, does not count any more.
  async read(cursor) {
    const asked = this.asked = {}, heard = this.heard = new Set();
    this.refused = false;
    try {
      const page = await api("GET", "/conversations"
        + query({ ...this.view.ask, limit: PAGE, cursor }));
      if (asked !== this.asked)
        return;
      if (!cursor)
        this.rows = [];
      this.take(page, heard);
    } catch (p) {
      if (asked !== this.asked)
        return;
      this.refused = true;
      fill(this.said, explain(p), " ", el("button", { class: "link",
        onclick: () => this.read(cursor) }, t("retry")));
    }
    this.asked = null;
    // What changed meanwhile may be newer than the page.
    for (const id of heard)
      this.change(this.model.conversations.get(id));
    this.later();
  }

  // What was HEARD since the page was asked for is newer, also within a second.
  take(page, heard) {
    const there = new Set(this.rows.map(r => r.id));
    for (const c of page.data) {
      const known = heard.has(c.id) && this.model.conversations.get(c.id) || this.model.keep(c);
      if (!there.has(c.id))
        this.rows.push({ id: c.id, at: this.view.at(known) });
    }
    this.cursor = page.next_cursor;
    this.said.textContent = this.rows.length ? "" : t("nothing_here");
  }

  find(id) {
    return this.rows.findIndex(r => r.id === id);
  }

  // Is A before B?
  before(a, b) {
    const less = a.at < b.at || (a.at === b.at && a.id < b.id);
    return this.view.oldest ? less : !less;
  }

  place(row) {
    let low = 0, high = this.rows.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.before(this.rows[middle], row))
        low = middle + 1;
      else
        high = middle;
    }
    return low;
  }

  // What is above the first row that is seen moves it: then scroll as much.
  moved(index, by) {
    if (this.element.scrollTop > 0 && index < Math.ceil(this.element.scrollTop / ROW))
      this.element.scrollTop += by * ROW;
  }

  remove(index) {
    if (index === -1)
      return;
    this.rows.splice(index, 1);
    this.resize();
    this.moved(index, -1);
    this.later();
  }

  change(c) {
    if (!this.view || !c)
      return;
    if (this.asked)
      this.heard.add(c.id);
    const index = this.find(c.id), belongs = this.view.has(c);
    // What is open stays until it is left, though it was read or assigned.
    if (!belongs && (index === -1 || c.id === this.opened))
      return index !== -1 && this.draw(c.id);
    if (!belongs)
      return this.remove(index);
    const row = { id: c.id, at: this.view.at(c) };
    if (index !== -1 && this.rows[index].at === row.at)
      return this.draw(c.id);
    if (index !== -1)
      this.remove(index);
    const place = this.place(row);
    if (place === this.rows.length && this.cursor)
      return;                   // on a page that was not read
    this.rows.splice(place, 0, row);
    this.said.textContent = "";
    this.resize();
    this.moved(place, 1);
    this.draw(c.id);
    this.later();
  }

  open(id) {
    const before = this.opened;
    this.opened = id;
    for (const i of [before, id])
      if (this.shown.has(i))
        this.draw(i);
    // It stayed only as long as it was open.
    const c = this.model.conversations.get(before);
    if (before !== id && c && this.view && !this.view.has(c))
      this.remove(this.find(before));
  }

  // The one before or after the open one, for the keyboard.
  beside(step) {
    const at = this.find(this.opened);
    return this.rows[at === -1 ? (step > 0 ? 0 : -1) : at + step]?.id;
  }

  reveal(id) {
    const at = this.find(id), top = at * ROW, e = this.element;
    if (at === -1)
      return;
    if (top < e.scrollTop)
      e.scrollTop = top;
    else if (top + ROW > e.scrollTop + e.clientHeight)
      e.scrollTop = top + ROW - e.clientHeight;
  }

  key(e) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    const row = e.target.closest(".row");
    if (!step || !row)
      return;
    const next = this.rows[this.find(Number(row.dataset.id)) + step];
    e.preventDefault();
    if (!next)
      return;
    this.reveal(next.id);
    this.render();
    this.shown.get(next.id)?.focus();
  }

  // A click on a face, or shift, chooses; what is chosen is told.
  choose(e) {
    const row = e.target.closest(".row");
    if (!row || !(e.shiftKey || e.ctrlKey || e.target.closest(".face")))
      return;
    e.preventDefault();
    const id = Number(row.dataset.id), from = this.find(this.lastChosen), to = this.find(id);
    if (e.shiftKey && from !== -1)
      this.select([...this.selected, ...this.rows.slice(Math.min(from, to), Math.max(from, to) + 1)
        .map(r => r.id)].slice(0, MOST));
    else
      this.toggle(id);
    this.lastChosen = id;
  }

  toggle(id) {
    const ids = new Set(this.selected);
    if (!ids.delete(id) && ids.size < MOST)
      ids.add(id);
    this.select([...ids]);
  }

  select(ids) {
    this.selected = new Set(ids);
    this.anew();
    this.onselect?.([...this.selected]);
  }

  later() {
    if (!this.frame)
      this.frame = requestAnimationFrame(() => { this.frame = 0; this.render(); });
  }

  anew() {
    for (const id of this.shown.keys())
      this.draw(id);
  }

  resize() {
    this.sizer.style.height = this.rows.length * ROW + "px";
  }

  render() {
    const top = this.element.scrollTop, height = this.element.clientHeight;
    const first = Math.max(0, Math.floor(top / ROW) - 4);
    const last = Math.min(this.rows.length, Math.ceil((top + height) / ROW) + 4);
    const wanted = new Set();
    this.resize();
    for (let i = first; i < last; i++) {
      const { id } = this.rows[i];
      let row = this.shown.get(id);
      wanted.add(id);
      if (!row) {
        row = el("a", { class: "row", href: "#/" + id, "data-id": String(id) });
        this.shown.set(id, row);
        this.draw(id);
        this.sizer.append(el("li", null, row));
      }
      const item = row.parentNode;
      item.style.transform = `translateY(${i * ROW}px)`;
      item.setAttribute("aria-posinset", i + 1);
      item.setAttribute("aria-setsize", this.cursor ? -1 : this.rows.length);
    }
    for (const [id, row] of this.shown) {
      const had = row === document.activeElement;
      if (wanted.has(id) || (had && this.find(id) !== -1))
        continue;
      const at = Number(row.parentNode.getAttribute("aria-posinset")) - 1;
      row.parentNode.remove();
      this.shown.delete(id);
      if (had)                  // the keyboard goes on with what is there now
        this.shown.get(this.rows[Math.min(at, this.rows.length - 1)]?.id)?.focus();
    }
    if (last + AHEAD > this.rows.length)
      this.more();
    this.forget(first, last);
  }

  // Far from what is seen only ids stay; they are read again when they are.
  forget(first, last) {
    if (this.model.conversations.size < 4 * KEPT)
      return;
    const keep = new Set(this.rows.slice(Math.max(0, first - KEPT), last + KEPT).map(r => r.id));
    keep.add(this.opened);
    this.model.forget([...this.model.conversations.keys()].filter(id => !keep.has(id)));
  }

  draw(id) {
    const row = this.shown.get(id), c = this.model.conversations.get(id);
    if (!row)
      return;
    if (!c) {
      fill(row, el("span", { class: "row-name" }, "…"));
      this.model.get(id).catch(() => {});
      return;
    }
    const name = nameOf(c);
    row.classList.toggle("unread", !c.is_read);
    row.classList.toggle("opened", id === this.opened);
    row.classList.toggle("chosen", this.selected.has(id));
    if (id === this.opened)
      row.setAttribute("aria-current", "true");
    else
      row.removeAttribute("aria-current");
    fill(row,
      el("span", { class: `face tint${tint(name)}`, "aria-hidden": "true", title: t("choose") },
        this.selected.has(id) ? "✓" : initials(name)),
      el("span", { class: "row-top" },
        el("bdi", { class: "row-name" }, name),
        c.last_message_at && el("time", { dateTime: c.last_message_at,
          title: whole(c.last_message_at) }, shortTime(c.last_message_at))),
      el("span", { class: "row-text" }, this.preview(c)),
      el("span", { class: "row-marks" }, this.marks(c)));
  }

  preview(c) {
    const m = c.last_message;
    return [
      m && m.direction === "outbound" && ticks(m.status),
      m && this.author(c, m),
      m && kindIcon(m.type),
      el("bdi", { class: "row-preview" }, richLine(c.last_message_preview || "")),
    ];
  }

  author(c, m) {
    const who = m.sender_name || m.sender
      || (m.sent_by && (m.sent_by.id === this.model.me.id ? t("you") : m.sent_by.name));
    return who && el("span", { class: "row-author" }, el("bdi", null, who), ": ");
  }

  marks(c) {
    const left = c.window.open ? Date.parse(c.window.expires_at) - now() : 0;
    return [
      this.model.outbox.get(c.id)?.some(s => s.problem) && el("span", { class: "mark bad" }, t("not_sent")),
      c.unanswered_since && el("span", { class: "mark waits", title: t("waits_since",
        { at: whole(c.unanswered_since) }) }, span(now() - Date.parse(c.unanswered_since))),
      left > 0 && left < 4 * 3600000 && el("span", { class: "mark window",
        title: t("window_until", { at: whole(c.window.expires_at) }) }, "⏳ " + span(left)),
      c.state === "snoozed" && el("span", { class: "mark" }, "💤 " + shortTime(c.snoozed_until)),
      c.block && c.block.state === "blocked" && el("span", { class: "mark bad" }, t("blocked")),
      c.labels.slice(0, 3).map(l => labelMark(l)),
      c.team && el("span", { class: "mark" }, "👥 " + c.team.name),
      c.contact && c.contact.tags.slice(0, 2).map(tag => el("span", { class: "mark" }, tag)),
      c.assigned_to && el("span", { class: "mark member",
        title: t("assigned_to", { name: c.assigned_to.name }) }, initials(c.assigned_to.name)),
      !c.is_read && el("span", { class: "badge" }, c.unread_count > 0 ? number(c.unread_count) : "•",
        el("span", { class: "hidden" }, " " + t("unread"))),
    ];
  }
}
