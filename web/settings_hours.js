// When the workspace is open, by whose clock, and what is answered meanwhile.
// What is being written is kept in STATE until it is saved, so that drawing it
// anew loses nothing.

import { api, ask } from "./api.js";
import { el, iconButton, toast } from "./dom.js";
import { whole } from "./format.js";
import { button } from "./panel.js";
import { language, t } from "./words.js";

const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const NEXT = { from: "09:00", to: "17:00" };

// 1 January 2024 was a Monday.
function dayName(i) {
  return new Intl.DateTimeFormat(language(), { weekday: "long" }).format(new Date(2024, 0, 1 + i));
}

function input(type, x, key, label, disabled) {
  return el("input", { type, value: x[key] || "", disabled, "aria-label": label,
    onchange: e => { x[key] = e.target.value; } });
}

function spans(day, name, state, owner, again) {
  const mine = state.weekdays.filter(x => x.day === day);
  const drop = x => {
    state.weekdays.splice(state.weekdays.indexOf(x), 1);
    again();
  };
  const add = () => {
    state.weekdays.push({ day, ...NEXT });
    again();
  };
  return el("div", { class: "spans" }, mine.map(x => el("span", { class: "span" },
    input("time", x, "from", `${name}: ${t("from")}`, !owner), "–", input("time", x, "to", `${name}: ${t("until")}`, !owner),
    owner && iconButton("close", `${t("remove")}: ${name}`, () => drop(x)))),
  !mine.length && el("span", { class: "faint" }, t("window_is_closed")),
  owner && button(t("add"), add, "link", name));
}

function dates(state, owner, again) {
  const rows = state.dates.map((x, i) => el("div", { class: "span" },
    input("date", x, "date", t("date"), !owner), input("time", x, "from", t("from"), !owner), "–",
    input("time", x, "to", t("until"), !owner),
    owner && iconButton("close", `${t("remove")}: ${x.date}`, () => {
      state.dates.splice(i, 1);
      again();
    })));
  return [el("h3", null, t("dates")), el("p", { class: "faint" }, t("dates_hint")), rows,
    owner && button(t("add"), () => {
      // Today, by the reader's clock.
      state.dates.push({ date: new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 10) });
      again();
    }, "link", t("dates"))];
}

function take(state, w) {
  Object.assign(state, { w, zone: w.time_zone, answer: w.automatic_answer || "", reactions: w.reactions_unread,
    weekdays: (w.opening_hours?.weekdays || []).map(x => ({ ...x })),
    dates: (w.opening_hours?.dates || []).map(x => ({ ...x })) });
}

async function save(state, again) {
  const said = x => x.from && x.to;
  const hours = { weekdays: state.weekdays.filter(said),
    dates: state.dates.filter(x => x.date).map(x => said(x) ? x : { date: x.date }) };
  const w = await ask("PATCH", "/workspace", { time_zone: state.zone || null, reactions_unread: state.reactions,
    opening_hours: hours.weekdays.length || hours.dates.length ? hours : null,
    automatic_answer: state.answer.trim() || null });
  if (!w)
    return;
  take(state, w);
  toast(t("saved"));
  again();
}

export async function show(model, again, state) {
  if (!state.w)
    take(state, await api("GET", "/workspace"));
  const { w } = state, owner = model.session.role === "owner";
  const until = w.open ? w.closes_at : w.opens_at;
  return [
    w.open !== null && el("p", null, w.open ? t("is_open") : t("is_closed"), until && " · " + whole(until)),
    el("label", { class: "field" }, el("span", null, t("time_zone")),
      el("input", { value: state.zone, list: "zones", disabled: !owner, onchange: e => { state.zone = e.target.value; } })),
    el("datalist", { id: "zones" }, (Intl.supportedValuesOf?.("timeZone") || []).map(z => el("option", { value: z }))),
    el("dl", { class: "week" }, DAYS.map((day, i) => [el("dt", null, dayName(i)),
      el("dd", null, spans(day, dayName(i), state, owner, again))])),
    dates(state, owner, again),
    el("label", { class: "field" }, el("span", null, t("automatic_answer")),
      el("textarea", { rows: "3", maxLength: 4096, dir: "auto", disabled: !owner,
        oninput: e => { state.answer = e.target.value; } }, state.answer)),
    el("label", { class: "box" }, el("input", { type: "checkbox", checked: state.reactions, disabled: !owner,
      onchange: e => { state.reactions = e.target.checked; } }), el("span", null, t("reactions_unread"))),
    owner && button(t("save"), () => save(state, again), "primary"),
  ];
}
