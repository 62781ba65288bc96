/*
 * Numbers that a person adds and removes, and two small readers beside them.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/block_listed.h"
#include "inbox/node/stats.h"
#include "inbox/template/template_store.h"
#include "inbox/workspace/number_admin.h"
#include "inbox/workspace/number_health.h"
#include "inbox/workspace/workspace_event_list.h"

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &number_admin_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &number_health_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &template_store_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &block_listed_statements), 0);
	fixture_do(
	    fx, "INSERT INTO workspaces(name, created_at) VALUES ('b', 1)");
	assert_int_equal(db_begin(fx->db), 0);
	return 0;
}

static int
end(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(db_commit(fx->db), 0);
	return fixture_end(state);
}

static struct number
get(struct fixture *fx, const char *id)
{
	struct number n;

	assert_int_equal(number_admin_get(fx->db, fx->pool, id, &n), 1);
	return n;
}

static void
number_belongs_to_who_adds_it_first(void **state)
{
	struct fixture *fx = *state;
	struct number n;

	assert_int_equal(
	    number_admin_add(fx->db, 2, "200", "+1 555", NULL, FIXTURE_NOW), 1);
	assert_int_equal(
	    number_admin_add(fx->db, 2, "200", NULL, NULL, FIXTURE_NOW), 0);
	assert_int_equal(
	    number_admin_add(fx->db, 1, "200", NULL, NULL, FIXTURE_NOW), 0);
	n = get(fx, "200");
	assert_int_equal(n.workspace_id, 2);
	assert_int_equal(n.registered, 1);
	assert_string_equal(n.display_phone, "+1 555");
	assert_int_equal(number_admin_get(fx->db, fx->pool, "300", &n), 0);
}

static void
number_that_came_by_itself_becomes_registered_where_it_is(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " display_phone, registered, created_at)"
		       " VALUES (1, '200', '1555', 0, 1)");
	assert_int_equal(
	    number_admin_add(fx->db, 2, "200", NULL, NULL, FIXTURE_NOW), 0);
	assert_int_equal(get(fx, "200").registered, 0);
	assert_int_equal(
	    number_admin_add(fx->db, 1, "200", NULL, NULL, FIXTURE_NOW), 1);
	assert_int_equal(get(fx, "200").registered, 1);
	assert_string_equal(get(fx, "200").display_phone, "1555");
}

/* What was read of the other one, or could not be, is read anew. */
static void
what_another_provider_has_is_asked_at_once(void **state)
{
	static const char dues[] =
	    "SELECT MAX(health_due_at) || ' ' || MAX(templates_due_at) || ' '"
	    " || MAX(blocks_due_at) FROM numbers"
	    " WHERE phone_number_id IN ('100', '200')";
	struct fixture *fx = *state;

	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " registered, created_at) VALUES (1, '200', 0, 1);"
		       "UPDATE numbers SET health_due_at = 9,"
		       " templates_due_at = 9, blocks_due_at = 9");
	assert_string_equal(fixture_text(fx, dues), "9 9 9");
	assert_int_equal(
	    number_admin_add(fx->db, 1, "200", NULL, "cloud", FIXTURE_NOW), 1);
	assert_int_equal(
	    number_admin_provider(fx->db, get(fx, "100").id, "cloud"), 1);
	assert_string_equal(fixture_text(fx, dues), "0 0 0");
}

static void
the_answer_of_the_provider_before_settles_nothing(void **state)
{
	static const char all[] =
	    "SELECT health_due_at || ' ' || templates_due_at || ' ' ||"
	    " blocks_due_at || ' ' || COALESCE(health, health_error,"
	    " templates_error, 'none') FROM numbers WHERE id = 1";
	struct fixture *fx = *state;
	struct number_health h = { .id = 1, .provider = "360dialog" };
	struct template_number t = { .id = 1, .provider = "360dialog" };
	struct block_number b = { .id = 1, .provider = "360dialog" };

	assert_int_equal(number_admin_provider(fx->db, 1, "cloud"), 1);
	assert_int_equal(number_health_put(fx->db, &h, "{}", 9), 0);
	assert_int_equal(number_health_failed(fx->db, &h, "{}", 9), 0);
	assert_int_equal(template_store_begin(fx->db, &t, 9), 0);
	assert_int_equal(template_store_failed(fx->db, &t, "x", 9), 0);
	assert_int_equal(block_listed_again(fx->db, &b, 9), 0);
	assert_string_equal(fixture_text(fx, all), "0 0 0 none");
	h.provider = t.provider = b.provider = "cloud";
	assert_int_equal(number_health_put(fx->db, &h, "{}", 9), 0);
	assert_int_equal(template_store_begin(fx->db, &t, 9), 0);
	assert_int_equal(block_listed_again(fx->db, &b, 9), 0);
	assert_string_equal(fixture_text(fx, all), "86409 86409 9 {}");
}

static void
number_has_a_provider(void **state)
{
	struct fixture *fx = *state;

	assert_string_equal(get(fx, "100").provider, "360dialog");
	fixture_do(fx, "INSERT INTO numbers(workspace_id, phone_number_id,"
		       " registered, created_at) VALUES (1, '200', 0, 1)");
	assert_int_equal(
	    number_admin_add(fx->db, 1, "200", NULL, "cloud", FIXTURE_NOW), 1);
	assert_string_equal(get(fx, "200").provider, "cloud");
	assert_int_equal(
	    number_admin_add(fx->db, 2, "300", NULL, "cloud", FIXTURE_NOW), 1);
	assert_string_equal(get(fx, "300").provider, "cloud");
	/* refused, and not changed on the way */
	assert_int_equal(
	    number_admin_add(fx->db, 2, "300", NULL, "360dialog", FIXTURE_NOW),
	    0);
	assert_string_equal(get(fx, "300").provider, "cloud");
	assert_int_equal(
	    number_admin_provider(fx->db, get(fx, "300").id, "360dialog"), 1);
	assert_string_equal(get(fx, "300").provider, "360dialog");
	assert_int_equal(number_admin_provider(fx->db, 9999, "cloud"), 0);
}

