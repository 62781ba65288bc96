#ifndef INBOX_WORKSPACE_CHANGE_H
#define INBOX_WORKSPACE_CHANGE_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct session;
struct statements;

/*
 * The changes of a workspace, in order, as the triggers of inbox.sql record
 * them: seq has no gaps.  They are read on a member's connection; one that
 * serves no user (session_serve) sees whose own something is, for who hands it
 * on to that member alone.
 */
struct change { /* texts in POOL */
	int64_t seq;
	/* message.created, conversation.updated, …; NULL: another member's
	 * own, of which nothing is said */
	const char *type;
	int64_t id;		 /* of what changed; it may be deleted by now */
	int64_t conversation_id; /* 0 none */
	int64_t user_id;	 /* whose own it is; 0: it is for all */
};

/* The seq of the oldest change that is kept and of the newest; both 0 before
 * the first: 0, -1. */
int change_range(struct session *, int64_t *first, int64_t *last);

/*
 * 1 when all changes after seq AFTER are still there; 0 when some were purged,
 * or AFTER was never a seq here (of another workspace, or of the inbox before a
 * restore).
 */
int change_reaches(int64_t first, int64_t last, int64_t after);

/* At most MAX changes with seq > AFTER, in order: how many, or -1. */
int change_read(struct session *, struct pool *, int64_t after,
    struct change *out, int max);

extern const struct statements change_statements;

/*
 * For the processor, on a connection that sees everything.  Deletes changes
 * that are at least KEEP seconds old, and expired tickets, sessions and
 * invitations, a few hundred rows in a transaction of its own: 1 when there may
 * be more, 0, -1.  It may be called every few seconds: *LOOKED_AT (the
 * caller's, 0 at first) says when it really looked last.
 */
extern const struct statements change_purge_statements;
int change_purge(struct db *, int64_t keep, int64_t now, int64_t *looked_at);

#endif
