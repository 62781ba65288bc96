#ifndef INBOX_MESSAGE_UNMATCHED_H
#define INBOX_MESSAGE_UNMATCHED_H

#include <stdint.h>

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * Wamids of which something came (statuses, edits, reactions) and no message:
 * another program sends from the same number, or the message is still to come.
 * An hour later the statuses lose what the provider wrote about them, and
 * after 30 days all of it goes.  In the caller's transaction.
 */
#define UNMATCHED_RAW  3600
#define UNMATCHED_KEPT (30 * 86400)

extern const struct statements unmatched_statements;

/* Something came of WAMID; nothing is noted when its message is there. */
int unmatched_put(
    struct db *, const struct number_key *, const char *wamid, int64_t now);

/* Of at most MAX wamids, what is old: 1 when there may be more, 0, -1. */
int unmatched_purge(struct db *, struct pool *, int max, int64_t now);

#endif
