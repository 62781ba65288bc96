/*
 * Canned replies: what may be a shortcut and a text, which shortcuts are one,
 * and what a prefix finds.
 */
#include "fixture.h"

#include "base/pool.h"

#include "session/session.h"

#include "inbox/canned_reply/canned_reply.h"
#include "inbox/canned_reply/canned_reply_validate.h"

static const struct {
	const char *typed, *shortcut; /* NULL: it may not be */
} shortcuts[] = {
	{ "thanks", "thanks" },
	{ "re-open_2.0", "re-open_2.0" },
	{ "e\xCC\x81"
	  "cole",
	    "\xC3\xA9"
	    "cole" },
	{ "\xE3\x81\x82\xE3\x82\x8A\xE3\x81\x8C\xE3\x81\xA8",
	    "\xE3\x81\x82\xE3\x82\x8A\xE3\x81\x8C\xE3\x81\xA8" },
	{ "12345678901234567890123456789012",
	    "12345678901234567890123456789012" },
	{ "123456789012345678901234567890123", NULL },
	{ "", NULL },
	{ "thank you", NULL },
	{ "/thanks", NULL },
	{ "a\tb", NULL },
	{ "a\xE2\x80\xAE"
	  "b",
	    NULL }, /* right-to-left override */
	{ "a\xE2\x80\x8B"
	  "b",
	    NULL }, /* a blank that is not seen */
	{ "\xF0\x9F\x91\x8D", NULL },
	{ "a\xFF", NULL },
};

static void
a_shortcut_is_letters_and_digits(void **state)
{
	struct fixture *fx = *state;
	const char *why;

	for (size_t i = 0; i < sizeof(shortcuts) / sizeof(shortcuts[0]); i++) {
		const char *s = canned_reply_validate_shortcut(
		    fx->pool, shortcuts[i].typed, &why);

		if (shortcuts[i].shortcut == NULL)
			assert_null(s);
		else
			assert_string_equal(s, shortcuts[i].shortcut);
	}
}

static const struct {
	const char *text;
	int ok;
} texts[] = {
	{ "Thank you!", 1 },
	{ "Dear {{contact.name}}, {{ member.name }} here: {{contact.phone}}",
	    1 },
	{ "if (a) {{ b", 1 },
	{ "{{\n}}", 1 },
	{ "{{}}", 0 },
	{ "{{contact.nam}}", 0 },
	{ "{{{contact.name}}}", 1 },
	{ "{{contact.name}} {{x}}", 0 },
	{ "", 0 },
	{ " \n", 0 },
};

static void
a_text_has_placeholders_that_are_known(void **state)
{
	struct fixture *fx = *state;
	const char *why;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		const char *s =
		    canned_reply_validate_text(fx->pool, texts[i].text, &why);

		assert_int_equal(s != NULL, texts[i].ok);
		assert_int_equal(why == NULL, texts[i].ok);
	}
}

static int64_t
add(struct fixture *fx, const char *shortcut)
{
	struct canned_reply r = { .shortcut = shortcut, .text = "x" };
	int64_t id = 0;

	r.key = canned_reply_key(fx->pool, shortcut);
	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(canned_reply_add(fx->member, &r, 7, &id), 1);
	assert_int_equal(session_commit(fx->member), 0);
	return id;
}

static int
found(struct fixture *fx, const char *prefix, const char *after)
{
	struct canned_reply page[10];

	return canned_reply_list(fx->member, fx->pool,
	    canned_reply_key(fx->pool, prefix),
	    canned_reply_key(fx->pool, after), page, 10);
}

static void
a_prefix_finds_whatever_the_case(void **state)
{
	struct fixture *fx = *state;
	int64_t id, ecole;

	assert_int_equal(session_seal(fx->member, &canned_reply_statements), 0);
	ecole = add(fx, "\xC3\x89"
			"cole");
	add(fx, "Thanks");
	add(fx, "thanks.all");
	assert_int_equal(found(fx, "", ""), 3);
	assert_int_equal(found(fx, "TH", ""), 2);
	assert_int_equal(found(fx, "th", "THANKS"), 1);
	assert_int_equal(found(fx, "e", ""), 1);
	assert_int_equal(found(fx, "x", ""), 0);
	/* One that is typed in another way is the same. */
	assert_int_equal(canned_reply_find(fx->member,
			     canned_reply_key(fx->pool, "e\xCC\x81"
							"COLE"),
			     &id),
	    1);
	assert_int_equal(id, ecole);
	/* Of another workspace nothing is seen. */
	fixture_do(fx, "UPDATE canned_replies SET workspace_id = 100");
	assert_int_equal(found(fx, "", ""), 0);
}

static void
each_change_is_told_once(void **state)
{
	struct fixture *fx = *state;
	struct canned_reply r = { 0 };
	int64_t id;

	assert_int_equal(session_seal(fx->member, &canned_reply_statements), 0);
	fixture_do(fx, "DELETE FROM changes WHERE seq < (SELECT MAX(seq) FROM"
		       " changes)");
	id = add(fx, "hi");
	assert_int_equal(session_begin(fx->member), 0);
	assert_int_equal(canned_reply_get(fx->member, fx->pool, id, &r), 1);
	assert_int_equal(canned_reply_change(fx->member, &r, 8), 0);
	r.text = "y";
	assert_int_equal(canned_reply_change(fx->member, &r, 9), 0);
	assert_int_equal(canned_reply_delete(fx->member, id), 0);
	assert_int_equal(session_commit(fx->member), 0);
	assert_int_equal(
	    fixture_int(fx, "SELECT COUNT(*) FROM changes"
			    " WHERE type = 'canned_reply.updated'"),
	    3);
}

int
main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, fixture_begin, fixture_end)
#define MEMBERS(f)                                                             \
	cmocka_unit_test_setup_teardown(f, fixture_begin_members, fixture_end)
	const struct CMUnitTest tests[] = {
		TEST(a_shortcut_is_letters_and_digits),
		TEST(a_text_has_placeholders_that_are_known),
		MEMBERS(a_prefix_finds_whatever_the_case),
		MEMBERS(each_change_is_told_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
