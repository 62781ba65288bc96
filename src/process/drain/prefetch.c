/*
 * Prefetching for the drain (prefetch.h).  Each thread takes the next delivery
 * that nobody has taken, waits until it is parsed, and looks for the rows of
 * its events through a connection of its own.  A thread that comes late passes
 * over what is being applied already.  What fails ends the thread: all that is
 * lost is speed.
 *
 * A transaction of theirs is of one delivery, so that none keeps a checkpoint
 * from its end.
 */
#include <sys/resource.h>

#include <signal.h>
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/customer/customer_prefetch_sqlite.h"
#include "inbox/inbox.h"
#include "inbox/workspace/number.h"

#include "process/drain/ahead.h"
#include "process/drain/prefetch.h"

#define BLOCKS 8  /* that getrusage counts, of a page */
#define SELDOM 10 /* deliveries: fewer than a page read for so many */

static const struct statements prefetch_statements = {
	.also = STATEMENTS(&number_statements, &customer_prefetch_statements),
};

static int
look_at_event(struct db *db, const struct event *ev)
{
	struct number_key number = { 0 };
	int rc;

	if (ev->phone_number_id == NULL)
		return 0;
	rc = number_find(db, ev->phone_number_id, &number);
	return rc != 1 ? rc
		       : customer_prefetch(db, &number, &ev->customer,
			     ev->waba_id, ev->wamid);
}

/* Delivery I, in a transaction: 0, -1. */
static int
look_at_delivery(struct prefetch *p, struct db *db, int i)
{
	size_t n = 0;
	const struct event *events = p->events(p->arg, i, &n);
	int rc = 0;

	if (n == 0)
		return 0;
	if (db_begin_read(db) == -1)
		return -1;
	for (size_t k = 0; rc == 0 && k < n && !atomic_load(&p->stop) &&
			   i >= atomic_load(&p->applied);
	     k++)
		rc = look_at_event(db, &events[k]);
	db_end_read(db);
	return rc;
}

static int
open_thread(struct prefetch_thread *t)
{
	t->db = inbox_open(t->of->path, DB_READ, t->of->wait_ms);
	if (t->db == NULL)
		return -1;
	return db_prepare_readers(t->db, &prefetch_statements);
}

static void *
run_prefetch(void *arg)
{
	struct prefetch_thread *t = arg;
	struct prefetch *p = t->of;
	int i;

	if (t->db == NULL && open_thread(t) == -1)
		t->failed = 1;
	while (!t->failed && !atomic_load(&p->stop)) {
		i = atomic_fetch_add(&p->next, 1);
		if (!ahead_wait(p->ahead, i))
			break;
		if (i > atomic_load(&p->applied) &&
		    look_at_delivery(p, t->db, i) == -1)
			t->failed = 1;
	}
	return NULL;
}

/* Signals are for the thread that works. */
static void
begin_thread_prefetch(struct prefetch_thread *t)
{
	sigset_t all, before;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	t->runs = pthread_create(&t->thread, NULL, run_prefetch, t) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* Pages that the process has had from the disk. */
static int64_t
reads(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_SELF, &usage) == -1 ? 0
						    : usage.ru_inblock / BLOCKS;
}

void
prefetch_begin(struct prefetch *p, struct ahead *ahead, int n,
    const struct event *(*events)(void *arg, int i, size_t *n), void *arg)
{
	int64_t now = reads(), some = now - p->reads;

	p->reads = now;
	if (!p->always && some * SELDOM < n)
		return;
	p->ahead = ahead;
	p->events = events;
	p->arg = arg;
	atomic_store(&p->next, 1);
	atomic_store(&p->applied, 0);
	atomic_store(&p->stop, 0);
	for (int i = 0; i < PREFETCH_THREADS; i++) {
		p->threads[i].of = p;
		if (!p->threads[i].failed)
			begin_thread_prefetch(&p->threads[i]);
	}
}

void
prefetch_at(struct prefetch *p, int i)
{
	atomic_store(&p->applied, i);
}

void
prefetch_end(struct prefetch *p)
{
	atomic_store(&p->stop, 1);
	for (int i = 0; i < PREFETCH_THREADS; i++) {
		if (p->threads[i].runs)
			pthread_join(p->threads[i].thread, NULL);
		p->threads[i].runs = 0;
	}
}

void
prefetch_rest(struct prefetch *p)
{
	for (int i = 0; p != NULL && i < PREFETCH_THREADS; i++) {
		db_close(p->threads[i].db);
		p->threads[i].db = NULL;
		p->threads[i].failed = 0;
	}
}
