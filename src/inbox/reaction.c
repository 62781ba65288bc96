/*
 * The reaction that each person has on a message now.
 */
#include <stddef.h>

#include "door/db.h"

#include "inbox/number.h"
#include "inbox/reaction.h"

enum { PUT, N_SQL };

static const char *const sql[N_SQL] = {
	[PUT] = "INSERT INTO reactions(workspace_id, number_id, target_wamid,"
		" sender, emoji, at, wamid) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT(workspace_id, number_id, target_wamid, sender)"
		" DO UPDATE SET emoji = excluded.emoji, at = excluded.at,"
		" wamid = excluded.wamid WHERE (excluded.at, excluded.wamid) >"
		" (reactions.at, reactions.wamid)",
};

int
reaction_prepare(struct db *db)
{
	return db_prepare(db, sql, N_SQL);
}

int
reaction_put(
    struct db *db, const struct number_key *number, const struct reaction *re)
{
	return db_run(db, sql[PUT],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(re->target_wamid), db_text(re->sender),
		db_text(re->emoji != NULL ? re->emoji : ""), db_int(re->at),
		db_text(re->wamid)));
}
