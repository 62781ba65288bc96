/*
 * The search finds the same on PostgreSQL as on SQLite: the same rows, the same
 * words typed, and the same whatever happens to the rows, with partitions of
 * few of them and with indexes that are made anew.
 *
 * test_search_pg FIRST COUNT tries other seeds.
 */
#include "fixture.h"

#include <stdlib.h>

#include "base/buf.h"

#include "lib/sql/driver.h"

#include "session/session.h"

#include "inbox/search/engine/search_source.h"
#include "inbox/search/search_index.h"
#include "inbox/search/search_merge.h"
#include "inbox/search/search_partition.h"
#include "inbox/search/search_progress.h"
#include "inbox/search/search_put.h"
#include "inbox/search/search_terms.h"

#include "pg/pg_server.h"

#define SEEDS	   3
#define STEPS	   40
#define FULL	   24 /* messages of a partition */
#define OTHER	   100
#define LABELS_MAX 64

static int first_seed = 1, n_seeds = SEEDS;
static uint64_t luck;
static struct pg_server *server;

struct engines {
	struct fixture *fx; /* SQLite */
	struct db *pg;	    /* as the owner */
	struct db *member;  /* one that serves a member */
	int64_t served;
	int n_messages; /* the ids that were given */
};

static int
below(int n)
{
	luck = luck * UINT64_C(6364136223846793005) +
	       UINT64_C(1442695040888963407);
	return (int)((luck >> 33) % (uint64_t)n);
}

/* On both, in a transaction. */
static void
both_do(struct engines *e, const char *sql)
{
	struct db *const dbs[] = { e->fx->db, e->pg };

	for (int i = 0; i < 2; i++) {
		assert_int_equal(db_begin(dbs[i]), 0);
		if (db_script(dbs[i], sql) == -1)
			fail_msg("%s", sql);
		assert_int_equal(db_commit(dbs[i]), 0);
	}
}

/* ------------------------------------------------------------------ setting
 * up */

/* Tables of the fixture that a search looks at, in an order in which they
 * may be filled. */
static const char *const copied[][2] = {
	{ "workspaces", "id, name, created_at" },
	{ "users", "id, email, name, created_at" },
	{ "workspace_members", "workspace_id, user_id, role, created_at" },
	{ "numbers", "id, workspace_id, phone_number_id, created_at" },
	{ "api_tokens", "id, workspace_id, user_id, hash, name, created_at" },
	{ "contacts", "id, workspace_id, phone, name, email, created_at,"
		      " updated_at" },
	{ "conversations", "id, workspace_id, number_id, phone, profile_name,"
			   " contact_id, created_at, updated_at" },
	{ "messages", "id, workspace_id, conversation_id, number_id, direction,"
		      " source, type, content, preview, text, status,"
		      " counts_unread, opens_window, sent_at, created_at" },
};

static void
put_value(struct fixture *fx, struct buf *b, struct db_rows *r, int i,
    const char *column)
{
	size_t len;
	const unsigned char *s = db_col_blob(r, i, &len);

	if (db_col_is_null(r, i)) {
		buf_text(b, "NULL");
	} else if (strcmp(column, "hash") == 0) {
		buf_text(b, "'\\x");
		for (size_t at = 0; at < len; at++)
			buf_printf(b, "%02x", s[at]);
		buf_char(b, '\'');
	} else {
		buf_printf(
		    b, "'%s'", pool_text(fx->pool, (const char *)s, len));
	}
}

static void
copy_table(struct engines *e, const char *table, const char *columns)
{
	struct pool *pool = e->fx->pool;
	struct db_rows *r = db_query(e->fx->db,
	    pool_printf(pool, "SELECT %s FROM %s", columns, table), DB_NONE);
	struct buf b = { .pool = pool };

	buf_printf(&b, "ALTER TABLE %s DISABLE TRIGGER USER;", table);
	while (db_next(r) == 1) {
		const char *column = columns;
		int i = 0;

		buf_printf(&b, "INSERT INTO %s(%s) VALUES (", table, columns);
		for (; *column != '\0'; i++) {
			size_t n = strcspn(column, ",");

			buf_text(&b, i > 0 ? ", " : "");
			put_value(e->fx, &b, r, i, pool_text(pool, column, n));
			column += n;
			column += strspn(column, ", ");
		}
		buf_text(&b, ");");
	}
	db_end(r);
	buf_printf(&b, "ALTER TABLE %s ENABLE TRIGGER USER;", table);
	assert_int_equal(db_script(e->pg, buf_end(&b)), 0);
}

