#ifndef INBOX_OUTBOX_OUTBOX_ACCEPT_H
#define INBOX_OUTBOX_OUTBOX_ACCEPT_H

#include <stdint.h>

#include "whatsapp/outgoing.h"

struct db;
struct number_key;
struct pool;
struct statements;

/*
 * A message that the provider has taken gets its wamid, whoever says so first:
 * the answer or a status.  Everything in the caller's transaction.
 */

struct outbox_row { /* texts in POOL, NULL none */
	int64_t id;
	int64_t workspace_id;
	int64_t number_id;
	int64_t conversation_id;
	int64_t message_id; /* read: the inbound one */
	int is_read;
	int64_t attempts;   /* that failed */
	int64_t error_code; /* of the last: outbox_refused; 0 none */
	int64_t queued_at;
	int64_t sending_at;	 /* set by outbox_sending */
	struct outgoing message; /* without type: it is gone */
	const char *wamid;	 /* of the message */
	const char *phone_number_id;
	const char *provider; /* of the number */
	const char *phone;    /* the customer: one of the three */
	const char *user_id;
	const char *group_id;
	int64_t upload_id; /* 0 none; else: */
	const char *path;  /* the file, below STATE_DIR/media */
	const char *filename;
	const char *mime_type;
};

/* What the provider said of one that it has taken. */
struct outbox_taken { /* texts may be NULL */
	const char *wamid;
	const char *input; /* whom we named, … */
	const char *wa_id; /* … and who that is */
	const char *user_id;
};

extern const struct statements outbox_accept_statements;

/* What outbox_done (outbox.h) does for a message; 0, -1. */
int outbox_take(struct db *, const struct outbox_row *,
    const struct outbox_taken *, int64_t now);

/*
 * Our word in each status: waspool-NUMBER-MESSAGE-SENDING_AT, ids of our own
 * and the second in which the request left, so that neither another number,
 * nor another attempt, nor another database is mistaken for it.
 *
 * outbox_settle: status WAMID of NUMBER carries CALLBACK.  When that is the
 * last attempt of a message that has no wamid, the message gets it and the
 * row is done.  Anything else changes nothing.  status_apply is the caller's.
 */
char *outbox_callback(struct pool *, const struct outbox_row *);
/* When the request that carried CALLBACK left, 0 when it is none of ours. */
int64_t outbox_callback_at(struct pool *, const char *callback);
int outbox_settle(struct db *, struct pool *, const struct number_key *,
    const char *callback, const char *wamid);

/*
 * WAMID is ours and failed because of its file (131052, 131053): the
 * provider's copy is forgotten, and whoever tries again uploads anew.
 */
int outbox_forget_file(
    struct db *, const struct number_key *, const char *wamid);

#endif
