/*
 * What a delivery says of one person is taken out, and all else stays.
 */
#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "whatsapp/delivery.h"
#include "whatsapp/redact.h"

#define ME	 "4915112345678"
#define MY_ID	 "DE.55"
#define OTHER	 "4915199999999"
#define MY_WAMID "wamid.MINE"

static int
is_id(void *arg, const char *s)
{
	(void)arg;
	return text_is(s, ME) || text_is(s, MY_ID);
}

static int
is_wamid(void *arg, const char *s)
{
	(void)arg;
	return text_is(s, MY_WAMID);
}

static int
is_ours(void *arg, const char *phone_number_id, const char *waba_id)
{
	(void)arg;
	(void)waba_id;
	return !text_is(phone_number_id, "200");
}

static const struct redact redact = { is_id, is_wamid, is_ours, NULL };

#define VALUE(rest)                                                            \
	"{\"entry\":[{\"id\":\"9\",\"changes\":[{\"value\":{\"metadata\":"     \
	"{\"display_phone_number\":\"" ME                                      \
	"\",\"phone_number_id\":\"100\"}" rest "},\"field\":\"messages\"}]}]}"
#define TEXT(from, id, body)                                                   \
	"{\"from\":\"" from "\",\"id\":\"" id "\",\"timestamp\":\"1\","        \
	"\"type\":\"text\",\"text\":{\"body\":\"" body "\"}}"

