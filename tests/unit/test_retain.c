/*
 * What need not be kept goes, in small steps, and nothing else; whatever the
 * clock says.
 */
#include "fixture.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/erasure/delete.h"
#include "inbox/message/unmatched.h"
#include "inbox/node/delivery_state.h"

#include "process/retain/retain.h"

#define APPLY(ev) assert_int_equal(fixture_apply(n->fx, &(ev)), 1)
#define DAY	  86400

struct node {
	struct fixture *fx;
	char *path;
	struct spool *in, *out;
	struct retain retain;
};

static int
begin(void **state)
{
	struct node *n = calloc(1, sizeof(*n));

	fixture_begin((void **)&n->fx);
	n->path = unit_path(n->fx->dir, "spool.db");
	assert_int_equal(spool_create(n->path), 1);
	n->in = spool_open_writer(n->path, "/nowhere", 0, 1000);
	n->out = spool_open_reader(n->path, 1000);
	assert_non_null(n->in);
	assert_non_null(n->out);
	assert_int_equal(db_prepare_all(n->fx->db, &retain_statements), 0);
	n->retain = (struct retain){
		.db = n->fx->db,
		.spool = n->out,
		.pool = pool_new(),
		.keep_deliveries = 1000,
		.keep_bytes = INT64_MAX,
		.keep_changes = DAY,
		.keep_held = 90 * DAY,
	};
	*state = n;
	return 0;
}

static int
end(void **state)
{
	struct node *n = *state;

	spool_close(n->in);
	spool_close(n->out);
	pool_free(n->retain.pool);
	free(n->path);
	fixture_end((void **)&n->fx);
	free(n);
	return 0;
}

static void
put(struct node *n, int64_t received_at)
{
	const struct spool_delivery d = { .received_at = received_at,
		.remote = "::1",
		.credential = "token-1",
		.body = "x",
		.body_len = 1 };

	assert_int_equal(spool_put(n->in, &d), 0);
}

/* N deliveries of AT that were read; the first HELD of them are dead. */
static void
fill(struct node *n, int deliveries, int held, int64_t at)
{
	int64_t from, last;

	for (int i = 0; i < deliveries; i++)
		put(n, at);
	assert_int_equal(spool_last(n->out, &last), 0);
	fixture_do(n->fx,
	    pool_printf(n->fx->pool,
		"WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1"
		" FROM i WHERE n < %d) INSERT INTO held(node, delivery_id,"
		" state, reason, attempts, due_at, updated_at)"
		" SELECT '%s', n, 'dead', 'x', 1, 1, %d FROM i WHERE %d > 0",
		held, spool_node(n->out), FIXTURE_NOW, held));
	assert_int_equal(db_begin(n->fx->db), 0);
	assert_int_equal(
	    delivery_state_cursor(n->fx->db, spool_node(n->out), &from, NULL),
	    0);
	assert_int_equal(delivery_state_move(n->fx->db, spool_node(n->out),
			     from, last, NULL, FIXTURE_NOW),
	    1);
	assert_int_equal(db_commit(n->fx->db), 0);
}

/* Until nothing is left to do: how many steps. */
static int
run(struct node *n, int64_t now)
{
	int steps = 1, rc;

	while ((rc = retain_step(&n->retain, now)) == 1)
		steps++;
	assert_int_equal(rc, 0);
	return steps;
}

static void
begin_run(struct node *n, int64_t now)
{
	assert_int_equal(retain_clock(&n->retain, 0, now), 0);
}

static int64_t
left(struct node *n)
{
	int64_t count, bytes;

	assert_int_equal(spool_count(n->out, &count, &bytes), 0);
	return count;
}

static void
the_held_and_the_young_stay(void **state)
{
	struct node *n = *state;
	struct spool_delivery d;

	fill(n, 3, 2, FIXTURE_NOW);
	fill(n, 2, 0, FIXTURE_NOW + 500);
	run(n, FIXTURE_NOW + 1001);
	assert_int_equal(spool_get(n->out, n->fx->pool, 3, &d), 0);
	assert_int_equal(left(n), 4);
	/* and one that is held no more goes, the newest never */
	fixture_do(n->fx, "DELETE FROM held WHERE delivery_id = 1");
	for (int i = 0; i < 130; i++)
		run(n, FIXTURE_NOW + 2000);
	assert_int_equal(left(n), 2);
}

