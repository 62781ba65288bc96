/*
 * Prints text that is safe for a terminal: what customers wrote must not move
 * its cursor.
 */
#include "base/pool.h"
#include "base/text.h"

#include "cli/visible.h"

void
visible_print(FILE *f, const char *fmt, va_list ap)
{
	struct pool *pool = pool_new();
	va_list copy;
	char *text;
	int len;

	va_copy(copy, ap);
	len = vsnprintf(NULL, 0, fmt, copy);
	va_end(copy);
	text = pool_alloc(pool, (size_t)(len < 0 ? 0 : len) + 1);
	vsnprintf(text, (size_t)(len < 0 ? 0 : len) + 1, fmt, ap);
	fputs(text_visible(pool, text), f);
	pool_free(pool);
}
