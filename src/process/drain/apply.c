/*
 * Applies one event of a delivery to the inbox: the only file that knows both
 * the events of src/whatsapp and the tables of src/inbox.
 */
#include <stddef.h>
#include <string.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/contact/phone_book.h"
#include "inbox/conversation/group_participant.h"
#include "inbox/conversation/marketing.h"
#include "inbox/conversation/profile.h"
#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_resolve.h"
#include "inbox/erasure/tombstone.h"
#include "inbox/message/flow_answer.h"
#include "inbox/message/message.h"
#include "inbox/message/message_call.h"
#include "inbox/message/message_edit.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/message/reaction.h"
#include "inbox/message/status.h"
#include "inbox/message/unmatched.h"
#include "inbox/node/delivery_state.h"
#include "inbox/outbox/outbox.h"
#include "inbox/own_group/own_group_told.h"
#include "inbox/template/template_store.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/number_health.h"
#include "inbox/workspace/workspace_event.h"

#include "process/drain/apply.h"
#include "process/drain/resolve_number.h"

#define ERASED 2

/* One call of apply_event. */
struct apply_work {
	const struct apply *a;
	struct db *db;
	struct pool *pool;
	const struct event *ev;
	int64_t now;
	struct number_key number; /* id 0: of the whole account */
	struct delivery_state_hindrance why;
};

const struct statements apply_statements = {
	.also = STATEMENTS(&number_statements, &customer_resolve_statements,
	    &group_participant_statements, &own_group_told_statements,
	    &flow_answer_statements, &message_call_statements,
	    &message_pgsql_statements, &reaction_statements,
	    &unmatched_statements, &outbox_statements, &tombstone_statements,
	    &template_store_statements, &number_health_statements,
	    &marketing_statements, &phone_book_statements,
	    &workspace_event_statements),
};

static int
cannot(struct apply_work *w, const char *reason)
{
	w->why.reason = reason;
	return 0;
}

static const char *
said_apply(const char *s)
{
	return s != NULL ? s : "";
}

/* A message without a wamid gets one that is computed from its content. */
static const char *
wamid_of(struct apply_work *w)
{
	const struct event *ev = w->ev;
	unsigned char hash[DIGEST_LEN];
	const char *all;

	if (ev->wamid != NULL)
		return ev->wamid;
	all = pool_printf(w->pool, "%d %lld %s %s %s %s %s", (int)ev->kind,
	    (long long)ev->at, said_apply(ev->customer.wa_id),
	    said_apply(ev->customer.user_id), said_apply(ev->target_wamid),
	    said_apply(ev->type), said_apply(ev->content));
	digest_sha256(all, strlen(all), hash);
	return pool_printf(
	    w->pool, "none.%s", codec_hex(w->pool, hash, sizeof(hash)));
}

/* Others may read and write now what the memo has. */
static int
drop_customers(const struct apply_work *w)
{
	return w->a->customers == NULL
		   ? 0
		   : customer_memo_drop(w->db, w->a->customers);
}

/* Finds number and conversation of the event: 1, 0, -1. */
static int
find_conversation(struct apply_work *w, struct customer_place *place)
{
	struct customer said = w->ev->customer;
	int rc;

	said.portfolio = w->ev->waba_id;
	said.at = w->ev->at;
	rc = customer_resolve(
	    w->db, w->pool, &w->number, &said, w->a->customers, w->now, place);
	return rc != 0 ? rc : cannot(w, "the event names no customer");
}

static const char *
sender_of(const struct customer *c)
{
	return c->wa_id != NULL ? c->wa_id : c->user_id;
}

static struct reaction
reaction_of(const struct event *ev, const char *wamid)
{
	struct reaction re = {
		.target_wamid = ev->target_wamid,
		.sender = ev->inbound ? "customer" : "business",
		.emoji = ev->emoji,
		.at = ev->at,
		.wamid = wamid,
	};

	if (ev->inbound && ev->customer.group_id != NULL &&
	    sender_of(&ev->customer) != NULL)
		re.sender = sender_of(&ev->customer);
	return re;
}

