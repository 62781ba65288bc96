/*
 * What an answer means (docs/protocol.md §6.3, §6.4).  The provider's error
 * code decides; the HTTP status only when there is no code, for the same code
 * comes with different statuses.
 */
#include <limits.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"
#include "lib/json/json.h"

#include "whatsapp/provider/graph_answer.h"
#include "whatsapp/provider/graph_error.h"
#include "whatsapp/provider/provider.h"

/* A code that is not here is REFUSED: the request is wrong, or the message
 * cannot be delivered. */
static const struct {
	int64_t from, to;
	enum provider_decision decision;
} codes[] = {
	{ 0, 0, PROVIDER_STOP }, { 1, 2, PROVIDER_RETRY },
	{ 3, 3, PROVIDER_STOP }, { 4, 4, PROVIDER_SLOW },
	{ 10, 10, PROVIDER_STOP }, { 17, 17, PROVIDER_SLOW },
	{ 32, 32, PROVIDER_SLOW }, { 102, 102, PROVIDER_STOP },
	{ 190, 190, PROVIDER_STOP }, { 200, 299, PROVIDER_STOP },
	{ 368, 368, PROVIDER_STOP },
	{ 429, 429, PROVIDER_SLOW }, /* 360dialog repeats the HTTP status */
	{ 471, 471, PROVIDER_SLOW }, { 500, 599, PROVIDER_RETRY },
	{ 613, 613, PROVIDER_SLOW }, { 1014, 1014, PROVIDER_RETRY },
	{ 1015, 1015, PROVIDER_SLOW }, { 80007, 80008, PROVIDER_SLOW },
	{ 130429, 130429, PROVIDER_SLOW }, { 130497, 130497, PROVIDER_STOP },
	{ 131000, 131000, PROVIDER_RETRY }, { 131016, 131016, PROVIDER_RETRY },
	{ 131031, 131031, PROVIDER_STOP }, { 131037, 131037, PROVIDER_STOP },
	{ 131042, 131042, PROVIDER_STOP }, { 131045, 131045, PROVIDER_STOP },
	{ 131048, 131048, PROVIDER_SLOW }, { 131056, 131056, PROVIDER_PAIR },
	{ 131057, 131057, PROVIDER_RETRY },
	{ 133004, 133004,
	    PROVIDER_RETRY }, /* their registration server is away */
	{ 133000, 133999, PROVIDER_STOP },
	{ 139102, 139103, PROVIDER_RETRY }, /* of blocking (§6.8) */
};

static enum provider_decision
by_code(const struct graph_error *w)
{
	for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
		if (w->code >= codes[i].from && w->code <= codes[i].to)
			return codes[i].decision;
	return w->transient ? PROVIDER_RETRY : PROVIDER_REFUSED;
}

/*
 * 504 and 524: a gateway gave up waiting for the server behind it, which may
 * have taken the message.  After 500, 502 and a redirect nobody knows either.
 */
static enum provider_decision
by_status(int status, int sent)
{
	switch (status) {
	case 401:
	case 403:
		return PROVIDER_STOP;
	case 408:
	case 425:
		return PROVIDER_RETRY;
	case 429:
		return PROVIDER_SLOW;
	case 500:
	case 502:
	case 504:
	case 524:
		return sent ? PROVIDER_UNKNOWN : PROVIDER_RETRY;
	default:
		if (status >= 300 && status < 400 && sent)
			return PROVIDER_UNKNOWN;
		return status >= 400 && status < 500 ? PROVIDER_REFUSED
						     : PROVIDER_RETRY;
	}
}

static void
put_error(struct pool *p, int is_said, struct provider_outcome *o)
{
	struct json_out *out = json_new(p);

	json_open_object(out, NULL);
	if (is_said)
		json_put_int(out, "code", o->code);
	else
		json_put_null(out, "code");
	json_put_text(out, "title", o->title);
	json_put_text(out, "detail", o->detail);
	json_close(out);
	o->error = json_end(out, NULL);
}

