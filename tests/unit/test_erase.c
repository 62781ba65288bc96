/*
 * A person is erased in small steps, and nobody else loses anything.
 */
#include "fixture.h"
#include "rows.h"

#include "lib/sql/statements.h"

#include "spool/spool.h"

#include "inbox/erasure/erasure.h"
#include "inbox/erasure/person.h"
#include "inbox/erasure/tombstone.h"
#include "inbox/search/search_merge.h"

#include "process/erase/erase.h"

#define ME    "4915112345678"
#define OTHER "4915199999999"
#define NEW   "4915177777777"

struct place {
	struct fixture *fx;
	struct erase erase;
};

static struct place here;

static int
begin(void **state)
{
	char *path;

	fixture_begin(state);
	here.fx = *state;
	path = unit_path(here.fx->dir, "spool.db");
	assert_int_equal(spool_create(path), 1);
	assert_int_equal(db_prepare_all(here.fx->db, &erase_statements), 0);
	here.erase = (struct erase){ .db = here.fx->db,
		.spool = spool_open_reader(path, 1000),
		.pool = pool_new(),
		.dir = unit_path(here.fx->dir, "media"),
		.plain_max = 4U << 20 };
	assert_non_null(here.erase.spool);
	free(path);
	return 0;
}

static int
end(void **state)
{
	spool_close(here.erase.spool);
	pool_free(here.erase.pool);
	return fixture_end(state);
}

static void
apply(const struct event *ev)
{
	assert_int_equal(fixture_apply(here.fx, ev), 1);
}

/* A message with a text of its own. */
static void
say(const char *wa_id, const char *wamid, const char *text)
{
	const struct event ev =
	    fixture_event(wamid, wa_id, FIXTURE_NOW - 50, text);

	apply(&ev);
}

static int64_t
ask(const char *who)
{
	int64_t id;

	assert_int_equal(db_begin(here.fx->db), 0);
	assert_int_equal(erasure_ask(here.fx->db, 1, who, FIXTURE_NOW, &id), 0);
	assert_int_equal(db_commit(here.fx->db), 0);
	return id;
}

/* All steps: how many. */
static int
erase_all(void)
{
	int n = 0, rc;

	do {
		here.erase.looked_ms = 0;
		rc = erase_step(&here.erase, FIXTURE_NOW);
		assert_int_not_equal(rc, -1);
		n++;
	} while (rc == 1);
	return n;
}

static int64_t
count(const char *table, const char *where)
{
	return fixture_int(
	    here.fx, pool_printf(here.fx->pool,
			 "SELECT COUNT(*) FROM %s WHERE %s", table, where));
}

static void
nobody_else_loses_anything(void **state)
{
	struct fixture *fx = here.fx;
	char *before, *after;

	(void)state;
	say(OTHER, "o1", "hello");
	apply(&(struct event){ .kind = EVENT_STATUS,
	    .phone_number_id = "100",
	    .at = 5,
	    .target_wamid = "nobodys",
	    .status = "read",
	    .raw = "{\"recipient_id\":\"" OTHER "\"}" });
	before = rows_dump(fx, fx->pool);
	say(ME, "m1", "secretword");
	say(ME, "m2", "secretword again");
	apply(&(struct event){ .kind = EVENT_STATUS,
	    .phone_number_id = "100",
	    .at = 5,
	    .target_wamid = "mine",
	    .status = "read",
	    .raw = "{\"recipient_id\":\"" ME "\"}" });
	ask("+" ME);
	erase_all();
	fixture_do(fx, "DELETE FROM workspace_events");
	after = rows_dump(fx, fx->pool);
	if (strcmp(before, after) != 0)
		rows_show(before, after);
	assert_string_equal(before, after);
	rows_check_search(fx);
	assert_int_equal(count("unmatched", "wamid <> 'nobodys'"), 0);
	assert_string_equal(
	    fixture_text(
		fx, "SELECT state || coalesce(who, '-') FROM erasures"),
	    "done-");
	assert_int_equal(count("erasure_ids", "1"), 0);
}

