#ifndef INBOX_MESSAGE_MESSAGE_CALL_H
#define INBOX_MESSAGE_MESSAGE_CALL_H

#include <stdint.h>

struct db;
struct message;
struct number_key;
struct statements;

/*
 * A call is one message of type call, however many events it has, in whatever
 * order they come.  Its content has "state": ringing, accepted, missed,
 * unanswered, declined, answered; of several the later one of this row stays.
 * Its time is that of its newest event; what went wrong is in its content.  A
 * missed call makes the conversation unread; one of the customer, or one that
 * was answered, opens the window.
 */
extern const struct statements message_call_statements;

/* Stores an EVENT_CALL (message.h).  In the caller's transaction; 0, or -1. */
int message_call_put(struct db *, const struct number_key *,
    const struct message *, int64_t now, int64_t *met);

#endif
