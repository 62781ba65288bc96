#ifndef INBOX_CUSTOMER_PEOPLE_TELL_H
#define INBOX_CUSTOMER_PEOPLE_TELL_H

#include <stdint.h>

struct db;
struct number_key;
struct people;
struct pool;
struct statements;

/*
 * Tells members what cannot be decided, or what they must know: by system
 * messages in the conversations, and by a workspace event "customer_unclear".
 *
 *   account_shown	the account of one customer came with the user id of
 *			another, and no change was announced: they stay two.  A
 *			message in both conversations, and an event.
 *   account_taken	a customer changed to the number of another, who cannot
 *			be reached there any more.  A message in the
 *			conversation of the latter.
 *   account_kept	a customer who hides the phone gave, when asked, one
 *			that another conversation has: nothing was changed.
 *			A message in the conversation of the former.
 *
 * They follow from the persons alone.  A thing is told once, and removed when a
 * later fact decides it.  In the caller's transaction; 0, or -1.
 */
#define PEOPLE_TELL_EVENT "customer_unclear"

extern const struct statements people_tell_statements;

/* TARGET: the conversation of each person, 0 none. */
int people_tell(struct db *, struct people *, const struct number_key *,
    const int64_t *target, int64_t now);

/* 1 when there may be something to tell although no account had two owners. */
int people_tell_has(const struct people *);

#endif
