/*
 * Stores and loads facts about customers: sightings and announced changes.  A
 * sighting is one row however often it is seen, so an ordinary message reads
 * one row and writes none.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/phone.h"

#include "inbox/customer/people.h"
#include "inbox/customer/sighting.h"
#include "inbox/workspace/number.h"

enum {
	FIND,
	GET,
	ADD,
	EARLIER,
	NAME,
	CHANGE,
	IS_GIVEN,
	PORTFOLIO,
	BY_ACCOUNT,
	BY_PARENT,
	BY_USER,
	CHANGES_ACCOUNT,
	CHANGES_USER,
	ALIASES,
	FORGET,
	FORGET_CHANGES,
	N_SQL
};

#define OF_NUMBER " WHERE workspace_id = $1 AND number_id = $2"
#define COLUMNS                                                                \
	"SELECT id, account, user_id, parent_user_id, portfolio, first_at,"    \
	" name FROM sightings" OF_NUMBER
#define CHANGES                                                                \
	"SELECT account, user_id, new_account, new_user_id, portfolio, at,"    \
	" name, given FROM identity_changes" OF_NUMBER

/* CHANGED: the values of COLUMN, a part of the primary key, of all changes that
 * name $3; each term uses an index. */
#define CHANGED_BY(column, by)                                                 \
	"SELECT " column " FROM identity_changes" OF_NUMBER " AND " by         \
	" = $3 AND " by " <> ''"
#define CHANGED(column)                                                        \
	CHANGED_BY(column, "account")                                          \
	" UNION ALL " CHANGED_BY(                                              \
	    column, "new_account") " UNION ALL " CHANGED_BY(column,            \
	    "user_id") " UNION ALL " CHANGED_BY(column, "new_user_id")

static const char *const sighting_sql[N_SQL] = {
	[FIND] = "SELECT id, first_at, name FROM sightings" OF_NUMBER
		 " AND account = $3 AND user_id = $4 AND parent_user_id = $5"
		 " AND portfolio = $6",
	[GET] = "SELECT account, user_id, parent_user_id, portfolio, first_at,"
		" name FROM sightings WHERE id = $1",
	[ADD] = "INSERT INTO sightings(workspace_id, number_id, account,"
		" user_id, parent_user_id, portfolio, first_at, name)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
	[EARLIER] = "UPDATE sightings SET first_at = $2 WHERE id = $1",
	[NAME] = "UPDATE sightings SET name = $2"
		 " WHERE id = $1 AND name IS NULL",
	[CHANGE] = "INSERT INTO identity_changes(workspace_id, number_id,"
		   " account, user_id, new_account, new_user_id, portfolio,"
		   " at, name, given)"
		   " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
		   " ON CONFLICT DO NOTHING",
	[IS_GIVEN] = "SELECT 1 FROM identity_changes" OF_NUMBER
		     " AND new_account = $3 AND new_account <> ''"
		     " AND given = 1 LIMIT 1",
	[PORTFOLIO] = "SELECT waba_id FROM numbers"
		      " WHERE id = $2 AND workspace_id = $1",
	[BY_ACCOUNT] = COLUMNS " AND account = $3 AND account <> ''",
	[BY_PARENT] =
	    COLUMNS " AND parent_user_id = $3 AND parent_user_id <> ''",
	[BY_USER] = COLUMNS " AND user_id = $3 AND user_id <> ''",
	[CHANGES_ACCOUNT] =
	    CHANGES " AND account = $3 AND account <> '' UNION ALL " CHANGES
		    " AND new_account = $3 AND new_account <> ''",
	[CHANGES_USER] =
	    CHANGES " AND user_id = $3 AND user_id <> '' UNION ALL " CHANGES
		    " AND new_user_id = $3 AND new_user_id <> ''",
	[ALIASES] = "SELECT account FROM identities" OF_NUMBER
		    " AND kind = 'alias' AND value = $3"
		    " AND account IS NOT NULL"
		    " UNION ALL SELECT value FROM identities" OF_NUMBER
		    " AND account = $3 AND account IS NOT NULL",
	[FORGET] = "DELETE FROM sightings" OF_NUMBER
		   " AND CASE $3 WHEN 'user_id' THEN user_id"
		   "  WHEN 'wa_id' THEN account"
		   "  ELSE parent_user_id END = $4 AND id IN ("
		   "  SELECT id FROM sightings" OF_NUMBER
		   "   AND user_id = $4 AND user_id <> ''"
		   "  UNION ALL SELECT id FROM sightings" OF_NUMBER
		   "   AND account = $4 AND account <> ''"
		   "  UNION ALL SELECT id FROM sightings" OF_NUMBER
		   "   AND parent_user_id = $4 AND parent_user_id <> '')",
	[FORGET_CHANGES] =
	    "DELETE FROM identity_changes" OF_NUMBER
	    " AND account IN (" CHANGED(
		"account") ")"
			   " AND user_id IN (" CHANGED(
			       "user_id") ") AND $3 <> ''"
					  " AND (account = $3 OR user_id = $3 "
					  "OR new_account = $3"
					  "  OR new_user_id = $3)",
};