static void
number_with_conversations_stays(void **state)
{
	struct fixture *fx = *state;
	struct number n;

	fixture_do(fx, "INSERT INTO conversations(workspace_id, number_id,"
		       " created_at, updated_at) VALUES (1, 1, 1, 1)");
	n = get(fx, "100");
	assert_int_equal(n.conversations, 1);
	assert_int_equal(number_admin_remove(fx->db, &n), 0);
	assert_int_equal(get(fx, "100").id, 1);
}

static void
number_that_is_removed_leaves_nothing_to_the_next(void **state)
{
	struct fixture *fx = *state;
	struct number n = get(fx, "100");

	fixture_do(fx,
	    "INSERT INTO message_statuses(workspace_id, number_id, wamid,"
	    " status, at) VALUES (1, 1, 'w', 'read', 1);"
	    "INSERT INTO workspace_events(workspace_id, number_id, field,"
	    " at, raw, hash, created_at)"
	    " VALUES (1, 1, 'f', 1, '{}', x'00', 1)");
	assert_int_equal(number_admin_remove(fx->db, &n), 1);
	assert_int_equal(number_admin_remove(fx->db, &n), 0);
	assert_int_equal(number_admin_get(fx->db, fx->pool, "100", &n), 0);
	assert_int_equal(db_commit(fx->db), 0);
	fixture_jobs(fx);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM message_statuses"), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM workspace_events"
					 " WHERE number_id IS NULL"),
	    1);
}

static void
list_counts_conversations(void **state)
{
	struct fixture *fx = *state;
	struct number *list;
	int n;

	number_admin_add(fx->db, 2, "200", NULL, NULL, FIXTURE_NOW);
	fixture_do(fx, "INSERT INTO conversations(workspace_id, number_id,"
		       " created_at, updated_at) VALUES (1, 1, 1, 1)");
	assert_int_equal(
	    number_admin_list(fx->db, fx->pool, 0, 9, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_int_equal(list[0].conversations, 1);
	assert_int_equal(list[1].conversations, 0);
	assert_int_equal(
	    number_admin_list(fx->db, fx->pool, list[0].id, 9, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(list[0].phone_number_id, "200");
}

static void
ids_are_digits(void **state)
{
	(void)state;
	assert_true(number_admin_is_id("106540352242922"));
	assert_false(number_admin_is_id(""));
	assert_false(number_admin_is_id("+1"));
	assert_false(number_admin_is_id("1 2"));
	assert_false(
	    number_admin_is_id("11111111111111111111111111111111111111111"
			       "111111111111111111111111"));
}

static void
events_come_newest_first_and_from_one_workspace(void **state)
{
	struct fixture *fx = *state;
	struct workspace_event_row *e;
	int n;

	assert_int_equal(
	    db_prepare_all(fx->db, &workspace_event_list_statements), 0);
	fixture_do(fx,
	    "INSERT INTO workspace_events(workspace_id, number_id, field,"
	    " at, raw, hash, created_at) VALUES"
	    " (1, 1, 'old', 5, '{}', x'01', 1),"
	    " (1, NULL, 'new', 9, '[]', x'02', 1),"
	    " (2, NULL, 'other', 7, '{}', x'03', 1)");
	assert_int_equal(
	    workspace_event_list(fx->db, fx->pool, 1, 9, &e, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(e[0].field, "new");
	assert_null(e[0].phone_number_id);
	assert_string_equal(e[1].phone_number_id, "100");
	assert_int_equal(
	    workspace_event_list(fx->db, fx->pool, 1, 1, &e, &n), 0);
	assert_int_equal(n, 1);
}

static void
stats_count_what_is_held_on_this_node(void **state)
{
	struct fixture *fx = *state;
	struct stats s;

	assert_int_equal(db_prepare_all(fx->db, &stats_statements), 0);
	fixture_do(fx, "INSERT INTO held(node, delivery_id, state, reason, "
		       "attempts, due_at,"
		       " updated_at) VALUES ('n', 1, 'dead', 'r', 1, 1, 1),"
		       " ('n', 2, 'deferred', 'r', 1, 1, 1),"
		       " ('other', 3, 'dead', 'r', 1, 1, 1)");
	assert_int_equal(stats_read(fx->db, "n", &s), 0);
	assert_int_equal(s.dead, 1);
	assert_int_equal(s.deferred, 1);
	assert_int_equal(s.workspaces, 2);
	assert_int_equal(s.numbers, 1);
	assert_int_equal(s.messages, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(number_belongs_to_who_adds_it_first),
		T(number_that_came_by_itself_becomes_registered_where_it_is),
		T(the_answer_of_the_provider_before_settles_nothing),
		T(number_has_a_provider),
		T(what_another_provider_has_is_asked_at_once),
		T(number_with_conversations_stays),
		T(number_that_is_removed_leaves_nothing_to_the_next),
		T(list_counts_conversations),
		T(ids_are_digits),
		T(events_come_newest_first_and_from_one_workspace),
		T(stats_count_what_is_held_on_this_node),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
