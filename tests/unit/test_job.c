/*
 * What is too much for one transaction: at once where it is little, else in
 * steps (db_strict ends the program after a step that is too large), and what
 * a member sees meanwhile.
 */
#include "fixture.h"

#include "base/log.h"

#include "lib/sql/statements.h"

#include "inbox/contact/contact.h"
#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_list.h"
#include "inbox/conversation/merge.h"
#include "inbox/conversation/message_move.h"
#include "inbox/customer/customer_resolve.h"
#include "inbox/job/job.h"
#include "inbox/message/message.h"
#include "inbox/message/message_list.h"
#include "inbox/outbox/outbox.h"
#include "inbox/search/search.h"
#include "inbox/search/search_merge.h"
#include "inbox/workspace/change.h"

#include "session/session.h"

#include "inbox/inbox.h"
#include "inbox/node/delivery_state.h"

static int complete; /* what the search said last */

#define MANY 5000

#define COUNT(fx, what) fixture_int(fx, "SELECT count(*) FROM " what)

/* SQL in a transaction that must not be too large. */
static void
step(struct fixture *fx, const char *sql)
{
	assert_int_equal(db_begin_step(fx->db), 0);
	fixture_do(fx, sql);
	assert_int_equal(db_commit(fx->db), 0);
}

static void
run(struct fixture *fx, const char *sql)
{
	assert_int_equal(db_begin(fx->db), 0);
	fixture_do(fx, sql);
	assert_int_equal(db_commit(fx->db), 0);
}

/* Conversations 1 and 2, of two accounts; the second has N messages and one of
 * them in the outbox. */
static void
add_two(struct fixture *fx, int n)
{
	run(fx,
	    "INSERT INTO conversations(id, workspace_id, number_id, phone,"
	    " created_at, updated_at) VALUES (1, 1, 1, '+1', 1, 1),"
	    " (2, 1, 1, '+2', 1, 1);"
	    "INSERT INTO identities(workspace_id, number_id, kind, value, "
	    "conversation_id, created_at) VALUES (1, 1, 'wa_id', '1', 1, 1),"
	    " (1, 1, 'wa_id', '2', 2, 1);"
	    "INSERT INTO messages(id, workspace_id, conversation_id,"
	    " number_id, wamid, direction, source, type, content, preview,"
	    " text, status, counts_unread, opens_window, sent_at,"
	    " created_at) VALUES (1, 1, 1, 1, 'first', 'inbound', 'live',"
	    " 'text', '{}', 'first', 'apple', 'received', 1, 1, 10, 1)");
	run(fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d)"
		    " INSERT INTO messages(id, workspace_id, conversation_id,"
		    " number_id, wamid, direction, source, type, content,"
		    " preview, text, status, counts_unread, opens_window,"
		    " sent_at, created_at) SELECT 1 + i, 1, 2, 1, 'w' || i,"
		    " 'inbound', 'live', 'text', '{}', 'no ' || i, 'pear',"
		    " 'received', 1, 1, 100 + i, 1 FROM n",
		    n));
	run(fx, "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
		" message_id, kind, state, due_at, created_at)"
		" VALUES (1, 1, 2, 2, 'message', 'queued', 1, 1)");
}

static void
merge(struct fixture *fx, int64_t keep, int64_t gone)
{
	assert_int_equal(db_begin_step(fx->db), 0);
	assert_int_equal(
	    merge_conversations(fx->db, fx->pool, 1, keep, gone, FIXTURE_NOW),
	    0);
	assert_int_equal(db_commit(fx->db), 0);
}

static struct session *
member(struct fixture *fx)
{
	struct session *m = session_open(fx->path, 1000);

	assert_non_null(m);
	session_serve(m, 1, 1);
	return m;
}

/* What a member sees of conversation 1, from its newest message to its oldest,
 * page by page: how many messages. */
