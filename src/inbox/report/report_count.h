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

/* SQL: its columns, and how one that is there grows by another; MAX is the
 * argument that is REPORT_COUNT_TIMES_MAX. */
#define REPORT_COUNT_COLUMNS                                                   \
	"workspace_id, number_id, slot, user_id, received, sent, automatic,"   \
	" started, closed, answers, answer_seconds"
#define REPORT_COUNT_ADD_UP(MAX)                                               \
	" ON CONFLICT (workspace_id, number_id, slot, user_id) DO UPDATE SET"  \
	" received = report_counts.received + excluded.received,"              \
	" sent = report_counts.sent + excluded.sent,"                          \
	" automatic = report_counts.automatic + excluded.automatic,"           \
	" started = report_counts.started + excluded.started,"                 \
	" closed = report_counts.closed + excluded.closed,"                    \
	" answers = report_counts.answers + excluded.answers,"                 \
	" answer_seconds = CASE WHEN LENGTH(report_counts.answer_seconds)"     \
	"  < CAST(" MAX " AS BIGINT)"                                          \
	"  THEN report_counts.answer_seconds || excluded.answer_seconds"       \
	"  ELSE report_counts.answer_seconds END"

#endif
