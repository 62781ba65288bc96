/*
 * When the processor counts for reports: at once when nothing else is there,
 * twice a second while deliveries come, so that they do not wait for it.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/report/report_count.h"

#include "process/report_counter.h"

#define EVERY_MS  500
#define FAILED_MS 10000
#define STEPS	  8 /* at a time, while deliveries come */

const struct statements report_counter_statements = {
	.also = STATEMENTS(&report_count_statements),
};

int
report_counter_step(struct report_counter *c, int applied)
{
	int64_t ms = clock_ticks_ms();
	int rc, left = applied == 0 ? 1 : STEPS;

	if (ms < c->again_ms)
		return 0;
	if (applied != 0 && ms - c->since_ms < EVERY_MS)
		return 0;
	c->since_ms = ms;
	do {
		pool_reset(c->pool);
		rc = report_count_step(c->db, c->pool);
	} while (rc == 1 && --left > 0);
	if (rc == -1)
		c->again_ms = ms + FAILED_MS;
	return rc;
}
