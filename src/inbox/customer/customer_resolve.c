/*
 * Finds the conversation of a customer, from the ids that an event shows
 * (docs/protocol.md §5.3).  An ordinary message shows a known sighting: then
 * three rows are read, or none when the customer wrote in this transaction
 * (inbox/customer/customer_memo.c), and that is all.  Only a new fact is
 * resolved (inbox/customer/people.c), and the rows changed accordingly
 * (inbox/customer/people_rows.c).
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"
#include "whatsapp/phone.h"

#include "inbox/contact/contact_link.h"
#include "inbox/conversation/identity.h"
#include "inbox/conversation/profile.h"
#include "inbox/customer/customer_memo.h"
#include "inbox/customer/customer_memo_pgsql.h"
#include "inbox/customer/customer_resolve.h"
#include "inbox/customer/people.h"
#include "inbox/customer/people_rows.h"
#include "inbox/customer/sighting.h"
#include "inbox/own_group/own_group_told.h"
#include "inbox/workspace/number.h"

enum { ADD_GROUP, SHOWED_BOTH, OTHERS, N_SQL };

static const char *const customer_resolve_sql[N_SQL] = {
	[ADD_GROUP] = "INSERT INTO conversations(workspace_id, number_id,"
		      " group_id, created_at, updated_at)"
		      " VALUES ($1, $2, $3, $4, $4)",
	/* The message keeps the name that it showed. */
	[SHOWED_BOTH] =
	    "UPDATE messages SET shown_name = COALESCE(shown_name, (SELECT"
	    "  s.name FROM sightings AS s WHERE s.id = messages.sighting_id),"
	    "  ''), sighting_id = $4 WHERE workspace_id = $1"
	    " AND number_id = $2 AND wamid = $3 AND sighting_id <> $4",
	/* Another conversation that we began with account $3, or with a number
	 * that reached it. */
	[OTHERS] = "SELECT conversation_id FROM identities"
		   " WHERE workspace_id = $1 AND number_id = $2"
		   " AND kind = 'alias' AND value = $3"
		   " AND conversation_id NOT IN (0, $5)"
		   " UNION ALL SELECT conversation_id FROM identities"
		   " WHERE workspace_id = $1 AND number_id = $2"
		   " AND account = $3 AND account IS NOT NULL"
		   " AND conversation_id NOT IN (0, $5)"
		   " UNION ALL SELECT id FROM conversations"
		   " WHERE workspace_id = $1 AND number_id = $2 AND phone = $4"
		   " AND id <> $5 AND user_id IS NULL"
		   " AND NOT EXISTS (SELECT 1 FROM sightings"
		   "  WHERE workspace_id = $1 AND number_id = $2"
		   "  AND account = $3) LIMIT 1",
};

/* One call of customer_resolve. */
struct customer_resolve_work {
	struct db *db;
	struct pool *pool;
	const struct number_key *number;
	const struct customer *known;
	int64_t now;
	struct people_sighting sighting; /* the message's */
	struct people_change change;
	int changes;
	const struct people_sighting *giver; /* NULL: nothing is given */
	enum people_given given;
	int news;	       /* 1: a fact is new */
	const char *name;      /* as the table sightings has it */
	struct people *people; /* NULL: nothing was resolved */
	int person;
	struct customer_memo *memo; /* NULL: none */
};

const struct statements customer_resolve_statements = {
	.sql = customer_resolve_sql,
	.n = N_SQL,
	.also = STATEMENTS(&own_group_told_statements, &identity_statements,
	    &profile_statements, &people_rows_statements, &sighting_statements,
	    &contact_link_statements, &customer_memo_pgsql_statements),
};

static const char *
said_customer(const char *s)
{
	return s != NULL ? s : "";
}

/* --------------------------------------------------------------- a group's */

static int
find_group(struct customer_resolve_work *w, struct customer_place *place)
{
	const char *group = w->known->group_id;
	int64_t id = 0;
	int rc = identity_find(
	    w->db, w->number, IDENTITY_GROUP, group, IDENTITY_NOW, &id);

	if (rc == 0 &&
	    (db_insert(w->db, customer_resolve_sql[ADD_GROUP],
		 DB_ARGS(db_int(w->number->workspace_id), db_int(w->number->id),
		     db_text(group), db_int(w->now)),
		 &id) != 1 ||
		identity_put(w->db, w->number, IDENTITY_GROUP, group, id,
		    w->now) == -1 ||
		own_group_told_name(w->db, w->number, group) == -1))
		rc = -1;
	*place = (struct customer_place){ .conversation_id = id };
	return rc == -1 ? -1 : 1;
}

