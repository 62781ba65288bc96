/*
 * "The number cannot send", says the provider: of the number, or of one
 * message?
 */
#include "queued.h"

#include "lib/http/client.h"
#include "lib/sql/statements.h"

#include "process/send/keys.h"
#include "process/send/send.h"
#include "process/send/send_plan.h"
#include "process/send/send_request.h"

struct stand {
	struct fixture *fx;
	struct keys keys;
	struct send send;
};

static int
begin(void **state)
{
	struct stand *s = calloc(1, sizeof(*s));

	queued_begin((void **)&s->fx);
	queued_talk(s->fx, 3);
	queued_talk(s->fx, 4);
	assert_int_equal(db_prepare_all(s->fx->db, &send_statements), 0);
	s->keys = (struct keys){ .db = s->fx->db, .api_key = "key" };
	s->keys.dir = s->fx->dir;
	s->send = (struct send){ .db = s->fx->db,
		.keys = &s->keys,
		.dir = s->fx->dir,
		.rate = 1000,
		.parallel = 4,
		.pool = pool_new() };
	*state = s;
	return 0;
}

static int
end(void **state)
{
	struct stand *s = *state;

	send_close(&s->send);
	fixture_end((void **)&s->fx);
	free(s);
	return 0;
}

/* The rows that may go at NOW, "1 2"; *FIRST is a call for the first. */
static const char *
goes(struct stand *s, int64_t now, struct send_request **first)
{
	struct send_request *plan = NULL, *next;
	const char *ids = "";

	usleep(20000); /* budget, and other ticks than those of the pause */
	assert_int_equal(send_plan_requests(&s->send, now, &plan), 0);
	if (first != NULL)
		*first = plan;
	for (struct send_request *c = plan; c != NULL; c = next) {
		next = c->next;
		ids = pool_printf(s->fx->pool, "%s%s%lld", ids,
		    c == plan ? "" : " ", (long long)c->row.id);
		if (first == NULL || c != *first)
			send_request_free(c);
	}
	return ids;
}

/* Row ID, which must be the first to go, gets this answer. */
static void
answer(struct stand *s, int id, enum provider_decision decision, int code,
    int64_t now)
{
	struct send_request *c;

	goes(s, now, &c);
	assert_non_null(c);
	assert_int_equal(c->row.id, id);
	c->next = NULL;
	c->pool = pool_new();
	c->began_ms = s->send.paces->paused_ms + 1;
	c->answered = 1;
	c->outcome = (struct provider_outcome){ .decision = decision,
		.retry_after = -1,
		.code = code,
		.title = "T",
		.error = "{\"code\":10,\"title\":\"T\"}",
		.wamid = pool_printf(s->fx->pool, "wamid.%d", id) };
	assert_int_equal(db_begin(s->fx->db), 0);
	assert_int_equal(outbox_sending(s->fx->db, &c->row, now), 1);
	assert_int_equal(send_result_apply(s->fx->db, c, now), 0);
	assert_int_equal(rate_limit_save(c->pace, s->fx->db), 0);
	assert_int_equal(db_commit(s->fx->db), 0);
	send_request_free(c);
}

/* As a process that begins finds it. */
static void
start_again(struct stand *s)
{
	send_close(&s->send);
	s->send.pool = pool_new();
}

static void
what_only_one_message_is_refused_for_is_its_own(void **state)
{
	struct stand *s = *state;

	queued_say(s->fx, 1, 1);
	queued_say(s->fx, 2, 1);
	answer(s, 1, PROVIDER_STOP, 10, FIXTURE_NOW);
	assert_string_equal(goes(s, FIXTURE_NOW + 1, NULL), "");
	/* somebody else wants to send, and need not wait */
	queued_say(s->fx, 3, 2);
	start_again(s);
	answer(s, 3, PROVIDER_DONE, 0, FIXTURE_NOW + 20);
	assert_string_equal(queued_state(s->fx, 1),
	    "failed failed - {\"code\":10,\"title\":\"T\"}");
	assert_string_equal(queued_state(s->fx, 3), "done sent wamid.3 -");
	assert_int_equal(
	    fixture_int(s->fx, "SELECT count(*) FROM number_pauses"), 0);
	assert_string_equal(goes(s, FIXTURE_NOW + 21, NULL), "2");
}

