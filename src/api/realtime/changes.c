/*
 * What changed, as JSON.
 */
#include <inttypes.h>
#include <stddef.h>
#include <string.h>

#include "base/buf.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/json/json.h"
#include "lib/sql/statements.h"

#include "inbox/workspace/change.h"

#include "api/action.h"
#include "api/input.h"
#include "api/realtime/changes.h"
#include "api/reply.h"
#include "api/resource/route_table.h"

#define ABOUT 256 /* bytes of an event, beside its object */

#define OBJECT(TYPE, WRITE, ...) { TYPE, WRITE },

static const struct {
	const char *type; /* as it begins */
	int (*write)(struct action *, int64_t id, const char **json);
} objects[] = { ROUTE_OBJECTS(OBJECT) };

#define STATEMENTS_OF(TYPE, WRITE, ...) __VA_ARGS__,

const struct statements changes_statements = {
	.also = STATEMENTS(ROUTE_OBJECTS(STATEMENTS_OF) & change_statements),
};

static void
put_fields(struct json_out *out, const struct change *c)
{
	json_put_int(out, "seq", c->seq);
	json_put_text(out, "type", c->type);
	json_put_int(out, "id", c->id);
	json_put_id(out, "conversation_id", c->conversation_id);
}

static int
object_of(struct action *a, const struct change *c, const char **json)
{
	for (size_t i = 0; i < sizeof(objects) / sizeof(objects[0]); i++)
		if (text_begins(c->type, objects[i].type))
			return objects[i].write(a, c->id, json);
	return 0;
}

const char *
changes_json(struct action *a, const struct change *c, size_t *len)
{
	struct json_out *out = json_new(a->pool);
	const char *object = NULL;

	if (object_of(a, c, &object) == -1)
		return NULL;
	json_expect(out, ABOUT + (object != NULL ? strlen(object) : 0));
	json_open_object(out, NULL);
	put_fields(out, c);
	json_put_raw(out, "object", object);
	json_close(out);
	return json_end(out, len);
}

int
changes_event(struct action *a, const struct change *c, struct buf *b)
{
	size_t len;
	const char *text = changes_json(a, c, &len);

	if (text == NULL)
		return -1;
	buf_expect(b, len + ABOUT);
	buf_printf(b, "event: %s\ndata: ", c->type);
	buf_put(b, text, len);
	buf_printf(b, "\nid: %" PRId64 "\n\n", c->seq);
	return 0;
}

void
changes_reset(struct buf *b, int64_t last)
{
	buf_printf(b,
	    "event: reset\n"
	    "data: {\"last_seq\":%" PRId64 "}\nid: %" PRId64 "\n\n",
	    last, last);
}

/* "after"; without it all that is kept: 1, or 0 when a problem was replied. */
static int
read_after(struct action *a, int64_t first, int64_t last, int64_t *after)
{
	const char *s = input_param(a, "after");
	long long n = 0;

	*after = first > 0 ? first - 1 : 0;
	if (s == NULL)
		return 1;
	if (text_int(s, &n) == -1 || n < 0) {
		input_bad(a, "after", "is no seq");
		return 0;
	}
	*after = n;
	if (change_reaches(first, last, n))
		return 1;
	reply_problem(a, REPLY_CHANGES_GONE,
	    pool_printf(a->pool,
		"What is kept begins after %" PRId64 " and ends with %" PRId64
		".",
		first > 0 ? first - 1 : 0, last));
	return 0;
}

/* At most MAX of those that the member may see after AFTER; *LAST when there is
 * no other one behind them becomes the seq of the last, or AFTER.  How many,
 * -1. */
static int
read_visible(
    struct action *a, int64_t after, struct change *out, int max, int64_t *last)
{
	struct change some[INPUT_LIMIT_MAX];
	int64_t seen = after;
	int n = 0, got = 1;

	while (got > 0 && n < max) {
		got = change_read(
		    a->session, a->pool, after, some, INPUT_LIMIT_MAX);
		for (int i = 0; i < got && n < max; i++) {
			after = some[i].seq;
			if (some[i].type == NULL)
				continue;
			seen = after;
			out[n++] = some[i];
		}
	}
	if (got == 0)
		*last = seen;
	return got == -1 ? -1 : n;
}

int
changes_page(struct action *a, int wait, int64_t *after)
{
	struct change page[INPUT_LIMIT_MAX];
	struct json_out *out = json_new(a->pool);
	int64_t first, last, end;
	int limit, n;

	if (!input_limit(a, &limit))
		return 0;
	if (change_range(a->session, &first, &last) == -1)
		return -1;
	if (!read_after(a, first, last, after))
		return 0;
	end = last;
	n = read_visible(a, *after, page, limit, &end);
	if (n == -1)
		return -1;
	if (wait && n == 0) {
		*after = last;
		return 1;
	}
	json_open_object(out, NULL);
	json_open_array(out, "data");
	for (int i = 0; i < n; i++) {
		json_open_object(out, NULL);
		put_fields(out, &page[i]);
		json_close(out);
	}
	json_close(out);
	json_put_int(out, "last_seq", end);
	json_close(out);
	return reply_json(a, 200, out);
}
