#ifndef INBOX_ERASURE_TOMBSTONE_H
#define INBOX_ERASURE_TOMBSTONE_H

#include <stdint.h>

struct db;
struct event;
struct statements;

/*
 * A tombstone marks something erased that may come again: in a redelivery (the
 * provider tries for seven days), a replay, or a status weeks after its
 * message.  It is a hash with a secret key of this inbox: nobody can read from
 * it what was erased.  In the caller's transaction.
 */
#define TOMBSTONE_KEPT (30 * 24 * 3600) /* seconds */

extern const struct statements tombstone_statements;

/* 1 when there is any, 0, -1.  There are nearly never any, and then drain need
 * not compute a hash for each event. */
int tombstone_any(struct db *);

/* For message WAMID, and all later events about it: 0, or -1. */
int tombstone_put_wamid(
    struct db *, int64_t workspace_id, const char *wamid, int64_t now);
/* 1, 0, -1. */
int tombstone_has_wamid(struct db *, int64_t workspace_id, const char *wamid);

/* For an event: by the wamid of the message that it is or changes, else by its
 * content. */
int tombstone_put_event(
    struct db *, int64_t workspace_id, const struct event *, int64_t now);
int tombstone_has_event(
    struct db *, int64_t workspace_id, const struct event *);

/* For a workspace event, by FIELD and RAW as they are stored. */
int tombstone_put_notice(struct db *, int64_t workspace_id, const char *field,
    const char *raw, int64_t now);

/* Deletes at most MAX that are older than TOMBSTONE_KEPT: how many, -1. */
int tombstone_purge(struct db *, int64_t now, int max);

#endif
