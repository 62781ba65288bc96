/*
 * The search's indexes are written anew, without what was deleted.
 *
 * 'merge' with a negative number gathers all segments on one level first, and
 * so that their merge is the oldest, which drops the notes of what is gone.
 * With a positive number it goes on with a merge that is under way, once the
 * levels below it, which others fill, have less than 'usermerge' segments:
 * inbox.sql sets that to the least there may be.  What there is stands in
 * FTS5's structure record (fts5_index.c, "Structure Record Format"): a cookie
 * of four bytes, then varints: levels, segments, a counter; and for each level
 * how many of its segments are being merged, how many there are, and of each
 * its number, its first and its last page.
 */
#include <stddef.h>
#include <stdint.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/engine/search_tidy_pgsql.h"
#include "inbox/search/search_merge.h"

#define N_INDEXES 5
#define COOKIE	  4

enum { STRUCTURE, GATHER, MERGE };

#define OF(table)                                                              \
	{                                                                      \
		"SELECT block FROM " table "_data WHERE id = 10",              \
		    "INSERT INTO " table "(" table                             \
		    ", rank) VALUES ('merge', -$1)",                           \
		    "INSERT INTO " table "(" table                             \
		    ", rank) VALUES ('merge', $1)"                             \
	}

static const char *const search_merge_sql[N_INDEXES][3] = { OF("message_words"),
	OF("conversation_words"), OF("contact_words"),
	OF("conversation_digits"), OF("contact_digits") };

/*
 * A search looks into each segment, whosever rows are in it: the fewer there
 * are, the less a workspace's search depends on how much its neighbours have.
 * Where there are more than these, two of one level are merged; and all, once
 * those beside the largest are a part of it that is worth its rewriting.
 */
#define SEGMENTS_MAX 2
#define WORTH	     4 /* a quarter */

static const struct statements search_merge_sqlite_statements = {
	.sql = search_merge_sql[0],
	.n = N_INDEXES * 3,
	.engine = DB_SQLITE,
};

const struct statements search_merge_statements = {
	.also = STATEMENTS(
	    &search_merge_sqlite_statements, &search_tidy_pgsql_statements),
};

/* PostgreSQL has no segments; its autovacuum takes out what was deleted. */
static int
has_segments(struct db *db)
{
	return db_engine(db) == DB_SQLITE;
}

int
search_merge_begin(struct db *db)
{
	if (!has_segments(db))
		return 0;
	for (int i = 0; i < N_INDEXES; i++)
		if (db_run(db, search_merge_sql[i][GATHER],
			DB_ARGS(db_int(SEARCH_MERGE_PAGES))) == -1)
			return -1;
	return 0;
}

/* A varint of SQLite's: up to nine bytes, the first seven bits first. */
static int
read_varint(const unsigned char **s, const unsigned char *end, uint64_t *n)
{
	*n = 0;
	for (int i = 0; i < 9 && *s < end; i++) {
		unsigned char c = *(*s)++;

		*n = *n << 7 | (c & 0x7f);
		if (c < 0x80)
			return 1;
	}
	return 0;
}

/* What an index consists of. */
struct index_shape {
	int merging;   /* 1: a merge is under way */
	uint64_t most; /* segments of one level */
	uint64_t segments, pages;
	uint64_t largest; /* pages of a segment */
};

/* A level of the structure record: 1, 0 it cannot be read. */
static int
read_level(
    const unsigned char **s, const unsigned char *end, struct index_shape *x)
{
	uint64_t merging, segments, id, first, last;

	if (!read_varint(s, end, &merging) || !read_varint(s, end, &segments))
		return 0;
	x->merging |= merging > 0;
	x->segments += segments;
	if (segments > x->most)
		x->most = segments;
	for (; segments > 0; segments--) {
		if (!read_varint(s, end, &id) || !read_varint(s, end, &first) ||
		    !read_varint(s, end, &last) || last < first)
			return 0;
		x->pages += last - first + 1;
		if (last - first + 1 > x->largest)
			x->largest = last - first + 1;
	}
	return 1;
}

/* One that cannot be read has nothing. */
static struct index_shape
read_structure(const unsigned char *s, size_t len)
{
	struct index_shape x = { 0 };
	const unsigned char *end;
	uint64_t levels, n;

	if (s == NULL || len < COOKIE)
		return x;
	end = s + len;
	s += COOKIE;
	if (!read_varint(&s, end, &levels) || !read_varint(&s, end, &n) ||
	    !read_varint(&s, end, &n))
		return x;
	for (; levels > 0; levels--)
		if (!read_level(&s, end, &x))
			return (struct index_shape){ 0 };
	return x;
}

/* 0, -1. */
static int
read_shape(struct db *db, int i, struct index_shape *x)
{
	struct db_rows *r =
	    db_query(db, search_merge_sql[i][STRUCTURE], DB_NONE);
	int rc = db_next(r);
	size_t len = 0;

	if (rc == 1) {
		const void *s = db_col_blob(r, 0, &len);

		*x = read_structure(s, len);
	}
	db_end(r);
	return rc == -1 ? -1 : 0;
}

int
search_merge_step(struct db *db)
{
	if (!has_segments(db))
		return 0;
	for (int i = 0; i < N_INDEXES; i++) {
		struct index_shape x = { 0 };

		if (read_shape(db, i, &x) == -1)
			return -1;
		if (x.merging)
			return db_run(db, search_merge_sql[i][MERGE],
				   DB_ARGS(db_int(SEARCH_MERGE_PAGES))) == -1
				   ? -1
				   : 1;
	}
	return 0;
}

/* What tidies such an index: a statement, -1 none. */
static int
tidied_by(const struct index_shape *x)
{
	if (x->merging)
		return MERGE;
	if (x->segments > SEGMENTS_MAX && x->most > 1)
		return MERGE;
	if (x->segments > 1 && (x->pages - x->largest) * WORTH >= x->largest)
		return GATHER;
	return -1;
}

int
search_tidy_may_wait(struct db *db)
{
	return !has_segments(db);
}

int
search_tidy_step(struct db *db)
{
	if (!has_segments(db))
		return search_tidy_pgsql(db);
	for (int i = 0; i < N_INDEXES; i++) {
		struct index_shape x = { 0 };
		int rc = read_shape(db, i, &x), by = tidied_by(&x);

		if (rc == 0 && by == -1)
			continue;
		/* No db_begin_step: with its last pages a merge forgets where
		 * those before it began, 13,000 short rows (some 20 ms) for
		 * 1,500,000 messages. */
		if (rc == -1 || db_begin(db) == -1)
			return -1;
		if (db_run(db, search_merge_sql[i][by],
			DB_ARGS(db_int(SEARCH_MERGE_PAGES))) == -1) {
			db_rollback(db);
			return -1;
		}
		return db_commit(db) == -1 ? -1 : 1;
	}
	return 0;
}
