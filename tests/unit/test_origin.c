/*
 * From where a request comes, and its cookie: as CGI has them, in the
 * environment.
 */
#include "unit.h"

#include "base/config.h"
#include "base/pool.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/request.h"

#include "api/action.h"
#include "api/cookie.h"
#include "api/origin.h"

static struct request cgi;

static int
begin(void **state)
{
	static const char *const names[] = { "HTTP_HOST", "HTTP_ORIGIN",
		"HTTP_SEC_FETCH_SITE", "HTTP_COOKIE", "HTTP_X_FORWARDED_FOR" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	memset(&cgi, 0, sizeof(cgi));
	cgi.fd = -1;
	cgi.http = (struct http_request){ .pool = pool_new(),
		.method = "POST",
		.remote = "203.0.113.7",
		.transport = &cgi };
	*state = &cgi.http;
	return 0;
}

static int
end(void **state)
{
	struct http_request *request = *state;

	pool_free(request->pool);
	return 0;
}

static void
our_own_pages_are_known_by_the_browsers_word(void **state)
{
	static const struct {
		const char *site, *origin, *host;
		enum origin found;
	} cases[] = {
		{ NULL, NULL, "inbox.example", ORIGIN_UNSAID },
		{ "same-origin", NULL, "inbox.example", ORIGIN_SAME },
		{ "same-site", NULL, "inbox.example", ORIGIN_OTHER },
		{ "cross-site", "https://inbox.example", "inbox.example",
		    ORIGIN_OTHER },
		{ "none", NULL, "inbox.example", ORIGIN_OTHER },
		{ NULL, "https://inbox.example", "inbox.example", ORIGIN_SAME },
		{ NULL, "https://INBOX.example", "inbox.example", ORIGIN_SAME },
		{ NULL, "http://127.0.0.1:8080", "127.0.0.1:8080",
		    ORIGIN_SAME },
		{ NULL, "https://inbox.example.evil", "inbox.example",
		    ORIGIN_OTHER },
		{ NULL, "https://evil", "inbox.example", ORIGIN_OTHER },
		{ NULL, "null", "inbox.example", ORIGIN_OTHER },
		{ NULL, "", "", ORIGIN_OTHER },
		{ NULL, "https://", NULL, ORIGIN_OTHER },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		begin(state);
		if (cases[i].site != NULL)
			setenv("HTTP_SEC_FETCH_SITE", cases[i].site, 1);
		if (cases[i].origin != NULL)
			setenv("HTTP_ORIGIN", cases[i].origin, 1);
		if (cases[i].host != NULL)
			setenv("HTTP_HOST", cases[i].host, 1);
		assert_int_equal(origin_of(*state), cases[i].found);
	}
}

static const char *
get(struct http_request *request, const char *cookie)
{
	setenv("HTTP_COOKIE", cookie, 1);
	return cookie_get(request, request->pool);
}

static void
the_cookie_is_found_among_others(void **state)
{
	struct http_request *request = *state;

	request->tls = 1;
	assert_null(cookie_get(request, request->pool));
	assert_string_equal(get(request, "__Host-waspool=ws_1"), "ws_1");
	assert_string_equal(
	    get(request, "a=b; __Host-waspool=ws_1; c=d"), "ws_1");
	assert_string_equal(get(request, ";; __Host-waspool=ws_1;"), "ws_1");
	assert_null(get(request, "x__Host-waspool=ws_1"));
	assert_null(get(request, "__Host-waspool2=ws_1"));
	assert_null(get(request, "a=__Host-waspool=ws_1"));
	assert_null(get(request, "=; ;=;"));
}

/* Another site of the domain could have set it. */
static void
the_plain_name_counts_on_this_machine_only(void **state)
{
	struct http_request *request = *state;

	setenv("HTTP_HOST", "127.0.0.1:8080", 1);
	assert_null(get(request, "waspool=ws_1"));
	request->remote = "127.0.0.1";
	assert_string_equal(get(request, "waspool=ws_1"), "ws_1");
	setenv("HTTP_X_FORWARDED_FOR", "203.0.113.7", 1);
	assert_null(get(request, "waspool=ws_1"));
	unsetenv("HTTP_X_FORWARDED_FOR");
	setenv("HTTP_HOST", "127.0.0.1.evil.example", 1);
	assert_null(get(request, "waspool=ws_1"));
	setenv("HTTP_HOST", "localhost", 1);
	assert_string_equal(get(request, "waspool=ws_1"), "ws_1");
	request->tls = 1;
	assert_null(get(request, "waspool=ws_1"));
}

static void
it_is_set_over_tls_or_on_this_machine(void **state)
{
	struct http_request *request = *state;
	struct http_answer answer = { .status = 200 };
	struct config config = { .url = NULL };
	struct action a = { .pool = request->pool,
		.request = request,
		.answer = &answer,
		.config = &config };

	setenv("HTTP_HOST", "inbox.example", 1);
	assert_int_equal(cookie_may(request, &config), 0);
	config.url = "http://inbox.example";
	assert_int_equal(cookie_may(request, &config), 0);
	config.url = "https://inbox.example";
	assert_int_equal(cookie_may(request, &config), 1);
	cookie_set(&a, "ws_1");
	assert_string_equal(answer.headers,
	    "Set-Cookie: __Host-waspool=ws_1; Path=/; HttpOnly; SameSite=Lax;"
	    " Secure; Max-Age=34560000\r\n");
	config.url = NULL;
	setenv("HTTP_HOST", "localhost:8080", 1);
	request->remote = "::1";
	assert_int_equal(cookie_may(request, &config), 1);
	answer.headers = NULL;
	cookie_set(&a, NULL);
	assert_string_equal(answer.headers,
	    "Set-Cookie: waspool=; Path=/; HttpOnly; SameSite=Lax;"
	    " Max-Age=0\r\n");
}

#define T(f) cmocka_unit_test_setup_teardown(f, begin, end)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(our_own_pages_are_known_by_the_browsers_word),
		T(the_cookie_is_found_among_others),
		T(the_plain_name_counts_on_this_machine_only),
		T(it_is_set_over_tls_or_on_this_machine),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
