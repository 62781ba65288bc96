#ifndef INBOX_JOB_JOB_KINDS_H
#define INBOX_JOB_JOB_KINDS_H

#include "inbox/job_kind.h"

/* The step functions of the kinds of jobs (two more are in merge.h and
 * delivery_state.h). */
struct db;
struct statements;

extern const struct statements job_kinds_statements;
extern const struct statements job_links_statements;

job_kind job_contact_gone, job_contact_tags, job_contact_links;
job_kind job_tag_gone, job_tag_renamed, job_mark_gone, job_member_gone;
job_kind job_contact_field_gone, job_number_gone;
job_kind job_number_move;    /* number_move.c */
job_kind job_workspace_gone; /* workspace_remove.c */

/* Deletes the rows of number SUBJECT in the tables that deliveries write: 0
 * none is left, 1 the step is full, -1. */
int job_number_rows(struct db *, struct pool *, const struct job *);

#endif
