#ifndef INBOX_CUSTOMER_PEOPLE_ROWS_H
#define INBOX_CUSTOMER_PEOPLE_ROWS_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct profile;
struct statements;

/*
 * Rows follow from who is who: conversations are made, become one, or are
 * parted, messages move to where they belong, identities lead there, and what
 * cannot be decided is told (inbox/customer/people_tell.h).  In the caller's
 * transaction; 0, or -1.
 */
extern const struct statements people_rows_statements;

/*
 * PEOPLE is solved.  PERSON, -1 nobody, gets a conversation that shows SAID
 * when there is none; it is *ID then, 0 for nobody.
 */
int people_rows(struct db *, struct people *, const struct number_key *,
    int person, const struct profile *said, int64_t now, int64_t *id);

#endif
