/*
 * A number goes to another workspace with all it has: in steps (db_strict ends
 * the program after one that is too large), and nobody sees half of it.
 */
#include "fixture.h"
#include "tenants.h"

#include "base/text.h"

#include "lib/sql/statements.h"

#include "inbox/conversation/conversation.h"
#include "inbox/job/number_move.h"
#include "inbox/message/message_list.h"
#include "inbox/outbox/outbox.h"

#include "session/session.h"

#include "inbox/inbox.h"
#include "inbox/job/job.h"

#define COUNT(fx, what) fixture_int(fx, "SELECT count(*) FROM " what)

static int
setup(void **state)
{
	struct fixture *fx;

	fixture_begin(state);
	fx = *state;
	assert_int_equal(db_begin(fx->db), 0);
	fixture_do(fx, tenants_rows);
	assert_int_equal(db_commit(fx->db), 0);
	return 0;
}

static void
begin(struct fixture *fx)
{
	assert_int_equal(db_begin_step(fx->db), 0);
	assert_int_equal(number_move_begin(fx->db, 1, 1, 2), 1);
	assert_int_equal(number_move_begin(fx->db, 1, 1, 2), 0);
	assert_int_equal(db_commit(fx->db), 0);
}

static int
gone(struct fixture *fx)
{
	return fixture_int(
		   fx, "SELECT workspace_id FROM numbers WHERE id = 1") != 1;
}

/* Whatever table has rows of a number, also one that is new. */
static int64_t
left(struct fixture *fx, const char *workspace)
{
	struct db_rows *r = db_query(fx->db,
	    "SELECT t.name FROM sqlite_schema AS t WHERE t.type = 'table'"
	    " AND EXISTS (SELECT 1 FROM pragma_table_info(t.name)"
	    "  WHERE name = 'workspace_id')"
	    " AND EXISTS (SELECT 1 FROM pragma_table_info(t.name)"
	    "  WHERE name = 'number_id')",
	    DB_NONE);
	int64_t n = 0, tables = 0, one;

	for (; db_next(r) == 1; tables++) {
		assert_int_equal(
		    db_get_int(fx->db,
			pool_printf(fx->pool,
			    "SELECT count(*) FROM %s WHERE number_id = 1"
			    " AND workspace_id = %s",
			    db_col_text(r, 0), workspace),
			DB_NONE, &one),
		    1);
		/* A new one has rows in TENANTS, so that they are missed. */
		if (one == 0 && text_is(workspace, "1") && !gone(fx) &&
		    !text_is(db_col_text(r, 0), "upload_media"))
			fail_msg("%s has no row here", db_col_text(r, 0));
		n += one;
	}
	db_end(r);
	assert_true(tables >= 8);
	return n;
}

static void
all_of_it_goes_and_nothing_else(void **state)
{
	struct fixture *fx = *state;
	int64_t conversations, before = left(fx, "1");

	begin(fx);
	assert_int_equal(number_move_is_on(fx->db, 1, &conversations), 1);
	assert_int_equal(conversations, 2);
	assert_true(fixture_jobs(fx) > (int)before / DB_STEP_MAX);
	assert_int_equal(number_move_is_on(fx->db, 1, &conversations), 0);
	assert_int_equal(left(fx, "1"), 0);
	/* One event was known there. */
	assert_int_equal(left(fx, "2"), before - 1);
	assert_int_equal(COUNT(fx, "moving_conversations"), 0);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT workspace_id || ' ' || registered || ' ' ||"
		" COALESCE(moving_to, '-') FROM numbers WHERE id = 1"),
	    "2 1 -");
	assert_int_equal(COUNT(fx, "messages WHERE conversation_id = 3"
				   " AND workspace_id = 1"),
	    1);
	/* Who is blocked stays so, and Ann has no name there. */
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(c.blocked || b.state ||"
		" COALESCE(b.asked_by, '-'), ' ') FROM blocks AS b"
		" JOIN conversations AS c ON c.id = b.conversation_id"
		" WHERE b.workspace_id = 2 AND c.workspace_id = 2"),
	    "2blocked- 2blocking2");
	assert_string_equal(
	    fixture_text(fx,
		"SELECT group_concat(c.workspace_id || ' ' ||"
		" c.phone_book_name || ' ' || c.marketing"
		" || ' ' || c.marketing_at || ' ' || (SELECT COUNT(*)"
		"  FROM marketing_choices AS m WHERE m.workspace_id ="
		"  c.workspace_id AND m.conversation_id = c.id), ',')"
		" FROM conversations AS c WHERE c.id IN (1, 3)"),
	    "2 Rita stopped 10 2,1 Zoe allowed 12 1");
	assert_string_equal(
	    fixture_text(fx, "SELECT workspace_id || ' ' || asked || ' ' ||"
			     " COALESCE(asked_by, '-') FROM own_groups"),
	    "2 create -");
	assert_int_equal(COUNT(fx, "marketing_choices"), 3);
	/* What is to be sent has its file. */
	assert_string_equal(
	    fixture_text(fx,
		"SELECT u.path || ' ' || u.workspace_id FROM outbox o"
		" JOIN uploads u ON u.id = o.upload_id"),
	    "ef/01 2");
	assert_int_equal(
	    fixture_int(fx, "SELECT due_at FROM held"), FIXTURE_NOW);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(total || ' ' || unread, ',')"
			     " FROM counters"),
	    "1 1,2 2");
}

