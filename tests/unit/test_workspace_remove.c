/*
 * A workspace is removed with all it has: in steps (db_strict ends the program
 * after one that is too large), and nothing of another goes with it.
 */
#include <sys/stat.h>

#include "fixture.h"
#include "made_rows.h"
#include "tenants.h"

#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/job/workspace_remove.h"
#include "inbox/node/id_marks.h"
#include "inbox/outbox/outbox.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#define COUNT(fx, what) fixture_int(fx, "SELECT count(*) FROM " what)

/* What tenants.h has not: a row for the rest of the tables. */
static const char more[] =
    "INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at)"
    " VALUES (1, 1, x'01', 't', 1), (1, 2, x'02', 't', 1),"
    " (2, 2, x'03', 't', 1);"
    "INSERT INTO tickets VALUES (x'11', 1, 1, 9), (x'12', 2, 3, 9);"
    "INSERT INTO upload_media VALUES (1, 1, 1, 'u', 9);"
    "INSERT INTO uploads(workspace_id, user_id, mime_type, size, path,"
    " created_at) VALUES (2, 2, 'image/png', 3, 'ef/01', 1);"
    "INSERT INTO idempotency_keys VALUES (1, 1, 'k', x'00', 201, NULL, '', 1),"
    " (1, 2, 'k', x'00', 201, NULL, '', 1), (2, 2, 'k', x'00', 201, NULL, '',"
    " 1);"
    "INSERT INTO change_marks VALUES (1, 5, 1), (2, 5, 1);"
    "INSERT INTO erasures(workspace_id, user_id, asked_at, done_at)"
    " VALUES (1, 0, 1, 2), (2, 0, 1, 2);"
    "INSERT INTO number_pauses(number_id, until, reason, attempts)"
    " VALUES (1, 9, 'r', 1);"
    "INSERT INTO number_queues VALUES (1, 1000);"
    "INSERT INTO media_errors VALUES (1, 5);"
    "INSERT INTO search_partitions VALUES (1, 0, 0, 7), (2, 0, 0, 7);"
    "INSERT INTO unmatched VALUES (1, 'z', 5, 0)";

static int
setup(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &workspace_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &user_statements), 0);
	assert_int_equal(db_begin(fx->db), 0);
	fixture_do(fx, tenants_rows);
	fixture_do(fx, more);
	fixture_do(fx, made_rows(fx->db, fx->pool, "workspace_id"));
	fixture_do(fx, made_rows(fx->db, fx->pool, "number_id"));
	assert_int_equal(db_commit(fx->db), 0);
	return 0;
}

static void
begin(struct fixture *fx)
{
	struct workspace_remove_hindrance h;

	assert_int_equal(workspace_remove_look(fx->db, 1, &h), 0);
	assert_int_equal(h.erasures + h.moves, 0);
	assert_int_equal(db_begin_step(fx->db), 0);
	assert_int_equal(workspace_remove_begin(fx->db, 1), 1);
	assert_int_equal(workspace_remove_begin(fx->db, 1), 0);
	assert_int_equal(db_commit(fx->db), 0);
}

/* "TABLE n, …" of all tables with a column WHAT that is ID, also new ones;
 * with FULL a table without such a row is a fault of this test. */
static const char *
rows(struct fixture *fx, const char *what, int id, int full)
{
	struct db_rows *r = db_query(fx->db,
	    pool_printf(fx->pool,
		"SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table'"
		" AND t.name <> 'moving_conversations' AND EXISTS (SELECT 1"
		"  FROM pragma_table_info(t.name) WHERE name = '%s')"
		" ORDER BY t.name",
		what),
	    DB_NONE);
	const char *said = "";
	int64_t one;

	while (db_next(r) == 1) {
		assert_int_equal(
		    db_get_int(fx->db,
			pool_printf(fx->pool,
			    "SELECT count(*) FROM %s WHERE %s = %d",
			    db_col_text(r, 0), what, id),
			DB_NONE, &one),
		    1);
		if (one == 0 && full && !text_is(db_col_text(r, 0), "jobs") &&
		    !text_is(db_col_text(r, 0), "search_stale"))
			fail_msg("%s has no row here", db_col_text(r, 0));
		if (one != 0)
			said = pool_printf(fx->pool, "%s%s %lld, ", said,
			    db_col_text(r, 0), (long long)one);
	}
	db_end(r);
	return said;
}

