/*
 * Reads what a message was before: edits from the table message_patches,
 * statuses from message_statuses, each by the wamid.
 */
#include <stddef.h>
#include <string.h>

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_past.h"
#include "inbox/message/message_row.h"

enum { EDITS, STATUSES, N_SQL };

static const char *const message_past_sql[N_SQL] = {
	/* The last of those up to edited_at is what the message shows. */
	[EDITS] = "SELECT type, content, at FROM my_patches"
		  " WHERE number_id = $1 AND target_wamid = $2"
		  " AND kind = 'edit' AND content IS NOT NULL AND at <= $3"
		  " ORDER BY at, wamid LIMIT $4",
	[STATUSES] = "SELECT status, participant, at, error, raw"
		     " FROM my_statuses WHERE number_id = $1 AND wamid = $2"
		     " ORDER BY at, status, participant LIMIT $3",
};

const struct statements message_past_statements = {
	.sql = message_past_sql,
	.n = N_SQL,
};

/* Room for one more of SIZE bytes behind N of them: at 1, 2, 4, … */
static void *
grow_past(struct pool *pool, void *list, size_t n, size_t size)
{
	void *more;

	if (n == 0 || (n & (n - 1)) != 0)
		return n == 0 ? pool_alloc(pool, size) : list;
	more = pool_alloc(pool, 2 * n * size);
	memcpy(more, list, n * size);
	return more;
}

static int
was_edited(const struct message_list_row *m)
{
	return m->edited_at != 0 && m->original != NULL && m->wamid != NULL;
}

static int
has_statuses(const struct message_list_row *m)
{
	return text_is(m->direction, "outbound") && m->wamid != NULL;
}

void
message_past_prefetch(
    struct session *s, const struct message_list_row *m, int whole)
{
	if (was_edited(m))
		db_prefetch(session_db(s), message_past_sql[EDITS],
		    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
			db_int(m->edited_at), db_int(MESSAGE_PAST_MAX)));
	if (whole && has_statuses(m))
		db_prefetch(session_db(s), message_past_sql[STATUSES],
		    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
			db_int(MESSAGE_PAST_MAX)));
}

int
message_past_texts(struct session *s, struct pool *pool,
    const struct message_list_row *m, struct message_past_text **out)
{
	struct message_past_text *list = NULL;
	struct db_rows *r;
	size_t n = 0;
	int rc;

	*out = NULL;
	if (!was_edited(m))
		return 0;
	list = grow_past(pool, list, n, sizeof(*list));
	list[n++] = (struct message_past_text){ m->original_type, m->original,
		m->sent_at };
	r = db_query(session_db(s), message_past_sql[EDITS],
	    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
		db_int(m->edited_at), db_int(MESSAGE_PAST_MAX)));
	while ((rc = db_next(r)) == 1) {
		list = grow_past(pool, list, n, sizeof(*list));
		list[n++] = (struct message_past_text){ db_col_copy(r, pool, 0),
			db_col_copy(r, pool, 1), db_col_int(r, 2) };
	}
	db_end(r);
	*out = list;
	return rc == -1 ? -1 : (int)(n > 1 ? n - 1 : n);
}

/* The provider says it with one or two statuses of a message. */
static const char *
pricing_of(struct pool *pool, const char *raw)
{
	const struct json *v = NULL;

	if (raw != NULL)
		v = json_get(
		    json_parse(pool, raw, strlen(raw), NULL), "pricing");
	return json_type(v) == JSON_OBJECT ? json_write(pool, v) : NULL;
}

int
message_past_statuses(struct session *s, struct pool *pool,
    const struct message_list_row *m, struct message_past_status **out)
{
	struct message_past_status *list = NULL;
	struct db_rows *r;
	size_t n = 0;
	int rc;

	*out = NULL;
	if (!has_statuses(m))
		return 0;
	r = db_query(session_db(s), message_past_sql[STATUSES],
	    DB_ARGS(db_int(m->number_id), db_text(m->wamid),
		db_int(MESSAGE_PAST_MAX)));
	while ((rc = db_next(r)) == 1) {
		list = grow_past(pool, list, n, sizeof(*list));
		list[n++] = (struct message_past_status){
			.status = db_col_copy(r, pool, 0),
			.participant = db_col_copy(r, pool, 1),
			.at = db_col_int(r, 2),
			.error = db_col_copy(r, pool, 3),
			.pricing = pricing_of(pool, db_col_text(r, 4)),
		};
	}
	db_end(r);
	*out = list;
	return rc == -1 ? -1 : (int)n;
}
