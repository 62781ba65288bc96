/*
 * Collects the words of a message, for preview.c and its readers.
 */
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/preview/preview_words.h"

void
preview_words_also(struct preview_words *w, const char *s)
{
	if (s == NULL)
		return;
	if (w->more.len > 0)
		buf_char(&w->more, ' ');
	buf_text(&w->more, s);
}

const char *
preview_words_named(struct preview_words *w, const char *kind, const char *name)
{
	preview_words_also(w, name);
	name = name == NULL ? NULL : text_fold(w->pool, name, PREVIEW_MAX);
	return name == NULL ? kind : pool_printf(w->pool, "%s: %s", kind, name);
}

void
preview_words_finish(struct preview_words *w, struct preview *to)
{
	to->line = NULL;
	if (w->said != NULL)
		to->line = text_fold(w->pool, w->said, PREVIEW_MAX);
	if (to->line != NULL && w->kind != NULL)
		to->line = text_fold(w->pool,
		    pool_printf(w->pool, "%s: %s", w->kind, to->line),
		    PREVIEW_MAX);
	if (to->line == NULL && w->label != NULL)
		to->line = text_fold(w->pool, w->label, PREVIEW_MAX);
	if (to->line == NULL)
		to->line = text_fold(w->pool,
		    pool_printf(w->pool, "Message of type %s", w->type),
		    PREVIEW_MAX);
	if (w->said != NULL && w->more.len > 0)
		to->text =
		    pool_printf(w->pool, "%s %s", w->said, buf_end(&w->more));
	else if (w->said != NULL)
		to->text = w->said;
	else
		to->text = w->more.len > 0 ? buf_end(&w->more) : to->line;
}