/* *BEFORE: the reaction that counted until now. */
static int
put_reaction(
    struct apply_work *w, const struct reaction *re, const char **before)
{
	if (reaction_current(w->db, w->pool, &w->number, re, before) == -1 ||
	    reaction_put(w->db, &w->number, re) == -1)
		return -1;
	return unmatched_put(w->db, &w->number, re->target_wamid, w->now);
}

/* A copy that makes the conversation unread, where the workspace wants that of
 * reactions: 0, -1. */
static int
ask_attention(struct apply_work *w, struct event *ev)
{
	int asks;

	if (!ev->inbound || ev->source != EVENT_LIVE || ev->emoji == NULL)
		return 0;
	asks = reaction_asks(w->db, w->number.workspace_id);
	if (asks == 1)
		ev->counts_unread = 1;
	return asks == -1 ? -1 : 0;
}

/* Stores the status that history has of a message of ours. */
static int
put_history_status(struct apply_work *w, const char *wamid)
{
	const struct status s = { .wamid = wamid,
		.word = w->ev->status,
		.participant = w->ev->participant,
		.at = w->ev->at };

	return status_put(w->db, &w->number, &s);
}

/* The message came before with sighting MET, 0 no other: 1, -1.  What is known
 * of who just wrote ends, also what this very event has put there. */
static int
join_customers(const struct apply_work *w, const struct message *m, int64_t met)
{
	if (met == 0)
		return 1;
	if (drop_customers(w) == -1 ||
	    customer_same(w->db, w->pool, &w->number, m->wamid, m->sighting_id,
		met, w->ev->at, w->now) == -1)
		return -1;
	return 1;
}

/* The customer's own number, given on request: 1, -1.  Where MET has made one
 * customer of two, PLACE may be gone. */
static int
take_shared(struct apply_work *w, int64_t met, struct customer_place *place)
{
	if (met != 0 && find_conversation(w, place) != 1)
		return -1;
	if (drop_customers(w) == -1 ||
	    customer_shared(w->db, w->pool, &w->number, place, w->ev->shared,
		w->ev->at, w->now) == -1)
		return -1;
	return 1;
}

static int
apply_message(struct apply_work *w)
{
	const struct event *ev = w->ev;
	struct message m = { .event = ev, .wamid = wamid_of(w) };
	struct event copy;
	struct reaction re;
	const char *before = NULL;
	int reacts = text_is(ev->type, "reaction") && ev->target_wamid != NULL;
	struct customer_place place;
	int64_t met;
	int rc;

	rc = find_conversation(w, &place);
	if (rc != 1)
		return rc;
	m.conversation_id = place.conversation_id;
	m.sighting_id = place.sighting_id;
	m.shown_name = place.shown_name;
	if (ev->inbound && text_is(ev->type, "interactive")) {
		copy = *ev;
		m.event = &copy;
		if (flow_answer_context(w->db, w->pool, &w->number,
			m.conversation_id, ev, &copy.context) == -1)
			return -1;
	}
	if (w->a->messages != NULL) {
		if (message_pgsql_keep(w->a->messages, &w->number, &m, w->now))
			return 1;
		if (message_pgsql_store(w->db, w->a->messages) == -1)
			return -1;
	}
	if (ev->inbound && ev->customer.group_id != NULL) {
		m.sender = sender_of(&ev->customer);
		if (group_participant_put(w->db, w->pool,
			w->number.workspace_id, m.conversation_id,
			&ev->customer, ev->at, 0) == -1)
			return -1;
	}
	if (!ev->inbound && ev->status != NULL &&
	    put_history_status(w, m.wamid) == -1)
		return -1;
	if (reacts) {
		re = reaction_of(ev, m.wamid);
		copy = *ev;
		m.event = &copy;
		if (put_reaction(w, &re, &before) == -1 ||
		    ask_attention(w, &copy) == -1)
			return -1;
	}
	if (message_put(w->db, &w->number, &m, w->now, &met) == -1)
		return -1;
	if (reacts &&
	    reaction_settle(w->db, w->pool, &w->number, &re, before) == -1)
		return -1;
	if (join_customers(w, &m, met) == -1)
		return -1;
	return ev->shared == NULL ? 1 : take_shared(w, met, &place);
}

