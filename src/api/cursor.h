#ifndef API_CURSOR_H
#define API_CURSOR_H

#include <stdint.h>

struct action;

/*
 * Keyset pagination: the key of the last row, signed, is the cursor.
 *
 * Where the next page of a list begins, as a word that clients hand back as
 * it is.  It is bound to the workspace, the address and the filters: with
 * others, or changed, it is refused.
 */

/* The cursor for PLACE (words of the handler's own), in POOL. */
const char *cursor_write(struct action *, const char *place);

/* 1 and *PLACE, NULL when none was sent; 0 when a problem was replied. */
int cursor_read(struct action *, const char **place);

/* The same for a place of two numbers; without a cursor they stay. */
const char *cursor_write_pair(struct action *, int64_t, int64_t);
int cursor_read_pair(struct action *, int64_t *, int64_t *);

#endif
