/*
 * Contacts of the address book, and their links to conversations.
 */
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "session/session_db.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_field.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/contact/name_cache.h"

enum {
	GET,
	FIND,
	FIND_USER,
	ADD,
	CHANGE,
	GONE,
	OF_PHONE,
	OF_ACCOUNT,
	OF_USER,
	OF_CONTACT,
	LINK,
	UNLINK,
	LATER,
	N_SQL
};

/* A request looks at so many conversations, and stops linking after so many
 * rows written; a job does the rest (inbox/job/job.h). */
#define CONVERSATIONS_MAX 64
#define LINKED_FULL	  100

static const char *const contact_sql[N_SQL] = {
	[GET] = "SELECT id, phone, name, email, created_at, updated_at,"
		" tag_ids, user_id, username FROM my_contacts WHERE id = $1",
	[FIND] = "SELECT id FROM my_contacts WHERE phone = $1",
	[FIND_USER] = "SELECT id FROM my_contacts WHERE user_id = $1",
	[ADD] = "INSERT INTO my_contacts(phone, name, email, created_at,"
		" updated_at, user_id) VALUES ($1, $2, $3, $4, $4, $5)",
	[CHANGE] = "UPDATE my_contacts SET phone = $2, name = $3, email = $4,"
		   " updated_at = $5, user_id = $6 WHERE id = $1"
		   " AND (COALESCE(phone, '') <> COALESCE($2, '')"
		   " OR COALESCE(user_id, '') <> COALESCE($6, '')"
		   " OR name <> $3"
		   " OR COALESCE(email, '') <> COALESCE($4, ''))",
	[GONE] = "DELETE FROM my_contacts WHERE id = $1",
	[OF_PHONE] = "SELECT id FROM my_conversations WHERE phone = $1"
		     " ORDER BY id LIMIT $2",
	/* Also finds a customer who now writes from another account. */
	[OF_ACCOUNT] = "SELECT conversation_id FROM my_accounts"
		       " WHERE wa_id = $1 LIMIT $2",
	[OF_USER] = "SELECT conversation_id FROM my_user_ids"
		    " WHERE user_id = $1 LIMIT $2",
	[LINK] = "UPDATE my_conversations SET contact_id = $2,"
		 " updated_at = $3 WHERE id = $1"
		 " AND link = 'auto' AND contact_id IS NULL",
	[OF_CONTACT] = "SELECT id FROM my_conversations WHERE contact_id = $1"
		       " ORDER BY id LIMIT $2",
	[UNLINK] = "UPDATE my_conversations SET contact_id = NULL,"
		   " updated_at = $2 WHERE id = $1 AND link = 'auto'",
	[LATER] = "INSERT INTO my_links(contact_id) VALUES ($1)",
};

const struct statements contact_statements = {
	.sql = contact_sql,
	.n = N_SQL,
	.also = STATEMENTS(&contact_field_statements),
};

void
contact_prefetch(struct session *s, int64_t id)
{
	db_prefetch(session_db(s), contact_sql[GET], DB_ARGS(db_int(id)));
	contact_field_prefetch(s, id);
}

int
contact_get(struct session *s, struct pool *pool, int64_t id, struct contact *c)
{
	struct db_rows *r =
	    db_query(session_db(s), contact_sql[GET], DB_ARGS(db_int(id)));
	const char *tag_ids = NULL;
	struct name_cache names;
	int rc = db_next(r), n = 0;

	names.n = 0;
	if (rc == 1) {
		c->id = db_col_int(r, 0);
		c->phone = db_col_copy(r, pool, 1);
		c->name = db_col_copy(r, pool, 2);
		c->email = db_col_copy(r, pool, 3);
		c->created_at = db_col_int(r, 4);
		c->updated_at = db_col_int(r, 5);
		tag_ids = db_col_copy(r, pool, 6);
		c->user_id = db_col_copy(r, pool, 7);
		c->username = db_col_copy(r, pool, 8);
	}
	db_end(r);
	if (rc != 1)
		return rc;
	n = contact_tag_names(s, pool, tag_ids, &names, &c->tags);
	c->n_tags = n > 0 ? (size_t)n : 0;
	if (n == -1)
		return -1;
	n = contact_field_values(s, pool, id, &c->values);
	c->n_values = n > 0 ? (size_t)n : 0;
	return n == -1 ? -1 : 1;
}

int
contact_find(struct session *s, const char *phone, int64_t *id)
{
	return db_get_int(
	    session_db(s), contact_sql[FIND], DB_ARGS(db_text(phone)), id);
}

int
contact_find_user(struct session *s, const char *user_id, int64_t *id)
{
	return db_get_int(session_db(s), contact_sql[FIND_USER],
	    DB_ARGS(db_text(user_id)), id);
}

/* Another contact that has the phone or the user id of C: 1, 0, -1. */
static int
find_taken(struct session *s, const struct contact *c, int64_t *id)
{
	int rc = c->phone != NULL ? contact_find(s, c->phone, id) : 0;

	if (rc == 0 || (rc == 1 && *id == c->id))
		rc = c->user_id != NULL ? contact_find_user(s, c->user_id, id)
					: 0;
	return rc == 1 ? *id != c->id : rc;
}

