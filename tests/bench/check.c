/*
 * Whether an inbox agrees with itself (check.h).
 */
#include <inttypes.h>
#include <stdio.h>

#include "lib/sql/db.h"

#include "../unit/words_anew.h"

#include "check.h"

/* Each counts what is wrong. */
static const struct {
	const char *what;
	const char *sql;
} counts[] = {
	{ "conversations whose last message is another",
	    "SELECT COUNT(*) FROM conversations AS c WHERE"
	    " (c.last_message_at, c.last_message_id, c.last_message_preview)"
	    " IS NOT (SELECT m.sent_at, m.id, m.preview FROM messages AS m"
	    "  WHERE m.workspace_id = c.workspace_id"
	    "  AND m.conversation_id = c.id"
	    "  ORDER BY m.sent_at DESC, m.id DESC LIMIT 1)" },
	{ "conversations whose window is another",
	    "SELECT COUNT(*) FROM conversations AS c WHERE"
	    " c.last_customer_message_at IS NOT (SELECT MAX(m.sent_at)"
	    "  FROM messages AS m WHERE m.workspace_id = c.workspace_id"
	    "  AND m.conversation_id = c.id AND m.opens_window)" },
	{ "conversations with more unread than the customer wrote",
	    "SELECT COUNT(*) FROM conversations AS c WHERE"
	    " (c.unread_count > 0) <> (c.is_read = 0) OR c.unread_count >"
	    " (SELECT COUNT(*) FROM messages AS m"
	    "  WHERE m.workspace_id = c.workspace_id"
	    "  AND m.conversation_id = c.id AND m.counts_unread)" },
	{ "counters",
	    "SELECT COUNT(*) FROM counters AS k"
	    " WHERE (k.total, k.unread, k.archived) IS NOT"
	    " (SELECT COUNT(*), COALESCE(SUM(is_read = 0), 0),"
	    "  COALESCE(SUM(status = 'archived'), 0) FROM conversations AS c"
	    "  WHERE c.workspace_id = k.workspace_id)" },
	{ "bytes of files",
	    "SELECT ABS((SELECT COALESCE(SUM(bytes), 0) FROM workspace_files)"
	    " - (SELECT COALESCE(SUM(size), 0) FROM media"
	    "  WHERE media_id IS NOT NULL AND size > 0)"
	    " - (SELECT COALESCE(SUM(size), 0) FROM uploads))" },
	{ "hours in which another number of windows ends",
	    "SELECT (SELECT COUNT(*) FROM window_hours AS h WHERE"
	    " h.conversations IS NOT (SELECT COUNT(*) FROM conversations AS c"
	    "  WHERE c.workspace_id = h.workspace_id"
	    "  AND c.window_ends BETWEEN 3600 * h.hour"
	    "  AND 3600 * h.hour + 3599)) + ABS((SELECT COUNT(*)"
	    "  FROM conversations WHERE window_ends IS NOT NULL)"
	    " - (SELECT COALESCE(SUM(conversations), 0) FROM window_hours))" },
	{ "conversations in no list of their tag",
	    "SELECT COUNT(*) FROM conversations AS c CROSS JOIN contact_tags"
	    " AS k ON k.workspace_id = c.workspace_id"
	    " AND k.contact_id = c.contact_id WHERE NOT EXISTS (SELECT 1"
	    " FROM conversation_tags AS t WHERE t.workspace_id ="
	    " c.workspace_id AND t.tag_id = k.tag_id AND t.status = c.status"
	    " AND t.last_message_at = c.last_message_at"
	    " AND t.conversation_id = c.id AND t.tag_ids ="
	    " (SELECT tag_ids FROM contacts AS p WHERE p.id = c.contact_id))" },
	{ "contacts that say other tags than they have",
	    "SELECT COUNT(*) FROM contacts AS c WHERE tag_ids IS NOT"
	    " (SELECT group_concat(' ' || tag_id || ' ', '') FROM"
	    " (SELECT tag_id FROM contact_tags AS k WHERE k.workspace_id ="
	    " c.workspace_id AND k.contact_id = c.id ORDER BY tag_id))" },
	{ "messages of no conversation",
	    "SELECT COUNT(*) FROM messages AS m WHERE NOT EXISTS (SELECT 1"
	    " FROM conversations AS c WHERE c.workspace_id = m.workspace_id"
	    " AND c.id = m.conversation_id)" },
};

int
check_inbox(struct db *db)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		int64_t n = 0;

		if (db_get_int(db, counts[i].sql, DB_NONE, &n) == -1)
			return -1;
		if (n != 0) {
			fprintf(stderr, "%" PRId64 " %s\n", n, counts[i].what);
			rc = -1;
		}
	}
	if (words_anew(db) == -1)
		rc = -1;
	return rc;
}
