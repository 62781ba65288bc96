#ifndef PROCESS_REPORT_COUNTER_H
#define PROCESS_REPORT_COUNTER_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/* The processor's part of reports: when what was stored is counted. */
struct report_counter {
	struct db *db;
	struct pool *pool; /* is reset */
	int64_t since_ms;  /* private: since when deliveries wait for it */
	int64_t again_ms;  /* … not earlier, after a failure */
};

extern const struct statements report_counter_statements;

/* Counts some when nothing was APPLIED in this round, or for long enough
 * without: 1 perhaps there are more, 0, -1. */
int report_counter_step(struct report_counter *, int applied);

#endif
