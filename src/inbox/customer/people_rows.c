/*
 * Makes the rows match the persons that people.c has found.
 *
 * Invariant, before and after each call, for all rows that a fact touches: a
 * message with a sighting is in the conversation to which the identities of
 * that sighting lead at its time; a conversation has one person, and a person
 * has one conversation.  So it is enough to compare where the identities led
 * before with where they lead now, and to move the messages between.
 *
 * When several persons claim a conversation, it stays with the one whose user
 * id is in it, else with the one who wrote last: a member who is typing an
 * answer to it answers that person.  The others get new conversations.
 * Messages without a sighting stay where they are.
 */
#include <stddef.h>
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"
#include "inbox/conversation/identity.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/profile.h"
#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_times_pgsql.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_move.h"
#include "inbox/customer/people_profile.h"
#include "inbox/customer/people_rows.h"
#include "inbox/customer/people_tell.h"
#include "inbox/message/message_pgsql.h"
#include "inbox/workspace/number.h"

enum { ADD, BY_PHONE, NEWEST, ANY, DELETE, N_SQL };

static const char *const people_rows_sql[N_SQL] = {
	[ADD] = "INSERT INTO conversations(workspace_id, number_id,"
		" phone, phone_at, user_id, user_id_at, profile_name,"
		" profile_name_at, created_at, updated_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)",
	/* A conversation that a member began: no account is known there. */
	[BY_PHONE] =
	    "SELECT id, created_at FROM conversations AS c"
	    " WHERE workspace_id = $1 AND phone = $2 AND number_id = $3"
	    " AND NOT EXISTS (SELECT 1 FROM identities AS i"
	    "  WHERE i.workspace_id = c.workspace_id"
	    "  AND i.conversation_id = c.id AND i.kind = 'wa_id')"
	    " ORDER BY id LIMIT 2",
	[NEWEST] = "SELECT sighting_id, sent_at FROM messages"
		   " WHERE workspace_id = $1 AND " WITH_MERGING
		   " AND sighting_id IS NOT NULL"
		   " ORDER BY sent_at DESC, id DESC LIMIT 1",
	[ANY] = "SELECT 1 FROM messages WHERE workspace_id = $1"
		" AND " WITH_MERGING " LIMIT 1",
	[DELETE] = "DELETE FROM conversations"
		   " WHERE workspace_id = $1 AND id = $2",
};

#define NOBODY (-1)

/* A conversation that one of the persons had before. */
struct people_rows_had {
	int64_t id;
	int person;    /* who keeps it; NOBODY: none of these persons */
	int users;     /* persons that have a user id there: 0, 1, 2 or more */
	int claims;    /* persons that claim it */
	int64_t since; /* the earliest claim of PERSON */
	int dirty;     /* 1: its profile must be written anew */
	int left;      /* 1: a message went elsewhere, it may be empty */
};

/* The identity rows of a value, as they were before. */
struct led {
	enum identity_kind kind;
	int handle; /* NOBODY: a user id */
	const char *value;
	struct identity_row *row;
	int n;
};

struct people_rows_work {
	struct db *db;
	struct people *p;
	const struct number_key *number;
	int64_t now;
	struct led *led;
	int n_led;
	struct people_rows_had *had;
	int n_had, room;
	int64_t *target; /* of each person: the conversation, 0 none */
	/* of each person: 1 the profile must be written anew */
	int *dirty;
	int person; /* whom the event is about */
	const struct profile *said;
	int several; /* 1: a handle has, or had, more than one span */
};

const struct statements people_rows_statements = {
	.sql = people_rows_sql,
	.n = N_SQL,
	.also = STATEMENTS(&identity_statements, &merge_statements,
	    &contact_link_statements, &people_move_statements,
	    &people_profile_statements, &people_tell_statements,
	    &customer_times_pgsql_statements, &message_pgsql_statements),
};

/* ----------------------------------------------------------------- claims */

