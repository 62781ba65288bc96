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

/* The blank and the prefix before a word of at most LEN bytes: where it is to
 * stand.  Its end is the end of the buffer, then. */
static char *
put_prefix(struct putting *p, size_t len)
{
	int first = p->b->len == p->begin;
	char *to = buf_room(p->b, 1 + p->prefix_len + len);

	if (!first)
		*to++ = ' ';
	memcpy(to, p->prefix, p->prefix_len);
	return to + p->prefix_len;
}

static void
put_word(void *arg, const struct words_letter *letters, int n)
{
	struct putting *p = arg;
	char *to = put_prefix(p, 4 * (size_t)n);

	for (int i = 0; i < n; i++)
		to += unicode_write(letters[i].point, to);
	p->b->len = (size_t)(to - p->b->s);
}

/* Of letters of ASCII. */
static void
put_plain(struct putting *p, const char *letters, int n)
{
	char *to = put_prefix(p, (size_t)n);

	for (int i = 0; i < n; i++)
		to[i] = (char)(letters[i] | 0x20);
	p->b->len = (size_t)(to + n - p->b->s);
}

void
words_put(struct buf *b, const char *prefix, const char *text)
{
	struct putting p = { b, prefix, strlen(prefix), b->len };
	struct words_split s;
	const char *letters;
	int n;

	words_split_begin(&s, text);
	for (;;) {
		while ((letters = words_split_plain(&s, &n)) != NULL)
			put_plain(&p, letters, n);
		if (words_split_next(&s) == WORDS_END)
			return;
		words_each_of(&s, put_word, &p);
	}
}
