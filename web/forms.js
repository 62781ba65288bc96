// Small forms for what is not a text: a place, a contact, buttons.

import "./settings_words.js";
import { dialog, el } from "./dom.js";
import { t } from "./words.js";

function input(label, props) {
  const i = el("input", { ...props });
  return [i, el("label", { class: "field" }, el("span", null, label), i)];
}

function ask(title, rows, button, take) {
  const f = el("form", { method: "dialog" }, rows,
    el("div", { class: "dialog-foot" },
      el("button", { type: "button", onclick: () => d.close() }, t("cancel")),
      el("button", { class: "primary", type: "submit" }, button)));
  f.addEventListener("submit", () => take());
  const d = dialog(title, f);
  return d;
}

export function askLocation(take) {
  const [latitude, a] = input(t("latitude"), { type: "number", step: "any", min: "-90", max: "90", required: true });
  const [longitude, b] = input(t("longitude"), { type: "number", step: "any", min: "-180", max: "180", required: true });
  const [name, c] = input(t("name"), { maxLength: 200 });
  const here = el("button", { type: "button", class: "link", onclick: () =>
    navigator.geolocation.getCurrentPosition(p => {
      latitude.value = p.coords.latitude;
      longitude.value = p.coords.longitude;
    }) }, t("where_i_am"));
  ask(t("location"), [a, b, c, here], t("send"), () => take({ latitude: Number(latitude.value),
    longitude: Number(longitude.value), name: name.value || undefined }));
}

export function askContact(model, take) {
  const [name, a] = input(t("name"), { required: true, maxLength: 200 });
  const [phone, b] = input(t("phone"), { type: "tel", required: true, maxLength: 40 });
  ask(t("contact"), [a, b], t("send"), () => take([{
    name: { formatted_name: name.value, first_name: name.value },
    phones: [{ phone: phone.value, type: "CELL" }] }]));
}

export function askButtons(take) {
  const [body, a] = input(t("text"), { required: true, maxLength: 1024 });
  const titles = [1, 2, 3].map(n => input(t("button_n", { n }), { required: n === 1, maxLength: 20 }));
  ask(t("buttons"), [a, titles.map(x => x[1])], t("send"), () => take({
    type: "buttons", body: body.value,
    buttons: titles.map(x => x[0].value.trim()).filter(Boolean)
      .map((title, i) => ({ id: "button-" + (i + 1), title })) }));
}

// A sentence and one line of text: what was written, or null.
export function askText(title, label, value = "", props = {}) {
  return new Promise(resolve => {
    const [i, row] = input(label, { value, required: true, maxLength: 200, ...props });
    const d = ask(title, [row], t("save"), () => resolve(i.value.trim()));
    d.addEventListener("close", () => resolve(null));
    i.focus();
  });
}

export function confirm(title, sentence, button) {
  return new Promise(resolve => {
    const d = ask(title, [el("p", null, sentence)], button, () => resolve(true));
    d.addEventListener("close", () => resolve(false));
  });
}
