#ifndef SESSION_MEMBER_H
#define SESSION_MEMBER_H

#include <stdint.h>

/* Whom a session serves; texts in the pool of session_sign_in. */
struct member {
	int64_t user_id;
	int64_t workspace_id;
	int64_t token_id;
	const char *name;
	const char *email;
	const char *role;      /* owner, admin, agent */
	const char *workspace; /* its name */
	int by_session;	       /* a person's, with a cookie; 0: a token's */
	/* of a session: the workspace wants a second factor, and none was
	 * shown for it */
	int needs_factor;
	/* what the database knows him by, where it looks itself whom a
	 * connection serves (PostgreSQL), else NULL: nobody else's business */
	const char *secret;
};

#endif
