#ifndef INBOX_WORKSPACE_WORKSPACE_H
#define INBOX_WORKSPACE_WORKSPACE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Workspaces and memberships, for the command line: on a handle of
 * inbox_open().  Functions that write need the caller's transaction (db_begin).
 * Lists are read in pages: up to MAX rows with an id > AFTER (0 at first), in
 * order, in POOL.
 */
struct workspace {
	int64_t id;
	const char *name;
	int64_t members;
	int64_t numbers;
	int64_t conversations;
	int64_t file_bytes; /* WASPOOL_FILES_QUOTA */
	int64_t created_at;
	int removing; /* workspace_remove.h */
	/* 1: a customer's reaction makes its conversation unread */
	int reactions_unread;
	int second_factor; /* 1: whoever signs in there needs one */
};

#define WORKSPACE_NAME_MAX 100 /* code points; also of users and tokens */

extern const struct statements workspace_statements;

/* NAME is as text_fold() returns it.  0 and *ID, or -1. */
int workspace_add(struct db *, const char *name, int64_t now, int64_t *id);
/* 1, 0 (no such workspace) or -1. */
int workspace_get(struct db *, struct pool *, int64_t id, struct workspace *);
int workspace_list(struct db *, struct pool *, int64_t after, int max,
    struct workspace **out, int *n);
/* Of what comes from then on.  1, 0 (no such workspace) or -1. */
int workspace_set_reactions(struct db *, int64_t id, int unread);
/* Whoever signs in there needs a second factor, or not: the same. */
int workspace_set_factor(struct db *, int64_t id, int wanted);

struct workspace_member {
	int64_t workspace_id;
	int64_t user_id;
	const char *email;
	const char *name;
	const char *role;
	int64_t created_at;
};

/* Makes the user a member, or changes a member's role.  Workspace and user must
 * exist: 1 a new member, 0 was a member already, -1. */
int workspace_put_member(struct db *, int64_t workspace_id, int64_t user_id,
    const char *role, int64_t now);
/* Also deletes the member's tokens, and unassigns their conversations: 1, 0
 * (was no member) or -1. */
int workspace_remove_member(
    struct db *, int64_t workspace_id, int64_t user_id, int64_t now);
/* 1, 0 (no member) or -1. */
int workspace_get_member(struct db *, struct pool *, int64_t workspace_id,
    int64_t user_id, struct workspace_member *);
/* AFTER is a user id. */
int workspace_list_members(struct db *, struct pool *, int64_t workspace_id,
    int64_t after, int max, struct workspace_member **out, int *n);

#endif
