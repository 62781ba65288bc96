// How much was said, and how fast: by day and by member.

import { api, query } from "./api.js";
import { el } from "./dom.js";
import { number, span } from "./format.js";
import { table } from "./panel.js";
import { t } from "./words.js";

const SPANS = [7, 30, 90];
const USUAL = 30;       // days that a report has when nobody says from when on

// The day that is so many before DATE, a day of the workspace's own zone, which
// this browser need not know.
const before = (date, days) => new Date(Date.parse(date) - days * 86400000).toISOString().slice(0, 10);

export async function show(model, again, state) {
  state.days ||= USUAL;
  const asked = state.days === USUAL ? {} : { from: before(state.today, state.days - 1) };
  const [days, members] = await Promise.all(["days", "members"].map(x => api("GET",
    `/reports/${x}` + query(asked))));
  const wasMidnight = asked.from && state.today !== days.to;
  state.today = days.to;
  if (wasMidnight)
    return show(model, again, state);
  const most = Math.max(1, ...days.data.map(d => Math.max(d.received, d.sent)));
  const bar = (n, kind) => {
    const b = el("span", { class: "bar " + kind });
    b.style.height = Math.round(n / most * 100) + "%";
    return b;
  };
  const time = s => s === null ? "–" : span(s * 1000);
  const sum = key => days.data.reduce((n, d) => n + d[key], 0);
  const row = (name, c) => [name, number(c.received), number(c.sent), number(c.conversations_closed),
    number(c.first_answers), time(c.first_answer_median), time(c.first_answer_p90)];
  const heads = first => [first, t("received"), t("sent_by_us"), t("view_closed"), t("first_answers"), t("median"), t("nine_of_ten")];
  return [
    el("div", { class: "choices", role: "group", "aria-label": t("time_span") }, SPANS.map(n =>
      el("button", { type: "button", "aria-pressed": String(n === state.days),
        onclick: () => { state.days = n; again(); } }, t("n_days", { n: number(n) })))),
    el("p", null, t("report_sum", { received: number(sum("received")), sent: number(sum("sent")) })),
    el("div", { class: "chart", role: "img", "aria-label": t("report_sum",
      { received: number(sum("received")), sent: number(sum("sent")) }) },
    days.data.map(d => el("span", { class: "column", title: `${d.date}: ${d.received} / ${d.sent}` },
      bar(d.received, "in"), bar(d.sent, "out")))),
    el("h3", null, t("people")),
    table(heads(t("name")), members.data.map(m => row(m.name || t("nobody"), m))),
    el("h3", null, t("n_days", { n: number(state.days) })),
    table(heads(t("date")), days.data.slice().reverse().filter(d => d.received + d.sent > 0).map(d => row(d.date, d))),
    el("a", { class: "primary", href: "/api/v1/reports/days" + query({ from: days.from, format: "csv" }), download: "" }, "CSV"),
  ];
}
