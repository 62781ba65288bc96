#ifndef INBOX_WORKSPACE_TOKEN_H
#define INBOX_WORKSPACE_TOKEN_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * API tokens: what a program shows to be let in as one member.  The text is
 * "wp_" and 32 random bytes in base64url, given out once, when it is made;
 * the database keeps the SHA-256 of that text.  Handles, transactions and
 * pages as in workspace.h.
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

/* For a member (DB_CONSTRAINT when there is no such): NULL, or the text, in
 * POOL, and *ID.  EXPIRES_AT 0 is never. */
char *token_create(
    struct db *, struct pool *, const struct token *, int64_t now, int64_t *id);

/* From now on it lets nobody in: 1 (also when it was revoked before, whose
 * time stays), 0 no such token, -1. */
int token_revoke(struct db *, int64_t id, int64_t now);

/* Of one workspace, or of all (WORKSPACE_ID 0). */
int token_list(struct db *, struct pool *, int64_t workspace_id, int64_t after,
    int max, struct token **out, int *n);

/* What the database knows a token by. */
void token_hash(const char *text, size_t len, unsigned char hash[32]);

#endif
