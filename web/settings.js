// What is kept for the team, and for oneself: a page of its own at #/settings/…
// Whoever may not change something does not see its button; the API refuses it
// all the same.

import { api, ask, now, query } from "./api.js";
import { el, fill, iconButton, toast } from "./dom.js";
import { number, span, troubleOf, whole } from "./format.js";
import { askText, confirm } from "./forms.js";
import { menu } from "./menu.js";
import { labelMark } from "./message.js";
import { explain, t } from "./words.js";

const ROLES = ["agent", "admin", "owner"];
const DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const SPANS = [7, 30, 90];

// ask(), and AGAIN when it was done.
async function run(again, ...request) {
  const answer = await ask(...request);
  if (answer)
    await again();
  return answer;
}

function table(heads, rows) {
  return el("div", { class: "table", tabindex: "0" }, el("table", null,
    el("thead", null, el("tr", null, heads.map(h => el("th", { scope: "col" }, h)))),
    el("tbody", null, rows.map(r => el("tr", null, r.map(c => el("td", null, c)))))));
}

function button(text, onclick, kind = "link") {
  return el("button", { type: "button", class: kind, onclick }, text);
}

// --------------------------------------------------------------- the sections

async function people(model, again) {
  const admin = model.isAdmin, owner = model.session.role === "owner";
  const [members, invitations] = await Promise.all([model.all("/members"),
    admin ? model.all("/invitations") : []]);
  const role = m => owner && m.id !== model.me.id
    ? el("select", { "aria-label": `${t("role")} ${m.name}`, onchange: e =>
      run(again, "PATCH", "/members/" + m.id, { role: e.target.value }) },
    ROLES.map(r => el("option", { value: r, selected: r === m.role }, t("role_" + r))))
    : t("role_" + m.role);
  const remove = m => confirm(t("remove"), m.name, t("remove"))
    .then(yes => yes && run(again, "DELETE", "/members/" + m.id));
  return [
    table([t("name"), t("email"), t("role"), ""], members.map(m => [el("bdi", null, m.name),
      el("bdi", null, m.email), role(m),
      admin && m.id !== model.me.id && (owner || m.role === "agent") && button(t("remove"), () => remove(m), "link bad")])),
    admin && button(t("invite"), () => invite(model, again), "primary"),
    invitations.length > 0 && el("h3", null, t("invitations")),
    invitations.length > 0 && table([t("name"), t("email"), t("until"), ""], invitations.map(i =>
      [el("bdi", null, i.name), el("bdi", null, i.email), whole(i.expires_at),
        button(t("remove"), () => run(again, "DELETE", "/invitations/" + i.id), "link bad")])),
  ];
}

async function invite(model, again) {
  const email = await askText(t("invite"), t("email"), "", { type: "email", maxLength: 254 });
  const name = email && await askText(t("invite"), t("name"));
  if (!name)
    return;
  const i = await run(again, "POST", "/invitations", { email, name, role: "agent" });
  if (i)
    askText(t("invite_link"), t("invite_link_hint", { name }), new URL(i.link, location.origin + "/").href,
      { readOnly: true, maxLength: 2000 });
}

async function numbers(model) {
  const rows = await model.all("/numbers");
  return table([t("our_number"), t("name"), t("provider"), t("state"), t("quality"), t("limit")], rows.map(n => [
    el("bdi", null, n.display_phone || n.phone_number_id), el("bdi", null, n.health?.verified_name || ""), n.provider,
    troubleOf(n).length ? troubleOf(n).map(text => el("p", { class: "bad", dir: "auto" }, text)) : t("sends"),
    n.health?.quality_rating || "", n.health?.messaging_limit || ""]));
}

async function templates(model, again) {
  const rows = await model.all("/templates");
  return [
    model.isAdmin && button(t("read_again"), () => run(again, "POST", "/templates/sync"), "primary"),
    table([t("name"), t("language"), t("state"), t("text")], rows.map(x => [x.name, x.language,
      el("span", { class: x.status === "APPROVED" ? "" : "bad" }, x.status.toLowerCase(), x.reason && ` · ${x.reason}`),
      el("span", { dir: "auto", class: "cut" }, x.text || "")])),
  ];
}

async function replies(model, again) {
  const rows = await model.all("/canned-replies");
  const edit = async r => {
    const shortcut = await askText(t("shortcut"), t("shortcut"), r?.shortcut || "", { maxLength: 50 });
    const text = shortcut && await askText("/" + shortcut, t("text"), r?.text || "", { maxLength: 4096 });
    if (text)
      run(again, r ? "PATCH" : "POST", "/canned-replies" + (r ? "/" + r.id : ""), { shortcut, text });
  };
  return [
    table([t("shortcut"), t("text"), ""], rows.map(r => ["/" + r.shortcut,
      el("span", { dir: "auto", class: "cut" }, r.text),
      model.isAdmin && [button(t("change"), () => edit(r)),
        button(t("remove"), () => run(again, "DELETE", "/canned-replies/" + r.id), "link bad")]])),
    el("p", { class: "faint" }, "{{contact.name}} {{contact.phone}} {{member.name}}"),
    model.isAdmin && button(t("add"), () => edit(null), "primary"),
  ];
}

