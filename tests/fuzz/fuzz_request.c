/*
 * The whole API as one member sees it: any request is answered, never with
 * our own mistake, and never with a word of the other workspace.  A line of
 * input is METHOD, a blank and the address below /api/v1; a second one the
 * Content-Type; the rest the body.
 */
#include "fuzz.h"

#include "../unit/fixture.h"

#include "base/config.h"
#include "base/log.h"

#include "lib/fcgi/http.h"
#include "lib/fcgi/request.h"
#include "lib/json/json.h"

#include "session/session.h"

#include "api/resource/route_table.h"
#include "api/route.h"

#define RENEW_AFTER 2000 /* requests, so that what they add stays little */

extern char **environ;

static struct fixture *fx;
static struct config config;

static void
leave(void)
{
	fixture_end((void **)&fx);
}

static void
prepare(void)
{
	static unsigned served;

	if (fx != NULL && ++served % RENEW_AFTER != 0)
		return;
	if (fx == NULL)
		atexit(leave);
	else
		leave();
	fixture_begin_members((void **)&fx);
	must(session_seal(fx->member, &route_statements) == 0);
	config.state_dir = fx->dir;
	config.media_max = 1 << 20;
	config.send_read_receipts = 1;
}

/* The fuzzer learns the word from what it is compared with, and a request
 * before this one may have stored it: in our own workspace. */
static int
is_ours(void)
{
	return fixture_int(fx,
		   "SELECT (SELECT COUNT(*) FROM tags WHERE workspace_id = 1"
		   "  AND name LIKE '%SECRET%')"
		   " + (SELECT COUNT(*) FROM contacts WHERE workspace_id = 1"
		   "  AND (name LIKE '%SECRET%' OR email LIKE '%SECRET%'))"
		   " + (SELECT COUNT(*) FROM messages WHERE workspace_id = 1"
		   "  AND content LIKE '%SECRET%')"
		   " + (SELECT COUNT(*) FROM uploads WHERE workspace_id = 1"
		   "  AND filename LIKE '%SECRET%')") > 0;
}

static void
check(struct pool *pool, const struct http_answer *answer, const char *asked)
{
	must(answer->status >= 200 && answer->status < 500);
	must(answer->headers != NULL);
	if (answer->body == NULL)
		return;
	if (strcasestr(asked, "secret") == NULL)
		must(memmem(answer->body, answer->body_len, "SECRET", 6) ==
			 NULL ||
		     is_ours());
	if (answer->type != NULL && strstr(answer->type, "json") != NULL)
		must(json_parse(pool, answer->body, answer->body_len, NULL) !=
		     NULL);
}

static void
serve(struct pool *pool, char *line, const char *type, const char *body,
    size_t len)
{
	struct request io = { .fd = -1 };
	struct http_request request = { .pool = pool,
		.remote = "192.0.2.1",
		.id = "r",
		.length = (long long)len,
		.transport = &io };
	struct http_answer answer = { .status = 200 };
	char *env[] = { "HTTP_AUTHORIZATION=Bearer ann",
		pool_printf(pool, "CONTENT_TYPE=%s", type), NULL },
	     **real = environ, *path = line + strcspn(line, " ");
	FILE *in = stdin;

	if (*path != '\0')
		*path++ = '\0';
	request.method = line;
	request.path = pool_printf(pool, "/api/v1%s", path);
	request.query = request.path + strcspn(request.path, "?");
	if (*request.query == '?')
		request.query = pool_copy(pool, request.query + 1);
	((char *)(uintptr_t)request.path)[strcspn(request.path, "?")] = '\0';
	environ = env;
	stdin = fmemopen((void *)(uintptr_t)body, len > 0 ? len : 1, "r");
	must(stdin != NULL);
	route_serve(
	    route_table, fx->member, &config, &request, &answer, FIXTURE_NOW);
	fclose(stdin);
	stdin = in;
	environ = real;
	check(pool, &answer,
	    pool_printf(pool, "%s %s %s", request.path, request.query, body));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool;
	char *line, *type, *body;

	prepare();
	pool = pool_new();
	line = fuzz_line(&data, &size);
	type = fuzz_line(&data, &size);
	body = fuzz_text(data, size);
	serve(pool, line, type, body, size);
	free(line);
	free(type);
	free(body);
	pool_free(pool);
	return 0;
}
