/*
 * CSV as people's spreadsheets write it.  A case is read to its end; rows are
 * written one after the other as LINE:field|field, bad ones as LINE!.
 */
#include "unit.h"

#include "base/buf.h"
#include "base/pool.h"
#include "inbox/contact/files/csv.h"

#define BYTES(s) s, sizeof(s) - 1

static const struct {
	const char *text;
	size_t len;
	const char *rows;
} cases[] = {
	{ BYTES(""), "" },
	{ BYTES("\n\r\n\r"), "" },
	{ BYTES("a"), "1:a " },
	{ BYTES("a,b\n1,2\n"), "1:a|b 2:1|2 " },
	{ BYTES("a,b\r\n1,2\r\n"), "1:a|b 2:1|2 " },
	{ BYTES("a,b\r1,2"), "1:a|b 2:1|2 " },
	{ BYTES("a,b\n\n\n1,2"), "1:a|b 4:1|2 " },
	{ BYTES("\xef\xbb\xbf"
		"a,b\n"),
	    "1:a|b " },
	{ BYTES("\xef\xbb\xbf\"a\",b\n"), "1:a|b " },
	{ BYTES("a;b\n1,2;3\n"), "1:a|b 2:1,2|3 " },
	{ BYTES("\"a;x;y;z\",b\n"), "1:a;x;y;z|b " },
	{ BYTES("a,,\n,\n"), "1:a|| 2:| " },
	{ BYTES("\"\"\n"), "1: " },
	{ BYTES("\"a\"\"b\"\"\"\n"), "1:a\"b\" " },
	{ BYTES("\"1\n2\r\n3\",x\ny\n"), "1:1\n2\r\n3|x 4:y " },
	{ BYTES(" a , b \n"), "1: a | b  " },
	{ BYTES("a\"b,c\nd\n"), "1! 2:d " },
	{ BYTES("\"a\"b,c\nd\n"), "1! 2:d " },
	{ BYTES("x\n\"a,c\nd\n"), "1:x 2! 3:d " },
	{ BYTES("\""), "1! " },
	{ BYTES("a\0b\nc"), "1! 2:c " },
	{ BYTES("a\xff\nc"), "1! 2:c " },
	{ BYTES("\xff\xfe"
		"a\0,\0b\0\n\0"),
	    "1! 2! " },
};

static char *
read_all(struct pool *p, const char *text, size_t len)
{
	struct buf b = { .pool = p };
	struct csv_row row;
	struct csv c;
	int rc, i;

	csv_open(&c, text, len);
	while ((rc = csv_next(&c, p, &row)) != 0) {
		buf_printf(&b, "%ld%c", row.line, rc < 0 ? '!' : ':');
		for (i = 0; rc > 0 && i < row.n; i++)
			buf_printf(&b, "%s%s", i > 0 ? "|" : "", row.field[i]);
		if (rc < 0)
			assert_non_null(row.why);
		buf_char(&b, ' ');
	}
	return buf_end(&b);
}

static void
rows_are_as_written(void **state)
{
	struct pool *p = pool_new();
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		/* A copy of the exact size, so that reading past it shows. */
		char *text = malloc(cases[i].len + 1);

		text = realloc(text, cases[i].len > 0 ? cases[i].len : 1);
		memcpy(text, cases[i].text, cases[i].len);
		assert_string_equal(
		    read_all(p, text, cases[i].len), cases[i].rows);
		free(text);
	}
	pool_free(p);
}

static void
too_many_and_too_long_are_bad(void **state)
{
	struct pool *p = pool_new();
	struct buf b = { .pool = p };
	char *s;
	int i;

	(void)state;
	for (i = 0; i < CSV_FIELDS_MAX; i++)
		buf_char(&b, ',');
	buf_text(&b, "\n\"");
	for (i = 0; i <= CSV_FIELD_MAX; i++)
		buf_char(&b, 'x');
	buf_text(&b, "\"\nok");
	s = buf_end(&b);
	assert_string_equal(read_all(p, s, b.len), "1! 2! 3:ok ");
	pool_free(p);
}

/* What a spreadsheet would calculate is a text to it, and what it was to us. */
static void
what_would_be_calculated_is_guarded(void **state)
{
	static const struct {
		const char *text, *cell;
	} guarded[] = {
		{ "=1+1", "'=1+1" },
		{ "+1(650)", "'+1(650)" },
		{ "-a", "'-a" },
		{ "@here", "'@here" },
		{ "\tx", "'\tx" },
		{ "\rx", "\"'\rx\"" },
		{ "=A1;\"B\"", "\"'=A1;\"\"B\"\"\"" },
		{ "'=1", "''=1" },
		{ "''-x", "'''-x" },
		{ "+", "'+" },
		{ "--1", "'--1" },
		{ "+1.2.3", "'+1.2.3" },
		{ "+16505551234", "+16505551234" },
		{ "-12.50", "-12.50" },
		{ "'", "'" },
		{ "'Til Tuesday", "'Til Tuesday" },
		{ "''x", "''x" },
		{ "'5", "'5" },
		{ "a=b", "a=b" },
		{ "", "" },
	};
	struct pool *p = pool_new();

	(void)state;
	for (size_t i = 0; i < sizeof(guarded) / sizeof(*guarded); i++) {
		struct buf b = { .pool = p };
		struct csv_row row;
		struct csv c;

		csv_put_cell(&b, guarded[i].text);
		assert_string_equal(buf_end(&b), guarded[i].cell);
		buf_text(&b, ",end");
		csv_open(&c, b.s, b.len);
		assert_int_equal(csv_next(&c, p, &row), 1);
		assert_string_equal(csv_unguard(row.field[0]), guarded[i].text);
	}
	assert_null(csv_unguard(NULL));
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_as_written),
		cmocka_unit_test(too_many_and_too_long_are_bad),
		cmocka_unit_test(what_would_be_calculated_is_guarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
