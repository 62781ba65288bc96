#ifndef INBOX_OWN_GROUP_OWN_GROUP_TOLD_H
#define INBOX_OWN_GROUP_OWN_GROUP_TOLD_H

#include <stdint.h>

struct db;
struct event_group;
struct number_key;
struct statements;

/*
 * What deliveries say of groups, in the caller's transaction; 0, -1.  It comes
 * in any order, and before the answer to the request that it belongs to.
 */
extern const struct statements own_group_told_statements;

/* A delivery has named a group for the first time. */
int own_group_told_name(
    struct db *, const struct number_key *, const char *group_id);

/* What became of a group (whatsapp/event.h). */
int own_group_told_news(
    struct db *, const struct number_key *, const struct event_group *);

#endif
