/*
 * Old plus steps equals new: a database of an older version (inbox-1.sql and
 * so on in tests/data, as they were released) that was upgraded is the same as
 * one of today, empty and filled, and goes on in the same way.
 */
#include "fixture.h"
#include "made_rows.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/inbox.h"
#include "inbox/search/engine/search_define.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/search/search_put.h"

#include "words_anew.h"

struct upgrade {
	char *dir, *old, *new;
	struct pool *pool;
	int version; /* of old */
};

static const char later[] =
    "INSERT INTO messages(workspace_id, conversation_id, number_id, wamid,"
    " direction, source, type, content, preview, text, status, counts_unread,"
    " opens_window, sent_at, created_at) VALUES (1, 2, 1, 'wamid.D', 'inbound',"
    " 'live', 'text', '{}', 'Hello', 'Hello again', 'received', 1, 1, 5000, 1);"
    "UPDATE messages SET text = 'Hello, edited' WHERE wamid = 'wamid.D';"
    "UPDATE contacts SET name = 'Sheena N.' WHERE id = 1;"
    "DELETE FROM conversations WHERE id = 1";

static char *
data(struct pool *pool, const char *name)
{
	const char *srcdir = getenv("srcdir");
	FILE *f = fopen(
	    pool_printf(pool, "%s/tests/data/%s", srcdir ? srcdir : ".", name),
	    "r");
	char *text = pool_alloc(pool, 1 << 20);
	size_t n;

	assert_non_null(f);
	n = fread(text, 1, (1 << 20) - 1, f);
	fclose(f);
	text[n] = '\0';
	return text;
}

static int
begin(void **state, int version)
{
	struct upgrade *u = calloc(1, sizeof(*u));
	struct db *db;

	log_open("test", LOG_LEVEL_WARN);
	u->dir = unit_dir();
	u->old = unit_path(u->dir, "old.db");
	u->new = unit_path(u->dir, "new.db");
	u->pool = pool_new();
	db = db_open(u->old, DB_CREATE, 1000);
	assert_non_null(db);
	assert_int_equal(
	    db_script(db,
		data(u->pool, pool_printf(u->pool, "inbox-%d.sql", version))),
	    0);
	assert_int_equal(db_set_version(db, version), 0);
	u->version = version;
	db_close(db);
	assert_int_equal(inbox_create(u->new), 1);
	*state = u;
	return 0;
}

static int
begin_1(void **state)
{
	return begin(state, 1);
}

static int
begin_2(void **state)
{
	return begin(state, 2);
}

static int
begin_3(void **state)
{
	return begin(state, 3);
}

static int
begin_4(void **state)
{
	return begin(state, 4);
}

static int
begin_5(void **state)
{
	return begin(state, 5);
}

static int
begin_6(void **state)
{
	return begin(state, 6);
}

static int
begin_7(void **state)
{
	return begin(state, 7);
}

static int
end(void **state)
{
	struct upgrade *u = *state;

	pool_free(u->pool);
	free(u->old);
	free(u->new);
	unit_clear(u->dir);
	free(u);
	return 0;
}

/* SQL without comments, and without white space that says nothing. */
static const char *
plain(struct pool *pool, const char *sql)
{
	char *out = pool_copy(pool, sql), *to = out;

	for (const char *s = sql; *s != '\0'; s++) {
		if (s[0] == '-' && s[1] == '-') {
			s += strcspn(s, "\n") - 1;
			continue;
		}
		if (strchr(" \t\n", *s) != NULL) {
			if (to == out || strchr(" (,", to[-1]) != NULL)
				continue;
			*to++ = ' ';
			continue;
		}
		if (strchr("),", *s) != NULL && to > out && to[-1] == ' ')
			to--;
		*to++ = *s;
	}
	*to = '\0';
	return out;
}

static const char *
rows(struct pool *pool, struct db *db, const char *sql)
{
	struct buf b = { .pool = pool };
	struct db_rows *r = db_query(db, sql, DB_NONE);
	int rc;

	while ((rc = db_next(r)) == 1) {
		buf_text(&b, plain(pool, db_col_text(r, 0)));
		buf_text(&b, "\n");
	}
	assert_int_equal(rc, 0);
	db_end(r);
	return buf_end(&b);
}

