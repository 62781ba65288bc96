/*
 * A second engine behind db.h, in the same process: PostgreSQL.  That all
 * statements can be prepared is seen by tests/e2e/test_pg.py; here some of them
 * run.
 */
#include "fixture.h"

#include <sys/wait.h>

#include <sysexits.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"

#include "lib/sql/driver.h"

#include "inbox/node/delivery_state.h"

#include "pg/pg_server.h"

/* For all tests: what one writes the other engine gets, too. */
struct engines {
	struct fixture *fx; /* SQLite */
	struct db *pg;
};

/* The schema, and what fixture_begin has put into the inbox. */
static void
fill_pg(struct db *pg)
{
	const char *srcdir = getenv("srcdir");

	assert_int_equal(
	    pg_server_lay_schema(pg, srcdir != NULL ? srcdir : "."), 0);
	assert_int_equal(
	    db_script(pg,
		"INSERT INTO workspaces(name, created_at) VALUES ('a', 1);"
		"INSERT INTO numbers(workspace_id, phone_number_id, created_at)"
		" VALUES (1, '100', 1);"),
	    0);
}

static struct pg_server *server;

static int
begin(void **state)
{
	struct engines *e = calloc(1, sizeof(*e));

	fixture_begin(state);
	e->fx = *state;
	e->pg =
	    db_open_by(&pgsql_driver, pg_server_target(server), DB_WRITE, 1000);
	assert_non_null(e->pg);
	fill_pg(e->pg);
	*state = e;
	return 0;
}

static int
end(void **state)
{
	struct engines *e = *state;

	db_close(e->pg);
	*state = e->fx;
	free(e);
	return fixture_end(state);
}

/* What driver.h asks of an engine later is asked of this one, too; its writers
 * do not stand in a queue, and its log is its own affair. */
static void
the_table_is_whole(void **state)
{
	void *entry[offsetof(struct db_driver, queue) / sizeof(void *)];

	(void)state;
	memcpy(entry, &pgsql_driver, sizeof(entry));
	for (size_t i = 0; i < sizeof(entry) / sizeof(entry[0]); i++)
		assert_non_null(entry[i]);
	assert_null(pgsql_driver.queue);
	assert_null(pgsql_driver.files);
	assert_non_null(pgsql_driver.sequences);
}

/* Each takes what it needs of one list; a number that one leaves out has a type
 * all the same, which PostgreSQL wants. */
static void
statements_may_share_a_list(void **state)
{
	static const char *const sql[] = {
		"SELECT id FROM numbers WHERE id = $3 AND phone_number_id = $1",
		"SELECT id FROM numbers WHERE id = $4 AND $2 = 'x'",
	};
	struct engines *e = *state;
	const struct db_arg *args =
	    DB_SHARED_ARGS(db_text("100"), db_text("x"), db_int(1), db_int(1));
	struct db *const engines[] = { e->pg, e->fx->db };

	for (int i = 0; i < 4; i++) {
		int64_t id = 0;

		assert_int_equal(
		    db_get_int(engines[i / 2], sql[i % 2], args, &id), 1);
		assert_int_equal(id, 1);
	}
}

static void
run_with(struct db *db, const struct db_arg *args)
{
	static const char sql[] =
	    "UPDATE numbers SET display_phone = $1 WHERE id = $3";

	(void)db_run(db, sql, args);
}

