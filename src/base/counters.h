#ifndef BASE_COUNTERS_H
#define BASE_COUNTERS_H

#include <stdint.h>

/*
 * What a program has counted, for /metrics: numbers that only grow, in a small
 * file that outlives the process, since cron starts a processor each minute.
 * A program writes a file of its own, and whoever is asked for the numbers
 * reads all of them.
 */
enum counter {		      /* a place in the file: new ones at the end */
	COUNTER_RECEIVED,     /* deliveries that were acknowledged */
	COUNTER_UNAUTHORIZED, /* … refused: no right token or signature */
	COUNTER_TOO_LARGE,
	COUNTER_UNREADABLE,  /* empty, or ended early */
	COUNTER_TOO_MANY,    /* bodies that come slowly or unchecked */
	COUNTER_NO_ROOM,     /* the disk is full, or WASPOOL_MIN_FREE */
	COUNTER_BUSY,	     /* the spool's lock was not free in time */
	COUNTER_NOT_WRITTEN, /* the spool cannot be written */
	COUNTER_APPLIED,     /* deliveries that the inbox is through with */
	COUNTER_SENT,	     /* messages that the provider has taken */
	COUNTER_FAILED,	     /* messages that were not sent, and will not be */
	COUNTER_FETCHED,     /* files of messages, stored */
	COUNTER_NOT_FETCHED, /* … given up, or the provider has them not */
	/* not counted but set: since when deliveries are refused by a fault
	 * of ours, 0 else */
	COUNTER_TROUBLE_AT,
	COUNTER_ALIVE_AT, /* … when the program last said it is there */
	COUNTER_STOPPED,  /* … how many numbers the provider refuses */
	/* … bytes free where the spool is, and 1; 0: it is not known */
	COUNTER_SPOOL_FREE,
	COUNTER_POSTED,	    /* webhooks that an endpoint has taken */
	COUNTER_NOT_POSTED, /* … attempts that failed */
	/* not counted but set: when the dispatcher last said it is there */
	COUNTER_DISPATCH_AT,
	/* … when a delivery was last COUNTER_UNAUTHORIZED, 0 never */
	COUNTER_UNAUTHORIZED_AT,
	/* … when what waits longest in the outbox was queued, 0 nothing */
	COUNTER_OUTBOX_OLDEST_AT,
	COUNTERS
};

/*
 * Counts into the file PATH from now on.  A missing file is made; a damaged one
 * is made anew, which the log says.  When there can be no file, the log says so
 * and the program counts in memory.  Once, before threads begin.
 */
void counters_open(const char *path);

#define COUNTERS_BEAT_S 10 /* between two settings of COUNTER_ALIVE_AT */

/* From any thread; before counters_open into memory. */
void counters_add(enum counter, int64_t n);
void counters_set(enum counter, int64_t value);

/* Adds what stands in file PATH to SUM: 1; 0 when there is no such file, or
 * nothing in it that can be read. */
int counters_read(const char *path, int64_t sum[COUNTERS]);

#endif
