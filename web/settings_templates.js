// Message templates as the provider has them: read again, created, deleted.

import { api, ask } from "./api.js";
import { dialog, el, toast } from "./dom.js";
import { confirm } from "./forms.js";
import { button, form, once, run, table } from "./panel.js";
import { richText } from "./rich_text.js";
import { explain, t } from "./words.js";

const CATEGORIES = ["UTILITY", "MARKETING", "AUTHENTICATION"];
const PLACE = /\{\{\s*(\w+)\s*\}\}/g;
const lines = text => text.split("\n").map(x => x.trim()).filter(Boolean);

// The placeholders of TEXT, each once.
function places(text) {
  return [...new Set([...text.matchAll(PLACE)].map(m => m[1]))];
}

// The body with an example for each placeholder, as the provider wants them.
function body(text, examples) {
  const names = places(text), said = names.map((name, i) => examples[i] || name);
  if (!names.length)
    return { type: "BODY", text };
  return { type: "BODY", text, example: names.every(n => /^\d+$/.test(n)) ? { body_text: [said] }
    : { body_text_named_params: names.map((n, i) => ({ param_name: n, example: said[i] })) } };
}

function composed(v) {
  const named = places(v.body).some(n => !/^\d+$/.test(n));
  const buttons = [...lines(v.replies || "").map(text => ({ type: "QUICK_REPLY", text })),
    ...(v.link_text && v.link ? [{ type: "URL", text: v.link_text, url: v.link }] : [])];
  return {
    ...(v.number ? { phone_number_id: v.number } : {}), name: v.name, language: v.language, category: v.category,
    ...(named ? { parameter_format: "NAMED" } : {}),
    components: [
      v.header && { type: "HEADER", format: "TEXT", text: v.header },
      body(v.body, lines(v.examples || "")),
      v.footer && { type: "FOOTER", text: v.footer },
      buttons.length && { type: "BUTTONS", buttons },
    ].filter(Boolean) };
}

function create(model, again) {
  const post = once("/templates"), some = { required: false };
  const numbers = model.numbers.map(n => [n.phone_number_id, n.display_phone || n.phone_number_id]);
  return form(t("new_template"), [
    ...(numbers.length > 1 ? [{ key: "number", label: t("our_number"), choices: numbers }] : []),
    { key: "name", label: t("name"), hint: t("template_name_hint"), props: { maxLength: 512, pattern: "[a-z0-9_]+" } },
    { key: "language", label: t("language"), hint: "en_US, pt_BR, es, ar", value: "en_US",
      props: { maxLength: 15, pattern: "[A-Za-z0-9_]+" } },
    { key: "category", label: t("category"), choices: CATEGORIES.map(c => [c, t("category_" + c.toLowerCase())]) },
    { key: "header", label: t("template_header"), ...some, props: { maxLength: 60 } },
    { key: "body", label: t("text"), lines: 5, hint: t("template_body_hint"), props: { maxLength: 1024 } },
    { key: "examples", label: t("examples"), lines: 2, hint: t("one_a_line"), ...some, when: v => places(v.body).length },
    { key: "footer", label: t("footer"), ...some, props: { maxLength: 60 } },
    { key: "replies", label: t("quick_replies"), lines: 2, hint: t("one_a_line"), ...some },
    { key: "link_text", label: t("link_text"), ...some, props: { maxLength: 25 } },
    { key: "link", label: t("link_address"), type: "url", ...some, when: v => v.link_text },
  ], t("send"), async v => {
    await post(composed(v));
    await again();
  });
}

function look(x) {
  const part = type => x.components.find(c => (c.type || "").toUpperCase() === type) || {};
  dialog(`${x.name} · ${x.language}`, el("div", { class: "bubble preview" },
    (part("HEADER").text || part("HEADER").format) && el("b", { dir: "auto" }, part("HEADER").text
      || part("HEADER").format.toLowerCase()),
    el("div", { class: "text", dir: "auto" }, richText(part("BODY").text || x.text || "")),
    part("FOOTER").text && el("small", { dir: "auto" }, part("FOOTER").text),
    (part("BUTTONS").buttons || []).map(b => el("div", { class: "choice", dir: "auto" }, b.text || b.type,
      b.url && el("small", { dir: "ltr" }, " ", b.url)))));
}

// The provider deletes by name: of several languages all go, when one says so.
async function remove(x, again) {
  if (!await confirm(t("delete"), `${x.name} · ${x.language}`, t("delete")))
    return;
  try {
    await api("DELETE", "/templates/" + x.id);
  } catch (p) {
    if (p.status !== 409)
      return toast(explain(p), true);
    if (!await confirm(t("delete"), explain(p), t("delete_languages"))
        || !await ask("DELETE", `/templates/${x.id}?languages=all`))
      return;
  }
  await again();
}

export async function show(model, again, state) {
  const all = await model.all("/templates"), admin = model.isAdmin;
  const said = [...new Set(all.map(x => x.status))].sort();
  const rows = all.filter(x => !state.status || x.status === state.status);
  const number = id => model.numbers.find(n => n.phone_number_id === id)?.display_phone || id;
  const several = new Set(all.map(x => x.phone_number_id)).size > 1;
  return [
    admin && el("div", { class: "choices" }, button(t("new_template"), () => create(model, again), "primary"),
      button(t("read_again"), async () => {
        const answer = await run(() => {}, "POST", "/templates/sync");
        answer?.numbers.filter(n => n.error).forEach(n => toast(`${number(n.phone_number_id)}: ${n.error}`, true));
        if (answer)
          toast(t("will_be_read"));
      })),
    said.length > 1 && el("div", { class: "choices", role: "group", "aria-label": t("state") },
      [null, ...said].map(s => el("button", { type: "button", "aria-pressed": String((state.status || null) === s),
        onclick: () => { state.status = s; again(); } }, s ? s.toLowerCase() : t("all")))),
    table([t("name"), t("language"), t("category"), t("state"), t("text"), t("actions")], rows.map(x => [
      [x.name, several && el("small", null, " ", el("bdi", null, number(x.phone_number_id)))],
      x.language, (x.category || "").toLowerCase(),
      el("span", { class: x.status === "APPROVED" ? "" : "bad" },
        [x.status.toLowerCase(), x.asked && t("asked_" + x.asked), x.reason, x.error].filter(Boolean).join(" · ")),
      el("span", { dir: "auto", class: "cut" }, x.text || ""), [
        button(t("show"), () => look(x), "link", x.name),
        admin && button(t("delete"), () => remove(x, again), "link bad", x.name)]])),
  ];
}
