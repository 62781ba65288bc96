// Beside a conversation: who the customer is, what the team keeps of them, and
// what can be done with the conversation.

import { api } from "./api.js";
import { DetailsMore, findContact, merge } from "./details_more.js";
import { el, fill, iconButton } from "./dom.js";
import { date, nameOf, whole } from "./format.js";
import { askText, confirm } from "./forms.js";
import { menu } from "./menu.js";
import { labelMark } from "./message.js";
import { t } from "./words.js";

export class Details {
  constructor(model, id, close, signal) {
    this.model = model;
    this.id = id;
    this.close = close;
    this.contact = null;
    this.more = new DetailsMore(model, id, signal);
    this.top = el("div", { class: "details-top" });
    this.element = el("aside", { class: "details", "aria-label": t("details") }, this.top, this.more.element);
    model.listen("conversation", c => c.id === id && this.draw(), signal);
    model.listen("contact", ({ id: contact }) => contact === this.asked?.id && this.load(), signal);
    model.listen("fields", () => this.load(), signal);
    this.load();
  }

  get conversation() {
    return this.model.conversations.get(this.id);
  }

  // The contact; what was asked for before does not count any more.
  async load() {
    const asked = this.asked = { id: this.conversation?.contact?.id ?? 0 };
    const contact = asked.id ? await api("GET", "/contacts/" + asked.id).catch(() => null) : null;
    if (asked !== this.asked)
      return;
    const before = this.contact?.id;
    this.contact = contact;
    if (contact?.id !== before)
      this.more.linked();
    this.draw();
    if (asked.id && !contact)
      this.asked = null;        // with the next change it is asked for again
  }

  line(label, value, change, isThere = true) {
    return (value || change) && el("div", { class: "line-of" },
      el("dt", null, el("bdi", null, label)), el("dd", null, el("bdi", null, value || "—"),
        change && el("button", { class: "link", "aria-label": `${t("change")}: ${label}`, onclick: change,
          disabled: !isThere }, t("change"))));
  }

  draw() {
    const c = this.conversation;
    if (!c)
      return;
    if ((c.contact?.id ?? 0) !== this.asked?.id)
      this.load();
    const number = this.model.numbers.find(n => n.phone_number_id === c.phone_number_id);
    fill(this.top,
      el("header", null, el("h2", null, t("details")), iconButton("close", t("close"), this.close)),
      el("h3", null, el("bdi", null, nameOf(c))),
      el("dl", null,
        this.line(t("phone"), c.phone),
        this.line(t("username"), c.username && "@" + c.username),
        this.line(t("own_name"), c.profile_name),
        this.line(t("our_number"), number?.display_phone || c.phone_number_id),
        this.line(t("window"), c.window.open ? t("window_until", { at: whole(c.window.expires_at) })
          : t("window_is_closed")),
        c.marketing?.state === "stopped" && this.line(t("marketing"), t("marketing_stopped"))),
      this.labelPart(c), this.contactPart(c), this.groupPart(c),
      el("div", { class: "doings" },
        !c.group_id && el("button", { class: "link bad", onclick: () => this.block(c) },
          t(c.block?.state === "blocked" ? "unblock" : "block"))));
  }

  labelPart(c) {
    const has = new Set(c.labels.map(l => l.id));
    const path = id => `/conversations/${c.id}/labels/${id}`;
    return el("section", null, el("h3", null, t("labels")),
      el("ul", { class: "tags" }, c.labels.map(l => el("li", null, labelMark(l),
        iconButton("close", t("remove_tag", { tag: l.name }), () => this.model.ask("DELETE", path(l.id))))),
      el("li", null, el("button", { class: "link", onclick: e => menu(e.currentTarget, [
        ...this.model.labels.filter(l => !has.has(l.id)).slice(0, 50)
          .map(l => ({ text: l.name, run: () => this.model.ask("PUT", path(l.id)) })),
        this.model.isAdmin && { text: t("new_label"), run: () => this.newLabel(c) },
        !this.model.isAdmin && !this.model.labels.length && { text: t("nothing_here"), run: () => {} },
      ]) }, t("add_label")))));
  }

  async newLabel(c) {
    const name = await askText(t("new_label"), t("name"), "", { maxLength: 60 });
    const l = name && await this.model.ask("POST", "/labels", { name });
    if (l)
      this.model.ask("PUT", `/conversations/${c.id}/labels/${l.id}`);
  }

