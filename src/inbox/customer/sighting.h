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
 * The facts about the customers of one of our numbers, for
 * inbox/customer/people.h: sightings (ids that were shown together) and changes
 * that the provider announced.  In the caller's transaction; 0 and -1 unless
 * said otherwise.
 */
extern const struct statements sighting_statements;

/*
 * Stores a sighting, or an earlier first_at of a known one; fills in id,
 * first_at and name as they are then.  1 when either was new, 0, -1.
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

/* Deletes all facts with VALUE, an id that nobody has any more.  KIND as in the
 * table identities; only accounts, parent ids and user ids have facts. */
int sighting_forget(struct db *, const struct number_key *, const char *kind,
    const char *value);

/*
 * Adds to the people all facts that are connected with theirs: facts with the
 * same handles or user ids, then those connected with these, and so on.
 */
int sighting_load(struct db *, const struct number_key *, struct people *);

#endif
