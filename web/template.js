// A template is chosen, its variables filled in, and seen before it is sent.

import "./settings_words.js";
import { newKey, upload } from "./api.js";
import { dialog, el, fill } from "./dom.js";
import { nameOf } from "./format.js";
import { richText } from "./rich_text.js";
import { explain, t } from "./words.js";

const VARIABLE = /\{\{\s*(\w+)\s*\}\}/g;
export const FILES = { IMAGE: "image/*", VIDEO: "video/*", DOCUMENT: "" };

// What has to be filled in: {where, index, name, label}.
export function variables(template) {
  const out = [];
  for (const c of template.components) {
    const type = (c.type || "").toUpperCase();
    if (type === "HEADER" && FILES[c.format] !== undefined)
      out.push({ where: "header", file: c.format });
    else if ((type === "HEADER" && c.text) || type === "BODY")
      for (const m of (c.text || "").matchAll(VARIABLE))
        if (!out.some(v => v.where === type.toLowerCase() && v.name === m[1]))
          out.push({ where: type.toLowerCase(), name: m[1] });
    if (type === "BUTTONS")
      (c.buttons || []).forEach((b, index) => {
        if (b.type === "URL" && /\{\{/.test(b.url || ""))
          out.push({ where: "button", index, name: "1", label: b.text, sub: "url" });
        if (b.type === "COPY_CODE")
          out.push({ where: "button", index, name: "code", label: b.text, sub: "copy_code" });
      });
  }
  return out;
}

function parameter(v, value) {
  if (v.file) {
    const kind = v.file.toLowerCase();
    return { type: kind, [kind]: { upload: value } };
  }
  if (v.sub === "copy_code")
    return { type: "coupon_code", coupon_code: value };
  return /^\d+$/.test(v.name) ? { type: "text", text: value }
    : { type: "text", parameter_name: v.name, text: value };
}

// The template as the API takes it; VALUES beside WANTED.
export function filled(template, wanted, values) {
  const components = [];
  wanted.forEach((v, i) => {
    let c = components.find(x => x.type === v.where && x.index === v.index);
    if (!c)
      components.push(c = v.where === "button"
        ? { type: "button", sub_type: v.sub, index: v.index, parameters: [] }
        : { type: v.where, parameters: [] });
    c.parameters.push(parameter(v, values[i]));
  });
  return { name: template.name, language: template.language,
    ...(components.length ? { components } : {}) };
}

function preview(template, wanted, values) {
  const text = where => (template.components.find(c => (c.type || "").toUpperCase() === where) || {}).text || "";
  const put = (where, s) => s.replace(VARIABLE, (all, name) => {
    const i = wanted.findIndex(v => v.where === where && v.name === name);
    return values[i] || all;
  });
  return { head: put("header", text("HEADER")), body: put("body", text("BODY")), foot: text("FOOTER") };
}

export async function chooseTemplate(model, conversation, take) {
  const list = el("ul", { class: "templates" });
  const find = el("input", { type: "search", placeholder: t("search"), "aria-label": t("search") });
  const d = dialog(t("choose_template"), find, list);
  let all = [];
  const draw = () => {
    const words = find.value.toLowerCase().split(/\s+/).filter(Boolean);
    const found = all.filter(x => words.every(w => (x.name + " " + (x.text || "")).toLowerCase().includes(w)));
    fill(list, found.length ? found.slice(0, 100).map(x => el("li", null,
      el("button", { type: "button", onclick: () => fillIn(d, x, conversation, take) },
        el("b", null, x.name), " ", el("small", null, x.language + " · " + (x.category || "").toLowerCase()),
        el("span", { class: "template-text", dir: "auto" }, x.text || ""))))
      : el("li", null, t("no_templates")));
  };
  find.addEventListener("input", draw);
  try {
    all = (await model.all("/templates")).filter(x => x.status === "APPROVED"
      && x.phone_number_id === conversation.phone_number_id);
    draw();
    find.focus();
  } catch (p) {
    fill(list, el("li", null, explain(p)));
  }
}

function fillIn(d, template, conversation, take) {
  const wanted = variables(template), name = nameOf(conversation);
  const values = wanted.map(() => "");
  const shown = el("div", { class: "bubble preview" });
  const draw = () => {
    const p = preview(template, wanted, values);
    fill(shown, p.head && el("b", { dir: "auto" }, p.head),
      el("div", { class: "text", dir: "auto" }, richText(p.body)), p.foot && el("small", null, p.foot));
  };
  const rows = wanted.map((v, i) => {
    const label = v.file ? t("template_file") : v.label ? `${v.label}` : `{{${v.name}}}`
      + (v.where === "header" ? " · " + t("template_header") : "");
    const field = v.file ? el("input", { type: "file", accept: FILES[v.file] || null, required: true })
      : el("input", { required: true, maxLength: 1024, dir: "auto",
        placeholder: /name/.test(v.name) ? name : null });
    field.addEventListener("input", () => {
      values[i] = v.file ? field.files[0] : field.value;
      draw();
    });
    return el("label", { class: "field" }, el("span", null, label), field);
  });
  const said = el("p", { role: "alert" });
  const send = el("button", { class: "primary", type: "submit" }, t("send"));
  const form = el("form", null, rows, shown, said, el("div", { class: "dialog-foot" },
    el("button", { type: "button", onclick: () => d.close() }, t("cancel")), send));
  form.addEventListener("submit", async e => {
    e.preventDefault();
    send.disabled = true;
    try {
      for (const [i, v] of wanted.entries())
        if (v.file && values[i] instanceof File)
          values[i] = (await upload(values[i], newKey(), () => {}).done).id;
      const p = preview(template, wanted, values);
      take([p.head, p.body].filter(Boolean).join("\n"), filled(template, wanted, values));
      d.close();
    } catch (p) {
      said.textContent = explain(p);
      send.disabled = false;
    }
  });
  draw();
  fill(d, el("h2", null, template.name), form);
  (form.querySelector("input") || send).focus();
}
