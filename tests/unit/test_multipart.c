/*
 * multipart/form-data, however it is cut into pieces.
 */
#include "unit.h"

#include "base/pool.h"

#include "api/file/multipart.h"

#define TYPE "multipart/form-data; boundary=xYz"

struct source {
	const char *s;
	size_t len, at;
};

static struct pool *pool;

static size_t
read_source(void *arg, char *s, size_t len)
{
	struct source *from = arg;
	size_t n = from->len - from->at < len ? from->len - from->at : len;

	memcpy(s, from->s + from->at, n);
	from->at += n;
	return n;
}

/* "name|filename|type|content\n" for each part, and how it ended. */
static const char *
parse(const char *type, const char *body, size_t len)
{
	struct source from = { body, len, 0 };
	struct multipart_part part;
	struct multipart m;
	const char *s, *out = "";
	size_t n;
	int rc, data;

	if (multipart_begin(&m, pool, type, read_source, &from) == -1)
		return "type";
	while ((rc = multipart_next(&m, &part)) == 1) {
		out = pool_printf(pool, "%s%s|%s|%s|", out,
		    part.name != NULL ? part.name : "-",
		    part.filename != NULL ? part.filename : "-",
		    part.type != NULL ? part.type : "-");
		while ((data = multipart_data(&m, &s, &n)) == 1)
			if (n < 1000)
				out =
				    pool_printf(pool, "%s%.*s", out, (int)n, s);
		if (data == -1)
			return pool_printf(pool, "%s!", out);
		out = pool_printf(pool, "%s\n", out);
	}
	return rc == 0 ? out : pool_printf(pool, "%s!", out);
}

