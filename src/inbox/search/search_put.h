#ifndef INBOX_SEARCH_SEARCH_PUT_H
#define INBOX_SEARCH_SEARCH_PUT_H

#include <stdint.h>

struct db;
struct statements;

extern const struct statements search_put_statements;

/*
 * An upgrade may leave the search's indexes empty (inbox.sql, search_indexed);
 * they are filled while all else goes on: people first, then messages, the
 * newest first.  Each step is one small transaction that ends with where the
 * next goes on, so a program that is killed in between has lost nothing of it.
 *
 * One step; FULL: SEARCH_PARTITION_ROWS, but in tests.  Says in the log when an
 * index is begun, and when it is done.  1 perhaps there is more, 0 nothing to
 * do (one short read), -1.
 */
int search_rebuild_step(struct db *, int64_t full, int64_t now);

/* 1 the words of an index were made by other rules than ours
 * (WORDS_VERSION), 0, -1. */
int search_rebuild_is_due(struct db *);

#endif
