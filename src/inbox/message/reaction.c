/*
 * Stores the current reaction of each person to a message.
 */
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "whatsapp/preview/preview_words.h"

#include "inbox/conversation/merge.h"
#include "inbox/conversation/unread.h"
#include "inbox/message/reaction.h"
#include "inbox/workspace/number.h"

enum {
	PUT,
	CURRENT,
	ROW,
	END,
	ASKS,
	FOLLOW,
	FOLLOW_WAMID,
	FOLLOW_ROW,
	FOLLOW_EXPIRED,
	SHOW,
	N_SQL
};

/* A reaction that the API sent, unless a later one was sent in the same
 * second. */
#define OURS                                                                   \
	"SELECT m.workspace_id, m.number_id, m.sent_at, m.status, m.content"   \
	" FROM messages AS m"                                                  \
	" WHERE m.type = 'reaction' AND m.source = 'api'"                      \
	" AND NOT EXISTS (SELECT 1 FROM messages AS n"                         \
	"  WHERE n.workspace_id = m.workspace_id"                              \
	"  AND n.conversation_id = m.conversation_id"                          \
	"  AND n.sent_at = m.sent_at AND n.id > m.id"                          \
	"  AND n.type = 'reaction' AND n.source = 'api')"

static const char *const reaction_sql[N_SQL] = {
	[PUT] = "INSERT INTO reactions(workspace_id, number_id, target_wamid,"
		" sender, emoji, at, wamid) VALUES ($1, $2, $3, $4, $5, $6, $7)"
		" ON CONFLICT(workspace_id, number_id, target_wamid, sender)"
		" DO UPDATE SET emoji = excluded.emoji, at = excluded.at,"
		" wamid = excluded.wamid WHERE (excluded.at, excluded.wamid) >"
		" (reactions.at, reactions.wamid)",
	[CURRENT] = "SELECT wamid, emoji FROM reactions"
		    " WHERE workspace_id = $1 AND number_id = $2"
		    " AND target_wamid = $3 AND sender = $4",
	[ROW] = "SELECT id, conversation_id, counts_unread, sent_at"
		" FROM messages"
		" WHERE workspace_id = $1 AND number_id = $2 AND wamid = $3"
		" AND type = 'reaction' AND source <> 'api'",
	[END] = "UPDATE messages SET preview = '" PREVIEW_REMOVED "',"
		" text = NULL, counts_unread = 0"
		" WHERE workspace_id = $1 AND id = $2",
	[ASKS] = "SELECT reactions_unread FROM workspaces WHERE id = $1",
	[FOLLOW] = OURS " AND m.workspace_id = $1 AND m.id = $2",
	[FOLLOW_WAMID] = OURS " AND m.workspace_id = $1 AND m.number_id = $2"
			      " AND m.wamid = $3",
	[FOLLOW_ROW] = OURS " AND (m.workspace_id, m.id) IN ("
			    "SELECT o.workspace_id, o.message_id"
			    " FROM outbox AS o WHERE o.id = $1"
			    " AND o.kind = 'message')",
	[FOLLOW_EXPIRED] =
	    OURS " AND (m.workspace_id, m.id) IN (SELECT o.workspace_id,"
		 " o.message_id FROM outbox AS o WHERE o.state = 'sending'"
		 " AND o.sending_at <= $1 AND o.kind = 'message')",
	[SHOW] = "UPDATE reactions SET emoji = $5"
		 " WHERE workspace_id = $1 AND number_id = $2"
		 " AND target_wamid = $4 AND sender = 'business'"
		 " AND wamid = '' AND at = $3",
};

const struct statements reaction_statements = {
	.sql = reaction_sql,
	.n = N_SQL,
	.also = STATEMENTS(&merge_statements, &unread_statements),
};

int
reaction_put(
    struct db *db, const struct number_key *number, const struct reaction *re)
{
	return db_run(db, reaction_sql[PUT],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(re->target_wamid), db_text(re->sender),
		db_text(re->emoji != NULL ? re->emoji : ""), db_int(re->at),
		db_text(re->wamid)));
}

