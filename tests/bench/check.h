#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

struct db;

/*
 * Looks whether an inbox is what the schema's triggers leave: the stats of
 * conversations, the counters, the full-text indexes.  0, or -1 and what is
 * wrong is on stderr.
 */
int check_inbox(struct db *);

#endif
