/*
 * The way of a request below /session: route, body, handler.
 */
#include <stddef.h>

#include "base/clock.h"

#include "lib/fcgi/http.h"
#include "lib/sql/db.h"

#include "api/input.h"
#include "api/query.h"
#include "api/reply.h"
#include "api/route.h"
#include "api/serve.h"
#include "api/sign_in/sign_in.h"
#include "api/sign_in/sign_in_serve.h"

#define RETRY_AFTER "1" /* seconds */
#define BODY_MS	    10000

static const struct route sign_in_routes[] = { { "GET", "/session", sign_in_get,
						   ROUTE_AGENT, "", "", 0 },
	{ "POST", "/session", sign_in_post, ROUTE_AGENT, "",
	    "email password code workspace_id", 0 },
	{ "PATCH", "/session", sign_in_move, ROUTE_AGENT, "", "workspace_id",
	    0 },
	{ "DELETE", "/session", sign_in_end, ROUTE_AGENT, "", "", 0 },
	{ "PUT", "/session/password", sign_in_password, ROUTE_AGENT, "",
	    "password new_password", 0 },
	{ "POST", "/session/invitation", sign_in_invitation, ROUTE_AGENT, "",
	    "invitation password code", 0 },
	{ "POST", "/session/second-factor", sign_in_factor_new, ROUTE_AGENT, "",
	    "password", 0 },
	{ "PUT", "/session/second-factor", sign_in_factor_set, ROUTE_AGENT, "",
	    "active code password", 0 },
	{ NULL, NULL, NULL, ROUTE_AGENT, NULL, NULL, 0 } };

/* 1 when all of the body is here; 0: it comes, or it was answered why not. */
static int
has_body(struct action *a)
{
	struct http_receive how = { .ms = BODY_MS };

	if (a->request->length > INPUT_BODY_MAX || http_whole(a->request))
		return 1;
	if (http_receive(a->request, &how) == 0) {
		a->comes = 1;
		return 0;
	}
	reply_header(a, "Retry-After", RETRY_AFTER);
	return reply_problem(
	    a, REPLY_BUSY, "Too many requests come at this moment.");
}

static int
serve_session(struct action *a)
{
	const char *allow = NULL;

	a->route = route_find(sign_in_routes, a->pool, a->request->method,
	    a->request->path, &a->id, &a->name, &allow);
	if (a->route == NULL)
		return allow == NULL ? reply_not_found(a)
				     : reply_only(a, allow);
	a->query = query_parse(a->pool, a->request->query, a->route->params);
	if (!input_params(a) || !has_body(a) || !input_body(a))
		return 0;
	return a->route->handler(a);
}

void
sign_in_serve(struct sign_in_service *service,
    const struct http_request *request, struct http_answer *answer, int64_t now)
{
	int64_t began = clock_ticks_ms();
	struct sign_in s = { .a = { .pool = request->pool,
				 .request = request,
				 .answer = answer,
				 .config = service->config,
				 .now = now },
		.service = service };

	serve_begin(&s.a);
	/* No web server asks so: somebody looks whether we are there. */
	if (request->auth_request) {
		reply_empty(&s.a);
		return;
	}
	if (serve_session(&s.a) == -1)
		serve_fail(&s.a, db_error(service->db), RETRY_AFTER);
	if (!s.a.comes)
		serve_log(&s.a, began);
}
