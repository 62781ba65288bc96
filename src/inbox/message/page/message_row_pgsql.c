/*
 * Rows of messages on PostgreSQL, where each statement is a way to another
 * process: the reactions to a message, what it quotes, and the name of a sender
 * who has left stand in its row.
 */
#include "lib/sql/statements.h"

#include "inbox/message/page/message_row_pgsql.h"
#include "inbox/message/page/message_row_sql.h"

#define TEXT(X)	  #X
#define NUMBER(X) TEXT(X)

#define NAME                                                                   \
	"COALESCE(" MESSAGE_ROW_MEMBER ", (SELECT f.name"                      \
	" FROM my_former_members f WHERE f.id = m.sent_by))"

#define REACTIONS                                                              \
	", (SELECT CAST(json_agg(json_build_array(x.emoji, x.sender, x.at))"   \
	" AS TEXT) FROM (SELECT r.emoji, r.sender, r.at FROM my_reactions r"   \
	" WHERE r.number_id = m.number_id AND r.target_wamid = m.wamid"        \
	" AND r.emoji <> '' ORDER BY r.sender LIMIT " NUMBER(                  \
	    MESSAGE_ROW_PGSQL_REACTIONS_MAX) ") x)"

/* As it stands in almost all; who reads the row looks whether it is this. */
#define WAMID                                                                  \
	"CASE WHEN strpos(m.context, '\"wamid\"') > 0 THEN"                    \
	" substring(m.context FROM '\"wamid\":\"([^\"\\\\]*)\"') END"

#define QUOTED                                                                 \
	", " WAMID ", CASE WHEN strpos(m.context, '\"wamid\"') > 0 THEN"       \
	" (SELECT q.id || ' ' || COALESCE((SELECT g.keep FROM my_merges g"     \
	" WHERE g.gone = q.conversation_id), q.conversation_id)"               \
	" FROM my_messages q WHERE q.number_id = m.number_id"                  \
	" AND q.wamid = " WAMID ") END"

#define ROW(CONVERSATION) MESSAGE_ROW_WITH(CONVERSATION, NAME, REACTIONS QUOTED)

static const char *const row_sql[MESSAGE_ROW_PGSQL_N] = {
	[MESSAGE_ROW_PGSQL_OLDER] = ROW("CAST($5 AS BIGINT)") MESSAGE_ROW_OLDER,
	[MESSAGE_ROW_PGSQL_NEWER] = ROW("CAST($5 AS BIGINT)") MESSAGE_ROW_NEWER,
	[MESSAGE_ROW_PGSQL_ONE] = ROW(MESSAGE_ROW_MERGED_TO) "WHERE m.id = $1",
	[MESSAGE_ROW_PGSQL_FILES] = ROW("m.conversation_id") MESSAGE_ROW_FILES,
};

const struct statements message_row_pgsql_statements = {
	.sql = row_sql,
	.n = MESSAGE_ROW_PGSQL_N,
	.engine = DB_PGSQL,
};

const char *
message_row_pgsql_sql(enum message_row_pgsql which)
{
	return row_sql[which];
}
