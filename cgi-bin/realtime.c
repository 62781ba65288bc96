/*
 * realtime: event streams and lists of changes, /api/v1/realtime and
 * /api/v1/changes; and who is where, /api/v1/presence, which it keeps in
 * memory.  Reads requests of the web server, and inbox.db as one member at a
 * time, or as nobody of one workspace; is woken by the programs that write
 * there.  Writes only that a ticket is used up, and when a token was used.
 * Never touches the spool, never talks to the provider, has no secret.  Answers
 * as docs/openapi.yaml and docs/realtime.md say.
 */
#include <sys/resource.h>

#include <stddef.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/service/manager.h"

#include "lib/digest/digest.h"
#include "lib/fcgi/http.h"

#include "api/realtime/change_poller.h"
#include "api/realtime/channel.h"
#include "api/realtime/connection_pool.h"
#include "api/realtime/limiter.h"
#include "api/realtime/realtime_serve.h"
#include "api/realtime/stream_loop.h"
#include "api/serve.h"

#define CONNECTIONS 2	/* for all streams; a read takes a moment */
#define SPARE	    24	/* threads for short requests */
#define WAITING	    24	/* with wait=, beside one for each 8 streams */
#define FILES	    256 /* beside those of threads and streams */
#define STACK_LEN   (128 * 1024)

static struct config config;

/* A thread or a stream has a connection, and as many again may wait for one. */
static void
allow_files(int busy)
{
	rlim_t want = (rlim_t)busy * 2 + FILES;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur >= want)
		return;
	limit.rlim_cur = want < limit.rlim_max ? want : limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur < want)
		log_warn("only %ld open files; WASPOOL_REALTIME_MAX wants %ld",
		    (long)limit.rlim_cur, (long)want);
}

static void
handle(void *realtime, const struct http_request *request,
    struct http_answer *answer)
{
	realtime_serve(realtime, request, answer, clock_now());
}

static void
stop(void *unused)
{
	(void)unused;
	channel_stop();
}

int
main(void)
{
	struct realtime r = { .config = &config };
	struct http_service service = { .handler = handle,
		.stop = stop,
		.arg = &r,
		.stack_len = STACK_LEN };
	struct connection_pool *watcher;
	const char *path;
	int waiting, wait_ms, rc;

	config_load(&config, "realtime", CONFIG_MEMBER | CONFIG_INBOX);
	digest_open();
	pool_one_arena();
	path = config_inbox_member(&config);
	wait_ms = (int)config.wait_ms;
	waiting = (int)config.realtime_max / 8 + WAITING;
	service.threads = waiting + SPARE;
	allow_files((int)config.realtime_max + 2 * LIMITER_LEAVING_MAX +
		    service.threads);
	r.streams = limiter_new(
	    (int)config.realtime_max, (int)config.realtime_per_address);
	r.waiting = limiter_new(waiting, (int)config.realtime_per_address);
	r.connections = connection_pool_open(
	    path, wait_ms, &realtime_statements, CONNECTIONS);
	/* It writes changes down for all members of all workspaces. */
	watcher = connection_pool_open(
	    config_inbox(&config), wait_ms, &realtime_statements, 1);
	if (r.connections == NULL || watcher == NULL)
		return EX_UNAVAILABLE;
	r.watch = change_poller_begin(
	    config_run_path(&config, "realtime.wake"), watcher, r.connections);
	if (r.watch == NULL)
		return EX_CANTCREAT;
	r.loop = stream_loop_begin();
	if (r.loop == NULL)
		return EX_OSERR;
	rc = http_serve(&service);
	stream_loop_end(r.loop);
	change_poller_end(r.watch);
	connection_pool_close(watcher);
	connection_pool_close(r.connections);
	limiter_free(r.streams);
	limiter_free(r.waiting);
	if (rc == -1)
		return EX_OSERR;
	manager_begin_anew();
	return serve_broken() ? EX_IOERR : 0;
}
