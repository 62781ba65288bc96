/*
 * What is noted as changed, by whomever, and when it is thrown away; tickets.
 */
#include "office.h"
#include "rig.h"

#include "base/buf.h"

#include "lib/sql/statements.h"

#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/workspace/change.h"

#include "session/ticket.h"

/* What came after AFTER, as "TYPE ID; …". */
static const char *
since(struct rig *g, int64_t after)
{
	static const char *const sql =
	    "SELECT type, object_id FROM changes"
	    " WHERE workspace_id = 1 AND seq > $1 ORDER BY seq";
	struct db_rows *r = db_query(g->db, sql, DB_ARGS(db_int(after)));
	struct buf b = { .pool = g->pool };

	while (db_next(r) == 1)
		buf_printf(&b, "%s%s %lld", b.len > 0 ? "; " : "",
		    db_col_text(r, 0), (long long)db_col_int(r, 1));
	db_end(r);
	return buf_end(&b);
}

static int64_t
last(struct rig *g)
{
	return rig_int(g, "SELECT coalesce(max(seq), 0) FROM changes"
			  " WHERE workspace_id = 1");
}

static void
seq_has_no_gaps(void **state)
{
	struct rig *g = *state;
	struct event ev = rig_event("w1", "49301", 1000, "hello");

	rig_apply(g, &ev);
	ev = rig_event("w2", "49302", 1001, "hello");
	rig_apply(g, &ev);
	assert_true(last(g) > 3);
	assert_int_equal(last(g), rig_int(g, "SELECT count(*) FROM changes"));
	assert_int_equal(1, rig_int(g, "SELECT min(seq) FROM changes"));
}

static void
what_is_applied_twice_changes_once(void **state)
{
	struct rig *g = *state;
	struct event message = rig_event("w1", "49301", 1000, "hello");
	struct event echo = rig_echo("w2", "49301", 1001);
	struct event status = rig_status("w2", "read", 1002);
	const struct event *all[] = { &message, &echo, &status };
	int64_t place;

	for (int i = 0; i < 3; i++)
		rig_apply(g, all[i]);
	place = last(g);
	for (int i = 0; i < 3; i++)
		rig_apply(g, all[i]);
	assert_string_equal("", since(g, place));
}

static void
status_and_reaction_change_the_message(void **state)
{
	struct rig *g = *state;
	struct event ev = rig_echo("w1", "49301", 1000);
	int64_t place;

	rig_apply(g, &ev);
	place = last(g);
	ev = rig_status("w1", "delivered", 1001);
	rig_apply(g, &ev);
	assert_string_equal("message.updated 1", since(g, place));
	place = last(g);
	rig_do(g, "INSERT INTO reactions VALUES (1, 1, 'w1', 'customer', 'A',"
		  " 1, 'r1'), (1, 1, 'w9', 'customer', 'A', 1, 'r2'),"
		  " (1, 1, 'w1', 'other', '', 1, 'r3')");
	assert_string_equal("message.updated 1", since(g, place));
	rig_do(g, "UPDATE reactions SET wamid = 'r4'");
	assert_string_equal("message.updated 1", since(g, place));
	rig_do(g, "UPDATE reactions SET emoji = '' WHERE sender = 'customer'");
	assert_string_equal(
	    "message.updated 1; message.updated 1", since(g, place));
}

static void
what_does_not_show_is_no_change(void **state)
{
	struct rig *g = *state;
	struct event ev = rig_event("w1", "49301", 1000, "hello");
	int64_t place;

	rig_apply(g, &ev);
	place = last(g);
	rig_do(g, "UPDATE conversations SET status = status, phone = phone,"
		  " link = 'person', phone_at = 7;"
		  "UPDATE messages SET text = 'x', opens_window = 0,"
		  " status = status;"
		  "UPDATE media SET attempts = 2");
	assert_string_equal("", since(g, place));
}

static void
what_is_deleted_is_noted(void **state)
{
	struct rig *g = *state;
	int64_t place;

	rig_do(g, "INSERT INTO contacts(workspace_id, phone, name, created_at,"
		  " updated_at) VALUES (1, '+49301', 'A', 1, 1);"
		  "INSERT INTO tags(workspace_id, name, created_at)"
		  " VALUES (1, 'vip', 1);"
		  "INSERT INTO contact_tags VALUES (1, 1, 1)");
	assert_string_equal(
	    "contact.updated 1; contact.updated 1", since(g, 0));
	rig_do(g, "UPDATE tags SET name = 'VIP'");
	assert_string_equal("contact.updated 1", since(g, 2));
	place = last(g);
	rig_do(g, "DELETE FROM contacts");
	assert_string_equal("contact.updated 1", since(g, place));
}

static void
reach_is_from_the_oldest_to_the_newest(void **state)
{
	(void)state;
	assert_true(change_reaches(0, 0, 0));
	assert_false(change_reaches(0, 0, 1));
	assert_false(change_reaches(0, 0, -1));
	assert_true(change_reaches(5, 9, 4));
	assert_true(change_reaches(5, 9, 9));
	assert_false(change_reaches(5, 9, 3));
	assert_false(change_reaches(5, 9, 10));
}

/* All that there is to purge now. */
static void
purge(struct rig *g, int64_t now, int64_t *looked_at)
{
	int rc;

	for (int i = 0; (rc = change_purge(g->db, 3600, now, looked_at)) == 1;
	     i++)
		assert_true(i < 100);
	assert_int_equal(0, rc);
}

