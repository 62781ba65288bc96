/*
 * An inbox that came back from a copy: its ids go on above all that were given,
 * and what must not come back does not.
 */
#include "fixture.h"

#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/inbox.h"
#include "inbox/node/id_marks.h"
#include "inbox/node/restored.h"
#include "inbox/workspace/change.h"

#include "process/id_highwater.h"

static int
begin(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_prepare_all(fx->db, &id_highwater_statements), 0);
	assert_int_equal(db_prepare_all(fx->db, &restored_statements), 0);
	return 0;
}

static int64_t
mark(const struct id_marks *m, const char *name)
{
	for (int i = 0; i < m->n; i++)
		if (text_is(m->mark[i].name, name))
			return m->mark[i].id;
	return -1;
}

static void
marks_are_read_saved_and_loaded(void **state)
{
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "inbox.highwater");
	struct id_marks m, loaded;

	assert_int_equal(id_marks_load(path, &loaded), 0);
	fixture_do(fx,
	    "INSERT INTO contacts(id, workspace_id, phone, name,"
	    " created_at, updated_at) VALUES (7, 1, '+1', 'a', 1, 1)");
	assert_int_equal(id_marks_read(fx->db, 100, &m), 0);
	assert_int_equal(mark(&m, "contacts"), 7);
	assert_int_equal(mark(&m, "changes"), 1);
	assert_int_equal(id_marks_save(path, &m), 0);
	assert_int_equal(id_marks_load(path, &loaded), 1);
	assert_int_equal(loaded.at, 100);
	assert_int_equal(loaded.n, m.n);
	assert_int_equal(mark(&loaded, "contacts"), 7);
	assert_false(id_marks_beyond(&m, &loaded));
	fixture_do(fx, "DELETE FROM contacts");
	assert_int_equal(id_marks_read(fx->db, 101, &m), 0);
	assert_int_equal(mark(&m, "contacts"), 7);
	assert_true(id_marks_beyond(&m, &loaded)); /* a change more */
	assert_false(id_marks_beyond(&loaded, &m));
	free(path);
}

static void
what_is_no_note_says_nothing(void **state)
{
	static const char *const texts[] = { "", "at", "at x", "contacts 7\n",
		"at 99999999999999999999\n", "\377\376", "at 0\n" };
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "note");
	struct id_marks m;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		FILE *f = fopen(path, "w");

		fputs(texts[i], f);
		fclose(f);
		assert_int_equal(id_marks_load(path, &m), 0);
	}
	free(path);
}

static void
the_stride_is_small_where_a_person_types_the_id(void **state)
{
	struct id_marks m = { .at = 1000,
		.n = 2,
		.mark = { { "workspaces", 2 }, { "messages", 5 } } };

	(void)state;
	id_marks_stride(&m, 1060);
	assert_int_equal(mark(&m, "workspaces"), 1003);
	assert_int_equal(mark(&m, "messages"), 10060005);
	m.at = 2000; /* the clock went back */
	id_marks_stride(&m, 1000);
	assert_int_equal(mark(&m, "workspaces"), 2003);
}

static void
ids_and_changes_go_on_above(void **state)
{
	struct fixture *fx = *state;
	struct id_marks m = { .at = 1,
		.n = 3,
		.mark = { { "messages", 50 }, { "changes", 80 },
		    { "of another version", 9 } } };

	fixture_do(fx,
	    "INSERT INTO contacts(workspace_id, phone, name, created_at,"
	    " updated_at) VALUES (1, '+1', 'a', 1, 1);"
	    "INSERT INTO change_marks VALUES (1, 5, 1)");
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(id_marks_raise(fx->db, &m), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(fixture_int(fx, "SELECT seq FROM sqlite_sequence"
					 " WHERE name = 'messages'"),
	    50);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM sqlite_sequence"
					 " WHERE name = 'of another version'"),
	    0);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM changes"), 1);
	assert_int_equal(fixture_int(fx, "SELECT seq FROM changes"), 82);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM change_marks"), 0);
	for (int64_t after = 0; after <= 80; after++)
		assert_false(change_reaches(82, 82, after));
	assert_true(change_reaches(82, 82, 82));
}

