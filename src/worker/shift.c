/*
 * The time that one run of the processor works.
 */
#include <poll.h>
#include <stddef.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/wake.h"

#include "inbox/health.h"
#include "inbox/intake.h"
#include "inbox/spool.h"

#include "worker/shift.h"

#define MINUTE_MS 90000		/* when nobody comes after */
#define POLL_MS 1000		/* should a wake-up be lost */
#define SEEN_EVERY_MS 30000
#define RETAIN_EVERY_MS 10000
#define DELAY_FIRST_MS 250
#define DELAY_LONGEST_MS 30000
#define CHECKPOINT_PAGES 1000

/* Waits, longer each time, for others to finish or for space on the disk. */
static void
back_off(struct shift *s, enum db_error why)
{
	if (why == DB_BROKEN)
		die(EX_IOERR, "database lost; the next run tries again");
	s->delay_ms = s->delay_ms == 0 ? DELAY_FIRST_MS : s->delay_ms * 2;
	if (s->delay_ms > DELAY_LONGEST_MS)
		s->delay_ms = DELAY_LONGEST_MS;
	log_warn("inbox %s, again in %d ms", why == DB_BUSY ? "busy" : "full",
	    s->delay_ms);
	if (!*s->stop)
		poll(NULL, 0, s->delay_ms);
}

/* Says that it lives, also when there is nothing to do. */
static void
be_seen(struct shift *s, int64_t now)
{
	struct db *db = s->drain.apply.db;
	int64_t ms = clock_ticks_ms();

	if (s->seen_ms != 0 && ms - s->seen_ms < SEEN_EVERY_MS)
		return;
	if (db_begin(db) == -1)
		return;
	if (intake_move(db, spool_node(s->drain.spool), 0, now) == -1 ||
	    health_put(db, s->drain.pool, s->drain.spool, now) == -1)
		db_rollback(db);
	else if (db_commit(db) == 0)
		s->seen_ms = ms;
}

static void
keep_house(struct shift *s, int64_t now)
{
	int64_t ms = clock_ticks_ms();

	be_seen(s, now);
	db_checkpoint(s->drain.apply.db, CHECKPOINT_PAGES);
	if (s->retain_more || s->retain_ms == 0 ||
	    ms - s->retain_ms >= RETAIN_EVERY_MS) {
		s->retain_ms = ms;
		s->retain_more = retain_step(&s->retain, now) == 1;
	}
}

static int
is_over(struct shift *s)
{
	if (*s->stop)
		return 1;
	return s->kind == SHIFT_MINUTE && (lock_wanted(s->lock) ||
	    clock_ticks_ms() - s->began_ms >= MINUTE_MS);
}

static int
work(struct shift *s, struct wake *wake)
{
	for (;;) {
		int64_t now = clock_now();
		enum db_error why;
		int n = drain_batch(&s->drain, now, &why);

		if (n == -1) {
			if (s->kind == SHIFT_ONCE && clock_ticks_ms() -
			    s->began_ms >= SHIFT_ONCE_MS)
				return EX_TEMPFAIL;
			back_off(s, why);
		} else {
			s->delay_ms = 0;
			keep_house(s, now);
		}
		if (is_over(s) || (s->kind == SHIFT_ONCE && n == 0))
			return EX_OK;
		if (n == 0 && !s->retain_more)
			wake_wait(wake, POLL_MS);
	}
}

int
shift_work(struct shift *s)
{
	struct wake *wake = wake_listen(s->wake_path);
	int rc;

	if (wake == NULL)
		die(EX_CANTCREAT, "nobody can wake this run");
	s->began_ms = clock_ticks_ms();
	rc = work(s, wake);
	wake_close(wake);
	return rc;
}
