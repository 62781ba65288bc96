/* What an answer does with a message, and how a step goes about it. */
#include "queued.h"

#include "lib/http/client.h"
#include "lib/sql/statements.h"

#include "inbox/inbox.h"

#include "process/send/keys.h"
#include "process/send/send.h"
#include "process/send/send_request.h"

static int
begin(void **state)
{
	queued_begin(state);
	assert_int_equal(
	    db_prepare_all(((struct fixture *)*state)->db, &send_statements),
	    0);
	return 0;
}

/* The answer DECISION to the first due row, which was sending. */
static struct send_request *
answer(struct fixture *fx, struct rate_limit *pace,
    enum provider_decision decision)
{
	struct outbox_row row = queued_leave(fx, FIXTURE_NOW);
	struct send_request *c = send_request_new(&row, pace, "mark");

	c->pool = pool_new();
	c->answered = 1;
	c->began_ms = 1;
	c->outcome = (struct provider_outcome){ .decision = decision,
		.retry_after = -1,
		.code = 7,
		.title = "T",
		.detail = "D",
		.error = "{\"code\":7}",
		.wamid = decision == PROVIDER_DONE ? "wamid.1" : NULL };
	return c;
}

static void
apply(struct fixture *fx, struct send_request *c, int64_t now)
{
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(send_result_apply(fx->db, c, now), 0);
	assert_int_equal(rate_limit_save(c->pace, fx->db), 0);
	assert_int_equal(db_commit(fx->db), 0);
	send_request_free(c);
}

static void
each_answer_has_its_end(void **state)
{
	static const struct {
		enum provider_decision decision;
		const char *state;
		int64_t wait_min, wait_max, pause_min, pause_max;
	} cases[] = {
		{ PROVIDER_DONE, "done sent wamid.1 -", 0, 0, 0, 0 },
		{ PROVIDER_RETRY, "queued queued - -", 1, 2, 0, 0 },
		{ PROVIDER_SLOW, "queued queued - -", 0, 0, 1, 2 },
		{ PROVIDER_PAIR, "queued queued - -", 6, 10, 0, 0 },
		{ PROVIDER_REFUSED, "failed failed - {\"code\":7}", 0, 0, 0,
		    0 },
		{ PROVIDER_STOP, "queued queued - -", 0, 0, 60, 91 },
		{ PROVIDER_UNKNOWN, "sending sending - -", 0, 0, 0, 0 },
	};
	struct fixture *fx = *state;

	for (int i = 0; i < (int)(sizeof(cases) / sizeof(*cases)); i++) {
		struct rate_limit pace = { .number_id = 1 };
		int64_t wait, pause;

		queued_say(fx, 1, 1);
		apply(fx, answer(fx, &pace, cases[i].decision), FIXTURE_NOW);
		assert_string_equal(queued_state(fx, 1), cases[i].state);
		wait =
		    fixture_int(fx, "SELECT due_at FROM outbox") - FIXTURE_NOW;
		assert_between(wait, cases[i].wait_min, cases[i].wait_max);
		pause = fixture_int(fx, "SELECT until FROM number_pauses");
		if (cases[i].pause_max == 0)
			assert_int_equal(pause, -1);
		else
			assert_between(pause - FIXTURE_NOW, cases[i].pause_min,
			    cases[i].pause_max);
		fixture_do(fx,
		    "DELETE FROM outbox; DELETE FROM number_pauses;"
		    "UPDATE messages SET text = NULL; DELETE FROM messages;");
		free(pace.reason);
	}
}

static void
the_providers_time_wins(void **state)
{
	struct fixture *fx = *state;
	struct rate_limit pace = { .number_id = 1 };
	struct send_request *c;

	queued_say(fx, 1, 1);
	c = answer(fx, &pace, PROVIDER_RETRY);
	c->outcome.retry_after = 77;
	apply(fx, c, FIXTURE_NOW);
	assert_int_equal(
	    fixture_int(fx, "SELECT due_at FROM outbox"), FIXTURE_NOW + 77);
}

static void
it_gives_up_after_a_day(void **state)
{
	struct fixture *fx = *state;
	struct rate_limit pace = { .number_id = 1 };
	struct send_request *c;

	queued_say(fx, 1, 1);
	fixture_do(fx, "UPDATE outbox SET attempts = 50");
	c = answer(fx, &pace, PROVIDER_RETRY);
	apply(fx, c, FIXTURE_NOW + 86399);
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	fixture_do(fx, "UPDATE outbox SET due_at = 1");
	c = answer(fx, &pace, PROVIDER_RETRY);
	apply(fx, c, FIXTURE_NOW + 86400);
	assert_non_null(strstr(queued_state(fx, 1), "gave up after 24 hours"));
	assert_non_null(strstr(queued_state(fx, 1), "7 T: D"));
}

