/*
 * Writes and checks the cursors of keyset pagination: a place in a list, and
 * before it a checksum of place and list, so that one of another list, or with
 * other filters, is refused.  That is no secret, and keeps nobody from
 * anything: whoever makes up a place begins his own list there.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/codec.h"
#include "base/pool.h"
#include "base/text.h"

#include "api/action.h"
#include "api/cursor.h"
#include "api/input.h"
#include "api/query.h"

#define SEAL_LEN   8
#define VALUES_MAX 16 /* of one parameter */

static int
is_filter(const struct query_name *name)
{
	return !query_among("cursor limit", name->word, name->len);
}

/* FNV-1a, of 64 bits. */
static uint64_t
add_bytes(uint64_t hash, const char *s, size_t len)
{
	for (; len > 0; len--)
		hash = (hash ^ (unsigned char)*s++) * UINT64_C(0x100000001b3);
	return hash;
}

/* With the NUL, which no text has in it. */
static uint64_t
add_text(uint64_t hash, const char *s)
{
	return add_bytes(hash, s, strlen(s) + 1);
}

/* All filters, in the order of the route, so that their order in the request
 * does not matter. */
static uint64_t
add_filters(uint64_t hash, const struct query *q)
{
	for (size_t i = 0; i < q->n_names; i++) {
		const struct query_name *name = &q->names[i];
		const struct query_value *v = name->first;
		int n = 0;

		if (v == NULL || !is_filter(name))
			continue;
		for (; v != NULL && n < VALUES_MAX; v = v->next) {
			if (*v->text == '\0')
				continue;
			hash = add_bytes(hash, name->word, name->len);
			hash = add_text(add_bytes(hash, "=", 1), v->text);
			n++;
		}
	}
	return hash;
}

static void
make_seal(
    const struct action *a, const char *place, unsigned char seal[SEAL_LEN])
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);
	int64_t workspace_id = a->who.workspace_id;

	hash = add_bytes(hash, (char *)&workspace_id, sizeof(workspace_id));
	hash = add_text(add_text(hash, a->route->path), place);
	hash = add_filters(hash, a->query);
	memcpy(seal, &hash, SEAL_LEN);
}

const char *
cursor_write(struct action *a, const char *place)
{
	unsigned char seal[SEAL_LEN];
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
	unsigned char seal[SEAL_LEN];
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
