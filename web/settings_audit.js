// What happened to the workspace: who changed whom it lets in, and what the
// provider said of numbers, templates and the account; newest first.

import { api } from "./api.js";
import { el, fill } from "./dom.js";
import { whole } from "./format.js";
import { button } from "./panel.js";
import { explain, t } from "./words.js";

const OURS = ["workspace_members", "workspace_invitations", "workspace_tokens", "workspace_settings"];

const heads = () => [t("at"), t("what"), t("by"), t("details")];

// What is said of it: of ours in words, of the provider's its own.
function says(e, name) {
  const v = e.value || {}, c = v.changed || {};
  if (e.field === "workspace_settings")
    return Object.keys(c).join(", ");
  if (!OURS.includes(e.field))
    return provider(v);
  const word = w => w === null ? "–" : ["agent", "admin", "owner"].includes(w) ? t("role_" + w) : t("token_" + w);
  return `${c.email || name(c.user_id)}: ${word(c.from)} → ${word(c.to)}`;
}

// The plain fields of the provider's object; the rest is behind the button.
function provider(v) {
  return Object.entries(v).filter(([, x]) => ["string", "number", "boolean"].includes(typeof x))
    .map(([k, x]) => `${k}: ${x}`).join(" · ").slice(0, 400);
}

function row(e, name) {
  const v = e.value || {}, ours = OURS.includes(e.field);
  const who = v.by === "operator" || v.user_id === null ? t("source_command_line") : name(v.user_id);
  const cells = [whole(e.at), ours ? t(e.field) : e.field.replaceAll("_", " "), ours ? who : t("provider"),
    [el("span", { dir: "auto" }, says(e, name)), !ours && el("details", null, el("summary", null, t("all")),
      el("pre", { dir: "ltr" }, JSON.stringify(e.value, null, 1).slice(0, 20000)))]];
  return el("tr", null, cells.map((x, i) => el("td", { "data-of": heads()[i] }, x)));
}

export async function show(model) {
  const name = id => model.members.find(m => m.id === id)?.name || `#${id}`;
  const body = el("tbody"), said = el("p", { role: "alert" });
  const more = button(t("more"), () => read(), "primary");
  let cursor = null;
  const read = async () => {
    more.disabled = true;
    try {
      const page = await api("GET", "/workspace-events?limit=50" + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""));
      body.append(...page.data.map(e => row(e, name)));
      cursor = page.next_cursor;
      more.hidden = !cursor;
    } catch (p) {
      fill(said, explain(p));
    }
    more.disabled = false;
  };
  if (!model.members.length)
    model.members = await model.all("/members");
  await read();
  return [el("div", { class: "table", tabindex: "0" }, el("table", null, el("thead", null, el("tr", null,
    heads().map(h => el("th", { scope: "col" }, h)))), body)), said, more];
}
