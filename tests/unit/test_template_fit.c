/*
 * Parameters beside the template that they are for.
 */
#include "unit.h"

#include "base/pool.h"

#include "lib/json/json.h"

#include "whatsapp/template/template_fit.h"

static struct pool *p;

static const struct json *
read_template_json(const char *s)
{
	return s == NULL ? NULL : json_parse(p, s, strlen(s), NULL);
}

#define BODY(text)  "[{\"type\":\"BODY\",\"text\":\"" text "\"}]"
#define SAY(values) "[{\"type\":\"body\",\"parameters\":[" values "]}]"
#define T(s)	    "{\"type\":\"text\",\"text\":\"" s "\"}"
#define NAMED(n, s)                                                            \
	"{\"type\":\"text\",\"parameter_name\":\"" n "\",\"text\":\"" s "\"}"

#define BUTTON(sub, n, s)                                                      \
	"{\"type\":\"button\",\"sub_type\":\"" sub "\",\"index\":" n           \
	",\"parameters\":[" s "]}"
#define BUTTONS(s)                                                             \
	"[{\"type\":\"BODY\",\"text\":\"Go\"},{\"type\":\"BUTTONS\","          \
	"\"buttons\":[" s "]}]"
#define CAROUSEL                                                               \
	"[{\"type\":\"BODY\",\"text\":\"Go\"},{\"type\":\"CAROUSEL\","         \
	"\"cards\":[{\"components\":" BODY("Only {{1}}") "}]}]"
#define SIXTY "123456789 123456789 123456789 123456789 123456789 123456789 "

