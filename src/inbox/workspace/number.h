#ifndef INBOX_WORKSPACE_NUMBER_H
#define INBOX_WORKSPACE_NUMBER_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Our business numbers, as deliveries name them.  People add, remove and list
 * them through inbox/workspace/number_admin.h.  1, 0 (there is none) or -1.
 */
struct number_key { /* what a query needs of it */
	int64_t id;
	int64_t workspace_id;
	int moving; /* to another workspace: it takes nothing now */
};

extern const struct statements number_statements;

/* By the provider's phone_number_id. */
int number_find(struct db *, const char *phone_number_id, struct number_key *);

/* The first of the account WABA_ID; 0 also when WABA_ID is NULL. */
int number_find_account(struct db *, const char *waba_id, struct number_key *);

/* Is it known to be of the account WABA_ID? */
int number_is_of_account(
    struct db *, const char *phone_number_id, const char *waba_id);

/* The only one there is; 0 when there are several. */
int number_find_only(struct db *, struct number_key *);

/* The only workspace there is; 0 when there are several. */
int number_only_workspace(struct db *, int64_t *workspace_id);

/*
 * A number that nobody registered and a delivery named, for WORKSPACE_ID: 1,
 * and 0 when there is no such workspace.
 */
int number_add_found(struct db *, const char *phone_number_id,
    int64_t workspace_id, int64_t now, struct number_key *);

/*
 * What a delivery says of the number: its account and how the provider writes
 * it.  NULL says nothing; what was said last stands.  1: that was new, 0, -1.
 */
int number_learn(
    struct db *, int64_t id, const char *waba_id, const char *display_phone);

#endif
