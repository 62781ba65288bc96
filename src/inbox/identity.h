#ifndef INBOX_IDENTITY_H
#define INBOX_IDENTITY_H

#include <stdint.h>

struct db;
struct number_key;

/*
 * By what a customer is known to one of our numbers.  Each value leads to one
 * conversation.  In the caller's transaction; 0 and -1 unless said otherwise.
 */
enum identity_kind {
	IDENTITY_USER_ID,	/* the provider's user id (BSUID) */
	IDENTITY_PARENT,	/* that of the whole portfolio */
	IDENTITY_WA_ID,		/* an account: digits, not always the phone */
	IDENTITY_ALIAS,		/* digits that were dialled and reached it */
	IDENTITY_GROUP
};

int	identity_prepare(struct db *);

/* 1, 0 (nobody) or -1. */
int	identity_find(struct db *, const struct number_key *,
	    enum identity_kind, const char *value, int64_t *conversation_id);

/* 1 when it is new, 0 when it was there (whose ever it is), -1. */
int	identity_put(struct db *, const struct number_key *,
	    enum identity_kind, const char *value, int64_t conversation_id,
	    int64_t now);

/* All identities of conversation FROM lead to conversation TO. */
int	identity_move(struct db *, int64_t workspace_id, int64_t from,
	    int64_t to);

#endif
