#ifndef INBOX_OWN_SEEN_H
#define INBOX_OWN_SEEN_H

#include <stdint.h>

struct session;
struct statements;

/*
 * What the session's member has seen of a conversation: all messages that were
 * stored before one of them, that one included.  What the customer wrote since
 * is unread for the member, whoever else has read it; it is looked for among
 * the newest SEEN_LOOK messages.  Functions that write need the caller's
 * transaction.
 */
#define SEEN_LOOK 100

struct seen_mark {
	int64_t conversation_id;
	int64_t message_id; /* the mark; 0: nothing was there yet */
	int64_t unread;	    /* SEEN_LOOK at most */
};

/* 1, 0 there is no such conversation, -1. */
int seen_get(struct session *, int64_t conversation_id, struct seen_mark *);

/*
 * Sets the mark to MESSAGE_ID, a message of the conversation, unless it is
 * behind that already; 0: to the message that was stored last.  1, 0 there is
 * no such message in it, -1.
 */
int seen_put(struct session *, int64_t conversation_id, int64_t message_id);
/* Sets it before the customer's newest message, which is unread then; where
 * there is none it stays: 0, -1. */
int seen_take_back(struct session *, int64_t conversation_id);
/* All that there is, of every conversation, is seen: 0, -1. */
int seen_all(struct session *);

extern const struct statements seen_statements;

#endif
