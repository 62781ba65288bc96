/*
 * Parameters and cursors of a list.  A line of input is a cursor's place, the
 * rest a query string.
 */
#include "fuzz.h"

#include "base/pool.h"
#include "base/text.h"

#include "lib/fcgi/http.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/query.h"
#include "api/resource/route_table.h"

static struct http_answer answer;
static struct http_request request;
static struct action action;

static void
begin(struct pool *pool, const char *query)
{
	answer = (struct http_answer){ .status = 200 };
	request = (struct http_request){ .pool = pool,
		.method = "GET",
		.path = "/api/v1/conversations",
		.query = query,
		.remote = "",
		.id = "r" };
	action = (struct action){ .pool = pool,
		.request = &request,
		.answer = &answer,
		.who = { .workspace_id = 1, .user_id = 1 },
		.route = route_table }; /* GET /conversations */
	action.query = query_parse(pool, query, route_table->params);
}

/* What a stranger asks for: answered, or a problem that is a whole one. */
static void
read_all(struct pool *pool, const char *query)
{
	const char *q = NULL, *place = NULL;
	int64_t x = 0, y = 0;
	int limit = 0, fine;

	begin(pool, query);
	fine = input_params(&action);
	if (fine && input_limit(&action, &limit))
		must(limit >= 1 && limit <= INPUT_LIMIT_MAX);
	if (fine && input_q(&action, &q) && q != NULL)
		must(text_points(q) <= INPUT_Q_MAX &&
		     text_is_utf8(q, strlen(q)));
	if (fine && cursor_read(&action, &place))
		must(place == NULL || *place != '\0');
	if (fine)
		cursor_read_pair(&action, &x, &y);
	if (answer.status != 200)
		must(answer.status == 400 && answer.body_len > 0 &&
		     text_is_utf8(answer.body, answer.body_len));
}

/* What we wrote is read back, there and nowhere else. */
static void
round_trip(struct pool *pool, const char *place)
{
	const char *cursor, *read = NULL;

	if (*place == '\0')
		return;
	begin(pool, "status=all");
	cursor = cursor_write(&action, place);
	begin(pool, pool_printf(pool, "cursor=%s&status=all", cursor));
	must(input_params(&action) && cursor_read(&action, &read));
	must(strcmp(read, place) == 0);
	action.who.workspace_id = 2;
	must(!cursor_read(&action, &read));
	begin(pool, pool_printf(pool, "cursor=%s", cursor));
	must(!cursor_read(&action, &read));
}

static void
round_trip_pair(struct pool *pool, const char *bytes, size_t n)
{
	int64_t in[2] = { 0 }, x, y;

	memcpy(in, bytes, n < sizeof(in) ? n : sizeof(in));
	begin(pool, "");
	begin(pool, pool_printf(pool, "cursor=%s",
			cursor_write_pair(&action, in[0], in[1])));
	must(cursor_read_pair(&action, &x, &y));
	must(x == in[0] && y == in[1]);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pool *pool = pool_new();
	char *place = fuzz_line(&data, &size), *query;

	query = fuzz_text(data, size);
	round_trip(pool, place);
	round_trip_pair(pool, place, strlen(place));
	read_all(pool, query);
	free(query);
	free(place);
	pool_free(pool);
	return 0;
}
