/*
 * Hostile SQL on a member's connection sees nothing of another workspace and
 * changes nothing but what a member may.
 */
#include "fixture.h"

#include "base/buf.h"

#include "lib/sql/sqlite.h"

#include "session/session.h"
#include "session/session_db.h"

/* Statements that are refused, whoever is served. */
static const char *const refused[] = {
	"SELECT * FROM conversations",
	"SELECT * FROM main.conversations WHERE workspace_id = 1",
	"SELECT count(*) FROM messages",
	"SELECT 1 FROM contacts",
	"SELECT token FROM api_tokens",
	"SELECT hash FROM api_tokens",
	"SELECT * FROM users",
	"SELECT * FROM workspaces",
	"SELECT * FROM workspace_members",
	"SELECT * FROM outbox",
	"SELECT * FROM changes",
	"SELECT * FROM change_marks",
	"SELECT * FROM tickets",
	"DELETE FROM tickets",
	"SELECT * FROM workspace_events",
	"SELECT * FROM held",
	"SELECT * FROM sqlite_master",
	"SELECT * FROM sqlite_schema",
	"SELECT * FROM sqlite_temp_master",
	"SELECT * FROM sqlite_temp_schema",
	"SELECT * FROM my_contacts UNION SELECT * FROM contacts",
	"SELECT (SELECT name FROM contacts WHERE id = 100)",
	"SELECT id FROM my_contacts WHERE EXISTS (SELECT 1 FROM contacts"
	" WHERE name LIKE '%SECRET%')",
	"SELECT * FROM (SELECT * FROM contacts) AS my_contacts",
	"WITH x AS (SELECT * FROM contacts) SELECT * FROM x",
	"WITH RECURSIVE x(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM x"
	" WHERE n < 5) SELECT name FROM x JOIN contacts ON id = n",
	"SELECT * FROM my_contacts JOIN contacts USING (id)",
	"SELECT * FROM my_contacts c, contacts d",
	"SELECT * FROM message_words",
	"SELECT rowid FROM message_words WHERE message_words MATCH 'secret'",
	"SELECT * FROM message_words('secret')",
	"SELECT * FROM message_words_data",
	"SELECT * FROM message_words_idx",
	"SELECT * FROM message_words_docsize",
	"SELECT * FROM contact_words_content",
	"SELECT highlight(message_words, 0, '<', '>') FROM message_words",
	"SELECT snippet(my_message_words, 0, '', '', '', 9) FROM"
	" my_message_words WHERE words MATCH 'secret'",
	"SELECT * FROM fts5vocab('main', 'message_words', 'row')",
	"CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, message_words,"
	" 'instance')",
	"SELECT * FROM dbstat",
	"SELECT * FROM json_each('[1]')",
	"SELECT * FROM json_each((SELECT json_group_array(name) FROM"
	" contacts))",
	"SELECT * FROM pragma_table_info('contacts')",
	"SELECT * FROM pragma_database_list",
	"SELECT * FROM sqlite_stmt",
	"PRAGMA writable_schema = ON",
	"PRAGMA table_info(contacts)",
	"PRAGMA data_version",
	"PRAGMA trusted_schema = ON",
	"ATTACH ':memory:' AS other",
	"DETACH main",
	"VACUUM INTO '/tmp/waspool-stolen.db'",
	"VACUUM",
	"REINDEX",
	"ANALYZE",
	"DROP TABLE contacts",
	"DROP VIEW my_contacts",
	"DROP TRIGGER my_contact_changed",
	"ALTER TABLE contacts RENAME TO c",
	"CREATE TABLE t(a)",
	"CREATE TEMP TABLE t AS SELECT * FROM contacts",
	"CREATE TEMP VIEW my_all AS SELECT * FROM contacts",
	"CREATE VIEW my_all AS SELECT * FROM contacts",
	"CREATE TEMP TRIGGER my_t INSTEAD OF UPDATE ON my_contacts BEGIN"
	" DELETE FROM contacts; END",
	"CREATE TRIGGER t AFTER INSERT ON contacts BEGIN SELECT 1; END",
	"CREATE INDEX i ON contacts(name)",
	"UPDATE contacts SET name = 'x'",
	"UPDATE main.contacts SET name = 'x' WHERE workspace_id = 1",
	"DELETE FROM contacts",
	"DELETE FROM conversations",
	"INSERT INTO contacts SELECT * FROM my_contacts",
	"INSERT INTO messages(workspace_id) VALUES (1)",
	"INSERT INTO api_tokens SELECT 9, 100, 100, x'00', 'x', 1, NULL, NULL,"
	" NULL, 'session', 1, NULL",
	"UPDATE api_tokens SET workspace_id = 1",
	"UPDATE workspace_members SET role = 'owner'",
	"INSERT INTO workspace_members VALUES (100, 1, 'owner', 1)",
	"UPDATE sqlite_master SET sql = ''",
	"INSERT INTO message_words(message_words) VALUES ('delete-all')",
	"DELETE FROM message_words_data",
	"REPLACE INTO message_words_config VALUES ('version', 5)",
	"UPDATE my_contacts SET id = 100",
	"UPDATE my_conversations SET phone = '+1'",
	"UPDATE my_messages SET content = '{}'",
	"DELETE FROM my_messages",
	"DELETE FROM my_conversations",
	"UPDATE my_members SET role = 'owner'",
	"DELETE FROM my_idempotency_keys",
	"SELECT load_extension('x')",
	"SELECT fts3_tokenizer('x')",
	"SELECT fts5(1)",
	"SELECT randomblob(1000000000)",
	"SELECT sqlite_compileoption_get(1)",
	"EXPLAIN SELECT * FROM contacts",
	"EXPLAIN QUERY PLAN SELECT * FROM contacts",
};

