#ifndef INBOX_SEARCH_SEARCH_PARTITION_H
#define INBOX_SEARCH_SEARCH_PARTITION_H

#include <stdint.h>

struct db;
struct statements;

/*
 * A workspace's messages are in partitions of ids (inbox.sql,
 * search_partitions), so that one look at the index gathers a bounded number of
 * them, however many the workspace has.  What says how full they are is counted
 * afterwards, some ids at a time, and when the newest has SEARCH_PARTITION_ROWS
 * of the workspace's own messages the next begins, behind all that there are.
 */
#define SEARCH_PARTITION_ROWS 131072

extern const struct statements search_partition_statements;

/* Counts the next ids in a transaction of its own, when there are some
 * hundred; FULL: SEARCH_PARTITION_ROWS, but in tests.  1 perhaps there are
 * more, 0 nothing to do (one short read), -1. */
int search_partition_step(struct db *, int64_t full);

/*
 * Messages that come from another workspace, with a number that moves, come
 * into partitions that others have filled.  What is twice as full as it should
 * be is split, some ids at a time: the partition above it, or a new one, grows
 * down into it, and the words of its newest messages get that one's label.  Not
 * while the index is being filled.  One step in a transaction of its own, as
 * search_partition_step.
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
