// The views of the list: what is asked of the API, and whether a conversation
// that changed belongs to it.

const active = c => c.status === "active";

export const VIEWS = [
  { name: "mine", ask: { assigned_to: "me" }, count: "mine",
    has: (c, me) => active(c) && c.assigned_to !== null && c.assigned_to.id === me },
  { name: "unassigned", ask: { assigned_to: "none" }, count: "unassigned",
    has: c => active(c) && c.assigned_to === null },
  { name: "all", ask: {}, has: active },
  { name: "unread", ask: { unread: "true" }, has: c => active(c) && !c.is_read,
    count: "unread" },
  { name: "unanswered", ask: { unanswered: "true" }, count: "unanswered",
    has: c => c.state !== "closed" && c.unanswered_since !== null,
    at: c => c.unanswered_since, oldest: true },
  { name: "pending", ask: { state: "pending" }, has: c => c.state === "pending",
    count: "pending", at: c => c.updated_at, oldest: true, loose: true },
  { name: "snoozed", ask: { state: "snoozed" }, has: c => c.state === "snoozed",
    count: "snoozed", at: c => c.snoozed_until, oldest: true },
  { name: "closed", ask: { state: "closed" }, has: c => c.state === "closed" },
];

// A view with what is chosen besides: a number, a member, a team, a label, a tag.
export function chosen(view, more, me) {
  const ask = { ...view.ask };
  if (more.number)
    ask.number = more.number;
  if (more.tag)
    ask.tag = more.tag;
  if (more.team)
    ask.team = more.team;
  if (more.label)
    ask.label = more.label;
  if (more.member && !("assigned_to" in ask))
    ask.assigned_to = more.member;
  return {
    ask,
    has: c => view.has(c, me)
      && (!more.number || c.phone_number_id === more.number)
      && (!more.team || (c.team !== null && String(c.team.id) === more.team))
      && (!more.label || c.labels.some(l => String(l.id) === more.label))
      && (!more.tag || (c.contact !== null && c.contact.tags.includes(more.tag)))
      && (!more.member || "assigned_to" in view.ask
        || (c.assigned_to !== null && String(c.assigned_to.id) === String(more.member))),
    at: view.at || (c => c.last_message_at || ""),
    oldest: Boolean(view.oldest),
  };
}
