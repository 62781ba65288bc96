/*
 * The search's indexes are written anew, without what was deleted.
 *
 * 'merge' with a negative number gathers all segments on one level first, and
 * so that their merge is the oldest, which drops the notes of what is gone.
 * With a positive number it goes on with a merge that is under way, once the
 * levels below it, which others fill, have less than 'usermerge' segments:
 * that is set to the least there may be.  Whether one is under way stands in
 * FTS5's structure record (fts5_index.c, "Structure Record Format"): a cookie
 * of four bytes, then varints: levels, segments, a counter; and for each level
 * how many of its segments are being merged, how many there are, and three
 * numbers of each.
 */
#include <stddef.h>
#include <stdint.h>

#include "lib/sql/db.h"
#include "lib/sql/statements.h"

#include "inbox/search/search_merge.h"

#define N_INDEXES 5
#define COOKIE	  4

enum { STRUCTURE, FEWEST, GATHER, MERGE };

#define OF(table)                                                              \
	{                                                                      \
		"SELECT block FROM " table "_data WHERE id = 10",              \
		    "INSERT INTO " table "(" table                             \
		    ", rank) VALUES ('usermerge', 2)",                         \
		    "INSERT INTO " table "(" table                             \
		    ", rank) VALUES ('merge', -$1)",                           \
		    "INSERT INTO " table "(" table                             \
		    ", rank) VALUES ('merge', $1)"                             \
	}

static const char *const search_merge_sql[N_INDEXES][4] = { OF("message_words"),
	OF("conversation_words"), OF("contact_words"),
	OF("conversation_digits"), OF("contact_digits") };

/*
 * Those of people, and how many segments one of their levels may have.  A
 * search looks into each segment, whosever rows are in it: the fewer there are,
 * the less a workspace's search depends on how much its neighbours have.  That
 * of messages merges by itself, as it grows.
 */
static const int is_tidied[N_INDEXES] = { 0, 1, 1, 1, 1 };
#define SEGMENTS_MAX 4

const struct statements search_merge_statements = {
	.sql = search_merge_sql[0],
	.n = N_INDEXES * 4,
};

int
search_merge_begin(struct db *db)
{
	for (int i = 0; i < N_INDEXES; i++)
		if (db_run(db, search_merge_sql[i][FEWEST], DB_NONE) == -1 ||
		    db_run(db, search_merge_sql[i][GATHER],
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

/* 1 when a merge is under way, or a level has MOST segments; 0 also when it
 * cannot be read. */
static int
is_merging(const unsigned char *s, size_t len, uint64_t most)
{
	const unsigned char *end = s + len;
	uint64_t levels, n, merging, segments;

	if (len < COOKIE)
		return 0;
	s += COOKIE;
	if (!read_varint(&s, end, &levels) || !read_varint(&s, end, &n) ||
	    !read_varint(&s, end, &n))
		return 0;
	for (; levels > 0; levels--) {
		if (!read_varint(&s, end, &merging) ||
		    !read_varint(&s, end, &segments))
			return 0;
		if (merging > 0 || segments >= most)
			return 1;
		for (uint64_t i = 0; i < 3 * segments; i++)
			if (!read_varint(&s, end, &n))
				return 0;
	}
	return 0;
}

/* 1, 0, -1. */
static int
has_more(struct db *db, int i, uint64_t most)
{
	struct db_rows *r =
	    db_query(db, search_merge_sql[i][STRUCTURE], DB_NONE);
	int rc = db_next(r), more = 0;
	size_t len = 0;

	if (rc == 1) {
		const void *s = db_col_blob(r, 0, &len);

		more = s != NULL && is_merging(s, len, most);
	}
	db_end(r);
	return rc == -1 ? -1 : more;
}

int
search_merge_step(struct db *db)
{
	for (int i = 0; i < N_INDEXES; i++) {
		int rc = has_more(db, i, UINT64_MAX);

		if (rc == 0)
			continue;
		if (rc == -1 || db_run(db, search_merge_sql[i][MERGE],
				    DB_ARGS(db_int(SEARCH_MERGE_PAGES))) == -1)
			return -1;
		return 1;
	}
	return 0;
}

int
search_tidy_step(struct db *db)
{
	for (int i = 0; i < N_INDEXES; i++) {
		int rc = is_tidied[i] ? has_more(db, i, SEGMENTS_MAX) : 0;

		if (rc == 0)
			continue;
		if (rc == -1 || db_begin_step(db) == -1)
			return -1;
		if (db_run(db, search_merge_sql[i][MERGE],
			DB_ARGS(db_int(SEARCH_MERGE_PAGES))) == -1) {
			db_rollback(db);
			return -1;
		}
		return db_commit(db) == -1 ? -1 : 1;
	}
	return 0;
}
