#ifndef INBOX_OWN_DRAFT_H
#define INBOX_OWN_DRAFT_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Drafts of the session's member: what he has begun to write in a conversation,
 * one in each.  Functions that write need the caller's transaction.
 */
#define DRAFT_TEXT_MAX 4096 /* code points, as of a message */
#define DRAFTS_MAX     500  /* of a member */

struct draft { /* text in POOL */
	int64_t conversation_id;
	const char *text;
	int64_t reply_to; /* the message that it answers; 0 none, or gone */
	int64_t version;  /* no two drafts of a member have the same */
	int64_t updated_at;
};

/* 1, 0 there is none, -1. */
int draft_get(
    struct session *, struct pool *, int64_t conversation_id, struct draft *);
/* That of the draft which is there, 0 none: 0, -1. */
int draft_find_version(
    struct session *, int64_t conversation_id, int64_t *version);
/* At most MAX of conversations after AFTER, by their id: how many, -1. */
int draft_list(
    struct session *, struct pool *, int64_t after, struct draft *, int max);

/*
 * Puts DRAFT in the place of version DRAFT->version, 0 for none, and sets the
 * version that it has now.  Nothing is written when another one is there, or
 * when the member has DRAFTS_MAX others.  The conversation is the workspace's.
 */
enum draft_result { DRAFT_DONE, DRAFT_CHANGED, DRAFT_FULL, DRAFT_FAILED };

enum draft_result draft_put(struct session *, struct draft *);
/* Deletes that VERSION; 0: whichever there is.  DRAFT_DONE also when there is
 * none. */
enum draft_result draft_delete(
    struct session *, int64_t conversation_id, int64_t version);

extern const struct statements draft_statements;

#endif
