#ifndef INBOX_MARK_TEAM_MEMBER_H
#define INBOX_MARK_TEAM_MEMBER_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/*
 * Who is in a team.  A member who leaves the workspace leaves its teams, by a
 * trigger.
 */
#define TEAM_MEMBER_MAX 200 /* of a team */

struct team_member { /* NAME in POOL */
	int64_t user_id;
	const char *name;
};

/* All of them, by id, in POOL: how many, -1. */
int team_member_list(
    struct session *, struct pool *, int64_t team_id, struct team_member **);

/* Of a team and a member of the workspace: 1 now in it; 0 it has
 * TEAM_MEMBER_MAX; -1. */
int team_member_add(struct session *, int64_t team_id, int64_t user_id);
/* 0, also when the member was not in it; -1. */
int team_member_remove(struct session *, int64_t team_id, int64_t user_id);

extern const struct statements team_member_statements;

#endif