/* What begins with my_ and is none of session.sql: somebody planted it
 * in the file, or a statement says so of itself. */
static const char planted[] =
    "CREATE TABLE my_planted(a);"
    "INSERT INTO my_planted VALUES ('SECRET');"
    "CREATE VIEW my_seen AS SELECT name AS a FROM contacts;"
    "CREATE TABLE my_contacts(id, name);"
    "INSERT INTO my_contacts VALUES (100, 'SECRET');"
    "CREATE TRIGGER my_planted_new AFTER INSERT ON my_planted"
    " BEGIN UPDATE contacts SET name = 'x'; END;";

static const char *const not_ours[] = {
	"SELECT * FROM my_planted",
	"SELECT 1 FROM my_planted",
	"SELECT count(*) FROM my_planted",
	"SELECT a FROM main.my_planted",
	"SELECT a FROM \"my_planted\"",
	"SELECT a FROM [MY_PLANTED]",
	"SELECT a FROM `My_Planted`",
	"SELECT a FROM my_seen",
	"SELECT 1 FROM my_seen",
	"SELECT a FROM main.my_seen",
	"SELECT name FROM main.my_contacts",
	"SELECT name FROM main.\"MY_CONTACTS\"",
	"SELECT (SELECT a FROM my_planted) FROM my_tags",
	"SELECT name FROM my_contacts UNION SELECT a FROM my_planted",
	"INSERT INTO my_planted VALUES ('x')",
	"INSERT INTO main.my_contacts VALUES (1, 'x')",
	"UPDATE my_planted SET a = 'x'",
	"UPDATE main.my_contacts SET name = 'x'",
	"DELETE FROM my_planted",
	"DELETE FROM main.my_contacts",
	"WITH my_nothing AS (SELECT name FROM contacts)"
	" SELECT * FROM my_nothing",
	"WITH \"MY_Nothing\" AS (SELECT name FROM contacts)"
	" SELECT * FROM \"MY_Nothing\"",
	"WITH [my_planted] AS (SELECT name FROM contacts)"
	" SELECT * FROM [my_planted]",
	"WITH my_seen AS (SELECT name FROM contacts) SELECT * FROM my_seen",
	"WITH my_planted_new AS (SELECT name FROM contacts)"
	" SELECT * FROM my_planted_new",
	"WITH files_upload AS (SELECT name FROM contacts)"
	" SELECT * FROM files_upload",
	"SELECT * FROM (WITH my_nothing AS (SELECT name FROM contacts)"
	" SELECT * FROM my_nothing)",
	"INSERT INTO my_tags(name, created_at) WITH my_nothing AS"
	" (SELECT name FROM contacts) SELECT name, 1 FROM my_nothing",
	"WITH RECURSIVE my_nothing(name) AS (SELECT name FROM contacts UNION"
	" SELECT name FROM my_nothing) SELECT * FROM my_nothing",
	"SELECT my_contacts.name FROM contacts AS my_contacts",
	"SELECT my_nothing.name FROM contacts my_nothing",
	"SELECT my_nothing.name FROM (SELECT name FROM contacts) my_nothing",
	"SELECT * FROM (SELECT * FROM (SELECT name FROM contacts) my_tags)"
	" my_contacts",
	"UPDATE contacts AS my_contacts SET name = 'x'",
	"DELETE FROM contacts AS my_contacts",
	"INSERT INTO contacts AS my_contacts(workspace_id, phone) VALUES"
	" (100, '+1')",
	"INSERT INTO my_tags(name, created_at) VALUES ('x', 1)"
	" RETURNING (SELECT hash FROM api_tokens)",
	"UPDATE my_tags SET name = (SELECT a FROM my_planted)",
	"INSERT INTO my_tags(name, created_at) SELECT a, 1 FROM my_planted",
	"ATTACH ':memory:' AS my_contacts",
	"ATTACH ':memory:' AS my_other",
	"SELECT count(*) FROM my_contacts, my_planted",
	"SELECT name FROM my_contacts ORDER BY (SELECT a FROM my_planted)",
	"CREATE TEMP VIEW my_nothing AS SELECT * FROM contacts",
	"CREATE TEMP TABLE my_nothing(a)",
};

