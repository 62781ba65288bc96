/*
 * An inbox as a text: rows.h.
 */
#include "rows.h"
#include "store.h"
#include "words_anew.h"

#include "base/buf.h"

#include "inbox/search/search_index.h"
#include "inbox/search/search_partition.h"

/* Everything that the inbox says, with names in place of ids. */
#define WHOSE(id)                                                              \
	"COALESCE((SELECT group_concat(k, ' ') FROM (SELECT"                   \
	" n.phone_number_id || ':' || i.kind || ':' || i.value AS k FROM "     \
	"identities AS i"                                                      \
	" JOIN numbers AS n ON n.id = i.number_id"                             \
	" WHERE i.conversation_id = " id " ORDER BY 1) AS ks), '')"

static const char *const rows_dumps[] = {
	"SELECT 'conversation', " WHOSE(
	    "c.id") ", phone, phone_at, user_id,"
		    " user_id_at, group_id, profile_name, profile_name_at, "
		    "contact_id,"
		    " link, status, is_read, unread_count, "
		    "last_customer_message_at,"
		    " window_refused_at, last_message_at, (SELECT wamid"
		    "  FROM messages AS m WHERE m.id = c.last_message_id),"
		    " last_message_preview, marketing, marketing_at,"
		    " marketing_source, phone_book_name FROM conversations AS "
		    "c ORDER BY 2, COALESCE(phone, '')",
	"SELECT 'message', n.phone_number_id, wamid,"
	" " WHOSE("m.conversation_id") ", direction, source, type, content,"
				       " original, context, preview, text, "
				       "status, error, sender,"
				       " counts_unread, opens_window, "
				       "placeholder, sent_at, edited_at,"
				       " revoked_at FROM messages AS m JOIN "
				       "numbers AS n"
				       " ON n.id = m.number_id ORDER BY 2, "
				       "COALESCE(wamid, '')",
	"SELECT 'marketing', " WHOSE("c.conversation_id") ", state, at,"
							  " (SELECT wamid FROM "
							  "messages AS m WHERE "
							  "m.id = c.message_id)"
							  " FROM "
							  "marketing_choices "
							  "AS c ORDER BY 2, 3, "
							  "4, 5",
	"SELECT 'book', number_id, entry, phone, name, at FROM phone_book"
	" ORDER BY 2, 3, 4",
	"SELECT 'status', s.* FROM message_statuses AS s"
	" ORDER BY workspace_id, number_id, wamid, status, participant",
	"SELECT 'patch', p.* FROM message_patches AS p"
	" ORDER BY workspace_id, number_id, target_wamid, wamid",
	"SELECT 'reaction', r.* FROM reactions AS r"
	" ORDER BY workspace_id, number_id, target_wamid, sender",
	"SELECT 'media', wamid, media_id, state, reason FROM media"
	" JOIN messages ON messages.id = message_id"
	" ORDER BY 2, 3, media.number_id",
	"SELECT 'event', workspace_id, number_id, field, at, raw, hex(hash)"
	" FROM workspace_events ORDER BY hash",
	"SELECT 'counters', c.* FROM counters AS c ORDER BY workspace_id",
	"SELECT 'windows', w.* FROM window_hours AS w ORDER BY 2, 3",
	"SELECT 'counted', COUNT(*), COUNT(CASE WHEN is_read = 0 THEN 1 END)"
	" FROM conversations",
	"SELECT 'number', workspace_id, phone_number_id, display_phone, waba_id"
	" FROM numbers ORDER BY 3",
	"SELECT 'outbox', message_id, state, reason FROM outbox ORDER BY 2",
	/* their seq shows the order, but there is no gap */
	"SELECT 'changes', CAST(SUM(CASE type WHEN 'message' THEN 2 ELSE 1 END)"
	" AS BIGINT) - MAX(seq)"
	" + MIN(seq - CASE type WHEN 'message' THEN 1 ELSE 0 END) FROM changes"
	" GROUP BY workspace_id ORDER BY workspace_id",
	"SELECT 'held', COUNT(*) FROM held",
};
static const int rows_widths[] = { 23, 21, 5, 6, 9, 11, 8, 5, 7, 5, 4, 3, 5, 4,
	2, 2 };

char *
rows_dump(struct fixture *fx, struct pool *pool)
{
	struct buf b = { .pool = pool };

	for (size_t i = 0; i < sizeof(rows_dumps) / sizeof(rows_dumps[0]);
	     i++) {
		struct db_rows *r = db_query(fx->db, rows_dumps[i], DB_NONE);
		int rc;

		while ((rc = db_next(r)) == 1) {
			for (int c = 0; c < rows_widths[i]; c++)
				buf_printf(&b, "%s|",
				    db_col_is_null(r, c) ? "-"
							 : db_col_text(r, c));
			buf_char(&b, '\n');
		}
		db_end(r);
		assert_int_equal(rc, 0);
	}
	return buf_end(&b);
}

void
rows_check_search(struct fixture *fx)
{
	if (!store_now->has_words)
		return;
	assert_int_equal(words_anew(fx->db), 0);
	assert_int_equal(
	    search_index_put(fx->db, SEARCH_PARTITION_ROWS, FIXTURE_ROWS), 0);
	assert_int_equal(words_anew(fx->db), 0);
}

void
rows_show(const char *a, const char *b)
{
	while (*a != '\0' && *b != '\0') {
		size_t la = strcspn(a, "\n"), lb = strcspn(b, "\n");

		if (la != lb || memcmp(a, b, la) != 0) {
			print_error("in order: %.*s\nshuffled: %.*s\n", (int)la,
			    a, (int)lb, b);
			return;
		}
		a += la + 1;
		b += lb + 1;
	}
	print_error("one has more rows: %s%s\n", a, b);
}
