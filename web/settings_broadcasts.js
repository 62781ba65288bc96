// Broadcasts: one template to many. Made as drafts, started, watched, stopped.

import { api, newKey, now, upload } from "./api.js";
import { dialog, el, fill } from "./dom.js";
import { number, whole } from "./format.js";
import { confirm } from "./forms.js";
import { button, form, once, run, table } from "./panel.js";
import { FILES, filled, variables } from "./template.js";
import { explain, t } from "./words.js";

const AT_ONCE = 1000;           // recipients in a request
const STATES = ["waiting", "queued", "sent", "delivered", "read", "failed", "skipped"];
const UNDER_WAY = ["counting", "running"];

const people = text => [...new Set(text.split(/[\s,;]+/).filter(x => /\d/.test(x)))];

function variableField(v, i) {
  const label = v.file ? t("template_file") : v.label || `{{${v.name}}}`
    + (v.where === "header" ? " · " + t("template_header") : "");
  return v.file ? { key: "v" + i, label, type: "file", props: { accept: FILES[v.file] || null } }
    : { key: "v" + i, label, props: { maxLength: 1024, placeholder: "{{contact.name|}}" } };
}

// Of the dialog: what of the template is a file is uploaded first.
async function values(d, wanted, v) {
  const out = [];
  for (const [i, w] of wanted.entries())
    out.push(w.file ? (await upload(d.querySelector(`[name=v${i}]`).files[0], newKey(), () => {}).done).id : v["v" + i]);
  return out;
}

async function create(model, again) {
  const all = (await model.all("/templates")).filter(x => x.status === "APPROVED");
  const several = model.numbers.length > 1;
  const label = x => [x.name, x.language, several && (model.numbers.find(n => n.phone_number_id === x.phone_number_id)
    ?.display_phone || x.phone_number_id)].filter(Boolean).join(" · ");
  if (!all.length)
    return dialog(t("new_broadcast"), el("p", null, t("no_templates")));
  const picked = await form(t("new_broadcast"), [{ key: "id", label: t("template"),
    choices: all.map(x => [String(x.id), label(x)]) }], t("go_on"), v => v);
  const template = picked && all.find(x => String(x.id) === picked.id);
  if (!template)
    return null;
  const wanted = variables(template), post = once("/broadcasts");
  let made = null, added = AT_ONCE, files = null;
  return form(t("new_broadcast"), [
    { key: "said", note: el("p", { class: "bubble preview", dir: "auto" }, template.text || template.name) },
    { key: "name", label: t("name"), props: { maxLength: 100 } },
    ...wanted.map(variableField),
    ...(wanted.length ? [{ key: "hint", note: el("small", { class: "faint" }, t("placeholder_hint")) }] : []),
    { key: "tag", label: t("to_tag"), choices: [["", "–"], ...model.tags.map(x => [x.name, `${x.name} (${x.contacts})`])] },
    { key: "label", label: t("to_label"), choices: [["", "–"], ...model.labels.map(x => [x.name, x.name])] },
    { key: "to", label: t("to_phones"), lines: 4, hint: t("one_a_line"), required: false },
    { key: "rate", label: t("per_minute"), type: "number", value: 600, props: { min: "1", max: "4800" } },
    { key: "at", label: t("not_before"), type: "datetime-local", required: false },
  ], t("save"), async (v, d) => {
    const to = people(v.to);
    files ||= await values(d, wanted, v);
    const texts = wanted.map((w, i) => w.file ? files[i] : v["v" + i]);
    made ||= await post({ name: v.name, phone_number_id: template.phone_number_id,
      template: filled(template, wanted, texts), per_minute: Number(v.rate),
      ...(v.tag ? { tag: v.tag } : {}), ...(v.label ? { label: v.label } : {}), ...(to.length ? { to: to.slice(0, AT_ONCE) } : {}),
      ...(v.at ? { start_at: new Date(v.at).toISOString().replace(/\.\d+/, "") } : {}) });
    for (; added < to.length; added += AT_ONCE)
      await api("POST", `/broadcasts/${made.id}/recipients`, { to: to.slice(added, added + AT_ONCE) });
    await again();
  });
}

// To whom it goes, and what became of it; page after page.
async function recipients(b, state) {
  const list = el("tbody"), more = button(t("more"), () => read(), "primary");
  const said = el("p", { role: "alert" });
  let cursor = null;
  dialog(`${b.name} · ${t("recipient_" + state)}`, el("div", { class: "table", tabindex: "0" }, el("table", null, list)),
    said, more);
  const read = async () => {
    more.disabled = true;
    try {
      const page = await api("GET", `/broadcasts/${b.id}/recipients?limit=100&state=${state}`
        + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""));
      cursor = page.next_cursor;
      more.hidden = !cursor;
      list.append(...page.data.map(r => el("tr", null, el("td", null, r.conversation_id
        ? el("a", { href: `#/${r.conversation_id}${r.message_id ? "/" + r.message_id : ""}` }, el("bdi", null, r.phone || r.user_id))
        : el("bdi", null, r.phone || r.user_id)),
      el("td", null, [r.reason && t("skipped_" + r.reason), r.error_code].filter(Boolean).join(" · ")))));
    } catch (p) {
      fill(said, explain(p));
    }
    more.disabled = false;
  };
  list.addEventListener("click", e => e.target.closest("a") && list.closest("dialog").close());
  read();
}

function progress(b) {
  const sum = STATES.reduce((n, s) => n + b.counts[s], 0), done = sum - b.counts.waiting - b.counts.queued;
  return sum > 0 && el("progress", { max: String(sum), value: String(done), "aria-label": `${b.name}: ${number(done)} / ${number(sum)}` });
}

export async function show(model, again) {
  const rows = await model.all("/broadcasts"), admin = model.isAdmin;
  const act = (b, what) => button(t("broadcast_" + what), async () => {
    if (what === "pause" || await confirm(t("broadcast_" + what), t(`broadcast_${what}_really`, { name: b.name }), t("broadcast_" + what)))
      run(again, "POST", `/broadcasts/${b.id}/${what}`);
  }, what === "stop" ? "link bad" : "link", b.name);
  const counts = b => STATES.filter(s => b.counts[s]).map(s => admin
    ? button(`${t("recipient_" + s)} ${number(b.counts[s])}`, () => recipients(b, s), "link", b.name)
    : `${t("recipient_" + s)} ${number(b.counts[s])} `);
  const waits = b => b.start_at && Date.parse(b.start_at) > now() && ` · ${t("not_before")} ${whole(b.start_at)}`;
  return [
    admin && button(t("new_broadcast"), () => create(model, again), "primary"),
    table([t("name"), t("state"), t("template"), t("recipients"), t("actions")], rows.map(b => [
      [el("bdi", null, b.name), el("small", null, " ", whole(b.created_at))],
      [t("broadcast_" + b.state), waits(b), b.reason && el("span", { class: "bad", dir: "auto" }, ` · ${b.reason}`)],
      b.template?.name, [progress(b), el("div", null, counts(b), [b.tag, b.label].map(x => x && el("span", { class: "mark" }, x)))],
      admin && [["draft", "paused"].includes(b.state) && act(b, "start"),
        UNDER_WAY.includes(b.state) && act(b, "pause"),
        [...UNDER_WAY, "paused"].includes(b.state) && act(b, "stop")]])),
  ];
}