static const char *
schema(struct pool *pool, struct db *db)
{
	return rows(pool, db,
	    "SELECT type || ' ' || name || ' ' || tbl_name || ' '"
	    " || COALESCE(sql, '') FROM sqlite_schema ORDER BY type, name");
}

/* Of a message and its conversation version 7 has one row, older ones had
 * two. */
static const char two_changes[] =
    "CREATE TEMP VIEW IF NOT EXISTS changes AS SELECT * FROM main.changes"
    " WHERE type <> 'message' UNION ALL SELECT workspace_id, seq - 1,"
    " 'message.created', object_id, conversation_id FROM main.changes"
    " WHERE type = 'message' UNION ALL SELECT workspace_id, seq,"
    " 'conversation.updated', conversation_id, conversation_id"
    " FROM main.changes WHERE type = 'message'";

/* All rows of all tables; of the search only what it finds, since how FTS5
 * lays out its own tables is its own affair, and without what older versions
 * did not note. */
static const char *
contents(struct pool *pool, struct db *db)
{
	const char *all = rows(pool, db,
	    "SELECT 'SELECT ''' || name || ' '' || ' ||"
	    " (SELECT group_concat('quote(' || c.name || ')', ' || '','' || ')"
	    "  FROM pragma_table_xinfo(t.name) AS c"
	    "  WHERE c.name <> 'stored_message_id') ||"
	    " ' FROM ' || name || ' ORDER BY 1' FROM sqlite_schema AS t"
	    " WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
	    " AND name NOT LIKE '%\\_words\\_%' ESCAPE '\\'"
	    " AND name NOT LIKE '%\\_digits\\_%' ESCAPE '\\' ORDER BY name");
	const char *text = "";
	char *save = NULL;

	assert_int_equal(db_script(db, two_changes), 0);
	for (char *sql = strtok_r(pool_copy(pool, all), "\n", &save);
	     sql != NULL; sql = strtok_r(NULL, "\n", &save)) {
		const char *found = rows(pool, db, sql);

		assert_string_not_equal(sql, "");
		text = pool_printf(pool, "%s%s", text, found);
	}
	assert_non_null(strstr(text, "messages 1,"));
	return pool_printf(pool, "%s%s%s%s", text,
	    rows(pool, db,
		"SELECT 'message ' || rowid FROM message_words"
		" WHERE message_words MATCH '\"1.0.doe\"* OR \"1.0.hel\"*'"
		" ORDER BY rowid"),
	    rows(pool, db,
		"SELECT 'name ' || rowid FROM conversation_words"
		" WHERE conversation_words MATCH '\"1.zoe\"' ORDER BY rowid"),
	    rows(pool, db,
		"SELECT 'phone ' || rowid FROM conversation_digits"
		" WHERE conversation_digits MATCH '\"1.555123\"'"
		" ORDER BY rowid"));
}

static void
fill(const char *path, const char *sql)
{
	struct db *db = db_open(path, DB_WRITE, 1000);

	assert_non_null(db);
	assert_int_equal(search_define(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_script(db, sql), 0);
	assert_int_equal(db_commit(db), 0);
	db_close(db);
}

/* A row in every table that the old version has: of inbox-rows.sql, and made up
 * where that has none. */
static const char *
all_rows(struct upgrade *u)
{
	const char *said = data(u->pool, "inbox-rows.sql"), *made;
	struct db *db;

	db = db_open(u->old, DB_WRITE, 1000);
	assert_non_null(db);
	assert_int_equal(search_define(db), 0);
	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_script(db, said), 0);
	made = made_rows(db, u->pool, NULL);
	db_rollback(db);
	db_close(db);
	return pool_printf(u->pool, "%s%s", said, made);
}

/* What the processor does after an upgrade: the words.  How full partitions are
 * is no matter here. */
static void
build_words(const char *path)
{
	struct db *db = fixture_open(path, 1000);
	struct search_progress p;
	int rc;

	assert_int_equal(words_anew(db), 0);
	assert_int_equal(db_prepare_all(db, &search_put_statements), 0);
	assert_int_equal(db_prepare_all(db, &search_index_statements), 0);
	while ((rc = search_rebuild_step(db, SEARCH_PARTITION_ROWS, 1)) == 1)
		;
	assert_int_equal(rc, 0);
	while ((rc = search_index_step(db, SEARCH_PARTITION_ROWS, 1)) == 1)
		;
	assert_int_equal(rc, 0);
	assert_int_equal(search_progress_read(db, 1, &p), 0);
	assert_int_equal(p.whole, 1);
	assert_int_equal(words_anew(db), 0);
	assert_int_equal(db_script(db, "DELETE FROM search_partitions"), 0);
	db_close(db);
}

