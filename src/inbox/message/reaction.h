#ifndef INBOX_MESSAGE_REACTION_H
#define INBOX_MESSAGE_REACTION_H

#include <stdint.h>

struct db;
struct number_key;
struct statements;

/*
 * The reaction that each person has on a message now.  The newest stands; no
 * emoji took it back.  In the caller's transaction; 0, or -1.
 */
struct reaction {
	const char *target_wamid;
	const char *sender; /* customer, business; in groups who */
	const char *emoji;  /* NULL takes it back */
	int64_t at;
	const char *wamid; /* of the reaction itself */
};

extern const struct statements reaction_statements;
int reaction_put(
    struct db *, const struct number_key *, const struct reaction *);

/*
 * After the status of our message changed, which may be a reaction: while it
 * is failed, the customer does not have it.  Of that message, of the one with
 * WAMID, of that row of the outbox, and of those sending since UNTIL or longer.
 */
int reaction_follow(struct db *, int64_t workspace_id, int64_t message_id);
int reaction_follow_wamid(
    struct db *, const struct number_key *, const char *wamid);
int reaction_follow_row(struct db *, int64_t outbox_id);
int reaction_follow_expired(struct db *, int64_t until);

#endif
