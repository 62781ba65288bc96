#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

struct db;
struct world;

/*
 * Writes the world into the inbox DB, which has a business and no customers,
 * inside a transaction.  LIVE: in its order, as the processor and members
 * would, by the schema's triggers.  Otherwise there are no triggers, and what
 * they would do is counted here: the same rows, much sooner (only of changes
 * there are no more than the newest).  0, or -1.
 */
int load_rows(struct db *, struct world *, int live);

#endif