static void
no_step_is_long(void **state)
{
	struct fixture *fx = here.fx;

	(void)state;
	/* db_strict ends the program when one writes too much. */
	say(ME, "m1", "x");
	fixture_do(fx,
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM n WHERE i < 3000) INSERT INTO messages(workspace_id,"
	    " conversation_id, number_id, wamid, direction, source,"
	    " type, content, preview, text, status, sent_at, created_at)"
	    " SELECT 1, 1, 1, 'w' || i, 'inbound', 'live', 'text',"
	    " '{}', 'p', 'word' || i, 'received', i, i FROM n;"
	    "INSERT INTO message_statuses(workspace_id, number_id,"
	    " wamid, status, at) SELECT 1, 1, wamid, 'read', 1"
	    " FROM messages");
	ask("+" ME);
	assert_true(erase_all() > 20);
	assert_int_equal(count("messages", "1"), 0);
	assert_int_equal(count("message_statuses", "1"), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT messages FROM erasures"), 3001);
	/* How far others count it is where it ends. */
	assert_int_equal(count("tombstones", "1"), 3001);
}

static void
a_group_keeps_what_others_wrote(void **state)
{
	struct event ev = fixture_event("g1", ME, FIXTURE_NOW - 9, "mine");

	(void)state;
	ev.customer.group_id = "G";
	apply(&ev);
	ev = fixture_event("g2", OTHER, FIXTURE_NOW - 8, "theirs");
	ev.customer.group_id = "G";
	ev.context =
	    "{\"wamid\":\"g1\",\"from\":\"" ME "\",\"forwarded\":true}";
	apply(&ev);
	apply(&(struct event){ .kind = EVENT_STATUS,
	    .phone_number_id = "100",
	    .at = 5,
	    .target_wamid = "g3",
	    .status = "read",
	    .participant = ME,
	    .customer.group_id = "G" });
	apply(&(struct event){ .kind = EVENT_STATUS,
	    .phone_number_id = "100",
	    .at = 5,
	    .target_wamid = "g3",
	    .status = "read",
	    .participant = OTHER,
	    .customer.group_id = "G" });
	ask("+" ME);
	erase_all();
	assert_string_equal(
	    fixture_text(here.fx, "SELECT group_concat(wamid) FROM messages"),
	    "g2");
	assert_string_equal(
	    fixture_text(here.fx, "SELECT context FROM messages"),
	    "{\"forwarded\":true}");
	assert_string_equal(
	    fixture_text(
		here.fx, "SELECT last_message_preview FROM conversations"),
	    "theirs");
	assert_string_equal(
	    fixture_text(here.fx,
		"SELECT group_concat(participant) FROM message_statuses"),
	    OTHER);
}

static void
who_is_found_by_one_thing_goes_by_all(void **state)
{
	struct fixture *fx = here.fx;
	struct event ev = fixture_event("a", ME, FIXTURE_NOW - 9, "x");
	struct person *p = pool_alloc(fx->pool, sizeof(*p));

	(void)state;
	fixture_do(fx,
	    "INSERT INTO numbers(workspace_id, phone_number_id,"
	    " created_at) VALUES (1, '101', 1);"
	    "INSERT INTO contacts(workspace_id, phone, name, created_at,"
	    " updated_at) VALUES (1, '+" ME "', 'Me', 1, 1)");
	ev.customer.user_id = "DE.55";
	apply(&ev);
	ev = fixture_event("b", NULL, FIXTURE_NOW - 8, "y");
	ev.customer.user_id = "DE.55";
	ev.phone_number_id = "101";
	apply(&ev);
	assert_int_equal(person_find(fx->db, fx->pool, 1, "+" ME, p), 1);
	assert_int_equal(p->n_conversations, 2);
	assert_int_equal(p->n_contacts, 1);
	assert_int_equal(person_find(fx->db, fx->pool, 1, "DE.55", p), 1);
	assert_int_equal(p->n_conversations, 2);
	assert_int_equal(p->n_contacts, 1);
	assert_int_equal(person_find(fx->db, fx->pool, 1, "+" OTHER, p), 0);
	/* Another workspace has others. */
	assert_int_equal(person_find(fx->db, fx->pool, 2, "+" ME, p), 0);
}

/* Of a number that was given up, and of the new one before it was theirs, the
 * inbox knows that somebody has it who never wrote: nobody. */
static void
who_changed_their_number_goes_by_both(void **state)
{
	static const char *const user_ids[] = { "DE.55", NULL };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct event ev = fixture_event("a", ME, FIXTURE_NOW - 50, "x");

		ev.customer.user_id = user_ids[i];
		ev.waba_id = "waba";
		apply(&ev);
		ev.wamid = "b";
		ev.at = FIXTURE_NOW - 40;
		ev.type = "system";
		ev.customer.new_wa_id = NEW;
		ev.customer.new_user_id = user_ids[i];
		apply(&ev);
		ev = fixture_event("c", NEW, FIXTURE_NOW - 30, "y");
		ev.customer.user_id = user_ids[i];
		ev.waba_id = "waba";
		apply(&ev);
		assert_int_equal(count("conversations", "1"), 1);
		assert_int_equal(count("identities", "conversation_id = 0"), 2);
		fixture_do(here.fx,
		    "INSERT INTO contacts(workspace_id, phone, name,"
		    " created_at, updated_at) VALUES (1, '+" ME
		    "', 'Me', 1, 1)");
		ev = fixture_status("z", "delivered", FIXTURE_NOW - 45);
		ev.raw = "{\"recipient_id\":\"" ME "\"}";
		fixture_apply(here.fx, &ev);
		assert_int_equal(count("message_statuses", "1"), 1);
		fixture_do(here.fx,
		    "INSERT INTO blocks(workspace_id, number_id, who,"
		    " conversation_id, state, asked_at, due_at) SELECT 1, 1,"
		    " '+" ME "', id, 'blocked', 1, 1 FROM conversations");
		/* Who was to be removed from a group. */
		fixture_do(here.fx,
		    "DELETE FROM own_groups;"
		    "INSERT INTO own_groups(workspace_id, number_id, state,"
		    " group_id, asked, request) VALUES (1, 1, 'there', 'g',"
		    " 'remove', '{\"participants\":[{\"user\":\"+" ME
		    "\"}]}')");
		if (i == 1) /* … or asks to join it */
			fixture_do(here.fx,
			    "INSERT INTO group_participants(workspace_id,"
			    " conversation_id, is_user_id, participant,"
			    " asks_id, asks_at) VALUES (1, 99, 0, '" ME
			    "', 'R1', 1); UPDATE own_groups SET"
			    " asked = 'approve', request ="
			    " '{\"join_requests\":[\"R1\"]}'");
		ask("+" NEW);
		erase_all();
		assert_int_equal(count("messages", "1"), 0);
		assert_int_equal(count("group_participants", "1"), 0);
		assert_int_equal(count("identities", "1"), 0);
		assert_int_equal(count("sightings", "1"), 0);
		assert_int_equal(count("blocks", "1"), 0);
		assert_int_equal(count("own_groups", "asked IS NULL"), 1);
		assert_int_equal(count("identity_changes", "1"), 0);
		assert_int_equal(count("contacts", "1"), 0);
		assert_int_equal(count("message_statuses", "1"), 0);
	}
}

