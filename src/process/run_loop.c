/*
 * The run loop of the processor, from the lock to the end of a run.
 */
#include <malloc.h>
#include <poll.h>
#include <stddef.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/lock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/http/client.h"
#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "spool/spool.h"

#include "inbox/conversation/set_aside.h"
#include "inbox/job/job.h"
#include "inbox/node/delivery_state.h"
#include "inbox/node/health.h"
#include "inbox/node/retime.h"
#include "inbox/outbox/automatic_answer.h"
#include "inbox/outbox/outbox.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_put.h"

#include "process/block_list.h"
#include "process/block_sync.h"
#include "process/download/download_result.h"
#include "process/drain/prefetch.h"
#include "process/group_change.h"
#include "process/number_sync.h"
#include "process/run_loop.h"
#include "process/template_change.h"
#include "process/template_sync.h"

#define MINUTE_MS	 90000	 /* the longest run without a next one */
#define POLL_MS		 1000	 /* the longest sleep: a wake-up may be lost */
#define JUMP_MS		 3600000 /* a larger change of the clock is a jump */
#define SEEN_EVERY_MS	 30000
#define RETAIN_EVERY_MS	 10000
#define JOBS_EVERY_MS	 200
#define BUSY		 100 /* things in one round */
#define DELAY_FIRST_MS	 250
#define DELAY_LONGEST_MS 30000
#define CHECKPOINT_PAGES 1000
#define IDLE_PAGES	 125

/* Sleeps, while open requests go on. */
static void
sleep_ms(struct run_loop *s, int ms)
{
	int64_t end = clock_ticks_ms() + ms;

	while (!*s->stop && ms > 0) {
		if (client_count(s->fetch) > 0)
			client_run(s->fetch, -1, ms);
		else
			poll(NULL, 0, ms);
		ms = (int)(end - clock_ticks_ms());
	}
}

/* Waits, longer each time, for others to finish or for space on the disk. */
static void
back_off(struct run_loop *s, enum db_error why)
{
	if (why == DB_BROKEN)
		die(EX_IOERR, "database lost; the next run tries again");
	s->delay_ms = s->delay_ms == 0 ? DELAY_FIRST_MS : s->delay_ms * 2;
	if (s->delay_ms > DELAY_LONGEST_MS)
		s->delay_ms = DELAY_LONGEST_MS;
	log_warn("inbox %s, again in %d ms", why == DB_BUSY ? "busy" : "full",
	    s->delay_ms);
	sleep_ms(s, s->delay_ms);
}

/* Stores the health, also when there is nothing to do. */
static void
be_seen(struct run_loop *s, int64_t now)
{
	struct db *db = s->drain.apply.db;
	int64_t ms = clock_ticks_ms();

	if (s->seen_ms != 0 && ms - s->seen_ms < SEEN_EVERY_MS)
		return;
	if (db_begin(db) == -1)
		return;
	if (delivery_state_seen(db, spool_node(s->drain.spool), now) == -1 ||
	    skew_save(&s->drain.skew, db) == -1 || outbox_count(db) == -1 ||
	    health_put(db, s->drain.pool, s->drain.spool, DOWNLOAD_ERRORS_MAX,
		skew_off(&s->drain.skew, now), now) == -1)
		db_rollback(db);
	else if (db_commit(db) == 0)
		s->seen_ms = ms;
	id_highwater_note(&s->ids, now);
}

/* Compares the clock with the ticks: has it jumped?  At the beginning of a run
 * retain_clock compares it with the last run. */
