/*
 * The writing side of the spool, with group commit.  When no thread is
 * committing, the one that brings a delivery commits it, and then all that
 * others have brought meanwhile, until none is left.  So one flush of the disk
 * serves many deliveries, and the other threads do not wait for it: they go on
 * to their next requests, and the committing thread answers for them.
 *
 * On a slow disk two things differ.  Before the next commit the thread waits
 * for the senders that it just answered, who come again at once: a flush begun
 * too early would serve one half of them, and the next flush the other half.
 * And checkpoints, of three flushes each, are rarer.
 *
 * Where more comes than the processor applies, the thread waits before the next
 * commit, too (spool_pace.h).
 */
#include <sys/statvfs.h>

#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/log.h"
#include "base/notify.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "spool/spool.h"
#include "spool/spool_file.h"
#include "spool/spool_highwater.h"
#include "spool/spool_pace.h"

#define CHECKPOINT_PAGES  500  /* of 8 KiB */
#define SLOW_MS		  2    /* a commit that takes so long: a slow disk */
#define SLOW_PAGES	  2000 /* instead of CHECKPOINT_PAGES there */
#define QUIET		  4    /* gather ends after 1/QUIET of it in silence */
#define COMPLAIN_EVERY_MS 10000
#define KEEP_KIB	  512 /* only the end of the file is written */

enum { PUT, LIFT, N_SQL };

static const char *const spool_put_sql[N_SQL] = {
	[PUT] = "INSERT INTO deliveries(received_at, remote, credential,"
		" body_len, body) VALUES ($1, $2, $3, $4, $5)",
	[LIFT] = "UPDATE deliveries SET id = $2 WHERE id = $1",
};

static void
begin_commit(struct spool *spool)
{
	pthread_mutex_init(&spool->mutex, NULL);
	clock_cond_init(&spool->gathered);
}

