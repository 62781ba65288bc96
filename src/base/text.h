#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stddef.h>

struct pool;

/* 1 when S (LEN bytes) is UTF-8 by RFC 3629: no overlong, no surrogate. */
int text_is_utf8(const char *s, size_t len);

/* The number of code points of the UTF-8 string S. */
size_t text_points(const char *s);

/*
 * S on one line for people: white space and control characters folded to
 * single spaces, none at the ends, bidirectional overrides taken out, at most
 * MAX code points, cut on a code point.  In POOL; NULL when nothing is left.
 */
char *text_fold(struct pool *, const char *s, size_t max);

/*
 * S, in POOL, safe to show: what a terminal or a reader would obey is written
 * as in JSON (\u009B).  That is control characters but line feed and tab, DEL,
 * C1, marks of direction, line and paragraph separators; bytes that are no
 * UTF-8 become \uFFFD.  JSON stays JSON with the same meaning.
 */
char *text_visible(struct pool *, const char *s);

/* Only the digits of S, in POOL, "" when it has none. */
char *text_digits(struct pool *, const char *s);

/* 1 when equal.  The time taken depends on LEN of the second only. */
int text_equal_secret(
    const char *given, size_t given_len, const char *secret, size_t secret_len);

/* 1 when S begins with PREFIX. */
int text_begins(const char *s, const char *prefix);

/* strcmp that takes NULL: 1 when both are strings and equal. */
int text_is(const char *a, const char *b);

/* 1 when S is one of LIST, which NULL ends. */
int text_among(const char *s, const char *const *list);

/* A whole decimal number, optional minus, nothing else.  0, or -1. */
int text_int(const char *s, long long *);

#endif
