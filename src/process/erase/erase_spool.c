/*
 * The raw copies of deliveries, in the spool.  One that says nothing of the
 * person stays byte by byte.  Those that wait to be applied are behind where
 * this begins; what is held there could not be applied, and loses what is the
 * person's all the same.  An event that is not there any more afterwards was
 * the person's: it is remembered by its hash, should it be delivered again.
 */
#include <string.h>

#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "whatsapp/delivery.h"
#include "whatsapp/event.h"
#include "whatsapp/redact.h"

#include "spool/spool.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"
#include "inbox/erasure/tombstone.h"
#include "inbox/node/delivery_state.h"

#include "process/erase/erase_rows.h"

#define AT_ONCE	  100	    /* deliveries */
#define BYTES_MAX (1 << 20) /* of bodies */

/* 1 when it may be worth reading: not each has to be parsed. */
static int
may_name(const struct person *p, const struct spool_delivery *d)
{
	static const char escape[] = "\\u00";

	for (int i = 0; i < p->n_ids; i++)
		if (memmem(d->body, d->body_len, p->ids[i],
			strlen(p->ids[i])) != NULL)
			return 1;
	/* A digit may be written otherwise; a message may name nobody. */
	return memmem(d->body, d->body_len, escape, strlen(escape)) != NULL ||
	       memmem(d->body, d->body_len, "wamid.", 6) != NULL;
}

static int
is_same_spool(const struct event *x, const struct event *y)
{
	const char *a[] = { x->wamid, x->target_wamid, x->content, x->raw,
		x->status };
	const char *b[] = { y->wamid, y->target_wamid, y->content, y->raw,
		y->status };

	for (size_t i = 0; i < sizeof(a) / sizeof(a[0]); i++)
		if ((a[i] == NULL) != (b[i] == NULL) ||
		    (a[i] != NULL && strcmp(a[i], b[i]) != 0))
			return 0;
	return x->kind == y->kind;
}

/* A transaction remembers so many; history has tens of thousands. */
static int
put_event(struct erase_work *w, const struct event *ev)
{
	if (db_written(w->db) > DB_STEP_MAX / 2 &&
	    (db_commit(w->db) == -1 || db_begin_step(w->db) == -1))
		return -1;
	return tombstone_put_event(w->db, w->job->workspace_id, ev, w->now);
}

/* What is left is in the order in which it was: the events in between are
 * remembered.  0, -1. */
static int
remember(struct erase_work *w, const struct spool_delivery *d, const char *body,
    size_t len)
{
	struct event *before, *after;
	size_t n_before, n_after, left = 0;
	const char *why;

	if (delivery_parse(w->pool, d->body, d->body_len, d->received_at,
		&before, &n_before, &why) == -1 ||
	    delivery_parse(w->pool, body, len, d->received_at, &after, &n_after,
		&why) == -1)
		return 0;
	for (size_t i = 0; i < n_before; i++)
		if (left < n_after && is_same_spool(&before[i], &after[left]))
			left++;
		else if (put_event(w, &before[i]) == -1)
			return -1;
	return 0;
}

/* What is left of D in *B: 1, 0 when it stays as it is. */
static int
rewrite(
    struct erase_work *w, const struct spool_delivery *d, struct spool_body *b)
{
	struct pool *pool = w->pool;
	char *out = NULL;
	size_t len = 0;
	int rc;

	if (!may_name(w->person, d))
		return 0;
	rc = redact_delivery(pool, d->body, d->body_len, w->redact, &out, &len);
	if (rc == -1) {
		/* Nobody can tell whose it is but by the ids in it. */
		for (int i = 0; i < w->person->n_ids; i++)
			if (memmem(d->body, d->body_len, w->person->ids[i],
				strlen(w->person->ids[i])) != NULL)
				rc = 1;
		out = pool_copy(pool, "{}");
		len = 2;
	}
	if (rc != 1)
		return 0;
	if (len == d->received_len) { /* its length says that it is another */
		out = pool_printf(pool, "%s ", out);
		len++;
	}
	*b = (struct spool_body){ d->id, out, len };
	return 1;
}

/* Which of them are to be rewritten, and all that goes is remembered: how many
 * bodies, -1.  *N becomes how many deliveries were looked at. */
static int
look_spool(struct erase_work *w, const struct spool_delivery *d, int *n,
    struct spool_body *bodies)
{
	int n_bodies = 0, rc = 0, i;

	if (db_begin_step(w->db) == -1)
		return -1;
	for (i = 0; i < *n && d[i].id <= w->job->delivery_id && rc != -1; i++) {
		if (!rewrite(w, &d[i], &bodies[n_bodies]))
			continue;
		rc = remember(
		    w, &d[i], bodies[n_bodies].body, bodies[n_bodies].len);
		if (rc != -1)
			rc = delivery_state_unknow(
			    w->db, spool_node(w->spool), d[i].id);
		n_bodies++;
	}
	*n = i;
	if (rc == -1) {
		db_rollback(w->db);
		return -1;
	}
	return db_commit(w->db) == -1 ? -1 : n_bodies;
}

/*
 * place: the last delivery that was looked at.  What goes is remembered on disk
 * before the spool loses it, and then the place: who is killed in between finds
 * nothing more to take out, and does not count it.
 */
int
erase_deliveries(struct erase_work *w)
{
	struct spool_body bodies[AT_ONCE];
	struct spool_delivery *d;
	int n = 0, n_bodies;

	if (spool_next(w->spool, w->pool, w->job->place, AT_ONCE, BYTES_MAX, &d,
		&n) == -1 ||
	    (n_bodies = look_spool(w, d, &n, bodies)) == -1 ||
	    spool_rewrite(w->spool, bodies, n_bodies) == -1 ||
	    db_begin_step(w->db) == -1)
		return -1;
	w->job->deliveries += n_bodies;
	if (n > 0) {
		w->job->place = d[n - 1].id;
		return erase_commit(w, 0, NULL);
	}
	return erase_commit(w, erasure_forget(w->db, w->job->id), "index");
}
