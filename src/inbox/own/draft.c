/*
 * Drafts, for their member.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/own/draft.h"

enum { ONE, PAGE, WHICH, COUNT, PUT, DELETE, N_SQL };

#define SHOWN                                                                  \
	"SELECT d.conversation_id, d.text,"                                    \
	" (SELECT m.id FROM my_messages m WHERE m.id = d.reply_to),"           \
	" d.version, d.updated_at FROM my_drafts d WHERE d.conversation_id"

static const char *const draft_sql[N_SQL] = {
	[ONE] = SHOWN " = $1",
	[PAGE] = SHOWN " > $1 ORDER BY d.conversation_id LIMIT $2",
	[WHICH] = "SELECT version FROM my_drafts WHERE conversation_id = $1",
	[COUNT] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_drafts LIMIT $1)"
		  " AS my_rows",
	[PUT] = "INSERT INTO my_drafts(conversation_id, text, reply_to,"
		" updated_at) VALUES ($1, $2, $3, $4)",
	[DELETE] = "DELETE FROM my_drafts WHERE conversation_id = $1",
};

const struct statements draft_statements = {
	.sql = draft_sql,
	.n = N_SQL,
};

static void
read_draft(struct db_rows *r, struct pool *pool, struct draft *d)
{
	*d = (struct draft){
		.conversation_id = db_col_int(r, 0),
		.text = db_col_copy(r, pool, 1),
		.reply_to = db_col_int(r, 2),
		.version = db_col_int(r, 3),
		.updated_at = db_col_int(r, 4),
	};
}

int
draft_get(struct session *s, struct pool *pool, int64_t conversation_id,
    struct draft *d)
{
	struct db_rows *r = db_query(
	    session_db(s), draft_sql[ONE], DB_ARGS(db_int(conversation_id)));
	int rc = db_next(r);

	if (rc == 1)
		read_draft(r, pool, d);
	db_end(r);
	return rc;
}

int
draft_list(struct session *s, struct pool *pool, int64_t after,
    struct draft *out, int max)
{
	struct db_rows *r = db_query(session_db(s), draft_sql[PAGE],
	    DB_ARGS(db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_draft(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
draft_find_version(struct session *s, int64_t conversation_id, int64_t *version)
{
	*version = 0;
	return db_get_int(session_db(s), draft_sql[WHICH],
		   DB_ARGS(db_int(conversation_id)), version) == -1
		   ? -1
		   : 0;
}

enum draft_result
draft_put(struct session *s, struct draft *d)
{
	struct db *db = session_db(s);
	int64_t there, n = 0;

	if (draft_find_version(s, d->conversation_id, &there) == -1)
		return DRAFT_FAILED;
	if (there != d->version)
		return DRAFT_CHANGED;
	if (there == 0 && db_get_int(db, draft_sql[COUNT],
			      DB_ARGS(db_int(DRAFTS_MAX)), &n) == -1)
		return DRAFT_FAILED;
	if (n >= DRAFTS_MAX)
		return DRAFT_FULL;
	if (db_run(db, draft_sql[PUT],
		DB_ARGS(db_int(d->conversation_id), db_text(d->text),
		    db_id(d->reply_to), db_int(d->updated_at))) == -1 ||
	    draft_find_version(s, d->conversation_id, &d->version) == -1)
		return DRAFT_FAILED;
	return DRAFT_DONE;
}

enum draft_result
draft_delete(struct session *s, int64_t conversation_id, int64_t version)
{
	int64_t there;

	if (draft_find_version(s, conversation_id, &there) == -1)
		return DRAFT_FAILED;
	if (there == 0)
		return DRAFT_DONE;
	if (version != 0 && there != version)
		return DRAFT_CHANGED;
	return db_run(session_db(s), draft_sql[DELETE],
		   DB_ARGS(db_int(conversation_id))) == -1
		   ? DRAFT_FAILED
		   : DRAFT_DONE;
}
