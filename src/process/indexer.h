#ifndef PROCESS_INDEXER_H
#define PROCESS_INDEXER_H

#include <stdint.h>

#include "process/drain/write_yield.h"

struct db;
struct statements;

/*
 * Puts the words of what was stored into the search's indexes
 * (inbox/search/search_index.h), in transactions of its own: when no delivery
 * waits, and while many do so often that words are less than a second behind.
 * Each writes as many rows as take about as long as a batch of the drain.
 */
struct indexer {
	struct db *db;
	const char *path; /* its file */
	int wait_ms;	  /* for other writers */

	/* private: begin with 0 */
	struct write_yield share;
	int64_t rows;	  /* of a transaction; 0: none was yet */
	int64_t behind;	  /* messages since the last one, about */
	int64_t since_ms; /* when the first of them came; 0: none did */
	int64_t again_ms; /* after a failure: not before */
};

extern const struct statements indexer_statements;

/*
 * A transaction, when it is time; APPLIED deliveries were applied in this round
 * before.  1 perhaps there is more, 0 nothing to do now.  A failure is in the
 * log, and holds up nothing else: words are tried again after some seconds.
 */
int indexer_step(struct indexer *, int applied);

/* At the start: indexes whose words were made by other rules than ours are
 * emptied, to be built anew.  0, -1. */
int indexer_renew(struct indexer *);

/* After a failure of what works on the indexes: when one is damaged, all are
 * emptied, to be built anew: 1; 0. */
int indexer_mend(struct indexer *);

#endif
