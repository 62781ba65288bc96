/* What is read, what is refused, what a bad body costs, what is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#define N(table) (sizeof(table) / sizeof(*(table)))
#define FFFD	 "\xef\xbf\xbd"

static void
documents_are_written_as_they_were_read(void **state)
{
	static const char *const cases[][2] = {
		{ "{}", "{}" },
		{ " [ ] ", "[]" },
		{ "{}\n", "{}" },
		{ "null", "null" },
		{ "true", "true" },
		{ "\"a\"", "\"a\"" },
		{ "-12.50e+3", "-12.50e+3" },
		{ "{\"a\":{\"b\":[1,\"2\",false,null]}}", NULL },
		{ "{\"a\":1,\"a\":2}", NULL },
		{ "[[],[[]],{},\"\"]", NULL },
		{ "1689556908129832", NULL },
		{ "123456789012345678901234567890.000000000000000001", NULL },
		{ "[0.1,1E400,-0]", NULL },
		{ "\"\\u00e4\\/\\n\\t\\\"\\\\\"",
		    "\"\xc3\xa4/\\n\\t\\\"\\\\\"" },
		{ "\"\\ud83c\\udf89\"", "\"\xf0\x9f\x8e\x89\"" },
		{ "\"\\\\ud83c\"", "\"\\\\ud83c\"" },
		/* one half of a pair */
		{ "\"\\ud83c\"", "\"" FFFD "\"" },
		{ "\"\\ud83cA\\u0042\"", "\"" FFFD "AB\"" },
		{ "\"\\ud83c\\u0041\"", "\"" FFFD "A\"" },
		{ "\"\\udf89x\"", "\"" FFFD "x\"" },
		{ "\"\\ud83c\\ud83c\\udf89\"", "\"" FFFD "\xf0\x9f\x8e\x89\"" },
		{ "{\"\\udc00\":1}", "{\"" FFFD "\":1}" },
		/* NUL does not end a text */
		{ "\"a\\u0000b\"", "\"a" FFFD "b\"" },
		{ "\"\\u0000\\u0000\"", "\"" FFFD FFFD "\"" },
	};
	struct pool *p = pool_new();
	const char *want, *why;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		const struct json *v =
		    json_parse(p, cases[i][0], strlen(cases[i][0]), &why);

		if (v == NULL)
			fail_msg("%s: %s", cases[i][0], why);
		want = cases[i][1] ? cases[i][1] : cases[i][0];
		assert_string_equal(json_write(p, v), want);
	}
	pool_free(p);
}

static void
what_is_no_json_is_refused_with_a_reason(void **state)
{
	static const struct {
		const char *s;
		size_t len;
	} cases[] = {
		{ "", 0 },
		{ " ", 1 },
		{ "{", 1 },
		{ "]", 1 },
		{ "{} {}", 5 },
		{ "{}\"", 3 },
		{ "[] \"a ", 6 },
		{ "\"a\"\"", 4 },
		{ "{}x", 3 },
		{ "{}\0", 3 },
		{ "{}\0{}", 5 },
		{ "\0{}", 3 },
		{ "\"a\0b\"", 5 },
		{ "{\"a\\u0000\":1}", 13 },
		{ "/* a */ {}", 10 },
		{ "{} // b", 7 },
		{ "[1,]", 4 },
		{ "{\"a\"}", 5 },
		{ "{1:2}", 5 },
		{ "01", 2 },
		{ "1.", 2 },
		{ "+1", 2 },
		{ "NaN", 3 },
		{ "'a'", 3 },
		{ "\"\n\"", 3 },
		{ "\"\\x\"", 4 },
		{ "\"\\u12\"", 6 },
		{ "\"\\ud83c", 7 },
		{ "\"\\", 2 },
		{ "\"\xff\"", 3 },
		{ "\"\xed\xa0\xbd\"", 5 },
		{ "\"\xc0\x80\"", 4 },
		{ "\xef\xbb\xbf{}", 5 },
	};
	struct pool *p = pool_new();
	const char *why;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		why = NULL;
		if (json_parse(p, cases[i].s, cases[i].len, &why) != NULL)
			fail_msg("case %zu, %s, was taken", i, cases[i].s);
		assert_non_null(why);
		assert_null(strchr(why, '\n'));
		assert_null(json_parse(p, cases[i].s, cases[i].len, NULL));
	}
	pool_free(p);
}

static char *
nested(struct pool *p, const char *open, const char *close, size_t depth)
{
	struct buf b = { .pool = p };
	size_t i;

	for (i = 0; i < depth; i++)
		buf_text(&b, open);
	buf_text(&b, "1");
	for (i = 0; i < depth; i++)
		buf_text(&b, close);
	return buf_end(&b);
}

