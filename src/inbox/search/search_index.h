#ifndef INBOX_SEARCH_SEARCH_INDEX_H
#define INBOX_SEARCH_SEARCH_INDEX_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Words come after the commit.  Whoever stores messages, conversations and
 * contacts writes no index; the processor puts their words soon after, many
 * rows at a time, since FTS5 makes a segment of each transaction, merges them
 * later, and gives every statement behind it a savepoint.
 *
 * search_indexed (inbox.sql) says up to which id that is done; ids rise with
 * commits, so what is above has no words.  Of rows that are changed or deleted
 * below it, triggers keep the old values in search_stale: their words are taken
 * out, and those of the row as it is now, if it is there, are put.  All of it,
 * and how far it came, is one transaction: two processes may do it at once, and
 * one that is killed has lost nothing.
 */
extern const struct statements search_index_statements;

/*
 * The words of the next rows, in the caller's transaction, which does nothing
 * else: ROWS (at least 1) of each kind, and as many that are stale.  FULL:
 * SEARCH_PARTITION_ROWS, but in tests; a partition gets a quarter of it at most
 * at once.  0, -1.
 */
int search_index_put(struct db *, int64_t full, int64_t rows);

/* The same in a transaction of its own: 1 perhaps there is more, 0 nothing
 * waits, -1. */
int search_index_step(struct db *, int64_t full, int64_t rows);

#endif