static struct people_rows_had *
had_of(struct people_rows_work *w, int64_t id)
{
	for (int i = 0; i < w->n_had; i++)
		if (w->had[i].id == id)
			return &w->had[i];
	if (w->n_had == w->room) {
		struct people_rows_had *more;

		w->room = w->room > 0 ? 2 * w->room : 8;
		more = pool_alloc(w->p->pool, sizeof(*more) * (size_t)w->room);
		if (w->n_had > 0)
			memcpy(more, w->had, sizeof(*more) * (size_t)w->n_had);
		w->had = more;
	}
	w->had[w->n_had] =
	    (struct people_rows_had){ .id = id, .person = NOBODY };
	return &w->had[w->n_had++];
}

/* The profile of conversation ID may show another phone or user id now. */
static void
mark_had(struct people_rows_work *w, int64_t id)
{
	struct people_rows_had *k = had_of(w, id);

	k->dirty = 1;
	if (k->person != NOBODY)
		w->dirty[k->person] = 1;
}

static void
claim(struct people_rows_work *w, int64_t id, int person, int64_t since,
    int by_user)
{
	struct people_rows_had *h;

	if (id == 0)
		return;
	h = had_of(w, id);
	person = people_same(w->p, person);
	if (h->claims > 0 && h->person == person) {
		h->users += by_user && h->users == 0;
		if (since < h->since)
			h->since = since;
		return;
	}
	if (by_user ? h->users == 0
		    : h->users == 0 && (h->claims == 0 || since < h->since)) {
		h->person = person;
		h->since = since;
	}
	h->users += by_user;
	h->claims++;
}

/* The time at which row I of L ends. */
static int64_t
row_end(const struct led *l, int i)
{
	return i + 1 < l->n ? l->row[i + 1].valid_from : INT64_MAX;
}

static int64_t
span_end(const struct people_handle *h, int i)
{
	return i + 1 < h->n_spans ? h->span[i + 1].from : INT64_MAX;
}

/* A conversation that a member began by a phone number belongs to the person
 * who had the number at that time. */
static void
claim_dialled(
    struct people_rows_work *w, int handle, int64_t id, int64_t created_at)
{
	claim(w, id, people_at(w->p, handle, created_at), created_at, 0);
}

static void
claim_rows(struct people_rows_work *w, const struct led *l)
{
	const struct people_handle *h;

	if (l->kind == IDENTITY_ALIAS) {
		if (l->n > 0)
			claim_dialled(w, l->handle, l->row[0].conversation_id,
			    l->row[0].created_at);
		return;
	}

	if (l->handle == NOBODY) {
		if (l->n > 0)
			claim(w, l->row[0].conversation_id,
			    w->p->id[people_find_id(w->p, l->value)].person, 0,
			    1);
		return;
	}
	h = &w->p->handle[l->handle];
	w->several |= l->n > 1 || h->n_spans > 1;
	for (int i = 0; i < l->n; i++)
		for (int k = 0; k < h->n_spans; k++) {
			int64_t from = h->span[k].from;

			if (from < l->row[i].valid_from)
				from = l->row[i].valid_from;
			if (from < row_end(l, i) && from < span_end(h, k))
				claim(w, l->row[i].conversation_id,
				    h->span[k].person, from, 0);
		}
}

/* Claims a conversation that a member began with the phone of the account, or
 * with one of its variants. */
static int
claim_phone(struct people_rows_work *w, int handle, const char *account)
{
	const char *variant[PHONE_VARIANTS_MAX];
	const char *phone = phone_e164(w->p->pool, account, 0);
	int n = phone != NULL ? phone_variants(w->p->pool, phone, variant) : 0;
	int64_t found = 0, created_at = 0;
	int several = 0;

	for (int i = 0; i < n && found == 0; i++) {
		struct db_rows *r = db_query(w->db, people_rows_sql[BY_PHONE],
		    DB_ARGS(db_int(w->number->workspace_id),
			db_text(variant[i]), db_int(w->number->id)));
		int rc;

		while ((rc = db_next(r)) == 1) {
			several |= found != 0;
			found = db_col_int(r, 0);
			created_at = db_col_int(r, 1);
		}
		db_end(r);
		if (rc == -1)
			return -1;
	}
	if (!several)
		claim_dialled(w, handle, found, created_at);
	return 0;
}

