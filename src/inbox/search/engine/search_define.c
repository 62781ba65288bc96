/*
 * The SQL functions that make the indexes' words (search_define.h).
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/buf.h"

#include "lib/sql/db.h"
#include "lib/sql/sqlite.h"

#include "inbox/search/engine/search_define.h"
#include "inbox/words/words.h"

/* N in base 36 and a dot, behind S. */
static char *
put_number(char *s, int64_t n)
{
	char digits[16];
	int len = 0;

	do {
		digits[len++] = "0123456789abcdefghijklmnopqrstuvwxyz"[n % 36];
		n /= 36;
	} while (n > 0);
	while (len > 0)
		*s++ = digits[--len];
	*s++ = '.';
	return s;
}

void
search_prefix(
    char s[SEARCH_PREFIX_MAX], int64_t workspace_id, int64_t partition)
{
	s = put_number(s, workspace_id < 0 ? 0 : workspace_id);
	if (partition >= 0)
		s = put_number(s, partition);
	*s = '\0';
}

void
search_write_words(struct buf *b, const int64_t *numbers, const char *text)
{
	char prefix[SEARCH_PREFIX_MAX];

	search_prefix(prefix, numbers[0], numbers[1]);
	words_put(b, prefix, text);
}

void
search_write_names(struct buf *b, const int64_t *numbers, const char *text)
{
	char prefix[SEARCH_PREFIX_MAX];

	search_prefix(prefix, numbers[0], SEARCH_NO_PARTITION);
	words_put(b, prefix, text);
}

void
search_write_digits(struct buf *b, const int64_t *numbers, const char *phone)
{
	char prefix[SEARCH_PREFIX_MAX];
	size_t len;

	search_prefix(prefix, numbers[0], SEARCH_NO_PARTITION);
	phone += *phone == '+';
	for (len = strlen(phone); len >= SEARCH_DIGITS_MIN; len--, phone++) {
		if (b->len > 0)
			buf_char(b, ' ');
		buf_text(b, prefix);
		buf_put(b, phone, len < SEARCH_DIGITS ? len : SEARCH_DIGITS);
	}
}

int
search_define(struct db *db)
{
	if (db_engine(db) != DB_SQLITE)
		return 0; /* there words are made outside of statements */
	if (sqlite_define_text(db, "search_words", 2, search_write_words) ==
		-1 ||
	    sqlite_define_text(db, "search_names", 1, search_write_names) == -1)
		return -1;
	return sqlite_define_text(db, "search_digits", 1, search_write_digits);
}