async function sorts(model, again) {
  const both = async () => {
    await Promise.all([model.again("teams"), model.again("labels")]);
    await again();
  };
  const add = (what, title) => async () => {
    const name = await askText(title, t("name"), "", { maxLength: 60 });
    if (name)
      run(both, "POST", "/" + what, { name });
  };
  const rename = (what, x) => async () => {
    const name = await askText(t("change"), t("name"), x.name, { maxLength: 60 });
    if (name && name !== x.name)
      run(both, "PATCH", `/${what}/${x.id}`, { name });
  };
  const drop = (what, x) => () => confirm(t("remove"), x.name, t("remove"))
    .then(yes => yes && run(both, "DELETE", `/${what}/${x.id}`));
  const mine = (what, x) => model.isAdmin && [button(t("change"), rename(what, x)),
    button(t("remove"), drop(what, x), "link bad")];
  const who = (x, e) => menu(e.currentTarget, model.members.map(m => {
    const is = x.members.some(y => y.id === m.id);
    return { text: m.name, chosen: is, run: () => run(both, is ? "DELETE" : "PUT", `/teams/${x.id}/members/${m.id}`) };
  }));
  return [
    el("h3", null, t("teams")),
    table([t("name"), t("people"), ""], model.teams.map(x => [x.name, x.members.map(m => m.name).join(", "),
      model.isAdmin && [button(t("people"), e => who(x, e)), mine("teams", x)]])),
    model.isAdmin && button(t("add"), add("teams", t("teams")), "primary"),
    el("h3", null, t("labels")),
    table([t("name"), ""], model.labels.map(x => [labelMark(x), model.isAdmin && [
      el("input", { type: "color", value: x.color || "#888888", "aria-label": `${t("colour")} ${x.name}`,
        onchange: e => run(both, "PATCH", "/labels/" + x.id, { color: e.target.value }) }), mine("labels", x)]])),
    model.isAdmin && button(t("add"), add("labels", t("labels")), "primary"),
  ];
}

// One span a day is what the form has; more are kept as they are, and shown.
async function hours(model, again) {
  const w = await api("GET", "/workspace"), owner = model.session.role === "owner";
  const weekdays = w.opening_hours?.weekdays || [];
  const several = DAYS.some(d => weekdays.filter(x => x.day === d).length > 1);
  const dayName = i => new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long" })
    .format(new Date(2024, 0, 1 + i));
  const zone = el("input", { value: w.time_zone || "", list: "zones", disabled: !owner, "aria-label": t("time_zone") });
  const zones = el("datalist", { id: "zones" }, (Intl.supportedValuesOf?.("timeZone") || [])
    .map(z => el("option", { value: z })));
  const rows = DAYS.map((day, i) => {
    const x = weekdays.find(y => y.day === day);
    const time = (value, label) => el("input", { type: "time", value: value || "", disabled: !owner || several,
      "aria-label": `${dayName(i)} ${label}` });
    return { day, name: dayName(i), from: time(x?.from, t("from")), to: time(x?.to, t("until")) };
  });
  const answer = el("textarea", { rows: "3", maxLength: 4096, dir: "auto", disabled: !owner }, w.automatic_answer || "");
  const save = () => {
    const said = rows.filter(r => r.from.value && r.to.value)
      .map(r => ({ day: r.day, from: r.from.value, to: r.to.value }));
    const opening = { ...(w.opening_hours || {}), weekdays: several ? weekdays : said };
    run(async () => { toast(t("saved")); await again(); }, "PATCH", "/workspace", {
      time_zone: zone.value || null,
      opening_hours: opening.weekdays.length || opening.dates?.length ? opening : null,
      automatic_answer: answer.value.trim() || null });
  };
  return [
    w.open !== null && el("p", null, w.open ? t("is_open") : t("is_closed"),
      (w.opens_at || w.closes_at) && " · " + whole(w.open ? w.closes_at : w.opens_at)),
    el("label", { class: "field" }, el("span", null, t("time_zone")), zone), zones,
    table(["", t("from"), t("until")], rows.map(r => [r.name, r.from, r.to])),
    el("label", { class: "field" }, el("span", null, t("automatic_answer")), answer),
    owner && button(t("save"), save, "primary"),
  ];
}

async function reports(model, again, state) {
  state.days ||= 30;
  const from = new Date(now() - (state.days - 1) * 86400000).toISOString().slice(0, 10);
  const [days, members] = await Promise.all(["days", "members"].map(x => api("GET",
    `/reports/${x}` + query({ from }))));
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
  const heads = ["", t("received"), t("sent_by_us"), t("view_closed"), t("first_answers"), t("median"), t("nine_of_ten")];
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
    table(heads, members.data.map(m => row(m.name || t("nobody"), m))),
    el("h3", null, t("n_days", { n: number(state.days) })),
    table(heads, days.data.slice().reverse().filter(d => d.received + d.sent > 0).map(d => row(d.date, d))),
    el("a", { class: "primary", href: "/api/v1/reports/days" + query({ from, format: "csv" }), download: "" }, "CSV"),
  ];
}