static void
a_read_ends_quietly(void **state)
{
	struct fixture *fx = *state;
	struct rate_limit pace = { .number_id = 1 };
	struct outbox_row *rows;

	fixture_do(fx,
	    "INSERT INTO messages(id, workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " status, sent_at, created_at) VALUES (3, 1, 1, 1, 'in',"
	    " 'inbound', 'live', 'text', '{}', 'x', 'received', 1, 1);"
	    "INSERT INTO outbox(id, workspace_id, number_id, conversation_id,"
	    " message_id, kind, state, due_at, created_at) VALUES"
	    " (3, 1, 1, 1, 3, 'read', 'queued', 1, 1);");
	for (int i = 0; i < 3; i++) {
		struct send_request *c;

		fixture_do(fx, "UPDATE outbox SET due_at = 1");
		assert_string_equal(queued_ids(fx, FIXTURE_NOW, &rows), "3");
		c = send_request_new(&rows[0], &pace, "mark");
		assert_int_equal(c->kind, SEND_REQUEST_READ);
		send_result_put(c, PROVIDER_RETRY, "nobody there");
		apply(fx, c, FIXTURE_NOW);
	}
	assert_string_equal(queued_state(fx, 3), "failed received in -");
}

/* Also of one that was queued before version 4, with a request in its row. */
static void
what_goes_out_is_said_by_the_message(void **state)
{
	struct fixture *fx = *state;
	struct rate_limit pace = { .number_id = 1 };
	struct outbox_row *rows;
	struct send_request *c;

	queued_say(fx, 1, 1);
	queued_say(fx, 2, 2);
	fixture_do(fx, "UPDATE messages SET context = '{\"wamid\":\"w9\"}'"
		       " WHERE id = 1; DELETE FROM messages WHERE id = 2");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, &rows), "1 2");
	c = send_request_new(&rows[0], &pace, "mark");
	assert_int_equal(c->answered, 0);
	assert_string_equal(c->row.message.type, "text");
	assert_string_equal(c->row.message.content, "{\"body\":\"x\"}");
	assert_string_equal(c->row.message.reply_wamid, "w9");
	assert_null(c->row.message.media_id);
	send_request_free(c);
	/* Its message is gone: what was queued of it stays here. */
	c = send_request_new(&rows[1], &pace, "mark");
	assert_int_equal(c->answered, 1);
	assert_int_equal(c->outcome.decision, PROVIDER_REFUSED);
	apply(fx, c, FIXTURE_NOW);
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM outbox WHERE id = 2"),
	    "failed");
}

static void
a_file_is_uploaded_once_for_a_number(void **state)
{
	struct fixture *fx = *state;
	struct rate_limit pace = { .number_id = 1 };
	struct outbox_row *rows;
	struct send_request *c;

	queued_say(fx, 1, 1);
	fixture_do(fx,
	    "INSERT INTO uploads(id, workspace_id, user_id, mime_type, size,"
	    " path, created_at) VALUES (9, 1, 1, 'image/png', 3, 'ab/cd', 1);"
	    "UPDATE outbox SET upload_id = 9;");
	queued_ids(fx, FIXTURE_NOW, &rows);
	c = send_request_new(&rows[0], &pace, "mark");
	assert_int_equal(c->kind, SEND_REQUEST_UPLOAD);
	assert_string_equal(c->row.path, "ab/cd");
	send_result_put(c, PROVIDER_DONE, NULL);
	c->outcome.media_id = "777";
	apply(fx, c, FIXTURE_NOW);
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	queued_ids(fx, FIXTURE_NOW, &rows);
	c = send_request_new(&rows[0], &pace, "mark");
	assert_int_equal(c->kind, SEND_REQUEST_SEND);
	assert_string_equal(c->row.message.media_id, "777");
	send_result_put(c, PROVIDER_REFUSED, NULL);
	c->outcome.code = 131053; /* once by itself, uploaded anew */
	apply(fx, c, FIXTURE_NOW);
	assert_string_equal(queued_ids(fx, FIXTURE_NOW + 9, &rows), "1");
	assert_null(rows[0].message.media_id);
	IN_TRANSACTION(
	    fx, outbox_uploaded(fx->db, &rows[0], "778", FIXTURE_NOW + 999));
	queued_ids(fx, FIXTURE_NOW + 9, &rows);
	c = send_request_new(&rows[0], &pace, "mark");
	send_result_put(c, PROVIDER_REFUSED, NULL);
	c->outcome.code = 131053; /* and no third time */
	apply(fx, c, FIXTURE_NOW + 9);
	assert_string_equal(queued_ids(fx, FIXTURE_NOW + 99, &rows), "");
	assert_string_equal(
	    fixture_text(fx, "SELECT status FROM messages"), "failed");
}

