// What came is told by the system where no tab of ours is looked at.

import { nameOf } from "./format.js";
import { t } from "./words.js";

// Every tab that is looked at holds it, together with others.
const LOOKED_AT = "waspool-looked-at";

async function isLookedAt() {
  const { held } = await navigator.locks.query();
  return held.some(l => l.name === LOOKED_AT);
}

export function lookOut(signal) {
  let away = null;
  const turn = () => {
    away?.();
    if (document.hidden || signal.aborted)
      return;
    // Over before it began, if it is no longer looked at when the lock comes.
    const until = new Promise(done => { away = done; });
    navigator.locks?.request(LOOKED_AT, { mode: "shared" }, () => until);
  };
  document.addEventListener("visibilitychange", turn, { signal });
  signal.addEventListener("abort", turn);
  turn();
}

// Of several tabs each tells of it, with one tag: the last stands in the place of
// those before, without a sound.
async function notice(model, c) {
  if (!document.hidden || typeof Notification === "undefined"
      || Notification.permission !== "granted" || await isLookedAt())
    return;
  if (c.assigned_to && c.assigned_to.id !== model.me.id)
    return;
  try {
    const n = new Notification(nameOf(c), { tag: String(c.id),
      body: c.last_message_preview || t("new_messages") });
    n.onclick = () => {
      focus();
      location.hash = "#/" + c.id;
      n.close();
    };
  } catch {
    // Browsers of phones have the name, and refuse to make one.
  }
}

// A message is heard of before its conversation, which says what it is about.
export function tellAway(model, signal) {
  const untold = new Map();   // conversation: when its message came
  model.listen("message", ({ message: m, isNew }) =>
    isNew && m.direction === "inbound" && untold.set(m.conversation_id, m.created_at), signal);
  model.listen("conversation", c => {
    if (untold.has(c.id) && c.updated_at >= untold.get(c.id)) {
      untold.delete(c.id);
      notice(model, c);
    }
  }, signal);
  model.listen("conversation-gone", id => untold.delete(id), signal);
}
