#ifndef PROCESS_DRAIN_DRAIN_H
#define PROCESS_DRAIN_DRAIN_H

#include <stdint.h>

#include "lib/sql/db.h"

#include "process/drain/apply.h"
#include "process/drain/skew.h"
#include "process/drain/write_yield.h"

struct pool;
struct prefetch;
struct spool;
struct statements;

/*
 * Applies deliveries of the spool to the inbox: deferred ones that are due, and
 * those after the cursor.  Effects, held rows and cursor are written in one
 * transaction.  So a run that is killed has done nothing, or a part that the
 * next run does again without effect.
 */
struct drain {
	struct apply apply; /* with the inbox */
	struct spool *spool;
	struct pool *pool; /* emptied by every batch */
	/* as well, of a thread beside that parses; NULL: there is none */
	struct pool *beside;
	struct prefetch *prefetch; /* only with BESIDE; NULL: none */
	int batch;		   /* deliveries read at a time */
	int hold_ms;	  /* the longest that it holds the write lock */
	size_t plain_max; /* of a body: delivery_plain */
	struct write_yield share;
	struct skew skew; /* begins with 0 */
};

/* When nobody waits for it; whoever does, ends it (write_yield.c). */
#define DRAIN_HOLD_MS 100

extern const struct statements drain_statements;

/*
 * Applies one batch: how many deliveries it had, 0 when none is due.  When an
 * event cannot be applied, the others of its delivery are; the delivery is
 * deferred, or waits for a number or an account that a person must register.
 * It is dead when it cannot be parsed.  A spool that is not the file that was
 * read last (an older copy, or emptied) is renamed, and all of it is applied
 * again: said in the log.
 *
 * -1: the database or the spool failed, and the current transaction is rolled
 * back: nothing is deferred or dead because of it.  *WHY is DB_BUSY or DB_FULL
 * (try later), or DB_BROKEN.
 */
int drain_batch(struct drain *, int64_t now, enum db_error *why);

#endif
