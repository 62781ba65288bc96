// One connection to the stream of changes (docs/realtime.md): it resumes where
// it was, as often as it is cut off.

import { api } from "./api.js";

const TYPES = ["message.created", "message.updated", "conversation.updated",
  "activity.created", "activity.updated", "draft.updated", "seen.updated", "team.updated",
  "label.updated", "tag.updated", "contact.updated", "number.updated", "template.updated", "canned_reply.updated", "contact_field.updated",
  "broadcast.updated", "workspace_event.created", "presence.updated"];
const LATER = [500, 1000, 2000, 5000, 10000];
const LOOK_EVERY = 15000;
const ON_ITS_WAY = 3000;

// From behind the change LAST: heard({type, id, data}) of each event, fresh(true
// or false) when it is open, or is not.
export function connect(last, { heard, fresh }) {
  let source = null, timer = 0, due = 0, tries = 0, looked = Date.now(), isLooking = false, ended = false;

  const later = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
    fresh(false);
    if (ended)
      return;
    const wait = LATER[Math.min(tries++, LATER.length - 1)] * (0.7 + Math.random() * 0.6);
    due = Date.now() + wait;
    timer = setTimeout(open, wait);
  };
  const open = async () => {
    clearTimeout(timer);
    due = Infinity;
    // A lost session looks like a lost network to EventSource: ask.
    if (tries > 1)
      try {
        await api("GET", "/me");
      } catch (p) {
        return p.status === 401 || later();
      }
    if (ended || source)
      return;
    source = new EventSource("/api/v1/realtime?last_event_id=" + encodeURIComponent(last));
    source.onopen = () => { tries = 0; fresh(true); };
    source.onerror = later;
    for (const type of ["reset", ...TYPES])
      source.addEventListener(type, ({ lastEventId, data }) => {
        // An event without an id says the one before it again.
        const id = type === "reset" || lastEventId !== String(last) ? lastEventId : "";
        last = id || last;
        heard({ type, id, data });
      });
  };
  // A connection may be lost without a word, and comments are not told: ask what
  // came, which is to have arrived a moment later.
  const look = async () => {
    const mine = source;
    if (!mine || isLooking)
      return;
    isLooking = true;
    looked = Date.now();
    let isLost = false;
    try {
      const { data: [next] } = await api("GET", `/changes?after=${encodeURIComponent(last)}&limit=1`);
      if (next)
        await new Promise(r => setTimeout(r, ON_ITS_WAY));
      isLost = next && Number(last) < next.seq;
    } catch (p) {
      isLost = p.status === 0 || p.type === "changes-gone";
    }
    isLooking = false;
    if (isLost && mine === source)
      later();
  };
  const looking = setInterval(() => Date.now() - looked >= LOOK_EVERY && look(), LOOK_EVERY);
  const online = () => {
    tries = 0;
    if (!source)
      open();
  };
  addEventListener("online", online);
  addEventListener("offline", later);
  open();
  return {
    // Timers of a tab that nobody looks at come late.
    hurry(isSeen) {
      if (Date.now() >= due)
        open();
      else if (Date.now() - looked >= (isSeen ? 0 : LOOK_EVERY))
        look();
    },
    end() {
      ended = true;
      clearTimeout(timer);
      clearInterval(looking);
      removeEventListener("online", online);
      removeEventListener("offline", later);
      source?.close();
    },
  };
}
