#ifndef PROCESS_DRAIN_SHARE_H
#define PROCESS_DRAIN_SHARE_H

#include <stdint.h>

struct db;

/*
 * The write lock, shared with members while there is much to write: how long
 * a transaction may go on, and who comes before the next.
 */
struct share {
	int64_t	 began_ms;		/* clock_ticks_ms: the transaction */
	int64_t	 company_ms;		/* somebody was seen waiting, last */
	int	 wanted;		/* somebody waits for this one's end */
};

/* A transaction has begun. */
void	share_begin(struct share *);

/* 1 when it is to end, after HOLD_MS, or sooner because of others. */
int	share_is_up(struct share *, struct db *, int hold_ms);

/* It has ended: others write. */
void	share_give(struct share *, struct db *);

#endif
