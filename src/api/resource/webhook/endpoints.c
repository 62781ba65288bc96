/*
 * /webhook-endpoints: where a workspace's changes are posted to.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/config.h"
#include "base/net/address.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "inbox/webhook/endpoint.h"
#include "inbox/webhook/endpoint_events.h"
#include "inbox/webhook/endpoint_url.h"
#include "inbox/webhook/webhook_delivery.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/reply.h"
#include "api/resource/webhook/deliveries.h"
#include "api/resource/webhook/endpoints.h"

const struct statements endpoints_statements = {
	.also = STATEMENTS(&endpoint_statements, &webhook_delivery_statements),
};

static void
put_events(struct json_out *out, const char *events)
{
	json_open_array(out, "events");
	while (*events != '\0') {
		char type[64];
		size_t len = strcspn(events, " ");

		if (len < sizeof(type)) {
			memcpy(type, events, len);
			type[len] = '\0';
			json_put_text(out, NULL, type);
		}
		events += len + strspn(events + len, " ");
	}
	json_close(out);
}

/* SECRET: shown once; NULL: not. */
static void
put_endpoint(struct action *a, struct json_out *out, const struct endpoint *e,
    const char *secret)
{
	json_open_object(out, NULL);
	json_put_int(out, "id", e->id);
	json_put_text(out, "url", e->url);
	json_put_text(out, "description", e->description);
	put_events(out, e->events);
	json_put_text(out, "state", e->state);
	json_put_text(out, "reason", e->reason);
	json_put_int(out, "after_seq", e->after_seq);
	json_put_int(out, "last_seq", e->last_seq);
	json_put_int(out, "failures", e->failures);
	json_put_time(out, "failing_since", e->failing_since);
	json_put_time(
	    out, "next_attempt_at", e->due_at > a->now ? e->due_at : 0);
	deliveries_put_attempt(out, e->tried_at, e->status, e->error);
	json_put_time(out, "delivered_at", e->delivered_at);
	json_put_time(out, "old_secret_until",
	    e->old_secret_until > a->now ? e->old_secret_until : 0);
	json_put_id(out, "created_by", e->created_by);
	json_put_time(out, "created_at", e->created_at);
	json_put_time(out, "updated_at", e->updated_at);
	if (secret != NULL)
		json_put_text(out, "secret", secret);
	json_close(out);
}

static int
reply_endpoint(struct action *a, int status, int64_t id, const char *secret)
{
	struct json_out *out = json_new(a->pool);
	struct endpoint e;
	int rc = endpoint_get(a->session, a->pool, id, &e);

	if (rc != 1)
		return rc == 0 ? reply_not_found(a) : -1;
	put_endpoint(a, out, &e, secret);
	return reply_json(a, status, out);
}

/* The endpoint of the path: 1; 0: 404 was replied; -1. */
static int
find_endpoint(struct action *a, struct endpoint *e)
{
	int rc = endpoint_get(a->session, a->pool, a->id, e);

	return rc == 0 ? reply_not_found(a) : rc;
}

int
endpoints_list(struct action *a)
{
	struct endpoint page[ENDPOINT_MAX + 1];
	struct json_out *out = json_new(a->pool);
	struct cursor_page p;
	int n;

	if (!cursor_page_read(a, &p, 0))
		return 0;
	if (p.limit > ENDPOINT_MAX)
		p.limit = ENDPOINT_MAX;
	n = endpoint_list(a->session, a->pool, p.after, page, p.limit + 1);
	if (n == -1)
		return -1;
	n = cursor_page_cut(a, &p, n, n > p.limit ? page[p.limit - 1].id : 0);
	reply_open_list(out);
	for (int i = 0; i < n; i++)
		put_endpoint(a, out, &page[i], NULL);
	json_close(out);
	return reply_list(a, out, p.next);
}

int
endpoints_get(struct action *a)
{
	return reply_endpoint(a, 200, a->id, NULL);
}

/* ---------------------------------------------------------------- fields */

static void
read_url(struct action *a, struct endpoint *e)
{
	struct endpoint_url url;
	const char *s = NULL, *wrong;
	enum input_found found = input_text(a, "url", &s);

	if (found == INPUT_WRONG || (found == INPUT_ABSENT && e->url != NULL))
		return;
	if (found != INPUT_THERE) {
		input_wrong(a, "url", "is missing");
		return;
	}
	wrong = endpoint_url_read(&url, s, &a->config->webhook_allow);
	if (wrong != NULL)
		input_wrong(a, "url", wrong);
	e->url = s;
}

static void
read_description(struct action *a, struct endpoint *e)
{
	const char *s = NULL;

	switch (input_text(a, "description", &s)) {
	case INPUT_THERE:
		if (text_points(s) > ENDPOINT_DESCRIPTION_MAX)
			input_wrong(
			    a, "description", "is longer than 200 characters");
		e->description =
		    text_fold(a->pool, s, ENDPOINT_DESCRIPTION_MAX);
		break;
	case INPUT_NULL:
		e->description = NULL;
		break;
	case INPUT_ABSENT:
	case INPUT_WRONG:
		break;
	}
}

