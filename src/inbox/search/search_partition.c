/*
 * How full the partitions of the search's index are, and where the next begins
 * (search_partition.h).  Nothing that is in the index changes its partition:
 * one begins either above or below all that are in the index.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_keeping.h"
#include "inbox/search/search_keeper.h"
#include "inbox/search/search_partition.h"

/* With what is counted of them a step stays below DB_STEP_MAX. */
#define STEP_IDS 400

enum {
	WHOSE,
	NEWEST,
	GROW_NEWEST,
	BEGIN_NEXT,
	COUNT_UP, /* of several workspaces */
	BEGIN_ABOVE,
	COUNT,
	END,
	BEGIN_BELOW,
	FULLEST, /* what is split, from here on */
	GROW,
	BEGIN_BETWEEN,
	COUNT_BOTH,
	ENOUGH,
	N_SQL
};

/* The messages from $1 up to $2 - 1. */
#define THESE	 " FROM messages AS m WHERE m.id >= $1 AND m.id < $2"
#define OF_THESE " p.workspace_id IN (SELECT m.workspace_id" THESE ")"
#define NEXT_LABEL                                                             \
	"(SELECT MAX(q.partition) + 1 FROM search_partitions AS q"             \
	" WHERE q.workspace_id = p.workspace_id)"

#define PUT                                                                    \
	"INSERT INTO search_partitions(workspace_id, first_id, partition,"     \
	" rows) "
#define ADD                                                                    \
	THESE " GROUP BY m.workspace_id ON CONFLICT(workspace_id, first_id)"   \
	      " DO UPDATE SET rows = search_partitions.rows + excluded.rows"

/* The messages of workspace $1 from $2 up to $3 - 1.  By their ids: there is no
 * index of a workspace's. */
#define OF_ONE                                                                 \
	" FROM messages AS m WHERE m.id >= $2 AND m.id < $3"                   \
	" AND m.workspace_id + 0 = $1"

static const char *const search_partition_sql[N_SQL] = {
	/* Of the first, and how many are of others. */
	[WHOSE] = "SELECT MIN(f.workspace_id), COUNT(*), COUNT(CASE"
		  " m.workspace_id WHEN f.workspace_id THEN NULL ELSE 1 END)"
		  " FROM (SELECT workspace_id FROM messages WHERE id >= $1"
		  "  AND id < $2 ORDER BY id LIMIT 1) AS f CROSS JOIN"
		  " messages AS m WHERE m.id >= $1 AND m.id < $2",
	[NEWEST] = "SELECT first_id, partition, rows FROM search_partitions"
		   " WHERE workspace_id = $1 ORDER BY first_id DESC LIMIT 1",
	[GROW_NEWEST] = PUT "VALUES ($1, $2, $3, $4)"
			    " ON CONFLICT(workspace_id, first_id)"
			    " DO UPDATE SET rows = search_partitions.rows"
			    " + excluded.rows",
	[BEGIN_NEXT] = PUT "SELECT CAST($1 AS BIGINT), CAST($2 AS BIGINT),"
			   " MAX(partition) + 1, 0"
			   " FROM search_partitions WHERE workspace_id = $1",
	[COUNT_UP] = PUT "SELECT m.workspace_id, COALESCE((SELECT p.first_id"
			 " FROM search_partitions AS p"
			 " WHERE p.workspace_id = m.workspace_id"
			 " ORDER BY p.first_id DESC LIMIT 1), 0), 0,"
			 " COUNT(*)" ADD,
	[BEGIN_ABOVE] =
	    PUT "SELECT p.workspace_id, CAST($2 AS BIGINT), " NEXT_LABEL ", 0"
		" FROM search_partitions AS p WHERE" OF_THESE
		" AND p.rows >= $3 AND p.first_id < $2"
		" AND p.first_id = (SELECT MAX(q.first_id)"
		" FROM search_partitions AS q"
		" WHERE q.workspace_id = p.workspace_id)",
	[COUNT] = PUT "SELECT m.workspace_id, 0, 0, COUNT(*)" ADD,
	[END] = "UPDATE search_partitions AS p SET first_id = $1"
		" WHERE" OF_THESE " AND p.first_id = 0 AND p.rows >= $3",
	[BEGIN_BELOW] =
	    PUT "SELECT p.workspace_id, 0, " NEXT_LABEL ", 0"
		" FROM search_partitions AS p WHERE" OF_THESE
		" AND p.first_id = $1 AND NOT EXISTS (SELECT 1"
		" FROM search_partitions AS q WHERE q.workspace_id ="
		" p.workspace_id AND q.first_id = 0)",
	/* And what is above it: where, its label, how full.  Ids end where the
	 * next begins. */
	[FULLEST] =
	    "SELECT p.workspace_id, p.first_id, p.partition,"
	    " COALESCE(a.first_id, i.upto_id + 1),"
	    " COALESCE(a.partition, -1), COALESCE(a.rows, 0),"
	    " (SELECT MAX(q.partition) + 1 FROM search_partitions AS q"
	    "  WHERE q.workspace_id = p.workspace_id)"
	    " FROM search_indexed AS i CROSS JOIN search_partitions AS p"
	    " LEFT JOIN search_partitions AS a ON a.workspace_id = "
	    "p.workspace_id AND a.first_id ="
	    " (SELECT MIN(q.first_id) FROM search_partitions AS q"
	    "  WHERE q.workspace_id = p.workspace_id"
	    "  AND q.first_id > p.first_id)"
	    " WHERE i.kind = 'message' AND i.from_id = 0 AND p.rows >= $1"
	    " AND NOT EXISTS"
	    " (SELECT 1 FROM search_stale WHERE kind = 'message')"
	    " ORDER BY p.rows DESC LIMIT 1",
	[GROW] = "UPDATE search_partitions SET first_id = $2"
		 " WHERE workspace_id = $1 AND first_id = $3",
	[BEGIN_BETWEEN] =
	    "INSERT INTO search_partitions(workspace_id, first_id,"
	    " partition, rows) VALUES ($1, $2, $3, 0)",
	[COUNT_BOTH] =
	    "UPDATE search_partitions SET rows = rows + CASE first_id"
	    " WHEN $2 THEN 1 ELSE -1 END * (SELECT COUNT(*)" OF_ONE ")"
	    " WHERE workspace_id = $1 AND first_id IN ($2, $4)",
	[ENOUGH] = "UPDATE search_partitions SET rows = $3"
		   " WHERE workspace_id = $1 AND first_id = $2",
};

