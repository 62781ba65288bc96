// The page begins: who is signed in sees the inbox, everybody else the form.

import { api, newSession, onSignedOut } from "./api.js";
import { el, fill } from "./dom.js";
import { Inbox } from "./inbox.js";
import { signIn } from "./sign_in.js";
import { direction, explain, language, t } from "./words.js";

document.documentElement.lang = language();
document.documentElement.dir = direction();
const root = el("div", { class: "root" });
document.body.append(root);

let inbox = null, begun = 0;

// The cookie is one for all windows: who goes to another workspace in one of
// them, or signs in or out, does so in all.
const windows = new BroadcastChannel("waspool-session");

async function session() {
  if (location.hash.startsWith("#invitation=")) {
    // ./dev run prints such an address, on the machine itself only.
    const m = /^#invitation=([^&]+)&password=(.+)$/.exec(location.hash);
    if (!m || !["127.0.0.1", "localhost"].includes(location.hostname))
      return null;
    history.replaceState(null, "", location.pathname);
    await api("POST", "/session/invitation", { invitation: m[1], password: m[2] })
      .catch(() => {});
  }
  try {
    return await api("GET", "/session");
  } catch (p) {
    if (p.status === 401)
      return null;
    throw p;
  }
}

// Several may say at once that the session has ended: who signs in again
// meanwhile is not disturbed.
async function begin() {
  const mine = ++begun;
  inbox?.end();
  inbox = null;
  newSession();
  let s, problem;
  try {
    s = await session();
  } catch (p) {
    problem = p;
  }
  if (mine !== begun)
    return;
  if (problem) {
    fill(root, el("main", { class: "door" }, el("p", { role: "alert" }, explain(problem)),
      el("button", { class: "primary", onclick: begin }, t("retry"))));
    return;
  }
  if (!s) {
    s = await signIn(root);
    windows.postMessage(null);
  }
  inbox = new Inbox(root, s, () => {
    location.hash = "";
    windows.postMessage(null);
    begin();
  });
}

windows.onmessage = async () => {
  if (location.hash.startsWith("#invitation="))
    return;
  const s = await session().catch(() => null), old = inbox?.model.session;
  if (s && old && s.user.id === old.user.id && s.workspace.id === old.workspace.id)
    return;
  location.hash = "";
  begin();
};

onSignedOut(begin);
begin();
