#ifndef INBOX_ACCOUNT_LOGIN_H
#define INBOX_ACCOUNT_LOGIN_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Sessions of people who signed in: rows of api_tokens of that kind, so that
 * what ends a token ends a session, too.  The text in the cookie is "ws_" and
 * 32 random bytes in base64url; the database has its SHA-256.  session_sign_in
 * lets it in; here it is made and ended, for sign-in, on a connection that sees
 * everything and in the caller's transaction.
 */
#define LOGIN_PREFIX "ws_"
#define LOGIN_MAX    50 /* of one user: with one more the oldest ends */

struct login {
	int64_t id;
	int64_t user_id;
	int64_t workspace_id;
	int factor_shown; /* 1: a code was, for this session */
	const char *address;
};

extern const struct statements login_statements;

/* Its text, in POOL, and L->id; or NULL (DB_CONSTRAINT: no such member). */
char *login_create(struct db *, struct pool *, struct login *, int64_t now);

/* Of the cookie TEXT, at NOW: 1, 0 none, -1. */
int login_find(struct db *, const char *text, int64_t now, struct login *);

/* 0, or -1. */
int login_end(struct db *, int64_t id);
/* All of the user but ID, in every workspace; ID 0: all. */
int login_end_others(struct db *, int64_t user_id, int64_t id);
int login_show_factor(struct db *, int64_t id);
/* Of all sessions of a user: there is no factor any more. */
int login_forget_factor(struct db *, int64_t user_id);
/* The user is a member of WORKSPACE_ID: 0; -1, DB_CONSTRAINT when not. */
int login_move(struct db *, int64_t id, int64_t workspace_id);

#endif
