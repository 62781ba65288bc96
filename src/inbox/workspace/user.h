#ifndef INBOX_WORKSPACE_USER_H
#define INBOX_WORKSPACE_USER_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Users.  A user is one e-mail address (upper and lower case are the same) and
 * may be a member of several workspaces.  Handles, transactions and pages as in
 * workspace.h.
 */
struct user {
	int64_t id;
	const char *email;
	const char *name;
	int64_t workspaces; /* how many it is a member of */
	int64_t created_at;
};

/* The first workspace whose only member is user ID: 1, 0 none, -1. */
int user_is_alone(struct db *, int64_t id, int64_t *workspace_id);

#define USER_EMAIL_MAX 254 /* bytes, RFC 5321 */

extern const struct statements user_statements;

/* 1 added and *ID, 0 a user has that address already, -1. */
int user_add(
    struct db *, const char *email, const char *name, int64_t now, int64_t *id);
/* 1, 0 (nobody) or -1. */
int user_find(struct db *, struct pool *, const char *email, struct user *);
/* Removes the memberships of the user with their tokens, then the user: 1, 0
 * this transaction is full, call it in the next, -1.  Messages that the user
 * sent stay, with the user's id. */
int user_remove(struct db *, int64_t id, int64_t now);
int user_list(struct db *, struct pool *, int64_t after, int max,
    struct user **out, int *n);

#endif