static void
serve(struct engines *e, int64_t workspace)
{
	session_serve(e->fx->member, workspace, workspace);
	assert_int_equal(
	    db_script(e->member,
		workspace == OTHER
		    ? "SELECT set_config('waspool.token', 'zoe', false)"
		    : "SELECT set_config('waspool.token', 'ann', false)"),
	    0);
	e->served = workspace;
}

static struct db *
open_pg(void)
{
	struct db *db =
	    db_open_by(&pgsql_driver, pg_server_target(server), DB_WRITE, 5000);

	assert_non_null(db);
	return db;
}

static int
begin(void **state)
{
	struct engines *e = calloc(1, sizeof(*e));
	const char *srcdir = getenv("srcdir");

	fixture_begin_members(state);
	e->fx = *state;
	e->n_messages = OTHER;
	*state = e;
	assert_int_equal(db_script(e->fx->db, "DELETE FROM search_partitions;"
					      "UPDATE api_tokens SET"
					      " expires_at = NULL"),
	    0);
	e->pg = open_pg();
	assert_int_equal(
	    db_script(e->pg, "DROP SCHEMA public CASCADE;"
			     "CREATE SCHEMA public;"
			     "GRANT USAGE ON SCHEMA public TO public"),
	    0);
	assert_int_equal(
	    pg_server_lay_schema(e->pg, srcdir != NULL ? srcdir : "."), 0);
	for (size_t i = 0; i < sizeof(copied) / sizeof(copied[0]); i++)
		copy_table(e, copied[i][0], copied[i][1]);
	assert_int_equal(db_prepare_all(e->fx->db, &search_put_statements), 0);
	assert_int_equal(db_prepare_all(e->pg, &search_index_statements), 0);
	e->member = open_pg();
	while (search_index_step(e->pg, FULL, 5) == 1)
		;
	return 0;
}

static int
end(void **state)
{
	struct engines *e = *state;

	db_close(e->pg);
	db_close(e->member);
	*state = e->fx;
	free(e);
	return fixture_end(state);
}

/* ---------------------------------------------------------------------
 * asking */

static int
labels_of(struct db *db, int64_t workspace, int64_t *labels)
{
	int n = db_get_ints(db,
	    "SELECT partition FROM search_partitions WHERE workspace_id = $1"
	    " ORDER BY first_id",
	    DB_ARGS(db_int(workspace)), labels, LABELS_MAX);

	assert_int_not_equal(n, -1);
	if (n == 0)
		labels[n++] = 0;
	return n;
}

/* What a source has, as text; WHOLE: of words that are no longer. */
static const char *
found_by(struct engines *e, struct db *db, struct db *asked,
    enum search_source source, const char *q, int whole)
{
	const struct search_asking *asking = db_engine(db) == DB_PGSQL
						 ? &search_pgsql_asking
						 : &search_sqlite_asking;
	struct pool *pool = e->fx->pool;
	struct buf b = { .pool = pool };
	int64_t labels[LABELS_MAX];
	struct search_terms t;
	struct db_rows *r;
	const char *match;
	int rc;

	search_terms_read(pool, asking->syntax, e->served, q, &t);
	match = source == IN_MESSAGES
		    ? search_terms_messages(pool, e->served, labels,
			  labels_of(asked, e->served, labels), &t)
		: source == IN_PROFILES || source == IN_CONTACTS ? t.names
								 : t.in_phones;
	if (match != NULL && whole)
		match = search_terms_whole(pool, match);
	if (match == NULL)
		return "";
	r = db_query(db, asking->sql[source],
	    DB_SHARED_ARGS(db_text(match), db_int(INT64_MAX), db_int(500),
		db_text(t.digits)));
	while ((rc = db_next(r)) == 1)
		buf_printf(&b, "%lld in %lld ", (long long)db_col_int(r, 0),
		    (long long)db_col_int(r, 1));
	db_end(r);
	if (rc != 0)
		fail_msg("%s: %s", q, match);
	return buf_end(&b);
}

