#ifndef INBOX_WORKSPACE_WORKSPACE_EVENT_LIST_H
#define INBOX_WORKSPACE_WORKSPACE_EVENT_LIST_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Lists workspace events, for the command line.  Handle as in workspace.h.
 */
struct workspace_event_row {
	int64_t id;
	int64_t at;
	const char *field;	     /* the provider's word */
	const char *phone_number_id; /* NULL: of the whole account */
	const char *raw;	     /* JSON */
};

extern const struct statements workspace_event_list_statements;

/* The newest MAX events of a workspace, newest first, in POOL.  0, or -1. */
int workspace_event_list(struct db *, struct pool *, int64_t workspace_id,
    int max, struct workspace_event_row **out, int *n);

#endif
