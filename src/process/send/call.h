#ifndef PROCESS_SEND_CALL_H
#define PROCESS_SEND_CALL_H

#include <stdint.h>

#include "whatsapp/provider/d360.h"

#include "inbox/outbox/outbox.h"

#include "process/send/pace.h"

struct db;
struct pool;
struct send;

/*
 * What send.c, call.c and verdict.c share; nobody else includes it.  A call is
 * one request for a row of the outbox, from its plan to its outcome.
 */
enum call_kind {
	CALL_SEND,
	CALL_READ,
	CALL_UPLOAD /* of the row's file, before it is sent */
};

struct call {
	struct call *next;
	enum call_kind kind;
	struct outbox_row row; /* its texts only while planned */
	struct pace *pace;
	const char *key; /* only while planned */
	char key_mark[PACE_MARK_LEN + 1];
	int64_t began_ms;
	int gone;	   /* not queued any more: nothing to do */
	int answered;	   /* outcome is there, not settled yet */
	int *under_way;	   /* send.n */
	struct pool *pool; /* of outcome */
	struct d360_outcome outcome;
};

/*
 * A request for ROW, or an outcome at once when there is nothing to ask.
 * Owned: call_free.
 */
struct call *call_new(
    const struct outbox_row *, struct pace *, const char *key_mark);
void call_free(struct call *);
/* It leaves; its callback notes the answer. */
void call_start(struct call *, struct send *, const char *key);

/* What the outcome does with the row, in the caller's transaction: 0, -1. */
int verdict_apply(struct db *, struct call *, int64_t now);

/* An outcome of our own. */
void verdict_put(struct call *, enum d360_decision, const char *detail);

#endif
