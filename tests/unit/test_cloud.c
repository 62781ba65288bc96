/* What Meta's Cloud API is asked, and what only it answers. */
#include "unit.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client.h"

#include "whatsapp/outgoing.h"
#include "whatsapp/provider/cloud.h"
#include "whatsapp/provider/provider.h"

#define BASE "https://graph.example/v23.0"

static struct pool *p;
static const struct provider_account account = {
	.provider = &cloud, .url = BASE, .key = "T", .phone_number_id = "100"
};

/* Its proof is that of RFC 4231's way: HMAC-SHA256, the secret is the key. */
static const struct provider_account proven = { .provider = &cloud,
	.url = BASE "/",
	.key = "what do ya want for nothing?",
	.phone_number_id = "100",
	.waba_id = "200",
	.app_secret = "Jefe" };
#define RFC_4231                                                               \
	"5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"

static const struct outgoing text = { .type = "text",
	.content = "{\"body\":\"Hi\"}" };

static void
requests_name_the_number_and_carry_the_token(void **state)
{
	const struct provider_recipient who = { .phone = "+16505551234" };
	struct client_request r;

	(void)state;
	cloud.send(p, &account, &text, &who, "w-1", &r);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.url, BASE "/100/messages");
	assert_string_equal(r.headers[0], "Authorization: Bearer T");
	assert_string_equal(r.body,
	    "{\"messaging_product\":\"whatsapp\",\"recipient_type\":"
	    "\"individual\",\"to\":\"+16505551234\",\"type\":\"text\","
	    "\"text\":{\"body\":\"Hi\"},"
	    "\"biz_opaque_callback_data\":\"w-1\"}");
	cloud.mark_read(p, &account, "wamid.X", 0, &r);
	assert_string_equal(r.url, BASE "/100/messages");
	assert_string_equal(r.body,
	    "{\"messaging_product\":\"whatsapp\",\"status\":\"read\","
	    "\"message_id\":\"wamid.X\"}");
	cloud.upload(p, &account, "/f", "a.png", "image/png", &r);
	assert_string_equal(r.url, BASE "/100/media");
	assert_string_equal(r.form[0].name, "messaging_product");
	assert_string_equal(r.form[1].value, "image/png");
	cloud.block(p, &account, &who, 1, &r);
	assert_string_equal(r.url, BASE "/100/block_users");
	cloud.media_address(p, &account, "12/../3", &r);
	assert_string_equal(r.url, BASE "/12%2F..%2F3");
	assert_string_equal(r.method, "GET");
}

static void
the_proof_stands_in_the_query(void **state)
{
	const struct provider_recipient who = { .user_id = "US.1" };
	const struct provider_example example = { "/f", NULL, "a/b", 7 };
	struct client_request r;

	(void)state;
	cloud.send(p, &proven, &text, &who, NULL, &r);
	assert_string_equal(
	    r.url, BASE "/100/messages?appsecret_proof=" RFC_4231);
	cloud.media_address(p, &proven, "12", &r);
	assert_string_equal(r.url, BASE "/12?appsecret_proof=" RFC_4231);
	cloud.webhook(p, &proven, NULL, &r);
	assert_string_equal(r.url,
	    BASE "/100?fields=webhook_configuration&appsecret_proof=" RFC_4231);
	assert_int_equal(cloud.templates(p, &proven, "a=b", &r), 0);
	assert_string_equal(r.url, BASE
	    "/200/message_templates?after=a%3Db&appsecret_proof=" RFC_4231);
	assert_int_equal(cloud.templates(p, &account, NULL, &r), -1);
	assert_int_equal(cloud.template_create(p, &proven, "{\"a\":1}", &r), 0);
	assert_string_equal(
	    r.url, BASE "/200/message_templates?appsecret_proof=" RFC_4231);
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.body, "{\"a\":1}");
	assert_int_equal(cloud.template_delete(p, &proven, "a&b", &r), 0);
	assert_string_equal(r.url,
	    BASE "/200/message_templates?name=a%26b&appsecret_proof=" RFC_4231);
	assert_string_equal(r.method, "DELETE");
	cloud.example_begin(p, &proven, &example, &r);
	assert_string_equal(r.url,
	    BASE "/app/uploads?file_name=file&file_length=7&file_type=a%2Fb"
		 "&appsecret_proof=" RFC_4231);
	assert_int_equal(
	    cloud.example_file(p, &proven, &example, "upload:M?sig=A", &r), 0);
	assert_string_equal(
	    r.url, BASE "/upload:M?sig=A&appsecret_proof=" RFC_4231);
	assert_true(text_begins(r.headers[0], "Authorization: OAuth "));
	assert_int_equal(cloud.template_create(p, &account, "{}", &r), -1);
	assert_int_equal(cloud.template_delete(p, &account, "a", &r), -1);
	/* … and goes to the API only */
	assert_int_equal(
	    cloud.download(p, &proven, "https://lookaside.fbsbx.com/a?b", &r),
	    0);
	assert_null(strstr(r.url, "proof"));
}

