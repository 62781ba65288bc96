/*
 * By what a customer is known to one of our numbers (docs/protocol.md §5.3).
 * The provider scopes user ids to a business, so nothing here is global.
 */
#include "door/db.h"

#include "inbox/identity.h"
#include "inbox/number.h"

enum { FIND, PUT, MOVE, N_SQL };

static const char *const sql[N_SQL] = {
	[FIND] = "SELECT conversation_id FROM identities"
		 " WHERE workspace_id = $1 AND number_id = $2 AND kind = $3"
		 " AND value = $4",
	[PUT] = "INSERT INTO identities(workspace_id, number_id, kind, value,"
		" conversation_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)"
		" ON CONFLICT(workspace_id, number_id, kind, value) DO NOTHING",
	[MOVE] = "UPDATE identities SET conversation_id = $3"
		 " WHERE workspace_id = $1 AND conversation_id = $2",
};

static const char *const words[] = {
	[IDENTITY_USER_ID] = "user_id",
	[IDENTITY_PARENT] = "parent_user_id",
	[IDENTITY_WA_ID] = "wa_id",
	[IDENTITY_ALIAS] = "alias",
	[IDENTITY_GROUP] = "group",
};

int
identity_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

int
identity_find(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t *conversation_id)
{
	return db_get_int(db, sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(words[kind]), db_text(value)),
	    conversation_id);
}

int
identity_put(struct db *db, const struct number_key *number,
    enum identity_kind kind, const char *value, int64_t conversation_id,
    int64_t now)
{
	if (db_run(db, sql[PUT],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_text(words[kind]), db_text(value),
		    db_int(conversation_id), db_int(now))) == -1)
		return -1;
	return db_changed(db) > 0;
}

int
identity_move(struct db *db, int64_t workspace_id, int64_t from, int64_t to)
{
	return db_run(db, sql[MOVE],
	    DB_ARGS(db_int(workspace_id), db_int(from), db_int(to)));
}
