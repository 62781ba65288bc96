#ifndef INBOX_MESSAGE_REACTION_H
#define INBOX_MESSAGE_REACTION_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * The current reaction of each person to a message, which is the newest;
 * without an emoji it was taken back.  In the caller's transaction; 0, or -1.
 */
struct reaction {
	const char *target_wamid;
	const char *sender; /* customer, business; in a group its member */
	const char *emoji;  /* NULL takes it back */
	int64_t at;
	const char *wamid; /* of the reaction itself */
};

extern const struct statements reaction_statements;
int reaction_put(
    struct db *, const struct number_key *, const struct reaction *);

/*
 * A reaction that was taken back, or replaced, is no message that a list shows:
 * its line says so, it is not unread, and not the conversation's last word.
 * reaction_current: the wamid (in POOL) of RE's sender and target that counts,
 * NULL none; 1, 0 it was taken back, -1.  It is asked before reaction_put, and
 * its answer is BEFORE for reaction_settle, after the message is stored.
 */
int reaction_current(struct db *, struct pool *, const struct number_key *,
    const struct reaction *, const char **wamid);
int reaction_settle(struct db *, struct pool *, const struct number_key *,
    const struct reaction *, const char *before);

/* 1 when a customer's reaction makes the conversation unread: a setting of the
 * workspace.  0, -1. */
int reaction_asks(struct db *, int64_t workspace_id);

/*
 * To be called after the status of a message of ours changed, which may be a
 * reaction: one that failed is not shown, since the customer does not have it.
 * The message is given by its id, its wamid or its row of the outbox;
 * reaction_follow_expired: all that have been sending since UNTIL or longer.
 */
int reaction_follow(struct db *, int64_t workspace_id, int64_t message_id);
int reaction_follow_wamid(
    struct db *, const struct number_key *, const char *wamid);
int reaction_follow_row(struct db *, int64_t outbox_id);
int reaction_follow_expired(struct db *, int64_t until);

#endif
