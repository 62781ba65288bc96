#ifndef INBOX_PAUSE_H
#define INBOX_PAUSE_H

#include <stdint.h>

struct db;
struct pool;

/*
 * A number that does not send for a while: too fast, or something that a
 * person must put right.  The row stays when its time is over, for the
 * back-off, until something was sent.
 */
struct pause {
	int64_t until;
	int64_t attempts;     /* in a row */
	const char *reason;   /* in POOL, as the next */
	const char *key_mark; /* of the API key, when another one ends
				    * the pause; else NULL */
};

int pause_prepare(struct db *);

int pause_get(struct db *, struct pool *, int64_t number_id,
    struct pause *); /* 1, 0, -1 */
int pause_put(struct db *, int64_t number_id, const struct pause *);
int pause_end(struct db *, int64_t number_id);

#endif
