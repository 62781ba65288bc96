/*
 * What an endpoint did not take at the first attempt, and tests.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "inbox/webhook/endpoint.h"
#include "inbox/webhook/webhook_delivery.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/webhook/deliveries.h"

void
deliveries_put_attempt(
    struct json_out *out, int64_t at, int64_t status, const char *error)
{
	if (at == 0) {
		json_put_null(out, "last_attempt");
		return;
	}
	json_open_object(out, "last_attempt");
	json_put_time(out, "at", at);
	json_put_id(out, "status", status);
	json_put_text(out, "error", error);
	json_close(out);
}

static void
put_delivery(struct json_out *out, const struct webhook_delivery *d)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", d->id);
	json_put_int(out, "endpoint_id", d->endpoint_id);
	json_put_id(out, "seq", d->seq);
	json_put_id(out, "last_seq", d->last_seq);
	json_put_text(out, "type", d->type);
	json_put_id(out, "object_id", d->object_id);
	json_put_id(out, "conversation_id", d->conversation_id);
	json_put_text(out, "state", d->state);
	json_put_int(out, "attempts", d->attempts);
	json_put_time(out, "next_attempt_at",
	    text_is(d->state, "waiting") ? d->due_at : 0);
	json_put_time(out, "created_at", d->created_at);
	deliveries_put_attempt(out, d->tried_at, d->status, d->error);
	json_close(out);
}

static int
reply_delivery(struct action *a, int status, int64_t id)
{
	struct json_out *out = json_new(a->pool);
	struct webhook_delivery d;
	int rc = webhook_delivery_get(a->session, a->pool, id, &d);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	put_delivery(out, &d);
	return reply_json(a, status, out);
}

int
deliveries_list(struct action *a)
{
	struct webhook_delivery page[INPUT_LIMIT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	struct endpoint e;
	int n = endpoint_get(a->session, a->pool, a->id, &e);

	if (n != 1)
		return n == 0 ? reply_not_found(a) : -1;
	if (!cursor_page_read(a, &p, INT64_MAX))
		return 0;
	n = webhook_delivery_list(
	    a->session, a->pool, a->id, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_delivery(out, &page[i]);
	json_close(out);
	return reply_list(a, out, p.next);
}

int
deliveries_get(struct action *a)
{
	return reply_delivery(a, 200, a->id);
}

/* 1 when the endpoint is active; 0: a problem was replied; -1. */
static int
is_active(struct action *a, int64_t endpoint_id)
{
	struct endpoint e;
	int rc = endpoint_get(a->session, a->pool, endpoint_id, &e);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	if (text_is(e.state, "active"))
		return 1;
	return reply_problem(
	    a, REPLY_CONFLICT, "The endpoint is paused: resume it first.");
}

static const char too_many[] = "200 deliveries wait for this endpoint already.";

int
deliveries_test(struct action *a)
{
	int64_t id;
	int rc = is_active(a, a->id);

	if (rc != 1)
		return rc;
	if (webhook_delivery_add_test(a->session, a->id, a->now, &id) == -1)
		return -1;
	if (id == 0)
		return reply_problem(a, REPLY_QUEUE_FULL, too_many);
	reply_header(a, "Location",
	    pool_printf(a->pool, "/api/v1/webhook-deliveries/%" PRId64, id));
	return reply_delivery(a, 202, id);
}

int
deliveries_retry(struct action *a)
{
	struct webhook_delivery d;
	int rc = webhook_delivery_get(a->session, a->pool, a->id, &d);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	rc = is_active(a, d.endpoint_id);
	if (rc != 1)
		return rc;
	if (webhook_delivery_again(a->session, a->id, a->now) == -1 ||
	    webhook_delivery_get(a->session, a->pool, a->id, &d) == -1)
		return -1;
	if (!text_is(d.state, "waiting"))
		return reply_problem(a, REPLY_QUEUE_FULL, too_many);
	return reply_delivery(a, 202, a->id);
}
