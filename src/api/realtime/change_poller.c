/*
 * The thread that looks what is new.
 */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/workspace/change.h"

#include "session/session.h"

#include "api/action.h"
#include "api/realtime/change_poller.h"
#include "api/realtime/changes.h"
#include "api/realtime/channel.h"
#include "api/realtime/connection_pool.h"

#define POLL_MS	  1000 /* should a wake-up be lost */
#define ROOM_MS	  20   /* until followers have taken what there is */
#define BATCH	  100  /* events of one workspace at a time */
#define STACK_LEN (256 * 1024)

struct change_poller {
	struct notify *wake, *nudge;
	struct connection_pool *connections, *streams;
	struct pool *pool;
	pthread_t thread;
	atomic_int over;
};

/* In memory of its own: a hundred long ones would be a gigabyte.  What is a
 * member's own is read as he sees it. */
static int
write_one(
    const struct action *all, int64_t workspace_id, const struct change *change)
{
	struct pool *pool = pool_new();
	struct action a = {
		.pool = pool, .session = all->session, .now = all->now
	};
	struct buf b = { .pool = pool };
	int rc;

	session_serve(a.session, workspace_id, change->user_id);
	rc = changes_event(&a, change, &b);
	session_serve(a.session, workspace_id, 0);
	if (rc == 0)
		channel_put(
		    workspace_id, change->seq, change->user_id, b.s, b.len);
	pool_free(pool);
	return rc;
}

/* Writes down what comes after AFTER: how many, -1. */
static int
write_down(struct action *a, int64_t workspace_id, int64_t after)
{
	struct change changes[BATCH];
	int n = change_read(a->session, a->pool, after, changes, BATCH);

	for (int i = 0; i < n; i++)
		if (write_one(a, workspace_id, &changes[i]) == -1)
			return -1;
	return n;
}

/* One workspace: 1 when there is more to do soon, 0, -1. */
static int
look_poller(struct action *a, const struct channel_state *c)
{
	int64_t first, last;
	int n;

	if (!channel_has_room(c->workspace_id))
		return 1;
	if (change_range(a->session, &first, &last) == -1)
		return -1;
	if (last <= c->last)
		return 0;
	if (!change_reaches(first, last, c->last)) {
		channel_skip(c->workspace_id, last);
		channel_announce(c->workspace_id);
		return 0;
	}
	n = write_down(a, c->workspace_id, c->last);
	channel_announce(c->workspace_id);
	return n == -1 ? -1 : n == BATCH;
}

/* Every workspace once: 1 when there is more to do soon, 0, -1. */
static int
look_around(struct change_poller *w)
{
	struct channel_state *list;
	size_t n = channel_list(w->pool, &list);
	struct session *m;
	int more = 0, rc = 0;

	if (n == 0)
		return 0;
	m = connection_pool_take(w->connections);
	for (size_t i = 0; i < n && rc != -1 && !w->over; i++) {
		struct pool *pool = pool_new();
		struct action a = {
			.pool = pool, .session = m, .now = clock_now()
		};

		session_serve(m, list[i].workspace_id, 0);
		rc = session_begin_read(a.session);
		if (rc == 0)
			rc = look_poller(&a, &list[i]);
		session_end_read(a.session);
		more |= rc == 1;
		pool_free(pool);
	}
	connection_pool_give(w->connections, m);
	return rc == -1 ? -1 : more;
}

static void *
run_poller(void *watch)
{
	struct change_poller *w = watch;

	while (!w->over) {
		int rc = look_around(w);

		pool_reset(w->pool);
		if (rc == -1) {
			/* A database that was lost does not come back here:
			 * whoever watches over the program starts it anew. */
			log_warn("the inbox cannot be read");
			kill(getpid(), SIGTERM);
			return NULL;
		}
		if (notify_wait(w->wake, rc == 1 ? ROOM_MS : POLL_MS) == 0 &&
		    rc == 0) {
			connection_pool_rest(w->connections);
			connection_pool_rest(w->streams);
		}
	}
	return NULL;
}

struct change_poller *
change_poller_begin(const char *path, struct connection_pool *own,
    struct connection_pool *streams)
{
	struct change_poller *w = xcalloc(sizeof(*w));
	pthread_attr_t attr;
	sigset_t all, before;

	w->connections = own;
	w->streams = streams;
	w->pool = pool_new();
	w->wake = notify_listen(path, (gid_t)-1);
	w->nudge = notify_open(path);
	if (w->wake == NULL || w->nudge == NULL)
		return NULL;
	/* Signals are for the main thread. */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_LEN);
	if (pthread_create(&w->thread, &attr, run_poller, w) != 0) {
		log_warn("cannot start the watcher");
		return NULL;
	}
	pthread_attr_destroy(&attr);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return w;
}

void
change_poller_nudge(struct change_poller *w)
{
	notify_send(w->nudge);
}

void
change_poller_end(struct change_poller *w)
{
	if (w == NULL)
		return;
	w->over = 1;
	change_poller_nudge(w);
	pthread_join(w->thread, NULL);
	notify_close(w->wake);
	notify_close(w->nudge);
	pool_free(w->pool);
	free(w);
}
