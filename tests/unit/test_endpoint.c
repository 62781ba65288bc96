/*
 * Endpoints of webhooks: who may have them, which addresses, and what becomes
 * of what they do not take.
 */
#include "fixture.h"

#include "base/net/address.h"
#include "base/text.h"

#include "lib/sql/sqlite.h"

#include "session/session.h"

#include "inbox/webhook/dispatch_queue.h"
#include "inbox/webhook/endpoint.h"
#include "inbox/webhook/endpoint_events.h"
#include "inbox/webhook/endpoint_url.h"
#include "inbox/webhook/webhook_delivery.h"

#define NOW FIXTURE_NOW
#define ANN 1 /* owner */
#define BOB 2 /* agent */

static const struct statements all = {
	.also = STATEMENTS(&endpoint_statements, &webhook_delivery_statements),
};

static void
prepare_endpoints(struct fixture *fx)
{
	assert_int_equal(db_prepare_all(fx->db, &dispatch_queue_statements), 0);
	assert_int_equal(session_seal(fx->member, &all), 0);
}

/* A new endpoint, 0 when it was not made. */
static int64_t
add_endpoint(struct fixture *fx)
{
	static const struct endpoint e = { .url = "https://example.com/",
		.events = ENDPOINT_EVENTS_ALL };
	int64_t id = 0;

	assert_int_equal(session_begin(fx->member), 0);
	assert_non_null(endpoint_add(fx->member, fx->pool, &e, NOW, &id));
	assert_int_equal(session_commit(fx->member), 0);
	return id;
}

static void
an_address_is_judged(void **state)
{
	static const struct {
		const char *url;
		int port; /* 0: it is refused */
	} cases[] = {
		{ "https://example.com", 443 },
		{ "https://example.com/a/b?c=%20&d=[]", 443 },
		{ "https://example.com?x", 443 },
		{ "https://EXAMPLE.com:8443/", 8443 },
		{ "https://8.8.8.8/", 443 },
		{ "https://[2606:4700::1111]:1024/", 1024 },
		{ "http://crm.internal/", 80 },
		{ "http://crm.internal:81/", 81 },
		{ "https://10.1.2.3:22/", 22 },
		{ "http://10.1.2.3/", 80 },
		{ "http://example.com/", 0 },
		{ "HTTPS://example.com/", 0 },
		{ "https:/example.com", 0 },
		{ "https://", 0 },
		{ "https:///x", 0 },
		{ "https://:443/", 0 },
		{ "https://example.com:/", 0 },
		{ "https://example.com:0/", 0 },
		{ "https://example.com:+443/", 0 },
		{ "https://example.com:65536/", 0 },
		{ "https://example.com:1023/", 0 },
		{ "https://example.com:80/", 0 },
		{ "https://example.com:000000443/", 0 },
		{ "https://a@example.com/", 0 },
		{ "https://crm.internal@10.9.9.9/", 0 },
		{ "https://10.9.9.9\\@crm.internal/", 0 },
		{ "https://10.9.9.9#@crm.internal/", 0 },
		{ "https://example.com/#x", 0 },
		{ "https://exa mple.com/", 0 },
		{ "https://example.com/\n", 0 },
		{ "https://ex\xc3\xa4mple.com/", 0 },
		{ "https://ex_ample.com/", 0 },
		{ "https://[::1]/", 0 },
		{ "https://[::1/", 0 },
		{ "https://[::1]x/", 0 },
		{ "https://[example]/", 0 },
		{ "https://[fe80::1]/", 0 },
		{ "https://127.0.0.1/", 0 },
		{ "https://0x7f000001/", 0 },
		{ "https://0300.0250.1.1/", 0 },
		{ "https://10.2.0.1/", 0 },
		{ "gopher://example.com/", 0 },
	};
	char allow[] = "crm.internal,10.1.0.0/16";
	struct address_rules rules;
	struct endpoint_url u;

	(void)state;
	assert_null(address_rules_parse(&rules, allow));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *wrong = endpoint_url_read(&u, cases[i].url, &rules);

		print_message("%s: %s\n", cases[i].url, wrong ? wrong : "fine");
		assert_int_equal(wrong == NULL, cases[i].port != 0);
		if (wrong == NULL)
			assert_int_equal(u.port, cases[i].port);
	}
}

static void
a_type_is_wanted_or_not(void **state)
{
	(void)state;
	assert_int_equal(endpoint_events_want("*", "a.b"), 1);
	assert_int_equal(endpoint_events_want("a.b c.d", "c.d"), 1);
	assert_int_equal(endpoint_events_want("a.b c.d", "a.b"), 1);
	assert_int_equal(endpoint_events_want("a.b c.d", "a"), 0);
	assert_int_equal(endpoint_events_want("a.bc", "a.b"), 0);
	assert_int_equal(endpoint_events_want("", "a.b"), 0);
}

