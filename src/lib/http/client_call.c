/*
 * One request through libcurl.
 *
 * HTTP/1.1 only, no redirects, no proxies, no cookies: what was asked for is
 * what goes out, once.  libcurl asks again by itself when a kept connection
 * ends without an answer; the other side may have acted by then, so a request
 * that is not repeatable is stopped instead (see before_request).
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#include "base/log.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/http/client_call.h"

#define MEMORY_MAX (1024 * 1024)
#define CONNECT_MS 10000
#define TOTAL_MS   60000
#define SLOW_BYTES 100 /* a second; a download that has less … */
#define SLOW_S	   15  /* … for so long is broken off */

/* https, or http to this machine: 1, or 0, said. */
static int
may_go_to(const char *url)
{
	CURLU *u = curl_url();
	char *scheme = NULL, *host = NULL;
	CURLUcode rc = CURLUE_OUT_OF_MEMORY;
	int ok = 0;

	if (u != NULL)
		rc = curl_url_set(u, CURLUPART_URL, url, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_SCHEME, &scheme, 0);
	if (rc == CURLUE_OK)
		rc = curl_url_get(u, CURLUPART_HOST, &host, 0);
	if (rc == CURLUE_OUT_OF_MEMORY)
		die(EX_OSERR, "out of memory");
	if (rc != CURLUE_OK)
		log_warn("cannot fetch: not a URL");
	else if (text_is(scheme, "https") ||
		 (text_is(scheme, "http") &&
		     (text_is(host, "127.0.0.1") || text_is(host, "[::1]") ||
			 text_is(host, "localhost"))))
		ok = 1;
	else
		log_warn("cannot fetch: its address is not https");
	curl_free(scheme);
	curl_free(host);
	curl_url_cleanup(u);
	return ok;
}

/* 0, or -1 when it is more than is wanted. */
static int
keep(struct client_call *c, const char *s, size_t len)
{
	size_t want = c->body_len + len + 1;

	if (want > MEMORY_MAX)
		return -1;
	if (want > c->body_cap) {
		size_t cap = want < 4096 ? 4096 : 2 * want;
		char *p = realloc(c->body, cap);

		if (p == NULL)
			die(EX_OSERR, "out of memory");
		c->body = p;
		c->body_cap = cap;
	}
	memcpy(c->body + c->body_len, s, len);
	c->body_len += len;
	c->body[c->body_len] = '\0';
	return 0;
}

static size_t
on_body(char *s, size_t size, size_t n, void *arg)
{
	struct client_call *c = arg;
	curl_off_t promised = -1;
	size_t len = size * n;
	long status = 0;

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(
	    c->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &promised);
	c->got_len += (int64_t)len;
	c->too_long = c->got_len > c->max_len || promised > c->max_len;
	if (c->too_long)
		return 0;
	if (c->sink != NULL && status >= 200 && status < 300)
		c->too_long = c->sink(c->arg, s, len) != 0;
	else
		c->too_long = keep(c, s, len) != 0;
	return c->too_long ? 0 : len;
}

/* A connection that another request has made is used again: may this one reach
 * where it leads to? */
static int
may_use(struct client_call *c, const char *ip)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6 };
	struct sockaddr_in v4 = { .sin_family = AF_INET };
	const struct sockaddr *address = NULL;

	if (inet_pton(AF_INET, ip, &v4.sin_addr) == 1)
		address = (const struct sockaddr *)&v4;
	else if (inet_pton(AF_INET6, ip, &v6.sin6_addr) == 1)
		address = (const struct sockaddr *)&v6;
	c->refused = address == NULL || !c->may_reach(c->reach_arg, address);
	return !c->refused;
}

/*
 * A connection stands and the request is about to go out.  When some of it
 * went out before, this is libcurl's second try.
 */
static int
before_request(void *arg, char *ip, char *local_ip, int port, int local_port)
{
	struct client_call *c = arg;
	long sent = 0;

	(void)local_ip, (void)port, (void)local_port;
	if (c->may_reach != NULL && !may_use(c, ip))
		return CURL_PREREQFUNC_ABORT;
	curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
	return sent > 0 && !c->repeatable ? CURL_PREREQFUNC_ABORT
					  : CURL_PREREQFUNC_OK;
}