/* The provider took the message and says later that it cannot have the file;
 * or a status is quicker than its answer. */
static void
a_file_that_fails_later_is_forgotten_too(void **state)
{
	static const char *const errors[] = {
		"{\"code\":131052,\"title\":\"-\"}",
		"{\"code\":131053,\"title\":\"-\"}", "{\"code\":131026}"
	};
	struct fixture *fx = *state;

	for (int i = 0; i < 6; i++) {
		const char *wamid = pool_printf(fx->pool, "wamid.%d", i);
		struct outbox_taken taken = { .wamid = wamid };
		struct event ev = fixture_status(wamid, "failed", FIXTURE_NOW);
		struct outbox_row row;
		int id = i + 1, early = i % 2;

		queued_say(fx, id, 1);
		fixture_do(
		    fx, pool_printf(fx->pool,
			    "INSERT INTO uploads(id, workspace_id, user_id,"
			    " mime_type, size, path, created_at)"
			    " VALUES (%d, 1, 1, 'image/png', 3, 'ab/cd', 1);"
			    "UPDATE outbox SET upload_id = %d WHERE id = %d",
			    id, id, id));
		ev.error = errors[i / 2];
		ev.error_code = atoi(errors[i / 2] + strlen("{\"code\":"));
		row = queued_leave(fx, FIXTURE_NOW);
		IN_TRANSACTION(
		    fx, outbox_uploaded(fx->db, &row, "777", FIXTURE_NOW + 99));
		if (early)
			assert_int_equal(fixture_apply(fx, &ev), 1);
		IN_TRANSACTION(
		    fx, outbox_done(fx->db, &row, &taken, FIXTURE_NOW));
		if (!early)
			assert_int_equal(fixture_apply(fx, &ev), 1);
		assert_int_equal(
		    fixture_int(fx, pool_printf(fx->pool,
					"SELECT expires_at > 0 FROM"
					" upload_media WHERE upload_id = %d",
					id)),
		    i / 2 == 2);
	}
}

/* Steps until nothing is under way. */
static void
run(struct send *s, int64_t now)
{
	enum db_error why;

	for (int i = 0; i < 20; i++) {
		assert_int_not_equal(send_step(s, now, &why), -1);
		if (s->n > 0)
			client_run(s->fetch, -1, 1000);
	}
	assert_int_equal(s->n, 0);
}

static void
a_key_that_comes_ends_the_pause(void **state)
{
	struct fixture *fx = *state;
	struct keys keys = {
		.db = fx->db, .dir = fx->dir, .api_url = "http://127.0.0.1:1"
	};
	struct send s = { .db = fx->db,
		.fetch = client_open("test"),
		.keys = &keys,
		.dir = fx->dir,
		.rate = 80,
		.parallel = 4 };

	queued_say(fx, 1, 1);
	run(&s, FIXTURE_NOW);
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	assert_int_equal(fixture_int(fx, "SELECT attempts FROM outbox"), 0);
	assert_non_null(
	    strstr(fixture_text(fx, "SELECT reason FROM number_pauses"),
		"no API key"));
	keys.api_key = "key";
	run(&s, FIXTURE_NOW);
	/* Nobody listens there: it was tried, and will be again. */
	assert_int_equal(fixture_int(fx, "SELECT attempts FROM outbox"), 1);
	assert_string_equal(queued_state(fx, 1), "queued queued - -");
	client_close(s.fetch);
	send_close(&s);
}

