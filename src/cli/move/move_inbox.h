#ifndef CLI_MOVE_MOVE_INBOX_H
#define CLI_MOVE_MOVE_INBOX_H

#include "cli/move/move_rows.h"

struct db;
struct pool;

/* How it went with a table. */
struct move_done {
	const char *table;
	struct move_sum sum;
};

struct move_inbox {
	struct db *from, *to;
	struct pool *pool;
	struct move_flaws flaws;
	struct move_done done[MOVE_TABLES_MAX]; /* n of them */
	int n;
	const char *full; /* a table of the target that has rows */
};

/*
 * Moves all rows of FROM, in which nobody writes meanwhile, into TO, in one
 * transaction, and compares both: 0; or -1 and nothing was changed: the log, or
 * `flaws`, or `full`, says why.
 */
int move_inbox(struct move_inbox *);

#endif