const struct statements search_partition_statements = {
	.sql = search_partition_sql,
	.n = N_SQL,
	.also = STATEMENTS(
	    &search_keep_sqlite_statements, &search_keep_pgsql_statements),
};

/* Three numbers of the first row, if there is one: 0, -1. */
static int
read_three(
    struct db *db, int statement, const struct db_arg *args, int64_t values[3])
{
	struct db_rows *r = db_query(db, search_partition_sql[statement], args);
	int rc = db_next(r);

	for (int i = 0; rc == 1 && i < 3; i++)
		values[i] = db_col_int(r, i);
	db_end(r);
	return rc == -1 ? -1 : 0;
}

/* Messages that are about to be put into partitions. */
struct filling {
	struct db *db;
	int64_t bottom, top; /* their ids, up to TOP - 1 */
	int64_t full;
};

/* A workspace's newest partition grows by N: 1 and its label, where it begins
 * below them all; 0, -1. */
static int
fill_newest(
    const struct filling *f, int64_t workspace_id, int64_t n, int64_t *label)
{
	const struct db_arg ws = db_int(workspace_id);
	int64_t newest[3] = { 0 };

	if (read_three(f->db, NEWEST, DB_ARGS(ws), newest) == -1 ||
	    db_run(f->db, search_partition_sql[GROW_NEWEST],
		DB_ARGS(ws, db_int(newest[0]), db_int(newest[1]), db_int(n))) ==
		-1 ||
	    (newest[2] + n >= f->full && newest[0] < f->top &&
		db_run(f->db, search_partition_sql[BEGIN_NEXT],
		    DB_ARGS(ws, db_int(f->top))) == -1))
		return -1;
	*label = newest[1];
	return newest[0] <= f->bottom;
}

int
search_partition_fill(
    struct db *db, int64_t bottom, int64_t top, int64_t full, int64_t *label)
{
	const struct filling f = { db, bottom, top, full };
	int64_t whose[3] = { 0 };