/* ------------------------------------------------------- what is written
 * down */

static int
put_sighting(struct customer_resolve_work *w, struct people_sighting *s)
{
	int rc;

	s->portfolio =
	    *s->user_id != '\0' ? said_customer(w->known->portfolio) : "";
	s->first_at = w->known->at;
	s->name = w->name;
	rc = sighting_put(w->db, w->pool, w->number, s);
	if (rc == -1)
		return -1;
	w->news |= rc;
	return 0;
}

static int
put_change(struct customer_resolve_work *w)
{
	const struct customer *k = w->known;
	int rc;

	w->change = (struct people_change){ said_customer(k->wa_id),
		said_customer(k->user_id), said_customer(k->new_wa_id),
		said_customer(k->new_user_id), said_customer(k->portfolio),
		k->at, w->name, w->given };
	rc = sighting_put_change(w->db, w->number, &w->change);
	if (rc == -1)
		return -1;
	w->news |= rc;
	return 0;
}

/* The sightings that an announced change also contains: of the parent ids
 * before and after.  The message that announces it has the sighting of the
 * new ids. */
static int
put_changed(struct customer_resolve_work *w)
{
	const struct customer *k = w->known;
	const char *user_id =
	    k->new_user_id != NULL ? k->new_user_id : k->user_id;
	const char *parent = k->new_parent_user_id;
	const char *account = NULL;

	w->sighting = (struct people_sighting){
		.account = k->user_id == NULL ? said_customer(k->wa_id) : "",
		.user_id = said_customer(k->user_id),
		.parent = said_customer(k->parent_user_id)
	};
	if (k->parent_user_id != NULL && put_sighting(w, &w->sighting) == -1)
		return -1;
	if (parent == NULL && k->new_user_id == NULL)
		parent = k->parent_user_id;
	/* Who it was is not said, or by a parent id only: then all the new ids
	 * are shown together. */
	if (k->wa_id == NULL && k->user_id == NULL)
		account = k->new_wa_id;
	else if (user_id == NULL && parent == NULL)
		account = k->new_wa_id != NULL ? k->new_wa_id : k->wa_id;
	w->sighting =
	    (struct people_sighting){ .account = said_customer(account),
		    .user_id = said_customer(user_id),
		    .parent = said_customer(parent) };
	return put_sighting(w, &w->sighting);
}

static int
put_facts(struct customer_resolve_work *w)
{
	const struct customer *k = w->known;

	if (w->giver != NULL) {
		w->sighting = *w->giver;
		return put_change(w);
	}
	if (w->changes)
		return put_change(w) == -1 ? -1 : put_changed(w);
	w->sighting =
	    (struct people_sighting){ .account = said_customer(k->wa_id),
		    .user_id = said_customer(k->user_id),
		    .parent = said_customer(k->parent_user_id) };
	return put_sighting(w, &w->sighting);
}

/* -------------------------------------------------------------- the
 * customer */

static struct profile
profile_of(struct customer_resolve_work *w)
{
	const struct customer *k = w->known;
	const char *wa_id = k->new_wa_id != NULL ? k->new_wa_id : k->wa_id;
	struct profile p = { .phone_at = k->at, .user_id_at = k->at };

	if (wa_id != NULL)
		p.phone = phone_e164(w->pool, wa_id, 0);
	p.user_id = k->new_user_id != NULL ? k->new_user_id : k->user_id;
	profile_name(w->pool, &p, w->name, k->at);
	return p;
}

/* Finds the conversation by the identities: 1, 0 (unknown, or nobody's), -1. */
static int
find_known(struct customer_resolve_work *w, int64_t *id)
{
	const struct people_sighting *s = &w->sighting;
	enum identity_kind kind = IDENTITY_WA_ID;
	const char *value = s->account;
	int rc;

	if (*s->user_id != '\0') {
		kind = IDENTITY_USER_ID;
		value = s->user_id;
	} else if (*s->parent != '\0') {
		kind = IDENTITY_PARENT;
		value = s->parent;
	}
	rc = identity_find(w->db, w->number, kind, value, w->known->at, id);
	return rc == 1 ? *id != 0 : rc;
}

