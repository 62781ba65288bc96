#ifndef INBOX_ACCOUNT_INVITATION_H
#define INBOX_ACCOUNT_INVITATION_H

#include <stdint.h>

struct db;
struct pool;
struct session;
struct statements;

/*
 * Invitations: a link that sets a password, once, within INVITATION_LIFE.  Its
 * secret is "wi_" and 32 random bytes in base64url, shown once; the database
 * has its SHA-256.  A newer one for the same address in the same workspace
 * takes the place of the older.
 *
 * Whom an owner's link makes a member, or gives a new password, is decided when
 * it is used (api/sign_in): the workspace may not take over a user of another
 * one.
 */
#define INVITATION_PREFIX "wi_"
#define INVITATION_LIFE	  (72 * 3600) /* seconds */

struct invitation {
	int64_t id;
	int64_t workspace_id;  /* 0: the operator's, for a user who is there */
	const char *workspace; /* its name; NULL */
	const char *email;
	const char *name;
	const char *role;
	int64_t invited_by; /* 0: the operator */
	int64_t created_at;
	int64_t expires_at;
};

/* For the command line and sign-in, which see everything, in the caller's
 * transaction. */
extern const struct statements invitation_statements;

/* The operator's, for a user: its secret, in POOL, and *EXPIRES_AT; or NULL. */
char *invitation_create(struct db *, struct pool *, const char *email,
    const char *name, int64_t now, int64_t *expires_at);
/* The one with that secret, at NOW: 1, 0 none, -1. */
int invitation_find(struct db *, struct pool *, const char *secret, int64_t now,
    struct invitation *);
int invitation_use_up(struct db *, int64_t id); /* 0, -1 */

/* For members, in invitation_list.c: those of their workspace. */
extern const struct statements invitation_list_statements;

/* As invitation_create, into the session's workspace, and *ID.  Whether the
 * role may be given is the caller's question: else nothing is made, and *ID
 * is 0. */
char *invitation_add(struct session *, struct pool *, const struct invitation *,
    int64_t now, int64_t *id);
/* 1, 0 or -1. */
int invitation_get(
    struct session *, struct pool *, int64_t id, struct invitation *);
/* Also those that have expired; at most MAX with an id > AFTER, in order: how
 * many, or -1. */
int invitation_list(struct session *, struct pool *, int64_t after,
    struct invitation *, int max);
int invitation_delete(struct session *, int64_t id); /* 0, -1 */

#endif
