#ifndef INBOX_ERASURE_DELETE_H
#define INBOX_ERASURE_DELETE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Messages and conversations are deleted, with all that hangs on them: a
 * message with its statuses, edits, reactions, its file and its row in the
 * outbox, a conversation with its messages and identities.  The triggers of
 * inbox.sql take the words out of the search and note what changed, so
 * that clients see it gone.  In small steps: one transaction deletes at most
 * so many rows, what triggers write included, and the next goes on.
 */
#define DELETE_ROWS 1000

/* What one transaction deletes; the caller sets db, pool and now. */
struct deletion {
	struct db *db;
	struct pool *pool;
	int64_t now;

	/* delete_begin's, with the transaction */
	int64_t began;		     /* db_changes() then */
	struct deletion_file *files; /* that its messages had, in POOL */
};

extern const struct statements delete_statements;

/* For each transaction anew, after db_begin. */
void delete_begin(struct deletion *);

/* How many rows this one may still delete, 0 when it had enough: the caller
 * commits then, and begins the next. */
int delete_left(const struct deletion *);

/*
 * 1: it is gone, or was not there; 0: not all of it, the rows of this
 * transaction are spent; -1.  Last message and unread count of its
 * conversation are not looked at: delete_recount is the caller's, once for
 * all messages of a conversation.  What was uploaded for it goes a day after
 * the upload, when no other message has the same file.
 */
int delete_message(struct deletion *, int64_t workspace_id, int64_t id);

/*
 * All of a conversation, messages first, the oldest of them first: as
 * delete_message, and delete_recount is not needed.  The contact, its address
 * book entry, stays.
 */
int delete_conversation(struct deletion *, int64_t workspace_id, int64_t id);

/*
 * By what its customer was known, and what was ever shown of them.  Nothing
 * that somebody else has by now, such as a number.  1, 0 some are left, -1.
 */
int delete_identities(struct deletion *, int64_t workspace_id, int64_t id);

/* An upload of PATH (in the deletion's pool), whoever has sent it: 0, -1. */
int delete_upload(
    struct deletion *, int64_t workspace_id, int64_t id, const char *path);

/*
 * Makes conversation ID show what is left: its last message, and no more
 * unread ones than there are.  When the customer last wrote (the 24 h window)
 * stays.  0, or -1.
 */
int delete_recount(struct db *, int64_t workspace_id, int64_t id);

/*
 * Before the commit: those files of what was deleted that no row names any
 * more are deleted in DIR (inbox/media/blob.h).  0, or -1 (said in the log).
 */
int delete_files(struct deletion *, const char *dir);

#endif
