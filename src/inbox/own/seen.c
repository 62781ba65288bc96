/*
 * What a member has seen, in his session.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/own/seen.h"

enum { STATE, UNREAD, HAS, NEWEST, PUT, ALL, N_SQL };

static const char *const seen_sql[N_SQL] = {
	/* The mark, and the message that was stored last. */
	[STATE] = "SELECT COALESCE((SELECT s.message_id FROM my_seen_marks s"
		  "  WHERE s.conversation_id = c.id"
		  "  AND s.base_id = k.seen_id), k.seen_id), c.stored_id"
		  " FROM my_conversations c CROSS JOIN my_member_marks k"
		  " WHERE c.id = $1",
	[UNREAD] = "SELECT COUNT(*) FROM (SELECT m.id AS id,"
		   " m.counts_unread AS is_new FROM my_messages m"
		   " WHERE m.conversation_id = $1"
		   " ORDER BY m.sent_at DESC, m.id DESC LIMIT $3) AS my_rows"
		   " WHERE is_new = 1 AND id > $2",
	[HAS] = "SELECT id FROM my_messages WHERE id = $1"
		" AND conversation_id = $2",
	[NEWEST] = "SELECT id FROM (SELECT m.id AS id, m.sent_at AS sent_at,"
		   " m.counts_unread AS is_new FROM my_messages m"
		   " WHERE m.conversation_id = $1"
		   " ORDER BY m.sent_at DESC, m.id DESC LIMIT $2) AS my_rows"
		   " WHERE is_new = 1 ORDER BY sent_at DESC, id DESC LIMIT 1",
	[PUT] = "INSERT INTO my_seen_marks(conversation_id, message_id)"
		" VALUES ($1, $2)",
	[ALL] = "UPDATE my_member_marks SET seen_id = 0",
};

const struct statements seen_statements = {
	.sql = seen_sql,
	.n = N_SQL,
};

/* The mark, and the newest message by storage: 1, 0, -1. */
static int
read_state(struct session *s, int64_t id, int64_t *mark, int64_t *stored)
{
	struct db_rows *r =
	    db_query(session_db(s), seen_sql[STATE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	*mark = *stored = 0;
	if (rc == 1) {
		*mark = db_col_int(r, 0);
		*stored = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

int
seen_get(struct session *s, int64_t conversation_id, struct seen_mark *seen)
{
	int64_t stored;
	int rc;

	*seen = (struct seen_mark){ .conversation_id = conversation_id };
	rc = read_state(s, conversation_id, &seen->message_id, &stored);
	/* Nearly always nothing came since. */
	if (rc != 1 || stored <= seen->message_id)
		return rc;
	return db_get_int(session_db(s), seen_sql[UNREAD],
		   DB_ARGS(db_int(conversation_id), db_int(seen->message_id),
		       db_int(SEEN_LOOK)),
		   &seen->unread) == -1
		   ? -1
		   : 1;
}

static int
put_mark(struct session *s, int64_t conversation_id, int64_t message_id)
{
	return db_run(session_db(s), seen_sql[PUT],
	    DB_ARGS(db_int(conversation_id), db_int(message_id)));
}

int
seen_put(struct session *s, int64_t conversation_id, int64_t message_id)
{
	int64_t mark, stored, id;
	int rc = read_state(s, conversation_id, &mark, &stored);

	if (rc == 1 && message_id != 0)
		rc = db_get_int(session_db(s), seen_sql[HAS],
		    DB_ARGS(db_int(message_id), db_int(conversation_id)), &id);
	if (rc != 1)
		return rc;
	if (message_id == 0)
		message_id = stored;
	if (message_id <= mark)
		return 1;
	return put_mark(s, conversation_id, message_id) == -1 ? -1 : 1;
}

int
seen_take_back(struct session *s, int64_t conversation_id)
{
	int64_t newest = 0, mark, stored;
	int rc = db_get_int(session_db(s), seen_sql[NEWEST],
	    DB_ARGS(db_int(conversation_id), db_int(SEEN_LOOK)), &newest);

	if (rc == 1)
		rc = read_state(s, conversation_id, &mark, &stored);
	if (rc != 1 || mark < newest)
		return rc == -1 ? -1 : 0;
	return put_mark(s, conversation_id, newest - 1);
}

int
seen_all(struct session *s)
{
	return db_run(session_db(s), seen_sql[ALL], DB_NONE);
}