/* How the program ends that gives a statement these. */
static int
ends_with(struct db *db, const struct db_arg *args)
{
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		run_with(db, args);
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void
another_number_of_arguments_ends_the_program(void **state)
{
	struct engines *e = *state;
	struct db *const engines[] = { e->pg, e->fx->db };

	for (int i = 0; i < 2; i++) {
		struct db *db = engines[i];

		run_with(db, DB_SHARED_ARGS(db_text("+1"), db_null(), db_int(1),
				 db_int(7)));
		assert_int_equal(db_changed(db), 1);
		assert_int_equal(
		    ends_with(db, DB_ARGS(db_text("x"), db_int(1))),
		    EX_SOFTWARE);
		/* $2 is in no list of its own. */
		assert_int_equal(
		    ends_with(db, DB_ARGS(db_text("x"), db_int(1), db_int(1))),
		    EX_SOFTWARE);
		assert_int_equal(
		    ends_with(db, DB_SHARED_ARGS(db_text("x"), db_null())),
		    EX_SOFTWARE);
	}
}

static void
an_argument_of_another_type_is_refused(void **state)
{
	struct engines *e = *state;
	int64_t id;

	assert_int_equal(
	    db_get_int(e->pg,
		"SELECT id FROM numbers WHERE phone_number_id = $1",
		DB_ARGS(db_int(100)), &id),
	    -1);
	assert_int_equal(
	    db_get_int(
		e->pg, "SELECT moving_to IS NULL FROM numbers", DB_NONE, &id),
	    -1);
}

static void
an_insert_says_its_id(void **state)
{
	static const char add[] =
	    "INSERT INTO users(email, name, created_at) VALUES ($1, $2, $3)"
	    " ON CONFLICT(email) DO NOTHING";
	struct engines *e = *state;
	struct db *const engines[] = { e->pg, e->fx->db };

	for (int i = 0; i < 2; i++) {
		struct db *db = engines[i];
		const struct db_arg *ann =
		    DB_ARGS(db_text("a@x"), db_text("A"), db_int(1));
		int64_t id = 0;

		assert_int_equal(db_begin(db), 0);
		assert_int_equal(db_insert(db, add, ann, &id), 1);
		assert_int_equal(id, 1);
		assert_int_equal(db_insert(db, add, ann, &id), 0);
		assert_int_equal(
		    db_insert(db, add,
			DB_ARGS(db_text("b@x"), db_text("B"), db_int(1)), &id),
		    1);
		assert_true(id > 1);
		assert_int_equal(db_commit(db), 0);
	}
}

/* As after a restore. */
static void
ids_go_on_above_what_was_given(void **state)
{
	static const char add[] =
	    "INSERT INTO users(email, name, created_at) VALUES ($1, 'C', 1)";
	struct engines *e = *state;
	struct db *const engines[] = { e->pg, e->fx->db };

	for (int i = 0; i < 2; i++) {
		struct db *db = engines[i];
		struct db_rows *r;
		int64_t id = 0;
		int listed = 0;

		assert_int_equal(0, db_sequence_get(db, "uploads", &id));
		assert_int_equal(0, db_begin(db));
		assert_int_equal(0, db_sequence_raise(db, "users", 1000));
		assert_int_equal(0, db_sequence_raise(db, "users", 10));
		assert_int_equal(0, db_sequence_raise(db, "nothing", 10));
		assert_int_equal(
		    1, db_insert(db, add, DB_ARGS(db_text("c@x")), &id));
		assert_int_equal(1001, id);
		assert_int_equal(0, db_commit(db));
		assert_int_equal(1, db_sequence_get(db, "users", &id));
		assert_int_equal(1001, id);
		r = db_sequence_list(db);
		while (db_next(r) == 1)
			listed += strcmp(db_col_text(r, 0), "users") == 0 &&
				  db_col_int(r, 1) == 1001;
		db_end(r);
		assert_int_equal(1, listed);
	}
}

static void
a_savepoint_takes_back_what_is_behind_it(void **state)
{
	static const char add[] =
	    "INSERT INTO workspaces(name, created_at) VALUES ($1, 1)";
	struct engines *e = *state;
	struct db *const engines[] = { e->pg, e->fx->db };

	for (int i = 0; i < 2; i++) {
		struct db *db = engines[i];
		int64_t n = 0;

		assert_int_equal(db_begin(db), 0);
		assert_int_equal(db_run(db, add, DB_ARGS(db_text("b"))), 0);
		assert_int_equal(db_savepoint(db), 0);
		assert_int_equal(db_run(db, add, DB_ARGS(db_text("c"))), 0);
		assert_int_equal(db_run(db, add, DB_ARGS(db_null())), -1);
		assert_int_equal(db_error(db), DB_CONSTRAINT);
		db_rollback_savepoint(db);
		assert_int_equal(db_commit(db), 0);
		assert_int_equal(
		    db_get_int(
			db, "SELECT COUNT(*) FROM workspaces", DB_NONE, &n),
		    1);
		assert_int_equal(n, 2);
	}
}

static void
a_statement_ends_at_its_deadline(void **state)
{
	static const char asleep[] =
	    "SELECT CAST(COUNT(*) AS bigint) FROM pg_sleep(60)";
	struct db *db = ((struct engines *)*state)->pg;
	int64_t n = 0;

	db_deadline(db, clock_ticks_ms() + 20);
	assert_int_equal(db_get_int(db, asleep, DB_NONE, &n), -1);
	assert_int_equal(db_error(db), DB_DEADLINE);
	db_deadline(db, 0);
	assert_int_equal(
	    db_get_int(db, "SELECT COUNT(*) FROM workspaces", DB_NONE, &n), 1);
}

/* ------------------------------------------------------------------ events */

/* Which rows are to be the same, and how a column reads: a number, a text. */
static const struct {
	const char *sql, *columns;
} tables[] = {
	{ "SELECT wamid, conversation_id, direction, source, type, content,"
	  " original, preview, text, status, error, sender, counts_unread,"
	  " placeholder, sent_at, edited_at, revoked_at, sighting_id"
	  " FROM messages ORDER BY id",
	    "tittttttttttnnnnnn" },
	{ "SELECT id, number_id, phone, phone_at, user_id, user_id_at,"
	  " group_id, profile_name, profile_name_at, contact_id, link"
	  " FROM conversations ORDER BY id",
	    "nntntnttnnt" },
	{ "SELECT number_id, kind, value, valid_from, conversation_id, account"
	  " FROM identities ORDER BY number_id, kind, value, valid_from",
	    "nttnnt" },
	{ "SELECT id, account, user_id, parent_user_id, portfolio, first_at,"
	  " name FROM sightings ORDER BY id",
	    "nttttnt" },
	{ "SELECT wamid, status, participant, at, error FROM message_statuses"
	  " ORDER BY wamid, status, participant",
	    "tttnt" },
	{ "SELECT target_wamid, sender, emoji, at, wamid FROM reactions"
	  " ORDER BY target_wamid, sender",
	    "tttnt" },
	{ "SELECT target_wamid, wamid, kind, at, content FROM message_patches"
	  " ORDER BY target_wamid, wamid",
	    "tttnt" },
	{ "SELECT message_id, media_id, state, mime_type, due_at FROM media"
	  " ORDER BY id",
	    "ntttn" },
	{ "SELECT wamid, seen_at FROM unmatched ORDER BY wamid", "tn" },
	{ "SELECT field, at, raw FROM workspace_events ORDER BY at", "tnt" },
	{ "SELECT node, delivery_id, state, reason, due_at, waits_for FROM held"
	  " ORDER BY node, delivery_id",
	    "tnttnt" },
	{ "SELECT node, delivery_id, seen_at, fingerprint FROM spool_cursors",
	    "tnnt" },
};

static char *
dump(struct db *db, struct pool *pool)
{
	struct buf b = { .pool = pool };

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		struct db_rows *r = db_query(db, tables[i].sql, DB_NONE);
		int rc;

		while ((rc = db_next(r)) == 1) {
			for (int c = 0; tables[i].columns[c] != '\0'; c++)
				if (db_col_is_null(r, c))
					buf_printf(&b, "-|");
				else if (tables[i].columns[c] == 't')
					buf_printf(
					    &b, "%s|", db_col_text(r, c));
				else
					buf_printf(&b, "%lld|",
					    (long long)db_col_int(r, c));
			buf_char(&b, '\n');
		}
		db_end(r);
		assert_int_equal(rc, 0);
	}
	return buf_end(&b);
}

