#ifndef INBOX_OUTBOX_OUTBOX_LIST_H
#define INBOX_OUTBOX_OUTBOX_LIST_H

#include <stdint.h>

struct db;
struct pool;
struct statements;

/* The outbox for the command line: list, retry, cancel. */
struct outbox_item { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t conversation_id;
	int64_t message_id;
	const char *phone_number_id;
	const char *kind;  /* message, read */
	const char *state; /* queued, sending, done, failed */
	const char *to;	   /* phone, user id or group id */
	const char *preview;
	const char *wamid;
	const char *status;  /* of the message */
	const char *error;   /* of the message, JSON */
	const char *reason;  /* of the last failed attempt */
	const char *paused;  /* why its number does not send now */
	const char *type;    /* of the message */
	int64_t window_ends; /* or ended, 0 never opened */
	int64_t paused_until;
	int64_t attempts;
	int64_t due_at;
	int64_t created_at; /* when it was queued */
	int64_t tried_at;   /* the last time; created_at: never yet */
	int64_t number_id;
	const char *content; /* of the message, JSON */
	int64_t stopped_at;  /* the customer wants no marketing since; or 0 */
};

extern const struct statements outbox_list_statements;

/*
 * outbox_list: rows with id > AFTER in order, at most MAX, of WORKSPACE_ID (0:
 * all) in STATE (NULL: all but done): 0, or -1.  outbox_get: one row: 1, 0, -1.
 */
int outbox_list(struct db *, struct pool *, int64_t workspace_id,
    const char *state, int64_t after, int max, int64_t now,
    struct outbox_item **, int *n);
int outbox_get(
    struct db *, struct pool *, int64_t id, int64_t now, struct outbox_item *);
/* The row that sends message MESSAGE_ID: 1, 0, -1. */
int outbox_of_message(
    struct db *, int64_t workspace_id, int64_t message_id, int64_t *id);

/*
 * In the caller's transaction: 1 done, 0 the row is not in such a state, -1.
 * outbox_retry queues a failed message again, also one that failed after the
 * provider had accepted it; wake the processor after the commit.
 * outbox_cancel: a row that is still queued fails with "canceled".
 */
int outbox_retry(struct db *, int64_t id, int64_t now);
int outbox_cancel(struct db *, int64_t id);

#endif
