#ifndef INBOX_BROADCAST_BROADCAST_DUE_H
#define INBOX_BROADCAST_BROADCAST_DUE_H

#include <stdint.h>

struct db;
struct statements;

/* A broadcast that is under way, for the processor. */
struct broadcast_due {
	int64_t id, workspace_id;
	int64_t started_by; /* 0: the command line */
	int64_t per_minute;
};

/* Those that are counting or running, and may at NOW; at most MAX: how many,
 * -1. */
int broadcast_due_list(
    struct db *, int64_t now, struct broadcast_due *, int max);

/* Nothing says any more that WHO (digits of a phone, or a user id) was to get a
 * broadcast: 0, -1. */
int broadcast_due_forget(struct db *, int64_t workspace_id, const char *who);

extern const struct statements broadcast_due_statements;

#endif
