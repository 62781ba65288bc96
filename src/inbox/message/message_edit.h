#ifndef INBOX_MESSAGE_MESSAGE_EDIT_H
#define INBOX_MESSAGE_MESSAGE_EDIT_H

#include <stdint.h>

struct db;
struct number_key;
struct statements;

/*
 * Edits and deletions by whoever wrote a message.  They may come before it
 * and are kept by its wamid.  In the caller's transaction; 0, or -1.
 */
struct message_edit {
	const char *target_wamid;
	const char *wamid; /* of the edit itself */
	int revoke;	   /* else an edit: what follows */
	int64_t at;
	const char *type;
	const char *content;
	const char *preview;
	const char *text;
};

#define MESSAGE_EDIT_REVOKED "This message was deleted"

extern const struct statements message_edit_statements;

/* Keeps it, and applies it when the message is there. */
int message_edit_put(
    struct db *, const struct number_key *, const struct message_edit *);

/*
 * Makes message TARGET_WAMID what its patches say: the newest edit is its
 * content (the first stays in original), a deletion hides preview and words
 * and keeps the content, and no edit counts that is not older than it.
 * Nothing when there is no patch or no message.
 */
int message_edit_apply(
    struct db *, const struct number_key *, const char *target_wamid);

#endif
