/*
 * Lists the messages of a conversation, one page at a time: from a message on
 * to older ones or to newer ones, both along one index.
 */
#include <stdlib.h>
#include <string.h>

#include "base/pool.h"

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "session/session_db.h"

#include "inbox/message/message_list.h"
#include "inbox/message/message_past.h"
#include "inbox/message/message_row.h"
#include "inbox/message/page/message_row_pgsql.h"

enum { PARTS, OLDER, NEWER, ONE, TEXT, PLACE, FILE_OF, N_SQL };

#define PARTS_MAX 15

#define OF_PART MESSAGE_ROW("CAST($5 AS BIGINT)")

static const char *const message_list_sql[N_SQL] = {
	/* Conversations that are being merged into this one: their messages
	 * still have to be moved (merge.h). */
	[PARTS] = "SELECT gone FROM my_merges WHERE keep = $1 LIMIT $2",
	[OLDER] = OF_PART MESSAGE_ROW_OLDER,
	[NEWER] = OF_PART MESSAGE_ROW_NEWER,
	[ONE] = MESSAGE_ROW(MESSAGE_ROW_MERGED_TO) "WHERE m.id = $1",
	[TEXT] = "SELECT text FROM my_messages WHERE id = $1",
	[FILE_OF] = "SELECT state, reason, mime_type, filename, path"
		    " FROM my_media WHERE message_id = $1",
	[PLACE] = "SELECT sent_at, id FROM my_messages"
		  " WHERE id = $2 AND (conversation_id = $1"
		  "  OR conversation_id IN (SELECT gone FROM my_merges"
		  "  WHERE keep = $1))",
};

const struct statements message_list_statements = {
	.sql = message_list_sql,
	.n = N_SQL,
	.also = STATEMENTS(&message_past_statements, &message_row_statements),
};

/* OLDER, NEWER and ONE, with what each engine reads of a message at once. */
static const char *
rows_of(struct session *s, int which)
{
	static const enum message_row_pgsql other[] = {
		[OLDER] = MESSAGE_ROW_PGSQL_OLDER,
		[NEWER] = MESSAGE_ROW_PGSQL_NEWER,
		[ONE] = MESSAGE_ROW_PGSQL_ONE,
	};

	return db_engine(session_db(s)) == DB_PGSQL
		   ? message_row_pgsql_sql(other[which])
		   : message_list_sql[which];
}

typedef int comparison(const void *, const void *);

static int
newest_first(const void *a, const void *b)
{
	const struct message_list_row *x = a, *y = b;

	if (x->sent_at != y->sent_at)
		return x->sent_at < y->sent_at ? 1 : -1;
	return (x->id < y->id) - (x->id > y->id);
}

static int
oldest_first(const void *a, const void *b)
{
	return newest_first(b, a);
}

/* Which way a conversation is read, and how far at once. */
struct message_list_way {
	const char *page;
	comparison *order;
	struct message_list_place from;
	size_t bytes_max; /* of a part's page */
	int max;
};

static void
prefetch_parts(struct session *s, int64_t conversation_id)
{
	db_prefetch(session_db(s), message_list_sql[PARTS],
	    DB_ARGS(db_int(conversation_id), db_int(PARTS_MAX)));
}

void
message_list_prefetch(struct session *s, int64_t conversation_id,
    struct message_list_place before, int max)
{
	prefetch_parts(s, conversation_id);
	db_prefetch(session_db(s), rows_of(s, OLDER),
	    DB_ARGS(db_int(conversation_id), db_int(before.sent_at),
		db_int(before.id), db_int(max + 1), db_int(conversation_id)));
}

void
message_list_prefetch_place(
    struct session *s, int64_t conversation_id, int64_t message_id)
{
	prefetch_parts(s, conversation_id);
	db_prefetch(session_db(s), message_list_sql[PLACE],
	    DB_ARGS(db_int(conversation_id), db_int(message_id)));
}

void
message_list_prefetch_one(struct session *s, int64_t message_id)
{
	db_prefetch(
	    session_db(s), rows_of(s, ONE), DB_ARGS(db_int(message_id)));
}

void
message_list_prefetch_text(struct session *s, int64_t message_id)
{
	db_prefetch(
	    session_db(s), message_list_sql[TEXT], DB_ARGS(db_int(message_id)));
}

/* Reads a page of conversation PART, as messages of CONVERSATION_ID: how
 * many, or -1. */
static int
read_page(struct session *s, struct pool *pool,
    const struct message_list_way *way, int64_t part, int64_t conversation_id,
    struct message_list_row *out, int *more)
{
	struct db_rows *r = db_query(session_db(s), way->page,
	    DB_ARGS(db_int(part), db_int(way->from.sent_at),
		db_int(way->from.id), db_int(way->max + 1),
		db_int(conversation_id)));

	return message_row_page(
	    s, pool, r, out, way->max, way->bytes_max, more);
}

/* Reads a page of each of PARTS into ALL (N messages of the first are
 * there), and sorts them.  A part with more messages ends the page at its
 * last one: what is further in other parts is left to the next page.  How
 * many, in the order of the way; or -1. */
static int
read_parts(struct session *s, struct pool *pool,
    const struct message_list_way *way, const int64_t *parts, int n_parts,
    struct message_list_row *all, int n, int *more)
{
	struct message_list_row *end = *more ? &all[n - 1] : NULL;
	int further, got;

