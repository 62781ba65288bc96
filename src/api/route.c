/*
 * The way of a request: token, route, parameters, body, transaction, handler.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/notify.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"
#include "lib/sql/db.h"

#include "session/file_address.h"
#include "session/session_cache.h"

#include "api/action.h"
#include "api/body_quota.h"
#include "api/idempotency.h"
#include "api/input.h"
#include "api/origin.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/route.h"
#include "api/search_turn.h"
#include "api/serve.h"

#define RETRY_AFTER "1"	  /* seconds */
#define BODY_MS	    60000 /* for a body that does not come at once */
#define TURN_MS	    500	  /* for a search that others go before */

static struct notify *processor;

void
route_wakes(struct notify *wake)
{
	processor = wake;
}

static enum route_role
role_of(const struct member *who)
{
	if (text_is(who->role, "owner"))
		return ROUTE_OWNER;
	return text_is(who->role, "admin") ? ROUTE_ADMIN : ROUTE_AGENT;
}

static int
may(struct action *a)
{
	if (role_of(&a->who) >= a->route->role)
		return 1;
	reply_problem(a, REPLY_FORBIDDEN,
	    "Your role in this workspace does not allow that.");
	return 0;
}

static int
find_route(struct action *a, const struct route *table)
{
	const char *allow = NULL;

	a->route = route_find(table, a->pool, a->request->method,
	    a->request->path, &a->id, &a->name, &allow);
	if (a->route != NULL) {
		a->query =
		    query_parse(a->pool, a->request->query, a->route->params);
		return 1;
	}
	return allow == NULL ? reply_not_found(a) : reply_only(a, allow);
}

static void
wake(const struct action *a)
{
	if (a->wake && processor != NULL)
		notify_send(processor);
}

static int
write_and_commit(struct action *a)
{
	int rc = 0;

	if (session_begin_step(a->session) == -1)
		return -1;
	if (a->route->flags & ROUTE_CREATES)
		rc = idempotency_before(a);
	if (rc == 0)
		rc = a->route->handler(a);
	if (rc == -1 || a->answer->status >= 400)
		return rc;
	rc = session_commit(a->session);
	if (rc == 0)
		wake(a);
	return rc;
}

/* Waits before it reads more, so that no old state is held. */
static int
search_in_turn(struct action *a)
{
	struct search_turn turn;
	int rc;

	session_end_read(a->session);
	http_wait();
	if (!search_turn_take(&turn, &a->who, (int)a->config->action_threads,
		clock_ticks_ms() + TURN_MS)) {
		reply_header(a, "Retry-After", RETRY_AFTER);
		return reply_problem(a, REPLY_TOO_MANY_SEARCHES,
		    "Your searches, or your workspace's, run one after the "
		    "other, and too many wait already.");
	}
	rc = session_begin_cached(a->session, a->now);
	if (rc == 0)
		rc = a->route->handler(a);
	session_end_read(a->session);
	search_turn_give(&turn);
	return rc;
}

static int
is_get(const struct action *a)
{
	return text_is(a->request->method, "GET");
}

/* Many ask the same at once: a page whose windows all heard of a change, a
 * program that asks in a loop.  As long as nothing was committed in between it
 * is answered as before, once it is known that this member may ask. */
static int
answer_as_before(struct action *a)
{
	const char *question;
	int rc;

	if (!(a->route->flags & ROUTE_KEPT))
		return a->route->handler(a);
	question =
	    pool_printf(a->pool, "%s?%s", a->request->path, a->request->query);
	a->answer->body =
	    session_cache_answer(a->session, question, &a->answer->body_len);
	if (a->answer->body != NULL) {
		a->answer->type = "application/json";
		return 0;
	}
	rc = a->route->handler(a);
	if (rc == 0 && a->answer->status == 200)
		session_cache_put_answer(
		    a->session, question, a->answer->body, a->answer->body_len);
	return rc;
}

/* 0, or -1 when the database failed.  What only reads goes on in the state in
 * which it was signed in. */