static void
read_taken(struct pool *p, const struct json *body, struct provider_outcome *o)
{
	const struct json *contact =
	    graph_error_one(json_get(body, "contacts"));
	const struct json *blocks = json_get(body, "block_users");
	const char *media =
	    json_text(graph_error_one(json_get(body, "media")), "id");

	o->wamid = json_text(graph_error_one(json_get(body, "messages")), "id");
	o->input = json_text(contact, "input");
	o->wa_id = json_text(contact, "wa_id");
	o->user_id = json_text(contact, "user_id");
	o->blocked = json_type(blocks) == JSON_OBJECT &&
		     json_count(json_get(blocks, "failed_users")) == 0;
	o->media_id = json_text(body, "id");
	if (o->media_id == NULL) /* on-premise */
		o->media_id = media;
	o->url = json_text(body, "url");
	o->mime_type = json_text(body, "mime_type");
	o->sha256 = provider_sha256(p, json_text(body, "sha256"));
	if (!json_int(body, "file_size", &o->size) || o->size < 0)
		o->size = -1;
}

/* There is no answer, or an unreadable one. */
static void
not_told(const struct client_answer *a, int sent, struct provider_outcome *o)
{
	int may_be = sent && (a->reached || a->status != 0);

	o->decision = may_be ? PROVIDER_UNKNOWN : PROVIDER_RETRY;
	o->code = a->status;
	o->title = a->status == 0 ? "No answer" : "An unreadable answer";
	o->detail = a->error;
}

static void
read_error(const struct graph_error *w, const struct client_answer *a, int sent,
    struct provider_outcome *o)
{
	int status = w->status != 0 ? w->status : a->status;

	o->decision = w->has_code ? by_code(w) : by_status(status, sent);
	o->code = status;
	if (w->has_code && w->code >= 0 && w->code <= INT_MAX)
		o->code = (int)w->code;
	o->title = w->title;
	o->detail = w->detail;
}

void
graph_answer(struct pool *p, const struct client_answer *a, int sent,
    struct provider_outcome *o)
{
	const struct json *body = json_parse(p, a->body, a->body_len, NULL);
	struct graph_error words;

	*o = (struct provider_outcome){ .retry_after = -1, .size = -1 };
	if (a->retry_after >= 0)
		o->retry_after =
		    a->retry_after < INT_MAX ? (int)a->retry_after : INT_MAX;
	if (a->status == 0)
		not_told(a, sent, o);
	else if (graph_error_read(p, body, a, &words))
		read_error(&words, a, sent, o);
	else
		read_taken(p, body, o);
	if (o->decision == PROVIDER_DONE && sent && o->wamid == NULL)
		not_told(a, sent, o);
	else if (o->decision == PROVIDER_DONE && !sent &&
		 (a->error != NULL || (body == NULL && a->body_len > 0)))
		not_told(a, sent, o);
	if (o->decision == PROVIDER_DONE)
		return;
	o->title = pool_copy(p, o->title);
	o->detail = text_fold(p, o->detail, 500);
	put_error(p, a->status != 0, o);
}

enum provider_fault
graph_fault(int64_t code)
{
	static const struct {
		int64_t from, to;
		enum provider_fault fault;
	} faults[] = {
		{ 0, 0, PROVIDER_FAULT_KEY },
		{ 3, 3, PROVIDER_FAULT_PERMISSION },
		{ 10, 10, PROVIDER_FAULT_PERMISSION },
		{ 100, 100, PROVIDER_FAULT_PARAMETER },
		{ 102, 102, PROVIDER_FAULT_KEY },
		{ 190, 190, PROVIDER_FAULT_KEY },
		{ 200, 299, PROVIDER_FAULT_PERMISSION },
		{ 401, 401, PROVIDER_FAULT_KEY },
		{ 403, 403, PROVIDER_FAULT_KEY },
		{ 131037, 131037, PROVIDER_FAULT_NAME },
		{ 131042, 131042, PROVIDER_FAULT_PAYMENT },
		{ 131045, 131045, PROVIDER_FAULT_REGISTRATION },
		{ 131052, 131052, PROVIDER_FAULT_FILE_FETCH },
		{ 131053, 131053, PROVIDER_FAULT_FILE_TYPE },
		{ 133000, 133999, PROVIDER_FAULT_REGISTRATION },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (code >= faults[i].from && code <= faults[i].to)
			return faults[i].fault;
	return PROVIDER_FAULT_OTHER;
}
