/*
 * Templates that are to be created: what goes to the provider, and what is
 * wrong in words.
 */
#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"

#include "whatsapp/compose/field/composed.h"
#include "whatsapp/template/template_define.h"

static struct pool *p;

#define T(components)                                                          \
	"{\"name\":\"a_1\",\"language\":\"en_US\",\"category\":\"UTILITY\","   \
	"\"components\":[" components "]}"
#define BODY	   "{\"type\":\"BODY\",\"text\":\"Hi\"}"
#define BUTTONS(s) T(BODY ",{\"type\":\"BUTTONS\",\"buttons\":[" s "]}")
#define URL(s)	   "{\"type\":\"URL\",\"text\":\"Go\",\"url\":\"" s "\"}"
#define CODE(s)                                                                \
	"{\"name\":\"a\",\"language\":\"en\",\"category\":\"AUTHENTICATION\"," \
	"\"components\":[" s "]}"

/* The body of POST /templates, and what is wrong with it, a line each. */
static const struct {
	const char *body, *wrong;
} cases[] = {
	{ T(BODY), "" },
	{ T("{\"type\":\"body\",\"text\":\"Hi {{1}}, {{2}}\",\"example\":{"
	    "\"body_text\":[[\"a\",\"b\"]]}}"),
	    "" },
	{ T("{\"type\":\"BODY\",\"text\":\"Hi {{who}}!\",\"example\":{"
	    "\"body_text_named_params\":[{\"param_name\":\"who\",\"example\":"
	    "\"Ann\"}]}}"),
	    "" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"IMAGE\",\"example\":{"
		 "\"header_handle\":[\"4::aW\"]}},{\"type\":\"FOOTER\","
		 "\"text\":\"f\"}"),
	    "" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"LOCATION\"}"), "" },
	{ BUTTONS("{\"type\":\"QUICK_REPLY\",\"text\":\"No\"}," URL(
	      "https://x") ",{\"type\":\"PHONE_NUMBER\",\"text\":"
			   "\"Call\",\"phone_number\":\"+1650\"},"
			   "{\"type\":\"COPY_CODE\",\"example\":\"A1\"}"
			   ",{\"type\":\"FLOW\",\"text\":\"Form\","
			   "\"flow_id\":\"7\"}"),
	    "" },
	{ BUTTONS("{\"type\":\"URL\",\"text\":\"Go\",\"url\":\"https://x/{{1}}"
		  "\",\"example\":[\"https://x/a\"]}"),
	    "" },
	{ CODE("{\"type\":\"BODY\",\"add_security_recommendation\":true},"
	       "{\"type\":\"FOOTER\",\"code_expiration_minutes\":5},"
	       "{\"type\":\"BUTTONS\",\"buttons\":[{\"type\":\"OTP\","
	       "\"otp_type\":\"copy_code\"}]}"),
	    "" },
	{ T(BODY ",{\"type\":\"CAROUSEL\",\"cards\":[{\"components\":["
		 "{\"type\":\"HEADER\",\"format\":\"IMAGE\",\"example\":{"
		 "\"header_handle\":[\"h\"]}}," BODY "]}]}"),
	    "" },

	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"IMAGE\",\"example\":{"
		 "\"upload\":12}}"),
	    "" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"IMAGE\",\"example\":{"
		 "\"upload\":12,\"header_handle\":[\"h\"]}}"),
	    "components[1].example.header_handle is unknown; known are: "
	    "upload\n" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"IMAGE\",\"example\":{"
		 "\"upload\":0}}"),
	    "components[1].example.upload must be an id, a number\n" },

	{ "{}", "name is missing\nlanguage is missing\ncategory is missing\n"
		"components is missing\n" },
	{ "{\"name\":\"Ä\",\"language\":\"en-US\",\"category\":\"x\","
	  "\"components\":[]}",
	    "name may only have small letters, digits and _\n"
	    "language must be a code, such as en_US\n"
	    "category must be one of MARKETING, UTILITY, AUTHENTICATION\n"
	    "components must have 1 to 10 elements\n" },
	{ T("{\"type\":\"FOOTER\",\"text\":\"{{1}}\"}"),
	    "components[0].text may have no placeholder\n"
	    "components must have a BODY\n" },
	{ T(BODY "," BODY), "components[1] is given twice\n" },
	{ T("{\"type\":\"LEG\"}"),
	    "components[0].type must be one of HEADER, BODY, FOOTER, BUTTONS, "
	    "CAROUSEL, LIMITED_TIME_OFFER, CALL_PERMISSION_REQUEST\n"
	    "components must have a BODY\n" },
	{ T("{\"type\":\"BODY\",\"text\":\"\"}"),
	    "components[0].text is empty\n" },
	{ T("{\"type\":\"BODY\",\"text\":\"{{1}} {{a}}\"}"),
	    "components[0].text has placeholders with numbers and with "
	    "names\n" },
	{ T("{\"type\":\"BODY\",\"text\":\"a {{2}} b\"}"),
	    "components[0].text has 1 placeholders, and {{1}} is none of "
	    "them\n" },
	{ T("{\"type\":\"BODY\",\"text\":\"a {{1}} b {{2}} c\",\"example\":{"
	    "\"body_text\":[[\"a\",\"\"]]}}"),
	    "components[0].example must have an example of each of the 2 "
	    "placeholders, in body_text or body_text_named_params\n" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"TEXT\",\"text\":\"{{1}} "
		 "{{2}}\",\"example\":{\"header_text\":[\"a\",\"b\"]}}"),
	    "components[1].text may have one placeholder\n" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"VIDEO\"}"),
	    "components[1].example must have upload, or header_handle, a list "
	    "of the file that the provider looks at\n" },
	{ T(BODY ",{\"type\":\"HEADER\",\"format\":\"SOUND\",\"x\":1}"),
	    "components[1].format must be one of TEXT, IMAGE, VIDEO, GIF, "
	    "DOCUMENT, LOCATION, PRODUCT\n"
	    "components[1].x is unknown; known are: type format text "
	    "example\n" },
	{ BUTTONS(""), "components[1].buttons must have 1 to 10 elements\n" },
	{ BUTTONS(URL("https://x") "," URL("https://x") "," URL("x")),
	    "components[1].buttons[2] is one URL more than 2\n"
	    "components[1].buttons[2].url must be an https URL\n" },
	{ BUTTONS(URL("https://x/{{1}}")),
	    "components[1].buttons[0].example must have an example of the "
	    "placeholder, in a list\n" },
	{ BUTTONS(URL("https://x/{{1}}/a")),
	    "components[1].buttons[0].url may have one placeholder, at its "
	    "end\n" },
	{ BUTTONS("{\"type\":\"PHONE_NUMBER\",\"text\":"
		  "\"12345678901234567890123456\"},{\"type\":\"COPY_CODE\"},"
		  "{\"type\":\"FLOW\",\"text\":\"f\"},{\"type\":\"OTP\","
		  "\"otp_type\":\"x\"},{\"type\":\"BIG\"},{}"),
	    "components[1].buttons[0].text may have at most 25 characters\n"
	    "components[1].buttons[0].phone_number is missing\n"
	    "components[1].buttons[1].example must be a code of at most 20 "
	    "characters\n"
	    "components[1].buttons[2] must have exactly one of flow_id, "
	    "flow_name and flow_json\n"
	    "components[1].buttons[3].otp_type must be one of COPY_CODE, "
	    "ONE_TAP, ZERO_TAP\n"
	    "components[1].buttons[4].type must be one of QUICK_REPLY, URL, "
	    "PHONE_NUMBER, COPY_CODE, OTP, FLOW, CATALOG, MPM, SPM, "
	    "ORDER_DETAILS, VOICE_CALL, REQUEST_CONTACT_INFO\n"
	    "components[1].buttons[5].type is missing\n" },
	{ CODE(BODY ",{\"type\":\"FOOTER\",\"code_expiration_minutes\":0}"),
	    "components[0].text is the provider's own in category "
	    "AUTHENTICATION\n"
	    "components[1].code_expiration_minutes must be a whole number from "
	    "1 to 90\n" },
	{ T(BODY ",{\"type\":\"CAROUSEL\",\"cards\":[{\"components\":["
		 "{\"type\":\"CAROUSEL\"}]},{\"x\":1}]}"),
	    "components[1].cards[0].components[0].type cannot stand in a "
	    "card\n"
	    "components[1].cards[1].x is unknown; known are: components\n"
	    "components[1].cards[1].components is missing\n" },
};

