#ifndef INBOX_MESSAGE_COLUMNS_H
#define INBOX_MESSAGE_COLUMNS_H

#include "whatsapp/preview/preview_words.h"

/*
 * Two columns of messages as SQL reads them, M is "" or a table's name with its
 * dot.  Most messages are a text and nothing else, and it is stored once, in
 * the column text:
 *
 *   content  '' is {"body":text}, of a text that is the same in JSON
 *   preview  '' is the first 100 code points of text
 *
 * inbox/message/message.c writes them so, preview only where text is no longer;
 * any row may have them whole, as older ones have.  Members see them whole
 * (my_messages).  Whoever takes the text away writes both first.
 */
#define MESSAGE_CONTENT(m)                                                     \
	"CASE " m "content WHEN '' THEN '{\"body\":\"' || " m "text || '\"}'"  \
	" ELSE " m "content END"
#define MESSAGE_PREVIEW(m)                                                     \
	"CASE " m "preview WHEN '' THEN COALESCE(SUBSTR(" m                    \
	"text, 1, 100), '')"                                                   \
	" ELSE " m "preview END"

/*
 * Who wrote it, of a row of my_messages: customer, member, command_line, api
 * (another program; of calls only), phone_app, or automatic, which nobody wrote
 * (docs/openapi.yaml, Source).
 */
#define MESSAGE_SOURCE(m)                                                      \
	"CASE WHEN " m "type = 'system' THEN 'automatic'"                      \
	" WHEN " m "direction = 'inbound' THEN 'customer'"                     \
	" WHEN " m "context LIKE '%\"automatic\":true%' THEN 'automatic'"      \
	" WHEN " m "source = 'api' AND " m "sent_by IS NULL"                   \
	"  THEN 'command_line'"                                                \
	" WHEN " m "source = 'api' THEN 'member'"                              \
	" WHEN " m "source = 'live' THEN 'api'"                                \
	" ELSE 'phone_app' END"

/*
 * SQL: from the row that is the last word of conversation $2 of workspace $1,
 * with the bracket of its subquery.  A reaction that was taken back is nobody's
 * last word.
 */
#define MESSAGE_NEWEST                                                         \
	" FROM messages WHERE workspace_id = $1 AND conversation_id = $2"      \
	" AND (type <> 'reaction' OR preview <> '" PREVIEW_REMOVED "')"        \
	" ORDER BY sent_at DESC, id DESC LIMIT 1)"

#endif
