#ifndef PROCESS_SHIFT_H
#define PROCESS_SHIFT_H

#include <signal.h>
#include <stdint.h>

#include "process/download/download.h"
#include "process/drain/drain.h"
#include "process/erase/erase.h"
#include "process/ids.h"
#include "process/retain/retain.h"
#include "process/send/keys.h"
#include "process/send/send.h"

struct config;
struct fetch;
struct lock;

/*
 * The time that one run of the processor works: drains, sends, downloads,
 * sleeps until woken or answered, says that it lives, moves the WAL, throws
 * away what is old.  One thread; only the sleep waits.
 */
enum shift_kind {
	SHIFT_MINUTE, /* until the next run waits for the lock */
	SHIFT_ONCE,   /* until nothing is due or under way */
	SHIFT_FOREVER /* until *stop */
};

struct shift {
	enum shift_kind kind;
	struct lock *lock; /* held by the caller */
	gid_t wake_group; /* whoever shares the spool; -1: nobody */
	const char *wake_path;
	volatile sig_atomic_t *stop; /* set by a signal */
	struct fetch *fetch;	     /* closed by shift_work */
	struct keys keys;
	struct drain drain;
	struct send send;
	struct download download;
	struct retain retain;
	struct erase erase;
	struct ids ids;

	/* its own: begin with 0 */
	int64_t began_ms;
	int64_t clock_ms;  /* what time it is, less ticks: 0 not known */
	int due_times;	   /* they have to be looked at */
	int64_t seen_ms;   /* last said to live */
	int64_t retain_ms; /* last looked for what is old */
	int retain_more;
	int64_t job;	 /* the last that had a step (inbox/job/job.h) */
	int64_t jobs_ms; /* not before then, unless there are more */
	int jobs_more;
	int delay_ms;	     /* after a failure */
	int64_t relieved_ms; /* when the next run came */
};

#define SHIFT_ONCE_MS 60000 /* patience of SHIFT_ONCE with a busy inbox */

/*
 * At the end, requests under way get SHIFT_FINISH_MS to be answered; a file
 * that is still coming, SHIFT_FILE_MS, and meanwhile the work goes on.
 */
#define SHIFT_FINISH_MS 5000
#define SHIFT_FILE_MS	300000

/* Fills fetch, keys, send and download, with drain's inbox. */
void shift_connect(struct shift *, const struct config *);

/*
 * The exit status: EX_OK, or EX_TEMPFAIL (SHIFT_ONCE, the inbox stayed busy).
 * A lost database ends the program: whoever starts it again opens it anew.
 */
int shift_work(struct shift *);

#endif