int
reaction_current(struct db *db, struct pool *pool,
    const struct number_key *number, const struct reaction *re,
    const char **wamid)
{
	struct db_rows *r = db_query(db, reaction_sql[CURRENT],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(re->target_wamid), db_text(re->sender)));
	int rc = db_next(r), there = 0;

	*wamid = NULL;
	if (rc == 1) {
		*wamid = db_col_copy(r, pool, 0);
		there = !text_is(db_col_text(r, 1), "");
	}
	db_end(r);
	return rc == -1 ? -1 : there;
}

/* The message of a reaction that counts no more. */
static int
end_reaction(struct db *db, const struct number_key *number, const char *wamid)
{
	struct unread_message m = { 0 };
	int counts = 0;
	struct db_rows *r = db_query(db, reaction_sql[ROW],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
	int rc = db_next(r);

	if (rc == 1) {
		m.id = db_col_int(r, 0);
		m.conversation_id = db_col_int(r, 1);
		counts = (int)db_col_int(r, 2);
		m.sent_at = db_col_int(r, 3);
	}
	db_end(r);
	if (rc != 1)
		return rc;
	if (db_run(db, reaction_sql[END],
		DB_ARGS(db_int(number->workspace_id), db_int(m.id))) == -1 ||
	    (counts != 0 && unread_forget(db, number->workspace_id, &m) == -1))
		return -1;
	return merge_recount(db, number->workspace_id, m.conversation_id);
}

int
reaction_settle(struct db *db, struct pool *pool,
    const struct number_key *number, const struct reaction *re,
    const char *before)
{
	const char *both[] = { before, re->wamid }, *current;
	int there = reaction_current(db, pool, number, re, &current);

	for (size_t i = 0; i < 2 && there != -1; i++)
		if (both[i] != NULL && *both[i] != '\0' &&
		    (!there || !text_is(both[i], current)) &&
		    end_reaction(db, number, both[i]) == -1)
			return -1;
	return there == -1 ? -1 : 0;
}

int
reaction_asks(struct db *db, int64_t workspace_id)
{
	int64_t asks = 0;
	int rc = db_get_int(
	    db, reaction_sql[ASKS], DB_ARGS(db_int(workspace_id)), &asks);

	return rc == -1 ? -1 : asks != 0;
}

/* Shows a reaction that the API sent; hides it when its message has failed. */
static int
show_reaction(struct db *db, struct db_rows *r, struct pool *pool)
{
	const char *content = db_col_copy(r, pool, 4), *emoji;
	const struct json *c = json_parse(pool, content, strlen(content), NULL);

	emoji = json_text(c, "emoji");
	if (emoji == NULL || text_is(db_col_text(r, 3), "failed"))
		emoji = "";
	return db_run(db, reaction_sql[SHOW],
	    DB_ARGS(db_int(db_col_int(r, 0)), db_int(db_col_int(r, 1)),
		db_int(db_col_int(r, 2)), db_text(json_text(c, "message_id")),
		db_text(emoji)));
}

static int
follow_reaction(struct db *db, const char *statement, const struct db_arg *args)
{
	struct db_rows *r = db_query(db, statement, args);
	struct pool *pool = NULL;
	int rc;

	while ((rc = db_next(r)) == 1) {
		if (pool == NULL)
			pool = pool_new();
		if ((rc = show_reaction(db, r, pool)) == -1)
			break;
	}
	db_end(r);
	pool_free(pool);
	return rc;
}

int
reaction_follow(struct db *db, int64_t workspace_id, int64_t message_id)
{
	return follow_reaction(db, reaction_sql[FOLLOW],
	    DB_ARGS(db_int(workspace_id), db_int(message_id)));
}

int
reaction_follow_wamid(
    struct db *db, const struct number_key *number, const char *wamid)
{
	return follow_reaction(db, reaction_sql[FOLLOW_WAMID],
	    DB_ARGS(db_int(number->workspace_id), db_int(number->id),
		db_text(wamid)));
}

int
reaction_follow_row(struct db *db, int64_t outbox_id)
{
	return follow_reaction(
	    db, reaction_sql[FOLLOW_ROW], DB_ARGS(db_int(outbox_id)));
}

int
reaction_follow_expired(struct db *db, int64_t until)
{
	return follow_reaction(
	    db, reaction_sql[FOLLOW_EXPIRED], DB_ARGS(db_int(until)));
}