async function broadcasts(model, again) {
  const rows = await model.all("/broadcasts");
  const act = (b, what) => button(t("broadcast_" + what), () => run(again, "POST", `/broadcasts/${b.id}/${what}`));
  const doings = b => model.isAdmin && [
    ["draft", "paused"].includes(b.state) && act(b, "start"),
    ["counting", "running"].includes(b.state) && act(b, "pause"),
    ["counting", "running", "paused"].includes(b.state) && act(b, "stop")];
  const create = async () => {
    const all = (await model.all("/templates")).filter(x => x.status === "APPROVED");
    const name = await askText(t("broadcasts"), t("name"), "", { maxLength: 100 });
    const tag = name && await askText(t("broadcasts"), t("tags"), model.tags[0]?.name || "", { maxLength: 50 });
    if (!tag)
      return;
    menu(document.querySelector(".settings .primary"), all.slice(0, 50).map(x => ({
      text: `${x.name} · ${x.language}`, run: () => run(again, "POST", "/broadcasts", { name, tag,
        phone_number_id: x.phone_number_id, template: { name: x.name, language: x.language } }) })));
  };
  return [
    model.isAdmin && button(t("add"), create, "primary"),
    table([t("name"), t("state"), t("template"), t("recipients"), ""], rows.map(b => [el("bdi", null, b.name),
      [t("broadcast_" + b.state), b.reason && ` · ${b.reason}`], b.template?.name,
      Object.entries(b.counts).filter(([, n]) => n).map(([k, n]) => `${t("recipient_" + k)} ${number(n)}`).join(" · "),
      doings(b)])),
  ];
}

// One's own: password, second factor, where one is signed in.
async function account(model, again) {
  const [session, sessions] = await Promise.all([api("GET", "/session"), model.all("/sessions")]);
  const password = async () => {
    const old = await askText(t("password"), t("password"), "", { type: "password", autocomplete: "current-password" });
    const fresh = old && await askText(t("new_password"), t("new_password"), "", { type: "password",
      autocomplete: "new-password", minLength: 8 });
    if (fresh && await run(again, "PUT", "/session/password", { password: old, new_password: fresh }))
      toast(t("saved"));
  };
  return [
    button(t("new_password"), password, "primary"),
    el("h3", null, t("second_factor_title")),
    session.second_factor.active
      ? button(t("turn_off"), async () => {
        const p = await askText(t("turn_off"), t("password"), "", { type: "password" });
        if (p)
          run(again, "PUT", "/session/second-factor", { active: false, password: p });
      }) : button(t("turn_on"), () => secondFactor(again), "primary"),
    el("h3", null, t("sessions")),
    table([t("from"), t("last_used"), ""], sessions.map(s => [el("bdi", null, s.address), whole(s.last_used_at),
      s.current ? t("this_one") : button(t("sign_out"), () => run(again, "DELETE", "/sessions/" + s.id), "link bad")])),
  ];
}

// A secret for an authenticator, and the first code of it.
export async function secondFactor(again) {
  const password = await askText(t("second_factor_title"), t("password"), "", { type: "password" });
  const made = password && await run(() => {}, "POST", "/session/second-factor", { password });
  if (!made)
    return null;
  const code = await askText(t("second_factor_secret"), `${made.secret} · ${t("code")}`, "",
    { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 7 });
  return code && run(again, "PUT", "/session/second-factor", { active: true, code: code.replace(/\s/g, "") });
}

const SECTIONS = [
  ["people", people], ["numbers", numbers], ["templates", templates], ["replies", replies],
  ["sorts", sorts], ["hours", hours], ["broadcasts", broadcasts], ["reports", reports, true], ["account", account],
];

export class Settings {
  constructor(model, name, leave) {
    this.model = model;
    this.name = SECTIONS.some(s => s[0] === name) ? name : "people";
    this.state = {};
    this.body = el("div", { class: "settings-body" });
    this.element = el("div", { class: "settings" },
      el("header", { class: "top" }, iconButton("back", t("back"), leave), el("h1", null, t("settings"))),
      el("nav", { class: "views", "aria-label": t("settings") }, SECTIONS.filter(s => !s[2] || model.isAdmin)
        .map(([n]) => el("a", { href: "#/settings/" + n, "aria-current": n === this.name ? "page" : null }, t("settings_" + n)))),
      this.body);
    this.draw();
  }

  async draw() {
    const section = SECTIONS.find(s => s[0] === this.name)[1];
    try {
      const parts = await section(this.model, () => this.draw(), this.state);
      fill(this.body, el("h2", null, t("settings_" + this.name)), parts);
    } catch (p) {
      fill(this.body, el("p", { role: "alert" }, explain(p)), button(t("retry"), () => this.draw()));
    }
  }
}