/* SQLite says of these, too, that a view of ours asks: of a common table
 * expression that has its name, and of what stands in an UPDATE or DELETE. */
static const char *const shadows[] = {
	"DELETE FROM my_tags WHERE name = (SELECT name FROM contacts WHERE id"
	" = 100)",
	"DELETE FROM my_tags WHERE EXISTS (SELECT 1 FROM api_tokens)",
	"DELETE FROM my_tags RETURNING (SELECT name FROM contacts)",
	"UPDATE my_tags SET name = 'x' RETURNING (SELECT name FROM contacts)",
	"UPDATE my_tags SET name = (SELECT name FROM \"contacts\" c) FROM"
	" [CONTACTS] d",
	"UPDATE my_tags SET name = 'x' WHERE EXISTS (SELECT 1 FROM 'contacts')",
	"UPDATE my_tags SET name = 'x' WHERE EXISTS (SELECT 1 FROM`contacts`)",
	"UPDATE my_tags SET name = 'x' WHERE EXISTS (SELECT 1 FROM"
	"/**/main.contacts)",
	"DELETE FROM my_tags WHERE EXISTS (SELECT 1 FROM sqlite_schema)",
	"DELETE FROM my_tags WHERE 1 IN main.contacts",
	"UPDATE my_tags SET name = (SELECT name FROM contacts WHERE id = 100)",
	"UPDATE my_tags SET name = 'x' WHERE EXISTS (SELECT 1 FROM contacts)",
	"UPDATE my_tags SET name = c.name FROM contacts c WHERE c.id = 100",
	"UPDATE my_tags SET name = c.name FROM (SELECT name FROM contacts) c",
	"UPDATE my_tags SET (name) = (SELECT name FROM contacts)",
	"INSERT INTO my_tags(name, created_at) SELECT name, 1 FROM contacts",
	"INSERT INTO my_tags(name, created_at) VALUES ((SELECT name FROM"
	" contacts WHERE id = 100), 1)",
	"INSERT INTO my_tags(name, created_at) VALUES ('q', 1) RETURNING"
	" (SELECT name FROM contacts)",
	"SELECT name FROM my_tags WHERE EXISTS (SELECT 1 FROM contacts)",
	"SELECT name, (SELECT name FROM contacts) FROM my_tags",
	"SELECT c.name FROM my_tags t JOIN contacts c ON c.id = t.id",
	"SELECT t.name FROM my_tags t JOIN my_contacts c ON (SELECT 1 FROM"
	" contacts)",
	"SELECT id FROM my_message_words WHERE words MATCH (SELECT name FROM"
	" contacts)",
	"WITH my_contacts AS (SELECT * FROM contacts)"
	" SELECT * FROM my_contacts",
	"with my_contacts as (SELECT * FROM contacts)"
	" SELECT * FROM my_contacts",
	"/* */WITH/**/my_contacts AS (SELECT name FROM contacts)"
	" SELECT * FROM my_contacts",
	"-- 'quoted\nWITH my_contacts AS (SELECT name FROM contacts)"
	" SELECT * FROM my_contacts",
	"WITH change_contact AS (SELECT * FROM contacts)"
	" SELECT * FROM change_contact",
	"SELECT 'it''s', (WITH my_tags AS (SELECT name FROM contacts)"
	" SELECT name FROM my_tags WHERE name LIKE '%SECRET%')",
	"INSERT INTO my_tags(name, created_at) WITH my_contacts AS"
	" (SELECT name FROM contacts) SELECT name, 1 FROM my_contacts",
	"EXPLAIN WITH my_contacts AS (SELECT * FROM contacts)"
	" SELECT * FROM my_contacts",
};

