// What was written and is not with the server stays on this computer, when the
// session ends or the tab is closed: messages that no answer has come for, notes,
// and what could not be kept as a draft.  It is asked for by whose it is only: the
// same member in the same workspace.

import { newKey } from "./api.js";

const KEPT = 7 * 86400000;      // ms; then it is forgotten
const TAB = "waspool-tab ", TURN = "waspool-unsent";

const answer = request => new Promise((resolve, reject) => {
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

let opened = null;

function open() {
  opened ||= new Promise((resolve, reject) => {
    const request = indexedDB.open("waspool", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("unsent", { keyPath: "key" });
    request.onsuccess = () => {
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// One after the other, as they were asked for.  A browser may refuse all of it:
// then nothing is kept, and null.
let last = null;

function store(f) {
  const one = async () => {
    try {
      await live();
      const db = await open();
      return await f(db.transaction("unsent", "readwrite").objectStore("unsent"));
    } catch {
      return null;
    }
  };
  return last = last ? last.then(one) : one();
}

// Who holds the lock of its name is alive: what a closed tab had is offered in
// the next one, and in one only.
const tab = newKey();
let living = null;

function live() {
  living ||= new Promise(resolve => navigator.locks
    ? navigator.locks.request(TAB + tab, () => {
      resolve();
      return new Promise(() => {});
    }) : resolve());
  return living;
}

// ROW has key and owner.
export function keep(row) {
  return store(s => answer(s.put({ ...row, tab, at: Date.now() })));
}

export function forget(key) {
  return store(s => answer(s.delete(key)));
}

// The row KEY, if it is of OWNER.
export async function kept(key, owner) {
  const row = await store(s => answer(s.get(key)));
  return row?.owner === owner ? row : null;
}

// Messages of OWNER that no living tab has; they are this one's by now.
export async function take(owner) {
  const adopt = async () => {
    await live();
    const held = (await navigator.locks?.query())?.held || [];
    const others = new Set(held.map(l => l.name).filter(name => name !== TAB + tab));
    return store(async s => {
      const mine = [];
      for (const row of await answer(s.getAll()))
        if (Date.now() - row.at > KEPT)
          s.delete(row.key);
        else if (row.owner === owner && row.message && !others.has(TAB + row.tab)) {
          s.put({ ...row, tab });
          mine.push(row);
        }
      return mine.sort((a, b) => a.at - b.at);
    });
  };
  return await (navigator.locks ? navigator.locks.request(TURN, adopt) : adopt()) || [];
}