const struct statements sighting_statements = {
	.sql = sighting_sql,
	.n = N_SQL,
};

/* Did somebody give ACCOUNT, or its twin, when asked?  1, 0, -1. */
static int
is_given(struct db *db, struct pool *pool, const struct number_key *number,
    const char *account)
{
	const char *as[] = { account, phone_twin(pool, account) };
	int64_t one;
	int rc = 0;

	for (size_t i = 0; i < 2 && as[i] != NULL && rc == 0; i++)
		rc = db_get_int(db, sighting_sql[IS_GIVEN],
		    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
			db_text(as[i])),
		    &one);
	return rc;
}

int
sighting_put(struct db *db, struct pool *pool, const struct number_key *number,
    struct people_sighting *s)
{
	struct db_rows *r = db_query(db, sighting_sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(s->account), db_text(s->user_id), db_text(s->parent),
		db_text(s->portfolio)));
	const char *name = s->name;
	int64_t first_at = s->first_at;
	int rc = db_next(r);
	/* An account alone decides nothing but whose it was that somebody gave
	 * when asked. */
	int timed =
	    *s->user_id != '\0' || (*s->parent != '\0' && *s->account != '\0');

	if (rc == 1) {
		s->id = db_col_int(r, 0);
		s->first_at = db_col_int(r, 1);
		s->name = db_col_copy(r, pool, 2);
	}
	db_end(r);
	if (rc == 1 && s->name == NULL && name != NULL) {
		s->name = name;
		if (db_run(db, sighting_sql[NAME],
			DB_ARGS(db_int(s->id), db_text(name))) == -1)
			return -1;
	}
	if (rc == 1 && first_at >= s->first_at)
		return 0;
	if (rc == 1) {
		s->first_at = first_at;
		rc = db_run(db, sighting_sql[EARLIER],
		    DB_ARGS(db_int(s->id), db_int(first_at)));
		if (rc == 0 && !timed)
			return is_given(db, pool, number, s->account);
	} else if (rc == 0) {
		rc = db_insert(db, sighting_sql[ADD],
		    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
			db_text(s->account), db_text(s->user_id),
			db_text(s->parent), db_text(s->portfolio),
			db_int(s->first_at), db_text(s->name)),
		    &s->id);
	}
	return rc == -1 ? -1 : 1;
}

int
sighting_get(
    struct db *db, struct pool *pool, int64_t id, struct people_sighting *s)
{
	struct db_rows *r =
	    db_query(db, sighting_sql[GET], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		*s = (struct people_sighting){
			.id = id,
			.account = db_col_copy(r, pool, 0),
			.user_id = db_col_copy(r, pool, 1),
			.parent = db_col_copy(r, pool, 2),
			.portfolio = db_col_copy(r, pool, 3),
			.first_at = db_col_int(r, 4),
			.name = db_col_copy(r, pool, 5),
		};
	db_end(r);
	return rc;
}

int
sighting_put_change(struct db *db, const struct number_key *number,
    const struct people_change *c)
{
	if (db_run(db, sighting_sql[CHANGE],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(c->account), db_text(c->user_id),
		    db_text(c->new_account), db_text(c->new_user_id),
		    db_text(c->portfolio), db_int(c->at), db_text(c->name),
		    db_int(c->given))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
sighting_portfolio(struct db *db, struct pool *pool,
    const struct number_key *number, const char **portfolio)
{
	struct db_rows *r = db_query(db, sighting_sql[PORTFOLIO],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id)));
	int rc = db_next(r);

	*portfolio = rc == 1 ? db_col_copy(r, pool, 0) : NULL;
	if (*portfolio == NULL)
		*portfolio = "";
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
sighting_forget(struct db *db, const struct number_key *number,
    const char *kind, const char *value)
{
	if (strcmp(kind, "user_id") != 0 && strcmp(kind, "wa_id") != 0 &&
	    strcmp(kind, "parent_user_id") != 0)
		return 0;
	if (db_run(db, sighting_sql[FORGET],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(kind), db_text(value))) == -1)
		return -1;
	return db_run(db, sighting_sql[FORGET_CHANGES],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(value)));
}

/* ------------------------------------------------------------------ loading */