static void
depth_has_a_limit(void **state)
{
	struct pool *p = pool_new();
	const char *why;
	char *s;

	(void)state;
	s = nested(p, "[", "]", JSON_DEPTH_MAX);
	assert_non_null(json_parse(p, s, strlen(s), &why));
	s = nested(p, "{\"a\":", "}", JSON_DEPTH_MAX);
	assert_non_null(json_parse(p, s, strlen(s), &why));
	assert_string_equal(
	    json_write(p, json_parse(p, s, strlen(s), &why)), s);
	s = nested(p, "[", "]", JSON_DEPTH_MAX + 1);
	assert_null(json_parse(p, s, strlen(s), &why));
	assert_string_equal(why, "nested too deep");
	s = nested(p, "[", "", 1000000);
	assert_null(json_parse(p, s, strlen(s), &why));
	pool_free(p);
}

static void
accessors_take_whatever_is_there(void **state)
{
	static const char s[] = "{\"t\":\"text\",\"e\":\"\",\"n\":null,"
				"\"i\":106540352242922,\"b\":true,"
				"\"a\":[1,[2],{\"k\":3}],\"o\":{\"x\":\"y\"},"
				"\"o\":{\"x\":\"last\"}}";
	struct pool *p = pool_new();
	const struct json *v = json_parse(p, s, sizeof(s) - 1, NULL), *a;

	(void)state;
	assert_string_equal(json_text(v, "t"), "text");
	assert_string_equal(json_text(v, "i"), "106540352242922");
	assert_null(json_text(v, "e"));
	assert_null(json_text(v, "n"));
	assert_null(json_text(v, "b"));
	assert_null(json_text(v, "a"));
	assert_null(json_text(v, "missing"));
	assert_string_equal(json_text(json_get(v, "o"), "x"), "last");
	assert_null(json_text(json_get(json_get(v, "no"), "way"), "x"));
	assert_null(json_get(json_get(v, "a"), "x"));
	assert_int_equal(json_type(NULL), JSON_NONE);
	assert_int_equal(json_type(json_get(v, "n")), JSON_NULL);
	assert_null(json_first(NULL));
	assert_null(json_next(NULL));
	assert_null(json_first(json_get(v, "t")));
	assert_null(json_key(NULL));
	assert_string_equal(json_key(json_first(v)), "t");
	assert_int_equal(json_count(v), 8);
	assert_int_equal(json_count(json_get(v, "a")), 3);
	assert_int_equal(json_count(json_get(v, "t")), 0);
	a = json_first(json_get(v, "a"));
	assert_null(json_key(a));
	assert_string_equal(json_string(a), "1");
	assert_int_equal(json_type(json_next(a)), JSON_ARRAY);
	assert_null(json_next(json_next(json_next(a))));
	pool_free(p);
}

static void
whole_numbers_are_read_from_both_types(void **state)
{
	static const struct {
		const char *s;
		int is;
		int64_t n;
	} cases[] = {
		{ "12", 1, 12 },
		{ "\"12\"", 1, 12 },
		{ "-3", 1, -3 },
		{ "12.0", 1, 12 },
		{ "\"12.0\"", 1, 12 },
		{ "1.2e1", 1, 12 },
		{ "1e3", 1, 1000 },
		{ "9223372036854775807", 1, INT64_MAX },
		{ "1689556908129832", 1, 1689556908129832 },
		{ "9223372036854775808", 0, 0 },
		{ "1e30", 0, 0 },
		{ "1e999999999", 0, 0 },
		{ "12.5", 0, 0 },
		{ "\"12a\"", 0, 0 },
		{ "\" 12\"", 0, 0 },
		{ "\"0x10\"", 0, 0 },
		{ "\"inf\"", 0, 0 },
		{ "\"e\"", 0, 0 },
		{ "\".5e1\"", 0, 0 },
		{ "\"\"", 0, 0 },
		{ "true", 0, 0 },
		{ "null", 0, 0 },
		{ "[1]", 0, 0 },
	};
	struct pool *p = pool_new();
	int64_t n;
	size_t i;

	(void)state;
	for (i = 0; i < N(cases); i++) {
		const struct json *v =
		    json_parse(p, cases[i].s, strlen(cases[i].s), NULL);

		assert_non_null(v);
		if (json_integer(v, &n) != cases[i].is)
			fail_msg("%s", cases[i].s);
		if (cases[i].is)
			assert_int_equal(n, cases[i].n);
	}
	assert_int_equal(json_integer(NULL, &n), 0);
	assert_int_equal(json_int(NULL, "a", &n), 0);
	pool_free(p);
}

static void
truth_has_several_spellings(void **state)
{
	static const char s[] =
	    "{\"t\":true,\"f\":false,\"ts\":\"true\",\"fs\":\"false\","
	    "\"one\":1,\"zero\":0,\"x\":\"yes\",\"n\":null}";
	struct pool *p = pool_new();
	const struct json *v = json_parse(p, s, sizeof(s) - 1, NULL);

	(void)state;
	assert_int_equal(json_bool(v, "t", 0), 1);
	assert_int_equal(json_bool(v, "f", 1), 0);
	assert_int_equal(json_bool(v, "ts", 0), 1);
	assert_int_equal(json_bool(v, "fs", 1), 0);
	assert_int_equal(json_bool(v, "one", 0), 1);
	assert_int_equal(json_bool(v, "zero", 1), 0);
	assert_int_equal(json_bool(v, "x", -1), -1);
	assert_int_equal(json_bool(v, "n", 7), 7);
	assert_int_equal(json_bool(NULL, "n", 7), 7);
	pool_free(p);
}

