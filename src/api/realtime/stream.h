#ifndef API_REALTIME_STREAM_H
#define API_REALTIME_STREAM_H

#include <sys/queue.h>

#include <stdint.h>

#include "session/member.h"

#include "api/realtime/channel.h"
#include "api/realtime/limiter.h"

struct action;
struct connection_pool;
struct http_request;

/*
 * One event stream, from its first byte to its end; the answer's head is out
 * (http_begin).  Sends what comes after AFTER, LAST being the newest there is;
 * a comment every 15 s, so that both sides notice when the other is gone; and
 * ends within a minute when the member's token is not good any more.
 *
 * It has no thread, and waits for nothing but the database: whoever has it
 * calls stream_step when it is due.
 */
struct stream {
	const struct http_request *request;
	const struct route *route;
	const char *id, *address; /* owned */
	int64_t began_ms;
	struct member who; /* owned; of its texts name and secret */
	struct connection_pool *connections;
	struct limiter *limiter;
	struct limiter_place place; /* in it */
	int64_t after, last;
	int resumed;   /* 0: it begins with what comes now */
	int is_astray; /* AFTER is none of ours: it hears where it is */
	struct follower follower; /* channel_let_go ends the stream */

	/* For whoever calls stream_step: not before then, unless there is news
	 * (channel_on_news) or the connection has some. */
	int64_t due_ms;
	int is_ready; /* it has: set by the caller */
	int has_read; /* the last step asked the database */
	long left;    /* bytes that the client has yet to take */

	int64_t stuck_ms; /* … some of them until then */
	int64_t tick_ms;
	int64_t checked_ms; /* the token was good */
	int ticks;

	TAILQ_ENTRY(stream) link; /* its owner's */
	int is_watched;		  /* … too */
};

/* Of the member who is signed in; owned.  After it LAST, AFTER, RESUMED, and
 * where it belongs are set. */
struct stream *stream_new(const struct action *, int64_t began_ms);
void stream_free(struct stream *);

/* Its first bytes. */
void stream_begin(struct stream *);
/* NULL, or why it ends, a few words for the log.  MAY_READ 0: another time,
 * when it would have to ask the database. */
const char *stream_step(struct stream *, int64_t now_ms, int may_read);
/* Leaves its place; others hear that the member went. */
void stream_end(struct stream *);

#endif
