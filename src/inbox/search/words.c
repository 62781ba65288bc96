/*
 * The words of a text (words.h).
 */
#include <ctype.h>
#include <stddef.h>

#include "base/buf.h"

#include "inbox/search/words.h"

static int
in_word(char c)
{
	return (unsigned char)c >= 0x80 || isalnum((unsigned char)c);
}

void
words_put(struct buf *b, const char *prefix, const char *text)
{
	int n = 0;

	while (*text != '\0') {
		if (!in_word(*text)) {
			text++;
			continue;
		}
		if (n++ > 0)
			buf_char(b, ' ');
		buf_text(b, prefix);
		for (; in_word(*text); text++)
			buf_char(b, (char)tolower((unsigned char)*text));
	}
}
