/*
 * Normalization Form C, for passwords.
 */
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/unicode/unicode_nfc.h"

char *
unicode_nfc(struct pool *pool, const char *s)
{
	utf8proc_uint8_t *made = NULL;
	char *out = NULL;

	if (text_is_utf8(s, strlen(s)) &&
	    utf8proc_map((const utf8proc_uint8_t *)s, 0, &made,
		UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_COMPOSE) >= 0)
		out = pool_copy(pool, (const char *)made);
	free(made);
	return out;
}
