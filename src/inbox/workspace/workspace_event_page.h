#ifndef INBOX_WORKSPACE_WORKSPACE_EVENT_PAGE_H
#define INBOX_WORKSPACE_WORKSPACE_EVENT_PAGE_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/* A workspace event as members see it; texts in POOL. */
struct workspace_event_shown {
	int64_t id;
	int64_t at;
	const char *field;	     /* the provider's word */
	const char *phone_number_id; /* NULL: of the whole account */
	const char *raw;	     /* JSON */
	int64_t created_at;	     /* when we heard of it */
};

/*
 * The newest first: at most MAX events before the place (AT, ID), whose texts
 * fill WORKSPACE_EVENT_BYTES_MAX at most, or one that is longer.  How many, or
 * -1; *MORE: 1 when there are more.
 */
#define WORKSPACE_EVENT_BYTES_MAX ((size_t)1 << 20)
int workspace_event_page_read(struct session *, struct pool *, int64_t at,
    int64_t id, struct workspace_event_shown *, int max, int *more);

/* One of the workspace: 1, 0 there is none, -1. */
int workspace_event_page_get(struct session *, struct pool *, int64_t id,
    struct workspace_event_shown *);

extern const struct statements workspace_event_page_statements;

#endif
