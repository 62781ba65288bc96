#ifndef INBOX_WORKSPACE_CHANGE_H
#define INBOX_WORKSPACE_CHANGE_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct session;
struct statements;

/*
 * What changed in a workspace, in order, as inbox.sql notes it: seq has
 * no gaps.  Reading goes through a member connection; purging does not.
 */
struct change { /* texts in POOL */
	int64_t seq;
	const char *type; /* message.created, conversation.updated, … */
	int64_t id;	  /* of what changed; it may be gone by now */
	int64_t conversation_id; /* 0 none */
};

/* The oldest that is kept and the newest, both 0 before the first: 0, -1. */
int change_range(struct session *, int64_t *first, int64_t *last);

/*
 * Whether all that came after seq AFTER is still there: 1, or 0 when some of
 * it was purged, or when AFTER is none that there was (of another workspace,
 * or of an inbox from before a restore).
 */
int change_reaches(int64_t first, int64_t last, int64_t after);

/* At most MAX that come after AFTER: how many, or -1. */
int change_read(struct session *, struct pool *, int64_t after,
    struct change *out, int max);

extern const struct statements change_statements;

/*
 * For the processor, on a connection that sees everything.  Deletes changes
 * that are at least KEEP seconds old, and tickets that have expired, a few
 * hundred rows in a transaction of its own: 1 when there may be more, 0, -1.
 * Looks at the clock by marks, so that what is asked for every few seconds
 * costs nothing: *LOOKED_AT is the caller's, 0 at first.
 */
extern const struct statements change_purge_statements;
int change_purge(struct db *, int64_t keep, int64_t now, int64_t *looked_at);

#endif