static void
look_at_clock(struct run_loop *s, int64_t now)
{
	int64_t ms = now * 1000 - clock_ticks_ms(), by = ms - s->clock_ms;
	int jumped = s->clock_ms != 0 && (by > JUMP_MS || by < -JUMP_MS);

	if (s->clock_ms != 0 && !jumped) {
		s->clock_ms = ms; /* a small correction is no jump */
		return;
	}
	s->clock_ms = ms;
	s->due_times = s->access_times = 1;
	if (retain_clock(&s->retain, jumped, now) == -1)
		log_warn("it is not known whether the clock has jumped: the "
			 "inbox cannot be read");
	s->send.steady_at = s->download.steady_at = s->blocks.steady_at =
	    s->groups.steady_at = s->retain.steady_at;
}

/* Corrects times that a wrong clock has written. */
static void
mend_times(struct run_loop *s, int64_t now)
{
	struct db *db = s->drain.apply.db;
	int right = skew_is_right(&s->drain.skew, now), n = 0, access = 0;

	if (!s->due_times && !right)
		return;
	pool_reset(s->drain.pool);
	if (db_begin(db) == -1)
		return;
	if ((s->due_times && (n = retime_due(db, now)) == -1) ||
	    (right && s->access_times &&
		(access = retime_access(db, now)) == -1) ||
	    (right && retime_messages(db, s->drain.pool, now) == -1)) {
		db_rollback(db);
		return;
	}
	if (db_commit(db) == -1)
		return;
	s->due_times = n > 0;
	if (right)
		s->access_times = access > 0;
}

/* A step of what the search's indexes need, after a round of N things: 1
 * perhaps there is more, 0, -1. */
static int
tend_search(struct indexer *x, int n, int64_t now)
{
	struct db *db = x->db;
	int later = n >= BUSY && search_tidy_may_wait(db);
	int rc = later ? 0 : search_tidy_step(db);

	if (rc == 0)
		rc = search_partition_split_step(db, SEARCH_PARTITION_ROWS);
	if (rc == 0)
		rc = search_rebuild_step(db, SEARCH_PARTITION_ROWS, now);
	return rc == -1 && indexer_mend(x) ? 1 : rc;
}

/* Runs a step of a job, after a round of N things; the next one soon when there
 * may be more. */
static void
go_on_with_jobs(struct run_loop *s, int n, int64_t ms, int64_t now)
{
	int rc, tidied;

	if (!s->jobs_more && ms < s->jobs_ms)
		return;
	pool_reset(s->drain.pool);
	rc = job_step(s->drain.apply.db, s->drain.pool, s->retain.media_dir,
	    &s->job, now);
	tidied = tend_search(&s->indexer, n, now);
	s->jobs_more = rc == 1 || tidied == 1;
	s->jobs_ms =
	    ms + (rc == -1 || tidied == -1 ? RETAIN_EVERY_MS : JOBS_EVERY_MS);
}

static void
keep_house(struct run_loop *s, int n, int64_t now)
{
	int64_t ms = clock_ticks_ms();

	be_seen(s, now);
	sqlite_checkpoint(s->drain.apply.db, CHECKPOINT_PAGES);
	if (s->retain_more || s->retain_ms == 0 ||
	    ms - s->retain_ms >= RETAIN_EVERY_MS) {
		if (!s->retain_more)
			mend_times(s, now);
		s->retain_ms = ms;
		s->retain_more = retain_step(&s->retain, now) == 1;
	}
	go_on_with_jobs(s, n, ms, now);
}

/* 1 when the next run shall take over.  First a download may end, which the
 * next run would have to begin again. */
static int
is_relieved(struct run_loop *s)
{
	int64_t ms = clock_ticks_ms();

	if (s->relieved_ms == 0) {
		if (!lock_wanted(s->lock) && ms - s->began_ms < MINUTE_MS)
			return 0;
		s->relieved_ms = ms;
		s->download.parallel = 0;
	}
	return s->download.n == 0 || ms - s->relieved_ms >= RUN_LOOP_FILE_MS;
}

