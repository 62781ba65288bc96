/*
 * What a peer of a FastCGI socket sends: a request's head or not, and whole or
 * not, however it is cut.
 */
#include "unit.h"

#include <unistd.h>

#include "base/pool.h"

#include "lib/fcgi/params.h"
#include "lib/fcgi/record.h"

#define BEGIN  "\1\1\0\1\0\10\0\0\0\1\0\0\0\0\0\0"
#define PARAMS "\1\4\0\1\0\5\3\0\1\2AbcPAD"
#define END    "\1\4\0\1\0\0\0\0"
#define STDIN  "\1\5\0\1\0\3\0\0abc"
#define LAST   "\1\5\0\1\0\0\0\0"

#define BYTES(s) (s), sizeof(s) - 1

static const struct {
	const char *what, *s;
	size_t len;
	enum record_head is;
} cases[] = {
	{ "a head", BYTES(BEGIN PARAMS END), RECORD_HEAD_WHOLE },
	{ "no parameters", BYTES(BEGIN END), RECORD_HEAD_WHOLE },
	{ "two records", BYTES(BEGIN PARAMS PARAMS END), RECORD_HEAD_WHOLE },
	{ "a body behind it", BYTES(BEGIN PARAMS END STDIN),
	    RECORD_HEAD_WHOLE },
	{ "a whole request", BYTES(BEGIN PARAMS END STDIN LAST),
	    RECORD_HEAD_WHOLE },
	{ "a part of another body",
	    BYTES(BEGIN PARAMS END "\1\5\0\2\0\1\0\0x" LAST),
	    RECORD_HEAD_WHOLE },
	{ "no end", BYTES(BEGIN PARAMS), RECORD_HEAD_MORE },
	{ "a body before its end", BYTES(BEGIN PARAMS STDIN), RECORD_HEAD_BAD },
	{ "HTTP", BYTES("GET / HTTP/1.0\r\n\r\n"), RECORD_HEAD_BAD },
	{ "no beginning", BYTES(PARAMS END), RECORD_HEAD_BAD },
	{ "another version", BYTES("\2\1\0\1\0\10\0\0"), RECORD_HEAD_BAD },
	{ "request 0", BYTES("\1\1\0\0\0\10\0\0"), RECORD_HEAD_BAD },
	{ "another request", BYTES(BEGIN "\1\4\0\2\0\0\0\0"), RECORD_HEAD_BAD },
	{ "two beginnings", BYTES(BEGIN BEGIN), RECORD_HEAD_BAD },
	{ "a question", BYTES("\1\11\0\0\0\0\0\0"), RECORD_HEAD_BAD },
	{ "a short beginning", BYTES("\1\1\0\1\0\7\0\0"), RECORD_HEAD_BAD },
	{ "a name without a value", BYTES(BEGIN "\1\4\0\1\0\1\0\0\1"),
	    RECORD_HEAD_BAD },
	{ "a value longer than its record",
	    BYTES(BEGIN "\1\4\0\1\0\4\0\0\1\3Ab" END), RECORD_HEAD_BAD },
	{ "a value of two gigabytes",
	    BYTES(BEGIN "\1\4\0\1\0\10\0\0\377\377\377\377\377\377\377\377"),
	    RECORD_HEAD_BAD },
	{ "a long form of a length",
	    BYTES(BEGIN "\1\4\0\1\0\12\0\0\200\0\0\1\200\0\0\1Ab" END),
	    RECORD_HEAD_WHOLE },
};

static void
a_head_is_known_by_its_records(void **state)
{
	size_t head_len;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		if (record_judge((const unsigned char *)cases[i].s,
			cases[i].len, &head_len) != cases[i].is)
			fail_msg("%s", cases[i].what);
}

static void
its_parameters_are_read(void **state)
{
	unsigned char s[] = BEGIN "\1\4\0\1\0\15\0\0\1\2Abc\2\0De\1\1Fg"
				  "\1\4\0\1\0\5\3\0\1\2HijPAD" END STDIN;
	static const char *const values[] = { "bc", "", "g", "ij" };
	static const char *const names[] = { "A", "De", "F", "H" };
	struct pool *pool = pool_new();
	struct params h;
	size_t len = 0;

	(void)state;
	assert_int_equal(
	    record_judge(s, sizeof(s) - 1, &len), RECORD_HEAD_WHOLE);
	assert_int_equal(len, sizeof(s) - sizeof(STDIN));
	assert_int_equal(params_read(pool, s, len, &h), 0);
	assert_int_equal(h.id, 1);
	assert_int_equal(h.n, 4);
	for (int i = 0; i < 4; i++) {
		const struct param *pair = &h.pair[i];

		assert_int_equal(pair->name_len, strlen(names[i]));
		assert_memory_equal(pair->name, names[i], strlen(names[i]));
		assert_string_equal(pair->value, values[i]);
	}
	assert_memory_equal(s + len, STDIN, sizeof(STDIN) - 1);
	pool_free(pool);
}

