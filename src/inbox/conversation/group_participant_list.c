/*
 * Lists the participants of a group for a member, and who asks to join.  Two
 * rows that name each
 * other are one person: that of the user id stands for both.
 */
#include <stddef.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "whatsapp/phone.h"

#include "inbox/conversation/group_participant_list.h"

enum { LIST, ASKING, ASKS, N_SQL };

static const char *const group_participant_list_sql[N_SQL] = {
	[LIST] =
	    "SELECT p.id, p.is_user_id, p.participant, o.participant, p.name,"
	    " o.name, p.seen_at, o.seen_at, p.left_at, o.left_at,"
	    " (SELECT k.name FROM my_contacts AS k WHERE k.phone = '+' ||"
	    "  CASE p.is_user_id WHEN 0 THEN p.participant"
	    "  ELSE o.participant END),"
	    " (SELECT k.name FROM my_contacts AS k"
	    "  WHERE k.user_id = p.participant)"
	    " FROM my_group_participants AS p"
	    " LEFT JOIN my_group_participants AS o"
	    " ON o.conversation_id = p.conversation_id"
	    " AND o.participant = p.pair AND o.pair = p.participant"
	    " WHERE p.conversation_id = $1 AND p.id > $2"
	    " AND (p.is_user_id = 1 OR o.id IS NULL)"
	    /* Not who only asked to join. */
	    " AND p.seen_at + p.left_at + COALESCE(o.seen_at, 0)"
	    "  + COALESCE(o.left_at, 0) > 0"
	    " ORDER BY p.id LIMIT $3",
	[ASKING] =
	    "SELECT r.id, r.is_user_id, r.participant, r.other, r.name,"
	    " r.asks_id, r.asks_at,"
	    " (SELECT k.name FROM my_contacts AS k WHERE k.phone = '+' ||"
	    "  CASE r.is_user_id WHEN 0 THEN r.participant"
	    "  ELSE r.other END),"
	    " (SELECT k.name FROM my_contacts AS k"
	    "  WHERE k.user_id = r.participant)"
	    " FROM my_join_requests AS r"
	    " WHERE r.conversation_id = $1 AND r.id > $2"
	    " ORDER BY r.id LIMIT $3",
	[ASKS] = "SELECT 1 FROM my_join_requests WHERE conversation_id = $1"
		 " AND asks_id = $2 LIMIT 1",
};

const struct statements group_participant_list_statements = {
	.sql = group_participant_list_sql,
	.n = N_SQL,
};

static const char *
first_name(struct pool *pool, struct db_rows *r, const int *columns, int n)
{
	for (int i = 0; i < n; i++)
		if (!db_col_is_null(r, columns[i]))
			return db_col_copy(r, pool, columns[i]);
	return NULL;
}

int
group_participant_list_asking(struct session *s, struct pool *pool,
    int64_t conversation_id, int64_t after, struct group_asking_row *out,
    int max)
{
	static const int names[] = { 7, 8, 4 };
	struct db_rows *r =
	    db_query(session_db(s), group_participant_list_sql[ASKING],
		DB_ARGS(db_int(conversation_id), db_int(after), db_int(max)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		int user = (int)db_col_int(r, 1);
		const char *account = db_col_copy(r, pool, user ? 3 : 2);

		out[n++] = (struct group_asking_row){
			.id = db_col_int(r, 0),
			.request_id = db_col_copy(r, pool, 5),
			.phone = account != NULL ? phone_e164(pool, account, 0)
						 : NULL,
			.user_id = user ? db_col_copy(r, pool, 2) : NULL,
			.name = first_name(pool, r, names, 3),
			.asked_at = db_col_int(r, 6),
		};
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
group_participant_list_asks(
    struct session *s, int64_t conversation_id, const char *request_id)
{
	int64_t one;

	return db_get_int(session_db(s), group_participant_list_sql[ASKS],
	    DB_ARGS(db_int(conversation_id), db_text(request_id)), &one);
}

static int64_t
later_of(struct db_rows *r, int column)
{
	int64_t a = db_col_int(r, column), b = db_col_int(r, column + 1);

	return a > b ? a : b;
}

int
group_participant_list_read(struct session *s, struct pool *pool,
    int64_t conversation_id, int64_t after, struct group_participant_row *out,
    int max)
{
	struct db_rows *r =
	    db_query(session_db(s), group_participant_list_sql[LIST],
		DB_ARGS(db_int(conversation_id), db_int(after), db_int(max)));
	static const int names[] = { 10, 11, 4, 5 };
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max) {
		struct group_participant_row *p = &out[n++];
		int user = (int)db_col_int(r, 1);
		const char *account = db_col_copy(r, pool, user ? 3 : 2);

		*p = (struct group_participant_row){ .id = db_col_int(r, 0),
			.user_id = user ? db_col_copy(r, pool, 2) : NULL,
			.name = first_name(pool, r, names, 4),
			.seen_at = later_of(r, 6),
			.left_at = later_of(r, 8) };
		if (account != NULL)
			p->phone = phone_e164(pool, account, 0);
		p->is_in = p->seen_at > p->left_at;
	}
	db_end(r);
	return rc == -1 ? -1 : n;
}
