#ifndef INBOX_WORKSPACE_TEAM_H
#define INBOX_WORKSPACE_TEAM_H

#include <stddef.h>
#include <stdint.h>

struct db;
struct pool;

/* Who is in the workspace, through a member connection. */
struct team_member {
	int64_t		 id;		/* of the user */
	const char	*name;
	const char	*email;
	const char	*role;
};

/* At most MAX with an id above AFTER, by id: how many, or -1. */
int	team_read(struct db *, struct pool *, int64_t after,
	    struct team_member *, int max);

/* 1 the user is a member, 0 not, -1. */
int	team_has(struct db *, int64_t user_id);

const char *const *team_sql(size_t *n);

#endif