/* For an account that no identity row leads anywhere now. */
static int
claim_unknown(struct people_rows_work *w, const struct led *l)
{
	const struct led *alias = l + 1;

	if (l->n > 0 && l->row[l->n - 1].conversation_id != 0)
		return 0;
	if (l->n == 0 && alias->n > 0)
		return 0;
	return claim_phone(w, l->handle, l->value);
}

static int
add_led(struct people_rows_work *w, enum identity_kind kind, int handle,
    const char *value)
{
	struct led *l = &w->led[w->n_led++];

	*l = (struct led){ kind, handle, value, NULL, 0 };
	return identity_list(
	    w->db, w->p->pool, w->number, kind, value, &l->row, &l->n);
}

static int
list_led(struct people_rows_work *w)
{
	int n = w->p->n_ids;

	for (int i = 0; i < w->p->n_handles; i++)
		n += 2 * w->p->handle[i].n_values;
	w->led = pool_alloc(w->p->pool, sizeof(*w->led) * (size_t)(n + 1));
	for (int i = 0; i < w->p->n_ids; i++)
		if (add_led(w, IDENTITY_USER_ID, NOBODY, w->p->id[i].user_id) ==
		    -1)
			return -1;
	for (int i = 0; i < w->p->n_handles; i++) {
		const struct people_handle *h = &w->p->handle[i];

		for (int k = 0; k < h->n_values; k++)
			if (add_led(w,
				h->is_parent ? IDENTITY_PARENT : IDENTITY_WA_ID,
				i, h->value[k]) == -1 ||
			    (!h->is_parent && add_led(w, IDENTITY_ALIAS, i,
						  h->value[k]) == -1))
				return -1;
	}
	return 0;
}

/* *FOREIGN: a user id in it is not of these persons. */
static int
is_foreign(struct people_rows_work *w, int64_t id, int *foreign)
{
	const char **known =
	    pool_alloc(w->p->pool, sizeof(*known) * (size_t)(w->p->n_ids + 1));
	const char *other;

	for (int i = 0; i < w->p->n_ids; i++)
		known[i] = w->p->id[i].user_id;
	if (identity_other_user(w->db, w->p->pool, w->number->workspace_id, id,
		known, w->p->n_ids, &other) == -1)
		return -1;
	*foreign = other != NULL;
	return 0;
}

/* Of several claimants the one who wrote last keeps it. */
static int
keep_newest(struct people_rows_work *w, struct people_rows_had *h)
{
	struct db_rows *r;
	int rc;

	/* Messages that are kept would be the newest. */
	if (w->p->memo != NULL && customer_memo_drop(w->db, w->p->memo) == -1)
		return -1;
	r = db_query(w->db, people_rows_sql[NEWEST],
	    DB_ARGS(db_int(w->number->workspace_id), db_int(h->id)));
	rc = db_next(r);

	for (int i = 0; rc == 1 && i < w->p->n_sightings; i++)
		if (w->p->sighting[i].id == db_col_int(r, 0))
			h->person = people_of(
			    w->p, &w->p->sighting[i], db_col_int(r, 1));
	db_end(r);
	return rc == -1 ? -1 : 0;
}

static int
choose_people(struct people_rows_work *w)
{
	for (int i = 0; i < w->n_led; i++)
		claim_rows(w, &w->led[i]);
	for (int i = 0; i < w->n_led; i++)
		if (w->led[i].kind == IDENTITY_WA_ID &&
		    claim_unknown(w, &w->led[i]) == -1)
			return -1;
	for (int i = 0; i < w->n_had; i++) {
		struct people_rows_had *h = &w->had[i];
		int foreign;

		if (is_foreign(w, h->id, &foreign) == -1)
			return -1;
		if (foreign)
			h->person = NOBODY;
		else if (h->claims > 1 && h->users != 1 &&
			 keep_newest(w, h) == -1)
			return -1;
		if (h->person == NOBODY)
			continue;
		h->person = people_same(w->p, h->person);
		if (w->target[h->person] == 0 || h->id < w->target[h->person])
			w->target[h->person] = h->id;
	}
	return 0;
}

