#ifndef INBOX_REPORT_REPORT_COUNT_H
#define INBOX_REPORT_REPORT_COUNT_H

struct db;
struct pool;
struct statements;

/*
 * Counts what was stored since the last time, some 500 messages, conversations
 * and closings, into report_counts, in a transaction that also keeps how far it
 * has come: each is counted once, on the day that it was said.  Not counted are
 * messages of a history that was imported, reactions, calls and what the system
 * says.  1 perhaps there are more, 0 there is nothing new, -1.
 */
int report_count_step(struct db *, struct pool *);

extern const struct statements report_count_statements;

/* Of a row: seconds of a slot, and the bytes of its times. */
#define REPORT_COUNT_SLOT      900
#define REPORT_COUNT_TIMES_MAX 60000

#endif
