#ifndef INBOX_MESSAGE_PAGE_MESSAGE_ROW_SQL_H
#define INBOX_MESSAGE_PAGE_MESSAGE_ROW_SQL_H

#include "inbox/message_columns.h"

/*
 * For who reads messages: MESSAGE_ROW(CONVERSATION) begins a statement (of
 * SQLite), whose rows message_row_read takes; CONVERSATION is the SQL of the
 * conversation to which they belong.  What stands in other rows is not among
 * them: message_row_rest reads it after that.  No index is asked for what most
 * messages have not: a text has no file, and a customer's no member.
 */
#define MESSAGE_ROW_MERGED_TO                                                  \
	"COALESCE((SELECT g.keep FROM my_merges g"                             \
	" WHERE g.gone = m.conversation_id), m.conversation_id)"

#define MESSAGE_ROW_MEMBER                                                     \
	"(SELECT u.name FROM my_members u WHERE u.id = m.sent_by)"

#define MESSAGE_ROW(CONVERSATION)                                              \
	MESSAGE_ROW_WITH(CONVERSATION, MESSAGE_ROW_MEMBER, "")

/* How a page of a conversation goes on, from a place ($2, $3). */
#define MESSAGE_ROW_OLDER                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) < ($2, $3)"        \
	" ORDER BY m.sent_at DESC, m.id DESC LIMIT $4"
#define MESSAGE_ROW_NEWER                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) > ($2, $3)"        \
	" ORDER BY m.sent_at, m.id LIMIT $4"
#define MESSAGE_ROW_FILES                                                      \
	"WHERE m.conversation_id = $1 AND (m.sent_at, m.id) < ($2, $3)"        \
	" AND (m.sent_at, m.id) >= ($4, $5)"                                   \
	" AND m.type IN ('image', 'video', 'audio', 'document')"               \
	" AND m.revoked_at IS NULL"                                            \
	" ORDER BY m.sent_at DESC, m.id DESC LIMIT $6"

#define MESSAGE_ROW_WITH(CONVERSATION, NAME, MORE)                             \
	"SELECT m.id, " CONVERSATION ", m.number_id, m.wamid,"                 \
	" m.direction, m.type, m.content, m.status, m.context, m.referral,"    \
	" m.error, m.sender, CASE m.type WHEN 'text' THEN NULL ELSE"           \
	" (SELECT f.state || COALESCE(' ' || f.width || ' ' || f.height, '')"  \
	" FROM my_media f WHERE f.message_id = m.id) END,"                     \
	" m.sent_by, CASE WHEN m.sent_by IS NOT NULL THEN " NAME " END,"       \
	" m.sent_at, m.edited_at, m.revoked_at, "                              \
	"m.created_at, " MESSAGE_SOURCE(                                       \
	    "m.") ", m.original, m.original_type" MORE " FROM my_messages m "

#endif
