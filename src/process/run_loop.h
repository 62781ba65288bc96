#ifndef PROCESS_RUN_LOOP_H
#define PROCESS_RUN_LOOP_H

#include <signal.h>
#include <stdint.h>

#include "process/download/download.h"
#include "process/drain/drain.h"
#include "process/erase/erase.h"
#include "process/id_highwater.h"
#include "process/retain/retain.h"
#include "process/send/keys.h"
#include "process/send/send.h"

struct config;
struct client;
struct lock;

/*
 * The time that one run of the processor works: drains, sends, downloads,
 * sleeps until woken or answered, says that it lives, moves the WAL, throws
 * away what is old.  One thread; only the sleep waits.
 */
enum run_loop_kind {
	RUN_LOOP_MINUTE, /* until the next run waits for the lock */
	RUN_LOOP_ONCE,	 /* until nothing is due or under way */
	RUN_LOOP_FOREVER /* until *stop */
};

struct run_loop {
	enum run_loop_kind kind;
	struct lock *lock; /* held by the caller */
	gid_t wake_group;  /* whoever shares the spool; -1: nobody */
	const char *wake_path;
	volatile sig_atomic_t *stop; /* set by a signal */
	struct client *fetch;	     /* closed by run_loop_work */
	struct keys keys;
	struct drain drain;
	struct send send;
	struct download download;
	struct retain retain;
	struct erase erase;
	struct id_highwater ids;

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

#define RUN_LOOP_ONCE_MS 60000 /* patience of RUN_LOOP_ONCE with a busy inbox */

/*
 * At the end, requests under way get RUN_LOOP_FINISH_MS to be answered; a file
 * that is still coming, RUN_LOOP_FILE_MS, and meanwhile the work goes on.
 */
#define RUN_LOOP_FINISH_MS 5000
#define RUN_LOOP_FILE_MS   300000

/* Fills fetch, keys, send and download, with drain's inbox. */
void run_loop_connect(struct run_loop *, const struct config *);

/*
 * The exit status: EX_OK, or EX_TEMPFAIL (RUN_LOOP_ONCE, the inbox stayed
 * busy). A lost database ends the program: whoever starts it again opens it
 * anew.
 */
int run_loop_work(struct run_loop *);

#endif
