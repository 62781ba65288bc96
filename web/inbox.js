// The inbox: the list with its views, the conversation, and what is beside it.
// What is open stands in the address (#/12, or #/12/901 for one message).

import { api, ask, now } from "./api.js";
import { follow } from "./changes.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { ConversationList } from "./conversation_list.js";
import { dialog, el, fill, icon, iconButton } from "./dom.js";
import { initials, nameOf, number, tint, troubleOf, whole } from "./format.js";
import { menu } from "./menu.js";
import { Model } from "./model.js";
import { lookOut, tellAway } from "./notices.js";
import { Search } from "./search.js";
import { VIEWS, chosen } from "./views.js";
import { explain, t } from "./words.js";

const LOOK_EVERY = 60000;
const EVENTS = 1;       // of /changes: only the place is wanted

export class Inbox {
  constructor(root, session, leave) {
    this.root = root;
    this.leave = leave;
    this.model = new Model(session);
    this.until = new AbortController();
    this.signal = this.until.signal;
    this.viewName = localStorage.getItem("waspool-view") || "all";
    this.more = {};
    this.trouble = [];          // sentences, beside those of the numbers
    this.list = new ConversationList(this.model, this.signal);
    this.search = new Search(this.model, what => this.openFound(what));
    this.search.onshow = on => { this.list.element.hidden = on; };
    this.build();
    addEventListener("hashchange", () => this.route(), { signal: this.signal });
    addEventListener("keydown", e => this.key(e), { signal: this.signal });
    // What is not sent yet is asked for before the page is left.
    addEventListener("beforeunload", e => [...this.model.outbox.values()].flat().some(s => !s.isOld)
      && e.preventDefault(), { signal: this.signal });
    document.addEventListener("visibilitychange", () => this.conversation?.read(),
      { signal: this.signal });
    this.model.listen("counts", s => this.counts(s), this.signal);
    this.model.listen("workspace", () => this.workspace(), this.signal);
    lookOut(this.signal);
    tellAway(this.model, this.signal);
    this.model.listen("sending", e => this.unsentIn(e.id), this.signal);
    this.begin();
  }

  build() {
    const { session } = this.model;
    this.stale = el("p", { class: "stale", role: "status", hidden: true }, t("stale"));
    this.warning = el("div", { class: "warnings" });
    this.unsent = el("p", { class: "warning", role: "alert", hidden: true });
    this.bulk = el("div", { class: "bulk", role: "toolbar", "aria-label": t("with_chosen"), hidden: true });
    this.views = el("nav", { class: "views", "aria-label": t("views") },
      VIEWS.map(v => el("button", { type: "button", "data-view": v.name,
        onclick: () => this.choose(v.name) }, t("view_" + v.name), el("span", { class: "count" }))));
    this.filter = iconButton("settings", t("filter"), e => this.chooseMore(e.currentTarget));
    this.side = el("section", { class: "side", "aria-label": t("conversations") },
      el("header", { class: "top" },
        el("button", { type: "button", class: `face tint${tint(session.user.name)}`,
          "aria-label": t("account"), title: session.user.name,
          onclick: e => this.account(e.currentTarget), "data-initials": initials(session.user.name) }),
        this.search.input, this.filter),
      this.warning, this.unsent, this.views, this.bulk, this.list.element, this.search.results);
    this.pane = el("main", { class: "pane" }, this.nothing());
    this.list.onselect = ids => this.many(ids);
    fill(this.root, el("div", { class: "inbox", "data-pane": "list" }, this.stale, this.side, this.pane));
    this.frame = this.root.firstChild;
  }

  nothing() {
    return el("div", { class: "nothing" }, el("h1", null, t("choose_conversation")),
      el("p", { class: "faint" }, t("keys_hint")));
  }

  // First the place in the stream, then what there is: nothing is missed.
  async begin() {
    this.changes ||= follow(this.model.owner, {
      heard: e => this.model.heard(e),
      reset: () => this.reload(),
      fresh: is => {
        this.stale.hidden = is;
        this.frame.classList.toggle("is-stale", !is);
        // Who is where is no change: what was said before is asked for.
        if (is)
          api("GET", "/presence").then(r => r.data.forEach(p => this.model.present(p))).catch(() => {});
      },
    });
    try {
      const place = (await api("GET", "/changes?limit=" + EVENTS)).last_seq;
      this.route();
      await this.choose(this.viewName);
      if (this.signal.aborted)
        return;
      this.changes.begin(place);
    } catch (p) {
      if (p.type === "second-factor")
        fill(this.pane, el("div", { class: "nothing" }, el("p", null, t("second_factor")),
          el("button", { class: "primary", onclick: async () => {
            const { secondFactor } = await import("./settings.js");
            if (await secondFactor(() => {}))
              this.leave();
          } },
            t("turn_on"))));
      else if (p.status !== 401)
        fill(this.pane, el("div", { class: "nothing" }, el("p", { role: "alert" }, explain(p)),
          el("button", { class: "primary", onclick: () => this.begin() }, t("retry"))));
      return;
    }
    this.model.load().catch(() => {});
    this.model.count();
    this.model.findUnsent();
    this.look();
    this.looking = setInterval(() => this.look(), LOOK_EVERY);
  }

