/*
 * What the deliveries left, read before the clock runs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bare.h"

const struct bare_table bare_tables[BARE_TABLES] = {
	/* by the id of its first message */
	[BARE_CONVERSATION] = { "INSERT INTO conversations(workspace_id, "
				"number_id, phone,"
				" phone_at, user_id, user_id_at, group_id, "
				"profile_name,"
				" profile_name_at, contact_id, created_at, "
				"updated_at)"
				" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "SELECT c.workspace_id, c.number_id, phone, phone_at, user_id,"
	    " user_id_at, group_id, profile_name, profile_name_at, contact_id,"
	    " c.created_at, c.created_at FROM messages AS m"
	    " JOIN conversations AS c ON c.id = m.conversation_id"
	    " WHERE m.id = ?1 AND NOT EXISTS (SELECT 1 FROM messages AS n"
	    "  WHERE n.workspace_id = m.workspace_id"
	    "  AND n.conversation_id = m.conversation_id AND n.id < m.id)" },
	[BARE_IDENTITY] = { "INSERT INTO identities(workspace_id, number_id, "
			    "kind, value,"
			    " conversation_id, created_at) VALUES (?, ?, ?, ?, "
			    "?, ?)",
	    "SELECT i.workspace_id, i.number_id, kind, value,"
	    " i.conversation_id, i.created_at FROM messages AS m"
	    " JOIN identities AS i ON i.workspace_id = m.workspace_id"
	    "  AND i.conversation_id = m.conversation_id WHERE m.id = ?1" },
	/* by its first message */
	[BARE_SIGHTING] = { "INSERT INTO sightings(id, workspace_id, "
			    "number_id, account, user_id, parent_user_id,"
			    " portfolio, first_at, name)"
			    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "SELECT s.id, s.workspace_id, s.number_id, account, user_id,"
	    " parent_user_id, portfolio, first_at, name FROM messages AS m"
	    " JOIN sightings AS s ON s.id = m.sighting_id WHERE m.id = ?1"
	    " AND NOT EXISTS (SELECT 1 FROM messages AS n"
	    "  WHERE n.workspace_id = m.workspace_id"
	    "  AND n.conversation_id = m.conversation_id AND n.id < m.id"
	    "  AND n.sighting_id = m.sighting_id)" },
	[BARE_REACTION] = { "INSERT INTO reactions(workspace_id, number_id, "
			    "target_wamid,"
			    " sender, emoji, at, wamid) VALUES (?, ?, ?, ?, ?, "
			    "?, ?)",
	    "SELECT r.workspace_id, r.number_id, target_wamid, r.sender,"
	    " emoji, at, r.wamid FROM messages AS m"
	    " JOIN reactions AS r ON r.workspace_id = m.workspace_id"
	    "  AND r.number_id = m.number_id AND r.wamid = m.wamid"
	    "  AND r.target_wamid = m.content ->> '$.message_id'"
	    " WHERE m.id = ?1 AND m.type = 'reaction'" },
	[BARE_MESSAGE] = { "INSERT OR FAIL INTO messages(workspace_id, "
			   "number_id, "
			   "wamid,"
			   " conversation_id, direction, source, type, "
			   "content, context,"
			   " referral, preview, text, status, error, sender, "
			   "counts_unread,"
			   " opens_window, placeholder, sent_at, created_at,"
			   " sighting_id, shown_name)"
			   " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
			   "?, ?, ?, ?,"
			   " ?, ?, ?, ?)",
	    "SELECT workspace_id, number_id, wamid, conversation_id,"
	    " direction, source, type, content, context, referral, preview,"
	    " text, status, error, sender, counts_unread, opens_window,"
	    " placeholder, sent_at, created_at, sighting_id, shown_name"
	    " FROM messages WHERE id = ?1" },
	[BARE_MEDIA] = { "INSERT INTO media(workspace_id, message_id, "
			 "number_id, media_id,"
			 " state, reason, mime_type, sha256, filename, due_at, "
			 "created_at)"
			 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    "SELECT workspace_id, message_id, number_id, media_id, state,"
	    " NULL, mime_type, sha256, filename, created_at, created_at"
	    " FROM media WHERE message_id = ?1" },
};

