#ifndef INBOX_CUSTOMER_PEOPLE_SPLIT_H
#define INBOX_CUSTOMER_PEOPLE_SPLIT_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct pool;
struct statements;

/*
 * Splits a conversation of schema version 2, which may be of several customers:
 * that version merged whatever was shown together.  First people_split_read
 * finds, in several transactions of the caller, whom each message was with;
 * then people_split applies the rules of inbox/customer/people.h, in one.
 */
extern const struct statements people_split_statements;

/* The workspace and number of conversation ID, *IS_GROUP: 1, 0 none, -1. */
int people_split_find(
    struct db *, int64_t id, struct number_key *, int *is_group);

/*
 * Reads up to 200 messages with an id > *AFTER (0 at first) and stores their
 * sightings: 1 there are more, 0, -1.  *TOLD grows by the messages that got
 * one.
 */
int people_split_read(struct db *, struct pool *, const struct number_key *,
    int64_t id, int64_t *after, int64_t *told);

/* Splits it; (*PEOPLE)->made has the new conversations, in POOL.  0, -1. */
int people_split(struct db *, struct pool *, const struct number_key *,
    int64_t id, int64_t now, struct people **people);

#endif
