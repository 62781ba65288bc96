/*
 * The search's index is that of its rows, whatever happens to them: histories
 * of what programs do, in any order, with partitions of few rows and with an
 * index that is being filled, and after each the index beside one that is made
 * anew.
 *
 * test_search_index FIRST COUNT tries other seeds.
 */
#include "fixture.h"

#include <pthread.h>
#include <stdlib.h>

#include "inbox/conversation/merge.h"
#include "inbox/erasure/delete.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/search/search_put.h"

#include "words_anew.h"

#define SEEDS 12
#define STEPS 60
#define FULL  24 /* messages of a partition */

static int first_seed = 1, n_seeds = SEEDS;

static uint64_t luck;

static int
below(int n)
{
	luck = luck * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (int)((luck >> 33) % (uint64_t)n);
}

static const char *
text(struct fixture *fx)
{
	static const char *const words[] = { "pear", "apple", "Quince!",
		"10 kg", "+49 151 2345", "...", "a-b", "süß", "我想退貨" };
	const char *s = "";

	if (below(6) == 0)
		return "NULL";
	for (int n = below(5); n >= 0; n--)
		s = pool_printf(fx->pool, "%s%s ", s,
		    words[below(sizeof(words) / sizeof(words[0]))]);
	return pool_printf(fx->pool, "'%s'", s);
}

/* The order of rows in which a step takes some of them. */
static const char *
luckily(struct fixture *fx)
{
	return pool_printf(
	    fx->pool, "ORDER BY id * %d %% 10007, id", 1 + below(10006));
}

static void
add_messages(struct fixture *fx, int n)
{
	while (n-- > 0)
		fixture_do(fx,
		    pool_printf(fx->pool,
			"INSERT INTO messages(workspace_id, conversation_id,"
			" number_id, direction, source, type, content,"
			" preview, text, status, sent_at, created_at)"
			" SELECT workspace_id, id, number_id, 'inbound',"
			" 'live', 'text', '{}', 'p', %s, 'received', 1, 1"
			" FROM conversations %s LIMIT 1",
			text(fx), luckily(fx)));
}

static void
delete_messages(struct fixture *fx)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"DELETE FROM messages WHERE id IN (SELECT id FROM messages %s"
		" LIMIT 3)",
		luckily(fx)));
}

/* As process/drain does: some are changed again, or gone, before the end. */
static void
add_batch(struct fixture *fx)
{
	add_messages(fx, below(30));
	if (below(2) == 0)
		fixture_do(fx,
		    pool_printf(fx->pool,
			"UPDATE messages SET text = %s WHERE id IN (SELECT id"
			" FROM messages ORDER BY id DESC LIMIT 3)",
			text(fx)));
	if (below(2) == 0)
		delete_messages(fx);
}

static void
change_people(struct fixture *fx)
{
	const char *name = text(fx);

	fixture_do(fx,
	    pool_printf(fx->pool,
		"INSERT INTO contacts(workspace_id, phone, name, email,"
		" created_at, updated_at) VALUES (1 + %d, '+4915%d',"
		" COALESCE(%s, 'x'), %s, 1, 1) ON CONFLICT DO UPDATE"
		" SET name = excluded.name;"
		"UPDATE conversations SET profile_name = %s, phone = NULLIF("
		"'+%d', '+7') WHERE id = (SELECT id FROM conversations"
		" %s LIMIT 1);"
		"INSERT INTO conversations(workspace_id, number_id, phone,"
		" profile_name, created_at, updated_at) VALUES (1 + %d, 1,"
		" '+49%d', %s, 1, 1)",
		below(2), below(50), name, text(fx), name, below(20000),
		luckily(fx), below(2), below(1000), text(fx)));
	if (below(3) == 0)
		fixture_do(
		    fx, pool_printf(fx->pool,
			    "DELETE FROM contacts WHERE id = (SELECT id FROM"
			    " contacts %s LIMIT 1)",
			    luckily(fx)));
}

/* As inbox/job/number_move does: the conversation goes and comes. */
static void
move(struct fixture *fx)
{
	fixture_do(
	    fx, pool_printf(fx->pool,
		    "CREATE TEMP TABLE moved AS SELECT * FROM conversations"
		    " WHERE id = (SELECT id FROM conversations %s LIMIT 1)",
		    luckily(fx)));
	fixture_do(fx,
	    "DELETE FROM conversations WHERE id IN (SELECT id FROM moved);"
	    "UPDATE messages SET workspace_id = 3 - workspace_id"
	    " WHERE conversation_id IN (SELECT id FROM moved);"
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " profile_name, created_at, updated_at)"
	    " SELECT id, 3 - workspace_id, number_id, phone, profile_name,"
	    " 1, 1 FROM moved;"
	    "DROP TABLE moved");
}

