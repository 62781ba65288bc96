/*
 * What browsers are told of a stranger's file.
 */
#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "api/file/disposition.h"

static struct pool *pool;

static void
types_are_harmless_ones(void **state)
{
	static const struct {
		const char *given, *told;
	} cases[] = {
		{ "image/jpeg", "image/jpeg" },
		{ "IMAGE/JPEG", "image/jpeg" },
		{ "audio/ogg; codecs=opus", "audio/ogg" },
		{ "image/svg+xml", "image/svg+xml" },
		{ "text/html", "application/octet-stream" },
		{ "text/html;image/png", "application/octet-stream" },
		{ "application/xhtml+xml", "application/octet-stream" },
		{ "image/jpegx", "application/octet-stream" },
		{ "image/jpeg\r\nX: y", "application/octet-stream" },
		{ "", "application/octet-stream" },
		{ NULL, "application/octet-stream" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(
		    cases[i].told, disposition_type(cases[i].given));
}

static void
names_are_one_harmless_component(void **state)
{
	static const struct {
		const char *given, *kept;
	} cases[] = {
		{ "invoice.pdf", "invoice.pdf" },
		{ "Übersicht 2026.pdf", "Übersicht 2026.pdf" },
		{ "../../etc/passwd", "_.._etc_passwd" },
		{ "C:\\x\\y.doc", "C__x_y.doc" },
		{ ".htaccess", "htaccess" },
		{ "a\r\nSet-Cookie: x.pdf", "aSet-Cookie_ x.pdf" },
		{ "a\"b;c.pdf", "a_b;c.pdf" },
		{ "exe.\xe2\x80\xaegpj", "exe.gpj" },
		{ "\xe2\x81\xa7x\xd8\x9c.png", "x.png" },
		{ "x.png. .", "x.png" },
		{ "\x7f\xc2\x85tab\t.txt", "tab.txt" },
		{ "👨‍👩‍👧.png", "👨‍👩‍👧.png" },
		{ "...", NULL },
		{ "", NULL },
		{ "\xff\xfe", NULL },
		{ NULL, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *kept = disposition_name(pool, cases[i].given);

		if (cases[i].kept == NULL)
			assert_null(kept);
		else
			assert_string_equal(cases[i].kept, kept);
	}
}

static void
long_names_are_cut_on_a_code_point(void **state)
{
	char name[1024] = "";
	const char *kept;

	(void)state;
	for (int i = 0; i < 300; i++)
		strcat(name, "ü");
	strcat(name, ".pdf");
	kept = disposition_name(pool, name);
	assert_between(strlen(kept), 190, 200);
	assert_true(text_is_utf8(kept, strlen(kept)));
	assert_string_equal(kept + strlen(kept) - 4, ".pdf");
	memset(name, 'a', 1000);
	name[1000] = '\0';
	assert_int_equal(strlen(disposition_name(pool, name)), 200);
	name[1] = '.';
	assert_int_equal(strlen(disposition_name(pool, name)), 200);
}

static void
some_are_shown_and_some_are_saved(void **state)
{
	static const struct {
		const char *type, *name, *header;
	} cases[] = {
		{ "image/jpeg", "a b.jpg",
		    "inline; filename=\"a b.jpg\";"
		    " filename*=UTF-8''a%20b.jpg" },
		{ "application/pdf", "x.html",
		    "inline;"
		    " filename=\"x.html.pdf\"; filename*=UTF-8''x.html.pdf" },
		{ "image/jpeg", NULL,
		    "inline; filename=\"file-7.jpg\";"
		    " filename*=UTF-8''file-7.jpg" },
		{ "image/svg+xml", "x.svg",
		    "attachment; filename=\"x.svg\";"
		    " filename*=UTF-8''x.svg" },
		{ "application/octet-stream", "x.html",
		    "attachment;"
		    " filename=\"x.html\"; filename*=UTF-8''x.html" },
		{ "application/octet-stream", NULL,
		    "attachment;"
		    " filename=\"file-7\"; filename*=UTF-8''file-7" },
		{ "text/plain", "ü%41;.txt",
		    "attachment;"
		    " filename=\"__41_.txt\";"
		    " filename*=UTF-8''%C3%BC%2541%3B.txt" },
		{ "video/mp4", "\"\r\n\"",
		    "inline; filename=\"__.mp4\";"
		    " filename*=UTF-8''__.mp4" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_string_equal(cases[i].header,
		    disposition_write(pool, cases[i].type, cases[i].name, 7));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(types_are_harmless_ones),
		cmocka_unit_test(names_are_one_harmless_component),
		cmocka_unit_test(long_names_are_cut_on_a_code_point),
		cmocka_unit_test(some_are_shown_and_some_are_saved),
	};
	int failed;

	pool = pool_new();
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(pool);
	return failed;
}
