#ifndef INBOX_ACCOUNT_ACCOUNT_H
#define INBOX_ACCOUNT_ACCOUNT_H

#include <stdint.h>

#include "inbox/account/totp.h"

struct db;
struct pool;
struct statements;

/*
 * What a user signs in by.  For sign-in and the command line: a connection that
 * sees everything.  All that writes is in the caller's transaction.
 */
struct account {
	int64_t user_id;
	const char *email;
	const char *name;
	const char *hash; /* of the password; NULL: there is none */
	int has_factor;	  /* a secret is there, and … */
	int factor_on;	  /* … a code is asked for */
	unsigned char secret[TOTP_SECRET_LEN];
	int64_t used_step;
};

/* Where a user is a member. */
struct account_membership {
	int64_t workspace_id;
	const char *name;
	const char *role;
	int wants_factor;
};

#define ACCOUNT_MEMBERSHIPS_MAX 100 /* that are shown */

extern const struct statements account_statements;

/* By address, upper and lower case are the same; by id.  1, 0 (nobody) or
 * -1. */
int account_find(
    struct db *, struct pool *, const char *email, struct account *);
int account_get(struct db *, struct pool *, int64_t user_id, struct account *);

/* In the order of workspaces, at most MAX: how many, or -1. */
int account_memberships(struct db *, struct pool *, int64_t user_id,
    struct account_membership *, int max);

/* Links that were made before and would set a password are void: 0, -1. */
int account_put_password(
    struct db *, int64_t user_id, const char *hash, int64_t now);

/* The second factor: a secret that is not asked for yet: 0, -1; that SECRET
 * from now on: 1, 0 it is another one meanwhile, -1; no more: 0, -1.
 * account_use_step: the code of STEP is used up: 1, 0 it was used meanwhile,
 * -1. */
int account_put_factor(
    struct db *, int64_t user_id, const unsigned char secret[TOTP_SECRET_LEN]);
int account_confirm_factor(struct db *, int64_t user_id,
    const unsigned char secret[TOTP_SECRET_LEN], int64_t now);
int account_delete_factor(struct db *, int64_t user_id);
int account_use_step(struct db *, int64_t user_id, int64_t step);

#endif