struct spool *
spool_open_writer(
    const char *path, const char *wake_path, int64_t min_free, int wait_ms)
{
	struct spool *spool = spool_file_open(path, wait_ms);

	if (spool == NULL)
		return NULL;
	spool->min_free = min_free;
	counters_set(COUNTER_TROUBLE_AT, 0);
	begin_commit(spool);
	spool->wake = notify_open(wake_path);
	spool->highwater = spool_highwater_open(path);
	spool->pace = spool_pace_open(path);
	if (spool->wake == NULL || sqlite_keep(spool->db, KEEP_KIB) == -1 ||
	    db_prepare(spool->db, spool_put_sql, N_SQL) == -1) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

/* 1 when min_free bytes of disk are still free after BYTES more. */
static int
has_room(struct spool *spool, size_t bytes)
{
	struct statvfs fs;
	int64_t now = clock_ticks_ms();

	if (statvfs(spool->path, &fs) == -1)
		return 1; /* the insert will tell */
	if ((uint64_t)fs.f_bavail * fs.f_frsize >=
	    (uint64_t)spool->min_free + bytes)
		return 1;
	if (now - spool->complained_ms >= COMPLAIN_EVERY_MS) {
		spool->complained_ms = now;
		log_warn("%s: less than %lld bytes of disk are free "
			 "(WASPOOL_MIN_FREE): refusing deliveries with 503",
		    spool->path, (long long)spool->min_free);
	}
	return 0;
}

/*
 * The file is an older copy: *ID was given before, or may have been.  Moves
 * this delivery far above the high-water mark; later ids follow it.
 */
static int
lift(struct spool *spool, int64_t *id)
{
	int64_t known = spool_highwater(spool->highwater);
	int64_t above = known + SPOOL_STRIDE;

	log_warn("%s is not the file that was written last: id %lld was given "
		 "before, and the next id of this file is %lld (an older copy "
		 "was put back, or it was emptied or replaced).  Nothing is "
		 "refused: ids continue at %lld",
	    spool->path, (long long)known, (long long)*id, (long long)above);
	if (db_run(spool->db, spool_put_sql[LIFT],
		DB_ARGS(db_int(*id), db_int(above))) == -1)
		return -1;
	*id = above;
	return 0;
}

static int
insert(struct spool *spool, const struct spool_delivery *d, int64_t *id)
{
	if (db_insert(spool->db, spool_put_sql[PUT],
		DB_ARGS(db_int(d->received_at), db_text(d->remote),
		    db_text(d->credential), db_int((int64_t)d->body_len),
		    db_blob(d->body, d->body_len)),
		id) != 1)
		return -1;
	if (*id <= spool_highwater(spool->highwater))
		return lift(spool, id);
	return 0;
}

/* Writes a page without changing it, so that the commit is flushed like one
 * with a delivery. */
static int
try(struct spool *spool)
{
	return db_set_version(spool->db, SPOOL_VERSION);
}

static int
insert_all(struct spool *spool, const struct spool_order *list, int64_t *id)
{
	for (const struct spool_order *o = list; o != NULL; o = o->next)
		if (o->delivery.body != NULL &&
		    insert(spool, &o->delivery, id) == -1)
			return -1;
	return *id == 0 ? try(spool) : 0;
}

/* Notes why the database failed; always -1. */
static int
fail_commit(struct spool *spool)
{
	enum db_error why = db_error(spool->db);

	spool->trouble = why == DB_BUSY	  ? COUNTER_BUSY
			 : why == DB_FULL ? COUNTER_NO_ROOM
					  : COUNTER_NOT_WRITTEN;
	return -1;
}

int
spool_commit(struct spool *spool, const struct spool_order *list)
{
	size_t bytes = 0;
	int64_t id = 0;

	for (const struct spool_order *o = list; o != NULL; o = o->next)
		bytes += o->delivery.body_len;
	if (!has_room(spool, bytes)) {
		spool->trouble = COUNTER_NO_ROOM;
		return -1;
	}
	if (db_begin(spool->db) == -1)
		return fail_commit(spool);
	if (insert_all(spool, list, &id) == -1) {
		fail_commit(spool);
		db_rollback(spool->db);
		return -1;
	}
	if (db_commit(spool->db) == -1)
		return fail_commit(spool);
	if (id != 0) {
		spool_highwater_raise(spool->highwater, id);
		spool->newest = id;
		notify_send(spool->wake);
	}
	return 0;
}

/* Counts N deliveries as kept or refused, and notes since when commits fail. */
static void
count(struct spool *spool, int n, int rc)
{
	counters_add(rc == 0 ? COUNTER_RECEIVED : spool->trouble, n);
	if (rc == 0 && spool->troubled)
		counters_set(COUNTER_TROUBLE_AT, 0);
	else if (rc == -1 && !spool->troubled)
		counters_set(COUNTER_TROUBLE_AT, clock_now());
	spool->troubled = rc == -1;
}

/* All orders that wait; NULL when there is none: then this thread has stopped
 * committing. */
static struct spool_order *
take_commit(struct spool *spool)
{
	struct spool_order *list;

	pthread_mutex_lock(&spool->mutex);
	list = spool->first;
	spool->first = spool->last = NULL;
	spool->waiting = 0;
	spool->committing = list != NULL;
	pthread_mutex_unlock(&spool->mutex);
	return list;
}

/* Adds ORDER to those that wait.  1 when another thread is committing, which
 * will take it; 0: the caller must commit. */
static int
join_commit(struct spool *spool, struct spool_order *order)
{
	int committing;

	order->next = NULL;
	pthread_mutex_lock(&spool->mutex);
	committing = spool->committing;
	spool->committing = 1;
	if (spool->last != NULL)
		spool->last->next = order;
	else
		spool->first = order;
	spool->last = order;
	if (++spool->waiting == spool->wanted)
		pthread_cond_signal(&spool->gathered);
	pthread_mutex_unlock(&spool->mutex);
	return committing;
}

/* How many orders wait. */
static int
waiting(struct spool *spool)
{
	int n;

	pthread_mutex_lock(&spool->mutex);
	n = spool->waiting;
	pthread_mutex_unlock(&spool->mutex);
	return n;
}

static struct timespec
in_us(int64_t us)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	us += t.tv_nsec / 1000;
	t.tv_sec += us / 1000000;
	t.tv_nsec = us % 1000000 * 1000;
	return t;
}

