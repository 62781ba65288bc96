#ifndef INBOX_MESSAGE_UNMATCHED_H
#define INBOX_MESSAGE_UNMATCHED_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * Unmatched statuses, edits and reactions: those of a wamid without a message.
 * Another program may send from the same number, or the message is still to
 * come.  After an hour the raw JSON of the statuses is deleted, after 30 days
 * all of it.  In the caller's transaction.
 */
#define UNMATCHED_RAW  3600
#define UNMATCHED_KEPT (30 * 86400)

extern const struct statements unmatched_statements;

/* Notes that something came of WAMID, unless its message is there: 0, -1. */
int unmatched_put(
    struct db *, const struct number_key *, const char *wamid, int64_t now);

/* Deletes what is old, of at most MAX wamids for each of the two ages: 1 when
 * there may be more, 0, -1. */
int unmatched_purge(struct db *, struct pool *, int max, int64_t now);

#endif
