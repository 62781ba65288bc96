#ifndef INBOX_JOB_KIND_H
#define INBOX_JOB_KIND_H

#include <stdint.h>

struct db;
struct pool;

/* A row of the table jobs (inbox/job/job.h), as a kind of job sees it. */
struct job {
	int64_t id, workspace_id;
	const char *kind; /* in POOL */
	int64_t subject, target;
	int64_t place;	       /* how far it is; a step moves it */
	const char *name;      /* in POOL */
	int waits;	       /* for another job, or an answer */
	const char *media_dir; /* of job_step; NULL: no files are deleted */
};

/*
 * What a step of each kind of job does (job.h; two are in merge.h,
 * delivery_state.h), in the caller's transaction: 1 there is more, and
 * job->place says how far it is; JOB_WAITS: something else has to end first; 0
 * it is done; -1.
 */
#define JOB_WAITS 2

typedef int job_kind(struct db *, struct pool *, struct job *, int64_t now);

/* Many small changes in a step: it ends when so many rows were written.  One
 * more writes at most what is left to DB_STEP_MAX. */
#define JOB_FULL 700

#endif