/* After a commit that took MS: waits until there are WANTED orders, or none
 * came for a quarter of MS; at most MS. */
static void
gather(struct spool *spool, int wanted, int64_t ms)
{
	int64_t end_ms = clock_ticks_ms() + ms;
	int before = -1;

	pthread_mutex_lock(&spool->mutex);
	spool->wanted = wanted;
	while (spool->waiting < wanted && spool->waiting != before &&
	       clock_ticks_ms() < end_ms) {
		struct timespec quiet = in_us(ms * 1000 / QUIET);

		before = spool->waiting;
		while (spool->waiting < wanted &&
		       pthread_cond_timedwait(
			   &spool->gathered, &spool->mutex, &quiet) == 0)
			;
	}
	spool->wanted = 0;
	pthread_mutex_unlock(&spool->mutex);
}

/* Answers all orders of LIST with RC; how many they were. */
static int
tell_commit(struct spool *spool, struct spool_order *list, int rc)
{
	struct spool_order *next;
	int n = 0, deliveries = 0;

	for (const struct spool_order *o = list; o != NULL; o = o->next)
		deliveries += o->delivery.body != NULL;
	count(spool, deliveries, rc);
	for (; list != NULL; list = next, n++) {
		next = list->next; /* kept may free the order */
		list->kept(list, rc);
	}
	return n;
}

/* Until the commit that may begin now. */
static void
give_way(struct spool *spool)
{
	const struct timespec t = { spool->again_us / 1000000,
		spool->again_us % 1000000 * 1000 };

	if (spool->again_us != 0)
		clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL);
	spool->again_us = 0;
}

/* N were committed: the processor may need the time until the next commit. */
static void
pace(struct spool *spool, int n)
{
	const struct timespec t = in_us(0);
	int64_t now_us = (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	int64_t us = spool_pace_wait(spool->pace, spool->newest, n, now_us);

	spool->again_us = us > 0 ? now_us + us : 0;
}

void
spool_order(struct spool *spool, struct spool_order *order)
{
	struct spool_order *list;

	if (join_commit(spool, order))
		return;
	while ((list = take_commit(spool)) != NULL) {
		int64_t began_ms = clock_ticks_ms(), ms;
		int rc = spool_commit(spool, list), crowd, n;

		ms = clock_ticks_ms() - began_ms;
		crowd = waiting(spool);
		n = tell_commit(spool, list, rc);
		sqlite_checkpoint(
		    spool->db, ms < SLOW_MS ? CHECKPOINT_PAGES : SLOW_PAGES);
		if (ms >= SLOW_MS)
			gather(spool, crowd + n, ms);
		if (rc == 0)
			pace(spool, n);
		give_way(spool);
	}
}

struct put {
	sem_t said;
	int rc;
};

static void
say_commit(struct spool_order *order, int rc)
{
	struct put *put = order->arg;

	put->rc = rc;
	sem_post(&put->said);
}

int
spool_put(struct spool *spool, const struct spool_delivery *delivery)
{
	struct put put = { .rc = -1 };
	struct spool_order order = {
		.delivery = *delivery, .kept = say_commit, .arg = &put
	};

	sem_init(&put.said, 0, 0);
	spool_order(spool, &order);
	while (sem_wait(&put.said) == -1)
		; /* a signal */
	sem_destroy(&put.said);
	return put.rc;
}
