/*
 * What both programs of the API do for every request.
 */
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

#include "lib/fcgi/http.h"

#include "session/session.h"

#include "api/action.h"
#include "api/cookie.h"
#include "api/reply.h"
#include "api/serve.h"

#define SECRET_MAX 512 /* of a token or a ticket */

static volatile sig_atomic_t broken;

int
serve_broken(void)
{
	return broken;
}

void
serve_begin(struct action *a)
{
	reply_header(a, "Cache-Control", "no-store");
	reply_header(a, "X-Request-Id", a->request->id);
}

/* The secret, when it is not too long; else "", which is nobody's. */
static const char *
secret(const char *s)
{
	return strlen(s) > SECRET_MAX ? "" : s;
}

/* The token of the header; where there is none, *COOKIE: that of a person. */
static const char *
sent_token(const struct action *a, int *by_cookie)
{
	const char *head = http_header(a->request, "Authorization");
	const char *cookie;

	*by_cookie = head == NULL;
	if (head == NULL) {
		cookie = cookie_get(a->request, a->pool);
		return cookie != NULL ? secret(cookie) : "";
	}
	if (strncasecmp(head, "Bearer ", 7) != 0)
		return "";
	return secret(head + 7 + strspn(head + 7, " "));
}

/* 1, or 0 when a problem was replied. */
static int
may_by_cookie(struct action *a)
{
	/* The request itself is judged, too. */
	if (a->request->auth_request)
		return 1;
	if (a->who.needs_factor) {
		reply_problem(a, REPLY_SECOND_FACTOR,
		    "This workspace wants a second factor: "
		    "POST /session/second-factor sets one up.");
		return 0;
	}
	return cookie_may_act(a);
}

int
serve_sign_in(
    struct action *a, struct session *m, const char *ticket, const char *detail)
{
	int rc, by_cookie = 0;

	if (ticket != NULL)
		rc = session_use_ticket(
		    m, a->pool, secret(ticket), a->now, &a->who);
	else /* without a secret, too: then it takes the same time */
		rc = session_sign_in(
		    m, a->pool, sent_token(a, &by_cookie), a->now, &a->who);
	/* Neither is taken for the other. */
	if (rc == 1 && ticket == NULL && a->who.by_session != by_cookie) {
		session_serve(m, 0, 0);
		rc = 0;
	}
	if (rc == 1 && a->who.by_session && !may_by_cookie(a)) {
		session_serve(m, 0, 0);
		return 0;
	}
	if (rc == 0) {
		reply_header(a, "WWW-Authenticate", "Bearer");
		reply_problem(a, REPLY_UNAUTHORIZED, detail);
	}
	return rc;
}

void
serve_fail(struct action *a, enum db_error why, const char *retry_after)
{
	a->wrong = NULL;
	if (why == DB_CONSTRAINT || why == DB_OK) {
		reply_problem(a, REPLY_INTERNAL, "The server's log says why.");
		return;
	}
	reply_header(a, "Retry-After", retry_after);
	reply_problem(a, REPLY_BUSY,
	    why == DB_FULL ? "Nothing can be stored at the moment."
			   : "The database does not answer at the moment.");
	if (why == DB_BROKEN) {
		broken = 1;
		kill(getpid(), SIGTERM);
	}
}

void
serve_log(const struct action *a, int64_t began_ms)
{
	log_info("%s %s status=%d user=%" PRId64 " workspace=%" PRId64
		 " ms=%" PRId64,
	    a->request->method, a->route != NULL ? a->route->path : "-",
	    a->answer->status, a->who.user_id, a->who.workspace_id,
	    clock_ticks_ms() - began_ms);
}
