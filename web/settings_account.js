// One's own: password, second factor, language, and where one is signed in.

import { api } from "./api.js";
import { el, toast } from "./dom.js";
import { whole } from "./format.js";
import { button, form, run, table } from "./panel.js";
import { language, LANGUAGES, t } from "./words.js";

const password = (key, label, autocomplete, props) => ({ key, label, type: "password",
  props: { autocomplete, maxLength: 200, ...props } });

async function another(again) {
  const done = await form(t("new_password"), [
    password("password", t("password"), "current-password"),
    password("new_password", t("new_password"), "new-password", { minLength: 8 })],
  t("save"), body => api("PUT", "/session/password", body));
  if (done) {
    toast(t("saved"));
    again();
  }
}

// A secret for an authenticator, and the first code of it.
export async function secondFactor(again) {
  const made = await form(t("second_factor_title"), [password("password", t("password"), "current-password")],
    t("go_on"), body => api("POST", "/session/second-factor", body));
  if (!made)
    return null;
  const { qrPicture } = await import("./qr.js");
  const done = await form(t("second_factor_title"), [
    { key: "shown", note: secret(made, qrPicture(made.uri, t("second_factor_picture"))) },
    { key: "code", label: t("code"), props: { inputMode: "numeric", autocomplete: "one-time-code", maxLength: 7 } }],
  t("turn_on"), ({ code }) => api("PUT", "/session/second-factor", { active: true, code: code.replace(/\s/g, "") }));
  if (done)
    await again();
  return done;
}

// The app of a phone takes the picture, that of this device the address; any takes
// the letters.
function secret(made, picture) {
  return el("div", { class: "secret" }, el("p", null, t("second_factor_secret")), picture,
    el("code", { dir: "ltr" }, made.secret.match(/.{1,4}/g).join(" ")),
    el("a", { href: made.uri }, t("second_factor_open")));
}

async function turnOff(again) {
  const done = await form(t("turn_off"), [password("password", t("password"), "current-password")],
    t("turn_off"), body => api("PUT", "/session/second-factor", { active: false, ...body }));
  if (done)
    again();
}

function languages() {
  const names = new Intl.DisplayNames(language(), { type: "language" });
  const name = l => new Intl.DisplayNames(l, { type: "language" }).of(l) || names.of(l);
  return el("label", { class: "field" }, el("span", null, t("language")), el("select", { onchange: e => {
    localStorage.setItem("waspool-language", e.target.value);
    location.reload();
  } }, LANGUAGES.map(l => el("option", { value: l, selected: language().startsWith(l) }, name(l)))));
}

function notices(again) {
  if (typeof Notification === "undefined" || Notification.permission === "granted")
    return null;
  return Notification.permission === "denied" ? el("p", { class: "faint" }, t("notices_denied"))
    : button(t("allow_notices"), () => Notification.requestPermission().then(again), "primary");
}

export async function show(model, again) {
  const [session, sessions] = await Promise.all([api("GET", "/session"), model.all("/sessions")]);
  return [
    el("p", null, el("bdi", null, session.user.name), " · ", el("bdi", null, session.user.email), " · ",
      t("role_" + session.role), " · ", el("bdi", null, session.workspace.name)),
    button(t("new_password"), () => another(again), "primary"),
    languages(), notices(again),
    el("h3", null, t("second_factor_title")),
    session.second_factor.active ? button(t("turn_off"), () => turnOff(again), "link bad", t("second_factor_title"))
      : button(t("turn_on"), () => secondFactor(again), "primary", t("second_factor_title")),
    el("h3", null, t("sessions")),
    table([t("from"), t("since"), t("last_used"), t("actions")], sessions.map(s => [el("bdi", null, s.address),
      whole(s.created_at), whole(s.last_used_at), s.current ? t("this_one")
        : button(t("sign_out"), () => run(again, "DELETE", "/sessions/" + s.id), "link bad", s.address)])),
  ];
}
