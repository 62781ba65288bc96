#ifndef API_CURSOR_H
#define API_CURSOR_H

#include <stdint.h>

struct action;

/*
 * Cursors of keyset pagination: the key of the last row, signed.  A client
 * sends it back as it is, to get the next page.  A cursor that was changed, or
 * comes with another workspace, path or filter, is refused.
 */

/* The cursor for PLACE (a text of the handler), in POOL. */
const char *cursor_write(struct action *, const char *place);

/* 1 and *PLACE, which is NULL when no cursor was sent; 0: a problem was
 * replied. */
int cursor_read(struct action *, const char **place);

/* The same for a place of two numbers; without a cursor they are unchanged. */
const char *cursor_write_pair(struct action *, int64_t, int64_t);
int cursor_read_pair(struct action *, int64_t *, int64_t *);

/*
 * A page of a list by id, of which one row more than LIMIT is read: it says
 * whether there is another page.
 */
struct cursor_page {
	int64_t after; /* the last row of the page before */
	int limit;
	const char *next; /* its cursor, in POOL; NULL: this is the last page */
};

/* "limit" and "cursor"; AFTER: without a cursor.  1, 0 a problem was
 * replied. */
int cursor_page_read(struct action *, struct cursor_page *, int64_t after);

/* How many of N rows belong to the page; LAST is the id of row LIMIT when there
 * are more. */
int cursor_page_cut(struct action *, struct cursor_page *, int n, int64_t last);

#endif
