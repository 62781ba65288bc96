/*
 * Which words find which messages: tests/data/words.txt, asked of a real FTS5
 * table; where they stand; and what strangers may send.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/sql/db.h"

#include "inbox/words/words.h"
#include "inbox/words/words_each.h"
#include "inbox/words/words_fold.h"
#include "inbox/words/words_query.h"
#include "inbox/words/words_quick.h"
#include "inbox/words/words_split.h"

#define LINE_MAX_BYTES 4096
#define OWN	       "1.0."
#define OTHER	       "1.1."
#define PLACES_MAX     64

static const char *const sql[] = {
	"INSERT INTO words(rowid, text) VALUES ($1, $2)",
	"SELECT rowid FROM words WHERE words MATCH $1",
	"INSERT INTO words(words, rowid, text) VALUES ('delete', $1, $2)",
};

struct world {
	struct pool *pool;
	struct db *db;
	char *dir;
	char *path;
	int64_t row; /* the message that is asked for */
	const char *text;
	int asked;
	int wrong;
};

static int
begin(void **state)
{
	struct world *w = calloc(1, sizeof(*w));

	assert_non_null(w);
	log_open("test", LOG_LEVEL_WARN);
	w->pool = pool_new();
	w->dir = unit_dir();
	w->path = unit_path(w->dir, "t.db");
	w->db = db_open(w->path, DB_CREATE, 1000);
	assert_non_null(w->db);
	assert_int_equal(
	    db_script(w->db,
		"CREATE VIRTUAL TABLE words USING fts5(text, content='',"
		" columnsize=0, tokenize=\"ascii tokenchars '.'\")"),
	    0);
	assert_int_equal(db_prepare(w->db, sql, 3), 0);
	*state = w;
	return 0;
}

static int
end(void **state)
{
	struct world *w = *state;

	db_close(w->db);
	pool_free(w->pool);
	free(w->path);
	unit_clear(w->dir);
	free(w);
	return 0;
}

static char *
words_of(struct pool *pool, const char *prefix, const char *text)
{
	struct buf b = { .pool = pool };

	words_put(&b, prefix, text);
	return buf_end(&b);
}

static void
put_message(struct world *w, const char *text)
{
	w->row++;
	w->text = pool_copy(w->pool, text);
	assert_int_equal(
	    db_run(w->db, sql[0],
		DB_ARGS(db_int(w->row), db_text(words_of(w->pool, OWN, text)))),
	    0);
}

/* 1 when the last message is among what FTS5 finds for Q. */
static int
finds(struct world *w, const char *prefix, const char *typed)
{
	struct words_query *q = words_query_read(w->pool, typed);
	struct db_rows *r;
	int found = 0, rc;

	if (q == NULL)
		return 0;
	r = db_query(w->db, sql[1],
	    DB_ARGS(
		db_text(words_query_match(w->pool, q, WORDS_FTS5, prefix))));
	while ((rc = db_next(r)) == 1)
		found |= db_col_int(r, 0) == w->row;
	assert_int_equal(rc, 0);
	db_end(r);
	return found;
}

static int
has_places(struct world *w, const char *typed)
{
	struct words_place places[PLACES_MAX];

	return words_places(w->pool, words_query_read(w->pool, typed), w->text,
		   places, PLACES_MAX) > 0;
}

/* TYPED finds the last message, or not; a word that it finds has a place. */
static void
ask(struct world *w, const char *typed, int wanted)
{
	w->asked++;
	if (finds(w, OWN, typed) != wanted) {
		print_error("%s: %s\n  words: %s\n  asked: %s\n",
		    wanted ? "not found" : "wrongly found", typed,
		    words_of(w->pool, "", w->text),
		    words_query_match(w->pool, words_query_read(w->pool, typed),
			WORDS_FTS5, ""));
		w->wrong++;
	}
	if (wanted && !has_places(w, typed)) {
		print_error("no place: %s\n", typed);
		w->wrong++;
	}
	if (wanted && finds(w, OTHER, typed)) {
		print_error("in the other's words: %s\n", typed);
		w->wrong++;
	}
}

static void
ask_all(struct world *w, char *list, int wanted)
{
	char *rest, *typed;

	for (typed = strtok_r(list, "|", &rest); typed != NULL;
	     typed = strtok_r(NULL, "|", &rest))
		ask(w, typed, wanted);
}

