/*
 * /changes, /realtime and /presence: token, parameters, and a stream.
 */
#include <stddef.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/http_stream.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/change.h"

#include "api/action.h"
#include "api/input.h"
#include "api/origin.h"
#include "api/query.h"
#include "api/realtime/change_poller.h"
#include "api/realtime/changes.h"
#include "api/realtime/connection_pool.h"
#include "api/realtime/limiter.h"
#include "api/realtime/realtime_presence.h"
#include "api/realtime/realtime_serve.h"
#include "api/realtime/stream.h"
#include "api/realtime/stream_loop.h"
#include "api/reply.h"
#include "api/route.h"
#include "api/serve.h"

#define BODY_MAX 1024
#define BODY_MS	 10000

const struct statements realtime_statements = {
	.also = STATEMENTS(&change_statements, &changes_statements)
};

static const struct route routes[] = {
	{ "GET", "/api/v1/changes", NULL, ROUTE_AGENT, "after limit wait", "",
	    0 },
	{ "GET", "/api/v1/realtime", NULL, ROUTE_AGENT,
	    "last_event_id lastEventId ticket", "", 0 },
	{ "GET", "/api/v1/presence", realtime_presence_list, ROUTE_AGENT, "",
	    "", 0 },
	{ "PUT", "/api/v1/presence", realtime_presence_put, ROUTE_AGENT, "",
	    "conversation_id state", 0 },
};
#define N_ROUTES (sizeof(routes) / sizeof(routes[0]))

static const struct route *const stream_route = &routes[1];

/* A page cannot give a stream a header: it asks by a ticket. */
static const char *
ticket_of(const struct action *a)
{
	if (a->route != stream_route ||
	    http_header(a->request, "Authorization") != NULL)
		return NULL;
	return query_sent(a->query, "ticket");
}

/* A short body, which is here at once: nginx hands over whole ones.  1; 0: it
 * comes, or a problem was replied. */
static int
read_body(struct action *a)
{
	struct http_receive how = { .ms = BODY_MS };

	if (a->request->length <= BODY_MAX && !http_whole(a->request)) {
		a->comes = http_receive(a->request, &how) == 0;
		if (!a->comes)
			reply_problem(a, REPLY_BUSY,
			    "Too many requests come at this moment.");
		return 0;
	}
	return input_body(a);
}

/* Who asks, and what: 1, or 0 when a problem was replied, -1. */
static int
let_in(struct action *a, struct session *m)
{
	int rc;

	const char *allow = "GET, HEAD";

	for (size_t i = 0; i < N_ROUTES; i++) {
		if (!text_is(a->request->path, routes[i].path))
			continue;
		if (text_is(routes[i].method, "PUT"))
			allow = "GET, HEAD, PUT";
		if (a->route == NULL ||
		    text_is(a->request->method, routes[i].method))
			a->route = &routes[i];
	}
	if (a->route != NULL)
		a->query =
		    query_parse(a->pool, a->request->query, a->route->params);
	rc = serve_sign_in(a, m, ticket_of(a),
	    "A valid token is needed: Authorization: Bearer TOKEN, or a ticket"
	    " that was not used yet.");
	if (rc != 1)
		return rc;
	if (a->route == NULL) {
		reply_not_found(a);
		return 0;
	}
	if (!text_is(a->request->method, a->route->method))
		return reply_only(a, allow);
	return input_params(a) && (a->route->fields[0] == '\0' || read_body(a));
}

/* Where the client was; -1 is nowhere that there is, which resets it. */
static void
read_place(struct action *a, struct stream *s)
{
	const char *id = http_header(a->request, "Last-Event-ID");
	long long n = 0;

	if (id == NULL || *id == '\0')
		id = input_param(a, "last_event_id");
	if (id == NULL)
		id = input_param(a, "lastEventId"); /* event-source-polyfill */
	s->resumed = id != NULL;
	s->after = s->last;
	if (id != NULL)
		s->after = text_int(id, &n) == -1 || n < 0 ? -1 : n;
}

static void
turn_away(struct action *a, enum limiter_answer why)
{
	reply_header(a, "Retry-After", REALTIME_RETRY);
	if (why == LIMITER_FULL)
		reply_problem(a, REPLY_BUSY,
		    "All streams are taken, and you have your share; "
		    "/changes?wait= says the same.");
	else
		reply_problem(a, REPLY_TOO_MANY_STREAMS,
		    "This address has as many streams as one may have.");
}

/* A place for it, and the answer's head: 1, or 0 when that was all. */
static int
open_stream(struct action *a, struct stream *s)
{
	enum limiter_answer in;

	s->place = realtime_place(a, &s->follower);
	s->place.address = s->address;
	in = limiter_enter(s->limiter, &s->place);
	if (in != LIMITER_OPEN) {
		turn_away(a, in);
		return 0;
	}
	a->answer->type = "text/event-stream";
	if (!a->request->head) {
		reply_header(a, "X-Accel-Buffering", "no");
		if (http_begin(a->request, a->answer) == 0)
			return 1;
	}
	limiter_leave(s->limiter, &s->place);
	return 0;
}

/* Gives the connection back: a stream has none of its own. */
static int
serve_stream(
    struct realtime *r, struct action *a, struct session **m, int64_t began_ms)
{
	struct stream *s = stream_new(a, began_ms);
	int64_t first;

	if (change_range(a->session, &first, &s->last) == -1) {
		stream_free(s);
		return -1;
	}
	connection_pool_give(r->connections, *m);
	*m = NULL;
	s->connections = r->connections;
	s->limiter = r->streams;
	read_place(a, s);
	if (!open_stream(a, s)) {
		stream_free(s);
		return 0;
	}
	stream_begin(s);
	change_poller_nudge(r->watch);
	a->comes = http_socket(a->request) != -1;
	if (a->comes)
		stream_loop_add(r->loop, s);
	else
		stream_loop_alone(s);
	return 0;
}

static void
serve(struct realtime *r, struct action *a, int64_t began_ms)
{
	struct session *m = connection_pool_take(r->connections);
	int rc;

	a->session = m;
	rc = let_in(a, m);
	if (rc == 1)
		rc = a->route == stream_route ? serve_stream(r, a, &m, began_ms)
		     : a->route->handler != NULL ? a->route->handler(a)
						 : realtime_changes(r, a, &m);
	if (rc == -1)
		serve_fail(a, session_error(a->session), REALTIME_RETRY);
	if (m != NULL)
		connection_pool_give(r->connections, m);
}

void
realtime_serve(struct realtime *r, const struct http_request *request,
    struct http_answer *answer, int64_t now)
{
	int64_t began = clock_ticks_ms();
	struct action a = { .pool = request->pool,
		.request = request,
		.answer = answer,
		.config = r->config,
		.now = now };

	serve_begin(&a);
	origin_share(&a);
	if (!origin_preflight(&a))
		serve(r, &a, began);
	/* No web server asks so: somebody looks whether we are there. */
	if (!a.comes && !request->auth_request)
		serve_log(&a, began);
}
