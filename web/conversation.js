// A conversation that is open: its messages by time, days between them, what
// members did with it, and what is on its way.  Older and newer ones are read
// as they are scrolled to.

import { api, ask, newKey, now, query, upload } from "./api.js";
import { el, fill, toast } from "./dom.js";
import { day, endOfDay, number, upright } from "./format.js";
import { drawActivity, drawMessage, plain } from "./message.js";
import { menu } from "./menu.js";
import { forget } from "./unsent.js";
import { explain, t } from "./words.js";

const PAGE = 50;
const MOST = 400;       // messages that are kept while the end is looked at
const LEFT = 200;       // of them, when there are more
const SAY_EVERY = 2000; // ms
const NEAR = 600;       // pixels from an end at which more is read
const EMOJI = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

const timeOf = m => m.sent_at || m.created_at;

export class Conversation {
  // ABOUT: id, and perhaps message, which is shown first, with the places of
  // words in it.
  constructor(model, about, actions, signal) {
    this.model = model;
    this.id = about.id;
    this.actions = actions;
    this.signal = signal;
    this.messages = new Map();
    this.activities = new Map();
    this.sending = model.sending(this.id);      // what no answer has come for yet
    this.held = [];             // own messages that came before their answer
    this.items = new Map();     // key: element
    this.found = about.message ? about : null;
    this.before = this.after = null;
    this.missed = new Set();    // what was heard since each answer was asked for
    this.turn = 0;              // what was asked for in another does not count any more
    // What arrives is read out by a line of its own: all that is drawn would be
    // too much.
    this.log = el("div", { class: "messages", role: "log", "aria-live": "off", "aria-label": t("messages"),
      tabindex: "0" });
    this.arrived = [];
    this.heardLine = el("p", { class: "hidden", role: "status" });
    this.scroll = el("div", { class: "scroll" }, this.log);
    this.newest = el("button", { class: "newest", hidden: true,
      onclick: () => this.toNewest() }, "↓ ", el("span"));
    this.element = el("div", { class: "thread" }, this.scroll, this.newest, this.heardLine);
    this.scroll.addEventListener("scroll", () => this.scrolled(), { passive: true });
    // What is at the end stays there while pictures arrive, and rows get the
    // height that they have.
    this.stuck = false;
    const grown = new ResizeObserver(() => this.stuck && this.toEnd());
    for (const e of [this.log, this.scroll])
      grown.observe(e);
    // From midnight on "today" is yesterday.
    const minutes = setInterval(() => this.ends !== endOfDay(now()) && this.draw(), 60000);
    signal.addEventListener("abort", () => { grown.disconnect(); clearInterval(minutes); });
    const hear = (kind, f) => model.listen(kind, e => {
      this.missed.forEach(missed => missed.push(() => f(e)));
      f(e);
    }, signal);
    hear("message", e => this.heard(e));
    model.listen("sending", e => e.id === this.id && this.sent(e.message), signal);
    hear("message-gone", e => this.gone(e));
    hear("activity", e => this.didSomething(e));
  }

  path(rest) {
    return `/conversations/${this.id}${rest}`;
  }

  // ASKED's answer, and what says again what was heard meanwhile: an answer may
  // be older than that.
  async hearing(asked) {
    const missed = [];
    this.missed.add(missed);
    try {
      return [await asked, () => missed.forEach(f => f())];
    } finally {
      this.missed.delete(missed);
    }
  }

  async load() {
    const around = this.found?.message, turn = ++this.turn;
    const [[page, done], sayAgain] = await this.hearing(Promise.all([
      api("GET", this.path("/messages") + query({ limit: PAGE, around })),
      api("GET", this.path("/activities?limit=100")).catch(() => ({ data: [] })),
    ]));
    if (this.signal.aborted || turn !== this.turn)
      return;
    this.turn++;
    this.messages.clear();
    this.activities.clear();
    for (const m of page.data)
      this.messages.set(m.id, m);
    for (const a of done.data)
      this.activities.set(a.id, a);
    this.before = page.next_before;
    this.after = page.next_after;
    this.draw();
    if (around)
      this.reveal(around);
    else
      this.toEnd();
    sayAgain();
    this.read();
  }

  // After a reset of the stream: what is shown may have changed.
  async again() {
    if (this.stuck || !this.messages.size)
      this.found = null;
    await this.load();
  }