static void
a_copy_that_is_put_back_by_hand_is_noticed_once(void **state)
{
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "inbox.highwater");
	struct id_highwater ids = { .db = fx->db, .path = path };

	assert_int_equal(id_highwater_check(&ids, 100), 0);
	fixture_do(fx, "INSERT INTO tags(id, workspace_id, name, created_at)"
		       " VALUES (7, 1, 'a', 1)");
	id_highwater_note(&ids, 100);
	assert_int_equal(id_highwater_check(&ids, 100), 0);
	fixture_do(
	    fx, "UPDATE sqlite_sequence SET seq = 2 WHERE name = 'tags'");
	assert_int_equal(id_highwater_check(&ids, 160), 0);
	assert_int_equal(fixture_int(fx, "SELECT seq FROM sqlite_sequence"
					 " WHERE name = 'tags'"),
	    1008);
	id_highwater_note(&ids, 160);
	assert_int_equal(id_highwater_check(&ids, 160), 0);
	assert_int_equal(fixture_int(fx, "SELECT seq FROM sqlite_sequence"
					 " WHERE name = 'tags'"),
	    1008);
	free(path);
}

/* Tokens 1 (valid), 2 (revoked since), 3 (removed since), 4 (expired). */
static const char tokens[] =
    "INSERT INTO users(email, name, created_at) VALUES ('a', 'a', 1);"
    "INSERT INTO workspace_members VALUES (1, 1, 'owner', 1);"
    "INSERT INTO api_tokens(workspace_id, user_id, hash, name, created_at,"
    " expires_at) VALUES (1, 1, x'01', 'a', 1, NULL),"
    " (1, 1, x'02', 'b', 2, NULL), (1, 1, x'03', 'c', 3, NULL),"
    " (1, 1, x'04', 'd', 4, 50);";

static void
tokens_that_were_revoked_since_let_nobody_in(void **state)
{
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "before.db");
	struct db *before;
	int64_t n;

	fixture_do(fx, tokens);
	assert_int_equal(inbox_create(path), 1);
	before = fixture_open(path, 1000);
	assert_int_equal(
	    db_script(before, "INSERT INTO workspaces(name, created_at)"
			      " VALUES ('a', 1)"),
	    0);
	assert_int_equal(db_script(before, tokens), 0);
	assert_int_equal(db_prepare_all(before, &restored_statements), 0);
	assert_int_equal(
	    db_script(before, "UPDATE api_tokens SET revoked_at = 9"
			      " WHERE id = 2;"
			      "DELETE FROM api_tokens WHERE id = 3"),
	    0);
	assert_int_equal(restored_is_of(fx->db, before), 0);
	assert_int_equal(restored_tokens(fx->db, NULL, 0, 100), 0);
	assert_int_equal(restored_tokens(fx->db, before, 0, 100), 2);
	assert_int_equal(restored_valid(fx->db, 100, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(restored_tokens(fx->db, before, 1, 100), 1);
	assert_int_equal(restored_valid(fx->db, 100, &n), 0);
	assert_int_equal(n, 0);
	db_close(before);
	free(path);
}

/* They may have signed out since, and links may have been used. */
static void
people_sign_in_again(void **state)
{
	struct fixture *fx = *state;
	int64_t n;

	fixture_do(fx, tokens);
	fixture_do(fx,
	    "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
	    " created_at, expires_at, kind) SELECT workspace_id, user_id,"
	    " x'77', '', 1, 999, 'session' FROM workspace_members LIMIT 1;"
	    "INSERT INTO invitations(workspace_id, email, name, role, hash,"
	    " created_at, expires_at) VALUES (1, 'a@x', 'A', 'agent', x'01', 1,"
	    " 999)");
	assert_int_equal(restored_tokens(fx->db, NULL, 0, 100), 0);
	assert_int_equal(restored_valid(fx->db, 100, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM invitations"), 0);
}

/* Later or never: somebody may have unblocked or recreated since. */
static void
nothing_that_was_wanted_then_is_asked_now(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO blocks(workspace_id, number_id, who, conversation_id,"
	    " state, asked_at, blocked_at, due_at) VALUES"
	    " (1, 1, '+1', 1, 'blocking', 1, NULL, 1),"
	    " (1, 1, '+2', 1, 'unblocking', 1, 1, 1),"
	    " (1, 1, '+3', 1, 'blocked', 1, 1, 1);"
	    "INSERT INTO templates(workspace_id, number_id, name, language,"
	    " status, components, read_at, asked, asked_due_at, request) VALUES"
	    " (1, 1, 'a', 'en', 'SUBMITTING', '[]', 1, 'create', 1, '{}'),"
	    " (1, 1, 'b', 'en', 'APPROVED', '[]', 1, 'delete', 1, NULL),"
	    " (1, 1, 'c', 'en', 'APPROVED', '[]', 1, NULL, NULL, NULL);"
	    "INSERT INTO broadcasts(workspace_id, from_number_id, name, state,"
	    " per_minute, created_at, template) VALUES"
	    " (1, 1, 'a', 'draft', 1, 1, '{}'),"
	    " (1, 1, 'b', 'running', 1, 1, '{}'),"
	    " (1, 1, 'c', 'done', 1, 1, '{}')");
	assert_int_equal(restored_requests(fx->db), 6);
	assert_int_equal(restored_requests(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(state || (error IS NULL)) "
			     "FROM (SELECT * FROM blocks ORDER BY id)"),
	    "refused0,blocked0,blocked1");
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(status || (error IS NULL)"
			     " || (asked IS NULL)) FROM (SELECT * FROM"
			     " templates ORDER BY id)"),
	    "REFUSED01,APPROVED01,APPROVED11");
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(state || (reason IS NULL))"
			     " FROM (SELECT * FROM broadcasts ORDER BY id)"),
	    "stopped0,stopped0,done1");
}

