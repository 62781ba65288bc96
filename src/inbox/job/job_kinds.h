#ifndef INBOX_JOB_JOB_KINDS_H
#define INBOX_JOB_JOB_KINDS_H

#include <stdint.h>

struct db;
struct job;
struct pool;

/*
 * What a step of each kind of job does (job.h; two are in merge.h, delivery_state.h), in
 * the caller's transaction: 1 there is more, and job->place says how far it
 * is; JOB_WAITS: something else has to end first; 0 it is done; -1.
 */
#define JOB_WAITS 2

typedef int job_kind(struct db *, struct pool *, struct job *, int64_t now);

/* Many small changes in a step: it ends when so many rows were written.  One
 * more writes at most what is left to DB_STEP_MAX. */
#define JOB_FULL 700

int job_kinds_prepare(struct db *);
int job_links_prepare(struct db *);

job_kind job_contact_gone, job_contact_tags, job_contact_links;
job_kind job_tag_gone, job_tag_renamed, job_member_gone, job_number_gone;
job_kind job_number_move;    /* number_move.c */
job_kind job_workspace_gone; /* workspace_remove.c */

/* What number SUBJECT has left in tables that deliveries write: 0 nothing, 1 the
 * step is full, -1. */
int job_number_rows(struct db *, struct pool *, const struct job *);

#endif