/* A process that finds an answer "stop" of another one: what is tried. */
static void
a_new_key_ends_a_pause_of_another_process(void **state)
{
	struct fixture *fx = *state;
	struct keys keys = { .dir = fx->dir,
		.api_url = "http://127.0.0.1:1",
		.api_key = "old" };
	struct rate_limit pace = { .number_id = 1 };
	struct send_request *c;

	queued_say(fx, 1, 1);
	c = answer(fx, &pace, PROVIDER_STOP);
	rate_limit_mark(keys.api_key, c->key_mark);
	apply(fx, c, FIXTURE_NOW);
	for (int i = 0; i < 2; i++) {
		struct db *db = fixture_open(fx->path, 1000);
		struct send s = { .db = db,
			.fetch = client_open("test"),
			.keys = &keys,
			.dir = fx->dir,
			.rate = 80,
			.parallel = 4 };

		assert_int_equal(db_prepare_all(db, &send_statements), 0);
		keys.db = db;
		keys.api_key = i == 0 ? "old" : "new";
		run(&s, FIXTURE_NOW + 1);
		/* the first was that of the answer */
		assert_int_equal(
		    fixture_int(fx, "SELECT attempts FROM outbox"), 1 + i);
		client_close(s.fetch);
		send_close(&s);
		db_close(db);
	}
	free(pace.reason);
}

static void
a_pause_lets_one_go_first_and_grows(void **state)
{
	struct rate_limit p = { .number_id = 1, .budget = 100000 };
	int wait = -1;
	int64_t last;

	(void)state;
	p.filled_ms = 5000;
	assert_int_equal(rate_limit_room(&p, 80, 16, 5000, &wait), 8);
	assert_int_equal(rate_limit_pause(&p, RATE_LIMIT_SLOW, 10, FIXTURE_NOW,
			     -1, "k", "r"),
	    1);
	last = p.paused_ms;
	assert_int_equal(rate_limit_pause(&p, RATE_LIMIT_SLOW, last,
			     FIXTURE_NOW, -1, "k", "r"),
	    0);
	assert_int_equal(p.attempts, 1);
	assert_int_equal(rate_limit_is_paused(&p, FIXTURE_NOW, "other"), 1);
	assert_int_equal(rate_limit_is_paused(&p, FIXTURE_NOW + 3, "k"), 0);
	assert_int_equal(rate_limit_room(&p, 80, 16, 5000, &wait), 1);
	for (int i = 0; i < 20; i++)
		rate_limit_pause(&p, RATE_LIMIT_SLOW, p.paused_ms + 1,
		    FIXTURE_NOW, -1, "k", "r");
	assert_between(p.until - FIXTURE_NOW, 8, 13);
	rate_limit_pause(
	    &p, RATE_LIMIT_STOP, p.paused_ms + 1, FIXTURE_NOW, 5, "k", "r");
	assert_int_equal(p.until, FIXTURE_NOW + 5);
	assert_int_equal(rate_limit_is_paused(&p, FIXTURE_NOW, "k"), 1);
	assert_int_equal(rate_limit_is_paused(&p, FIXTURE_NOW, "other"), 0);
	rate_limit_well(&p, p.paused_ms);
	assert_int_not_equal(p.attempts, 0);
	rate_limit_well(&p, p.paused_ms + 1);
	assert_int_equal(p.attempts, 0);
	free(p.reason);
}

/* Whoever sends all that may go, each millisecond, after a silence. */
static void
no_second_has_more_than_its_rate(void **state)
{
	static const int rates[] = { 1, 2, 5, 10, 19, 80, 1000 };
	static int at[6000];

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(*rates); i++) {
		struct rate_limit p = { .number_id = 1 };
		int rate = rates[i], wait = -1, sent = 0, most = 0;

		for (int ms = 0; ms < 6000; ms++) {
			int n =
			    rate_limit_room(&p, rate, 2000, 5000 + ms, &wait);

			at[ms] = ms < 2000 ? 0 : n;
			for (int k = 0; k < at[ms]; k++)
				rate_limit_begin(&p);
			p.under_way = 0;
			sent += at[ms] - (ms < 1000 ? 0 : at[ms - 1000]);
			most = sent > most ? sent : most;
		}
		assert_between(most, rate * 9 / 10, rate);
	}
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_answer_has_its_end),
		TEST(the_providers_time_wins),
		TEST(it_gives_up_after_a_day),
		TEST(a_read_ends_quietly),
		TEST(what_goes_out_is_said_by_the_message),
		TEST(a_file_is_uploaded_once_for_a_number),
		TEST(a_file_that_fails_later_is_forgotten_too),
		TEST(a_key_that_comes_ends_the_pause),
		TEST(a_new_key_ends_a_pause_of_another_process),
		TEST(a_pause_lets_one_go_first_and_grows),
		TEST(no_second_has_more_than_its_rate),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