static void
contacts_are_found_there_or_copied_and_members_stay(void **state)
{
	struct fixture *fx = *state;

	begin(fx);
	fixture_jobs(fx);
	assert_string_equal(
	    fixture_text(fx,
		"SELECT p.workspace_id || ' ' || p.name || ' ' ||"
		" p.email || ' ' || COALESCE(p.tag_ids, '-') || ' ' ||"
		" COALESCE(c.assigned_to, '-') FROM conversations c"
		" JOIN contacts p ON p.id = c.contact_id"
		" WHERE c.id = 1"),
	    "2 Sheena s@x - -");
	assert_string_equal(
	    fixture_text(fx,
		"SELECT p.workspace_id || ' ' || p.name || ' ' ||"
		" c.assigned_to FROM conversations c JOIN contacts p"
		" ON p.id = c.contact_id WHERE c.id = 2"),
	    "2 Zoe of b 2");
	/* The old address book has all it had. */
	assert_int_equal(COUNT(fx, "contacts WHERE workspace_id = 1"), 2);
	assert_int_equal(COUNT(fx, "conversation_tags"), 1);
}

/* How many messages of conversation ID this workspace sees; -1: not at all. */
static int
seen(struct fixture *fx, struct session *m, int64_t workspace, int64_t id)
{
	static struct message_list_row page[TENANTS_LONG + 10];
	struct conversation c;
	int more, rc;

	session_serve(m, workspace, 2);
	rc = conversation_get(m, fx->pool, id, &c);
	assert_int_not_equal(rc, -1);
	if (rc == 0)
		return -1;
	assert_string_equal(c.phone_number_id, "100");
	rc = message_list_read(
	    m, fx->pool, id, MESSAGE_LIST_END, page, TENANTS_LONG + 9, &more);
	if (id == 1)
		assert_int_equal(page[1].n_reactions, 1024);
	return rc;
}

/* After each step the program is killed, and all look. */
static void
nobody_sees_half_and_a_kill_in_between_does_no_harm(void **state)
{
	struct fixture *fx = *state;
	struct session *m = session_open(fx->path, 1000);
	const int whole[] = { 0, 2, TENANTS_LONG };
	int neither = 0, steps = 0, rc = 1;
	int64_t last;

	begin(fx);
	while (rc == 1) {
		last = 0;
		rc = job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW);
		assert_int_not_equal(rc, -1);
		steps++;
		for (int64_t id = 1; id <= 2; id++) {
			int here = seen(fx, m, 1, id),
			    there = seen(fx, m, 2, id);

			assert_true(here == -1 || here == whole[id]);
			assert_true(there == -1 || there == whole[id]);
			assert_true(here == -1 || there == -1);
			neither += here == -1 && there == -1;
		}
		db_close(fx->db);
		fx->db = fixture_open(fx->path, 1000);
		db_strict(fx->db);
		assert_int_equal(db_prepare_all(fx->db, &job_statements), 0);
	}
	assert_true(steps > 5);
	assert_true(neither > 0);
	assert_int_equal(seen(fx, m, 2, 1), 2);
	assert_int_equal(seen(fx, m, 2, 2), TENANTS_LONG);
	session_close(m);
}

static int
due(struct fixture *fx)
{
	struct outbox_row *rows;
	int n;

	assert_int_equal(
	    outbox_due(fx->db, fx->pool, 1, FIXTURE_NOW, 2, &rows, &n), 0);
	return n;
}

/* Its answer looks for it where it was; and so does another job. */
static void
what_is_on_its_way_ends_first(void **state)
{
	struct fixture *fx = *state;
	int64_t last = 0;

	fixture_do(fx, "UPDATE outbox SET state = 'sending', sending_at = 1,"
		       " answer_by = 2");
	begin(fx);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE workspace_id = 1"), 3);
	fixture_do(fx, "UPDATE outbox SET state = 'queued';"
		       "INSERT INTO jobs(workspace_id, kind, subject)"
		       " VALUES (1, 'contact_gone', 77)");
	/* Nothing begins to be sent meanwhile. */
	assert_int_equal(due(fx), 0);
	assert_int_equal(outbox_is_busy(fx->db, FIXTURE_NOW), 0);
	last = 0;
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE workspace_id = 1"), 3);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "conversations WHERE workspace_id = 2"), 2);
	assert_int_equal(due(fx), 1);
}

/* Who adds a column to conversations lets it move, too. */
static void
a_parked_conversation_has_all_columns(void **state)
{
	struct fixture *fx = *state;

	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(name) FROM (SELECT name FROM"
			     " pragma_table_info('conversations')"
			     " WHERE name <> 'workspace_id' ORDER BY name)"),
	    fixture_text(fx, "SELECT group_concat(name) FROM (SELECT name FROM"
			     " pragma_table_info('moving_conversations')"
			     " ORDER BY name)"));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fixture_end)
	const struct CMUnitTest tests[] = {
		T(all_of_it_goes_and_nothing_else),
		T(contacts_are_found_there_or_copied_and_members_stay),
		T(nobody_sees_half_and_a_kill_in_between_does_no_harm),
		T(what_is_on_its_way_ends_first),
		T(a_parked_conversation_has_all_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
