/*
 * Checks a template message before it is queued: whether there is such a
 * template, whether it may be sent, and whether its parameters fit.
 */
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/compose.h"
#include "whatsapp/template/template_fit.h"

#include "inbox/outbox/submit_template.h"
#include "inbox/template/template_list.h"

#define LINE_POINTS 100 /* code points of a preview */

/* Keeps the text beside what is sent. */
static void
keep_text(struct pool *pool, struct compose *c, const struct json *content,
    const char *text)
{
	struct json_out *out = json_new(pool);
	const struct json *m;

	json_open_object(out, NULL);
	for (m = json_first(content); m != NULL; m = json_next(m))
		json_put(out, json_key(m), m);
	json_put_text(out, "text", text);
	json_close(out);
	c->message.content = json_end(out, NULL);
	c->text = text;
	c->preview = text_fold(pool, text, LINE_POINTS);
}

static const char *
not_sendable(struct pool *pool, const struct template *t)
{
	if (strcasecmp(t->status, "APPROVED") == 0)
		return NULL;
	return pool_printf(pool,
	    "is %s, and only an APPROVED template can be sent", t->status);
}

int
submit_template(struct session *s, struct pool *pool, int64_t number_id,
    struct compose *c, const char **field, const char **why)
{
	const struct json *content = json_parse(pool, c->message.content,
			      strlen(c->message.content), NULL),
			  *sent = json_get(content, "components"), *defined;
	const char *name = json_text(content, "name"), *others, *text;
	const char *language = json_text(json_get(content, "language"), "code");
	struct template t = { 0 };
	int known, rc = template_find(
		       s, pool, number_id, name, language, &t, &known, &others);

	if (rc == -1 || !known)
		return rc == -1 ? -1 : 1;
	*field = "template.name";
	if (rc == 0 && *others != '\0') {
		*field = "template.language";
		*why =
		    pool_printf(pool, "the template has no language %s, but %s",
			language, others);
		return 0;
	}
	if (rc == 0) {
		*why = "is no template of this number; GET /templates has "
		       "them, and POST /templates/sync reads the provider's "
		       "list again";
		return 0;
	}
	*why = not_sendable(pool, &t);
	if (*why != NULL)
		return 0;
	defined = json_parse(pool, t.components, strlen(t.components), NULL);
	*field = "template.components";
	*why = template_fit(pool, defined, sent);
	if (*why != NULL)
		return 0;
	text = template_fit_text(pool, defined, sent);
	if (text != NULL && text_fold(pool, text, 1) != NULL)
		keep_text(pool, c, content, text);
	return 1;
}
