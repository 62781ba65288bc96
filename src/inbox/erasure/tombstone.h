#ifndef INBOX_ERASURE_TOMBSTONE_H
#define INBOX_ERASURE_TOMBSTONE_H

#include <stdint.h>

struct db;
struct event;
struct statements;

/*
 * What was erased and may come once more: a redelivery (the provider tries for
 * seven days), a replay, a status that comes weeks after its message.  Kept is
 * a hash with a key of this inbox, and nothing that anybody could read.  In
 * the caller's transaction.
 */
#define TOMBSTONE_KEPT (30 * 24 * 3600) /* seconds */

extern const struct statements tombstone_statements;

/* 1 when there is any: nearly never, and then nobody need ask further. */
int tombstone_any(struct db *);

/* All that is said of the message WAMID is erased: 0, or -1. */
int tombstone_put_wamid(
    struct db *, int64_t workspace_id, const char *wamid, int64_t now);
/* 1, 0, -1. */
int tombstone_has_wamid(struct db *, int64_t workspace_id, const char *wamid);

/* The same of an event: of a message that it is, or changes, or else of its
 * words.  put adds nothing for one that was only looked at and ignored. */
int tombstone_put_event(
    struct db *, int64_t workspace_id, const struct event *, int64_t now);
int tombstone_has_event(
    struct db *, int64_t workspace_id, const struct event *);

/* Of a workspace event, as it is kept. */
int tombstone_put_notice(struct db *, int64_t workspace_id, const char *field,
    const char *raw, int64_t now);

/* Forgets at most MAX that are old enough: how many, -1. */
int tombstone_purge(struct db *, int64_t now, int max);

#endif
