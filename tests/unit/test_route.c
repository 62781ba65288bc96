/*
 * Which handler a request goes to.
 */
#include "unit.h"

#include "base/pool.h"

#include "api/resource/contact/contacts.h"
#include "api/resource/contact/tags.h"
#include "api/resource/conversations.h"
#include "api/resource/messages.h"
#include "api/resource/route_table.h"
#include "api/route.h"

static void
paths_lead_to_handlers(void **state)
{
	static const struct {
		const char *method;
		const char *path;
		action_handler *handler;
		int64_t id;
		const char *name;
	} cases[] = {
		{ "GET", "/conversations", conversations_list, 0, NULL },
		{ "GET", "/conversations/stats", conversations_stats, 0, NULL },
		{ "GET", "/conversations/12", conversations_get, 12, NULL },
		{ "GET", "/conversations/7/messages", messages_list, 7, NULL },
		{ "PUT", "/conversations/999999999999999999/contact",
		    conversations_link, 999999999999999999, NULL },
		{ "PUT", "/contacts/1/tags/a%2Fb%20c", tags_put, 1, "a/b c" },
		{ "PUT", "/contacts/1/tags/a+b", tags_put, 1, "a+b" },
		{ "PATCH", "/contacts/1", contacts_change, 1, NULL },
	};
	struct pool *pool = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t id = 0;
		const char *name = NULL, *allow;
		const struct route *r =
		    route_find(route_table, pool, cases[i].method,
			pool_printf(pool, "/api/v1%s", cases[i].path), &id,
			&name, &allow);

		assert_non_null(r);
		assert_true(r->handler == cases[i].handler);
		assert_int_equal(cases[i].id, id);
		if (cases[i].name != NULL)
			assert_string_equal(cases[i].name, name);
	}
}

static void
other_paths_lead_nowhere(void **state)
{
	static const char *const paths[] = {
		"",
		"/",
		"/api",
		"/api/v1",
		"/api/v1/",
		"/api/v2/me",
		"/api/v1/me/",
		"/api/v1//me",
		"/api/v1/ME",
		"/api/v1/conversations/",
		"/api/v1/conversations/x",
		"/api/v1/conversations/0",
		"/api/v1/conversations/007",
		"/api/v1/conversations/+7",
		"/api/v1/conversations/7x",
		"/api/v1/conversations/9999999999999999999",
		"/api/v1/conversations/%37",
		"/api/v1/conversations/7/",
		"/api/v1/conversations/{id}",
		"/api/v1/contacts/1/tags/",
		"/api/v1/contacts/1/tags/%00",
		"/api/v1/contacts/1/tags/%zz",
		"/api/v1/contacts/1/tags/%ff",
		"/api/v1/contacts/1/tags/a/b",
		"/api/v1conversations",
	};
	struct pool *pool = *state;

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		const char *name, *allow = "";
		int64_t id;

		assert_null(route_find(
		    route_table, pool, "GET", paths[i], &id, &name, &allow));
		if (allow != NULL)
			fail_msg("%s allows %s", paths[i], allow);
	}
}

static void
other_methods_are_told_which_there_are(void **state)
{
	const char *name, *allow = NULL;
	int64_t id;

	assert_null(route_find(route_table, *state, "POST",
	    "/api/v1/contacts/1", &id, &name, &allow));
	assert_string_equal(allow, "GET, HEAD, PATCH, DELETE");
	assert_null(route_find(
	    route_table, *state, "get", "/api/v1/me", &id, &name, &allow));
	assert_string_equal(allow, "GET, HEAD");
}

static int
setup(void **state)
{
	*state = pool_new();
	return 0;
}

static int
teardown(void **state)
{
	pool_free(*state);
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    paths_lead_to_handlers, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    other_paths_lead_nowhere, setup, teardown),
		cmocka_unit_test_setup_teardown(
		    other_methods_are_told_which_there_are, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
