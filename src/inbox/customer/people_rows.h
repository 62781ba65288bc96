#ifndef INBOX_CUSTOMER_PEOPLE_ROWS_H
#define INBOX_CUSTOMER_PEOPLE_ROWS_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct profile;
struct statements;

/*
 * Makes the rows match the persons: creates, merges and splits conversations,
 * moves messages, sets identities, and tells what cannot be decided
 * (inbox/customer/people_tell.h).  In the caller's transaction; 0, or -1.
 */
extern const struct statements people_rows_statements;

/*
 * After people_solve.  *ID: the conversation of PERSON, created with the
 * profile SAID when there is none; with PERSON -1 nothing is created for
 * anybody in particular, and *ID is 0.
 */
int people_rows(struct db *, struct people *, const struct number_key *,
    int person, const struct profile *said, int64_t now, int64_t *id);

#endif
