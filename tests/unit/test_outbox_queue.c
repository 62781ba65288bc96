/*
 * A long queue: of each conversation one row is looked at, and that is always
 * the right one, whoever moves rows.
 */
#include "queued.h"

#define TALKS 3

/* What may go, read the slow way: all that is queued. */
static const char *
slow_ids(struct fixture *fx, int64_t now)
{
	static const char all[] =
	    "SELECT COALESCE(group_concat(id, ' '), '') FROM (SELECT id"
	    " FROM outbox o WHERE state = 'queued' AND due_at <= $1"
	    " AND NOT EXISTS (SELECT 1 FROM outbox b"
	    "  WHERE b.conversation_id = o.conversation_id AND b.id < o.id"
	    "  AND (b.state = 'queued' OR (b.state = 'sending'"
	    "   AND b.answer_by > $1))) ORDER BY due_at, id)";
	struct db_rows *r = db_query(fx->db, all, DB_ARGS(db_int(now)));
	const char *ids;

	assert_int_equal(db_next(r), 1);
	ids = db_col_copy(r, fx->pool, 0);
	db_end(r);
	return ids;
}

/* One of the things that become of a row. */
static void
happen(struct fixture *fx, int what, int id, int64_t now)
{
	static const char *const moves[] = {
		"SET state = 'sending', answer_by = $n + 60 WHERE"
		" state = 'queued' AND id = $i",
		"SET state = 'done' WHERE id = $i",
		"SET state = 'failed' WHERE id = $i",
		"SET state = 'queued', due_at = $n + $i % 3 WHERE id = $i",
		"SET answer_by = $n WHERE id = $i",
		"SET conversation_id = 1 + ($i + 1) % 3 WHERE id = $i",
		"SET conversation_id = 2 WHERE conversation_id = 1 + $i % 3",
	};
	const char *move = what < 7 ? moves[what] : NULL;
	char *sql = pool_alloc(fx->pool, 300), *to = sql;

	if (move == NULL) {
		fixture_do(fx, pool_printf(fx->pool,
				   "DELETE FROM outbox WHERE id = %d", id));
		return;
	}
	to += sprintf(to, "UPDATE outbox ");
	for (; *move != '\0'; move++)
		if (*move != '$')
			*to++ = *move;
		else
			to += sprintf(to, "%lld",
			    *++move == 'n' ? (long long)now : (long long)id);
	*to = '\0';
	fixture_do(fx, sql);
}

static const char *
first_but_behind(struct fixture *fx)
{
	return fixture_text(fx,
	    "SELECT group_concat(id) FROM outbox o WHERE behind = 1"
	    " AND state = 'queued' AND NOT EXISTS (SELECT 1 FROM outbox b"
	    "  WHERE b.conversation_id = o.conversation_id AND b.id < o.id"
	    "  AND b.state = 'queued')");
}

static void
whoever_moves_rows_the_right_ones_may_go(void **state)
{
	struct fixture *fx = *state;
	int next = 1;

	queued_talk(fx, 3);
	srand(7);
	for (int i = 0; i < 2000; i++) {
		int64_t now = FIXTURE_NOW + i / 10;
		int what = rand() % 14, id = 1 + rand() % next;

		if (what >= 9)
			queued_say(fx, next++, 1 + rand() % TALKS);
		else if (what < 5 || rand() % 8 == 0)
			happen(fx, what, id, now);
		assert_string_equal(first_but_behind(fx), "(null)");
		assert_string_equal(
		    queued_ids(fx, now, NULL), slow_ids(fx, now));
	}
}

/* Filled as nobody here does it, row by row or at once. */
static void
a_long_queue_is_one_row_to_look_at(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n"
	    " WHERE i < 20000) INSERT INTO outbox(workspace_id, number_id,"
	    " conversation_id, message_id, kind, state, due_at,"
	    " created_at) SELECT 1, 1, 1, 1000 + i, 'message', 'queued',"
	    " 1, 1 FROM n");
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM outbox"
			    " WHERE state = 'queued' AND behind = 0"),
	    1);
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "1");
	IN_TRANSACTION(fx, outbox_count(fx->db));
	assert_int_equal(fixture_int(fx, "SELECT open FROM number_queues"
					 " WHERE number_id = 1"),
	    20000);
	fixture_do(fx, "UPDATE outbox SET conversation_id = 2");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "1");
	fixture_do(fx, "UPDATE outbox SET state = 'failed' WHERE id < 20000");
	assert_string_equal(queued_ids(fx, FIXTURE_NOW, NULL), "20000");
	IN_TRANSACTION(fx, outbox_count(fx->db));
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM number_queues"), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM outbox"
			    " WHERE state = 'queued' AND behind = 0"),
	    1);
}

static void
what_could_not_go_for_a_day_fails_with_the_reason(void **state)
{
	struct fixture *fx = *state;
	int64_t day = FIXTURE_NOW + OUTBOX_AGE_MAX;

	for (int i = 1; i <= 3; i++)
		queued_say(fx, i, 1);
	queued_say(fx, 4, 2);
	fixture_do(fx,
	    "INSERT INTO number_pauses(number_id, until, reason, attempts)"
	    " VALUES (1, 9, 'there is no key', 1);"
	    "UPDATE outbox SET reason = '131000 Oh' WHERE id = 1;"
	    "UPDATE outbox SET created_at = created_at + 1 WHERE id = 3;"
	    "UPDATE outbox SET kind = 'read' WHERE id = 4");
	assert_int_equal(outbox_has_old(fx->db, day - 1), 0);
	assert_int_equal(outbox_has_old(fx->db, day), 1);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(outbox_give_up_old(fx->db, fx->pool, day, 100), 3);
	assert_int_equal(db_commit(fx->db), 0);
	assert_non_null(strstr(queued_state(fx, 1), "failed failed - "));
	assert_non_null(strstr(queued_state(fx, 1), "131000 Oh"));
	assert_non_null(strstr(queued_state(fx, 2), "there is no key"));
	assert_string_equal(queued_state(fx, 3), "queued queued - -");
	assert_string_equal(queued_state(fx, 4), "failed queued - -");
	assert_string_equal(queued_ids(fx, day, NULL), "3");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, queued_begin, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whoever_moves_rows_the_right_ones_may_go),
		TEST(a_long_queue_is_one_row_to_look_at),
		TEST(what_could_not_go_for_a_day_fails_with_the_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
