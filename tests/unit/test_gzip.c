/* gzip, made plain: whole, in members, damaged, and more than is wanted. */
#include "unit.h"

#include <string.h>

#include <zlib.h>

#include "base/pool.h"

#include "lib/gzip/gzip.h"

struct bytes {
	char *s;
	size_t len;
};

/* S as a member of gzip, behind what B has. */
static void
add_member(struct pool *p, struct bytes *b, const char *s, size_t len)
{
	size_t room = len + len / 100 + 128;
	z_stream z = { .next_in = (z_const Bytef *)s, .avail_in = (uInt)len };
	char *all = pool_alloc(p, b->len + room);

	if (b->len > 0)
		memcpy(all, b->s, b->len);
	assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, MAX_WBITS + 16, 8,
			     Z_DEFAULT_STRATEGY),
	    Z_OK);
	z.next_out = (Bytef *)all + b->len;
	z.avail_out = (uInt)room;
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	b->s = all;
	b->len += room - z.avail_out;
	deflateEnd(&z);
}

static void
members_are_made_plain(void **state)
{
	struct pool *p = pool_new();
	struct bytes b = { NULL, 0 };
	char *long_one = pool_alloc(p, 100000), *out;
	const char *why;
	size_t n;

	(void)state;
	memset(long_one, 'x', 100000);
	add_member(p, &b, "{\"a\":", 5);
	assert_true(gzip_is(b.s, b.len));
	assert_int_equal(gzip_inflate(p, b.s, b.len, 5, &out, &n, &why), 0);
	assert_int_equal(n, 5);
	add_member(p, &b, "1}", 2);
	assert_int_equal(gzip_inflate(p, b.s, b.len, 7, &out, &n, &why), 0);
	assert_string_equal(out, "{\"a\":1}");
	add_member(p, &b, long_one, 100000);
	assert_int_equal(
	    gzip_inflate(p, b.s, b.len, 100007, &out, &n, &why), 0);
	assert_int_equal(n, 100007);
	assert_int_equal(out[100006], 'x');
	b.len = 0;
	add_member(p, &b, "", 0);
	assert_int_equal(gzip_inflate(p, b.s, b.len, 7, &out, &n, &why), 0);
	assert_int_equal(n, 0);
	pool_free(p);
}

static void
what_is_too_long_damaged_or_cut_off_is_refused(void **state)
{
	struct pool *p = pool_new();
	struct bytes b = { NULL, 0 };
	char *long_one = pool_alloc(p, 100000), *out;
	const char *why;
	size_t n;

	(void)state;
	memset(long_one, 'x', 100000);
	add_member(p, &b, long_one, 100000);
	assert_int_equal(
	    gzip_inflate(p, b.s, b.len, 99999, &out, &n, &why), -1);
	assert_string_equal(why, "gzip of too many bytes");
	for (size_t i = 0; i < b.len; i++) {
		assert_int_equal(
		    gzip_inflate(p, b.s, i, 100000, &out, &n, &why), -1);
		assert_string_equal(why, "gzip that is cut off");
	}
	b.s[b.len - 1] ^= 1;
	assert_int_equal(
	    gzip_inflate(p, b.s, b.len, 100000, &out, &n, &why), -1);
	assert_string_equal(why, "damaged gzip");
	b.s[b.len - 1] ^= 1;
	b.s[b.len] = '}';
	assert_int_equal(
	    gzip_inflate(p, b.s, b.len + 1, 100000, &out, &n, &why), -1);
	assert_false(gzip_is("{}", 2));
	assert_false(gzip_is("\x1f\x8b", 2));
	pool_free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_made_plain),
		cmocka_unit_test(
		    what_is_too_long_damaged_or_cut_off_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
