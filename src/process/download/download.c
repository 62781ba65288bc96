/*
 * Begins the downloads that are due, and settles those that are finished.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/media/blob.h"
#include "inbox/media/media.h"
#include "inbox/media/media_admin.h"

#include "process/download/download.h"
#include "process/download/download_request.h"
#include "process/download/download_result.h"
#include "process/send/keys.h"

#define LOOK 32 /* due rows of a number, besides running ones */

#define NO_KEY	 15
#define NO_QUOTA 60
#define DAY	 86400
#define GIVE_UP	 (7 * DAY) /* how long the provider keeps a file */

const struct statements download_statements = {
	.also = STATEMENTS(&media_statements, &media_admin_statements),
};

static int
goes_on(const struct download_request *t)
{
	return t->verdict == DOWNLOAD_REQUEST_ASK ||
	       t->verdict == DOWNLOAD_REQUEST_FETCH;
}

/* How many downloads of a number are running; -1 when ONE is among them. */
static int
under_way(const struct download *d, int64_t number_id, int64_t one)
{
	int n = 0;

	for (struct download_request *t = d->first; t != NULL; t = t->next) {
		if (t->media.id == one)
			return -1;
		n += t->media.number_id == number_id;
	}
	return n;
}

/* Stores the results of all downloads with a verdict: 0, or -1. */
static int
write_all(struct download *d, int64_t now)
{
	int rc = 0;

	if (db_begin(d->db) == -1)
		return -1;
	for (struct download_request *t = d->first; t != NULL && rc == 0;
	     t = t->next)
		if (t->step == DOWNLOAD_REQUEST_JUDGED)
			rc = download_result_apply(d->db, t,
			    under_way(d, t->media.number_id, 0) - 1, now);
	if (rc == 0)
		rc = db_commit(d->db);
	db_rollback(d->db);
	return rc;
}

/* Sets verdicts: how many there are; *TO_WRITE: 1 when one must be stored. */
static int
judge_all(struct download *d, int *to_write)
{
	int n = 0;

	*to_write = 0;
	for (struct download_request *t = d->first; t != NULL; t = t->next) {
		if (t->step == DOWNLOAD_REQUEST_ASKED ||
		    t->step == DOWNLOAD_REQUEST_FETCHED)
			download_request_judge(t);
		if (t->step != DOWNLOAD_REQUEST_JUDGED)
			continue;
		n++;
		*to_write |= t->refused || !goes_on(t);
	}
	return n;
}

/* Goes on with each download that has a verdict, or frees it. */
static void
move_all(struct download *d)
{
	struct download_request **at = &d->first, *t;

	while ((t = *at) != NULL) {
		if (t->step != DOWNLOAD_REQUEST_JUDGED) {
			at = &t->next;
		} else if (t->verdict == DOWNLOAD_REQUEST_FETCH) {
			download_request_fetch(t, d->fetch);
			at = &t->next;
		} else if (t->verdict == DOWNLOAD_REQUEST_ASK) {
			t->again = 1;
			download_request_ask(t, d->fetch);
			at = &t->next;
		} else {
			if (t->verdict == DOWNLOAD_REQUEST_WAIT)
				d->full_until_ms =
				    clock_ticks_ms() +
				    DOWNLOAD_RESULT_TROUBLE * 1000;
			*at = t->next;
			d->n--;
			download_request_free(t);
		}
	}
}

/* ------------------------------------------------------------ the beginning */

static int
begin_download(struct download *d, const struct media *m,
    const struct provider_account *account)
{
	struct download_request *t =
	    download_request_new(m, account, d->dir, d->max_len, d->min_free);

	t->next = d->first;
	d->first = t;
	d->n++;
	download_request_ask(t, d->fetch);
	return 1;
}

/* One look for due downloads. */
struct look {
	struct pool *pool;
	int64_t now;
	int writing; /* 1: a transaction is open */
};

/* A number that downloads nothing until then, in ticks. */
struct download_pause {
	int64_t number_id;
	int64_t until_ms;
	struct download_pause *next;
};

static int
is_paused(const struct download *d, int64_t number_id)
{
	const struct download_pause *p = d->pauses;

	while (p != NULL && p->number_id != number_id)
		p = p->next;
	return p != NULL && clock_ticks_ms() < p->until_ms;
}

static void
pause_number(struct download *d, int64_t number_id, int seconds)
{
	struct download_pause *p = d->pauses;

	while (p != NULL && p->number_id != number_id)
		p = p->next;
	if (p == NULL) {
		p = xcalloc(sizeof(*p));
		p->number_id = number_id;
		p->next = d->pauses;
		d->pauses = p;
	}
	p->until_ms = clock_ticks_ms() + seconds * INT64_C(1000);
}

/* Puts a download off until DUE_AT; 0: it has failed.  0, or -1. */
static int
put_off(struct download *d, struct look *l, const struct media *m,
    const char *reason, int64_t due_at)
{
	if (!l->writing && db_begin(d->db) == -1)
		return -1;
	l->writing = 1;
	if (due_at == 0)
		return media_failed(d->db, m->id, reason);
	return media_wait(d->db, m->id, reason, due_at);
}

