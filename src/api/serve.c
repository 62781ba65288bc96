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

static const char *
bearer(const struct action *a)
{
	const char *head = http_header(a->request, "Authorization");

	if (head == NULL || strncasecmp(head, "Bearer ", 7) != 0)
		return "";
	return secret(head + 7 + strspn(head + 7, " "));
}

int
serve_sign_in(
    struct action *a, struct session *m, const char *ticket, const char *detail)
{
	int rc;

	if (ticket != NULL)
		rc = session_use_ticket(
		    m, a->pool, secret(ticket), a->now, &a->who);
	else /* without a secret, too: then it takes the same time */
		rc = session_sign_in(m, a->pool, bearer(a), a->now, &a->who);
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
