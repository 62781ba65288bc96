/*
 * Workspaces, users and members.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "inbox/workspace/member_validate.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &workspace_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &user_statements), 0);
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

static int64_t
ann(struct fixture *fx)
{
	int64_t id = 0;

	assert_int_equal(
	    user_add(fx->db, "ann@example.com", "Ann", FIXTURE_NOW, &id), 1);
	return id;
}

static void
workspace_is_there_after_add(void **state)
{
	struct fixture *fx = *state;
	struct workspace w;
	int64_t id = 0;

	assert_int_equal(workspace_add(fx->db, "Two", FIXTURE_NOW, &id), 0);
	assert_int_equal(workspace_get(fx->db, fx->pool, id, &w), 1);
	assert_string_equal(w.name, "Two");
	assert_int_equal(w.created_at, FIXTURE_NOW);
	assert_int_equal(w.numbers, 0);
	assert_int_equal(workspace_get(fx->db, fx->pool, id + 1, &w), 0);
	assert_int_equal(workspace_get(fx->db, fx->pool, 1, &w), 1);
	assert_int_equal(w.numbers, 1);
}

static void
list_goes_on_where_a_page_ended(void **state)
{
	struct fixture *fx = *state;
	struct workspace *w;
	int64_t id;
	int n;

	workspace_add(fx->db, "Two", FIXTURE_NOW, &id);
	workspace_add(fx->db, "Three", FIXTURE_NOW, &id);
	assert_int_equal(workspace_list(fx->db, fx->pool, 0, 2, &w, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(w[1].name, "Two");
	assert_int_equal(
	    workspace_list(fx->db, fx->pool, w[1].id, 2, &w, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(w[0].name, "Three");
}

static void
address_is_one_person_in_any_case(void **state)
{
	struct fixture *fx = *state;
	struct user u;
	int64_t id = ann(fx), other = 0;

	assert_int_equal(
	    user_add(fx->db, "ANN@Example.com", "A", FIXTURE_NOW, &other), 0);
	assert_int_equal(user_find(fx->db, fx->pool, "Ann@example.com", &u), 1);
	assert_int_equal(u.id, id);
	assert_string_equal(u.name, "Ann");
	assert_int_equal(user_find(fx->db, fx->pool, "bob@example.com", &u), 0);
}

static void
what_looks_like_an_address(void **state)
{
	static const struct {
		const char *s;
		int is;
	} cases[] = { { "a@b", 1 }, { "ann.e+x@mail.example.com", 1 },
		{ "\xc3\xa4nn@example.com", 1 }, { "", 0 }, { "a", 0 },
		{ "@b", 0 }, { "a@", 0 }, { "a@b@c", 0 }, { "a b@c", 0 },
		{ "a@b\n", 0 }, { "a@\xff", 0 } };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(
		    member_validate_email(cases[i].s), cases[i].is);
}

static void
member_is_made_once_and_changes_its_role(void **state)
{
	struct fixture *fx = *state;
	struct workspace_member m, *list;
	int64_t id = ann(fx);
	int n;

	assert_int_equal(
	    workspace_put_member(fx->db, 1, id, "agent", FIXTURE_NOW), 1);
	assert_int_equal(
	    workspace_put_member(fx->db, 1, id, "owner", FIXTURE_NOW + 9), 0);
	assert_int_equal(workspace_get_member(fx->db, fx->pool, 1, id, &m), 1);
	assert_string_equal(m.role, "owner");
	assert_string_equal(m.email, "ann@example.com");
	assert_int_equal(m.created_at, FIXTURE_NOW);
	assert_int_equal(
	    workspace_list_members(fx->db, fx->pool, 1, 0, 10, &list, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(workspace_get_member(fx->db, fx->pool, 2, id, &m), 0);
}

static void
member_who_leaves_loses_tokens_and_what_was_assigned(void **state)
{
	struct fixture *fx = *state;
	int64_t id = ann(fx);

	workspace_put_member(fx->db, 1, id, "agent", FIXTURE_NOW);
	fixture_do(fx,
	    "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
	    " created_at) VALUES (1, 1, x'00', 't', 1);"
	    "INSERT INTO conversations(workspace_id, number_id,"
	    " assigned_to, created_at, updated_at)"
	    " VALUES (1, 1, 1, 1, 1);");
	assert_int_equal(workspace_remove_member(fx->db, 1, id, 1), 1);
	assert_int_equal(workspace_remove_member(fx->db, 1, id, 1), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM api_tokens"), 0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM conversations"
					 " WHERE assigned_to IS NULL"),
	    1);
}

static void
roles_are_three(void **state)
{
	(void)state;
	assert_true(member_validate_role("owner"));
	assert_true(member_validate_role("admin"));
	assert_true(member_validate_role("agent"));
	assert_false(member_validate_role("Owner"));
	assert_false(member_validate_role(""));
	assert_false(member_validate_role(NULL));
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(workspace_is_there_after_add),
		T(list_goes_on_where_a_page_ended),
		T(address_is_one_person_in_any_case),
		T(what_looks_like_an_address),
		T(member_is_made_once_and_changes_its_role),
		T(member_who_leaves_loses_tokens_and_what_was_assigned),
		T(roles_are_three),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
