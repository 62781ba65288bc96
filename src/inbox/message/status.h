#ifndef INBOX_MESSAGE_STATUS_H
#define INBOX_MESSAGE_STATUS_H

#include <stdint.h>

struct db;
struct number_key;
struct statements;

/*
 * Statuses of messages that we sent (docs/protocol.md §4).  They come in any
 * order, twice, and before their message; all are stored, and the message shows
 * the furthest.  In the caller's transaction; 0, or -1.
 */
struct status {
	const char *wamid;
	const char *word;	 /* the provider's, in lower case; any */
	const char *participant; /* who in a group, or NULL */
	int64_t at;
	const char *error;  /* JSON, or NULL */
	int64_t error_code; /* the code in error, 0 none */
	const char *raw;    /* JSON, or NULL */
};

extern const struct statements status_statements;

/* Stores it; the caller then calls status_apply. */
int status_put(struct db *, const struct number_key *, const struct status *);

/*
 * Sets the status of message WAMID to the furthest of those stored: sent,
 * delivered, read, played; failed only when it was never delivered.  An unknown
 * word changes nothing.  1; 0 when there is no status or no such message; -1.
 * Also to be called when a message gets its wamid: statuses may be stored
 * already.
 */
int status_apply(struct db *, const struct number_key *, const char *wamid);

#endif
