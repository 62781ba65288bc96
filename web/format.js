// Times, numbers and sizes as the reader's language writes them.

import { now } from "./api.js";
import { language, t } from "./words.js";

const made = new Map();

function formatter(kind, options) {
  const key = kind.name + JSON.stringify(options);
  if (!made.has(key))
    made.set(key, new kind(language(), options));
  return made.get(key);
}

function startOfDay(time) {
  const d = new Date(time);
  d.setHours(0, 0, 0, 0);
  return d;
}

// When TIME's day is over, by the reader's clock, as the API writes times.
export function endOfDay(time) {
  const d = startOfDay(time);
  d.setDate(d.getDate() + 1);
  return d.toISOString();
}

// Whole days from TIME's day to today, by the reader's clock.
function daysAgo(time) {
  return Math.round((startOfDay(now()) - startOfDay(time)) / 86400000);
}

export function clock(time) {
  return formatter(Intl.DateTimeFormat, { timeStyle: "short" })
    .format(new Date(time));
}

export function whole(time) {
  return formatter(Intl.DateTimeFormat, { dateStyle: "medium", timeStyle: "short" })
    .format(new Date(time));
}

// A day between messages: today, yesterday, Tuesday, 3 March 2026.
export function day(time) {
  const ago = daysAgo(time);
  if (ago === 0 || ago === 1)
    return formatter(Intl.RelativeTimeFormat, { numeric: "auto" })
      .format(-ago, "day");
  return formatter(Intl.DateTimeFormat, ago > 1 && ago < 7 ? { weekday: "long" }
    : { dateStyle: "long" }).format(new Date(time));
}

// A day without a time: 2026-01-31.
export function date(text) {
  return formatter(Intl.DateTimeFormat, { dateStyle: "long" }).format(new Date(text + "T00:00"));
}

// In a row: the time of today, else the day, shortly.
export function shortTime(time) {
  const ago = daysAgo(time);
  if (ago <= 0)
    return clock(time);
  if (ago === 1)
    return formatter(Intl.RelativeTimeFormat, { numeric: "auto" }).format(-1, "day");
  return formatter(Intl.DateTimeFormat, ago < 7 ? { weekday: "short" }
    : { dateStyle: "short" }).format(new Date(time));
}

// 3 h, 12 min: how long from now, or since.
export function span(ms) {
  const minutes = Math.max(0, Math.floor(Math.abs(ms) / 60000));
  const [n, unit] = minutes < 60 ? [minutes, "minute"]
    : minutes < 2880 ? [Math.floor(minutes / 60), "hour"]
    : [Math.floor(minutes / 1440), "day"];
  return formatter(Intl.NumberFormat, { style: "unit", unit, unitDisplay: "short" })
    .format(n);
}

export function number(n) {
  return formatter(Intl.NumberFormat, {}).format(n);
}

export function bytes(n) {
  const [value, unit] = n < 1e6 ? [Math.max(1, Math.round(n / 1000)), "kilobyte"]
    : [n / 1e6, "megabyte"];
  return formatter(Intl.NumberFormat, { style: "unit", unit, unitDisplay: "short",
    maximumFractionDigits: value < 10 ? 1 : 0 }).format(value);
}

export function money(amount, currency) {
  try {
    return formatter(Intl.NumberFormat, { style: "currency", currency }).format(amount);
  } catch {
    return `${amount} ${currency || ""}`.trim();
  }
}

export function duration(seconds) {
  const s = Math.round(Number(seconds) || 0);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

// TEXT without what turns the order of its letters: a name is no place for it.
export function upright(text) {
  return String(text).replace(/[\u202a-\u202e\u2066-\u2069]/g, "");
}

// What somebody is called in a row: the contact's name, else the phone book's,
// else their own; else what is known.
export function nameOf(c) {
  return upright((c.contact && c.contact.name) || c.phone_book_name || c.profile_name
    || c.phone || c.user_id || "").trim() || t("unknown");
}

// Sentences on what is wrong with a number of ours.
export function troubleOf(n) {
  const h = n.health || {}, name = { number: n.display_phone || n.phone_number_id };
  const why = (h.problems || []).map(p => [p.text, p.solution].filter(Boolean).join(" "))
    .filter(Boolean).join(" ") || h.status || "";
  const key = ["no_key", "wrong_key"].includes(h.error?.reason) && h.error;
  return [
    n.waiting || key ? t("number_waits", { ...name, why: (n.waiting || key).detail || (n.waiting || key).reason })
      : h.can_send === "BLOCKED" ? t("number_waits", { ...name, why })
      : h.can_send === "LIMITED" && t("number_limited", { ...name, why }),
    h.quality_rating === "RED" && t("number_low", name),
  ].filter(Boolean);
}

export function initials(name) {
  const letters = name.replace(/[^\p{L}\p{N}\s]/gu, "").trim().split(/\s+/)
    .filter(Boolean).map(w => [...w][0]);
  return (letters.length > 1 ? letters[0] + letters[letters.length - 1]
    : letters[0] || "#").toUpperCase();
}

// One of twelve colours, the same for the same name.
export function tint(name) {
  let h = 0;
  for (const c of name)
    h = (h * 31 + c.codePointAt(0)) >>> 0;
  return h % 12;
}
