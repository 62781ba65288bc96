#ifndef INBOX_USER_H
#define INBOX_USER_H

#include <stdint.h>

struct db;
struct pool;

/*
 * People.  A user is one e-mail address (case does not matter) and may be a
 * member of several workspaces.  Handles, transactions and pages as in
 * workspace.h.
 */
struct user {
	int64_t		 id;
	const char	*email;
	const char	*name;
	int64_t		 workspaces;	/* how many it is a member of */
	int64_t		 created_at;
};

#define USER_EMAIL_MAX 254		/* bytes, RFC 5321 */

int	user_prepare(struct db *);

/* 1 when S looks like an address: one @, something on both sides, no space
 * and no control character. */
int	user_is_email(const char *s);

/* 1 added and *ID, 0 somebody has that address, -1. */
int	user_add(struct db *, const char *email, const char *name, int64_t now,
	    int64_t *id);
/* 1, 0 (nobody) or -1. */
int	user_find(struct db *, struct pool *, const char *email, struct user *);
int	user_list(struct db *, struct pool *, int64_t after, int max,
	    struct user **out, int *n);

#endif