static const struct {
	const char *body, *left; /* NULL: nothing is theirs */
} cases[] = {
	/* A message and a contact, beside somebody else's. */
	{ VALUE(",\"contacts\":[{\"wa_id\":\"" ME "\"},{\"wa_id\":\"" OTHER
		"\"}],\"messages\":[" TEXT(ME, "a", "x") "," TEXT(
		    OTHER, "b", "y") "]"),
	    VALUE(",\"contacts\":[{\"wa_id\":\"" OTHER
		  "\"}],\"messages\":[" TEXT(OTHER, "b", "y") "]") },
	/* Nobody's but others'; who is talked about is not who it is about. */
	{ VALUE(",\"messages\":[" TEXT(OTHER, "b", "call " ME) "]"), NULL },
	{ VALUE(",\"messages\":[{\"from\":\"" OTHER "\",\"id\":\"b\",\"type\":"
		"\"contacts\",\"contacts\":[{\"phones\":[{\"wa_id\":\"" ME
		"\"}]}]}]"),
	    NULL },
	/* A number that was somebody else's before. */
	{ VALUE(",\"messages\":[{\"from\":\"" ME "\",\"from_user_id\":"
		"\"DE.77\",\"id\":\"b\"}]"),
	    NULL },
	{ VALUE(",\"messages\":[{\"from\":\"" OTHER
		"\",\"from_user_id\":\"" MY_ID "\",\"id\":\"b\"}]"),
	    VALUE(",\"messages\":[]") },
	/* By the message alone, by a number that is written otherwise. */
	{ VALUE(",\"statuses\":[{\"id\":\"" MY_WAMID "\",\"status\":\"read\"},"
		"{\"id\":\"wamid.OTHER\",\"status\":\"read\"}]"),
	    VALUE(",\"statuses\":[{\"id\":\"wamid.OTHER\",\"status\":"
		  "\"read\"}]") },
	{ VALUE(",\"statuses\":[{\"id\":\"x\",\"recipient_id\":\"+49 151 "
		"123-45678\"}]"),
	    VALUE(",\"statuses\":[]") },
	/* Under a number that the person has no more: nothing else says it. */
	{ VALUE(",\"contacts\":[{\"profile\":{\"name\":\"Me\"},\"wa_id\":"
		"\"491\"},{\"wa_id\":\"" OTHER "\"}],\"messages\":[" TEXT(
		    "491", MY_WAMID, "x") "," TEXT(OTHER, "b", "y") "]"),
	    VALUE(",\"contacts\":[{\"wa_id\":\"" OTHER
		  "\"}],\"messages\":[" TEXT(OTHER, "b", "y") "]") },
	/* A digit that is written as an escape. */
	{ VALUE(",\"statuses\":[{\"id\":\"x\",\"recipient_id\":"
		"\"\\u0034915112345678\"}]"),
	    VALUE(",\"statuses\":[]") },
	/* A time is no phone. */
	{ VALUE(",\"statuses\":[{\"id\":\"x\",\"timestamp\":\"" ME "\"}]"),
	    NULL },
	/* In a group, an answer to the person stays, and does not say so. */
	{ VALUE(",\"messages\":[{\"from\":\"" OTHER "\",\"group_id\":\"g\","
		"\"context\":{\"from\":\"" ME "\",\"id\":\"" MY_WAMID
		"\",\"forwarded\":true},\"id\":\"b\"}]"),
	    VALUE(",\"messages\":[{\"from\":\"" OTHER "\",\"group_id\":\"g\","
		  "\"context\":{\"forwarded\":true},\"id\":\"b\"}]") },
	/* Nested lists: a history, members of a group, another identity. */
	{ VALUE(",\"history\":[{\"threads\":[{\"id\":\"" ME "\",\"messages\":"
		"[{\"from\":\"1\",\"id\":\"a\"}]},{\"id\":\"" OTHER
		"\",\"messages\":[]}]}]"),
	    VALUE(",\"history\":[{\"threads\":[{\"id\":\"" OTHER
		  "\",\"messages\":[]}]}]") },
	{ VALUE(",\"groups\":[{\"group_id\":\"g\",\"added_participants\":"
		"[{\"wa_id\":\"" ME "\"},{\"wa_id\":\"" OTHER "\"}]}]"),
	    VALUE(",\"groups\":[{\"group_id\":\"g\",\"added_participants\":"
		  "[{\"wa_id\":\"" OTHER "\"}]}]") },
	{ VALUE(",\"user_id_update\":[{\"wa_id\":\"" OTHER "\",\"user_id\":"
		"{\"previous\":\"" MY_ID "\",\"current\":\"DE.66\"}}]"),
	    VALUE(",\"user_id_update\":[]") },
	{ VALUE(",\"state_sync\":[{\"type\":\"contact\",\"contact\":"
		"{\"full_name\":\"Me\",\"phone_number\":\"" ME "\"}}]"),
	    VALUE(",\"state_sync\":[]") },
	/* What is one notice goes with its change. */
	{ "{\"entry\":[{\"id\":\"9\",\"changes\":[{\"field\":\"new\","
	  "\"value\":{\"phone\":\"" ME "\"}},{\"field\":\"x\",\"value\":{"
	  "\"a\":1}}]}]}",
	    "{\"entry\":[{\"id\":\"9\",\"changes\":[{\"field\":\"x\","
	    "\"value\":{\"a\":1}}]}]}" },
	{ "{\"event\":\"x\",\"data\":{\"wa_id\":\"" ME "\"}}", "{}" },
	/* The old form. */
	{ "{\"contacts\":[{\"wa_id\":\"" ME
	  "\"}],\"messages\":[" TEXT(ME, "a", "x") "]}",
	    "{\"contacts\":[],\"messages\":[]}" },
	/* Another workspace's number: not asked for. */
	{ "{\"entry\":[{\"changes\":[{\"value\":{\"metadata\":{"
	  "\"phone_number_id\":\"200\"},\"messages\":[" TEXT(
	      ME, "a", "x") "]}}]}]}",
	    NULL },
	/* Keys of strangers. */
	{ "{\"a\\\"b\":{\"c\\\\\":1},\"messages\":[" TEXT(ME, "a", "x") "]}",
	    "{\"a\\\"b\":{\"c\\\\\":1},\"messages\":[]}" },
};

static void
what_is_theirs_goes_and_the_rest_stays(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pool *pool = pool_new();
		char *out = NULL;
		size_t len = 0;
		int rc = redact_delivery(pool, cases[i].body,
		    strlen(cases[i].body), &redact, &out, &len);

		if ((rc == 1) != (cases[i].left != NULL) ||
		    (rc == 1 && strcmp(out, cases[i].left) != 0))
			fail_msg("case %zu: %d %s", i, rc, rc == 1 ? out : "-");
		if (rc == 1)
			assert_int_equal(len, strlen(out));
		/* Once more there is nothing. */
		if (rc == 1)
			assert_int_equal(redact_delivery(pool, out, len,
					     &redact, &out, &len),
			    0);
		pool_free(pool);
	}
}

