/*
 * How long a customer waited for an answer: found in the messages before it.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/report/report_answer.h"

#define BACK_MAX 1000

enum { BEFORE, CLOSED, N_SQL };

/* What a message of BEFORE is. */
enum { OTHER, WAITS, ANSWERS };

static const char *const report_answer_sql[N_SQL] = {
	[BEFORE] = "SELECT CASE WHEN direction = 'outbound' THEN"
		   "  CASE WHEN " REPORT_ANSWER_BY_ITSELF " THEN 0 ELSE 2 END"
		   " WHEN counts_unread = 1 AND type <> 'reaction' THEN 1"
		   " ELSE 0 END, sent_at FROM messages"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " AND (sent_at, id) < ($3, $4)"
		   " ORDER BY sent_at DESC, id DESC LIMIT $5",
	[CLOSED] = "SELECT COALESCE(MAX(at), 0) FROM activities"
		   " WHERE workspace_id = $1 AND conversation_id = $2"
		   " AND kind = 'state' AND text = 'closed' AND at < $3",
};

const struct statements report_answer_statements = {
	.sql = report_answer_sql,
	.n = N_SQL,
};

int
report_answer_time(
    struct db *db, const struct report_answer *a, int64_t *seconds)
{
	int64_t closed = 0, first = -1;
	struct db_rows *r;
	int rc;

	if (db_get_int(db, report_answer_sql[CLOSED],
		DB_ARGS(db_int(a->workspace_id), db_int(a->conversation_id),
		    db_int(a->sent_at)),
		&closed) == -1)
		return -1;
	r = db_query(db, report_answer_sql[BEFORE],
	    DB_ARGS(db_int(a->workspace_id), db_int(a->conversation_id),
		db_int(a->sent_at), db_int(a->message_id), db_int(BACK_MAX)));
	while ((rc = db_next(r)) == 1) {
		int64_t what = db_col_int(r, 0), at = db_col_int(r, 1);

		if (what == ANSWERS || at < closed)
			break;
		if (what == WAITS)
			first = at;
	}
	db_end(r);
	*seconds = a->sent_at - first;
	return rc == -1 ? -1 : first != -1;
}