static void
an_agent_has_no_endpoints(void **state)
{
	struct fixture *fx = *state;
	struct endpoint e, page[ENDPOINT_MAX];
	struct webhook_delivery d;
	int64_t id, test = 0;

	prepare_endpoints(fx);
	id = add_endpoint(fx);
	assert_true(id > 0);
	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(
	    webhook_delivery_add_test(fx->member, id, NOW, &test), 0);
	assert_int_equal(session_commit(fx->member), 0);
	assert_int_equal(endpoint_get(fx->member, fx->pool, id, &e), 1);
	for (int i = 0; i < 3; i++) {
		session_serve(fx->member, i == 1 ? 100 : 1,
		    i == 0   ? BOB
		    : i == 1 ? 100
			     : 99);
		assert_int_equal(
		    endpoint_list(fx->member, fx->pool, 0, page, ENDPOINT_MAX),
		    0);
		assert_int_equal(endpoint_get(fx->member, fx->pool, id, &e), 0);
		assert_int_equal(
		    webhook_delivery_get(fx->member, fx->pool, test, &d), 0);
		assert_int_equal(session_begin(fx->member), 0);
		assert_int_equal(
		    webhook_delivery_add_test(fx->member, id, NOW, &test), 0);
		assert_int_equal(test, 0);
		assert_int_equal(endpoint_pause(fx->member, id, NOW), 0);
		assert_int_equal(endpoint_delete(fx->member, id), 0);
		assert_int_equal(session_commit(fx->member), 0);
		test = 1;
	}
	session_serve(fx->member, 1, BOB);
	assert_int_equal(add_endpoint(fx), 0);
	assert_string_equal(fixture_text(fx, "SELECT group_concat(state) FROM"
					     " webhook_endpoints"),
	    "active");
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM webhook_deliveries"), 1);
}

/* The column is there to be written. */
static void
nobody_reads_a_secret(void **state)
{
	static const char *const refused[] = {
		"SELECT secret FROM webhook_endpoints",
		"UPDATE webhook_endpoints SET url = 'x'",
		"INSERT INTO webhook_deliveries SELECT * FROM"
		" my_webhook_deliveries",
	};
	struct fixture *fx = *state;
	char *text = NULL;

	assert_int_equal(
	    db_prepare_all(fx->member_db, &endpoint_statements), 0);
	assert_true(add_endpoint(fx) > 0);
	for (size_t i = 0; i < sizeof(refused) / sizeof(refused[0]); i++)
		assert_int_equal(
		    sqlite_try(fx->member_db, fx->pool, refused[i], &text), -1);
	assert_int_equal(sqlite_try(fx->member_db, fx->pool,
			     "SELECT id FROM my_webhook_endpoints"
			     " WHERE secret IS NOT NULL",
			     &text),
	    0);
	assert_string_equal(text, "");
}

static void
twenty_are_enough(void **state)
{
	struct fixture *fx = *state;

	prepare_endpoints(fx);
	for (int i = 0; i < ENDPOINT_MAX; i++)
		assert_true(add_endpoint(fx) > 0);
	assert_int_equal(add_endpoint(fx), 0);
}

/* ------------------------------------------------------------- the queue */

static void
begin_queue(struct fixture *fx)
{
	assert_int_equal(db_begin(fx->db), 0);
}

static void
commit_queue(struct fixture *fx)
{
	assert_int_equal(db_commit(fx->db), 0);
}

/* Change SEQ, or row ID, was not taken. */
static void
fails(struct fixture *fx, int64_t endpoint_id, int64_t moved, int64_t id,
    int64_t seq, int give_up)
{
	struct dispatch_item item = { .id = id,
		.seq = seq,
		.type = "message.created",
		.object_id = 1,
		.created_at = NOW };
	struct dispatch_attempt a = { .at = NOW,
		.status = 500,
		.error = "no",
		.due_at = NOW + 5,
		.hold_until = NOW + 9 };

	begin_queue(fx);
	assert_int_equal(dispatch_queue_failed(
			     fx->db, endpoint_id, moved, &item, &a, give_up),
	    0);
	commit_queue(fx);
}

