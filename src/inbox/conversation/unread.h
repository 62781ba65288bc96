#ifndef INBOX_CONVERSATION_UNREAD_H
#define INBOX_CONVERSATION_UNREAD_H

#include <stdint.h>

struct db;
struct statements;

/*
 * How many messages of a conversation nobody has read.  Which ones they are is
 * not stored: they are those that came last.  A new row is counted by a
 * trigger; whoever makes a stored row count, or count no more, calls one of
 * these.  ID may be the conversation_id of a row, of a conversation that is
 * being merged (merge.h).  In the caller's transaction; 0, or -1.
 */
extern const struct statements unread_statements;

/* N more: the conversation is unread, and active. */
int unread_add(struct db *, int64_t workspace_id, int64_t id, int64_t n);

/* N fewer, 0 at the least; it is read when none is left. */
int unread_remove(struct db *, int64_t workspace_id, int64_t id, int64_t n);

/* A message that counts as unread when nobody has read it, as it is stored. */
struct unread_message {
	int64_t id;
	int64_t conversation_id;
	int64_t sent_at;
};

/*
 * unread_has: is nobody known to have read it?  1, 0, -1.  One that came late,
 * or counts since later than it came, may be taken for read; never the other
 * way round, so that no message loses its mark to another.
 *
 * unread_forget: it counts no more.  When it was unread it is one fewer.
 */
int unread_has(
    struct db *, int64_t workspace_id, const struct unread_message *);
int unread_forget(
    struct db *, int64_t workspace_id, const struct unread_message *);

#endif