/* 1 when this run is over; the last round did N things. */
static int
is_over(struct run_loop *s, int n)
{
	if (*s->again) {
		*s->again = 0;
		*s->stop |= manager_reload();
	}
	if (*s->stop) {
		manager_stopping();
		return 1;
	}
	switch (s->kind) {
	case RUN_LOOP_MINUTE:
		return is_relieved(s);
	case RUN_LOOP_ONCE:
		if (clock_ticks_ms() - s->began_ms >= RUN_LOOP_ONCE_MS)
			return n <= 0;
		return n == 0 && client_count(s->fetch) == 0 &&
		       s->send.wait_ms == -1;
	case RUN_LOOP_FOREVER:
		break;
	}
	return 0;
}

/* A list that is read while it changes would be neither the one nor the other:
 * one of the two at a time. */
static int
step_templates(struct run_loop *s, int64_t now, enum db_error *why)
{
	int n = 0;

	if (!ask_busy(&s->templates))
		n = ask_step(&s->template_change, now, why);
	if (n == 0 && !ask_busy(&s->template_change))
		n = ask_step(&s->templates, now, why);
	return n;
}

/* Of workspaces that are closed. */
static int
answer_customers(struct run_loop *s, int64_t now)
{
	pool_reset(s->drain.pool);
	return automatic_answer_step(s->drain.apply.db, s->drain.pool, now);
}

static int
step_wishes(struct run_loop *s, int64_t now, enum db_error *why)
{
	int blocks = ask_step(&s->blocks, now, why), groups, lists;

	if (blocks == -1 || (groups = ask_step(&s->groups, now, why)) == -1 ||
	    (lists = ask_step(&s->block_lists, now, why)) == -1)
		return -1;
	return blocks + groups + lists;
}

/* One round; how many things were done, or -1. */
static int
do_round(struct run_loop *s, int64_t now, enum db_error *why)
{
	int applied = drain_batch(&s->drain, now, why), sent, fetched;
	int more, asked;

	if (applied == -1 || (sent = send_step(&s->send, now, why)) == -1 ||
	    (fetched = download_step(&s->download, now, why)) == -1)
		return -1;
	if ((more = step_templates(s, now, why)) == -1 ||
	    (asked = step_wishes(s, now, why)) == -1)
		return -1;
	more += asked;
	if ((asked = ask_step(&s->numbers, now, why)) == -1)
		return -1;
	more += asked;
	more += indexer_step(&s->indexer, applied) == 1;
	more += report_counter_step(&s->reports, applied) == 1;
	more += erase_step(&s->erase, now) == 1;
	more += broadcast_run_step(&s->broadcasts, now) == 1;
	more += set_aside_wake(s->drain.apply.db, now) == 1;
	more += answer_customers(s, now) == 1;
	return applied + sent + fetched + more;
}

/* Sleeps until there is something to do. */
static void
rest(struct run_loop *s, struct notify *wake)
{
	int ms = POLL_MS;

	if (s->send.wait_ms != -1 && s->send.wait_ms < ms)
		ms = s->send.wait_ms;
	if (s->broadcasts.wake_ms != -1 && s->broadcasts.wake_ms < ms)
		ms = s->broadcasts.wake_ms;
	if (client_count(s->fetch) == 0) {
		/* A second without work: gives memory back, and checkpoints, so
		 * that readers need not look into the WAL. */
		if (notify_wait(wake, ms) == 0) {
			db_rest(s->drain.apply.db, clock_ticks_ms());
			spool_rest(s->drain.spool, clock_ticks_ms());
			prefetch_rest(s->drain.prefetch);
			malloc_trim(0);
			sqlite_checkpoint_rest(s->drain.apply.db, IDLE_PAGES);
		}
		return;
	}
	client_run(s->fetch, notify_fd(wake), ms);
	notify_clear(wake);
}

