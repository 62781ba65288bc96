/*
 * Identities: the ids by which one of our numbers knows its customers
 * (docs/protocol.md §5.3).  The provider scopes user ids to a business, so
 * every identity is of one number.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/identity.h"
#include "inbox/workspace/number.h"

enum { FIND, LIST, PUT, ADD, SET, UNSET, ALIAS, MOVE, FORGET, USERS, N_SQL };

#define OF_VALUE                                                               \
	" FROM identities WHERE workspace_id = $1 AND number_id = $2"          \
	" AND kind = $3 AND value = $4"

#define OF_CONVERSATION " WHERE workspace_id = $1 AND conversation_id = $2"

/* Selects rows by their whole key, which the index covers.  By OF_CONVERSATION
 * alone SQLite, since 3.46, would use the first column of the primary key, and
 * read all identities of the workspace. */
#define ONE_OF(column)                                                         \
	" AND " column " IN (SELECT " column                                   \
	" FROM identities" OF_CONVERSATION ")"
#define ALL_OF_CONVERSATION                                                    \
	OF_CONVERSATION ONE_OF("number_id") ONE_OF("kind") ONE_OF("value")

static const char *const identity_sql[N_SQL] = {
	[FIND] = "SELECT conversation_id" OF_VALUE " AND valid_from <= $5"
		 " ORDER BY valid_from DESC LIMIT 1",
	[LIST] = "SELECT valid_from, conversation_id, created_at" OF_VALUE
		 " ORDER BY valid_from",
	[PUT] = "INSERT INTO identities(workspace_id, number_id, kind, value,"
		" conversation_id, created_at)"
		" SELECT $1, $2, $3, $4, $5, $6"
		" WHERE NOT EXISTS (SELECT 1" OF_VALUE ")",
	/* Two statements: for one with DO UPDATE, whose trigger writes, too,
	 * SQLite keeps a copy of each page that it changes. */
	[ADD] = "INSERT INTO identities(workspace_id, number_id, kind, value,"
		" valid_from, conversation_id, created_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT(workspace_id, number_id, kind, value, valid_from)"
		" DO NOTHING",
	[SET] = "UPDATE identities SET conversation_id = $6"
		" WHERE workspace_id = $1 AND number_id = $2 AND kind = $3"
		" AND value = $4 AND valid_from = $5",
	[UNSET] = "DELETE" OF_VALUE " AND valid_from = $5",
	[ALIAS] = "INSERT INTO identities(workspace_id, number_id, kind, value,"
		  " conversation_id, created_at, account)"
		  " VALUES ($1, $2, 'alias', $3, $5, $6, $4)"
		  " ON CONFLICT(workspace_id, number_id, kind, value,"
		  "  valid_from) DO UPDATE SET account = excluded.account"
		  " WHERE COALESCE(identities.account, '')"
		  "  <> COALESCE(excluded.account, '')",
	[MOVE] =
	    "UPDATE identities SET conversation_id = $3" ALL_OF_CONVERSATION,
	[FORGET] = "DELETE FROM identities" ALL_OF_CONVERSATION,
	[USERS] = "SELECT value FROM identities" OF_CONVERSATION
		  " AND kind = 'user_id'",
};

static const char *const words_identity[] = {
	[IDENTITY_USER_ID] = "user_id",
	[IDENTITY_PARENT] = "parent_user_id",
	[IDENTITY_WA_ID] = "wa_id",
	[IDENTITY_ALIAS] = "alias",
	[IDENTITY_GROUP] = "group",
};

const struct statements identity_statements = {
	.sql = identity_sql,
	.n = N_SQL,
};

int
identity_find(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t at,
    int64_t *conversation_id)
{
	return db_get_int(db, identity_sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(words_identity[kind]), db_text(value), db_int(at)),
	    conversation_id);
}

int
identity_list(struct db *db, struct pool *pool, const struct number_key *number,
    enum identity_kind kind, const char *value, struct identity_row **rows,
    int *n)
{
	struct db_rows *r = db_query(db, identity_sql[LIST],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(words_identity[kind]), db_text(value)));
	int room = 0, rc;

	*rows = NULL;
	for (*n = 0; (rc = db_next(r)) == 1; ++*n) {
		if (*n == room) {
			struct identity_row *more;

			room = room > 0 ? 2 * room : 4;
			more = pool_alloc(pool, sizeof(*more) * (size_t)room);
			if (*n > 0)
				memcpy(more, *rows, sizeof(*more) * (size_t)*n);
			*rows = more;
		}
		(*rows)[*n] = (struct identity_row){ db_col_int(r, 0),
			db_col_int(r, 1), db_col_int(r, 2) };
	}
	db_end(r);
	return rc;
}

int
identity_put(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t conversation_id,
    int64_t now)
{
	if (db_run(db, identity_sql[PUT],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(words_identity[kind]), db_text(value),
		    db_int(conversation_id), db_int(now))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
identity_set(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t from,
    int64_t conversation_id, int64_t now)
{
	const struct db_arg *args = DB_SHARED_ARGS(db_int(number->workspace_id),
	    db_int(number->id), db_text(words_identity[kind]), db_text(value),
	    db_int(from), db_int(conversation_id), db_int(now));

	if (db_run(db, identity_sql[ADD], args) == -1)
		return -1;
	return db_changed(db) > 0 ? 0 : db_run(db, identity_sql[SET], args);
}

int
identity_unset(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t from)
{
	return db_run(db, identity_sql[UNSET],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(words_identity[kind]), db_text(value), db_int(from)));
}

int
identity_put_alias(struct db *db, const struct number_key *number,
    const char *dialled, const char *account, int64_t conversation_id,
    int64_t now)
{
	return db_run(db, identity_sql[ALIAS],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(dialled), db_text(account), db_int(conversation_id),
		db_int(now)));
}

int
identity_move(struct db *db, int64_t workspace_id, int64_t from, int64_t to)
{
	return db_run(db, identity_sql[MOVE],
	    DB_ARGS(db_int(workspace_id), db_int(from), db_int(to)));
}

int
identity_forget(struct db *db, int64_t workspace_id, int64_t from)
{
	return db_run(db, identity_sql[FORGET],
	    DB_ARGS(db_int(workspace_id), db_int(from)));
}

int
identity_other_user(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t conversation_id, const char *const *known, int n,
    const char **user_id)
{
	struct db_rows *r = db_query(db, identity_sql[USERS],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id)));
	int rc;

	*user_id = NULL;
	while ((rc = db_next(r)) == 1 && *user_id == NULL) {
		const char *one = db_col_text(r, 0);
		int i = 0;

		while (i < n && strcmp(known[i], one) != 0)
			i++;
		if (i == n)
			*user_id = pool_copy(pool, one);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}