#define WA_ID                                                                  \
	"SELECT value FROM messages AS m"                                      \
	" JOIN identities AS i ON i.workspace_id = m.workspace_id"             \
	"  AND i.conversation_id = m.conversation_id"                          \
	" WHERE m.id = ?1 AND kind = 'wa_id'"

void
bare_fail(sqlite3 *db, const char *what)
{
	fprintf(stderr, "bare: %s: %s\n", what, sqlite3_errmsg(db));
	exit(1);
}

sqlite3 *
bare_open(const char *path)
{
	sqlite3 *db;

	/* The settings of src/lib/sql/sqlite/sqlite.c. */
	if (sqlite3_open_v2(path, &db,
		SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_READWRITE,
		NULL) != SQLITE_OK ||
	    sqlite3_exec(db,
		"PRAGMA wal_autocheckpoint = 0; PRAGMA synchronous = FULL;"
		"PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY;"
		"PRAGMA cache_size = -4096; PRAGMA mmap_size = 268435456",
		NULL, NULL, NULL) != SQLITE_OK)
		bare_fail(db, path);
	bare_define_words(db);
	return db;
}

sqlite3_stmt *
bare_prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *s;

	if (sqlite3_prepare_v3(
		db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, NULL) != SQLITE_OK)
		bare_fail(db, sql);
	return s;
}

static void
read_row(sqlite3_stmt *s, struct bare_row *row)
{
	row->n = sqlite3_column_count(s);
	for (int i = 0; i < row->n; i++)
		row->value[i] = sqlite3_value_dup(sqlite3_column_value(s, i));
}

/* At most MAX rows of the message ID. */
static void
read_rows(
    sqlite3 *db, sqlite3_stmt *s, int64_t id, struct bare_row *rows, int max)
{
	int rc = SQLITE_DONE;

	sqlite3_bind_int64(s, 1, id);
	for (int i = 0; i < max && (rc = sqlite3_step(s)) == SQLITE_ROW; i++)
		read_row(s, &rows[i]);
	if (rc != SQLITE_ROW && rc != SQLITE_DONE)
		bare_fail(db, "reading");
	sqlite3_reset(s);
}

static void
load_step(sqlite3 *from, int64_t id, struct bare_step *step)
{
	static sqlite3_stmt *s[BARE_TABLES], *wa_id;
	struct bare_row who = { 0 };

	memset(step, 0, sizeof(*step));
	if (wa_id == NULL) {
		for (int i = 0; i < BARE_TABLES; i++)
			s[i] = bare_prepare(from, bare_tables[i].select);
		wa_id = bare_prepare(from, WA_ID);
	}
	read_rows(from, s[BARE_MESSAGE], id, &step->message, 1);
	read_rows(from, s[BARE_CONVERSATION], id, &step->conversation, 1);
	if (step->conversation.n > 0)
		read_rows(from, s[BARE_IDENTITY], id, step->identity,
		    BARE_IDENTITIES);
	read_rows(from, s[BARE_SIGHTING], id, &step->sighting, 1);
	read_rows(from, s[BARE_REACTION], id, &step->reaction, 1);
	read_rows(from, s[BARE_MEDIA], id, &step->media, 1);
	read_rows(from, wa_id, id, &who, 1);
	step->wa_id = who.value[0];
}

int
bare_load(sqlite3 *from, int64_t *last, struct bare_step *steps, int max)
{
	static sqlite3_stmt *next;
	int n = 0;

	if (next == NULL)
		next = bare_prepare(from, "SELECT id FROM messages"
					  " WHERE id > ? ORDER BY id");
	sqlite3_bind_int64(next, 1, *last);
	while (n < max && sqlite3_step(next) == SQLITE_ROW) {
		*last = sqlite3_column_int64(next, 0);
		load_step(from, *last, &steps[n++]);
	}
	sqlite3_reset(next);
	return n;
}

static void
forget(struct bare_row *row)
{
	for (int i = 0; i < row->n; i++)
		sqlite3_value_free(row->value[i]);
}

void
bare_forget(struct bare_step *steps, int n)
{
	for (int i = 0; i < n; i++) {
		forget(&steps[i].message);
		forget(&steps[i].conversation);
		for (int k = 0; k < BARE_IDENTITIES; k++)
			forget(&steps[i].identity[k]);
		forget(&steps[i].sighting);
		forget(&steps[i].reaction);
		forget(&steps[i].media);
		sqlite3_value_free(steps[i].wa_id);
	}
}