static void
connect_anew(struct fixture *fx)
{
	session_close(fx->member);
	fx->member = session_open(fx->path, 1000);
	assert_non_null(fx->member);
	fx->member_db = session_db(fx->member);
	session_serve(fx->member, 1, 1);
}

/*
 * On a connection of its own: one that was refused may leave the schema to be
 * read anew, and then SQLite 3.40 refuses whatever meets FTS5, for that alone.
 */
static void
is_refused(struct fixture *fx, const char *statement)
{
	char *text = NULL;

	connect_anew(fx);
	if (sqlite_try(fx->member_db, fx->pool, statement, &text) == 0)
		fail_msg("taken: %s\n%s", statement, text);
	if (strstr(text, "SECRET") != NULL || strstr(text, "zoe@") != NULL)
		fail_msg("seen: %s\n%s", statement, text);
}

static void
sees_nothing(struct fixture *fx, const char *statement)
{
	char *text = NULL;

	sqlite_try(fx->member_db, fx->pool, statement, &text);
	if (strstr(text, "SECRET") != NULL || strstr(text, "secret") != NULL ||
	    strstr(text, "100|") != NULL || strstr(text, "zoe@") != NULL)
		fail_msg("seen: %s\n%s", statement, text);
}

static void
hostile_sql_is_refused(void **state)
{
	struct fixture *fx = *state;

	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		is_refused(fx, refused[i]);
	assert_int_equal(access("/tmp/waspool-stolen.db", F_OK), -1);
}

static void
is_not_authorized(struct fixture *fx, const char *statement)
{
	char *text = NULL;

	is_refused(fx, statement);
	connect_anew(fx);
	sqlite_try(fx->member_db, fx->pool, statement, &text);
	if (strstr(text, "authorized") == NULL &&
	    strstr(text, "prohibited") == NULL)
		fail_msg("for another reason: %s\n%s", statement, text);
}

static void
names_like_ours_are_not_ours(void **state)
{
	struct fixture *fx = *state;
	size_t i;

	fixture_do(fx, planted);
	for (i = 0; i < sizeof(not_ours) / sizeof(not_ours[0]); i++)
		is_not_authorized(fx, not_ours[i]);
	for (i = 0; i < sizeof(shadows) / sizeof(shadows[0]); i++)
		is_not_authorized(fx, shadows[i]);
}

