/*
 * A target that is PostgreSQL's (move_target.h).  Only a superuser may turn off
 * the triggers that look whether a row refers to another one: their constraints
 * are taken away, and made again, when all rows are looked at at once.
 */
#include <stddef.h>

#include "base/buf.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "cli/move/move_target.h"

enum { FOREIGN_KEYS, N_SQL };

static const char *const move_target_pgsql_sql[N_SQL] = {
	[FOREIGN_KEYS] = "SELECT CAST(CAST(conrelid AS regclass) AS text),"
			 " quote_ident(conname), pg_get_constraintdef(oid)"
			 " FROM pg_constraint WHERE contype = 'f'"
			 " AND connamespace = CAST('public' AS regnamespace)"
			 " ORDER BY conname, conrelid",
};

const struct statements move_target_pgsql_statements = {
	.sql = move_target_pgsql_sql,
	.n = N_SQL,
	.engine = DB_PGSQL,
};

static void
put_triggers(struct move_target *t, struct buf *b, const char *how)
{
	for (int i = 0; i < t->n; i++)
		buf_printf(b, "ALTER TABLE %s %s TRIGGER USER;",
		    t->tables[i].name, how);
}

int
move_target_begin_pgsql(struct move_target *t)
{
	struct db_rows *r =
	    db_query(t->db, move_target_pgsql_sql[FOREIGN_KEYS], DB_NONE);
	struct buf off = { .pool = t->pool }, on = { .pool = t->pool };
	int rc;

	put_triggers(t, &off, "DISABLE");
	put_triggers(t, &on, "ENABLE");
	while ((rc = db_next(r)) == 1) {
		buf_printf(&off, "ALTER TABLE %s DROP CONSTRAINT %s;",
		    db_col_text(r, 0), db_col_text(r, 1));
		buf_printf(&on, "ALTER TABLE %s ADD CONSTRAINT %s %s;",
		    db_col_text(r, 0), db_col_text(r, 1), db_col_text(r, 2));
	}
	db_end(r);
	t->restore = buf_end(&on);
	return rc == 0 ? db_script(t->db, buf_end(&off)) : -1;
}

int
move_target_end_pgsql(struct move_target *t)
{
	return db_script(t->db, t->restore);
}
