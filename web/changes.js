// The stream of what changes (docs/realtime.md): it resumes where it was, says
// when it is behind, and tells when all has to be read anew.

import { api } from "./api.js";

const TYPES = ["message.created", "message.updated", "conversation.updated",
  "activity.created", "activity.updated", "draft.updated", "seen.updated", "team.updated",
  "label.updated", "contact.updated", "number.updated", "template.updated", "canned_reply.updated", "contact_field.updated",
  "workspace_event.created", "presence.updated"];
const LATER = [500, 1000, 2000, 5000, 10000];

// heard(event) of each, reset() when the place is gone, fresh(true or false)
// when what is shown is current, or may not be.
export function follow({ heard, reset, fresh }) {
  let source = null, last = null, timer = 0, tries = 0, ended = false;

  const later = () => {
    clearTimeout(timer);
    if (source)
      source.close();
    source = null;
    fresh(false);
    if (!ended)
      timer = setTimeout(open, LATER[Math.min(tries++, LATER.length - 1)]
        * (0.7 + Math.random() * 0.6));
  };
  const alive = e => {
    if (e && e.lastEventId)
      last = e.lastEventId;
  };
  const open = async () => {
    clearTimeout(timer);
    // A lost session looks like a lost network to EventSource: ask.
    if (tries > 1)
      try {
        await api("GET", "/me");
      } catch (p) {
        if (p.status === 401)
          return;
        return later();
      }
    if (ended || source || last === null)
      return;
    source = new EventSource("/api/v1/realtime"
      + (last === null ? "" : "?last_event_id=" + encodeURIComponent(last)));
    source.onopen = () => { tries = 0; fresh(true); };
    source.onerror = later;
    source.addEventListener("ready", alive);
    source.addEventListener("reset", e => { alive(e); reset(); });
    for (const type of TYPES)
      source.addEventListener(type, e => { alive(e); heard(JSON.parse(e.data)); });
  };
  // Comments are not told: what matters is whether the connection is open.
  const online = () => {
    tries = 0;
    if (source === null)
      open();
  };
  // A page that was left may be kept, with its connection: six of them are all
  // that a browser has for a server.
  const left = () => {
    clearTimeout(timer);
    if (source)
      source.close();
    source = null;
  };
  const back = e => e.persisted && online();
  const listeners = { online, offline: later, pagehide: left, pageshow: back };
  for (const [type, f] of Object.entries(listeners))
    addEventListener(type, f);
  return {
    // Begins behind the change LAST.
    begin(place) { last = String(place); open(); },
    end() {
      ended = true;
      clearTimeout(timer);
      for (const [type, f] of Object.entries(listeners))
        removeEventListener(type, f);
      if (source)
        source.close();
    },
  };
}
