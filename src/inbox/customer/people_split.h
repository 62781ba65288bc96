#ifndef INBOX_CUSTOMER_PEOPLE_SPLIT_H
#define INBOX_CUSTOMER_PEOPLE_SPLIT_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct pool;
struct statements;

/*
 * A conversation of version 2 may be of several customers, since whatever was
 * shown together was made one.  Here is looked for what its messages still tell
 * of whom they were with, and then it is parted by the rules of
 * inbox/customer/people.h.  In the caller's transactions, of which
 * people_split_read wants as many as it says.
 */
extern const struct statements people_split_statements;

/* The workspace and number of conversation ID, *IS_GROUP: 1, 0 none, -1. */
int people_split_find(
    struct db *, int64_t id, struct number_key *, int *is_group);

/*
 * Reads up to 200 messages behind *AFTER (an id; 0 at first) and writes down
 * what they tell: 1 there are more, 0, -1.  *TOLD grows by those that tell.
 */
int people_split_read(struct db *, struct pool *, const struct number_key *,
    int64_t id, int64_t *after, int64_t *told);

/* Parts it; *PEOPLE says which conversations were made, in POOL.  0, -1. */
int people_split(struct db *, struct pool *, const struct number_key *,
    int64_t id, int64_t now, struct people **people);

#endif