static void
many_that_are_held_do_not_end_it(void **state)
{
	struct node *n = *state;

	fill(n, 2600, 2300, FIXTURE_NOW);
	put(n, FIXTURE_NOW);
	assert_true(run(n, FIXTURE_NOW + 2000) < 20);
	assert_int_equal(left(n), 2302);
	/* what is in front of them is not looked at again and again */
	assert_int_equal(run(n, FIXTURE_NOW + 2000), 1);
	assert_int_equal(n->retain.walk.from, 2599);
}

static void
too_many_bytes_go_whatever_their_age(void **state)
{
	struct node *n = *state;

	fill(n, 5, 2, FIXTURE_NOW + 9999);
	n->retain.keep_bytes = 1;
	run(n, FIXTURE_NOW);
	assert_int_equal(left(n), 3);
}

static void
one_from_the_future_does_not_hide_the_others(void **state)
{
	struct node *n = *state;
	struct spool_delivery d;

	fill(n, 1, 0, FIXTURE_NOW + 36000);
	fill(n, 3, 0, FIXTURE_NOW);
	run(n, FIXTURE_NOW + 1001);
	assert_int_equal(left(n), 2);
	assert_int_equal(spool_get(n->out, n->fx->pool, 1, &d), 1);
	/* and ends when its time has come */
	run(n, FIXTURE_NOW + 37001);
	assert_int_equal(left(n), 1);
}

static void
a_clock_that_jumped_deletes_nothing_for_a_day(void **state)
{
	struct node *n = *state;
	int64_t wrong = FIXTURE_NOW + 400 * DAY;

	fill(n, 3, 0, FIXTURE_NOW);
	begin_run(n, FIXTURE_NOW);
	run(n, FIXTURE_NOW);
	begin_run(n, wrong);
	run(n, wrong);
	run(n, wrong + DAY - 1);
	assert_int_equal(left(n), 3);
	/* it is set right */
	begin_run(n, FIXTURE_NOW + 120);
	run(n, FIXTURE_NOW + 120);
	assert_int_equal(left(n), 3);
	for (int i = 0; i < 25; i++) {
		begin_run(n, FIXTURE_NOW + 120 + i * 3600);
		run(n, FIXTURE_NOW + 120 + i * 3600);
	}
	assert_int_equal(left(n), 1);
	/* one that jumps while a run is at work, by less */
	fill(n, 2, 0, FIXTURE_NOW + DAY);
	assert_int_equal(
	    retain_clock(&n->retain, 1, FIXTURE_NOW + DAY + 7200), 0);
	run(n, FIXTURE_NOW + DAY + 7200);
	assert_int_equal(left(n), 3);
}

static void
dead_ones_end(void **state)
{
	struct node *n = *state;

	fill(n, 3, 2, FIXTURE_NOW);
	run(n, FIXTURE_NOW + 89 * DAY);
	run(n, FIXTURE_NOW + 90 * DAY - 1);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 2);
	for (int i = 0; i < 70; i++)
		run(n, FIXTURE_NOW + 90 * DAY + 1);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM held"), 0);
	assert_int_equal(left(n), 1);
}

/* --------------------------------------------------------------- messages */

static void
old_messages_go_and_the_last_one_shows(void **state)
{
	struct node *n = *state;
	struct event old =
	    fixture_event("a", "16505551234", FIXTURE_NOW, "old");
	struct event new =
	    fixture_event("b", "16505551234", FIXTURE_NOW + 20 * DAY, "new");
	struct event other =
	    fixture_event("c", "16505559999", FIXTURE_NOW, "else");

	APPLY(old);
	APPLY(new);
	APPLY(other);
	run(n, FIXTURE_NOW + 31 * DAY);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM messages"), 3);
	n->retain.keep_messages = 30 * DAY;
	n->retain.db = n->fx->db;
	run(n, FIXTURE_NOW + 31 * DAY + 60);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT group_concat(wamid) FROM messages"),
	    "b");
	/* the one that is empty has gone, with who it was */
	assert_string_equal(
	    fixture_text(n->fx,
		"SELECT id || last_message_preview || unread_count"
		" FROM conversations"),
	    "1new1");
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM identities"), 1);
	rows_check_search(n->fx);
}

static void
what_is_still_to_be_sent_stays(void **state)
{
	struct node *n = *state;
	struct event old =
	    fixture_event("a", "16505551234", FIXTURE_NOW, "old");

	APPLY(old);
	fixture_do(n->fx,
	    "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
	    " message_id, kind, state, due_at, created_at)"
	    " VALUES (1, 1, 1, 1, 'message', 'queued', 1, 1)");
	n->retain.keep_messages = 30 * DAY;
	run(n, FIXTURE_NOW + 31 * DAY);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM messages"), 1);
	fixture_do(n->fx, "UPDATE outbox SET state = 'failed'");
	/* a round an hour */
	run(n, FIXTURE_NOW + 31 * DAY + 3599);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM messages"), 1);
	run(n, FIXTURE_NOW + 31 * DAY + 3601);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM messages"), 0);
	assert_int_equal(fixture_int(n->fx, "SELECT COUNT(*) FROM outbox"), 0);
}

