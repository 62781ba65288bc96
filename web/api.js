// The API (docs/openapi.yaml), by the session's cookie.

import { toast } from "./dom.js";
import { explain } from "./words.js";

const BASE = "/api/v1";

// What the API answered when it was not done; status 0: nothing answered.
export class Problem extends Error {
  constructor(status, body, retryAfter) {
    super(body.detail || body.title || "");
    this.status = status;
    this.type = (body.type || "").split(/[/#:]/).pop();
    this.errors = body.errors || [];
    this.retryAfter = retryAfter;
  }
}

// Is called when the session has ended; not for what was asked for in one before
// newSession().
let signedOut = () => {}, sessions = 0;
export function onSignedOut(f) {
  signedOut = f;
}

export function newSession() {
  sessions++;
}

async function problemOf(response) {
  const body = await response.json().catch(() => ({}));
  return new Problem(response.status, body,
    Number(response.headers.get("Retry-After")) || 0);
}

// How far the server's clock is ahead of this computer's, which may be wrong by
// hours: windows close, and snoozes end, by the server's.
let ahead = 0;

export function now() {
  return Date.now() + ahead;
}

// Its Date has whole seconds; a difference of a few is the way here.
function setClock(response) {
  const difference = Date.parse(response.headers.get("Date")) - Date.now();
  if (Math.abs(difference - ahead) > 5000)
    ahead = Math.abs(difference) > 5000 ? difference : 0;
}

// The answer's JSON, null for 204; throws Problem.
export async function api(method, path, body, options = {}) {
  const headers = {}, mine = sessions;
  if (body !== undefined)
    headers["Content-Type"] = "application/json";
  if (options.key)
    headers["Idempotency-Key"] = options.key;
  const response = await fetch(BASE + path, {
    method, headers, signal: options.signal, credentials: "same-origin",
    body: body === undefined ? undefined : JSON.stringify(body),
  }).catch(e => {
    throw e.name === "AbortError" ? e : new Problem(0, {}, 0);
  });
  setClock(response);
  if (response.status === 204)
    return null;
  if (!response.ok) {
    const p = await problemOf(response);
    if (p.status === 401 && mine === sessions && !path.startsWith("/session"))
      signedOut();
    throw p;
  }
  return response.json().catch(() => { throw new Problem(0, {}, 0); });
}

// api() for what a person wants: a refusal is told, and null.
export async function ask(method, path, body, options) {
  try {
    return await api(method, path, body, options) ?? true;
  } catch (p) {
    toast(explain(p), true);
    return null;
  }
}

// POST /media of FILE, called NAME, with PROGRESS(fraction): the upload; cancel()
// breaks it off.  XMLHttpRequest, since fetch tells nothing of the way out.
export function upload(file, name, key, progress) {
  const x = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    x.open("POST", BASE + "/media");
    x.setRequestHeader("Idempotency-Key", key);
    x.responseType = "json";
    x.upload.onprogress = e => e.lengthComputable && progress(e.loaded / e.total);
    x.onload = () => x.status === 201 ? resolve(x.response)
      : reject(new Problem(x.status, x.response || {}, 0));
    x.onerror = () => reject(new Problem(0, {}, 0));
    x.onabort = () => reject(new DOMException("", "AbortError"));
    const form = new FormData();
    form.append("file", file, name);
    x.send(form);
  });
  return { done, cancel: () => x.abort() };
}

export function query(params) {
  const q = new URLSearchParams();
  for (const [key, value] of Object.entries(params))
    for (const v of [value].flat())
      if (v !== undefined && v !== null && v !== "")
        q.append(key, v);
  const text = q.toString();
  return text ? "?" + text : "";
}

// A new key for a request that is to count once.
export function newKey() {
  return crypto.randomUUID ? crypto.randomUUID()
    : Array.from(crypto.getRandomValues(new Uint8Array(16)),
      b => b.toString(16).padStart(2, "0")).join("");
}
