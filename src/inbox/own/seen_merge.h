#ifndef INBOX_OWN_SEEN_MERGE_H
#define INBOX_OWN_SEEN_MERGE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * What members have seen of conversation KEEP, into which GONE is about to be
 * merged: nothing that one of them had not seen is taken for seen.  On a
 * connection that sees everything, in the caller's transaction; 0, -1.
 */
int seen_merge(struct db *, struct pool *, int64_t workspace_id, int64_t gone,
    int64_t keep);

extern const struct statements seen_merge_statements;

#endif