static void
a_contact_that_others_have_stays(void **state)
{
	struct fixture *fx = here.fx;

	(void)state;
	say(ME, "a", "x");
	say(OTHER, "b", "y");
	fixture_do(fx,
	    "INSERT INTO contacts(workspace_id, phone, name, created_at,"
	    " updated_at) VALUES (1, '+4930111111', 'Firm', 1, 1);"
	    "UPDATE conversations SET contact_id = 1, link = 'person'");
	ask("+" ME);
	erase_all();
	assert_int_equal(count("contacts", "name = 'Firm'"), 1);
	assert_int_equal(count("conversations", "contact_id = 1"), 1);
}

static void
what_is_on_its_way_is_waited_for(void **state)
{
	struct fixture *fx = here.fx;

	(void)state;
	say(ME, "a", "x");
	fixture_do(fx,
	    "INSERT INTO outbox(workspace_id, number_id,"
	    " conversation_id, message_id, kind, state, due_at,"
	    " created_at) VALUES (1, 1, 1, 8, 'message', 'queued', 1, 1),"
	    " (1, 1, 1, 9, 'message', 'sending', 1, 1)");
	ask("+" ME);
	erase_all();
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM erasures"), "waiting");
	/* What had not left stays here. */
	assert_int_equal(count("outbox", "state = 'queued'"), 0);
	fixture_do(fx, "DELETE FROM outbox");
	erase_all();
	assert_string_equal(
	    fixture_text(fx, "SELECT state FROM erasures"), "done");
}

