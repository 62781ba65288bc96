/*
 * The cursor and the deliveries behind it.
 */
#include "fixture.h"

#include "lib/sql/statements.h"

#include "inbox/node/delivery_discard.h"
#include "inbox/node/delivery_state.h"

#define N "node"

static void
begin(struct fixture *fx)
{
	assert_int_equal(db_begin(fx->db), 0);
}

static void
commit(struct fixture *fx)
{
	assert_int_equal(db_commit(fx->db), 0);
}

static int
defer(struct fixture *fx, int64_t id, const char *reason, int64_t now)
{
	const struct delivery_state_hindrance why = { .reason = reason };

	return delivery_state_defer(fx->db, N, id, &why, now);
}

static void
cursor_begins_at_zero_and_never_goes_back(void **state)
{
	struct fixture *fx = *state;
	int64_t id = 7, seen = 7;

	assert_int_equal(delivery_state_cursor(fx->db, N, &id, &seen), 0);
	assert_int_equal(id, 0);
	assert_int_equal(seen, 0);
	begin(fx);
	assert_int_equal(delivery_state_move(fx->db, N, 0, 10, "a", 100), 1);
	assert_int_equal(delivery_state_seen(fx->db, N, 101), 0);
	commit(fx);
	assert_int_equal(delivery_state_cursor(fx->db, N, &id, &seen), 0);
	assert_int_equal(id, 10);
	assert_int_equal(seen, 101);
	assert_int_equal(delivery_state_cursor(fx->db, "other", &id, NULL), 0);
	assert_int_equal(id, 0);
}

/* It is where another processor has put it. */
static void
cursor_moves_only_from_where_it_was_found(void **state)
{
	struct fixture *fx = *state;
	int64_t id;

	begin(fx);
	assert_int_equal(delivery_state_move(fx->db, N, 0, 10, "a", 100), 1);
	assert_int_equal(delivery_state_move(fx->db, N, 0, 12, "b", 101), 0);
	assert_int_equal(delivery_state_move(fx->db, N, 9, 12, "b", 101), 0);
	assert_int_equal(delivery_state_cursor(fx->db, N, &id, NULL), 0);
	assert_int_equal(id, 10);
	assert_int_equal(delivery_state_move(fx->db, N, 10, 10, NULL, 102), 1);
	assert_int_equal(delivery_state_move(fx->db, N, 10, 12, "b", 103), 1);
	commit(fx);
}

static void
deferred_is_not_due(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[4], due;

	begin(fx);
	defer(fx, 3, "why", 1000);
	commit(fx);
	assert_int_equal(delivery_state_due(fx->db, N, 1004, ids, 4), 0);
	assert_int_equal(delivery_state_due(fx->db, N, 1005, ids, 4), 1);
	assert_int_equal(ids[0], 3);
	assert_int_equal(delivery_state_next_due(fx->db, N, &due), 1);
	assert_int_equal(due, 1005);
	assert_int_equal(delivery_state_due(fx->db, "other", 9999, ids, 4), 0);
	assert_int_equal(delivery_state_next_due(fx->db, "other", &due), 0);
}

static void
eighth_failure_is_death(void **state)
{
	static const int64_t delay[] = { 5, 30, 120, 600, 3600, 21600, 86400 };
	struct fixture *fx = *state;
	struct delivery_held h;

	begin(fx);
	for (int i = 0; i < 7; i++) {
		assert_int_equal(defer(fx, 3, "why", 1000), 0);
		assert_int_equal(
		    delivery_state_get(fx->db, fx->pool, N, 3, &h), 1);
		assert_string_equal(h.state, "deferred");
		assert_int_equal(h.due_at, 1000 + delay[i]);
	}
	assert_int_equal(defer(fx, 3, "at last", 1000), 0);
	assert_int_equal(delivery_state_get(fx->db, fx->pool, N, 3, &h), 1);
	assert_string_equal(h.state, "dead");
	assert_string_equal(h.reason, "at last");
	assert_int_equal(h.attempts, 8);
	commit(fx);
}

