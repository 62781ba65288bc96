#ifndef INBOX_NODE_RETIME_H
#define INBOX_NODE_RETIME_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Times that a wrong clock wrote, once it is right: what lies further in the
 * future than it can.
 */
#define RETIME_SLACK 300 /* seconds that clocks differ without harm */

extern const struct statements retime_statements;

/*
 * A due time further ahead than its longest back-off is due now: deferred
 * deliveries, the outbox, files, pauses of numbers; an answer is waited for
 * no longer than from now on.  For the beginning of a run, and after the clock
 * has jumped.  In the caller's transaction: how many, then perhaps more, or -1.
 */
int retime_due(struct db *, int64_t now);

/*
 * Messages from the future, of at most a few conversations: each gets the time
 * of what came after it, so that it stands where it was written, and the
 * conversation its place in the list.  NOW has to be known as right.  In the
 * caller's transaction: how many messages, or -1.
 */
int retime_messages(struct db *, struct pool *, int64_t now);

#endif
