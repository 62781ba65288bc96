#ifndef INBOX_CUSTOMER_PEOPLE_TELL_H
#define INBOX_CUSTOMER_PEOPLE_TELL_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct statements;

/*
 * What cannot be decided, and what an agent has to know, is told: by a system
 * message in the conversations that it concerns, and by a workspace event
 * "customer_unclear".
 *
 *   account_shown	an account that belongs to one customer shows the user
 *			id of another, and nothing announced it: they stay two.
 *			Told in both conversations, and as an event.
 *   account_taken	a customer changed to the number of another, who can be
 *			reached under it no more.  Told to the latter.
 *
 * Follows from the people alone: told once, and taken back when a later word
 * decides it.  In the caller's transaction; 0, or -1.
 */
#define PEOPLE_TELL_EVENT "customer_unclear"

extern const struct statements people_tell_statements;

/* TARGET: the conversation of each person, 0 none. */
int people_tell(struct db *, struct people *, const struct number_key *,
    const int64_t *target, int64_t now);

#endif
