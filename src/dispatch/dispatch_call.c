/*
 * One request to an endpoint: its body, its signature, its answer.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/net/address.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "inbox/webhook/webhook_delivery.h"
#include "inbox/workspace/change.h"

#include "session/session.h"

#include "api/action.h"
#include "api/realtime/changes.h"

#include "dispatch/dispatch_call.h"
#include "dispatch/dispatch_state.h"
#include "dispatch/webhook_signature.h"

#define CONNECT_MS 5000
#define TOTAL_MS   15000
#define OBJECT_MAX (256 * 1024) /* a larger one is fetched, not posted */
#define ANSWER_MAX (64 * 1024)	/* nobody reads it */
#define ERROR_MAX  200		/* code points */

static int
may_reach(const void *arg, const struct sockaddr *address)
{
	const struct dispatch_call *c = arg;

	return address_may_reach(
	    c->dispatch->allow, c->url.host, c->url.port, address);
}

/* Of an answer only its status counts. */
static int
drop_body(void *arg, const void *s, size_t len)
{
	(void)arg, (void)s, (void)len;
	return 0;
}

static void
answer(struct dispatch_call *c, int status, const char *error)
{
	struct dispatch *d = c->dispatch;

	c->answered = 1;
	c->status = status;
	c->error = error;
	c->hook->under_way--;
	d->under_way--;
	if (d->answered++ == 0)
		d->answered_ms = clock_ticks_ms();
	d->failed += error != NULL;
}

static const char *
what_failed(struct dispatch_call *c, const struct client_answer *a)
{
	if (a->status >= 300 && a->status < 400)
		return "it answers with a redirect, which is not followed";
	if (a->status != 0)
		return pool_printf(c->pool, "it answers %d", a->status);
	if (a->refused)
		return "its address is not of the public Internet, and "
		       "WASPOOL_WEBHOOK_ALLOW does not have it";
	return text_fold(
	    c->pool, a->error != NULL ? a->error : "no answer", ERROR_MAX);
}

static void
done_dispatch(void *arg, const struct client_answer *a)
{
	struct dispatch_call *c = arg;

	c->retry_after = a->retry_after;
	answer(c, a->status,
	    a->status >= 200 && a->status < 300 ? NULL : what_failed(c, a));
}

/* The id, which is the same at each attempt. */
static const char *
id_of(const struct dispatch_call *c)
{
	const struct dispatch_item *i = &c->item;
	const char *kind = text_is(i->type, WEBHOOK_DELIVERY_TEST)   ? "test"
			   : text_is(i->type, WEBHOOK_DELIVERY_LOST) ? "lost"
								     : "evt";

	return pool_printf(c->pool, "%s_%" PRId64 "_%" PRId64, kind,
	    c->hook->e.id, *kind == 'e' ? i->seq : i->id);
}

/* "data" of a change, as a stream shows it; NULL: the database failed. */
static const char *
change_data(struct dispatch_call *c, int64_t now)
{
	struct action a = {
		.pool = c->pool, .session = c->dispatch->session, .now = now
	};
	struct change change = { .seq = c->item.seq,
		.type = c->item.type,
		.id = c->item.object_id,
		.conversation_id = c->item.conversation_id };
	const char *text;
	size_t len;

	text = changes_json(&a, &change, &len);
	if (text == NULL || len <= OBJECT_MAX)
		return text;
	return pool_printf(c->pool,
	    "{\"seq\":%" PRId64 ",\"type\":\"%s\",\"id\":%" PRId64
	    ",\"conversation_id\":%" PRId64 ",\"object\":null,"
	    "\"too_large\":true}",
	    change.seq, change.type, change.id, change.conversation_id);
}

static const char *
data_of(struct dispatch_call *c, int64_t now)
{
	const struct dispatch_item *i = &c->item;

	if (text_is(i->type, WEBHOOK_DELIVERY_TEST))
		return pool_printf(
		    c->pool, "{\"endpoint_id\":%" PRId64 "}", c->hook->e.id);
	if (text_is(i->type, WEBHOOK_DELIVERY_LOST))
		return pool_printf(c->pool,
		    "{\"first_seq\":%" PRId64 ",\"last_seq\":%" PRId64 "}",
		    i->seq, i->last_seq);
	return change_data(c, now);
}

/* NULL: the database failed. */
static const char *
body_of(struct dispatch_call *c, int64_t now, size_t *len)
{
	struct json_out *out = json_new(c->pool);
	const char *data = data_of(c, now);

	if (data == NULL)
		return NULL;
	json_expect(out, strlen(data) + 128);
	json_open_object(out, NULL);
	json_put_text(out, "type", c->item.type);
	json_put_time(out, "timestamp", c->item.created_at);
	json_put_raw(out, "data", data);
	json_close(out);
	return json_end(out, len);
}

static int
post(struct dispatch_call *c, const char *body, size_t len, int64_t now)
{
	const struct dispatch_endpoint *e = &c->hook->e;
	struct webhook_secret secret = { e->secret, e->secret_len };
	struct webhook_secret old = { e->old_secret, e->old_secret_len };
	const char *id = id_of(c);
	const char *headers[] = { "Content-Type: application/json",
		pool_printf(c->pool, "webhook-id: %s", id),
		pool_printf(c->pool, "webhook-timestamp: %" PRId64, now),
		pool_printf(c->pool, "webhook-signature: %s",
		    webhook_signature(c->pool, &secret,
			old.s != NULL && e->old_secret_until > now ? &old
								   : NULL,
			id, now, body, len)),
		NULL };
	struct client_request request = { .method = "POST",
		.url = e->url,
		.headers = headers,
		.body = body,
		.body_len = len,
		.sink = drop_body,
		.max_len = ANSWER_MAX,
		.connect_ms = CONNECT_MS,
		.total_ms = TOTAL_MS,
		.repeatable = 1,
		.may_reach = may_reach,
		.reach_arg = c };

	return client_start(c->dispatch->fetch, &request, done_dispatch, c);
}

static struct dispatch_call *
new_call(struct dispatch *d, struct dispatch_hook *h,
    const struct dispatch_item *item)
{
	struct dispatch_call *c = xcalloc(sizeof(*c));

	c->pool = pool_new();
	c->dispatch = d;
	c->hook = h;
	c->item = *item;
	c->item.type = pool_copy(c->pool, item->type);
	c->moved = h->e.moved;
	c->retry_after = -1;
	return c;
}

int
dispatch_call_begin(struct dispatch *d, struct dispatch_hook *h,
    const struct dispatch_item *item, int64_t now)
{
	struct dispatch_call *c = new_call(d, h, item);
	const char *wrong = endpoint_url_read(&c->url, h->e.url, d->allow);
	size_t len;
	const char *body = body_of(c, now, &len);

	if (body == NULL) {
		pool_free(c->pool);
		free(c);
		return -1;
	}
	c->next = d->calls;
	d->calls = c;
	d->under_way++;
	h->under_way++;
	h->unstored++;
	if (wrong != NULL)
		answer(c, 0, pool_printf(c->pool, "its url %s", wrong));
	else if (post(c, body, len, now) == -1)
		answer(c, 0, "its url cannot be used");
	return 0;
}

void
dispatch_call_free(struct dispatch_call *c)
{
	struct dispatch *d = c->dispatch;
	struct dispatch_call **at = &d->calls;

	while (*at != c)
		at = &(*at)->next;
	*at = c->next;
	c->hook->unstored--;
	pool_free(c->pool);
	free(c);
}