static void
what_is_not_taken_waits(void **state)
{
	struct fixture *fx = *state;
	struct dispatch_item rows[4];
	struct dispatch_attempt done = { .at = NOW + 1, .status = 204 };
	struct dispatch_endpoint e[2];
	int64_t id;

	prepare_endpoints(fx);
	id = add_endpoint(fx);
	assert_int_equal(
	    dispatch_queue_endpoints(fx->db, fx->pool, 0, e, 2), 1);
	assert_int_equal(e[0].secret_len, ENDPOINT_SECRET_LEN);
	fails(fx, id, 0, 0, 7, 0);
	assert_int_equal(
	    dispatch_queue_endpoints(fx->db, fx->pool, 0, e, 2), 1);
	assert_int_equal(e[0].failures, 1);
	assert_int_equal(e[0].due_at, NOW + 9);
	assert_int_equal(
	    dispatch_queue_waiting(fx->db, fx->pool, id, rows, 4), 1);
	assert_int_equal(rows[0].seq, 7);
	assert_int_equal(dispatch_queue_count(fx->db, id), 1);
	fails(fx, id, 0, rows[0].id, 7, 0);
	begin_queue(fx);
	assert_int_equal(dispatch_queue_done(fx->db, id, &rows[0], &done), 0);
	commit_queue(fx);
	assert_string_equal(
	    fixture_text(fx, "SELECT state || attempts || status ||"
			     " (error IS NULL) FROM webhook_deliveries"),
	    "delivered32041");
	assert_int_equal(dispatch_queue_count(fx->db, id), 0);
}

/* A member who moves an endpoint's place is not overruled by what was under way
 * meanwhile. */
static void
a_replay_wins(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	prepare_endpoints(fx);
	fixture_do(fx, "INSERT INTO changes(workspace_id, seq, type, object_id)"
		       " SELECT 1, 10000 + id, 'message.created', id"
		       " FROM messages WHERE workspace_id = 1");
	id = add_endpoint(fx);
	fails(fx, id, 0, 0, 10004, 0);
	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(endpoint_replay(fx->member, id, 99999), 0);
	assert_int_equal(endpoint_replay(fx->member, id, 10001), 1);
	assert_int_equal(session_commit(fx->member), 0);
	begin_queue(fx);
	assert_int_equal(dispatch_queue_move(fx->db, id, 0, 10004), 0);
	commit_queue(fx);
	fails(fx, id, 0, 0, 10003, 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT after_seq FROM webhook_endpoints"), 10001);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM webhook_deliveries"), 0);
}

static void
the_newest_that_are_settled_are_kept(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	prepare_endpoints(fx);
	id = add_endpoint(fx);
	fixture_do(fx, "INSERT INTO webhook_deliveries(workspace_id,"
		       " endpoint_id, seq, type, state, due_at, created_at)"
		       " WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT"
		       " n + 1 FROM i WHERE n < 205) SELECT 1, 1, n,"
		       " 'message.created', 'failed', 1, 1 FROM i");
	fails(fx, id, 0, 0, 1000, 0);
	fails(fx, id, 0,
	    fixture_int(fx, "SELECT max(id) FROM webhook_deliveries"), 1000, 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM webhook_deliveries"),
	    DISPATCH_SETTLED_MAX);
	assert_int_equal(
	    fixture_int(fx, "SELECT max(seq) FROM webhook_deliveries"), 1000);
}

static void
a_pause_is_told_once(void **state)
{
	struct fixture *fx = *state;
	struct dispatch_endpoint e[1];
	const char *reason = NULL;
	int64_t id = 0, workspace_id = 0;

	prepare_endpoints(fx);
	assert_int_equal(dispatch_queue_is_wanted(fx->db), 0);
	add_endpoint(fx);
	assert_int_equal(dispatch_queue_is_wanted(fx->db), 1);
	assert_int_equal(
	    dispatch_queue_endpoints(fx->db, fx->pool, 0, e, 1), 1);
	begin_queue(fx);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    dispatch_queue_pause(fx->db, &e[0], "gone", NOW), 0);
	commit_queue(fx);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM workspace_events WHERE"
			    " field = 'webhook_endpoint_paused'"),
	    1);
	assert_int_equal(dispatch_queue_stopped(
			     fx->db, fx->pool, &id, &workspace_id, &reason),
	    1);
	assert_int_equal(workspace_id, 1);
	assert_string_equal(reason, "gone");
	assert_int_equal(dispatch_queue_is_wanted(fx->db), 0);
}

int
main(void)
{
#define T(f)                                                                   \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_is_judged),
		cmocka_unit_test(a_type_is_wanted_or_not),
		T(an_agent_has_no_endpoints),
		T(nobody_reads_a_secret),
		T(twenty_are_enough),
		T(what_is_not_taken_waits),
		T(a_replay_wins),
		T(the_newest_that_are_settled_are_kept),
		T(a_pause_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
