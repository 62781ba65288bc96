#ifndef API_SIGN_IN_SIGN_IN_H
#define API_SIGN_IN_SIGN_IN_H

#include <pthread.h>
#include <stdint.h>

#include "inbox/account/account.h"
#include "inbox/account/login.h"

#include "api/action.h"

struct config;
struct db;
struct statements;
struct try_limit;

/*
 * What the files of this folder share.  A handler answers 0, or -1 when the
 * database failed.  It holds the lock, and so the only connection, for moments,
 * and never while a password is hashed.
 */
struct sign_in_service {
	const struct config *config;
	struct db *db;
	pthread_mutex_t mutex; /* of db */
	struct try_limit *by_account;
	struct try_limit *by_address;
};

struct sign_in {
	struct action a; /* the first member; it has no session */
	struct sign_in_service *service;

	struct login login; /* of the cookie, or just begun; id 0: none */
	struct account account;
	struct account_membership *memberships;
	int n_memberships;
	const struct account_membership *here; /* of login.workspace_id */

	const char *address; /* whose tries are counted, … */
	const char *key;     /* … and of which account */
	int64_t step;	     /* of the code that was right; 0: none was asked */
};

/* ----------------------------------------------------- sign_in_service.c */

/* What this program prepares. */
extern const struct statements sign_in_statements;

/* Opens the inbox, and makes what counts tries: owned, process life; NULL, said
 * in the log.  Before a second thread begins. */
struct sign_in_service *sign_in_open(const struct config *);
/* Nobody asks at the moment: gives memory back. */
void sign_in_rest(struct sign_in_service *);

struct sign_in *sign_in_of(struct action *);

void sign_in_lock(struct sign_in *);
void sign_in_unlock(struct sign_in *);

/* --------------------------------------------------- sign_in_session.c */

/* Reads the account's memberships, and which of them is here: 0, -1. */
int sign_in_read_memberships(struct sign_in *);

/* Who asks, by the cookie, with what is above: 1; 0: 401 or, where something is
 * to change and another site asks, 403 was replied; -1. */
int sign_in_by_cookie(struct sign_in *);

/* Begins a session of account in WORKSPACE_ID, in the open transaction,
 * which is committed, and answers with it: 0, -1. */
int sign_in_begin_session(struct sign_in *, int64_t workspace_id);
/* 200 with the session as it is. */
int sign_in_show(struct sign_in *);

/* ---------------------------------------------------------- sign_in_check.c */

/* Field KEY, a password, normalised: 1; 0: it is noted as wrong. */
int sign_in_password_field(
    struct action *, const char *key, const char **password);
/* "code": NULL when there is none.  1; 0: noted as wrong. */
int sign_in_code_field(struct action *, const char **code);

/* Counts a try of account KEY from where this comes: 1, 0: 429 was replied. */
int sign_in_take_try(struct sign_in *, const char *key);

/*
 * Whether PASSWORD is that of account, whose hash may be NULL, and CODE where
 * it has a second factor and WANTS_CODE.  After sign_in_take_try; a right one
 * does not count.  1 and step; 0: it was replied why not.
 */
int sign_in_check(
    struct sign_in *, const char *password, const char *code, int wants_code);
/* CODE alone. */
int sign_in_check_code(struct sign_in *, const char *code);
/* The hash of a new password, in POOL; NULL: 503 was replied. */
char *sign_in_hash(struct sign_in *, const char *password);

/* Uses the code of step up, in the open transaction: 1, 0 refused, -1. */
int sign_in_use_step(struct sign_in *);

/* The handlers: 0, -1. */
action_handler sign_in_get;
action_handler sign_in_post;
action_handler sign_in_move;
action_handler sign_in_end;
action_handler sign_in_password;
action_handler sign_in_invitation;
action_handler sign_in_factor_new;
action_handler sign_in_factor_set;

#endif
