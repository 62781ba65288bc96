/*
 * All of an inbox goes to PostgreSQL and back (cli/move), and is the same then;
 * or nothing of it.
 */
#include "fixture.h"

#include <stdlib.h>

#include "lib/sql/driver.h"

#include "inbox/inbox.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_put.h"

#include "cli/move/move_inbox.h"

#include "made_rows.h"
#include "pg/pg_server.h"
#include "tenants.h"

#define LONG 1500000 /* bytes: more than SQLite reads in one statement */

static struct pg_server *server;

struct move_test {
	struct fixture *fx;
	struct db *pg;
	struct move_inbox there, back;
};

static int64_t
pg_int(struct move_test *t, const char *sql)
{
	int64_t n = -1;

	assert_int_not_equal(db_get_int(t->pg, sql, DB_NONE, &n), -1);
	return n;
}

/* Texts and numbers as they seldom are. */
static void
add_odd_rows(struct fixture *fx)
{
	char *text = malloc(LONG + 1);

	assert_int_equal(
	    db_script(fx->db, "UPDATE messages SET text ="
			      " 'it''s \\ \\n ''; -- \n\t%s {} $1 🎉'"
			      " WHERE id = 1;"
			      "UPDATE messages SET text = '',"
			      " sent_at = 9223372036854775807 WHERE id = 2;"
			      "UPDATE messages SET error = '''' WHERE id = 3"),
	    0);
	for (int i = 0; i < LONG; i++)
		text[i] = i % 7 == 0 ? '\'' : 'a';
	text[LONG] = '\0';
	assert_int_equal(
	    db_run(fx->db, "UPDATE messages SET content = $1 WHERE id = 3",
		DB_ARGS(db_text(text))),
	    0);
	free(text);
}

static int
begin(void **state)
{
	struct move_test *t = calloc(1, sizeof(*t));
	const char *srcdir = getenv("srcdir");

	fixture_begin(state);
	t->fx = *state;
	*state = t;
	fixture_do(t->fx, tenants_rows);
	fixture_do(t->fx, made_rows(t->fx->db, t->fx->pool, NULL));
	fixture_do(t->fx, "INSERT INTO jobs(workspace_id, kind, subject)"
			  " VALUES (1, 'number_move', 9)");
	t->pg =
	    db_open_by(&pgsql_driver, pg_server_target(server), DB_WRITE, 5000);
	assert_non_null(t->pg);
	assert_int_equal(
	    db_script(t->pg, "DROP SCHEMA public CASCADE;"
			     "CREATE SCHEMA public;"
			     "GRANT USAGE ON SCHEMA public TO public"),
	    0);
	assert_int_equal(
	    pg_server_lay_schema(t->pg, srcdir != NULL ? srcdir : "."), 0);
	t->there = (struct move_inbox){
		.from = t->fx->db, .to = t->pg, .pool = t->fx->pool
	};
	return 0;
}

static int
end(void **state)
{
	struct move_test *t = *state;

	db_close(t->pg);
	*state = t->fx;
	free(t);
	return fixture_end(state);
}

/* Into a new file. */
static struct db *
move_back(struct move_test *t)
{
	const char *path = pool_printf(t->fx->pool, "%s/back.db", t->fx->dir);
	struct db *db;

	assert_int_equal(inbox_create(path), 1);
	db = inbox_open(path, DB_WRITE, 1000);
	assert_non_null(db);
	t->back =
	    (struct move_inbox){ .from = t->pg, .to = db, .pool = t->fx->pool };
	assert_int_equal(move_inbox(&t->back), 0);
	return db;
}