/* Resolves, with all facts that are known now. */
static int
think(struct customer_resolve_work *w)
{
	struct people *p = w->people = people_new(w->pool);

	p->memo = w->memo;
	people_add_sighting(p, &w->sighting);
	if (w->changes)
		people_add_change(p, &w->change);
	if (sighting_load(w->db, w->number, p) == -1)
		return -1;
	people_solve(p);
	w->person = people_of(p, &w->sighting, w->known->at);
	return 0;
}

/* Drops the phone of a late event when its account has another owner by now:
 * the customer cannot be reached there. */
static int
check_phone(struct customer_resolve_work *w, int64_t id, const char *shown,
    struct profile *said_now)
{
	const struct customer *k = w->known;
	const char *account = k->new_wa_id != NULL ? k->new_wa_id : k->wa_id;
	int64_t holder = 0;

	if (said_now->phone == NULL || text_is(said_now->phone, shown))
		return 0;
	if (w->people != NULL) {
		if (!people_holds(w->people, w->person, account))
			said_now->phone = NULL;
		return 0;
	}
	if (identity_find(w->db, w->number, IDENTITY_WA_ID, account,
		IDENTITY_NOW, &holder) == -1)
		return -1;
	if (holder != id)
		said_now->phone = NULL;
	return 0;
}

/* Adds the event to the profile, which is *P then: 1 when the phone is new, 0,
 * -1.  *LATER is 1 when only times changed, which are still to be written. */
static int
learn(struct customer_resolve_work *w, int64_t id, struct profile *said_now,
    struct profile *p, int *later)
{
	int64_t workspace_id = w->number->workspace_id;
	const char *phone;
	int rc;

	if (w->memo != NULL && customer_memo_drop_one(w->db, w->memo, id) == -1)
		return -1;
	if (profile_read(w->db, w->pool, workspace_id, id, p) != 1 ||
	    check_phone(w, id, p->phone, said_now) == -1)
		return -1;
	phone = p->phone;
	rc = profile_add(p, said_now);
	*later = rc == 0;
	if (rc == 1 && profile_write(w->db, workspace_id, id, p, w->now) == -1)
		return -1;
	if (profile_learn_username(w->db, workspace_id, id, said_now, w->now) ==
	    -1)
		return -1;
	return p->phone != phone;
}

/* The name that is stored with the message; NULL when its sighting has it. */
static const char *
shown_name(const struct customer_resolve_work *w)
{
	if (w->name == NULL)
		return "";
	return text_is(w->sighting.name, w->name) ? NULL : w->name;
}

/* ---------------------------------------------------------- who just wrote */

/* The customer wrote a moment ago, and says nothing new but the time: 1 and the
 * place, else 0. */
static int
recall(struct customer_resolve_work *w, struct customer_place *place)
{
	const struct customer *k = w->known;
	const struct people_sighting shown = {
		.account = said_customer(k->wa_id),
		.user_id = said_customer(k->user_id),
		.parent = said_customer(k->parent_user_id),
		.portfolio = said_customer(k->portfolio),
	};
	struct customer_memo_entry *e;
	struct profile said_now, p;
	int rc;

	if (w->memo == NULL || w->changes)
		return 0;
	e = customer_memo_find(w->memo, w->number, &shown);
	if (e == NULL || k->at < e->sighting.first_at ||
	    (e->sighting.name == NULL && w->name != NULL) ||
	    (e->phone != NULL && !text_is(e->profile.phone, e->phone)))
		return 0;
	said_now = (struct profile){ .phone = e->phone,
		.phone_at = k->at,
		.user_id = k->user_id,
		.user_id_at = k->at };
	profile_name(w->pool, &said_now, w->name, k->at);
	p = e->profile;
	if (said_now.username != NULL &&
	    !text_is(said_now.username, p.username))
		return 0;
	rc = profile_add(&p, &said_now);
	if (rc == 1)
		return 0;
	e->is_later |= rc == 0 || p.username_at != e->profile.username_at;
	e->profile = p;
	w->sighting = e->sighting;
	*place = (struct customer_place){ e->conversation_id, e->sighting.id,
		shown_name(w) };
	return 1;
}

