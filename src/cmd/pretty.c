#include "base/buf.h"
#include "base/pool.h"
#include "cmd/pretty.h"
#include "door/json.h"

static void
indent(struct buf *b, int depth)
{
	buf_char(b, '\n');
	while (depth-- > 0)
		buf_text(b, "  ");
}

/* Documents are at most JSON_DEPTH_MAX deep, and so is this. */
static void
value(struct buf *b, const struct json *v, int depth)
{
	int is_object = json_type(v) == JSON_OBJECT;
	const struct json *e = json_first(v);

	if (e == NULL) {
		buf_text(b, json_write(b->pool, v));
		return;
	}
	buf_char(b, is_object ? '{' : '[');
	while (e != NULL) {
		indent(b, depth + 1);
		if (is_object) {
			struct json_out *key = json_new(b->pool);

			json_put_text(key, NULL, json_key(e));
			buf_printf(b, "%s: ", json_end(key, NULL));
		}
		value(b, e, depth + 1);
		if ((e = json_next(e)) != NULL)
			buf_char(b, ',');
	}
	indent(b, depth);
	buf_char(b, is_object ? '}' : ']');
}

char *
pretty_json(struct pool *p, const struct json *v)
{
	struct buf b = { .pool = p };

	value(&b, v, 0);
	return buf_end(&b);
}
