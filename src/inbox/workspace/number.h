#ifndef INBOX_WORKSPACE_NUMBER_H
#define INBOX_WORKSPACE_NUMBER_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Our business numbers, as deliveries name them (number_admin.h adds, removes
 * and lists them).  1, 0 (there is none) or -1.
 */
struct number_key { /* by which statements find its rows */
	int64_t id;
	int64_t workspace_id;
	int moving; /* 1: to another workspace; its deliveries wait */
};

extern const struct statements number_statements;

/* By the provider's phone_number_id. */
int number_find(struct db *, const char *phone_number_id, struct number_key *);

/* The first number of account WABA_ID; 0 also when WABA_ID is NULL. */
int number_find_account(struct db *, const char *waba_id, struct number_key *);

/* Is the number known to belong to account WABA_ID? */
int number_is_of_account(
    struct db *, const char *phone_number_id, const char *waba_id);

/* The only number there is; 0 also when there are several. */
int number_find_only(struct db *, struct number_key *);

/* The only workspace there is; 0 also when there are several. */
int number_only_workspace(struct db *, int64_t *workspace_id);

/*
 * Adds a number that nobody registered but a delivery named, to WORKSPACE_ID:
 * 1, 0 when there is no such workspace, -1.
 */
int number_add_found(struct db *, const char *phone_number_id,
    int64_t workspace_id, int64_t now, struct number_key *);

/*
 * Stores what a delivery says of the number: its account, and its phone as the
 * provider writes it; NULL: not said.  The last one wins.  1: it was new, 0,
 * -1.
 */
int number_learn(
    struct db *, int64_t id, const char *waba_id, const char *display_phone);

#endif