/* Before rows of customers who were known are read or changed. */
static int
drop_memo(struct people_rows_work *w)
{
	int known = w->n_had > 0;

	for (int i = 0; i < w->n_led && !known; i++)
		known = w->led[i].n > 0;
	if (!known || w->p->memo == NULL)
		return 0;
	return customer_memo_drop(w->db, w->p->memo);
}

/* ---------------------------------------------------------- conversations */

static int
add_people(struct people_rows_work *w, int person)
{
	struct profile p = { 0 };
	int64_t id;

	if (w->person != NOBODY && person == w->person && w->said != NULL)
		profile_add(&p, w->said);
	else
		w->dirty[person] = 1;
	if (db_insert(w->db, people_rows_sql[ADD],
		DB_ARGS(db_int(w->number->workspace_id), db_int(w->number->id),
		    db_text(p.phone), db_int(p.phone_at), db_text(p.user_id),
		    db_int(p.user_id_at), db_text(p.name), db_int(p.name_at),
		    db_int(w->now)),
		&id) != 1)
		return -1;
	w->target[person] = id;
	w->p->made[w->p->n_made++] = id;
	return 0;
}

/* Creates the missing conversations: of known persons, and of the one whom the
 * event is about. */
static int
add_missing(struct people_rows_work *w)
{
	for (int i = 0; i < w->p->n_persons; i++) {
		if (people_same(w->p, i) != i || w->target[i] != 0)
			continue;
		if (i != w->person && !people_is_known(w->p, i))
			continue;
		if (add_people(w, i) == -1)
			return -1;
	}
	return 0;
}

/* ------------------------------------------------------------------ moves */

static int
is_kept_by(struct people_rows_work *w, int64_t id, int person)
{
	return had_of(w, id)->person == person;
}

/* Moves messages from FROM, which another person keeps, to PERSON's. */
static int
move_people(struct people_rows_work *w, int64_t from, int person,
    const struct people_sighting *s, int64_t begin, int64_t end)
{
	struct people_move m = { w->db, w->number->workspace_id, from,
		w->target[person], s->id, begin, end };
	int rc;

	if (m.to == 0) {
		rc = people_move_any(&m);
		if (rc != 1)
			return rc;
		if (add_people(w, person) == -1)
			return -1;
		m.to = w->target[person];
	}
	if (m.to == from)
		return 0;
	rc = people_move(&m);
	if (rc > 0) {
		mark_had(w, from);
		w->dirty[person] = 1;
	}
	return rc == -1 ? -1 : 0;
}

static int
is_by(const struct people_sighting *s, const struct led *l)
{
	if (l->kind == IDENTITY_USER_ID)
		return strcmp(s->user_id, l->value) == 0;
	if (l->kind == IDENTITY_ALIAS)
		return 0;
	if (*s->user_id != '\0')
		return 0;
	if (l->kind == IDENTITY_PARENT)
		return strcmp(s->parent, l->value) == 0;
	return *s->parent == '\0' && strcmp(s->account, l->value) == 0;
}

static int
move_all_by(struct people_rows_work *w, const struct led *l, int64_t from,
    int person, int64_t begin, int64_t end)
{
	person = people_same(w->p, person);
	if (from == 0 || is_kept_by(w, from, person))
		return 0;
	for (int i = 0; i < w->p->n_sightings; i++)
		if (is_by(&w->p->sighting[i], l) &&
		    move_people(
			w, from, person, &w->p->sighting[i], begin, end) == -1)
			return -1;
	return 0;
}

/* Moves the messages to which row I led, and which are of other persons now. */
static int
move_row(struct people_rows_work *w, const struct led *l, int i)
{
	const struct people_handle *h;
	int64_t from = l->row[i].conversation_id;

	if (l->handle == NOBODY)
		return move_all_by(w, l, from,
		    w->p->id[people_find_id(w->p, l->value)].person, INT64_MIN,
		    INT64_MAX);
	h = &w->p->handle[l->handle];
	for (int k = 0; k < h->n_spans; k++) {
		int64_t begin = h->span[k].from, end = span_end(h, k);

		if (begin < l->row[i].valid_from)
			begin = l->row[i].valid_from;
		if (end > row_end(l, i))
			end = row_end(l, i);
		if (begin < end &&
		    move_all_by(w, l, from, h->span[k].person,
			begin == 0 ? INT64_MIN : begin, end) == -1)
			return -1;
	}
	return 0;
}