static int
walk(struct fixture *fx, struct session *m)
{
	struct message_list_row page[1000];
	struct message_list_place place = MESSAGE_LIST_END;
	int n, all = 0, more;

	while ((n = message_list_read(
		    m, fx->pool, 1, place, page, 1000, &more)) > 0) {
		for (int i = 0; i < n; i++) {
			assert_true(page[i].sent_at < place.sent_at);
			assert_int_equal(page[i].conversation_id, 1);
			place.sent_at = page[i].sent_at;
			place.id = page[i].id;
		}
		all += n;
	}
	assert_int_equal(n, 0);
	return all;
}

/* Whether a page around message AT has it. */
static int
has_around(struct fixture *fx, struct session *m, struct message_list_place at)
{
	struct message_list_row page[5];
	int older, newer, has = 0, n;

	n = message_list_read_around(
	    m, fx->pool, 1, at, page, 5, &older, &newer);
	for (int i = 0; i < n; i++)
		has |= page[i].id == at.id;
	return has;
}

/* The same from its oldest to its newest. */
static int
walk_back(struct fixture *fx, struct session *m)
{
	struct message_list_row page[300];
	struct message_list_place place = { 0, 0 };
	int n, all = 0, more;

	while ((n = message_list_read_after(
		    m, fx->pool, 1, place, page, 300, &more)) > 0) {
		for (int i = n - 1; i >= 0; i--) {
			assert_true(page[i].sent_at > place.sent_at);
			assert_int_equal(page[i].conversation_id, 1);
			place.sent_at = page[i].sent_at;
			place.id = page[i].id;
		}
		assert_true(has_around(fx, m, place));
		all += n;
	}
	assert_int_equal(n, 0);
	return all;
}

/* … and the rest of it, wherever the messages are by now. */
static void
looks_whole(struct fixture *fx, struct session *m, int n)
{
	struct conversation c;
	struct message_list_place place;
	struct message_list_row one;
	struct conversation_stats stats;
	int64_t *ids;

	assert_int_equal(walk(fx, m), n + 1);
	assert_int_equal(walk_back(fx, m), n + 1);
	assert_int_equal(conversation_get(m, fx->pool, 1, &c), 1);
	assert_int_equal(c.unread_count, n + 1);
	assert_int_equal(c.last_message_at, 100 + n);
	assert_string_equal(c.preview, pool_printf(fx->pool, "no %d", n));
	assert_int_equal(c.last_customer_message_at, 100 + n);
	assert_int_equal(conversation_get(m, fx->pool, 2, &c), 0);
	assert_int_equal(conversation_stats(m, FIXTURE_NOW, &stats), 0);
	assert_int_equal(stats.total, 1);
	assert_int_equal(stats.unread, 1);
	assert_int_equal(message_list_find(m, 1, 2, &place), 1);
	assert_int_equal(message_list_get(m, fx->pool, 2, &one), 1);
	assert_int_equal(one.conversation_id, 1);
	fixture_words(fx);
	assert_int_equal(
	    search_conversations(m, fx->pool, "pear", &ids, &complete), 1);
	assert_int_equal(ids[0], 1);
}

static void
little_is_merged_at_once(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);

	add_two(fx, MERGE_AT_ONCE);
	merge(fx, 1, 2);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_int_equal(COUNT(fx, "messages WHERE conversation_id <> 1"), 0);
	looks_whole(fx, m, MERGE_AT_ONCE);
	session_close(m);
}

static void
much_is_merged_in_steps_and_looks_whole_at_once(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	int64_t last = 0;

	add_two(fx, MANY);
	merge(fx, 1, 2);
	assert_true(COUNT(fx, "messages WHERE conversation_id = 2") > 0);
	looks_whole(fx, m, MANY);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	assert_true(COUNT(fx, "messages WHERE conversation_id = 2") > 0);
	assert_int_equal(COUNT(fx, "outbox WHERE conversation_id = 1"), 1);
	looks_whole(fx, m, MANY);
	assert_true(fixture_jobs(fx) > MANY * MESSAGE_MOVE_ROWS / DB_STEP_MAX);
	assert_int_equal(COUNT(fx, "messages WHERE conversation_id <> 1"), 0);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	looks_whole(fx, m, MANY);
	session_close(m);
}

