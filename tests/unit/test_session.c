/*
 * A member's connection: tokens, the seal, and how statements read.
 */
#include "office.h"

#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/conversation_list.h"
#include "inbox/message/message_list.h"
#include "inbox/message/wait_reason.h"
#include "inbox/outbox/submit.h"
#include "inbox/search/search.h"
#include "inbox/workspace/member_list.h"

#include "api/resource/route_table.h"

static void
is_refused(struct office *o, const char *statement)
{
	char *text = NULL;

	if (sqlite_try(o->db, o->pool, statement, &text) == 0)
		fail_msg("taken: %s\n%s", statement, text);
	if (strstr(text, "SECRET") != NULL || strstr(text, "zoe@") != NULL)
		fail_msg("seen: %s\n%s", statement, text);
}

static void
sealed_takes_no_new_statement(void **state)
{
	struct office *o = *state;
	int64_t id = 0;

	/* Before, only a name of ours could hide a base table. */
	assert_int_equal(0, session_seal(o->member, &route_statements));
	is_refused(o, "WITH my_contacts AS (SELECT * FROM contacts)"
		      " SELECT * FROM my_contacts");
	is_refused(o, "SELECT * FROM my_contacts");
	is_refused(o, "SELECT 1");
	assert_int_equal(1, contact_find(o->db, "+16505551234", &id));
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(0, contact_tag(o->db, 1, "new", NOW));
	assert_int_equal(0, db_commit(o->db));
}

static void
sealed_survives_a_changed_schema(void **state)
{
	struct office *o = *state;
	struct contact c = { .phone = "+4930111", .name = "New" };
	struct member who;
	int64_t *ids, id;

	assert_int_equal(0, session_seal(o->member, &route_statements));
	assert_int_equal(0, db_script(o->all, "ANALYZE"));
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(1, contact_create(o->db, o->pool, &c, NOW, &id));
	assert_int_equal(0, db_commit(o->db));
	assert_int_equal(0, db_script(o->all, "CREATE TABLE later(a)"));
	assert_int_equal(
	    1, session_sign_in(o->member, o->pool, "ann", NOW, &who));
	assert_int_equal(
	    1, search_conversations(o->db, o->pool, "colour", &ids));
	assert_int_equal(0, db_script(o->all, "DROP TABLE later"));
	assert_int_equal(0, conversation_set_status(o->db, 1, "archived", NOW));
	assert_int_equal(1, office_number(o, "SELECT archived FROM counters"
					     " WHERE workspace_id = 1"));
}

static void
token_names_a_member(void **state)
{
	struct office *o = *state;
	struct member who;
	char *text = NULL;

	assert_int_equal(
	    1, session_sign_in(o->member, o->pool, "zoe", NOW, &who));
	assert_int_equal(100, who.user_id);
	assert_int_equal(100, who.workspace_id);
	assert_string_equal("Zoe", who.name);
	assert_string_equal("zoe@other.example", who.email);
	assert_string_equal("owner", who.role);
	assert_string_equal("Other", who.workspace);
	assert_int_equal(0, sqlite_try(o->db, o->pool,
				"SELECT id FROM my_conversations", &text));
	assert_string_equal("100|\n", text);
	is_refused(o, "SELECT * FROM api_tokens");
}

static void
bad_tokens_serve_nobody(void **state)
{
	static const char *const bad[] = { "revoked", "wrong", "", "zoe" };
	struct office *o = *state;
	struct member who;
	char *text = NULL;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(0, session_sign_in(o->member, o->pool, bad[i],
					NOW + 10, &who));
		assert_int_equal(
		    0, sqlite_try(o->db, o->pool,
			   "SELECT id FROM my_conversations", &text));
		assert_string_equal("", text);
	}
}

static void
last_use_is_kept_to_the_hour(void **state)
{
	struct office *o = *state;
	struct member who;

	assert_int_equal(
	    1, session_sign_in(o->member, o->pool, "ann", NOW + 59, &who));
	assert_int_equal(
	    NOW, office_number(
		     o, "SELECT last_used_at FROM api_tokens WHERE id = 1"));
	assert_int_equal(
	    0, office_number(
		   o, "SELECT last_used_at FROM api_tokens WHERE id = 2"));
	assert_int_equal(
	    1, session_sign_in(o->member, o->pool, "ann", NOW + 3601, &who));
	assert_int_equal(NOW + 3600,
	    office_number(
		o, "SELECT last_used_at FROM api_tokens WHERE id = 1"));
}

/* What a line of a plan may say: a view, a search, and tables of few rows
 * (tests/e2e/test_plans.py says so of all programs). */
static int
may_walk(const char *line)
{
	static const char *const few[] = { "|SCAN my_", "|SCAN CONSTANT ROW",
		"|SCAN w VIRTUAL TABLE INDEX 192:M", "|SCAN node_health",
		"numbers_of_workspace", "erasures_of_workspace",
		"SEARCH workspace_files", "uploads_of_workspace" };

	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++)
		if (strstr(line, few[i]) != NULL)
			return 1;
	return 0;
}

/* No statement reads a table from end to end, and no list is sorted. */
static void
does_not_walk(struct office *o, const char *statement)
{
	char *plan = NULL, *line, *rest = NULL;

	assert_int_equal(
	    0, sqlite_try(o->db, o->pool,
		   pool_printf(o->pool, "EXPLAIN QUERY PLAN %s", statement),
		   &plan));
	for (line = strtok_r(plan, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest))
		if (strstr(line, "TEMP B-TREE FOR") != NULL ||
		    ((strstr(line, "|SCAN ") != NULL ||
			 strstr(line, "(workspace_id=?)") != NULL) &&
			!may_walk(line)))
			fail_msg("%s\n%s", statement, line);
}

static void
no_statement_scans(void **state)
{
	const struct statements *const *all = route_statements.also;

	for (; *all != NULL; all++)
		for (size_t k = 0; k < (*all)->n; k++)
			does_not_walk(*state, (*all)->sql[k]);
}

int
main(void)
{
#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)
	const struct CMUnitTest tests[] = {
		TEST(sealed_takes_no_new_statement),
		TEST(sealed_survives_a_changed_schema),
		TEST(token_names_a_member),
		TEST(bad_tokens_serve_nobody),
		TEST(last_use_is_kept_to_the_hour),
		TEST(no_statement_scans),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