static const struct {
	const char *definition, *sent, *why, *text;
} cases[] = {
	{ BODY("Hello"), NULL, NULL, "Hello" },
	{ BODY("Hi {{1}}, {{2}} is ready, {{1}}"), SAY(T("Ann") "," T("A-1")),
	    NULL, "Hi Ann, A-1 is ready, Ann" },
	{ BODY("Hi {{1}}"), NULL,
	    "the body of the template has 1 placeholder, and 0 parameters are "
	    "given",
	    "Hi " },
	{ BODY("Hello"), SAY(T("x")),
	    "the body of the template has 0 placeholders, and 1 parameter is "
	    "given",
	    "Hello" },
	{ BODY("{{ name }}: {{day}}"),
	    SAY(NAMED("day", "Friday") "," NAMED("name", "Ann")), NULL,
	    "Ann: Friday" },
	{ BODY("{{name}}"), SAY(T("Ann")),
	    "the body of the template has the placeholder name, and no "
	    "parameter has this parameter_name",
	    "" },
	{ BODY("Only {{1}}"),
	    SAY("{\"type\":\"currency\",\"currency\":{\"fallback_value\":"
		"\"$9\"}}"),
	    NULL, "Only $9" },
	{ BODY("a {{ b"), NULL, NULL, "a {{ b" },
	{ "[{\"type\":\"HEADER\",\"format\":\"TEXT\",\"text\":\"No. {{1}}\"},"
	  "{\"type\":\"BODY\",\"text\":\"Paid\"},"
	  "{\"type\":\"FOOTER\",\"text\":\"Thanks\"}]",
	    "[{\"type\":\"header\",\"parameters\":[" T("7") "]}]", NULL,
	    "No. 7\nPaid\nThanks" },
	{ "[{\"type\":\"HEADER\",\"format\":\"IMAGE\"},"
	  "{\"type\":\"BODY\",\"text\":\"Look\"}]",
	    "[{\"type\":\"header\",\"parameters\":[" T("7") "]}]",
	    "the header of the template is of type image: it needs one such "
	    "parameter",
	    "Look" },
	{ "[{\"type\":\"HEADER\",\"format\":\"IMAGE\"},"
	  "{\"type\":\"BODY\",\"text\":\"Look\"}]",
	    "[{\"type\":\"header\",\"parameters\":[{\"type\":\"image\","
	    "\"image\":{\"id\":\"1\"}}]}]",
	    NULL, "Look" },
	{ "[{\"type\":\"BODY\",\"text\":\"Go\"},{\"type\":\"BUTTONS\","
	  "\"buttons\":[{\"type\":\"QUICK_REPLY\",\"text\":\"No\"},"
	  "{\"type\":\"URL\",\"url\":\"https://x/{{1}}\"}]}]",
	    NULL,
	    "button 1 of the template needs one parameter: a component of type "
	    "button with index 1",
	    "Go" },
	{ "[{\"type\":\"BODY\",\"text\":\"Go\"},{\"type\":\"BUTTONS\","
	  "\"buttons\":[{\"type\":\"URL\",\"url\":\"https://x/{{1}}\"}]}]",
	    "[{\"type\":\"button\",\"sub_type\":\"url\",\"index\":\"0\","
	    "\"parameters\":[" T("a") "]}]",
	    NULL, "Go" },
	{ BODY("Hi {{1}}"), SAY(NAMED("1", "Ann")),
	    "the placeholders of the body of the template are numbered: its "
	    "parameters have no parameter_name",
	    "Hi Ann" },
	{ "[{\"type\":\"BODY\",\"text\":\"Go\"}]",
	    "[" BUTTON("url", "1", T("a")) "]",
	    "the template has 0 buttons, and none with index 1", "Go" },
	{ BUTTONS("{\"type\":\"QUICK_REPLY\",\"text\":\"No\"}"),
	    "[" BUTTON("url", "0", T("a")) "]",
	    "button 0 of the template is of type QUICK_REPLY", "Go" },
	{ BUTTONS("{\"type\":\"URL\",\"url\":\"https://x\"}"),
	    "[" BUTTON("url", "0", T("a")) "]",
	    "button 0 of the template takes no parameter: its url has no "
	    "placeholder",
	    "Go" },
	{ BUTTONS("{\"type\":\"OTP\",\"otp_type\":\"COPY_CODE\"}"),
	    "[" BUTTON("url", "0", T("a")) "]", NULL, "Go" },
	{ BUTTONS("{\"type\":\"MPM\",\"text\":\"View\"}"), NULL,
	    "button 0 of the template needs one parameter: a component of type "
	    "button with index 0",
	    "Go" },
	{ BUTTONS("{\"type\":\"FLOW\",\"text\":\"Open\"}"), NULL, NULL, "Go" },
	{ CAROUSEL, NULL,
	    "the carousel of the template has 1 card, and 0 are given", "Go" },
	{ CAROUSEL,
	    "[{\"type\":\"carousel\",\"cards\":[{\"card_index\":0,"
	    "\"components\":[]}]}]",
	    "card 0: the body of the template has 1 placeholder, and 0 "
	    "parameters are given",
	    "Go" },
	{ CAROUSEL,
	    "[{\"type\":\"carousel\",\"cards\":[{\"card_index\":0,"
	    "\"components\":" SAY(T("x")) "}]}]",
	    NULL, "Go" },
	{ "[{\"type\":\"HEADER\",\"format\":\"TEXT\",\"text\":\"{{1}}\"},"
	  "{\"type\":\"BODY\",\"text\":\"b\"}]",
	    "[{\"type\":\"header\",\"parameters\":[" T(SIXTY "1") "]}]",
	    "the header has 61 characters with its values, and may have at "
	    "most 60",
	    SIXTY "1\nb" },
	/* A code to log in: Meta's own text, which the list has not. */
	{ "[{\"type\":\"BODY\",\"add_security_recommendation\":true}]",
	    SAY(T("123")), NULL, NULL },
	{ NULL, SAY(T("123")), NULL, NULL },
};

static void
parameters_fit_or_it_is_said_why_not(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		const struct json *d = read_template_json(cases[i].definition);
		const struct json *s = read_template_json(cases[i].sent);
		const char *why = template_fit(p, d, s);
		const char *text = template_fit_text(p, d, s);

		if (cases[i].why == NULL)
			assert_null(why);
		else
			assert_string_equal(why, cases[i].why);
		if (cases[i].text == NULL)
			assert_null(text);
		else
			assert_string_equal(text, cases[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(parameters_fit_or_it_is_said_why_not),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