/* One may have been removed since; who had paused one finds it so. */
static void
endpoints_of_then_are_paused(void **state)
{
	struct fixture *fx = *state;

	fixture_do(fx,
	    "INSERT INTO webhook_endpoints(workspace_id, url, events, secret,"
	    " state, reason, after_seq, failures, due_at, created_at,"
	    " updated_at) VALUES"
	    " (1, 'https://a/', '*', x'01', 'active', NULL, 1, 3, 9, 1, 1),"
	    " (1, 'https://b/', '*', x'01', 'paused', 'member', 1, 0, 0, 1,"
	    "  1);"
	    "INSERT INTO webhook_deliveries(workspace_id, endpoint_id, seq,"
	    " type, state, due_at, created_at) VALUES"
	    " (1, 1, 2, 'message.created', 'waiting', 1, 1),"
	    " (1, 1, 3, 'message.created', 'delivered', 1, 1)");
	assert_int_equal(restored_endpoints(fx->db), 1);
	assert_int_equal(restored_endpoints(fx->db), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(state || reason || due_at)"
			     " FROM webhook_endpoints"),
	    "pausedrestored0,pausedmember0");
	assert_string_equal(
	    fixture_text(
		fx, "SELECT group_concat(state) FROM webhook_deliveries"),
	    "failed,delivered");
}

/* Of an endpoint with the same id and another birth nothing is known. */
static void
a_secret_that_was_renewed_since_signs_nothing(void **state)
{
	static const char made[] =
	    "INSERT INTO webhook_endpoints(id, workspace_id, url, events,"
	    " secret, old_secret, old_secret_until, after_seq, created_at,"
	    " updated_at) VALUES"
	    " (81, 1, 'https://a/', '*', x'01', x'00', 5, 1, 1, 1),"
	    " (82, 1, 'https://b/', '*', x'02', NULL, NULL, 1, 2, 2),"
	    " (83, 1, 'https://c/', '*', x'03', NULL, NULL, 1, 3, 3),"
	    " (84, 1, 'https://d/', '*', x'04', NULL, NULL, 1, 4, 4)";
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "before.db");
	struct db *before;

	fixture_do(fx, made);
	assert_int_equal(inbox_create(path), 1);
	before = fixture_open(path, 1000);
	assert_int_equal(db_prepare_all(before, &restored_statements), 0);
	assert_int_equal(db_script(before, made), 0);
	assert_int_equal(
	    db_script(before,
		"UPDATE webhook_endpoints SET old_secret = NULL,"
		" old_secret_until = NULL, secret = x'11' WHERE id = 81;"
		"UPDATE webhook_endpoints SET old_secret = secret,"
		" old_secret_until = 9, secret = x'22' WHERE id = 82;"
		"UPDATE webhook_endpoints SET secret = x'33', created_at = 7"
		" WHERE id = 83;"
		"DELETE FROM webhook_endpoints WHERE id = 84"),
	    0);
	assert_int_equal(restored_secrets(fx->db, NULL), 0);
	assert_int_equal(restored_secrets(fx->db, before), 2);
	assert_int_equal(restored_secrets(fx->db, before), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(hex(secret) || '/' ||"
			     " quote(old_secret) || '/' ||"
			     " coalesce(old_secret_until, '-')) FROM"
			     " (SELECT * FROM webhook_endpoints ORDER BY id)"),
	    "11/NULL/-,22/X'02'/9,03/NULL/-,04/NULL/-");
	db_close(before);
	free(path);
}

