#ifndef PROCESS_RUN_LOOP_H
#define PROCESS_RUN_LOOP_H

#include <signal.h>
#include <stdint.h>

#include "process/ask.h"
#include "process/broadcast_run.h"
#include "process/download/download.h"
#include "process/drain/drain.h"
#include "process/erase/erase.h"
#include "process/id_highwater.h"
#include "process/indexer.h"
#include "process/report_counter.h"
#include "process/retain/retain.h"
#include "process/send/keys.h"
#include "process/send/send.h"

struct config;
struct client;
struct lock;

/*
 * The run loop of the processor: drains, sends, downloads, sleeps until it is
 * woken or a request is answered; stores its health, checkpoints the WAL,
 * deletes what is old.  One thread; only the sleep waits.
 */
enum run_loop_kind {
	RUN_LOOP_MINUTE, /* until the next run waits for the lock */
	RUN_LOOP_ONCE,	 /* until nothing is due and no request open */
	RUN_LOOP_FOREVER /* until *stop */
};

struct run_loop {
	enum run_loop_kind kind;
	struct lock *lock; /* held by the caller */
	gid_t wake_group;  /* may wake it: who shares the spool; -1: none */
	const char *wake_path;
	volatile sig_atomic_t *stop;  /* set by a signal */
	volatile sig_atomic_t *again; /* by SIGHUP: the configuration, anew */
	struct client *fetch;	      /* closed by run_loop_work */
	struct keys keys;
	struct drain drain;
	struct indexer indexer;
	struct send send;
	struct download download;
	struct ask templates; /* template_sync.h */
	struct ask template_change;
	struct ask blocks; /* block_sync.h */
	struct ask block_lists;
	struct ask numbers; /* number_sync.h */
	struct report_counter reports;
	struct broadcast_run broadcasts;
	struct ask groups; /* group_change.h */
	struct retain retain;
	struct erase erase;
	struct id_highwater ids;

	/* private: begin with 0 */
	int64_t began_ms;
	int64_t clock_ms;  /* time of day less ticks; 0 not known */
	int due_times;	   /* 1: look for due times from a wrong clock */
	int access_times;  /* 1: look for such times of sessions */
	int64_t seen_ms;   /* when health was last stored */
	int64_t retain_ms; /* when the last step of retention was */
	int retain_more;
	int64_t job;	 /* the last one with a step (inbox/job/job.h) */
	int64_t jobs_ms; /* the next step of jobs, unless there are more */
	int jobs_more;
	int delay_ms;	     /* after a failure */
	int64_t relieved_ms; /* when the next run came */
};

#define RUN_LOOP_ONCE_MS 60000 /* how long RUN_LOOP_ONCE waits for the inbox */

/*
 * At the end of a run, open requests have RUN_LOOP_FINISH_MS to be answered.  A
 * file that is being downloaded has RUN_LOOP_FILE_MS, and meanwhile the work
 * goes on.
 */
#define RUN_LOOP_FINISH_MS 5000
#define RUN_LOOP_FILE_MS   300000

/* Fills fetch, keys, send and download, with drain's inbox. */
void run_loop_connect(struct run_loop *, const struct config *);

/*
 * The exit status: EX_OK, or EX_TEMPFAIL (RUN_LOOP_ONCE, the inbox stayed
 * busy).  A failed database ends the program: the next run opens it again.
 */
int run_loop_work(struct run_loop *);

#endif