/* Keeps what is shown, and writes the times of P that are LATER now if it is
 * not kept: 0, -1. */
static int
remember(struct customer_resolve_work *w, int64_t id, const struct profile *p,
    const char *phone, int later)
{
	int64_t workspace_id = w->number->workspace_id;

	if (w->memo != NULL && !w->changes &&
	    customer_memo_put(w->memo,
		&(struct customer_memo_entry){ .number_id = w->number->id,
		    .workspace_id = workspace_id,
		    .sighting = w->sighting,
		    .conversation_id = id,
		    .profile = *p,
		    .phone = phone,
		    .is_later = later }))
		return 0;
	return later ? profile_write(w->db, workspace_id, id, p, 0) : 0;
}

static int
find_customer(struct customer_resolve_work *w, struct customer_place *place)
{
	struct profile profile, shown = { 0 };
	const char *phone;
	int64_t id = 0;
	int rc, moved, later;

	if (recall(w, place))
		return 1;
	if (put_facts(w) == -1)
		return -1;
	profile = profile_of(w);
	phone = profile.phone;
	rc = w->news ? 0 : find_known(w, &id);
	if (rc == 0) {
		if (think(w) == -1)
			return -1;
		if (profile.phone != NULL &&
		    check_phone(w, 0, NULL, &profile) == -1)
			return -1;
		rc = people_rows(w->db, w->people, w->number, w->person,
		    &profile, w->now, &id);
	}
	if (rc == -1)
		return -1;
	moved = learn(w, id, &profile, &shown, &later);
	if (moved == -1 || remember(w, id, &shown, phone, later) == -1)
		return -1;
	if ((w->people != NULL || moved) &&
	    contact_link_conversation(
		w->db, w->pool, w->number->workspace_id, id, w->now) == -1)
		return -1;
	*place = (struct customer_place){ id, w->sighting.id, shown_name(w) };
	return 1;
}

int
customer_resolve(struct db *db, struct pool *pool,
    const struct number_key *number, struct customer *k,
    struct customer_memo *memo, int64_t now, struct customer_place *place)
{
	struct customer_resolve_work w = { .db = db,
		.pool = pool,
		.number = number,
		.known = k,
		.now = now,
		.memo = memo };

	if (k->group_id != NULL)
		return find_group(&w, place);
	if (text_is(k->new_wa_id, k->wa_id))
		k->new_wa_id = NULL;
	if (text_is(k->new_user_id, k->user_id))
		k->new_user_id = NULL;
	w.changes = k->new_wa_id != NULL || k->new_user_id != NULL;
	if (k->wa_id == NULL && k->user_id == NULL &&
	    k->parent_user_id == NULL && !w.changes)
		return 0;
	if (k->at < 0)
		k->at = 0;
	w.name = profile_name_text(pool, k->profile_name, k->username);
	return find_customer(&w, place);
}

/* Stores a sighting of the account of A with the user id of B. */
static int
join_sightings(struct customer_resolve_work *w, const char *wamid,
    const struct people_sighting *a, const struct people_sighting *b)
{
	struct customer known = { .wa_id = a->account,
		.user_id = b->user_id,
		.portfolio = b->portfolio,
		.at = w->known->at };
	struct customer_place place;

	if (*a->account == '\0' || *b->user_id == '\0' || *a->user_id != '\0' ||
	    *b->account != '\0')
		return 0;
	w->known = &known;
	if (find_customer(w, &place) == -1)
		return -1;
	return db_run(w->db, customer_resolve_sql[SHOWED_BOTH],
	    DB_ARGS(db_int(w->number->workspace_id), db_int(w->number->id),
		db_text(wamid), db_int(place.sighting_id)));
}

/* The message of A and B is in one conversation: whoever is known by no more
 * than it said keeps no empty one. */
static int
leave_none(struct customer_resolve_work *w, const struct people_sighting *a,
    const struct people_sighting *b)
{
	struct people *p;
	int64_t here = 0, there = 0, nobody;

	w->sighting = *a;
	if (find_known(w, &here) == -1)
		return -1;
	w->sighting = *b;
	if (find_known(w, &there) == -1)
		return -1;
	if (here == there || here == 0 || there == 0)
		return 0;
	p = people_new(w->pool);
	p->twice[0] = a;
	p->twice[1] = b;
	people_add_sighting(p, a);
	people_add_sighting(p, b);
	if (sighting_load(w->db, w->number, p) == -1)
		return -1;
	people_solve(p);
	return people_rows(w->db, p, w->number, -1, NULL, w->now, &nobody);
}

