/*
 * Many requests in one thread: libcurl's multi handle, which also keeps the
 * connections.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sysexits.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/pool.h"

#include "lib/http/client.h"
#include "lib/http/client_call.h"

#define KEPT_MAX 64L /* idle connections */

struct client {
	CURLM *multi;
	char *user_agent;
	struct client_call *calls;
	int n;
	int closing;
};

/* Its loop goes on, or the program ends. */
static void
must(CURLMcode rc)
{
	if (rc != CURLM_OK)
		die(EX_SOFTWARE, "libcurl cannot go on: %s",
		    curl_multi_strerror(rc));
}

static pthread_once_t started = PTHREAD_ONCE_INIT;

static void
start_libcurl(void)
{
	CURLcode rc = curl_global_init(CURL_GLOBAL_DEFAULT);

	if (rc != CURLE_OK)
		die(EX_SOFTWARE,
		    "libcurl cannot be set up, or has no memory: "
		    "%s",
		    curl_easy_strerror(rc));
}

struct client *
client_open(const char *user_agent)
{
	struct client *f = xcalloc(sizeof(*f));

	pthread_once(&started, start_libcurl);
	f->multi = curl_multi_init();
	if (f->multi == NULL)
		die(EX_OSERR, "libcurl gives no handle: no memory");
	curl_multi_setopt(f->multi, CURLMOPT_MAXCONNECTS, KEPT_MAX);
	f->user_agent = user_agent == NULL ? NULL : xstrdup(user_agent);
	return f;
}

/* Takes C out of the list before its DONE, which may begin another. */
static void
finish_request(struct client *f, struct client_call *c, CURLcode code)
{
	curl_multi_remove_handle(f->multi, c->easy);
	if (c->prev != NULL)
		c->prev->next = c->next;
	else
		f->calls = c->next;
	if (c->next != NULL)
		c->next->prev = c->prev;
	f->n--;
	client_call_finish(c, code);
	client_call_free(c);
}

void
client_close(struct client *f)
{
	if (f == NULL)
		return;
	f->closing = 1;
	while (f->calls != NULL)
		finish_request(f, f->calls, CURLE_ABORTED_BY_CALLBACK);
	curl_multi_cleanup(f->multi);
	free(f->user_agent);
	free(f);
}

int
client_start(struct client *f, const struct client_request *request,
    client_done *done, void *arg)
{
	struct client_call *c;

	if (f->closing)
		return -1;
	c = client_call_new(request, f->user_agent);
	if (c == NULL)
		return -1;
	c->done = done;
	c->arg = arg;
	if (curl_multi_add_handle(f->multi, c->easy) != CURLM_OK) {
		log_warn("libcurl takes no request");
		client_call_free(c);
		return -1;
	}
	c->next = f->calls;
	if (c->next != NULL)
		c->next->prev = c;
	f->calls = c;
	f->n++;
	return 0;
}

/* DONE for all that are through: how many. */
static int
finish_ready(struct client *f)
{
	struct CURLMsg *m;
	int left, n = 0;

	while ((m = curl_multi_info_read(f->multi, &left)) != NULL) {
		struct client_call *c = NULL;
		CURLcode code = m->data.result;

		if (m->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(m->easy_handle, CURLINFO_PRIVATE, &c);
		finish_request(f, c, code);
		n++;
	}
	return n;
}

int
client_run(struct client *f, int fd, int timeout_ms)
{
	int64_t end = clock_ticks_ms() + timeout_ms, left = timeout_ms;
	struct curl_waitfd own = { .fd = fd, .events = CURL_WAIT_POLLIN };
	int running;

	for (;;) {
		must(curl_multi_perform(f->multi, &running));
		if (finish_ready(f) > 0 || own.revents != 0 || left <= 0)
			break;
		must(
		    curl_multi_poll(f->multi, &own, fd != -1, (int)left, NULL));
		left = end - clock_ticks_ms();
	}
	return f->n;
}

int
client_count(const struct client *f)
{
	return f->n;
}

int
client_once(const struct client_request *request, client_done *done, void *arg)
{
	struct client *f = client_open(NULL);
	int rc = client_start(f, request, done, arg);

	while (rc == 0 && client_run(f, -1, 1000) > 0)
		;
	client_close(f);
	return rc;
}