/* Of a user with the same id and another birth nothing is known. */
static void
a_password_that_was_changed_since_lets_nobody_in(void **state)
{
	static const char people[] =
	    "INSERT INTO users(id, email, name, created_at) VALUES"
	    " (81, 'a', 'a', 1), (82, 'b', 'b', 2), (83, 'c', 'c', 3);"
	    "INSERT INTO passwords(user_id, hash, changed_at) VALUES"
	    " (81, 'old', 1), (82, 'same', 1), (83, 'mine', 1)";
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "before.db");
	struct db *before;

	fixture_do(fx, people);
	assert_int_equal(inbox_create(path), 1);
	before = fixture_open(path, 1000);
	assert_int_equal(db_prepare_all(before, &restored_statements), 0);
	assert_int_equal(db_script(before, people), 0);
	assert_int_equal(
	    db_script(before,
		"UPDATE passwords SET hash = 'new', changed_at = 9"
		" WHERE user_id = 81;"
		"UPDATE users SET created_at = 7 WHERE id = 83;"
		"UPDATE passwords SET hash = 'another''s' WHERE user_id = 83;"
		"INSERT INTO second_factors(user_id, secret, confirmed_at,"
		" used_step) VALUES (82, x'07', 5, 6), (83, x'08', 5, 6)"),
	    0);
	assert_int_equal(restored_passwords(fx->db, NULL), 0);
	assert_int_equal(restored_passwords(fx->db, before), 1);
	assert_int_equal(restored_passwords(fx->db, before), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(hash || changed_at) FROM"
			     " (SELECT * FROM passwords ORDER BY user_id)"),
	    "new9,same1,mine1");
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(user_id || hex(secret) ||"
			     " confirmed_at || used_step) FROM second_factors"),
	    "820756");
	db_close(before);
	free(path);
}

static void
an_inbox_made_anew_revokes_nothing(void **state)
{
	struct fixture *fx = *state;
	char *path = unit_path(fx->dir, "before.db");
	struct db *before;

	fixture_do(fx, tokens);
	assert_int_equal(inbox_create(path), 1);
	before = fixture_open(path, 1000);
	assert_int_equal(db_prepare_all(before, &restored_statements), 0);
	assert_int_equal(restored_tokens(fx->db, before, 0, 100), 0);
	fixture_do(fx, "INSERT INTO spool_cursors VALUES ('n', 1, 1, NULL)");
	assert_int_equal(restored_is_of(fx->db, before), 0);
	assert_int_equal(db_script(before, "INSERT INTO spool_cursors VALUES"
					   " ('n', 2, 1, NULL)"),
	    0);
	assert_int_equal(restored_is_of(fx->db, before), 1);
	db_close(before);
	free(path);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(marks_are_read_saved_and_loaded),
		T(what_is_no_note_says_nothing),
		T(the_stride_is_small_where_a_person_types_the_id),
		T(ids_and_changes_go_on_above),
		T(a_copy_that_is_put_back_by_hand_is_noticed_once),
		T(tokens_that_were_revoked_since_let_nobody_in),
		T(people_sign_in_again),
		T(nothing_that_was_wanted_then_is_asked_now),
		T(endpoints_of_then_are_paused),
		T(a_secret_that_was_renewed_since_signs_nothing),
		T(a_password_that_was_changed_since_lets_nobody_in),
		T(an_inbox_made_anew_revokes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
