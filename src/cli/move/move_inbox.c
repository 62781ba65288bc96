/*
 * The order in which an inbox is moved (move_inbox.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_reset.h"

#include "cli/move/move_inbox.h"
#include "cli/move/move_target.h"
#include "cli/move/move_write.h"

static const struct statements move_inbox_statements = {
	.also = STATEMENTS(
	    &move_tables_sqlite_statements, &move_target_pgsql_statements),
};

/* Nothing of anybody's is in the target: 0, -1. */
static int
check_empty(struct move_inbox *m, const struct move_table *tables)
{
	for (int i = 0; i < m->n; i++) {
		struct buf b = { .pool = m->pool };
		int64_t one;
		int rc;

		buf_text(&b, "SELECT ");
		buf_printf(&b, "1 FROM %s LIMIT 1", tables[i].name);
		rc = db_get_int(m->to, buf_end(&b), DB_NONE, &one);
		if (rc == 1)
			m->full = tables[i].name;
		if (rc != 0)
			return -1;
	}
	return 0;
}

static int
copy_tables(struct move_inbox *m, const struct move_table *tables)
{
	const struct move_source source = { m->from, m->pool, &m->flaws };
	struct move_write *w = move_write_new(m->to, m->pool);
	int rc = w == NULL ? -1 : 0;

	for (int i = 0; rc == 0 && i < m->n; i++) {
		m->done[i].table = tables[i].name;
		rc = move_rows(&source, &tables[i], w, &m->done[i].sum);
	}
	move_write_free(w);
	return rc;
}

/* No id is given again. */
static int
raise_ids(struct move_inbox *m)
{
	struct db_rows *r = db_sequence_list(m->from);
	int rc, failed = 0;

	while ((rc = db_next(r)) == 1 && failed == 0)
		failed = db_sequence_raise(
		    m->to, db_col_text(r, 0), db_col_int(r, 1));
	db_end(r);
	return rc == -1 ? -1 : failed;
}

/* What was written is there, as the target has it: 0, -1. */
static int
compare(struct move_inbox *m, const struct move_table *tables)
{
	struct move_flaws none = { 0 };
	const struct move_source there = { m->to, m->pool, &none };

	for (int i = 0; i < m->n; i++) {
		struct move_sum sum;

		if (move_rows(&there, &tables[i], NULL, &sum) == -1)
			return -1;
		if (memcmp(&sum, &m->done[i].sum, sizeof(sum)) == 0)
			continue;
		log_warn("%s is not the same there: %lld rows, and %lld",
		    tables[i].name, (long long)m->done[i].sum.rows,
		    (long long)sum.rows);
		return -1;
	}
	return 0;
}

static int
fill(struct move_inbox *m, const struct move_table *tables)
{
	struct move_target t = { m->to, m->pool, tables, m->n, NULL };

	if (check_empty(m, tables) == -1 || move_target_begin(&t) == -1 ||
	    copy_tables(m, tables) == -1 || move_target_end(&t) == -1 ||
	    raise_ids(m) == -1 || compare(m, tables) == -1)
		return -1;
	return search_reset_here(m->to);
}

int
move_inbox(struct move_inbox *m)
{
	struct move_table *tables =
	    pool_alloc(m->pool, sizeof(*tables) * MOVE_TABLES_MAX);
	struct db *sqlite = db_engine(m->from) == DB_SQLITE ? m->from : m->to;
	int rc;

	if (db_prepare_all(m->from, &move_inbox_statements) == -1 ||
	    db_prepare_all(m->to, &move_inbox_statements) == -1)
		return -1;
	m->n = move_tables_read(sqlite, m->pool, tables);
	if (m->n <= 0 || db_begin(m->from) == -1)
		return -1;
	rc = db_begin(m->to);
	if (rc == 0 && (rc = fill(m, tables)) == 0)
		rc = db_commit(m->to);
	if (rc == -1)
		db_rollback(m->to);
	db_rollback(m->from);
	return rc;
}
