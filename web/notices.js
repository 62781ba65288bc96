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
    away = null;
    if (!document.hidden && !signal.aborted)
      navigator.locks?.request(LOOKED_AT, { mode: "shared" }, () =>
        document.hidden || signal.aborted || new Promise(done => { away = done; }));
  };
  document.addEventListener("visibilitychange", turn, { signal });
  signal.addEventListener("abort", turn);
  turn();
}

// Of several tabs each tells of it, with one tag: the last stands in the place of
// those before, without a sound.
export async function notice(model, m) {
  if (!document.hidden || typeof Notification === "undefined"
      || Notification.permission !== "granted" || await isLookedAt())
    return;
  const c = model.conversations.get(m.conversation_id);
  if (c?.assigned_to && c.assigned_to.id !== model.me.id)
    return;
  try {
    const n = new Notification(c ? nameOf(c) : "waspool", { tag: String(m.conversation_id),
      body: c?.last_message_preview || t("new_messages") });
    n.onclick = () => {
      focus();
      location.hash = "#/" + m.conversation_id;
      n.close();
    };
  } catch {
    // Browsers of phones have the name, and refuse to make one.
  }
}