/* Killed: another process goes on from what is in the file. */
static void
a_merge_goes_on_after_a_kill(void **state)
{
	struct fixture *fx = *state;
	int64_t last = 0;

	add_two(fx, MANY);
	merge(fx, 1, 2);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	db_close(fx->db);
	fx->db = fixture_open(fx->path, 1000);
	db_strict(fx->db);
	assert_int_equal(db_prepare_all(fx->db, &job_statements), 0);
	fx->apply.db = fx->db;
	fixture_jobs(fx);
	assert_int_equal(
	    COUNT(fx, "messages WHERE conversation_id = 1"), MANY + 1);
}

static void
a_merge_of_a_merge_ends_in_the_last(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	int64_t last = 0;

	add_two(fx, MANY);
	run(fx, "INSERT INTO conversations(id, workspace_id, number_id,"
		" created_at, updated_at) VALUES (3, 1, 1, 1, 1);"
		"UPDATE messages SET conversation_id = 3 WHERE id = 1;"
		"UPDATE conversations SET last_message_at = 0,"
		" unread_count = 0, is_read = 1 WHERE id = 1;"
		"UPDATE conversations SET last_message_at = 10,"
		" unread_count = 1, is_read = 0 WHERE id = 3");
	merge(fx, 2, 3);
	fixture_jobs(fx);
	merge(fx, 1, 2);
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	looks_whole(fx, m, MANY);
	/* As if 2 were on its way to 9, which becomes part of 1. */
	run(fx, "INSERT INTO conversations(id, workspace_id, number_id,"
		" created_at, updated_at) VALUES (9, 1, 1, 1, 1);"
		"UPDATE jobs SET target = 9 WHERE kind = 'merge'");
	merge(fx, 1, 9);
	looks_whole(fx, m, MANY);
	assert_int_equal(
	    job_finish(fx->db, fx->pool, 1, "merge", 1, FIXTURE_NOW), 0);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_int_equal(
	    COUNT(fx, "messages WHERE conversation_id = 1"), MANY + 1);
	session_close(m);
}

/* What comes for a message that has not moved yet reaches the right one. */
static void
news_of_a_message_on_its_way_reaches_what_it_is_part_of(void **state)
{
	struct fixture *fx = *state;
	struct event ev = fixture_event("new", "2", 9000, "new");

	add_two(fx, MANY);
	merge(fx, 1, 2);
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_string_equal(
	    fixture_text(fx, "SELECT conversation_id || last_message_preview"
			     " FROM messages JOIN conversations AS c"
			     " ON c.id = conversation_id WHERE wamid = 'new'"),
	    "1new");
	/* History announces what came live before: not unread any more. */
	ev = fixture_event("w1", "2", 101, "w1");
	ev.source = EVENT_HISTORY;
	ev.type = MESSAGE_PLACEHOLDER;
	assert_int_equal(fixture_apply(fx, &ev), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT unread_count FROM conversations"),
	    MANY + 1);
	fixture_jobs(fx);
	assert_string_equal(
	    fixture_text(fx, "SELECT last_message_preview || ' ' ||"
			     " last_customer_message_at FROM conversations"),
	    "new 9000");
}

