// What changes, in every tab from one connection: a browser has six for a server
// by HTTP/1.1, and people have more tabs.  Who has the lock leads: it has the
// stream and hands on what comes.  When it is closed, killed or asleep another
// goes on from the place where it is itself; nothing is missed, or it says so.

import { connect } from "./stream.js";

const ASK_EVERY = 3000;
const SILENT = 3;       // questions without an answer: who led does not any more
const STALE = 7;        // … with one that it has no connection
const HELD = 5000;      // events that came before begin()

// Versions of the page need not understand each other.
const SPACE = "waspool-changes " + new URL(".", import.meta.url).pathname;

// For WHO, who has signed in: heard(event) of each, reset() when something may
// have been missed, fresh(true or false) when what is shown is current, or may
// not be.
export function follow(who, { heard, reset, fresh }) {
  const name = `${SPACE} ${who}`;
  let last = null, held = [], stream = null, isFresh = null;
  let channel = null, queue = null, release = null, silent = 0, stale = 0;

  const tell = what => channel?.postMessage(what);
  const setFresh = is => {
    stale = is ? 0 : stale;
    if (is !== isFresh)
      fresh(isFresh = is);
  };
  const moved = place => {
    last = place;
    reset();
  };

  // EVENT, which came behind the place BEFORE.
  const take = (event, before) => {
    const { type, id, data } = event;
    if (last === null)
      return held.length < HELD ? held.push([event, before]) : held.splice(0);
    if (type === "reset" || id && before > last)
      return moved(Number(id));
    if (id && Number(id) <= last)
      return;
    last = Number(id) || last;
    heard(JSON.parse(data));
  };

  const lead = () => {
    let place = last;
    stream = connect(last, {
      heard(event) {
        tell({ event, before: place });
        const before = place;
        place = Number(event.id) || place;
        take(event, before);
      },
      fresh(is) {
        tell({ fresh: is });
        setFresh(is);
      },
    });
  };
  const rest = () => {
    stream?.end();
    stream = release = isFresh = null;
  };

  // Waits for the lock, or takes it from who has it.
  const want = steal => {
    const mine = queue = new AbortController();
    silent = stale = 0;
    if (!navigator.locks)
      return lead();
    navigator.locks.request(name, steal ? { steal } : { signal: mine.signal }, () =>
      mine === queue && new Promise(done => {
        release = done;
        lead();
      })).catch(e => {
      // Taken by another; who left has no queue any more.
      if (mine !== queue)
        return;
      rest();
      if (e.name === "AbortError")
        want();
      else
        lead();
    });
  };

  // Does somebody lead, with a connection?
  const ask = isSeen => {
    if (last === null || !channel)
      return;
    if (stream)
      return isSeen && stream.hurry(true);
    if (silent >= SILENT || stale >= STALE) {
      queue.abort();
      return want(true);
    }
    if (silent++)
      setFresh(false);
    stale += isFresh === false;
    tell({ ask: true, isSeen });
  };
  const said = ({ data: m }) => {
    if (m.ask) {
      if (stream) {
        stream.hurry(m.isSeen);
        if (isFresh !== null)
          tell({ fresh: isFresh, place: last });
      }
      return;
    }
    silent = 0;
    if (m.event)
      take(m.event, m.before);
    else if (!stream) {
      setFresh(m.fresh);
      if (last !== null && m.place > last)
        moved(m.place);
    }
  };

  const come = () => {
    channel = new BroadcastChannel(name);
    channel.onmessage = said;
    if (last !== null) {
      want();
      ask();
    }
  };
  // A page that was left may be kept: it holds nothing meanwhile.
  const leave = () => {
    channel?.close();
    queue?.abort();
    release?.();
    channel = queue = null;
    rest();
  };
  const back = e => e.persisted && come();
  const seen = () => document.hidden || ask(true);
  const asking = setInterval(() => ask(), ASK_EVERY);
  addEventListener("pagehide", leave);
  addEventListener("pageshow", back);
  document.addEventListener("visibilitychange", seen);
  come();
  return {
    // Begins behind the change PLACE, which was read after follow().
    begin(place) {
      last = Number(place);
      held.splice(0).forEach(e => take(...e));
      want();
      ask();
    },
    end() {
      leave();
      clearInterval(asking);
      removeEventListener("pagehide", leave);
      removeEventListener("pageshow", back);
      document.removeEventListener("visibilitychange", seen);
    },
  };
}
