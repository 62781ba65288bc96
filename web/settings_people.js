// Members and invitations, and whether everybody needs a second factor.

import { api } from "./api.js";
import { el } from "./dom.js";
import { whole } from "./format.js";
import { confirm } from "./forms.js";
import { button, form, run, showOnce, table } from "./panel.js";
import { t } from "./words.js";

const ROLES = ["agent", "admin", "owner"];

const roles = owner => (owner ? ROLES : ["agent"]).map(r => [r, t("role_" + r)]);

// The link that I brought is shown now, and never again.
function shown(i) {
  showOnce(t("invite_link"), t("invite_link_hint", { name: i.name }), new URL(i.link, location.origin + "/").href);
}

async function link(again, body) {
  const i = await run(again, "POST", "/invitations", body);
  if (i)
    shown(i);
}

async function invite(owner, again) {
  const i = await form(t("invite"), [
    { key: "email", label: t("email"), type: "email", props: { maxLength: 254 } },
    { key: "name", label: t("name"), props: { maxLength: 100 } },
    { key: "role", label: t("role"), choices: roles(owner) }],
  t("invite"), body => api("POST", "/invitations", body));
  if (!i)
    return;
  await again();
  shown(i);
}

export async function show(model, again) {
  const admin = model.isAdmin, owner = model.session.role === "owner", me = model.me.id;
  const [members, invitations, workspace] = await Promise.all([model.all("/members"),
    admin ? model.all("/invitations") : [], owner ? api("GET", "/workspace") : null]);
  model.members = members;
  const mayChange = m => admin && m.id !== me && (owner || m.role === "agent");
  const role = m => owner && m.id !== me
    ? el("select", { "aria-label": `${t("role")}: ${m.name}`, onchange: e =>
      run(again, "PATCH", "/members/" + m.id, { role: e.target.value }).then(done => done || again()) },
    ROLES.map(r => el("option", { value: r, selected: r === m.role }, t("role_" + r))))
    : t("role_" + m.role);
  const remove = m => confirm(t("remove"), t("remove_member", { name: m.name }), t("remove"))
    .then(yes => yes && run(again, "DELETE", "/members/" + m.id));
  const forgotten = m => confirm(t("new_link"), t("new_link_hint", { name: m.name }), t("new_link"))
    .then(yes => yes && link(again, { email: m.email, name: m.name, role: m.role }));
  return [
    table([t("name"), t("email"), t("role"), t("actions")], members.map(m => [el("bdi", null, m.name),
      el("bdi", null, m.email), role(m), mayChange(m) && [
        button(t("new_link"), () => forgotten(m), "link", m.name),
        button(t("remove"), () => remove(m), "link bad", m.name)]])),
    admin && button(t("invite"), () => invite(owner, again), "primary"),
    invitations.length > 0 && el("h3", null, t("invitations")),
    invitations.length > 0 && table([t("name"), t("email"), t("role"), t("until"), t("actions")], invitations.map(i =>
      [el("bdi", null, i.name), el("bdi", null, i.email), t("role_" + i.role), whole(i.expires_at), [
        button(t("new_link"), () => link(again, { email: i.email, name: i.name, role: i.role }), "link", i.name),
        button(t("withdraw"), () => run(again, "DELETE", "/invitations/" + i.id), "link bad", i.name)]])),
    owner && el("label", { class: "box" }, el("input", { type: "checkbox", checked: workspace.second_factor,
      onchange: e => run(again, "PATCH", "/workspace", { second_factor: e.target.checked })
        .then(done => done || again()) }), el("span", null, t("second_factor_wanted"))),
  ];
}
