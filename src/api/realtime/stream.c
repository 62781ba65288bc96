/*
 * One event stream (stream.h).
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/fcgi/http_stream.h"
#include "lib/sql/db.h"

#include "inbox/workspace/change.h"

#include "session/session.h"

#include "api/action.h"
#include "api/realtime/changes.h"
#include "api/realtime/channel.h"
#include "api/realtime/connection_pool.h"
#include "api/realtime/realtime_presence.h"
#include "api/realtime/stream.h"

#define TICK_MS	    15000
#define CHECK_TICKS 2	  /* between looks at the token, while nothing is new */
#define CHECK_MS    1000  /* … and while there is news for it */
#define STUCK_MS    10000 /* who takes nothing for so long has gone */
#define BATCH	    100	  /* events */
#define BATCH_BYTES (256 * 1024)

static const char gone[] = "the client went away";
static const char lost[] = "the inbox cannot be read";

struct stream *
stream_new(const struct action *a, int64_t began_ms)
{
	struct stream *s = xcalloc(sizeof(*s));

	s->request = a->request;
	s->route = a->route;
	s->id = xstrdup(a->request->id);
	s->address = xstrdup(a->request->remote);
	s->began_ms = began_ms;
	s->who = (struct member){ .user_id = a->who.user_id,
		.workspace_id = a->who.workspace_id,
		.token_id = a->who.token_id,
		.name = xstrdup(a->who.name),
		.secret =
		    a->who.secret != NULL ? xstrdup(a->who.secret) : NULL };
	s->follower.user_id = a->who.user_id;
	s->follower.hears = 1;
	return s;
}

void
stream_free(struct stream *s)
{
	free((char *)(uintptr_t)s->id);
	free((char *)(uintptr_t)s->address);
	free((char *)(uintptr_t)s->who.name);
	free((char *)(uintptr_t)s->who.secret);
	free(s);
}

/* The client has yet to take LEFT bytes. */
static const char *
note_left(struct stream *s, long left)
{
	int64_t now_ms = clock_ticks_ms();

	if (left == -1)
		return gone;
	if (left > 0 && left == s->left)
		return now_ms < s->stuck_ms ? NULL : gone;
	s->left = left;
	s->stuck_ms = now_ms + STUCK_MS;
	return NULL;
}

static const char *
write_stream(struct stream *s, const char *text, size_t len)
{
	return note_left(s, http_write(s->request, text, len));
}

/*
 * How soon a client comes back, and its place, so that nothing is missed
 * although no event came before.  An id alone would do by the standard, but
 * half of the clients outside of browsers forget one without data.  No
 * empty line stands behind it, since it is no event: fetch-event-source would
 * hand over an empty one.
 */
static void
greet(struct stream *s)
{
	char text[128];
	int n = s->resumed ? snprintf(text, sizeof(text), "retry: 1000\n")
			   : snprintf(text, sizeof(text),
				 "retry: 1000\nevent: ready\n"
				 "data: {\"last_seq\":%" PRId64 "}\n"
				 "id: %" PRId64 "\n\n",
				 s->after, s->after);

	write_stream(s, text, (size_t)n);
}

static const char *
check_token(struct stream *s)
{
	struct pool *pool = pool_new();
	struct session *m = connection_pool_take(s->connections);
	struct member now;
	int rc = session_return(m, pool, &s->who, clock_now(), &now);

	connection_pool_give(s->connections, m);
	pool_free(pool);
	s->checked_ms = clock_ticks_ms();
	s->has_read = 1;
	if (rc == -1)
		return lost;
	return rc == 0 ? "the token is no longer valid" : NULL;
}

/* A comment, without an empty line: see greet. */
static const char *
tick(struct stream *s, int64_t now_ms)
{
	const char *why;

	s->tick_ms = now_ms + TICK_MS;
	if (!http_listens(s->request))
		return gone;
	why = write_stream(s, ":\n", 2);
	if (why == NULL && ++s->ticks % CHECK_TICKS == 0)
		why = check_token(s);
	return why;
}

static const char *
pass_on(struct stream *s)
{
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };
	const char *why = NULL;

	channel_next(&s->follower, &b);
	if (b.len > 0)
		why = write_stream(s, b.s, b.len);
	pool_free(pool);
	return why;
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
catch_up(struct stream *s)
{
	int64_t after = s->follower.after;
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };
	struct session *m = connection_pool_take(s->connections);
	struct action a = { .pool = pool, .session = m, .now = clock_now() };
	const char *why = NULL;
	int rc;

	session_serve_member(m, &s->who);
	rc = session_begin_read(a.session);
	if (rc == 0)
		rc = read_on(&a, &after, &b);
	session_end_read(a.session);
	connection_pool_give(s->connections, m);
	if (rc == -1)
		why = lost;
	else if (b.len > 0)
		why = write_stream(s, b.s, b.len);
	channel_move(&s->follower, after);
	s->is_astray = 0;
	pool_free(pool);
	s->has_read = 1;
	return why;
}

/* There is news.  A client whose token or ticket has ended hears nothing
 * new. */
static const char *
give_news(struct stream *s, enum channel_answer news, int may_read)
{
	const char *why = NULL;
	int is_checked = clock_ticks_ms() - s->checked_ms < CHECK_MS;

	if (!may_read && (news == CHANNEL_BEHIND || !is_checked))
		return NULL;
	if (!is_checked)
		why = check_token(s);
	if (why == NULL)
		why = news == CHANNEL_BEHIND ? catch_up(s) : pass_on(s);
	return why;
}

const char *
stream_step(struct stream *s, int64_t now_ms, int may_read)
{
	enum channel_answer news = channel_look(&s->follower);
	const char *why = NULL;
	int was_ready = s->is_ready;

	s->is_ready = s->has_read = 0;
	if (news == CHANNEL_OVER)
		return "the program ends";
	if (news == CHANNEL_OUT)
		return "others have no place";
	if (s->is_astray)
		news = CHANNEL_BEHIND;
	if (was_ready && !http_listens(s->request))
		return gone;
	if (s->left > 0)
		why = note_left(s, http_flush(s->request));
	if (why == NULL && s->left == 0 && news != CHANNEL_QUIET)
		why = give_news(s, news, may_read);
	if (why == NULL && s->left == 0 && now_ms >= s->tick_ms)
		why = tick(s, now_ms);
	if (s->left > 0)
		s->due_ms = s->stuck_ms;
	else if (news != CHANNEL_QUIET) /* there may be more */
		s->due_ms = now_ms;
	else
		s->due_ms = s->tick_ms;
	return why;
}

void
stream_begin(struct stream *s)
{
	unsigned char dice;
	int64_t now_ms = clock_ticks_ms();

	/* A thousand that came back at once do not tick at once. */
	digest_random(&dice, 1);
	s->tick_ms = now_ms + TICK_MS / 3 + TICK_MS * dice / 384;
	s->checked_ms = s->due_ms = now_ms;
	s->is_astray = !change_reaches(0, s->last, s->after);
	channel_join(&s->follower, s->who.workspace_id, s->after, s->last);
	/* The first step looks whether anybody took it. */
	s->is_ready = 1;
	greet(s);
}

void
stream_end(struct stream *s)
{
	channel_leave(&s->follower);
	realtime_presence_left(&s->who);
	limiter_leave(s->limiter, &s->place);
}
