#ifndef INBOX_MESSAGE_MESSAGE_H
#define INBOX_MESSAGE_MESSAGE_H

#include <stdint.h>

struct db;
struct db_many;
struct event;
struct number_key;
struct statements;

/*
 * Messages from deliveries.  Each is stored once, however often it comes and
 * from whatever source: live, an echo of the phone app, history, or a member's
 * sending.  In the caller's transaction.
 */
struct message {
	const struct event *event;
	const char *wamid;  /* the event's, or computed from its content */
	const char *sender; /* who in a group, else NULL */
	int64_t conversation_id;
	int64_t sighting_id;	/* 0: it showed no customer */
	const char *shown_name; /* all three: customer_resolve.h */
};

/* The type that history sends in place of a message that comes later. */
#define MESSAGE_PLACEHOLDER "media_placeholder"

extern const struct statements message_statements;

/*
 * Stores a message, and applies the edits and statuses that came before it.
 * Type, content and preview that the event lacks become "unsupported", {} and
 * "".  0, or -1.
 *
 * A message that is stored already stays as it is, with these exceptions:
 * - its content replaces a placeholder; the message then counts as history;
 * - what comes live or as an echo replaces what came from history;
 * - a time of the provider replaces a time of our clock;
 * - of two different sightings the better one, above all one with a user id,
 *   decides whose the message is.  Both are of one customer: *MET is the other
 *   one, else 0.
 * A message that the API sent is never replaced.
 */
int message_put(struct db *, const struct number_key *, const struct message *,
    int64_t now, int64_t *met);

/* Adds to MANY what the row of a new message has: message_pgsql.c. */
void message_put_later(struct db_many *, const struct number_key *,
    const struct message *, int64_t now);

#endif
