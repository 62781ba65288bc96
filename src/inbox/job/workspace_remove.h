#ifndef INBOX_JOB_WORKSPACE_REMOVE_H
#define INBOX_JOB_WORKSPACE_REMOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * A workspace is removed, with all that it has here: numbers, conversations,
 * messages, files, contacts, tags, events, changes, members, tokens.  It begins
 * in one transaction, which lets nobody in any more and stops its numbers, as
 * one that moves is stopped (numbers.moving_to, here the workspace itself); a
 * job (job.h) does the rest, conversation by conversation.  Raw copies of
 * deliveries stay in the spool as long as all do, and users who are members.
 */
extern const struct statements workspace_remove_statements;

/* What has to end first. */
struct workspace_remove_hindrance {
	int64_t erasures; /* of its customers, that are not done */
	int64_t moves;	  /* numbers on their way to it, or from it */
};

int workspace_remove_look(struct db *, int64_t workspace_id,
    struct workspace_remove_hindrance *); /* 0, or -1 */

/* In the caller's transaction, nothing hindering: 1 it has begun, 0 it had
 * before, -1. */
int workspace_remove_begin(struct db *, int64_t workspace_id);

/* Whether it goes on; *SIGN is another number after each step that did
 * something.  1, 0 all rows are gone (or it never began), -1. */
int workspace_remove_is_on(struct db *, int64_t workspace_id, int64_t *sign);

#endif
