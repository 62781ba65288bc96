/*
 * The files of a conversation, for who looks for one.  There is no index of
 * them, which each message would pay for when it comes: a page looks at a
 * bounded number of messages along the index that there is.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_files.h"
#include "inbox/message/message_list.h"
#include "inbox/message/message_row.h"
#include "inbox/message/page/message_row_pgsql.h"

enum { LAST, FILES, N_SQL };

static const char *const message_files_sql[N_SQL] = {
	[LAST] = "SELECT sent_at, id FROM my_messages"
		 " WHERE conversation_id = $1 AND (sent_at, id) < ($2, $3)"
		 " ORDER BY sent_at DESC, id DESC LIMIT 1 OFFSET $4",
	[FILES] = MESSAGE_ROW("m.conversation_id") MESSAGE_ROW_FILES,
};

const struct statements message_files_statements = {
	.sql = message_files_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_row_statements),
};

/* Where a page that begins before PLACE ends at the latest: 1; 0, at the
 * conversation's beginning; -1. */
static int
find_last(struct session *s, int64_t conversation_id,
    struct message_list_place place, struct message_list_place *last)
{
	struct db_rows *r = db_query(session_db(s), message_files_sql[LAST],
	    DB_ARGS(db_int(conversation_id), db_int(place.sent_at),
		db_int(place.id), db_int(MESSAGE_FILES_LOOKED - 1)));
	int rc = db_next(r);

	*last = (struct message_list_place){ 0, 0 };
	if (rc == 1)
		*last = (struct message_list_place){ db_col_int(r, 0),
			db_col_int(r, 1) };
	db_end(r);
	return rc;
}

int
message_files_read(struct session *s, struct pool *pool,
    int64_t conversation_id, struct message_list_place place,
    struct message_list_row *out, int max, int64_t *next)
{
	struct message_list_place last;
	struct db_rows *r;
	int more, n, rc = find_last(s, conversation_id, place, &last);

	if (rc == -1)
		return -1;
	*next = last.id;
	r = db_query(session_db(s),
	    db_engine(session_db(s)) == DB_PGSQL
		? message_row_pgsql_sql(MESSAGE_ROW_PGSQL_FILES)
		: message_files_sql[FILES],
	    DB_ARGS(db_int(conversation_id), db_int(place.sent_at),
		db_int(place.id), db_int(last.sent_at), db_int(last.id),
		db_int(max + 1)));
	n = message_row_page(
	    s, pool, r, out, max, MESSAGE_LIST_BYTES_MAX, &more);
	if (n > 0 && more)
		*next = out[n - 1].id;
	return n;
}