static void
many_messages_go_in_transactions_of_a_thousand_rows(void **state)
{
	struct node *n = *state;
	struct event old =
	    fixture_event("a", "16505551234", FIXTURE_NOW, "old");
	int rc = 1;

	APPLY(old);
	fixture_do(n->fx,
	    "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i"
	    " WHERE n < 2000) INSERT INTO messages(workspace_id,"
	    " conversation_id, number_id, wamid, direction, source, type,"
	    " content, preview, text, status, sent_at, created_at)"
	    " SELECT 1, 1, 1, n, 'inbound', 'live', 'text', '{}', 'x', 'hi',"
	    " 'received', n, 1 FROM i;"
	    "INSERT INTO workspace_events(workspace_id, field, at, raw, hash,"
	    " created_at) VALUES (1, 'f', 1, '{}', x'00', 1),"
	    " (1, 'f', 1769774400, '{}', x'01', 1)");
	n->retain.keep_messages = 30 * DAY;
	while (rc == 1) {
		int64_t before = db_changes(n->fx->db);

		rc = retain_messages(&n->retain, FIXTURE_NOW + 29 * DAY);
		assert_int_not_equal(rc, -1);
		assert_between(db_changes(n->fx->db) - before, 0, DELETE_ROWS);
	}
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM messages"), 1);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM workspace_events"), 1);
}

/* ------------------------------------------------------ what nobody knows */

static void
statuses_of_unknown_wamids_end(void **state)
{
	struct node *n = *state;
	struct event status = fixture_status("w", "read", FIXTURE_NOW);

	status.raw = "{\"a\":1}";
	APPLY(status);
	run(n, FIXTURE_NOW + UNMATCHED_RAW);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT raw FROM message_statuses"),
	    "{\"a\":1}");
	run(n, FIXTURE_NOW + UNMATCHED_RAW + 1);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT raw FROM message_statuses"), "(null)");
	for (int i = 1; i <= 30; i++)
		run(n, FIXTURE_NOW + i * DAY);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM message_statuses"), 1);
	run(n, FIXTURE_NOW + 30 * DAY + 1);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM message_statuses"), 0);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM unmatched"), 0);
}

static void
those_of_a_message_that_came_later_stay(void **state)
{
	struct node *n = *state;
	struct event status = fixture_status("w", "read", FIXTURE_NOW);
	struct event reaction =
	    fixture_event("r", "16505551234", FIXTURE_NOW, "Reacted");
	struct event edit =
	    fixture_event("e", "16505551234", FIXTURE_NOW, "edited");
	struct event echo = fixture_echo("w", "16505551234", FIXTURE_NOW);

	status.raw = "{\"a\":1}";
	reaction.type = "reaction";
	reaction.emoji = "+";
	reaction.target_wamid = "w";
	edit.kind = EVENT_EDIT;
	edit.target_wamid = "unknown";
	APPLY(status);
	APPLY(reaction);
	APPLY(edit);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM unmatched"), 2);
	APPLY(echo);
	for (int i = 1; i <= 31; i++)
		run(n, FIXTURE_NOW + i * DAY);
	assert_string_equal(
	    fixture_text(n->fx, "SELECT raw FROM message_statuses"),
	    "{\"a\":1}");
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM reactions"), 1);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM message_patches"), 0);
	/* of a known message nothing is noted in the first place */
	APPLY(status);
	assert_int_equal(
	    fixture_int(n->fx, "SELECT COUNT(*) FROM unmatched"), 0);
}

#define T(name) cmocka_unit_test_setup_teardown(name, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_held_and_the_young_stay),
		T(many_that_are_held_do_not_end_it),
		T(too_many_bytes_go_whatever_their_age),
		T(one_from_the_future_does_not_hide_the_others),
		T(a_clock_that_jumped_deletes_nothing_for_a_day),
		T(dead_ones_end),
		T(old_messages_go_and_the_last_one_shows),
		T(what_is_still_to_be_sent_stays),
		T(many_messages_go_in_transactions_of_a_thousand_rows),
		T(statuses_of_unknown_wamids_end),
		T(those_of_a_message_that_came_later_stay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