static void
read_sighting(struct db_rows *r, struct people *p)
{
	people_add_sighting(p, &(struct people_sighting){
				   .id = db_col_int(r, 0),
				   .account = db_col_copy(r, p->pool, 1),
				   .user_id = db_col_copy(r, p->pool, 2),
				   .parent = db_col_copy(r, p->pool, 3),
				   .portfolio = db_col_copy(r, p->pool, 4),
				   .first_at = db_col_int(r, 5),
				   .name = db_col_copy(r, p->pool, 6),
			       });
}

static void
read_change_sighting(struct db_rows *r, struct people *p)
{
	people_add_change(p, &(struct people_change){
				 .account = db_col_copy(r, p->pool, 0),
				 .user_id = db_col_copy(r, p->pool, 1),
				 .new_account = db_col_copy(r, p->pool, 2),
				 .new_user_id = db_col_copy(r, p->pool, 3),
				 .portfolio = db_col_copy(r, p->pool, 4),
				 .at = db_col_int(r, 5),
				 .name = db_col_copy(r, p->pool, 6),
				 .given = (enum people_given)db_col_int(r, 7),
			     });
}

static int
load_sighting(struct db *db, const struct number_key *number, struct people *p,
    int statement, const char *value)
{
	struct db_rows *r = db_query(db, sighting_sql[statement],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(value)));
	int rc;

	while ((rc = db_next(r)) == 1) {
		if (statement == ALIASES)
			people_add_handle(
			    p, db_col_copy(r, p->pool, 0), 0, value);
		else if (statement < CHANGES_ACCOUNT)
			read_sighting(r, p);
		else
			read_change_sighting(r, p);
	}
	db_end(r);
	return rc;
}

/* Loads the facts of account VALUE, and adds its other spellings. */
static int
load_account(struct db *db, const struct number_key *number, struct people *p,
    const char *value)
{
	const char *twin = phone_twin(p->pool, value);

	if (twin != NULL)
		people_add_handle(p, twin, 0, value);
	if (load_sighting(db, number, p, BY_ACCOUNT, value) == -1 ||
	    load_sighting(db, number, p, CHANGES_ACCOUNT, value) == -1)
		return -1;
	return load_sighting(db, number, p, ALIASES, value);
}

/* Adds the handles of the facts that are new since the last call. */
static void
list_handles(struct people *p, int *sightings, int *changes)
{
	for (; *sightings < p->n_sightings; ++*sightings) {
		const struct people_sighting *s = &p->sighting[*sightings];

		if (*s->account != '\0')
			people_add_handle(p, s->account, 0, NULL);
		if (*s->parent != '\0')
			people_add_handle(p, s->parent, 1, NULL);
	}
	for (; *changes < p->n_changes; ++*changes) {
		const struct people_change *c = &p->change[*changes];

		if (*c->account != '\0')
			people_add_handle(p, c->account, 0, NULL);
		if (*c->new_account != '\0')
			people_add_handle(p, c->new_account, 0, NULL);
	}
}

/* The first spelling that was not loaded yet; NULL when all were. */
static const char *
next_value(const struct people *p, const char **seen, int n_seen, int *parent)
{
	for (int i = 0; i < p->n_handles; i++)
		for (int k = 0; k < p->handle[i].n_values; k++) {
			const char *value = p->handle[i].value[k];
			int at = 0;

			*parent = p->handle[i].is_parent;
			while (at < n_seen && strcmp(seen[at], value) != 0)
				at++;
			if (at == n_seen)
				return value;
		}
	return NULL;
}

int
sighting_load(struct db *db, const struct number_key *number, struct people *p)
{
	int sightings = 0, changes = 0, ids = 0, n = 0, room = 0, parent;
	const char **seen = NULL, *value;

	for (;;) {
		list_handles(p, &sightings, &changes);
		for (; ids < p->n_ids; ids++)
			if (load_sighting(db, number, p, BY_USER,
				p->id[ids].user_id) == -1 ||
			    load_sighting(db, number, p, CHANGES_USER,
				p->id[ids].user_id) == -1)
				return -1;
		list_handles(p, &sightings, &changes);
		value = next_value(p, seen, n, &parent);
		if (value == NULL && ids == p->n_ids)
			return 0;
		if (value == NULL)
			continue;
		if (n == room) {
			const char **more;

			room = room > 0 ? 2 * room : 8;
			more =
			    pool_alloc(p->pool, sizeof(*more) * (size_t)room);
			if (n > 0)
				memcpy(more, seen, sizeof(*more) * (size_t)n);
			seen = more;
		}
		seen[n++] = value;
		if ((parent ? load_sighting(db, number, p, BY_PARENT, value)
			    : load_account(db, number, p, value)) == -1)
			return -1;
	}
}
