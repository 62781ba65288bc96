#ifndef PROCESS_RETAIN_RETAIN_H
#define PROCESS_RETAIN_RETAIN_H

#include <stdint.h>

struct db;
struct pool;
struct spool;
struct statements;

/*
 * Retention: deletes what is older than the configuration says; waspool.conf(5)
 * has the bound of each table.  Applied deliveries by age and by bytes; dead
 * ones and messages by age; unmatched statuses, changes, answers of POSTs, and
 * rows of the outbox that were sent.
 *
 * A wrong clock must not delete what would be missed: after the clock has
 * jumped by more than a day, or the processor was away for so long, nothing is
 * deleted by age for a day, in which somebody may set the clock right.
 */
struct retain {
	struct db *db; /* the inbox */
	struct spool *spool;
	struct pool *pool;
	const char *media_dir;	 /* files of messages; NULL: none */
	int64_t keep_deliveries; /* seconds */
	int64_t keep_bytes;
	int64_t keep_changes;  /* seconds */
	int64_t keep_held;     /* seconds */
	int64_t keep_messages; /* seconds, 0: for ever */
	int64_t keep_uploads;  /* seconds, for uploads that nobody sent */

	/* set by retain_clock: the clock has not jumped since then; 0: as far
	 * as is known */
	int64_t steady_at;

	/* private: begin with 0 */
	int64_t changes_at;
	struct retain_walk {   /* through the spool */
		int64_t after; /* the last delivery looked at */
		int64_t from;  /* where the next round begins */
		int rounds;
		int found; /* 1: one that may not be deleted yet */
	} walk;
	int64_t conversation_id; /* the last one looked at */
	int64_t upload_id;	 /* the last one looked at */
};

extern const struct statements retain_statements;

/*
 * To be called at the beginning of a run, and when the clock JUMPED in it: sets
 * steady_at.  Ages count from there at the earliest.  0, -1.
 */
int retain_clock(struct retain *, int jumped, int64_t now);

/*
 * One small step, at most 1,000 rows in a transaction; the lock of each
 * database is held for its own part only: 1 when there may be more, 0, -1 (said
 * in the log).
 */
int retain_step(struct retain *, int64_t now);

/*
 * Its parts, each a step: 1, 0, -1 as above.  OLDER: deletes what came in
 * before.
 */
int retain_spool(struct retain *, int64_t older, int64_t now);

extern const struct statements retain_messages_statements;
int retain_messages(struct retain *, int64_t now);
int retain_uploads(struct retain *, int64_t now);

/* retain_rule: when a rule was last applied (table retention), 0 never: 1,
 * 0, -1.  retain_rule_set stores it, in a transaction of its own: 0, -1. */
extern const struct statements retain_rule_statements;
int retain_rule(struct db *, const char *rule, int64_t *at);
int retain_rule_set(struct db *, const char *rule, int64_t at);

#endif