/* The outbox of what became part of another is not sent to nobody. */
static void
what_is_queued_waits_for_its_conversation(void **state)
{
	struct fixture *fx = *state;
	struct outbox_row *rows;
	int n;

	assert_int_equal(db_prepare_all(fx->db, &outbox_statements), 0);
	add_two(fx, MANY);
	run(fx, "INSERT INTO outbox(workspace_id, number_id, conversation_id,"
		" message_id, kind, state, due_at, created_at)"
		" SELECT 1, 1, 2, id, 'message', 'queued', 1, 1"
		" FROM messages WHERE id > 2");
	merge(fx, 1, 2);
	assert_int_equal(
	    outbox_due(fx->db, fx->pool, 1, FIXTURE_NOW, 9, &rows, &n), 0);
	assert_int_equal(n, 1);
	assert_int_equal(rows[0].conversation_id, 1);
	run(fx, "DELETE FROM outbox WHERE conversation_id = 1");
	assert_true(COUNT(fx, "outbox") > 1000);
	assert_int_equal(
	    outbox_due(fx->db, fx->pool, 1, FIXTURE_NOW, 9, &rows, &n), 0);
	assert_int_equal(n, 0);
	fixture_jobs(fx);
	assert_int_equal(
	    outbox_due(fx->db, fx->pool, 1, FIXTURE_NOW, 9, &rows, &n), 0);
	assert_int_equal(n, 1);
	assert_string_equal(rows[0].phone, "+2");
}

/* Contact 1 with two tags and MANY conversations, from 1 on. */
static void
add_contact(struct fixture *fx)
{
	run(fx, "INSERT INTO contacts(id, workspace_id, phone, name,"
		" created_at, updated_at) VALUES (1, 1, '+1', 'Ann', 1, 1);"
		"INSERT INTO tags VALUES (1, 1, 'vip', 1), (2, 1, 'late', 1),"
		" (3, 1, 'new', 1);"
		"INSERT INTO contact_tags VALUES (1, 1, 1), (1, 1, 2)");
	run(fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d) INSERT INTO conversations(id,"
		    " workspace_id, number_id, contact_id, link,"
		    " last_message_at, created_at, updated_at)"
		    " SELECT i, 1, 1, 1, 'person', i, 1, 1 FROM n",
		    MANY));
}

/* How many conversations a member sees under TAG. */
static int
listed(struct fixture *fx, struct session *m, int64_t tag)
{
	static struct conversation page[MANY + 1];
	const struct conversation_list_filter f = { .unread =
							CONVERSATION_LIST_ANY,
		.assigned_to = CONVERSATION_LIST_ANY,
		.linked = CONVERSATION_LIST_ANY,
		.window = CONVERSATION_LIST_ANY,
		.tags = { tag },
		.n_tags = 1,
		.now = FIXTURE_NOW,
		.after = CONVERSATION_LIST_TOP };
	int n;

	n = conversation_list_read(m, fx->pool, &f, page, MANY + 1, &complete);
	assert_int_not_equal(n, -1);
	return n;
}

/* conversation_tags is what contacts and their tags say. */
static void
lists_are_right(struct fixture *fx)
{
	assert_int_equal(COUNT(fx, "(SELECT t.tag_id, t.status,"
				   " t.last_message_at, t.conversation_id,"
				   " t.tag_ids FROM conversation_tags AS t"
				   " EXCEPT SELECT k.tag_id, c.status,"
				   " c.last_message_at, c.id, p.tag_ids"
				   " FROM conversations AS c JOIN contacts AS p"
				   " ON p.id = c.contact_id JOIN contact_tags"
				   " AS k ON k.contact_id = p.id)"),
	    0);
	assert_int_equal(COUNT(fx, "conversation_tags"),
	    COUNT(fx, "conversations AS c JOIN contact_tags AS k"
		      " ON k.contact_id = c.contact_id"));
	assert_int_equal(COUNT(fx, "jobs"), 0);
}

static void
a_contact_with_many_conversations_is_gone_at_once(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	struct conversation c;

	add_contact(fx);
	assert_int_equal(listed(fx, m, 1), MANY);
	step(fx, "DELETE FROM contacts WHERE id = 1");
	assert_int_equal(COUNT(fx, "jobs"), 1);
	assert_int_equal(listed(fx, m, 1), 0);
	assert_int_equal(conversation_get(m, fx->pool, 7, &c), 1);
	assert_int_equal(c.contact_id, 0);
	assert_int_equal(c.n_tags, 0);
	/* Some news, and the same phone again, while it goes on. */
	run(fx, "UPDATE conversations SET last_message_at = 9000 WHERE id = 9;"
		"UPDATE conversations SET phone = '+49301' WHERE id = 8;"
		"INSERT INTO contacts(id, workspace_id, phone, name,"
		" created_at, updated_at) VALUES (7, 1, '+49301', 'B', 1, 1)");
	assert_true(fixture_jobs(fx) > 5);
	assert_int_equal(COUNT(fx, "conversations WHERE contact_id = 1"), 0);
	assert_int_equal(COUNT(fx, "conversations WHERE link <> 'auto'"), 0);
	assert_int_equal(
	    fixture_int(
		fx, "SELECT contact_id FROM conversations WHERE id = 8"),
	    7);
	assert_int_equal(COUNT(fx, "contact_tags"), 0);
	lists_are_right(fx);
	session_close(m);
}

