/*
 * What is stored of a message that a member sends.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/event.h"
#include "whatsapp/preview.h"

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

static const char *
file(struct pool *pool, const struct json *content, const char *filename,
    int64_t upload)
{
	struct json_out *out = json_new(pool);
	const struct json *m;

	json_open_object(out, NULL);
	json_put_int(out, "upload", upload);
	for (m = json_first(content); m != NULL; m = json_next(m))
		json_put(out, json_key(m), m);
	if (filename != NULL)
		json_put_text(out, "filename", filename);
	json_close(out);
	return json_end(out, NULL);
}

void
submit_complete(struct pool *pool, struct compose *c,
    const char *reaction_wamid, const char *filename)
{
	struct event words = { .type = c->type };
	const struct json *content;

	if (reaction_wamid != NULL)
		c->content = reaction(pool, reaction_wamid, c->emoji);
	if (c->upload == 0)
		return;
	content = json_parse(pool, c->content, strlen(c->content), NULL);
	if (!text_is(c->type, "document") ||
	    json_text(content, "filename") != NULL)
		filename = NULL;
	c->content = file(pool, content, filename, c->upload);
	if (filename == NULL)
		return;
	preview_read(pool, c->type,
	    json_parse(pool, c->content, strlen(c->content), NULL), &words);
	c->preview = words.preview;
	c->text = words.text;
}
