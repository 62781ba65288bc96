/*
 * Hands the recipients of a broadcast to the outbox.  Whatever a member could
 * not send is not sent (inbox/outbox/submit.h).
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/compose/compose.h"

#include "session/session.h"
#include "session/session_db.h"

#include "inbox/broadcast/broadcast.h"
#include "inbox/broadcast/broadcast_due.h"
#include "inbox/broadcast/broadcast_fill.h"
#include "inbox/broadcast/broadcast_recipient.h"
#include "inbox/broadcast/broadcast_send.h"
#include "inbox/contact/contact.h"
#include "inbox/conversation/block.h"
#include "inbox/outbox/outbox.h"
#include "inbox/outbox/submit.h"

enum { WAITS, SPAM, LOST, PROFILE, N_SQL };

static const char *const broadcast_send_sql[N_SQL] = {
	[WAITS] = "SELECT 1 FROM my_pauses WHERE number_id = $1"
		  " AND until > $2",
	/* 131048 is tried again, as what comes too fast is. */
	[SPAM] =
	    "SELECT 1 FROM my_broadcast_recipients r CROSS JOIN my_outbox o"
	    " WHERE r.broadcast_id = $1 AND r.state = 'queued'"
	    " AND o.kind = 'message' AND o.message_id = r.message_id"
	    " AND o.state = 'queued' AND o.error_code = 131048 LIMIT 1",
	/* Nobody waits for their answer any more. */
	[LOST] = "SELECT COUNT(*) FROM my_broadcast_recipients r"
		 " CROSS JOIN my_outbox o"
		 " WHERE r.broadcast_id = $1 AND r.state = 'queued'"
		 " AND o.kind = 'message' AND o.message_id = r.message_id"
		 " AND o.state = 'sending' AND o.sending_at <= $2",
	[PROFILE] = "SELECT profile_name FROM my_conversations"
		    " WHERE phone = $1 AND number_id = $2"
		    " ORDER BY last_message_at DESC LIMIT 1",
};

static const struct statements broadcast_send_statements = {
	.sql = broadcast_send_sql,
	.n = N_SQL,
	.also = STATEMENTS(&block_statements, &broadcast_statements,
	    &broadcast_recipient_statements, &contact_statements,
	    &contact_tag_statements, &submit_statements, &submit_to_statements),
};

enum { WAITING, QUEUED };

/* One step. */
struct sending {
	struct session *session;
	struct pool *pool;
	struct broadcast b;
	int64_t now;
	const char *why; /* the whole broadcast cannot go on */
};

static int
is_phone(const char *who)
{
	return who[0] == '+';
}