static void
tags_of_a_contact_with_many_conversations_follow(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	int64_t last = 0;

	add_contact(fx);
	step(fx, "INSERT INTO contact_tags VALUES (1, 1, 3)");
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	/* Off again, and news of one that has it and one that has not. */
	step(fx, "DELETE FROM contact_tags WHERE tag_id = 3;"
		 "UPDATE conversations SET last_message_at = 9000 WHERE id = 1;"
		 "UPDATE conversations SET last_message_at = 9001"
		 " WHERE id = 4999");
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	step(fx, "DELETE FROM contact_tags WHERE tag_id = 1;"
		 "UPDATE conversations SET status = 'archived' WHERE id = 2");
	fixture_jobs(fx);
	lists_are_right(fx);
	assert_int_equal(listed(fx, m, 1), 0);
	assert_int_equal(listed(fx, m, 2), MANY);
	assert_int_equal(listed(fx, m, 3), 0);
	step(fx, "INSERT INTO contact_tags VALUES (1, 1, 3)");
	fixture_jobs(fx);
	lists_are_right(fx);
	assert_int_equal(listed(fx, m, 3), MANY);
	session_close(m);
}

/* MANY contacts with tag 1. */
static void
add_contacts(struct fixture *fx)
{
	run(fx, pool_printf(fx->pool,
		    "INSERT INTO tags VALUES (1, 1, 'vip', 1);"
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d) INSERT INTO contacts(id,"
		    " workspace_id, phone, name, created_at, updated_at)"
		    " SELECT i, 1, '+' || i, 'A', 1, 1 FROM n;"
		    "INSERT INTO contact_tags SELECT 1, id, 1 FROM contacts",
		    MANY));
	run(fx, "INSERT INTO conversations(workspace_id, number_id, contact_id,"
		" last_message_at, created_at, updated_at)"
		" SELECT 1, 1, id, 5, 1, 1 FROM contacts");
}

static void
a_tag_that_many_have_is_renamed_and_all_hear_of_it(void **state)
{
	struct fixture *fx = *state;
	int64_t last = 0, seq;

	add_contacts(fx);
	run(fx, "DELETE FROM changes WHERE seq < (SELECT max(seq)"
		" FROM changes)");
	seq = fixture_int(fx, "SELECT max(seq) FROM changes");
	step(fx, "UPDATE tags SET name = 'VIP'");
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "changes"), MANY + 2);
	assert_int_equal(COUNT(fx, "(SELECT DISTINCT object_id FROM changes"
				   " WHERE type = 'contact.updated')"),
	    MANY);
	assert_int_equal(COUNT(fx, "changes WHERE type = 'tag.updated'"), 1);
	assert_int_equal(
	    fixture_int(fx, "SELECT max(seq) FROM changes"), seq + MANY + 1);
	assert_int_equal(COUNT(fx, "jobs"), 0);
}

static void
a_tag_that_many_have_is_gone_at_once(void **state)
{
	struct fixture *fx = *state;

	add_contacts(fx);
	step(fx, "DELETE FROM tags WHERE id = 1");
	assert_int_equal(COUNT(fx, "jobs"), 1);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "contact_tags"), 0);
	assert_int_equal(COUNT(fx, "contacts WHERE tag_ids IS NOT NULL"), 0);
	lists_are_right(fx);
}

