// Our numbers: whether they send, what the provider says of them, and what to do.

import { el } from "./dom.js";
import { troubleOf, whole } from "./format.js";
import { t } from "./words.js";

// What a person can do where a number does not send.
function advice(n) {
  const reason = n.waiting?.reason || n.health?.error?.reason;
  return { no_key: t("do_key", { id: n.phone_number_id }), wrong_key: t("do_key", { id: n.phone_number_id }),
    paused: t("do_paused"), rate_limit: t("do_nothing") }[reason];
}

function card(n) {
  const h = n.health || {}, trouble = troubleOf(n), todo = advice(n);
  const line = (label, value) => value && [el("dt", null, label), el("dd", null, el("bdi", null, value))];
  return el("section", { class: "card-of", "aria-label": n.display_phone || n.phone_number_id },
    el("h3", null, el("bdi", null, n.display_phone || n.phone_number_id)),
    trouble.length ? trouble.map(text => el("p", { class: "bad", dir: "auto" }, text)) : el("p", null, t("sends")),
    todo && el("p", { dir: "auto" }, todo),
    el("dl", { class: "fields" },
      line(t("name"), h.verified_name && h.verified_name
        + (h.name_status && h.name_status !== "APPROVED" ? ` (${h.name_status.toLowerCase()})` : "")),
      line(t("provider"), n.provider === "cloud" ? "Meta" : n.provider), line(t("quality"), h.quality_rating),
      line(t("limit"), h.messaging_limit), line(t("throughput"), h.throughput),
      line(t("last_message"), n.last_message_at && whole(n.last_message_at)),
      line(t("read_at"), h.read_at && whole(h.read_at)),
      line(t("not_read"), h.error && (h.error.detail || h.error.reason)), line("id", n.phone_number_id)));
}

export async function show(model) {
  const rows = await model.all("/numbers");
  return rows.length ? rows.map(card) : el("p", { class: "faint" }, t("no_numbers"));
}