static void
compare(struct upgrade *u, const char *(*what)(struct pool *, struct db *))
{
	struct db *old = inbox_open(u->old, DB_READ, 1000);
	struct db *new = inbox_open(u->new, DB_READ, 1000);

	assert_non_null(old);
	assert_non_null(new);
	assert_string_equal(what(u->pool, old), what(u->pool, new));
	db_close(old);
	db_close(new);
}

static void
old_plus_steps_is_new(void **state)
{
	struct upgrade *u = *state;

	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	compare(u, schema);
	assert_int_equal(inbox_upgrade(u->old), 0);
}

/* Since 4 whoever writes an error writes its code beside it. */
static const char *
with_code(struct pool *pool, const char *all)
{
	const char *at = strstr(all, "error = '{\"code\":131047,");

	assert_non_null(at);
	return pool_printf(
	    pool, "%.*serror_code = 131047, %s", (int)(at - all), all, at);
}

/* ALL, less the rows of tables that version 5 has no more. */
static const char *
still_there(struct pool *pool, const char *all)
{
	static const char *const gone[] = { "INSERT INTO message_words_later(",
		"INSERT INTO search_state(", "INSERT INTO search_counted(" };

	for (size_t i = 0; i < sizeof(gone) / sizeof(gone[0]); i++) {
		const char *at = strstr(all, gone[i]);

		if (at != NULL)
			all = pool_printf(pool, "%.*s%s", (int)(at - all), all,
			    strchr(at, ';') + 1);
	}
	return all;
}

static const char no_sightings[] =
    "DELETE FROM sightings; DELETE FROM identity_changes;"
    "DELETE FROM sqlite_sequence WHERE name = 'sightings'";

static const char no_words_to_come[] =
    "UPDATE search_indexed SET from_id = 0, began_id = 0, began_at = NULL;"
    "DELETE FROM search_partitions; DELETE FROM search_stale";

/* Until 7 nobody noted, and told, that a failed answer is none; who has read is
 * not asked. */
static const char read_waits[] =
    "UPDATE conversations SET unanswered_since = NULL WHERE is_read = 1;"
    "DELETE FROM changes";

/* Until 8 nobody said what he had seen: all that was there. */
static const char all_is_seen[] =
    "DROP TRIGGER change_seen_all;"
    "UPDATE member_marks SET seen_id = (SELECT MAX(id) FROM messages)";

static void
rows_are_kept_and_completed(void **state)
{
	struct upgrade *u = *state;
	const char *all = all_rows(u), *coded = with_code(u->pool, all);

	fill(u->old, u->version < 4 ? all : coded);
	/* until 4 each row had a copy of what goes out */
	if (u->version < 4)
		fill(u->old, "UPDATE outbox SET request = '{}'");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	/* what_was_known_of_customers_stays_known looks at these */
	fill(u->old, no_sightings);
	/* until 6 nobody was told of workspace events */
	if (u->version < 6) {
		fill(u->old, "DROP TRIGGER change_workspace_event");
		fill(u->new, "DROP TRIGGER change_workspace_event");
	}
	/* until 7 nobody was told of templates */
	if (u->version < 7) {
		fill(u->old, "DROP TRIGGER change_template_new");
		fill(u->new, "DROP TRIGGER change_template_new");
	}
	fill(u->new, still_there(u->pool, coded));
	fill(u->new, no_sightings);
	/* made up: since 4 no index is being built, nor a batch under way */
	if (u->version >= 4) {
		fill(u->old, no_words_to_come);
		fill(u->new, no_words_to_come);
	}
	/* before 3 nobody who stored an edit of what is not there noted that */
	if (u->version < 3)
		fill(u->new,
		    "INSERT INTO unmatched(number_id, wamid, seen_at, bare)"
		    " VALUES (1, 'wamid.Z', 1102, 0)");
	if (u->version < 7) {
		fill(u->old, read_waits);
		fill(u->new, read_waits);
	}
	fill(u->old, all_is_seen);
	fill(u->new, all_is_seen);
	build_words(u->old);
	build_words(u->new);
	compare(u, contents);
	compare(u, schema);
	fill(u->old, later);
	fill(u->new, later);
	build_words(u->old);
	build_words(u->new);
	compare(u, contents);
}

