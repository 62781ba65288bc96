/*
 * The reactions to the messages of a page, on PostgreSQL: each statement there
 * is a way to another process, so one is asked for all of them.
 */
#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/page/message_row_pgsql.h"

static const char *const reactions_sql[] = {
	"SELECT CAST(w.n AS BIGINT), r.emoji, r.sender, r.at"
	" FROM unnest(string_to_array($1, chr(10)),"
	"  CAST(string_to_array($2, chr(10)) AS BIGINT[]))"
	"  WITH ORDINALITY AS w(wamid, number_id, n)"
	" CROSS JOIN LATERAL (SELECT x.emoji, x.sender, x.at"
	"  FROM my_reactions AS x WHERE x.number_id = w.number_id"
	"  AND x.target_wamid = w.wamid AND x.emoji <> ''"
	"  ORDER BY x.sender LIMIT $3) AS r"
	" ORDER BY w.n, r.sender",
};

const struct statements message_row_pgsql_statements = {
	.sql = reactions_sql,
	.n = 1,
	.engine = DB_PGSQL,
};

struct db_rows *
message_row_pgsql_reactions(
    struct session *s, const char *wamids, const char *numbers, int max)
{
	return db_query(session_db(s), reactions_sql[0],
	    DB_ARGS(db_text(wamids), db_text(numbers), db_int(max)));
}
