/*
 * A member's connection: tokens, the seal, and how statements read.
 */
#include "fixture.h"

#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/message/message_list.h"
#include "inbox/message/wait_reason.h"
#include "inbox/outbox/submit.h"
#include "inbox/search/search.h"
#include "inbox/workspace/member_list.h"

#include "api/resource/route_table.h"

static int complete; /* what the search said last */

static void
is_refused(struct fixture *fx, const char *statement)
{
	char *text = NULL;

	if (sqlite_try(fx->member_db, fx->pool, statement, &text) == 0)
		fail_msg("taken: %s\n%s", statement, text);
	if (strstr(text, "SECRET") != NULL || strstr(text, "zoe@") != NULL)
		fail_msg("seen: %s\n%s", statement, text);
}

static void
sealed_takes_no_new_statement(void **state)
{
	struct fixture *fx = *state;
	int64_t id = 0;

	/* Before, only a name of ours could hide a base table. */
	assert_int_equal(session_seal(fx->member, &route_statements), 0);
	is_refused(fx, "WITH my_contacts AS (SELECT * FROM contacts)"
		       " SELECT * FROM my_contacts");
	is_refused(fx, "SELECT * FROM my_contacts");
	is_refused(fx, "SELECT 1");
	session_rest(fx->member, FIXTURE_NOW * INT64_C(1000));
	is_refused(fx, "SELECT 1");
	is_refused(fx, "SELECT * FROM my_contacts");
	assert_int_equal(contact_find(fx->member, "+16505551234", &id), 1);
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(contact_tag(fx->member, 1, "new", FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->member_db), 0);
}

static void
sealed_survives_a_changed_schema(void **state)
{
	struct fixture *fx = *state;
	struct contact c = { .phone = "+4930111", .name = "New" };
	struct member who;
	int64_t *ids, id;

	assert_int_equal(session_seal(fx->member, &route_statements), 0);
	assert_int_equal(db_script(fx->db, "ANALYZE"), 0);
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(
	    contact_create(fx->member, fx->pool, &c, FIXTURE_NOW, &id), 1);
	assert_int_equal(db_commit(fx->member_db), 0);
	assert_int_equal(db_script(fx->db, "CREATE TABLE later(a)"), 0);
	assert_int_equal(
	    session_sign_in(fx->member, fx->pool, "ann", FIXTURE_NOW, &who), 1);
	assert_int_equal(search_conversations(
			     fx->member, fx->pool, "colour", &ids, &complete),
	    1);
	assert_int_equal(db_script(fx->db, "DROP TABLE later"), 0);
	assert_int_equal(
	    conversation_set_state(fx->member, 1, "closed", 0, FIXTURE_NOW), 0);
	assert_int_equal(fixture_int(fx, "SELECT archived FROM counters"
					 " WHERE workspace_id = 1"),
	    1);
}

static void
token_names_a_member(void **state)
{
	struct fixture *fx = *state;
	struct member who;
	char *text = NULL;

	assert_int_equal(
	    session_sign_in(fx->member, fx->pool, "zoe", FIXTURE_NOW, &who), 1);
	assert_int_equal(who.user_id, 100);
	assert_int_equal(who.workspace_id, 100);
	assert_string_equal(who.name, "Zoe");
	assert_string_equal(who.email, "zoe@other.example");
	assert_string_equal(who.role, "owner");
	assert_string_equal(who.workspace, "Other");
	assert_int_equal(sqlite_try(fx->member_db, fx->pool,
			     "SELECT id FROM my_conversations", &text),
	    0);
	assert_string_equal(text, "100|\n");
	is_refused(fx, "SELECT * FROM api_tokens");
}

static void
bad_tokens_serve_nobody(void **state)
{
	static const char *const bad[] = { "revoked", "wrong", "", "zoe" };
	struct fixture *fx = *state;
	struct member who;
	char *text = NULL;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(session_sign_in(fx->member, fx->pool, bad[i],
				     FIXTURE_NOW + 10, &who),
		    0);
		assert_int_equal(sqlite_try(fx->member_db, fx->pool,
				     "SELECT id FROM my_conversations", &text),
		    0);
		assert_string_equal(text, "");
	}
}

static void
last_use_is_kept_to_the_hour(void **state)
{
	struct fixture *fx = *state;
	struct member who;

	assert_int_equal(session_sign_in(fx->member, fx->pool, "ann",
			     FIXTURE_NOW + 59, &who),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_used_at FROM api_tokens WHERE id = 1"),
	    FIXTURE_NOW);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_used_at FROM api_tokens WHERE id = 2"),
	    0);
	assert_int_equal(session_sign_in(fx->member, fx->pool, "ann",
			     FIXTURE_NOW + 3601, &who),
	    1);
	assert_int_equal(
	    fixture_int(fx, "SELECT last_used_at FROM api_tokens WHERE id = 1"),
	    FIXTURE_NOW + 3600);
}

/* What a line of a plan may say: a view, a page of ids (conversation_list.c,
 * f), a search, and tables of few rows (tests/e2e/test_plans.py says so of
 * all programs). */
static int
may_walk(const char *line)
{
	static const char *const few[] = { "|SCAN my_", "|SCAN f|",
		"|SCAN CONSTANT ROW", "|SCAN w VIRTUAL TABLE INDEX 192:M",
		"|SCAN node_health", "numbers_of_workspace",
		"erasures_of_workspace", "SEARCH workspace_files",
		"SEARCH search_partitions", "uploads_of_workspace",
		"workspace_settings USING PRIMARY KEY" };

	for (size_t i = 0; i < sizeof(few) / sizeof(few[0]); i++)
		if (strstr(line, few[i]) != NULL)
			return 1;
	return 0;
}

/* No statement reads a table from end to end, and no list is sorted. */
static void
does_not_walk(struct fixture *fx, const char *statement)
{
	char *plan = NULL, *line, *rest = NULL;

	assert_int_equal(
	    sqlite_try(fx->member_db, fx->pool,
		pool_printf(fx->pool, "EXPLAIN QUERY PLAN %s", statement),
		&plan),
	    0);
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
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
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