static void
person_retries_replays_and_discards(void **state)
{
	struct fixture *fx = *state;
	int64_t ids[4];
	struct delivery_held h, *list;
	int n;

	begin(fx);
	delivery_state_move(fx->db, N, 0, 9, NULL, 1);
	delivery_state_dead(fx->db, N, 3, "not JSON", 1000);
	assert_int_equal(delivery_state_due(fx->db, N, 99999, ids, 4), 0);
	assert_int_equal(delivery_state_retry(fx->db, N, 3, 2000), 1);
	assert_int_equal(delivery_state_retry(fx->db, N, 4, 2000), 0);
	assert_int_equal(delivery_state_replay(fx->db, N, 9, 2000), 1);
	assert_int_equal(delivery_state_replay(fx->db, N, 10, 2000), 0);
	assert_int_equal(delivery_state_due(fx->db, N, 2000, ids, 4), 2);
	assert_int_equal(delivery_state_get(fx->db, fx->pool, N, 3, &h), 1);
	assert_int_equal(h.attempts, 0);
	assert_int_equal(delivery_state_list(
			     fx->db, fx->pool, N, "deferred", 0, 10, &list, &n),
	    0);
	assert_int_equal(n, 2);
	assert_int_equal(list[1].delivery_id, 9);
	assert_int_equal(
	    delivery_state_list(fx->db, fx->pool, N, "dead", 0, 10, &list, &n),
	    0);
	assert_int_equal(n, 0);
	assert_int_equal(
	    delivery_state_list(fx->db, fx->pool, N, NULL, 3, 10, &list, &n),
	    0);
	assert_int_equal(n, 1);
	assert_int_equal(
	    db_prepare_all(fx->db, &delivery_discard_statements), 0);
	assert_int_equal(delivery_discard_has(fx->db, N, 3), 0);
	assert_int_equal(delivery_discard_put(fx->db, N, 3, 2500), 1);
	assert_int_equal(delivery_discard_has(fx->db, N, 3), 1);
	assert_int_equal(delivery_discard_put(fx->db, N, 3, 2500), 0);
	assert_int_equal(delivery_discard_undo(fx->db, N, 3), 0);
	assert_int_equal(delivery_discard_has(fx->db, N, 3), 0);
	assert_int_equal(delivery_state_done(fx->db, N, 9), 0);
	assert_int_equal(delivery_state_get(fx->db, fx->pool, N, 9, &h), 0);
	commit(fx);
}

static void
number_that_is_added_wakes_what_waited(void **state)
{
	struct fixture *fx = *state;
	const struct delivery_state_hindrance two = { .reason = "why",
		.waits_for = "number 42" };
	const struct delivery_state_hindrance three = { .reason = "because",
		.waits_for = "number 421" };
	int64_t ids[4], due_at;

	begin(fx);
	delivery_state_wait(fx->db, N, 3, &two, 1000);
	delivery_state_wait(fx->db, N, 4, &three, 1000);
	delivery_state_wait(fx->db, N, 5, &two, 1000);
	defer(fx, 6, "number 42 is odd", 10000);
	assert_int_equal(delivery_state_due(fx->db, N, 9999, ids, 4), 0);
	assert_int_equal(delivery_state_arrived(fx->db, "number 42", 1001), 2);
	assert_int_equal(delivery_state_due(fx->db, N, 1001, ids, 4), 2);
	assert_int_equal(ids[0], 3);
	assert_int_equal(ids[1], 5);
	assert_int_equal(delivery_state_done(fx->db, N, 6), 0);
	assert_int_equal(delivery_state_next_due(fx->db, N, &due_at), 1);
	commit(fx);
}

static void
what_is_waited_for_is_named_once(void **state)
{
	struct fixture *fx = *state;
	const struct delivery_state_hindrance two = { .reason = "why",
		.waits_for = "number 42" };
	const struct delivery_state_hindrance all = { .reason = "what",
		.waits_for = "account 7" };
	struct delivery_state_awaited *list;
	int n;

	begin(fx);
	for (int64_t id = 1; id <= 300; id++)
		delivery_state_wait(fx->db, N, id, &two, 1000);
	delivery_state_wait(fx->db, N, 301, &all, 1000);
	/* What fails otherwise later waits for nothing any more. */
	delivery_state_wait(fx->db, N, 302, &all, 1000);
	defer(fx, 302, "x", 1000);
	commit(fx);
	assert_int_equal(
	    delivery_state_waiting(fx->db, fx->pool, "", 10, &list, &n), 0);
	assert_int_equal(n, 2);
	assert_string_equal(list[0].waits_for, "account 7");
	assert_int_equal(list[0].deliveries, 1);
	assert_string_equal(list[1].waits_for, "number 42");
	assert_string_equal(list[1].reason, "why");
	assert_int_equal(list[1].deliveries, 300);
	assert_int_equal(
	    delivery_state_waiting(fx->db, fx->pool, "account 7", 1, &list, &n),
	    0);
	assert_string_equal(list[0].waits_for, "number 42");
	assert_int_equal(
	    delivery_state_waiting(fx->db, fx->pool, "number 42", 9, &list, &n),
	    0);
	assert_int_equal(n, 0);
}