/* How many sources have any. */
static int
ask(struct engines *e, const char *q)
{
	int n = 0;

	for (int i = 0; i < 2 * SEARCH_SOURCES; i++) {
		enum search_source s = (enum search_source)(i / 2);
		const char *lite =
		    found_by(e, e->fx->member_db, e->fx->db, s, q, i % 2);
		const char *pg = found_by(e, e->member, e->pg, s, q, i % 2);

		if (strcmp(lite, pg) != 0)
			fail_msg("\"%s\", source %d of workspace %d:\n%s\n"
				 "on PostgreSQL:\n%s",
			    q, i / 2, (int)e->served, lite, pg);
		n += *lite != '\0';
	}
	return n;
}

static int
ask_both(struct engines *e, const char *q)
{
	int n;

	serve(e, OTHER);
	n = ask(e, q);
	serve(e, 1);
	return n + ask(e, q);
}

static void
add_message(struct engines *e, int conversation, const char *text)
{
	both_do(e,
	    pool_printf(e->fx->pool,
		"INSERT INTO messages(id, workspace_id, conversation_id,"
		" number_id, direction, source, type, content, preview, text,"
		" status, sent_at, created_at) SELECT %d, workspace_id, id,"
		" number_id, 'inbound', 'live', 'text', '{}', 'p', %s,"
		" 'received', 1, 1 FROM conversations WHERE id = %d",
		++e->n_messages, text, conversation));
}

static void
put_all(struct engines *e)
{
	while (search_index_step(e->fx->db, FULL, FIXTURE_ROWS) == 1)
		;
	while (search_index_step(e->pg, FULL, FIXTURE_ROWS) == 1)
		;
	assert_int_equal(search_progress_is_due(e->pg), 0);
}

/* ----------------------------------------------------------------------
 * tests */

static const char *const texts[] = { "'Straße in Köln, crème brûlée'",
	"'Ваш заказ № 1234 готов'", "'我想退貨，謝謝'", "'ราคาเท่าไหร่'",
	"'주문 번호는 INV0042 입니다'", "'والكتاب على الطاولة'",
	"'EUR 1.299,50 for A-17/b'", "'e-mail me: x.y@example.org!'",
	"'https://example.org/a?b=c&d=e'", "'it''s 100% | & ! : * ( ) <-> \\'",
	"'🎉 ... !!'", "''", "'ａｂｃ １２３ ﬁne ½'", "'a b c a b a b'" };

/* What a person types: words, and what another one's syntax would be. */
static const char *const typed[] = { "colour", "colo", "COLOUR it", "secret",
	"creme", "crème brûlée", "strasse", "koln köln", "заказ", "ЗАКАЗ гот",
	"1234", "退貨", "想退", "我退", "我想退貨", "ราคา", "เท่า", "주문",
	"번호", "inv0042", "inv 42", "0042", "كتاب", "الكتاب", "1299,50",
	"1.299,50", "299", "a-17", "a17b", "x.y@example.org", "example", "exam",
	"https", "fine", "12", "abc 123", "a b", "jörg", "jorg", "joerg", "j",
	"sheena nelson", "nel", "+49 151 1234", "5112345", "51123456789",
	"0049", "345678", "+442071234567", "650", "65", "+4915112345678999",
	"colour zzz", "zzz", "", " ", "'", "''", "\"", "\\", "\\'", "a' | 'b",
	"'colour' & 'zzz'", "colour:*", "!colour", "colour & secret",
	"colour | secret", "colour <-> it", "(", ")", "()", ":*", "&", "|", "!",
	"*", "<->", "%", "_", "$1", "%s", "{}", "{1,2}", "NULL", "\x01",
	"'; DROP TABLE messages; --", "\xe2\x80\xa6", "🎉", "colour\xcc\x81",
	"...", "1.0.colour", "2s.0.secret", "pear", "app", "apple", "süß",
	"quince", "10 kg", "kg", "+49 151 2345", "a-b", "我想", "貨" };

