/*
 * Rows made up from the schema.
 */
#include "made_rows.h"
#include "unit.h"

#include "base/pool.h"

#include "lib/sql/db.h"

/* Tables with $1 (NULL: all) that are rows of their own: not the search's,
 * no job. */
#define TABLES                                                                 \
	"SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table'"         \
	" AND t.sql NOT LIKE 'CREATE VIRTUAL%' AND t.name <> 'jobs'"           \
	" AND t.name <> 'search_stale'"                                        \
	" AND t.name NOT LIKE '%\\_words\\_%' ESCAPE '\\'"                     \
	" AND t.name NOT LIKE '%\\_digits\\_%' ESCAPE '\\'"                    \
	" AND t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"                        \
	" AND ($1 IS NULL OR EXISTS (SELECT 1 FROM pragma_table_info(t.name)"  \
	"  WHERE name = $1)) ORDER BY t.rowid"
/* What has to be said of $1, with a 1 or as much; of a text with a choice, the
 * first. */
#define CHOICES                                                                \
	"SELECT c.name, c.type, substr(s.sql, instr(s.sql,"                    \
	" 'CHECK (' || c.name || ' ')) AS choice, instr(s.sql,"                \
	" 'CHECK (' || c.name || ' ') > 0 AS chosen"                           \
	" FROM pragma_table_info($1) AS c, sqlite_schema AS s"                 \
	" WHERE s.name = $1 AND c.\"notnull\" AND c.dflt_value IS NULL"        \
	" ORDER BY c.cid"
#define QUOTED                                                                 \
	"substr(choice, instr(choice, ''''), 1 + instr("                       \
	"substr(choice, instr(choice, '''') + 1), ''''))"
#define INSERT                                                                 \
	"SELECT 'INSERT INTO ' || $1 || '(' || group_concat(name, ', ')"       \
	" || ') VALUES (' || group_concat(CASE WHEN type = 'TEXT' AND chosen"  \
	" THEN " QUOTED " WHEN type = 'TEXT' THEN '''1'''"                     \
	" WHEN type = 'BLOB' THEN 'x''01''' ELSE '1' END, ', ') || ');'"       \
	" FROM (" CHOICES ")"

static int
has_row(struct db *db, struct pool *pool, const char *table, const char *column)
{
	int64_t one;
	int rc = db_get_int(db,
	    pool_printf(pool, "SELECT 1 FROM %s WHERE %s = 1 LIMIT 1", table,
		column != NULL ? column : "1"),
	    DB_NONE, &one);

	assert_int_not_equal(rc, -1);
	return rc;
}

static const char *
insert_text(struct db *db, struct pool *pool, const char *table)
{
	struct db_rows *r = db_query(db, INSERT, DB_ARGS(db_text(table)));
	const char *text;

	assert_int_equal(db_next(r), 1);
	text = db_col_copy(r, pool, 0);
	db_end(r);
	return text;
}

const char *
made_rows(struct db *db, struct pool *pool, const char *column)
{
	struct db_rows *r = db_query(db, TABLES, DB_ARGS(db_text(column)));
	const char *text = "";
	int rc;

	while ((rc = db_next(r)) == 1) {
		const char *table = db_col_copy(r, pool, 0);

		if (!has_row(db, pool, table, column))
			text = pool_printf(
			    pool, "%s%s", text, insert_text(db, pool, table));
	}
	assert_int_equal(rc, 0);
	db_end(r);
	return text;
}
