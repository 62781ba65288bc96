#ifndef API_SIGN_IN_HASH_TURN_H
#define API_SIGN_IN_HASH_TURN_H

#include <stdint.h>

/*
 * A concurrency limit for hashing, which takes 16 MiB and a processor each: as
 * many at a time as there are processors.  Others wait, HASH_TURN_QUEUE of them
 * at the most.
 */
#define HASH_TURN_QUEUE 64

/* Before a second thread begins: for so many at a time, 0 as many as there are
 * processors. */
void hash_turn_open(long n);

/* Waits until UNTIL_MS (clock_ticks_ms): 1, and hash_turn_give follows; 0: too
 * many wait, or it took too long. */
int hash_turn_take(int64_t until_ms);
void hash_turn_give(void);

#endif
