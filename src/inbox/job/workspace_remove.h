#ifndef INBOX_JOB_WORKSPACE_REMOVE_H
#define INBOX_JOB_WORKSPACE_REMOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Removes a workspace with all its data: numbers, conversations, messages,
 * files, contacts, tags, events, changes, members, tokens.  The first
 * transaction locks everybody out and stops the numbers, as for a move
 * (numbers.moving_to, here the workspace itself); a job (job.h) does the rest,
 * conversation by conversation.  Raw copies of deliveries stay in the spool
 * until their retention is over; its users stay.
 */
extern const struct statements workspace_remove_statements;

/* What has to end first. */
struct workspace_remove_hindrance {
	int64_t erasures; /* open ones of its customers */
	int64_t moves;	  /* numbers that are being moved to it, or from it */
};

int workspace_remove_look(struct db *, int64_t workspace_id,
    struct workspace_remove_hindrance *); /* 0, or -1 */

/* In the caller's transaction, when nothing hinders: 1 begun, 0 it had begun
 * before, -1. */
int workspace_remove_begin(struct db *, int64_t workspace_id);

/* Is it still being removed?  1, 0 all rows are deleted (or it never began),
 * -1.  *SIGN differs after each step that did something. */
int workspace_remove_is_on(struct db *, int64_t workspace_id, int64_t *sign);

#endif