static void
all_of_it_goes_there_and_back(void **state)
{
	struct move_test *t = *state;
	const char *empty = "";
	struct db *db;
	int64_t keys = pg_int(t, "SELECT COUNT(*) FROM pg_constraint"
				 " WHERE contype = 'f'"),
		last = 0, pg_last = 0;

	add_odd_rows(t->fx);
	assert_int_equal(move_inbox(&t->there), 0);
	assert_true(t->there.n > 60);
	db = move_back(t);
	assert_int_equal(t->there.n, t->back.n);
	for (int i = 0; i < t->there.n; i++) {
		assert_string_equal(
		    t->there.done[i].table, t->back.done[i].table);
		assert_memory_equal(&t->there.done[i].sum, &t->back.done[i].sum,
		    sizeof(struct move_sum));
		if (t->there.done[i].sum.rows == 0)
			empty = pool_printf(t->fx->pool, "%s %s", empty,
			    t->there.done[i].table);
	}
	/* There is a row of each other table. */
	assert_string_equal(empty, "");
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM pg_constraint"
				   " WHERE contype = 'f'"),
	    keys);
	assert_int_equal(db_sequence_get(t->fx->db, "messages", &last), 1);
	assert_int_equal(db_sequence_get(t->pg, "messages", &pg_last), 1);
	assert_int_equal(last, pg_last);
	assert_int_equal(db_sequence_get(db, "messages", &pg_last), 1);
	assert_int_equal(last, pg_last);
	db_close(db);
}

/* Triggers fire again, and words are made anew. */
static void
it_goes_on_there(void **state)
{
	struct move_test *t = *state;
	int64_t changes;

	assert_int_equal(move_inbox(&t->there), 0);
	changes = pg_int(t, "SELECT MAX(seq) FROM changes"
			    " WHERE workspace_id = 1");
	assert_int_equal(
	    changes, fixture_int(t->fx, "SELECT MAX(seq) FROM changes"
					" WHERE workspace_id = 1"));
	assert_int_equal(
	    db_script(t->pg, "UPDATE contacts SET name = 'New' WHERE id = 1"),
	    0);
	assert_true(pg_int(t, "SELECT MAX(seq) FROM changes"
			      " WHERE workspace_id = 1") > changes);
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM message_words"), 0);
	while (search_rebuild_step(t->pg, SEARCH_PARTITION_ROWS, 1) == 1)
		;
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM message_words"),
	    fixture_int(t->fx, "SELECT COUNT(*) FROM messages"
			       " WHERE text <> ''"));
}

static void
what_is_not_empty_stays(void **state)
{
	struct move_test *t = *state;

	assert_int_equal(
	    db_script(t->pg, "INSERT INTO workspaces(name, created_at)"
			     " VALUES ('mine', 1)"),
	    0);
	assert_int_equal(move_inbox(&t->there), -1);
	assert_non_null(t->there.full);
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM workspaces"), 1);
}

static void
a_text_that_is_not_kept_is_named(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "CAST(x'6100ff62' AS TEXT)", "has U+0000" },
		{ "CAST(x'61eda08062' AS TEXT)", "is no UTF-8" },
	};
	struct move_test *t = *state;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		fixture_do(
		    t->fx, pool_printf(t->fx->pool,
			       "UPDATE messages SET text = %s WHERE id = 3",
			       cases[i].text));
		assert_int_equal(move_inbox(&t->there), -1);
		assert_string_equal(t->there.flaws.table, "messages");
		assert_string_equal(t->there.flaws.column, "text");
		assert_string_equal(t->there.flaws.why, cases[i].why);
		assert_int_equal(t->there.flaws.id, 3);
		assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM users"), 0);
	}
	t->there.flaws = (struct move_flaws){ .replace = 1 };
	assert_int_equal(move_inbox(&t->there), 0);
	assert_int_equal(t->there.flaws.replaced, 1);
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM messages WHERE text ="
				   " 'a' || repeat(chr(65533), 3) || 'b'"),
	    1);
}

/* Two names that are one for PostgreSQL: the second try is from the
 * beginning. */
static void
what_fails_leaves_nothing(void **state)
{
	struct move_test *t = *state;

	fixture_do(t->fx, "INSERT INTO tags(workspace_id, name, created_at)"
			  " VALUES (1, 'Ä', 1), (1, 'ä', 1)");
	assert_int_equal(move_inbox(&t->there), -1);
	assert_null(t->there.full);
	assert_int_equal(pg_int(t, "SELECT COUNT(*) FROM users"), 0);
	fixture_do(t->fx, "DELETE FROM tags WHERE name = 'ä'");
	assert_int_equal(move_inbox(&t->there), 0);
}

static int
run(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(all_of_it_goes_there_and_back),
		TEST(it_goes_on_there),
		TEST(what_is_not_empty_stays),
		TEST(a_text_that_is_not_kept_is_named),
		TEST(what_fails_leaves_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(void)
{
	return pg_server_serve(&server, run);
}