/* What came by itself: with whom the workspace has spoken is its, the rest
 * waits; so does again what has died of waiting. */
static void
numbers_are_whose_they_were(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	fill(u->old, data(u->pool, "inbox-rows.sql"));
	fill(u->old,
	    "UPDATE numbers SET registered = 0;"
	    "INSERT INTO numbers(workspace_id, phone_number_id, registered,"
	    " created_at) VALUES (1, '300', 0, 1);"
	    "INSERT INTO message_statuses(workspace_id, number_id, wamid,"
	    " status, at) VALUES (1, 3, 'x', 'sent', 1);"
	    "DELETE FROM held;"
	    "INSERT INTO held(node, delivery_id, state, reason, attempts,"
	    " due_at, updated_at) VALUES ('n', 1, 'dead',"
	    " 'number 999 is not registered', 8, 5, 7), ('n', 2, 'dead',"
	    " 'not JSON', 1, 5, 7);");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT phone_number_id || ' ' || workspace_id || ' ' ||"
		" registered FROM numbers ORDER BY id"),
	    "100 1 1\n200 2 1\n");
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT state || ' ' || attempts || ' ' || due_at || ' ' ||"
		" COALESCE(waits_for, '-') FROM held ORDER BY delivery_id"),
	    "deferred 0 7 number 999\ndead 1 5 -\n");
	assert_string_equal(rows(u->pool, db,
				"SELECT 'parked ' || count(*)"
				" FROM message_statuses WHERE number_id = 3"),
	    "parked 0\n");
	db_close(db);
}

/* Two customers of version 2: one with two accounts and two user ids, which
 * lead to one conversation, and one with an account and a dialled number. */
static void
what_was_known_of_customers_stays_known(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	fill(u->old,
	    "INSERT INTO workspaces(id, name, created_at) VALUES (1, 'a', 1);"
	    "INSERT INTO numbers(id, workspace_id, phone_number_id,"
	    " waba_id, created_at) VALUES (1, 1, '100', 'waba', 1);"
	    "INSERT INTO identities VALUES"
	    " (1, 1, 'wa_id', '4901', 1, 5),"
	    " (1, 1, 'wa_id', '4902', 1, 5),"
	    " (1, 1, 'user_id', 'DE.1', 1, 5),"
	    " (1, 1, 'user_id', 'DE.2', 1, 5),"
	    " (1, 1, 'wa_id', '551187654321', 2, 5),"
	    " (1, 1, 'alias', '5511987654321', 2, 5),"
	    " (1, 1, 'alias', '4901', 1, 5)");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT account || ' ' || user_id || ' ' || portfolio || ' '"
		" || first_at FROM sightings ORDER BY 1"),
	    "DE.1 waba 0\nDE.2 waba 0\n4901 DE.1 waba 0\n"
	    "4902 DE.1 waba 0\n551187654321 0\n");
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT user_id || ' ' || new_user_id || ' ' || portfolio"
		" FROM identity_changes"),
	    "DE.1 DE.2 waba\n");
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT value || ' ' || COALESCE(account, '-')"
		" FROM identities WHERE kind = 'alias' ORDER BY 1"),
	    "4901 -\n5511987654321 551187654321\n");
	db_close(db);
}

