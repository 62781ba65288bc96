/*
 * The words of a text as they are stored (words.h): each with the prefix that
 * says whose they are.
 */
#include <string.h>

#include "base/buf.h"

#include "inbox/words/words.h"
#include "inbox/words/words_each.h"

struct putting {
	struct buf *b;
	const char *prefix;
	size_t prefix_len;
	size_t begin; /* of B */
};

static void
put_word(void *arg, const struct words_letter *letters, int n)
{
	struct putting *p = arg;
	size_t room = 1 + p->prefix_len + 4 * (size_t)n, before = p->b->len;
	char *to = buf_room(p->b, room), *begin = to;

	if (before > p->begin)
		*to++ = ' ';
	memcpy(to, p->prefix, p->prefix_len);
	to += p->prefix_len;
	for (int i = 0; i < n; i++)
		to += unicode_write(letters[i].point, to);
	p->b->len = before + (size_t)(to - begin);
}

void
words_put(struct buf *b, const char *prefix, const char *text)
{
	struct putting p = { b, prefix, strlen(prefix), b->len };

	words_each(text, put_word, &p);
}
