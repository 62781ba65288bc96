// Programs beside the page: the addresses to which changes are posted (webhooks
// out), what they did not take, and tokens of the API.

import { api, ask } from "./api.js";
import { dialog, el, fill, toast } from "./dom.js";
import { number, whole } from "./format.js";
import { confirm } from "./forms.js";
import { menu } from "./menu.js";
import { button, form, run, showOnce, table } from "./panel.js";
import { explain, t } from "./words.js";

const EVENTS = ["message.created", "message.updated", "conversation.updated", "activity.created", "activity.updated",
  "contact.updated", "contact_field.updated", "team.updated", "label.updated", "tag.updated", "canned_reply.updated",
  "template.updated", "broadcast.updated", "group.updated", "number.updated", "workspace_event.created"];
const LOOK = 400;               // ms, between two looks at a test
const LOOKS = 40;
const DAY = 86400;

const fields = e => [
  { key: "url", label: t("address"), type: "url", value: e?.url, props: { maxLength: 2048, dir: "ltr", placeholder: "https://" } },
  { key: "description", label: t("description"), value: e?.description, required: false, props: { maxLength: 200 } },
  { key: "events", label: t("which_events"), many: EVENTS.map(x => [x, x]),
    value: e && !e.events.includes("*") ? e.events : [] },
  { key: "hint", note: el("small", { class: "faint" }, t("no_events_all")) },
];

const said = v => ({ url: v.url, description: v.description || null, events: v.events.length ? v.events : null });

async function create(again) {
  const made = await form(t("new_endpoint"), fields(null), t("save"), v => api("POST", "/webhook-endpoints", said(v)));
  if (!made)
    return;
  await again();
  showOnce(t("secret"), t("secret_hint"), made.secret);
}

function change(e, again) {
  return form(t("change"), fields(e), t("save"), async v => {
    await api("PATCH", "/webhook-endpoints/" + e.id, said(v));
    await again();
  });
}

async function renew(e, again) {
  const made = await form(t("new_secret"), [{ key: "overlap", label: t("overlap"), choices: [
    [String(DAY), t("for_a_day")], [String(7 * DAY), t("for_a_week")], ["0", t("for_no_time")]] }], t("new_secret"),
  v => api("POST", `/webhook-endpoints/${e.id}/secret?overlap=${v.overlap}`));
  if (!made)
    return;
  await again();
  showOnce(t("secret"), t("secret_hint"), made.secret);
}

const outcome = a => !a ? "–" : a.error || String(a.status);

// A test is posted a moment later: its address says what became of it.
async function test(e, again) {
  let d = await ask("POST", `/webhook-endpoints/${e.id}/test`);
  for (let i = 0; d && d.state === "waiting" && i < LOOKS; i++) {
    await new Promise(r => setTimeout(r, LOOK));
    d = await ask("GET", "/webhook-deliveries/" + d.id);
  }
  if (!d)
    return;
  if (d.state === "waiting")
    toast(t("test_waits"), true);
  else
    toast(d.state === "delivered" ? t("test_taken") : t("test_failed", { why: outcome(d.last_attempt) }), d.state !== "delivered");
  await again();
}

function replay(e, again) {
  return form(t("replay"), [
    { key: "said", note: el("p", null, t("replay_hint", { last: number(e.last_seq) })) },
    { key: "after", label: t("after_seq"), type: "number", value: e.after_seq, props: { min: "0", max: String(e.last_seq) } }],
  t("replay"), async v => {
    await api("POST", `/webhook-endpoints/${e.id}/replay`, { after: Number(v.after) });
    await again();
  });
}

// What was not taken at once, newest first, page after page.
function deliveries(e) {
  const rows = el("tbody"), problem = el("p", { role: "alert" }), nothing = el("p", { class: "faint", hidden: true }, t("nothing_here"));
  const more = button(t("more"), () => read(), "primary");
  let cursor = null;
  const draw = (tr, d) => fill(tr, [d.type, d.seq === null ? "" : String(d.seq), t("delivery_" + d.state),
    [String(d.attempts), d.last_attempt && ` · ${whole(d.last_attempt.at)}`], el("bdi", null, outcome(d.last_attempt)),
    d.state !== "waiting" && button(t("post_again"), async () => {
      const now = await ask("POST", `/webhook-deliveries/${d.id}/retry`);
      if (now)
        draw(tr, now);
    }, "link", d.type)].map(x => el("td", null, x)));
  const read = async () => {
    more.disabled = true;
    try {
      const page = await api("GET", `/webhook-endpoints/${e.id}/deliveries?limit=50`
        + (cursor ? "&cursor=" + encodeURIComponent(cursor) : ""));
      cursor = page.next_cursor;
      more.hidden = !cursor;
      for (const d of page.data) {
        const tr = el("tr");
        draw(tr, d);
        rows.append(tr);
      }
      nothing.hidden = rows.childElementCount > 0;
    } catch (p) {
      fill(problem, explain(p));
    }
    more.disabled = false;
  };
  dialog(t("not_taken"), el("p", { class: "faint" }, el("bdi", { dir: "ltr" }, e.url)),
    el("div", { class: "table", tabindex: "0" }, el("table", null, el("thead", null, el("tr", null,
      [t("event"), "seq", t("state"), t("attempts"), t("answer"), t("actions")].map(h => el("th", { scope: "col" }, h)))), rows)),
    nothing, problem, more).classList.add("wide");
  read();
}

