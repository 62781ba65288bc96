/*
 * Builds the search's indexes, step by step from the newest down, when an
 * upgrade has left them empty.
 *
 * What is below from_id (inbox.sql, search_indexed) is in none of them, and the
 * triggers leave it alone; a step puts the next rows below and moves from_id
 * there, in one transaction.
 */
#include <stddef.h>

#include "base/log.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_keeping.h"
#include "inbox/search/search_keeper.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/search/search_put.h"
#include "inbox/words/words.h"

enum { STATE, IS_DUE, BEGIN, MOVE, DONE, N_SQL };

static const char *const search_put_sql[N_SQL] = {
	[STATE] = SEARCH_BUILDING,
	[IS_DUE] = "SELECT COUNT(*) FROM search_indexed"
		   " WHERE words_version <> $1",
	[BEGIN] = "UPDATE search_indexed SET began_at = $2, began_id = from_id"
		  " WHERE kind = $1",
	[MOVE] = "UPDATE search_indexed SET from_id = $2 WHERE kind = $1",
	[DONE] = "UPDATE search_indexed SET from_id = 0, began_id = 0,"
		 " began_at = NULL WHERE kind = $1",
};

const struct statements search_put_statements = {
	.sql = search_put_sql,
	.n = N_SQL,
	.also = STATEMENTS(&search_keep_sqlite_statements,
	    &search_keep_pgsql_statements, &search_partition_statements),
};

/* The row of search_indexed. */
struct rebuild {
	struct db *db;
	enum search_kind kind;
	int64_t from_id, began_at;
};

/* 1, 0 it is of a later version. */
static int
kind_by_name(const char *name, enum search_kind *kind)
{
	for (*kind = 0; *kind < SEARCH_KINDS; ++*kind)
		if (text_is(name, search_kind_name(*kind)))
			return 1;
	return 0;
}

/* 1, 0 there is none, -1. */
static int
read_rebuild(struct rebuild *b)
{
	struct db_rows *r = db_query(b->db, search_put_sql[STATE], DB_NONE);
	int rc = db_next(r);

	if (rc == 1)
		rc = kind_by_name(db_col_text(r, 0), &b->kind);
	if (rc == 1) {
		b->from_id = db_col_int(r, 1);
		b->began_at = db_col_int(r, 3);
	}
	db_end(r);
	return rc;
}

/* The rows from BOTTOM on, 0: all that are left. */
static int
put_rows(struct rebuild *b, int64_t bottom, int64_t full)
{
	int of_messages = b->kind == SEARCH_MESSAGES;
	const struct db_arg kind = db_text(search_kind_name(b->kind));

	if (of_messages &&
	    search_partition_count(b->db, bottom, b->from_id) == -1)
		return -1;
	if (search_keeper(b->db)->put(
		b->db, b->kind, bottom, b->from_id, NULL) == -1)
		return -1;
	if (of_messages && bottom > 0 &&
	    search_partition_split(b->db, bottom, b->from_id, full) == -1)
		return -1;
	if (bottom == 0)
		return db_run(b->db, search_put_sql[DONE], DB_ARGS(kind));
	return db_run(
	    b->db, search_put_sql[MOVE], DB_ARGS(kind, db_int(bottom)));
}

/* In a transaction: the next rows, and whether they are the last.  0, -1. */
static int
rebuild(struct rebuild *b, int64_t full, int64_t now, int *last)
{
	int64_t bottom = 0;

	if (b->began_at == 0 &&
	    db_run(b->db, search_put_sql[BEGIN],
		DB_ARGS(db_text(search_kind_name(b->kind)), db_int(now))) == -1)
		return -1;
	if (db_get_int(b->db, search_keeper(b->db)->bottom[b->kind],
		DB_ARGS(db_int(b->from_id),
		    db_int(search_partition_some(full) - 1)),
		&bottom) == -1)
		return -1;
	*last = bottom == 0;
	return put_rows(b, bottom, full);
}

int
search_rebuild_step(struct db *db, int64_t full, int64_t now)
{
	struct rebuild b = { .db = db };
	int rc = read_rebuild(&b), last = 0;

	if (rc != 1)
		return rc;
	if (db_begin_step(db) == -1)
		return -1;
	/* Once more: another process may have done a step. */
	rc = read_rebuild(&b);
	if (rc == -1 || (rc == 1 && rebuild(&b, full, now, &last) == -1)) {
		db_rollback(db);
		return -1;
	}
	if (db_commit(db) == -1)
		return -1;
	if (rc == 1 && b.began_at == 0)
		log_info("the search's index of %ss is being built: until it "
			 "is, a search says that it is not complete, and "
			 "'waspool stats' how far it is",
		    search_kind_name(b.kind));
	if (last)
		log_info("the search's index of %ss is built",
		    search_kind_name(b.kind));
	return 1;
}

int
search_rebuild_is_due(struct db *db)
{
	int64_t due = 0;

	return db_get_int(db, search_put_sql[IS_DUE],
		   DB_ARGS(db_int(WORDS_VERSION)), &due) == -1
		   ? -1
		   : due != 0;
}
