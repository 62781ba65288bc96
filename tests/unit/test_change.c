/*
 * What is noted as changed, by whomever, and when it is thrown away; tickets.
 */
#include "fixture.h"

#include "base/buf.h"

#include "lib/sql/statements.h"

#include "session/session.h"

#include "inbox/contact/contact_tag.h"
#include "inbox/conversation/conversation.h"
#include "inbox/workspace/change.h"

#include "session/ticket.h"

/* What came after AFTER, as "TYPE ID; …". */
static const char *
since(struct fixture *fx, int64_t after)
{
	static const char *const sql =
	    "SELECT seq, type, object_id FROM changes"
	    " WHERE workspace_id = 1 AND seq > $1 AND type <> 'message'"
	    " UNION ALL SELECT seq - 1, 'message.created', object_id"
	    " FROM changes WHERE type = 'message' AND seq - 1 > $1"
	    " UNION ALL SELECT seq, 'conversation.updated', conversation_id"
	    " FROM changes WHERE type = 'message' AND seq > $1 ORDER BY 1";
	struct db_rows *r = db_query(fx->db, sql, DB_ARGS(db_int(after)));
	struct buf b = { .pool = fx->pool };

	while (db_next(r) == 1)
		buf_printf(&b, "%s%s %lld", b.len > 0 ? "; " : "",
		    db_col_text(r, 1), (long long)db_col_int(r, 2));
	db_end(r);
	return buf_end(&b);
}

/* A row of a message and its conversation counts as two. */
static int64_t
n_changes(struct fixture *fx)
{
	return fixture_int(fx, "SELECT sum(1 + (type = 'message'))"
			       " FROM changes");
}

static int64_t
first(struct fixture *fx)
{
	return fixture_int(fx, "SELECT min(seq - (type = 'message'))"
			       " FROM changes");
}

static int64_t
last(struct fixture *fx)
{
	return fixture_int(fx, "SELECT coalesce(max(seq), 0) FROM changes"
			       " WHERE workspace_id = 1");
}

static void
seq_has_no_gaps(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");

	fixture_apply(fx, &ev);
	ev = fixture_event("w2", "49302", 1001, "hello");
	fixture_apply(fx, &ev);
	assert_true(last(fx) > 3);
	assert_int_equal(last(fx), n_changes(fx));
	assert_int_equal(first(fx), 1);
}

/* An old one that history brings changes nothing that its list shows. */
static void
a_message_that_changes_no_conversation_is_one_change(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");
	int64_t place;

	fixture_apply(fx, &ev);
	place = last(fx);
	ev = fixture_event("w0", "49301", 900, "before");
	ev.source = EVENT_HISTORY;
	fixture_apply(fx, &ev);
	assert_string_equal(since(fx, place), "message.created 2");
	assert_int_equal(last(fx), place + 1);
}

static void
what_is_applied_twice_changes_once(void **state)
{
	struct fixture *fx = *state;
	struct event message = fixture_event("w1", "49301", 1000, "hello");
	struct event echo = fixture_echo("w2", "49301", 1001);
	struct event status = fixture_status("w2", "read", 1002);
	const struct event *all[] = { &message, &echo, &status };
	int64_t place;

	for (int i = 0; i < 3; i++)
		fixture_apply(fx, all[i]);
	place = last(fx);
	for (int i = 0; i < 3; i++)
		fixture_apply(fx, all[i]);
	assert_string_equal(since(fx, place), "");
}

static void
status_and_reaction_change_the_message(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_echo("w1", "49301", 1000);
	int64_t place;

	fixture_apply(fx, &ev);
	place = last(fx);
	ev = fixture_status("w1", "delivered", 1001);
	fixture_apply(fx, &ev);
	assert_string_equal(since(fx, place), "message.updated 1");
	place = last(fx);
	fixture_do(fx,
	    "INSERT INTO reactions VALUES (1, 1, 'w1', 'customer', 'A',"
	    " 1, 'r1'), (1, 1, 'w9', 'customer', 'A', 1, 'r2'),"
	    " (1, 1, 'w1', 'other', '', 1, 'r3')");
	assert_string_equal(since(fx, place), "message.updated 1");
	fixture_do(fx, "UPDATE reactions SET wamid = 'r4'");
	assert_string_equal(since(fx, place), "message.updated 1");
	fixture_do(
	    fx, "UPDATE reactions SET emoji = '' WHERE sender = 'customer'");
	assert_string_equal(
	    since(fx, place), "message.updated 1; message.updated 1");
}