static int
move_all(struct people_rows_work *w)
{
	for (int i = 0; i < w->n_led; i++)
		for (int k = 0;
		     w->led[i].kind != IDENTITY_ALIAS && k < w->led[i].n; k++)
			if (move_row(w, &w->led[i], k) == -1)
				return -1;
	return 0;
}

/* Finds those that the message left which came twice. */
static void
note_left(struct people_rows_work *w)
{
	for (int i = 0; i < 2 * w->n_led; i++) {
		const struct people_sighting *s = w->p->twice[i % 2];
		const struct led *l = &w->led[i / 2];

		for (int k = 0; s != NULL && is_by(s, l) && k < l->n; k++)
			if (l->row[k].conversation_id != 0)
				had_of(w, l->row[k].conversation_id)->left = 1;
	}
}

/* Merges a conversation whose person has another one; deletes it when it is
 * empty and its person unknown. */
static int
join_or_delete(struct people_rows_work *w, struct people_rows_had *h)
{
	int64_t workspace_id = w->number->workspace_id, keep, any;
	int rc;

	if (h->person == NOBODY)
		return 0;
	keep = w->target[h->person];
	if (keep != h->id) {
		w->dirty[h->person] |= h->dirty;
		return merge_conversations(
		    w->db, w->p->pool, workspace_id, keep, h->id, w->now);
	}
	if ((!h->dirty && !h->left) || h->person == w->person ||
	    people_is_known(w->p, h->person))
		return 0;
	rc = db_get_int(w->db, people_rows_sql[ANY],
	    DB_ARGS(db_int(workspace_id), db_int(h->id)), &any);
	if (rc != 0)
		return rc == -1 ? -1 : 0;
	w->target[h->person] = 0;
	if (identity_forget(w->db, workspace_id, h->id) == -1)
		return -1;
	return db_run(w->db, people_rows_sql[DELETE],
	    DB_ARGS(db_int(workspace_id), db_int(h->id)));
}

/* ------------------------------------------------------------- identities */

static int
lead_user(struct people_rows_work *w, const struct led *l)
{
	int64_t id = w->target[people_same(
	    w->p, w->p->id[people_find_id(w->p, l->value)].person)];

	if (l->n > 0 && l->row[0].conversation_id == id)
		return 0;
	return identity_set(w->db, w->number, l->kind, l->value, 0, id, w->now);
}

static int
lead_alias(struct people_rows_work *w, const struct led *l)
{
	int64_t id;

	if (l->n == 0)
		return 0;
	id = w->target[people_same(
	    w->p, people_at(w->p, l->handle, l->row[0].created_at))];
	if (id == 0 || id == l->row[0].conversation_id)
		return 0;
	return identity_set(w->db, w->number, l->kind, l->value, 0, id, w->now);
}

/* We wrote to an account from which nothing had come: when somebody else has it
 * now, marks the conversation that shows it as its phone. */
static void
note_dialled(struct people_rows_work *w, const struct led *l)
{
	const struct led *alias = l + 1;

	if (l->kind == IDENTITY_WA_ID && alias->n > 0 &&
	    alias->row[0].conversation_id != 0 &&
	    !is_kept_by(
		w, alias->row[0].conversation_id, people_last(w->p, l->handle)))
		mark_had(w, alias->row[0].conversation_id);
}

/* When the handle changed hands, marks the profiles of those who lost it and
 * who got it. */
static void
note_holders(struct people_rows_work *w, const struct led *l)
{
	const struct people_handle *h = &w->p->handle[l->handle];
	int same = l->n == h->n_spans;

	for (int i = 0; same && i < l->n; i++)
		same = l->row[i].valid_from == h->span[i].from &&
		       (l->row[i].conversation_id == 0 ||
			   is_kept_by(w, l->row[i].conversation_id,
			       people_same(w->p, h->span[i].person)));
	if (l->n == 0)
		note_dialled(w, l);
	if (same || l->n == 0)
		return;
	for (int i = 0; i < l->n; i++)
		if (l->row[i].conversation_id != 0)
			mark_had(w, l->row[i].conversation_id);
	for (int i = 0; i < h->n_spans; i++)
		w->dirty[people_same(w->p, h->span[i].person)] = 1;
}

