/*
 * GET /healthz: 200 when nobody must act: the inbox can be read, the processor
 * of every node was seen in the last two minutes, webhooks are accepted, and
 * the provider accepts messages of every number.  Else 503, with what is wrong.
 * A 200 may also name less urgent trouble.  GET /metrics:
 * api/resource/metrics.c.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/counters.h"
#include "base/disk.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "inbox/node/health.h"

#include "session/session.h"

#include "api/action.h"
#include "api/origin.h"
#include "api/reply.h"
#include "api/resource/healthz.h"
#include "api/resource/metrics.h"

#define BASE	    "/api/v1"
#define RETRY_AFTER "30" /* seconds */
#define INGEST_ILL  (3 * COUNTERS_BEAT_S)
#define DAY	    86400

/* The programs that have counters. */
static const char *const counting[] = { "webhook-ingest", "waspool-process",
	"waspool-dispatch" };

/* Stands between two complaints. */
static const char * and (const struct buf *b)
{
	return b->len > 0 ? "; " : "";
}

/* What is wrong with one node; seen_at in the future: a clock is, or was,
 * wrong. */
static void
complain(struct buf *b, const struct health *h, int64_t now)
{
	if (h->seen_at > now + HEALTH_CLOCK)
		buf_printf(b,
		    "%sthe processor of %s was seen in the future, %s: the "
		    "clock was ahead then, or is behind now; is it running?",
		    and(b), h->node, clock_text(b->pool, h->seen_at));
	else if (now - h->seen_at > HEALTH_ILL)
		buf_printf(b, "%sthe processor of %s was last seen %s", and(b),
		    h->node, clock_text(b->pool, h->seen_at));
	else if (h->clock_off > HEALTH_CLOCK || h->clock_off < -HEALTH_CLOCK)
		buf_printf(b,
		    "%sthe clock of this machine is %lld s %s the provider's: "
		    "set it (timedatectl)",
		    and(b),
		    (long long)(h->clock_off < 0 ? -h->clock_off
						 : h->clock_off),
		    h->clock_off < 0 ? "behind" : "ahead of");
}

enum webhooks_ill
healthz_webhooks(struct pool *pool, const struct config *c,
    const int64_t *counters, int64_t now)
{
	int64_t seen_at = counters[COUNTER_ALIVE_AT],
		left = metrics_spool_free(pool, c, counters);

	if (left != -1 && left < c->min_free)
		return WEBHOOKS_ILL_NO_ROOM;
	if (now - seen_at > INGEST_ILL || seen_at > now + HEALTH_CLOCK)
		return WEBHOOKS_ILL_AWAY;
	if (counters[COUNTER_TROUBLE_AT] != 0)
		return WEBHOOKS_ILL_REFUSED;
	return WEBHOOKS_WELL;
}

int
healthz_was_unauthorized(const int64_t *counters, int64_t now)
{
	int64_t refused_at = counters[COUNTER_UNAUTHORIZED_AT];

	return refused_at > now - DAY && refused_at <= now + HEALTH_CLOCK;
}

/* Why webhooks are refused, or soon will be. */
static void
complain_of_webhooks(
    struct buf *b, const struct config *c, const int64_t *counters, int64_t now)
{
	int64_t seen_at = counters[COUNTER_ALIVE_AT];

	switch (healthz_webhooks(b->pool, c, counters, now)) {
	case WEBHOOKS_ILL_NO_ROOM:
		buf_printf(b,
		    "%swebhooks are refused: less than WASPOOL_MIN_FREE of the "
		    "disk of %s is free",
		    and(b), c->spool_dir);
		break;
	case WEBHOOKS_ILL_AWAY:
		if (seen_at == 0)
			buf_printf(b,
			    "%swebhook-ingest was never seen: is it running?",
			    and(b));
		else
			buf_printf(b,
			    "%swebhook-ingest was last seen %s: is it running?",
			    and(b), clock_text(b->pool, seen_at));
		break;
	case WEBHOOKS_ILL_REFUSED:
		buf_printf(b,
		    "%swebhooks are refused since %s: the log of "
		    "webhook-ingest says why",
		    and(b), clock_text(b->pool, counters[COUNTER_TROUBLE_AT]));
		break;
	case WEBHOOKS_WELL:
		break;
	}
}

