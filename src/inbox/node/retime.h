#ifndef INBOX_NODE_RETIME_H
#define INBOX_NODE_RETIME_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Corrects times that a wrong clock wrote, after the clock was set right: times
 * further in the future than they can be.
 */
#define RETIME_SLACK 300 /* seconds that clocks differ without harm */

extern const struct statements retime_statements;

/*
 * What is due later than its longest back-off becomes due now: deferred
 * deliveries, the outbox, downloads, pauses of numbers, who is to be blocked,
 * the lists of templates, those to be created or deleted, and the deadline of
 * an answer.  Tickets that expire too late are deleted.  To be called at the
 * beginning of a run, and after the clock has jumped.  In the caller's
 * transaction: how many, and then there may be more; 0; -1.
 */
int retime_due(struct db *, int64_t now);

/*
 * By what people sign in: a session that lasts longer than it may ends as if it
 * were used now, such an invitation is void, and a second factor takes codes of
 * now again.  NOW must be known to be right: by a clock that is behind all of
 * them would be wrong.  As retime_due.
 */
int retime_access(struct db *, int64_t now);

/*
 * Messages from the future, of a few conversations in each call, get the time
 * of the customer's next message, else NOW.  So they stand where they were
 * written, and the conversation gets its place in the list.  NOW must be known
 * to be right.  In the caller's transaction: how many messages, or -1.
 */
int retime_messages(struct db *, struct pool *, int64_t now);

#endif
