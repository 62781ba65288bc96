#ifndef CLI_MOVE_MOVE_ROWS_H
#define CLI_MOVE_MOVE_ROWS_H

#include <stddef.h>
#include <stdint.h>

#include "cli/move/move_tables.h"

struct db;
struct move_write;
struct pool;

/* What a table has, whatever the order of its rows: how many, and the sums of
 * their hashes (SHA-256 of each row), in four parts. */
struct move_sum {
	int64_t rows;
	uint64_t parts[4];
};

/*
 * Where a text is that PostgreSQL does not keep: it has U+0000, or is no UTF-8.
 * With REPLACE each such byte becomes U+FFFD, and is counted; without it
 * *move_rows* ends, and says here which row it is.
 */
struct move_flaws {
	int replace;
	int64_t replaced; /* texts */
	const char *table, *column, *why;
	int64_t id; /* of the row, 0: it has none */
};

/* Where rows are read.  POOL is as old as DB, which knows statements by where
 * their text is. */
struct move_source {
	struct db *db;
	struct pool *pool;
	struct move_flaws *flaws;
};

/*
 * The rows of the table, in a transaction of the caller's, are counted and
 * hashed, and written by TO, unless that is NULL.  0, or -1: failed, or FLAWS
 * says why.
 */
int move_rows(const struct move_source *, const struct move_table *,
    struct move_write *to, struct move_sum *);

#endif
