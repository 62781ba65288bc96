/* Pieces are zeroed, aligned, apart, and whole after the pool has grown. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/pool.h"

static void
pieces_are_zeroed_and_aligned(void **state)
{
	struct pool *p = pool_new();
	size_t len, i;
	char *piece;
	int round;

	(void)state;
	for (round = 0; round < 3; round++) {
		for (len = 0; len < 300; len++) {
			piece = pool_alloc(p, len);
			assert_non_null(piece);
			assert_int_equal(
			    (uintptr_t)piece % _Alignof(max_align_t), 0);
			for (i = 0; i < len; i++)
				assert_int_equal(piece[i], 0);
			memset(piece, 0xff, len);
		}
		pool_reset(p);
	}
	pool_free(p);
}

static void
pieces_do_not_touch_each_other(void **state)
{
	static const size_t sizes[] = { 1, 5000, 17, 70000, 3, 3000000, 100,
		8192, 9000, 1 };
	enum { N = sizeof(sizes) / sizeof(*sizes) };
	struct pool *p = pool_new();
	unsigned char *piece[N];
	size_t i, k;

	(void)state;
	for (i = 0; i < N; i++) {
		piece[i] = pool_alloc(p, sizes[i]);
		memset(piece[i], (int)i + 1, sizes[i]);
	}
	for (i = 0; i < N; i++)
		for (k = 0; k < sizes[i]; k++)
			if (piece[i][k] != i + 1)
				fail_msg("piece %zu, byte %zu", i, k);
	pool_free(p);
}

static void
texts_are_copies_with_an_end(void **state)
{
	struct pool *p = pool_new();
	char source[] = "hello";
	char *copy = pool_text(p, source, 3);

	(void)state;
	source[0] = 'j';
	assert_string_equal(copy, "hel");
	assert_string_equal(pool_text(p, NULL, 0), "");
	assert_string_equal(pool_copy(p, source), "jello");
	assert_null(pool_copy(p, NULL));
	assert_string_equal(pool_printf(p, "%s-%d", "a", 7), "a-7");
	assert_int_equal(strlen(pool_printf(p, "%5000d", 1)), 5000);
	for (int n = 126; n < 130; n++)
		assert_int_equal(strlen(pool_printf(p, "%*d", n, 1)), n);
	pool_free(p);
	pool_free(NULL);
}

static void
things_of_process_life_are_zeroed(void **state)
{
	char *piece = xcalloc(100), *text = xstrdup("abc");

	(void)state;
	assert_int_equal(piece[0], 0);
	assert_int_equal(piece[99], 0);
	assert_string_equal(text, "abc");
	free(piece);
	free(text);
}

static void
a_buffer_grows_and_ends(void **state)
{
	struct pool *p = pool_new();
	struct buf b = { .pool = p }, none = { .pool = p };
	size_t i;

	(void)state;
	assert_string_equal(buf_end(&none), "");
	for (i = 0; i < 10000; i++)
		buf_char(&b, (char)('a' + i % 26));
	assert_int_equal(b.len, 10000);
	buf_text(&b, "-end");
	buf_printf(&b, "%0*d", 500, 7);
	buf_put(&b, "x\0y", 3);
	buf_put(&b, NULL, 0);
	assert_int_equal(b.len, 10507);
	assert_int_equal(strlen(buf_end(&b)), 10505);
	for (i = 0; i < 10000; i++)
		assert_int_equal(b.s[i], 'a' + i % 26);
	assert_memory_equal(b.s + 10000, "-end0000", 8);
	buf_text(&b, "!");
	assert_int_equal(buf_end(&b)[10507], '!');
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_zeroed_and_aligned),
		cmocka_unit_test(pieces_do_not_touch_each_other),
		cmocka_unit_test(texts_are_copies_with_an_end),
		cmocka_unit_test(things_of_process_life_are_zeroed),
		cmocka_unit_test(a_buffer_grows_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
