#ifndef API_AGAIN_H
#define API_AGAIN_H

struct action;

/*
 * Requests that create something and carry an Idempotency-Key: asked again,
 * they get the first answer.  Inside the request's transaction.
 */

/* Before the handler: 1 answered already (or refused), 0 go on, -1. */
int	again_before(struct action *);

/* After it: keeps the answer when it created something.  0, or -1. */
int	again_after(struct action *, const char *location);

#endif
