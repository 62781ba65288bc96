#ifndef LIB_FCGI_SLOT_H
#define LIB_FCGI_SLOT_H

#include <semaphore.h>

/*
 * Worker slots: how many threads work at a time.  More than there are
 * processors get in each other's way; one that waits for a lock or the disk
 * gives its slot to another meanwhile (http_wait).
 */
struct slots {
	int is_limited; /* 0: every thread works */
	sem_t free;
};

struct slot { /* a thread's own */
	struct slots *of;
	int is_taken;
};

/* As many as there are processors, and two at least: while one waits for the
 * disk another takes requests. */
void slots_open(struct slots *, int is_limited);
void slots_close(struct slots *); /* no thread is left */

/* SLOT, which lives as long as this thread, is the one that http_wait gives. */
void slot_begin(struct slot *, struct slots *);

/* Waits until this thread has one; has one already: nothing. */
void slot_take(struct slot *);
void slot_give(struct slot *);

#endif
