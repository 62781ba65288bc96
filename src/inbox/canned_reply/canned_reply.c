/*
 * Canned replies, for members.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/canned_reply/canned_reply.h"

enum { ONE, FIND, LIST, COUNT, ADD, CHANGE, DELETE, N_SQL };

#define SHOWN                                                                  \
	"SELECT r.id, r.shortcut, r.shortcut_key, r.text, r.created_at,"       \
	" r.updated_at FROM my_canned_replies r WHERE "

static const char *const canned_reply_sql[N_SQL] = {
	[ONE] = SHOWN "r.id = $1",
	[FIND] = "SELECT id FROM my_canned_replies WHERE shortcut_key = $1",
	[LIST] = SHOWN "r.shortcut_key >= $1 AND r.shortcut_key < $2"
		       " AND r.shortcut_key > $3"
		       " ORDER BY r.shortcut_key LIMIT $4",
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_canned_replies"
		  " WHERE shortcut_key > '' LIMIT $1) AS my_rows",
	[ADD] = "INSERT INTO my_canned_replies(shortcut, shortcut_key, text,"
		" created_at, updated_at) VALUES ($1, $2, $3, $4, $4)",
	[CHANGE] = "UPDATE my_canned_replies SET shortcut = $2,"
		   " shortcut_key = $3, text = $4, updated_at = $5"
		   " WHERE id = $1 AND (shortcut <> $2 OR text <> $4)",
	[DELETE] = "DELETE FROM my_canned_replies WHERE id = $1",
};

const struct statements canned_reply_statements = {
	.sql = canned_reply_sql,
	.n = N_SQL,
};

/* Sorts behind whatever begins with the same: U+10FFFF is in no key. */
#define LAST "\xF4\x8F\xBF\xBF"

static void
read_canned_reply(
    struct db_rows *r, struct pool *pool, struct canned_reply *reply)
{
	*reply = (struct canned_reply){
		.id = db_col_int(r, 0),
		.shortcut = db_col_copy(r, pool, 1),
		.key = db_col_copy(r, pool, 2),
		.text = db_col_copy(r, pool, 3),
		.created_at = db_col_int(r, 4),
		.updated_at = db_col_int(r, 5),
	};
}

int
canned_reply_get(struct session *s, struct pool *pool, int64_t id,
    struct canned_reply *reply)
{
	struct db_rows *r =
	    db_query(session_db(s), canned_reply_sql[ONE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_canned_reply(r, pool, reply);
	db_end(r);
	return rc;
}

int
canned_reply_find(struct session *s, const char *key, int64_t *id)
{
	return db_get_int(
	    session_db(s), canned_reply_sql[FIND], DB_ARGS(db_text(key)), id);
}

int
canned_reply_list(struct session *s, struct pool *pool, const char *prefix,
    const char *after, struct canned_reply *replies, int max)
{
	const char *end = pool_printf(pool, "%s%s", prefix, LAST);
	struct db_rows *r = db_query(session_db(s), canned_reply_sql[LIST],
	    DB_ARGS(
		db_text(prefix), db_text(end), db_text(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_canned_reply(r, pool, &replies[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
canned_reply_add(struct session *s, const struct canned_reply *reply,
    int64_t now, int64_t *id)
{
	int64_t n = 0;

	if (db_get_int(session_db(s), canned_reply_sql[COUNT],
		DB_ARGS(db_int(CANNED_REPLIES_MAX)), &n) == -1)
		return -1;
	if (n == CANNED_REPLIES_MAX)
		return 0;
	return db_insert(session_db(s), canned_reply_sql[ADD],
		   DB_ARGS(db_text(reply->shortcut), db_text(reply->key),
		       db_text(reply->text), db_int(now)),
		   id) == 1
		   ? 1
		   : -1;
}

int
canned_reply_change(
    struct session *s, const struct canned_reply *reply, int64_t now)
{
	return db_run(session_db(s), canned_reply_sql[CHANGE],
	    DB_ARGS(db_int(reply->id), db_text(reply->shortcut),
		db_text(reply->key), db_text(reply->text), db_int(now)));
}

int
canned_reply_delete(struct session *s, int64_t id)
{
	return db_run(
	    session_db(s), canned_reply_sql[DELETE], DB_ARGS(db_int(id)));
}