static void
a_member_with_many_conversations_leaves_and_comes_back(void **state)
{
	struct fixture *fx = *state;
	int64_t last = 0;

	add_contacts(fx);
	run(fx, "INSERT INTO users VALUES (1, 'a@b', 'Ann', 1);"
		"INSERT INTO workspace_members VALUES (1, 1, 'agent', 1);"
		"UPDATE conversations SET assigned_to = 1");
	step(fx, "DELETE FROM workspace_members");
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "conversations WHERE assigned_to = 1"), 0);
	run(fx, "INSERT INTO workspace_members VALUES (1, 1, 'agent', 1);"
		"UPDATE conversations SET assigned_to = 1");
	step(fx, "DELETE FROM workspace_members");
	assert_int_equal(
	    job_step(fx->db, fx->pool, NULL, &last, FIXTURE_NOW), 1);
	step(fx, "INSERT INTO workspace_members VALUES (1, 1, 'agent', 1)");
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_true(COUNT(fx, "conversations WHERE assigned_to = 1") > 0);
}

static void
a_number_that_is_removed_leaves_nothing(void **state)
{
	struct fixture *fx = *state;

	run(fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d) INSERT INTO message_statuses("
		    "workspace_id, number_id, wamid, status, at)"
		    " SELECT 1, 1, 'w' || i, 'read', 1 FROM n;"
		    "INSERT INTO workspace_events(workspace_id, number_id,"
		    " field, at, raw, hash, created_at) SELECT 1, 1, 'f', 1,"
		    " '{}', CAST(wamid AS BLOB), 1 FROM message_statuses;"
		    "INSERT INTO reactions SELECT 1, 1, wamid, 'customer', 'x',"
		    " 1, '' FROM message_statuses;"
		    "INSERT INTO jobs(workspace_id, kind, subject)"
		    " VALUES (1, 'number_gone', 1)",
		    MANY));
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "message_statuses"), 0);
	assert_int_equal(COUNT(fx, "reactions"), 0);
	assert_int_equal(COUNT(fx, "workspace_events"), MANY);
	assert_int_equal(
	    COUNT(fx, "workspace_events WHERE number_id IS NOT NULL"), 0);
}

/* MANY conversations of MANY numbers with the phone of contact 1, and it gets
 * another that they do not have. */
static void
a_phone_of_many_conversations_changes(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	struct contact c = { .phone = "+49301", .name = "Ann" };
	int64_t id = 0, taken = 0;

	run(fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d) INSERT INTO conversations(id,"
		    " workspace_id, number_id, phone, last_message_at,"
		    " created_at, updated_at) SELECT i, 1, 1, CASE WHEN i < %d"
		    " THEN '+49301' ELSE '+49302' END, i, 1, 1 FROM n;"
		    "INSERT INTO identities(workspace_id, number_id,"
		    " kind, value, conversation_id, created_at)"
		    " SELECT 1, 1, 'wa_id', '49777' || id,"
		    " id, 1 FROM conversations",
		    MANY, MANY / 2));
	assert_int_equal(session_begin_step(m), 0);
	assert_int_equal(contact_create(m, fx->pool, &c, FIXTURE_NOW, &id), 1);
	assert_int_equal(session_commit(m), 0);
	fixture_jobs(fx);
	assert_int_equal(
	    COUNT(fx, "conversations WHERE contact_id IS NOT NULL"),
	    COUNT(fx, "conversations WHERE phone = '+49301'") + 0);
	c.id = id;
	c.phone = "+49302";
	assert_int_equal(session_begin_step(m), 0);
	assert_int_equal(
	    contact_change(m, fx->pool, &c, FIXTURE_NOW, &taken), 1);
	assert_int_equal(session_commit(m), 0);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "conversations WHERE phone = '+49302'"
				   " AND contact_id IS NULL"),
	    0);
	assert_int_equal(COUNT(fx, "conversations WHERE phone = '+49301'"
				   " AND contact_id IS NOT NULL"),
	    0);
	lists_are_right(fx);
	session_close(m);
}

