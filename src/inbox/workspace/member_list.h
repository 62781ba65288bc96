#ifndef INBOX_WORKSPACE_MEMBER_LIST_H
#define INBOX_WORKSPACE_MEMBER_LIST_H

#include <stddef.h>
#include <stdint.h>

struct pool;
struct session;
struct statements;

/* The members of the session's workspace. */
struct member_list_row {
	int64_t id; /* of the user */
	const char *name;
	const char *email;
	const char *role;
};

/* At most MAX members with an id > AFTER, in order: how many, or -1. */
int member_list_read(struct session *, struct pool *, int64_t after,
    struct member_list_row *, int max);

/* The id of the member with that address: 1, 0, -1. */
int member_list_find(
    struct session *, struct pool *, const char *email, int64_t *id);
/* 1 the user is a member, 0 not, -1. */
int member_list_has(struct session *, int64_t user_id);

extern const struct statements member_list_statements;

#endif
