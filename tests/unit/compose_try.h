#ifndef TESTS_UNIT_COMPOSE_TRY_H
#define TESTS_UNIT_COMPOSE_TRY_H

struct compose;
struct compose_wrong;
struct pool;

/* BODY of our API, which must be JSON, read as a message: compose_read's. */
int compose_try(
    struct pool *, const char *body, struct compose *, struct compose_wrong **);
/* What is wrong with BODY: field and message, one a line, in POOL; ""
 * nothing. */
const char *compose_try_wrong(struct pool *, const char *body);

#endif
