/*
 * How many conversations stand in each list of a sidebar.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/conversation/list/conversation_count.h"

/* More than this are never set aside, or the count of closed ones is low. */
#define ASIDE_MAX 100000

enum { MARKED = COUNTS, N_SQL };

#define SOME_OF(FROM) "SELECT COUNT(*) FROM (SELECT 1 FROM " FROM ") AS my_rows"
/* As lists: without those that have no message. */
#define OPEN_ONES(WHERE)                                                       \
	SOME_OF("my_conversations WHERE " WHERE                                \
		" AND last_message_at > 0 LIMIT $1")

#define ASIDE_AS(STATE) "my_set_aside WHERE state = '" STATE "' LIMIT $3"

static const char *const conversation_count_sql[N_SQL] = {
	[COUNT_OPEN] = OPEN_ONES("status = 'active'"),
	[COUNT_MINE] = OPEN_ONES("status = 'active' AND assigned_to = $2"),
	/* facets: schema/sqlite/inbox.sql */
	[COUNT_UNASSIGNED] = OPEN_ONES("facets IN (0, 1, 2, 3)"),
	[COUNT_UNREAD] = OPEN_ONES("facets IN (0, 2, 4, 6)"),
	[COUNT_UNANSWERED] = SOME_OF("my_unanswered LIMIT $1"),
	[COUNT_PENDING] =
	    SOME_OF("my_set_aside WHERE state = 'pending' LIMIT $1"),
	[COUNT_SNOOZED] =
	    SOME_OF("my_set_aside WHERE state = 'snoozed' LIMIT $1"),
	/* Of what is archived, which is counted as it happens, the rest. */
	[COUNT_CLOSED] = "SELECT a.archived - (" SOME_OF(ASIDE_AS(
	    "pending")) ") - (" SOME_OF(ASIDE_AS("snoozed")) ") FROM "
							     "my_counters a",
	[MARKED] = "SELECT k.id, k.kind, k.name, k.color, (" SOME_OF(
	    "my_conversation_marks c WHERE c.mark_id = k.id"
	    " AND c.status = 'active' LIMIT $2") ") FROM my_marks k"
						 " WHERE k.kind = $1"
						 " ORDER BY k.name LIMIT $3",
};

const struct statements conversation_count_statements = {
	.sql = conversation_count_sql,
	.n = N_SQL,
};

static struct conversation_count
capped(int64_t n)
{
	return (struct conversation_count){
		.n = n < CONVERSATION_COUNT_CAP ? n : CONVERSATION_COUNT_CAP,
		.more = n > CONVERSATION_COUNT_CAP,
	};
}

int
conversation_count_read(struct session *s, int64_t user_id,
    struct conversation_count counts[COUNTS])
{
	for (int i = 0; i < COUNTS; i++) {
		int64_t n = 0;

		if (db_get_int(session_db(s), conversation_count_sql[i],
			DB_SHARED_ARGS(db_int(CONVERSATION_COUNT_CAP + 1),
			    db_int(user_id), db_int(ASIDE_MAX)),
			&n) == -1)
			return -1;
		counts[i] = capped(n > 0 ? n : 0);
	}
	return 0;
}

int
conversation_count_marks(struct session *s, struct pool *pool, const char *kind,
    struct conversation_count_mark *out, int max)
{
	struct db_rows *r =
	    db_query(session_db(s), conversation_count_sql[MARKED],
		DB_ARGS(db_text(kind), db_int(CONVERSATION_COUNT_CAP + 1),
		    db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		out[n++] = (struct conversation_count_mark){
			.mark = { .id = db_col_int(r, 0),
			    .kind = db_col_copy(r, pool, 1),
			    .name = db_col_copy(r, pool, 2),
			    .color = db_col_copy(r, pool, 3) },
			.open = capped(db_col_int(r, 4)),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}
