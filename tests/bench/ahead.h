#ifndef BENCH_AHEAD_H
#define BENCH_AHEAD_H

struct message_made;
struct world;

/*
 * The messages of a world in their order, made ahead in a thread of its own
 * while the caller writes down those that came before.
 */
struct ahead;

struct ahead *ahead_start(struct world *); /* owned: ahead_end */

/* The next one, borrowed until the next call; as many as the world has. */
const struct message_made *ahead_next(struct ahead *);

/* Also before the last one was taken. */
void ahead_end(struct ahead *);

#endif
