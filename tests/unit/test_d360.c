#include "unit.h"

#include "base/pool.h"

#include "lib/http/client.h"

#include "whatsapp/outgoing.h"
#include "whatsapp/provider/d360.h"
#include "whatsapp/provider/provider.h"

static struct pool *p;
static const struct provider_account account = {
	.provider = &d360, .url = "https://waba.example/", .key = "K"
};

static struct provider_outcome
outcome(int status, const char *body, int sent)
{
	struct client_answer a = { .status = status,
		.reached = 1,
		.retry_after = -1,
		.body = body,
		.body_len = strlen(body) };
	struct provider_outcome o;

	d360.outcome(p, &a, sent, &o);
	return o;
}

static const struct {
	const char *name;
	int status;
	const char *body;
	enum provider_decision sent, asked; /* after a send, after all else */
	int code;
	const char *title, *detail;
} cases[] = {
	{ "graph", 400,
	    "{\"error\":{\"message\":\"(#130429) Rate limit hit\","
	    "\"type\":\"OAuthException\",\"code\":130429,\"error_data\":"
	    "{\"messaging_product\":\"whatsapp\",\"details\":\"Too much.\"}}}",
	    PROVIDER_SLOW, PROVIDER_SLOW, 130429, "Rate limit hit",
	    "Too much." },
	{ "error_data is a text", 400,
	    "{\"error\":{\"message\":\"Bad\",\"code\":\"131009\","
	    "\"error_data\":\"why\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 131009, "Bad", "why" },
	{ "no error_data", 400,
	    "{\"error\":{\"message\":\"(#131047)\",\"code\":131047,"
	    "\"error_user_title\":\"T\",\"error_user_msg\":\"M\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 131047, "(#131047)", "M" },
	{ "a customer who is not blocked", 400,
	    "{\"block_users\":{\"added_users\":[],\"failed_users\":[null,"
	    "{\"input\":\"+1\",\"errors\":[{\"code\":131047,\"message\":"
	    "\"Re-engagement required\",\"error_data\":{\"details\":"
	    "\"24 h\"}}]}]},\"error\":{\"code\":139100,\"message\":\"Some\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 131047,
	    "Re-engagement required", "24 h" },
	{ "nor when it is said with 200", 200,
	    "{\"block_users\":{\"failed_users\":[{\"errors\":[{\"code\":"
	    "139103,\"message\":\"Internal error\"}]}]}}",
	    PROVIDER_RETRY, PROVIDER_RETRY, 139103, "Internal error",
	    "Internal error" },
	{ "pair", 400, "{\"error\":{\"code\":131056,\"message\":\"Pair\"}}",
	    PROVIDER_PAIR, PROVIDER_PAIR, 131056, "Pair", "Pair" },
	{ "with 200", 200, "{\"error\":{\"code\":131056,\"message\":\"P\"}}",
	    PROVIDER_PAIR, PROVIDER_PAIR, 131056, "P", "P" },
	{ "code 0", 401, "{\"error\":{\"code\":0,\"message\":\"Auth\"}}",
	    PROVIDER_STOP, PROVIDER_STOP, 0, "Auth", "Auth" },
	{ "account locked", 403, "{\"error\":{\"code\":131031}}", PROVIDER_STOP,
	    PROVIDER_STOP, 131031, NULL, NULL },
	{ "permission", 403, "{\"error\":{\"code\":219}}", PROVIDER_STOP,
	    PROVIDER_STOP, 219, NULL, NULL },
	{ "their trouble", 500, "{\"error\":{\"code\":131000}}", PROVIDER_RETRY,
	    PROVIDER_RETRY, 131000, NULL, NULL },
	{ "the code, not the status", 500, "{\"error\":{\"code\":131026}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 131026, NULL, NULL },
	{ "passing", 400, "{\"error\":{\"code\":777777,\"is_transient\":true}}",
	    PROVIDER_RETRY, PROVIDER_RETRY, 777777, NULL, NULL },
	{ "spam", 400, "{\"error\":{\"code\":131048}}", PROVIDER_SLOW,
	    PROVIDER_SLOW, 131048, NULL, NULL },
	{ "template", 400, "{\"error\":{\"code\":132001}}", PROVIDER_REFUSED,
	    PROVIDER_REFUSED, 132001, NULL, NULL },
	{ "not registered", 400, "{\"error\":{\"code\":133010}}", PROVIDER_STOP,
	    PROVIDER_STOP, 133010, NULL, NULL },
	{ "360dialog with Meta inside", 400,
	    "{\"meta\":{\"success\":false,\"http_code\":400,"
	    "\"developer_message\":\"Invalid payload ({\\\"error\\\":{"
	    "\\\"message\\\":\\\"Invalid parameter\\\",\\\"code\\\":100}})\","
	    "\"360dialog_trace_id\":\"T\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 100, "Invalid parameter",
	    "Invalid parameter" },
	{ "360dialog with a broken one", 400,
	    "{\"meta\":{\"success\":false,"
	    "\"developer_message\":\"Oh ({\\\"error\\\":{)}\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 400, "Oh ({\"error\":{)}",
	    NULL },
	{ "360dialog's words", 401,
	    "{\"meta\":{\"developer_message\":\"Invalid api token\"}}",
	    PROVIDER_STOP, PROVIDER_STOP, 401, "Invalid api token", NULL },
	{ "360dialog's own status", 400,
	    "{\"meta\":{\"success\":false,\"http_code\":429,"
	    "\"developer_message\":\"Too many\"}}",
	    PROVIDER_SLOW, PROVIDER_SLOW, 429, "Too many", NULL },
	{ "360dialog's own status, no words", 200,
	    "{\"meta\":{\"success\":false,\"http_code\":401}}", PROVIDER_STOP,
	    PROVIDER_STOP, 401, "HTTP 401", NULL },
	{ "on-premise", 400,
	    "{\"errors\":[null,{\"code\":1013,\"title\":\"User is not valid\","
	    "\"details\":\"No.\"}],\"meta\":{\"version\":\"2.x\"}}",
	    PROVIDER_REFUSED, PROVIDER_REFUSED, 1013, "User is not valid",
	    "No." },
	{ "on-premise, too many", 429,
	    "{\"errors\":[{\"code\":1015,\"title\":\"Too many\"}]}",
	    PROVIDER_SLOW, PROVIDER_SLOW, 1015, "Too many", NULL },
	{ "a text in error", 429, "{\"error\":\"plain string\"}", PROVIDER_SLOW,
	    PROVIDER_SLOW, 429, "plain string", NULL },
	{ "plain text", 503, "upstream is away\n", PROVIDER_RETRY,
	    PROVIDER_RETRY, 503, "HTTP 503", "upstream is away" },
	{ "a page", 502, " <html><head><TITLE>502\nBad Gateway</title></html>",
	    PROVIDER_UNKNOWN, PROVIDER_RETRY, 502, "HTTP 502",
	    "502 Bad Gateway" },
	{ "a page without title", 429, "<h1>Slow</h1>", PROVIDER_SLOW,
	    PROVIDER_SLOW, 429, "HTTP 429", NULL },
	{ "nothing", 403, "", PROVIDER_STOP, PROVIDER_STOP, 403, "HTTP 403",
	    NULL },
	{ "nothing there", 404, "", PROVIDER_REFUSED, PROVIDER_REFUSED, 404,
	    "HTTP 404", NULL },
	{ "the edge gave up", 504, "", PROVIDER_UNKNOWN, PROVIDER_RETRY, 504,
	    "HTTP 504", NULL },
	{ "elsewhere", 302, "", PROVIDER_UNKNOWN, PROVIDER_RETRY, 302,
	    "HTTP 302", NULL },
	{ "not UTF-8", 500, "\xff\xfe", PROVIDER_UNKNOWN, PROVIDER_RETRY, 500,
	    "HTTP 500", "\xef\xbf\xbd\xef\xbf\xbd" },
	{ "empty error", 400, "{\"error\":{},\"errors\":[]}", PROVIDER_REFUSED,
	    PROVIDER_REFUSED, 400, "HTTP 400", NULL },
	{ "empty lists", 200, "{\"messages\":[],\"contacts\":[]}",
	    PROVIDER_UNKNOWN, PROVIDER_DONE, 200, "An unreadable answer",
	    NULL },
	{ "nulls", 200, "{\"messages\":[null],\"contacts\":[null]}",
	    PROVIDER_UNKNOWN, PROVIDER_DONE, 200, "An unreadable answer",
	    NULL },
	{ "no JSON", 200, "<html>ok</html>", PROVIDER_UNKNOWN, PROVIDER_RETRY,
	    200, "An unreadable answer", NULL },
	{ "no body", 200, "", PROVIDER_UNKNOWN, PROVIDER_DONE, 200,
	    "An unreadable answer", NULL },
	{ "meta alone", 200, "{\"meta\":{\"version\":\"2\"}}", PROVIDER_UNKNOWN,
	    PROVIDER_DONE, 200, "An unreadable answer", NULL },
	{ "meta of success", 200,
	    "{\"meta\":{\"success\":true,\"developer_message\":\"ok\"}}",
	    PROVIDER_UNKNOWN, PROVIDER_DONE, 200, "An unreadable answer",
	    NULL },
};

static void
same_text(const char *a, const char *b)
{
	if (b == NULL)
		assert_null(a);
	else
		assert_string_equal(a, b);
}

static void
answers_mean(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct provider_outcome s =
		    outcome(cases[i].status, cases[i].body, 1);
		struct provider_outcome o =
		    outcome(cases[i].status, cases[i].body, 0);

		if (s.decision != cases[i].sent || o.decision != cases[i].asked)
			fail_msg("%s: %d, %d", cases[i].name, (int)s.decision,
			    (int)o.decision);
		if (s.code != cases[i].code)
			fail_msg("%s: code %d", cases[i].name, s.code);
		same_text(s.title, cases[i].title);
		same_text(s.detail, cases[i].detail);
		assert_non_null(s.error);
	}
}

static void
no_answer_is_unknown_only_after_a_send(void **state)
{
	struct client_answer a = { .reached = 1,
		.retry_after = -1,
		.error = "Timeout was reached",
		.body = "" };
	struct provider_outcome o;

	(void)state;
	d360.outcome(p, &a, 1, &o);
	assert_int_equal(o.decision, PROVIDER_UNKNOWN);
	assert_string_equal(o.error, "{\"code\":null,\"title\":\"No answer\","
				     "\"detail\":\"Timeout was reached\"}");
	d360.outcome(p, &a, 0, &o);
	assert_int_equal(o.decision, PROVIDER_RETRY);
	a.reached = 0;
	d360.outcome(p, &a, 1, &o);
	assert_int_equal(o.decision, PROVIDER_RETRY);
}

static void
a_customer_is_blocked_when_nobody_failed(void **state)
{
	(void)state;
	assert_int_equal(
	    outcome(200, "{\"block_users\":{\"added_users\":[{}]}}", 0).blocked,
	    1);
	assert_int_equal(
	    outcome(200, "{\"block_users\":{\"removed_users\":[]}}", 0).blocked,
	    1);
	assert_int_equal(
	    outcome(200, "{\"block_users\":{\"failed_users\":[{}]}}", 0)
		.blocked,
	    0);
	assert_int_equal(outcome(200, "{\"success\":true}", 0).blocked, 0);
	assert_int_equal(outcome(200, "{\"block_users\":[]}", 0).blocked, 0);
}

static void
a_send_is_taken(void **state)
{
	struct provider_outcome o = outcome(200,
	    "{\"contacts\":[null,{\"input\":\"+16505551234\","
	    "\"wa_id\":\"16505551234\"}],\"messages\":[null,{\"id\":"
	    "\"wamid.X\",\"message_status\":\"accepted\"}]}",
	    1);

	(void)state;
	assert_int_equal(o.decision, PROVIDER_DONE);
	assert_string_equal(o.wamid, "wamid.X");
	assert_string_equal(o.input, "+16505551234");
	assert_string_equal(o.wa_id, "16505551234");
	assert_null(o.user_id);
	assert_null(o.error);
	assert_int_equal(o.retry_after, -1);
	assert_int_equal(o.size, -1);
}

/* What arrived of it says enough. */
static void
half_an_answer(void **state)
{
	const char *whole = "{\"messages\":[{\"id\":\"wamid.X\"}]}";
	struct client_answer a = { .status = 200,
		.reached = 1,
		.error = "transfer closed",
		.retry_after = 7,
		.body = whole,
		.body_len = strlen(whole) };
	struct provider_outcome o;

	(void)state;
	d360.outcome(p, &a, 1, &o);
	assert_int_equal(o.decision, PROVIDER_DONE);
	a.body = "{\"messages\":[{\"id";
	a.body_len = strlen(a.body);
	d360.outcome(p, &a, 1, &o);
	assert_int_equal(o.decision, PROVIDER_UNKNOWN);
	d360.outcome(p, &a, 0, &o);
	assert_int_equal(o.decision, PROVIDER_RETRY);
	assert_int_equal(o.retry_after, 7);
	assert_string_equal(o.detail, "transfer closed");
}

static void
media_is_told(void **state)
{
	struct provider_outcome o = outcome(200,
	    "{\"messaging_product\":\"whatsapp\",\"url\":\"https:\\/\\/l\","
	    "\"mime_type\":\"image/jpeg\",\"sha256\":"
	    "\"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\","
	    "\"file_size\":\"303833\",\"id\":2621233374848975}",
	    0);

	(void)state;
	assert_int_equal(o.decision, PROVIDER_DONE);
	assert_string_equal(o.url, "https://l");
	assert_string_equal(o.media_id, "2621233374848975");
	assert_int_equal(o.size, 303833);
	assert_string_equal(o.sha256,
	    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852"
	    "b855");
	assert_string_equal(
	    provider_sha256(p, "E3B0C44298FC1C149AFBF4C8996FB924"
			       "27AE41E4649B934CA495991B7852B855"),
	    o.sha256);
	assert_null(provider_sha256(p, "none"));
	assert_null(provider_sha256(p, NULL));
	o = outcome(200, "{\"media\":[{\"id\":\"m1\"}],\"meta\":{}}", 0);
	assert_string_equal(o.media_id, "m1");
}

static void
a_request_names_its_recipient(void **state)
{
	static const struct outgoing text = { .type = "text",
		.content = "{\"body\":\"Hi\"}" };
	struct provider_recipient who = { .phone = "+16505551234",
		.user_id = "US.1" };
	struct client_request r;

	(void)state;
	d360.send(p, &account, &text, &who, "waspool-1", &r);
	assert_string_equal(r.url, "https://waba.example/messages");
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.headers[0], "D360-API-KEY: K");
	assert_string_equal(r.body,
	    "{\"messaging_product\":\"whatsapp\",\"recipient_type\":"
	    "\"individual\",\"to\":\"+16505551234\",\"type\":\"text\","
	    "\"text\":{\"body\":\"Hi\"},"
	    "\"biz_opaque_callback_data\":\"waspool-1\"}");
	assert_int_equal(r.body_len, strlen(r.body));
	assert_true(r.connect_ms > 0 && r.total_ms > 0 && r.max_len > 0);
	who.phone = "16505551234";
	d360.send(p, &account, &text, &who, NULL, &r);
	assert_non_null(strstr(r.body, "\"to\":\"+16505551234\""));
	assert_null(strstr(r.body, "callback"));
	who.phone = NULL;
	d360.send(p, &account, &text, &who, NULL, &r);
	assert_non_null(strstr(r.body, "\"recipient\":\"US.1\""));
	assert_null(strstr(r.body, "\"to\""));
	who = (struct provider_recipient){ .group_id = "G1" };
	d360.send(p, &account, &text, &who, NULL, &r);
	assert_non_null(
	    strstr(r.body, "\"recipient_type\":\"group\",\"to\":\"G1\""));
}

static void
other_requests(void **state)
{
	const struct provider_example example = { "/f", "a&b", "image/png", 7 };
	struct client_request r;

	(void)state;
	d360.mark_read(p, &account, "wamid.X", 0, &r);
	assert_string_equal(r.body,
	    "{\"messaging_product\":\"whatsapp\",\"status\":\"read\","
	    "\"message_id\":\"wamid.X\"}");
	d360.mark_read(p, &account, "wamid.X", 1, &r);
	assert_non_null(
	    strstr(r.body, "\"typing_indicator\":{\"type\":\"text\"}"));
	d360.media_address(p, &account, "12/../3", &r);
	assert_string_equal(r.url, "https://waba.example/12%2F..%2F3");
	assert_string_equal(r.method, "GET");
	d360.upload(p, &account, "/f", "a.png", "image/png", &r);
	assert_string_equal(r.url, "https://waba.example/media");
	assert_string_equal(r.form[1].value, "image/png");
	assert_null(r.form[2].name);
	d360.templates(p, &account, NULL, &r);
	assert_string_equal(r.url, "https://waba.example/message_templates");
	d360.templates(p, &account, "a=b", &r);
	assert_string_equal(
	    r.url, "https://waba.example/message_templates?after=a%3Db");
	d360.block(p, &account,
	    &(struct provider_recipient){ "+1650", "US.1", NULL }, 1, &r);
	assert_string_equal(r.url, "https://waba.example/block_users");
	assert_string_equal(r.method, "POST");
	assert_string_equal(r.body,
	    "{\"messaging_product\":\"whatsapp\",\"block_users\":"
	    "[{\"user\":\"+1650\"}]}");
	d360.block(p, &account,
	    &(struct provider_recipient){ .user_id = "US.1" }, 0, &r);
	assert_string_equal(r.method, "DELETE");
	assert_non_null(strstr(r.body, "[{\"user_id\":\"US.1\"}]"));
	d360.template_create(p, &account, "{\"a\":1}", &r);
	assert_string_equal(r.url, "https://waba.example/v1/configs/templates");
	assert_string_equal(r.body, "{\"a\":1}");
	d360.template_delete(p, &account, "../a?b", &r);
	assert_string_equal(r.method, "DELETE");
	assert_string_equal(
	    r.url, "https://waba.example/v1/configs/templates/..%2Fa%3Fb");
	d360.example_begin(p, &account, &example, &r);
	assert_string_equal(r.url,
	    "https://waba.example/uploads?file_name=a%26b&file_length=7&"
	    "file_type=image%2Fpng");
	assert_string_equal(r.method, "POST");
	assert_int_equal(
	    d360.example_file(p, &account, &example, "upload:M=?sig=A", &r), 0);
	assert_string_equal(r.url, "https://waba.example/upload:M=?sig=A");
	assert_string_equal(r.file_path, "/f");
	assert_null(r.form);
	assert_int_equal(
	    d360.example_file(p, &account, &example, "upload:/../me", &r), -1);
	assert_int_equal(
	    d360.example_file(p, &account, &example, "messages", &r), -1);
	d360.webhook(p, &account, NULL, &r);
	assert_string_equal(r.url, "https://waba.example/v1/configs/webhook");
	d360.webhook(p, &account,
	    &(struct provider_webhook){
		.url = "https://w/x", .header = "Authorization: Bearer T" },
	    &r);
	assert_string_equal(r.body,
	    "{\"url\":\"https://w/x\","
	    "\"headers\":{\"Authorization\":\"Bearer T\"}}");
	d360.webhook(p, &account,
	    &(struct provider_webhook){ .url = "https://w/x", .header = NULL },
	    &r);
	assert_string_equal(r.body, "{\"url\":\"https://w/x\"}");
}

static void
the_key_stays_at_home(void **state)
{
	static const struct {
		const char *url, *asked; /* NULL: refused */
	} urls[] = {
		{ "https://lookaside.fbsbx.com/whatsapp_business/attachments/"
		  "?mid=1&ext=2&hash=a%2Fb",
		    "https://waba.example/whatsapp_business/attachments/"
		    "?mid=1&ext=2&hash=a%2Fb" },
		{ "https:\\/\\/lookaside.fbsbx.com\\/a\\/?mid=1",
		    "https://waba.example/a/?mid=1" },
		{ "https://media.FBSBX.com/a#b", "https://waba.example/a" },
		{ "https://mmg.whatsapp.net/a", "https://waba.example/a" },
		{ "https://waba.example/a?b", "https://waba.example/a?b" },
		{ "http://lookaside.fbsbx.com/a", NULL },
		{ "https://fbsbx.com.example.com/a", NULL },
		{ "https://evilfbsbx.com/a", NULL },
		{ "https://x@lookaside.fbsbx.com/a", NULL },
		{ "https://example.com/?.fbsbx.com/a", NULL },
		{ "https://example.com\\.fbsbx.com/a", NULL },
		{ "https://lookaside.fbsbx.com:8080/a", NULL },
		{ "https://lookaside.fbsbx.com", NULL },
		{ "https://lookaside.fbsbx.com?a", NULL },
		{ "https://lookaside.fbsbx.com/a b", NULL },
		{ "https://lookaside.fbsbx.com/a\r\nX: y", NULL },
		{ "https://waba.example.evil/a", NULL },
		{ "file:///etc/passwd", NULL },
		{ "", NULL },
	};
	struct client_request r;

	(void)state;
	for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
		int rc = d360.download(p, &account, urls[i].url, &r);

		if (rc != (urls[i].asked == NULL ? -1 : 0))
			fail_msg("%s: %d", urls[i].url, rc);
		if (rc == 0)
			assert_string_equal(r.url, urls[i].asked);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_mean),
		cmocka_unit_test(no_answer_is_unknown_only_after_a_send),
		cmocka_unit_test(a_customer_is_blocked_when_nobody_failed),
		cmocka_unit_test(a_send_is_taken),
		cmocka_unit_test(half_an_answer),
		cmocka_unit_test(media_is_told),
		cmocka_unit_test(a_request_names_its_recipient),
		cmocka_unit_test(other_requests),
		cmocka_unit_test(the_key_stays_at_home),
	};
	int rc;

	p = pool_new();
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	pool_free(p);
	return rc;
}
