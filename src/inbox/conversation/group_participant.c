/*
 * Stores who is in a group.  The provider tells who joins and leaves
 * (docs/protocol.md §3.6); whoever writes is in it, too.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/conversation/group_participant.h"

enum { PUT, ASK, ANSWER, ASKING, FORGET, UNPAIR, WISHES, DELETE, N_SQL };

/* The later of two, and what came with it; of one time the greater. */
#define LATER(AT, WHAT)                                                        \
	"(excluded." WHAT " IS NOT NULL AND (excluded." AT ", excluded." WHAT  \
	") > (group_participants." AT ", COALESCE(group_participants." WHAT    \
	", '')))"
#define NEWEST(AT, WHAT, COLUMN)                                               \
	COLUMN " = CASE WHEN " LATER(AT, WHAT) " THEN excluded." COLUMN        \
					       " ELSE "                        \
					       "group_participants." COLUMN    \
					       " END"
#define LAST(AT)                                                               \
	AT " = CASE WHEN excluded." AT " > group_participants." AT             \
	   " THEN excluded." AT " ELSE group_participants." AT " END"

static const char *const group_participant_sql[N_SQL] = {
	[PUT] =
	    "INSERT INTO group_participants(workspace_id, conversation_id,"
	    " is_user_id, participant, pair, pair_at, name, name_at, seen_at,"
	    " left_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
	    " ON CONFLICT(workspace_id, conversation_id, participant)"
	    " DO UPDATE SET " NEWEST("pair_at", "pair", "pair") ", " NEWEST(
		"pair_at", "pair", "pair_at") ", " NEWEST("name_at", "name",
		"name") ", " NEWEST("name_at", "name",
		"name_at") ", " LAST("seen_at") ", " LAST("left_at"),
	[ASK] =
	    "INSERT INTO group_participants(workspace_id, conversation_id,"
	    " is_user_id, participant, pair, pair_at, name, name_at, asks_id,"
	    " asks_at, answered_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8,"
	    " $9, $10, $11)"
	    " ON CONFLICT(workspace_id, conversation_id, participant)"
	    " DO UPDATE SET " NEWEST("pair_at", "pair", "pair") ", " NEWEST(
		"pair_at", "pair", "pair_at") ", " NEWEST("name_at", "name",
		"name") ", " NEWEST("name_at", "name",
		"name_at") ", " NEWEST("asks_at", "asks_id",
		"asks_id") ", " NEWEST("asks_at", "asks_id",
		"asks_at") ", " LAST("answered_at"),
	[ANSWER] = "UPDATE group_participants SET answered_at = asks_at"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " AND asks_id = $3 AND answered_at < asks_at",
	[ASKING] = "SELECT id, asks_id FROM group_participants"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " AND asks_at > answered_at AND asks_at > seen_at"
		   " AND asks_at <= $3 AND id > $4 ORDER BY id LIMIT 1",
	[FORGET] = "DELETE FROM group_participants"
		   " WHERE workspace_id = $1 AND participant = $2",
	[UNPAIR] = "UPDATE group_participants SET pair = NULL, pair_at = 0"
		   " WHERE workspace_id = $1 AND pair = $2",
	/* Who was to be removed from a group of ours, or let in, and was
	 * erased: nobody is. */
	[WISHES] =
	    "UPDATE own_groups SET asked = NULL, request = NULL"
	    " WHERE number_id > 0 AND asked IS NOT NULL"
	    " AND workspace_id = $1"
	    " AND asked IN ('remove', 'approve', 'reject')"
	    " AND (request LIKE '%\"' || $2 || '\"%'"
	    "  OR request LIKE '%\"+' || $2 || '\"%'"
	    "  OR EXISTS (SELECT 1 FROM group_participants AS p"
	    "   WHERE p.workspace_id = $1 AND p.participant = $2"
	    "   AND own_groups.request LIKE '%\"' || p.asks_id || '\"%'))",
	[DELETE] = "DELETE FROM group_participants WHERE id IN (SELECT id"
		   " FROM group_participants WHERE workspace_id = $1"
		   " AND conversation_id = $2 LIMIT $3)",
};