/* TEXT with [ and ] around the places of Q. */
static char *
marked(struct pool *pool, const struct words_query *q, const char *text)
{
	struct words_place places[PLACES_MAX];
	int n = words_places(pool, q, text, places, PLACES_MAX), i = 0;
	struct buf b = { .pool = pool };
	int32_t point = 0;

	for (;; text++) {
		if (((unsigned char)*text & 0xc0) != 0x80) {
			if (i < n &&
			    point == places[i].start + places[i].length) {
				buf_char(&b, ']');
				i++;
			}
			if (i < n && point == places[i].start)
				buf_char(&b, '[');
			point++;
		}
		if (*text == '\0')
			return buf_end(&b);
		buf_char(&b, *text);
	}
}

static void
mark(struct world *w, char *line)
{
	char *want = strstr(line, " => ");

	assert_non_null(want);
	*want = '\0';
	assert_string_equal(
	    marked(w->pool, words_query_read(w->pool, line), w->text),
	    want + 4);
}

static void
messages_are_found_by_their_words_and_no_others(void **state)
{
	struct world *w = *state;
	const char *srcdir = getenv("srcdir");
	char line[LINE_MAX_BYTES];
	char *path = pool_printf(
	    w->pool, "%s/tests/data/words.txt", srcdir != NULL ? srcdir : ".");
	FILE *f = fopen(path, "r");

	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == ':')
			put_message(w, line + 2);
		else if (line[0] == '+' || line[0] == '-')
			ask_all(w, line + 2, line[0] == '+');
		else if (line[0] == '@')
			mark(w, line + 2);
		else
			assert_true(line[0] == '#' || line[0] == '\0');
	}
	fclose(f);
	assert_int_equal(w->wrong, 0);
	assert_between(w->row, 40, 1000);
	assert_between(w->asked, 500, 10000);
}

/* TEXT, N times. */
static char *
repeat(struct pool *pool, const char *text, int n)
{
	struct buf b = { .pool = pool };

	for (int i = 0; i < n; i++)
		buf_text(&b, text);
	return buf_end(&b);
}

/* Each alone, and before each kind of what may follow. */
static void
quickly_folded_letters_are_as_the_library_has_them(void **state)
{
	static const char *const after[] = { "", "a", "é", "\u0301", "ب", "な",
		"\u3099", "ﾞ", "゛", "\u0e49", "\u1161", "\u11a8", "한", "語",
		"\u093c", "\u200c", "😀" };
	char text[16];
	int quick = 0;

	(void)state;
	for (int32_t c = 0x80; c < 0x11000; c++) {
		for (size_t i = 0; i < sizeof(after) / sizeof(*after); i++) {
			struct words_quick q;
			struct words_folded f;
			struct unicode_piece p;
			const char *next;
			int n = unicode_write(c, text);

			memcpy(text + n, after[i], strlen(after[i]) + 1);
			next = words_quick(text, &q);
			if (next == NULL)
				continue;
			quick++;
			assert_ptr_equal(unicode_next(text, &p), next);
			words_fold(&p, &f);
			assert_int_equal(f.n, 1);
			assert_int_equal(q.point, f.points[0]);
			assert_int_equal(q.class, f.classes[0]);
		}
	}
	assert_between(quick, 100000, 1000000);
}

static void
each_word_has_its_prefix_and_one_blank_before_it(void **state)
{
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };

	(void)state;
	buf_text(&b, "before:");
	words_put(&b, "2s.1.", " Ja, \"退貨\" ");
	assert_string_equal(buf_end(&b), "before:2s.1.ja 2s.1.退貨 2s.1.貨");
	assert_string_equal(words_of(pool, "2s.", "... 😀"), "");
	assert_string_equal(words_of(pool, "2s.", ""), "");
	pool_free(pool);
}

/* FTS5 reads our words only: with nothing in them that it could decide. */
static void
words_have_no_blank_no_sign_and_no_upper_case(void **state)
{
	struct pool *pool = pool_new();
	char text[16] = "", *words;

	(void)state;
	for (int c = 1; c < 0x80; c++) {
		snprintf(text, sizeof(text), "a%cb", c);
		words = words_of(pool, "", text);
		assert_int_equal(
		    strspn(words, "abcdefghijklmnopqrstuvwxyz0123456789 "),
		    strlen(words));
		assert_null(strstr(words, "  "));
	}
	pool_free(pool);
}

