#ifndef INBOX_MESSAGE_MESSAGE_EDIT_H
#define INBOX_MESSAGE_MESSAGE_EDIT_H

#include <stdint.h>

struct db;
struct number_key;
struct statements;

/*
 * Edits and deletions of a message by its sender.  They may come before it, so
 * they are stored under its wamid.  In the caller's transaction; 0, or -1.
 */
struct message_edit {
	const char *target_wamid;
	const char *wamid; /* of the edit itself */
	int revoke;	   /* 1 a deletion; 0 an edit, with what follows */
	int64_t at;
	const char *type;
	const char *content;
	const char *preview;
	const char *text;
};

#define MESSAGE_EDIT_REVOKED "This message was deleted"

extern const struct statements message_edit_statements;

/* Stores it, and applies it when the message is there. */
int message_edit_put(
    struct db *, const struct number_key *, const struct message_edit *);

/*
 * Applies all edits and deletions of message TARGET_WAMID.  The newest edit
 * becomes its content; the first content stays in original.  A deletion
 * replaces the preview and removes the words for the search, but keeps the
 * content; edits that are not older than it are ignored.  Without a patch or a
 * message nothing changes.
 */
int message_edit_apply(
    struct db *, const struct number_key *, const char *target_wamid);

#endif