  end() {
    clearInterval(this.looking);
    this.until.abort();
    this.changes?.end();
    this.open?.abort();
  }

  reload() {
    this.list.load();
    this.conversation?.again().catch(() => {});
    this.model.load().catch(() => {});
    this.model.count();
  }

  // ---------------------------------------------------------------- views

  async choose(name) {
    const view = VIEWS.find(v => v.name === name) || VIEWS[2];
    this.viewName = view.name;
    localStorage.setItem("waspool-view", view.name);
    for (const b of this.views.children) {
      const on = b.dataset.view === view.name;
      b.toggleAttribute("aria-current", on);
      if (on)
        b.scrollIntoView({ block: "nearest", inline: "nearest" });
    }
    this.filter.classList.toggle("chosen", Object.values(this.more).some(Boolean));
    await this.list.show(chosen(view, this.more, this.model.me.id));
  }

  chooseMore(anchor) {
    const pick = (key, value) => {
      this.more = { ...this.more, [key]: this.more[key] === value ? null : value };
      this.choose(this.viewName);
    };
    const item = (key, value, text) => ({ text, chosen: this.more[key] === value,
      run: () => pick(key, value) });
    menu(anchor, [
      ...(this.model.numbers.length > 1 ? this.model.numbers.map(n =>
        item("number", n.phone_number_id, "📱 " + (n.display_phone || n.phone_number_id))) : []),
      ...this.model.teams.map(x => item("team", String(x.id), "👥 " + x.name)),
      ...this.model.members.map(m => item("member", String(m.id), "👤 " + m.name)),
      ...this.model.labels.slice(0, 30).map(x => item("label", String(x.id), "🔖 " + x.name)),
      ...this.model.tags.slice(0, 30).map(x => item("tag", x.name, "🏷 " + x.name)),
      Object.values(this.more).some(Boolean) && { text: t("all"), run: () => {
        this.more = {};
        this.choose(this.viewName);
      } },
    ]);
  }

  counts(s) {
    const text = c => c.count ? number(c.count) + (c.more ? "+" : "") : "";
    for (const v of VIEWS)
      if (v.count)
        this.views.querySelector(`[data-view=${v.name}] .count`).textContent = text(s[v.count]);
    document.title = (s.unread.count ? `(${text(s.unread)}) ` : "") + "waspool";
  }

  async forChosen(body) {
    if (await this.model.ask("POST", "/conversations/bulk", { ids: [...this.list.selected], ...body }))
      this.list.select([]);
  }

  // What can be done with all that are chosen.
  many(ids) {
    const run = body => this.forChosen(body);
    const me = this.model.me.id;
    this.bulk.hidden = !ids.length;
    fill(this.bulk, el("b", null, t("n_chosen", { n: number(ids.length) })),
      el("button", { type: "button", onclick: () => run({ state: "closed" }) }, t("close")),
      el("button", { type: "button", onclick: () => run({ user_id: me }) }, t("to_me")),
      el("button", { type: "button", onclick: () => run({ read: true }) }, t("mark_read")),
      iconButton("more", t("actions"), e => menu(e.currentTarget, [
        ...this.model.members.filter(m => m.id !== me).map(m => ({ text: m.name, run: () => run({ user_id: m.id }) })),
        { text: t("nobody"), run: () => run({ user_id: null }) },
        ...this.model.teams.map(x => ({ text: "👥 " + x.name, run: () => run({ team_id: x.id }) })),
        ...this.model.labels.slice(0, 20).map(x => ({ text: "🔖 " + x.name, run: () => run({ add_labels: [x.id] }) })),
        { text: t("mark_unread"), run: () => run({ read: false }) },
        { text: t("set_pending"), run: () => run({ state: "pending" }) },
        { text: t("open_again"), run: () => run({ state: "open" }) },
      ])),
      iconButton("close", t("cancel"), () => this.list.select([])));
  }

