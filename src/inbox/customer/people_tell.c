/*
 * Tells members what cannot be decided, in system messages.  Each has a key of
 * its own in place of a wamid, by which it is found again, moved or removed.
 * Its time is a second before the first message that it concerns.
 */
#include <stddef.h>
#include <string.h>

#include "base/codec.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"
#include "whatsapp/phone.h"

#include "inbox/conversation/merge.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_tell.h"
#include "inbox/message/message.h"
#include "inbox/workspace/number.h"
#include "inbox/workspace/workspace_event.h"

enum { FIND, DELETE, PHONE_NUMBER_ID, N_SQL };

static const char *const people_tell_sql[N_SQL] = {
	[FIND] = "SELECT id, conversation_id, sent_at FROM messages"
		 " WHERE workspace_id = $1 AND number_id = $2 AND wamid = $3",
	[DELETE] = "DELETE FROM messages WHERE workspace_id = $1 AND id = $2",
	[PHONE_NUMBER_ID] = "SELECT phone_number_id FROM numbers"
			    " WHERE id = $2 AND workspace_id = $1",
};

struct tell {
	struct db *db;
	struct people *p;
	const struct number_key *number;
	const int64_t *target;
	int64_t now;
};

/* One system message. */
struct people_tell_line {
	const char *wamid;
	int64_t conversation_id; /* 0: it must not be there */
	int64_t at;
	const char *type;
	const char *phone;
	const char *user_id; /* the other customer's; NULL not known */
	const char *body;
};

const struct statements people_tell_statements = {
	.sql = people_tell_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_statements, &merge_statements,
	    &workspace_event_statements),
};

static const char *
content(struct pool *pool, const struct people_tell_line *l)
{
	struct json_out *out = json_new(pool);

	json_open_object(out, NULL);
	json_put_text(out, "type", l->type);
	json_put_text(out, "phone", l->phone);
	if (l->user_id != NULL)
		json_put_text(out, "user_id", l->user_id);
	json_put_text(out, "body", l->body);
	json_close(out);
	return json_end(out, NULL);
}

static int
put_line(struct tell *t, const struct people_tell_line *l)
{
	const struct event line = { .kind = EVENT_MESSAGE,
		.source = EVENT_LIVE,
		.inbound = 1,
		.type = "system",
		.content = content(t->p->pool, l),
		.preview = l->body,
		.at = l->at };
	const struct message m = { .event = &line,
		.wamid = l->wamid,
		.conversation_id = l->conversation_id };
	int64_t met;

	return message_put(t->db, t->number, &m, t->now, &met);
}

/* Puts, moves or removes the message, so that it is as L says. */
static int
set_line(struct tell *t, const struct people_tell_line *l)
{
	int64_t workspace_id = t->number->workspace_id, id = 0, place = 0,
		at = 0;
	struct db_rows *r = db_query(t->db, people_tell_sql[FIND],
	    DB_ARGS(db_int(workspace_id), db_int(t->number->id),
		db_text(l->wamid)));
	int rc = db_next(r);

	if (rc == 1) {
		id = db_col_int(r, 0);
		place = db_col_int(r, 1);
		at = db_col_int(r, 2);
	}
	db_end(r);
	if (rc == -1)
		return -1;
	if (rc == 1 && place == l->conversation_id && at == l->at)
		return 0;
	if (rc == 1 && (db_run(t->db, people_tell_sql[DELETE],
			    DB_ARGS(db_int(workspace_id), db_int(id))) == -1 ||
			   merge_recount(t->db, workspace_id, place) == -1))
		return -1;
	if (l->conversation_id == 0)
		return 0;
	if (rc == 0)
		log_info("conversation=%lld: a system message says %s",
		    (long long)l->conversation_id, l->type);
	return put_line(t, l);
}

static int
set_event(struct tell *t, const struct people_tell_line *l)
{
	struct pool *pool = t->p->pool;
	struct workspace_event n = { .workspace_id = t->number->workspace_id,
		.number_id = t->number->id,
		.field = PEOPLE_TELL_EVENT,
		.at = l->at };
	struct db_rows *r = db_query(t->db, people_tell_sql[PHONE_NUMBER_ID],
	    DB_ARGS(db_int(t->number->workspace_id), db_int(t->number->id)));
	int rc = db_next(r);

	n.phone_number_id = rc == 1 ? db_col_copy(r, pool, 0) : NULL;
	db_end(r);
	if (rc == -1)
		return -1;
	n.raw = content(pool, l);
	return l->conversation_id != 0 ? workspace_event_put(t->db, &n, t->now)
				       : workspace_event_remove(t->db, &n);
}

static int64_t
place_of(const struct tell *t, int person)
{
	return person >= 0 ? t->target[people_same(t->p, person)] : 0;
}

/* The span of HANDLE that user id USER_ID, or the change AT a time, began. */
static const struct people_span *
span_of(const struct people_handle *h, const char *user_id, int64_t at)
{
	for (int i = 0; i < h->n_spans; i++)
		if (user_id != NULL
			? h->span[i].how == PEOPLE_SHOWN &&
			      h->span[i].user_id != NULL &&
			      strcmp(h->span[i].user_id, user_id) == 0
			: h->span[i].how == PEOPLE_TAKEN &&
			      h->span[i].from == at)
			return &h->span[i];
	return NULL;
}

/* One spelling that stands for all spellings of an account. */
static const char *
name_of(struct pool *pool, const char *account)
{
	const char *twin = phone_twin(pool, account);

	return twin != NULL && strcmp(twin, account) < 0 ? twin : account;
}