static int
apply_to(struct db *db, struct pool *pool, const struct event *ev, int64_t id)
{
	const struct apply apply = { .db = db };
	struct delivery_state_hindrance why = { 0 };
	int rc;

	assert_int_equal(db_begin(db), 0);
	assert_int_equal(db_savepoint(db), 0);
	rc = apply_event(&apply, pool, ev, FIXTURE_NOW, &why);
	if (rc == 1) {
		assert_int_equal(db_release(db), 0);
	} else {
		db_rollback_savepoint(db);
		assert_int_equal(rc, 0);
		assert_int_equal(
		    delivery_state_wait(db, "n", id, &why, FIXTURE_NOW), 0);
	}
	assert_int_equal(delivery_state_move(db, "n", id > 0 ? id - 1 : 0, id,
			     "print", FIXTURE_NOW),
	    1);
	assert_int_equal(db_commit(db), 0);
	return rc;
}

static void
events_make_the_same_rows(void **state)
{
	struct engines *e = *state;
	struct event ev[] = {
		fixture_event("m1", "16505551234", 100, "hello"),
		fixture_event("m1", "16505551234", 100, "hello"),
		fixture_echo("m2", "16505551234", 110),
		fixture_status("m2", "delivered", 120),
		fixture_status("m9", "read", 121),
		fixture_event("m3", "16505550000", 130, "an image"),
		fixture_event("m4", "16505551234", 140, "edited"),
		fixture_event("m5", "16505551234", 150, "older"),
		fixture_event("m6", "16505551234", 160, "elsewhere"),
		fixture_event("r1", "16505551234", 170, NULL),
		{ .kind = EVENT_EDIT,
		    .phone_number_id = "100",
		    .inbound = 1,
		    .customer.wa_id = "16505551234",
		    .at = 175,
		    .wamid = "e1",
		    .target_wamid = "m4",
		    .type = "text",
		    .content = "{\"body\":\"better\"}",
		    .preview = "better",
		    .text = "better" },
		{ .kind = EVENT_NOTICE,
		    .phone_number_id = "100",
		    .at = 180,
		    .field = "account_update",
		    .raw = "{\"a\":1}" },
	};
	const size_t n = sizeof(ev) / sizeof(ev[0]);
	char *sqlite, *pg;

	ev[5].type = "image";
	ev[5].media.id = "77";
	ev[5].media.mime_type = "image/png";
	ev[5].customer.user_id = "US.13";
	ev[5].customer.profile_name = "Zo\xc3\xab";
	ev[7].source = EVENT_HISTORY;
	ev[8].phone_number_id = "999"; /* waits */
	ev[9].type = "reaction";
	ev[9].preview = "";
	ev[9].target_wamid = "m2";
	ev[9].emoji = "\xf0\x9f\x91\x8d";
	for (size_t i = 0; i < n; i++)
		assert_int_equal(
		    apply_to(e->fx->db, e->fx->pool, &ev[i], (int64_t)i),
		    apply_to(e->pg, e->fx->pool, &ev[i], (int64_t)i));
	sqlite = dump(e->fx->db, e->fx->pool);
	pg = dump(e->pg, e->fx->pool);
	assert_string_equal(sqlite, pg);
	assert_non_null(strstr(pg, "m3|"));
	assert_non_null(strstr(pg, "number 999"));
}

static int
run(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_table_is_whole),
		cmocka_unit_test(statements_may_share_a_list),
		cmocka_unit_test(another_number_of_arguments_ends_the_program),
		cmocka_unit_test(an_argument_of_another_type_is_refused),
		cmocka_unit_test(an_insert_says_its_id),
		cmocka_unit_test(ids_go_on_above_what_was_given),
		cmocka_unit_test(a_savepoint_takes_back_what_is_behind_it),
		cmocka_unit_test(a_statement_ends_at_its_deadline),
		cmocka_unit_test(events_make_the_same_rows),
	};

	return cmocka_run_group_tests(tests, begin, end);
}

int
main(void)
{
	return pg_server_serve(&server, run);
}