/* The bytes of WORD in the index's tables. */
static int64_t
left_of(const char *word)
{
	return fixture_int(
	    here.fx, pool_printf(here.fx->pool,
			 "SELECT COUNT(*) FROM message_words_data"
			 " WHERE instr(block, CAST('%s' AS BLOB)) > 0",
			 word));
}

static void
put_words(int n, const char *word)
{
	fixture_do(here.fx,
	    pool_printf(here.fx->pool,
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n"
		" WHERE i < %d) INSERT INTO messages(workspace_id,"
		" conversation_id, number_id, direction, source, type, content,"
		" preview, text, status, sent_at, created_at)"
		" SELECT 1, 1, 1, 'inbound', 'live', 'text', '{}', 'p',"
		" '%s ' || hex(randomblob(8)) || ' ' || hex(randomblob(8)),"
		" 'received', 1, 1 FROM n",
		n, word));
	fixture_words(here.fx);
}

/* Under traffic, too: what others write meanwhile does not begin it anew. */
static void
words_are_gone_from_the_index(void **state)
{
	struct fixture *fx = here.fx;
	int n = 0, rc = 1;

	(void)state;
	say(ME, "a", "x");
	for (int i = 0; i < 12; i++)
		put_words(1500, i % 3 == 0 ? "zebrasecret" : "plain");
	fixture_do(fx, "DELETE FROM messages WHERE text LIKE 'zebra%'");
	fixture_words(fx);
	assert_true(left_of("ebrasecret") > 0);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(search_merge_begin(fx->db), 0);
	assert_int_equal(db_commit(fx->db), 0);
	while (rc == 1 && n < 1000) {
		put_words(1, "new");
		assert_int_equal(db_begin(fx->db), 0);
		rc = search_merge_step(fx->db);
		assert_int_equal(db_commit(fx->db), 0);
		n++;
	}
	assert_int_equal(rc, 0);
	assert_true(n > 3 && n < 200);
	assert_int_equal(left_of("ebrasecret"), 0);
	assert_int_equal(left_of("lain") > 0, 1);
	rows_check_search(fx);
}

