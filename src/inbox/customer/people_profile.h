#ifndef INBOX_CUSTOMER_PEOPLE_PROFILE_H
#define INBOX_CUSTOMER_PEOPLE_PROFILE_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct profile;
struct statements;

/*
 * What a conversation shows of its customer, found anew from its messages and
 * from what was announced: for when messages moved, or an account is somebody
 * else's now.  It reads all messages.  In the caller's transaction.
 */
extern const struct statements people_profile_statements;

/* PERSON has conversation ID; -1: somebody who is not among these people. */
int people_profile(struct db *, struct people *, const struct number_key *,
    int person, int64_t id, int64_t now);

#endif
