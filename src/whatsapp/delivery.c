/*
 * Splits a body into events: the envelope of each provider, its entries, their
 * changes, and the arrays in a change's value.  The name of an array says which
 * function reads its elements (value.h); one without a reader becomes a notice,
 * so that a JSON object never fails.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/gzip/gzip.h"
#include "lib/json/json.h"

#include "whatsapp/customer.h"
#include "whatsapp/delivery.h"
#include "whatsapp/event_list.h"
#include "whatsapp/value.h"

typedef void reader(struct event_list *, const struct json *);

static const struct {
	const char *key;
	reader *read;
} arrays[] = {
	{ "messages", value_message },
	{ "message_echoes", value_echo },
	{ "statuses", value_status },
	{ "errors", value_error },
	{ "history", value_history },
	{ "user_id_update", value_identity },
	{ "user_preferences", value_preference },
	{ "state_sync", value_phone_book },
	{ "groups", value_group },
	{ "calls", value_call },
};

/* The fields whose value holds arrays; a value of another field is one
 * notice. */
static const char *const fields[] = { "messages", "smb_message_echoes",
	"message_echoes", "history", "user_id_update", "user_preferences",
	"smb_app_state_sync", "calls", NULL };

/* Members of value that say what the arrays are about. */
static const char *const about[] = { "messaging_product", "metadata",
	"contacts", "object", "id", "meta", NULL };

/* An element alone, where an array should be, counts as an array of one. */
static void
each(struct event_list *s, const struct json *list, reader *read)
{
	const struct json *e;

	if (json_type(list) == JSON_ARRAY)
		for (e = json_first(list); e != NULL && !s->too_many;
		     e = json_next(e))
			read(s, e);
	else if (json_type(list) != JSON_NULL)
		read(s, list);
}

static reader *
reader_of(const char *key)
{
	size_t i;

	for (i = 0; i < sizeof(arrays) / sizeof(*arrays); i++)
		if (text_is(key, arrays[i].key))
			return arrays[i].read;
	return NULL;
}

/* The members without a reader, together in one notice. */
static void
keep_strange(struct event_list *s, const struct json *value)
{
	struct json_out *o = json_new(s->pool);
	const struct json *m;
	struct event *e = event_list_add(s, EVENT_NOTICE, value);

	json_open_object(o, NULL);
	for (m = json_first(value); m != NULL; m = json_next(m))
		if (!text_among(json_key(m), about) && !reader_of(json_key(m)))
			json_put(o, json_key(m), m);
	json_close(o);
	e->field = s->field;
	e->raw = json_end(o, NULL);
}

static void
read_value(struct event_list *s, const struct json *value)
{
	const struct json *m;
	size_t strange = 0, read = 0;

	for (m = json_first(value); m != NULL; m = json_next(m)) {
		s->key = json_key(m);
		if (text_among(s->key, about))
			continue;
		if (reader_of(s->key) != NULL) {
			each(s, m, reader_of(s->key));
			read++;
		} else {
			strange++;
		}
	}
	if (strange > 0)
		keep_strange(s, value);
	else if (read == 0)
		event_list_add_other(s, s->field, value);
}

static void
read_field(struct event_list *s, const char *field, const struct json *value)
{
	const struct json *metadata = json_get(value, "metadata");
	const char *waba_id =
	    json_text(json_get(value, "waba_info"), "waba_id");

	s->field = field;
	s->phone_number_id = json_text(metadata, "phone_number_id");
	s->display_phone_number = json_text(metadata, "display_phone_number");
	if (s->display_phone_number == NULL)
		s->display_phone_number =
		    json_text(value, "display_phone_number");
	/* In a partner's event entry.id is a portfolio; waba_info has the
	 * account. */
	if (waba_id != NULL)
		s->waba_id = waba_id;
	customer_read(s, value);
	if (json_type(value) == JSON_OBJECT &&
	    (text_among(field, fields) || text_begins(field, "group_")))
		read_value(s, value);
	else
		event_list_add_other(s, field, value);
}

static void
read_change_delivery(struct event_list *s, const struct json *change)
{
	const char *field = json_text(change, "field");
	const struct json *value = json_get(change, "value");
	const char *waba_id = s->waba_id;

	s->phone_number_id = s->display_phone_number = NULL;
	if (value == NULL)
		event_list_add_other(
		    s, field != NULL ? field : "unknown", change);
	else
		read_field(s, field != NULL ? field : "messages", value);
	s->waba_id = waba_id;
}

static void
read_entry(struct event_list *s, const struct json *entry)
{
	const struct json *changes = json_get(entry, "changes");

	s->waba_id = json_text(entry, "id");
	s->at = event_list_time(entry, "time", s->received_at);
	s->phone_number_id = s->display_phone_number = NULL;
	if (changes == NULL)
		event_list_add_other(s, "unknown", entry);
	else
		each(s, changes, read_change_delivery);
}

static void
read_envelope(struct event_list *s, const struct json *root)
{
	const struct json *entry = json_get(root, "entry");
	const struct json *data = json_get(root, "data");
	const char *event = json_text(root, "event");
	const struct json *m;

	if (entry != NULL) {
		each(s, entry, read_entry);
	} else if (event != NULL && json_type(data) == JSON_OBJECT) {
		s->waba_id = json_text(data, "id");
		read_field(s, event, data);
	} else {
		for (m = json_first(root); m != NULL; m = json_next(m))
			if (reader_of(json_key(m)) != NULL)
				break;
		if (m != NULL)
			read_field(s, "messages", root);
		else if (json_count(root) > 0)
			event_list_add_other(s, "unknown", root);
	}
}

int
delivery_plain(struct pool *p, size_t max, const char **body, size_t *len,
    const char **why)
{
	static const char mark[] = "\xEF\xBB\xBF";
	char *plain;
	size_t plain_len;

	if (gzip_is(*body, *len)) {
		if (gzip_inflate(
			p, *body, *len, max, &plain, &plain_len, why) == -1) {
			if (plain_len > max)
				*why = pool_printf(p,
				    "gzip of more than %zu bytes: raise"
				    " WASPOOL_BODY_MAX, restart"
				    " waspool-process, then type"
				    " waspool spool retry --all",
				    max);
			return -1;
		}
		*body = plain;
		*len = plain_len;
	}
	if (*len >= strlen(mark) && memcmp(*body, mark, strlen(mark)) == 0) {
		*body += strlen(mark);
		*len -= strlen(mark);
	}
	return 0;
}

int
delivery_parse_plain(struct pool *p, const char *body, size_t len,
    int64_t received_at, struct event **events, size_t *n, const char **why)
{
	struct event_list s = { .pool = p, .received_at = received_at };
	const struct json *root;

	s.at = received_at;
	*events = NULL;
	*n = 0;
	if ((root = json_parse(p, body, len, why)) == NULL)
		return -1;
	if (json_type(root) != JSON_OBJECT) {
		*why = "no JSON object";
		return -1;
	}
	read_envelope(&s, root);
	if (s.too_many) {
		*why = "too many events";
		return -1;
	}
	*events = s.events;
	*n = s.n;
	return 0;
}

int
delivery_parse(struct pool *p, const char *body, size_t len,
    int64_t received_at, struct event **events, size_t *n, const char **why)
{
	*events = NULL;
	*n = 0;
	if (delivery_plain(p, DELIVERY_PARSE_MAX, &body, &len, why) == -1)
		return -1;
	return delivery_parse_plain(p, body, len, received_at, events, n, why);
}
