#ifndef INBOX_JOB_NUMBER_MOVE_H
#define INBOX_JOB_NUMBER_MOVE_H

#include <stdint.h>

struct db;
struct statements;

/*
 * One of our numbers goes to another workspace with all it has: a job
 * (job.h).  Conversation by conversation: readers see each with all of its
 * messages, in the old workspace or in the new one, or for a moment in
 * neither (inbox.sql, moving_conversations).  Until the last one is
 * there nothing is sent from the number, its deliveries wait, and nobody can
 * begin a new conversation with it.
 *
 * What goes along: conversations with their ids and who they are known by,
 * messages, files, reactions, what is still to be sent with its uploads,
 * statuses, edits, workspace events.  A contact is found by its phone in the
 * new workspace, else copied there (name, phone, e-mail; tags are words of the
 * old one).  What was assigned to somebody who is no member there is
 * nobody's.
 */
extern const struct statements number_move_statements;

/*
 * Begins it, in the caller's transaction; the processor goes on.  1; 0 when
 * the number, which is in FROM, is being moved already; -1.
 */
int number_move_begin(struct db *, int64_t number_id, int64_t from, int64_t to);

/* Is it still under way?  *CONVERSATIONS: those that the old workspace still
 * has.  1, 0, -1. */
int number_move_is_on(struct db *, int64_t number_id, int64_t *conversations);

#endif