static void
what_is_typed_finds_the_same(void **state)
{
	struct engines *e = *state;
	int n = 0;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		add_message(e, i % 3 == 0 ? OTHER : 1 + (int)i % 4, texts[i]);
		both_do(
		    e, pool_printf(e->fx->pool,
			   "INSERT INTO contacts(id, workspace_id, phone, name,"
			   " email, created_at, updated_at) VALUES (%d, 1,"
			   " '+49152%d', %s, NULL, 1, 1)",
			   1000 + (int)i, 1000 + (int)i, texts[i]));
	}
	put_all(e);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
		n += ask_both(e, typed[i]);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		n += ask_both(e, texts[i]);
	assert_true(n > 200);
}

/* A text of N pieces. */
static const char *
repeated(struct engines *e, const char *piece, int n)
{
	struct buf b = { .pool = e->fx->pool };

	while (n-- > 0)
		buf_text(&b, piece);
	return buf_end(&b);
}

static void
long_texts_and_searches_are_harmless(void **state)
{
	struct engines *e = *state;
	const char *many = repeated(e, "x1-y2 ", 40000);

	add_message(e, 1, pool_printf(e->fx->pool, "'%s apple'", many));
	add_message(e, 1,
	    pool_printf(e->fx->pool, "'%s'", repeated(e, "退貨想我", 30)));
	add_message(
	    e, 2, pool_printf(e->fx->pool, "'%s'", repeated(e, "ä", 10000)));
	put_all(e);
	assert_true(ask_both(e, "x1-y2") > 0);
	assert_true(ask_both(e, repeated(e, "退貨想我", 20)) > 0);
	ask_both(e, many);
	ask_both(e, repeated(e, "ä", 10000));
	ask_both(e, repeated(e, "a", 10000));
	ask_both(e, repeated(e, "1a-2b-3c-4d-5e-6f-7g-8h x y ", 500));
	ask_both(e, repeated(e, "'\\&|!:*()<->", 900));
}

static const char *
text(struct engines *e)
{
	static const char *const words[] = { "pear", "apple", "Quince!",
		"10 kg", "+49 151 2345", "...", "a-b", "süß", "我想退貨" };
	const char *s = "";

	if (below(6) == 0)
		return "NULL";
	for (int n = below(5); n >= 0; n--)
		s = pool_printf(e->fx->pool, "%s%s ", s,
		    words[below(sizeof(words) / sizeof(words[0]))]);
	return pool_printf(e->fx->pool, "'%s'", s);
}

/* As a number that moves does it: the conversation goes and comes. */
static void
move(struct engines *e)
{
	int id = below(3) == 0 ? OTHER : 1 + below(4);

	both_do(e,
	    pool_printf(e->fx->pool,
		"CREATE TEMP TABLE moved AS SELECT * FROM conversations"
		" WHERE id = %d;"
		"UPDATE messages SET workspace_id = 101 - workspace_id"
		" WHERE conversation_id = %d;"
		"DELETE FROM conversations WHERE id = %d;"
		"INSERT INTO conversations(id, workspace_id, number_id, phone,"
		" profile_name, created_at, updated_at) SELECT id,"
		" 101 - workspace_id, number_id, phone, profile_name, 1, 1"
		" FROM moved;"
		"DROP TABLE moved",
		id, id, id));
}

