#ifndef INBOX_WORKSPACE_EVENTS_H
#define INBOX_WORKSPACE_EVENTS_H

#include <stdint.h>

struct db;
struct pool;

/*
 * What deliveries said that is no message, kept as workspace events: for
 * people who look.  Handle as in workspace.h.
 */
struct workspace_event {
	int64_t		 id;
	int64_t		 at;
	const char	*field;		/* the provider's word */
	const char	*phone_number_id; /* NULL: of the whole account */
	const char	*raw;		/* JSON */
};

int	events_prepare(struct db *);

/* The newest MAX of a workspace, the newest first, in POOL.  0, or -1. */
int	events_list(struct db *, struct pool *, int64_t workspace_id, int max,
	    struct workspace_event **out, int *n);

#endif
