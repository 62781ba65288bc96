#ifndef INBOX_WORKSPACE_WORKSPACE_H
#define INBOX_WORKSPACE_WORKSPACE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Workspaces and who belongs to them.  For people at the command line: on a
 * handle of inbox_open(), the writing ones inside db_begin/db_commit.  Lists
 * are read in pages: up to MAX rows after AFTER (0: from the beginning) in
 * the order of ids, in POOL.
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
};

#define WORKSPACE_NAME_MAX 100 /* code points, of all our names */

extern const struct statements workspace_statements;

/* NAME as text_fold() leaves it.  0 and *ID, or -1. */
int workspace_add(struct db *, const char *name, int64_t now, int64_t *id);
/* 1, 0 (no such workspace) or -1. */
int workspace_get(struct db *, struct pool *, int64_t id, struct workspace *);
int workspace_list(struct db *, struct pool *, int64_t after, int max,
    struct workspace **out, int *n);

struct workspace_member {
	int64_t workspace_id;
	int64_t user_id;
	const char *email;
	const char *name;
	const char *role;
	int64_t created_at;
};

/* 1 when ROLE is owner, admin or agent. */
int workspace_is_role(const char *role);

/* Makes the user a member, or changes the role of one.  Both must be there:
 * 1 made, 0 was a member already, -1. */
int workspace_put_member(struct db *, int64_t workspace_id, int64_t user_id,
    const char *role, int64_t now);
/* With the member go its tokens, and what was assigned to it is nobody's:
 * 1, 0 (was none) or -1. */
int workspace_remove_member(struct db *, int64_t workspace_id, int64_t user_id);
/* 1, 0 (no member) or -1. */
int workspace_get_member(struct db *, struct pool *, int64_t workspace_id,
    int64_t user_id, struct workspace_member *);
/* AFTER is a user id. */
int workspace_list_members(struct db *, struct pool *, int64_t workspace_id,
    int64_t after, int max, struct workspace_member **out, int *n);

#endif