static int
later(struct session *s, int64_t contact_id)
{
	return db_run(
	    session_db(s), contact_sql[LATER], DB_ARGS(db_int(contact_id)));
}

/* Stops when db_written reaches FULL. */
static int
link_found(struct session *s, const char *statement, const char *key,
    int64_t contact_id, int64_t now, int64_t full)
{
	int64_t ids[CONVERSATIONS_MAX];
	int n = db_get_ints(session_db(s), statement,
		DB_ARGS(db_text(key), db_int(CONVERSATIONS_MAX)), ids,
		CONVERSATIONS_MAX),
	    i;

	for (i = 0; i < n && db_written(session_db(s)) < full; i++)
		if (db_run(session_db(s), contact_sql[LINK],
			DB_ARGS(db_int(ids[i]), db_int(contact_id),
			    db_int(now))) == -1)
			return -1;
	if (i < n || n == CONVERSATIONS_MAX)
		return later(s, contact_id);
	return n == -1 ? -1 : 0;
}

/* Links the conversations of the user id, and of all accounts that the phone
 * may be. */
static int
link_conversations(struct session *s, struct pool *pool, int64_t id,
    const struct contact *c, int64_t now)
{
	const char *account[PHONE_VARIANTS_MAX];
	int n = c->phone != NULL ? phone_accounts(pool, c->phone, account) : 0;
	int64_t full = db_written(session_db(s)) + LINKED_FULL;

	if (c->user_id != NULL && link_found(s, contact_sql[OF_USER],
				      c->user_id, id, now, full) == -1)
		return -1;
	for (int i = 0; i < n; i++)
		if (link_found(s, contact_sql[OF_PHONE], account[i], id, now,
			full) == -1 ||
		    link_found(s, contact_sql[OF_ACCOUNT], account[i] + 1, id,
			now, full) == -1)
			return -1;
	return 0;
}

/* Unlinks the conversations of the contact's old phone. */
static int
unlink_conversations(struct session *s, int64_t id, int64_t now)
{
	int64_t ids[CONVERSATIONS_MAX],
	    full = db_written(session_db(s)) + LINKED_FULL;
	int n = db_get_ints(session_db(s), contact_sql[OF_CONTACT],
		DB_ARGS(db_int(id), db_int(CONVERSATIONS_MAX)), ids,
		CONVERSATIONS_MAX),
	    i;

	for (i = 0; i < n && db_written(session_db(s)) < full; i++)
		if (db_run(session_db(s), contact_sql[UNLINK],
			DB_ARGS(db_int(ids[i]), db_int(now))) == -1)
			return -1;
	if (i < n || n == CONVERSATIONS_MAX)
		return later(s, id);
	return n == -1 ? -1 : 0;
}

int
contact_create(struct session *s, struct pool *pool, const struct contact *c,
    int64_t now, int64_t *id)
{
	int rc = find_taken(s, c, id);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (db_run(session_db(s), contact_sql[ADD],
		DB_ARGS(db_text(c->phone), db_text(c->name), db_text(c->email),
		    db_int(now), db_text(c->user_id))) == -1)
		return -1;
	rc = c->phone != NULL ? contact_find(s, c->phone, id)
			      : contact_find_user(s, c->user_id, id);
	if (rc != 1)
		return -1;
	for (size_t i = 0; i < c->n_tags; i++)
		if (contact_tag(s, *id, c->tags[i], now) == -1)
			return -1;
	if (contact_field_put(s, *id, c->values, c->n_values, now) == -1)
		return -1;
	return link_conversations(s, pool, *id, c, now) == -1 ? -1 : 1;
}

/* 1 when both are the same, or none. */
static int
is_said(const char *a, const char *b)
{
	return a == b || text_is(a, b);
}

int
contact_change(struct session *s, struct pool *pool, const struct contact *c,
    int64_t now, int64_t *taken)
{
	int rc = find_taken(s, c, taken);
	struct contact old;

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (contact_get(s, pool, c->id, &old) != 1 ||
	    db_run(session_db(s), contact_sql[CHANGE],
		DB_ARGS(db_int(c->id), db_text(c->phone), db_text(c->name),
		    db_text(c->email), db_int(now), db_text(c->user_id))) == -1)
		return -1;
	if ((!is_said(old.phone, c->phone) ||
		!is_said(old.user_id, c->user_id)) &&
	    (unlink_conversations(s, c->id, now) == -1 ||
		link_conversations(s, pool, c->id, c, now) == -1))
		return -1;
	return 1;
}

int
contact_delete(struct session *s, int64_t id)
{
	int64_t there;
	int rc = db_get_int(
	    session_db(s), contact_sql[GET], DB_ARGS(db_int(id)), &there);

	if (rc != 1)
		return rc;
	return db_run(session_db(s), contact_sql[GONE], DB_ARGS(db_int(id))) ==
		       -1
		   ? -1
		   : 1;
}
