#ifndef WORKER_OWNER_H
#define WORKER_OWNER_H

#include <stdint.h>

#include "inbox/number.h"

struct apply;
struct event;
struct pool;

/*
 * Whose the last event was, for as long as nobody else can change it: whoever
 * gives one to apply clears it when a transaction or a savepoint begins anew.
 * What it points to is in the pool of the batch.
 */
struct owner_memo {
	const char	*phone_number_id;	/* NULL: nothing known */
	const char	*waba_id;
	const char	*display_phone_number;
	struct number_key number;
};

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