/* For a URL that others chose: looks at the address just before the connection,
 * so that no name resolves to another one in between. */
static curl_socket_t
open_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct client_call *c = arg;

	if (purpose != CURLSOCKTYPE_IPCXN ||
	    !c->may_reach(c->reach_arg, &a->addr)) {
		c->refused = 1;
		return CURL_SOCKET_BAD;
	}
	c->allowed = 1;
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static int
add_header(struct client_call *c, const char *line)
{
	struct curl_slist *list;

	if (strpbrk(line, "\r\n") != NULL) {
		log_warn("cannot fetch: a header with a line break");
		return -1;
	}
	list = curl_slist_append(c->headers, line);
	if (list == NULL)
		die(EX_OSERR, "out of memory");
	c->headers = list;
	return 0;
}

static int
set_headers(struct client_call *c, const struct client_request *request)
{
	const char *const *line = request->headers;

	for (; line != NULL && *line != NULL; line++)
		if (add_header(c, *line) != 0)
			return -1;
	if (add_header(c, "Expect:") != 0) /* no waiting for "100 Continue" */
		return -1;
	curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	return 0;
}

/* libcurl copies what it is told; a request without it must not go out. */
static void
copied(CURLcode rc)
{
	if (rc != CURLE_OK)
		die(EX_OSERR, "libcurl: %s", curl_easy_strerror(rc));
}

static void
set_form(struct client_call *c, const struct client_request *request)
{
	const struct client_field *field = request->form;
	curl_mimepart *part;

	c->mime = curl_mime_init(c->easy);
	for (; field->name != NULL; field++) {
		part = curl_mime_addpart(c->mime);
		copied(curl_mime_name(part, field->name));
		copied(
		    curl_mime_data(part, field->value, CURL_ZERO_TERMINATED));
	}
	if (request->file_path != NULL) {
		part = curl_mime_addpart(c->mime);
		copied(curl_mime_name(part, "file"));
		curl_mime_filedata(part, request->file_path);
		copied(curl_mime_filename(part, request->file_name));
		copied(curl_mime_type(part, request->file_type));
	}
	copied(curl_easy_setopt(c->easy, CURLOPT_MIMEPOST, c->mime));
}

/* The file as it is: 0; -1, said. */
static int
set_file(struct client_call *c, const struct client_request *request)
{
	struct stat st;

	c->file = fopen(request->file_path, "re");
	if (c->file == NULL || fstat(fileno(c->file), &st) == -1) {
		log_warn("a file cannot be read: %s", strerror(errno));
		return -1;
	}
	/* Without a function of ours libcurl reads and rewinds it itself. */
	curl_easy_setopt(c->easy, CURLOPT_READDATA, c->file);
	curl_easy_setopt(c->easy, CURLOPT_POST, 1L);
	curl_easy_setopt(
	    c->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)st.st_size);
	return 0;
}

static int
set_body(struct client_call *c, const struct client_request *request)
{
	const char *body = request->body;

	if (request->form != NULL) {
		set_form(c, request);
	} else if (request->file_path != NULL) {
		return set_file(c, request);
	} else if (body != NULL || text_is(request->method, "POST")) {
		curl_easy_setopt(c->easy, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)(body != NULL ? request->body_len : 0));
		copied(curl_easy_setopt(
		    c->easy, CURLOPT_COPYPOSTFIELDS, body != NULL ? body : ""));
	}
	if (!text_is(request->method, "GET") &&
	    !text_is(request->method, "POST"))
		copied(curl_easy_setopt(
		    c->easy, CURLOPT_CUSTOMREQUEST, request->method));
	return 0;
}

static void
set_limits(struct client_call *c, const struct client_request *request)
{
	long connect_ms = request->connect_ms, total_ms = request->total_ms;

	curl_easy_setopt(c->easy, CURLOPT_CONNECTTIMEOUT_MS,
	    connect_ms > 0 ? connect_ms : CONNECT_MS);
	curl_easy_setopt(
	    c->easy, CURLOPT_TIMEOUT_MS, total_ms > 0 ? total_ms : TOTAL_MS);
	if (request->sink != NULL) {
		curl_easy_setopt(
		    c->easy, CURLOPT_LOW_SPEED_LIMIT, (long)SLOW_BYTES);
		curl_easy_setopt(c->easy, CURLOPT_LOW_SPEED_TIME, (long)SLOW_S);
	}
	curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->easy, CURLOPT_FOLLOWLOCATION, 0L);
