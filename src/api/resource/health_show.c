/*
 * GET /health: what /healthz tells on the machine itself, for owners and admins
 * from everywhere.  They may be strangers to each other: no path, no host, and
 * of numbers their own only.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/config.h"
#include "base/counters.h"
#include "base/disk.h"
#include "base/pool.h"

#include "lib/json/json.h"

#include "inbox/message/wait_reason.h"
#include "inbox/node/health.h"

#include "api/action.h"
#include "api/reply.h"
#include "api/resource/health_show.h"
#include "api/resource/healthz.h"

#define NUMBERS_MAX 100

enum trouble {
	PROCESSOR_AWAY,
	CLOCK_WRONG,
	WEBHOOKS_AWAY,
	WEBHOOKS_REFUSED,
	WEBHOOKS_NO_ROOM,
	WEBHOOK_UNAUTHORIZED,
	DISK_FULL,
	FILES_STOPPED,
};

static const struct {
	const char *reason, *detail, *action;
} troubles[] = {
	[PROCESSOR_AWAY] = { "processor_away",
	    "What customers write is kept, and does not show; nothing is sent.",
	    "Start waspool-process (waspool doctor says more)." },
	[CLOCK_WRONG] = { "clock_wrong",
	    "The clock of the machine is minutes away from the provider's.",
	    "Set the clock (timedatectl set-ntp true)." },
	[WEBHOOKS_AWAY] = { "webhooks_away",
	    "The program that takes webhooks does not run: the provider keeps "
	    "what customers write.",
	    "Start webhook-ingest (waspool doctor says more)." },
	[WEBHOOKS_REFUSED] = { "webhooks_refused",
	    "Webhooks are refused: the provider keeps what customers write.",
	    "The log of webhook-ingest says why." },
	[WEBHOOKS_NO_ROOM] = { "webhooks_refused",
	    "Webhooks are refused, since the disk for them is almost full: the "
	    "provider keeps what customers write.",
	    "Make room on the disk (WASPOOL_MIN_FREE)." },
	[WEBHOOK_UNAUTHORIZED] = { "webhook_unauthorized",
	    "A webhook was refused for its token or signature in the last 24 "
	    "hours.",
	    "Compare the token of the webhook with WHATSAPP_WEBHOOK_TOKEN "
	    "(waspool webhook show); a stranger may have sent it." },
	[DISK_FULL] = { "disk_full",
	    "The disk is almost full: when it is, nothing shows and nothing is "
	    "sent.",
	    "Make room on the disk (WASPOOL_MIN_FREE)." },
	[FILES_STOPPED] = { "files_stopped",
	    "The disk is almost full: files of customers wait, uploads are "
	    "refused.",
	    "Make room on the disk (WASPOOL_FILES_MIN_FREE)." },
};

static void
put_problem(struct json_out *out, enum trouble what, int64_t since)
{
	json_open_object(out, NULL);
	json_put_text(out, "reason", troubles[what].reason);
	json_put_text(out, "detail", troubles[what].detail);
	json_put_text(out, "action", troubles[what].action);
	json_put_time(out, "since", since);
	json_put_null(out, "phone_number_id");
	json_close(out);
}

/* A node that was seen in the future has, or had, a wrong clock. */
static void
put_nodes(struct json_out *out, const struct health *h, int n, int64_t now)
{
	int64_t seen_at = 0;
	int off = 0;

	for (int i = 0; i < n; i++) {
		if (h[i].seen_at > seen_at)
			seen_at = h[i].seen_at;
		off |= h[i].seen_at > now + HEALTH_CLOCK ||
		       h[i].clock_off > HEALTH_CLOCK ||
		       h[i].clock_off < -HEALTH_CLOCK;
	}
	if (now - seen_at > HEALTH_ILL)
		put_problem(out, PROCESSOR_AWAY, seen_at);
	if (off)
		put_problem(out, CLOCK_WRONG, 0);
}

static void
put_webhooks(struct action *a, struct json_out *out)
{
	int64_t counters[COUNTERS] = { 0 };

	counters_read(
	    config_counters_path(a->config, a->pool, "webhook-ingest"),
	    counters);
	switch (healthz_webhooks(a->pool, a->config, counters, a->now)) {
	case WEBHOOKS_ILL_NO_ROOM:
		put_problem(out, WEBHOOKS_NO_ROOM, 0);
		break;
	case WEBHOOKS_ILL_AWAY:
		put_problem(out, WEBHOOKS_AWAY, counters[COUNTER_ALIVE_AT]);
		break;
	case WEBHOOKS_ILL_REFUSED:
		put_problem(
		    out, WEBHOOKS_REFUSED, counters[COUNTER_TROUBLE_AT]);
		break;
	case WEBHOOKS_WELL:
		break;
	}
	if (healthz_was_unauthorized(counters, a->now))
		put_problem(out, WEBHOOK_UNAUTHORIZED,
		    counters[COUNTER_UNAUTHORIZED_AT]);
}

static void
put_disk(struct action *a, struct json_out *out)
{
	const struct config *c = a->config;
	const char *media = pool_printf(a->pool, "%s/media", c->state_dir);

	if (!disk_has_room(c->state_dir, c->min_free, 0))
		put_problem(out, DISK_FULL, 0);
	else if (!disk_has_room(media, c->files_min_free, 0))
		put_problem(out, FILES_STOPPED, 0);
}

/* 0, -1. */
static int
put_numbers(struct action *a, struct json_out *out)
{
	struct wait_reason_number page[NUMBERS_MAX];
	int n = wait_reason_list_numbers(
	    a->session, a->pool, 0, a->now, page, NUMBERS_MAX);

	for (int i = 0; i < n; i++) {
		if (page[i].waiting.reason == NULL)
			continue;
		json_open_object(out, NULL);
		json_put_text(out, "reason", "number_waits");
		json_put_text(out, "detail", page[i].waiting.detail);
		json_put_text(out, "action",
		    "GET /numbers says until when; waspool doctor what to do.");
		json_put_time(out, "since", 0);
		json_put_text(out, "phone_number_id", page[i].phone_number_id);
		json_close(out);
	}
	return n == -1 ? -1 : 0;
}

int
health_show(struct action *a)
{
	struct json_out *out = json_new(a->pool);
	struct health *h = NULL;
	int n = health_read(a->session, a->pool, a->now, &h);

	if (n == -1)
		return -1;
	json_open_object(out, NULL);
	json_open_array(out, "problems");
	put_nodes(out, h, n, a->now);
	put_webhooks(a, out);
	put_disk(a, out);
	if (put_numbers(a, out) == -1)
		return -1;
	json_close(out);
	json_close(out);
	reply_header(a, "Cache-Control", "no-store");
	return reply_json(a, 200, out);
}
