/*
 * Answers and problems.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/json/json.h"

#include "api/action.h"
#include "api/input.h"
#include "api/reply.h"

static struct http_request request;
static struct http_answer answer;
static struct action action;

static int
setup(void **state)
{
	request = (struct http_request){ .pool = pool_new() };
	answer = (struct http_answer){ .status = 200 };
	action = (struct action){
		.pool = request.pool,
		.request = &request,
		.answer = &answer,
	};
	*state = &action;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	pool_free(request.pool);
	return 0;
}

static const struct json *
body(void)
{
	return json_parse(request.pool, answer.body, answer.body_len, NULL);
}

static void
every_problem_says_what_it_is(void **state)
{
	struct action *a = *state;

	for (int p = REPLY_NOT_JSON; p <= REPLY_BUSY; p++) {
		int64_t status = 0;

		assert_int_equal(
		    reply_problem(a, (enum reply_problem)p, "why"), 0);
		assert_string_equal(answer.type, "application/problem+json");
		assert_true(answer.status >= 400 && answer.status < 600);
		assert_int_equal(json_int(body(), "status", &status), 1);
		assert_int_equal(answer.status, status);
		assert_non_null(strstr(json_text(body(), "type"),
		    "https://waspool.dev/problems/"));
		assert_non_null(json_text(body(), "title"));
		assert_string_equal(json_text(body(), "detail"), "why");
	}
}

static void
bad_fields_are_listed_in_order(void **state)
{
	const struct json *errors;

	input_wrong(*state, "phone", "is bad");
	input_wrong(*state, "name", "is worse");
	assert_int_equal(reply_wrong(*state), 0);
	assert_int_equal(answer.status, 422);
	errors = json_get(body(), "errors");
	assert_int_equal(json_count(errors), 2);
	assert_string_equal(json_text(json_first(errors), "field"), "phone");
	assert_string_equal(
	    json_text(json_next(json_first(errors)), "message"), "is worse");
}

static void
a_conflict_names_what_is_in_the_way(void **state)
{
	int64_t id = 0;

	reply_conflict(*state, "taken", "contact_id", 7);
	assert_int_equal(answer.status, 409);
	assert_int_equal(json_int(body(), "contact_id", &id), 1);
	assert_int_equal(id, 7);
}

static void
nothing_has_no_body(void **state)
{
	reply_not_found(*state);
	reply_empty(*state);
	assert_int_equal(answer.status, 204);
	assert_null(answer.body);
	assert_null(answer.type);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(every_problem_says_what_it_is),
		TEST(bad_fields_are_listed_in_order),
		TEST(a_conflict_names_what_is_in_the_way),
		TEST(nothing_has_no_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
