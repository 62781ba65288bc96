#ifndef PROCESS_RETAIN_RETAIN_H
#define PROCESS_RETAIN_RETAIN_H

#include <stdint.h>

struct db;
struct pool;
struct spool;
struct statements;

/*
 * Retention: what is older than it need be is deleted.
 *
 * What need not be kept any longer; waspool.conf(5) names the bound of each
 * table.  Deliveries that were applied, by age and by bytes; dead ones, and
 * messages, by age; what is left of wamids that nobody knows, changes, answers
 * of POSTs, what was sent from the outbox.
 *
 * A clock that is wrong deletes nothing that would be missed: after it has
 * jumped by more than a day, or the processor was away for so long, nothing
 * goes by age for a day, in which somebody may set it right.
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
	int64_t keep_uploads;  /* seconds, that nobody sent */

	/* since then the clock has not jumped, 0: as far as is known;
	 * retain_clock's */
	int64_t steady_at;

	/* its own: begin with 0 */
	int64_t changes_at;
	struct retain_walk {   /* through the spool */
		int64_t after; /* the last delivery looked at */
		int64_t from;  /* where the next round begins */
		int rounds;
		int found; /* one that may not go yet */
	} walk;
	int64_t conversation_id; /* the last that was looked at */
	int64_t upload_id;	 /* as well */
};

extern const struct statements retain_statements;

/*
 * For the beginning of a run, and whenever the clock JUMPED in it: finds
 * steady_at, which no age reaches back behind.  0, -1.
 */
int retain_clock(struct retain *, int jumped, int64_t now);

/*
 * One small step, at most 1,000 rows a transaction, each database's lock held
 * for its part only: 1 when there may be more, 0, -1 (said in the log).
 */
int retain_step(struct retain *, int64_t now);

/*
 * Its parts, each a step: 1, 0, -1 as above.  What came in before OLDER goes.
 */
int retain_spool(struct retain *, int64_t older, int64_t now);

extern const struct statements retain_messages_statements;
int retain_messages(struct retain *, int64_t now);
int retain_uploads(struct retain *, int64_t now);

/* When a rule was last done (table retention), 0 never: 1, 0, -1.  And that
 * it was, in a transaction of its own: 0, -1. */
extern const struct statements retain_rule_statements;
int retain_rule(struct db *, const char *rule, int64_t *at);
int retain_rule_set(struct db *, const char *rule, int64_t at);

#endif
