/*
 * Queues a read receipt: the customer sees that the message was read; or that
 * somebody types, which the provider shows only together with that.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/block.h"
#include "inbox/outbox/submit.h"

#define RECEIPT_AGE (30 * 86400) /* docs/protocol.md §6.2 "read" */

enum { PLACE, GROUP, NEWEST, QUEUE, N_SQL };

static const char *const submit_read_sql[N_SQL] = {
	[PLACE] = "SELECT blocked FROM my_conversations WHERE id = $1",
	/* The provider marks no message of a group as read. */
	[GROUP] = "SELECT 1 FROM my_conversations WHERE id = $1"
		  " AND group_id IS NOT NULL",
	/* Not for history: those were read elsewhere, long ago. */
	[NEWEST] = "SELECT id FROM my_messages WHERE conversation_id = $1"
		   " AND sent_at > $2 AND direction = 'inbound'"
		   " AND source = 'live' AND wamid IS NOT NULL"
		   " AND type <> 'system' AND type <> 'call'"
		   " ORDER BY sent_at DESC, id DESC LIMIT 1",
	[QUEUE] = "INSERT INTO my_outbox(kind, message_id, due_at, created_at,"
		  " typing) VALUES ('read', $1, $2, $2, $3)",
};

const struct statements submit_read_statements = {
	.sql = submit_read_sql,
	.n = N_SQL,
};

/* 1, 0, -1. */
static int
is_group(struct session *s, int64_t conversation_id)
{
	int64_t one = 0;

	return db_get_int(session_db(s), submit_read_sql[GROUP],
	    DB_ARGS(db_int(conversation_id)), &one);
}

/* For the customer's newest message: 1, 0 there is none, -1. */
static int
queue_read(struct session *s, int64_t conversation_id, int typing, int64_t now)
{
	int64_t id = 0;
	int rc = db_get_int(session_db(s), submit_read_sql[NEWEST],
	    DB_ARGS(db_int(conversation_id), db_int(now - RECEIPT_AGE)), &id);

	if (rc != 1)
		return rc;
	return db_run(session_db(s), submit_read_sql[QUEUE],
		   DB_ARGS(db_int(id), db_int(now), db_int(typing))) == -1
		   ? -1
		   : 1;
}

int
submit_read_receipt(struct session *s, int64_t conversation_id, int64_t now)
{
	int rc = is_group(s, conversation_id);

	if (rc == 0)
		rc = queue_read(s, conversation_id, 0, now);
	return rc == -1 ? -1 : 0;
}

enum submit_result
submit_typing(
    struct session *s, int64_t conversation_id, int64_t now, const char **why)
{
	int64_t blocked = 0;
	int rc = db_get_int(session_db(s), submit_read_sql[PLACE],
	    DB_ARGS(db_int(conversation_id)), &blocked);

	if (rc != 1)
		return rc == 0 ? SUBMIT_NOT_FOUND : SUBMIT_FAILED;
	*why = block_why(blocked);
	if (*why != NULL)
		return SUBMIT_BLOCKED;
	rc = is_group(s, conversation_id);
	if (rc == 1) {
		*why = "WhatsApp shows a group nothing of that.";
		return SUBMIT_CONFLICT;
	}
	if (rc == 0)
		rc = queue_read(s, conversation_id, 1, now);
	if (rc == 0)
		*why = "The customer has written nothing in the last 30 days: "
		       "nobody would see it.";
	return rc == 1	 ? SUBMIT_QUEUED
	       : rc == 0 ? SUBMIT_CONFLICT
			 : SUBMIT_FAILED;
}
