#ifndef INBOX_CONVERSATION_IDENTITY_H
#define INBOX_CONVERSATION_IDENTITY_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * Identities: the ids by which one of our numbers knows its customers.  Each
 * leads to one conversation at a time; an account or a parent id may later be
 * another customer's.  In the caller's transaction; 0 and -1 unless said
 * otherwise.
 */
enum identity_kind {
	IDENTITY_USER_ID, /* the provider's user id (BSUID) */
	IDENTITY_PARENT,  /* that of the whole portfolio */
	IDENTITY_WA_ID,	  /* an account: digits, not always the phone */
	IDENTITY_ALIAS,	  /* digits that were dialled and reached it */
	IDENTITY_GROUP
};

#define IDENTITY_NOW INT64_MAX

struct identity_row {
	int64_t valid_from;	 /* until the next row's valid_from */
	int64_t conversation_id; /* 0: of nobody with a conversation */
	int64_t created_at;
};

extern const struct statements identity_statements;

/* The conversation that VALUE led to AT a time, or leads to (IDENTITY_NOW): 1,
 * 0 there is no row, -1.  *CONVERSATION_ID may be 0. */
int identity_find(struct db *, const struct number_key *, enum identity_kind,
    const char *value, int64_t at, int64_t *conversation_id);

/* All rows of a value, by time, in POOL. */
int identity_list(struct db *, struct pool *, const struct number_key *,
    enum identity_kind, const char *value, struct identity_row **, int *n);

/* Adds VALUE if there is no row of it: 1 added, 0 there was one, perhaps with
 * another conversation, -1. */
int identity_put(struct db *, const struct number_key *, enum identity_kind,
    const char *value, int64_t conversation_id, int64_t now);

/* identity_set: from time FROM on VALUE leads to this conversation.
 * identity_unset removes the row that begins at FROM. */
int identity_set(struct db *, const struct number_key *, enum identity_kind,
    const char *value, int64_t from, int64_t conversation_id, int64_t now);
int identity_unset(struct db *, const struct number_key *, enum identity_kind,
    const char *value, int64_t from);

/* Notes that the digits DIALLED reach ACCOUNT; the new row, if there is none
 * yet, leads to this conversation. */
int identity_put_alias(struct db *, const struct number_key *,
    const char *dialled, const char *account, int64_t conversation_id,
    int64_t now);

/* Makes all identities of conversation FROM lead to conversation TO. */
int identity_move(struct db *, int64_t workspace_id, int64_t from, int64_t to);
/* Deletes all identities of conversation FROM. */
int identity_forget(struct db *, int64_t workspace_id, int64_t from);

/* One user id of the conversation that is not among the N of KNOWN, in POOL;
 * NULL none. */
int identity_other_user(struct db *, struct pool *, int64_t workspace_id,
    int64_t conversation_id, const char *const *known, int n,
    const char **user_id);

#endif
