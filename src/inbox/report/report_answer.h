#ifndef INBOX_REPORT_REPORT_ANSWER_H
#define INBOX_REPORT_REPORT_ANSWER_H

#include <stdint.h>

struct db;
struct statements;

/* A message of ours. */
struct report_answer {
	int64_t workspace_id;
	int64_t conversation_id;
	int64_t message_id;
	int64_t sent_at;
};

/*
 * Is it the first that a person of ours says to what a customer has written?
 * Then *SECONDS have passed since the first of that: since our last message, or
 * since the conversation was closed.  A reaction of the customer waits for
 * nothing, an automatic answer and a broadcast are none; who answers and closes
 * within one second has answered first.  Looks back 1,000 messages at most.  1,
 * 0 nobody waited, -1.
 */
int report_answer_time(
    struct db *, const struct report_answer *, int64_t *seconds);

extern const struct statements report_answer_statements;

/* SQL: a message of ours that nobody said: automatic, or of a broadcast. */
#define REPORT_ANSWER_BY_ITSELF                                                \
	"(context LIKE '%\"automatic\":true%'"                                 \
	" OR EXISTS (SELECT 1 FROM broadcast_recipients AS b"                  \
	"  WHERE b.workspace_id = messages.workspace_id"                       \
	"  AND b.message_id = messages.id))"

#endif
