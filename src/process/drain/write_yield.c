/*
 * Yields the write lock.  A program that waits for it waits for the whole
 * transaction that holds it: its statements, the words for the search at its
 * end, the flush.  So for some time after another has waited, transactions are
 * short.
 */
#include "base/clock.h"

#include "lib/sql/db.h"

#include "process/drain/write_yield.h"

#define LEAST_MS   2	/* length of a transaction while others wait … */
#define COMPANY_MS 2000 /* … and for so long after */
#define LET_MS	   5	/* for others, between two transactions */

void
write_yield_begin(struct write_yield *share)
{
	share->began_ms = clock_ticks_ms();
	share->asked_ms = 0;
	share->wanted = 0;
}

int
write_yield_is_up(struct write_yield *share, struct db *db, int hold_ms)
{
	int64_t ms = clock_ticks_ms(), held = ms - share->began_ms;

	if (held < LEAST_MS && held < hold_ms)
		return 0;
	/* Two calls of the system, for each of ten deliveries in a
	 * millisecond. */
	if (ms != share->asked_ms)
		share->wanted = db_wanted(db);
	share->asked_ms = ms;
	if (share->wanted)
		share->company_ms = ms;
	return held >= hold_ms ||
	       (share->company_ms != 0 && ms - share->company_ms < COMPANY_MS);
}

void
write_yield_give(struct write_yield *share, struct db *db)
{
	if (share->wanted)
		db_let_others(db, LET_MS);
}