static const char *const everything[] = {
	"SELECT * FROM my_accounts",
	"SELECT * FROM my_contacts",
	"SELECT * FROM my_contact_tags",
	"SELECT * FROM my_contact_fields",
	"SELECT * FROM my_contact_values",
	"SELECT * FROM my_conversations",
	"SELECT * FROM my_idempotency_keys",
	"SELECT * FROM my_media",
	"SELECT * FROM my_members",
	"SELECT * FROM my_messages",
	"SELECT * FROM my_numbers",
	"SELECT * FROM my_reactions",
	"SELECT * FROM my_patches",
	"SELECT * FROM my_statuses",
	"SELECT * FROM my_tags",
	"SELECT * FROM my_counters",
	"SELECT * FROM my_window_hours",
	"SELECT * FROM my_changes",
	"SELECT * FROM my_tickets",
	"SELECT * FROM my_contacts WHERE id = 100 OR 1 = 1",
	"SELECT * FROM my_conversations WHERE id IN (1, 100)",
	"SELECT * FROM my_conversations WHERE workspace_id = 100",
	"SELECT * FROM my_contacts UNION ALL SELECT * FROM my_contacts",
	"WITH x AS (SELECT * FROM my_contacts) SELECT * FROM x",
	"SELECT * FROM my_members m LEFT JOIN my_contacts c ON 1 = 1",
	"SELECT id FROM my_message_words WHERE words MATCH '\"1.0.colour\"'",
	/* The other workspace's, which are there: 100 is 2s in base 36. */
	"SELECT id FROM my_message_words WHERE words MATCH '\"2s.0.secret\"'",
	"SELECT id FROM my_message_words WHERE words MATCH '\"2s.\"*'",
	"SELECT id FROM my_contact_words WHERE words MATCH '\"2s.\"*'",
	"SELECT id FROM my_contact_digits WHERE words MATCH '\"2s.4915\"*'",
	"SELECT id FROM my_conversation_words WHERE words MATCH"
	" '\"2s.secret\"'",
	"SELECT id FROM my_conversation_digits WHERE words MATCH"
	" '\"2s.442\"*'",
	"SELECT * FROM my_search_partitions",
};

static void
views_show_one_workspace(void **state)
{
	struct fixture *fx = *state;
	char *text = NULL;

	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]); i++)
		sees_nothing(fx, everything[i]);
	assert_int_equal(sqlite_try(fx->member_db, fx->pool,
			     "SELECT name FROM my_contacts ORDER BY id", &text),
	    0);
	assert_string_equal(text, "Sheena Nelson|\nJörg Groß|\n");
	assert_int_equal(sqlite_try(fx->member_db, fx->pool,
			     "SELECT count(id) FROM my_messages", &text),
	    0);
	assert_string_equal(text, "4|\n");
	assert_int_equal(sqlite_try(fx->member_db, fx->pool,
			     "SELECT id FROM"
			     " my_message_words WHERE words MATCH"
			     " '\"1.0.colour\"'",
			     &text),
	    0);
	assert_string_equal(text, "2|\n");
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM message_words"
			    " WHERE message_words MATCH '\"2s.0.secret\"'"),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM contact_digits"
			    " WHERE contact_digits MATCH '\"2s.4915\"*'"),
	    1);
}

static void
nobody_sees_nothing(void **state)
{
	struct fixture *fx = *state;
	char *text = NULL;

	session_serve(fx->member, 0, 0);
	for (size_t i = 0; i < sizeof(everything) / sizeof(everything[0]);
	     i++) {
		sqlite_try(fx->member_db, fx->pool, everything[i], &text);
		if (strchr(text, '|') != NULL)
			fail_msg("seen: %s\n%s", everything[i], text);
	}
}