static void
what_is_left_can_be_applied(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pool *pool = pool_new();
		struct event *events;
		const char *why;
		size_t n;

		if (cases[i].left != NULL)
			assert_int_equal(
			    delivery_parse(pool, cases[i].left,
				strlen(cases[i].left), 1, &events, &n, &why),
			    0);
		pool_free(pool);
	}
}

static void
what_is_no_json_is_said_to_be_none(void **state)
{
	struct pool *pool = pool_new();
	char *out;
	size_t len;

	(void)state;
	assert_int_equal(
	    redact_delivery(pool, "{", 1, &redact, &out, &len), -1);
	assert_int_equal(
	    redact_delivery(pool, "[]", 2, &redact, &out, &len), -1);
	pool_free(pool);
}

static void
events_are_kept_without_the_person(void **state)
{
	struct pool *pool = pool_new();
	char *out;

	(void)state;
	assert_int_equal(
	    redact_event(pool, "{\"wa_id\":\"" ME "\",\"a\":1}", &redact, &out),
	    1);
	assert_null(out);
	assert_int_equal(
	    redact_event(pool, "{\"wa_id\":\"" OTHER "\"}", &redact, &out), 0);
	assert_int_equal(
	    redact_event(pool, "{\"list\":[\"" ME "\",\"x\"]}", &redact, &out),
	    1);
	assert_string_equal(out, "{\"list\":[\"x\"]}");
	pool_free(pool);
}

static void
a_wamid_says_whose_it_is(void **state)
{
	/* \x1c\x18\x0b 16505551234 \x15\x02… */
	static const char wamid[] =
	    "wamid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdCNTg5RjY1MEMyRjlGMjRGNgA=";
	struct pool *pool = pool_new();

	(void)state;
	assert_int_equal(redact_wamid_names(pool, wamid, "16505551234"), 1);
	assert_int_equal(redact_wamid_names(pool, wamid, "1650555123"), 0);
	assert_int_equal(redact_wamid_names(pool, wamid, "6505551234"), 0);
	assert_int_equal(
	    redact_wamid_names(
		pool, "wacid.HBgLMTY1MDU1NTEyMzQVAgASGBQzQTdC", "16505551234"),
	    1);
	assert_int_equal(redact_wamid_names(pool, "wamid.!", "16505551234"), 0);
	assert_int_equal(redact_wamid_names(pool, "x", "16505551234"), 0);
	pool_free(pool);
}

/* All that redact_delivery takes for the person's number is noticed. */
static void
a_number_is_found_as_people_write_it(void **state)
{
	static const struct {
		const char *body;
		int found;
	} bodies[] = {
		{ "{\"input\":\"" ME "\"}", 1 },
		{ "{\"input\":\"+49 (151) 123-45.67/8\"}", 1 },
		{ "{\"input\":\"+49 151 1234567\",\"n\":8}", 0 },
		{ "4915112345", 0 },
		{ "49151123456 7", 0 },
		{ "44915112345678", 1 }, /* redact_delivery knows better */
		{ "", 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bodies) / sizeof(*bodies); i++)
		assert_int_equal(
		    redact_may_name(bodies[i].body, strlen(bodies[i].body), ME),
		    bodies[i].found);
	assert_int_equal(redact_may_name("\"" MY_ID "\"", 7, MY_ID), 1);
	assert_int_equal(redact_may_name("DE.5 5", 6, MY_ID), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_theirs_goes_and_the_rest_stays),
		cmocka_unit_test(what_is_left_can_be_applied),
		cmocka_unit_test(what_is_no_json_is_said_to_be_none),
		cmocka_unit_test(events_are_kept_without_the_person),
		cmocka_unit_test(a_wamid_says_whose_it_is),
		cmocka_unit_test(a_number_is_found_as_people_write_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
