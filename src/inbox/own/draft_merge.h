#ifndef INBOX_OWN_DRAFT_MERGE_H
#define INBOX_OWN_DRAFT_MERGE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Drafts of conversation GONE are KEEP's from now on, before GONE is deleted.
 * Of a member who has one in both they are one text, KEEP's first.  On a
 * connection that sees everything, in the caller's transaction; 0, -1.
 */
int draft_merge(struct db *, int64_t workspace_id, int64_t gone, int64_t keep);

extern const struct statements draft_merge_statements;

#endif