/* What is wrong, in POOL; NULL when all is well. */
static const char *
complaint(struct pool *pool, const struct config *c, const struct health *h,
    int n, const int64_t *counters, int64_t now)
{
	struct buf b = { .pool = pool };

	if (n == -1)
		buf_printf(&b, "the inbox cannot be read");
	if (n == 0)
		buf_printf(&b, "no processor was seen for a day: is cron or "
			       "waspool-process.service running?");
	for (int i = 0; i < n; i++)
		complain(&b, &h[i], now);
	complain_of_webhooks(&b, c, counters, now);
	if (!disk_has_room(c->state_dir, c->min_free, 0))
		buf_printf(&b,
		    "%sless than WASPOOL_MIN_FREE of the disk of %s is free: "
		    "when it is full, nothing is applied or sent",
		    and(&b), c->state_dir);
	if (counters[COUNTER_STOPPED] > 0)
		buf_printf(&b,
		    "%sthe provider accepts nothing from %lld numbers: waspool "
		    "outbox list says why",
		    and(&b), (long long)counters[COUNTER_STOPPED]);
	return b.len > 0 ? buf_end(&b) : NULL;
}

static int64_t
dead(const struct health *h, int n)
{
	int64_t all = 0;

	for (int i = 0; i < n; i++)
		all += h[i].dead;
	return all;
}

/* Numbers and accounts that deliveries wait for: the most of any node, since
 * all nodes count the same. */
static int64_t
awaited(const struct health *h, int n)
{
	int64_t most = 0;

	for (int i = 0; i < n; i++)
		if (h[i].awaited > most)
			most = h[i].awaited;
	return most;
}

/* The less urgent trouble of a 200, in POOL. */
static const char *
ok(struct action *a, const struct config *c, const struct health *h, int n,
    const int64_t *counters)
{
	int64_t refused_at = counters[COUNTER_UNAUTHORIZED_AT];
	const char *media = pool_printf(a->pool, "%s/media", c->state_dir);
	struct buf b = { .pool = a->pool };

	if (!disk_has_room(media, c->files_min_free, 0))
		buf_printf(&b,
		    ", but files stopped: disk: %lld bytes are free "
		    "where %s is, WASPOOL_FILES_MIN_FREE is %lld; uploads are "
		    "refused, inbound files and backups wait",
		    (long long)disk_free(media), media,
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
	if (healthz_was_unauthorized(counters, a->now))
		buf_printf(&b,
		    "%s a webhook was refused for its token or signature, "
		    "last %s: the log of webhook-ingest says from where",
		    b.len > 0 ? ";" : ", but", clock_text(a->pool, refused_at));
	return b.len > 0 ? pool_printf(a->pool, "ok%s", buf_end(&b)) : "ok";
}

/* The status is for everybody, the reasons only for this machine. */
static void
answer_health(struct action *a, const char *wrong, const char *well)
{
	int local = origin_is_local(a->request);

	if (wrong == NULL) {
		http_plain(a->request, a->answer, 200, local ? well : "ok");
		return;
	}
	reply_header(a, "Retry-After", RETRY_AFTER);
	reply_problem(a, REPLY_UNAVAILABLE,
	    local ? wrong
		  : "Something is wrong; a request from the machine itself is "
		    "told what.");
}

int
healthz_serve(struct session *m, const struct config *config,
    const struct http_request *request, struct http_answer *answer, int64_t now)
{
	/* At the root, for monitoring, and below the path of the API. */
	const char *path =
	    request->path +
	    (text_begins(request->path, BASE) ? strlen(BASE) : 0);
	int metrics = text_is(path, "/metrics"), n;
	struct action a = { .pool = request->pool,
		.request = request,
		.answer = answer,
		.now = now };
	int64_t counters[COUNTERS] = { 0 };
	struct health *h = NULL;

	if (!metrics && !text_is(path, "/healthz"))
		return 0;
	reply_header(&a, "Cache-Control", "no-store");
	reply_header(&a, "X-Request-Id", request->id);
	if (!text_is(request->method, "GET")) {
		reply_only(&a, "GET, HEAD");
		return 1;
	}
	if (metrics && !origin_is_local(request)) {
		reply_problem(&a, REPLY_FORBIDDEN,
		    "The metrics are only for requests from the machine "
		    "itself, without a proxy.");
		return 1;
	}
	n = health_read(m, request->pool, now, &h);
	for (size_t i = 0; i < sizeof(counting) / sizeof(counting[0]); i++)
		counters_read(
		    config_counters_path(config, request->pool, counting[i]),
		    counters);
	if (metrics && n != -1)
		metrics_answer(request->pool, answer, config, h, n, counters);
	else
		answer_health(&a,
		    complaint(request->pool, config, h, n, counters, now),
		    ok(&a, config, h, n, counters));
	return 1;
}
