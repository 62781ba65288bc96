/*
 * What deliveries say of groups: made, refused, changed, ended.
 */
#include <stddef.h>

#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/own_group/own_group_told.h"
#include "inbox/workspace/number.h"

enum {
	NAME,
	REQUESTED,
	BY_SUBJECT,
	STATE,
	TWICE,
	MADE,
	MADE_ELSEWHERE,
	NOT_MADE,
	ENDED,
	CHANGED,
	FAILED,
	N_SQL
};

#define OF_GROUP " WHERE workspace_id = $1 AND number_id = $2 AND group_id = $3"

static const char *const own_group_told_sql[N_SQL] = {
	[NAME] = "INSERT INTO own_groups(workspace_id, number_id, state,"
		 " group_id) VALUES ($1, $2, 'there', $3)"
		 " ON CONFLICT(workspace_id, number_id, group_id) DO NOTHING",
	[REQUESTED] = "SELECT id FROM own_groups WHERE workspace_id = $1"
		      " AND number_id = $2 AND group_id IS NULL"
		      " AND request_id = $3 ORDER BY id LIMIT 1",
	/* Whose answer is not stored yet, was lost, or had an id that only Meta
	 * promises to be the request's: of the latter those last. */
	[BY_SUBJECT] = "SELECT id FROM own_groups WHERE workspace_id = $1"
		       " AND number_id = $2 AND group_id IS NULL"
		       " AND sent_at IS NOT NULL AND subject = $3"
		       " AND (request_id IS NULL OR EXISTS (SELECT 1"
		       "  FROM numbers AS n WHERE n.id = $2"
		       "  AND n.provider <> 'cloud'))"
		       " ORDER BY request_id IS NOT NULL, id LIMIT 1",
	[STATE] = "SELECT CASE state WHEN 'ended' THEN 1 ELSE 0 END"
		  " FROM own_groups" OF_GROUP,
	[TWICE] = "DELETE FROM own_groups" OF_GROUP,
	[MADE] = "UPDATE own_groups SET group_id = $2, invite_link = $3,"
		 " description = COALESCE($4, description),"
		 " approval = COALESCE($5, approval), state = $6, asked = NULL,"
		 " request = NULL, error = NULL WHERE id = $1",
	[MADE_ELSEWHERE] =
	    "INSERT INTO own_groups(workspace_id, number_id, state, group_id,"
	    " subject, invite_link, description, approval)"
	    " VALUES ($1, $2, 'there', $3, $4, $5, $6, $7)"
	    " ON CONFLICT(workspace_id, number_id, group_id) DO UPDATE SET"
	    " subject = COALESCE(own_groups.subject, excluded.subject),"
	    " invite_link = COALESCE(own_groups.invite_link,"
	    "  excluded.invite_link),"
	    " description = COALESCE(own_groups.description,"
	    "  excluded.description),"
	    " approval = COALESCE(own_groups.approval, excluded.approval)",
	[NOT_MADE] = "UPDATE own_groups SET state = 'refused', asked = NULL,"
		     " error = $2 WHERE id = $1",
	[ENDED] = "INSERT INTO own_groups(workspace_id, number_id, state,"
		  " group_id) VALUES ($1, $2, 'ended', $3)"
		  " ON CONFLICT(workspace_id, number_id, group_id) DO UPDATE"
		  " SET state = 'ended', asked = NULL, request = NULL,"
		  " error = NULL",
	[CHANGED] = "UPDATE own_groups SET"
		    " description = COALESCE($4, description)" OF_GROUP,
	[FAILED] = "UPDATE own_groups SET error = $4" OF_GROUP,
};

const struct statements own_group_told_statements = {
	.sql = own_group_told_sql,
	.n = N_SQL,
};

int
own_group_told_name(
    struct db *db, const struct number_key *number, const char *group_id)
{
	return db_run(db, own_group_told_sql[NAME],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(group_id)));
}

/* The row that is waiting for this group, by the id that the answer to its
 * creation had, else by the subject: 1, 0, -1. */
static int
find_waiting(struct db *db, const struct number_key *number,
    const struct event_group *g, int64_t *id)
{
	const char *const names[] = { g->request_id, g->group_id };
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++)
		if (names[i] != NULL)
			rc = db_get_int(db, own_group_told_sql[REQUESTED],
			    DB_ARGS(db_int(number->workspace_id),
				db_int(number->id), db_text(names[i])),
			    id);
	if (rc == 0 && g->subject != NULL)
		rc = db_get_int(db, own_group_told_sql[BY_SUBJECT],
		    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
			db_text(g->subject)),
		    id);
	return rc;
}

/* Row ID is this group, whatever row a delivery made of it before. */
static int
put_made(struct db *db, const struct number_key *number,
    const struct event_group *g, int64_t id)
{
	const struct db_arg of[] = { db_int(number->workspace_id),
		db_int(number->id), db_text(g->group_id),
		{ DB_END, 0, NULL, 0 } };
	int64_t ended = 0;

	if (db_get_int(db, own_group_told_sql[STATE], of, &ended) == -1 ||
	    db_run(db, own_group_told_sql[TWICE], of) == -1)
		return -1;
	return db_run(db, own_group_told_sql[MADE],
	    DB_ARGS(db_int(id), db_text(g->group_id), db_text(g->invite_link),
		db_text(g->description), db_text(g->approval),
		db_text(ended ? "ended" : "there")));
}

static int
told_create(
    struct db *db, const struct number_key *number, const struct event_group *g)
{
	int64_t id = 0;
	int rc = find_waiting(db, number, g, &id);

	if (rc == -1)
		return -1;
	if (g->error != NULL)
		return rc == 0 ? 0
			       : db_run(db, own_group_told_sql[NOT_MADE],
				     DB_ARGS(db_int(id), db_text(g->error)));
	if (g->group_id == NULL)
		return 0;
	if (rc == 1)
		return put_made(db, number, g, id);
	return db_run(db, own_group_told_sql[MADE_ELSEWHERE],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(g->group_id), db_text(g->subject),
		db_text(g->invite_link), db_text(g->description),
		db_text(g->approval)));
}

int
own_group_told_news(
    struct db *db, const struct number_key *number, const struct event_group *g)
{
	const struct db_arg of[] = { db_int(number->workspace_id),
		db_int(number->id), db_text(g->group_id),
		{ DB_END, 0, NULL, 0 } };

	if (text_is(g->type, "group_create"))
		return told_create(db, number, g);
	if (g->group_id == NULL)
		return 0;
	if (g->error != NULL)
		return db_run(db, own_group_told_sql[FAILED],
		    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
			db_text(g->group_id), db_text(g->error)));
	if (text_is(g->type, "group_delete"))
		return db_run(db, own_group_told_sql[ENDED], of);
	if (g->description == NULL)
		return 0;
	return db_run(db, own_group_told_sql[CHANGED],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(g->group_id), db_text(g->description)));
}
