/*
 * Queues a read receipt: the customer sees that the message was read.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/outbox/submit.h"

#define RECEIPT_AGE (30 * 86400) /* docs/protocol.md §6.2 "read" */

enum { NEWEST, QUEUE, N_SQL };

static const char *const submit_read_sql[N_SQL] = {
	/* Not for history: those were read elsewhere, long ago. */
	[NEWEST] = "SELECT id FROM my_messages WHERE conversation_id = $1"
		   " AND sent_at > $2 AND direction = 'inbound'"
		   " AND source = 'live' AND wamid IS NOT NULL"
		   " AND type <> 'system' AND type <> 'call'"
		   " ORDER BY sent_at DESC, id DESC LIMIT 1",
	[QUEUE] = "INSERT INTO my_outbox(kind, message_id, due_at, created_at)"
		  " VALUES ('read', $1, $2, $2)",
};

const struct statements submit_read_statements = {
	.sql = submit_read_sql,
	.n = N_SQL,
};

int
submit_read_receipt(struct session *s, int64_t conversation_id, int64_t now)
{
	int64_t id = 0;
	int rc = db_get_int(session_db(s), submit_read_sql[NEWEST],
	    DB_ARGS(db_int(conversation_id), db_int(now - RECEIPT_AGE)), &id);

	if (rc != 1)
		return rc;
	return db_run(session_db(s), submit_read_sql[QUEUE],
	    DB_ARGS(db_int(id), db_int(now)));
}
