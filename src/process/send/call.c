/*
 * One request for a row of the outbox.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/fetch.h"
#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"

#include "process/send/call.h"
#include "process/send/send.h"

static enum call_kind
kind_of(const struct outbox_row *row)
{
	if (row->is_read)
		return CALL_READ;
	return row->upload_id != 0 && row->media_id == NULL ? CALL_UPLOAD
							    : CALL_SEND;
}

/* What can be said without asking. */
static void
look(struct call *c)
{
	const struct outbox_row *row = &c->row;

	if (row->is_read) {
		/* Not one of the provider's: there is nothing to mark. */
		if (row->wamid == NULL || text_begins(row->wamid, "none."))
			verdict_put(c, D360_DONE, NULL);
	} else if (row->phone == NULL && row->user_id == NULL &&
		   row->group_id == NULL)
		verdict_put(c, D360_REFUSED,
		    "somebody else has the customer's number by now, and no"
		    " other is known");
	else if (row->request == NULL)
		verdict_put(c, D360_REFUSED, "there is nothing to send");
	else if (row->upload_id != 0 && row->path == NULL)
		verdict_put(c, D360_REFUSED, "the file is gone");
}

struct call *
call_new(const struct outbox_row *row, struct pace *pace, const char *key_mark)
{
	struct call *c = pool_forever(sizeof(*c));

	c->row = *row;
	c->kind = kind_of(row);
	c->pace = pace;
	strncpy(c->key_mark, key_mark, PACE_MARK_LEN);
	look(c);
	return c;
}

void
call_free(struct call *c)
{
	pool_free(c->pool);
	free(c);
}

static void
on_answer(void *arg, const struct fetch_answer *answer)
{
	struct call *c = arg;

	c->pool = pool_new();
	d360_outcome(c->pool, answer, c->kind == CALL_SEND, &c->outcome);
	c->answered = 1;
	pace_end(c->pace);
	(*c->under_way)--;
}

/* The queued request, with the id of its file. */
static const char *
message_of(struct pool *pool, const struct outbox_row *row)
{
	const struct json *queued;

	if (row->upload_id == 0)
		return row->request;
	queued = json_parse(pool, row->request, strlen(row->request), NULL);
	return compose_write(pool, row->type, row->content,
	    json_text(json_get(queued, "context"), "message_id"), NULL,
	    row->media_id);
}

static void
write_request(const struct call *c, const struct send *s, const char *key,
    struct fetch_request *request)
{
	const struct d360_account account = { s->api_url, key };
	const struct outbox_row *row = &c->row;
	const struct d360_recipient to = { row->phone, row->user_id,
		row->group_id };

	if (c->kind == CALL_READ)
		d360_read(s->pool, &account, row->wamid, 0, request);
	else if (c->kind == CALL_UPLOAD)
		d360_upload(s->pool, &account,
		    pool_printf(s->pool, "%s/%s", s->dir, row->path),
		    row->filename != NULL ? row->filename : "file",
		    row->mime_type, request);
	else
		d360_send(s->pool, &account, message_of(s->pool, row), &to,
		    outbox_callback(s->pool, row), request);
}

void
call_start(struct call *c, struct send *s, const char *key)
{
	struct fetch_request request;

	write_request(c, s, key, &request);
	/* The next of the conversation does not wait longer than that. */
	if (c->kind == CALL_SEND && request.total_ms > OUTBOX_ANSWER_S * 1000)
		request.total_ms = OUTBOX_ANSWER_S * 1000;
	c->began_ms = clock_ticks_ms();
	c->under_way = &s->n;
	if (fetch_start(s->fetch, &request, on_answer, c) == -1) {
		verdict_put(c, D360_RETRY, "the request cannot begin");
		return;
	}
	s->n++;
	pace_begin(c->pace);
}
