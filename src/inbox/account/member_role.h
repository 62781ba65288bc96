#ifndef INBOX_ACCOUNT_MEMBER_ROLE_H
#define INBOX_ACCOUNT_MEMBER_ROLE_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Who may what in the session's workspace.  What the served
 * member may not change stays as it is, in silence (session.sql): the caller
 * has looked before.  All that writes is in the caller's transaction.
 */
extern const struct statements member_role_statements;

/* The role of a member, in POOL: 1, 0 no member, -1. */
int member_role_get(
    struct session *, struct pool *, int64_t user_id, const char **role);
int member_role_set(struct session *, int64_t user_id, const char *role);
/* 1 when there is an owner beside USER_ID, 0, -1. */
int member_role_has_other_owner(struct session *, int64_t user_id);

#endif
