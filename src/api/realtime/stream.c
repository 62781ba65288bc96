/*
 * One event stream.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http_stream.h"
#include "lib/fcgi/stack.h"
#include "lib/sql/db.h"

#include "inbox/workspace/change.h"

#include "session/session.h"

#include "api/action.h"
#include "api/realtime/change_poller.h"
#include "api/realtime/changes.h"
#include "api/realtime/channel.h"
#include "api/realtime/connection_pool.h"
#include "api/realtime/presence.h"
#include "api/realtime/realtime_presence.h"
#include "api/realtime/stream.h"

#define TICK_MS	    15000
#define LISTEN_MS   2000 /* looks whether the client is there, in between */
#define CHECK_TICKS 2	 /* between looks at the token, while nothing is new */
#define CHECK_MS    1000 /* … and while there is news for it */
#define BATCH	    100	 /* events */
#define BATCH_BYTES (256 * 1024)

struct life {
	struct stream *stream;
	int64_t tick_ms;
	int64_t checked_ms; /* the token was good */
	int ticks;
	int is_deep; /* the database was asked: stack_release */
};

static const char gone[] = "the client went away";
static const char lost[] = "the inbox cannot be read";

/*
 * How soon a client comes back, and its place, so that nothing is missed
 * although no event came before.  An id alone would do by the standard, but
 * half of the clients outside of browsers forget one without data.  No
 * empty line stands behind it, since it is no event: fetch-event-source would
 * hand over an empty one.
 */
static const char *
greet(struct life *l)
{
	int64_t after = l->stream->after;
	char text[128];
	int n = l->stream->resumed
		    ? snprintf(text, sizeof(text), "retry: 1000\n")
		    : snprintf(text, sizeof(text),
			  "retry: 1000\nevent: ready\n"
			  "data: {\"last_seq\":%" PRId64 "}\n"
			  "id: %" PRId64 "\n\n",
			  after, after);

	return http_write(l->stream->request, text, (size_t)n) == -1 ? gone
								     : NULL;
}

static const char *
check_token(struct life *l)
{
	const struct member *who = l->stream->who;
	struct pool *pool = pool_new();
	struct session *m = connection_pool_take(l->stream->connections);
	struct member now;
	int rc = session_return(m, pool, who->token_id, clock_now(), &now);

	connection_pool_give(l->stream->connections, m);
	pool_free(pool);
	l->checked_ms = clock_ticks_ms();
	l->is_deep = 1;
	if (rc == -1)
		return lost;
	return rc == 0 ? "the token is no longer valid" : NULL;
}

/* A comment, without an empty line: see greet. */
static const char *
tick(struct life *l)
{
	l->tick_ms = clock_ticks_ms() + TICK_MS;
	if (!http_listens(l->stream->request) ||
	    http_write(l->stream->request, ":\n", 2) == -1)
		return gone;
	if (++l->ticks % CHECK_TICKS == 0)
		return check_token(l);
	return NULL;
}

static const char *
pass_on(struct life *l)
{
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };
	int rc = 0;

	channel_next(&l->stream->follower, &b);
	if (b.len > 0)
		rc = http_write(l->stream->request, b.s, b.len);
	pool_free(pool);
	return rc == -1 ? gone : NULL;
}

/* What comes after *AFTER, which moves on: 0, -1. */
static int
read_on(struct action *a, int64_t *after, struct buf *b)
{
	struct change changes[BATCH];
	int64_t first, last;
	int n;

	if (change_range(a->session, &first, &last) == -1)
		return -1;
	if (!change_reaches(first, last, *after)) {
		changes_reset(b, last);
		*after = last;
		return 0;
	}
	n = change_read(a->session, a->pool, *after, changes, BATCH);
	for (int i = 0; i < n && b->len < BATCH_BYTES; i++) {
		if (changes[i].type != NULL &&
		    changes_event(a, &changes[i], b) == -1)
			return -1;
		*after = changes[i].seq;
	}
	return n == -1 ? -1 : 0;
}

static const char *
catch_up(struct life *l)
{
	const struct member *who = l->stream->who;
	int64_t after = l->stream->follower.after;
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };
	struct session *m = connection_pool_take(l->stream->connections);
	struct action a = { .pool = pool, .session = m, .now = clock_now() };
	const char *why = NULL;
	int rc;

	session_serve(m, who->workspace_id, who->user_id);
	rc = session_begin_read(a.session);
	if (rc == 0)
		rc = read_on(&a, &after, &b);
	session_end_read(a.session);
	connection_pool_give(l->stream->connections, m);
	if (rc == -1)
		why = lost;
	else if (b.len > 0 && http_write(l->stream->request, b.s, b.len) == -1)
		why = gone;
	channel_move(&l->stream->follower, after);
	pool_free(pool);
	l->is_deep = 1;
	return why;
}

/* A client whose token or ticket has ended hears nothing new. */
static const char *
check_before_news(struct life *l)
{
	return clock_ticks_ms() - l->checked_ms < CHECK_MS ? NULL
							   : check_token(l);
}

/* Of a member who is somewhere it is seen soon that he went (presence.h). */
static int64_t
wait_until(const struct life *l)
{
	const struct member *who = l->stream->who;
	int64_t now_ms = clock_ticks_ms();

	return now_ms + LISTEN_MS < l->tick_ms &&
		       presence_has(who->workspace_id, who->user_id, now_ms)
		   ? now_ms + LISTEN_MS
		   : l->tick_ms;
}

/* A thousand streams wait, each in a thread of its own. */
static enum channel_answer
wait_for_news(struct life *l)
{
	if (l->is_deep)
		stack_release();
	l->is_deep = 0;
	return channel_wait(&l->stream->follower, wait_until(l));
}

static const char *
follow(struct life *l)
{
	const char *why = greet(l);

	if (why == NULL &&
	    !change_reaches(0, l->stream->last, l->stream->after))
		why = catch_up(l);
	while (why == NULL) {
		switch (wait_for_news(l)) {
		case CHANNEL_OVER:
			return "the program ends";
		case CHANNEL_OUT:
			return "others have no place";
		case CHANNEL_NEWS:
			if ((why = check_before_news(l)) == NULL)
				why = pass_on(l);
			break;
		case CHANNEL_BEHIND:
			if ((why = check_before_news(l)) == NULL)
				why = catch_up(l);
			break;
		case CHANNEL_QUIET:
			if (!http_listens(l->stream->request))
				why = gone;
			break;
		}
		if (why == NULL && clock_ticks_ms() >= l->tick_ms)
			why = tick(l);
	}
	return why;
}

const char *
stream_serve(struct stream *s)
{
	struct life l = { .stream = s, .is_deep = 1 };
	unsigned char dice;
	const char *why;

	/* A thousand that came back at once do not tick at once. */
	digest_random(&dice, 1);
	l.tick_ms = clock_ticks_ms() + TICK_MS / 3 + TICK_MS * dice / 384;
	l.checked_ms = clock_ticks_ms();
	s->follower.user_id = s->who->user_id;
	s->follower.hears = 1;
	channel_join(&s->follower, s->who->workspace_id, s->after, s->last);
	change_poller_nudge(s->watch);
	why = follow(&l);
	channel_leave(&s->follower);
	realtime_presence_left(s->who);
	return why;
}
