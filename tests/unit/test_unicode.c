/* Pieces of text, their folding and classes: the same with every version of the
 * library. */
#include "unit.h"

#include <stdint.h>
#include <string.h>

#include "lib/unicode/unicode.h"

#define POINTS 0x110000

/* FNV-1a, of 32 bits a step. */
static uint64_t
add_up(uint64_t sum, int32_t n)
{
	return (sum ^ (uint32_t)n) * UINT64_C(1099511628211);
}

static uint64_t
add_piece(uint64_t sum, const char *text)
{
	while (*text != '\0') {
		struct unicode_piece p;

		text = unicode_next(text, &p);
		p.n = unicode_compose(p.points, p.n);
		sum = add_up(sum, p.n);
		for (int i = 0; i < p.n; i++) {
			sum = add_up(sum, p.points[i]);
			sum = add_up(sum, (int32_t)unicode_class(p.points[i]));
		}
	}
	return sum;
}

/* What is stored in an index was made with some version of the library and has
 * to be found and deleted with any other.  When this fails after an upgrade of
 * the system, what the new version brought goes into `added` of unicode.c; the
 * number stays. */
static void
all_code_points_are_as_in_unicode_15(void **state)
{
	uint64_t sum = UINT64_C(14695981039346656037);
	char text[8];

	(void)state;
	for (int32_t c = 1; c < POINTS; c++) {
		if (c >= 0xd800 && c < 0xe000)
			continue;
		text[unicode_write(c, text)] = '\0';
		sum = add_up(sum, (int32_t)unicode_class(c));
		if (unicode_class(c) == UNICODE_DIGIT)
			sum = add_up(sum, unicode_digit(c));
		sum = add_piece(sum, text);
	}
	assert_int_equal(sum, UINT64_C(0x2d4ee0073429fa9b));
}

/* With each mark that may follow: what composes, and in which order. */
static void
all_pairs_with_marks_are_as_in_unicode_15(void **state)
{
	uint64_t sum = UINT64_C(14695981039346656037);
	static const int32_t marks[] = { 0x300, 0x301, 0x302, 0x303, 0x304,
		0x306, 0x307, 0x308, 0x309, 0x30a, 0x30b, 0x30c, 0x30f, 0x311,
		0x313, 0x314, 0x31b, 0x323, 0x324, 0x325, 0x327, 0x328, 0x32d,
		0x32e, 0x330, 0x331, 0x338, 0x342, 0x345, 0x653, 0x654, 0x655,
		0x93c, 0x9be, 0x9d7, 0xb3e, 0xb56, 0xb57, 0xbbe, 0xbd7, 0xc56,
		0xcc2, 0xcd5, 0xcd6, 0xd3e, 0xd57, 0xdca, 0xdcf, 0xddf, 0x102e,
		0x1161, 0x1175, 0x11a7, 0x11a8, 0x11c2, 0x1b35, 0x3099, 0x309a,
		0xff9e, 0x309b, 0x897, 0x20e3, 0xfe0f };
	char text[16];

	(void)state;
	for (int32_t c = 1; c < 0x12000; c++) {
		if ((c >= 0x3400 && c < 0xac00) || (c >= 0xac80 && c < 0x11000))
			continue;
		for (size_t i = 0; i < sizeof(marks) / sizeof(*marks); i++) {
			int n = unicode_write(c, text);

			n += unicode_write(marks[i], text + n);
			text[n] = '\0';
			sum = add_piece(sum, text);
		}
	}
	assert_int_equal(sum, UINT64_C(0x9b19f4df46f9c116));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_code_points_are_as_in_unicode_15),
		cmocka_unit_test(all_pairs_with_marks_are_as_in_unicode_15),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