/* Without an API key the whole number pauses; this file's row says why. */
static int
without_key(
    struct download *d, struct look *l, const struct media *m, const char *why)
{
	int64_t since =
	    m->created_at > d->steady_at ? m->created_at : d->steady_at;
	const char *reason = "there is no API key for this number";

	if (l->now - since > GIVE_UP)
		return put_off(d, l, m, reason, 0);
	log_info("number %s downloads no files for %d s: %s",
	    m->phone_number_id != NULL ? m->phone_number_id : "-", NO_KEY, why);
	pause_number(d, m->number_id, NO_KEY);
	return put_off(d, l, m, reason, l->now + NO_KEY);
}

/* The workspace has reached its quota: the whole number pauses. */
static int
without_room(
    struct download *d, struct look *l, const struct media *m, int64_t used)
{
	log_info(
	    "number %s downloads no files for %d s: its workspace has %" PRId64
	    " bytes of them (WASPOOL_FILES_QUOTA)",
	    m->phone_number_id, NO_QUOTA, used);
	pause_number(d, m->number_id, NO_QUOTA);
	return put_off(d, l, m,
	    "the files of the workspace have reached WASPOOL_FILES_QUOTA",
	    l->now + NO_QUOTA);
}

/*
 * Begins a download, unless errors and running downloads, each of which may
 * become an error, have reached DOWNLOAD_ERRORS_MAX.  1 begun, 0, -1.
 */
static int
begin_one(struct download *d, struct look *l, const struct media *m)
{
	int n = under_way(d, m->number_id, m->id), errors = 0;
	int64_t oldest = 0, used = 0;
	struct provider_account account;
	const char *why = "the number was removed";

	if (n == -1)
		return 0;
	if (media_errors(d->db, m->number_id, l->now, &errors, &oldest) == -1)
		return -1;
	if (errors >= DOWNLOAD_ERRORS_MAX)
		return put_off(d, l, m,
		    "the provider refused too many files"
		    " of this number within an hour",
		    oldest + MEDIA_HOUR);
	if (errors + n >= DOWNLOAD_ERRORS_MAX)
		return 0;
	if (m->phone_number_id == NULL ||
	    keys_account(d->keys, l->pool, m->phone_number_id, m->provider,
		&account, &why) == -1)
		return without_key(d, l, m, why);
	if (d->quota > 0 && media_used(d->db, m->id, &used) == -1)
		return -1;
	if (d->quota > 0 && used >= d->quota)
		return without_room(d, l, m, used);
	return begin_download(d, m, &account);
}

/* Begins the next download of a number, if it may: 1 begun, 0, -1. */
static int
begin_of(struct download *d, struct look *l, int64_t number_id)
{
	int has = under_way(d, number_id, 0), n, rc = 0;
	struct media *due;

	if (d->n >= d->parallel + (has == 0) || is_paused(d, number_id))
		return 0;
	if (media_due(
		d->db, l->pool, number_id, l->now, has + LOOK, &due, &n) == -1)
		return -1;
	for (int i = 0; i < n && rc == 0; i++) {
		if (is_paused(d, number_id))
			return 0;
		rc = begin_one(d, l, &due[i]);
	}
	return rc;
}

/* Begins one download for each number, after the one that had the last turn:
 * how many, -1. */
static int
take_turns(struct download *d, struct look *l)
{
	int64_t first = d->turn, id = d->turn;
	int begun = 0, wrapped = 0, rc;

	while ((rc = media_next_number(d->db, id, &id)) != -1) {
		if (rc == 0 && wrapped)
			break;
		if (rc == 0) {
			wrapped = 1;
			id = 0;
			continue;
		}
		if (wrapped && id > first)
			break;
		if ((rc = begin_of(d, l, id)) == -1)
			return -1;
		if (rc == 1) {
			d->turn = id;
			begun++;
		}
	}
	return rc == -1 ? -1 : begun;
}

/* How many were begun, or -1. */
static int
begin_due(struct download *d, int64_t now)
{
	struct look l = { NULL, now, 0 };
	int begun = 0, n;

	if (d->parallel == 0 || d->n > d->parallel ||
	    clock_ticks_ms() < d->full_until_ms)
		return 0;
	l.pool = pool_new();
	while ((n = take_turns(d, &l)) > 0)
		begun += n;
	if (l.writing && n != -1)
		n = db_commit(d->db);
	db_rollback(d->db);
	pool_free(l.pool);
	return n == -1 ? -1 : begun;
}

int
download_step(struct download *d, int64_t now, enum db_error *why)
{
	int settled, to_write, begun;

	if (d->swept_ms == 0 || clock_ticks_ms() - d->swept_ms >= DAY * 1000) {
		d->swept_ms = clock_ticks_ms();
		blob_sweep(d->dir, now);
	}
	settled = judge_all(d, &to_write);
	if (to_write && write_all(d, now) == -1) {
		*why = db_error(d->db);
		return -1;
	}
	move_all(d);
	begun = begin_due(d, now);
	if (begun == -1) {
		*why = db_error(d->db);
		return -1;
	}
	return settled + begun;
}

void
download_close(struct download *d)
{
	struct download_pause *p;
	struct download_request *t;

	while ((t = d->first) != NULL) {
		d->first = t->next;
		download_request_free(t);
	}
	while ((p = d->pauses) != NULL) {
		d->pauses = p->next;
		free(p);
	}
	d->n = 0;
}