static void
what_is_put_is_written(void **state)
{
	struct pool *p = pool_new();
	struct json_out *o = json_new(p);
	size_t len;
	char *s;

	(void)state;
	json_open_object(o, NULL);
	json_put_text(o, "t", "a\"\n\x01\xc3\xa4");
	json_put_text(o, "bad", "a\xff\xe2\x82z\xf0\x9f\x8e\x89");
	json_put_text(o, "none", NULL);
	json_put_text(o, "empty", "");
	json_put_int(o, "i", INT64_MIN);
	json_put_bool(o, "b", 2);
	json_open_array(o, "a");
	json_put_null(o, NULL);
	json_put_raw(o, NULL, "{\"r\":[1]}");
	json_put_raw(o, NULL, NULL);
	json_put(o, NULL, NULL);
	json_open_object(o, NULL);
	json_close(o);
	json_close(o);
	json_close(o);
	s = json_end(o, &len);
	assert_int_equal(len, strlen(s));
	assert_string_equal(s,
	    "{\"t\":\"a\\\"\\n\\u0001\xc3\xa4\","
	    "\"bad\":\"a" FFFD FFFD FFFD "z\xf0\x9f\x8e\x89\","
	    "\"none\":null,\"empty\":\"\",\"i\":-9223372036854775808,"
	    "\"b\":true,\"a\":[null,{\"r\":[1]},null,null,{}]}");
	assert_null(json_write(p, NULL));
	pool_free(p);
}

/* Eight bytes are looked at together, so a character stands at each of their
 * places, beside one of each kind. */
static void
any_text_comes_back_as_it_was(void **state)
{
	static const char *const odd[] = { "\"", "\\", "\x01", "\x1f", " ", "!",
		"#", "[", "]", "\x7f", "é", "Ж", "日", "😀", "\xc2\x80" };
	const size_t n = sizeof(odd) / sizeof(odd[0]);
	struct pool *p = pool_new();

	(void)state;
	for (size_t k = 0; k < n * n; k++)
		for (size_t at = 0; at < 18; at++) {
			const char *s = pool_printf(p, "%.*s%s%.*s%s", (int)at,
			    "aaaaaaaaaaaaaaaaaa", odd[k % n], (int)(at % 5),
			    "zzzzz", odd[k / n]);
			struct json_out *o = json_new(p);
			size_t len;
			char *json;

			json_put_text(o, NULL, s);
			json = json_end(o, &len);
			assert_string_equal(
			    json_string(json_parse(p, json, len, NULL)), s);
		}
	pool_free(p);
}

static long
memory_kb(void)
{
	struct rusage u;

	getrusage(RUSAGE_SELF, &u);
	return u.ru_maxrss;
}

/* 4 MiB of PIECE in an array or object, read in time and memory. */
static void
cheap(const char *open, const char *piece, const char *last)
{
	struct pool *p = pool_new();
	struct buf b = { .pool = p };
	long kb = memory_kb();
	int64_t ms;

	buf_text(&b, open);
	while (b.len < 4 * 1024 * 1024)
		buf_text(&b, piece);
	buf_text(&b, last);
	ms = clock_ticks_ms();
	assert_non_null(json_parse(p, b.s, b.len, NULL));
	ms = clock_ticks_ms() - ms;
	if (ms > 5000 && getenv("VALGRIND") == NULL)
		fail_msg("%s...: %lld ms", piece, (long long)ms);
	if (memory_kb() - kb > 400 * 1024)
		fail_msg("%s...: %ld KB", piece, memory_kb() - kb);
	pool_free(p);
}

static void
large_bodies_stay_cheap(void **state)
{
	(void)state;
	cheap("[", "[],", "[]]");
	cheap("[", "1,", "1]");
	cheap("[", "\"\",", "\"\"]");
	cheap("{", "\"a\":1,", "\"a\":1}");
	cheap("{", "\"\":{},", "\"a\":1}");
	cheap("\"", "\\u0000", "\"");
	cheap("\"", "\\ud800", "\"");
	cheap("", "9", "9");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(documents_are_written_as_they_were_read),
		cmocka_unit_test(what_is_no_json_is_refused_with_a_reason),
		cmocka_unit_test(depth_has_a_limit),
		cmocka_unit_test(accessors_take_whatever_is_there),
		cmocka_unit_test(whole_numbers_are_read_from_both_types),
		cmocka_unit_test(truth_has_several_spellings),
		cmocka_unit_test(what_is_put_is_written),
		cmocka_unit_test(any_text_comes_back_as_it_was),
		cmocka_unit_test(large_bodies_stay_cheap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
