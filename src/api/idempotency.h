#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

struct action;

/*
 * Idempotency: a POST with an Idempotency-Key that is repeated gets its first
 * answer, and creates nothing again.  Inside the request's transaction.
 */

/* Before the handler: 1 it is answered already (or refused), 0 go on, -1. */
int idempotency_before(struct action *);

/* After the handler: stores the answer when it created something.  0, or -1. */
int idempotency_after(struct action *, const char *location);

#endif