static void
change(struct engines *e)
{
	struct pool *pool = e->fx->pool;
	int a = OTHER + below(e->n_messages - OTHER + 1);

	switch (below(8)) {
	case 0:
	case 1:
	case 2:
		for (int n = below(9); n >= 0; n--)
			add_message(
			    e, below(4) == 0 ? OTHER : 1 + below(4), text(e));
		return;
	case 3:
		both_do(
		    e, pool_printf(pool,
			   "UPDATE messages SET text = %s WHERE id IN (%d, %d)",
			   text(e), a, 1 + below(4)));
		return;
	case 4:
		both_do(e,
		    pool_printf(pool,
			"DELETE FROM messages WHERE id IN (%d, %d)", a, a + 1));
		return;
	case 5:
		both_do(
		    e, pool_printf(pool,
			   "UPDATE conversations SET profile_name = %s, phone ="
			   " NULLIF('+49%d', '+497') WHERE id = %d",
			   text(e), below(20000), 1 + below(4)));
		return;
	case 6:
		both_do(
		    e, pool_printf(pool,
			   "DELETE FROM contacts WHERE id = %d;"
			   "INSERT INTO contacts(id, workspace_id, phone, name,"
			   " created_at, updated_at) VALUES (%d, 1, '+4915%d',"
			   " COALESCE(%s, 'x'), 1, 1) ON CONFLICT DO NOTHING",
			   3 + below(9), 3 + below(9), below(50), text(e)));
		return;
	default:
		move(e);
	}
}

/* The rules of the words are others: all of it is made anew. */
static void
make_anew(struct engines *e)
{
	static const char anew[] =
	    "DELETE FROM search_partitions; DELETE FROM search_stale;"
	    "UPDATE search_indexed SET from_id = upto_id + 1,"
	    " began_id = upto_id + 1, began_at = NULL";

	assert_int_equal(db_script(e->pg, "SELECT empty_words()"), 0);
	assert_int_equal(
	    db_script(e->fx->db,
		"INSERT INTO message_words(message_words)"
		" VALUES ('delete-all');"
		"INSERT INTO conversation_words(conversation_words)"
		" VALUES ('delete-all');"
		"INSERT INTO conversation_digits(conversation_digits)"
		" VALUES ('delete-all');"
		"INSERT INTO contact_words(contact_words)"
		" VALUES ('delete-all');"
		"INSERT INTO contact_digits(contact_digits)"
		" VALUES ('delete-all')"),
	    0);
	both_do(e, anew);
}

static void
tend(struct engines *e)
{
	struct db *const dbs[] = { e->fx->db, e->pg };
	int rows = 1 + below(9), what = below(4), anew = below(20) == 0;

	for (int i = 0; i < 2; i++) {
		if (what < 2)
			assert_int_not_equal(
			    search_index_step(dbs[i], FULL, rows), -1);
		if (what == 2)
			assert_int_not_equal(
			    search_partition_split_step(dbs[i], FULL), -1);
		if (what > 1)
			assert_int_not_equal(
			    search_rebuild_step(dbs[i], FULL, FIXTURE_NOW), -1);
		assert_int_not_equal(search_tidy_step(dbs[i]), -1);
	}
	if (anew)
		make_anew(e);
}

static void
whatever_happens_the_same_is_found(void **state)
{
	struct engines *e = *state;

	for (int seed = first_seed; seed < first_seed + n_seeds; seed++) {
		luck = (uint64_t)seed;
		for (int i = 0; i < STEPS; i++) {
			change(e);
			tend(e);
		}
		do {
			put_all(e);
		} while (
		    search_rebuild_step(e->pg, FULL, FIXTURE_NOW) == 1 ||
		    search_rebuild_step(e->fx->db, FULL, FIXTURE_NOW) == 1);
		while (search_rebuild_step(e->fx->db, FULL, FIXTURE_NOW) == 1)
			;
		for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++)
			ask_both(e, typed[i]);
		/* Words that a row had are not its own any more. */
		for (int i = 0; i < 9; i++) {
			change(e);
			ask_both(e, "pear");
			ask_both(e, "app");
			ask_both(e, "10 kg");
			ask_both(e, "+49 15");
		}
	}
}

static int
run(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	static const struct CMUnitTest tests[] = {
		TEST(what_is_typed_finds_the_same),
		TEST(long_texts_and_searches_are_harmless),
		TEST(whatever_happens_the_same_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

int
main(int argc, char **argv)
{
	if (argc > 2) {
		first_seed = atoi(argv[1]);
		n_seeds = atoi(argv[2]);
	}
	return pg_server_serve(&server, run);
}
