#ifndef API_REALTIME_CONNECTION_POOL_H
#define API_REALTIME_CONNECTION_POOL_H

#include "session/session.h"

/*
 * Connection pool.
 *
 * A few connections to the inbox for many threads: each is lent for one read,
 * and serves the borrower's workspace only as long.  They take only
 * statements that read.
 */
struct connection_pool;

/* N connections; NULL: said.  owned: connection_pool_close, when all are
 * back. */
struct connection_pool *connection_pool_open(
    const char *path, int wait_ms, const struct statements *, int n);
void connection_pool_close(struct connection_pool *);

/* Waits until one is free; nobody is served yet. */
struct session *connection_pool_take(struct connection_pool *);
void connection_pool_give(struct connection_pool *, struct session *);

/* Nobody needs them at the moment: those that are free give memory back. */
void connection_pool_rest(struct connection_pool *);

#endif
