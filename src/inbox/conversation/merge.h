#ifndef INBOX_CONVERSATION_MERGE_H
#define INBOX_CONVERSATION_MERGE_H

#include <stdint.h>

#include "inbox/job_kind.h"

struct db;
struct pool;
struct statements;

/*
 * Two conversations that turn out to be with one customer become one.  In the
 * caller's transaction; 0, or -1.
 */
extern const struct statements merge_statements;

/*
 * GONE becomes part of KEEP, and is deleted.  Unread messages add up; it is
 * active when either was; what a person decided (contact, assignee) stands
 * before what followed from deliveries, KEEP's before GONE's.
 *
 * All of this shows at once.  The messages of GONE move at once when they are
 * few (MERGE_AT_ONCE); else a job moves them, newest first, and until its end
 * their rows still say GONE: whoever starts from a conversation reads those of
 * GONE too (my_merges, message_list.h), whoever starts from such a row takes
 * MERGED. While messages are on their way, KEEP itself may become part of
 * another.
 */
#define MERGE_AT_ONCE 100

int merge_conversations(struct db *, struct pool *, int64_t workspace_id,
    int64_t keep, int64_t gone, int64_t now);

/* SQL: the conversation that ID, of a row in WORKSPACE, is part of by now. */
#define MERGED(WORKSPACE, ID)                                                  \
	"COALESCE((SELECT j.target FROM jobs AS j WHERE j.workspace_id "       \
	"= " WORKSPACE " AND j.kind = 'merge' AND j.subject = " ID "), " ID    \
	")"

/* SQL: rows of conversation $2 of workspace $1, those on their way included. */
#define WITH_MERGING                                                           \
	"conversation_id IN (SELECT $2 UNION ALL SELECT subject FROM jobs"     \
	" WHERE workspace_id = $1 AND kind = 'merge' AND target = $2)"

/* A step of the job.  For who wants to split or erase a conversation,
 * job_finish(…, "merge", its id, …) ends what is on its way into it, or
 * out of it. */
job_kind merge_step;

/*
 * Last message and 24 h window of a conversation, from its messages: for when
 * messages moved or turned out to be older than they seemed.  A message that
 * is stored for the first time needs none of it, the trigger sees to that.
 * While messages are on their way to it, it is put right at their end.
 */
int merge_recount(struct db *, int64_t workspace_id, int64_t id);

#endif
