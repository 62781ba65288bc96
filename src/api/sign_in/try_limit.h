#ifndef API_SIGN_IN_TRY_LIMIT_H
#define API_SIGN_IN_TRY_LIMIT_H

#include <stdint.h>

/*
 * A rate limit for tries by a key: an account that may not exist, an address.
 * Its memory is fixed, whatever strangers try: a token bucket for each key in a
 * count-min sketch, so that two keys may now and then share one, and no key
 * makes another one forgotten.  Safe from many threads.
 */
struct try_limit; /* opaque */

/* BURST tries at once, and one more every EVERY_MS.  owned, process life. */
struct try_limit *try_limit_new(int burst, int64_t every_ms);

/* A try of KEY at NOW_MS (clock_ticks_ms): 0, and it is counted until
 * try_limit_give; else in how many milliseconds it may be tried. */
int64_t try_limit_take(struct try_limit *, const char *key, int64_t now_ms);
/* It was a right one. */
void try_limit_give(struct try_limit *, const char *key);

#endif