static int
run_route(struct action *a)
{
	int rc;

	if (!is_get(a))
		http_wait();
	if (a->route->flags & (ROUTE_RAW | ROUTE_STEPS)) {
		session_end_read(a->session);
		rc = a->route->handler(a);
		session_rollback(a->session);
		if (rc != -1)
			wake(a);
		return rc == -1 ? -1 : 0;
	}
	if (is_get(a)) {
		rc = a->route->flags & ROUTE_SEARCHES &&
			     input_param(a, "q") != NULL
			 ? search_in_turn(a)
			 : answer_as_before(a);
		return rc == -1 ? -1 : 0;
	}
	rc = write_and_commit(a);
	session_rollback(a->session);
	return rc == -1 ? -1 : 0;
}

/* 1 when all of the body is here, or no more of it is to be read; 0: it comes,
 * or it was answered why not. */
static int
has_body(struct action *a)
{
	struct http_receive how = { .ms = BODY_MS };

	if (a->request->length > INPUT_BODY_MAX || http_whole(a->request))
		return 1;
	body_quota_take(a, &how);
	return 0;
}

/* What the request has of an address of a file, and no token; NULL nothing. */
static const char *
sent_access(const struct action *a)
{
	if (!is_get(a) || a->request->auth_request ||
	    strstr(a->request->query, "access") == NULL ||
	    http_header(a->request, "Authorization") != NULL)
		return NULL;
	return query_get(
	    query_parse(a->pool, a->request->query, "access"), "access");
}

/* As serve_sign_in, by the word of an address of the file of message A->id. */
static int
sign_in_by_access(struct action *a, struct session *m, const char *access)
{
	struct member before = { .token_id = 0 };
	int rc = file_address_read(
	    a->pool, access, a->id, a->now, &before, &a->until);

	if (rc == 1)
		rc = session_return(m, a->pool, &before, a->now, &a->who);
	if (rc == 0)
		reply_problem(a, REPLY_UNAUTHORIZED,
		    "This address of a file has ended, or is none: "
		    "GET /messages/{id}/media-address makes one.");
	return rc;
}

/* As serve_sign_in. */
static int
sign_in(struct action *a, struct session *m, const struct route *table)
{
	const char *access = sent_access(a), *unused;
	const struct route *route =
	    access == NULL ? NULL
			   : route_find(table, a->pool, a->request->method,
				 a->request->path, &a->id, &a->name, &unused);

	if (route != NULL && route->flags & ROUTE_ADDRESS)
		return sign_in_by_access(a, m, access);
	return serve_sign_in(a, m, NULL,
	    "A valid token is needed: Authorization: Bearer TOKEN.");
}

static void
serve(struct action *a, struct session *m, const struct route *table)
{
	int rc = is_get(a) ? session_begin_cached(m, a->now) : 0;

	if (rc == 0)
		rc = sign_in(a, m, table);
	if (rc == 1 && a->request->auth_request) {
		a->answer->status = 204;
	} else if (rc == 1) {
		if (!find_route(a, table) || !may(a) || !input_params(a))
			return;
		if (!is_get(a) && !(a->route->flags & ROUTE_RAW) &&
		    (!has_body(a) || !input_body(a)))
			return;
		rc = run_route(a);
	}
	if (rc == -1)
		serve_fail(a, session_error(a->session), RETRY_AFTER);
}

void
route_serve(const struct route *table, struct session *m,
    const struct config *config, const struct http_request *request,
    struct http_answer *answer, int64_t now)
{
	int64_t began = clock_ticks_ms();
	struct action a = {
		.pool = request->pool,
		.request = request,
		.answer = answer,
		.config = config,
		.session = m,
		.now = now,
	};

	serve_begin(&a);
	origin_share(&a);
	if (!origin_preflight(&a))
		serve(&a, m, table);
	session_end_read(m);
	session_serve(m, 0, 0);
	/* Said once, when all is here. */
	if (!a.comes && !(request->auth_request && answer->status == 204))
		serve_log(&a, began);
}