static void
bodies_are_read(void **state)
{
	static const struct {
		const char *body, *read;
	} cases[] = {
		{ "--xYz\r\nContent-Disposition: form-data; name=\"file\";"
		  " filename=\"a.pdf\"\r\nContent-Type: application/pdf\r\n"
		  "\r\nabc\r\n--xYz--\r\n",
		    "file|a.pdf|application/pdf|abc\n" },
		{ "before\r\n--xYz  \r\ncontent-disposition:form-data;"
		  "name=a\r\n\r\n1\r\n--xYz\r\nContent-Disposition: form-data;"
		  " name=\"b\"\r\n\r\n\r\n--xYz--behind",
		    "a|-|-|1\nb|-|-|\n" },
		{ "--xYz\r\nContent-Disposition: form-data; name=\"f\";"
		  " filename=\"q\\\"\\\\;.x\"; filename*=UTF-8''%c3%bc.x\r\n"
		  "\r\n\r\n-xYz\r\n--xY\r\n--xYz--",
		    "f|ü.x|-|\r\n-xYz\r\n--xY\n" },
		{ "--xYz\r\nContent-Disposition: form-data; name=\"f\";"
		  " filename=\"q\\\"\\\\;.x\"\r\n\r\n\r\n--xYz--",
		    "f|q\"\\;.x|-|\n" },
		{ "--xYz\r\nX: y\r\n\r\nabc\r\n--xYz--", "-|-|-|abc\n" },
		{ "--xYz\r\n\r\nabc\r\n--xYz--", "-|-|-|abc\n" },
		{ "--xYz--", "" },
		{ "", "!" },
		{ "no delimiter", "!" },
		{ "--xYz", "!" },
		{ "--xYz\r\nX: y", "!" },
		{ "--xYzw\r\n\r\nabc\r\n--xYz--", "!" },
		{ "--xYz\r\n\r\nabc", "-|-|-|!" },
		{ "--xYz\r\n\r\nabc\r\n--xYz", "-|-|-|abc\n!" },
		{ "--xYz\r\nX: \xff\r\n\r\nabc\r\n--xYz--", "!" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(cases[i].read,
		    parse(TYPE, cases[i].body, strlen(cases[i].body)));
}

/* One name, as clients of November 2026 wrote it. */
static void
names_are_read_from_every_client(void **state)
{
#define NAME "Rechnung \"März\" 50%; v1\\2.pdf"
	static const char *const written[][2] = {
		/* browsers, curl, undici, PHP */
		{ "Rechnung %22März%22 50%; v1\\2.pdf", NAME },
		/* requests, httpx, httpie */
		{ "Rechnung %22März%22 50%; v1\\\\2.pdf", NAME },
		/* Go, net/http of Ruby, LWP */
		{ "Rechnung \\\"März\\\" 50%; v1\\\\2.pdf", NAME },
		/* form-data (so axios, superagent), rest-client */
		{ NAME, NAME },
		/* aiohttp, needle */
		{ "Rechnung%20%22M%C3%A4rz%22%2050%25%3B%20v1%5C2.pdf", NAME },
		{ "100%.pdf", "100%.pdf" },
		{ "100%25 of 20%22.pdf", "100%25 of 20\".pdf" },
		{ "a%0D%0Ab c.pdf", "a  b c.pdf" },
		{ "%ff.pdf", "%ff.pdf" },
		{ "%00.pdf", "%00.pdf" },
		{ "%", "%" },
		{ "%2", "%2" },
		{ "\"", "\"" },
		{ "", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(written) / sizeof(written[0]); i++) {
		const char *body = pool_printf(pool,
		    "--xYz\r\nContent-Disposition: form-data;"
		    " filename=\"%s\"; name=\"file\"\r\n\r\n\r\n--xYz--",
		    written[i][0]);

		assert_string_equal(
		    pool_printf(pool, "file|%s|-|\n", written[i][1]),
		    parse(TYPE, body, strlen(body)));
	}
#undef NAME
}

static void
types_have_a_boundary(void **state)
{
	static const char *const types[] = { NULL, "", "application/json",
		"multipart/form-data", "multipart/form-data; boundary=",
		"multipart/form-datax; boundary=xYz",
		"multipart/form-data; boundary=\"\"",
		"multipart/form-data; boundary=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" };

	(void)state;
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		assert_string_equal(parse(types[i], "", 0), "type");
	assert_string_equal(
	    parse("Multipart/Form-Data; charset=utf-8; Boundary=\"xYz\"",
		"--xYz--", 7),
	    "");
}

/* The delimiter stands across every place where a piece may end. */
static void
a_file_of_any_length_is_whole(void **state)
{
	const char head[] = "--xYz\r\nContent-Disposition: form-data;"
			    " name=\"file\"\r\n\r\n",
		   tail[] = "\r\n--xYz--\r\n";
	size_t room = 70 * 1024, done;
	char *body = malloc(room + 200);

	(void)state;
	memcpy(body, head, sizeof(head) - 1);
	memset(body + sizeof(head) - 1, '\r', room);
	for (size_t len = 65300; len < 65700; len++) {
		struct source from = { body,
			sizeof(head) - 1 + len + sizeof(tail) - 1, 0 };
		struct multipart_part part;
		struct multipart m;
		const char *s;
		size_t n;

		memcpy(body + sizeof(head) - 1 + len, tail, sizeof(tail) - 1);
		assert_int_equal(
		    multipart_begin(&m, pool, TYPE, read_source, &from), 0);
		assert_int_equal(multipart_next(&m, &part), 1);
		for (done = 0; multipart_data(&m, &s, &n) == 1; done += n)
			assert_int_not_equal(n, 0);
		assert_int_equal(len, done);
		assert_int_equal(multipart_next(&m, &part), 0);
		memset(body + sizeof(head) - 1 + len, '\r', sizeof(tail));
		pool_reset(pool);
	}
	free(body);
}

static void
a_nul_is_data_and_no_header(void **state)
{
	static const char data[] = "--xYz\r\n\r\na\0b\r\n--xYz--";
	static const char header[] = "--xYz\r\nX: a\0b\r\n\r\n\r\n--xYz--";

	(void)state;
	assert_string_equal(parse(TYPE, data, sizeof(data) - 1), "-|-|-|a\n");
	assert_string_equal(parse(TYPE, header, sizeof(header) - 1), "!");
}

static void
headers_have_an_end(void **state)
{
	size_t len = 20000;
	char *body = malloc(len);

	(void)state;
	memset(body, 'a', len);
	memcpy(body, "--xYz\r\nX: ", 10);
	memcpy(body + len - 15, "\r\n\r\n\r\n--xYz--\r\n", 15);
	assert_string_equal(parse(TYPE, body, len), "!");
	free(body);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bodies_are_read),
		cmocka_unit_test(names_are_read_from_every_client),
		cmocka_unit_test(types_have_a_boundary),
		cmocka_unit_test(a_file_of_any_length_is_whole),
		cmocka_unit_test(a_nul_is_data_and_no_header),
		cmocka_unit_test(headers_have_an_end),
	};
	int failed;

	pool = pool_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}
