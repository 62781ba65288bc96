#ifndef INBOX_JOB_NUMBER_MOVE_H
#define INBOX_JOB_NUMBER_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * Moves one of our numbers to another workspace, with all its data: a job
 * (job.h).  Conversations are moved one by one: readers see each with all of
 * its messages, in the old workspace or in the new one, or for a moment in
 * neither (inbox.sql, moving_conversations).  Until the last one has moved,
 * nothing is sent from the number, its deliveries wait, and nobody can begin a
 * conversation with it.
 *
 * What moves: conversations with their ids and identities, messages, files,
 * reactions, the outbox with its uploads, statuses, edits, workspace events.  A
 * contact is found by its phone in the new workspace, else copied (name, phone,
 * e-mail; not its tags, which are the old workspace's).  A conversation whose
 * assignee is no member of the new workspace becomes unassigned.
 */
extern const struct statements number_move_statements;

/*
 * Adds the job, in the caller's transaction; the processor does it.  1; 0 when
 * the number, which is in FROM, is being moved already; -1.
 */
int number_move_begin(struct db *, int64_t number_id, int64_t from, int64_t to);

/* Is the number still being moved?  *CONVERSATIONS: how many the old workspace
 * still has.  1, 0, -1. */
int number_move_is_on(struct db *, int64_t number_id, int64_t *conversations);

#endif
