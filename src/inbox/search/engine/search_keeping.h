#ifndef INBOX_SEARCH_ENGINE_SEARCH_KEEPING_H
#define INBOX_SEARCH_ENGINE_SEARCH_KEEPING_H

#include <stdint.h>

#include "inbox/search/engine/search_kind.h"

struct db;
struct statements;

/*
 * How an engine keeps the words of rows; for the processor, in transactions of
 * its own.  A function answers 0, or -1.
 */
struct search_keeping {
	/* Of a kind: from where its words are put ($1 its name), and the last
	 * id of the next $2 rows, or NULL: there are none. */
	const char *const *top;
	/* Of a kind: the last id of the next $2 + 1 rows below $1; no row:
	 * there are not so many. */
	const char *const *bottom;

	/* The words of stale rows up to LAST go, and those of rows that are
	 * there come anew. */
	int (*renew)(struct db *, enum search_kind, int64_t last);
	/* Puts the words of rows from BOTTOM up to TOP - 1, none of which has
	 * any; messages get that of their partitions, or all the label of *ALL,
	 * unless it is NULL. */
	int (*put)(struct db *, enum search_kind, int64_t bottom, int64_t top,
	    const int64_t *all);
	/* Messages of a workspace from BOTTOM up to TOP - 1 are in another
	 * partition: their words go; and, behind what else is written, come
	 * with its label. */
	int (*unlabel)(struct db *, int64_t workspace_id, int64_t bottom,
	    int64_t top, int64_t label);
	int (*label)(struct db *, int64_t workspace_id, int64_t bottom,
	    int64_t top, int64_t label);
};

extern const struct search_keeping search_sqlite_keeping, search_pgsql_keeping;
extern const struct statements search_keep_sqlite_statements,
    search_keep_pgsql_statements;

#endif