static void
merge(struct fixture *fx)
{
	int64_t keep = fixture_int(
	    fx, "SELECT MIN(id) FROM conversations WHERE workspace_id = 1");
	int64_t gone = fixture_int(
	    fx, "SELECT MAX(id) FROM conversations WHERE workspace_id = 1");

	if (keep < gone)
		assert_int_not_equal(merge_conversations(fx->db, fx->pool, 1,
					 keep, gone, FIXTURE_NOW),
		    -1);
}

static void
erase(struct fixture *fx)
{
	struct deletion d = { .db = fx->db, .pool = fx->pool, .now = 1 };
	int64_t id = fixture_int(
	    fx, pool_printf(fx->pool,
		    "SELECT id FROM conversations WHERE workspace_id = 1 %s"
		    " LIMIT 1",
		    luckily(fx)));

	delete_begin(&d);
	if (id > 0)
		assert_int_not_equal(delete_conversation(&d, 1, id), -1);
}

/* As a person copies rows back from a backup: an id that was given before. */
static void
come_back(struct fixture *fx)
{
	fixture_do(fx,
	    pool_printf(fx->pool,
		"CREATE TEMP TABLE back AS SELECT * FROM messages %s LIMIT 3;"
		"DELETE FROM messages WHERE id IN (SELECT id FROM back)",
		luckily(fx)));
	if (below(2) == 0)
		assert_int_equal(search_index_put(fx->db, FULL, 9), 0);
	fixture_do(fx, "INSERT INTO messages SELECT * FROM back;"
		       "DROP TABLE back");
}

/* What an upgrade leaves. */
static void
lose_the_index(struct fixture *fx)
{
	fixture_do(fx,
	    "INSERT INTO message_words(message_words) VALUES ('delete-all');"
	    "INSERT INTO conversation_words(conversation_words)"
	    " VALUES ('delete-all');"
	    "INSERT INTO conversation_digits(conversation_digits)"
	    " VALUES ('delete-all');"
	    "INSERT INTO contact_words(contact_words) VALUES ('delete-all');"
	    "INSERT INTO contact_digits(contact_digits)"
	    " VALUES ('delete-all');"
	    "DELETE FROM search_partitions; DELETE FROM search_stale;"
	    "UPDATE search_indexed SET from_id = upto_id + 1,"
	    " began_id = upto_id + 1, began_at = NULL");
}

static void
change(struct fixture *fx)
{
	int what = below(13);

	assert_int_equal(db_begin(fx->db), 0);
	if (what < 3)
		add_batch(fx);
	else if (what == 3)
		add_messages(fx, 3);
	else if (what == 4)
		fixture_do(fx,
		    pool_printf(fx->pool,
			"UPDATE messages SET text = %s WHERE id IN (SELECT id"
			" FROM messages %s LIMIT 5)",
			text(fx), luckily(fx)));
	else if (what == 5)
		delete_messages(fx);
	else if (what < 8)
		change_people(fx);
	else if (what == 8)
		move(fx);
	else if (what == 9)
		merge(fx);
	else if (what == 10)
		erase(fx);
	else if (what == 11)
		come_back(fx);
	else
		assert_int_equal(search_merge_begin(fx->db), 0);
	/* What fails half-way is as if it had not been. */
	if (below(8) == 0)
		db_rollback(fx->db);
	else
		assert_int_equal(db_commit(fx->db), 0);
}

/* As the run loop does, and now and then the program is started again. */
static void
tend(struct fixture *fx)
{
	if (below(2) == 0)
		assert_int_not_equal(
		    search_index_step(fx->db, FULL, 1 + below(9)), -1);
	if (below(2) == 0)
		assert_int_not_equal(
		    search_partition_split_step(fx->db, FULL), -1);
	if (below(2) == 0)
		assert_int_not_equal(
		    search_rebuild_step(fx->db, FULL, FIXTURE_NOW), -1);
	if (below(3) == 0)
		assert_int_not_equal(search_tidy_step(fx->db), -1);
	if (below(20) == 0)
		fixture_jobs(fx);
	if (below(10) == 0) {
		assert_int_equal(db_begin(fx->db), 0);
		assert_int_not_equal(search_merge_step(fx->db), -1);
		assert_int_equal(db_commit(fx->db), 0);
	}
	if (below(20) == 0) {
		assert_int_equal(db_begin(fx->db), 0);
		lose_the_index(fx);
		assert_int_equal(db_commit(fx->db), 0);
	}
}