static void
old_ones_go_and_the_newest_stays(void **state)
{
	struct rig *g = *state;
	struct event ev = rig_event("w1", "49301", 1000, "hello");
	int64_t looked_at = 0, old;

	assert_int_equal(0, db_prepare_all(g->db, &change_purge_statements));
	rig_apply(g, &ev);
	old = last(g);
	purge(g, RIG_NOW, &looked_at);
	assert_int_equal(1, rig_int(g, "SELECT count(*) FROM change_marks"));
	purge(g, RIG_NOW + 3600, &looked_at);
	assert_int_equal(old, rig_int(g, "SELECT count(*) FROM changes"));
	ev = rig_event("w2", "49301", 1001, "hello");
	rig_apply(g, &ev);
	looked_at = 0;
	purge(g, RIG_NOW + 3601, &looked_at);
	assert_int_equal(old + 1, rig_int(g, "SELECT min(seq) FROM changes"));
	looked_at = 0;
	purge(g, RIG_NOW + 9999, &looked_at);
	assert_int_equal(1, rig_int(g, "SELECT count(*) FROM changes"));
	old = last(g);
	ev = rig_event("w3", "49301", 1002, "hello");
	rig_apply(g, &ev);
	assert_int_equal(last(g) - old, rig_int(g, "SELECT count(*)"
						   " FROM changes") -
					    1);
}

static void
looking_often_costs_nothing(void **state)
{
	struct rig *g = *state;
	struct event ev = rig_event("w1", "49301", 1000, "hello");
	int64_t looked_at = 0;

	assert_int_equal(0, db_prepare_all(g->db, &change_purge_statements));
	purge(g, RIG_NOW, &looked_at);
	rig_apply(g, &ev);
	purge(g, RIG_NOW + 10, &looked_at);
	assert_int_equal(0, rig_int(g, "SELECT count(*) FROM change_marks"));
	purge(g, RIG_NOW + 60, &looked_at);
	assert_int_equal(1, rig_int(g, "SELECT count(*) FROM change_marks"));
}

/* ---------------------------------------------------------------- tickets */

static char *
new_ticket(struct office *o, const char *token, int64_t now)
{
	struct member who;
	int64_t expires_at;
	char *text;

	assert_int_equal(
	    1, session_sign_in(o->member, o->pool, token, now, &who));
	assert_int_equal(0, db_begin(o->db));
	text = ticket_create(o->db, o->pool, now, &expires_at);
	assert_non_null(text);
	assert_int_equal(now + TICKET_LIFE, expires_at);
	assert_int_equal(0, db_commit(o->db));
	return text;
}

static void
ticket_is_good_once_and_for_a_minute(void **state)
{
	struct office *o = *state;
	int64_t now = NOW;
	char *text = new_ticket(o, "ann", now);
	struct member who;

	assert_int_equal(0, session_use_ticket(o->member, o->pool, text,
				now + TICKET_LIFE, &who));
	assert_int_equal(1, session_use_ticket(o->member, o->pool, text,
				now + TICKET_LIFE - 1, &who));
	assert_int_equal(1, who.workspace_id);
	assert_int_equal(
	    0, session_use_ticket(o->member, o->pool, text, now, &who));
	assert_int_equal(
	    1, session_return(o->member, o->pool, who.token_id, now, &who));
	assert_int_equal(
	    0, session_use_ticket(o->member, o->pool, "", now, &who));
}

static void
ticket_dies_with_its_token(void **state)
{
	struct office *o = *state;
	int64_t now = NOW;
	char *text = new_ticket(o, "ann", now);
	struct member who;

	assert_int_equal(
	    0, db_script(o->all,
		   "UPDATE api_tokens SET revoked_at = 1 WHERE id = 1"));
	assert_int_equal(
	    0, session_use_ticket(o->member, o->pool, text, now, &who));
}

static const struct statements of_a_reader = {
	.also = STATEMENTS(&contact_tag_statements, &change_statements,
	    &conversation_statements),
};

static void
reader_takes_only_what_reads(void **state)
{
	struct office *o = *state;
	struct conversation c;
	int64_t first, newest;

	assert_int_equal(0, session_seal_reader(o->member, &of_a_reader));
	session_serve(o->member, 1, 1);
	assert_int_equal(1, conversation_get(o->db, o->pool, 1, &c));
	assert_int_equal(0, change_range(o->db, &first, &newest));
	assert_int_equal(0, db_begin(o->db));
	assert_int_equal(
	    -1, conversation_set_status(o->db, 1, "archived", NOW));
	db_rollback(o->db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, rig_begin, rig_end)
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, office_setup, office_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(seq_has_no_gaps),
		TEST(what_is_applied_twice_changes_once),
		TEST(status_and_reaction_change_the_message),
		TEST(what_does_not_show_is_no_change),
		TEST(what_is_deleted_is_noted),
		cmocka_unit_test(reach_is_from_the_oldest_to_the_newest),
		TEST(old_ones_go_and_the_newest_stays),
		TEST(looking_often_costs_nothing),
		MEMBERS(ticket_is_good_once_and_for_a_minute),
		MEMBERS(ticket_dies_with_its_token),
		MEMBERS(reader_takes_only_what_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