/* "events": types, each once; null or none given: all. */
static void
read_events(struct action *a, struct endpoint *e)
{
	const struct json *list = json_get(a->body, "events");
	struct buf b = { .pool = a->pool };
	const char *all = NULL;

	if (json_type(list) == JSON_NONE)
		return;
	if (json_type(list) == JSON_NULL) {
		e->events = ENDPOINT_EVENTS_ALL;
		return;
	}
	if (json_type(list) != JSON_ARRAY || json_count(list) == 0) {
		input_wrong(a, "events", "is no list of types");
		return;
	}
	for (list = json_first(list); list != NULL; list = json_next(list)) {
		const char *type = json_string(list);

		if (json_type(list) == JSON_STRING &&
		    text_is(type, ENDPOINT_EVENTS_ALL))
			all = ENDPOINT_EVENTS_ALL;
		else if (json_type(list) != JSON_STRING ||
			 !text_among(type, endpoint_events_types)) {
			input_wrong(a, "events", "has a type that is none");
			return;
		} else if (!endpoint_events_want(buf_end(&b), type)) {
			buf_text(&b, b.len > 0 ? " " : "");
			buf_text(&b, type);
		}
	}
	e->events = all != NULL ? all : buf_end(&b);
}

static int
read_endpoint_fields(struct action *a, struct endpoint *e)
{
	read_url(a, e);
	read_description(a, e);
	read_events(a, e);
	return a->wrong == NULL || reply_wrong(a);
}

int
endpoints_create(struct action *a)
{
	struct endpoint e = { .events = ENDPOINT_EVENTS_ALL };
	char *secret;

	if (!read_endpoint_fields(a, &e))
		return 0;
	secret = endpoint_add(a->session, a->pool, &e, a->now, &e.id);
	if (secret == NULL)
		return -1;
	if (e.id == 0)
		return reply_problem(a, REPLY_CONFLICT,
		    "The workspace has 20 endpoints already: delete some.");
	reply_header(a, "Location",
	    pool_printf(a->pool, "/api/v1/webhook-endpoints/%" PRId64, e.id));
	return reply_endpoint(a, 201, e.id, secret);
}

int
endpoints_change(struct action *a)
{
	struct endpoint e;
	int rc = find_endpoint(a, &e);

	if (rc != 1)
		return rc;
	if (!read_endpoint_fields(a, &e))
		return 0;
	if (endpoint_change(a->session, &e, a->now) == -1)
		return -1;
	return reply_endpoint(a, 200, a->id, NULL);
}

int
endpoints_delete(struct action *a)
{
	struct endpoint e;
	int rc = find_endpoint(a, &e);

	if (rc != 1)
		return rc;
	return endpoint_delete(a->session, a->id) == -1 ? -1 : reply_empty(a);
}

/* --------------------------------------------------------------- actions */

int
endpoints_secret(struct action *a)
{
	const char *s = input_param(a, "overlap");
	long long overlap = ENDPOINT_OVERLAP;
	struct endpoint e;
	char *secret;
	int rc = find_endpoint(a, &e);

	if (rc != 1)
		return rc;
	if (s != NULL && (text_int(s, &overlap) == -1 || overlap < 0 ||
			     overlap > ENDPOINT_OVERLAP_MAX))
		return input_bad(a, "overlap", "is not 0 to 604800 seconds");
	secret = endpoint_renew_secret(
	    a->session, a->pool, a->id, a->now + overlap, a->now);
	return secret == NULL ? -1 : reply_endpoint(a, 200, a->id, secret);
}

int
endpoints_pause(struct action *a)
{
	return endpoint_pause(a->session, a->id, a->now) == -1
		   ? -1
		   : reply_endpoint(a, 200, a->id, NULL);
}

int
endpoints_resume(struct action *a)
{
	return endpoint_resume(a->session, a->id, a->now) == -1
		   ? -1
		   : reply_endpoint(a, 200, a->id, NULL);
}

int
endpoints_replay(struct action *a)
{
	int64_t after = 0;
	struct endpoint e;
	int rc = find_endpoint(a, &e);

	if (rc != 1)
		return rc;
	if (input_id(a, "after", &after) != INPUT_THERE && a->wrong == NULL)
		input_wrong(a, "after", "is missing");
	if (after < 0)
		input_wrong(a, "after", "is no seq");
	if (a->wrong != NULL)
		return reply_wrong(a);
	rc = endpoint_replay(a->session, a->id, after);
	if (rc == 0)
		return reply_problem(a, REPLY_CHANGES_GONE,
		    "Changes after that seq are not kept any more, or it never "
		    "was one.");
	return rc == -1 ? -1 : reply_endpoint(a, 200, a->id, NULL);
}
