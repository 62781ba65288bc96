/*
 * GET /healthz: 200 when the inbox can be read and every node's processor has
 * been seen in the last two minutes and deliveries find room on the disk, else
 * 503 and what is wrong.  200 also says when files have stopped.
 * GET /metrics: the same figures for Prometheus.
 */
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "door/http.h"

#include "inbox/health.h"
#include "inbox/member.h"

#include "action/action.h"
#include "action/health.h"
#include "action/reply.h"

#define BASE	    "/api/v1"
#define RETRY_AFTER "30" /* seconds */

static const struct {
	const char *name;
	size_t offset;
	const char *help;
} gauges[] = {
#define GAUGE(field, name, help)                                               \
	{                                                                      \
		name, offsetof(struct health, field), help                     \
	}
	GAUGE(seen_at, "waspool_processor_seen_timestamp_seconds",
	    "When the processor last said that it works."),
	GAUGE(waiting, "waspool_spool_waiting_deliveries",
	    "Deliveries in the spool that were not read yet."),
	GAUGE(oldest_at, "waspool_spool_oldest_waiting_timestamp_seconds",
	    "When the oldest of them was received, 0 when there is none."),
	GAUGE(deferred, "waspool_held_deferred_deliveries",
	    "Deliveries that will be tried again."),
	GAUGE(dead, "waspool_held_dead_deliveries",
	    "Deliveries that wait for a person: waspool spool list."),
	GAUGE(spool_bytes, "waspool_spool_bytes", "Size of the spool."),
	GAUGE(spool_wal, "waspool_spool_wal_bytes",
	    "Size of the spool's write-ahead log."),
	GAUGE(inbox_wal, "waspool_inbox_wal_bytes",
	    "Size of the inbox's write-ahead log."),
	GAUGE(outbox_open, "waspool_outbox_open_messages",
	    "Messages that the provider has not taken yet."),
	GAUGE(media_pending, "waspool_media_pending_files",
	    "Files of messages that are to be fetched."),
	GAUGE(media_stopped, "waspool_media_stopped_numbers",
	    "Numbers that fetch no files, after too many errors."),
	GAUGE(paused, "waspool_paused_numbers",
	    "Numbers that cannot send at the moment."),
	GAUGE(awaited, "waspool_awaited_numbers",
	    "Numbers and accounts that deliveries wait for: "
	    "waspool number waiting."),
	GAUGE(clock_off, "waspool_clock_off_seconds",
	    "How far our clock is ahead of the provider's, negative behind."),
#undef GAUGE
};

/* What is wrong with one node; a time to come is a clock that is wrong. */
static void
complain(struct buf *b, const struct health *h, int64_t now)
{
	const char *and = b->len > 0 ? "; " : "";

	if (h->seen_at > now + HEALTH_CLOCK)
		buf_printf(b,
		    "%sthe processor of %s was seen in the future, %s: the "
		    "clock was ahead then, or is behind now; is it running?",
		    and, h->node, clock_text(b->pool, h->seen_at));
	else if (now - h->seen_at > HEALTH_ILL)
		buf_printf(b, "%sthe processor of %s was last seen %s", and,
		    h->node, clock_text(b->pool, h->seen_at));
	else if (h->clock_off > HEALTH_CLOCK || h->clock_off < -HEALTH_CLOCK)
		buf_printf(b,
		    "%sthe clock of this machine is %lld s %s the provider's: "
		    "set it (timedatectl)",
		    and,
		    (long long)(h->clock_off < 0 ? -h->clock_off
						 : h->clock_off),
		    h->clock_off < 0 ? "behind" : "ahead of");
}

/* What is wrong, in POOL; NULL when all is well. */
static const char *
complaint(struct pool *pool, const struct health *h, int n, int64_t now)
{
	struct buf b = { .pool = pool };

	if (n == -1)
		return "the inbox cannot be read";
	if (n == 0)
		return "no processor was seen for a day: is cron or "
		       "waspool-process.service running?";
	for (int i = 0; i < n; i++)
		complain(&b, &h[i], now);
	return b.len > 0 ? buf_end(&b) : NULL;
}

/* Of this machine, as it is now. */
static void
put_disk(struct buf *b, const struct config *c)
{
	int64_t left = disk_free(c->state_dir);

	if (left == -1)
		return;
	buf_printf(b,
	    "# HELP waspool_disk_free_bytes Free where the databases and files "
	    "are.\n"
	    "# TYPE waspool_disk_free_bytes gauge\n"
	    "waspool_disk_free_bytes %lld\n"
	    "# HELP waspool_files_stopped 1 when no files are stored, for want "
	    "of disk.\n"
	    "# TYPE waspool_files_stopped gauge\n"
	    "waspool_files_stopped %d\n",
	    (long long)left, left < c->files_min_free);
}

