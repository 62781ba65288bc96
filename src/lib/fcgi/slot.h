#ifndef LIB_FCGI_SLOT_H
#define LIB_FCGI_SLOT_H

#include <semaphore.h>
#include <stdint.h>

/*
 * Worker slots: how many threads work at a time.  More than there are
 * processors get in each other's way; one that waits for a lock or the disk
 * gives its slot to another meanwhile (http_wait).
 */
struct slots {
	int is_limited; /* 0: every thread works */
	sem_t free;
	void (*given)(void *arg); /* after http_wait; NULL: nothing */
	void *arg;
	int extra; /* slots_tend */
	long faults;
	int64_t tended_ms;
};

struct slot { /* a thread's own */
	struct slots *of;
	int is_taken;
};

/* As many as there are processors, and two at least: while one waits for the
 * disk another takes requests. */
void slots_open(struct slots *, int is_limited);
void slots_close(struct slots *);   /* no thread is left */
int slots_are_free(struct slots *); /* 1: another thread may work */

/* A thread that meets a page of a mapped file that is not in memory waits for
 * the disk, too, and cannot say so before: while that happens often there are
 * SLOTS_EXTRA more, so that the disk has more to do at a time.  Called every
 * few 100 ms, by one thread; tells whether there are. */
#define SLOTS_EXTRA 6
int slots_tend(struct slots *, int64_t now_ms);

/* SLOT, which lives as long as this thread, is the one that http_wait gives. */
void slot_begin(struct slot *, struct slots *);

/* Waits until this thread has one, at most MS (-1: for ever): 1, at once where
 * it has one already, or 0. */
int slot_take(struct slot *, int ms);
void slot_give(struct slot *);

#endif