function stateOf(e) {
  const why = e.reason && e.reason !== "member" && t("endpoint_" + e.reason);
  return [
    el("span", { class: e.state === "paused" || e.failing_since ? "bad" : "" }, t("endpoint_" + e.state), why && ` · ${why}`),
    e.failing_since && el("p", { class: "bad" }, t("failing_since", { at: whole(e.failing_since), n: number(e.failures) })),
    e.last_attempt?.error && el("p", { class: "bad", dir: "auto" }, e.last_attempt.error),
    e.last_seq > e.after_seq && el("p", { class: "faint" }, t("n_behind", { n: number(e.last_seq - e.after_seq) })),
    e.delivered_at && el("small", null, t("taken_at", { at: whole(e.delivered_at) })),
  ];
}

function endpointRow(e, again) {
  const host = new URL(e.url).host, path = `/webhook-endpoints/${e.id}`;
  return [
    [el("bdi", { dir: "ltr", class: "cut" }, e.url), e.description && el("p", { class: "faint", dir: "auto" }, e.description)],
    e.events.includes("*") ? t("all") : el("span", { class: "cut" }, e.events.join(", ")), stateOf(e), [
      e.state === "paused" ? button(t("resume"), () => run(again, "POST", path + "/resume"), "link", host)
        : button(t("broadcast_pause"), () => run(again, "POST", path + "/pause"), "link", host),
      button(t("not_taken"), () => deliveries(e), "link", host),
      button(t("actions"), x => menu(x.currentTarget, [
        { text: t("test_it"), run: () => test(e, again) },
        { text: t("change"), run: () => change(e, again) },
        { text: t("replay"), run: () => replay(e, again) },
        { text: t("new_secret"), run: () => renew(e, again) },
        { text: t("remove"), run: async () => {
          if (await confirm(t("remove"), t("endpoint_goes", { url: host }), t("remove")))
            run(again, "DELETE", path);
        } },
      ]), "link", host)]];
}

async function createToken(model, again) {
  const made = await form(t("new_token"), [
    { key: "name", label: t("token_for"), props: { maxLength: 100 } },
    { key: "user_id", label: t("token_as"), choices: model.members.map(m => [String(m.id), m.name]),
      value: String(model.me.id) },
    { key: "expires_in", label: t("until"), choices: [[String(90 * DAY), t("n_days", { n: number(90) })],
      [String(365 * DAY), t("n_days", { n: number(365) })], ["", t("never")]] }],
  t("save"), v => api("POST", "/tokens", { name: v.name, user_id: Number(v.user_id),
    expires_in: v.expires_in ? Number(v.expires_in) : null }));
  if (!made)
    return;
  await again();
  showOnce(t("token"), t("secret_hint"), made.token);
}

function tokens(model, all, again) {
  const name = id => model.members.find(m => m.id === id)?.name || t("unknown");
  const revoke = x => confirm(t("revoke"), t("revoke_hint", { name: x.name }), t("revoke"))
    .then(yes => yes && run(again, "DELETE", "/tokens/" + x.id));
  const over = x => x.revoked_at ? t("revoked") : x.expires_at ? whole(x.expires_at) : t("never");
  return [
    el("h3", null, t("tokens")), el("p", { class: "faint" }, t("tokens_hint")),
    table([t("token_for"), t("token_as"), t("last_used"), t("until"), t("actions")], all.map(x => [el("bdi", null, x.name),
      el("bdi", null, name(x.user_id)), x.last_used_at ? whole(x.last_used_at) : "–", over(x),
      !x.revoked_at && button(t("revoke"), () => revoke(x), "link bad", x.name)])),
    button(t("new_token"), () => createToken(model, again), "primary"),
  ];
}

export async function show(model, again) {
  const owner = model.session.role === "owner";
  const [endpoints, all] = await Promise.all([model.all("/webhook-endpoints"), owner ? model.all("/tokens") : []]);
  return [
    el("h3", null, t("endpoints")), el("p", { class: "faint" }, t("endpoints_hint")),
    table([t("address"), t("which_events"), t("state"), t("actions")], endpoints.map(e => endpointRow(e, again))),
    button(t("new_endpoint"), () => create(again), "primary"),
    owner && tokens(model, all, again),
  ];
}