static int
apply_call(struct apply_work *w)
{
	const struct event *ev = w->ev;
	struct message m = { .event = ev, .wamid = ev->wamid };
	struct customer_place place;
	int64_t met;
	int rc = find_conversation(w, &place);

	if (rc != 1)
		return rc;
	m.conversation_id = place.conversation_id;
	m.sighting_id = place.sighting_id;
	m.shown_name = place.shown_name;
	if (message_call_put(w->db, &w->number, &m, w->now, &met) == -1)
		return -1;
	return join_customers(w, &m, met);
}

/* The line in the conversation, and what it comes to. */
static int
apply_marketing(struct apply_work *w)
{
	const struct event *ev = w->ev;
	struct message m = { .event = ev, .wamid = wamid_of(w) };
	struct marketing_choice c = { .state = ev->state, .at = ev->at };
	struct customer_place place;
	int64_t met;
	int rc = find_conversation(w, &place);

	if (rc != 1)
		return rc;
	c.conversation_id = m.conversation_id = place.conversation_id;
	c.sighting_id = m.sighting_id = place.sighting_id;
	m.shown_name = place.shown_name;
	if (marketing_put(w->db, w->number.workspace_id, &c) == -1 ||
	    message_put(w->db, &w->number, &m, w->now, &met) == -1)
		return -1;
	return join_customers(w, &m, met);
}

static int
apply_group(struct apply_work *w)
{
	const struct event *ev = w->ev;
	int64_t workspace_id = w->number.workspace_id, met;
	const struct profile named = { .name = ev->subject, .name_at = ev->at };
	struct message m = { .event = ev,
		.wamid = wamid_of(w),
		.sender = sender_of(&ev->customer) };
	struct customer_place place;
	struct profile p = { 0 };
	int rc = find_conversation(w, &place);

	if (rc != 1)
		return rc;
	m.conversation_id = place.conversation_id;
	if (profile_read(w->db, w->pool, workspace_id, m.conversation_id, &p) !=
	    1)
		return -1;
	rc = profile_add(&p, &named);
	if (rc != -1 && profile_write(w->db, workspace_id, m.conversation_id,
			    &p, rc == 1 ? w->now : 0) == -1)
		return -1;
	if (ev->joins != 0 &&
	    group_participant_put(w->db, w->pool, workspace_id,
		m.conversation_id, &ev->customer, ev->at, ev->joins < 0) == -1)
		return -1;
	if (ev->asks != 0 &&
	    group_participant_ask(w->db, w->pool, workspace_id,
		m.conversation_id, &ev->customer, ev->at, ev->asks_id) == -1)
		return -1;
	if (ev->preview == NULL) /* only its name */
		return 1;
	return message_put(w->db, &w->number, &m, w->now, &met) == -1 ? -1 : 1;
}

static int
apply_patch(struct apply_work *w)
{
	const struct event *ev = w->ev;
	const struct message_edit p = {
		.target_wamid = ev->target_wamid,
		.wamid = wamid_of(w),
		.revoke = ev->kind == EVENT_REVOKE,
		.at = ev->at,
		.type = ev->type,
		.content = ev->content,
		.preview = ev->preview,
		.text = ev->text,
	};

	if (p.target_wamid == NULL)
		return cannot(w, "the event names no message");
	if (message_edit_put(w->db, &w->number, &p) == -1 ||
	    unmatched_put(w->db, &w->number, p.target_wamid, w->now) == -1)
		return -1;
	return 1;
}

