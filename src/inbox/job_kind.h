#ifndef INBOX_JOB_KIND_H
#define INBOX_JOB_KIND_H

#include <stdint.h>

struct db;
struct pool;

/* A row of the table jobs (inbox/job/job.h), for the step of its kind. */
struct job {
	int64_t id, workspace_id;
	const char *kind; /* in POOL */
	int64_t subject, target;
	int64_t place;	       /* progress, in the kind's own terms */
	const char *name;      /* in POOL */
	int waits;	       /* 1: for another job, or an answer */
	const char *media_dir; /* of job_step; NULL: no files are deleted */
};

/*
 * The step function of a kind of job, in the caller's transaction.  1: there is
 * more to do, job->place is the progress; JOB_WAITS: something else must end
 * first; 0: the job is done; -1.
 */
#define JOB_WAITS 2

typedef int job_kind(struct db *, struct pool *, struct job *, int64_t now);

/* A step of many small changes ends when it has written so many rows.  The last
 * change may write up to DB_STEP_MAX - JOB_FULL more. */
#define JOB_FULL 700

#endif
