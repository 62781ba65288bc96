/*
 * A target that is SQLite's (move_target.h).
 */
#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "cli/move/move_target.h"

/* What refers to nothing then is found by the commit. */
int
move_target_begin_sqlite(struct move_target *t)
{
	if (db_script(t->db, "PRAGMA defer_foreign_keys = ON") == -1)
		return -1;
	return sqlite_fire(t->db, 0);
}

int
move_target_end_sqlite(struct move_target *t)
{
	return sqlite_fire(t->db, 1);
}