static void
what_does_not_show_is_no_change(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");
	int64_t place;

	fixture_apply(fx, &ev);
	place = last(fx);
	fixture_do(fx,
	    "UPDATE conversations SET status = status, phone = phone,"
	    " link = 'person', phone_at = 7;"
	    "UPDATE messages SET opens_window = 0, status = status;"
	    "UPDATE media SET attempts = 2");
	assert_string_equal(since(fx, place), "");
}

/* The text of a plain one is all that is stored of it; else it is for
 * search. */
static void
a_text_that_shows_is_a_change(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");
	int64_t place;

	fixture_apply(fx, &ev);
	fixture_do(fx, "UPDATE messages SET content = ''");
	place = last(fx);
	fixture_do(fx, "UPDATE messages SET text = 'good day'");
	assert_string_equal(
	    since(fx, place), "message.updated 1; conversation.updated 1");
	assert_string_equal(
	    fixture_text(fx, "SELECT last_message_preview FROM conversations"),
	    "good day");
	fixture_do(fx, "UPDATE messages SET content = '{\"body\":\"Image\"}',"
		       " preview = 'Image'");
	place = last(fx);
	fixture_do(fx, "UPDATE messages SET text = 'hello'");
	assert_string_equal(since(fx, place), "");
}

static void
what_is_deleted_is_noted(void **state)
{
	struct fixture *fx = *state;
	int64_t place;

	fixture_do(fx,
	    "INSERT INTO contacts(workspace_id, phone, name, created_at,"
	    " updated_at) VALUES (1, '+49301', 'A', 1, 1);"
	    "INSERT INTO tags(workspace_id, name, created_at)"
	    " VALUES (1, 'vip', 1);"
	    "INSERT INTO contact_tags VALUES (1, 1, 1)");
	assert_string_equal(
	    since(fx, 0), "contact.updated 1; contact.updated 1");
	fixture_do(fx, "UPDATE tags SET name = 'VIP'");
	assert_string_equal(since(fx, 2), "tag.updated 1; contact.updated 1");
	place = last(fx);
	fixture_do(fx, "DELETE FROM contacts");
	assert_string_equal(since(fx, place), "contact.updated 1");
	place = last(fx);
	fixture_do(fx, "DELETE FROM tags");
	assert_string_equal(since(fx, place), "tag.updated 1");
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
purge(struct fixture *fx, int64_t now, int64_t *looked_at)
{
	int rc;

	for (int i = 0; (rc = change_purge(fx->db, 3600, now, looked_at)) == 1;
	     i++)
		assert_true(i < 100);
	assert_int_equal(rc, 0);
}

static void
old_ones_go_and_the_newest_stays(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");
	int64_t looked_at = 0, old;

	assert_int_equal(db_prepare_all(fx->db, &change_purge_statements), 0);
	fixture_apply(fx, &ev);
	old = last(fx);
	purge(fx, FIXTURE_NOW, &looked_at);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM change_marks"), 1);
	purge(fx, FIXTURE_NOW + 3600, &looked_at);
	assert_int_equal(old, n_changes(fx));
	ev = fixture_event("w2", "49301", 1001, "hello");
	fixture_apply(fx, &ev);
	looked_at = 0;
	purge(fx, FIXTURE_NOW + 3601, &looked_at);
	assert_int_equal(old + 1, first(fx));
	looked_at = 0;
	purge(fx, FIXTURE_NOW + 9999, &looked_at);
	assert_int_equal(fixture_int(fx, "SELECT count(*) FROM changes"), 1);
	old = last(fx);
	ev = fixture_event("w3", "49301", 1002, "hello");
	fixture_apply(fx, &ev);
	assert_int_equal(
	    last(fx) - old, fixture_int(fx, pool_printf(fx->pool,
						"SELECT sum(1 + (type ="
						" 'message')) FROM changes"
						" WHERE seq > %lld",
						(long long)old)));
}

static void
looking_often_costs_nothing(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("w1", "49301", 1000, "hello");
	int64_t looked_at = 0;

	assert_int_equal(db_prepare_all(fx->db, &change_purge_statements), 0);
	purge(fx, FIXTURE_NOW, &looked_at);
	fixture_apply(fx, &ev);
	purge(fx, FIXTURE_NOW + 10, &looked_at);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM change_marks"), 0);
	purge(fx, FIXTURE_NOW + 60, &looked_at);
	assert_int_equal(
	    fixture_int(fx, "SELECT count(*) FROM change_marks"), 1);
}

/* ---------------------------------------------------------------- tickets */

static char *
new_ticket(struct fixture *fx, const char *token, int64_t now)
{
	struct member who;
	int64_t expires_at;
	char *text;

	assert_int_equal(
	    session_sign_in(fx->member, fx->pool, token, now, &who), 1);
	assert_int_equal(db_begin(fx->member_db), 0);
	text = ticket_create(fx->member, fx->pool, now, &expires_at);
	assert_non_null(text);
	assert_int_equal(now + TICKET_LIFE, expires_at);
	assert_int_equal(db_commit(fx->member_db), 0);
	return text;
}

/* Also when a page ends between the two, or begins there. */
static void
a_message_and_its_conversation_are_two_changes_of_one_row(void **state)
{
	struct fixture *fx = *state;
	int64_t place, message, oldest, newest;
	struct change c[9];

	assert_int_equal(change_range(fx->member, &oldest, &place), 0);
	fixture_do(fx,
	    "INSERT INTO messages(workspace_id, conversation_id, number_id,"
	    " wamid, direction, source, type, content, preview, text, status,"
	    " sent_at, created_at) SELECT 1, 1, number_id, 'new', 'inbound',"
	    " 'live', 'text', '', '', 'x', 'received', 1999999999, 1"
	    " FROM conversations WHERE id = 1");
	message = fixture_int(fx, "SELECT max(id) FROM messages");
	assert_int_equal(change_range(fx->member, &oldest, &newest), 0);
	assert_int_equal(newest, place + 2);
	assert_int_equal(change_read(fx->member, fx->pool, place, c, 9), 2);
	assert_int_equal(c[0].seq, place + 1);
	assert_string_equal(c[0].type, "message.created");
	assert_int_equal(c[0].id, message);
	assert_int_equal(c[0].conversation_id, c[1].id);
	assert_int_equal(c[1].seq, place + 2);
	assert_string_equal(c[1].type, "conversation.updated");
	assert_int_equal(change_read(fx->member, fx->pool, place, c, 1), 1);
	assert_string_equal(c[0].type, "message.created");
	assert_int_equal(change_read(fx->member, fx->pool, place + 1, c, 1), 1);
	assert_string_equal(c[0].type, "conversation.updated");
	assert_int_equal(c[0].seq, newest);
	fixture_do(fx, "DELETE FROM changes WHERE seq < (SELECT max(seq)"
		       " FROM changes)");
	assert_int_equal(change_range(fx->member, &oldest, &newest), 0);
	assert_int_equal(oldest, place + 1);
}

static void
ticket_is_good_once_and_for_a_minute(void **state)
{
	struct fixture *fx = *state;
	int64_t now = FIXTURE_NOW;
	char *text = new_ticket(fx, "ann", now);
	struct member who, before;

	assert_int_equal(session_use_ticket(fx->member, fx->pool, text,
			     now + TICKET_LIFE, &who),
	    0);
	assert_int_equal(session_use_ticket(fx->member, fx->pool, text,
			     now + TICKET_LIFE - 1, &who),
	    1);
	assert_int_equal(who.workspace_id, 1);
	assert_int_equal(
	    session_use_ticket(fx->member, fx->pool, text, now, &who), 0);
	before = who;
	assert_int_equal(
	    session_return(fx->member, fx->pool, &before, now, &who), 1);
	assert_int_equal(
	    session_use_ticket(fx->member, fx->pool, "", now, &who), 0);
}

static void
ticket_dies_with_its_token(void **state)
{
	struct fixture *fx = *state;
	int64_t now = FIXTURE_NOW;
	char *text = new_ticket(fx, "ann", now);
	struct member who;

	assert_int_equal(
	    db_script(
		fx->db, "UPDATE api_tokens SET revoked_at = 1 WHERE id = 1"),
	    0);
	assert_int_equal(
	    session_use_ticket(fx->member, fx->pool, text, now, &who), 0);
}

static void
sessions_and_invitations_that_have_expired_go(void **state)
{
	struct fixture *fx = *state;
	int64_t looked_at = FIXTURE_NOW;

	assert_int_equal(db_prepare_all(fx->db, &change_purge_statements), 0);
	fixture_do(fx,
	    "INSERT INTO api_tokens(workspace_id, user_id, hash, name,"
	    " created_at, expires_at, kind) VALUES"
	    " (1, 1, x'71', '', 1, 1769774400, 'session'),"
	    " (1, 1, x'72', '', 1, 1769774401, 'session'),"
	    " (1, 1, x'73', 'a token stays', 1, 1, 'token');"
	    "INSERT INTO invitations(workspace_id, email, name, role, hash,"
	    " created_at, expires_at) VALUES"
	    " (1, 'a@x', 'A', 'agent', x'01', 1, 1769774400),"
	    " (1, 'b@x', 'B', 'agent', x'02', 1, 1769774401)");
	assert_int_equal(
	    change_purge(fx->db, 86400, FIXTURE_NOW, &looked_at), 0);
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(hex(hash)) FROM api_tokens"
			     " WHERE length(hash) = 1"),
	    "72,73");
	assert_string_equal(
	    fixture_text(fx, "SELECT group_concat(email) FROM invitations"),
	    "b@x");
}

