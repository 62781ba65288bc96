/*
 * The provider accepted a message: stores its wamid, applies the statuses that
 * came before, and the customer's ids that the provider answered.
 */
#include <stddef.h>
#include <string.h>

#include "base/counters.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/merge.h"
#include "inbox/customer/customer_resolve.h"
#include "inbox/message/message_edit.h"
#include "inbox/message/reaction.h"
#include "inbox/message/status.h"
#include "inbox/outbox/outbox_accept.h"
#include "inbox/workspace/number.h"

enum {
	PLACE,
	DONE,
	SETTLED,
	OTHER,
	UNWORD,
	UNMEDIA,
	REMOVE,
	NAME,
	REACHED,
	FORGET,
	N_SQL
};

static const char *const outbox_accept_sql[N_SQL] = {
	/* Anew: the conversation may have been merged meanwhile. */
	[PLACE] = "SELECT conversation_id FROM outbox WHERE id = $1",
	[DONE] = "UPDATE outbox SET state = 'done', reason = NULL,"
		 " error_code = NULL"
		 " WHERE id = $1 AND state IN ('queued', 'sending')",
	/* Also a row that failed: the attempt may have arrived all the same. */
	[SETTLED] =
	    "UPDATE outbox SET state = 'done', reason = NULL,"
	    " error_code = NULL"
	    " WHERE workspace_id = $1 AND kind = 'message'"
	    " AND message_id = $3 AND number_id = $2 AND sending_at = $4"
	    " AND state <> 'done' AND EXISTS (SELECT 1 FROM messages AS m"
	    "  WHERE m.workspace_id = $1 AND m.id = $3 AND m.number_id = $2"
	    "  AND m.wamid IS NULL)",
	[OTHER] = "SELECT id, conversation_id, source, direction FROM messages"
		  " WHERE workspace_id = $1 AND number_id = $2 AND wamid = $3",
	/* A text that becomes NULL leaves the search index. */
	[UNWORD] = "UPDATE messages SET text = NULL"
		   " WHERE workspace_id = $1 AND id = $2",
	[UNMEDIA] = "DELETE FROM media"
		    " WHERE workspace_id = $1 AND message_id = $2",
	[REMOVE] = "DELETE FROM messages WHERE workspace_id = $1 AND id = $2",
	[NAME] = "UPDATE messages SET wamid = $3, status = 'sent',"
		 " error = NULL, error_code = NULL"
		 " WHERE workspace_id = $1 AND id = $2",
	[REACHED] = "UPDATE messages SET sighting_id = $3"
		    " WHERE workspace_id = $1 AND id = $2",
	[FORGET] =
	    "UPDATE upload_media SET expires_at = 0"
	    " WHERE (workspace_id, upload_id, number_id) IN ("
	    "  SELECT o.workspace_id, o.upload_id, o.number_id"
	    "  FROM messages AS m JOIN outbox AS o"
	    "  ON o.workspace_id = m.workspace_id AND o.kind = 'message'"
	    "  AND o.message_id = m.id"
	    "  WHERE m.workspace_id = $1 AND m.number_id = $2 AND m.wamid = $3"
	    "  AND m.status = 'failed' AND m.error_code IN (131052, 131053))",
};

const struct statements outbox_accept_statements = {
	.sql = outbox_accept_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_edit_statements, &merge_statements,
	    &customer_resolve_statements),
};

/* Deletes the echo of our own message, which came before we knew its wamid. */
static int
remove_echo(
    struct db *db, int64_t workspace_id, int64_t id, int64_t conversation_id)
{
	static const int steps[] = { UNWORD, UNMEDIA, REMOVE };

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (db_run(db, outbox_accept_sql[steps[i]],
			DB_ARGS(db_int(workspace_id), db_int(id))) == -1)
			return -1;
	return merge_recount(db, workspace_id, conversation_id);
}

/* Makes WAMID free for message ID: 1; 0 when another message has it that is no
 * echo, and stays; -1. */
static int
free_wamid(struct db *db, const struct number_key *number, const char *wamid,
    int64_t id)
{
	int64_t other = 0, conversation_id = 0;
	int rc, echo = 0;
	struct db_rows *r = db_query(db, outbox_accept_sql[OTHER],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));

	if ((rc = db_next(r)) == 1) {
		other = db_col_int(r, 0);
		conversation_id = db_col_int(r, 1);
		echo = !text_is(db_col_text(r, 2), "api") &&
		       text_is(db_col_text(r, 3), "outbound");
	}
	db_end(r);
	if (rc != 1 || other == id)
		return rc == -1 ? -1 : 1;
	if (!echo) {
		log_warn("the provider gave message=%lld the wamid of"
			 " message=%lld: its statuses will not be shown",
		    (long long)id, (long long)other);
		return 0;
	}
	if (remove_echo(db, number->workspace_id, other, conversation_id) == -1)
		return -1;
	return 1;
}