static int
lead_handle(struct people_rows_work *w, const struct led *l)
{
	const struct people_handle *h = &w->p->handle[l->handle];

	for (int i = 0; i < l->n; i++) {
		int k = 0;

		while (
		    k < h->n_spans && h->span[k].from != l->row[i].valid_from)
			k++;
		if (k == h->n_spans &&
		    identity_unset(w->db, w->number, l->kind, l->value,
			l->row[i].valid_from) == -1)
			return -1;
	}
	for (int k = 0; k < h->n_spans; k++) {
		int64_t id = w->target[people_same(w->p, h->span[k].person)];
		int i = 0;

		while (i < l->n && (l->row[i].valid_from != h->span[k].from ||
				       l->row[i].conversation_id != id))
			i++;
		if (i == l->n &&
		    identity_set(w->db, w->number, l->kind, l->value,
			h->span[k].from, id, w->now) == -1)
			return -1;
	}
	return 0;
}

static int
lead_all(struct people_rows_work *w)
{
	for (int i = 0; i < w->n_led; i++) {
		const struct led *l = &w->led[i];

		if ((l->kind == IDENTITY_USER_ID    ? lead_user(w, l)
			: l->kind == IDENTITY_ALIAS ? lead_alias(w, l)
						    : lead_handle(w, l)) == -1)
			return -1;
	}
	return 0;
}

/* A phone that was given shows once nothing speaks against it any more: no
 * handle need change hands for that. */
static void
note_given(struct people_rows_work *w)
{
	for (int i = 0; i < w->p->n_changes; i++)
		if (w->p->change[i].given != PEOPLE_ANNOUNCED)
			w->dirty[people_same(w->p, people_mover(w->p, i))] = 1;
}

/* ------------------------------------------------------------- all of it */

static int
write_profiles(struct people_rows_work *w)
{
	for (int i = 0; i < w->p->n_persons; i++)
		if (people_same(w->p, i) == i && w->dirty[i] &&
		    w->target[i] != 0 &&
		    people_profile(
			w->db, w->p, w->number, i, w->target[i], w->now) == -1)
			return -1;
	for (int i = 0; i < w->n_had; i++)
		if (w->had[i].dirty && w->had[i].person == NOBODY &&
		    people_profile(w->db, w->p, w->number, NOBODY, w->had[i].id,
			w->now) == -1)
			return -1;
	return 0;
}

int
people_rows(struct db *db, struct people *p, const struct number_key *number,
    int person, const struct profile *said, int64_t now, int64_t *id)
{
	struct people_rows_work w = { .db = db,
		.p = p,
		.number = number,
		.now = now,
		.person = person,
		.said = said };

	*id = 0;
	w.person = person >= 0 ? people_same(p, person) : NOBODY;
	w.target =
	    pool_alloc(p->pool, sizeof(int64_t) * (size_t)(p->n_persons + 1));
	w.dirty = pool_alloc(p->pool, sizeof(int) * (size_t)(p->n_persons + 1));
	p->made =
	    pool_alloc(p->pool, sizeof(int64_t) * (size_t)(p->n_persons + 1));
	p->n_made = 0;
	if (list_led(&w) == -1 || choose_people(&w) == -1 ||
	    drop_memo(&w) == -1 || add_missing(&w) == -1 || move_all(&w) == -1)
		return -1;
	for (int i = 0; i < w.n_led; i++)
		if (w.led[i].kind == IDENTITY_WA_ID ||
		    w.led[i].kind == IDENTITY_PARENT)
			note_holders(&w, &w.led[i]);
	note_given(&w);
	note_left(&w);
	for (int i = 0; i < w.n_had; i++)
		if (join_or_delete(&w, &w.had[i]) == -1)
			return -1;
	if (lead_all(&w) == -1 || write_profiles(&w) == -1)
		return -1;
	if ((w.several || people_tell_has(p)) &&
	    people_tell(db, p, number, w.target, now) == -1)
		return -1;
	if (w.person != NOBODY)
		*id = w.target[w.person];
	return 0;
}
