/*
 * A program begins while another one rewrites the file of the inbox: its
 * statements are prepared, whatever SQLite says in the middle of it.
 */
#include "fixture.h"

#include <sys/prctl.h>
#include <sys/wait.h>

#include <signal.h>

#include "lib/sql/sqlite.h"
#include "lib/sql/statements.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/export.h"
#include "inbox/erasure/person.h"
#include "inbox/inbox.h"
#include "inbox/job/job.h"
#include "inbox/media/media_admin.h"
#include "inbox/node/delivery_discard.h"
#include "inbox/outbox/outbox_list.h"
#include "inbox/search/engine/search_define.h"
#include "inbox/workspace/number_admin.h"
#include "inbox/workspace/token.h"
#include "inbox/workspace/user.h"
#include "inbox/workspace/workspace.h"

#define BEGINNINGS 40
#define REWRITES   5000 /* more than there will be */

/* A command's. */
static const struct statements all = {
	.also = STATEMENTS(&workspace_statements, &user_statements,
	    &token_statements, &number_statements, &number_admin_statements,
	    &delivery_discard_statements, &outbox_list_statements,
	    &media_statements, &media_admin_statements, &job_statements,
	    &erasure_statements, &person_statements, &export_statements)
};

static void
rewrite(const char *path)
{
	struct db *db;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	db = fixture_open(path, 5000);
	for (int i = 0; i < REWRITES; i++)
		if (db == NULL || sqlite_rewrite(db, INT64_MAX) == -1)
			_exit(1);
	_exit(0);
}

static void
who_begins_meanwhile_finds_all_tables(void **state)
{
	struct fixture *fx = *state;
	pid_t pid = fork();
	int status;

	if (pid == 0)
		rewrite(fx->path);
	assert_true(pid > 0);
	for (int i = 0; i < BEGINNINGS; i++) {
		struct db *db = inbox_open(fx->path, DB_READ, 5000);

		assert_non_null(db);
		assert_int_equal(search_define(db), 0);
		assert_int_equal(db_prepare_all(db, &all), 0);
		db_close(db);
	}
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(pid, waitpid(pid, &status, 0));
	assert_true(WIFSIGNALED(status));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    who_begins_meanwhile_finds_all_tables, fixture_begin,
		    fixture_end),
	};

	return cmocka_run_group_tests_name("rewrite", tests, NULL, NULL);
}