static void
is_that_of_its_rows(struct fixture *fx, int seed)
{
	if (words_anew(fx->db) == -1)
		fail_msg("seed %d", seed);
	/* Each row of a workspace's partitions has a label of its own. */
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) - COUNT(DISTINCT workspace_id ||"
			    " ' ' || partition) FROM search_partitions"),
	    0);
}

static void
begin(struct fixture *fx)
{
	assert_int_equal(db_prepare_all(fx->db, &search_put_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &search_merge_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &delete_statements), 0);
	fixture_do(fx,
	    "INSERT INTO workspaces(name, created_at) VALUES ('b', 1);"
	    "INSERT INTO conversations(workspace_id, number_id, phone,"
	    " created_at, updated_at) VALUES (1, 1, '+491', 1, 1),"
	    " (1, 1, '+4915123456', 1, 1), (2, 1, '+49222', 1, 1)");
}

static void
the_index_is_that_of_its_rows(void **state)
{
	for (int seed = first_seed; seed < first_seed + n_seeds; seed++) {
		void *made = NULL;
		struct fixture *fx;

		fixture_begin(&made);
		fx = made;
		begin(fx);
		luck = (uint64_t)seed;
		for (int i = 0; i < STEPS; i++) {
			change(fx);
			tend(fx);
			if (below(10) == 0)
				is_that_of_its_rows(fx, seed);
		}
		while (search_rebuild_step(fx->db, FULL, FIXTURE_NOW) == 1)
			;
		assert_int_equal(
		    fixture_int(fx, "SELECT SUM(from_id) FROM search_indexed"),
		    0);
		is_that_of_its_rows(fx, seed);
		while (search_index_step(fx->db, FULL, FULL) == 1 ||
		       search_partition_split_step(fx->db, FULL) == 1)
			;
		assert_int_equal(search_progress_is_due(fx->db), 0);
		assert_true(
		    fixture_int(fx, "SELECT COALESCE(MAX(rows), 0)"
				    " FROM search_partitions") < 2 * FULL);
		is_that_of_its_rows(fx, seed);
		fixture_end(&made);
	}
	(void)state;
}

#define MANY 400

static void *
put_all(void *path)
{
	struct db *db = fixture_open(path, 5000);

	assert_non_null(db);
	assert_int_equal(db_prepare_all(db, &search_index_statements), 0);
	assert_int_equal(db_prepare_all(db, &search_put_statements), 0);
	while (search_index_step(db, FULL, 5) == 1 ||
	       search_rebuild_step(db, FULL, FIXTURE_NOW) == 1)
		;
	db_close(db);
	return NULL;
}

/* FTS5 does not notice a row that comes twice, or is taken out twice. */
static void
two_at_once_put_no_word_twice(void **state)
{
	void *made = NULL;
	struct fixture *fx;
	pthread_t other[2];

	(void)state;
	fixture_begin(&made);
	fx = made;
	begin(fx);
	add_messages(fx, MANY);
	while (search_index_step(fx->db, FULL, FULL) == 1)
		;
	lose_the_index(fx);
	add_messages(fx, MANY);
	for (int i = 0; i < 2; i++)
		assert_int_equal(
		    pthread_create(&other[i], NULL, put_all, fx->path), 0);
	for (int i = 0; i < 50; i++) {
		assert_int_equal(db_begin(fx->db), 0);
		fixture_do(
		    fx, pool_printf(fx->pool,
			    "UPDATE messages SET text = 'pear' WHERE id ="
			    " (SELECT id FROM messages %s LIMIT 1)",
			    luckily(fx)));
		assert_int_equal(db_commit(fx->db), 0);
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(other[i], NULL), 0);
	assert_int_equal(words_anew(fx->db), 0);
	fixture_end(&made);
}

int
main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_index_is_that_of_its_rows),
		cmocka_unit_test(two_at_once_put_no_word_twice),
	};

	if (argc == 3) {
		first_seed = atoi(argv[1]);
		n_seeds = atoi(argv[2]);
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
