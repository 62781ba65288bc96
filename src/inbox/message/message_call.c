/*
 * Stores calls.  message_put() stores the first event of one; a later one
 * replaces what the row says when it says more.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/event.h"

#include "inbox/conversation/merge.h"
#include "inbox/conversation/unread.h"
#include "inbox/message/message.h"
#include "inbox/message/message_call.h"
#include "inbox/workspace/number.h"

enum { FIND, SAY, SETTLE, N_SQL };

static const char *const message_call_sql[N_SQL] = {
	[FIND] = "SELECT id, conversation_id, content, sent_at, counts_unread,"
		 " opens_window FROM messages WHERE workspace_id = $1"
		 " AND number_id = $2 AND wamid = $3 AND type = 'call'",
	/* Its line is its text (message_columns.h). */
	[SAY] = "UPDATE messages SET content = $3, preview = $4, text = $4,"
		" counts_unread = $5"
		" WHERE workspace_id = $1 AND id = $2",
	[SETTLE] = "UPDATE messages SET sent_at = $3, opens_window = $4"
		   " WHERE workspace_id = $1 AND id = $2",
};

const struct statements message_call_statements = {
	.sql = message_call_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_statements, &unread_statements),
};

/* The row of the call as it is. */
struct message_call_row {
	struct unread_message as; /* with which it counts as unread */
	const char *content;
	int counts_unread;
	int opens_window;
};

static int
rank_of(const char *state)
{
	static const char *const states[] = { "ringing", "accepted", "missed",
		"unanswered", "declined", "answered" };
	int n = (int)(sizeof(states) / sizeof(*states));

	while (n > 0 && !text_is(state, states[n - 1]))
		n--;
	return n;
}

static int
read_call(struct db *db, struct pool *pool, const struct number_key *number,
    const char *wamid, struct message_call_row *row)
{
	struct db_rows *r = db_query(db, message_call_sql[FIND],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
	int rc = db_next(r);

	if (rc == 1)
		*row = (struct message_call_row){
			.as = { .id = db_col_int(r, 0),
			    .conversation_id = db_col_int(r, 1),
			    .sent_at = db_col_int(r, 3) },
			.content = db_col_copy(r, pool, 2),
			.counts_unread = (int)db_col_int(r, 4),
			.opens_window = (int)db_col_int(r, 5),
		};
	db_end(r);
	return rc;
}

/* Two events of one state: either stands, and always the same. */
static int
says_more(struct pool *pool, const struct event *e,
    const struct message_call_row *row)
{
	int was = rank_of(json_text(
	    json_parse(pool, row->content, strlen(row->content), NULL),
	    "state"));
	int is = rank_of(e->state);

	return is != was ? is > was : strcmp(e->content, row->content) > 0;
}

static int
say(struct db *db, int64_t workspace_id, const struct event *e,
    const struct message_call_row *row)
{
	if (db_run(db, message_call_sql[SAY],
		DB_ARGS(db_int(workspace_id), db_int(row->as.id),
		    db_text(e->content), db_text(e->text),
		    db_int(e->counts_unread))) == -1)
		return -1;
	if (e->counts_unread == row->counts_unread)
		return 0;
	if (!e->counts_unread)
		return unread_forget(db, workspace_id, &row->as);
	return unread_add(db, workspace_id, row->as.conversation_id, 1);
}

static int
improve(struct db *db, struct pool *pool, const struct number_key *number,
    const struct message *m)
{
	const struct event *e = m->event;
	struct message_call_row row;
	int64_t at;
	int opens, rc = read_call(db, pool, number, m->wamid, &row);

	if (rc != 1)
		return rc;
	at = e->at > row.as.sent_at ? e->at : row.as.sent_at;
	opens = e->opens_window || row.opens_window;
	if (says_more(pool, e, &row) &&
	    say(db, number->workspace_id, e, &row) == -1)
		return -1;
	if (at == row.as.sent_at && opens == row.opens_window)
		return 0;
	if (db_run(db, message_call_sql[SETTLE],
		DB_ARGS(db_int(number->workspace_id), db_int(row.as.id),
		    db_int(at), db_int(opens))) == -1)
		return -1;
	return merge_recount(db, number->workspace_id, row.as.conversation_id);
}

int
message_call_put(struct db *db, const struct number_key *number,
    const struct message *m, int64_t now, int64_t *met)
{
	struct pool *pool;
	int rc;

	if (message_put(db, number, m, now, met) == -1)
		return -1;
	pool = pool_new();
	rc = improve(db, pool, number, m);
	pool_free(pool);
	return rc;
}
