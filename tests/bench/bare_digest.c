/*
 * What is in an inbox, in a few numbers: two that hold the same rows, with the
 * same ids, answer the same.
 */
#include <inttypes.h>
#include <stdio.h>

#include "bare.h"

/* Not what tells when it was written and by whom, nor what the download of a
 * file noted meanwhile. */
static const struct {
	const char *table;
	const char *select;
} tables[] = {
	{ "conversations", "SELECT * FROM conversations ORDER BY id" },
	{ "identities", "SELECT * FROM identities ORDER BY 1, 2, 3, 4" },
	{ "sightings", "SELECT * FROM sightings ORDER BY id" },
	{ "messages", "SELECT * FROM messages ORDER BY id" },
	{ "reactions", "SELECT * FROM reactions ORDER BY 1, 2, 3, 4" },
	{ "media", "SELECT id, message_id, media_id, mime_type, sha256,"
		   " filename FROM media ORDER BY id" },
	{ "changes", "SELECT * FROM changes ORDER BY 1, 2" },
	{ "counters", "SELECT * FROM counters ORDER BY 1" },
	{ "window_hours", "SELECT * FROM window_hours ORDER BY 1, 2" },
	{ "message_words", "SELECT term, doc, offset FROM temp.v1" },
	{ "conversation_words", "SELECT term, doc, offset FROM temp.v2" },
	{ "conversation_digits", "SELECT term, doc FROM temp.v3" },
	{ "spool_cursors", "SELECT delivery_id FROM spool_cursors" },
};

static const char words[] =
    "CREATE VIRTUAL TABLE temp.v1 USING fts5vocab(main, message_words,"
    " instance);"
    "CREATE VIRTUAL TABLE temp.v2 USING fts5vocab(main, conversation_words,"
    " instance);"
    "CREATE VIRTUAL TABLE temp.v3 USING fts5vocab(main, conversation_digits,"
    " instance);";

/* FNV-1a */
static uint64_t
add(uint64_t h, const unsigned char *s, int len)
{
	for (int i = 0; i < len; i++)
		h = (h ^ s[i]) * UINT64_C(0x100000001b3);
	return (h ^ 0xff) * UINT64_C(0x100000001b3);
}

void
bare_digest(sqlite3 *db)
{
	if (sqlite3_exec(db, words, NULL, NULL, NULL) != SQLITE_OK)
		bare_fail(db, words);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		sqlite3_stmt *s = bare_prepare(db, tables[i].select);
		uint64_t h = UINT64_C(0xcbf29ce484222325);
		int64_t n = 0;

		for (; sqlite3_step(s) == SQLITE_ROW; n++)
			for (int c = 0; c < sqlite3_column_count(s); c++) {
				const void *v = sqlite3_column_blob(s, c);

				h = add(h, v, sqlite3_column_bytes(s, c));
			}
		if (sqlite3_finalize(s) != SQLITE_OK)
			bare_fail(db, tables[i].table);
		printf(
		    "%s %" PRId64 " %016" PRIx64 "\n", tables[i].table, n, h);
	}
}
