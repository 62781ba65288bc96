/*
 * Redacts the raw copies of deliveries in the spool, up to the cursor.  A
 * delivery that says nothing of the person stays byte by byte.  One that is
 * held, since it could not be applied, is redacted, too.  An event that is
 * missing afterwards was the person's: it gets a tombstone, in case it is
 * delivered again.
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
#define BYTES_MAX (1 << 20) /* of bodies, also plain */

static int
says_id(const struct person *p, const struct spool_delivery *d)
{
	for (int i = 0; i < p->n_ids; i++)
		if (redact_may_name(d->body, d->body_len, p->ids[i]))
			return 1;
	return 0;
}

/* 1 when the delivery may name the person: the others need not be parsed. */
static int
may_name(const struct person *p, const struct spool_delivery *d)
{
	static const char escape[] = "\\u00";

	if (says_id(p, d))
		return 1;
	/* Digits may be escaped; a wamid encodes the account. */
	return memmem(d->body, d->body_len, escape, strlen(escape)) != NULL ||
	       memmem(d->body, d->body_len, "wamid.", 6) != NULL ||
	       memmem(d->body, d->body_len, "wacid.", 6) != NULL;
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

/* Adds a tombstone, in a new transaction when this one is full: history has
 * tens of thousands of events. */
static int
put_event(struct erase_work *w, const struct event *ev)
{
	if (db_written(w->db) > DB_STEP_MAX / 2 &&
	    (db_commit(w->db) == -1 || db_begin_step(w->db) == -1))
		return -1;
	return tombstone_put_event(w->db, w->job->workspace_id, ev, w->now);
}

/* Adds tombstones for the events that are missing in BODY, the redacted
 * delivery.  Its events have the same order as in D.  0, -1. */
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

/* Redacts RECEIVED into *B: 1; 0 when it stays as it is.  Adds to *BYTES what
 * it says when it is plain. */
static int
rewrite(struct erase_work *w, const struct spool_delivery *received,
    struct spool_body *b, size_t *bytes)
{
	struct spool_delivery plain = *received, *d = &plain;
	struct pool *pool = w->pool;
	const char *why;
	char *out = NULL;
	size_t len = 0;
	int rc;

	if (delivery_plain(pool, w->plain_max, &d->body, &d->body_len, &why) ==
	    -1) {
		log_warn("delivery=%lld is not searched for who is erased: %s",
		    (long long)d->id, why);
		*bytes += w->plain_max;
	} else
		*bytes += d->body_len;
	if (!may_name(w->person, d))
		return 0;
	rc = redact_delivery(pool, d->body, d->body_len, w->redact, &out, &len);
	if (rc == -1) {
		/* Not JSON: it is the person's when it contains an id. */
		rc = says_id(w->person, d);
		out = pool_copy(pool, "{}");
		len = 2;
	}
	if (rc != 1)
		return 0;
	if (len == d->received_len) { /* the length must differ: spool.h */
		out = pool_printf(pool, "%s ", out);
		len++;
	}
	*b = (struct spool_body){ d->id, out, len };
	return 1;
}

/* Finds the bodies to be rewritten, and adds their tombstones: how many, -1.
 * *N becomes the number of deliveries that were looked at. */
static int
look_spool(struct erase_work *w, const struct spool_delivery *d, int *n,
    struct spool_body *bodies)
{
	size_t bytes = 0;
	int n_bodies = 0, rc = 0, i;

	if (db_begin_step(w->db) == -1)
		return -1;
	for (i = 0; i < *n && d[i].id <= w->job->delivery_id && rc != -1 &&
		    bytes < BYTES_MAX;
	     i++) {
		if (!rewrite(w, &d[i], &bodies[n_bodies], &bytes))
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
 * The progress: place is the last delivery that was looked at.  Tombstones are
 * committed before the spool is rewritten, and the progress after it: a run
 * that was killed in between finds nothing more to redact, and only the count
 * of deliveries is too low.
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
