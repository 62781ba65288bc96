#ifndef INBOX_MESSAGE_MESSAGE_H
#define INBOX_MESSAGE_MESSAGE_H

#include <stdint.h>

struct db;
struct event;
struct number_key;
struct statements;

/*
 * Messages as deliveries bring them, each kept once however often and from
 * wherever it comes: live, as an echo of the phone app, out of the history,
 * or because a member sent it.  In the caller's transaction.
 */
struct message {
	const struct event *event; /* what is said of it */
	const char *wamid;	   /* the event's, or made of what it says */
	const char *sender;	   /* who in a group, else NULL */
	int64_t conversation_id;
	int64_t sighting_id;	/* 0: it showed no customer */
	const char *shown_name; /* all three: customer_resolve.h */
};

/* What the history sends in place of a message that comes later. */
#define MESSAGE_PLACEHOLDER "media_placeholder"

extern const struct statements message_statements;

/*
 * Stores it, with the edits and statuses that came before it; what the event
 * does not say of type, content and preview is "unsupported", {} and "".  One
 * that is there stays, but: its content replaces a placeholder, and then it
 * counts as history; what came live or as an echo replaces what came out of the
 * history; what the API sent is never replaced.  And the time that the provider
 * says replaces another, which was ours.  Of two that show different things of
 * the customer the one with a user id says whose it is; *MET is the other's
 * sighting then, else 0 (both are of one customer).  0, or -1.
 */
int message_put(struct db *, const struct number_key *, const struct message *,
    int64_t now, int64_t *met);

#endif