static const struct statements of_a_reader = {
	.also = STATEMENTS(&contact_tag_statements, &change_statements,
	    &conversation_statements),
};

static void
reader_takes_only_what_reads(void **state)
{
	struct fixture *fx = *state;
	struct conversation c;
	int64_t first, newest;

	assert_int_equal(session_seal_reader(fx->member, &of_a_reader), 0);
	session_serve(fx->member, 1, 1);
	assert_int_equal(conversation_get(fx->member, fx->pool, 1, &c), 1);
	assert_int_equal(change_range(fx->member, &first, &newest), 0);
	assert_int_equal(db_begin(fx->member_db), 0);
	assert_int_equal(
	    conversation_set_state(fx->member, 1, "closed", 0, FIXTURE_NOW),
	    -1);
	db_rollback(fx->member_db);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(seq_has_no_gaps),
		TEST(a_message_that_changes_no_conversation_is_one_change),
		TEST(what_is_applied_twice_changes_once),
		TEST(status_and_reaction_change_the_message),
		TEST(what_does_not_show_is_no_change),
		TEST(a_text_that_shows_is_a_change),
		TEST(what_is_deleted_is_noted),
		cmocka_unit_test(reach_is_from_the_oldest_to_the_newest),
		TEST(old_ones_go_and_the_newest_stays),
		TEST(looking_often_costs_nothing),
		MEMBERS(
		    a_message_and_its_conversation_are_two_changes_of_one_row),
		MEMBERS(ticket_is_good_once_and_for_a_minute),
		MEMBERS(ticket_dies_with_its_token),
		MEMBERS(sessions_and_invitations_that_have_expired_go),
		MEMBERS(reader_takes_only_what_reads),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
