#ifndef PROCESS_DRAIN_WRITE_YIELD_H
#define PROCESS_DRAIN_WRITE_YIELD_H

#include <stdint.h>

struct db;

/*
 * The write lock, shared with members while there is much to write: how long
 * a transaction may go on, and who comes before the next.
 */
struct write_yield {
	int64_t began_ms;   /* clock_ticks_ms: the transaction */
	int64_t company_ms; /* somebody was seen waiting, last */
	int wanted;	    /* somebody waits for this one's end */
};

/* A transaction has begun. */
void write_yield_begin(struct write_yield *);

/* 1 when it is to end, after HOLD_MS, or sooner because of others. */
int write_yield_is_up(struct write_yield *, struct db *, int hold_ms);

/* It has ended: others write. */
void write_yield_give(struct write_yield *, struct db *);

#endif
