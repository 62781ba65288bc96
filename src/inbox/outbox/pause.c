/*
 * Pauses: numbers that do not send for a while.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/outbox/pause.h"

enum { GET, PUT, END, N_SQL };

static const char *const pause_sql[N_SQL] = {
	[GET] = "SELECT p.until, p.attempts, p.reason, p.key_mark, p.error,"
		" o.id, o.conversation_id, p.refused_at"
		" FROM number_pauses AS p LEFT JOIN outbox AS o"
		" ON o.id = p.row_id WHERE p.number_id = $1",
	[PUT] = "INSERT INTO number_pauses(number_id, until, attempts, reason,"
		" key_mark, error, row_id, refused_at)"
		" VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
		" ON CONFLICT(number_id) DO UPDATE SET"
		" until = excluded.until, attempts = excluded.attempts,"
		" reason = excluded.reason, key_mark = excluded.key_mark,"
		" error = excluded.error, row_id = excluded.row_id,"
		" refused_at = excluded.refused_at",
	[END] = "DELETE FROM number_pauses WHERE number_id = $1",
};

const struct statements pause_statements = {
	.sql = pause_sql,
	.n = N_SQL,
};

int
pause_get(struct db *db, struct pool *pool, int64_t number_id, struct pause *p)
{
	struct db_rows *r =
	    db_query(db, pause_sql[GET], DB_ARGS(db_int(number_id)));
	int rc = db_next(r);

	if (rc == 1)
		*p = (struct pause){
			.until = db_col_int(r, 0),
			.attempts = db_col_int(r, 1),
			.reason = db_col_copy(r, pool, 2),
			.key_mark = db_col_copy(r, pool, 3),
			.error = db_col_copy(r, pool, 4),
			.row_id = db_col_int(r, 5),
			.conversation_id = db_col_int(r, 6),
			.refused_at = db_col_int(r, 7),
		};
	db_end(r);
	return rc;
}

int
pause_put(struct db *db, int64_t number_id, const struct pause *p)
{
	return db_run(db, pause_sql[PUT],
	    DB_ARGS(db_int(number_id), db_int(p->until), db_int(p->attempts),
		db_text(p->reason), db_text(p->key_mark), db_text(p->error),
		db_id(p->row_id), db_int(p->refused_at)));
}

int
pause_end(struct db *db, int64_t number_id)
{
	return db_run(db, pause_sql[END], DB_ARGS(db_int(number_id)));
}
