#ifndef INBOX_CUSTOMER_SIGHTING_H
#define INBOX_CUSTOMER_SIGHTING_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct people_change;
struct people_sighting;
struct pool;
struct statements;

/*
 * What was shown and announced of customers of one of our numbers: the facts
 * that inbox/customer/people.h reasons about.  In the caller's transaction; 0
 * and -1 unless said otherwise.
 */
extern const struct statements sighting_statements;

/*
 * Notes it, or that it was shown earlier than was known; fills in id,
 * first_at and name as they are now.  1 when that is new, 0, -1.
 */
int sighting_put(struct db *, struct pool *, const struct number_key *,
    struct people_sighting *);

/* By its id, in POOL: 1, 0 (there is none), -1. */
int sighting_get(
    struct db *, struct pool *, int64_t id, struct people_sighting *);

/* 1 when it is new, 0, -1. */
int sighting_put_change(
    struct db *, const struct number_key *, const struct people_change *);

/* The account (WABA) of the number, in POOL, '' when it is not known. */
int sighting_portfolio(struct db *, struct pool *, const struct number_key *,
    const char **portfolio);

/* A value that nobody has any more: nothing is known of it.  KIND as in
 * identities; other kinds than handles and user ids have no facts. */
int sighting_forget(struct db *, const struct number_key *, const char *kind,
    const char *value);

/*
 * Adds to the people all that hangs together with those who are in it
 * already: what shows the same handles and user ids, and so on.
 */
int sighting_load(struct db *, const struct number_key *, struct people *);

#endif
