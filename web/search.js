// Search: people, and messages with the words marked; a message that was found
// opens its conversation there.

import { api, ask, query } from "./api.js";
import { el, fill } from "./dom.js";
import { initials, nameOf, shortTime, tint } from "./format.js";
import { marked } from "./rich_text.js";
import { explain, t } from "./words.js";

const WAIT = 180;
const BEFORE = 24;      // code points before the first word that was found

// Of a long text the part around the first place.
function around(found) {
  const points = Array.from(found.text), first = found.places[0]?.start ?? 0;
  const from = first > BEFORE + 10 ? first - BEFORE : 0;
  return [from ? "…" : "", marked(points.slice(from, from + 200).join(""),
    found.places.filter(p => p.start >= from && p.start + p.length <= from + 200)
      .map(p => ({ start: p.start - from, length: p.length })))];
}

export class Search {
  constructor(model, open) {
    this.model = model;
    this.open = open;
    this.results = el("div", { class: "list results", hidden: true });
    this.input = el("input", { type: "search", class: "search", maxLength: 200,
      placeholder: t("search_all"), "aria-label": t("search_all") });
    this.input.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.run(), WAIT);
    });
    this.input.addEventListener("keydown", e => {
      if (e.key === "ArrowDown")
        this.results.querySelector("a")?.focus();
      if (e.key === "Escape")
        this.clear();
    });
  }

  clear() {
    this.input.value = "";
    this.run();
  }

  async run() {
    const q = this.input.value.trim();
    this.asked?.abort();
    const asked = this.asked = new AbortController();
    this.results.hidden = !q;
    this.onshow?.(Boolean(q));
    if (!q)
      return fill(this.results);
    try {
      const r = await api("GET", "/search" + query({ q, limit: 30 }), undefined,
        { signal: asked.signal });
      const messages = await this.messages(r, q);
      if (asked === this.asked)
        this.draw(r, messages);
    } catch (p) {
      if (asked === this.asked)
        fill(this.results, el("p", { class: "list-said", role: "status" }, explain(p)));
    }
  }

  async more(q, cursor, button) {
    button.disabled = true;
    const r = await ask("GET", "/search" + query({ q, limit: 30, cursor }));
    if (r)
      button.replaceWith(...await this.messages(r, q));
    button.disabled = false;
  }

  draw(r, messages) {
    fill(this.results,
      r.people.length > 0 && el("h2", null, t("people")), r.people.map(p => this.person(p)),
      r.messages.length > 0 && el("h2", null, t("messages")), messages,
      !r.people.length && !r.messages.length && el("p", { class: "list-said", role: "status" },
        t("nothing_found")),
      !r.complete && el("p", { class: "list-said" }, t("search_incomplete")));
  }

  person(p) {
    const name = p.name || p.profile_name || p.phone || p.user_id || t("unknown");
    const props = p.conversation_id ? { href: "#/" + p.conversation_id }
      : { href: "#", onclick: e => { e.preventDefault(); this.open({ contact: p.contact_id }); } };
    return el("a", { class: "row found", ...props },
      el("span", { class: `face tint${tint(name)}`, "aria-hidden": "true" }, initials(name)),
      el("span", { class: "row-top" }, el("bdi", { class: "row-name" }, name),
        p.last_message_at && el("time", null, shortTime(p.last_message_at))),
      el("span", { class: "row-text" }, el("bdi", { class: "row-preview" }, p.phone || p.user_id || "")));
  }

  async messages(r, q) {
    const rows = await Promise.all(r.messages.map(async m => {
      const c = await this.model.get(m.conversation_id).catch(() => null);
      const name = c ? nameOf(c) : "";
      return el("a", { class: "row found", href: `#/${m.conversation_id}/${m.id}`,
        onclick: () => { this.place = { message: m.id, text: m.text, places: m.places }; } },
      el("span", { class: `face tint${tint(name)}`, "aria-hidden": "true" }, initials(name || "#")),
      el("span", { class: "row-top" }, el("bdi", { class: "row-name" }, name),
        el("time", null, shortTime(m.sent_at || m.created_at))),
      el("span", { class: "row-text" }, el("bdi", { class: "row-preview" }, around(m))));
    }));
    const more = r.next_cursor && el("button", { class: "link more",
      onclick: e => this.more(q, r.next_cursor, e.currentTarget) }, t("more"));
    return more ? [...rows, more] : rows;
  }
}
