#ifndef INBOX_OUTBOX_OUTBOX_ACCEPT_H
#define INBOX_OUTBOX_OUTBOX_ACCEPT_H

#include <stdint.h>

struct db;
struct outbox_row;
struct outbox_taken;
struct statements;

/*
 * What outbox.c and outbox_accept.c share; nobody else includes it.  A message
 * that the provider has taken gets its wamid, whoever says so first: the
 * answer or a status.
 */
extern const struct statements outbox_accept_statements;
int outbox_take(struct db *, const struct outbox_row *,
    const struct outbox_taken *, int64_t now);

#endif
