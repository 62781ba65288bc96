// Signing in: e-mail and password, a code where there is a second factor, and
// the link of an invitation (#invitation=…), which chooses a password.

import { api } from "./api.js";
import { el, fill } from "./dom.js";
import { explain, t } from "./words.js";

function field(label, props) {
  const input = el("input", { required: true, ...props });
  return { input, row: el("label", { class: "field" }, el("span", null, label), input) };
}

// A form whose button is quiet while SUBMIT, which answers a sentence or
// nothing, is under way.
function form(title, fields, button, submit) {
  const said = el("p", { class: "said", role: "alert" });
  const send = el("button", { class: "primary", type: "submit" }, button);
  const f = el("form", { class: "sign-in", "aria-label": title },
    el("h1", null, title), fields, said, send);
  f.addEventListener("submit", async e => {
    e.preventDefault();
    send.disabled = true;
    said.textContent = "";
    try {
      said.textContent = await submit() || "";
    } catch (p) {
      said.textContent = explain(p);
    }
    send.disabled = false;
  });
  return f;
}

// Shows it in ROOT until somebody has signed in: the session.
export function signIn(root) {
  return new Promise(resolve => {
    const invitation = /^#invitation=(.+)$/.exec(location.hash);
    fill(root, el("main", { class: "door" },
      invitation ? invited(invitation[1], resolve) : form1(resolve)));
    root.querySelector("input").focus();
  });
}

function form1(resolve) {
  const email = field(t("email"), { type: "email", name: "email", autocomplete: "username" });
  const password = field(t("password"), { type: "password", name: "password",
    autocomplete: "current-password" });
  const code = field(t("code"), { name: "code", inputMode: "numeric", required: false,
    autocomplete: "one-time-code", pattern: "[0-9 ]*", maxlength: "7" });
  code.row.hidden = true;
  return form(t("sign_in"), [email.row, password.row, code.row], t("sign_in"), async () => {
    const body = { email: email.input.value.trim(), password: password.input.value };
    if (!code.row.hidden)
      body.code = code.input.value.replace(/\s/g, "");
    try {
      resolve(await api("POST", "/session", body));
    } catch (p) {
      if (p.type !== "code-needed")
        throw p;
      code.row.hidden = false;
      code.input.required = true;
      code.input.focus();
      return t("code_needed");
    }
  });
}

function invited(secret, resolve) {
  const password = field(t("new_password"), { type: "password", name: "password",
    autocomplete: "new-password", minlength: "8" });
  return form(t("choose_password"), [password.row], t("go_on"), async () => {
    const session = await api("POST", "/session/invitation",
      { invitation: decodeURIComponent(secret), password: password.input.value });
    history.replaceState(null, "", location.pathname);
    resolve(session || await api("GET", "/session"));
  });
}