	for (int i = 1; i < n_parts; i++) {
		got = read_page(
		    s, pool, way, parts[i], parts[0], all + n, &further);
		if (got == -1)
			return -1;
		n += got;
		if (further &&
		    (end == NULL || way->order(&all[n - 1], end) < 0))
			end = &all[n - 1];
		*more |= further;
	}
	if (end != NULL) {
		const struct message_list_row last = *end;

		qsort(all, (size_t)n, sizeof(*all), way->order);
		while (way->order(&last, &all[n - 1]) < 0)
			n--;
	} else
		qsort(all, (size_t)n, sizeof(*all), way->order);
	*more |= n > way->max;
	return n < way->max ? n : way->max;
}

/* Adds to PARTS the conversations that are being merged into its first: how
 * many in all, -1. */
static int
find_parts(struct session *s, int64_t *parts)
{
	struct db_rows *r = db_query(session_db(s), message_list_sql[PARTS],
	    DB_ARGS(db_int(parts[0]), db_int(PARTS_MAX)));
	int n = 1, rc;

	while ((rc = db_next(r)) == 1 && n <= PARTS_MAX)
		parts[n++] = db_col_int(r, 0);
	db_end(r);
	return rc == -1 ? -1 : n;
}

/* Goes that WAY: how many, in its order, at most its max and at least one of
 * what there is; or -1. */
static int
read_way(struct session *s, struct pool *pool, int64_t conversation_id,
    const struct message_list_way *way, struct message_list_row *out, int *more)
{
	int64_t parts[PARTS_MAX + 1] = { conversation_id };
	struct message_list_row *all;
	int n_parts = find_parts(s, parts), n;

	n = read_page(
	    s, pool, way, conversation_id, conversation_id, out, more);
	if (n == -1 || n_parts == -1)
		return -1;
	if (n_parts == 1)
		return n;
	all =
	    pool_alloc(pool, sizeof(*all) * (size_t)way->max * (size_t)n_parts);
	memcpy(all, out, sizeof(*all) * (size_t)n);
	n = read_parts(s, pool, way, parts, n_parts, all, n, more);
	if (n != -1)
		memcpy(out, all, sizeof(*all) * (size_t)n);
	return n;
}

int
message_list_read(struct session *s, struct pool *pool, int64_t conversation_id,
    struct message_list_place before, struct message_list_row *out, int max,
    int *more)
{
	const struct message_list_way way = { rows_of(s, OLDER), newest_first,
		before, MESSAGE_LIST_BYTES_MAX, max };

	return read_way(s, pool, conversation_id, &way, out, more);
}

/* Those after a place, the newest first. */
static int
read_newer(struct session *s, struct pool *pool, int64_t conversation_id,
    const struct message_list_way *way, struct message_list_row *out, int *more)
{
	int n = read_way(s, pool, conversation_id, way, out, more);

	if (n > 0)
		qsort(out, (size_t)n, sizeof(*out), newest_first);
	return n;
}

int
message_list_read_after(struct session *s, struct pool *pool,
    int64_t conversation_id, struct message_list_place after,
    struct message_list_row *out, int max, int *more)
{
	const struct message_list_way way = { rows_of(s, NEWER), oldest_first,
		after, MESSAGE_LIST_BYTES_MAX, max };

	return read_newer(s, pool, conversation_id, &way, out, more);
}

int
message_list_read_around(struct session *s, struct pool *pool,
    int64_t conversation_id, struct message_list_place place,
    struct message_list_row *out, int max, int *older, int *newer)
{
	int half = max / 2 > 0 ? max / 2 : 1, n, n_older;
	struct message_list_way way = { rows_of(s, NEWER), oldest_first, place,
		MESSAGE_LIST_BYTES_MAX / 2, half };

	n = read_newer(s, pool, conversation_id, &way, out, newer);
	if (n == -1)
		return -1;
	if (max == 1) { /* itself */
		*newer = n > 0;
		n = 0;
	}
	way.page = rows_of(s, OLDER);
	way.order = newest_first;
	way.from.id++; /* from itself on */
	way.max = max - n;
	n_older = read_way(s, pool, conversation_id, &way, out + n, older);
	return n_older == -1 ? -1 : n + n_older;
}

int
message_list_get(struct session *s, struct pool *pool, int64_t message_id,
    struct message_list_row *m)
{
	struct db_rows *r = db_query(
	    session_db(s), rows_of(s, ONE), DB_ARGS(db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1)
		message_row_read(s, r, pool, m);
	db_end(r);
	if (rc == 1 && message_row_rest(s, pool, m) == -1)
		return -1;
	return rc;
}

int
message_list_text(
    struct session *s, struct pool *pool, int64_t message_id, const char **text)
{
	struct db_rows *r = db_query(
	    session_db(s), message_list_sql[TEXT], DB_ARGS(db_int(message_id)));
	int rc = db_next(r);

	*text = rc == 1 ? db_col_copy(r, pool, 0) : NULL;
	db_end(r);
	return rc;
}

int
message_list_file(struct session *s, struct pool *pool, int64_t message_id,
    struct message_list_file *f)
{
	struct db_rows *r = db_query(session_db(s), message_list_sql[FILE_OF],
	    DB_ARGS(db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1)
		*f = (struct message_list_file){
			.state = db_col_copy(r, pool, 0),
			.reason = db_col_copy(r, pool, 1),
			.mime_type = db_col_copy(r, pool, 2),
			.filename = db_col_copy(r, pool, 3),
			.path = db_col_copy(r, pool, 4),
		};
	db_end(r);
	return rc;
}

int
message_list_find(struct session *s, int64_t conversation_id,
    int64_t message_id, struct message_list_place *place)
{
	struct db_rows *r = db_query(session_db(s), message_list_sql[PLACE],
	    DB_ARGS(db_int(conversation_id), db_int(message_id)));
	int rc = db_next(r);

	if (rc == 1) {
		place->sent_at = db_col_int(r, 0);
		place->id = db_col_int(r, 1);
	}
	db_end(r);
	return rc;
}
