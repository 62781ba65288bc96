#ifndef WORKER_OWNER_H
#define WORKER_OWNER_H

#include <stdint.h>

struct apply;
struct event;
struct number_key;
struct pool;

/*
 * Whose an event is.  A number that nobody registered goes to the default
 * workspace; what concerns a whole account goes to the workspace of one of
 * its numbers, else to the default one, else to the only one; the old flat
 * form, which names no number, to the configured or only one.  What the
 * delivery says of the number is written down.
 *
 * 1 (number id 0: of the whole account); 0 when nobody takes it now, *REASON
 * in POOL; -1.
 */
int	owner_find(const struct apply *, struct pool *, const struct event *,
	    int64_t now, struct number_key *, const char **reason);

#endif
