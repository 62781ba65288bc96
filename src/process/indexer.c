/*
 * The processor's part of the search: when words are put, and how many at once.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/log.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_index.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/search/search_put.h"
#include "inbox/search/search_reset.h"

#include "process/indexer.h"

/* While deliveries wait: at the latest then. */
#define BEHIND_MAX 5000
#define BEHIND_MS  500

/* With more FTS5 writes more than one segment (of 1 MB) at once. */
#define ROWS_MAX   5000
#define ROWS_FIRST 500
#define ROWS_MIN   200 /* more than are applied meanwhile */
#define HOLD_MS	   25  /* of the write lock; others then wait under 50 ms */
#define COMPANY_MS 5   /* … while others write, too */
#define FAILED_MS  10000

const struct statements indexer_statements = {
	.also =
	    STATEMENTS(&search_index_statements, &search_progress_statements),
};

/* 1 when it is time. */
static int
is_time(struct indexer *x, int applied)
{
	int64_t ms = clock_ticks_ms();

	if (ms < x->again_ms)
		return 0;
	if (applied == 0)
		return 1;
	if (x->since_ms == 0)
		x->since_ms = ms;
	x->behind += applied;
	return x->behind >= BEHIND_MAX || ms - x->since_ms >= BEHIND_MS;
}

/* So many rows next time as take long enough; this took MS. */
static void
adapt(struct indexer *x, int64_t ms, int in_company)
{
	int64_t may = in_company ? COMPANY_MS : HOLD_MS;

	if (ms > may)
		x->rows = x->rows * may / ms;
	else if (2 * ms < may)
		x->rows *= 2;
	if (x->rows < ROWS_MIN)
		x->rows = ROWS_MIN;
	if (x->rows > ROWS_MAX)
		x->rows = ROWS_MAX;
}

static int
put_rows(struct indexer *x)
{
	int64_t ms;
	int in_company;

	if (db_begin(x->db) == -1)
		return -1;
	write_yield_begin(&x->share);
	if (search_index_put(x->db, SEARCH_PARTITION_ROWS, x->rows) == -1) {
		db_rollback(x->db);
		return -1;
	}
	ms = clock_ticks_ms() - x->share.began_ms;
	in_company = write_yield_is_up(&x->share, x->db, INT32_MAX);
	if (db_commit(x->db) == -1)
		return -1;
	adapt(x, ms, in_company);
	write_yield_give(&x->share, x->db);
	return 0;
}

/* Words were put, of ROWS rows of a kind at most. */
static void
note_put(struct indexer *x, int64_t rows)
{
	x->behind = x->behind > rows ? x->behind - rows : 0;
	if (x->behind < BEHIND_MAX)
		x->since_ms = 0;
}

int
indexer_renew(struct indexer *x)
{
	int rc = search_rebuild_is_due(x->db);

	if (rc != 1)
		return rc;
	log_info(
	    "the rules for the search's words are others than those by "
	    "which its indexes were made: they are emptied, and made anew");
	return search_reset(x->path, x->wait_ms);
}

int
indexer_mend(struct indexer *x)
{
	if (db_error(x->db) != DB_INDEX ||
	    search_reset(x->path, x->wait_ms) == -1)
		return 0;
	log_warn("an index of the search was damaged: all of them are emptied, "
		 "and made anew");
	return 1;
}

int
indexer_step(struct indexer *x, int applied)
{
	int64_t rows;
	int rc;

	if (!is_time(x, applied))
		return 0;
	if (x->rows == 0)
		x->rows = ROWS_FIRST;
	rows = x->rows;
	rc = search_progress_is_due(x->db);
	if (rc == 1 && put_rows(x) == -1)
		rc = -1;
	if (rc == 1)
		note_put(x, rows);
	else
		x->behind = x->since_ms = 0;
	if (rc == -1 && !indexer_mend(x))
		x->again_ms = clock_ticks_ms() + FAILED_MS;
	return rc == 1;
}
