#ifndef API_REALTIME_REALTIME_SERVE_H
#define API_REALTIME_REALTIME_SERVE_H

#include <stddef.h>
#include <stdint.h>

#include "session/session.h"

struct config;
struct limiter;
struct http_answer;
struct http_request;
struct connection_pool;
struct change_poller;
struct stream_loop;

/*
 * GET /changes and GET /realtime, and /presence, which it says to streams.
 * They may take long, so they have a program of their own: a thread for who
 * waits for changes, one for all streams, connections only while they read.
 */
struct realtime {
	const struct config *config;
	struct connection_pool *connections;
	struct change_poller *watch;
	struct stream_loop *loop;
	struct limiter *streams;
	struct limiter *waiting; /* /changes?wait= */
};

/* Serves one request, from its token to its log line. */
void realtime_serve(struct realtime *, const struct http_request *,
    struct http_answer *, int64_t now);

/* GET /changes of the member who is signed in; *M is given back while it
 * waits.  0, or -1 when the database failed.  realtime_changes.c. */
struct action;
int realtime_changes(struct realtime *, struct action *, struct session **m);

/* A place in a limiter for the member who is signed in; when it is taken away F
 * is let go. */
struct follower;
struct limiter_place realtime_place(const struct action *, struct follower *f);

#define REALTIME_RETRY "5" /* seconds: Retry-After */

/* All statements that are run, for connection_pool_open. */
extern const struct statements realtime_statements;

#endif
