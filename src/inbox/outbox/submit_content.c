/*
 * Completes what is stored of a message that a member sends.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/preview/preview.h"

#include "inbox/outbox/submit_content.h"

const char *
submit_context(struct pool *pool, const char *wamid)
{
	struct json_out *out;

	if (wamid == NULL)
		return NULL;
	out = json_new(pool);
	json_open_object(out, NULL);
	json_put_text(out, "wamid", wamid);
	json_close(out);
	return json_end(out, NULL);
}

static const char *
reaction(struct pool *pool, const char *wamid, const char *emoji)
{
	struct json_out *out = json_new(pool);

	json_open_object(out, NULL);
	json_put_text(out, "message_id", wamid);
	json_put_text(out, "emoji", emoji != NULL ? emoji : "");
	json_close(out);
	return json_end(out, NULL);
}

/* Adds FILENAME to the content, and makes preview and text anew. */
static void
name_file(struct pool *pool, struct compose *c, const char *filename)
{
	struct outgoing *message = &c->message;
	struct preview words;
	struct json_out *out = json_new(pool);
	const struct json *m;

	m = json_parse(pool, message->content, strlen(message->content), NULL);
	if (json_text(m, "filename") != NULL)
		return;
	json_open_object(out, NULL);
	for (m = json_first(m); m != NULL; m = json_next(m))
		json_put(out, json_key(m), m);
	json_put_text(out, "filename", filename);
	json_close(out);
	message->content = json_end(out, NULL);
	preview_read(pool, message->type,
	    json_parse(pool, message->content, strlen(message->content), NULL),
	    0, &words);
	c->preview = words.line;
	c->text = words.text;
}

void
submit_complete(struct pool *pool, struct compose *c,
    const char *reaction_wamid, const char *filename)
{
	if (reaction_wamid != NULL)
		c->message.content = reaction(pool, reaction_wamid, c->emoji);
	if (c->upload != 0 && filename != NULL &&
	    text_is(c->message.type, "document"))
		name_file(pool, c, filename);
}