static void
what_cannot_be_a_template_is_said(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct json *body =
		    json_parse(p, cases[i].body, strlen(cases[i].body), NULL);
		struct compose_wrong *wrong = NULL;
		struct template_define t;
		const char *said = "";
		int rc;

		assert_non_null(body);
		rc = template_define_read(p, body, &t, &wrong);
		for (; wrong != NULL; wrong = wrong->next)
			said = pool_printf(
			    p, "%s%s %s\n", said, wrong->field, wrong->message);
		assert_string_equal(said, cases[i].wrong);
		assert_int_equal(rc, *said == '\0' ? 0 : -1);
	}
}

/* What nobody looks at is bounded, too: a list shows many templates. */
static void
a_template_has_64_kilobytes_at_most(void **state)
{
	struct compose_wrong *wrong = NULL;
	struct template_define t;
	char *x = pool_alloc(p, 65537);
	const char *body;

	(void)state;
	memset(x, 'x', 65536);
	x[65536] = '\0';
	body = pool_printf(
	    p, T("{\"type\":\"BODY\",\"text\":\"Hi\",\"example\":\"%s\"}"), x);
	assert_int_equal(
	    template_define_read(
		p, json_parse(p, body, strlen(body), NULL), &t, &wrong),
	    -1);
	assert_string_equal(wrong->field, "components");
	assert_string_equal(wrong->message, "may have at most 65536 bytes");
	assert_null(wrong->next);
}

static void
the_provider_gets_its_own_fields_only(void **state)
{
	static const char body[] =
	    "{\"phone_number_id\":\"1\",\"name\":\"a\",\"language\":\"en\","
	    "\"category\":\"marketing\",\"components\":[" BODY
	    "],\"allow_category_change\":true}";
	struct compose_wrong *wrong;
	struct template_define t;

	(void)state;
	assert_int_equal(
	    template_define_read(
		p, json_parse(p, body, strlen(body), NULL), &t, &wrong),
	    0);
	assert_string_equal(t.request,
	    "{\"name\":\"a\",\"language\":\"en\",\"components\":[" BODY
	    "],\"allow_category_change\":true,\"category\":\"MARKETING\"}");
	assert_string_equal(t.components, "[" BODY "]");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_be_a_template_is_said),
		cmocka_unit_test(a_template_has_64_kilobytes_at_most),
		cmocka_unit_test(the_provider_gets_its_own_fields_only),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