static void
answer_metrics(const struct http_request *request, struct http_answer *answer,
    const struct config *c, const struct health *h, int n)
{
	struct buf b = { .pool = request->pool };

	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		buf_printf(&b, "# HELP %s %s\n# TYPE %s gauge\n",
		    gauges[g].name, gauges[g].help, gauges[g].name);
		for (int i = 0; i < n; i++) {
			int64_t value;

			memcpy(&value, (const char *)&h[i] + gauges[g].offset,
			    sizeof(value));
			buf_printf(&b, "%s{node=\"%s\"} %lld\n", gauges[g].name,
			    h[i].node, (long long)value);
		}
	}
	put_disk(&b, c);
	answer->type = "text/plain; version=0.0.4; charset=utf-8";
	answer->body = buf_end(&b);
	answer->body_len = b.len;
}

static int64_t
dead(const struct health *h, int n)
{
	int64_t all = 0;

	for (int i = 0; i < n; i++)
		all += h[i].dead;
	return all;
}

/* Waits for a person: as many as the node with the most of them has. */
static int64_t
awaited(const struct health *h, int n)
{
	int64_t most = 0;

	for (int i = 0; i < n; i++)
		if (h[i].awaited > most)
			most = h[i].awaited;
	return most;
}

/* What does not work, or waits for a person, although all is well, in POOL. */
static const char *
ok(struct pool *pool, const struct config *c, const struct health *h, int n)
{
	struct buf b = { .pool = pool };

	if (!disk_has_room(c->state_dir, c->files_min_free, 0))
		buf_printf(&b,
		    ", but files stopped: disk: %lld bytes are free, "
		    "WASPOOL_FILES_MIN_FREE is %lld; uploads are refused, "
		    "inbound files and backups wait",
		    (long long)disk_free(c->state_dir),
		    (long long)c->files_min_free);
	if (awaited(h, n) > 0)
		buf_printf(&b,
		    "%s deliveries wait for %lld numbers that no workspace "
		    "has: waspool number waiting",
		    b.len > 0 ? ";" : ", but", (long long)awaited(h, n));
	if (dead(h, n) > 0)
		buf_printf(&b,
		    "%s %lld deliveries are dead, and end after "
		    "WASPOOL_KEEP_HELD: waspool spool list --state dead",
		    b.len > 0 ? ";" : ", but", (long long)dead(h, n));
	return b.len > 0 ? pool_printf(pool, "ok%s", buf_end(&b)) : "ok";
}

/*
 * Asked on this machine, and not for somebody elsewhere: behind a proxy of the
 * operator's own every request comes from 127.0.0.1, but says for whom.
 */
static int
is_local(const struct http_request *request)
{
	static const char *const forwarded[] = { "Forwarded", "X-Forwarded-For",
		"X-Real-IP", "Via", "CF-Connecting-IP", "True-Client-IP" };

	for (size_t i = 0; i < sizeof(forwarded) / sizeof(forwarded[0]); i++)
		if (http_header(request, forwarded[i]) != NULL)
			return 0;
	return text_begins(request->remote, "127.") ||
	       text_is(request->remote, "::1") ||
	       text_begins(request->remote, "::ffff:127.");
}

/* Whether all is well is for everybody, why not is for this machine. */
static void
answer_health(struct action *a, const struct config *c, const char *wrong,
    const struct health *h, int n)
{
	int local = is_local(a->request);

	if (wrong == NULL && !disk_has_room(c->state_dir, c->min_free, 0))
		wrong = "deliveries are refused: less than WASPOOL_MIN_FREE of "
			"the disk is free";
	if (wrong == NULL) {
		http_plain(a->request, a->answer, 200,
		    local ? ok(a->pool, c, h, n) : "ok");
		return;
	}
	reply_header(a, "Retry-After", RETRY_AFTER);
	reply_problem(a, REPLY_UNAVAILABLE,
	    local ? wrong
		  : "Something is wrong; on the machine itself this "
		    "address says what.");
}

int
health_serve(struct member_db *m, const struct config *config,
    const struct http_request *request, struct http_answer *answer, int64_t now)
{
	/* At the root for what watches machines, and among the API's paths. */
	const char *path =
	    request->path +
	    (text_begins(request->path, BASE) ? strlen(BASE) : 0);
	int metrics = text_is(path, "/metrics"), n;
	struct action a = {
		.pool = request->pool, .request = request, .answer = answer
	};
	struct health *h = NULL;

	if (!metrics && !text_is(path, "/healthz"))
		return 0;
	reply_header(&a, "Cache-Control", "no-store");
	reply_header(&a, "X-Request-Id", request->id);
	if (!text_is(request->method, "GET")) {
		reply_only(&a, "GET, HEAD");
		return 1;
	}
	if (metrics && !is_local(request)) {
		reply_problem(&a, REPLY_FORBIDDEN,
		    "The metrics are for who asks on the machine itself, and "
		    "not through a proxy.");
		return 1;
	}
	n = health_read(member_handle(m), request->pool, now, &h);
	if (metrics && n != -1)
		answer_metrics(request, answer, config, h, n);
	else
		answer_health(
		    &a, config, complaint(request->pool, h, n, now), h, n);
	return 1;
}