/* The message's key, a hash: it contains no phone number. */
static const char *
wamid_of(
    struct pool *pool, const char *which, const char *name, const char *rest)
{
	const char *all = pool_printf(pool, "%s %s %s", which, name, rest);
	unsigned char hash[DIGEST_LEN];

	digest_sha256(all, strlen(all), hash);
	return pool_printf(
	    pool, "none.%s", codec_hex(pool, hash, sizeof(hash)));
}

static const char *
phone_of(struct pool *pool, const char *account)
{
	const char *phone = phone_e164(pool, account, 0);

	return phone != NULL ? phone : account;
}

/* User id USER_ID was shown with ACCOUNT. */
static int
tell_shown(struct tell *t, const char *account, const char *user_id)
{
	struct pool *pool = t->p->pool;
	int h = people_find_handle(t->p, account, 0);
	const char *name = name_of(pool, account);
	struct people_tell_line l = { .type = "account_shown",
		.user_id = user_id };
	const struct people_span *s;
	int told;

	if (h < 0 || *user_id == '\0')
		return 0;
	s = span_of(&t->p->handle[h], user_id, 0);
	told = s != NULL && s->before >= 0 && people_has_id(t->p, s->before);
	l.at = s != NULL ? s->from - 1 : 0;
	l.phone = phone_of(pool, name);
	l.wamid = wamid_of(pool, "old", name, user_id);
	l.conversation_id = place_of(t, told ? s->before : -1);
	l.body = pool_printf(pool, "Somebody else writes from %s now", l.phone);
	l.user_id = NULL; /* the new owner is not told to the old one */
	if (set_line(t, &l) == -1)
		return -1;
	l.user_id = user_id;
	l.wamid = wamid_of(pool, "new", name, user_id);
	l.conversation_id = place_of(t, told ? s->person : -1);
	l.body = pool_printf(
	    pool, "Writes from %s, which was another customer's", l.phone);
	return set_line(t, &l) == -1 ? -1 : set_event(t, &l);
}

/* Somebody changed to ACCOUNT AT a time. */
static int
tell_taken(struct tell *t, const char *account, int64_t at)
{
	struct pool *pool = t->p->pool;
	int h = people_find_handle(t->p, account, 0);
	const char *name = name_of(pool, account);
	struct people_tell_line l = { .type = "account_taken", .at = at - 1 };
	const struct people_span *s;
	int told;

	if (h < 0)
		return 0;
	s = span_of(&t->p->handle[h], NULL, at);
	told = s != NULL && s->before >= 0 && people_has_id(t->p, s->before);
	l.phone = phone_of(pool, name);
	l.wamid = wamid_of(
	    pool, "taken", name, pool_printf(pool, "%lld", (long long)at));
	l.conversation_id = place_of(t, told ? s->before : -1);
	l.body = pool_printf(
	    pool, "The number %s is another customer's now", l.phone);
	return set_line(t, &l);
}

/* The person of change C gave the same account already, with another user id:
 * -1; or with the same: 1; 0 it is the first. */
static int
gave_before(const struct people *p, const struct people_change *c, int handle)
{
	int who = p->id[people_find_id(p, c->user_id)].person, before = 0;

	for (const struct people_change *d = p->change; d < c; d++) {
		if (d->given == PEOPLE_ANNOUNCED ||
		    people_find_handle(p, d->new_account, 0) != handle ||
		    p->id[people_find_id(p, d->user_id)].person != who)
			continue;
		if (strcmp(d->user_id, c->user_id) == 0)
			return 1;
		before = -1;
	}
	return before;
}

/* The account that change C gives was known before. */
static int
tell_kept(struct tell *t, const struct people_change *c)
{
	struct people *p = t->p;
	int h = people_find_handle(p, c->new_account, 0);
	int who = p->id[people_find_id(p, c->user_id)].person;
	int before = gave_before(p, c, h);
	const char *name = name_of(p->pool, c->new_account);
	struct people_tell_line l = { .type = "account_kept",
		.phone = phone_of(p->pool, name),
		.at = c->at };

	if (before == 1)
		return 0;
	if (before == 0 && c->given == PEOPLE_KEPT && people_last(p, h) != who)
		l.conversation_id = place_of(t, who);
	l.wamid = wamid_of(p->pool, "kept", name, c->user_id);
	l.body = pool_printf(p->pool,
	    "Gave %s, which another conversation has: if both are one person,"
	    " one contact can have the phone and the user id",
	    l.phone);
	return set_line(t, &l);
}

int
people_tell_has(const struct people *p)
{
	for (int i = 0; i < p->n_changes; i++)
		if (p->change[i].given != PEOPLE_ANNOUNCED)
			return 1;
	return 0;
}

int
people_tell(struct db *db, struct people *p, const struct number_key *number,
    const int64_t *target, int64_t now)
{
	struct tell t = { db, p, number, target, now };

	for (int i = 0; i < p->n_sightings; i++)
		if (tell_shown(&t, p->sighting[i].account,
			p->sighting[i].user_id) == -1)
			return -1;
	for (int i = 0; i < p->n_changes; i++) {
		const struct people_change *c = &p->change[i];
		const char *account =
		    *c->new_account != '\0' ? c->new_account : c->account;

		if (c->given != PEOPLE_ANNOUNCED) {
			if (tell_kept(&t, c) == -1)
				return -1;
			continue;
		}
		if (tell_shown(&t, account, c->user_id) == -1 ||
		    tell_shown(&t, account, c->new_user_id) == -1 ||
		    tell_taken(&t, c->new_account, c->at) == -1)
			return -1;
	}
	return 0;
}
