/*
 * The JSON of a message as Meta's API takes it (docs/protocol.md §6.2).  For
 * most types the stored content is the provider's object already, and is
 * copied.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/content.h"
#include "whatsapp/outgoing.h"
#include "whatsapp/provider/graph_message.h"
#include "whatsapp/provider/provider.h"

/*
 * The recipient.  A phone needs its +: without it the provider may add the
 * country code of the business number (docs/protocol.md §5).
 */
static void
put_recipient(
    struct pool *p, struct json_out *o, const struct provider_recipient *who)
{
	const char *phone = who->phone;

	if (phone != NULL) {
		json_put_text(o, "recipient_type", "individual");
		json_put_text(o, "to",
		    *phone == '+' ? phone : pool_printf(p, "+%s", phone));
	} else if (who->user_id != NULL) {
		json_put_text(o, "recipient", who->user_id);
	} else {
		json_put_text(o, "recipient_type", "group");
		json_put_text(o, "to", who->group_id);
	}
}

/* A file: only the members that may be sent; more are stored. */
static void
write_media(
    struct json_out *o, const struct json *content, const char *media_id)
{
	static const char *const keys[] = { "id", "link", "caption", "filename",
		"voice" };

	if (media_id != NULL)
		json_put_text(o, "id", media_id);
	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		const struct json *m = json_get(content, keys[i]);

		if (m != NULL && (media_id == NULL || i > 1))
			json_put(o, keys[i], m);
	}
}

/* What has a type and an object of that name: in FROM an upload is the file of
 * the message. */
static void
put_holder(struct json_out *o, const char *key, const struct json *from,
    const struct outgoing *message)
{
	const struct json *m;

	json_open_object(o, key);
	for (m = json_first(from); m != NULL; m = json_next(m)) {
		if (json_get(m, "upload") == NULL) {
			json_put(o, json_key(m), m);
			continue;
		}
		json_open_object(o, json_key(m));
		write_media(o, m, message->media_id);
		if (text_is(json_key(m), "document") &&
		    json_text(m, "filename") == NULL &&
		    message->filename != NULL)
			json_put_text(o, "filename", message->filename);
		json_close(o);
	}
	json_close(o);
}

/* A component of a template, whose parameters may be files. */
static void
put_component(struct json_out *o, const struct json *component,
    const struct outgoing *message)
{
	const struct json *m, *e;

	json_open_object(o, NULL);
	for (m = json_first(component); m != NULL; m = json_next(m)) {
		if (!text_is(json_key(m), "parameters")) {
			json_put(o, json_key(m), m);
			continue;
		}
		json_open_array(o, "parameters");
		for (e = json_first(m); e != NULL; e = json_next(e))
			put_holder(o, NULL, e, message);
		json_close(o);
	}
	json_close(o);
}

/* An interactive message or a template with an upload: in the header, or in
 * the components. */
static void
write_nested(struct json_out *o, const struct json *content,
    const struct outgoing *message)
{
	const struct json *m, *e;

	json_escape_keys(o);
	for (m = json_first(content); m != NULL; m = json_next(m)) {
		if (text_is(json_key(m), "text")) /* of a template: ours */
			continue;
		if (text_is(json_key(m), "header")) {
			put_holder(o, "header", m, message);
		} else if (text_is(json_key(m), "components")) {
			json_open_array(o, "components");
			for (e = json_first(m); e != NULL; e = json_next(e))
				put_component(o, e, message);
			json_close(o);
		} else {
			json_put(o, json_key(m), m);
		}
	}
}

/*
 * Degrees are texts by the types of Meta's OpenAPI document, and numbers in its
 * examples and in what it delivers; ours are numbers until they leave.
 */
static void
write_location(struct json_out *o, const struct json *content)
{
	static const char *const keys[] = { "latitude", "longitude", "name",
		"address" };

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
		if (json_text(content, keys[i]) != NULL)
			json_put_text(o, keys[i], json_text(content, keys[i]));
}

static void
put_content(struct pool *p, struct json_out *o, const struct outgoing *message)
{
	const char *type = message->type, *content = message->content;
	int file = content_is_file(type), place = text_is(type, "location");
	int cards = text_is(type, "contacts");
	const struct json *c;

	if (!file && !place && !cards && message->media_id == NULL &&
	    !text_is(type, "template")) {
		json_put_raw(o, type, content);
		return;
	}
	c = json_parse(p, content, strlen(content), NULL);
	if (cards) { /* stored as {"contacts":[…]} */
		json_put(o, type, json_get(c, "contacts"));
		return;
	}
	json_open_object(o, type);
	if (file)
		write_media(o, c, message->media_id);
	else if (place)
		write_location(o, c);
	else
		write_nested(o, c, message);
	json_close(o);
}

struct json_out *
graph_message(struct pool *p, const struct outgoing *message,
    const struct provider_recipient *who, const char *callback)
{
	struct json_out *o = json_new(p);

	json_expect(o, strlen(message->content) + 512);
	json_open_object(o, NULL);
	json_put_text(o, "messaging_product", "whatsapp");
	put_recipient(p, o, who);
	json_put_text(o, "type", message->type);
	put_content(p, o, message);
	if (message->reply_wamid != NULL) {
		json_open_object(o, "context");
		json_put_text(o, "message_id", message->reply_wamid);
		json_close(o);
	}
	if (callback != NULL)
		json_put_text(o, "biz_opaque_callback_data", callback);
	json_close(o);
	return o;
}
