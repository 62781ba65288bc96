/*
 * The writing side of the spool, with group commit: the first thread that
 * finds nobody committing does it for all that wait, and hands over to the
 * first of those who came meanwhile.  So one flush of the disk serves many
 * deliveries, and nobody is woken who has nothing to do.
 */
#include <sys/statvfs.h>

#include <pthread.h>
#include <semaphore.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/wake.h"

#include "door/db.h"

#include "inbox/spool.h"
#include "inbox/spool_file.h"

#define CHECKPOINT_PAGES  1000
#define COMPLAIN_EVERY_MS 10000

enum { PUT, N_SQL };

static const char *const sql[N_SQL] = {
	[PUT] = "INSERT INTO deliveries(received_at, remote, credential,"
		" body_len, body) VALUES ($1, $2, $3, $4, $5)",
};

enum turn { COMMITS, DONE };

struct waiter {
	const struct spool_delivery *delivery;
	struct waiter *next;
	sem_t woken; /* no mutex needed to go on */
	enum turn turn;
	int rc;
};

struct spool *
spool_open_writer(
    const char *path, const char *wake_path, int64_t min_free, int wait_ms)
{
	struct spool *spool = spool_file_open(path, wait_ms);

	if (spool == NULL)
		return NULL;
	spool->min_free = min_free;
	pthread_mutex_init(&spool->mutex, NULL);
	spool->wake = wake_open(wake_path);
	if (spool->wake == NULL || db_prepare(spool->db, sql, N_SQL) == -1) {
		spool_close(spool);
		return NULL;
	}
	return spool;
}

/* 1 when BYTES more leave the floor of free space. */
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

static int
insert(struct db *db, const struct spool_delivery *d)
{
	return db_run(db, sql[PUT],
	    DB_ARGS(db_int(d->received_at), db_text(d->remote),
		db_text(d->credential), db_int((int64_t)d->body_len),
		db_blob(d->body, d->body_len)));
}

/* Puts the whole LIST on disk, or nothing of it: 0, or -1. */
static int
commit(struct spool *spool, const struct waiter *list)
{
	size_t bytes = 0;

	for (const struct waiter *w = list; w != NULL; w = w->next)
		bytes += w->delivery->body_len;
	if (!has_room(spool, bytes) || db_begin(spool->db) == -1)
		return -1;
	for (const struct waiter *w = list; w != NULL; w = w->next)
		if (insert(spool->db, w->delivery) == -1) {
			db_rollback(spool->db);
			return -1;
		}
	if (db_commit(spool->db) == -1)
		return -1;
	wake_send(spool->wake);
	return 0;
}

/* W is gone as soon as its thread runs. */
static void
wake(struct waiter *w, enum turn turn)
{
	w->turn = turn;
	sem_post(&w->woken);
}

/* Commits for all that wait now; MINE among them is not woken. */
static void
lead(struct spool *spool, const struct waiter *mine)
{
	struct waiter *list, *next;
	int rc;

	pthread_mutex_lock(&spool->mutex);
	list = spool->first;
	spool->first = spool->last = NULL;
	pthread_mutex_unlock(&spool->mutex);
	rc = commit(spool, list);
	for (struct waiter *w = list; w != NULL; w = next) {
		next = w->next;
		w->rc = rc;
		if (w != mine)
			wake(w, DONE);
	}
	db_checkpoint(spool->db, CHECKPOINT_PAGES);
	pthread_mutex_lock(&spool->mutex);
	next = spool->first;
	spool->committing = next != NULL;
	pthread_mutex_unlock(&spool->mutex);
	if (next != NULL)
		wake(next, COMMITS);
}

int
spool_put(struct spool *spool, const struct spool_delivery *delivery)
{
	struct waiter me = { .delivery = delivery, .rc = -1 };
	int leads;

	sem_init(&me.woken, 0, 0);
	pthread_mutex_lock(&spool->mutex);
	leads = !spool->committing;
	spool->committing = 1;
	if (spool->last != NULL)
		spool->last->next = &me;
	else
		spool->first = &me;
	spool->last = &me;
	pthread_mutex_unlock(&spool->mutex);
	if (!leads) {
		while (sem_wait(&me.woken) == -1)
			;
		leads = me.turn == COMMITS;
	}
	if (leads)
		lead(spool, &me);
	sem_destroy(&me.woken);
	return me.rc;
}
