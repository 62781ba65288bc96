#ifndef INBOX_BROADCAST_BROADCAST_RECIPIENT_H
#define INBOX_BROADCAST_BROADCAST_RECIPIENT_H

#include <stdint.h>

struct pool;
struct session;
struct statements;

/* To whom a broadcast goes: a phone (E.164 with +) or a user id, each once. */
#define BROADCAST_ADD_MAX 1000 /* of one request */

struct broadcast_recipient { /* texts in POOL, NULL none */
	int64_t id;
	const char *who;
	const char *state;  /* one of broadcast_states */
	const char *reason; /* of skipped */
	int64_t error_code; /* of failed; 0 none */
	int64_t conversation_id, message_id;
};

/* WHO is there afterwards, if recipients may still come (broadcast.counted): 0,
 * -1. */
int broadcast_recipient_put(
    struct session *, int64_t broadcast_id, const char *who);

/* The same for some contacts with tag TAG_ID, those after contact *PLACE, which
 * moves on: 1; 0 there are no more; -1. */
int broadcast_recipient_put_tagged(
    struct session *, int64_t broadcast_id, int64_t tag_id, int64_t *place);

/* The same for the customers of some conversations with label LABEL_ID, open
 * or closed, of any number of ours; those after conversation *PLACE. */
int broadcast_recipient_put_labelled(
    struct session *, int64_t broadcast_id, int64_t label_id, int64_t *place);

/* At most MAX after AFTER ("": the first), in the order of who; STATE: only in
 * that one, NULL any.  How many, -1. */
int broadcast_recipient_list(struct session *, struct pool *,
    int64_t broadcast_id, const char *state, const char *after,
    struct broadcast_recipient *, int max);

/* For broadcast_send.c: a waiting recipient becomes queued or skipped, once.
 * 0, -1. */
int broadcast_recipient_settle(
    struct session *, const struct broadcast_recipient *);
/* 1 when another one of BROADCAST_ID has that conversation, 0, -1. */
int broadcast_recipient_has(
    struct session *, int64_t broadcast_id, int64_t conversation_id);

extern const struct statements broadcast_recipient_statements;

#endif
