#ifndef INBOX_WORKSPACE_WORKSPACE_EVENT_H
#define INBOX_WORKSPACE_WORKSPACE_EVENT_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Workspace events: what a delivery says that is no message.  The same event of
 * the same number is stored once.  In the caller's transaction; 0, or -1.
 */
struct workspace_event {
	int64_t workspace_id;
	int64_t number_id;	     /* 0: of the whole account */
	const char *phone_number_id; /* of the number, or NULL */
	const char *field;	     /* the provider's word */
	int64_t at;
	const char *raw; /* JSON */
};

extern const struct statements workspace_event_statements;
int workspace_event_put(
    struct db *, const struct workspace_event *, int64_t now);
/* Removes an event of our own (customer_unclear) that turned out to be
 * wrong. */
int workspace_event_remove(struct db *, const struct workspace_event *);

#endif