  get isNewest() {
    return this.after === null;
  }

  atEnd() {
    const s = this.scroll;
    return this.isNewest && s.scrollHeight - s.scrollTop - s.clientHeight < 80;
  }

  toEnd() {
    this.stuck = this.isNewest;
    this.scroll.scrollTop = this.scroll.scrollHeight;
    this.seen();
    this.newest.hidden = true;
  }

  // Where it is, and how large.
  seen() {
    const { scrollTop, clientWidth, clientHeight } = this.scroll;
    this.top = scrollTop;
    this.size = `${clientWidth} ${clientHeight}`;
  }

  // Reads a page more at END: "before" or "after" what is shown.
  async more(end) {
    if (this.reading || this[end] === null)
      return;
    const turn = this.turn;
    this.reading = true;
    try {
      const [page, sayAgain] = await this.hearing(api("GET", this.path("/messages")
        + query({ limit: PAGE, [end]: this[end] })));
      if (turn === this.turn) {
        this.add(page, end);
        sayAgain();
      }
    } catch (p) {
      toast(explain(p), true);
    }
    this.reading = false;
  }

  // What is read above what is seen does not move it.
  add(page, end) {
    const height = this.scroll.scrollHeight, top = this.scroll.scrollTop;
    for (const m of page.data)
      this.messages.set(m.id, m);
    this[end] = page["next_" + end];
    this.draw();
    if (end === "before")
      this.scroll.scrollTop = top + this.scroll.scrollHeight - height;
  }

  async toNewest() {
    if (!this.isNewest) {
      this.found = null;
      await this.load().catch(p => toast(explain(p), true));
    }
    this.toEnd();
  }

  scrolled() {
    // What grows moves nothing up, and a window of another size may: who reads
    // does it in the one that there is.
    const { top, size } = this;
    this.seen();
    if (this.atEnd())
      this.stuck = true;
    else if (this.top < top && this.size === size)
      this.stuck = false;
    if (this.scroll.scrollTop < NEAR)
      this.more("before");
    if (this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < NEAR)
      this.more("after");
    if (this.stuck)
      this.newest.hidden = true;
  }

  // A reaction stands at what it is about, where that is shown.
  ordered() {
    const all = [...this.messages.values()], shown = new Set(all.map(m => m.wamid));
    return all.filter(m => m.type !== "reaction"
      || m.content.emoji && !shown.has(m.content.message_id)).sort((a, b) =>
      timeOf(a) < timeOf(b) ? -1 : timeOf(a) > timeOf(b) ? 1 : a.id - b.id);
  }

  // All that is shown, in its order: [key, what it is].
  entries() {
    const out = [], messages = this.ordered();
    const oldest = messages.length && this.before !== null ? timeOf(messages[0]) : "";
    const newest = messages.length && !this.isNewest ? timeOf(messages.at(-1)) : "9";
    const all = messages.map(m => ({ at: timeOf(m), key: "m" + m.id, message: m }))
      .concat([...this.activities.values()].filter(a => a.at >= oldest && a.at <= newest)
        .map(a => ({ at: a.at, key: "a" + a.id, activity: a })))
      .sort((x, y) => x.at < y.at ? -1 : x.at > y.at ? 1 : 0);
    let ends = "";
    for (const e of all) {
      if (e.at >= ends) {
        const date = day(e.at);
        out.push({ key: "d" + date + e.key, day: date });
        ends = endOfDay(e.at);
      }
      out.push(e);
    }
    if (this.isNewest)
      for (const s of this.sending)
        out.push({ key: "s" + s.key, sending: s });
    return out;
  }

  draw() {
    this.ends = endOfDay(now());
    const wanted = this.entries(), keys = new Set(wanted.map(e => e.key));
    for (const [key, li] of this.items)
      if (!keys.has(key)) {
        li.remove();
        this.items.delete(key);
      }
    let next = this.log.firstChild;
    for (const e of wanted) {
      let li = this.items.get(e.key);
      const shows = e.message || e.activity || e.sending || e.day;
      if (!li) {
        li = el("div");
        this.items.set(e.key, li);
      }
      if (li.shows !== shows || e.sending) {
        li.shows = shows;
        this.drawOne(li, e);
      }
      if (li === next)
        next = next.nextSibling;
      else
        this.log.insertBefore(li, next);
    }
  }

