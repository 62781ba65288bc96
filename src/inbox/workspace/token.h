#ifndef INBOX_WORKSPACE_TOKEN_H
#define INBOX_WORKSPACE_TOKEN_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * API tokens: a program authenticates with one as a member.  The text is "wp_"
 * and 32 random bytes in base64url, shown once, when it is created; the
 * database has only its SHA-256.  Handles, transactions and pages as in
 * workspace.h.
 */
#define TOKEN_PREFIX "wp_"

struct token {
	int64_t id;
	int64_t workspace_id;
	int64_t user_id;
	const char *email;
	const char *name; /* what it is for */
	int64_t created_at;
	int64_t expires_at;   /* 0 never */
	int64_t last_used_at; /* 0 never */
	int64_t revoked_at;   /* 0 not */
};

extern const struct statements token_statements;

/* Creates a token for a member: its text, in POOL, and *ID; or NULL
 * (DB_CONSTRAINT: there is no such member). */
char *token_create(
    struct db *, struct pool *, const struct token *, int64_t now, int64_t *id);

/* 1, 0 no such token (a session is none), or -1. */
int token_get(struct db *, struct pool *, int64_t id, struct token *);
/* Revokes it: 1, also when it was revoked before, and that time stays; 0 no
 * such token; -1. */
int token_revoke(struct db *, int64_t id, int64_t now);

/* Of one workspace, or of all (WORKSPACE_ID 0). */
int token_list(struct db *, struct pool *, int64_t workspace_id, int64_t after,
    int max, struct token **out, int *n);

#endif