	if (read_three(
		db, WHOSE, DB_ARGS(db_int(bottom), db_int(top)), whose) == -1)
		return -1;
	if (whose[1] > 0 && whose[2] == 0)
		return fill_newest(&f, whose[0], whose[1], label);
	if (db_run(db, search_partition_sql[COUNT_UP],
		DB_ARGS(db_int(bottom), db_int(top))) == -1)
		return -1;
	return db_run(db, search_partition_sql[BEGIN_ABOVE],
	    DB_ARGS(db_int(bottom), db_int(top), db_int(full)));
}

int64_t
search_partition_some(int64_t full)
{
	return full < 4 * STEP_IDS ? full / 4 : STEP_IDS;
}

int
search_partition_count(struct db *db, int64_t bottom, int64_t top)
{
	return db_run(db, search_partition_sql[COUNT],
	    DB_ARGS(db_int(bottom), db_int(top)));
}

int
search_partition_split(struct db *db, int64_t bottom, int64_t top, int64_t full)
{
	if (db_run(db, search_partition_sql[END],
		DB_ARGS(db_int(bottom), db_int(top), db_int(full))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	return db_run(db, search_partition_sql[BEGIN_BELOW],
	    DB_ARGS(db_int(bottom), db_int(top)));
}

/* What is too full, and what is above it. */
struct overfull {
	int64_t workspace_id;
	int64_t first_id, label;
	int64_t top;		   /* ids end below it */
	int64_t above, above_rows; /* its label, -1: there is none */
	int64_t next;		   /* a label that nobody has */
};

/* 1, 0, -1. */
static int
find_fullest(struct db *db, int64_t full, struct overfull *s)
{
	struct db_rows *r = db_query(
	    db, search_partition_sql[FULLEST], DB_ARGS(db_int(2 * full)));
	int rc = db_next(r);

	if (rc == 1)
		*s = (struct overfull){ db_col_int(r, 0), db_col_int(r, 1),
			db_col_int(r, 2), db_col_int(r, 3), db_col_int(r, 4),
			db_col_int(r, 5), db_col_int(r, 6) };
	db_end(r);
	return rc;
}

/* Those from BOTTOM up to the border: 0, -1. */
static int
split(struct db *db, const struct overfull *s, int64_t bottom, int64_t full)
{
	const struct search_keeping *keeping = search_keeper(db);
	int grows = s->above != -1 && s->above_rows < full;
	int64_t label = grows ? s->above : s->next;
	const struct db_arg ws = db_int(s->workspace_id), from = db_int(bottom),
			    to = db_int(s->top);

	if (keeping->unlabel(db, s->workspace_id, bottom, s->top, s->label) ==
		-1 ||
	    (grows ? db_run(
			 db, search_partition_sql[GROW], DB_ARGS(ws, from, to))
		   : db_run(db, search_partition_sql[BEGIN_BETWEEN],
			 DB_ARGS(ws, from, db_int(label)))) == -1 ||
	    db_run(db, search_partition_sql[COUNT_BOTH],
		DB_ARGS(ws, from, to, db_int(s->first_id))) == -1)
		return -1;
	return keeping->label(db, s->workspace_id, bottom, s->top, label);
}

/* In a transaction: the next ids of it, if there are more than one. */
static int
split_some(struct db *db, const struct overfull *s, int64_t full)
{
	int64_t bottom = s->top - search_partition_some(full);

	if (bottom <= s->first_id)
		bottom = s->first_id + 1;
	if (bottom < s->top)
		return split(db, s, bottom, full);
	/* Those that were counted are gone. */
	return db_run(db, search_partition_sql[ENOUGH],
	    DB_ARGS(
		db_int(s->workspace_id), db_int(s->first_id), db_int(full)));
}

int
search_partition_split_step(struct db *db, int64_t full)
{
	struct overfull s;
	int rc = find_fullest(db, full, &s);

	if (rc != 1)
		return rc;
	if (db_begin_step(db) == -1)
		return -1;
	/* Once more: ids above all others may have come. */
	rc = find_fullest(db, full, &s);
	if (rc == -1 || (rc == 1 && split_some(db, &s, full) == -1)) {
		db_rollback(db);
		return -1;
	}
	return db_commit(db) == -1 ? -1 : 1;
}
