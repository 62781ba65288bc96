#ifndef INBOX_JOB_JOB_H
#define INBOX_JOB_JOB_H

#include <stdint.h>

#include "inbox/job_kind.h"

struct db;
struct pool;
struct statements;

/*
 * Background jobs: changes that write too many rows for one transaction, done
 * in steps.  A job is a row of the table jobs, added in the transaction that
 * needs it, by a trigger of inbox.sql or by a module.  A step is one
 * transaction of at most DB_STEP_MAX rows, so that other writers wait no longer
 * than for that.  A step may run twice; after a kill the next one continues
 * where the last ended.  The kinds:
 *
 * merge	moves the messages of conversation SUBJECT to TARGET (merge.h)
 * contact_gone	unlinks the conversations of contact SUBJECT, which is deleted;
 *		nobody sees the contact any more
 * contact_tags	updates the lists of conversations by tag, after tag TARGET was
 *		added to contact SUBJECT or taken off
 * tag_gone	takes tag SUBJECT, which was deleted, off its contacts
 * contact_field_gone	takes field SUBJECT, which was deleted, off its
 *		contacts
 * mark_gone	takes team or label SUBJECT, which was deleted, off its
 *		conversations; it is not shown
 * tag_renamed	records a change for each contact with tag SUBJECT
 * contact_links	links contact SUBJECT to the conversations of its phone
 * member_gone	unassigns the conversations of user SUBJECT, who is no member
 *		any more and not shown
 * number_gone	deletes the rows of number SUBJECT, which was removed
 * number_move	moves number SUBJECT to workspace TARGET (number_move.h)
 * workspace_gone	deletes workspace SUBJECT with all its data
 *		(workspace_remove.h)
 * arrived	makes deliveries due that waited for NAME (delivery_state.h)
 */

extern const struct statements job_statements;

/*
 * Runs one step of the first job after *LAST (an id; 0 at first), in a
 * transaction of its own, and sets *LAST to it: jobs take turns, so that none
 * waits for a long one.  Afterwards other writers that wait for the lock get
 * it.  1: there may be more; 0: no job is left, or this one must wait; -1, said
 * in the log.  MEDIA_DIR: the blob store.
 */
int job_step(struct db *, struct pool *, const char *media_dir, int64_t *last,
    int64_t now);

/*
 * Runs all steps of the jobs of KIND whose SUBJECT or TARGET is ID, for callers
 * that need their end (split, erase).  Each step has its own transaction: the
 * caller must have none.  0: none is left; -1.
 */
int job_finish(struct db *, struct pool *, int64_t workspace_id,
    const char *kind, int64_t id, int64_t now);

#endif
