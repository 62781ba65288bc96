// What the pages of settings are made of: tables, buttons, forms that stay until
// what they say is taken, and a secret that is shown once.

import "./settings_words.js";
import { api, ask, newKey } from "./api.js";
import { dialog, el, toast } from "./dom.js";
import { explain, t } from "./words.js";

// How they look is loaded with them, and there before they are.
const style = el("link", { rel: "stylesheet", href: new URL("settings.css", import.meta.url).href });
const isThere = new Promise(done => {
  style.onload = style.onerror = done;
});
document.head.append(style);
await isThere;

// ask(), and AGAIN when it was done.
export async function run(again, ...request) {
  const answer = await ask(...request);
  if (answer)
    await again();
  return answer;
}

// POST PATH, which may be asked for again when no answer came: it counts once.
export function once(path) {
  let key, said;
  return body => {
    const text = JSON.stringify(body);
    if (text !== said)
      key = newKey();
    said = text;
    return api("POST", path, body, { key });
  };
}

export function table(heads, rows) {
  return rows.length === 0 ? el("p", { class: "faint" }, t("nothing_here"))
    : el("div", { class: "table", tabindex: "0" }, el("table", null,
      el("thead", null, el("tr", null, heads.map(h => el("th", { scope: "col" }, h)))),
      el("tbody", null, rows.map(r => el("tr", null, r.map((c, i) => el("td", { "data-of": heads[i] }, c)))))));
}

// OF says to whom cannot see the row what the button is about.
export function button(text, onclick, kind = "link", of = "") {
  return el("button", { type: "button", class: kind, onclick, "aria-label": of ? `${text}: ${of}` : null }, text);
}

function control(f) {
  const props = { required: f.required ?? true, name: f.key, ...f.props };
  if (f.choices)
    return el("select", { name: f.key }, f.choices.map(([value, text]) =>
      el("option", { value, selected: value === (f.value ?? f.choices[0][0]) }, text)));
  if (f.lines)
    return el("textarea", { rows: String(f.lines), dir: "auto", ...props }, f.value || "");
  if (f.type === "checkbox")
    return el("input", { type: "checkbox", checked: Boolean(f.value) });
  return el("input", { type: f.type || "text", value: f.type === "file" ? null : String(f.value ?? ""), dir: "auto", ...props });
}

// A field of a form: its row, and what it says; a note says nothing.
function field(f) {
  if (f.note)
    return { f, row: f.note };
  if (f.many) {
    const boxes = f.many.map(([value, text]) => ({ value, text,
      box: el("input", { type: "checkbox", checked: (f.value || []).includes(value) }) }));
    return { f, get: () => boxes.filter(b => b.box.checked).map(b => b.value), row: el("fieldset", { class: "field" },
      el("legend", null, f.label), boxes.map(b => el("label", { class: "box" }, b.box, el("span", null, b.text)))) };
  }
  const c = control(f);
  return { f, get: () => f.type === "checkbox" ? c.checked : f.type === "password" ? c.value : c.value.trim(),
    row: el("label", { class: f.type === "checkbox" ? "box" : "field" }, f.type === "checkbox" && c,
      el("span", null, f.label), f.hint && el("small", null, f.hint), f.type !== "checkbox" && c) };
}

// A dialog with FIELDS ({key, label, …}; with when(values), only then), which
// stays, with what was written, until TAKE(values, dialog) is done: what that answered,
// or null.  A refusal is said in it.
export function form(title, fields, name, take) {
  return new Promise(resolve => {
    const rows = fields.map(field), said = el("p", { class: "said", role: "alert" });
    const send = el("button", { class: "primary", type: "submit" }, name);
    const values = () => Object.fromEntries(rows.filter(r => r.get && !r.row.hidden).map(r => [r.f.key, r.get()]));
    const f = el("form", null, rows.map(r => r.row), said, el("div", { class: "dialog-foot" },
      el("button", { type: "button", onclick: () => d.close() }, t("cancel")), send));
    const d = dialog(title, f);
    const look = () => {
      const all = Object.fromEntries(rows.map(r => [r.f.key, r.get?.()]));
      for (const r of rows)
        if (r.f.when) {
          r.row.hidden = !r.f.when(all);
          for (const c of r.row.querySelectorAll("input, select, textarea"))
            c.disabled = r.row.hidden;
        }
    };
    for (const type of ["input", "change"])
      f.addEventListener(type, look);
    f.addEventListener("submit", async e => {
      e.preventDefault();
      send.disabled = true;
      said.textContent = "";
      try {
        const answer = await take(values(), d);
        resolve(answer ?? true);
        d.close();
      } catch (p) {
        said.textContent = explain(p);
      }
      send.disabled = false;
    });
    d.addEventListener("close", () => resolve(null));
    look();
    f.querySelector("input, select, textarea")?.focus();
  });
}

// VALUE, which nobody sees again, to be copied.
export function showOnce(title, sentence, value) {
  const shown = el("input", { readOnly: true, value, dir: "ltr", "aria-label": title });
  const d = dialog(title, el("p", null, sentence), shown, el("div", { class: "dialog-foot" },
    el("button", { type: "button", onclick: () => d.close() }, t("close")),
    el("button", { type: "button", class: "primary", onclick: async () => {
      await navigator.clipboard?.writeText(value).then(() => toast(t("copied")), () => {});
      shown.select();
    } }, t("copy"))));
  shown.select();
  return d;
}
