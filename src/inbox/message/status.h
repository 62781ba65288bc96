#ifndef INBOX_MESSAGE_STATUS_H
#define INBOX_MESSAGE_STATUS_H

#include <stdint.h>

struct db;
struct number_key;
struct statements;

/*
 * What became of our messages (docs/protocol.md §4).  Statuses come in any
 * order, twice, and before their message; all are kept, and a message shows
 * the furthest.  In the caller's transaction; 0, or -1.
 */
struct status {
	const char *wamid;
	const char *word;	 /* lower case; any */
	const char *participant; /* who in a group, or NULL */
	int64_t at;
	const char *error;  /* JSON, or NULL */
	int64_t error_code; /* its code, 0 none */
	const char *raw;    /* JSON, or NULL */
};

extern const struct statements status_statements;

/* Keeps it; status_apply is the caller's. */
int status_put(struct db *, const struct number_key *, const struct status *);

/*
 * Makes our message WAMID show the furthest of its statuses: sent, delivered,
 * read, played; failed only when it was never delivered.  Words not known
 * move nothing.  1; 0 when there is no status or no such message; -1.  Whoever
 * gives a message its wamid calls this, the statuses may be there already.
 */
int status_apply(struct db *, const struct number_key *, const char *wamid);

#endif
