/*
 * Which way to fill is the target's (move_target.h).
 */
#include "lib/sql/db.h"

#include "cli/move/move_target.h"

static int
is_pgsql(const struct move_target *t)
{
	return db_engine(t->db) == DB_PGSQL;
}

int
move_target_begin(struct move_target *t)
{
	return is_pgsql(t) ? move_target_begin_pgsql(t)
			   : move_target_begin_sqlite(t);
}

int
move_target_end(struct move_target *t)
{
	return is_pgsql(t) ? move_target_end_pgsql(t)
			   : move_target_end_sqlite(t);
}
