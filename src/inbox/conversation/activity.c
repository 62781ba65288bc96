/*
 * The activities of a conversation, for members.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/activity.h"

enum { PAGE, ONE, NOTES, ADD, CHANGE, DELETE, N_SQL };

#define NAME_OF(ID)                                                            \
	" COALESCE((SELECT m.name FROM my_members m WHERE m.id = " ID "),"     \
	"  (SELECT f.name FROM my_former_members f WHERE f.id = " ID "))"
#define SHOWN                                                                  \
	"SELECT a.id, a.conversation_id, a.kind, a.user_id," NAME_OF(          \
	    "a.user_id") ", a.text, a.subject, CASE a.kind"                    \
			 " WHEN 'assigned' THEN" NAME_OF(                      \
			     "a.subject") " END, a.at, a.edited_at"            \
					  " FROM my_activities a WHERE "

static const char *const activity_sql[N_SQL] = {
	[PAGE] = SHOWN "a.conversation_id = $1 AND a.id < $2"
		       " ORDER BY a.id DESC LIMIT $3",
	[ONE] = SHOWN "a.id = $1",
	[NOTES] = "SELECT COUNT(*) FROM (SELECT 1 FROM my_activities"
		  " WHERE conversation_id = $1 AND kind = 'note' LIMIT $2)"
		  " AS my_rows",
	[ADD] = "INSERT INTO my_activities(conversation_id, kind, text, at)"
		" VALUES ($1, 'note', $2, $3)",
	[CHANGE] = "UPDATE my_activities SET text = $2, edited_at = $3"
		   " WHERE id = $1 AND text <> $2",
	[DELETE] = "DELETE FROM my_activities WHERE id = $1",
};

const struct statements activity_statements = {
	.sql = activity_sql,
	.n = N_SQL,
};

static void
read_activity(struct db_rows *r, struct pool *pool, struct activity *a)
{
	*a = (struct activity){
		.id = db_col_int(r, 0),
		.conversation_id = db_col_int(r, 1),
		.kind = db_col_copy(r, pool, 2),
		.user_id = db_col_int(r, 3),
		.user_name = db_col_copy(r, pool, 4),
		.text = db_col_copy(r, pool, 5),
		.subject = db_col_int(r, 6),
		.subject_name = db_col_copy(r, pool, 7),
		.at = db_col_int(r, 8),
		.edited_at = db_col_int(r, 9),
	};
}

int
activity_list(struct session *s, struct pool *pool, int64_t conversation_id,
    int64_t before, struct activity *out, int max)
{
	struct db_rows *r = db_query(session_db(s), activity_sql[PAGE],
	    DB_ARGS(db_int(conversation_id), db_int(before), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		read_activity(r, pool, &out[n++]);
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
activity_get(
    struct session *s, struct pool *pool, int64_t id, struct activity *a)
{
	struct db_rows *r =
	    db_query(session_db(s), activity_sql[ONE], DB_ARGS(db_int(id)));
	int rc = db_next(r);

	if (rc == 1)
		read_activity(r, pool, a);
	db_end(r);
	return rc;
}

int
activity_add_note(struct session *s, int64_t conversation_id, const char *text,
    int64_t now, int64_t *id)
{
	int64_t n = 0;

	if (db_get_int(session_db(s), activity_sql[NOTES],
		DB_ARGS(db_int(conversation_id), db_int(ACTIVITY_NOTES_MAX)),
		&n) == -1)
		return -1;
	if (n == ACTIVITY_NOTES_MAX)
		return 0;
	return db_insert(session_db(s), activity_sql[ADD],
		   DB_ARGS(db_int(conversation_id), db_text(text), db_int(now)),
		   id) == 1
		   ? 1
		   : -1;
}

int
activity_change_note(
    struct session *s, int64_t id, const char *text, int64_t now)
{
	return db_run(session_db(s), activity_sql[CHANGE],
	    DB_ARGS(db_int(id), db_text(text), db_int(now)));
}

int
activity_delete_note(struct session *s, int64_t id)
{
	return db_run(session_db(s), activity_sql[DELETE], DB_ARGS(db_int(id)));
}