static void
what_waited_for_a_number_comes_back_in_steps(void **state)
{
	struct fixture *fx = *state;

	run(fx, pool_printf(fx->pool,
		    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
		    " FROM n WHERE i < %d) INSERT INTO held(node, delivery_id,"
		    " state, reason, attempts, due_at, updated_at, waits_for)"
		    " SELECT 'n', i, 'dead', 'r', 9, 9000000000, 1, 'number 7'"
		    " FROM n",
		    MANY));
	assert_int_equal(db_begin_step(fx->db), 0);
	assert_int_equal(
	    delivery_state_arrived(fx->db, "number 7", FIXTURE_NOW), MANY);
	assert_int_equal(db_commit(fx->db), 0);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "held WHERE state = 'deferred'"
				   " AND attempts = 0 AND due_at < 9000000000"),
	    MANY);
	assert_int_equal(COUNT(fx, "jobs"), 0);
}

#define SEGMENTS "(SELECT DISTINCT segid FROM contact_words_idx)"

/* Nobody who adds a contact merges the words of many others. */
static void
words_of_contacts_are_merged_in_steps(void **state)
{
	struct fixture *fx = *state;
	struct session *m = member(fx);
	int64_t ids[3];
	int rc;

	assert_int_equal(db_prepare_all(fx->db, &search_merge_statements), 0);
	for (int i = 0; i < 40; i++) {
		step(fx, pool_printf(fx->pool,
			     "INSERT INTO contacts(workspace_id, phone, name,"
			     " created_at, updated_at) VALUES (1, '+4930%03d',"
			     " 'Ann no%d', 1, 1)",
			     i, i));
		fixture_words(fx);
	}
	assert_int_equal(COUNT(fx, SEGMENTS), 40);
	while ((rc = search_tidy_step(fx->db)) == 1)
		;
	assert_int_equal(rc, 0);
	assert_true(COUNT(fx, SEGMENTS) <= 2);
	assert_int_equal(
	    search_contacts(m, fx->pool, "no7", INT64_MAX, ids, 3, &complete),
	    1);
	assert_int_equal(ids[0], 8);
	assert_int_equal(search_contacts(m, fx->pool, "4930039", INT64_MAX, ids,
			     3, &complete),
	    1);
	session_close(m);
}

/* An older program left it, or a newer one did and was taken back. */
static void
a_job_that_nobody_knows_holds_up_no_other(void **state)
{
	struct fixture *fx = *state;

	log_open("test", LOG_LEVEL_WARN);
	add_two(fx, MANY);
	run(fx, "INSERT INTO jobs(workspace_id, kind, subject)"
		" VALUES (1, 'later', 1)");
	merge(fx, 1, 2);
	fixture_jobs(fx);
	assert_int_equal(COUNT(fx, "jobs"), 0);
	assert_int_equal(COUNT(fx, "messages WHERE conversation_id <> 1"), 0);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
	const struct CMUnitTest tests[] = {
		T(little_is_merged_at_once),
		T(much_is_merged_in_steps_and_looks_whole_at_once),
		T(a_merge_goes_on_after_a_kill),
		T(a_merge_of_a_merge_ends_in_the_last),
		T(news_of_a_message_on_its_way_reaches_what_it_is_part_of),
		T(what_is_queued_waits_for_its_conversation),
		T(a_contact_with_many_conversations_is_gone_at_once),
		T(tags_of_a_contact_with_many_conversations_follow),
		T(a_tag_that_many_have_is_renamed_and_all_hear_of_it),
		T(a_tag_that_many_have_is_gone_at_once),
		T(a_member_with_many_conversations_leaves_and_comes_back),
		T(a_number_that_is_removed_leaves_nothing),
		T(a_phone_of_many_conversations_changes),
		T(what_waited_for_a_number_comes_back_in_steps),
		T(words_of_contacts_are_merged_in_steps),
		T(a_job_that_nobody_knows_holds_up_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
