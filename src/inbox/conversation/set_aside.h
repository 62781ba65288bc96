#ifndef INBOX_CONVERSATION_SET_ASIDE_H
#define INBOX_CONVERSATION_SET_ASIDE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Conversations that are snoozed until a time, when it has come (what a
 * customer writes ends that earlier, by a trigger of inbox.sql).
 */
#define SET_ASIDE_AT_ONCE 100

extern const struct statements set_aside_statements;

/* Opens those that were snoozed until NOW or earlier, in a transaction of its
 * own, and makes them unread: 1 perhaps there are more, 0 there is none, -1. */
int set_aside_wake(struct db *, int64_t now);

#endif
