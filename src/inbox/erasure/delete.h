#ifndef INBOX_ERASURE_DELETE_H
#define INBOX_ERASURE_DELETE_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/*
 * Deletes messages and conversations with all rows that belong to them: a
 * message with its statuses, edits, reactions, its file and its row in the
 * outbox; a conversation with its messages and identities.  The triggers of
 * inbox.sql remove the words from the search index, and record the changes that
 * clients see.  A transaction deletes at most DELETE_ROWS rows, those that
 * triggers write included; the next one goes on.
 */
#define DELETE_ROWS 1000

/* The work of one transaction; the caller sets db, pool and now. */
struct deletion {
	struct db *db;
	struct pool *pool;
	int64_t now;

	/* private: delete_begin sets them */
	int64_t began;		     /* db_changes() at the beginning */
	struct deletion_file *files; /* that its messages had, in POOL */
};

extern const struct statements delete_statements;

/* To be called in each transaction, after db_begin. */
void delete_begin(struct deletion *);

/* How many rows this transaction may still delete; 0: the caller commits, and
 * begins the next one. */
int delete_left(const struct deletion *);

/*
 * 1: it is deleted, or was not there; 0: a part is left for the next
 * transaction; -1.  The caller then calls delete_recount, once for all messages
 * of a conversation.  An upload of its file is deleted, too, when it is a day
 * old and no other message has the same file.
 */
int delete_message(struct deletion *, int64_t workspace_id, int64_t id);

/*
 * A conversation with all its messages, the oldest first: answers as
 * delete_message.  delete_recount is not needed.  The contact in the address
 * book stays.
 */
int delete_conversation(struct deletion *, int64_t workspace_id, int64_t id);

/*
 * The identities and sightings of its customer, except those that are another
 * customer's by now, such as a number.  1, 0 some are left, -1.
 */
int delete_identities(struct deletion *, int64_t workspace_id, int64_t id);

/* An upload with its file PATH (in the deletion's pool), whether or not
 * messages have that file: 0, -1. */
int delete_upload(
    struct deletion *, int64_t workspace_id, int64_t id, const char *path);

/*
 * Corrects the last message and the unread count of conversation ID after its
 * messages were deleted.  The time of the customer's last message (the 24 h
 * window) stays.  0, or -1.
 */
int delete_recount(struct db *, int64_t workspace_id, int64_t id);

/*
 * To be called before the commit: deletes in DIR (inbox/media/blob.h) those
 * files of the deleted messages that no row names any more.  0, or -1, said in
 * the log.
 */
int delete_files(struct deletion *, const char *dir);

#endif
