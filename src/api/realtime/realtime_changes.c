/*
 * Long poll: GET /changes waits until there is one.
 *
 * GET /changes, which may wait for there to be some.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/stack.h"
#include "lib/sql/db.h"

#include "api/action.h"
#include "api/input.h"
#include "api/realtime/change_poller.h"
#include "api/realtime/changes.h"
#include "api/realtime/channel.h"
#include "api/realtime/connection_pool.h"
#include "api/realtime/limiter.h"
#include "api/realtime/realtime_serve.h"
#include "api/reply.h"

#define WAIT_MAX 25 /* seconds; below nginx's patience */

/* "wait": 1, or 0 when a problem was replied. */
static int
read_wait(struct action *a, int64_t *seconds)
{
	const char *s = input_param(a, "wait");
	long long n = 0;

	if (s != NULL && (text_int(s, &n) == -1 || n < 0 || n > WAIT_MAX)) {
		input_bad(a, "wait", "is no number of seconds from 0 to 25");
		return 0;
	}
	*seconds = n;
	return 1;
}

static int
read_page(struct action *a, int wait, int64_t *after)
{
	int rc = session_begin_read(a->session);

	if (rc == 0)
		rc = changes_page(a, wait, after);
	session_end_read(a->session);
	return rc;
}

/* Sleeps until there is something after AFTER, without a connection: 1, or 0
 * when too many sleep already. */
static int
wait_for_news(
    struct realtime *r, struct action *a, int64_t after, int64_t seconds)
{
	struct follower f = { .user_id = a->who.user_id };
	struct limiter_place place = realtime_place(a, &f);
	int64_t until = clock_ticks_ms() + seconds * 1000;

	if (limiter_enter(r->waiting, &place) != LIMITER_OPEN)
		return 0;
	channel_join(&f, a->who.workspace_id, after, after);
	change_poller_nudge(r->watch);
	stack_release();
	channel_wait(&f, until);
	channel_leave(&f);
	limiter_leave(r->waiting, &place);
	return 1;
}

/* The connection is given back meanwhile: 1 and *M is one again, 0, -1. */
static int
wait_and_return(struct realtime *r, struct action *a, struct session **m,
    int64_t after, int64_t seconds)
{
	const struct member before = a->who;
	int rc;

	connection_pool_give(r->connections, *m);
	rc = wait_for_news(r, a, after, seconds);
	*m = connection_pool_take(r->connections);
	a->session = *m;
	if (rc == 0) {
		reply_header(a, "Retry-After", REALTIME_RETRY);
		reply_problem(a, REPLY_BUSY,
		    "Too many wait here already; ask again without wait.");
		return 0;
	}
	/* Half a minute has passed: perhaps it may not see this any more. */
	rc = session_return(*m, a->pool, &before, clock_now(), &a->who);
	if (rc == 0)
		reply_problem(
		    a, REPLY_UNAUTHORIZED, "The token is no longer valid.");
	return rc;
}

int
realtime_changes(struct realtime *r, struct action *a, struct session **m)
{
	int64_t seconds, after = 0;
	int rc;

	if (!read_wait(a, &seconds))
		return 0;
	rc = read_page(a, seconds > 0, &after);
	if (rc != 1)
		return rc;
	rc = wait_and_return(r, a, m, after, seconds);
	if (rc == 1)
		rc = read_page(a, 0, &after);
	return rc;
}