static int
work_loop(struct run_loop *s, struct notify *wake)
{
	for (;;) {
		int64_t now = clock_now();
		enum db_error why;
		int n;

		manager_beat();
		look_at_clock(s, now);
		n = do_round(s, now, &why);

		if (n != -1) {
			s->delay_ms = 0;
			keep_house(s, n, now);
		}
		if (is_over(s, n == 0 ? s->jobs_more : n))
			return n == -1 && s->kind == RUN_LOOP_ONCE ? EX_TEMPFAIL
								   : EX_OK;
		if (n == -1)
			back_off(s, why);
		else if (n == 0 && !s->retain_more && !s->jobs_more)
			rest(s, wake);
		else if (client_count(s->fetch) > 0)
			client_run(s->fetch, -1, 0);
	}
}

/* Ends the run.  Open requests have some time: without a stored answer nobody
 * knows whether the message was sent. */
static void
finish_loop(struct run_loop *s)
{
	int64_t end = clock_ticks_ms() + RUN_LOOP_FINISH_MS, left;
	enum db_error why;

	s->download.parallel = 0;
	while (s->send.n > 0 && (left = end - clock_ticks_ms()) > 0) {
		client_run(s->fetch, -1, (int)left);
		if (send_settle(&s->send, clock_now(), &why) == -1)
			poll(NULL, 0, DELAY_FIRST_MS);
	}
	client_close(s->fetch);
	s->fetch = NULL;
	while (send_settle(&s->send, clock_now(), &why) == -1 &&
	       clock_ticks_ms() < end)
		poll(NULL, 0, DELAY_FIRST_MS);
	send_close(&s->send);
	download_close(&s->download);
	ask_close(&s->templates);
	ask_close(&s->blocks);
	ask_close(&s->block_lists);
	ask_close(&s->numbers);
	ask_close(&s->groups);
	ask_close(&s->template_change);
	broadcast_run_close(&s->broadcasts);
}

static struct ask
ask_of(struct run_loop *s, const struct ask_kind *kind, const char *media)
{
	return (struct ask){
		.db = s->drain.apply.db,
		.fetch = s->fetch,
		.keys = &s->keys,
		.kind = kind,
		.dir = media,
	};
}

void
run_loop_connect(struct run_loop *s, const struct config *c)
{
	struct db *db = s->drain.apply.db;
	const char *media = config_state_path(c, "media");

	keys_open(&s->keys, db, c);
	s->fetch = client_open("waspool/" VERSION_TEXT);
	s->send = (struct send){
		.db = db,
		.fetch = s->fetch,
		.keys = &s->keys,
		.dir = media,
		.rate = (int)c->send_rate,
		.parallel = (int)c->send_parallel,
	};
	s->reports = (struct report_counter){ .db = db, .pool = s->drain.pool };
	s->broadcasts = (struct broadcast_run){
		.db = db,
		.path = config_inbox(c),
		.wait_ms = (int)c->wait_ms,
		.wake_ms = -1,
	};
	s->templates = ask_of(s, &template_sync, media);
	s->template_change = ask_of(s, &template_change, media);
	s->blocks = ask_of(s, &block_sync, media);
	s->block_lists = ask_of(s, &block_list, media);
	s->numbers = ask_of(s, &number_sync, media);
	s->groups = ask_of(s, &group_change, media);
	s->download = (struct download){
		.db = db,
		.fetch = s->fetch,
		.keys = &s->keys,
		.dir = media,
		.max_len = c->media_max,
		.min_free = c->files_min_free,
		.quota = c->files_quota,
		.parallel = (int)c->media_parallel,
	};
}

int
run_loop_work(struct run_loop *s)
{
	struct notify *wake = notify_listen(s->wake_path, s->wake_group);
	int rc;

	if (wake == NULL)
		die(EX_CANTCREAT, "the wake-up socket cannot be opened");
	s->began_ms = clock_ticks_ms();
	if (skew_load(&s->drain.skew, s->drain.apply.db) == -1)
		die(EX_IOERR, "database lost; the next run tries again");
	rc = work_loop(s, wake);
	finish_loop(s);
	notify_close(wake);
	return rc;
}
