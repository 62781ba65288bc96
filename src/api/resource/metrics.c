/*
 * GET /metrics in Prometheus' text format: the health of the nodes, as their
 * processors store it, and the counters of the programs.  No label names a
 * customer or a workspace.
 */
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/counters.h"
#include "base/disk.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"

#include "inbox/node/health.h"

#include "api/resource/metrics.h"

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
	    "When the processor was last seen working."),
	GAUGE(waiting, "waspool_spool_waiting_deliveries",
	    "Deliveries in the spool that were not applied yet."),
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
	    "Messages that the provider has not accepted yet."),
	GAUGE(media_pending, "waspool_media_pending_files",
	    "Files of messages that are still to be downloaded."),
	GAUGE(media_stopped, "waspool_media_stopped_numbers",
	    "Numbers that download no files, after too many errors."),
	GAUGE(paused, "waspool_paused_numbers",
	    "Numbers that cannot send at the moment."),
	GAUGE(awaited, "waspool_awaited_numbers",
	    "Numbers and accounts that deliveries wait for: "
	    "waspool number waiting."),
	GAUGE(clock_off, "waspool_clock_off_seconds",
	    "How far our clock is ahead of the provider's, negative behind."),
	GAUGE(search_waiting, "waspool_search_waiting_rows",
	    "Messages, conversations and contacts whose words the search does "
	    "not find yet."),
#undef GAUGE
};

/* Metrics with labels: lines of one name must stand together. */
static const struct {
	enum counter counter;
	const char *name, *label, *help;
} counted[] = {
#define REFUSED(counter, reason)                                               \
	{                                                                      \
		counter, "waspool_deliveries_refused_total",                   \
		    "{reason=\"" reason "\"}",                                 \
		    "Webhooks that were not acknowledged."                     \
	}
	{ COUNTER_RECEIVED, "waspool_deliveries_received_total", "",
	    "Webhooks that were acknowledged." },
	REFUSED(COUNTER_UNAUTHORIZED, "unauthorized"),
	REFUSED(COUNTER_TOO_LARGE, "too_large"),
	REFUSED(COUNTER_UNREADABLE, "unreadable"),
	REFUSED(COUNTER_TOO_MANY, "too_many"),
	REFUSED(COUNTER_NO_ROOM, "disk"),
	REFUSED(COUNTER_BUSY, "busy"),
	REFUSED(COUNTER_NOT_WRITTEN, "not_written"),
	{ COUNTER_APPLIED, "waspool_deliveries_applied_total", "",
	    "Webhooks whose effects are in the inbox." },
	{ COUNTER_SENT, "waspool_messages_sent_total", "",
	    "Messages that the provider has accepted." },
	{ COUNTER_FAILED, "waspool_messages_failed_total", "",
	    "Messages that the provider refused, or that were given up." },
	{ COUNTER_FETCHED, "waspool_files_fetched_total", "",
	    "Files of messages that were downloaded." },
	{ COUNTER_NOT_FETCHED, "waspool_files_failed_total", "",
	    "Files of messages that could not be downloaded." },
	{ COUNTER_POSTED, "waspool_webhooks_posted_total", "",
	    "Webhooks out that an endpoint has taken." },
	{ COUNTER_NOT_POSTED, "waspool_webhooks_failed_total", "",
	    "Attempts to post webhooks that failed." },
#undef REFUSED
};

