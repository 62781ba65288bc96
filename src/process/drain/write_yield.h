#ifndef PROCESS_DRAIN_WRITE_YIELD_H
#define PROCESS_DRAIN_WRITE_YIELD_H

#include <stdint.h>

struct db;

/*
 * Shares the write lock with members while there is much to write: says when a
 * transaction must end, and lets others write before the next.
 */
struct write_yield {
	int64_t began_ms;   /* clock_ticks_ms: of the transaction */
	int64_t company_ms; /* when another was last seen waiting */
	int64_t asked_ms;   /* when that was asked last, in this transaction */
	int wanted;	    /* 1: another waits now */
};

/* To be called when a transaction has begun. */
void write_yield_begin(struct write_yield *);

/* 1 when it must end: after HOLD_MS, or sooner when others wait. */
int write_yield_is_up(struct write_yield *, struct db *, int hold_ms);

/* To be called when it has ended: lets others write. */
void write_yield_give(struct write_yield *, struct db *);

#endif