#if LIBCURL_VERSION_NUM >= 0x075500
	curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS_STR, "https,http");
#else
	curl_easy_setopt(c->easy, CURLOPT_PROTOCOLS,
	    (long)(CURLPROTO_HTTPS | CURLPROTO_HTTP));
#endif
	curl_easy_setopt(
	    c->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(
	    c->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	copied(
	    curl_easy_setopt(c->easy, CURLOPT_PROXY, "")); /* not even of env */
}

static void
set_callbacks(struct client_call *c)
{
	curl_easy_setopt(c->easy, CURLOPT_PRIVATE, c);
	curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->error);
	curl_easy_setopt(c->easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(c->easy, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(c->easy, CURLOPT_PREREQFUNCTION, before_request);
	curl_easy_setopt(c->easy, CURLOPT_PREREQDATA, c);
	if (c->may_reach != NULL) {
		curl_easy_setopt(
		    c->easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
		curl_easy_setopt(c->easy, CURLOPT_OPENSOCKETDATA, c);
	}
}

struct client_call *
client_call_new(const struct client_request *request, const char *user_agent)
{
	struct client_call *c;

	if (request->may_reach == NULL && !may_go_to(request->url))
		return NULL;
	c = xcalloc(sizeof(*c));
	c->easy = curl_easy_init();
	if (c->easy == NULL)
		die(EX_OSERR, "libcurl gives no handle: no memory");
	c->sink = request->sink;
	c->max_len = request->max_len > 0 ? request->max_len : MEMORY_MAX;
	c->repeatable = request->repeatable || text_is(request->method, "GET");
	c->may_reach = request->may_reach;
	c->reach_arg = request->reach_arg;
	copied(curl_easy_setopt(c->easy, CURLOPT_URL, request->url));
	if (user_agent != NULL)
		curl_easy_setopt(c->easy, CURLOPT_USERAGENT, user_agent);
	set_limits(c, request);
	set_callbacks(c);
	if (set_body(c, request) != 0 || set_headers(c, request) != 0) {
		client_call_free(c);
		return NULL;
	}
	return c;
}

void
client_call_free(struct client_call *c)
{
	if (c == NULL)
		return;
	curl_easy_cleanup(c->easy);
	curl_mime_free(c->mime);
	if (c->file != NULL)
		fclose(c->file);
	curl_slist_free_all(c->headers);
	free(c->body);
	free(c);
}

/* The header Date, RFC 9110, 6.6.1. */
static int64_t
date_of(struct client_call *c)
{
	struct curl_header *h;
	time_t at;

	if (curl_easy_header(c->easy, "Date", 0, CURLH_HEADER, -1, &h) !=
	    CURLHE_OK)
		return 0;
	at = curl_getdate(h->value, NULL);
	return at == -1 ? 0 : (int64_t)at;
}

void
client_call_finish(struct client_call *c, CURLcode code)
{
	struct client_answer answer = { .retry_after = -1 };
	curl_off_t after = 0;
	long status = 0, sent = 0;
	char *type = NULL;

	curl_easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE, &status);
	curl_easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl_easy_getinfo(c->easy, CURLINFO_CONTENT_TYPE, &type);
	curl_easy_getinfo(c->easy, CURLINFO_RETRY_AFTER, &after);
	answer.status = status >= 200 ? (int)status : 0;
	answer.reached = sent > 0 || answer.status != 0;
	answer.too_long = c->too_long;
	answer.refused = c->refused && !c->allowed;
	if (code != CURLE_OK)
		answer.error =
		    c->error[0] != '\0' ? c->error : curl_easy_strerror(code);
	answer.type = type;
	answer.date = date_of(c);
	if (after > 0)
		answer.retry_after = after;
	answer.body = c->body != NULL ? c->body : "";
	answer.body_len = c->body_len;
	c->done(c->arg, &answer);
}
