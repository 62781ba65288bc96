#ifndef API_SEARCH_TURN_H
#define API_SEARCH_TURN_H

#include <stdint.h>

struct member;

/*
 * Searches take turns, for one takes a processor for as long as hundreds of
 * other requests do (a concurrency limit; a bulkhead).  A member's run one
 * after the other, and so many at a time in all as there are processors.
 * Others wait, the first to come goes first; but whoever waits occupies a
 * thread, so few may: of THREADS two stay for other requests, two of the rest
 * for the searches of other workspaces, and one of those for other members
 * (one each at the least, and a member never has more than three).
 */
struct search_turn { /* the caller's, untouched from take to give */
	int64_t workspace_id, user_id;
	int runs;
	struct search_turn *next;
};

/* Waits until UNTIL_MS (clock_ticks_ms) at the latest: 1; 0 when it was not its
 * turn by then, or too many wait already. */
int search_turn_take(
    struct search_turn *, const struct member *, int threads, int64_t until_ms);
void search_turn_give(struct search_turn *);

#endif
