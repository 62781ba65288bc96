/*
 * Runs broadcasts: how many go when.  What goes to whom is
 * inbox/broadcast/broadcast_send.c.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/statements.h"

#include "inbox/broadcast/broadcast_due.h"
#include "inbox/broadcast/broadcast_follow.h"
#include "inbox/broadcast/broadcast_send.h"

#include "process/broadcast_run.h"

#define IDLE_MS	  1000 /* between looks, when nothing is under way */
#define LOOK_MS	  100  /* … and else */
#define FAILED_MS 10000
#define ONE	  60000 /* budget of a message: ms of a minute */

const struct statements broadcast_run_statements = {
	.also =
	    STATEMENTS(&broadcast_due_statements, &broadcast_follow_statements),
};

/* The pace of DUE, which begins with one message. */
static struct broadcast_pace *
find_pace(struct broadcast_run *x, const struct broadcast_due *due, int64_t ms)
{
	struct broadcast_pace *oldest = &x->pace[0];

	for (int i = 0; i < BROADCAST_RUN_MAX; i++) {
		if (x->pace[i].id == due->id)
			return &x->pace[i];
		if (x->pace[i].filled_ms < oldest->filled_ms)
			oldest = &x->pace[i];
	}
	*oldest = (struct broadcast_pace){
		.id = due->id, .filled_ms = ms, .budget = ONE
	};
	return oldest;
}

/* How many may go now: no second's worth more than a second has. */
static int
fill_pace(struct broadcast_pace *p, int64_t per_minute, int64_t ms)
{
	int64_t most = per_minute * 1000, passed = ms - p->filled_ms;

	if (most < ONE)
		most = ONE;
	p->filled_ms = ms;
	p->budget += (passed < 60000 ? passed : 60000) * per_minute;
	if (p->budget > most)
		p->budget = most;
	return (int)(p->budget / ONE);
}

/* A step of one: 1, 0, -1. */
static int
step_one(struct broadcast_run *x, const struct broadcast_due *due, int64_t ms,
    int64_t now)
{
	struct broadcast_pace *p = find_pace(x, due, ms);
	int n = fill_pace(p, due->per_minute, ms), more;

	n = broadcast_send_step(x->session, x->pool, due, n, now, &more);
	pool_reset(x->pool);
	if (n == -1)
		return -1;
	p->budget -= (int64_t)n * ONE;
	if (more)
		x->look_ms = ms;
	return n > 0 || more;
}

/* A connection for as long as there are broadcasts: 0, -1. */
static int
connect_run(struct broadcast_run *x)
{
	if (x->session != NULL)
		return 0;
	x->session = broadcast_send_open(x->path, x->wait_ms);
	if (x->session == NULL)
		return -1;
	x->pool = pool_new();
	return 0;
}

void
broadcast_run_close(struct broadcast_run *x)
{
	broadcast_send_close(x->session);
	pool_free(x->pool);
	x->session = NULL;
	x->pool = NULL;
}

/* 1, 0, -1. */
static int
step_all(struct broadcast_run *x, int64_t ms, int64_t now)
{
	struct broadcast_due due[BROADCAST_RUN_MAX];
	int n = broadcast_due_list(x->db, now, due, BROADCAST_RUN_MAX);
	int followed = broadcast_follow_step(x->db, now), done = 0, rc;

	if (n == -1 || followed == -1)
		return -1;
	x->wake_ms = n > 0 ? LOOK_MS : -1;
	x->look_ms = ms + (n > 0 ? LOOK_MS : IDLE_MS);
	if (n == 0)
		broadcast_run_close(x);
	else if (connect_run(x) == -1)
		return -1;
	for (int i = 0; i < n; i++) {
		rc = step_one(x, &due[i], ms, now);
		if (rc == -1)
			return -1;
		done |= rc;
	}
	if (followed)
		x->look_ms = ms;
	return done || followed;
}

int
broadcast_run_step(struct broadcast_run *x, int64_t now)
{
	int64_t ms = clock_ticks_ms();
	int rc;

	if (ms < x->look_ms)
		return 0;
	rc = step_all(x, ms, now);
	if (rc == -1) {
		log_warn("broadcasts wait: the inbox cannot be written");
		x->look_ms = ms + FAILED_MS;
		x->wake_ms = -1;
	}
	return rc;
}
