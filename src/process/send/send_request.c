/*
 * One request for a row of the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "process/send/send_request.h"
#include "process/send/send_state.h"

static enum send_request_kind
kind_of(const struct outbox_row *row)
{
	if (row->is_read)
		return SEND_REQUEST_READ;
	return row->upload_id != 0 && row->message.media_id == NULL
		   ? SEND_REQUEST_UPLOAD
		   : SEND_REQUEST_SEND;
}

/* Sets the outcome when no request is needed. */
static void
look_answer(struct send_request *c)
{
	const struct outbox_row *row = &c->row;

	if (row->is_read) {
		/* The message has no wamid of the provider: nothing to mark
		 * as read. */
		if (row->wamid == NULL || text_begins(row->wamid, "none."))
			send_result_put(c, PROVIDER_DONE, NULL);
	} else if (row->phone == NULL && row->user_id == NULL &&
		   row->group_id == NULL)
		send_result_put(c, PROVIDER_REFUSED,
		    "the customer's number belongs to somebody else now, and "
		    "no other is known");
	else if (row->message.type == NULL)
		send_result_put(
		    c, PROVIDER_REFUSED, "there is nothing to send");
	else if (row->upload_id != 0 && row->path == NULL)
		send_result_put(c, PROVIDER_REFUSED, "the file was deleted");
}

struct send_request *
send_request_new(
    const struct outbox_row *row, struct rate_limit *pace, const char *key_mark)
{
	struct send_request *c = xcalloc(sizeof(*c));

	c->row = *row;
	c->kind = kind_of(row);
	c->provider = provider_find(row->provider);
	c->pace = pace;
	strncpy(c->key_mark, key_mark, RATE_LIMIT_MARK_LEN);
	look_answer(c);
	return c;
}

void
send_request_free(struct send_request *c)
{
	pool_free(c->pool);
	free(c);
}

static void
on_answer(void *arg, const struct client_answer *answer)
{
	struct send_request *c = arg;

	c->pool = pool_new();
	c->provider->outcome(
	    c->pool, answer, c->kind == SEND_REQUEST_SEND, &c->outcome);
	c->answered = 1;
	rate_limit_end(c->pace);
	(*c->under_way)--;
}

static void
write_request(const struct send_request *c, const struct send *s,
    struct client_request *request)
{
	const struct provider_account *account = c->account;
	const struct provider *with = account->provider;
	const struct outbox_row *row = &c->row;
	const struct provider_recipient to = { row->phone, row->user_id,
		row->group_id };

	if (c->kind == SEND_REQUEST_READ)
		with->mark_read(
		    s->pool, account, row->wamid, row->typing != 0, request);
	else if (c->kind == SEND_REQUEST_UPLOAD)
		with->upload(s->pool, account,
		    pool_printf(s->pool, "%s/%s", s->dir, row->path),
		    row->filename != NULL ? row->filename : "file",
		    row->mime_type, request);
	else
		with->send(s->pool, account, &row->message, &to,
		    outbox_callback(s->pool, row), request);
}

void
send_request_start(struct send_request *c, struct send *s)
{
	struct client_request request;

	write_request(c, s, &request);
	/* The next message of the conversation waits no longer than that. */
	if (c->kind == SEND_REQUEST_SEND &&
	    request.total_ms > OUTBOX_ANSWER_S * 1000)
		request.total_ms = OUTBOX_ANSWER_S * 1000;
	c->began_ms = clock_ticks_ms();
	c->under_way = &s->n;
	if (client_start(s->fetch, &request, on_answer, c) == -1) {
		send_result_put(
		    c, PROVIDER_RETRY, "the request cannot be made");
		return;
	}
	s->n++;
	rate_limit_begin(c->pace);
}
