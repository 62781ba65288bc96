#ifndef PROCESS_DRAIN_DRAIN_H
#define PROCESS_DRAIN_DRAIN_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "process/drain/apply.h"
#include "process/drain/skew.h"
#include "process/drain/write_yield.h"

struct pool;
struct spool;
struct statements;

/*
 * From the spool into the inbox: deferred deliveries that are due, and those
 * beyond the cursor.  Effects, held rows and cursor are on disk together, so
 * whoever is killed in between has done nothing, or a part that the next run
 * does again without effect.
 */
struct drain {
	struct apply apply; /* with the inbox */
	struct spool *spool;
	struct pool *pool; /* emptied by every batch */
	int batch;	   /* deliveries read at a time */
	int hold_ms;	   /* so long is the write lock held */
	struct write_yield share;
	struct skew skew; /* begins with 0 */
};

#define DRAIN_HOLD_MS 25 /* an action then waits under 50 ms */

extern const struct statements drain_statements;

/*
 * One batch: how many deliveries it had, 0 when none is due.  An event that
 * cannot be applied takes none of its siblings with it; its delivery is
 * deferred, or waits for a number or account that a person has to register, and
 * is dead when nothing in it can be read.  A spool that is not the file that
 * was read last (an older copy, emptied) gets another name, and all of it is
 * applied again: said in the log.
 *
 * -1: database or spool failed and the transaction in hand is as if it had
 * never been: nothing is deferred or dead because of it.  *WHY is DB_BUSY or
 * DB_FULL (later perhaps), or DB_BROKEN.
 */
int drain_batch(struct drain *, int64_t now, enum db_error *why);

#endif
