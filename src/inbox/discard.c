/*
 * Deliveries that a person gave up.
 */
#include <stddef.h>

#include "door/db.h"

#include "inbox/discard.h"
#include "inbox/intake.h"

enum { PUT, HAS, UNDO, N_SQL };

static const char *const sql[N_SQL] = {
	[PUT] = "INSERT INTO discarded(node, delivery_id, at)"
		" VALUES ($1, $2, $3) ON CONFLICT(node, delivery_id)"
		" DO UPDATE SET at = excluded.at",
	[HAS] = "SELECT 1 FROM discarded"
		" WHERE node = $1 AND delivery_id = $2",
	[UNDO] = "DELETE FROM discarded WHERE node = $1 AND delivery_id = $2",
};

int
discard_prepare(struct db *db)
{
	if (intake_prepare(db) == -1)
		return -1;
	return db_prepare(db, sql, N_SQL);
}

int
discard_put(struct db *db, const char *node, int64_t id, int64_t now)
{
	if (intake_done(db, node, id) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	if (db_run(db, sql[PUT],
		DB_ARGS(db_text(node), db_int(id), db_int(now))) == -1)
		return -1;
	return 1;
}

int
discard_has(struct db *db, const char *node, int64_t id)
{
	int64_t one;

	return db_get_int(
	    db, sql[HAS], DB_ARGS(db_text(node), db_int(id)), &one);
}

int
discard_undo(struct db *db, const char *node, int64_t id)
{
	return db_run(db, sql[UNDO], DB_ARGS(db_text(node), db_int(id)));
}