static void
the_webhook_comes_with_the_verify_token(void **state)
{
	const struct provider_webhook w = { "https://w/x", NULL, "V" };
	struct client_request r;

	(void)state;
	cloud.webhook(p, &account, &w, &r);
	assert_string_equal(r.url, BASE "/100");
	assert_string_equal(r.body,
	    "{\"webhook_configuration\":{\"override_callback_uri\":"
	    "\"https://w/x\",\"verify_token\":\"V\"}}");
}

static struct provider_outcome
outcome(int status, const char *body)
{
	struct client_answer a = { .status = status,
		.reached = 1,
		.retry_after = -1,
		.body = body,
		.body_len = strlen(body) };
	struct provider_outcome o;

	cloud.outcome(p, &a, status != 200, &o);
	return o;
}

static void
the_nearest_webhook_counts(void **state)
{
	(void)state;
	assert_string_equal(
	    outcome(200, "{\"webhook_configuration\":{\"application\":\"a\","
			 "\"whatsapp_business_account\":\"b\","
			 "\"phone_number\":\"c\"},\"id\":\"100\"}")
		.url,
	    "c");
	assert_string_equal(
	    outcome(200, "{\"webhook_configuration\":{\"application\":\"a\","
			 "\"phone_number\":\"\"}}")
		.url,
	    "a");
	assert_null(outcome(200, "{\"id\":\"100\"}").url);
}

static void
answers_of_the_graph(void **state)
{
	static const struct {
		const char *error;
		enum provider_decision decision;
	} cases[] = {
		{ "\"code\":190,\"message\":\"Expired\"", PROVIDER_STOP },
		{ "\"code\":102,\"message\":\"Session\"", PROVIDER_STOP },
		{ "\"code\":4,\"message\":\"App limit\"", PROVIDER_SLOW },
		{ "\"code\":613,\"message\":\"Limit\"", PROVIDER_SLOW },
		{ "\"code\":131056,\"message\":\"Pair\"", PROVIDER_PAIR },
		{ "\"code\":131047,\"message\":\"Window\"", PROVIDER_REFUSED },
		{ "\"code\":2,\"message\":\"Away\"", PROVIDER_RETRY },
		{ "\"code\":100,\"message\":\"Invalid parameter\"",
		    PROVIDER_REFUSED },
		/* no message's fault */
		{ "\"code\":100,\"message\":\"Invalid appsecret_proof "
		  "provided in the API argument\"",
		    PROVIDER_STOP },
		{ "\"code\":100,\"message\":\"API calls from the server "
		  "require an appsecret_proof argument\"",
		    PROVIDER_STOP },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct provider_outcome o = outcome(
		    400, pool_printf(p, "{\"error\":{%s}}", cases[i].error));

		if (o.decision != cases[i].decision)
			fail_msg("%s: %d", cases[i].error, (int)o.decision);
	}
}

static void
the_token_stays_with_meta(void **state)
{
	static const struct {
		const char *url, *asked; /* NULL: refused */
	} urls[] = {
		{ "https://lookaside.fbsbx.com/whatsapp_business/attachments/"
		  "?mid=1&ext=2&hash=a%2Fb",
		    "https://lookaside.fbsbx.com/whatsapp_business/attachments/"
		    "?mid=1&ext=2&hash=a%2Fb" },
		{ "https:\\/\\/lookaside.fbsbx.com\\/a\\/?mid=1",
		    "https://lookaside.fbsbx.com/a/?mid=1" },
		{ "https://media.FBSBX.com/a#b", "https://media.FBSBX.com/a" },
		{ "https://graph.example/a?b", "https://graph.example/a?b" },
		{ "http://lookaside.fbsbx.com/a", NULL },
		{ "http://graph.example/a", NULL },
		{ "https://graph.example:444/a", NULL },
		{ "https://graph.example@evil.example/a", NULL },
		{ "https://graph.example.evil/a", NULL },
		{ "https://fbsbx.com.example.com/a", NULL },
		{ "https://evilfbsbx.com/a", NULL },
		{ "https://x@lookaside.fbsbx.com/a", NULL },
		{ "https://example.com\\.fbsbx.com/a", NULL },
		{ "https://lookaside.fbsbx.com:8080/a", NULL },
		{ "https://lookaside.fbsbx.com/a\r\nX: y", NULL },
		{ "file:///etc/passwd", NULL },
		{ "", NULL },
	};
	struct client_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		int rc = cloud.download(p, &account, urls[i].url, &r);

		if (rc != (urls[i].asked == NULL ? -1 : 0))
			fail_msg("%s: %d", urls[i].url, rc);
		if (rc == 0)
			assert_string_equal(r.url, urls[i].asked);
	}
}

static void
providers_are_found_by_name(void **state)
{
	(void)state;
	assert_string_equal(provider_find(NULL)->name, "360dialog");
	assert_ptr_equal(provider_find("cloud"), &cloud);
	assert_null(provider_find("Cloud"));
	assert_string_equal(provider_names(p), "360dialog, cloud");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(requests_name_the_number_and_carry_the_token),
		cmocka_unit_test(the_proof_stands_in_the_query),
		cmocka_unit_test(the_webhook_comes_with_the_verify_token),
		cmocka_unit_test(the_nearest_webhook_counts),
		cmocka_unit_test(answers_of_the_graph),
		cmocka_unit_test(the_token_stays_with_meta),
		cmocka_unit_test(providers_are_found_by_name),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