static void
what_is_typed_is_never_syntax(void **state)
{
	struct world *w = *state;
	static const char *const typed[] = { "\"", "a\"b", "NEAR(a b, 2)",
		"text: a", "^a", "a*", "-a", "a + b", "(a OR b)", "a) OR (b",
		"{text}: a", "'; DROP TABLE words; --", "\x01", "\xff\xfe" };

	put_message(w, "near a b 2 text or drop table words");
	for (size_t i = 0; i < sizeof(typed) / sizeof(*typed); i++)
		finds(w, OWN, typed[i]);
	assert_true(finds(w, OWN, "NEAR(a b, 2)"));
	assert_false(finds(w, OWN, "a OR c"));
	assert_null(words_query_read(w->pool, "\"-*()"));
	assert_int_equal(words_places(w->pool, NULL, "a", NULL, 0), 0);
}

/* A row leaves the index by the same words. */
static void
a_row_is_deleted_by_its_text(void **state)
{
	struct world *w = *state;
	const char *text = "Ärger mit 退貨 INV-2026-0042, صهْل";

	put_message(w, text);
	assert_true(finds(w, OWN, "0042"));
	assert_int_equal(
	    db_run(w->db, sql[2],
		DB_ARGS(db_int(w->row), db_text(words_of(w->pool, OWN, text)))),
	    0);
	assert_false(finds(w, OWN, "0042"));
	assert_false(finds(w, OWN, "退"));
}

static void
a_word_ends_after_64_letters(void **state)
{
	struct world *w = *state;
	char *text = repeat(w->pool, "abcdefghij", 6000);

	assert_int_equal(strlen(words_of(w->pool, "", text)), WORDS_LENGTH_MAX);
	put_message(w, text);
	assert_true(finds(w, OWN, text));
	assert_true(finds(w, OWN, "abcdefghijabc"));
	text[70] = '\0';
	assert_true(finds(w, OWN, text));
	text[20] = 'x';
	assert_false(finds(w, OWN, text));
}

/* 65,536 signs of the worst kinds: bytes that come out, each with a prefix. */
static void
long_texts_take_memory_in_proportion(void **state)
{
	static const char *const kinds[] = { "a", "1", "a1", "a-", "1-", "1 ",
		"a b ", "退", "เ", "한", "ﷺ", "½", "é", "e\u0301", "\u0301",
		"ก\u0e49", "ה\"", "م\u200c", "\u200c", "न्द", "😀", "ｶﾞ", "ᄀ",
		"ᅡ", "\u3000", "l·", "\xff", "\xe2\x82" };
	struct pool *pool = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		int n = 65536 / (int)strlen(kinds[i]);
		char *text = repeat(pool, kinds[i], n);
		struct words_place places[4];

		assert_true(strlen(words_of(pool, "zz.zz.", text)) <=
			    40 * strlen(text));
		assert_between(words_places(pool, words_query_read(pool, text),
				   text, places, 4),
		    0, 4);
		pool_reset(pool);
	}
	pool_free(pool);
}

static void
thousands_of_marks_are_one_letter(void **state)
{
	struct pool *pool = pool_new();
	char *marks = repeat(pool, "\u0e49", 10000);
	char *text = pool_printf(pool, "ก%s", marks);

	(void)state;
	assert_between(strlen(words_of(pool, "", text)), 6, 8 * 3);
	assert_string_equal(
	    words_of(pool, "", pool_printf(pool, "e%sx", marks)), "ex");
	pool_free(pool);
}

static void
many_words_typed_are_bounded(void **state)
{
	struct world *w = *state;
	char *many = repeat(w->pool, "1a-2b-3c-4d-5e-6f-7g-8h x y ", 500);

	put_message(w, many);
	assert_true(finds(w, OWN, many));
	assert_true(
	    strlen(words_query_match(w->pool, words_query_read(w->pool, many),
		WORDS_FTS5, OWN)) < 8192);
	many = repeat(w->pool, "我想退貨請問怎麼辦理", 100);
	put_message(w, many);
	assert_true(finds(w, OWN, many));
}

/*
 * FTS5 takes a row out of an index by its words, so they stay as they are.  Who
 * changes them on purpose raises WORDS_VERSION, and puts both here.
 */
