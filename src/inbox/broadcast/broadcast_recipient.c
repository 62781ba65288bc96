/*
 * The recipients of a broadcast, for members.
 */
#include <stddef.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/broadcast/broadcast_recipient.h"

#define PIECE 150 /* of a tag or a label at once: two rows each */

enum {
	PUT,
	LAST_TAGGED,
	PUT_TAGGED,
	LAST_LABELLED,
	PUT_LABELLED,
	ALL,
	OF_STATE,
	SETTLE,
	HAS,
	N_SQL
};

/* Some conversations with label $1 that are STATUS, behind $2. */
#define LABELLED(status)                                                       \
	"SELECT conversation_id FROM (SELECT k.conversation_id"                \
	" FROM my_conversation_marks k WHERE k.mark_id = $1"                   \
	" AND k.status = '" status "' AND k.conversation_id > $2"              \
	" AND EXISTS (SELECT 1 FROM my_marks m WHERE m.id = $1)"               \
	" ORDER BY k.conversation_id LIMIT $3) AS " status "_ones"

#define LAST_OF	    "SELECT MAX(conversation_id) FROM ("
#define LAST_OF_END " ORDER BY conversation_id LIMIT $3) AS my_rows"

#define COLUMNS                                                                \
	"SELECT r.id, r.who, r.state, r.reason, r.error_code,"                 \
	" r.conversation_id, r.message_id FROM my_broadcast_recipients r"      \
	" WHERE r.broadcast_id = $1"

static const char *const broadcast_recipient_sql[N_SQL] = {
	[PUT] = "INSERT INTO my_broadcast_recipients(broadcast_id, who)"
		" VALUES ($1, $2)",
	[LAST_TAGGED] = "SELECT MAX(contact_id) FROM (SELECT contact_id"
			" FROM my_contact_tags WHERE tag_id = $1"
			" AND contact_id > $2 ORDER BY contact_id LIMIT $3)"
			" AS my_rows",
	[PUT_TAGGED] = "INSERT INTO my_broadcast_recipients(broadcast_id, who)"
		       " SELECT $1, COALESCE(c.phone, c.user_id)"
		       " FROM my_contact_tags k CROSS JOIN my_contacts c"
		       " WHERE c.id = k.contact_id AND k.tag_id = $2"
		       " AND k.contact_id > $3 AND k.contact_id <= $4",
	/* Open or closed meanwhile: it has its place among all. */
	[LAST_LABELLED] = LAST_OF LABELLED("active") " UNION ALL " LABELLED(
	    "archived") LAST_OF_END,
	[PUT_LABELLED] = "INSERT INTO my_broadcast_recipients(broadcast_id,"
			 " who) SELECT $1, COALESCE(c.phone, c.user_id)"
			 " FROM my_conversation_marks k"
			 " CROSS JOIN my_conversations c"
			 " WHERE c.id = k.conversation_id AND k.mark_id = $2"
			 " AND k.status IN ('active', 'archived')"
			 " AND k.conversation_id > $3"
			 " AND k.conversation_id <= $4"
			 " AND COALESCE(c.phone, c.user_id) IS NOT NULL",
	[ALL] = COLUMNS " AND r.who > $2 ORDER BY r.who LIMIT $3",
	[OF_STATE] = COLUMNS " AND r.state = $4 AND r.who > $2"
			     " ORDER BY r.who LIMIT $3",
	[SETTLE] = "UPDATE my_broadcast_recipients SET state = $2,"
		   " reason = $3, conversation_id = $4, message_id = $5"
		   " WHERE id = $1 AND state = 'waiting'",
	[HAS] = "SELECT 1 FROM my_broadcast_recipients"
		" WHERE conversation_id = $2 AND broadcast_id = $1 LIMIT 1",
};

const struct statements broadcast_recipient_statements = {
	.sql = broadcast_recipient_sql,
	.n = N_SQL,
};

int
broadcast_recipient_put(
    struct session *s, int64_t broadcast_id, const char *who)
{
	return db_run(session_db(s), broadcast_recipient_sql[PUT],
	    DB_ARGS(db_int(broadcast_id), db_text(who)));
}

/* Of the tag or label SORT_ID; the last of the piece is found by statement
 * LAST_SQL, and it is put by the one after that. */
static int
put_piece(struct session *s, int last_sql, int64_t broadcast_id,
    int64_t sort_id, int64_t *place)
{
	int64_t last = 0;

	if (db_get_int(session_db(s), broadcast_recipient_sql[last_sql],
		DB_ARGS(db_int(sort_id), db_int(*place), db_int(PIECE)),
		&last) == -1)
		return -1;
	if (last == 0)
		return 0;
	if (db_run(session_db(s), broadcast_recipient_sql[last_sql + 1],
		DB_ARGS(db_int(broadcast_id), db_int(sort_id), db_int(*place),
		    db_int(last))) == -1)
		return -1;
	*place = last;
	return 1;
}

int
broadcast_recipient_put_tagged(
    struct session *s, int64_t broadcast_id, int64_t tag_id, int64_t *place)
{
	return put_piece(s, LAST_TAGGED, broadcast_id, tag_id, place);
}

int
broadcast_recipient_put_labelled(
    struct session *s, int64_t broadcast_id, int64_t label_id, int64_t *place)
{
	return put_piece(s, LAST_LABELLED, broadcast_id, label_id, place);
}

int
broadcast_recipient_list(struct session *s, struct pool *pool,
    int64_t broadcast_id, const char *state, const char *after,
    struct broadcast_recipient *page, int max)
{
	struct db_rows *r = db_query(session_db(s),
	    broadcast_recipient_sql[state != NULL ? OF_STATE : ALL],
	    DB_SHARED_ARGS(db_int(broadcast_id), db_text(after), db_int(max),
		db_text(state)));
	int n = 0, rc;

	while ((rc = db_next(r)) == 1 && n < max)
		page[n++] = (struct broadcast_recipient){
			.id = db_col_int(r, 0),
			.who = db_col_copy(r, pool, 1),
			.state = db_col_copy(r, pool, 2),
			.reason = db_col_copy(r, pool, 3),
			.error_code = db_col_int(r, 4),
			.conversation_id = db_col_int(r, 5),
			.message_id = db_col_int(r, 6),
		};
	db_end(r);
	return rc == -1 ? -1 : n;
}

int
broadcast_recipient_settle(
    struct session *s, const struct broadcast_recipient *to)
{
	return db_run(session_db(s), broadcast_recipient_sql[SETTLE],
	    DB_ARGS(db_int(to->id), db_text(to->state), db_text(to->reason),
		db_id(to->conversation_id), db_id(to->message_id)));
}

int
broadcast_recipient_has(
    struct session *s, int64_t broadcast_id, int64_t conversation_id)
{
	int64_t one;

	return db_get_int(session_db(s), broadcast_recipient_sql[HAS],
	    DB_ARGS(db_int(broadcast_id), db_int(conversation_id)), &one);
}
