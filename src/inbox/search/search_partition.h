#ifndef INBOX_SEARCH_SEARCH_PARTITION_H
#define INBOX_SEARCH_SEARCH_PARTITION_H

#include <stdint.h>

struct db;
struct statements;

/*
 * A workspace's messages are in partitions of ids (inbox.sql,
 * search_partitions), so that one look at the index gathers a bounded number of
 * them, however many the workspace has.  They are counted when they come into
 * the index, and when the newest has SEARCH_PARTITION_ROWS of the workspace's
 * own messages the next begins, behind all that are in it.
 */
#define SEARCH_PARTITION_ROWS 131072

extern const struct statements search_partition_statements;

/* The messages of ids from BOTTOM up to TOP - 1, above all in the index, are
 * about to be put into their workspaces' newest partitions, in the caller's
 * transaction; where one is full then, the next begins at TOP.  FULL:
 * SEARCH_PARTITION_ROWS, but in tests.  For search_index.c.  1 and the
 * *LABEL of the partition that all are in, as when one workspace alone got
 * messages; 0 they are in several; -1. */
int search_partition_fill(
    struct db *, int64_t bottom, int64_t top, int64_t full, int64_t *label);

/*
 * Messages that come from another workspace, with a number that moves, come
 * into partitions that others have filled.  What is twice as full as it should
 * be is split, some ids at a time: the partition above it, or a new one, grows
 * down into it, and the words of its newest messages get that one's label.  Not
 * while the index is being built, nor while messages in it are stale.  One step
 * in a transaction of its own: 1 perhaps there are more, 0 nothing to do (one
 * short read), -1.
 */
int search_partition_split_step(struct db *, int64_t full);

/* How many rows one step takes: few beside a partition. */
int64_t search_partition_some(int64_t full);

/* The messages of ids from BOTTOM up to TOP - 1 are about to be put into their
 * workspaces' lowest partitions, in the caller's transaction; and have been:
 * those that are full now are only down to BOTTOM, and the next begin below.
 * For search_put.c, which walks down.  0, -1. */
int search_partition_count(struct db *, int64_t bottom, int64_t top);
int search_partition_split(
    struct db *, int64_t bottom, int64_t top, int64_t full);

#endif