static void
tombstones_say_nothing_and_end(void **state)
{
	struct fixture *fx = here.fx;

	(void)state;
	assert_int_equal(tombstone_any(fx->db), 0);
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    tombstone_put_wamid(fx->db, 1, "wamid.X", FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(tombstone_any(fx->db), 1);
	assert_int_equal(tombstone_has_wamid(fx->db, 1, "wamid.X"), 1);
	assert_int_equal(tombstone_has_wamid(fx->db, 2, "wamid.X"), 0);
	assert_int_equal(tombstone_has_wamid(fx->db, 1, "wamid.Y"), 0);
	assert_int_equal(
	    tombstone_purge(fx->db, FIXTURE_NOW + TOMBSTONE_KEPT, 10), 0);
	assert_int_equal(
	    tombstone_purge(fx->db, FIXTURE_NOW + TOMBSTONE_KEPT + 1, 10), 1);
	assert_int_equal(tombstone_any(fx->db), 0);
}

/* Who left a group may join it again, after an erasure, too. */
static void
what_happens_again_in_a_group_is_new(void **state)
{
	struct event joined = { .kind = EVENT_GROUP,
		.customer = { .wa_id = ME, .group_id = "G" },
		.at = 100,
		.content = "{\"body\":\"+" ME " joined\"}" };
	struct fixture *fx = here.fx;

	(void)state;
	assert_int_equal(db_begin(fx->db), 0);
	assert_int_equal(
	    tombstone_put_event(fx->db, 1, &joined, FIXTURE_NOW), 0);
	assert_int_equal(db_commit(fx->db), 0);
	assert_int_equal(tombstone_has_event(fx->db, 1, &joined), 1);
	joined.at++;
	assert_int_equal(tombstone_has_event(fx->db, 1, &joined), 0);
}

/* A client sends its POSTs once more: however many there are. */
static void
answers_kept_for_a_client_are_gone(void **state)
{
	struct fixture *fx = here.fx;

	(void)state;
	say(ME, "m1", "x");
	say(OTHER, "o1", "x");
	fixture_do(fx,
	    "INSERT INTO contacts(id, workspace_id, phone, name,"
	    " created_at, updated_at) VALUES (7, 1, '+" ME "', 'I', 1, 1),"
	    " (70, 1, '+" OTHER "', 'O', 1, 1);"
	    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
	    " FROM n WHERE i < 2400) INSERT INTO idempotency_keys("
	    "workspace_id, user_id, key, request_hash, status, location,"
	    " body, created_at) SELECT 1, i % 2, 'k' || i, x'00', 202,"
	    " '/api/v1/messages/' || i, '{\"id\":' || i ||"
	    " ',\"conversation_id\":' || (1 + i / 2 % 2) || ',\"of\":"
	    "{\"conversation_id\":1}}', i FROM n;"
	    "INSERT INTO idempotency_keys(workspace_id, user_id, key,"
	    " request_hash, status, location, body, created_at)"
	    " SELECT 1, 1, 'c' || id, x'00', 201,"
	    " '/api/v1/contacts/' || id, '{\"id\":7}', 1 FROM contacts;"
	    "INSERT INTO idempotency_keys(workspace_id, user_id, key,"
	    " request_hash, status, body, created_at)"
	    " VALUES (1, 1, 'no', x'00', 422, 'not JSON', 1)");
	ask("+" ME);
	assert_true(erase_all() > 6);
	assert_int_equal(count("idempotency_keys", "status = 404"), 1201);
	assert_int_equal(
	    count("idempotency_keys",
		"status = 404 AND"
		" (location IS NOT NULL OR body NOT LIKE '%erased%')"),
	    0);
	assert_int_equal(
	    count("idempotency_keys", "status = 202 AND"
				      " body LIKE '%,\"conversation_id\":2,%'"),
	    1200);
	assert_int_equal(
	    count("idempotency_keys", "key = 'c70' AND"
				      " location = '/api/v1/contacts/70'"),
	    1);
	assert_int_equal(count("idempotency_keys", "status = 422"), 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		TEST(nobody_else_loses_anything),
		TEST(no_step_is_long),
		TEST(a_group_keeps_what_others_wrote),
		TEST(who_is_found_by_one_thing_goes_by_all),
		TEST(who_changed_their_number_goes_by_both),
		TEST(a_contact_that_others_have_stays),
		TEST(what_is_on_its_way_is_waited_for),
		TEST(words_are_gone_from_the_index),
		TEST(answers_kept_for_a_client_are_gone),
		TEST(tombstones_say_nothing_and_end),
		TEST(what_happens_again_in_a_group_is_new),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
