// What the page knows: conversations, members, numbers, and who hears of them.
// Views of the list, and a conversation that is open, hold what they show and
// are told here what changed.

import { api, ask } from "./api.js";
import { keep, take } from "./unsent.js";
import { t } from "./words.js";

export class Model extends EventTarget {
  constructor(session) {
    super();
    this.session = session;
    this.me = session.user;
    this.owner = `${session.user.id}/${session.workspace.id}`;
    this.conversations = new Map();     // id: as the API has it
    this.asked = {};                    // what: the answer that is waited for
    this.members = [];
    this.numbers = [];
    this.tags = [];
    this.teams = [];
    this.labels = [];
    this.fields = [];                   // that contacts have of their own
    this.counts = null;
    this.notes = new Map();             // conversation: a note that is not kept yet
    this.answers = new Map();           // conversation/member: who answers there now
    this.outbox = new Map();            // conversation: what no answer has come for yet
  }

  // What is on its way in the conversation ID, also while others are shown.
  sending(id) {
    if (!this.outbox.has(id))
      this.outbox.set(id, []);
    return this.outbox.get(id);
  }

  // Keeps the message S of the conversation ID until it is sent (unsent.js).
  keepUnsent(id, { key, shows, body, file }) {
    keep({ key, owner: this.owner, message: { id, shows, body, file } });
  }

  // What another page of the same member could not send.
  async findUnsent() {
    for (const { key, message: { id, ...s } } of await take(this.owner)) {
      this.sending(id).push({ key, ...s, problem: t("closed_before"), isOld: true });
      this.tell("sending", { id });
    }
  }

  tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  listen(type, f, signal) {
    this.addEventListener(type, e => f(e.detail), { signal });
  }

  get isAdmin() {
    return this.session.role !== "agent";
  }

  // All pages of a short list.
  async all(path) {
    const rows = [];
    let cursor = null;
    do {
      const page = await api("GET", path + (path.includes("?") ? "&" : "?")
        + "limit=100" + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""));
      rows.push(...page.data);
      cursor = page.next_cursor;
    } while (cursor && rows.length < 1000);
    return rows;
  }

  async load() {
    [this.fields, this.members, this.numbers, this.tags, this.teams, this.labels] = await Promise.all([
      this.definitions(),
      ...["/members", "/numbers", "/tags", "/teams", "/labels"].map(path => this.all(path))]);
    this.tell("workspace");
  }

  // Of own fields of contacts.
  definitions() {
    return this.all("/contact-fields");
  }

  // WHAT anew, as ANSWER says, and tells KIND.  Several may be asked at once: what
  // was asked last is taken, whichever comes last.
  async anew(what, answer, kind) {
    this.asked[what] = answer;
    const rows = await answer.catch(() => null);
    if (answer !== this.asked[what] || !rows)
      return;
    this[what] = rows;
    this.tell(kind, rows);
  }

  // One of the short lists anew.
  again(what) {
    return this.anew(what, this.all("/" + what), "workspace");
  }

  count() {
    return this.anew("counts", api("GET", "/conversations/counts"), "counts");
  }

  // Takes C, unless what is known of its conversation is newer: what is known.
  keep(c) {
    const old = this.conversations.get(c.id);
    if (old && old.updated_at > c.updated_at)
      return old;
    this.conversations.set(c.id, c);
    return c;
  }

  // Takes what a request or an event says of a conversation, and tells it.
  put(c) {
    const known = this.keep(c);
    if (known === c)
      this.tell("conversation", c);
    return known;
  }

  // Lists remember many more than are looked at again.
  forget(ids) {
    for (const id of ids)
      this.conversations.delete(id);
  }

  // ask() whose answer may be a conversation.
  async ask(...request) {
    const answer = await ask(...request);
    if (answer?.last_message !== undefined)
      this.put(answer);
    return answer;
  }

  async get(id) {
    return this.conversations.get(id) || this.put(await api("GET", "/conversations/" + id));
  }

  // One event of the stream.
  heard(e) {
    switch (e.type) {
    case "conversation.updated":
      if (e.object)
        this.put(e.object);
      else {
        this.conversations.delete(e.id);
        this.tell("conversation-gone", e.id);
      }
      this.changed();
      break;
    case "message.created":
    case "message.updated":
      if (e.object) {
        this.follow(e.object);
        this.tell("message", { message: e.object, isNew: e.type === "message.created" });
      } else
        this.tell("message-gone", { id: e.id, conversation_id: e.conversation_id });
      break;
    case "activity.created":
    case "activity.updated":
      this.tell("activity", { id: e.id, conversation_id: e.conversation_id, activity: e.object });
      break;
    case "contact.updated":
      this.contact(e.id, e.object);
      break;
    case "contact_field.updated":
      this.anew("fields", this.definitions(), "fields");
      break;
    case "number.updated":
      this.again("numbers");
      break;
    case "team.updated":
      this.again("teams");
      this.changed();
      break;
    case "label.updated":
      this.label(e.id, e.object);
      this.again("labels");
      this.changed();
      break;
    case "draft.updated":
      this.tell("draft", { id: e.conversation_id, draft: e.object });
      break;
    case "presence.updated":
      this.present(e);
      break;
    default:
      this.tell("other", e);
    }
  }

  // A colleague answers, or does not any more; it is over by itself.
  present({ conversation_id: id, by, state, expires_in }) {
    if (!by || by.id === this.me.id)
      return;
    const key = id + "/" + by.id;
    const over = () => {
      clearTimeout(this.answers.get(key)?.timer);
      this.answers.delete(key);
      this.tell("answering", id);
    };
    over();
    if (state === "answering") {
      this.answers.set(key, { id, name: by.name || t("unknown"), timer: setTimeout(over, expires_in * 1000) });
      this.tell("answering", id);
    }
  }

  answering(id) {
    return [...this.answers.values()].filter(a => a.id === id).map(a => a.name);
  }

  // The ticks of a row are those of its last message.
  follow(message) {
    const c = this.conversations.get(message.conversation_id);
    if (c && c.last_message && c.last_message.id === message.id
        && c.last_message.status !== message.status) {
      c.last_message.status = message.status;
      this.tell("conversation", c);
    }
  }

  contact(id, contact) {
    for (const c of this.conversations.values())
      if (c.contact && c.contact.id === id) {
        c.contact = contact && { id, name: contact.name, phone: contact.phone,
          tags: contact.tags };
        this.tell("conversation", c);
      }
    this.tell("contact", { id, contact });
  }

  label(id, label) {
    for (const c of this.conversations.values()) {
      const at = c.labels.findIndex(l => l.id === id);
      if (at === -1)
        continue;
      if (label)
        c.labels[at] = { id, name: label.name, color: label.color };
      else
        c.labels.splice(at, 1);
      this.tell("conversation", c);
    }
  }

  // Counts are asked for once after many changes.
  changed() {
    if (!this.counting)
      this.counting = setTimeout(() => {
        this.counting = 0;
        this.count();
      }, 2000);
  }
}
