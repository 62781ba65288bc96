/*
 * The answers of a form (WhatsApp Flows) as words.  They come as JSON within a
 * text, of whatever shape the form's author chose; a form made in Meta's editor
 * numbers its choices ("0_Excellent"), and names each answer after its screen.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/preview/preview_form.h"
#include "whatsapp/preview/preview_words.h"

/* Members that say nothing to a person. */
static const char *const silent[] = { "flow_token", "id", "media_id", "sha256",
	"mime_type", "encryption_metadata", "cdn_url", NULL };

const struct json *
preview_form_answers(struct pool *pool, const struct json *reply)
{
	const struct json *value = json_get(reply, "response_json");
	const char *text = json_string(value);

	if (json_type(value) == JSON_OBJECT || json_type(value) == JSON_ARRAY)
		return value;
	return text == NULL ? NULL : json_parse(pool, text, strlen(text), NULL);
}

/* "0_Excellent" is "Excellent", when SCREEN says that an editor made it. */
static const char *
choice(const char *s, int screen)
{
	size_t digits = strspn(s, "0123456789");

	return screen && digits > 0 && s[digits] == '_' && s[digits + 1] != '\0'
		   ? s + digits + 1
		   : s;
}

static void
put_answer(struct buf *b, const char *s)
{
	if (b->len > 0)
		buf_text(b, ", ");
	buf_text(b, s);
}

/* The tree is at most JSON_DEPTH_MAX deep. */
static void
collect(struct buf *b, const struct json *v, int screen)
{
	const struct json *m;
	const char *s = json_string(v);

	if (s != NULL) {
		put_answer(b, choice(s, screen));
		return;
	}
	for (m = json_first(v); m != NULL; m = json_next(m)) {
		const char *key = json_key(m);

		if (key == NULL || !text_among(key, silent))
			collect(b, m, screen || text_begins(key, "screen_"));
	}
}

void
preview_form(struct preview_words *w, const struct json *reply)
{
	const char *body = json_text(reply, "body");
	const char *plain = json_text(reply, "response_json");
	const struct json *answers = preview_form_answers(w->pool, reply);
	struct buf b = { .pool = w->pool };

	/* Of an address the body is the address; of a form it is "Sent",
	 * whatever was answered. */
	if (text_is(json_text(reply, "name"), "address_message") &&
	    body != NULL && !text_is(body, "Sent")) {
		w->label = preview_words_named(w, "Address", body);
		return;
	}
	collect(&b, answers, 0);
	/* No JSON at all: it is what was answered.  A part of JSON is not
	 * shown, it may have what says nothing to a person. */
	if (answers == NULL && plain != NULL && strpbrk(plain, "{[") == NULL)
		put_answer(&b, plain);
	w->label =
	    preview_words_named(w, "Form", b.len > 0 ? buf_end(&b) : NULL);
	if (b.len == 0)
		w->label = "Form without answers";
}