static void
held_ones_are_kept(void **state)
{
	struct fixture *fx = *state;

	begin(fx);
	delivery_state_dead(fx->db, N, 5, "x", 1);
	defer(fx, 3, "x", 1);
	commit(fx);
	assert_int_equal(delivery_state_is_held(fx->db, N, 3), 1);
	assert_int_equal(delivery_state_is_held(fx->db, N, 4), 0);
	assert_int_equal(delivery_state_is_held(fx->db, N, 5), 1);
	assert_int_equal(delivery_state_is_held(fx->db, "other", 5), 0);
}

static void
dead_ones_end_and_deferred_ones_do_not(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(
	    db_prepare_all(fx->db, &delivery_discard_statements), 0);
	begin(fx);
	delivery_state_dead(fx->db, N, 5, "x", 1000);
	delivery_state_dead(fx->db, "another node", 6, "x", 1001);
	delivery_state_dead(fx->db, N, 7, "x", 2000);
	defer(fx, 3, "x", 1);
	assert_int_equal(
	    delivery_discard_old(fx->db, fx->pool, 2000, 5000, 1), 1);
	assert_int_equal(
	    delivery_discard_old(fx->db, fx->pool, 2000, 5000, 9), 1);
	assert_int_equal(
	    delivery_discard_old(fx->db, fx->pool, 2000, 5000, 9), 0);
	commit(fx);
	assert_int_equal(delivery_state_is_held(fx->db, N, 3), 1);
	assert_int_equal(delivery_state_is_held(fx->db, N, 7), 1);
	/* they do not count as applied */
	assert_int_equal(delivery_discard_has(fx->db, N, 5), 1);
	assert_int_equal(delivery_discard_has(fx->db, "another node", 6), 1);
}

/* The number's changes so far. */
static int64_t
told(struct fixture *fx)
{
	return fixture_int(fx, "SELECT COUNT(*) FROM changes"
			       " WHERE type = 'number.updated'"
			       " AND object_id = 1");
}

static void
number_tells_of_its_first_and_of_its_last(void **state)
{
	struct fixture *fx = *state;
	const char *number =
	    fixture_text(fx, "SELECT phone_number_id FROM numbers");
	const struct delivery_state_hindrance its = { .reason = "why",
		.phone_number_id = number };
	const struct delivery_state_hindrance nobodys = { .reason = "why",
		.waits_for = "number 42",
		.phone_number_id = "42" };
	struct delivery_held h;

	begin(fx);
	delivery_state_defer(fx->db, N, 3, &its, 1000);
	assert_int_equal(told(fx), 1);
	delivery_state_defer(fx->db, N, 4, &its, 1000);
	delivery_state_wait(fx->db, "other", 3, &nobodys, 1000);
	delivery_state_defer(fx->db, N, 3, &its, 1001);
	assert_int_equal(told(fx), 1);
	/* What is dead of an unknown number was its own before. */
	delivery_state_dead(fx->db, N, 3, "at last", 1002);
	assert_int_equal(delivery_state_get(fx->db, fx->pool, N, 3, &h), 1);
	assert_string_equal(h.phone_number_id, number);
	assert_int_equal(told(fx), 2);
	delivery_state_dead(fx->db, N, 4, "at last", 1002);
	assert_int_equal(told(fx), 3); /* none is deferred */
	delivery_state_done(fx->db, N, 4);
	assert_int_equal(told(fx), 3);
	delivery_state_done(fx->db, N, 3);
	assert_int_equal(told(fx), 4);
	commit(fx);
}

static void
long_reason_is_cut(void **state)
{
	struct fixture *fx = *state;
	char reason[1000];
	struct delivery_held h;

	memset(reason, 'x', sizeof(reason));
	reason[sizeof(reason) - 1] = '\0';
	begin(fx);
	assert_int_equal(defer(fx, 1, reason, 1), 0);
	commit(fx);
	assert_int_equal(delivery_state_get(fx->db, fx->pool, N, 1, &h), 1);
	assert_int_equal(strlen(h.reason), DELIVERY_STATE_REASON_MAX);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(cursor_begins_at_zero_and_never_goes_back),
		T(cursor_moves_only_from_where_it_was_found),
		T(deferred_is_not_due),
		T(eighth_failure_is_death),
		T(person_retries_replays_and_discards),
		T(number_that_is_added_wakes_what_waited),
		T(what_is_waited_for_is_named_once),
		T(held_ones_are_kept),
		T(dead_ones_end_and_deferred_ones_do_not),
		T(number_tells_of_its_first_and_of_its_last),
		T(long_reason_is_cut),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
