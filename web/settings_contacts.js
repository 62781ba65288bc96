// What contacts have of their own: fields that the workspace defines, and tags;
// and the address book as a file.

import { api } from "./api.js";
import { el, toast } from "./dom.js";
import { number } from "./format.js";
import { confirm } from "./forms.js";
import { button, form, once, run, table } from "./panel.js";
import { explain, t } from "./words.js";

const TYPES = ["text", "number", "date", "choice", "boolean"];
const MOST = 1 << 20;           // bytes of a file, as the API has it

const choices = text => [...new Set(text.split("\n").map(x => x.trim()).filter(Boolean))];

function define(again) {
  const post = once("/contact-fields");
  return form(t("new_field"), [
    { key: "label", label: t("name"), props: { maxLength: 100 } },
    { key: "key", label: t("field_key"), hint: t("field_key_hint"), props: { maxLength: 32, pattern: "[a-z][a-z0-9_]*", dir: "ltr" } },
    { key: "type", label: t("kind"), choices: TYPES.map(x => [x, t("type_" + x)]) },
    { key: "choices", label: t("choices"), lines: 4, hint: t("one_a_line"), when: v => v.type === "choice" }],
  t("save"), async v => {
    await post({ label: v.label, key: v.key, type: v.type, ...(v.choices ? { choices: choices(v.choices) } : {}) });
    await again();
  });
}

function change(f, again) {
  return form(t("change"), [
    { key: "label", label: t("name"), value: f.label, props: { maxLength: 100 } },
    ...(f.choices ? [{ key: "choices", label: t("choices"), lines: 4, hint: t("one_a_line"), value: f.choices.join("\n") }] : [])],
  t("save"), async v => {
    await api("PATCH", "/contact-fields/" + f.id, { label: v.label, ...(v.choices ? { choices: choices(v.choices) } : {}) });
    await again();
  });
}

// A file of contacts: all of it, or nothing and which lines are bad.
async function take(file, again) {
  if (file.size > MOST)
    return toast(t("file_too_large"), true);
  const isCard = /\.vcf$/i.test(file.name) || /vcard/.test(file.type);
  const response = await fetch("/api/v1/contacts/import", { method: "POST", body: file, credentials: "same-origin",
    headers: { "Content-Type": isCard ? "text/vcard" : "text/csv" } }).catch(() => null);
  const answer = await response?.json().catch(() => null);
  if (!response?.ok)
    return toast(explain({ status: response?.status ?? 0, message: answer?.detail || answer?.title,
      errors: answer?.errors?.slice(0, 5) || [] }), true);
  toast(t("imported", { added: number(answer.added), updated: number(answer.updated) }));
  return again();
}

export async function show(model, again) {
  const [fields, tags] = await Promise.all([model.definitions(), model.all("/tags")]);
  const admin = model.isAdmin;
  const remove = f => confirm(t("remove"), t("field_goes", { name: f.label }), t("remove"))
    .then(yes => yes && run(again, "DELETE", "/contact-fields/" + f.id));
  const file = el("input", { type: "file", accept: ".csv,.vcf,text/csv,text/vcard", hidden: true,
    onchange: e => e.target.files[0] && take(e.target.files[0], again) });
  return [
    el("h3", null, t("own_fields")),
    table([t("name"), t("field_key"), t("kind"), t("actions")], fields.map(f => [el("bdi", null, f.label), f.key,
      [t("type_" + f.type), f.choices && `: ${f.choices.join(", ")}`],
      admin && [button(t("change"), () => change(f, again), "link", f.label),
        button(t("remove"), () => remove(f), "link bad", f.label)]])),
    admin && button(t("new_field"), () => define(again), "primary"),
    el("h3", null, t("tags")),
    el("ul", { class: "tags" }, tags.map(x => el("li", null, el("bdi", null, x.name), " ", el("small", null, number(x.contacts))))),
    el("h3", null, t("address_book")),
    el("div", { class: "choices" }, file, button(t("import"), () => file.click(), "primary"),
      el("a", { class: "primary", href: "/api/v1/contacts/export", download: "" }, t("export"))),
    el("p", { class: "faint" }, t("import_hint")),
  ];
}
