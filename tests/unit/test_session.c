/*
 * A member's connection: tokens, the seal, and how statements read.
 */
#include "office.h"

#include "inbox/contact/contact.h"
#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/conversation_list.h"
#include "inbox/message/message_list.h"
#include "inbox/message/wait_reason.h"
#include "inbox/outbox/submit.h"
#include "inbox/search/search.h"
#include "inbox/workspace/member_list.h"

#include "api/idempotency_key.h"

static session_sql *const tables[] = {
	contact_sql,
	contact_tag_sql,
	conversation_sql,
	idempotency_key_sql,
	conversation_list_sql,
	submit_sql,
	submit_read_sql,
	submit_to_sql,
	search_sql,
	member_list_sql,
	message_list_sql,
	wait_reason_sql,
};

#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static void
is_refused(struct office *o, const char *statement)
{
	char *text = NULL;

	if (db_try(o->db, o->pool, statement, &text) == 0)
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
	assert_int_equal(0, session_seal(o->member, tables, N_TABLES));
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

	assert_int_equal(0, session_seal(o->member, tables, N_TABLES));
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
	assert_int_equal(0,
	    db_try(o->db, o->pool, "SELECT id FROM my_conversations", &text));
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
		    0, db_try(o->db, o->pool, "SELECT id FROM my_conversations",
			   &text));
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

/* No statement reads a table from end to end, and no list is sorted. */
static void
no_statement_scans(void **state)
{
	struct office *o = *state;

	for (size_t i = 0; i < N_TABLES; i++) {
		size_t n;
		const char *const *sql = tables[i](&n);

		for (size_t k = 0; k < n; k++) {
			char *plan = NULL, *s;

			assert_int_equal(
			    0, db_try(o->db, o->pool,
				   pool_printf(o->pool, "EXPLAIN QUERY PLAN %s",
				       sql[k]),
				   &plan));
			for (s = plan; (s = strstr(s, "|SCAN ")) != NULL; s++)
				if (strncmp(s + 6, "my_", 3) != 0 &&
				    strncmp(s + 6, "CONSTANT ROW", 12) != 0 &&
				    strncmp(s + 6,
					"w VIRTUAL TABLE INDEX"
					" 192:M",
					27) != 0)
					fail_msg("%s\n%s", sql[k], plan);
			if (strstr(plan, "TEMP B-TREE FOR") != NULL)
				fail_msg("%s\n%s", sql[k], plan);
			if (strstr(plan, "(workspace_id=?)") != NULL &&
			    strstr(plan, "numbers_of_workspace") == NULL)
				fail_msg("%s\n%s", sql[k], plan);
		}
	}
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
