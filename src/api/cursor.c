/*
 * Writes and checks the cursors of keyset pagination.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "lib/digest/digest.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/query.h"

#define SEAL_LEN   12 /* bytes of the digest */
#define VALUES_MAX 16 /* of one parameter */

static int
is_filter(const struct query_name *name)
{
	return !query_among("cursor limit", name->word, name->len);
}

/* All filters, in the order of the route, so that their order in the request
 * does not matter. */
static void
put_filters(struct buf *b, const struct query *q)
{
	for (size_t i = 0; i < q->n_names; i++) {
		const struct query_name *name = &q->names[i];
		const struct query_value *v = name->first;
		int n = 0;

		if (!is_filter(name))
			continue;
		for (; v != NULL && n < VALUES_MAX; v = v->next) {
			if (*v->text == '\0')
				continue;
			buf_put(b, name->word, name->len);
			buf_put(b, "=", 1);
			buf_text(b, v->text);
			buf_put(b, "\n", 1);
			n++;
		}
	}
}

static void
make_seal(
    const struct action *a, const char *place, unsigned char seal[DIGEST_LEN])
{
	struct buf b = { .pool = a->pool };
	const char *text;

	buf_printf(&b, "%" PRId64 "\n%s\n%s\n", a->who.workspace_id,
	    a->route->path, place);
	put_filters(&b, a->query);
	text = buf_end(&b);
	digest_sha256(text, strlen(text), seal);
}

const char *
cursor_write(struct action *a, const char *place)
{
	unsigned char seal[DIGEST_LEN];
	struct buf b = { .pool = a->pool };

	make_seal(a, place, seal);
	buf_put(&b, seal, SEAL_LEN);
	buf_text(&b, place);
	return codec_base64url(a->pool, b.s, b.len);
}

int
cursor_read(struct action *a, const char **place)
{
	const char *cursor = input_param(a, "cursor"), *text;
	unsigned char seal[DIGEST_LEN];
	size_t len;

	*place = NULL;
	if (cursor == NULL)
		return 1;
	text = codec_unbase64(a->pool, cursor, strlen(cursor), &len);
	if (text == NULL || len <= SEAL_LEN ||
	    strlen(text + SEAL_LEN) != len - SEAL_LEN)
		return input_bad(a, "cursor", "does not belong to this list");
	make_seal(a, text + SEAL_LEN, seal);
	if (memcmp(text, seal, SEAL_LEN) != 0)
		return input_bad(a, "cursor", "does not belong to this list");
	*place = text + SEAL_LEN;
	return 1;
}

const char *
cursor_write_pair(struct action *a, int64_t x, int64_t y)
{
	return cursor_write(
	    a, pool_printf(a->pool, "%" PRId64 " %" PRId64, x, y));
}

int
cursor_read_pair(struct action *a, int64_t *x, int64_t *y)
{
	const char *place;

	if (!cursor_read(a, &place))
		return 0;
	if (place != NULL && sscanf(place, "%" SCNd64 " %" SCNd64, x, y) != 2)
		return input_bad(a, "cursor", "does not belong to this list");
	return 1;
}

int
cursor_page_read(struct action *a, struct cursor_page *p, int64_t after)
{
	int64_t unused = 0;

	*p = (struct cursor_page){ .after = after };
	return input_limit(a, &p->limit) &&
	       cursor_read_pair(a, &p->after, &unused);
}

int
cursor_page_cut(struct action *a, struct cursor_page *p, int n, int64_t last)
{
	if (n <= p->limit)
		return n;
	p->next = cursor_write_pair(a, last, 0);
	return p->limit;
}
