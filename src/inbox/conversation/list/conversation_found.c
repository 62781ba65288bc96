/*
 * A page of what a search found (conversation_found.h): what it found is let
 * through the filter one by one, and put into the order of the list.
 */
#include <stdlib.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_cache.h"
#include "session/session_db.h"

#include "inbox/conversation/conversation.h"
#include "inbox/conversation/list/conversation_filter.h"
#include "inbox/conversation/list/conversation_found.h"
#include "inbox/search/search.h"

#define WALK_MAX  4   /* of the list, for each that a search found */
#define WALK_LOOK 256 /* after so many: will it do? */
#define AT_ONCE	  200 /* places that are asked in advance */

enum { ONE, ONE_TAGGED, ONE_PLAIN, N_SQL };

/* Where one stands, if the filter lets it through.  A search asks that of all
 * that it found, and a contact's row is one more to be read. */
#define ONE_OF(FROM, REST)                                                     \
	"SELECT c.last_message_at, c.id FROM " FROM " WHERE c.id = $12"        \
	" AND (CAST($1 AS TEXT) IS NULL OR c.status = $1)" REST

#define REST	 CONVERSATION_AFTER CONVERSATION_FILTERS
#define ALL_TAGS " AND k.tag_ids LIKE '%' || $14"

static const char *const conversation_found_sql[N_SQL] = {
	[ONE] = ONE_OF("my_conversations c", REST),
	[ONE_PLAIN] = ONE_OF("my_conversations c", CONVERSATION_AFTER),
	[ONE_TAGGED] =
	    ONE_OF("my_conversations c" CONVERSATION_CONTACT, REST) ALL_TAGS,
};

const struct statements conversation_found_statements = {
	.sql = conversation_found_sql,
	.n = N_SQL,
};

static const char *
place_sql(const struct conversation_list_filter *f, const char *tags)
{
	if (tags != NULL)
		return conversation_found_sql[ONE_TAGGED];
	return conversation_found_sql[conversation_filter_is_plain(f)
					  ? ONE_PLAIN
					  : ONE];
}

/* Where it stands, if the filter lets it through: 1, 0, -1. */
static int
find_place(struct session *s, const struct conversation_list_filter *f,
    const char *tags, int64_t one, struct conversation_list_place *place)
{
	struct db_rows *r =
	    conversation_filter_query(s, place_sql(f, tags), f, tags, one, 1);
	int rc = db_next(r);

	if (rc == 1) {
		place->last_message_at = db_col_int(r, 0);
		place->id = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}

static int
is_among(const int64_t *ids, int n, int64_t id)
{
	int low = 0;

	while (n > 0) {
		int half = n / 2;

		if (ids[low + half] == id)
			return 1;
		if (ids[low + half] > id) {
			low += half + 1;
			n -= half + 1;
		} else
			n = half;
	}
	return 0;
}

/* At that rate of hits the walk ends before it is too long. */
static int
is_worth_it(int rows, int hits, int found, int max)
{
	return rows % WALK_LOOK != 0 ||
	       (int64_t)hits * WALK_MAX * found >= (int64_t)rows * max;
}

/*
 * The first MAX of the list that are among the FOUND IDS (descending): how many
 * *N, and 1; 0 when they are not so near to its beginning; -1.  What many
 * conversations have the newest of them have, too, and to read the list's index
 * in its order takes less than to look for the place of each.
 */
static int
walk_list(struct session *s, const struct conversation_list_filter *f,
    const int64_t *ids, int found, struct conversation_list_place *out, int max,
    int *n)
{
	struct db_rows *r = conversation_filter_places(s, f, WALK_MAX * found);
	int rows = 0, rc = 1;

	for (*n = 0; *n < max && (rc = db_next(r)) == 1; rows++) {
		if (rows > 0 && !is_worth_it(rows, *n, found, max))
			break;
		if (is_among(ids, found, db_col_int(r, 1)))
			out[(*n)++] =
			    (struct conversation_list_place){ db_col_int(r, 0),
				    db_col_int(r, 1) };
	}
	db_end(r);
	if (rc == -1)
		return -1;
	return *n == max || (rc == 0 && rows < WALK_MAX * found);
}

static int
is_placed(const struct conversation_list_place *places, int n, int64_t id)
{
	for (int i = 0; i < n; i++)
		if (places[i].id == id)
			return 1;
	return 0;
}

static void
prefetch_places(struct session *s, const struct conversation_list_filter *f,
    const char *tags, const int64_t *ids, int n)
{
	if (db_engine(session_db(s)) != DB_PGSQL)
		return;
	for (int i = 0; i < n && i < AT_ONCE; i++)
		conversation_filter_prefetch(
		    s, place_sql(f, tags), f, tags, ids[i], 1);
}

/* The places of those of the FOUND IDS that the filter lets through, the first
 * MAX of them in order, in OUT, which has room for all: how many, or -1. */
static int
find_places(struct session *s, const struct conversation_list_filter *f,
    const char *tags, const int64_t *ids, int found,
    struct conversation_list_place *out, int max)
{
	int n = 0, walked, rc = 0;

	if (found > max && conversation_filter_is_plain(f))
		rc = walk_list(s, f, ids, found, out, max, &n);
	if (rc != 0)
		return rc == -1 ? -1 : n;
	walked = n;
	for (int i = 0; i < found; i++) {
		if (i % AT_ONCE == 0)
			prefetch_places(s, f, tags, ids + i, found - i);
		if (is_placed(out, walked, ids[i]))
			continue;
		if ((rc = find_place(s, f, tags, ids[i], &out[n])) == -1)
			return -1;
		n += rc;
	}
	qsort(out, (size_t)n, sizeof(*out), conversation_filter_compare);
	return n < max ? n : max;
}

/* What to show of it, unless the session has kept that: 1, -1. */
static int
read_row(struct session *s, struct pool *pool,
    const struct conversation_list_place *place, struct conversation *c)
{
	if (session_cache_get(s, place->id) == NULL)
		return conversation_get_row(s, pool, place->id, c) == 1 ? 1
									: -1;
	*c = (struct conversation){ .is_cached = 1,
		.last_message_at = place->last_message_at,
		.id = place->id };
	return 1;
}

int
conversation_found_read(struct session *s, struct pool *pool,
    const struct conversation_list_filter *f, const char *tags,
    struct conversation *out, int max, int *complete)
{
	struct conversation_list_place *all;
	int64_t *ids = NULL;
	int n, found;

	found = search_conversations(s, pool, f->q, &ids, complete);
	if (found <= 0)
		return found;
	all = pool_alloc(pool, sizeof(*all) * (size_t)found);
	n = find_places(s, f, tags, ids, found, all, max);
	for (int i = 0; i < n; i++)
		conversation_prefetch_row(s, all[i].id);
	for (int i = 0; i < n; i++)
		if (read_row(s, pool, &all[i], &out[i]) == -1)
			return -1;
	return n;
}