static int
apply_status(struct apply_work *w)
{
	const struct event *ev = w->ev;
	const struct status s = {
		.wamid = ev->target_wamid,
		.word = ev->status != NULL ? ev->status : "unknown",
		.participant = ev->participant,
		.at = ev->at,
		.error = ev->error,
		.error_code = ev->error_code,
		.raw = ev->raw,
	};

	int rc;

	if (s.wamid == NULL)
		return cannot(w, "the event names no message");
	if (status_put(w->db, &w->number, &s) == -1 ||
	    outbox_settle(w->db, w->pool, &w->number, ev->callback, s.wamid) ==
		-1)
		return -1;
	rc = status_apply(w->db, &w->number, s.wamid);
	if (rc == 0)
		rc = unmatched_put(w->db, &w->number, s.wamid, w->now);
	if (rc == -1)
		return -1;
	if (s.error != NULL && text_is(s.word, "failed") &&
	    outbox_forget_file(w->db, &w->number, s.wamid) == -1)
		return -1;
	return 1;
}

static int
apply_notice(struct apply_work *w)
{
	const struct event *ev = w->ev;
	const struct workspace_event n = {
		.workspace_id = w->number.workspace_id,
		.number_id = w->number.id,
		.phone_number_id = ev->phone_number_id,
		.field = ev->field != NULL ? ev->field : "unknown",
		.at = ev->at,
		.raw = ev->raw != NULL ? ev->raw : "{}",
	};

	if (ev->group != NULL && w->number.id != 0 &&
	    own_group_told_news(w->db, &w->number, ev->group) == -1)
		return -1;
	if ((text_begins(n.field, "message_template") ||
		text_begins(n.field, "template_")) &&
	    template_store_changed(w->db, w->number.id, ev->waba_id, w->now) ==
		-1)
		return -1;
	if (number_health_is_about(n.field) &&
	    number_health_changed(w->db, w->number.id, ev->waba_id, w->now) ==
		-1)
		return -1;
	return workspace_event_put(w->db, &n, w->now) == -1 ? -1 : 1;
}

static int
apply_phone_book(struct apply_work *w)
{
	const struct event *ev = w->ev;

	if (w->number.id == 0)
		return cannot(w, "the event names no number");
	return phone_book_put(w->db, w->pool, &w->number,
		   pool_printf(w->pool, "+%s", ev->customer.wa_id),
		   ev->customer.profile_name, ev->at) == -1
		   ? -1
		   : 1;
}

static int
apply_identity(struct apply_work *w)
{
	struct customer_place place;

	return find_conversation(w, &place);
}

/* Skips an event that was erased and is delivered again. */
static int
is_alive(struct apply_work *w)
{
	int rc = tombstone_has_event(w->db, w->number.workspace_id, w->ev);

	if (rc == 1)
		log_info("not applied: it was erased");
	return rc == 0 ? 1 : rc == 1 ? ERASED : -1;
}

int
apply_event(const struct apply *a, struct pool *pool, const struct event *ev,
    int64_t now, struct delivery_state_hindrance *why)
{
	static int (*const kinds[])(struct apply_work *) = {
		[EVENT_MESSAGE] = apply_message,
		[EVENT_EDIT] = apply_patch,
		[EVENT_REVOKE] = apply_patch,
		[EVENT_STATUS] = apply_status,
		[EVENT_IDENTITY] = apply_identity,
		[EVENT_NOTICE] = apply_notice,
		[EVENT_CALL] = apply_call,
		[EVENT_GROUP] = apply_group,
		[EVENT_MARKETING] = apply_marketing,
		[EVENT_PHONE_BOOK] = apply_phone_book,
	};
	const struct resolve_number whose = { .db = a->db,
		.default_workspace = a->default_workspace,
		.phone_number_id = a->phone_number_id,
		.credential = a->credential,
		.memo = a->memo };
	struct apply_work w = {
		.a = a, .db = a->db, .pool = pool, .ev = ev, .now = now
	};
	int rc;

	rc = resolve_number_find(&whose, pool, ev, now, &w.number, &w.why);
	if (rc == 1 && a->erased)
		rc = is_alive(&w);
	if (rc == 1 && ev->kind != EVENT_MESSAGE && drop_customers(&w) == -1)
		rc = -1;
	if (rc == 1)
		rc = kinds[ev->kind](&w);
	*why = w.why;
	if (rc == ERASED)
		return 1;
	return rc;
}
