#ifndef API_IDEMPOTENCY_H
#define API_IDEMPOTENCY_H

struct action;

/*
 * Idempotency.
 *
 * Requests that create something and carry an Idempotency-Key: asked again,
 * they get the first answer.  Inside the request's transaction.
 */

/* Before the handler: 1 answered already (or refused), 0 go on, -1. */
int idempotency_before(struct action *);

/* After it: keeps the answer when it created something.  0, or -1. */
int idempotency_after(struct action *, const char *location);

#endif