  // What nobody asked for and everybody has to know: read out once.
  workspace() {
    const says = [...this.trouble, ...this.model.numbers.flatMap(troubleOf)];
    if (JSON.stringify(says) === this.warned)
      return;
    this.warned = JSON.stringify(says);
    fill(this.warning, says.map(text => el("p", { class: "warning", role: "alert" }, icon("warning"),
      el("span", { dir: "auto" }, text))));
  }

  // What was not sent in the conversation ID, and elsewhere.
  unsentIn(id) {
    this.list.draw(id);
    const there = [...this.model.outbox].filter(([, all]) => all.some(s => s.problem));
    const n = there.flatMap(([, all]) => all.filter(s => s.problem)).length;
    this.unsent.hidden = !n;
    if (this.unsent.dataset.n !== String(n))
      fill(this.unsent, icon("warning"), el("a", { href: "#/" + there[0]?.[0] }, t("unsent", { n: number(n) })));
    this.unsent.dataset.n = n;
  }

  // What no event tells: whether webhooks are taken, and arrive where they go.
  async look() {
    if (document.hidden)
      return;
    const answer = await fetch("/api/v1/healthz/webhooks").catch(() => null);
    await answer?.text().catch(() => "");
    const refused = answer?.status === 503 ? [t("webhooks_refused")] : [];
    this.trouble = this.model.isAdmin
      ? await import("./health.js").then(h => h.troubles(this.model, refused)) : refused;
    this.workspace();
  }

  // ----------------------------------------------------- a conversation

  route() {
    const settings = /^#\/settings\/?(\w*)$/.exec(location.hash);
    if (settings)
      return this.settings(settings[1]);
    const m = /^#\/(\d+)(?:\/(\d+))?$/.exec(location.hash);
    if (!m)
      return this.closeConversation();
    const about = { id: Number(m[1]) };
    if (m[2])
      Object.assign(about, this.search.place?.message === Number(m[2]) ? this.search.place : null,
        { message: Number(m[2]) });
    this.openConversation(about);
  }

  // Few look at them: they are loaded when somebody does.
  async settings(name) {
    this.closeConversation();
    this.frame.dataset.pane = "conversation";
    const { signal } = this.open = new AbortController();
    const { Settings } = await import("./settings.js");
    if (!signal.aborted)
      fill(this.pane, new Settings(this.model, name, () => { location.hash = ""; }, signal).element);
  }

  closeConversation() {
    this.open?.abort();
    this.open = this.conversation = null;
    this.frame.dataset.pane = "list";
    this.list.open(0);
    fill(this.pane, this.nothing());
  }

  async openConversation(about) {
    if (this.conversation?.id === about.id && about.message
        && this.conversation.messages.has(about.message)) {
      this.frame.dataset.pane = "conversation";
      return this.conversation.reveal(about.message);
    }
    this.open?.abort();
    this.open = new AbortController();
    const signal = this.open.signal;
    this.frame.dataset.pane = "conversation";
    this.list.open(about.id);
    let c;
    try {
      c = await this.model.get(about.id);
    } catch (p) {
      if (!signal.aborted)
        fill(this.pane, el("div", { class: "nothing" }, el("p", { role: "alert" }, explain(p)),
          el("button", { class: "primary", onclick: () => this.route() }, t("retry"))));
      return;
    }
    if (signal.aborted)
      return;
    const conversation = this.conversation = new Conversation(this.model, about, {
      reply: m => composer.reply(m), editNote: a => composer.editNote(a) }, signal);
    const composer = this.composer = new Composer(this.model, conversation, signal);
    const header = el("header", { class: "top" });
    const answering = el("span", { class: "answering", role: "status" });
    const drawHeader = () => this.header(header, this.model.conversations.get(about.id) || c, answering);
    const drawAnswering = () => fill(answering, this.model.answering(about.id).slice(0, 3).map(who =>
      el("bdi", null, t("answering", { who }), " ")));
    this.model.listen("conversation", x => x.id === about.id && drawHeader(), signal);
    this.model.listen("answering", id => id === about.id && drawAnswering(), signal);
    drawAnswering();
    drawHeader();
    fill(this.pane, el("div", { class: "talk" }, header, conversation.element, composer.element));
    composer.grow();
    if (localStorage.getItem("waspool-details") === "1" && innerWidth > 1200)
      this.showDetails();
    try {
      await conversation.load();
    } catch (p) {
      fill(conversation.log, el("div", { class: "line", role: "alert" }, explain(p),
        el("button", { class: "link", onclick: () => this.route() }, t("retry"))));
    }
    // Who writes elsewhere by then goes on there.
    if (matchMedia("(hover: hover)").matches && !signal.aborted
        && !document.activeElement?.closest("input, textarea, select, dialog, [popover]"))
      composer.focus();
  }