static void
all_of_it_goes_and_nothing_of_another(void **state)
{
	struct fixture *fx = *state;
	const char *other = rows(fx, "workspace_id", 2, 0);
	int64_t sign;

	rows(fx, "workspace_id", 1, 1);
	rows(fx, "number_id", 1, 1);
	begin(fx);
	assert_int_equal(workspace_remove_is_on(fx->db, 1, &sign), 1);
	assert_true(fixture_jobs(fx) > 5);
	assert_int_equal(workspace_remove_is_on(fx->db, 1, &sign), 0);
	assert_string_equal(rows(fx, "workspace_id", 1, 0), "");
	assert_string_equal(rows(fx, "number_id", 1, 0), "");
	assert_string_equal(rows(fx, "number_id", 2, 0), "");
	assert_string_equal(rows(fx, "workspace_id", 2, 0), other);
	assert_int_equal(COUNT(fx, "workspaces WHERE id = 1"), 0);
	assert_int_equal(COUNT(fx, "users"), 2);
	/* What waits for the number does so for whoever has it next. */
	assert_string_equal(
	    fixture_text(fx, "SELECT waits_for FROM held"), "number 100");
	assert_int_equal(COUNT(fx, "message_words('\"1.0.apple\" OR"
				   " \"1.0.pear\"')"),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM"
					 " pragma_foreign_key_check"),
	    0);
}

static void
nobody_is_let_in_and_nothing_is_sent_as_soon_as_it_begins(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row *due;
	struct workspace w;
	int n;

	begin(fx);
	assert_string_equal(
	    fixture_text(
		fx, "SELECT group_concat(workspace_id) FROM api_tokens"),
	    "2");
	assert_int_equal(COUNT(fx, "tickets"), 1);
	assert_int_equal(
	    outbox_due(fx->db, fx->pool, 1, FIXTURE_NOW, 2, &due, &n), 0);
	assert_int_equal(n, 0);
	assert_int_equal(workspace_get(fx->db, fx->pool, 1, &w), 1);
	assert_true(w.removing);
	/* What is delivered waits. */
	struct event ev =
	    fixture_event("late", "16505551234", FIXTURE_NOW, "late");
	assert_int_equal(fixture_apply(fx, &ev), 0);
	assert_string_equal(fx->reason, "number 100 is being moved to another "
					"workspace, or removed");
}

/* As a processor that starts reads them. */
static void
read_marks(struct fixture *fx, struct id_marks *m)
{
	assert_int_equal(db_prepare_all(fx->db, &id_marks_statements), 0);
	assert_int_equal(id_marks_read(fx->db, FIXTURE_NOW, m), 0);
}

/* After each step the program is killed; the next takes the inbox for none
 * that is older, though the workspace with the highest seq goes. */
static void
a_kill_between_steps_does_no_harm(void **state)
{
	struct fixture *fx = *state;
	int64_t last, sign = -1, before;
	int steps = 0, rc = 1;
	struct id_marks noted, here;

	fixture_do(
	    fx, "UPDATE changes SET seq = seq + 99999 WHERE workspace_id = 1");
	begin(fx);
	while (rc == 1) {
		last = 0;
		before = sign;
		read_marks(fx, &noted);
		rc = job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW);
		assert_int_not_equal(rc, -1);
		steps++;
		if (COUNT(fx, "conversations WHERE workspace_id = 1") > 0) {
			workspace_remove_is_on(fx->db, 1, &sign);
			assert_int_not_equal(sign, before);
		}
		db_close(fx->db);
		fx->db = fixture_open(fx->path, 1000);
		db_strict(fx->db);
		assert_int_equal(db_prepare_all(fx->db, &job_statements), 0);
		read_marks(fx, &here);
		assert_int_equal(id_marks_beyond(&noted, &here), 0);
	}
	assert_true(steps > 5);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_string_equal(rows(fx, "workspace_id", 1, 0), "");
}

static void
what_is_on_its_way_ends_first(void **state)
{
	struct fixture *fx = *state;
	struct workspace_remove_hindrance h;
	int64_t last = 0;

	fixture_do(fx, "UPDATE erasures SET done_at = NULL;"
		       "UPDATE numbers SET moving_to = 2 WHERE id = 2");
	assert_int_equal(workspace_remove_look(fx->db, 1, &h), 0);
	assert_int_equal(h.erasures, 1);
	assert_int_equal(h.moves, 1);
	assert_int_equal(workspace_remove_look(fx->db, 2, &h), 0);
	assert_int_equal(h.moves, 1);
	fixture_do(fx, "UPDATE erasures SET done_at = 1;"
		       "UPDATE numbers SET moving_to = NULL;"
		       "UPDATE outbox SET state = 'sending', sending_at = 1,"
		       " answer_by = 2");
	begin(fx);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE workspace_id = 1"), 3);
	fixture_do(fx, "UPDATE outbox SET state = 'failed'");
	fixture_jobs(fx);
	assert_string_equal(rows(fx, "workspace_id", 1, 0), "");
}

