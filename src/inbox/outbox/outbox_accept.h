#ifndef INBOX_OUTBOX_OUTBOX_ACCEPT_H
#define INBOX_OUTBOX_OUTBOX_ACCEPT_H

#include <stdint.h>

#include "whatsapp/outgoing.h"

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * The provider accepted a message: it gets its wamid, from the answer or from a
 * status, whichever comes first.  In the caller's transaction.
 */

struct outbox_row { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t number_id;
	int64_t conversation_id;
	int64_t message_id; /* read: the inbound one */
	int is_read;
	int typing;	    /* of read: as in the table */
	int64_t attempts;   /* that failed */
	int64_t error_code; /* of the last one, 0 none; by outbox_refused */
	int64_t queued_at;
	int64_t sending_at;	 /* set by outbox_sending */
	struct outgoing message; /* type NULL: the message was deleted */
	const char *wamid;	 /* of the message */
	const char *phone_number_id;
	const char *provider; /* of the number */
	const char *phone;    /* the customer: one of the three */
	const char *user_id;
	const char *group_id;
	int64_t stopped_at; /* the customer wants no marketing since, 0 does */
	int64_t upload_id;  /* 0 none; else: */
	const char *path;   /* the file, below STATE_DIR/media */
	const char *filename;
	const char *mime_type;
};

/* What the provider answered for a message that it accepted. */
struct outbox_taken { /* texts may be NULL */
	const char *wamid;
	const char *input; /* the recipient as in our request … */
	const char *wa_id; /* … and the account that it is */
	const char *user_id;
};

extern const struct statements outbox_accept_statements;

/* The part of outbox_done (outbox.h) for a message; 0, -1. */
int outbox_take(struct db *, const struct outbox_row *,
    const struct outbox_taken *, int64_t now);

/*
 * The callback data that the provider puts into each status of a message:
 * waspool-NUMBER-MESSAGE-SENDING_AT, our own ids and the second in which the
 * request left.  So a status of another number, another attempt or another
 * database is not mistaken for this one.
 *
 * outbox_settle: a status for WAMID of this number has CALLBACK.  When that is
 * the last attempt of a message without a wamid, the message gets the wamid,
 * and the row is done.  Else nothing changes.  The caller calls status_apply.
 */
char *outbox_callback(struct pool *, const struct outbox_row *);
/* The second in which the request with CALLBACK left; 0: it is not ours. */
int64_t outbox_callback_at(struct pool *, const char *callback);
int outbox_settle(struct db *, struct pool *, const struct number_key *,
    const char *callback, const char *wamid);

/*
 * When message WAMID is ours and failed because of its file (131052, 131053):
 * forgets the provider's media id, so that a retry uploads the file again.
 */
int outbox_forget_file(
    struct db *, const struct number_key *, const char *wamid);

#endif
