#ifndef INBOX_OUTBOX_OUTBOX_STOP_H
#define INBOX_OUTBOX_OUTBOX_STOP_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/* marketing_stop() for the processor and the command line, which see all
 * templates: before a row of the outbox goes. */
int outbox_stop(struct db *, struct pool *, int64_t number_id, const char *type,
    const char *content, int64_t stopped_at, const char **why);

extern const struct statements outbox_stop_statements;

#endif