int
customer_same(struct db *db, struct pool *pool, const struct number_key *number,
    const char *wamid, int64_t sighting_id, int64_t other_id, int64_t at,
    int64_t now)
{
	const struct customer known = { .at = at < 0 ? 0 : at };
	struct customer_resolve_work w = { .db = db,
		.pool = pool,
		.number = number,
		.known = &known,
		.now = now };
	struct people_sighting a, b;
	int rc = sighting_get(db, pool, sighting_id, &a);

	if (rc == 1)
		rc = sighting_get(db, pool, other_id, &b);
	if (rc != 1)
		return rc;
	if (join_sightings(&w, wamid, &a, &b) == -1 ||
	    join_sightings(&w, wamid, &b, &a) == -1)
		return -1;
	w.known = &known;
	return leave_none(&w, &a, &b);
}

/* Did we begin another conversation than ID with ACCOUNT?  1, 0, -1. */
static int
is_of_other(struct customer_resolve_work *w, const char *account, int64_t id)
{
	const char *as[] = { account, phone_twin(w->pool, account) };
	int rc = 0;

	for (size_t i = 0; i < 2 && as[i] != NULL && rc == 0; i++) {
		int64_t other;

		rc = db_get_int(w->db, customer_resolve_sql[OTHERS],
		    DB_ARGS(db_int(w->number->workspace_id),
			db_int(w->number->id), db_text(as[i]),
			db_text(pool_printf(w->pool, "+%s", as[i])),
			db_int(id)),
		    &other);
	}
	return rc;
}

int
customer_shared(struct db *db, struct pool *pool,
    const struct number_key *number, const struct customer_place *place,
    const char *account, int64_t at, int64_t now)
{
	struct people_sighting shown;
	struct customer known = { .new_wa_id = account, .at = at < 0 ? 0 : at };
	struct customer_resolve_work w = { .db = db,
		.pool = pool,
		.number = number,
		.known = &known,
		.now = now,
		.changes = 1,
		.giver = &shown };
	struct customer_place same;
	int rc = sighting_get(db, pool, place->sighting_id, &shown);

	if (rc != 1 || *shown.account != '\0' || *shown.user_id == '\0')
		return rc == -1 ? -1 : 0;
	known.user_id = shown.user_id;
	known.portfolio = shown.portfolio;
	rc = is_of_other(&w, account, place->conversation_id);
	if (rc == -1)
		return -1;
	w.given = rc == 1 ? PEOPLE_KEPT : PEOPLE_GIVEN;
	return find_customer(&w, &same) == -1 ? -1 : 0;
}

/* ------------------------------------------------------------- what we send */

int
customer_reached(struct db *db, struct pool *pool,
    const struct number_key *number, int64_t id, const char *dialled,
    const char *wa_id, const char *user_id, int64_t now, int64_t *sighting_id)
{
	struct customer known = {
		.wa_id = wa_id, .user_id = user_id, .at = now
	};
	struct customer_resolve_work w = { .db = db,
		.pool = pool,
		.number = number,
		.known = &known,
		.now = now };
	struct profile shown;
	int64_t nobody;

	*sighting_id = 0;
	if (dialled != NULL &&
	    identity_put_alias(db, number, dialled, wa_id, id, now) == -1)
		return -1;
	if (wa_id == NULL && user_id == NULL)
		return 0;
	if (sighting_portfolio(db, pool, number, &known.portfolio) == -1 ||
	    put_facts(&w) == -1)
		return -1;
	*sighting_id = w.sighting.id;
	if (!w.news)
		return 0;
	if (wa_id != NULL &&
	    identity_put(db, number, IDENTITY_WA_ID, wa_id, id, now) == -1)
		return -1;
	if (profile_read(db, pool, number->workspace_id, id, &shown) != 1)
		return -1;
	if (user_id != NULL && shown.user_id == NULL &&
	    identity_put(db, number, IDENTITY_USER_ID, user_id, id, now) == -1)
		return -1;
	if (think(&w) == -1)
		return -1;
	return people_rows(db, w.people, number, -1, NULL, now, &nobody);
}