/* Until 7 what a customer chose was a workspace event only. */
static void
what_was_chosen_before_counts(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	fill(u->old,
	    "INSERT INTO workspaces(id, name, created_at) VALUES (1, 'a', 1);"
	    "INSERT INTO numbers(id, workspace_id, phone_number_id,"
	    " created_at) VALUES (1, 1, '100', 1);"
	    "INSERT INTO conversations(id, workspace_id, number_id, created_at,"
	    " updated_at) VALUES (1, 1, 1, 1, 1), (2, 1, 1, 1, 1),"
	    " (3, 1, 1, 1, 1);"
	    "INSERT INTO identities VALUES"
	    " (1, 1, 'wa_id', '4901', 0, 1, 5, NULL),"
	    " (1, 1, 'wa_id', '4901', 100, 2, 5, NULL),"
	    " (1, 1, 'user_id', 'DE.3', 0, 3, 5, NULL);"
	    "INSERT INTO workspace_events(workspace_id, number_id, field, at,"
	    " raw, hash, created_at) SELECT 1, 1, 'user_preferences',"
	    " json_extract(value, '$.at'), json_patch(value,"
	    " '{\"category\":\"marketing_messages\"}'), CAST(value AS BLOB), 1"
	    " FROM json_each('["
	    "{\"at\":50,\"wa_id\":\"4901\",\"value\":\"stop\"},"
	    "{\"at\":150,\"wa_id\":\"+4901\",\"value\":\"stop\"},"
	    "{\"at\":160,\"wa_id\":\"4901\",\"value\":\"resume\"},"
	    "{\"at\":70,\"wa_id\":\"4901\",\"user_id\":\"DE.3\","
	    " \"value\":\"stop\"},"
	    "{\"at\":80,\"wa_id\":\"4901\",\"value\":\"tomorrow\"},"
	    "{\"at\":90,\"wa_id\":\"4999\",\"value\":\"stop\"}]')");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT id || ' ' || marketing || ' ' || marketing_at || ' '"
		" || marketing_source FROM conversations ORDER BY id"),
	    "1 stopped 50 user_preferences\n2 allowed 160 user_preferences\n"
	    "3 stopped 70 user_preferences\n");
	db_close(db);
}

/* … and so was what the phone's address book said. */
static void
what_the_phone_said_before_counts(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	fill(u->old,
	    "INSERT INTO workspaces(id, name, created_at) VALUES (1, 'a', 1);"
	    "INSERT INTO numbers(id, workspace_id, phone_number_id,"
	    " created_at) VALUES (1, 1, '100', 1);"
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " created_at, updated_at) VALUES (1, 1, 1, '+493020002', 1, 1),"
	    " (2, 1, 1, '+493020003', 1, 1), (3, 1, 1, '+493020004', 1, 1);"
	    "INSERT INTO workspace_events(workspace_id, number_id, field, at,"
	    " raw, hash, created_at) SELECT 1, 1, 'smb_app_state_sync',"
	    " json_extract(value, '$.at'), value, CAST(value AS BLOB), 1"
	    " FROM json_each('["
	    "{\"at\":5,\"type\":\"contact\",\"action\":\"add\",\"contact\":"
	    "{\"phone_number\":\"493020002\",\"full_name\":\"Rita\"}},"
	    "{\"at\":4,\"type\":\"contact\",\"action\":\"remove\","
	    "\"contact\":{\"phone_number\":\"493020002\"}},"
	    "{\"at\":5,\"type\":\"contact\",\"action\":\"add\",\"contact\":"
	    "{\"phone_number\":\"+49 302-0003\",\"first_name\":\"Otto\"}},"
	    "{\"at\":5,\"type\":\"contact\",\"action\":\"add\",\"contact\":"
	    "{\"phone_number\":\"493020004\",\"full_name\":\"Gone\"}},"
	    "{\"at\":6,\"type\":\"contact\",\"action\":\"remove\","
	    "\"contact\":{\"phone_number\":\"493020004\"}},"
	    "{\"at\":5,\"type\":\"contact\",\"action\":\"add\",\"contact\":"
	    "{\"phone_number\":\"none\",\"full_name\":\"Nobody\"}},"
	    "{\"at\":5,\"type\":\"contact\",\"contact\":[]}]');"
	    "INSERT INTO workspace_events(workspace_id, number_id, field, at,"
	    " raw, hash, created_at) VALUES (1, 1, 'smb_app_state_sync', 1,"
	    " 'no JSON', x'01', 1), (1, 1, 'user_preferences', 1, 'none',"
	    " x'02', 1)");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT id || ' ' || COALESCE(phone_book_name, '-')"
		" FROM conversations ORDER BY id"),
	    "1 Rita\n2 Otto\n3 -\n");
	assert_string_equal(
	    rows(u->pool, db, "SELECT COUNT(*) || '' FROM phone_book"), "3\n");
	db_close(db);
}