static void
head(struct buf *b, const char *name, const char *type, const char *help)
{
	buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void
put_nodes(struct buf *b, const struct health *h, int n)
{
	for (size_t g = 0; g < sizeof(gauges) / sizeof(gauges[0]); g++) {
		head(b, gauges[g].name, "gauge", gauges[g].help);
		for (int i = 0; i < n; i++) {
			int64_t value;

			memcpy(&value, (const char *)&h[i] + gauges[g].offset,
			    sizeof(value));
			buf_printf(b, "%s{node=\"%s\"} %lld\n", gauges[g].name,
			    h[i].node, (long long)value);
		}
	}
}

static void
put_gauge(struct buf *b, const char *name, const char *help, int64_t value)
{
	head(b, name, "gauge", help);
	buf_printf(b, "%s %lld\n", name, (long long)value);
}

/* Of this machine, as it is now. */
int64_t
metrics_spool_free(
    struct pool *pool, const struct config *c, const int64_t *counters)
{
	const char *path = pool_printf(pool, "%s/spool.db", c->spool_dir);

	if (access(path, F_OK) == 0)
		return disk_free(c->spool_dir);
	return counters[COUNTER_SPOOL_FREE] - 1;
}

static void
put_machine(struct buf *b, const struct config *c, const int64_t *counters)
{
	const char *media = pool_printf(b->pool, "%s/media", c->state_dir);
	const struct {
		const char *dir;
		int64_t left, least;
	} disks[] = { { "state", disk_free(c->state_dir), c->min_free },
		{ "media", disk_free(media), c->files_min_free },
		{ "spool", metrics_spool_free(b->pool, c, counters),
		    c->min_free } };

	head(b, "waspool_disk_free_bytes", "gauge",
	    "Free bytes on the disks of the inbox, the files and the spool.");
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		if (disks[i].left != -1)
			buf_printf(b,
			    "waspool_disk_free_bytes{dir=\"%s\"} %lld\n",
			    disks[i].dir, (long long)disks[i].left);
	head(b, "waspool_disk_min_free_bytes", "gauge",
	    "With less there, deliveries are refused (media: files stop).");
	for (size_t i = 0; i < sizeof(disks) / sizeof(disks[0]); i++)
		buf_printf(b, "waspool_disk_min_free_bytes{dir=\"%s\"} %lld\n",
		    disks[i].dir, (long long)disks[i].least);
	put_gauge(b, "waspool_files_stopped",
	    "1 when no files are stored, since the disk is full.",
	    !disk_has_room(media, c->files_min_free, 0));
	put_gauge(b, "waspool_webhooks_seen_timestamp_seconds",
	    "When webhook-ingest was last seen working.",
	    counters[COUNTER_ALIVE_AT]);
	put_gauge(b, "waspool_webhooks_refused_since_timestamp_seconds",
	    "Since when webhooks are refused by a fault of ours, else 0.",
	    counters[COUNTER_TROUBLE_AT]);
	put_gauge(b, "waspool_webhooks_unauthorized_timestamp_seconds",
	    "When one was last refused for its token or signature, 0 never.",
	    counters[COUNTER_UNAUTHORIZED_AT]);
	put_gauge(b, "waspool_dispatcher_seen_timestamp_seconds",
	    "When waspool-dispatch was last seen working, 0 never.",
	    counters[COUNTER_DISPATCH_AT]);
	put_gauge(b, "waspool_outbox_oldest_timestamp_seconds",
	    "When what waits longest in the outbox was queued, 0 nothing.",
	    counters[COUNTER_OUTBOX_OLDEST_AT]);
	put_gauge(b, "waspool_stopped_numbers",
	    "Numbers from which the provider accepts no message: key, account.",
	    counters[COUNTER_STOPPED]);
}

static void
put_counters(struct buf *b, const int64_t *counters)
{
	for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
		if (i == 0 || strcmp(counted[i].name, counted[i - 1].name) != 0)
			head(b, counted[i].name, "counter", counted[i].help);
		buf_printf(b, "%s%s %lld\n", counted[i].name, counted[i].label,
		    (long long)counters[counted[i].counter]);
	}
}

void
metrics_answer(struct pool *pool, struct http_answer *answer,
    const struct config *c, const struct health *h, int n,
    const int64_t *counters)
{
	struct buf b = { .pool = pool };

	head(&b, "waspool_build_info", "gauge", "Which version answers.");
	buf_printf(&b, "waspool_build_info{version=\"%s\"} 1\n", VERSION_TEXT);
	put_nodes(&b, h, n);
	put_machine(&b, c, counters);
	put_counters(&b, counters);
	answer->type = "text/plain; version=0.0.4; charset=utf-8";
	answer->body = buf_end(&b);
	answer->body_len = b.len;
}