int
outbox_forget_file(
    struct db *db, const struct number_key *number, const char *wamid)
{
	return db_run(db, outbox_accept_sql[FORGET],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
}

static int
name(struct db *db, const struct number_key *number, int64_t message_id,
    const char *wamid)
{
	int rc = wamid == NULL ? 0 : free_wamid(db, number, wamid, message_id);

	if (rc == -1 ||
	    db_run(db, outbox_accept_sql[NAME],
		DB_ARGS(db_int(number->workspace_id), db_int(message_id),
		    db_text(rc == 1 ? wamid : NULL))) == -1 ||
	    reaction_follow(db, number->workspace_id, message_id) == -1)
		return -1;
	if (rc == 0)
		return 0;
	if (message_edit_apply(db, number, wamid) == -1)
		return -1;
	if (status_apply(db, number, wamid) == -1)
		return -1;
	return outbox_forget_file(db, number, wamid);
}

/* Stores which account the recipient of our request is. */
static int
learn(struct db *db, const struct number_key *number, int64_t conversation_id,
    int64_t message_id, const struct outbox_taken *t, int64_t now)
{
	struct pool *pool = pool_new();
	const char *dialled = t->input;
	int64_t sighting_id = 0;
	int rc;

	if (dialled != NULL && dialled[0] == '+')
		dialled++;
	if (dialled != NULL &&
	    (dialled[0] == '\0' ||
		dialled[strspn(dialled, "0123456789")] != '\0' ||
		text_is(dialled, t->wa_id)))
		dialled = NULL;
	rc = customer_reached(db, pool, number, conversation_id, dialled,
	    t->wa_id, t->user_id, now, &sighting_id);
	pool_free(pool);
	if (rc == -1 || sighting_id == 0)
		return rc;
	return db_run(db, outbox_accept_sql[REACHED],
	    DB_ARGS(db_int(number->workspace_id), db_int(message_id),
		db_int(sighting_id)));
}

int
outbox_take(struct db *db, const struct outbox_row *row,
    const struct outbox_taken *taken, int64_t now)
{
	const struct number_key number = { .id = row->number_id,
		.workspace_id = row->workspace_id };
	int64_t conversation_id = row->conversation_id;

	if (db_get_int(db, outbox_accept_sql[PLACE], DB_ARGS(db_int(row->id)),
		&conversation_id) == -1 ||
	    (row->group_id == NULL && learn(db, &number, conversation_id,
					  row->message_id, taken, now) == -1) ||
	    db_run(db, outbox_accept_sql[DONE], DB_ARGS(db_int(row->id))) == -1)
		return -1;
	counters_add(COUNTER_SENT, db_changed(db));
	if (db_changed(db) == 0)
		return 0;
	return name(db, &number, row->message_id, taken->wamid);
}

char *
outbox_callback(struct pool *pool, const struct outbox_row *row)
{
	return pool_printf(pool, "waspool-%lld-%lld-%lld",
	    (long long)row->number_id, (long long)row->message_id,
	    (long long)row->sending_at);
}

/* The three numbers in callback data: 1, or 0 when it is not ours. */
static int
read_callback(struct pool *pool, const char *s, long long n[3])
{
	static const char ours[] = "waspool-";
	char *at, *end;

	if (s == NULL || !text_begins(s, ours))
		return 0;
	at = pool_copy(pool, s + strlen(ours));
	for (int i = 0; i < 3; i++) {
		end = at + strspn(at, "0123456789");
		if (*end != (i < 2 ? '-' : '\0'))
			return 0;
		*end = '\0';
		if (text_int(at, &n[i]) == -1)
			return 0;
		at = end + 1;
	}
	return 1;
}

int64_t
outbox_callback_at(struct pool *pool, const char *callback)
{
	long long n[3];

	return read_callback(pool, callback, n) ? n[2] : 0;
}

int
outbox_settle(struct db *db, struct pool *pool, const struct number_key *number,
    const char *callback, const char *wamid)
{
	long long n[3];

	if (!read_callback(pool, callback, n) || n[0] != number->id)
		return 0;
	if (db_run(db, outbox_accept_sql[SETTLED],
		DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		    db_int(n[1]), db_int(n[2]))) == -1)
		return -1;
	if (db_changed(db) == 0)
		return 0;
	log_info("a status shows that message=%lld was accepted", n[1]);
	return name(db, number, n[1], wamid);
}