static void
when_two_are_refused_all_wait(void **state)
{
	struct stand *s = *state;

	for (int i = 1; i <= 4; i++)
		queued_say(s->fx, i, i);
	answer(s, 1, PROVIDER_STOP, 10, FIXTURE_NOW);
	answer(s, 4, PROVIDER_STOP, 10, FIXTURE_NOW);
	start_again(s);
	assert_string_equal(goes(s, FIXTURE_NOW + 1, NULL), "");
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
	assert_string_equal(queued_state(s->fx, 4), "queued queued - -");
	/* once a minute one that was never tried, however long the pause is */
	fixture_do(s->fx, "UPDATE number_pauses SET until = until + 900");
	start_again(s);
	assert_string_equal(goes(s, FIXTURE_NOW + 59, NULL), "");
	answer(s, 3, PROVIDER_DONE, 0, FIXTURE_NOW + 60);
	assert_string_equal(goes(s, FIXTURE_NOW + 61, NULL), "1 2 4");
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
}

/* It may have been put right meanwhile; the second time it is its own. */
static void
what_went_long_after_proves_nothing(void **state)
{
	struct stand *s = *state;

	queued_say(s->fx, 1, 1);
	answer(s, 1, PROVIDER_STOP, 10, FIXTURE_NOW);
	queued_say(s->fx, 2, 2);
	answer(s, 2, PROVIDER_DONE, 0, FIXTURE_NOW + 600);
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
	answer(s, 1, PROVIDER_STOP, 10, FIXTURE_NOW + 601);
	queued_say(s->fx, 3, 2);
	answer(s, 3, PROVIDER_DONE, 0, FIXTURE_NOW + 1200);
	assert_non_null(strstr(queued_state(s->fx, 1), "failed failed - "));
}

static void
another_key_is_no_messages_fault(void **state)
{
	struct stand *s = *state;

	queued_say(s->fx, 1, 1);
	answer(s, 1, PROVIDER_STOP, 10, FIXTURE_NOW);
	s->keys.api_key = "new";
	queued_say(s->fx, 2, 2);
	fixture_do(s->fx, "UPDATE outbox SET due_at = due_at + 3 WHERE id = 1");
	answer(s, 2, PROVIDER_DONE, 0, FIXTURE_NOW + 1);
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
	/* nor is a key that was not taken for a moment */
	answer(s, 1, PROVIDER_STOP, 401, FIXTURE_NOW + 4);
	queued_say(s->fx, 3, 2);
	fixture_do(s->fx, "UPDATE outbox SET attempts = 1 WHERE id = 1");
	answer(s, 3, PROVIDER_DONE, 0, FIXTURE_NOW + 5);
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
}

static void
what_is_a_day_old_is_never_sent(void **state)
{
	struct stand *s = *state;
	int64_t now = FIXTURE_NOW + 5 * OUTBOX_AGE_MAX;
	enum db_error why;

	s->keys.api_key = NULL;
	queued_say(s->fx, 1, 1);
	queued_say(s->fx, 2, 1);
	assert_string_equal(goes(s, FIXTURE_NOW, NULL), "");
	IN_TRANSACTION(s->fx, rate_limit_save(s->send.paces, s->fx->db));
	queued_say(s->fx, 3, 2);
	fixture_do(s->fx,
	    "UPDATE outbox SET created_at = created_at + 5 * 86400"
	    " WHERE id = 3");
	/* five days later there is one; what is too old does not go first */
	s->keys.api_key = "key";
	assert_string_equal(goes(s, now, NULL), "");
	s->keys.api_key = NULL;
	assert_int_equal(send_step(&s->send, now, &why), 2);
	s->keys.api_key = "key";
	assert_string_equal(goes(s, now, NULL), "3");
	assert_non_null(strstr(queued_state(s->fx, 1), "failed failed"));
	assert_non_null(strstr(queued_state(s->fx, 2), "no API key"));
	assert_string_equal(queued_state(s->fx, 3), "queued queued - -");
}

static void
no_age_reaches_behind_a_jump_of_the_clock(void **state)
{
	struct stand *s = *state;
	int64_t now = FIXTURE_NOW + 30 * OUTBOX_AGE_MAX;
	enum db_error why;

	/* queued a minute ago, by a clock that was a month behind */
	queued_say(s->fx, 1, 1);
	s->send.steady_at = now;
	s->keys.api_key = NULL;
	assert_int_equal(send_step(&s->send, now, &why), 0);
	s->keys.api_key = "key";
	assert_string_equal(goes(s, now + 3600, NULL), "1");
	assert_string_equal(queued_state(s->fx, 1), "queued queued - -");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_only_one_message_is_refused_for_is_its_own),
		TEST(when_two_are_refused_all_wait),
		TEST(what_went_long_after_proves_nothing),
		TEST(another_key_is_no_messages_fault),
		TEST(what_is_a_day_old_is_never_sent),
		TEST(no_age_reaches_behind_a_jump_of_the_clock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
