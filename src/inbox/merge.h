#ifndef INBOX_MERGE_H
#define INBOX_MERGE_H

#include <stdint.h>

struct db;
struct pool;

/*
 * Two conversations that turn out to be with one customer become one.  In the
 * caller's transaction; 0, or -1.
 */
int	merge_prepare(struct db *);

/*
 * All of GONE moves to KEEP, and GONE is deleted.  Unread messages add up; it
 * is active when either was; what a person decided (contact, assignee) stands
 * before what came by itself, KEEP's before GONE's.
 */
int	merge_conversations(struct db *, struct pool *, int64_t workspace_id,
	    int64_t keep, int64_t gone, int64_t now);

/*
 * Last message and 24 h window of a conversation, from its messages: for when
 * messages moved or turned out to be older than they seemed.  A message that
 * is stored for the first time needs none of it, the trigger sees to that.
 */
int	merge_recount(struct db *, int64_t workspace_id, int64_t id);

#endif