/* Version 4 has the code of an error in a column; before it stood in words. */
static void
codes_are_taken_out_of_words(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	fill(u->old, data(u->pool, "inbox-rows.sql"));
	fill(u->old,
	    "UPDATE messages SET error = CASE id WHEN 1 THEN '{\"code\":\"7\"}'"
	    " WHEN 3 THEN 'not JSON' WHEN 4 THEN '{\"code\":0}' ELSE error END;"
	    "UPDATE message_statuses SET error = "
	    "'{\"title\":\"t\",\"code\":9}';"
	    "UPDATE outbox SET reason = CASE message_id"
	    " WHEN 901 THEN '131056 Pair' WHEN 902 THEN 'HTTP 500'"
	    " WHEN 2 THEN '131047 Closed' END");
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT id || ' ' || COALESCE(error_code, '-') FROM messages"
		" ORDER BY id"),
	    "1 7\n2 131047\n3 -\n4 -\n");
	assert_string_equal(
	    rows(u->pool, db, "SELECT error_code FROM message_statuses"),
	    "9\n");
	assert_string_equal(
	    rows(u->pool, db,
		"SELECT message_id || ' ' || COALESCE(error_code, '-')"
		" FROM outbox WHERE message_id < 903 ORDER BY 1"),
	    "2 131047\n901 131056\n902 -\n");
	db_close(db);
}

static void
every_table_has_a_row(void **state)
{
	struct upgrade *u = *state;
	struct db *db;
	char *save = NULL, *name;
	int64_t n;

	fill(u->old, all_rows(u));
	db = db_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	name = pool_copy(
	    u->pool, rows(u->pool, db,
			 "SELECT name FROM sqlite_schema WHERE type = 'table'"
			 " AND name NOT LIKE '%\\_config' ESCAPE '\\'"
			 /* has one within a transaction only */
			 " AND name <> 'message_words_later'"));
	for (name = strtok_r(name, "\n", &save); name != NULL;
	     name = strtok_r(NULL, "\n", &save)) {
		n = 0;
		assert_int_equal(
		    db_get_int(db,
			pool_printf(u->pool, "SELECT COUNT(*) FROM %s", name),
			DB_NONE, &n),
		    1);
		if (n == 0)
			fail_msg("%s: no row is put there", name);
	}
	db_close(db);
}

static void
old_version_is_refused_until_then(void **state)
{
	struct upgrade *u = *state;
	struct db *db;

	assert_null(inbox_open(u->old, DB_READ, 1000));
	assert_int_equal(inbox_upgrade(u->old), INBOX_VERSION - u->version);
	db = inbox_open(u->old, DB_READ, 1000);
	assert_non_null(db);
	db_close(db);
}

static void
failed_step_changes_nothing(void **state)
{
	struct upgrade *u = *state;
	struct db *db;
	int version = 0;

	fill(u->old, "ALTER TABLE conversations ADD COLUMN window_ends TEXT");
	assert_int_equal(inbox_upgrade(u->old), -1);
	db = db_open(u->old, DB_READ, 1000);
	assert_int_equal(db_version(db, &version), 0);
	assert_int_equal(version, 1);
	db_close(db);
}

#define FROM(test, version)                                                    \
	{                                                                      \
#test " from version " #version, test, begin_##version, end,   \
		    NULL                                                       \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		FROM(old_plus_steps_is_new, 1),
		FROM(old_plus_steps_is_new, 2),
		FROM(old_plus_steps_is_new, 3),
		FROM(old_plus_steps_is_new, 4),
		FROM(old_plus_steps_is_new, 5),
		FROM(old_plus_steps_is_new, 6),
		FROM(old_plus_steps_is_new, 7),
		FROM(rows_are_kept_and_completed, 1),
		FROM(rows_are_kept_and_completed, 2),
		FROM(rows_are_kept_and_completed, 3),
		FROM(rows_are_kept_and_completed, 4),
		FROM(rows_are_kept_and_completed, 5),
		FROM(rows_are_kept_and_completed, 6),
		FROM(rows_are_kept_and_completed, 7),
		FROM(numbers_are_whose_they_were, 2),
		FROM(what_was_known_of_customers_stays_known, 2),
		FROM(codes_are_taken_out_of_words, 3),
		FROM(what_was_chosen_before_counts, 6),
		FROM(what_the_phone_said_before_counts, 6),
		FROM(every_table_has_a_row, 1),
		FROM(old_version_is_refused_until_then, 1),
		FROM(old_version_is_refused_until_then, 2),
		FROM(old_version_is_refused_until_then, 3),
		FROM(old_version_is_refused_until_then, 4),
		FROM(old_version_is_refused_until_then, 5),
		FROM(old_version_is_refused_until_then, 6),
		FROM(old_version_is_refused_until_then, 7),
		FROM(failed_step_changes_nothing, 1),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
