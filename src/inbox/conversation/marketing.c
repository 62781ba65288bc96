/*
 * Whether a customer wants marketing, as it became known.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/conversation/marketing.h"

enum { PUT, JOIN, JOINED, PART, PARTED, N_SQL };

#define COLUMNS                                                                \
	"marketing_choices(workspace_id, conversation_id, state, at,"          \
	" message_id, sighting_id)"
#define COPY                                                                   \
	"INSERT INTO " COLUMNS " SELECT workspace_id, $3, state, at,"          \
	" message_id, sighting_id FROM marketing_choices"
#define DELETE "DELETE FROM marketing_choices"
#define OF     " WHERE workspace_id = $1 AND conversation_id = $2"
/* A message that was refused counts where it is, whenever it was tried. */
#define THESE                                                                  \
	OF " AND (message_id = 0 AND sighting_id = $4"                         \
	   "  AND at >= $5 AND at < $6"                                        \
	   " OR message_id IN (SELECT m.id FROM messages AS m"                 \
	   "  WHERE m.id = marketing_choices.message_id"                       \
	   "  AND m.sighting_id = $4 AND m.sent_at >= $5 AND m.sent_at < $6))"

static const char *const marketing_sql[N_SQL] = {
	[PUT] = "INSERT INTO " COLUMNS " VALUES ($1, $2, $3, $4, 0, $5)"
		" ON CONFLICT DO NOTHING",
	[JOIN] = COPY OF " ON CONFLICT DO NOTHING",
	[JOINED] = DELETE OF,
	[PART] = COPY THESE " ON CONFLICT DO NOTHING",
	[PARTED] = DELETE THESE " AND conversation_id <> $3",
};

const struct statements marketing_statements = {
	.sql = marketing_sql,
	.n = N_SQL,
};

int
marketing_put(
    struct db *db, int64_t workspace_id, const struct marketing_choice *m)
{
	return db_run(db, marketing_sql[PUT],
	    DB_ARGS(db_int(workspace_id), db_int(m->conversation_id),
		db_text(m->state), db_int(m->at), db_id(m->sighting_id)));
}

int
marketing_join(struct db *db, int64_t workspace_id, int64_t from, int64_t to)
{
	if (db_run(db, marketing_sql[JOIN],
		DB_ARGS(db_int(workspace_id), db_int(from), db_int(to))) == -1)
		return -1;
	return db_run(db, marketing_sql[JOINED],
	    DB_ARGS(db_int(workspace_id), db_int(from)));
}

int
marketing_part(struct db *db, int64_t workspace_id, int64_t from, int64_t to,
    int64_t sighting_id, int64_t begin, int64_t end)
{
	const struct db_arg *args = DB_ARGS(db_int(workspace_id), db_int(from),
	    db_int(to), db_int(sighting_id), db_int(begin), db_int(end));

	return db_run(db, marketing_sql[PART], args) == -1
		   ? -1
		   : db_run(db, marketing_sql[PARTED], args);
}