static void
words_change_with_their_version_only(void **state)
{
	static const char *const texts[] = {
		"Straße ĐƠN hàng İstanbul ПРИЁМ й Ελλάδα cœur",
		"no. INV-2026-0042, ann@example.net, +49 151 234, 1.234,50 €",
		"我想退貨 キャンセル 서울역 3번 เมื่อไหร่ នៅទីណា",
		"مَرْحَبًا ـ ٣٤ שָׁלוֹם नमस्ते ১২ தமிழ்",
	};
	struct pool *pool = pool_new();
	struct buf b = { .pool = pool };

	(void)state;
	assert_int_equal(WORDS_VERSION, 1);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		buf_text(&b, words_of(pool, "", texts[i]));
		buf_char(&b, '\n');
	}
	assert_string_equal(buf_end(&b),
	    "strasse don hang istanbul прием й ελλαδα coeur\n"
	    "no inv 2026 0042 inv20260042 20260042 ann example net"
	    " 49 151 234 49151234 151234 1 234 50 123450 23450\n"
	    "我想 想退 退貨 貨 キャ ャン ンセ セル ル 서울역 3 번"
	    " เมื่ มื่อ อไ ไห หร่ ร่ នៅទី ទីណា ណា\n"
	    "مرحبا 34 שלום לום नमस्ते 12 தமிழ்\n");
	pool_free(pool);
}

static void
put_slowly(void *arg, const struct words_letter *letters, int n)
{
	struct buf *b = arg;

	buf_text(b, b->len > 0 ? " " OWN : OWN);
	for (int i = 0; i < n; i++) {
		char utf8[4];

		buf_put(b, utf8, (size_t)unicode_write(letters[i].point, utf8));
	}
}

/* Texts of pieces that make, join or end words, in all orders. */
static void
plain_words_are_as_all_words_are(void **state)
{
	static const char *const pieces[] = { "a", "Bc", "don", "1", "23", " ",
		"  ", ".", ",", "'", "`", "-", "/", "_", "+", "(", "\"", "@",
		"\n", "\xc3\xa9", "e\xcc\x81", "\xcc\x81", "\xc2\xb7", "l",
		"\xc3\x9f", "\xe6\xbc\xa2", "\xea\xb0\x80", "\xe2\x80\x8c",
		"\xd9\x85", "\xd7\xa9", "\xef\xac\x81", "\xc2\xbd",
		"\xf0\x9f\x99\x82" };
	struct pool *pool = pool_new();
	uint64_t x = 1;

	(void)state;
	for (int i = 0; i < 100000; i++) {
		struct buf text = { .pool = pool }, quick = { .pool = pool },
			   slow = { .pool = pool };

		for (int n = 1 + i % 9; n > 0; n--) {
			x = x * UINT64_C(6364136223846793005) +
			    1442695040888963407;
			buf_text(
			    &text, pieces[(x >> 33) %
					  (sizeof(pieces) / sizeof(*pieces))]);
		}
		buf_char(&text, '\0');
		words_put(&quick, OWN, text.s);
		words_each(text.s, put_slowly, &slow);
		if (quick.len != slow.len ||
		    (slow.len > 0 && memcmp(quick.s, slow.s, slow.len) != 0))
			fail_msg("%s: %.*s, not %.*s", text.s, (int)quick.len,
			    quick.s, (int)slow.len, slow.s);
		pool_reset(pool);
	}
	pool_free(pool);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    messages_are_found_by_their_words_and_no_others, begin,
		    end),
		cmocka_unit_test(
		    quickly_folded_letters_are_as_the_library_has_them),
		cmocka_unit_test(
		    each_word_has_its_prefix_and_one_blank_before_it),
		cmocka_unit_test(words_have_no_blank_no_sign_and_no_upper_case),
		cmocka_unit_test_setup_teardown(
		    what_is_typed_is_never_syntax, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_row_is_deleted_by_its_text, begin, end),
		cmocka_unit_test_setup_teardown(
		    a_word_ends_after_64_letters, begin, end),
		cmocka_unit_test(long_texts_take_memory_in_proportion),
		cmocka_unit_test(thousands_of_marks_are_one_letter),
		cmocka_unit_test_setup_teardown(
		    many_words_typed_are_bounded, begin, end),
		cmocka_unit_test(plain_words_are_as_all_words_are),
		cmocka_unit_test(words_change_with_their_version_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
