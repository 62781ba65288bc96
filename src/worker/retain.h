#ifndef WORKER_RETAIN_H
#define WORKER_RETAIN_H

#include <stdint.h>

struct db;
struct pool;
struct spool;

/*
 * What need not be kept any longer: deliveries that were applied, by age and
 * by bytes, changes by age, remembered answers of POSTs after 24 h, and what
 * was sent from the outbox after 30 days.
 */
struct retain {
	struct db	*db;		/* the inbox */
	struct spool	*spool;
	struct pool	*pool;
	int64_t		 keep_deliveries; /* seconds */
	int64_t		 keep_bytes;
	int64_t		 keep_changes;	/* seconds */

	int64_t		 changes_at;	/* its own: begin with 0 */
};

int	retain_prepare(struct db *);

/*
 * One small step, at most a few hundred rows, each database's lock held for
 * its part only: 1 when there may be more, 0, -1 (said in the log).
 */
int	retain_step(struct retain *, int64_t now);

#endif