  drawOne(li, e) {
    if (e.message)
      drawMessage(li, e.message, this,
        this.found?.places && this.found.message === e.message.id ? this.found : null);
    else if (e.activity)
      drawActivity(li, e.activity, this);
    else if (e.sending)
      this.drawSending(li, e.sending);
    else {
      li.className = "day";
      fill(li, el("span", null, e.day));
    }
  }

  drawSending(li, s) {
    li.className = "message ours sending";
    fill(li, el("div", { class: "bubble" }, el("div", { class: "text", dir: "auto" }, s.shows),
      s.problem ? el("div", { class: "failure", role: "alert" },
        el("span", null, el("b", null, t("not_sent")), " ", s.problem),
        el("button", { class: "link", onclick: () => this.send(s) }, t("retry")),
        el("button", { class: "link", onclick: () => this.drop(s) }, t("discard")))
        : el("div", { class: "foot" }, s.progress !== undefined
          && el("progress", { value: s.progress, max: 1 }),
        s.cancel && el("button", { class: "link", onclick: s.cancel }, t("cancel")),
        t("status_sending"))));
  }

  drop(s, message) {
    const at = this.sending.indexOf(s);
    if (at !== -1)
      this.sending.splice(at, 1);
    forget(s.key);
    this.tell(message);
  }

  // Whoever shows the conversation by now.
  tell(message) {
    this.model.tell("sending", { id: this.id, message });
  }

  sent(message) {
    if (message)
      this.put(message);
    if (!this.sending.some(s => !s.problem)) {
      const held = this.held;
      this.held = [];
      held.forEach(m => this.put(m));
    }
    this.draw();
  }

  // Sends S; it stays, with a way to try again, until the API has taken it.
  async send(s) {
    const first = !s.key;
    s.key ||= newKey();
    s.problem = null;
    if (first) {
      this.sending.push(s);
      this.model.keepUnsent(this.id, s);
      if (!this.isNewest)
        await this.toNewest();
    }
    this.draw();
    this.toEnd();
    try {
      const body = s.file ? await this.upload(s) : s.body;
      const m = await api("POST", this.path("/messages"), body, { key: s.key });
      this.drop(s, m);
      if (s.caption)
        this.send({ shows: s.caption, body: { type: "text", text: { body: s.caption } } });
    } catch (p) {
      if (p.name === "AbortError")
        return this.drop(s);
      s.problem = explain(p);
      s.progress = s.cancel = undefined;
      this.tell();
    }
  }

  // The message of a file, which is there by then; once, however often it is
  // tried.
  async upload(s) {
    const { file, name, caption, about, voice } = s.file;
    if (!s.taken) {
      const u = upload(file, name, s.file.key, f => { s.progress = f; this.tell(); });
      s.progress = 0;
      s.cancel = u.cancel;
      this.tell();
      s.taken = await u.done;
      s.cancel = s.progress = undefined;
    }
    const { id, type } = s.taken;
    const body = { type, media: { upload: id }, ...about };
    if (caption && ["image", "video", "document"].includes(type))
      body.caption = caption;
    else
      s.caption = caption;
    if (voice && type === "audio")
      body.voice = true;
    if (type === "document")
      body.filename = name;
    return body;
  }

  put(m) {
    const old = this.messages.get(m.id);
    if (!old && !this.isNewest)
      return;
    this.messages.set(m.id, old && old.edits && !m.edits ? { ...m, edits: old.edits } : m);
    this.trim();
    this.draw();
    if (old)
      return;
    if (m.direction === "inbound")
      this.readOut(m);
    if (this.stuck || m.direction === "outbound")
      this.toEnd();
    else {
      this.newest.hidden = false;
      this.newest.lastChild.textContent = t("new_messages");
    }
    this.read();
  }

  // Who looks at the end does not wait for thousands above it; they are read
  // again when somebody scrolls there.
  trim() {
    if (!this.stuck || this.messages.size <= MOST)
      return;
    const [oldest] = this.ordered().slice(-LEFT);
    for (const m of [...this.messages.values()])
      if (timeOf(m) < timeOf(oldest) || timeOf(m) === timeOf(oldest) && m.id < oldest.id)
        this.messages.delete(m.id);
    this.before = oldest.id;
    this.turn++;
  }

