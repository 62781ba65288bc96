#ifndef INBOX_CONVERSATION_MESSAGE_MOVE_H
#define INBOX_CONVERSATION_MESSAGE_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Messages change their conversation, with their rows of the outbox; edits,
 * statuses, reactions and files go by the message and stay as they are.  In
 * the caller's transaction.  What a conversation shows of its messages is for
 * the caller to put right (merge_recount), unread ones to count.
 */
struct message_move {
	int64_t workspace_id;
	int64_t from, to;     /* conversations */
	int64_t since, until; /* sent_at: from SINCE on, before UNTIL */
};

extern const struct statements message_move_statements;

/*
 * The newest MAX messages of it: how many, 0 when none is left, or -1.  For
 * many: a loop of transactions (db_begin_step), each with at most
 * MESSAGE_MOVE_MAX, as MESSAGE_MOVE_ROWS rows are written for one at most, all
 * over the file.
 */
#define MESSAGE_MOVE_ROWS 3
#define MESSAGE_MOVE_MAX  150
int message_move_all(struct db *, const struct message_move *, int max);

/* At most MAX rows of the outbox that are still open, oldest first, before
 * their messages: how many, or -1. */
int message_move_open(struct db *, const struct message_move *, int max);

#endif
