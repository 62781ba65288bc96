// Teams and labels, by which conversations are sorted.

import { api } from "./api.js";
import { el } from "./dom.js";
import { confirm } from "./forms.js";
import { menu } from "./menu.js";
import { labelMark } from "./message.js";
import { button, form, run, table } from "./panel.js";
import { t } from "./words.js";

export async function show(model, again) {
  // What was done is in the lists of all of the page, which draws this anew.
  const both = async () => {
    await Promise.all([model.again("teams"), model.again("labels")]);
    await again();
  };
  const fields = x => [{ key: "name", label: t("name"), value: x?.name, props: { maxLength: 60 } }];
  const put = (what, title, x) => form(title, fields(x), t("save"), async body => {
    await api(x ? "PATCH" : "POST", `/${what}${x ? "/" + x.id : ""}`, body);
    await both();
  });
  const drop = (what, x) => confirm(t("remove"), x.name, t("remove"))
    .then(yes => yes && run(both, "DELETE", `/${what}/${x.id}`));
  const own = (what, x) => [button(t("change"), () => put(what, t("change"), x), "link", x.name),
    button(t("remove"), () => drop(what, x), "link bad", x.name)];
  const who = (x, e) => menu(e.currentTarget, model.members.map(m => {
    const is = x.members.some(y => y.id === m.id);
    return { text: m.name, chosen: is, run: () => run(both, is ? "DELETE" : "PUT", `/teams/${x.id}/members/${m.id}`) };
  }));
  const colour = x => el("input", { type: "color", value: x.color || "#888888",
    "aria-label": `${t("colour")}: ${x.name}`,
    onchange: e => run(both, "PATCH", "/labels/" + x.id, { color: e.target.value }) });
  const admin = model.isAdmin;
  return [
    el("h3", null, t("teams")),
    table([t("name"), t("people"), t("actions")], model.teams.map(x => [el("bdi", null, x.name),
      el("bdi", null, x.members.map(m => m.name).join(", ")),
      admin && [button(t("people"), e => who(x, e), "link", x.name), own("teams", x)]])),
    admin && button(t("add"), () => put("teams", t("teams")), "primary", t("teams")),
    el("h3", null, t("labels")),
    table([t("name"), t("colour"), t("actions")], model.labels.map(x =>
      [labelMark(x), admin && colour(x), admin && own("labels", x)])),
    admin && button(t("add"), () => put("labels", t("labels")), "primary", t("labels")),
  ];
}
