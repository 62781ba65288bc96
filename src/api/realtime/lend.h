#ifndef API_REALTIME_LEND_H
#define API_REALTIME_LEND_H

#include <stddef.h>

#include "session/member.h"

/*
 * A few connections to the inbox for many threads: each is lent for one read,
 * and serves the borrower's workspace only as long.  They take only
 * statements that read.
 */
struct lend;

/* N connections; NULL: said.  owned: lend_close, when all are back. */
struct lend *lend_open(const char *path, int wait_ms, member_sql *const *tables,
    size_t n_tables, int n);
void lend_close(struct lend *);

/* Waits until one is free; nobody is served yet. */
struct member_db *lend_take(struct lend *);
void lend_give(struct lend *, struct member_db *);

#endif
