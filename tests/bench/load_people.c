/*
 * Customers, contacts and conversations of the world (load_people.h).
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/pool.h"

#include "lib/sql/db.h"

#include "load_people.h"
#include "world.h"

enum { CONVERSATION, UNANSWERED, IDENTITY, SIGHTING, CONTACT, TAG, N_SQL };

static const char *const sql[N_SQL] = {
	[CONVERSATION] =
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " phone_at, user_id, user_id_at, profile_name, profile_name_at,"
	    " contact_id, status, is_read, unread_count,"
	    " last_customer_message_at, last_message_at, last_message_id,"
	    " last_message_preview, assigned_to, created_at, updated_at,"
	    " stored_message_id, unanswered_since)"
	    " VALUES ($1, " WORKSPACE ", $2, $3, $4, $5, CASE WHEN $5 IS NULL"
	    " THEN 0 ELSE $4 END, $6, $4, $7, $8, $9, $10, $11, $12, $13, $14,"
	    " $15, $16, $17, $13, $18)",
	[UNANSWERED] =
	    "INSERT INTO unanswered(conversation_id, workspace_id, since)"
	    " VALUES ($1, " WORKSPACE ", $2)",
	[IDENTITY] =
	    "INSERT INTO identities(workspace_id, number_id, kind, value,"
	    " conversation_id, created_at)"
	    " VALUES (" WORKSPACE ", $1, $2, $3, $4, $5)",
	[SIGHTING] =
	    "INSERT INTO sightings(workspace_id, number_id, account, user_id,"
	    " parent_user_id, portfolio, first_at) SELECT " WORKSPACE ", $1,"
	    " $2, COALESCE($3, ''), '', CASE WHEN $3 IS NULL THEN '' ELSE"
	    " COALESCE(waba_id, '') END, $4 FROM numbers WHERE id = $1",
	[CONTACT] = "INSERT INTO contacts(id, workspace_id, phone, name, email,"
		    " created_at, updated_at, tag_ids)"
		    " VALUES ($1, " WORKSPACE ", $2, $3, $4, $5, $5, $6)",
	[TAG] = "INSERT INTO contact_tags(workspace_id, contact_id, tag_id)"
		" VALUES (" WORKSPACE ", $1, $2)",
};

static int
put_identity(struct load *l, const struct person *c, const char *kind,
    const char *value, int64_t now)
{
	return db_run(l->db, sql[IDENTITY],
	    DB_ARGS(db_int(c->number_id), db_text(kind), db_text(value),
		db_int(c->id), db_int(now)));
}

static const char *
phone_of(struct load *l, const struct person *c)
{
	return world_phone(l->w, l->pool, c);
}

/* Of eight tags, some frequent and some seldom. */
static int
has_tag(struct load *l, int64_t contact_id, int tag)
{
	return world_toss(l->w, (uint64_t)(contact_id * 8 + tag),
		   (uint64_t)(tag * tag * 4)) == 0;
}

static const char *
tag_ids(struct load *l, int64_t contact_id)
{
	const char *ids = NULL;

	for (int tag = 1; tag <= 8; tag++)
		if (has_tag(l, contact_id, tag))
			ids = pool_printf(
			    l->pool, "%s %d ", ids != NULL ? ids : "", tag);
	return ids;
}

/* With the schema's triggers the contact knows of it already: no matter. */
static int
put_tags(struct load *l, int64_t contact_id)
{
	for (int tag = 1; tag <= 8; tag++)
		if (has_tag(l, contact_id, tag) &&
		    db_run(l->db, sql[TAG],
			DB_ARGS(db_int(contact_id), db_int(tag))) == -1)
			return -1;
	return 0;
}

/* They were put into the address book when they first wrote. */
/* Once they wrote: it is nothing new when they do so again. */
static int
put_sighting(struct load *l, const struct person *c, int64_t now)
{
	return db_run(l->db, sql[SIGHTING],
	    DB_ARGS(db_int(c->number_id), db_text(phone_of(l, c) + 1),
		c->has_user_id ? db_text(world_user_id(l->w, l->pool, c))
			       : db_null(),
		db_int(now)));
}

static int
put_contact(struct load *l, struct person *c, int64_t now)
{
	int64_t i = c - l->w->customers;
	const char *name = world_name(l->w, l->pool, c), *email = NULL;

	c->contact_id = ++l->contacts;
	if (world_toss(l->w, (uint64_t)i << 8 | 20, 4) == 0)
		email =
		    pool_printf(l->pool, "customer%" PRId64 "@example.com", i);
	if (db_run(l->db, sql[CONTACT],
		DB_ARGS(db_int(c->contact_id), db_text(phone_of(l, c)),
		    db_text(name), db_text(email), db_int(now),
		    db_text(tag_ids(l, c->contact_id)))) == -1)
		return -1;
	return put_tags(l, c->contact_id);
}

/* The conversation as it is by now. */
static int
put_conversation(struct load *l, const struct person *c)
{
	return db_run(l->db, sql[CONVERSATION],
	    DB_ARGS(db_int(c->id), db_int(c->number_id),
		db_text(phone_of(l, c)), db_int(c->said_at),
		c->has_user_id ? db_text(world_user_id(l->w, l->pool, c))
			       : db_null(),
		db_text(world_name(l->w, l->pool, c)), db_id(c->contact_id),
		db_text(c->archived ? "archived" : "active"),
		db_int(c->unread_count == 0), db_int(c->unread_count),
		db_id(c->last_customer_message_at), db_int(c->last_message_at),
		db_id(c->last_message_id), db_text(c->preview),
		db_id(c->assigned_to), db_int(c->created_at),
		db_int(c->updated_at), db_id(c->unanswered_since)));
}

int
people_begin(struct load *l, struct person *c, int64_t now)
{
	c->id = ++l->conversations;
	c->created_at = c->updated_at = c->said_at = now;
	if ((c->is_contact && put_contact(l, c, now) == -1) ||
	    put_identity(l, c, "wa_id", phone_of(l, c) + 1, now) == -1 ||
	    (c->has_user_id &&
		put_identity(l, c, "user_id", world_user_id(l->w, l->pool, c),
		    now) == -1) ||
	    put_sighting(l, c, now) == -1)
		return -1;
	return l->live ? put_conversation(l, c) : 0;
}

int
people_end(struct load *l)
{
	int64_t *order =
	    xcalloc(sizeof(*order) * (size_t)(l->conversations + 1));
	const struct person *c;
	int rc = 0;

	for (int64_t i = 0; i < l->w->n_customers; i++)
		order[l->w->customers[i].id] = i;
	for (int64_t id = 1; rc == 0 && id <= l->conversations; id++) {
		pool_reset(l->pool);
		c = &l->w->customers[order[id]];
		rc = put_conversation(l, c);
		if (rc == 0 && c->unanswered_since != 0)
			rc = db_run(l->db, sql[UNANSWERED],
			    DB_ARGS(db_int(c->id), db_id(c->unanswered_since)));
	}
	free(order);
	return rc;
}