  contactPart(c) {
    // Until it is there, and is the one of this conversation, nobody changes it.
    const k = this.contact?.id === c.contact?.id ? this.contact : null;
    if (c.group_id)
      return null;
    if (!c.contact)
      return el("section", null, el("h3", null, t("contact")), el("p", null, t("no_contact")),
        el("button", { class: "primary", onclick: () => this.save(c) }, t("save_contact")),
        el("button", { class: "link", onclick: () => this.link() }, t("link_contact")));
    return el("section", null, el("h3", null, t("contact")),
      el("dl", null,
        this.line(t("name"), k?.name ?? c.contact.name, () => this.change(k, "name", t("name")), k),
        this.line(t("email"), k?.email, () => this.change(k, "email", t("email"), { type: "email",
          required: false, maxLength: 254 }), k),
        k && this.model.fields.map(f => this.line(f.label, this.shown(f, k.fields[f.key]),
          e => this.changeField(k, f, e.currentTarget)))),
      el("h4", null, t("tags")),
      el("ul", { class: "tags" }, c.contact.tags.map(tag => el("li", null, el("bdi", null, tag),
        iconButton("close", t("remove_tag", { tag }), () => this.model.ask("DELETE",
          `/contacts/${c.contact.id}/tags/${encodeURIComponent(tag)}`).then(() => this.load())))),
      el("li", null, el("button", { class: "link", onclick: e => this.addTag(c, e.currentTarget) },
        t("add_tag")))),
      el("button", { class: "link", disabled: !k, onclick: () => merge(k, () => this.load()) }, t("merge_contact")),
      el("button", { class: "link", onclick: () => this.model.ask("DELETE", `/conversations/${c.id}/contact`) },
        t("unlink_contact")));
  }

  groupPart(c) {
    if (!c.group_id)
      return null;
    if (!this.participants) {
      this.participants = [];
      this.model.all(`/conversations/${c.id}/participants`)
        .then(p => { this.participants = p; this.draw(); }).catch(() => {});
    }
    return el("section", null, el("h3", null, t("participants")),
      el("ul", null, this.participants.map(p => el("li", null,
        el("bdi", null, p.name || p.phone || p.user_id || "")))));
  }

  async save(c) {
    const name = await askText(t("save_contact"), t("name"), c.phone_book_name || c.profile_name || "");
    if (!name)
      return;
    const k = await this.model.ask("POST", "/contacts", c.phone ? { name, phone: c.phone }
      : { name, user_id: c.user_id });
    if (k)
      this.model.ask("PUT", `/conversations/${c.id}/contact`, { contact_id: k.id });
  }

  link() {
    findContact(t("link_contact"), 0, k =>
      this.model.ask("PUT", `/conversations/${this.id}/contact`, { contact_id: k.id }));
  }

  async change(k, field, label, props) {
    const now = await askText(label, label, k[field] || "", props);
    if (now === null || now === k[field])
      return;
    await this.model.ask("PATCH", "/contacts/" + k.id, { [field]: now || null });
    this.load();
  }

  // What the contact has in the field F of its own, for people.
  shown(f, value) {
    if (value === undefined)
      return "";
    return f.type === "boolean" ? t(value ? "yes" : "no")
      : f.type === "date" ? date(value) : String(value);
  }

  async changeField(k, f, anchor) {
    const value = k.fields[f.key];
    const put = async now => {
      await this.model.ask("PATCH", "/contacts/" + k.id, { fields: { [f.key]: now } });
      this.load();
    };
    const offers = f.type === "boolean" ? [true, false] : f.choices;
    if (offers)
      return menu(anchor, [
        ...offers.map(x => ({ text: this.shown(f, x), chosen: x === value, run: () => put(x) })),
        value !== undefined && { text: t("remove"), run: () => put(null) }]);
    const props = { text: { maxLength: 500 }, number: { type: "number", step: "any" }, date: { type: "date" } };
    const now = await askText(f.label, f.label, value ?? "", { required: false, ...props[f.type] });
    if (now !== null && now !== String(value ?? ""))
      put(now === "" ? null : f.type === "number" ? Number(now) : now);
  }

  addTag(c, anchor) {
    const has = new Set(c.contact.tags);
    const add = tag => this.model.ask("PUT", `/contacts/${c.contact.id}/tags/${encodeURIComponent(tag)}`)
      .then(() => this.load());
    menu(anchor, [
      ...this.model.tags.filter(x => !has.has(x.name)).slice(0, 20)
        .map(x => ({ text: x.name, run: () => add(x.name) })),
      { text: t("new_tag"), run: async () => {
        const name = await askText(t("new_tag"), t("name"), "", { maxLength: 50 });
        if (name)
          add(name);
      } },
    ]);
  }

  async block(c) {
    const isBlocked = c.block?.state === "blocked";
    if (isBlocked || await confirm(t("block"), t("block_really", { name: nameOf(c) }), t("block")))
      this.model.ask("POST", `/conversations/${c.id}/${isBlocked ? "unblock" : "block"}`);
  }
}
