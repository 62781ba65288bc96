#ifndef INBOX_CONVERSATION_MERGE_H
#define INBOX_CONVERSATION_MERGE_H

#include <stdint.h>

#include "inbox/job_kind.h"

struct db;
struct pool;
struct statements;

/*
 * Merges two conversations that turn out to be with one customer.  In the
 * caller's transaction; 0, or -1.
 */
extern const struct statements merge_statements;

/*
 * Merges conversation GONE into KEEP, and deletes GONE.  The numbers of unread
 * messages add up; KEEP is active when either was; a person's decision
 * (contact, assignee) wins over what followed from deliveries, and KEEP's over
 * GONE's.
 *
 * Readers see all of this at once.  Up to MERGE_AT_ONCE messages are moved
 * here; else a job moves them, newest first, and until it ends their rows still
 * have the id GONE.  Therefore: a reader of a conversation also reads the rows
 * of those being merged into it (WITH_MERGING, my_merges, message_list.h), and
 * a reader of a row maps its conversation by MERGED.  While the job runs, KEEP
 * itself may be merged into another conversation.
 */
#define MERGE_AT_ONCE 100

int merge_conversations(struct db *, struct pool *, int64_t workspace_id,
    int64_t keep, int64_t gone, int64_t now);

/* SQL: the conversation that ID, the conversation_id of a row in WORKSPACE, has
 * been merged into, else ID. */
#define MERGED(WORKSPACE, ID)                                                  \
	"COALESCE((SELECT j.target FROM jobs AS j WHERE j.workspace_id "       \
	"= " WORKSPACE " AND j.kind = 'merge' AND j.subject = " ID "), " ID    \
	")"

/* SQL: rows of conversation $2 of workspace $1, and of those that are being
 * merged into it. */
#define WITH_MERGING                                                           \
	"conversation_id IN (SELECT $2 UNION ALL SELECT subject FROM jobs"     \
	" WHERE workspace_id = $1 AND kind = 'merge' AND target = $2)"

/* A step of the job.  Before a conversation is split or erased,
 * job_finish(…, "merge", its id, …) completes all merges into it, or of it. */
job_kind merge_step;

/*
 * Sets the last message and the 24 h window of a conversation from its
 * messages: to be called after messages moved, or got an older time.  (For a
 * new message a trigger does it.)  While a merge into the conversation runs,
 * nothing is set: its last step does it.
 */
int merge_recount(struct db *, int64_t workspace_id, int64_t id);

#endif