  // Is left alone while it says the same: somebody may stand on a button of it.
  header(header, c, answering) {
    const name = nameOf(c);
    const says = JSON.stringify([name, c.phone, c.username, c.state, c.snoozed_until, c.team,
      c.assigned_to, c.is_read]);
    if (header.says === says)
      return;
    header.says = says;
    fill(header,
      iconButton("back", t("back"), () => { location.hash = ""; }, { class: "icon-button back" }),
      el("button", { type: "button", class: `face tint${tint(name)}`, "aria-label": t("details"),
        onclick: () => this.toggleDetails(), "data-initials": initials(name) }),
      el("div", { class: "who" }, el("h1", null, el("bdi", null, name)),
        el("p", null, answering, el("bdi", null, c.phone || (c.username && "@" + c.username) || ""),
          c.state !== "open" && " · " + t("state_" + c.state)
            + (c.snoozed_until ? " " + whole(c.snoozed_until) : ""))),
      el("button", { type: "button", class: "assign", title: t("assign"),
        onclick: e => this.assign(c, e.currentTarget) }, icon("person"),
      [c.team?.name, c.assigned_to?.name].filter(Boolean).join(" · ") || t("nobody")),
      c.state === "closed"
        ? el("button", { type: "button", class: "close-it", onclick: () => this.state(c.id, "open") }, t("open_again"))
        : el("button", { type: "button", class: "close-it", onclick: () => this.state(c.id, "closed") }, t("close")),
      iconButton("clock", t("snooze"), e => this.snooze(c, e.currentTarget)),
      iconButton("more", t("actions"), e => menu(e.currentTarget, [
        { text: t(c.is_read ? "mark_unread" : "mark_read"),
          run: () => this.model.ask("POST", `/conversations/${c.id}/${c.is_read ? "unread" : "read"}`) },
        c.state !== "pending" && { text: t("set_pending"), run: () => this.state(c.id, "pending") },
        c.state !== "open" && { text: t("open_again"), run: () => this.state(c.id, "open") },
        c.state !== "closed" && { text: t("close"), run: () => this.state(c.id, "closed") },
        { text: t("details"), run: () => this.toggleDetails() },
      ])));
  }

  state(id, state, until) {
    return this.model.ask("PUT", `/conversations/${id}/state`, { state, until });
  }

  assign(c, anchor) {
    const to = who => this.model.ask("PUT", `/conversations/${c.id}/assignee`, who);
    const give = user_id => to({ user_id });
    const me = this.model.me.id, others = this.model.members.filter(m => m.id !== me);
    menu(anchor, [
      { text: t("to_me"), chosen: c.assigned_to?.id === me, run: () => give(me) },
      { text: t("nobody"), chosen: !c.assigned_to, run: () => give(null) },
      ...others.map(m => ({ text: m.name, chosen: c.assigned_to?.id === m.id, run: () => give(m.id) })),
      ...this.model.teams.map(x => ({ text: "👥 " + x.name, chosen: c.team?.id === x.id,
        run: () => to({ team_id: c.team?.id === x.id ? null : x.id }) })),
    ]);
  }

  snooze(c, anchor) {
    const at = (days, hour) => {
      const d = new Date(now());
      d.setDate(d.getDate() + days);
      d.setHours(hour, 0, 0, 0);
      return d;
    };
    const monday = ((8 - new Date(now()).getDay()) % 7) || 7;
    const offers = [[t("in_1_hour"), new Date(now() + 3600000)],
      [t("in_3_hours"), new Date(now() + 3 * 3600000)],
      [t("tomorrow"), at(1, 9)], [t("next_week"), at(monday, 9)]];
    menu(anchor, [
      ...offers.map(([text, date]) => ({ text: `${text} · ${whole(date)}`,
        run: () => this.state(c.id, "snoozed", date.toISOString().replace(/\.\d+/, "")) })),
      { text: t("other_time"), run: async () => {
        const { askText } = await import("./forms.js");
        const text = await askText(t("snooze"), t("until"), "", { type: "datetime-local" });
        if (text)
          this.state(c.id, "snoozed", new Date(text).toISOString().replace(/\.\d+/, ""));
      } },
    ]);
  }

  // ------------------------------------------------------------- details

