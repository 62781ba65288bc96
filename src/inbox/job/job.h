#ifndef INBOX_JOB_JOB_H
#define INBOX_JOB_JOB_H

#include <stdint.h>

#include "inbox/job_kind.h"

struct db;
struct pool;
struct statements;

/*
 * Background jobs: what would write too many rows for one transaction, taken
 * in steps.  A job is a row of the table jobs, added in the transaction that
 * makes it needed, by a trigger of inbox.sql or by merge.h.  A step is
 * one transaction of at most DB_STEP_MAX rows, so whoever else writes waits
 * no longer than for that; it can be taken twice, and after a kill the next
 * step goes on where the last one ended.  What readers see meanwhile stands
 * with each kind:
 *
 * merge	the messages of conversation SUBJECT move to TARGET (merge.h)
 * contact_gone	conversations of contact SUBJECT, which is deleted, become
 *		unlinked; nobody sees the contact any more
 * contact_tags	the lists of conversations by tag follow the tags of contact
 *		SUBJECT, to which TARGET was added or from which it was taken
 * tag_gone	contacts lose tag SUBJECT, which has no name any more
 * tag_renamed	each contact with tag SUBJECT is noted as changed
 * contact_links	conversations follow the phone of contact SUBJECT
 * member_gone	conversations of user SUBJECT, who is no member any more and is
 *		shown no more, become nobody's
 * number_gone	what is left of number SUBJECT, which is removed, is deleted
 * number_move	number SUBJECT goes to workspace TARGET (number_move.h)
 * workspace_gone	all that workspace SUBJECT has is deleted
 *		(workspace_remove.h)
 * arrived	deliveries that waited for NAME (delivery_state.h) are due
 */

extern const struct statements job_statements;

/*
 * One step of the job that comes after *LAST (an id; 0 at first), in a
 * transaction of its own, and moves *LAST there: jobs take turns, so that none
 * waits for a long one to end.  Writers that wait for the lock come before the
 * next one.  1: perhaps there is more; 0: no job is left, or this one has to
 * wait for a while; -1: said in the log.  Files of messages are in MEDIA_DIR.
 */
int job_step(struct db *, struct pool *, const char *media_dir, int64_t *last,
    int64_t now);

/*
 * All steps of the jobs of KIND with this SUBJECT or TARGET, each in a
 * transaction of its own: the caller has none.  For who needs the end of it
 * (split, erase).  0: none is left; -1.
 */
int job_finish(struct db *, struct pool *, int64_t workspace_id,
    const char *kind, int64_t id, int64_t now);

#endif