static void
put_file(const char *dir, const char *folder, const char *name)
{
	char *sub = unit_path(dir, folder), *path;
	FILE *f;

	assert_int_equal(mkdir(sub, 0700), 0);
	path = unit_path(sub, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fclose(f);
	free(path);
	free(sub);
}

static int
is_file(const char *dir, const char *name)
{
	char *path = unit_path(dir, name);
	struct stat st;
	int is = stat(path, &st) == 0;

	free(path);
	return is;
}

#define HEX62 "0123456789012345678901234567890123456789012345678901234567890a"

/* A file is by content: another workspace may have the same. */
static void
files_go_that_nobody_else_has(void **state)
{
	struct fixture *fx = *state;
	int64_t last = 0;

	fixture_do(fx, "UPDATE media SET path = 'ab/" HEX62 "';"
		       "UPDATE uploads SET path = 'ef/" HEX62 "'");
	put_file(fx->dir, "ab", HEX62);
	put_file(fx->dir, "ef", HEX62);
	begin(fx);
	for (int i = 0; i < 99; i++)
		assert_int_not_equal(
		    job_step(fx->db, fx->pool, fx->dir, &last, FIXTURE_NOW),
		    -1);
	assert_false(is_file(fx->dir, "ab/" HEX62));
	assert_true(is_file(fx->dir, "ef/" HEX62));
}

static void
a_user_leaves_all_workspaces_and_what_was_sent_stays(void **state)
{
	struct fixture *fx = *state;
	int64_t alone = 0;

	/* Bob is all that workspace 2 has. */
	assert_int_equal(user_is_alone(fx->db, 1, &alone), 0);
	assert_int_equal(user_is_alone(fx->db, 2, &alone), 1);
	assert_int_equal(alone, 2);
	fixture_do(fx,
	    "INSERT INTO workspace_members VALUES (2, 1, 'agent', 1);"
	    "UPDATE messages SET sent_by = 2 WHERE id = 2");
	assert_int_equal(user_is_alone(fx->db, 2, &alone), 0);
	assert_int_equal(db_begin_step(fx->db), 0);
	assert_int_equal(user_remove(fx->db, 2, FIXTURE_NOW), 1);
	assert_int_equal(db_commit(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(email) FROM users"), "a@x");
	assert_int_equal(COUNT(fx, "api_tokens WHERE user_id = 2"), 0);
	assert_int_equal(COUNT(fx, "workspace_members WHERE user_id = 2"), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE assigned_to = 2"), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE assigned_to = 1"), 2);
	assert_int_equal(COUNT(fx, "messages WHERE sent_by = 2"), 1);
}

/* 125 of each workspace are let go in the step, and not more than fit. */
static void
a_user_of_many_workspaces_leaves_in_steps(void **state)
{
	struct fixture *fx = *state;
	int steps = 0, rc = 0;

	assert_int_equal(db_begin(fx->db), 0);
	fixture_do(fx, "WITH RECURSIVE n(i) AS (SELECT 3 UNION ALL SELECT i + 1"
		       " FROM n WHERE i < 12) INSERT INTO workspaces(id, name,"
		       " created_at) SELECT i, 'w' || i, 1 FROM n;"
		       "INSERT INTO workspace_members SELECT id, 1, 'agent', 1"
		       " FROM workspaces WHERE id > 2;"
		       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		       " FROM n WHERE i < 120) INSERT INTO"
		       " conversations(workspace_id, number_id, assigned_to,"
		       " created_at, updated_at) SELECT w.id, 1, 1, 1, 1"
		       " FROM workspaces AS w, n WHERE w.id > 2");
	assert_int_equal(db_commit(fx->db), 0);
	while (rc == 0) {
		assert_int_equal(db_begin_step(fx->db), 0);
		rc = user_remove(fx->db, 1, FIXTURE_NOW);
		assert_int_equal(db_commit(fx->db), 0);
		assert_int_equal(COUNT(fx, "api_tokens WHERE user_id = 1"), 0);
		steps++;
	}
	assert_int_equal(rc, 1);
	assert_true(steps > 2);
	assert_int_equal(COUNT(fx, "conversations WHERE assigned_to = 1"), 0);
	assert_int_equal(COUNT(fx, "users"), 1);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fixture_end)
	const struct CMUnitTest tests[] = {
		T(all_of_it_goes_and_nothing_of_another),
		T(nobody_is_let_in_and_nothing_is_sent_as_soon_as_it_begins),
		T(a_kill_between_steps_does_no_harm),
		T(what_is_on_its_way_ends_first),
		T(files_go_that_nobody_else_has),
		T(a_user_leaves_all_workspaces_and_what_was_sent_stays),
		T(a_user_of_many_workspaces_leaves_in_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