  // One as it is, of several their number, not more often than that is said.
  readOut(m) {
    this.arrived.push(m);
    this.saying ||= setTimeout(() => {
      const all = this.arrived;
      this.arrived = [];
      this.saying = 0;
      this.heardLine.textContent = all.length > 1 ? `${t("new_messages")}: ${number(all.length)}`
        : [upright(all[0].sender_name || ""), plain(all[0]).slice(0, 300)].filter(Boolean).join(": ");
    }, SAY_EVERY);
  }

  heard({ message: m, isNew }) {
    if (m.conversation_id !== this.id)
      return;
    // The answer to what was just sent comes by two ways.
    if (isNew && this.sending.some(s => !s.problem) && m.sent_by?.id === this.model.me.id
        && !this.messages.has(m.id))
      this.held.push(m);
    else if (isNew || this.messages.has(m.id))
      this.put(m);
  }

  gone({ id }) {
    if (this.messages.delete(id))
      this.draw();
  }

  didSomething({ id, conversation_id, activity }) {
    if (conversation_id !== this.id)
      return;
    if (activity)
      this.activities.set(id, activity);
    else
      this.activities.delete(id);
    this.draw();
    if (this.stuck)
      this.toEnd();
  }

  // It is read when somebody looks at its end.
  read() {
    const c = this.model.conversations.get(this.id);
    if (!c || c.is_read || document.hidden || !this.isNewest || this.marking)
      return;
    this.marking = true;
    api("PUT", this.path("/seen"), {}).catch(() => {});
    api("POST", this.path("/read")).then(r => r && this.model.put(r)).catch(() => {})
      .finally(() => { this.marking = false; });
  }

  // ------------------------------------------------- what a message asks for

  byWamid(wamid) {
    for (const m of this.messages.values())
      if (m.wamid === wamid)
        return m;
    return null;
  }

  async jump(m, quoted) {
    const id = quoted?.id ?? m.context?.message_id;
    if (!id)
      return toast(t("not_here"));
    if (m.context?.conversation_id && m.context.conversation_id !== this.id) {
      location.hash = `#/${m.context.conversation_id}/${id}`;
      return;
    }
    if (!this.messages.has(id)) {
      this.found = { message: id };
      await this.load().catch(p => toast(explain(p), true));
    }
    this.reveal(id);
  }

  reveal(id) {
    const li = this.items.get("m" + id);
    if (!li)
      return;
    this.stuck = false;
    // Those above get their height when they are seen, and move it.
    const center = n => {
      li.scrollIntoView({ block: "center" });
      this.seen();
      if (n)
        requestAnimationFrame(() => center(n - 1));
    };
    center(4);
    li.classList.add("found");
    setTimeout(() => li.classList.remove("found"), 2500);
  }

  async retry(m) {
    const again = await ask("POST", `/messages/${m.id}/retry`);
    if (again)
      this.put(again);
  }

  async saveCard({ name, phone }) {
    if (await ask("POST", "/contacts", { name, phone }))
      toast(t("saved"));
  }

  react(m, emoji) {
    const mine = m.reactions.some(r => r.from === "business" && r.emoji === emoji);
    ask("POST", this.path("/messages"), { type: "reaction",
      reaction: { message_id: m.id, emoji: mine ? "" : emoji } }, { key: newKey() });
  }

  menu(m, anchor) {
    menu(anchor, [
      { text: t("reply"), run: () => this.actions.reply(m) },
      { row: EMOJI.map(e => ({ text: e, label: t("react", { emoji: e }),
        run: () => this.react(m, e) })) },
      { text: t("copy"), run: () => navigator.clipboard?.writeText(
        anchor.closest(".message").querySelector(".text")?.textContent || "") },
      m.media_url && { text: t("download"), href: m.media_url },
      m.status === "failed" && { text: t("retry"), run: () => this.retry(m) },
    ]);
  }

  noteMenu(a, anchor) {
    const mine = a.by?.id === this.model.me.id;
    menu(anchor, [
      mine && { text: t("change"), run: () => this.actions.editNote(a) },
      (mine || this.model.isAdmin) && { text: t("delete"), run: () => ask("DELETE", "/activities/" + a.id) },
    ]);
  }
}