static void
writes_stay_in_the_workspace(void **state)
{
	static const char *const writes[] = {
		"UPDATE my_contacts SET name = 'x'",
		"UPDATE my_contacts SET name = 'x' WHERE id = 100",
		"DELETE FROM my_contacts WHERE id = 100",
		"DELETE FROM my_tags WHERE id = 100",
		"DELETE FROM my_contact_tags WHERE contact_id = 100",
		"UPDATE my_conversations SET status = 'archived', is_read = 1",
		"UPDATE my_conversations SET contact_id = 100 WHERE id = 4",
		"UPDATE my_conversations SET assigned_to = 100 WHERE id = 4",
		"INSERT INTO my_contact_tags VALUES (100, 1)",
		"INSERT INTO my_contact_tags VALUES (1, 100)",
		"INSERT INTO my_contacts(id, phone, name, created_at,"
		" updated_at) VALUES (100, '+4930', 'x', 1, 1)",
		"INSERT INTO my_tags VALUES (100, 'new', 1)",
		"INSERT INTO my_conversations(id) VALUES (7)",
		"INSERT INTO my_conversations(id, number_id, phone,"
		" created_at) VALUES (7, 100, '+4931', 1)",
		"INSERT INTO my_conversations(id, number_id, phone, contact_id,"
		" created_at) VALUES (100, 1, '+4932', 100, 1)",
	};
	struct fixture *fx = *state;
	char *text = NULL;

	for (size_t i = 0; i < sizeof(writes) / sizeof(writes[0]); i++)
		if (sqlite_try(fx->member_db, fx->pool, writes[i], &text) == -1)
			fail_msg("%s: %s", writes[i], text);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM contacts"
		" WHERE workspace_id = 100 AND name = 'Jörg SECRET'"),
	    1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM"
		" conversations WHERE id = 100 AND status = 'active' AND"
		" is_read = 0 AND contact_id = 100"),
	    1);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM tags"
					 " WHERE workspace_id = 100"),
	    1);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM"
		" contact_tags WHERE contact_id = 100 OR tag_id = 100"),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM"
			    " conversations WHERE workspace_id = 1"
			    " AND (contact_id = 100 OR assigned_to = 100)"),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT archived FROM counters"
					 " WHERE workspace_id = 1"),
	    4);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM contacts"
		" WHERE phone = '+4930' AND workspace_id = 1 AND id <> 100"),
	    1);
	/* Without a number of ours there is none, and no id is chosen. */
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM conversations"
					 " WHERE workspace_id = 1"),
	    5);
	assert_int_equal(
	    fixture_int(fx,
		"SELECT count(*) FROM conversations"
		" WHERE phone = '+4932' AND workspace_id = 1"
		" AND number_id = 1 AND contact_id IS NULL AND id > 100"),
	    1);
}

/* All rows of the tables that say whose each row is. */
static char *
all_of_another(struct fixture *fx)
{
	char *tables, *save = NULL, *rows;
	struct buf out = { .pool = fx->pool };

	assert_int_equal(
	    sqlite_try(fx->db, fx->pool,
		"SELECT m.name FROM sqlite_master m JOIN"
		" pragma_table_info(m.name) c ON c.name = 'workspace_id'"
		" WHERE m.type = 'table' ORDER BY 1",
		&tables),
	    0);
	for (char *t = strtok_r(tables, "|\n", &save); t != NULL;
	     t = strtok_r(NULL, "|\n", &save)) {
		assert_int_equal(
		    sqlite_try(fx->db, fx->pool,
			pool_printf(fx->pool,
			    "SELECT * FROM %s WHERE workspace_id = 100", t),
			&rows),
		    0);
		buf_text(&out, rows);
	}
	return buf_end(&out);
}

/* Each view, each column, whether or not a trigger takes it. */
static void
no_view_writes_to_another(void **state)
{
	struct fixture *fx = *state;
	char *columns, *text, *save = NULL, *before = all_of_another(fx);
	int n = 0, taken = 0;

	sqlite_authorize(fx->member_db, NULL);
	assert_int_equal(
	    sqlite_try(fx->member_db, fx->pool,
		"SELECT 'INSERT INTO ' || v.name || '(' || c.name || ')"
		" VALUES (100)', 'UPDATE ' || v.name || ' SET ' || c.name ||"
		" ' = 100', 'DELETE FROM ' || v.name"
		" FROM sqlite_temp_master v JOIN pragma_table_info(v.name) c"
		" WHERE v.type = 'view'",
		&columns),
	    0);
	connect_anew(fx);
	for (char *s = strtok_r(columns, "|\n", &save); s != NULL;
	     s = strtok_r(NULL, "|\n", &save), n++)
		taken += sqlite_try(fx->member_db, fx->pool, s, &text) == 0;
	assert_true(n > 300 && taken > 30);
	assert_string_equal(before, all_of_another(fx));
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(hostile_sql_is_refused),
		TEST(names_like_ours_are_not_ours),
		TEST(views_show_one_workspace),
		TEST(nobody_sees_nothing),
		TEST(writes_stay_in_the_workspace),
		TEST(no_view_writes_to_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
