#ifndef INBOX_CUSTOMER_PEOPLE_PROFILE_H
#define INBOX_CUSTOMER_PEOPLE_PROFILE_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct profile;
struct statements;

/*
 * Computes anew what a conversation shows of its customer, from its messages
 * and the announced changes: after messages moved, or an account got another
 * owner.  It reads all messages of the conversation.  In the caller's
 * transaction.
 */
extern const struct statements people_profile_statements;

/* PERSON: whose conversation ID is; -1: of nobody among these people. */
int people_profile(struct db *, struct people *, const struct number_key *,
    int person, int64_t id, int64_t now);

#endif