  toggleDetails() {
    if (this.details) {
      this.details.element.remove();
      this.details = null;
      this.frame.classList.remove("with-details");
      localStorage.removeItem("waspool-details");
    } else
      this.showDetails();
  }

  // Not everybody looks at them: they are loaded when somebody does.
  async showDetails() {
    const { id } = this.conversation, { signal } = this.open;
    localStorage.setItem("waspool-details", "1");
    const { Details } = await import("./details.js");
    if (signal.aborted || this.details)
      return;
    this.details = new Details(this.model, id, () => this.toggleDetails(), signal);
    signal.addEventListener("abort", () => { this.details = null; });
    this.pane.append(this.details.element);
    this.frame.classList.add("with-details");
  }

  async openFound({ contact }) {
    const k = await ask("GET", "/contacts/" + contact);
    if (k)
      dialog(k.name, el("p", null, k.phone || k.user_id || ""), el("p", null, k.email || ""));
  }

  // ------------------------------------------------------------- the rest

  account(anchor) {
    const { session } = this.model;
    const enter = localStorage.getItem("waspool-enter") === "line";
    menu(anchor, [
      ...session.workspaces.filter(w => w.id !== session.workspace.id).map(w => ({
        text: t("go_to", { name: w.name }), run: async () => {
          if (await this.model.ask("PATCH", "/session", { workspace_id: w.id }))
            this.leave();
        } })),
      typeof Notification !== "undefined" && Notification.permission === "default"
        && { text: t("allow_notices"), run: () => Notification.requestPermission() },
      { text: t(enter ? "enter_sends" : "enter_breaks"),
        run: () => localStorage.setItem("waspool-enter", enter ? "send" : "line") },
      { text: t("settings"), run: () => { location.hash = "#/settings/people"; } },
      { text: t("keys"), run: () => this.keys() },
      { text: t("sign_out"), run: async () => {
        await api("DELETE", "/session").catch(() => {});
        this.leave();
      } },
    ]);
  }

  keys() {
    const rows = [["j k", t("key_move")], ["/", t("key_search")], ["r", t("key_reply")],
      ["n", t("key_note")], ["a", t("key_assign")], ["m", t("key_me")], ["e", t("key_close")],
      ["s", t("key_snooze")], ["u", t("key_unread")], ["x", t("key_choose")], ["i", t("key_details")], ["Esc", t("key_back")]];
    dialog(t("keys"), el("dl", { class: "keys" }, rows.flatMap(([k, what]) =>
      [el("dt", null, el("kbd", null, k)), el("dd", null, what)])));
  }

  key(e) {
    if (e.key === "Escape" && !e.defaultPrevented && !document.querySelector("dialog[open], [popover]")) {
      if (this.search.input.value)
        this.search.clear();
      else if (this.list.selected.size)
        this.list.select([]);
      else if (this.frame.dataset.pane !== "list" && innerWidth < 800)
        location.hash = "";
      return;
    }
    if (e.ctrlKey && e.key === "k" || e.metaKey && e.key === "k") {
      e.preventDefault();
      return this.search.input.focus();
    }
    if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select, dialog, [popover]"))
      return;
    const c = this.conversation && this.model.conversations.get(this.conversation.id);
    const at = query => this.pane.querySelector(query);
    const go = step => {
      const id = this.list.beside(step);
      if (id) {
        location.hash = "#/" + id;
        this.list.reveal(id);
      }
    };
    const row = e.target.closest(".list .row"), many = this.list.selected.size > 0;
    const does = {
      j: () => go(1), k: () => go(-1), "/": () => this.search.input.focus(), "?": () => this.keys(),
      ...(c ? {
        r: () => this.composer.focus(), n: () => this.composer.setNote(true),
        a: () => this.assign(c, at(".assign")), m: () => this.model.ask("PUT",
          `/conversations/${c.id}/assignee`, { user_id: this.model.me.id }),
        e: () => this.state(c.id, c.state === "closed" ? "open" : "closed"),
        s: () => this.snooze(c, at(".assign")), i: () => this.toggleDetails(),
        u: () => this.model.ask("POST", `/conversations/${c.id}/unread`), x: () => this.list.toggle(c.id),
      } : {}),
      ...(row ? { x: () => this.list.toggle(Number(row.dataset.id)) } : {}),
      ...(many ? { e: () => this.forChosen({ state: "closed" }), m: () => this.forChosen({ user_id: this.model.me.id }),
        u: () => this.forChosen({ read: false }) } : {}),
    }[e.key];
    if (does) {
      e.preventDefault();
      does();
    }
  }
}
