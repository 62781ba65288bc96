/*
 * actions: the HTTP API of members, /api/v1.
 * Reads requests of the web server, and inbox.db as one member at a time.
 * Writes inbox.db as that member; wakes realtime, and the processor when it
 * queued something.
 * Never touches the spool, never talks to the provider, has no secret but the
 * hashes of tokens in the database, and the key that it signs addresses of
 * files with, which it makes.
 * Answers as docs/openapi.yaml says.
 */
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/notify.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"
#include "lib/sql/db.h"

#include "session/file_address.h"
#include "session/session.h"

#include "api/resource/healthz.h"
#include "api/resource/route_table.h"
#include "api/route.h"
#include "api/serve.h"

/* Threads that nobody needs: the statements of each take 3 MB. */
#define KEPT	2
#define KEPT_MS 2000

static struct config config;
static struct notify *realtime; /* NULL: streams poll instead */

static void
tell_actions(void *unused)
{
	(void)unused;
	if (realtime != NULL)
		notify_send(realtime);
}

/* Each thread has a connection of its own. */
static void *
begin_actions(void *path)
{
	struct session *m = session_open(path, (int)config.wait_ms);

	if (m == NULL)
		return NULL;
	if (session_seal(m, &route_statements) == -1) {
		session_close(m);
		return NULL;
	}
	session_on_commit(m, tell_actions, NULL);
	return m;
}

static void
rest_actions(void *m)
{
	session_rest(m, clock_ticks_ms());
}

static void
end(void *m)
{
	session_close(m);
}

static void
handle(void *m, const struct http_request *request, struct http_answer *answer)
{
	int64_t now = clock_now();

	session_check(m);
	if (!healthz_serve(m, &config, request, answer, now))
		route_serve(route_table, m, &config, request, answer, now);
}

int
main(void)
{
	struct http_service service = { .handler = handle,
		.begin = begin_actions,
		.end = end,
		.rest = rest_actions };

	config_load(&config, "actions", CONFIG_MEMBER);
	digest_open();
	file_address_open(config.state_dir);
	/* An arena of malloc a thread: what a thread that leaves had is whole
	 * pages, and given back. */
	service.arg = (char *)config_inbox_member(&config);
	service.threads = (int)config.action_threads;
	service.kept = KEPT;
	service.kept_ms = KEPT_MS;
	service.turns = 1;
	/* Without it the processor finds what is queued when it polls. */
	route_wakes(notify_open(config_run_path(&config, "process.wake")));
	realtime = notify_open(config_run_path(&config, "realtime.wake"));
	if (http_serve(&service) == -1)
		return EX_OSERR;
	manager_begin_anew();
	return serve_broken() ? EX_IOERR : 0;
}
