/*
 * Deletes old raw copies: a walk through the spool, by id, which asks the inbox
 * whether a delivery is held.  Held ones are passed, however many there are.
 * The next round begins after those in front, which are looked at only every
 * FROM_START rounds.
 */
#include "lib/sql/db.h"

#include "spool/spool.h"

#include "inbox/node/delivery_state.h"

#include "process/retain/retain.h"

#define LOOK	   1000 /* rows looked at in a step */
#define STEP	   200	/* rows deleted in a step */
#define FROM_START 60	/* every so many rounds from the beginning */

/*
 * May it be deleted?  1, 0, -1.  A delivery from the future came while the
 * clock was ahead: it stays until then, and the walk goes on after it.
 */
static int
may_go(
    struct retain *r, const struct spool_age *age, int64_t older, int64_t now)
{
	int held;

	if (age->received_at >= older ||
	    (age->received_at > now && older != INT64_MAX))
		return 0;
	held = delivery_state_is_held(r->db, spool_node(r->spool), age->id);
	return held == -1 ? -1 : !held;
}

/* Ends a round: the next one begins at the first delivery that is too young. */
static void
turn_back(struct retain_walk *w)
{
	if (!w->found)
		w->from = w->after;
	w->found = 0;
	if (++w->rounds % FROM_START == 0)
		w->from = 0;
	w->after = w->from;
}

/* Looks at N deliveries, and puts those that may be deleted in IDS: how
 * many, -1.  *END: 1 when all that follow are younger. */
static int
look_spool(struct retain *r, const struct spool_age *ages, int n, int64_t older,
    int64_t now, int64_t ids[STEP], int *end)
{
	struct retain_walk *w = &r->walk;
	int n_ids = 0;

	*end = n < LOOK;
	for (int i = 0; i < n; i++) {
		int young = ages[i].received_at >= older, rc;

		if ((young && ages[i].received_at <= now) || n_ids == STEP) {
			*end = n_ids < STEP;
			break;
		}
		if ((rc = may_go(r, &ages[i], older, now)) == -1)
			return -1;
		if (rc == 1)
			ids[n_ids++] = ages[i].id;
		/* All before here is held, or deleted. */
		if (young && !w->found) {
			w->found = 1;
			w->from = w->after;
		}
		w->after = ages[i].id;
	}
	return n_ids;
}

int
retain_spool(struct retain *r, int64_t older, int64_t now)
{
	struct spool_age ages[LOOK];
	int64_t upto, last, ids[STEP];
	int n, n_ids, end;

	if (delivery_state_cursor(r->db, spool_node(r->spool), &upto, NULL) ==
		-1 ||
	    spool_last(r->spool, &last) == -1)
		return -1;
	/* The delivery at the cursor stays, since its fingerprint identifies
	 * the spool; and so does the newest. */
	upto = upto < last ? upto - 1 : last - 1;
	n = spool_ages(r->spool, r->walk.after, upto, LOOK, ages);
	if (n == -1)
		return -1;
	n_ids = look_spool(r, ages, n, older, now, ids, &end);
	if (n_ids == -1 || spool_delete(r->spool, ids, n_ids) == -1) {
		r->walk = (struct retain_walk){ 0 };
		return -1;
	}
	if (end)
		turn_back(&r->walk);
	return !end;
}
