#ifndef INBOX_CONVERSATION_LIST_CONVERSATION_COUNT_H
#define INBOX_CONVERSATION_LIST_CONVERSATION_COUNT_H

#include <stdint.h>

#include "inbox/mark/mark.h"

struct pool;
struct session;
struct statements;

/*
 * How many conversations stand in each list of a sidebar.  Nothing is kept for
 * it: rows of an index are counted, CONVERSATION_COUNT_CAP of each at most, so
 * that it takes as long however many there are.
 */
#define CONVERSATION_COUNT_CAP 1000

struct conversation_count {
	int64_t n; /* CONVERSATION_COUNT_CAP at most */
	int more;  /* 1: there are more */
};

enum conversation_count_of { /* all but the last three: of open ones */
	COUNT_OPEN,
	COUNT_MINE,
	COUNT_UNASSIGNED,
	COUNT_UNREAD,
	COUNT_UNANSWERED,
	COUNT_PENDING,
	COUNT_SNOOZED,
	COUNT_CLOSED,
	COUNTS
};

/* USER_ID: whose are COUNT_MINE.  0, -1. */
int conversation_count_read(
    struct session *, int64_t user_id, struct conversation_count[COUNTS]);

/* Of each team, or label: the open ones. */
struct conversation_count_mark { /* texts in POOL */
	struct mark mark;	 /* without created_at */
	struct conversation_count open;
};
/* By name, at most MAX: how many, -1. */
int conversation_count_marks(struct session *, struct pool *, const char *kind,
    struct conversation_count_mark *, int max);

extern const struct statements conversation_count_statements;

#endif