/* Whether the connection is kept is said with each request. */
static void
the_web_server_says_whether_it_keeps_the_connection(void **state)
{
	static const unsigned char once[] = BEGIN END,
				   kept[] =
				       "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0" END;
	struct pool *pool = pool_new();
	struct params h;

	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
		    params_read(pool, once, sizeof(once) - 1, &h), 0);
		assert_false(h.keep);
		assert_int_equal(
		    params_read(pool, kept, sizeof(kept) - 1, &h), 0);
		assert_true(h.keep);
	}
	pool_free(pool);
}

static void
another_role_than_a_responders_is_refused(void **state)
{
	static const unsigned char odd[] =
	    "\1\1\0\1\0\10\0\0\0\7\0\0\0\0\0\0" END;
	struct pool *pool = pool_new();
	struct params h;

	(void)state;
	assert_int_equal(params_read(pool, odd, sizeof(odd) - 1, &h), -1);
	pool_free(pool);
}

static void
many_and_long_parameters_are_read(void **state)
{
	/* A name of one letter, its value of one; and 300 letters. */
	unsigned char s[16 + RECORD_LEN + 200 * 4 + 5 + 301 + 8] =
	    "\1\1\0\1\0\10\0\0\0\1\1\0\0\0\0\0\1\4\0\1";
	const size_t content = 200 * 4 + 5 + 301;
	struct pool *pool = pool_new();
	unsigned char *at = s + 16 + RECORD_LEN;
	struct params h;
	size_t len;

	(void)state;
	s[20] = (unsigned char)(content >> 8);
	s[21] = (unsigned char)content;
	for (int i = 0; i < 200; i++, at += 4)
		memcpy(at, "\1\1Ab", 4);
	memcpy(at, "\1\200\0\1\54L", 6);
	memset(at + 6, 'l', 300);
	memcpy(at + 306, END, RECORD_LEN);
	assert_int_equal(record_judge(s, sizeof(s), &len), RECORD_HEAD_WHOLE);
	assert_int_equal(params_read(pool, s, len, &h), 0);
	assert_int_equal(h.n, 201);
	assert_string_equal(h.pair[199].value, "b");
	assert_int_equal(strlen(h.pair[200].value), 300);
	pool_free(pool);
}

/* The last record's padding is nobody's, and least the next request's. */
static void
padding_stays_with_its_head(void **state)
{
	static const unsigned char odd[] =
	    BEGIN PARAMS "\1\4\0\1\0\0\7\0PADDING",
				   even[] = BEGIN PARAMS END;
	struct pool *pool = pool_new();
	struct params h;

	(void)state;
	for (int i = 0; i < 2000; i++) {
		assert_int_equal(
		    params_read(pool, odd, sizeof(odd) - 1, &h), 0);
		assert_int_equal(
		    params_read(pool, even, sizeof(even) - 1, &h), 0);
		assert_int_equal(h.n, 1);
		assert_string_equal(h.pair[0].value, "bc");
		/* None at all: not read, and not waited for. */
		assert_int_equal(params_read(pool, even, 9, &h), -1);
		pool_reset(pool);
	}
	pool_free(pool);
}

/* Of a whole head every beginning wants more; memory of its own, so that a
 * checker sees who reads behind it. */
static void
a_part_of_a_head_wants_more(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		for (size_t len = 0; len < cases[i].len; len++) {
			unsigned char *s = malloc(len + 1);
			enum record_head is;
			size_t head_len;

			memcpy(s + 1, cases[i].s, len);
			is = record_judge(s + 1, len, &head_len);
			free(s);
			if (cases[i].is == RECORD_HEAD_WHOLE)
				assert_true(is == RECORD_HEAD_MORE ||
					    is == RECORD_HEAD_WHOLE);
			else if (cases[i].is == RECORD_HEAD_MORE)
				assert_int_equal(is, RECORD_HEAD_MORE);
		}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_head_is_known_by_its_records),
		cmocka_unit_test(its_parameters_are_read),
		cmocka_unit_test(
		    the_web_server_says_whether_it_keeps_the_connection),
		cmocka_unit_test(another_role_than_a_responders_is_refused),
		cmocka_unit_test(many_and_long_parameters_are_read),
		cmocka_unit_test(padding_stays_with_its_head),
		cmocka_unit_test(a_part_of_a_head_wants_more),
	};

	return cmocka_run_group_tests_name("record_head", tests, NULL, NULL);
}
