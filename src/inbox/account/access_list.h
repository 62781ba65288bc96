#ifndef INBOX_ACCOUNT_ACCESS_LIST_H
#define INBOX_ACCOUNT_ACCESS_LIST_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * What lets people and programs into the session's workspace, for its members:
 * API tokens for owners, and everybody's own sessions.  All that writes is in
 * the caller's transaction.
 */
struct access_row {
	int64_t id;
	int64_t user_id;     /* of a token */
	const char *name;    /* of a token: what it is for */
	const char *address; /* of a session: from where it was begun */
	int factor_shown;    /* of a session */
	int64_t created_at;
	int64_t last_used_at; /* to the hour; 0 never */
	int64_t expires_at;   /* 0 never */
	int64_t revoked_at;   /* 0 not */
};

enum access_kind { ACCESS_TOKEN, ACCESS_SESSION };

extern const struct statements access_list_statements;

/* At most MAX with an id > AFTER, in order: how many, or -1. */
int access_list_read(struct session *, struct pool *, enum access_kind,
    int64_t after, struct access_row *, int max);
/* 1, 0 or -1. */
int access_list_get(struct session *, struct pool *, enum access_kind,
    int64_t id, struct access_row *);

/* A token of a member: its text (inbox/workspace/token.h), in POOL, and *ID;
 * NULL: the database failed.  Only an owner makes one; else *ID is 0. */
char *access_list_add(
    struct session *, struct pool *, const struct access_row *, int64_t *id);

/* It lets nobody in any more: a token stays in the list, a session is gone.
 * 0, -1. */
int access_list_end(
    struct session *, enum access_kind, int64_t id, int64_t now);

#endif
