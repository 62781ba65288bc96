#ifndef INBOX_CONVERSATION_MESSAGE_MOVE_H
#define INBOX_CONVERSATION_MESSAGE_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Moves messages to another conversation, with their rows of the outbox.
 * Edits, statuses, reactions and files belong to the message and need no
 * change.  In the caller's transaction.  The caller also calls merge_recount,
 * and corrects the unread counts.
 */
struct message_move {
	int64_t workspace_id;
	int64_t from, to;     /* conversations */
	int64_t since, until; /* sent_at: from SINCE on, before UNTIL */
};

extern const struct statements message_move_statements;

/*
 * Moves the newest MAX messages: how many, 0 when none is left, or -1.  For
 * many call it in a loop of transactions (db_begin_step), with at most
 * MESSAGE_MOVE_MAX in each: a message may cost MESSAGE_MOVE_ROWS rows, in pages
 * all over the file.
 */
#define MESSAGE_MOVE_ROWS 3
#define MESSAGE_MOVE_MAX  150
int message_move_all(struct db *, const struct message_move *, int max);

/* Moves at most MAX rows of the outbox that are still open, oldest first, ahead
 * of their messages: how many, or -1. */
int message_move_open(struct db *, const struct message_move *, int max);

#endif
