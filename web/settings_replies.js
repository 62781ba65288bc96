// Canned replies: texts that are put into answers by their shortcut.

import { api } from "./api.js";
import { el } from "./dom.js";
import { confirm } from "./forms.js";
import { button, form, run, table } from "./panel.js";
import { t } from "./words.js";

export async function show(model, again) {
  const rows = await model.all("/canned-replies"), admin = model.isAdmin;
  const edit = r => form(t(r ? "change" : "add"), [
    { key: "shortcut", label: t("shortcut"), value: r?.shortcut, props: { maxLength: 50 } },
    { key: "text", label: t("text"), value: r?.text, lines: 5, hint: "{{contact.name}} {{contact.phone}} {{member.name}}",
      props: { maxLength: 4096 } }],
  t("save"), async body => {
    await api(r ? "PATCH" : "POST", "/canned-replies" + (r ? "/" + r.id : ""), body);
    await again();
  });
  const remove = r => confirm(t("remove"), "/" + r.shortcut, t("remove"))
    .then(yes => yes && run(again, "DELETE", "/canned-replies/" + r.id));
  return [
    admin && button(t("add"), () => edit(null), "primary"),
    table([t("shortcut"), t("text"), t("actions")], rows.map(r => [el("bdi", null, "/" + r.shortcut),
      el("span", { dir: "auto", class: "cut" }, r.text),
      admin && [button(t("change"), () => edit(r), "link", r.shortcut),
        button(t("remove"), () => remove(r), "link bad", r.shortcut)]])),
  ];
}