const struct statements group_participant_statements = {
	.sql = group_participant_sql,
	.n = N_SQL,
};

static const char *
short_one(const char *s)
{
	return s != NULL && strlen(s) <= GROUP_PARTICIPANT_MAX ? s : NULL;
}

static const char *
shown_one(struct pool *pool, const struct customer *who)
{
	const char *name = short_one(who->profile_name);

	if (name == NULL && short_one(who->username) != NULL)
		name = pool_printf(pool, "@%s", who->username);
	return name;
}

int
group_participant_put(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t conversation_id, const struct customer *who, int64_t at, int left)
{
	const char *ids[] = { short_one(who->wa_id), short_one(who->user_id) };
	const char *name = shown_one(pool, who);

	for (int i = 0; i < 2; i++) {
		const char *pair = ids[1 - i];

		if (ids[i] != NULL &&
		    db_run(db, group_participant_sql[PUT],
			DB_ARGS(db_int(workspace_id), db_int(conversation_id),
			    db_int(i), db_text(ids[i]), db_text(pair),
			    db_int(pair != NULL ? at : 0), db_text(name),
			    db_int(name != NULL ? at : 0),
			    db_int(left ? 0 : at), db_int(left ? at : 0))) ==
			-1)
			return -1;
	}
	return 0;
}

int
group_participant_ask(struct db *db, struct pool *pool, int64_t workspace_id,
    int64_t conversation_id, const struct customer *who, int64_t at,
    const char *request_id)
{
	const char *ids[] = { short_one(who->wa_id), short_one(who->user_id) };
	const char *name = shown_one(pool, who);
	int64_t asks_at = request_id != NULL ? at : 0;

	for (int i = 0; i < 2; i++) {
		const char *pair = ids[1 - i];

		if (ids[i] != NULL &&
		    db_run(db, group_participant_sql[ASK],
			DB_ARGS(db_int(workspace_id), db_int(conversation_id),
			    db_int(i), db_text(ids[i]), db_text(pair),
			    db_int(pair != NULL ? at : 0), db_text(name),
			    db_int(name != NULL ? at : 0), db_text(request_id),
			    db_int(asks_at),
			    db_int(request_id != NULL ? 0 : at))) == -1)
			return -1;
	}
	return 0;
}

int
group_participant_answer(struct db *db, int64_t workspace_id,
    int64_t conversation_id, const char *request_id)
{
	return db_run(db, group_participant_sql[ANSWER],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		db_text(request_id)));
}

int
group_participant_next_asking(struct db *db, struct pool *pool,
    int64_t workspace_id, int64_t conversation_id, int64_t before,
    int64_t after, int64_t *id, const char **request_id)
{
	struct db_rows *r = db_query(db, group_participant_sql[ASKING],
	    DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		db_int(before), db_int(after)));
	int rc = db_next(r);

	if (rc == 1) {
		*id = db_col_int(r, 0);
		*request_id = db_col_copy(r, pool, 1);
	}
	db_end(r);
	return rc;
}

int
group_participant_forget(struct db *db, int64_t workspace_id, const char *id)
{
	static const int steps[] = { WISHES, FORGET, UNPAIR };

	for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++)
		if (db_run(db, group_participant_sql[steps[i]],
			DB_ARGS(db_int(workspace_id), db_text(id))) == -1)
			return -1;
	return 0;
}

int
group_participant_delete(
    struct db *db, int64_t workspace_id, int64_t conversation_id, int max)
{
	if (db_run(db, group_participant_sql[DELETE],
		DB_ARGS(db_int(workspace_id), db_int(conversation_id),
		    db_int(max))) == -1)
		return -1;
	return (int)db_changed(db);
}