/* What is known of WHO: the contact's name, else the customer's own. */
static int
find_person(struct sending *x, const char *who, struct broadcast_person *person)
{
	struct db_rows *r;
	struct contact c;
	int64_t id = 0;
	int rc = is_phone(who) ? contact_find(x->session, who, &id)
			       : contact_find_user(x->session, who, &id);

	*person =
	    (struct broadcast_person){ .phone = is_phone(who) ? who : NULL };
	if (rc == 1)
		rc = contact_get(x->session, x->pool, id, &c);
	if (rc == 1) {
		person->name = c.name;
		if (person->phone == NULL)
			person->phone = c.phone;
	}
	if (rc != 0 || !is_phone(who))
		return rc == -1 ? -1 : 0;
	r = db_query(session_db(x->session), broadcast_send_sql[PROFILE],
	    DB_ARGS(db_text(who), db_int(x->b.number_id)));
	rc = db_next(r);
	if (rc == 1)
		person->name = db_col_copy(r, x->pool, 0);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* The message for PERSON: 1; 0, what its placeholders need is not there; -1. */
static int
compose_for(struct sending *x, const char *who, struct compose *c)
{
	struct compose_wrong *wrong = NULL;
	struct broadcast_person person;
	const char *why = NULL, *filled, *body;

	if (find_person(x, who, &person) == -1)
		return -1;
	filled = broadcast_fill(x->pool, x->b.template, &person, &why);
	if (filled == NULL)
		return 0;
	body = pool_printf(
	    x->pool, "{\"type\":\"template\",\"template\":%s}", filled);
	return compose_read(x->pool,
		   json_parse(x->pool, body, strlen(body), NULL), c,
		   &wrong) == 0;
}

/* Why TO is skipped, by what submitting it answered; NULL: the whole broadcast
 * cannot go on. */
static const char *
skip_reason(enum submit_result result)
{
	switch (result) {
	case SUBMIT_STOPPED:
		return "marketing_stopped";
	case SUBMIT_BLOCKED:
		return "blocked";
	case SUBMIT_UNREACHABLE:
	case SUBMIT_NOT_FOUND:
		return "unreachable";
	default:
		return NULL;
	}
}

/* Queues the message for TO: its state is queued or skipped; 1; 0 and x->why;
 * -1.  After anything but a queued one the caller undoes what was written. */
static int
submit_one(struct sending *x, struct broadcast_recipient *to)
{
	struct submit_to where = { .phone_number_id = x->b.phone_number_id };
	struct compose c = { 0 };
	struct submission post = { 0 };
	enum submit_result result;
	int rc = compose_for(x, to->who, &c);

	to->state = "skipped";
	to->reason = "parameters";
	if (rc != 1)
		return rc == -1 ? -1 : 1;
	if (is_phone(to->who))
		where.phone = to->who;
	else
		where.user_id = to->who;
	result =
	    submit_to_phone(x->session, x->pool, &where, &c, x->now, &post);
	if (result == SUBMIT_FAILED)
		return -1;
	if (result == SUBMIT_QUEUED)
		rc = broadcast_recipient_has(
		    x->session, x->b.id, post.conversation_id);
	if (rc == -1)
		return -1;
	if (result == SUBMIT_QUEUED && rc == 1) {
		to->reason = "duplicate";
		return 1;
	}
	if (result == SUBMIT_QUEUED) {
		to->state = "queued";
		to->reason = NULL;
		to->conversation_id = post.conversation_id;
		to->message_id = post.message_id;
		return 1;
	}
	to->reason = skip_reason(result);
	if (to->reason != NULL)
		return 1;
	x->why = pool_printf(x->pool, "%s%s%s",
	    post.field != NULL ? post.field : "", post.field != NULL ? " " : "",
	    post.why != NULL ? post.why : "It cannot be sent.");
	return 0;
}

/* 1, 0 and x->why, -1. */
static int
send_one(struct sending *x, struct broadcast_recipient *to)
{
	int rc;

	if (session_savepoint(x->session) == -1)
		return -1;
	rc = submit_one(x, to);
	if (rc == 1 && to->message_id != 0) {
		if (session_release(x->session) == -1)
			return -1;
	} else
		session_rollback_savepoint(x->session);
	if (rc != 1)
		return rc;
	return broadcast_recipient_settle(x->session, to) == -1 ? -1 : 1;
}

/* How many places those have whose answer was lost, as a killed processor does:
 * they keep nobody out, as long as they are no more than there are places; else
 * the provider is away.  -1. */
static int64_t
count_lost(struct sending *x)
{
	int64_t n;

	if (db_get_int(session_db(x->session), broadcast_send_sql[LOST],
		DB_ARGS(db_int(x->b.id), db_int(x->now - OUTBOX_ANSWER_S)),
		&n) == -1)
		return -1;
	return n < BROADCAST_OPEN_MAX ? n : BROADCAST_OPEN_MAX;
}

/* How many may be handed over now, MAX at the most: -1. */
static int
find_room(struct sending *x, int max)
{
	int64_t room = BROADCAST_OPEN_MAX - x->b.counts[QUEUED], one, lost;
	int rc;

	if (x->b.phone_number_id == NULL) {
		x->why = "Its number is not in this workspace any more.";
		return 0;
	}
	rc = db_get_int(session_db(x->session), broadcast_send_sql[SPAM],
	    DB_ARGS(db_int(x->b.id)), &one);
	if (rc == 1)
		x->why = "The provider takes no more of it, for too many"
			 " customers said that it is spam (131048).";
	if (rc == 0)
		rc = db_get_int(session_db(x->session),
		    broadcast_send_sql[WAITS],
		    DB_ARGS(db_int(x->b.number_id), db_int(x->now)), &one);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	if (room <= 0) {
		if ((lost = count_lost(x)) == -1)
			return -1;
		room += lost;
	}
	return room < max ? (int)(room < 0 ? 0 : room) : max;
}

/* How many were settled, -1. */
static int
send_some(struct sending *x, int max)
{
	struct broadcast_recipient *to;
	int room = find_room(x, max), n, rc = 1, i;

	if (room <= 0)
		return room;
	to = pool_alloc(x->pool, sizeof(*to) * (size_t)room);
	n = broadcast_recipient_list(
	    x->session, x->pool, x->b.id, "waiting", "", to, room);
	if (n == -1)
		return -1;
	for (i = 0; i < n && rc == 1; i++)
		rc = send_one(x, &to[i]);
	if (rc == -1)
		return -1;
	if (n == 0 && x->b.counts[QUEUED] == 0 &&
	    broadcast_done(x->session, x->b.id, x->now) == -1)
		return -1;
	return rc == 1 ? i : i - 1;
}

/* Some of the tag, 1; 0 there are no more, or it has none; -1. */
static int
count_tagged(struct sending *x)
{
	int64_t place = x->b.tag_place;
	int rc;

	if (x->b.tag_id == 0)
		return 0;
	rc = broadcast_recipient_put_tagged(
	    x->session, x->b.id, x->b.tag_id, &place);
	if (rc == 1 && broadcast_tagged(x->session, x->b.id, place) == -1)
		return -1;
	return rc;
}

/* The same of the label. */
static int
count_labelled(struct sending *x)
{
	int64_t place = x->b.label_place;
	int rc;

	if (x->b.label_id == 0)
		return 0;
	rc = broadcast_recipient_put_labelled(
	    x->session, x->b.id, x->b.label_id, &place);
	if (rc == 1 && broadcast_labelled(x->session, x->b.id, place) == -1)
		return -1;
	return rc;
}

/* 1 when there is more to be counted, 0, -1. */
static int
count_some(struct sending *x)
{
	int rc = count_tagged(x);

	if (rc == 0)
		rc = count_labelled(x);
	return rc == 0 ? broadcast_counted(x->session, x->b.id) : rc;
}

/* In the transaction: how many were settled, -1. */
static int
step_broadcast(struct sending *x, int64_t id, int max, int *more)
{
	int rc = broadcast_get(x->session, x->pool, id, &x->b), n = 0;

	if (rc != 1)
		return rc;
	if (text_is(x->b.state, "counting")) {
		if (count_some(x) == -1)
			return -1;
		*more = 1;
	} else if (text_is(x->b.state, "running")) {
		n = send_some(x, max);
	}
	if (n == -1)
		return -1;
	if (x->why != NULL) {
		log_warn("broadcast %lld pauses", (long long)id);
		if (broadcast_pause(x->session, id, x->why) == -1)
			return -1;
	}
	if ((n > 0 || *more) && broadcast_shown(x->session, id, x->now) == -1)
		return -1;
	return n;
}

int
broadcast_send_step(struct session *s, struct pool *pool,
    const struct broadcast_due *due, int max, int64_t now, int *more)
{
	struct sending x = { .session = s, .pool = pool, .now = now };
	int n;

	*more = 0;
	session_serve(s, due->workspace_id, due->started_by);
	if (session_begin_step(s) == -1)
		return -1;
	n = step_broadcast(&x, due->id, max, more);
	if (n == -1 || session_commit(s) == -1) {
		session_rollback(s);
		n = -1;
	}
	session_serve(s, 0, 0);
	return n;
}

struct session *
broadcast_send_open(const char *path, int wait_ms)
{
	struct session *s = session_open(path, wait_ms);

	if (s != NULL && session_seal(s, &broadcast_send_statements) == -1) {
		session_close(s);
		return NULL;
	}
	return s;
}

void
broadcast_send_close(struct session *s)
{
	session_close(s);
}
