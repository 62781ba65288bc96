#ifndef TESTS_UNIT_UNIT_H
#define TESTS_UNIT_UNIT_H

/* What cmocka.h needs before it, and folders for the files of a test. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* assert_in_range() of cmocka 1 is deprecated in 2, and what 2 has instead is
 * not in 1; nor do they say the value alike.  Here none compiles but this. */
#undef assert_in_range
#undef assert_not_in_range
#define assert_between(value, min, max)                                        \
	do {                                                                   \
		int64_t is_ = (int64_t)(value);                                \
		int64_t min_ = (int64_t)(min), max_ = (int64_t)(max);          \
                                                                               \
		if (is_ < min_ || is_ > max_)                                  \
			fail_msg(#value " is %lld, not %lld to %lld",          \
			    (long long)is_, (long long)min_, (long long)max_); \
	} while (0)

/* DIR/NAME; owned, to be freed. */
char *unit_path(const char *dir, const char *name);

/* A new empty directory; owned, for unit_clear. */
char *unit_dir(void);

/* Removes DIR with all that is in it, and frees the name. */
void unit_clear(char *dir);

/* Calls TRY with each order of the letters of TEXT (10 at the most). */
void unit_each_order(
    const char *text, void (*try)(const char *order, void *arg), void *arg);

#endif
